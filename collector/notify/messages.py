"""From a row of the outbox to the message that a channel sends: words, links, what it answers."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from collector.model.alerts import Notification, Purpose
from collector.notify.channels.contract import Channel, Message
from collector.notify.plan import AlertPlan
from collector.notify.words.facts import Facts
from collector.notify.words.speaker import Speaker

Actions: TypeAlias = Callable[[Notification, Facts, str], tuple[tuple[str, str], ...]]
"""What can be done from a message: words and a one-time link each, in a language."""

_NEWS = frozenset({Purpose.FIRING, Purpose.TEST, Purpose.HEARTBEAT})  # answers no earlier message
_log = logging.getLogger(__name__)


def no_actions(
    notification: Notification, facts: Facts, language: str
) -> tuple[tuple[str, str], ...]:
    """Offer nothing: without the desk's address there is no link."""
    del notification, facts, language
    return ()


class UnreadableError(Exception):
    """A row whose facts cannot be read."""


@dataclass(slots=True)
class Renderer:
    """Makes messages. One thread uses it; templates are compiled once a language."""

    actions: Actions = no_actions
    _speakers: dict[str, Speaker] = field(default_factory=dict)

    def render(
        self, one: Notification, channel: Channel, plan: AlertPlan, reference: str | None
    ) -> Message:
        """Return a message in its receiver's language, as long as the channel takes.

        `reference`: of the first message of its thread there. What only counts more or less
        replaces that message, quietly; what names somebody new answers it, so that phones ring.
        Raises UnreadableError.
        """
        try:
            facts = Facts.from_json(one.facts)
        except ValueError as error:
            raise UnreadableError(f"its facts cannot be read: {error}") from error
        receiver = plan.receivers.get(one.receiver)
        speaker = self._speaker("id" if receiver is None else receiver.language)
        try:
            said = speaker.say(
                facts,
                longest=channel.longest_text,
                maybe_twice=one.maybe_twice,
                html=getattr(channel, "takes_html", False),
            )
        except Exception as error:
            _log.exception("message %s cannot be said in words", one.id)
            words = f"a fault in Pantau itself ({type(error).__name__}); the log has it"
            raise UnreadableError(words) from error
        quiet = one.purpose is Purpose.UPDATE and not any(named.is_new for named in facts.devices)
        return Message(
            key=one.key,
            purpose=one.purpose,
            severity=one.severity,
            title=said.title,
            text=said.text,
            html=said.html,
            link=said.link,
            actions=()
            if receiver is not None and not receiver.may_act
            else self._actions(one, facts, speaker.language),
            reference=reference,
            edit=quiet and channel.can_edit and reference is not None,
            maybe_twice=one.maybe_twice,
            data=dict(one.facts),
        )

    def _actions(
        self, one: Notification, facts: Facts, language: str
    ) -> tuple[tuple[str, str], ...]:
        try:
            return self.actions(one, facts, language)
        except Exception:  # noqa: BLE001 - a message without buttons is better than none
            _log.exception("the links of message %s could not be made", one.id)
            return ()

    def _speaker(self, language: str) -> Speaker:
        if language not in self._speakers:
            self._speakers[language] = Speaker(language)
        return self._speakers[language]


def answers_another(one: Notification) -> bool:
    """Say whether a message belongs under an earlier one of its thread."""
    return one.thread_id is not None and one.purpose not in _NEWS

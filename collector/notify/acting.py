"""What people can do from a message itself: one-time links beside its words. Pure.

    message ─► Acting.actions ─► ("Tangani", https://…/tindak/TOKEN), …
                                   GET shows what it is about and a button, POST does it, once

A link is a permission for whoever holds it (`collector.notify.words.links`), so a message gets only
those that make sense: an incident that nobody has can be taken, what is one cause can be silenced.
Storms, digests and collectors have none: nothing of theirs is one thing to take.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from collector.model.alerts import Notification, Purpose
from collector.notify.deciding.words import thread_of
from collector.notify.words.catalogue import DEFAULT
from collector.notify.words.facts import Facts
from collector.notify.words.links import Action, LinkSigner

LINKS_LAST = timedelta(hours=36)
"""How long a link works: a day in which the message may still be on its way, and a shift."""
PATH = "/tindak"
LANGUAGE = "bahasa"
"""In an address: what its page speaks, whatever language the browser is set to."""
SILENCES: Mapping[Action, timedelta] = {
    Action.SILENCE_1H: timedelta(hours=1),
    Action.SILENCE_4H: timedelta(hours=4),
}
"""How long these silence."""
WORDS: Mapping[str, Mapping[Action, str]] = {
    "id": {
        Action.ACKNOWLEDGE: "Tangani",
        Action.SILENCE_1H: "Senyapkan 1 jam",
        Action.SILENCE_4H: "Senyapkan 4 jam",
    },
    "en": {
        Action.ACKNOWLEDGE: "Take it",
        Action.SILENCE_1H: "Silence 1 h",
        Action.SILENCE_4H: "Silence 4 h",
    },
}
"""What the buttons say."""

_WITH_LINKS = frozenset(
    {Purpose.FIRING, Purpose.UPDATE, Purpose.REPEAT, Purpose.ESCALATION, Purpose.FLAPPING}
)
_INCIDENT = "incident:"
_SILENCEABLE = (_INCIDENT, "device:", "flapping:")
_NONCE_LENGTH = 16  # letters of base64: 96 bits


@dataclass(frozen=True, slots=True)
class Acting:
    """Makes the links of messages. The same message has the same links at every attempt."""

    signer: LinkSigner = field(repr=False)
    desk_url: str  # from outside, without a slash at its end; "": messages have no links

    def actions(
        self, notification: Notification, facts: Facts, language: str = DEFAULT
    ) -> tuple[tuple[str, str], ...]:
        """Return what fills `Message.actions`: words and addresses, the most useful first.

        The addresses are secrets: they go into the message and nowhere else.
        """
        thread = thread_of(notification.key)
        if not self.desk_url or thread is None or notification.purpose not in _WITH_LINKS:
            return ()
        language = language if language in WORDS else DEFAULT
        return tuple(
            (WORDS[language][action], f"{self.desk_url}{PATH}/{token}?{LANGUAGE}={language}")
            for action in _fitting(thread, facts)
            if (token := self._token(notification, thread, action)) is not None
        )

    def _token(self, notification: Notification, thread: str, action: Action) -> str | None:
        try:
            return self.signer.issue(
                thread,
                action,
                notification.receiver,
                notification.created_at + LINKS_LAST,
                _nonce(notification.key, action),
            )
        except ValueError:  # names that are too long for an address: the message goes without
            return None


def _fitting(thread: str, facts: Facts) -> tuple[Action, ...]:
    if not thread.startswith(_SILENCEABLE):
        return ()
    takeable = thread.startswith(_INCIDENT) and not facts.acknowledged_by
    return ((Action.ACKNOWLEDGE,) if takeable else ()) + tuple(SILENCES)


def _nonce(key: str, action: Action) -> str:
    made = hashlib.sha256(f"{action.value}\x00{key}".encode()).digest()
    return base64.urlsafe_b64encode(made).decode()[:_NONCE_LENGTH]

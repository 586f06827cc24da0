"""`pantau alert explain`: what every stage says of an alert, whom it goes to, who got it."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from api.commands.moments import moment_of
from api.commands.options import config_option
from api.commands.output import fail, problems_told, say, say_json
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.config.problems import did_you_mean
from collector.inventory import load_inventory
from collector.model import State
from collector.model.alerts import Alert, Decision, DeliveryState, HoldReason, Notification
from collector.notify.deciding.stages import Hold
from collector.notify.explaining import Explanation, StageSaid, Verdict, explain_now, explain_then
from collector.notify.figures import REPORT, AlertReport, why_not_ready
from collector.notify.loading import load_alert_plan
from collector.notify.plan import AlertPlan
from collector.notify.stage_words import PASSES, PURPOSES, Moment, hold_words
from collector.notify.words.cleaning import clean
from collector.notify.words.sayings import Sayings
from collector.store import Store
from collector.store.alerts.writing import FIRST_KEPT

_SAY = Sayings("en")
_VERDICTS = {
    Verdict.PASSES: "passes",
    Verdict.HOLDS: "HOLDS",
    Verdict.WOULD_HOLD: "would hold",
    Verdict.NOT_ASKED: "not asked",
}
_STATES = [one.value for one in State if one is not State.UP]
_JUST_NOW = timedelta(seconds=1)
_LONGEST_DETAIL = 200


@click.command()
@click.argument("device")
@click.option("--at", "at_", help="A moment: 02:14, or 2026-11-27T02:14. Default: now.")
@click.option(
    "--if",
    "state",
    type=click.Choice(_STATES),
    default=State.DOWN.value,
    show_default=True,
    help="While it has no alert: which state to suppose.",
)
@click.option("--json", "as_json", is_flag=True)
@config_option
def explain(
    device: str, at_: str | None, state: str, config: Path | None, *, as_json: bool
) -> None:
    """Explain why DEVICE's alert is told or held: every stage, whom it goes to, what was sent.

    Now, every stage is asked again, also about an alert that is not there: what would become of it
    if the device failed. For the past (--at) it is what was decided then.
    """
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        with Store.open(settings.store_path) as store:
            found, lines = _explained(store, settings, device, at_, State(state), now)
            notes = not_ready(store, settings, now)
    if as_json:
        say_json(_as_json(found, lines, notes))
    else:
        for line in _Telling(found, settings.zone, now).lines(lines, notes):
            say(line)


def _explained(
    store: Store, settings: Config, device: str, at_: str | None, state: State, now: datetime
) -> tuple[Explanation, list[str]]:
    zone = _zone(store, device) or settings.zone
    at = now if at_ is None else moment_of(at_, "--at", zone, now)
    if at > now + _JUST_NOW:
        raise click.UsageError("--at: that is still to come; leave it out for now")
    plan = _plan(settings)
    if at_ is None and plan is not None:
        found = explain_now(
            store, plan.rules, device, now, collector_id=settings.collector_id, state=state
        )
    else:
        found = explain_then(store, device, at, collector_id=settings.collector_id)
    if found is None:
        known = [one.id for one in store.facts() if one.retired_at is None]
        fail(f"there is no device {device!r}; {did_you_mean(device, known)}")
    if plan is None or found.alert is None:
        return found, []
    return found, plan.why(found.alert, found.device, found.at)


def _plan(settings: Config) -> AlertPlan | None:
    """Return what alerts.yaml says; None: the setting names no file. Raises ProblemsError."""
    if settings.alerts is None:
        return None
    return load_alert_plan(settings, load_inventory(settings.inventory))


def _zone(store: Store, device: str) -> str | None:
    return next((one.zone for one in store.facts() if one.id == device), None)


def not_ready(store: Store, settings: Config, now: datetime) -> list[str]:
    """Return what keeps anybody from being told, whatever the stages say."""
    if settings.alerts is None:
        return [
            "alerts: the setting alerts names no file, so nobody is told of anything; see"
            " docs/alerts.md"
        ]
    report = AlertReport.decode(store.alerts.marks().get(REPORT))
    return why_not_ready(report, now)


# --- words ------------------------------------------------------------------------------------


class _Telling:
    """Writes an explanation as lines, on the clocks of the device's site."""

    def __init__(self, found: Explanation, zone: str, now: datetime) -> None:
        self._found = found
        self._zone = found.device.zone or zone
        self._now = now

    def lines(self, route: list[str], notes: list[str]) -> Iterator[str]:
        """Yield all that there is to say, what matters most first."""
        yield from self._heading()
        yield from (f"! {note}" for note in notes)
        if self._found.stages:
            yield ""
            yield from self._stages()
        if route:
            yield ""
            yield "Whom it goes to:" if self._is_fresh else "Whom it went to, by today's rules:"
            yield from (f"  {line}" for line in route)
        yield from self._history()
        yield from self._messages()

    @property
    def _is_fresh(self) -> bool:
        return self._found.at >= self._now

    def _heading(self) -> Iterator[str]:
        found, device = self._found, self._found.device
        parts = [device.kind, f"at {device.site}" if device.site else ""]
        parts.append(f"of {device.owner}" if device.owner else "")
        about = " ".join(part for part in parts if part)
        named = device.id if device.name in ("", device.id) else f"{device.id} ({device.name})"
        yield f"{named}: {about}" if about else named
        last = None if found.detail is None else found.detail.row.alert
        if found.alert is not None and not found.supposed:
            yield self._state(found.alert)
            return
        at = "It has no alert now" if self._is_fresh else f"It had no alert at {self._at(found.at)}"
        if last is None:
            yield f"{at}, and had none before."
        else:
            ended = "" if last.ended_at is None else f" to {self._at(last.ended_at)}"
            yield f"{at}. The last one: {last.state.value} {self._at(last.began_at)}{ended}."

    def _state(self, alert: Alert) -> str:
        since_at = alert.state_at or alert.began_at
        lasted = _SAY.duration(self._found.at - since_at)
        detail = clean(alert.detail, _LONGEST_DETAIL)  # a device's own words
        said = f'; it says "{detail}"' if detail else ""
        root = f", behind {alert.root}" if alert.root else ""
        incident = f", incident {alert.incident_id}" if alert.incident_id else ""
        reason = _SAY.word(alert.reason.value, "reason")
        return (
            f"{alert.state.value.upper()} since {self._at(since_at)} ({lasted}): {reason}{root}"
            f"{said}. Alert {alert.id}, {alert.severity.value}{incident}."
        )

    def _stages(self) -> Iterator[str]:
        found = self._found
        if found.supposed and found.alert is not None:
            yield f"What would become of it if it came to be {found.alert.state.value} now:"
        elif found.decided_at is None:
            yield f"Stage by stage at {self._at(found.at)}:"
        else:
            at = self._at(found.decided_at)
            yield f"Stage by stage, as it was decided at {at} and stood at {self._at(found.at)}:"
        for one in found.stages:
            verdict = _VERDICTS[one.verdict]
            yield f"  {one.stage.value:<12}  {verdict:<10}  {_words(one, self._at)}".rstrip()
        yield f"So: {self._conclusion()}"

    def _conclusion(self) -> str:
        found = self._found
        held = found.held
        if all(one.verdict is Verdict.NOT_ASKED for one in found.stages):
            return "nothing was decided about it yet at that moment."
        would = "would be" if found.supposed else "is" if found.decided_at is None else "was"
        if held is None or held.hold is None:
            return f"it {would} told."
        until_at = held.hold.until_at
        until = "" if until_at is None else f" until {self._at(until_at)}"
        match held.hold.reason:
            case HoldReason.ALREADY_TOLD:
                return "people know it."
            case HoldReason.SETTLING if found.decided_at is None:
                return f"it {would} told in a moment, if it is still so."
            case HoldReason.TOO_SHORT:
                return f"it {would} told if it lasts{until}."
            case _:
                again = "" if until_at is None else ", and is decided again then"
                known = "; people know of it" if self._is_known() else ""
                return f"it {would} held at {held.stage.value}{until}{again}{known}."

    def _is_known(self) -> bool:
        """Say whether it was told before something else came to hold it."""
        holds = (one.hold for one in self._found.stages)
        return any(one and one.reason is HoldReason.ALREADY_TOLD for one in holds)

    def _history(self) -> Iterator[str]:
        detail = self._found.detail
        if detail is None or not detail.decisions:
            return
        yield ""
        yield f"What was decided about alert {detail.row.alert.id}, in order:"
        for number, one in enumerate(detail.decisions):
            if number == FIRST_KEPT and detail.decisions_left_out:
                yield f"  … {detail.decisions_left_out} more, which were not kept …"
            yield f"  {self._clock(one.at)}  {self._decided(one)}"
        ended_at = detail.row.alert.ended_at
        if ended_at is not None:
            yield f"  {self._clock(ended_at)}  it was well again"

    def _decided(self, one: Decision) -> str:
        if one.reason is None:
            return f"told, by route {one.detail}" if one.detail else "told"
        words = hold_words(one.stage, Hold(one.reason, one.detail, one.until_at), self._at)
        return f"held ({one.stage.value}): {words}"

    def _messages(self) -> Iterator[str]:
        yield ""
        if not self._found.messages:
            yield "No message was about it, or about what it is told with."
            return
        detail = self._found.detail
        threads = {} if detail is None else {its.id: its.key for its, _ in detail.threads}
        yield "Messages about it, or about what it is told with:"
        for one in self._found.messages:
            to = f"{one.receiver} by {one.channel}" if one.receiver else one.channel
            key = threads.get(one.thread_id)
            of = "" if key is None else f" ({key.replace(':', ' ')})"
            what = f"{PURPOSES[one.purpose]}{of} to {to}"
            yield f"  {self._clock(one.created_at)}  {what}: {self._sent(one)}"

    def _sent(self, one: Notification) -> str:
        answer = f" ({one.answer})" if one.answer else ""
        twice = "; it may have arrived twice" if one.maybe_twice else ""
        match one.state:
            case DeliveryState.SENT:
                at = "" if one.sent_at is None else f" at {self._clock(one.sent_at)}"
                return f"taken{at}{twice}"
            case DeliveryState.PENDING if one.attempts:
                again = self._clock(one.due_at)
                return f"NOT TAKEN YET after {one.attempts} tries, again at {again}{answer}"
            case DeliveryState.PENDING:
                return f"waits, due at {self._clock(one.due_at)}"
            case DeliveryState.SENDING:
                return f"on its way{twice}"
            case DeliveryState.DEAD:
                return f"GIVEN UP{answer}; try again with `pantau alert retry {one.id}`"
            case DeliveryState.WITHDRAWN:
                return f"taken back before it went out{answer}"

    def _at(self, moment: datetime) -> str:
        return _SAY.moment(moment, self._zone, self._now)

    def _clock(self, moment: datetime) -> str:
        """Write a moment of a list, with seconds: order matters there."""
        clock = _SAY.clock(moment, self._zone, self._now)
        return f"{clock}:{moment:%S}"


def _words(one: StageSaid, moment: Moment) -> str:
    if one.hold is not None:
        return hold_words(one.stage, one.hold, moment)
    return PASSES[one.stage] if one.verdict is Verdict.PASSES else ""


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# --- for programs -----------------------------------------------------------------------------


def _as_json(found: Explanation, route: list[str], notes: list[str]) -> dict[str, object]:
    detail = found.detail
    return {
        "device": found.device.id,
        "name": found.device.name,
        "at": found.at,
        "supposed": found.supposed,
        "alert": found.alert,
        "last_alert": None if detail is None else detail.row.alert,
        "held_at": None if found.held is None else found.held.stage,
        "decided_at": found.decided_at,
        "stages": [
            {
                "stage": one.stage,
                "verdict": one.verdict,
                "reason": None if one.hold is None else one.hold.reason,
                "detail": "" if one.hold is None else one.hold.detail,
                "until_at": None if one.hold is None else one.hold.until_at,
                "words": _words(one, _iso),
            }
            for one in found.stages
        ],
        "route": route,
        "not_ready": notes,
        "decisions": () if detail is None else detail.decisions,
        "decisions_left_out": 0 if detail is None else detail.decisions_left_out,
        "messages": [_message_json(one) for one in found.messages],
    }


def _message_json(one: Notification) -> dict[str, object]:
    return {
        "id": one.id,
        "created_at": one.created_at,
        "receiver": one.receiver,
        "channel": one.channel,
        "purpose": one.purpose,
        "state": one.state,
        "attempts": one.attempts,
        "maybe_twice": one.maybe_twice,
        "sent_at": one.sent_at,
        "answer": one.answer,
    }

"""A play for the desk: devices change their states, a store in memory keeps what a step said."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from collector.model import Reason, State, Transition
from collector.model.alerts import Alert, Decision, Purpose, Severity, Thread, ThreadMember
from collector.notify.deciding.desk import Desk
from collector.notify.deciding.following import News
from collector.notify.deciding.words import Outcome, Telling
from collector.notify.deciding.world import (
    Address,
    DeviceFacts,
    IncidentFacts,
    Pace,
    Step,
    Taken,
    Wanted,
    World,
)

START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


@dataclass
class PlainRules:
    """Down is critical, all else a warning; everything goes to one group, unless said otherwise."""

    pace: Pace = field(default_factory=Pace)
    receivers: tuple[str, ...] = ("group",)
    steps: tuple[Step, ...] = ()
    after_seconds: float = 0.0
    unwanted: frozenset[State] = frozenset()
    unrouted: frozenset[str] = frozenset()  # devices
    quiet: dict[str, datetime] = field(default_factory=dict)  # receiver: until when

    def policy(self, alert: Alert, device: DeviceFacts) -> Wanted:
        del device
        severe = alert.state in {State.DOWN, State.UNREACHABLE}
        collector = alert.device_id.startswith("collector:")
        return Wanted(
            Severity.CRITICAL if severe or collector else Severity.WARNING,
            tell=alert.state not in self.unwanted,
            after_seconds=self.after_seconds,
        )

    def route(self, alert: Alert, device: DeviceFacts, now: datetime) -> Taken | None:
        del device, now
        if alert.device_id in self.unrouted:
            return None
        return Taken("all", self.receivers, self.steps)

    def people(self, receiver: str, now: datetime) -> tuple[Address, ...]:
        del now
        return (Address(receiver, f"{receiver}-chat"),)

    def quiet_until(self, receiver: str, severity: Severity, now: datetime) -> datetime | None:
        until_at = self.quiet.get(receiver)
        if until_at is None or severity is Severity.CRITICAL or until_at <= now:
            return None
        return until_at


class Play:
    """A desk, its world, and a store in memory that can give it back after a kill."""

    def __init__(self, devices: Iterable[str] = (), rules: PlainRules | None = None) -> None:
        facts = {name: DeviceFacts(name, name, "camera", "site") for name in devices}
        self.world = World(devices=facts)
        self.rules = rules or PlainRules()
        self.now = START
        self.desk = Desk()
        self.states: dict[str, State] = {}
        self.incident_of: dict[str, int] = {}
        self.next_at: datetime | None = None
        self.sent: list[Telling] = []
        self.decisions: list[tuple[str, Decision]] = []
        self._alerts: dict[tuple[str, datetime], Alert] = {}
        self._last: dict[int, Decision] = {}
        self._threads: dict[tuple[str, datetime], Thread] = {}
        self._members: dict[tuple[str, datetime, str], ThreadMember] = {}
        self._keys: set[str] = set()
        self._news: list[News] = []

    def becomes(
        self,
        device: str,
        state: State,
        *,
        root: str | None = None,
        incident: int | None = None,
        flapping: bool = False,
        reason: Reason = Reason.NO_ANSWER,
    ) -> None:
        """Write a row of the log; the next step takes it in."""
        row = Transition(
            device_id=device,
            old=self.states.get(device, State.UP),
            new=state,
            at=self.now - timedelta(seconds=15),
            confirmed_at=self.now,
            reason=reason,
            cause=root,
            flapping=flapping,
        )
        self.states[device] = state
        self._news.append(News(row, incident))

    def down(self, device: str, incident: int) -> None:
        self.becomes(device, State.DOWN, incident=incident)

    def up(self, device: str, *, flapping: bool = False) -> None:
        self.becomes(device, State.UP, reason=Reason.OK, flapping=flapping)

    def step(self, changed: Iterable[str] | None = (), *, dies: bool = False) -> Outcome:
        """Run a step and store it; when it dies before it is stored, nothing happened."""
        names = None if changed is None else tuple(changed)
        outcome = self.desk.step(self.world, self.rules, self.now, self._news, names)
        if dies:
            self.restart()
            return outcome
        self._news.clear()
        self._store(outcome)
        self.next_at = outcome.next_at
        return outcome

    def run(self, seconds: float, *, dies: bool = False) -> list[Telling]:
        """Let time go by: look when something is due. Returns what was told in it."""
        before, until_at = len(self.sent), self.now + timedelta(seconds=seconds)
        self.step()
        for _ in range(10_000):
            if self.next_at is None or self.next_at > until_at:
                break
            self.now = max(self.now, self.next_at)
            if dies:
                self.step(dies=True)
            self.step()
        self.now = until_at
        return self.sent[before:]

    def restart(self) -> None:
        """Make the desk anew from the store."""
        alerts = sorted(self._alerts.values(), key=lambda alert: alert.id or 0)
        inside = {
            one.alert_id
            for name, one in self._members.items()
            if one.left_at is None and self._threads[name[:2]].closed_at is None
        }
        roots = {one.root for one in alerts if one.ended_at is None}
        last = {one.device_id: one.id for one in alerts if one.device_id in roots}
        inside |= set(last.values())
        kept = [one for one in alerts if one.ended_at is None or one.id in inside]
        self.desk = Desk(
            kept,
            [(one, self._last[one.id]) for one in kept if one.id in self._last],
            [one for one in self._threads.values() if one.closed_at is None],
            self._members.values(),
        )
        self.next_at = self.now

    def _store(self, outcome: Outcome) -> None:
        for alert in outcome.alerts:
            name = alert.device_id, alert.began_at
            known = self._alerts.get(name)
            number = len(self._alerts) + 1 if known is None else known.id
            self._alerts[name] = replace(alert, id=number)
        for alert, decision in outcome.decisions:
            number = self._alerts[alert.device_id, alert.began_at].id
            assert number is not None
            self._last[number] = decision
            self.decisions.append((alert.device_id, decision))
        for thread in outcome.threads:
            self._threads[thread.key, thread.opened_at] = thread
        for member in outcome.members:
            open_alert = self.desk.alerts.get(member.device_id)
            number = member.alert_id
            if number is None and open_alert is not None:
                number = self._alerts[member.device_id, open_alert.began_at].id
            self._members[member.thread_key, member.thread_opened_at, member.device_id] = replace(
                member, alert_id=number
            )
        names = [(alert.device_id, alert.began_at) for alert in outcome.alerts]
        self.desk.learn(self._alerts[name] for name in names)
        for telling in outcome.tellings:
            assert telling.key not in self._keys, f"two messages with one key: {telling.key}"
            self._keys.add(telling.key)
            self.sent.append(telling)

    def put_incident(self, incident: IncidentFacts, *also: int) -> None:
        """Let an incident be as said, under its id and those that were merged into it."""
        ids = dict.fromkeys([incident.id, *also], incident)
        self.world = replace(self.world, incidents={**self.world.incidents, **ids})

    def last_decision(self, device: str) -> Decision:
        """Return the last decision that was stored about a device."""
        return [one for name, one in self.decisions if name == device][-1]


def purposes(tellings: Iterable[Telling]) -> list[Purpose]:
    """Return what messages are for, in order."""
    return [one.content.purpose for one in tellings]

"""What alerts.yaml says, as the stages ask it: how severe, whom it goes to, who that is now. Pure.

    policies   of severity, duration and whether to tell, each from the first policy that has it
    routes     the first that fits takes an alert, and those behind it where it says `continue`
    rosters    whoever is on duty stands behind a name
    quiet      hours in which what can wait is held for a digest

What hangs on a device is worked out once a device and kept, so that a question costs little when
ten thousand are asked at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.moments import EPOCH
from collector.notify.deciding.world import Address, DeviceFacts, Pace, Step, Taken, Wanted
from collector.notify.hours import Hours
from collector.notify.matching import Match
from collector.notify.rosters import Roster, on_duty, people_on_duty

COLLECTOR_KIND = "collector"
DEFAULTS: Mapping[State, tuple[Severity, float]] = {
    State.DOWN: (Severity.CRITICAL, 0.0),
    State.UNREACHABLE: (Severity.CRITICAL, 0.0),
    State.DEGRADED: (Severity.WARNING, 0.0),
    State.UNKNOWN: (Severity.WARNING, 300.0),  # a restart of ours must not be told
}
"""Severity, and how long it must have lasted (seconds), where no policy says otherwise."""

OF_COLLECTORS = "for the loss of a collector: all who are told of devices"
_MOST_DEVICES = 200_000  # remembered at once
_MOST_LINES = 40  # of routes, in an explanation


@dataclass(frozen=True, slots=True)
class Policy:
    """How severe such alerts are. None: this policy does not say."""

    name: str
    match: Match
    severity: Severity | None = None
    after_seconds: float | None = None
    tell: bool | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Whom such alerts go to. `goes_on`: the routes behind it count as well."""

    name: str
    match: Match
    to: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or group, as far as deciding needs to know."""

    name: str
    channel: str  # the one that comes first
    quiet_hours: Hours | None = None
    quiet_for: frozenset[Severity] = frozenset()


@dataclass(slots=True)
class _Standing:
    """What hangs on a device alone."""

    device: DeviceFacts
    policies: tuple[Policy, ...]
    routes: tuple[Route, ...]
    wanted: dict[tuple[State, Reason], Wanted] = field(default_factory=dict)
    taking: dict[tuple[State, Reason], tuple[Route, ...]] = field(default_factory=dict)
    taken: dict[tuple[State, Reason], Taken | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Moment:
    """What was already answered for one `now`."""

    now: datetime
    hours: dict[Hours, bool] = field(default_factory=dict)
    quiet: dict[str, datetime | None] = field(default_factory=dict)


class Routing:
    """The rules of alerts.yaml (`collector.notify.deciding.world.Rules`)."""

    def __init__(
        self,
        contacts: Mapping[str, Contact],
        routes: Sequence[Route],
        *,
        policies: Sequence[Policy] = (),
        rosters: Mapping[str, Roster] | None = None,
        pace: Pace | None = None,
        zone: str = "Asia/Makassar",
    ) -> None:
        """Take over what the file says; every name in it is known."""
        self.contacts = contacts
        self.routes = tuple(routes)
        self.policies = tuple(policies)
        self.rosters = rosters or {}
        self._pace = pace or Pace()
        self._zone = ZoneInfo(zone)  # for people who ask why
        self._standings: dict[str, _Standing] = {}
        self._moment = _Moment(EPOCH)
        everybody = dict.fromkeys(name for route in self.routes for name in route.to)
        self._of_collectors = Taken(OF_COLLECTORS, tuple(everybody)) if everybody else None

    @property
    def pace(self) -> Pace:
        """How soon and how often things are told."""
        return self._pace

    def policy(self, alert: Alert, device: DeviceFacts) -> Wanted:
        """Say how severe an alert is, and from when on somebody is told."""
        return self._wanted(alert, self._standing(device))

    def route(self, alert: Alert, device: DeviceFacts, now: datetime) -> Taken | None:
        """Return who is told of an alert; None: no route takes it.

        Its severity is what the policies say now, whatever the alert had before.
        """
        standing = self._standing(device)
        key = alert.state, alert.reason
        if key in standing.taken:
            return standing.taken[key]
        routes = self._taking(alert, standing)
        taken = self._joined(routes, device, now)
        if all(route.match.hours is None for route in routes):
            standing.taken[key] = taken
        return taken

    def people(self, receiver: str, now: datetime) -> tuple[Address, ...]:
        """Return who stands behind a receiver's name now: a roster's shift, or itself."""
        roster = self.rosters.get(receiver)
        names = (receiver,) if roster is None else people_on_duty(roster, now)
        return tuple(
            Address(name, self.contacts[name].channel) for name in names if name in self.contacts
        )

    def quiet_until(self, receiver: str, severity: Severity, now: datetime) -> datetime | None:
        """Return until when a person's quiet hours hold such alerts back; None: they do not."""
        contact = self.contacts.get(receiver)
        if contact is None or contact.quiet_hours is None or severity not in contact.quiet_for:
            return None
        answered = self._at(now).quiet
        if receiver not in answered:
            answered[receiver] = contact.quiet_hours.until(now)
        return answered[receiver]

    def why(self, alert: Alert, device: DeviceFacts, now: datetime) -> list[str]:
        """Say for people how an alert is judged, which route takes it, which not, and who is told.

        The same questions as above, answered with their reasons, one line each.
        """
        wanted = self.policy(alert, device)
        lines = [_policy_line(wanted, alert.state)]
        lines.extend(self._route_lines(alert, device, wanted.severity, now))
        taken = self.route(alert, device, now)
        if taken is None:
            return [*lines, "no route takes it: nobody is told"]
        for name in taken.receivers:
            lines.extend(self._people_lines(name, wanted.severity, now))
        for step in taken.steps:
            after = duration_text(step.after_seconds)
            lines.append(f"if nobody acknowledges it within {after}: {', '.join(step.receivers)}")
            for name in step.receivers:
                lines.extend(f"  {one}" for one in self._people_lines(name, wanted.severity, now))
        return lines

    # --- what is kept ----------------------------------------------------------------------------

    def _standing(self, device: DeviceFacts) -> _Standing:
        known = self._standings.get(device.id)
        if known is not None and (known.device is device or known.device == device):
            return known
        if len(self._standings) >= _MOST_DEVICES:
            self._standings.clear()
        known = self._standings[device.id] = _Standing(
            device,
            tuple(one for one in self.policies if self._is_for(one, device)),
            tuple(one for one in self.routes if one.match.fits_device(device)),
        )
        return known

    def _is_for(self, policy: Policy, device: DeviceFacts) -> bool:
        """Say whether a policy is meant for a device; of collectors, only what names them.

        "What is unknown is told to nobody" must not swallow that nobody looks any more.
        """
        if device.kind == COLLECTOR_KIND and COLLECTOR_KIND not in policy.match.kinds:
            return False
        return policy.match.fits_device(device)

    def _wanted(self, alert: Alert, standing: _Standing) -> Wanted:
        key = alert.state, alert.reason
        found = standing.wanted.get(key)
        if found is None:
            found = standing.wanted[key] = self._judged(alert, standing)
        return found

    def _judged(self, alert: Alert, standing: _Standing) -> Wanted:
        severity, after_seconds = DEFAULTS.get(alert.state, (Severity.WARNING, 0.0))
        if standing.device.kind == COLLECTOR_KIND:
            severity, after_seconds = Severity.CRITICAL, 0.0
        fitting = [
            one
            for one in standing.policies
            if one.match.fits_alert(alert.state, alert.reason, severity=None)
        ]
        of_severity = next((one for one in fitting if one.severity is not None), None)
        of_time = next((one for one in fitting if one.after_seconds is not None), None)
        of_telling = next((one for one in fitting if one.tell is not None), None)
        if of_severity is not None and of_severity.severity is not None:
            severity = of_severity.severity
        if of_time is not None and of_time.after_seconds is not None:
            after_seconds = of_time.after_seconds
        tell = of_telling is None or of_telling.tell is not False
        speaks = (of_telling if not tell else of_time) or of_severity
        return Wanted(severity, tell, after_seconds, "" if speaks is None else speaks.name)

    def _taking(self, alert: Alert, standing: _Standing) -> tuple[Route, ...]:
        """Return the routes that fit a device's alert, whatever the hour."""
        key = alert.state, alert.reason
        routes = standing.taking.get(key)
        if routes is None:
            severity = self._wanted(alert, standing).severity
            routes = standing.taking[key] = tuple(
                one
                for one in standing.routes
                if one.match.fits_alert(alert.state, alert.reason, severity)
            )
        return routes

    def _joined(self, routes: Sequence[Route], device: DeviceFacts, now: datetime) -> Taken | None:
        found = list(self._in_order(routes, now))
        if not found:
            return self._of_collectors if device.kind == COLLECTOR_KIND else None
        receivers = dict.fromkeys(name for route in found for name in route.to)
        steps = dict.fromkeys(step for route in found for step in route.steps)
        return Taken(
            ", ".join(route.name for route in found),
            tuple(receivers),
            tuple(sorted(steps, key=lambda step: step.after_seconds)),
        )

    def _in_order(self, routes: Sequence[Route], now: datetime) -> Iterator[Route]:
        for route in routes:
            if self._holds(route.match.hours, now):
                yield route
                if not route.goes_on:
                    return

    def _holds(self, hours: Hours | None, now: datetime) -> bool:
        if hours is None:
            return True
        answered = self._at(now).hours
        if hours not in answered:
            answered[hours] = hours.hold(now)
        return answered[hours]

    def _at(self, now: datetime) -> _Moment:
        if self._moment.now != now:
            self._moment = _Moment(now)
        return self._moment

    # --- in words --------------------------------------------------------------------------------

    def _route_lines(
        self, alert: Alert, device: DeviceFacts, severity: Severity, now: datetime
    ) -> list[str]:
        lines = []
        taken = False
        for number, route in enumerate(self.routes):
            if taken or number >= _MOST_LINES:
                left = len(self.routes) - number
                why = "not asked any more" if taken else "not shown"
                lines.append(f"{left} more route{'s' if left > 1 else ''}: {why}")
                break
            against = route.match.against(device, alert.state, alert.reason, severity)
            hours = route.match.hours
            if not against and hours is not None and not self._holds(hours, now):
                against = f"outside its hours ({hours.text})"
            if against:
                lines.append(f'route "{route.name}": no, {against}')
                continue
            goes_on = ", and goes on" if route.goes_on else ""
            lines.append(f'route "{route.name}": takes it{goes_on}')
            taken = not route.goes_on
        return lines

    def _people_lines(self, name: str, severity: Severity, now: datetime) -> list[str]:
        lines = []
        roster = self.rosters.get(name)
        if roster is not None:
            duty = on_duty(roster, now)
            until = "" if duty.until_at is None else f", until {self._moment_text(duty.until_at)}"
            who = ", ".join(duty.people)
            lines.append(f"{name}: {who} ({duty.why}{until})")
        for person in self.people(name, now):
            line = f"{person.receiver}: by {person.channel}"
            quiet_at = self.quiet_until(person.receiver, severity, now)
            if quiet_at is not None:
                until = self._moment_text(quiet_at)
                line += f"; quiet hours hold {severity.value} back until {until}"
            lines.append(line)
        return lines or [f"{name}: nobody"]

    def _moment_text(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%a %d %b %H:%M %Z")


def duration_text(seconds: float) -> str:
    """Write a duration as files do: 90s, 15m, 4h, 2d."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def _policy_line(wanted: Wanted, state: State) -> str:
    by = f'policy "{wanted.policy}"' if wanted.policy else "no policy says otherwise"
    if not wanted.tell:
        return f"{state.value} is {wanted.severity.value}, and nobody wants to be told ({by})"
    after = ""
    if wanted.after_seconds:
        after = f", told when it has lasted {duration_text(wanted.after_seconds)}"
    return f"{state.value} is {wanted.severity.value}{after} ({by})"

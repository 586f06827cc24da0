"""What alerts.yaml says, as the stages ask it: how severe, whom it goes to, who that is now. Pure.

    policies   of severity, duration and whether to tell, each from the first policy that has it
    routes     the first that fits takes an alert, and those behind it where it says `continue`
    rosters    whoever is on duty stands behind a name
    quiet      hours in which what can wait is held for a digest

What hangs on a device alone is worked out once for all devices that the file cannot tell apart,
and kept, so that a question costs little when ten thousand are asked at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.moments import EPOCH
from collector.notify.deciding.world import Address, DeviceFacts, Pace, Step, Taken, Wanted
from collector.notify.hours import Hours
from collector.notify.matching import Marks, Match, Named
from collector.notify.rosters import Roster, people_on_duty

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
    """What hangs on the device alone. One for all devices that the file cannot tell apart."""

    is_collector: bool
    policies: tuple[Policy, ...]
    routes: tuple[Route, ...]
    wanted: dict[tuple[State, Reason], Wanted] = field(default_factory=dict)
    taking: dict[tuple[State, Reason], tuple[Route, ...]] = field(default_factory=dict)
    taken: tuple[datetime, dict[tuple[State, Reason], Taken | None]] = field(
        default_factory=lambda: (EPOCH, {})
    )  # at the moment that was asked about last


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
        self.zone = ZoneInfo(zone)  # for people who ask why
        self._named = Named.of(
            [*(one.match for one in self.routes), *(one.match for one in self.policies)]
        )
        self._standings: dict[Marks, _Standing] = {}
        self._devices: dict[str, tuple[DeviceFacts, _Standing]] = {}
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
        at, taken = standing.taken
        if at != now:
            taken = {}
            standing.taken = now, taken
        key = alert.state, alert.reason
        if key not in taken:
            taken[key] = self._joined(self._taking(alert, standing), standing, now)
        return taken[key]

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

    def alike(self, devices: Iterable[DeviceFacts]) -> list[list[DeviceFacts]]:
        """Return devices in groups that no route and no policy tells apart."""
        groups: dict[Marks, list[DeviceFacts]] = {}
        for device in devices:
            groups.setdefault(self._named.marks(device), []).append(device)
        return list(groups.values())

    def routes_for(self, device: DeviceFacts) -> tuple[Route, ...]:
        """Return the routes that are meant for a device, in order."""
        return self._standing(device).routes

    def routes_of(self, alert: Alert, device: DeviceFacts) -> tuple[Route, ...]:
        """Return the routes that fit an alert, in order, whatever the hour."""
        return self._taking(alert, self._standing(device))

    def holds(self, route: Route, now: datetime) -> bool:
        """Say whether a moment is within a route's hours."""
        return self._holds(route.match.hours, now)

    # --- what is kept ----------------------------------------------------------------------------

    def _standing(self, device: DeviceFacts) -> _Standing:
        known = self._devices.get(device.id)
        if known is not None and known[0] is device:
            return known[1]
        marks = self._named.marks(device)
        standing = self._standings.get(marks)
        if standing is None:
            standing = self._standings[marks] = _Standing(
                device.kind == COLLECTOR_KIND,
                tuple(one for one in self.policies if self._is_for(one, device)),
                tuple(one for one in self.routes if one.match.fits_device(device)),
            )
        if len(self._devices) >= _MOST_DEVICES:
            self._devices.clear()
            self._standings = {marks: standing}
        self._devices[device.id] = device, standing
        return standing

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
        if standing.is_collector:
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

    def _joined(self, routes: Sequence[Route], standing: _Standing, now: datetime) -> Taken | None:
        found = list(self._in_order(routes, now))
        if not found:
            return self._of_collectors if standing.is_collector else None
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
        moment = self._moment  # another thread may ask about another moment meanwhile
        if moment.now != now:
            moment = self._moment = _Moment(now)
        return moment

"""Duty rosters (piket): who is on duty now, and until when. Pure.

    shift      hours of the week, and who works in them: all at once, or by turns of a day or week
    override   days on which others do: a holiday, leave, a swap
    otherwise  who stands in where nobody is on duty: an alert must not fall into a gap

A turn belongs to the day on which its hours began, so a night is nobody's twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.contract import ServiceHours
from collector.moments import EPOCH, MICROSECOND, from_micros, to_micros
from collector.notify.hours import day_of
from collector.uptime.calendar import offsets

AHEAD = timedelta(days=15)  # how far is looked for the next change
_EVERY_DAY = tuple(range(7))


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours, and who takes turns in them. `turn_days` 0: all are on duty at once."""

    name: str
    hours: tuple[ServiceHours, ...]
    turns: tuple[tuple[str, ...], ...]
    turn_days: int = 0
    since: date | None = None  # the day on which the first turn begins

    def people(self, wall: datetime) -> tuple[str, ...]:
        """Return who is on duty when the clocks show this; nobody: outside the hours."""
        found: dict[str, None] = {}
        for one in self.hours:
            day = day_of(one, wall)
            if day is not None:
                found.update(dict.fromkeys(self._on(day.date())))
        return tuple(found)

    def _on(self, day: date) -> Iterator[str]:
        if not self.turn_days or self.since is None:
            for turn in self.turns:
                yield from turn
            return
        number = (day - self.since).days // self.turn_days
        yield from self.turns[number % len(self.turns)]


def whole_days(handover: time) -> tuple[ServiceHours, ...]:
    """Return hours that cover day and night, from handover to handover."""
    return (ServiceHours(_EVERY_DAY, handover, handover),)


@dataclass(frozen=True, slots=True)
class Override:
    """From and until as the clocks show it (naive). Of two that meet, the later listed holds."""

    from_: datetime
    until: datetime
    people: tuple[str, ...]
    instead_of: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is on duty, by which shift or override, and until when at least."""

    people: tuple[str, ...]  # never empty
    why: str  # for people: "shift malam", "override: Natal"
    is_gap: bool = False  # nobody is on duty: these stand in
    until_at: datetime | None = None  # None: nothing changes within two weeks


@dataclass(frozen=True, slots=True)
class Roster:
    """A schedule of alerts.yaml."""

    name: str
    zone: str
    shifts: tuple[Shift, ...]
    overrides: tuple[Override, ...] = ()
    otherwise: tuple[str, ...] = ()

    def everybody(self) -> tuple[str, ...]:
        """Return all who work in its shifts, each once."""
        return tuple(
            dict.fromkeys(one for shift in self.shifts for turn in shift.turns for one in turn)
        )


def people_on_duty(roster: Roster, now: datetime) -> tuple[str, ...]:
    """Return who is on duty, or stands in; never nobody."""
    return duty_at(roster, now).people


def duty_at(roster: Roster, now: datetime) -> OnDuty:
    """Return who is on duty, or stands in, with the reason; until when is left out."""
    return _at(roster, _wall(roster, now))


def on_duty(roster: Roster, now: datetime) -> OnDuty:
    """Return who is on duty, or stands in, with the reason and until when."""
    found = duty_at(roster, now)
    for at in _edges(roster, now, now + AHEAD):
        following = duty_at(roster, at)
        if (following.people, following.is_gap) != (found.people, found.is_gap):
            return OnDuty(found.people, found.why, found.is_gap, at)
    return found


def gaps(roster: Roster, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times in which nobody is on duty."""
    found: list[tuple[datetime, datetime]] = []
    edges = [start, *_edges(roster, start, end), end]
    for low, high in pairwise(edges):
        if low < high and duty_at(roster, low).is_gap:
            if found and found[-1][1] == low:
                low = found.pop()[0]
            found.append((low, high))
    return found


def _wall(roster: Roster, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(roster.zone)).replace(tzinfo=None)


def _at(roster: Roster, wall: datetime) -> OnDuty:
    working: dict[str, str] = {}  # who, and by which shift
    for shift in roster.shifts:
        for person in shift.people(wall):
            working.setdefault(person, f"shift {shift.name}")
    for override in roster.overrides:
        if not override.from_ <= wall < override.until:
            continue
        why = f"override: {override.reason}" if override.reason else "override"
        if override.instead_of is None:
            working = dict.fromkeys(override.people, why)
        elif override.instead_of in working:
            del working[override.instead_of]
            working |= dict.fromkeys(override.people, why)
    if working:
        return OnDuty(tuple(working), ", ".join(dict.fromkeys(working.values())))
    people = roster.otherwise or roster.everybody()
    return OnDuty(people, "nobody is on duty: these stand in", is_gap=True)


def _edges(roster: Roster, start: datetime, end: datetime) -> list[datetime]:
    """Return the moments in a span, without its start, at which something may change."""
    walls = sorted(_wall_edges(roster, _wall(roster, start), _wall(roster, end)))
    found: set[datetime] = set()
    for low, high, offset in offsets(ZoneInfo(roster.zone), to_micros(start), to_micros(end)):
        found.add(from_micros(low))  # the clocks change
        for wall in walls:
            at = (wall - EPOCH.replace(tzinfo=None)) // MICROSECOND - offset
            if low <= at < high:
                found.add(from_micros(at))
    return sorted(at for at in found if start < at < end)


def _wall_edges(roster: Roster, first: datetime, last: datetime) -> Iterable[datetime]:
    times = {
        edge for shift in roster.shifts for one in shift.hours for edge in (one.from_, one.until)
    }
    day = first.date() - timedelta(days=1)
    while day <= last.date() + timedelta(days=1):
        yield from (datetime.combine(day, at) for at in times)
        day += timedelta(days=1)
    for override in roster.overrides:
        yield from (override.from_, override.until)

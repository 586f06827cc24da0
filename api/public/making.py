"""Makes what the public page says, once for everybody. Blocks: reads the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.deps import Parts
from api.public.groups import FEWEST, Group, Level, Member, Service, grouped, level_of
from api.uptime_query import Asked, QueryError, read_question
from collector.maintenance import exclusions
from collector.model import State
from collector.uptime import Tally, figures, total

KEPT_SECONDS = 60.0
UPTIME_SECONDS = 600.0
"""How old figures of uptime may be: they cost most, and move least."""

_AHEAD = timedelta(days=7)
_MOST_WINDOWS = 20
_LEAST_COVERAGE = 90.0
"""Below it no figure is given: it would say more than anybody saw."""


@dataclass(frozen=True, slots=True)
class Share:
    """Uptime of a window: of a group, never of a device. None: too little was seen."""

    percent: float | None
    coverage_percent: float


@dataclass(frozen=True, slots=True)
class Line:
    """A group as the page tells of it."""

    group: Group
    level: Level
    today: Share
    month: Share


@dataclass(frozen=True, slots=True)
class Announced:
    """Planned work on a group, without a word of what or where exactly."""

    group: Group
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class City:
    """What the page says, in no language. `whole`: of each service all groups together."""

    at: datetime
    zone: str
    blind: bool
    known_until: datetime | None  # when somebody looked last; None: nobody ever did
    whole: Mapping[Service, Line]
    lines: tuple[Line, ...]
    announced: tuple[Announced, ...]
    names: Mapping[str, str]  # of districts


class Making:
    """Makes it. From one thread at a time (`api.kept`)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tallies: tuple[float, datetime, Mapping[str, Tally], Mapping[str, Tally]] | None = (
            None
        )

    def make(self) -> City:
        """Return how the city is now. Raises StoreError."""
        parts = self._parts
        now = parts.clock.now()
        seen = parts.sight()
        planned = parts.planned.at(now)
        members = [
            Member(row.id, row.kind, row.area, State(row.state), row.id in planned)
            for row in parts.store.for_walls()
        ]
        groups = grouped(members)
        today, month = self._uptime(now)

        def line(group: Group, devices: list[Member]) -> Line:
            return Line(
                group,
                level_of(devices, blind=seen.blind),
                _share(today, devices),
                _share(month, devices),
            )

        whole: dict[Service, list[Member]] = {}
        for (service, _), devices in groups.items():
            whole.setdefault(service, []).extend(devices)
        return City(
            at=now,
            zone=parts.settings.zone,
            blind=seen.blind,
            known_until=seen.known_until if seen.collectors else None,
            whole={service: line((service, ""), devices) for service, devices in whole.items()},
            lines=tuple(line(group, devices) for group, devices in groups.items()),
            announced=self._announced(groups, now),
            names={one.code: one.name for one in parts.store.areas()},
        )

    def _uptime(self, now: datetime) -> tuple[Mapping[str, Tally], Mapping[str, Tally]]:
        """Return the tallies of today and of this month, by device."""
        steady = self._parts.clock.monotonic()
        here = now.astimezone(ZoneInfo(self._parts.settings.zone)).date()
        if self._tallies is not None:
            made, of, today, month = self._tallies
            same_day = of.astimezone(ZoneInfo(self._parts.settings.zone)).date() == here
            if same_day and steady - made < UPTIME_SECONDS:
                return today, month
        today = self._tallied(Asked(from_=f"{here:%Y-%m-%d}"), now)
        month = self._tallied(Asked(month=f"{here:%Y-%m}"), now)
        self._tallies = steady, now, today, month
        return today, month

    def _tallied(self, asked: Asked, now: datetime) -> Mapping[str, Tally]:
        parts = self._parts
        try:
            question = read_question(asked, parts.settings, now)
        except QueryError:  # the first instant of a day has no past
            return {}
        return parts.store.ledger.tallies(
            question.window,
            question.plain,
            zone=parts.settings.zone,
            now=now,
            known_until=parts.known_until(now),
        )

    def _announced(
        self, groups: Mapping[Group, list[Member]], now: datetime
    ) -> tuple[Announced, ...]:
        group_of = {one.id: group for group, devices in groups.items() for one in devices}
        store, end = self._parts.store.maintenance, now + _AHEAD
        windows, places = store.touching(now, end), store.places()
        found = {
            Announced(group_of[device], start, until)
            for window in windows
            for device, spans in exclusions([window], places, now, end).items()
            if device in group_of
            for start, until in spans
        }
        ordered = sorted(found, key=lambda one: (one.starts_at, one.ends_at, one.group))
        return tuple(ordered[:_MOST_WINDOWS])


def _share(tallies: Mapping[str, Tally], devices: list[Member]) -> Share:
    """Return the uptime of a group; none while it is that of fewer devices than may be named."""
    known = [tallies[one.id] for one in devices if one.id in tallies]
    told = figures(total(known))
    several = sum(one.known > 0 for one in known) >= FEWEST
    enough = several and told.coverage_percent >= _LEAST_COVERAGE
    return Share(told.uptime_percent if enough else None, told.coverage_percent)

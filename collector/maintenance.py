"""Planned work: when a window is, whom it covers, and what it takes out of uptime. Pure.

A window is one span of time, or with a recurrence (RFC 5545, section 3.3.10) that span again and
again. How a recurrence is reckoned:

1. The days come from the rule, counted from the day on which the first occurrence begins, on the
   calendar of the window's zone. The first occurrence must be one of them.
2. Each begins at the first one's wall-clock time, so a window at 01:00 stays at 01:00 when summer
   time begins or ends. A time that the clocks skip is read with the offset before the change
   (02:30 becomes 03:30), one that they show twice is the first of the two (RFC 5545, 3.3.5).
3. Each lasts as long as the first, in seconds that pass.

Occurrences that overlap, of one window or of several, are joined: a minute is left out once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from collector.model import MaintenanceWindow, Scope
from collector.recurrence import Recurrence, RecurrenceError, read_recurrence

Span = tuple[datetime, datetime]
"""From a moment (included) to another (not included)."""

LONGEST = timedelta(days=366)
"""How long one occurrence may last."""

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these every window begins: a year that was mistyped is told at once."""

_NEVER = LATEST + LONGEST
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_TITLE_LENGTH, _TEXT_LENGTH, _SCOPE_LENGTH = 200, 2_000, 1_000


class WindowPhase(StrEnum):
    """What becomes of a window: each is in one of these at any moment."""

    ON = "on"
    COMING = "coming"
    PAST = "past"
    CANCELLED = "cancelled"
    """Cancelled, and nothing of it is on or to come: it may have counted before."""


@dataclass(frozen=True, slots=True)
class Place:
    """What decides whether a window covers a device."""

    device_id: str
    site: str
    area: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowFault:
    """What is wrong with a window, and what to do. `field` is its name in the model."""

    field: str
    message: str


def faults(window: MaintenanceWindow) -> list[WindowFault]:
    """Return everything that keeps a window from being used; empty: it is fine."""
    found = [
        *text_faults("title", window.title, _TITLE_LENGTH),
        *text_faults("reason", window.reason, _TEXT_LENGTH),
        *text_faults("author", window.author, _TITLE_LENGTH),
        *scope_faults(window.scope),
        *_span_faults(window),
    ]
    zone = _zone(window.zone)
    if zone is None:
        message = "is no time zone; write one such as Asia/Makassar (WITA) or Asia/Jakarta (WIB)"
        found.append(WindowFault("zone", message))
    if window.recurrence is not None and zone is not None and not found:
        found += _recurrence_faults(window, window.recurrence, zone)
    return found


def covers(scope: Scope, place: Place) -> bool:
    """Say whether a scope takes a device in. An area takes in all areas below it."""
    return (
        place.device_id in scope.devices
        or place.site in scope.sites
        or any(_within(place.area, area) for area in scope.areas)
        or any(tag in scope.tags for tag in place.tags)
    )


def occurrences(window: MaintenanceWindow, start: datetime, end: datetime) -> list[Span]:
    """Return when the window is, as far as it touches start <= t < end: sorted and disjoint.

    Each is whole, also where it reaches out of that time; overlapping ones are joined. What was
    cancelled is cut away: nothing from `cancelled_from_at` on is left.
    """
    return _joined(_spans(window, start, end))


def upcoming(window: MaintenanceWindow, now: datetime, count: int) -> list[Span]:
    """Return the next occurrences that are on or still to come, at most so many."""
    return list(islice(_spans(window, now, _NEVER), count))


def phase(window: MaintenanceWindow, now: datetime) -> WindowPhase:
    """Return what a window is at a moment."""
    following = upcoming(window, now, 1)
    if following:
        return WindowPhase.ON if following[0][0] <= now else WindowPhase.COMING
    return WindowPhase.PAST if window.cancelled_at is None else WindowPhase.CANCELLED


def first_occurrence(starts_at: datetime, recurrence: str, zone: str) -> datetime:
    """Return when a recurrence occurs first, at that time of the day and not before that day.

    The moment itself when it is one of them, or when nothing can be made of rule or zone: `faults`
    says why.
    """
    known = _zone(zone)
    if known is None:
        return starts_at
    local = starts_at.astimezone(known).replace(tzinfo=None, fold=0)
    try:
        day = read_recurrence(recurrence).first_day(local.date())
    except RecurrenceError:
        return starts_at
    if day is None or day == local.date():
        return starts_at
    return datetime.combine(day, local.time(), known).astimezone(UTC)


def touches(window: MaintenanceWindow, start: datetime, end: datetime) -> bool:
    """Say whether the window is anywhere in start <= t < end."""
    return any(True for _ in _spans(window, start, end))


def is_on(window: MaintenanceWindow, now: datetime) -> bool:
    """Say whether the window is on at a moment."""
    return touches(window, now, now + _INSTANT)


def exclusions(
    windows: Iterable[MaintenanceWindow], places: Iterable[Place], start: datetime, end: datetime
) -> dict[str, list[Span]]:
    """Return what start <= t < end loses to maintenance, by device: sorted, disjoint, clipped.

    Devices that lose nothing are not in it.
    """
    index = _Index(places)
    spans: dict[str, list[Span]] = defaultdict(list)
    for window in windows:
        found = [(max(a, start), min(b, end)) for a, b in occurrences(window, start, end)]
        if found:
            for device_id in index.covered(window.scope):
                spans[device_id] += found
    return {device_id: _joined(found) for device_id, found in spans.items()}


def active(
    windows: Iterable[MaintenanceWindow], places: Iterable[Place], now: datetime
) -> dict[str, MaintenanceWindow]:
    """Return the devices that are in maintenance at `now`, each with its window.

    Where several cover a device, it is the one that lasts longest from now.
    """
    running: list[tuple[datetime, MaintenanceWindow]] = []
    for window in windows:
        running += [(ends, window) for _, ends in occurrences(window, now, now + _INSTANT)]
    if not running:
        return {}
    index = _Index(places)
    found: dict[str, MaintenanceWindow] = {}
    for _, window in sorted(running, key=lambda one: one[0]):
        found |= dict.fromkeys(index.covered(window.scope), window)
    return found


def covered(scope: Scope, places: Iterable[Place]) -> set[str]:
    """Return the ids of the devices that a scope takes in."""
    return _Index(places).covered(scope)


class _Index:
    """Places by what a scope may name: ten thousand devices are walked once, not once a window."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._devices: set[str] = set()
        self._by_site: dict[str, set[str]] = defaultdict(set)
        self._by_area: dict[str, set[str]] = defaultdict(set)
        self._by_tag: dict[str, set[str]] = defaultdict(set)
        for place in places:
            self._devices.add(place.device_id)
            self._by_site[place.site].add(place.device_id)
            self._by_area[place.area].add(place.device_id)
            for tag in place.tags:
                self._by_tag[tag].add(place.device_id)

    def covered(self, scope: Scope) -> set[str]:
        found = self._devices.intersection(scope.devices)
        for site in scope.sites:
            found |= self._by_site.get(site, set())
        for tag in scope.tags:
            found |= self._by_tag.get(tag, set())
        for area, members in self._by_area.items():
            if any(_within(area, wanted) for wanted in scope.areas):
                found |= members
        return found


def _within(area: str, wanted: str) -> bool:
    return area == wanted or area.startswith(f"{wanted}.")


def _spans(window: MaintenanceWindow, start: datetime, end: datetime) -> Iterator[Span]:
    """Yield the occurrences that touch start <= t < end, without what was cancelled."""
    until = window.cancelled_from_at or _NEVER
    start, end = max(start, EARLIEST), min(end, until, _NEVER)
    if start < end:
        for begins, ends in _all_occurrences(window, start, end):
            if begins < end and start < min(ends, until):
                yield begins, min(ends, until)


def _all_occurrences(window: MaintenanceWindow, start: datetime, end: datetime) -> Iterator[Span]:
    """Yield at least the occurrences that touch start <= t < end, by their beginnings."""
    if window.recurrence is None:
        yield window.starts_at, window.ends_at
        return
    zone = ZoneInfo(window.zone)
    lasts = window.ends_at - window.starts_at
    rule = read_recurrence(window.recurrence)
    # Two days more on either side: local days and UTC days differ.
    lower, upper = start - lasts - 2 * _DAY, end + 2 * _DAY
    for begins in _beginnings(window.starts_at, zone, rule, lower, upper):
        yield begins, begins + lasts


def _beginnings(
    first_at: datetime, zone: ZoneInfo, rule: Recurrence, lower: datetime, upper: datetime
) -> Iterator[datetime]:
    """Yield when occurrences begin, on the local days that lower and upper are in UTC."""
    first = first_at.astimezone(zone).replace(tzinfo=None, fold=0)
    for day in rule.days(first.date(), lower.date(), upper.date()):
        local = datetime.combine(day, first.time())
        if not rule.reaches(local, zone):
            return
        # The first is as it was given: the second 02:30 of a night stays the second.
        yield first_at if day == first.date() else local.replace(tzinfo=zone).astimezone(UTC)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as sorted, disjoint spans. Neighbours that touch become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


# --- what is refused --------------------------------------------------------------------------


def text_faults(field: str, text: str, longest: int) -> Iterator[WindowFault]:
    """Yield what is wrong with words that people give; `longest` in characters."""
    if not text.strip():
        yield WindowFault(field, "is empty; say it in a few words")
    elif len(text) > longest:
        yield WindowFault(field, f"is longer than {longest} characters; shorten it")
    elif any(not (char.isprintable() or char == "\n") for char in text):
        yield WindowFault(field, "holds control characters; write plain text")


def scope_faults(scope: Scope) -> Iterator[WindowFault]:
    """Yield what is wrong with a scope: it names nothing, or too much."""
    named = len(scope.devices) + len(scope.sites) + len(scope.areas) + len(scope.tags)
    if not named:
        yield WindowFault("scope", "is empty; name devices, sites, areas or tags")
    elif named > _SCOPE_LENGTH:
        yield WindowFault("scope", f"names more than {_SCOPE_LENGTH}; name their site or area")


def _span_faults(window: MaintenanceWindow) -> Iterator[WindowFault]:
    if window.ends_at <= window.starts_at:
        yield WindowFault("ends_at", "is not after starts_at; give the moment the work ends")
    elif window.ends_at - window.starts_at > LONGEST:
        message = f"is more than {LONGEST.days} days after starts_at; make several windows of it"
        yield WindowFault("ends_at", message)
    if not EARLIEST <= window.starts_at < LATEST:
        message = f"is not between {EARLIEST.year} and {LATEST.year}; look at its year"
        yield WindowFault("starts_at", message)


def _recurrence_faults(
    window: MaintenanceWindow, text: str, zone: ZoneInfo
) -> Iterator[WindowFault]:
    try:
        rule = read_recurrence(text)
    except RecurrenceError as error:
        yield WindowFault("recurrence", str(error))
        return
    first = window.starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    found = rule.first_day(first.date())
    if not rule.reaches(first, zone):
        yield WindowFault("recurrence", "UNTIL is before starts_at; give a later one")
    elif found is None:
        yield WindowFault("recurrence", "never occurs; look at its months and days")
    elif found != first.date():
        message = (
            f"is not on the day of starts_at ({first.date()}) but first on {found} ({window.zone});"
            " begin there, or mend the rule"
        )
        yield WindowFault("recurrence", message)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None

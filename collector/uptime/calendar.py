"""Local calendars in microseconds: windows on dates, whole months, service hours.

A zone's clocks are pieces of constant offset. Everything here follows from one rule: a moment
belongs to what the clocks on the wall there show at it. So an hour that exists twice counts twice
in service hours that cover it, one that is skipped counts not at all, and a day begins at the
first moment at which the clocks show its midnight or later.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from collector.contract import ServiceHours
from collector.moments import EPOCH, MICROSECOND, from_micros, to_micros
from collector.uptime.spans import Span, clipped, merged

FIRST_YEAR, LAST_YEAR = 1970, 2999
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday
_NAIVE_EPOCH = EPOCH.replace(tzinfo=None)

_Piece = tuple[int, int, int]  # from, until, offset of the clocks: microseconds


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (included) to `end` (not included), each a moment or a date.

    A date means the beginning of that day on the clocks of whatever zone is asked about:
    1 October begins in Jayapura two hours before it begins in Jakarta.
    """

    start: datetime | date
    end: datetime | date

    def __post_init__(self) -> None:
        """Raise ValueError for naive moments, years out of reach, and an end before the start."""
        for edge in (self.start, self.end):
            if isinstance(edge, datetime) and edge.tzinfo is None:
                raise ValueError(f"{edge.isoformat()} has no time zone")
            if not FIRST_YEAR < edge.year < LAST_YEAR:
                raise ValueError(f"{edge.isoformat()} is out of reach of the calendar")
        if isinstance(self.start, datetime) is isinstance(self.end, datetime):
            in_order = self.start < self.end
        else:  # the widest zones are 26 hours apart: these may be empty in some
            in_order = True
        if not in_order:
            raise ValueError(f"a window from {self.start} to {self.end} has no time in it")

    @classmethod
    def month(cls, year: int, month: int) -> "Window":
        """Return a whole local month. Raises ValueError when there is none such."""
        return cls(date(year, month, 1), _next_month(date(year, month, 1)))

    @classmethod
    def day(cls, day: date) -> "Window":
        """Return a whole local day."""
        return cls(day, day + timedelta(days=1))

    def resolve(self, zone: tzinfo) -> Span:
        """Return the window's microseconds in a zone; empty (end = start) where it has no time."""
        start, end = _moment(self.start, zone), _moment(self.end, zone)
        return start, max(start, end)


def first_moment(wall: datetime, zone: tzinfo) -> int:
    """Return the first moment at which the zone's clocks show `wall` (naive) or later."""
    local = (wall - _NAIVE_EPOCH) // MICROSECOND
    for start, end, offset in offsets(zone, local - 2 * _DAY, local + 2 * _DAY):
        moment = max(start, local - offset)
        if moment < end:
            return moment
    raise ValueError(f"{wall.isoformat()} is out of reach of the calendar")


def months_within(start: int, end: int, zone: tzinfo) -> list[Span]:
    """Return the whole local months inside a span, in order."""
    month = from_micros(start).astimezone(zone).date().replace(day=1)
    found: list[Span] = []
    begins = _moment(month, zone)
    while begins < end:
        month = _next_month(month)
        ends = _moment(month, zone)
        if start <= begins and ends <= end:
            found.append((begins, ends))
        begins = ends
    return found


def outside_service(
    hours: tuple[ServiceHours, ...], zone: tzinfo, start: int, end: int
) -> list[Span]:
    """Return the time of a span that no service hours cover; without any hours, none."""
    if not hours:
        return []
    outside: list[Span] = []
    at = start
    for begins, ends in _service(hours, zone, start, end):
        if at < begins:
            outside.append((at, begins))
        at = ends
    if at < end:
        outside.append((at, end))
    return outside


def offsets(zone: tzinfo, start: int, end: int) -> list[_Piece]:
    """Return how far the zone's clocks are ahead of UTC, in pieces that cover a span."""
    pieces: list[_Piece] = []
    for year in range(from_micros(start).year, from_micros(end).year + 1):
        for begins, ends, offset in _offsets_of_year(zone, year):
            low, high = max(begins, start), min(ends, end)
            if low >= high:
                continue
            if pieces and pieces[-1][2] == offset:
                low = pieces.pop()[0]
            pieces.append((low, high, offset))
    return pieces


@lru_cache(maxsize=1024)
def _offsets_of_year(zone: tzinfo, year: int) -> list[_Piece]:
    """Find a UTC year's changes of clocks by asking every day, and between two days by halving."""
    at, until = _new_year(year), _new_year(year + 1)
    pieces: list[_Piece] = []
    begins, offset = at, _offset(zone, at)
    while at < until:
        following = min(at + _DAY, until)
        if _offset(zone, following) != offset:
            changed = _change_between(zone, at, following)
            pieces.append((begins, changed, offset))
            begins, offset = changed, _offset(zone, following)
        at = following
    if begins < until:
        pieces.append((begins, until, offset))
    return pieces


def _change_between(zone: tzinfo, low: int, high: int) -> int:
    """Return the first whole second after which the clocks are no longer those of `low`."""
    before = _offset(zone, low)
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _service(hours: tuple[ServiceHours, ...], zone: tzinfo, start: int, end: int) -> list[Span]:
    """Return the time that service hours cover, sorted and disjoint."""
    covered: list[Span] = []
    for low, high, offset in offsets(zone, start, end):
        on_the_wall = low + offset, high + offset
        first, last = on_the_wall[0] // _DAY - 1, on_the_wall[1] // _DAY
        for day in range(first, last + 1):  # from the day before: hours may go over midnight
            weekday = (day + _EPOCH_WEEKDAY) % 7
            spans = (_on_day(one, day) for one in hours if weekday in one.weekdays)
            covered += [(a - offset, b - offset) for a, b in clipped(spans, *on_the_wall)]
    return merged(covered)


def _on_day(hours: ServiceHours, day: int) -> Span:
    begins, ends = _time_of_day(hours.from_), _time_of_day(hours.until)
    if ends <= begins:  # until 00:00, or over midnight
        ends += _DAY
    return day * _DAY + begins, day * _DAY + ends


def _time_of_day(moment: time) -> int:
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return seconds * _SECOND + moment.microsecond


def _moment(edge: datetime | date, zone: tzinfo) -> int:
    if isinstance(edge, datetime):
        return to_micros(edge)
    return first_moment(datetime.combine(edge, time()), zone)


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _new_year(year: int) -> int:
    return to_micros(datetime(year, 1, 1, tzinfo=UTC))


def _offset(zone: tzinfo, at: int) -> int:
    offset = from_micros(at).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // MICROSECOND

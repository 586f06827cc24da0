"""From spans to a tally: every piece of time is booked once, by the rules.

`tally` takes values; `reckon` is the same on bare integers, for the store's long histories.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

from collector.contract import Rules
from collector.model import CauseClass, State
from collector.moments import to_micros
from collector.uptime.calendar import outside_service
from collector.uptime.spans import (
    Exclusion,
    ExclusionReason,
    OutageSpan,
    Span,
    StateInterval,
    clipped,
    merged,
)
from collector.uptime.tally import (
    CAUSES,
    COLUMNS,
    DEGRADED,
    DOWN,
    EXCLUDED,
    HEAD,
    HEAD_CAUSE,
    INNER,
    OUTAGES,
    REASONS,
    TAIL,
    UNREACHABLE,
    WORKS,
    Tally,
)

Piece = tuple[int, int, int]
"""From, until, column of the state: sorted, disjoint, none of them empty."""

LeftOut = tuple[int, int, int]
"""From, until, column of the reason: sorted, disjoint."""

Booking = tuple[int, int, int, int, str | None]
"""From and until of an outage, column of why it does not count (0: it counts), cause, owner."""

Known = tuple[int, int | None, CauseClass, str | None]
"""What is known of an outage: start, end (None: still on), cause, who is responsible."""

COLUMN_OF_STATE: dict[str, int] = {
    State.UP: 0,
    State.DEGRADED: DEGRADED,
    State.DOWN: DOWN,
    State.UNREACHABLE: UNREACHABLE,
    State.UNKNOWN: 4,
}

_COLUMN_OF_REASON = {reason: EXCLUDED + place for place, reason in enumerate(REASONS)}
_MAINTENANCE = _COLUMN_OF_REASON[ExclusionReason.MAINTENANCE]
_CLOSED = _COLUMN_OF_REASON[ExclusionReason.OUTSIDE_SERVICE_HOURS]
_NOT_COUNTED = _COLUMN_OF_REASON[ExclusionReason.CAUSE_NOT_COUNTED]
_SHORT = _COLUMN_OF_REASON[ExclusionReason.SHORT_OUTAGE]
_PLACE_OF_CAUSE = {cause: place for place, cause in enumerate(CAUSES)}
_SECOND = 1_000_000
_FOREVER = 1 << 62


def tally(
    intervals: Iterable[StateInterval],
    excluded: Sequence[Exclusion] = (),
    *,
    outages: Iterable[OutageSpan] = (),
    rules: Rules | None = None,
    zone: tzinfo | Mapping[str, tzinfo] = UTC,
    now: datetime | None = None,
) -> dict[str, Tally]:
    """Add up the intervals of each device; return device id → Tally, in order of first sight.

    The intervals are the window: what they do not cover is not counted (the store covers it with
    `unknown`). They, the exclusions (maintenance) and the outages may come in any order; empty
    ones are ignored. Without `rules` the plain ones hold. `zone` (one, or one for each device id)
    is where service hours are read; an outage that is still on is as long as up to `now`, and
    without `now` long enough to count. Raises ValueError when two intervals of one device overlap:
    a minute would be counted twice.
    """
    rules = Rules() if rules is None else rules
    moment = None if now is None else to_micros(now)
    pieces: dict[str, list[Piece]] = {}
    for one in intervals:
        own = pieces.setdefault(one.device_id, [])
        start, end = to_micros(one.start), to_micros(one.end)
        if start < end:
            own.append((start, end, COLUMN_OF_STATE[one.state]))
    known: dict[tuple[str, State], list[Known]] = {}
    for span in outages:
        ends = None if span.end is None else to_micros(span.end)
        about = known.setdefault((span.device_id, span.state), [])
        about.append((to_micros(span.start), ends, span.cause, span.responsible))
    result: dict[str, Tally] = {}
    for device_id, own in pieces.items():
        own.sort()
        _refuse_overlaps(device_id, own)
        window = (own[0][0], own[-1][1]) if own else (0, 0)
        planned = [
            (to_micros(e.start), to_micros(e.end))
            for e in excluded
            if e.device_id in (None, device_id)
        ]
        its_zone = zone[device_id] if isinstance(zone, Mapping) else zone
        result[device_id] = reckon(
            own,
            left_out(rules, planned, outside_service(rules.service_hours, its_zone, *window)),
            bookings(rules, known.get((device_id, State.DOWN), ()), moment),
            bookings(rules, known.get((device_id, State.UNREACHABLE), ()), moment),
            unexplained(rules),
        )
    return result


def left_out(rules: Rules, planned: Iterable[Span], closed: Sequence[Span]) -> list[LeftOut]:
    """Return the time that is left out whatever the state, each minute for its first reason.

    `planned` is maintenance, in any order; `closed` what lies outside service hours, sorted.
    """
    maintenance = merged(planned) if rules.exclude_maintenance else []
    if not maintenance:
        return [(start, end, _CLOSED) for start, end in closed]
    result = [(start, end, _MAINTENANCE) for start, end in maintenance]
    open_time = zip(
        [-_FOREVER, *(end for _, end in maintenance)],
        [*(start for start, _ in maintenance), _FOREVER],
        strict=True,
    )
    for start, end in open_time:
        result += [(a, b, _CLOSED) for a, b in clipped(closed, start, end)]
    result.sort()
    return result


def bookings(rules: Rules, known: Iterable[Known], now: int | None) -> list[Booking]:
    """Return how the time of a device's outages (of one state) is booked, sorted and disjoint.

    Where two lie over each other (a later word of the log moved a beginning), the one that began
    last is right from its beginning on.
    """
    result = [_booking(rules, outage, now) for outage in known if outage[0] != outage[1]]
    result.sort(key=_order)
    if any(later[0] < earlier[1] for earlier, later in pairwise(result)):
        return _without_overlaps(result)
    return result


def unexplained(rules: Rules) -> Booking:
    """Return how time down or cut off is booked that no outage explains: of unknown cause."""
    return _booking(rules, (0, None, CauseClass.UNKNOWN, None), None)


def reckon(
    pieces: Iterable[Piece],
    excluded: Sequence[LeftOut],
    down: Sequence[Booking],
    unreachable: Sequence[Booking],
    otherwise: Booking,
) -> Tally:
    """Add up one device. `otherwise` books what no outage explains."""
    row = [0] * COLUMNS
    lost: dict[tuple[CauseClass, str | None], int] = {}
    run = 0  # down time that counts since the device was last seen working
    works = False
    for start, end, column in pieces:
        if column <= DEGRADED:
            if works:
                row[INNER] = max(row[INNER], run)
            else:
                row[HEAD], works = run, True
            run = 0
        clear = _clear(start, end, excluded, row) if excluded else ((start, end),)
        if column not in (DOWN, UNREACHABLE):
            for begins, ends in clear:
                row[column] += ends - begins
            continue
        explained = down if column == DOWN else unreachable
        for begins, ends in clear:
            for length, reason, cause, owner in _booked(begins, ends, explained, otherwise):
                if reason:
                    row[reason] += length
                    continue
                row[column] += length
                key = (CAUSES[cause], owner)
                lost[key] = lost.get(key, 0) + length
                if column == DOWN:
                    if not run:
                        row[OUTAGES + cause] += 1
                        if not works:
                            row[HEAD_CAUSE] = cause
                    run += length
    row[TAIL if works else HEAD] = run
    row[WORKS] = int(works)
    return Tally(1, tuple(row), lost)


def _clear(start: int, end: int, excluded: Sequence[LeftOut], row: list[int]) -> list[Span]:
    """Book what is left out of a piece; return what is not."""
    clear: list[Span] = []
    at = start
    for place in range(_first_ending_after(excluded, start), len(excluded)):
        begins, ends, column = excluded[place]
        if begins >= end:
            break
        if begins > at:
            clear.append((at, begins))
        at = min(ends, end)
        row[column] += at - max(begins, start)
    if at < end:
        clear.append((at, end))
    return clear


def _booked(
    start: int, end: int, explained: Sequence[Booking], otherwise: Booking
) -> Iterator[tuple[int, int, int, str | None]]:
    """Cut a piece at the edges of outages: (microseconds, reason's column or 0, cause, owner)."""
    at = start
    for place in range(_first_ending_after(explained, start), len(explained)):
        begins, ends, reason, cause, owner = explained[place]
        if begins >= end:
            break
        if begins > at:
            yield begins - at, *otherwise[2:]
            at = begins
        if ends > end:
            ends = end
        yield ends - at, reason, cause, owner
        at = ends
    if at < end:
        yield end - at, *otherwise[2:]


def _first_ending_after(spans: Sequence[LeftOut] | Sequence[Booking], moment: int) -> int:
    """Return the place of the first of sorted, disjoint spans that ends after a moment."""
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) // 2
        if spans[middle][1] <= moment:
            low = middle + 1
        else:
            high = middle
    return low


def _booking(rules: Rules, outage: Known, now: int | None) -> Booking:
    start, end, cause, owner = outage
    reason = 0
    if cause in rules.causes_not_counted:
        reason = _NOT_COUNTED
    elif rules.minimum_outage_seconds:
        until = now if end is None else end
        if until is not None and until - start <= rules.minimum_outage_seconds * _SECOND:
            reason = _SHORT
    return start, _FOREVER if end is None else end, reason, _PLACE_OF_CAUSE[cause], owner


def _order(booking: Booking) -> tuple[int, int, int, int, str]:
    start, end, reason, cause, owner = booking
    return start, end, reason, cause, owner or ""


def _without_overlaps(sorted_: Sequence[Booking]) -> list[Booking]:
    edges = sorted({edge for booking in sorted_ for edge in booking[:2]})
    result: list[Booking] = []
    for start, end in pairwise(edges):
        on = [booking for booking in sorted_ if booking[0] <= start and end <= booking[1]]
        if on:
            result.append((start, end, *on[-1][2:]))
    return result


def _refuse_overlaps(device_id: str, pieces: Sequence[Piece]) -> None:
    for earlier, later in pairwise(pieces):
        if later[0] < earlier[1]:
            over = earlier[1] - later[0]
            raise ValueError(f"{device_id}: intervals overlap by {over} microseconds")

"""Uptime of a window from stored state intervals: exact sums, and honest about what was not seen.

Pure: values in, values out. The store (`Store.state_intervals`) hands in who was in which state
from when to when; `tally` adds them up in whole microseconds, `figures` makes percentages of a
tally. Tallies add, percentages do not: a group's figure comes from the sum of its tallies, never
from an average of figures.

    |--up--|--down--|--unknown--|--excluded (maintenance)--|--up--|      one device, one window
    service uptime = up ÷ (window - excluded - unknown)                  unreachable counts against
    device uptime  = up ÷ (window - excluded - unknown - unreachable)
    coverage       = (window - excluded - unknown) ÷ (window - excluded)
    bounds         = service uptime with unknown taken as down, and with unknown taken as up

`up` holds degraded time unless asked otherwise. An outage begins when a device is seen down and
ends when it is next seen up or degraded; not having looked (unknown), a dead switch in front of it
(unreachable) or a maintenance window neither begins nor ends one, so a collector's restart in the
middle of an outage does not make two of it. MTTR = down ÷ outages and MTBF = up ÷ outages over
every outage that touches the window; hence device uptime = MTBF ÷ (MTBF + MTTR).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from collector.model import State

_MICROSECOND = timedelta(microseconds=1)
_PARTS_PER_PERCENT = 1_000  # three decimals
_WORKING = (State.UP, State.DEGRADED)


@dataclass(frozen=True, slots=True)
class StateInterval:
    """One device was in one state from `start` (included) to `end` (not included)."""

    device_id: str
    state: State
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Time that a report leaves out, of one device or (None) of all."""

    start: datetime
    end: datetime
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Microseconds in each state and the outages, of one device or a sum over many.

    `first_working` and `last_working` say how a device was first and last *seen* (working, down;
    None: not seen at all). They let two neighbouring windows of one device be joined without
    counting an outage across the seam twice; in a sum over devices they mean nothing and are None.
    """

    devices: int = 0
    up: int = 0
    degraded: int = 0
    down: int = 0
    unreachable: int = 0
    unknown: int = 0
    excluded: int = 0
    outages: int = 0
    first_working: bool | None = None
    last_working: bool | None = None

    @property
    def window(self) -> int:
        """Microseconds of all parts together (device time: devices times window)."""
        return self.known + self.unknown + self.excluded

    @property
    def known(self) -> int:
        """Microseconds, not excluded, in which the state was known."""
        return self.up + self.degraded + self.down + self.unreachable

    def __add__(self, other: "Tally") -> "Tally":
        """Return the sum over two disjoint sets of devices."""
        return _sum(self, other, devices=self.devices + other.devices, outages=0)

    def then(self, later: "Tally") -> "Tally":
        """Return the tally of this window and the one that follows it, of the same device."""
        across = self.last_working is False and later.first_working is False
        joined = _sum(self, later, devices=max(self.devices, later.devices), outages=-int(across))
        first = self.first_working if self.first_working is not None else later.first_working
        last = later.last_working if later.last_working is not None else self.last_working
        return replace(joined, first_working=first, last_working=last)


@dataclass(frozen=True, slots=True)
class Figures:
    """What an uptime row says (`GET /uptime`).

    Percentages are floored to three decimals, never rounded up (so is the upper bound); None: no
    known time to speak of. MTTR and MTBF are None without an outage. Seconds are whole
    microseconds divided, and add up to `window_seconds` to within float precision.
    """

    devices: int
    uptime_percent: float | None
    device_uptime_percent: float | None
    uptime_bounds_percent: tuple[float, float] | None
    coverage_percent: float
    window_seconds: float
    up_seconds: float
    degraded_seconds: float
    down_seconds: float
    unreachable_seconds: float
    unknown_seconds: float
    excluded_seconds: float
    outages: int
    mttr_seconds: float | None
    mtbf_seconds: float | None


def tally(
    intervals: Iterable[StateInterval], excluded: Sequence[Exclusion] = ()
) -> dict[str, Tally]:
    """Add up the intervals of each device; return device id → Tally, in order of first sight.

    The intervals are the window: what they do not cover is not counted (the store covers it with
    `unknown`). They may come in any order, empty ones are ignored. Raises ValueError when two
    intervals of one device overlap: a minute would be counted twice.
    """
    by_device: dict[str, list[StateInterval]] = {}
    for interval in intervals:
        by_device.setdefault(interval.device_id, []).append(interval)
    return {
        device_id: _tally_device(
            sorted((i for i in own if i.start < i.end), key=_start),
            _merged(e for e in excluded if e.device_id in (None, device_id)),
        )
        for device_id, own in by_device.items()
    }


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum over devices: the tally of a site, an area, a kind or an owner."""
    result = Tally()
    for one in tallies:
        result += one
    return result


def figures(counted: Tally, *, degraded_is_up: bool = True) -> Figures:
    """Return percentages, bounds, coverage, MTTR and MTBF of a tally.

    With `degraded_is_up=False` degraded time counts as known but not as up.
    """
    up = counted.up + (counted.degraded if degraded_is_up else 0)
    in_scope = counted.known + counted.unknown
    return Figures(
        devices=counted.devices,
        uptime_percent=floor_percent(up, counted.known),
        device_uptime_percent=floor_percent(up, counted.known - counted.unreachable),
        uptime_bounds_percent=_bounds(up, counted.unknown, in_scope),
        coverage_percent=floor_percent(counted.known, in_scope) or 0.0,
        window_seconds=_seconds(counted.window),
        up_seconds=_seconds(counted.up),
        degraded_seconds=_seconds(counted.degraded),
        down_seconds=_seconds(counted.down),
        unreachable_seconds=_seconds(counted.unreachable),
        unknown_seconds=_seconds(counted.unknown),
        excluded_seconds=_seconds(counted.excluded),
        outages=counted.outages,
        mttr_seconds=_each(counted.down, counted.outages),
        mtbf_seconds=_each(counted.up + counted.degraded, counted.outages),
    )


def floor_percent(part: int, whole: int) -> float | None:
    """Return part ÷ whole in percent, floored to three decimals; None when whole is 0.

    Whole numbers only until the last step: 99.9999 % is 99.999, and 100.0 is said only of all.
    """
    if whole == 0:
        return None
    return (part * 100 * _PARTS_PER_PERCENT // whole) / _PARTS_PER_PERCENT


def _tally_device(intervals: Sequence[StateInterval], excluded: Sequence[Exclusion]) -> Tally:
    """Add up one device: sorted intervals, sorted disjoint exclusions."""
    for earlier, later in pairwise(intervals):
        if later.start < earlier.end:
            raise ValueError(
                f"{later.device_id}: intervals overlap, {later.start} is before {earlier.end}"
            )
    spent: dict[str, int] = dict.fromkeys((*State, "excluded"), 0)
    outages = 0
    first: bool | None = None
    last: bool | None = None
    for state, start, end, left_out in _pieces(intervals, excluded):
        spent["excluded" if left_out else state] += (end - start) // _MICROSECOND
        working = _working(state, left_out)
        if working is None:
            continue
        outages += not working and last is not False
        first = working if first is None else first
        last = working
    return Tally(
        devices=1,
        up=spent[State.UP],
        degraded=spent[State.DEGRADED],
        down=spent[State.DOWN],
        unreachable=spent[State.UNREACHABLE],
        unknown=spent[State.UNKNOWN],
        excluded=spent["excluded"],
        outages=outages,
        first_working=first,
        last_working=last,
    )


def _working(state: State, left_out: bool) -> bool | None:
    """Say whether a piece shows the device working, down, or nothing about it.

    Down in maintenance begins no outage; up in maintenance does end one.
    """
    if state in _WORKING:
        return True
    if state is State.DOWN and not left_out:
        return False
    return None


def _pieces(
    intervals: Iterable[StateInterval], excluded: Sequence[Exclusion]
) -> Iterator[tuple[State, datetime, datetime, bool]]:
    """Cut intervals at the edges of exclusions: (state, start, end, left out), in order."""
    for interval in intervals:
        at = interval.start
        for exclusion in excluded:
            start, end = max(exclusion.start, at), min(exclusion.end, interval.end)
            if start >= end:
                continue
            if at < start:
                yield interval.state, at, start, False
            yield interval.state, start, end, True
            at = end
        if at < interval.end:
            yield interval.state, at, interval.end, False


def _merged(excluded: Iterable[Exclusion]) -> list[Exclusion]:
    """Return the same time as sorted, disjoint exclusions: no minute is left out twice."""
    merged: list[Exclusion] = []
    for exclusion in sorted(excluded, key=_start):
        if merged and exclusion.start <= merged[-1].end:
            last = merged.pop()
            merged.append(Exclusion(last.start, max(last.end, exclusion.end)))
        else:
            merged.append(exclusion)
    return merged


def _start(span: StateInterval | Exclusion) -> datetime:
    return span.start


_ADDED = ("up", "degraded", "down", "unreachable", "unknown", "excluded", "outages")


def _sum(one: Tally, other: Tally, *, devices: int, outages: int) -> Tally:
    """Add field by field; `outages` corrects their number."""
    parts = {name: getattr(one, name) + getattr(other, name) for name in _ADDED}
    parts["outages"] += outages
    return Tally(devices=devices, **parts)


def _bounds(up: int, unknown: int, in_scope: int) -> tuple[float, float] | None:
    """Return uptime with the unknown time as down, and as up."""
    low, high = floor_percent(up, in_scope), floor_percent(up + unknown, in_scope)
    return None if low is None or high is None else (low, high)


def _seconds(microseconds: int) -> float:
    return microseconds / 1_000_000


def _each(microseconds: int, outages: int) -> float | None:
    return _seconds(microseconds) / outages if outages else None

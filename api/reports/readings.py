"""What readings say: how many used the WiFi, and when disks and links will be full.

Counts only. Series that name a person's device do not exist in Pantau, and none is asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import floor

from api.reports.dataset import Capacity, WifiUse
from api.reports.events import Spans, cut
from api.reports.fitting import FEWEST, fit
from collector.model import Labels
from collector.moments import EPOCH
from collector.sinks import Series, Sink
from collector.store import DeviceFacts

LOOK_BACK = timedelta(days=90)
"""So much before the end of a period tells how a disk or a link fills."""

FARTHEST_DAYS = 3 * 365
MOST_LINKS_OF = 10
"""Devices whose links are looked at: those with the most others behind them."""

_HOUR = 3_600
_DAY = 86_400
_MONTH_DAYS = 30
_KINDS_WITH_DISKS = frozenset({"server", "nas", "recorder"})
_KINDS_WITH_WIFI = frozenset({"access_point"})
_DISKS = ("storage_used_percent", "disk_used_percent")
_OCTETS = ("if_in_octets", "if_out_octets")
_SPEED = "if_speed_bits_per_second"
_FULL_PERCENT = 99.5

Progress = Callable[[int, int], None]


def wifi_rows(
    sink: Sink, facts: Iterable[DeviceFacts], spans: Spans, progress: Progress
) -> tuple[WifiUse, ...]:
    """Return the use of WiFi in all and by area; nothing where no access point is. SinkError."""
    points = [one for one in facts if one.kind in _KINDS_WITH_WIFI]
    if not points:
        return ()
    sums: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    known: dict[str, int] = defaultdict(int)
    of: dict[str, int] = defaultdict(int)
    reporting: dict[str, int] = defaultdict(int)
    names = {"": ""} | {one.area: one.area_name for one in points}
    members: dict[str, int] = defaultdict(int)
    for number, one in enumerate(points):
        start, end = spans[one.id]
        hours = _clients(sink.query(one.id, "wifi_clients", start, end, _HOUR))
        for key in ("", one.area):
            members[key] += 1
            of[key] += max(1, -((start - end) // timedelta(hours=1)))
            known[key] += len(hours)
            reporting[key] += bool(hours)
            for hour, clients in hours.items():
                sums[key][hour] += clients
        progress(number + 1, len(points))
    return tuple(
        _wifi(key, names[key], members[key], reporting[key], known[key] / of[key], sums[key])
        for key in sorted(names)
    )


def _wifi(
    area: str, name: str, points: int, reporting: int, share: float, hours: Mapping[int, float]
) -> WifiUse:
    peak = max(hours, key=lambda hour: (hours[hour], -hour), default=None)
    return WifiUse(
        area=area,
        area_name=name,
        access_points=points,
        reporting=reporting,
        coverage_percent=floor(min(1.0, share) * 100_000) / 1_000,
        clients_mean=_tenths(sum(hours.values()) / len(hours)) if hours else None,
        peak_clients=None if peak is None else floor(hours[peak]),
        peak_at=None if peak is None else EPOCH + timedelta(hours=peak),
    )


def _clients(series: Sequence[Series]) -> dict[int, float]:
    """Return the mean number of clients by hour since 1970.

    An access point tells its sum, or sums by radio or network: those with the fewest labels are
    added up, so that nobody counts twice.
    """
    fewest = min((len(one.labels) for one in series), default=0)
    names = {tuple(key for key, _ in one.labels) for one in series if len(one.labels) == fewest}
    chosen = min(names, default=())
    hours: dict[int, float] = defaultdict(float)
    for one in series:
        if tuple(key for key, _ in one.labels) == chosen:
            for point in one.points:
                hours[int((point.at - EPOCH).total_seconds()) // _HOUR] += max(0.0, point.value)
    return hours


def _tenths(value: float) -> float:
    return floor(value * 10) / 10


# --- disks and links --------------------------------------------------------------------------


def capacity_rows(
    sink: Sink, facts: Sequence[DeviceFacts], end: datetime, progress: Progress
) -> tuple[Capacity, ...]:
    """Return disks and links, those that are full first at the top. Raises SinkError."""
    start = end - LOOK_BACK
    disks = [one for one in facts if one.kind in _KINDS_WITH_DISKS]
    trunks = _with_most_behind(facts)
    rows: list[Capacity] = []
    for number, one in enumerate(disks):
        for metric in _DISKS:
            for series in sink.query(one.id, metric, start, end, _DAY):
                days = [(_day(point.at), point.value) for point in series.points]
                rows.append(_row("disk", one, _part(series.labels), days))
        progress(number + 1, len(disks) + len(trunks))
    for number, one in enumerate(trunks):
        for part, days in _links(sink, one.id, start, end).items():
            rows.append(_row("link", one, part, days))
        progress(len(disks) + number + 1, len(disks) + len(trunks))
    rows.sort(key=lambda row: (row.full_from or "9999", -row.used_percent, row.device, row.part))
    return tuple(rows)


def _row(
    subject: str, device: DeviceFacts, part: str, days: Sequence[tuple[int, float]]
) -> Capacity:
    used = days[-1][1]
    line = fit(days)
    first = last = None
    why = ""
    if used >= _FULL_PERCENT:
        why = "full"
    elif line is None:
        why = "too_few_days"
    else:
        within = line.days_until(100.0)
        if within is None:
            why = "not_rising"
        elif within[0] > FARTHEST_DAYS:
            why = "too_far"
        else:
            today = EPOCH.date() + timedelta(days=days[-1][0])
            first = (today + timedelta(days=within[0])).isoformat()
            if within[1] <= 3 * FARTHEST_DAYS:
                last = (today + timedelta(days=within[1])).isoformat()
    return Capacity(
        subject=subject,
        device=device.id,
        device_name=device.name,
        part=part,
        days=len(days),
        used_percent=_thousandths(used),
        per_month_percent=None if line is None else _thousandths(line.slope * _MONTH_DAYS),
        per_month_low_percent=None if line is None else _thousandths(line.slope_low * _MONTH_DAYS),
        per_month_high_percent=(
            None if line is None else _thousandths(line.slope_high * _MONTH_DAYS)
        ),
        full_from=first,
        full_to=last,
        why=why,
    )


def _links(
    sink: Sink, device_id: str, start: datetime, end: datetime
) -> dict[str, list[tuple[int, float]]]:
    """Return the load of each link in percent of its speed: of the busiest hour, by day.

    Counters are stored as they were read; the highest value of an hour is its last. Where a
    counter began anew nothing is told of that hour.
    """
    speeds: dict[str, float] = {
        _part(one.labels): float(one.last_value)
        for one in sink.list_series(device_id)
        if one.metric == _SPEED and not isinstance(one.last_value, str)
    }
    busiest: dict[str, dict[int, float]] = defaultdict(dict)
    for metric in _OCTETS if speeds else ():
        for series in sink.query(device_id, metric, start, end, _HOUR):
            speed = speeds.get(_part(series.labels), 0.0)
            if speed <= 0:
                continue
            days = busiest[_part(series.labels)]
            for before, after in pairwise(series.points):
                seconds = (after.at - before.at).total_seconds()
                octets = after.high - before.high
                if seconds == _HOUR and 0 <= octets * 8 <= speed * seconds * 1.1:
                    load = min(100.0, 800.0 * octets / seconds / speed)
                    days[_day(after.at)] = max(days.get(_day(after.at), 0.0), load)
    return {part: sorted(days.items()) for part, days in sorted(busiest.items()) if days}


def _with_most_behind(facts: Sequence[DeviceFacts]) -> list[DeviceFacts]:
    """Return the switches and routers with the most devices behind them, at any depth."""
    children: dict[str, list[str]] = defaultdict(list)
    for one in facts:
        for parent in one.parents:
            children[parent].append(one.id)
    behind: dict[str, int] = {}
    for one in facts:
        if one.id in children:
            seen: set[str] = set()
            waiting = [one.id]
            while waiting:
                for child in children.get(waiting.pop(), ()):
                    if child not in seen:
                        seen.add(child)
                        waiting.append(child)
            behind[one.id] = len(seen)
    ranked = [one for one in facts if one.id in behind]
    ranked.sort(key=lambda one: (-behind[one.id], one.id))
    return ranked[:MOST_LINKS_OF]


def _part(labels: Labels) -> str:
    return " ".join(value for _, value in labels)


def _day(moment: datetime) -> int:
    return (cut(moment) - EPOCH).days


def _thousandths(value: float) -> float:
    return floor(value * 1_000) / 1_000


__all__ = ["FEWEST", "capacity_rows", "wifi_rows"]

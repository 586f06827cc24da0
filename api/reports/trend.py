"""The months before: uptime, and how many devices there were."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from api.reports.asking import following
from api.reports.dataset import Growth, TrendMonth
from api.reports.uptime_rows import Pair, bounds_of, each
from collector.moments import from_micros
from collector.store import DeviceFacts
from collector.uptime import Window, figures, total

MONTHS = 12

Reckon = Callable[[Window], Mapping[str, Pair]]
"""What the devices did in a window, by id."""


def months_until(last_moment: datetime, zone: ZoneInfo) -> list[date]:
    """Return the first days of the months up to the one of a moment, so many as a trend has."""
    first = last_moment.astimezone(zone).date().replace(day=1)
    months = [first]
    for _ in range(MONTHS - 1):
        months.append(date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1))
        first = months[-1]
    return months[::-1]


def trend_rows(
    months: Iterable[date],
    facts: Collection[DeviceFacts],
    zone: ZoneInfo,
    reckon: Reckon,
    progress: Callable[[], None],
) -> tuple[TrendMonth, ...]:
    """Return a row a month, the oldest first; none from before the first device."""
    first = min((one.created_at for one in facts), default=None)
    rows: list[TrendMonth] = []
    for month in months:
        window = Window.month(month.year, month.month)
        _, end = (from_micros(edge) for edge in window.resolve(zone))
        pairs = reckon(window) if first is not None and first < end else {}
        progress()
        if not pairs:
            continue
        plain = total(one for one, _ in pairs.values())
        said, agreed = figures(plain), figures(total(one for _, one in pairs.values()))
        low, high = bounds_of(said)
        rows.append(
            TrendMonth(
                month=f"{month:%Y-%m}",
                devices=plain.devices,
                uptime_percent=said.uptime_percent,
                uptime_low_percent=low,
                uptime_high_percent=high,
                coverage_percent=said.coverage_percent,
                device_uptime_percent=said.device_uptime_percent,
                contract_uptime_percent=agreed.uptime_percent,
                contract_coverage_percent=agreed.coverage_percent,
                outages=plain.outages,
                mttr_seconds=each(plain.down, plain.outages),
                mtbf_seconds=each(plain.up + plain.degraded, plain.outages),
            )
        )
    return tuple(rows)


def growth_rows(
    months: Iterable[date], facts: Collection[DeviceFacts], zone: ZoneInfo, now: datetime
) -> tuple[Growth, ...]:
    """Return how many devices there were at the end of each month (or now), in all and by kind."""
    rows: list[Growth] = []
    kinds = sorted({one.kind for one in facts})
    for month in months:
        begins, ends = _edges(month, zone)
        ends = min(ends, now)
        if begins >= now or not any(one.created_at < ends for one in facts):
            continue
        for kind in ("", *kinds):
            own = [one for one in facts if kind in ("", one.kind)]
            row = Growth(
                month=f"{month:%Y-%m}",
                kind=kind,
                devices=sum(
                    one.created_at < ends and (one.retired_at is None or one.retired_at >= ends)
                    for one in own
                ),
                came=sum(begins <= one.created_at < ends for one in own),
                left=sum(
                    one.retired_at is not None and begins <= one.retired_at < ends for one in own
                ),
            )
            if kind == "" or row.devices or row.left:
                rows.append(row)
    return tuple(rows)


def _left(one: DeviceFacts, begins: datetime, ends: datetime) -> bool:
    return one.retired_at is not None and begins <= one.retired_at < ends


def _edges(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start, end = Window(month, following(month)).resolve(zone)
    return from_micros(start), from_micros(end)

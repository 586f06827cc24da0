"""InfluxQL for uptime: the same digits as `GET /uptime`, from the hourly sums of the courier.

Measurement `uptime` (`uptime_contract`: by the contract in force) has a line a device and hour:
whole microseconds up, degraded, down, unreachable, unknown and excluded. Sums add over hours and
devices, percentages are made last, and floored:

    SELECT floor(… "n" and "d" …) AS "uptime_percent"
      FROM (SELECT sum("up") + sum("degraded") AS "n", … AS "d" FROM "uptime"
             WHERE … GROUP BY "area") WHERE "d" > 0 GROUP BY "area"

A floored percentage to three decimals is n · 100,000 div d. That product leaves 64 bits from three
device-days on, and a float is not exact. So it is divided as on paper, a digit at a time: ten times
the remainder is the largest number that occurs. Exact up to 29,000 device-years; the only functions
are `sum` and `floor`, and `%` on integers, which InfluxDB has had since 1.6.

Where nothing is known there is no row: show "no data", never a zero. (For coverage, `GET /uptime`
says 0 where all of the time is left out.)
"""

from collections.abc import Sequence
from enum import StrEnum

SUMS = "uptime"
SUMS_BY_CONTRACT = "uptime_contract"
PARTS = ("up", "degraded", "down", "unreachable", "unknown", "excluded")
"""Fields: microseconds, which add up to the hour (or to the part of it that is over)."""

_KNOWN = ("up", "degraded", "down", "unreachable")
_DIGITS = 5  # 100 % in thousandths


class Figure(StrEnum):
    """What a query gives; named as in `GET /uptime` (bounds: low and high)."""

    UPTIME = "uptime_percent"
    DEVICE_UPTIME = "device_uptime_percent"
    LOW = "uptime_low_percent"  # as if the device had been down whenever nobody looked
    HIGH = "uptime_high_percent"  # as if it had been up
    COVERAGE = "coverage_percent"


def uptime_query(
    figure: Figure,
    *,
    source: str,
    where: str = "$timeFilter",
    group_by: Sequence[str] = (),
    every: str | None = None,
    degraded_is_up: bool = True,
    zone: str | None = None,
) -> str:
    """Return the query for a figure, exact where its range begins and ends at full hours.

    `source` is a measurement as InfluxQL writes it: `"pantau_1h".."uptime"`. `group_by` are tags
    (device, site, area, kind, owner); `every` is an interval (`1h`, `1d`) for a series over time,
    with the `zone` whose midnight begins a day. Nothing here is escaped: pass no words of others.
    """
    up, whole = _parts(figure, degraded_is_up=degraded_is_up)
    tags = [f'"{tag}"' for tag in group_by]
    inner = _grouped([f"time({every})", *tags]) + " fill(none)" if every else _grouped(tags)
    if every and zone:
        inner += f" tz('{zone}')"
    return (
        f'SELECT {floored_percent("n", "d")} AS "{figure}"'  # noqa: S608 - no words of others
        f' FROM (SELECT {_sum(up)} AS "n", {_sum(whole)} AS "d" FROM {source}'
        f' WHERE {where}{inner}) WHERE "d" > 0{_grouped(tags)}'
    )


def floored_percent(part: str, whole: str) -> str:
    """Return the expression of part ÷ whole in percent, floored to three decimals.

    Both name whole numbers, 0 <= part <= whole, 0 < whole. The value is the float next to the
    decimal figure, the same that `GET /uptime` gives.
    """
    whole = f'"{whole}"'
    rest = f'"{part}"'
    digits = []
    for place in reversed(range(_DIGITS)):
        ten, left = f"{rest} * 10", f"({rest} * 10) % {whole}"
        digits.append(f"({ten} - {left}) / {whole} * {10**place}")
        rest = f"(({rest} * 10) % {whole})"
    # A digit is a quotient of floats, up to an ulp beside it; the sum is within 0.5 of its own.
    return f"floor({' + '.join(digits)} + 0.5) / 1000"


def _parts(figure: Figure, *, degraded_is_up: bool) -> tuple[Sequence[str], Sequence[str]]:
    up = ("up", "degraded") if degraded_is_up else ("up",)
    match figure:
        case Figure.UPTIME:
            return up, _KNOWN
        case Figure.DEVICE_UPTIME:
            return up, ("up", "degraded", "down")
        case Figure.LOW:
            return up, (*_KNOWN, "unknown")
        case Figure.HIGH:
            return (*up, "unknown"), (*_KNOWN, "unknown")
        case Figure.COVERAGE:
            return _KNOWN, (*_KNOWN, "unknown")


def _sum(fields: Sequence[str]) -> str:
    return " + ".join(f'sum("{field}")' for field in fields)


def _grouped(by: Sequence[str]) -> str:
    return f" GROUP BY {', '.join(by)}" if by else ""

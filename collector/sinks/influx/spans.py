"""Which bucket is asked for which part of a time range. Pure.

    start ◄── an hour ── now - keep_5m ── 5 minutes ── now - keep ── as they came ──► end

What InfluxDB keeps as it came is read as it came, so that no chart of it depends on when roll-ups
were made; they answer for what is older. The borders are whole hours: no window of a
roll-up lies across one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from collector.config.influxdb import InfluxdbSettings
from collector.moments import to_micros

FIVE_MINUTES: Final = 300
HOUR: Final = 3600
_MICROS = 1_000_000
_FIRST, _LAST = -(2**63) // 1000 + 1, 2**63 // 1000 - 1  # what InfluxDB's nanoseconds can hold


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a range: low <= at < high, in microseconds since 1970."""

    bucket: str
    window_seconds: int | None  # None: values as they came
    low: int
    high: int

    @property
    def condition(self) -> str:
        """Return it as InfluxQL, in nanoseconds."""
        return f"time >= {self.low * 1000} AND time < {self.high * 1000}"


def spans(settings: InfluxdbSettings, now: datetime, start: datetime, end: datetime) -> list[Span]:
    """Return the parts of start <= at < end, oldest first; none for an empty range."""
    raw = _border(now, settings.keep_seconds)
    five = min(raw, _border(now, settings.keep_5m_seconds))
    low, high = max(to_micros(start), _FIRST), min(to_micros(end), _LAST)
    parts = (
        Span(settings.bucket_1h, HOUR, low, min(high, five)),
        Span(settings.bucket_5m, FIVE_MINUTES, max(low, five), min(high, raw)),
        Span(settings.bucket, None, max(low, raw), high),
    )
    return [part for part in parts if part.low < part.high]


def _border(now: datetime, kept_seconds: float) -> int:
    """Return the first whole hour whose values are all kept."""
    micros = to_micros(now) - int(kept_seconds * _MICROS)
    return -(-micros // (HOUR * _MICROS)) * HOUR * _MICROS

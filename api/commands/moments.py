"""Moments and spans as people type them, and as commands print them."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

_UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)
_SPAN = re.compile(r"([1-9]\d{0,4})([mhdw])", re.ASCII)


class Lasting(click.ParamType[timedelta]):
    """A time span such as `30m`, `2h`, `3d` or `1w`."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the span, or fail saying how to write it."""
        found = _SPAN.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is no time span; write 30m, 2h, 3d or 1w", param, ctx)
        return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def moment_of(text: str, option: str, zone: str, now: datetime, *, ahead: bool = False) -> datetime:
    """Return what somebody typed as an aware moment in UTC.

    With a zone (`2026-11-27T02:14+08:00`) it is that; without one the clocks of `zone` count. A
    time of day (`02:14`) is the last one, or with `ahead` the next. Raises UsageError.
    """
    try:
        clock = _CLOCK.fullmatch(text)
        if clock is not None:
            return _near(time(int(clock[1]), int(clock[2])), zone, now, ahead=ahead)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        return moment.astimezone(UTC)
    except KeyError:  # ZoneInfoNotFoundError
        raise click.UsageError(f"{zone!r} is no time zone; write Asia/Makassar") from None
    except (ValueError, OverflowError):
        message = (
            f"{option}: {text!r} is no moment; write 02:14, 2026-11-27T02:14 (clocks of {zone})"
            " or 2026-11-27T02:14+08:00"
        )
        raise click.UsageError(message) from None


def _near(clock: time, zone: str, now: datetime, *, ahead: bool) -> datetime:
    local = now.astimezone(ZoneInfo(zone))
    days = range(-1, 3) if ahead else range(1, -3, -1)
    for day in days:
        date = (local + timedelta(days=day)).date()
        moment = datetime.combine(date, clock, ZoneInfo(zone)).astimezone(UTC)
        if (moment > now) if ahead else (moment <= now):
            return moment
    raise ValueError

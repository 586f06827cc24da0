"""Hours of the week on the clocks of a zone: are they now, and until when. Pure.

A moment belongs to what the clocks on the wall show at it: an hour that exists twice counts twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from collector.contract import ServiceHours
from collector.moments import from_micros, to_micros
from collector.uptime.calendar import outside_service

_AHEAD = timedelta(days=15)  # hours come back every week; clocks change twice a year


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of some weekdays in a zone. Without any, always."""

    hours: tuple[ServiceHours, ...]
    zone: str
    text: str = ""  # as written, for people

    def hold(self, now: datetime) -> bool:
        """Say whether a moment is within them."""
        return not self.hours or any(covers(one, self.wall(now)) for one in self.hours)

    def until(self, now: datetime) -> datetime | None:
        """Return when the hours that hold now end; None: they do not hold, or never end."""
        if not self.hours or not self.hold(now):
            return None
        start = to_micros(now)
        outside = outside_service(self.hours, ZoneInfo(self.zone), start, to_micros(now + _AHEAD))
        return from_micros(outside[0][0]) if outside else None

    def wall(self, now: datetime) -> datetime:
        """Return what the clocks show: naive."""
        return now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


def covers(hours: ServiceHours, wall: datetime) -> bool:
    """Say whether hours hold when the clocks show this."""
    return day_of(hours, wall) is not None


def day_of(hours: ServiceHours, wall: datetime) -> datetime | None:
    """Return midnight of the day on which the hours that hold then began; None: none hold."""
    at, midnight = wall.time(), wall.replace(hour=0, minute=0, second=0, microsecond=0)
    over_midnight = hours.until <= hours.from_
    if at >= hours.from_ and (over_midnight or at < hours.until):
        return midnight if wall.weekday() in hours.weekdays else None
    if over_midnight and at < hours.until:
        before = midnight - timedelta(days=1)
        return before if before.weekday() in hours.weekdays else None
    return None

"""When the report of a month is to be sent. Pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from api.reports.asking import following, month_before

LATE = timedelta(days=7)
"""A report that could not be sent for longer than this is not sent by itself any more."""


def due_month(now: datetime, day: int, hour: int, zone: str) -> str | None:
    """Return the month whose report should have been sent by now, None: it is not yet its time.

    Nor is it when the time is long past: who sets a schedule up is not sent what is old.
    """
    due = _due_at(now.astimezone(ZoneInfo(zone)).date(), day, hour, zone)
    return month_before(now, zone) if due <= now < due + LATE else None


def next_at(now: datetime, day: int, hour: int, zone: str) -> datetime:
    """Return when the next report is sent."""
    today = now.astimezone(ZoneInfo(zone)).date()
    due = _due_at(today, day, hour, zone)
    return due if due > now else _due_at(following(today), day, hour, zone)


def _due_at(month: date, day: int, hour: int, zone: str) -> datetime:
    local = datetime(month.year, month.month, day, hour, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)

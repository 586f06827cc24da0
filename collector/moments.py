"""Moments as whole microseconds since 1970-01-01T00:00:00Z: in the store and in uptime sums.

An integer orders, compares and subtracts exactly in every database and on the way to uptime, and
takes 8 bytes; a text or a float does not do all of that.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Return the microseconds of an aware moment. Raises ValueError for a naive one."""
    try:
        return (moment - EPOCH) // MICROSECOND
    except TypeError:
        raise ValueError(f"{moment.isoformat()} has no time zone") from None


def from_micros(micros: int) -> datetime:
    """Return the aware UTC moment."""
    return EPOCH + timedelta(microseconds=micros)


def to_micros_or_none(moment: datetime | None) -> int | None:
    """Return the microseconds, or None for no moment."""
    return None if moment is None else to_micros(moment)


def from_micros_or_none(micros: int | None) -> datetime | None:
    """Return the moment, or None for none."""
    return None if micros is None else from_micros(micros)

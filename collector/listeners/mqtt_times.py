"""When a message says that it was made. Pure."""

from datetime import UTC, datetime, timedelta

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)  # whoever says less has never set its clock
_AHEAD = timedelta(minutes=5)
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))  # from this number on it counts such parts


def moment_of(value: object, now: datetime) -> datetime | None:
    """Return the moment that a value names, never after `now`; None when it cannot be used.

    Text is ISO 8601 with its zone (without one nobody knows whose clock it was), a number is
    seconds, milli-, micro- or nanoseconds since 1970. A clock that runs a little ahead of ours is
    taken for `now`; one that is far ahead, or was never set, says nothing.
    """
    found = _parse(value)
    if found is None or not _LONG_AGO <= found <= now + _AHEAD:
        return None
    return min(found, now)


def _parse(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            return found.astimezone(UTC) if found.tzinfo is not None else None
        parts = next((each for least, each in _UNITS if value >= least), 1.0)
        return datetime.fromtimestamp(value / parts, UTC)
    except (ValueError, OverflowError, OSError):
        return None

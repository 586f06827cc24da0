"""Sums of the log, a month at a time, kept so that a year of ten thousand devices is quick.

A row of `uptime_months` says what one device did in one whole month of its site's zone, by one set
of rules. Rows are only ever made from the log and from what belongs to it (outages, causes,
windows, inventory). Whoever changes one of those for a time that may have been summed up calls
`touch` in the same transaction; the rows are then made anew by whoever asks next.
"""

from collections.abc import Collection

from sqlalchemy import Connection, delete

from collector.store.schema import uptime_months

_AT_ONCE = 500  # SQLite takes 32,766 parameters in a statement


def touch(connection: Connection, device_ids: Collection[str] | None, since: int) -> None:
    """Forget the sums of months that end after `since` (microseconds), of these devices or all."""
    gone = delete(uptime_months).where(uptime_months.c.ends_at > since)
    if device_ids is None:
        connection.execute(gone)
        return
    wanted = sorted(device_ids)
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        connection.execute(gone.where(uptime_months.c.device_id.in_(some)))

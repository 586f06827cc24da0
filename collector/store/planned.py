"""Planned work as uptime needs it: which time of which devices is left out."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from collector.maintenance import Place, exclusions
from collector.moments import from_micros, to_micros
from collector.store.ledger import in_parts
from collector.store.maintenance import touching
from collector.store.schema import devices, sites
from collector.uptime.spans import Span


def planned(
    connection: Connection, device_ids: Sequence[str], start: int, end: int
) -> Mapping[str, Sequence[Span]]:
    """Return the maintenance of devices within start <= t < end (microseconds), by device id.

    Devices without any are not in it.
    """
    windows = touching(connection, from_micros(start), from_micros(end))
    if not windows:
        return {}
    found = exclusions(
        windows, _places(connection, device_ids), from_micros(start), from_micros(end)
    )
    return {
        device_id: [(to_micros(begins), to_micros(ends)) for begins, ends in spans]
        for device_id, spans in found.items()
    }


def _places(connection: Connection, device_ids: Sequence[str]) -> list[Place]:
    query = select(devices.c.id, devices.c.site, sites.c.area, devices.c.tags)
    query = query.join(sites, sites.c.id == devices.c.site)
    return [
        Place(row.id, row.site, row.area, tuple(row.tags))
        for some in in_parts(device_ids)
        for row in connection.execute(query.where(devices.c.id.in_(some)))
    ]

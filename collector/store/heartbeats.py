"""Collectors' signs of life. Time without one is `unknown`, never up and never down."""

import json

from sqlalchemy import Connection, select

from collector.model import Heartbeat
from collector.moments import from_micros, to_micros
from collector.store.dialects import upsert
from collector.store.schema import collectors


def save(connection: Connection, heartbeat: Heartbeat) -> None:
    """Overwrite the collector's last sign of life."""
    row = (
        heartbeat.collector_id,
        heartbeat.run_id,
        to_micros(heartbeat.started_at),
        to_micros(heartbeat.heartbeat_at),
        json.dumps(dict(heartbeat.figures)),
    )
    upsert(connection, collectors, [row])


def run_of(connection: Connection, collector_id: str) -> str | None:
    """Return which run gave the last sign of life of a collector."""
    query = select(collectors.c.run_id).where(collectors.c.id == collector_id)
    return connection.scalar(query)


def every(connection: Connection) -> list[Heartbeat]:
    """Return the last sign of life of every collector, by id."""
    return [
        Heartbeat(
            row.id,
            row.run_id,
            from_micros(row.started_at),
            from_micros(row.heartbeat_at),
            json.loads(row.figures),
        )
        for row in connection.execute(select(collectors).order_by(collectors.c.id))
    ]

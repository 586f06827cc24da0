"""A past to put into a store: outages and windows as rows, whoever will write them one day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from collector.model import CauseClass, CauseRule, Reason, State
from collector.moments import from_micros, to_micros, to_micros_or_none
from collector.store import Store
from collector.store.ledger import behind, touch
from collector.store.schema import maintenance_windows, outages
from collector.uptime import Exclusion


@dataclass(frozen=True)
class Past:
    """Writes into the past of a store."""

    store: Store

    def outage(
        self,
        device_id: str,
        start: datetime,
        end: datetime | None,
        cause: CauseClass = CauseClass.UNKNOWN,
        *,
        state: State = State.DOWN,
        root: int | None = None,
    ) -> int:
        """Write an outage and touch its device; return its id."""
        with self.store._database.write() as connection:
            touch(connection, [device_id], to_micros(start))
            return _new(
                connection,
                outages,
                device_id=device_id,
                state=state.value,
                started_at=to_micros(start),
                confirmed_at=to_micros(start),
                ended_at=to_micros_or_none(end),
                end_confirmed_at=to_micros_or_none(end),
                reason=Reason.NO_ANSWER.value,
                detail="",
                root_outage_id=root,
                proposed_cause=cause.value,
                proposed_by=CauseRule.NO_EVIDENCE.value,
                cause=cause.value,
            )

    def window(self, device_id: str, start: datetime, end: datetime) -> int:
        """Plan work on one device, and touch it; return the window's id."""
        with self.store._database.write() as connection:
            touch(connection, [device_id], to_micros(start))
            return _new(
                connection,
                maintenance_windows,
                title="Perawatan",
                reason="planned",
                author="test",
                created_at=to_micros(start),
                devices=[device_id],
                sites=[],
                areas=[],
                tags=[],
                starts_at=to_micros(start),
                ends_at=to_micros(end),
                zone="Asia/Makassar",
            )

    def correct(self, which: int, cause: CauseClass) -> None:
        """Change the cause of an outage (the n-th, in a circle), and touch who is concerned."""
        with self.store._database.write() as connection:
            rows = connection.execute(
                select(outages.c.id, outages.c.device_id, outages.c.started_at)
            ).all()
            if not rows:
                return
            outage_id, device_id, started_at = rows[which % len(rows)]
            connection.execute(
                update(outages).where(outages.c.id == outage_id).values(cause=cause.value)
            )
            touch(connection, behind(connection, [device_id]), started_at)

    def exclusions(self, device_id: str) -> list[Exclusion]:
        """Return when work was planned on one device."""
        with self.store._database.read() as connection:
            rows = connection.execute(select(maintenance_windows)).all()
        return [
            Exclusion(from_micros(row.starts_at), from_micros(row.ends_at), device_id)
            for row in rows
            if row.devices == [device_id]
        ]


def _new(connection: Connection, table: Table, **values: Any) -> int:
    (new_id,) = connection.execute(insert(table), values).inserted_primary_key or (None,)
    assert isinstance(new_id, int)
    return new_id

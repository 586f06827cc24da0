"""A past to put into a store: outages and windows as rows, whoever will write them one day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert

from collector.model import CauseClass, CauseRule, Reason, State
from collector.moments import to_micros, to_micros_or_none
from collector.store import Store
from collector.store.ledger import touch
from collector.store.schema import maintenance_windows, outages


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


def _new(connection: Connection, table: Table, **values: Any) -> int:
    (new_id,) = connection.execute(insert(table), values).inserted_primary_key or (None,)
    assert isinstance(new_id, int)
    return new_id

"""What became of messages that were on their way: sent, to be tried again, given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, update

from collector.model.alerts import DeliveryState, Notification
from collector.moments import to_micros
from collector.store import outbox_rows
from collector.store.outbox_rows import ANSWER_LENGTH
from collector.store.schema import notifications


@dataclass(frozen=True, slots=True)
class Taken:
    """The channel took it."""

    notification_id: int
    at: datetime
    reference: str | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The channel did not take it; it is tried again. `maybe_twice`: it may have arrived."""

    notification_id: int
    answer: str
    next_try_at: datetime
    maybe_twice: bool = False


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It is not tried any more; these are sent instead."""

    notification_id: int
    answer: str
    instead: Sequence[Notification] = ()


End: TypeAlias = Taken | Failed | GivenUp


def write(connection: Connection, end: End, was: DeliveryState = DeliveryState.SENDING) -> bool:
    """Note what became of a message; False: it was not as said, and nothing was written."""
    values: dict[str, Any] = {"answer": end.answer[:ANSWER_LENGTH]}
    match end:
        case Taken():
            values |= {
                "state": DeliveryState.SENT.value,
                "sent_at": to_micros(end.at),
                "reference": end.reference,
            }
        case Failed():
            values |= {
                "state": DeliveryState.PENDING.value,
                "due_at": to_micros(end.next_try_at),
            }
            if end.maybe_twice:  # never taken back
                values["maybe_twice"] = True
        case GivenUp():
            values["state"] = DeliveryState.DEAD.value
    result = connection.execute(
        update(notifications)
        .where(
            notifications.c.id == end.notification_id,
            notifications.c.state == was.value,
        )
        .values(**values)
    )
    if result.rowcount != 1:
        return False
    if isinstance(end, GivenUp):
        outbox_rows.add(connection, end.instead)
    return True

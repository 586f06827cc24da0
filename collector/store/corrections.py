"""People's words on the causes of outages: added, never overwritten, never deleted.

The last one is in force. To take one back is to say again what was proposed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from collector.model import CauseClass, CauseCorrection
from collector.model.alerts import AuditEntry
from collector.moments import from_micros, to_micros
from collector.store import audit, incidents, ledger
from collector.store.schema import cause_corrections, outages

_TEXT_LENGTH = 1_000


class CorrectionError(ValueError):
    """A correction that cannot be taken; the message says what to do."""


def correct(
    connection: Connection,
    outage_id: int,
    cause: CauseClass | str,
    reason: str,
    author: str,
    now: datetime,
) -> CauseCorrection | None:
    """Add a person's word on an outage's cause, and let it be in force; None: no such outage.

    Forgets the sums of uptime of the device, and of those that were cut off behind this outage:
    whose minutes theirs are follows from it. Raises CorrectionError for an unknown cause class,
    without a reason or an author, and for an outage that has not begun.
    """
    row = connection.execute(
        select(outages.c.device_id, outages.c.started_at).where(outages.c.id == outage_id)
    ).one_or_none()
    if row is None:
        return None
    if row.started_at > to_micros(now):
        raise CorrectionError("the outage has not begun yet; look at the clocks of both machines")
    made = CauseCorrection(
        outage_id, _cause(cause), _text("reason", reason), _text("author", author), now
    )
    given = connection.execute(insert(cause_corrections), _row(made)).inserted_primary_key
    connection.execute(
        update(outages).where(outages.c.id == outage_id).values(cause=made.cause.value)
    )
    concerned = {row.device_id, *_cut_off_behind(connection, outage_id)}
    ledger.touch(connection, concerned, row.started_at)
    incidents.tell_correction(connection, made)
    said = f"{made.cause.value}: {made.reason}"
    entry = AuditEntry(now, made.author, "outage.correct", f"outage:{outage_id}", said)
    audit.write(connection, entry)
    return CauseCorrection(
        outage_id, made.cause, made.reason, made.author, now, given[0] if given else None
    )


def of_outage(connection: Connection, outage_id: int) -> tuple[CauseCorrection, ...]:
    """Return all that was said on an outage's cause, the oldest first."""
    query = select(cause_corrections).where(cause_corrections.c.outage_id == outage_id)
    rows = connection.execute(query.order_by(cause_corrections.c.id))
    return tuple(_correction(row) for row in rows)


def of_window(
    connection: Connection, start: datetime, end: datetime
) -> tuple[CauseCorrection, ...]:
    """Return all that was said on outages that touch start <= t < end, the oldest first."""
    over = outages.c.ended_at
    query = (
        select(cause_corrections)
        .join(outages, outages.c.id == cause_corrections.c.outage_id)
        .where(outages.c.started_at < to_micros(end), or_(over.is_(None), over > to_micros(start)))
        .order_by(cause_corrections.c.id)
    )
    return tuple(_correction(row) for row in connection.execute(query))


def _cut_off_behind(connection: Connection, outage_id: int) -> set[str]:
    behind = select(outages.c.device_id).where(outages.c.root_outage_id == outage_id)
    return set(connection.scalars(behind))


def _cause(cause: CauseClass | str) -> CauseClass:
    try:
        return CauseClass(cause)
    except ValueError:
        known = ", ".join(CauseClass)
        raise CorrectionError(f"the cause is unknown; write one of {known}") from None


def _text(name: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise CorrectionError(f"the {name} is empty; say it in a few words")
    if len(text) > _TEXT_LENGTH:
        raise CorrectionError(f"the {name} is longer than {_TEXT_LENGTH} characters; shorten it")
    if any(not (char.isprintable() or char == "\n") for char in text):
        raise CorrectionError(f"the {name} holds control characters; write plain text")
    return text


def _row(made: CauseCorrection) -> dict[str, Any]:
    return {
        "outage_id": made.outage_id,
        "cause": made.cause.value,
        "reason": made.reason,
        "author": made.author,
        "made_at": to_micros(made.made_at),
    }


def _correction(row: Row[Any]) -> CauseCorrection:
    return CauseCorrection(
        outage_id=row.outage_id,
        cause=CauseClass(row.cause),
        reason=row.reason,
        author=row.author,
        made_at=from_micros(row.made_at),
        id=row.id,
    )

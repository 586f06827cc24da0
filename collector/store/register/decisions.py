"""What people decided about findings, and what agencies signed, as rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from collector.model import Field
from collector.model.findings import (
    ACTIONS,
    Action,
    Finding,
    FindingKind,
    FindingState,
    RowRef,
    Ruling,
    Signature,
)
from collector.moments import from_micros, to_micros
from collector.store.ledger import in_parts
from collector.store.schema import rulings

LONGEST_TEXT = 1_000


class DecisionRefusedError(ValueError):
    """A decision or signature that cannot be taken; the message says what to do."""


def refuse_wrong(ruling: Ruling, found: Finding, state: FindingState) -> None:
    """Raise DecisionRefusedError for what cannot be decided about a finding."""
    if ruling.action not in ACTIONS[found.kind]:
        able = ", ".join(ACTIONS[found.kind])
        raise DecisionRefusedError(f"a {found.kind.value} is decided by one of {able}")
    if ruling.digest != found.digest:
        raise DecisionRefusedError("the lists say something else by now; look at it again")
    if state is FindingState.GONE:
        raise DecisionRefusedError("the lists no longer say so; there is nothing to decide")
    checked_text("reason", ruling.reason)
    checked_text("author", ruling.author)


def checked_text(name: str, text: str) -> str:
    """Return a text without blanks around it. Raises DecisionRefusedError for one that is none."""
    text = text.strip()
    if not text:
        raise DecisionRefusedError(f"the {name} is empty; say it in a few words")
    if len(text) > LONGEST_TEXT:
        raise DecisionRefusedError(f"the {name} is longer than {LONGEST_TEXT}; shorten it")
    if any(not (sign.isprintable() or sign == "\n") for sign in text):
        raise DecisionRefusedError(f"the {name} holds control characters; write plain text")
    return text


def last_rulings(connection: Connection, of: Sequence[str] | None) -> dict[str, Ruling]:
    """Return the decision in force by finding: of some, or of all."""
    newest = select(func.max(rulings.c.id)).group_by(rulings.c.finding_id)
    query = select(rulings).where(rulings.c.id.in_(newest))
    if of is None:
        return {row.finding_id: ruling_of(row) for row in connection.execute(query)}
    return {
        row.finding_id: ruling_of(row)
        for some in in_parts(list(of))
        for row in connection.execute(query.where(rulings.c.finding_id.in_(some)))
    }


def ruling_row(ruling: Ruling) -> dict[str, Any]:
    """Return a decision as a row."""
    return {
        "finding_id": ruling.finding_id,
        "kind": ruling.kind.value,
        "action": ruling.action.value,
        "reason": ruling.reason.strip(),
        "author": ruling.author,
        "made_at": to_micros(ruling.made_at),
        "digest": ruling.digest,
        "rows": [list(row) for row in ruling.rows],
        "device_id": ruling.device_id,
        "fields": spelled(ruling.values),
    }


def ruling_of(row: Row[Any]) -> Ruling:
    """Return the decision of a row."""
    return Ruling(
        finding_id=row.finding_id,
        kind=FindingKind(row.kind),
        action=Action(row.action),
        reason=row.reason,
        author=row.author,
        made_at=from_micros(row.made_at),
        digest=row.digest,
        rows=tuple(RowRef(*ref) for ref in row.rows),
        device_id=row.device_id,
        values=fields_of(row.fields),
        id=row.id,
    )


def signature_of(row: Row[Any]) -> Signature:
    """Return the signature of a row."""
    return Signature(
        source=row.source_id,
        office=row.office,
        digest=row.digest,
        rows=row.rows,
        author=row.author,
        signed_on=row.signed_on,
        made_at=from_micros(row.made_at),
        note=row.note,
        id=row.id,
    )


def spelled(values: Mapping[Field, str]) -> dict[str, str]:
    """Return values by the names of their fields."""
    return {of.value: value for of, value in values.items()}


def fields_of(values: Mapping[str, str]) -> dict[Field, str]:
    """Return values by field."""
    return {Field(of): value for of, value in values.items()}

"""Findings as rows: what a reconciliation found, and how it is read back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from collector.model import Field
from collector.model.findings import (
    Action,
    Evidence,
    Finding,
    FindingKind,
    FindingState,
    Proposal,
    RowRef,
    Ruling,
    Said,
)
from collector.moments import from_micros
from collector.store.dialects import upsert
from collector.store.ledger import in_parts
from collector.store.register.decisions import fields_of, last_rulings, spelled
from collector.store.schema import findings

TO_DO = (FindingState.OPEN.value, FindingState.STALE.value)
"""States of what is to be decided."""


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings; None does not narrow. Without a state those that are to be decided."""

    kind: FindingKind | None = None
    state: FindingState | None = None
    source: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it is kept, with the decision that is in force, if there is one."""

    finding: Finding
    state: FindingState
    first_found_at: datetime
    last_found_at: datetime
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many findings of a kind stand where."""

    kind: FindingKind
    state: FindingState
    count: int


def save(connection: Connection, found: Sequence[Finding], at: int) -> None:
    """Write what was found at a moment; what is no longer found is gone, unless decided."""
    known = {row.id: row for row in connection.execute(select(findings))}
    last = last_rulings(connection, None)
    upsert(
        connection,
        findings,
        [
            (
                it.id,
                it.kind.value,
                _state_of(it, last.get(it.id)).value,
                it.weight,
                it.digest,
                json.dumps(_content(it), ensure_ascii=False)
                if connection.dialect.name == "sqlite"
                else _content(it),
                _marked({row.source for row in it.rows}),
                _marked(it.devices),
                known[it.id].first_found_at if it.id in known else at,
                at,
            )
            for it in found
        ],
    )
    gone = set(known) - {it.id for it in found}
    undecided = sorted(it for it in gone if known[it].state in TO_DO)
    for some in in_parts(undecided):
        statement = update(findings).where(findings.c.id.in_(some))
        connection.execute(statement.values(state=FindingState.GONE.value))


def _state_of(found: Finding, ruling: Ruling | None) -> FindingState:
    if ruling is None:
        return FindingState.OPEN
    return FindingState.DECIDED if ruling.digest == found.digest else FindingState.STALE


def _marked(words: Iterable[str]) -> str:
    """Return words so that one can be looked for: `,dishub,dlh,`."""
    return "".join(f",{word}" for word in sorted(words)) + ","


def conditions(wanted: FindingFilter) -> list[Any]:
    """Return what rows must fulfil to be wanted."""
    c = findings.c
    states = TO_DO if wanted.state is None else (wanted.state.value,)
    conditions: list[Any] = [c.state.in_(states)]
    if wanted.kind is not None:
        conditions.append(c.kind == wanted.kind.value)
    if wanted.source is not None:
        conditions.append(c.sources.contains(f",{wanted.source},", autoescape=True))
    if wanted.device is not None:
        conditions.append(c.devices.contains(f",{wanted.device},", autoescape=True))
    return conditions


def one(connection: Connection, finding_id: str) -> FindingRow | None:
    """Return a finding; None: there is none such."""
    row = connection.execute(select(findings).where(findings.c.id == finding_id)).one_or_none()
    if row is None:
        return None
    return finding_of(row, last_rulings(connection, [finding_id]).get(finding_id))


def _content(it: Finding) -> dict[str, object]:
    return {
        "rows": [list(row) for row in it.rows],
        "devices": list(it.devices),
        "evidence": [
            [one.field.value, one.agrees, [[s.who, s.key, s.value] for s in one.said]]
            for one in it.evidence
        ],
        "proposal": [it.proposal.action.value, spelled(it.proposal.values)],
        "field": None if it.field is None else it.field.value,
        "heard": it.heard,
    }


def finding_of(row: Row[Any], ruling: Ruling | None) -> FindingRow:
    """Return the finding of a row with the decision in force."""
    content = row.content
    action, values = content["proposal"]
    made = Finding(
        id=row.id,
        kind=FindingKind(row.kind),
        weight=row.weight,
        rows=tuple(RowRef(*ref) for ref in content["rows"]),
        devices=tuple(content["devices"]),
        evidence=tuple(
            Evidence(Field(of), tuple(Said(*one) for one in said), agrees)
            for of, agrees, said in content["evidence"]
        ),
        proposal=Proposal(Action(action), fields_of(values)),
        digest=row.digest,
        field=None if content["field"] is None else Field(content["field"]),
        heard=content["heard"],
    )
    first, last = from_micros(row.first_found_at), from_micros(row.last_found_at)
    return FindingRow(made, FindingState(row.state), first, last, ruling)

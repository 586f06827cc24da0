"""What devices say they are, what reconciliation found, what people decided, what agencies signed.

A finding's row is overwritten by each reconciliation; what people said is only added to:

    open ──decide──► decided ──(a row that it rests on changes)──► stale ──decide──► decided
      └──────────(the lists no longer say so)──────► gone
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from collector.model import Field
from collector.model.alerts import AuditEntry
from collector.model.findings import (
    ACTIONS,
    Action,
    Evidence,
    Finding,
    FindingKind,
    FindingState,
    Identity,
    NetworkDevice,
    Proposal,
    RowRef,
    Ruling,
    Said,
    Signature,
)
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store import audit
from collector.store.dialects import upsert
from collector.store.ledger import in_parts
from collector.store.rows import Page
from collector.store.schema import (
    device_states,
    devices,
    findings,
    identities,
    reconciliations,
    rulings,
    signatures,
    sites,
    source_rows,
    transitions,
)
from collector.store.transactions import Database

_LONGEST_TEXT = 1_000
_ALIVE = ("up", "degraded")


class DecisionRefusedError(ValueError):
    """A decision or signature that cannot be taken; the message says what to do."""


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


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A reconciliation that was made: when, of what, and how much it found."""

    at: datetime
    import_id: int  # the last import that it saw; 0: none
    rows: int
    devices: int
    found: int


class Reconciliation:
    """Findings and what belongs to them (`store.reconciliation`). A method is a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- what the network says ------------------------------------------------------------

    def note_identities(self, heard: Iterable[Identity]) -> None:
        """Add what devices said of themselves; what was known keeps its first moment."""
        with self._database.write() as connection:
            _note(connection, list(heard))

    def identities(self, device_id: str | None = None) -> list[Identity]:
        """Return what devices said of themselves, of all or of one; by device, key and value."""
        c = identities.c
        query = select(identities).order_by(c.device_id, c.key, c.value)
        if device_id is not None:
            query = query.where(c.device_id == device_id)
        with self._database.read() as connection:
            return [_identity(row) for row in connection.execute(query)]

    def network(self, now: datetime) -> list[NetworkDevice]:
        """Return every device in use with what the network knows of it, by id."""
        with self._database.read() as connection:
            return _network(connection, now)

    # --- findings -------------------------------------------------------------------------

    def save(self, found: Sequence[Finding], made: Reconciled) -> None:
        """Write what a reconciliation found; what it no longer found is gone, unless decided."""
        with self._database.write() as connection:
            _save(connection, found, to_micros(made.at))
            values = {
                "at": to_micros(made.at),
                "import_id": made.import_id,
                "rows": made.rows,
                "devices": made.devices,
                "found": made.found,
            }
            connection.execute(insert(reconciliations).values(values))

    def last(self) -> Reconciled | None:
        """Return the last reconciliation; None: there was none."""
        query = select(reconciliations).order_by(reconciliations.c.id.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        at = from_micros(row.at)
        return Reconciled(at, row.import_id, row.rows, row.devices, row.found)

    def page(
        self, wanted: FindingFilter, *, limit: int = 100, after: str | None = None
    ) -> Page[FindingRow]:
        """Return findings, the surest first. `after` is the `next` of the page before.

        Raises ValueError when it is none.
        """
        c = findings.c
        query = select(findings).where(*_conditions(wanted))
        if after is not None:
            weight, _, finding_id = after.partition(":")
            lighter = c.weight < float(weight)
            query = query.where(or_(lighter, and_(c.weight == float(weight), c.id > finding_id)))
        query = query.order_by(c.weight.desc(), c.id).limit(limit + 1)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            last = _last_rulings(connection, [row.id for row in rows[:limit]])
        items = tuple(_finding_row(row, last.get(row.id)) for row in rows[:limit])
        more = len(rows) > limit
        return Page(items, f"{rows[limit - 1].weight!r}:{rows[limit - 1].id}" if more else None)

    def one(self, finding_id: str) -> FindingRow | None:
        """Return a finding; None: there is none such."""
        with self._database.read() as connection:
            return _one(connection, finding_id)

    def about(self, device_id: str) -> list[FindingRow]:
        """Return all findings about a device that still hold, decided ones too; surest first."""
        c = findings.c
        query = select(findings).where(
            c.devices.contains(f",{device_id},", autoescape=True),
            c.state != FindingState.GONE.value,
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(c.weight.desc(), c.id)).all()
            last = _last_rulings(connection, [row.id for row in rows])
        return [_finding_row(row, last.get(row.id)) for row in rows]

    def counts(self) -> list[FindingCount]:
        """Return how many findings of each kind stand where."""
        c = findings.c
        query = select(c.kind, c.state, func.count()).group_by(c.kind, c.state)
        query = query.order_by(c.kind, c.state)
        with self._database.read() as connection:
            return [
                FindingCount(FindingKind(kind), FindingState(state), count)
                for kind, state, count in connection.execute(query)
            ]

    def open_rows(self) -> list[tuple[FindingKind, RowRef]]:
        """Return what is to be decided, row by row: (kind, row)."""
        query = select(findings.c.kind, findings.c.content)
        query = query.where(findings.c.state.in_(_TO_DO))
        with self._database.read() as connection:
            return [
                (FindingKind(kind), RowRef(*row))
                for kind, content in connection.execute(query)
                for row in content["rows"]
            ]

    # --- decisions ------------------------------------------------------------------------

    def decide(self, ruling: Ruling) -> FindingRow | None:
        """Add a decision about a finding, and let it be in force; None: no such finding.

        Raises DecisionRefusedError for what is not among its ACTIONS, for a finding that says
        something else than was decided on, and without a reason or an author.
        """
        with self._database.write() as connection:
            row = _one(connection, ruling.finding_id)
            if row is None:
                return None
            _check(ruling, row)
            connection.execute(insert(rulings).values(_ruling_row(ruling)))
            decided = findings.c.id == ruling.finding_id
            state = FindingState.DECIDED.value
            connection.execute(update(findings).where(decided).values(state=state))
            said = f"{ruling.kind.value}: {ruling.action.value}: {ruling.reason}"
            about = f"finding:{ruling.finding_id}"
            entry = AuditEntry(ruling.made_at, ruling.author, "finding.decide", about, said)
            audit.write(connection, entry)
            return _one(connection, ruling.finding_id)

    def rulings(self) -> list[Ruling]:
        """Return the decision in force of every finding that has one, in the order made."""
        with self._database.read() as connection:
            return sorted(_last_rulings(connection, None).values(), key=lambda it: it.id or 0)

    def rulings_of(
        self, *, finding_id: str | None = None, device_id: str | None = None
    ) -> list[Ruling]:
        """Return all that was decided about a finding or a device, newest first."""
        query = select(rulings).order_by(rulings.c.id.desc())
        if finding_id is not None:
            query = query.where(rulings.c.finding_id == finding_id)
        if device_id is not None:
            query = query.where(rulings.c.device_id == device_id)
        with self._database.read() as connection:
            return [_ruling(row) for row in connection.execute(query)]

    def last_ruling_id(self) -> int:
        """Return the id of the newest decision; 0: there is none. It changes with every one."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(rulings.c.id))) or 0

    # --- signatures -----------------------------------------------------------------------

    def sign(self, signature: Signature) -> Signature:
        """Add an agency's signature; return it with its id.

        Raises DecisionRefusedError without the name of an office.
        """
        office = _text("name of the office", signature.office)
        if len(signature.note) > _LONGEST_TEXT:
            raise DecisionRefusedError(f"the note is longer than {_LONGEST_TEXT}; shorten it")
        with self._database.write() as connection:
            values = {
                "source_id": signature.source,
                "office": office,
                "digest": signature.digest,
                "rows": signature.rows,
                "author": signature.author,
                "signed_on": signature.signed_on,
                "made_at": to_micros(signature.made_at),
                "note": signature.note.strip(),
            }
            given = connection.execute(insert(signatures).values(values)).inserted_primary_key
            said = f"{office}, {signature.signed_on}: {signature.rows} rows"
            about = f"source:{signature.source}"
            made_at = signature.made_at
            audit.write(
                connection, AuditEntry(made_at, signature.author, "source.sign", about, said)
            )
        return replace(signature, office=office, id=given[0] if given else None)

    def signatures(self, source_id: str | None = None) -> list[Signature]:
        """Return what agencies signed, newest first, of all or of one list."""
        query = select(signatures).order_by(signatures.c.id.desc())
        if source_id is not None:
            query = query.where(signatures.c.source_id == source_id)
        with self._database.read() as connection:
            return [_signature(row) for row in connection.execute(query)]


_TO_DO = (FindingState.OPEN.value, FindingState.STALE.value)


# --- identities ---------------------------------------------------------------------------


def _note(connection: Connection, heard: Sequence[Identity]) -> None:
    newest = {(it.device_id, it.key, it.value): it for it in heard}
    first: dict[tuple[str, str, str], tuple[int, int]] = {}
    for some in in_parts(sorted({it.device_id for it in heard})):
        query = select(identities).where(identities.c.device_id.in_(some))
        for row in connection.execute(query):
            first[(row.device_id, row.key, row.value)] = row.first_seen_at, row.last_seen_at
    rows = []
    for known, it in newest.items():
        began, last = first.get(known, (to_micros(it.first_seen_at), 0))
        rows.append((*known, began, max(last, to_micros(it.last_seen_at))))
    upsert(connection, identities, rows)


def _network(connection: Connection, now: datetime) -> list[NetworkDevice]:
    said: dict[str, dict[str, list[str]]] = {}
    c = identities.c
    newest = select(identities).order_by(c.device_id, c.key, c.last_seen_at.desc(), c.value)
    for row in connection.execute(newest):
        said.setdefault(row.device_id, {}).setdefault(row.key, []).append(row.value)
    t = transitions.c
    ever = select(t.device_id, func.min(t.at)).where(t.new.in_(_ALIVE)).group_by(t.device_id)
    first = {row[0]: row[1] for row in connection.execute(ever)}
    listed = select(source_rows.c.device_id).where(source_rows.c.until_at.is_(None)).distinct()
    in_lists = {it for it in connection.scalars(listed) if it is not None}
    query = (
        select(
            devices.c.id,
            devices.c.name,
            devices.c.kind,
            devices.c.address,
            devices.c.created_at,
            sites.c.area,
            sites.c.latitude,
            sites.c.longitude,
            device_states.c.state,
            device_states.c.since_at,
            device_states.c.last_result_at,
        )
        .join(sites, sites.c.id == devices.c.site)
        .join(device_states, device_states.c.device_id == devices.c.id, isouter=True)
        .where(devices.c.retired_at.is_(None))
        .order_by(devices.c.id)
    )
    return [
        NetworkDevice(
            id=row.id,
            name=row.name,
            kind=row.kind,
            area=row.area,
            watched_from=from_micros(row.created_at),
            address=row.address,
            latitude=row.latitude,
            longitude=row.longitude,
            first_seen_at=from_micros_or_none(first.get(row.id)),
            last_seen_at=_last_seen(row, now) if row.id in first else None,
            identities={key: tuple(values) for key, values in said.get(row.id, {}).items()},
            is_listed=row.id in in_lists,
        )
        for row in connection.execute(query)
    ]


def _last_seen(row: Any, now: datetime) -> datetime | None:
    """Return when a device was last alive: now, or when it ceased to be."""
    if row.state in _ALIVE:
        return now
    return from_micros_or_none(row.since_at) or from_micros_or_none(row.last_result_at)


def _identity(row: Row[Any]) -> Identity:
    first, last = from_micros(row.first_seen_at), from_micros(row.last_seen_at)
    return Identity(row.device_id, row.key, row.value, first, last)


# --- findings -----------------------------------------------------------------------------


def _save(connection: Connection, found: Sequence[Finding], at: int) -> None:
    known = {row.id: row for row in connection.execute(select(findings))}
    last = _last_rulings(connection, None)
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
    undecided = sorted(it for it in gone if known[it].state in _TO_DO)
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


def _conditions(wanted: FindingFilter) -> list[Any]:
    c = findings.c
    states = _TO_DO if wanted.state is None else (wanted.state.value,)
    conditions: list[Any] = [c.state.in_(states)]
    if wanted.kind is not None:
        conditions.append(c.kind == wanted.kind.value)
    if wanted.source is not None:
        conditions.append(c.sources.contains(f",{wanted.source},", autoescape=True))
    if wanted.device is not None:
        conditions.append(c.devices.contains(f",{wanted.device},", autoescape=True))
    return conditions


def _one(connection: Connection, finding_id: str) -> FindingRow | None:
    row = connection.execute(select(findings).where(findings.c.id == finding_id)).one_or_none()
    if row is None:
        return None
    return _finding_row(row, _last_rulings(connection, [finding_id]).get(finding_id))


def _content(it: Finding) -> dict[str, object]:
    return {
        "rows": [list(row) for row in it.rows],
        "devices": list(it.devices),
        "evidence": [
            [one.field.value, one.agrees, [[s.who, s.key, s.value] for s in one.said]]
            for one in it.evidence
        ],
        "proposal": [it.proposal.action.value, _plain(it.proposal.values)],
        "field": None if it.field is None else it.field.value,
        "heard": it.heard,
    }


def _finding_row(row: Row[Any], ruling: Ruling | None) -> FindingRow:
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
        proposal=Proposal(Action(action), _fields(values)),
        digest=row.digest,
        field=None if content["field"] is None else Field(content["field"]),
        heard=content["heard"],
    )
    first, last = from_micros(row.first_found_at), from_micros(row.last_found_at)
    return FindingRow(made, FindingState(row.state), first, last, ruling)


# --- decisions ----------------------------------------------------------------------------


def _check(ruling: Ruling, row: FindingRow) -> None:
    found = row.finding
    if ruling.action not in ACTIONS[found.kind]:
        able = ", ".join(ACTIONS[found.kind])
        raise DecisionRefusedError(f"a {found.kind.value} is decided by one of {able}")
    if ruling.digest != found.digest:
        raise DecisionRefusedError("the lists say something else by now; look at it again")
    if row.state is FindingState.GONE:
        raise DecisionRefusedError("the lists no longer say so; there is nothing to decide")
    _text("reason", ruling.reason)
    _text("author", ruling.author)


def _text(name: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise DecisionRefusedError(f"the {name} is empty; say it in a few words")
    if len(text) > _LONGEST_TEXT:
        raise DecisionRefusedError(f"the {name} is longer than {_LONGEST_TEXT}; shorten it")
    if any(not (sign.isprintable() or sign == "\n") for sign in text):
        raise DecisionRefusedError(f"the {name} holds control characters; write plain text")
    return text


def _last_rulings(connection: Connection, of: Sequence[str] | None) -> dict[str, Ruling]:
    newest = select(func.max(rulings.c.id)).group_by(rulings.c.finding_id)
    query = select(rulings).where(rulings.c.id.in_(newest))
    if of is None:
        return {row.finding_id: _ruling(row) for row in connection.execute(query)}
    return {
        row.finding_id: _ruling(row)
        for some in in_parts(list(of))
        for row in connection.execute(query.where(rulings.c.finding_id.in_(some)))
    }


def _ruling_row(ruling: Ruling) -> dict[str, Any]:
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
        "fields": _plain(ruling.values),
    }


def _ruling(row: Row[Any]) -> Ruling:
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
        values=_fields(row.fields),
        id=row.id,
    )


def _signature(row: Row[Any]) -> Signature:
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


def _plain(values: Mapping[Field, str]) -> dict[str, str]:
    return {of.value: value for of, value in values.items()}


def _fields(values: Mapping[str, str]) -> dict[Field, str]:
    return {Field(of): value for of, value in values.items()}

"""What devices say they are, what reconciliation found, what people decided, what agencies signed.

A finding's row is overwritten by each reconciliation; what people said is only added to:

    open ──decide──► decided ──(a row that it rests on changes)──► stale ──decide──► decided
      └──────────(the lists no longer say so)──────► gone
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, func, insert, or_, select, update

from collector.model.alerts import AuditEntry
from collector.model.findings import (
    Finding,
    FindingKind,
    FindingState,
    Identity,
    NetworkDevice,
    RowRef,
    Ruling,
    Signature,
)
from collector.moments import from_micros, to_micros
from collector.store import audit
from collector.store.register import finding_rows, network
from collector.store.register.decisions import (
    LONGEST_TEXT,
    DecisionRefusedError,
    checked_text,
    last_rulings,
    refuse_wrong,
    ruling_of,
    ruling_row,
    signature_of,
)
from collector.store.register.finding_rows import FindingCount, FindingFilter, FindingRow
from collector.store.rows import Page
from collector.store.schema import findings, identities, reconciliations, rulings, signatures
from collector.store.transactions import Database

__all__ = [
    "DecisionRefusedError",
    "FindingCount",
    "FindingFilter",
    "FindingRow",
    "Reconciled",
    "Reconciliation",
]


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
            network.note(connection, list(heard))

    def identities(self, device_id: str | None = None) -> list[Identity]:
        """Return what devices said of themselves, of all or of one; by device, key and value."""
        c = identities.c
        query = select(identities).order_by(c.device_id, c.key, c.value)
        if device_id is not None:
            query = query.where(c.device_id == device_id)
        with self._database.read() as connection:
            return [network.identity_of(row) for row in connection.execute(query)]

    def network(self, now: datetime) -> list[NetworkDevice]:
        """Return every device in use with what the network knows of it, by id."""
        with self._database.read() as connection:
            return network.network(connection, now)

    # --- findings -------------------------------------------------------------------------

    def save(self, found: Sequence[Finding], made: Reconciled) -> None:
        """Write what a reconciliation found; what it no longer found is gone, unless decided."""
        with self._database.write() as connection:
            finding_rows.save(connection, found, to_micros(made.at))
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
        query = select(findings).where(*finding_rows.conditions(wanted))
        if after is not None:
            weight, _, finding_id = after.partition(":")
            lighter = c.weight < float(weight)
            query = query.where(or_(lighter, and_(c.weight == float(weight), c.id > finding_id)))
        query = query.order_by(c.weight.desc(), c.id).limit(limit + 1)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            last = last_rulings(connection, [row.id for row in rows[:limit]])
        items = tuple(finding_rows.finding_of(row, last.get(row.id)) for row in rows[:limit])
        more = len(rows) > limit
        return Page(items, f"{rows[limit - 1].weight!r}:{rows[limit - 1].id}" if more else None)

    def one(self, finding_id: str) -> FindingRow | None:
        """Return a finding; None: there is none such."""
        with self._database.read() as connection:
            return finding_rows.one(connection, finding_id)

    def about(self, device_id: str) -> list[FindingRow]:
        """Return all findings about a device that still hold, decided ones too; surest first."""
        c = findings.c
        query = select(findings).where(
            c.devices.contains(f",{device_id},", autoescape=True),
            c.state != FindingState.GONE.value,
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(c.weight.desc(), c.id)).all()
            last = last_rulings(connection, [row.id for row in rows])
        return [finding_rows.finding_of(row, last.get(row.id)) for row in rows]

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
        query = query.where(findings.c.state.in_(finding_rows.TO_DO))
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
            row = finding_rows.one(connection, ruling.finding_id)
            if row is None:
                return None
            refuse_wrong(ruling, row.finding, row.state)
            connection.execute(insert(rulings).values(ruling_row(ruling)))
            decided = findings.c.id == ruling.finding_id
            state = FindingState.DECIDED.value
            connection.execute(update(findings).where(decided).values(state=state))
            said = f"{ruling.kind.value}: {ruling.action.value}: {ruling.reason}"
            about = f"finding:{ruling.finding_id}"
            entry = AuditEntry(ruling.made_at, ruling.author, "finding.decide", about, said)
            audit.write(connection, entry)
            return finding_rows.one(connection, ruling.finding_id)

    def rulings(self) -> list[Ruling]:
        """Return the decision in force of every finding that has one, in the order made."""
        with self._database.read() as connection:
            return sorted(last_rulings(connection, None).values(), key=lambda it: it.id or 0)

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
            return [ruling_of(row) for row in connection.execute(query)]

    def last_ruling_id(self) -> int:
        """Return the id of the newest decision; 0: there is none. It changes with every one."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(rulings.c.id))) or 0

    # --- signatures -----------------------------------------------------------------------

    def sign(self, signature: Signature) -> Signature:
        """Add an agency's signature; return it with its id.

        Raises DecisionRefusedError without the name of an office.
        """
        office = checked_text("name of the office", signature.office)
        if len(signature.note) > LONGEST_TEXT:
            raise DecisionRefusedError(f"the note is longer than {LONGEST_TEXT}; shorten it")
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
            return [signature_of(row) for row in connection.execute(query)]

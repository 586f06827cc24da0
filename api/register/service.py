"""Holds lists against the network, takes decisions, tells whose value is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.clock import Clock
from collector.model import Field, Source, SourceRow
from collector.model.findings import (
    Action,
    Finding,
    Identity,
    RowRef,
    Ruling,
    Signature,
    Stranger,
)
from collector.register.matching import Grounds, reconcile
from collector.register.precedence import Decided, ValuesInForce, values_in_force
from collector.register.scores import Score, rows_digest, score
from collector.store import QuarantineState, Store
from collector.store.register.reconciliation import (
    DecisionRefusedError,
    FindingRow,
    Reconciled,
)

_STRANGERS = 1_000
_PLACE = frozenset({Field.LATITUDE, Field.LONGITUDE, Field.AREA})
_LONGEST = 500  # characters of a value


@dataclass(frozen=True, slots=True)
class Entry:
    """A device of the register: what is in force of it, and all that lists say."""

    device_id: str
    values: ValuesInForce
    rows: tuple[SourceRow, ...]  # by rank of their list


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where all that is known of one device comes from."""

    entry: Entry
    identities: tuple[Identity, ...]
    rulings: tuple[Ruling, ...]  # newest first
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """An agency's last signature, and whether its rows still say what was signed."""

    signature: Signature
    stale: bool


@dataclass(frozen=True, slots=True)
class SourceScore:
    """A list, how good it is, and who answers for it."""

    source: Source
    score: Score
    signed: Signed | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person wants to decide; without `values` a USE takes what was proposed."""

    action: Action
    reason: str
    digest: str
    device_id: str | None = None
    values: Mapping[Field, str] | None = None


class Register:
    """The register of one installation. All methods block; `reconcile` for seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: tuple[tuple[int, int], dict[str, Entry]] | None = None

    # --- reconciliation -------------------------------------------------------------------

    def reconcile(self) -> Reconciled:
        """Hold all lists against each other and the network, and keep what is found."""
        now = self._clock.now()
        import_id = self._store.lists.last_import()
        grounds = self._grounds(now)
        found = reconcile(grounds, now)
        made = Reconciled(now, import_id, len(grounds.rows), len(grounds.devices), len(found))
        self._store.reconciliation.save(found, made)
        return made

    def _grounds(self, now: datetime) -> Grounds:
        rulings = self._store.reconciliation.rulings()
        waiting = self._store.quarantine.page(QuarantineState.WAITING, limit=_STRANGERS).items
        return Grounds(
            rows=Decided(rulings).rows(self._store.lists.rows()),
            devices=self._store.reconciliation.network(now),
            strangers=[
                Stranger(
                    row.id,
                    row.sighting.name,
                    row.sighting.first_seen_at,
                    row.sighting.last_seen_at,
                    row.sighting.about.get("address"),
                )
                for row in waiting
            ],
            areas=self._store.areas(),
            sites=self._store.sites(),
            rulings={ruling.finding_id: ruling for ruling in rulings},
        )

    # --- decisions ------------------------------------------------------------------------

    def decide(self, finding_id: str, wanted: Decision, *, author: str) -> FindingRow | None:
        """Take a decision on a finding; return it as it stands then, None when there is none.

        What was decided before stays readable. Raises DecisionRefusedError.
        """
        row = self._store.reconciliation.one(finding_id)
        if row is None:
            return None
        found = row.finding
        device_id = wanted.device_id or self._device_of(found, wanted.action)
        values = dict(wanted.values or found.proposal.values)
        if wanted.action is Action.USE:
            _check_values(found, values, device_id)
        ruling = Ruling(
            finding_id=finding_id,
            kind=found.kind,
            action=wanted.action,
            reason=wanted.reason,
            author=author,
            made_at=self._clock.now(),
            digest=wanted.digest,
            rows=found.rows,
            device_id=device_id,
            values=values if wanted.action is Action.USE else {},
        )
        return self._store.reconciliation.decide(ruling)

    def _device_of(self, found: Finding, action: Action) -> str | None:
        """Return the device that a decision is about: of its rows, that of the best list.

        For rows that are one device: a watched one that no list made, else as for others.
        """
        ranks = {source.id: source.rank for source in self._store.lists.sources()}
        rows = {RowRef(it.source, it.key): it for it in self._rows()}
        named = [
            (ranks.get(ref.source, 0), ref, rows[ref].device_id)
            for ref in found.rows
            if ref in rows and rows[ref].device_id is not None
        ]
        best = min(named)[2] if named else None
        if action is Action.SAME or best is None:
            own = {it.device_id for it in rows.values()}
            watched = [device_id for device_id in found.devices if device_id not in own]
            return watched[0] if watched else best or next(iter(found.devices), None)
        return best

    # --- looking up -----------------------------------------------------------------------

    def entries(self) -> dict[str, Entry]:
        """Return every device of the register by id; kept until lists or decisions change."""
        version = self._store.lists.last_import(), self._store.reconciliation.last_ruling_id()
        if self._known is None or self._known[0] != version:
            self._known = version, self._entries()
        return self._known[1]

    def provenance(self, device_id: str) -> Provenance | None:
        """Return where all that is known of a device comes from; None: nobody knows of it."""
        entry = self.entries().get(device_id)
        kept = self._store.reconciliation
        if entry is None:
            if self._store.device(device_id) is None:
                return None
            entry = Entry(device_id, {}, ())
        return Provenance(
            entry,
            tuple(kept.identities(device_id)),
            tuple(kept.rulings_of(device_id=device_id)),
            tuple(kept.about(device_id)),
        )

    def _entries(self) -> dict[str, Entry]:
        decided = Decided(self._store.reconciliation.rulings())
        rows = decided.rows(self._store.lists.rows())
        sources = {source.id: source for source in self._store.lists.sources()}
        by_device: dict[str, list[SourceRow]] = {}
        for row in rows:
            if row.device_id is not None:
                by_device.setdefault(row.device_id, []).append(row)
        return {
            device_id: Entry(
                device_id,
                values,
                tuple(
                    sorted(
                        by_device[device_id],
                        key=lambda it: (sources[it.source].rank, it.source, it.key),
                    )
                ),
            )
            for device_id, values in values_in_force(rows, sources, decided).items()
        }

    def _rows(self) -> list[SourceRow]:
        decided = Decided(self._store.reconciliation.rulings())
        return decided.rows(self._store.lists.rows())

    # --- agencies -------------------------------------------------------------------------

    def scores(self) -> list[SourceScore]:
        """Return how good each list is, by rank."""
        now = self._clock.now()
        kept = self._store.reconciliation
        undecided = kept.open_rows()
        network = {device.id: device for device in kept.network(now)}
        said: dict[str, list[SourceRow]] = {}
        for row in self._store.lists.rows():
            said.setdefault(row.source, []).append(row)
        return [
            SourceScore(
                source,
                score(self._linked(said.get(source.id, [])), undecided, network, now),
                self._signed(source.id, said.get(source.id, [])),
            )
            for source in self._store.lists.sources()
        ]

    def score(self, source_id: str) -> SourceScore | None:
        """Return how good one list is; None: there is none such."""
        return next((it for it in self.scores() if it.source.id == source_id), None)

    def sign(
        self, source_id: str, *, office: str, signed_on: str, note: str, author: str
    ) -> Signed | None:
        """Note that an agency signs its rows as they are now; None: there is no such list.

        Raises DecisionRefusedError without an office, and for a list without rows.
        """
        if self._store.lists.source(source_id) is None:
            return None
        rows = self._store.lists.rows(source_id)
        if not rows:
            raise DecisionRefusedError("the list has no rows; import it before it is signed")
        made = Signature(
            source=source_id,
            office=office,
            digest=rows_digest(rows),
            rows=len(rows),
            author=author,
            signed_on=signed_on,
            made_at=self._clock.now(),
            note=note,
        )
        return Signed(self._store.reconciliation.sign(made), stale=False)

    def _linked(self, rows: list[SourceRow]) -> list[SourceRow]:
        decided = Decided(self._store.reconciliation.rulings())
        return decided.rows(rows)

    def _signed(self, source_id: str, rows: list[SourceRow]) -> Signed | None:
        last = next(iter(self._store.reconciliation.signatures(source_id)), None)
        return None if last is None else Signed(last, last.digest != rows_digest(rows))


def _check_values(found: Finding, values: Mapping[Field, str], device_id: str | None) -> None:
    if not values:
        raise DecisionRefusedError(
            "no value is proposed; say which one is to be in force, as FIELD=VALUE; what the lists "
            "say is shown with the device"
        )
    if device_id is None:
        raise DecisionRefusedError(
            "none of these rows is about a device yet; import the list first, then decide"
        )
    about = set(found.proposal.values)
    if found.field is not None:
        about.add(found.field)
    if not about.isdisjoint(_PLACE):
        about |= _PLACE
    strange = sorted(of.value for of in values if of not in about)
    if strange:
        raise DecisionRefusedError(f"this finding is not about {', '.join(strange)}")
    if any(
        not value.strip() or not value.isprintable() or len(value) > 500
        for value in values.values()
    ):
        raise DecisionRefusedError("a value is empty, too long or cannot be printed")


__all__ = [
    "Decision",
    "DecisionRefusedError",
    "Entry",
    "Provenance",
    "Register",
    "Signed",
    "SourceScore",
]

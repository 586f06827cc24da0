"""Plans imports of lists, does them, and takes them back.

    list ─ read ─► plan ─► (under a lock) plan again ─► register.yaml, checked ─► store ─► in place

The store comes first, since the file follows from it: if the power goes between the two, the next
import, or `rewrite`, writes the file, and so does the API when it starts. Until then devices are
watched as before.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.clock import Clock
from collector.config import Config
from collector.config.problems import did_you_mean
from collector.inventory import Inventory, Known
from collector.inventory.adopting import InventoryBrokenError, adopting
from collector.inventory.load import read_inventory
from collector.model import Field, ImportRecord, Source, SourceRow
from collector.profiles import load_profiles
from collector.register.columns import Column, Meaning, meanings, plain
from collector.register.coordinates import BadValueError
from collector.register.devices import Registered, registered
from collector.register.file import (
    NotInPlaceError,
    RegisterRefusedError,
    checked_file,
    other_files,
    put_in_place,
)
from collector.register.plan import Background, Plan, make_plan
from collector.register.precedence import Decided, Decisions, values_in_force
from collector.register.reading import INVENTORY_FIELDS, ListTable, read_list
from collector.register.remarks import Code, ListRefusedError, Remark, shown
from collector.register.said import guessed_defaults
from collector.register.values import value_of
from collector.register.words import text_of
from collector.store import Store
from collector.store.register.lists import ListChange

_SAMPLES = 40
Progress = Callable[[str, int, int], None]
"""Told what is being done, and how many rows of how many: "rows", 500, 10000."""


def _silent(_what: str, _done: int, _of: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list that somebody sent, and how it is to be read; None: as remembered or proposed."""

    source: str
    file: str
    octets: bytes = field(repr=False)
    sheet: str | None = None
    columns: Mapping[str, Field | None] | None = None
    defaults: Mapping[Field, str] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    agency: str | None = None
    rank: int | None = None


@dataclass(slots=True)
class Look:
    """What a list was found to be. Without a `plan` its `problems` say why there is none."""

    source: Source
    is_new: bool
    sha256: str
    table: ListTable | None = None
    meanings: list[Meaning] = field(default_factory=list)
    plan: Plan | None = None
    problems: list[Remark] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way of importing it."""
        return self.plan is not None and self.plan.ready and not self.problems


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, and how many devices lists keep watched since."""

    record: ImportRecord
    devices: int


class NotReadyError(Exception):
    """A list cannot be imported as it is; `look` says what stands in the way."""

    def __init__(self, look: Look) -> None:
        self.look = look
        super().__init__(f"{look.source.id}: nothing was imported")


class PlanChangedError(Exception):
    """What would be done is not what was previewed."""


class Importer:
    """Imports into the register of one installation. All methods block."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        load: Callable[[], Config],
        *,
        decisions: Callable[[], Decisions] | None = None,
    ) -> None:
        """`load` reads the configuration anew; `decisions` gives what people decided."""
        self._store = store
        self._clock = clock
        self._load = load
        self._decisions = decisions or (lambda: Decided(store.reconciliation.rulings()))

    def preview(self, wanted: Wanted, progress: Progress = _silent) -> Look:
        """Return what importing a list would do. Nothing is changed.

        Raises InventoryBrokenError, ConfigError, ProblemsError and StoreError.
        """
        return self._look(wanted, self._load(), progress)

    def apply(
        self,
        wanted: Wanted,
        *,
        author: str,
        plan: str | None = None,
        progress: Progress = _silent,
    ) -> Applied:
        """Import a list as a whole; `plan` is the digest of the plan that was seen.

        A running collector takes in what changed within seconds. Raises NotReadyError,
        PlanChangedError, RegisterRefusedError, ListChangedError, and what `preview` raises.
        """
        config = self._load()
        with adopting(config):
            look = self._look(wanted, config, progress)
            if look.plan is None or not look.ready:
                raise NotReadyError(look)
            made = look.plan
            if plan is not None and plan != made.digest():
                raise PlanChangedError("what the import would do has changed; look at it again")
            change = ListChange(
                source=made.source,
                file=wanted.file,
                sha256=look.sha256,
                sheet=None if look.table is None else look.table.sheet,
                counts=made.counts,
                opened=made.opened,
                closed=made.closed,
                moved=made.moved,
            )
            progress("file", 0, len(made.result.inventory.devices))
            with checked_file(config, made.result.inventory, self._known(config)) as draft:
                now = self._clock.now()
                record = self._store.lists.apply(change, author=author, now=now, after=made.after)
                _follow(config, draft)
        return Applied(record, len(made.result.inventory.devices))

    def undo(self, import_id: int, *, author: str, progress: Progress = _silent) -> Applied:
        """Take an import back as a whole.

        Raises UndoRefusedError with what stands in the way, RegisterRefusedError, ListChangedError,
        InventoryBrokenError, ConfigError, ProblemsError and StoreError.
        """
        config = self._load()
        with adopting(config):
            after = self._store.lists.last_import()
            rows = self._store.lists.after_undo(import_id)
            made, known = self._registered(config, rows, self._store.lists.sources())
            progress("file", 0, len(made.inventory.devices))
            with checked_file(config, made.inventory, known) as draft:
                now = self._clock.now()
                record = self._store.lists.undo(import_id, author=author, now=now, after=after)
                _follow(config, draft)
        return Applied(record, len(made.inventory.devices))

    def change_source(self, source: Source, *, author: str) -> int:
        """Let what is known of a list be as given; return how many devices lists keep watched.

        Nothing is changed when the inventory does not take what follows from it. Raises what
        `rewrite` raises.
        """
        config = self._load()
        with adopting(config):
            lists = self._store.lists
            sources = [*(one for one in lists.sources() if one.id != source.id), source]
            made, known = self._registered(config, lists.rows(), sources)
            with checked_file(config, made.inventory, known) as draft:
                lists.save_source(source, author=author, now=self._clock.now())
                _follow(config, draft)
        return len(made.inventory.devices)

    def rewrite(self) -> int:
        """Write `register.yaml` anew from what lists say now; return how many devices it has.

        For what changes the values in force without an import: a decision. Raises
        RegisterRefusedError, InventoryBrokenError, ConfigError, ProblemsError, StoreError.
        """
        config = self._load()
        with adopting(config):
            lists = self._store.lists
            made, known = self._registered(config, lists.rows(), lists.sources())
            with checked_file(config, made.inventory, known) as draft:
                put_in_place(config, draft)
        return len(made.inventory.devices)

    # --- looking ----------------------------------------------------------------------------

    def _look(self, wanted: Wanted, config: Config, progress: Progress) -> Look:
        known_source = self._store.lists.source(wanted.source)
        source = _source_of(wanted, known_source)
        sha256 = hashlib.sha256(wanted.octets).hexdigest()
        look = Look(source, known_source is None, sha256)
        try:
            self._read(look, wanted, config, progress)
        except ListRefusedError as error:
            look.problems.extend(error.remarks)
        return look

    def _read(self, look: Look, wanted: Wanted, config: Config, progress: Progress) -> None:
        progress("reading", 0, 0)
        given = dict(wanted.columns or {})
        headings = {**look.source.columns, **given}
        table = read_list(wanted.octets, wanted.file, sheet=wanted.sheet, known=headings)
        look.table = table
        given, unknown = _matched(given, table.columns)
        look.problems.extend(unknown)
        remembered = dict(look.source.columns)
        if table.form == "inventory":
            remembered = {**INVENTORY_FIELDS, **remembered}
        look.meanings = meanings(table.columns, remembered, given, _samples(table))
        defaults, faults = _defaults_of(wanted, look.source, table, look.meanings)
        look.problems.extend(faults)
        look.source = replace(
            look.source, columns=_remembered(look.source, look.meanings, given), defaults=defaults
        )
        if look.problems:
            return
        background = self._background(config, look.source)
        total = len(table.rows)
        look.plan = make_plan(
            look.source,
            table,
            look.meanings,
            background,
            wanted.answers,
            now=self._clock.now(),
            progress=lambda rows: progress("rows", rows, total),
        )
        if Field.KIND in defaults and Field.KIND not in (wanted.defaults or {}):
            values = {"kind": defaults[Field.KIND]}
            look.plan.notes.append(Remark(Code.KIND_GUESSED, values))

    def _background(self, config: Config, source: Source) -> Background:
        lists = self._store.lists
        after = lists.last_import()  # first: what comes later makes the plan stale
        known = self._known(config)
        return Background(
            sources={one.id: one for one in lists.sources()},
            rows=lists.rows(),
            hand=_hand_written(config, known),
            known=known,
            past_devices=lists.past_devices(source.id),
            used=frozenset(facts.id for facts in self._store.facts()),
            decisions=self._decisions(),
            official=self._official(config),
            after=after,
        )

    def _known(self, config: Config) -> Known:
        profiles = load_profiles(config.profiles)
        return Known(profiles, frozenset(), frozenset(config.credentials))

    def _official(self, config: Config) -> dict[str, str]:
        """Return what areas are called by the codes that are in force today."""
        today = self._clock.now().astimezone(ZoneInfo(config.zone)).date()
        return {it.code: it.name for it in self._store.area_codes.register() if it.holds(today)}

    def _registered(
        self, config: Config, rows: Iterable[SourceRow], known_sources: Iterable[Source]
    ) -> tuple[Registered, Known]:
        known = self._known(config)
        sources = {one.id: one for one in known_sources}
        in_force = values_in_force(rows, sources, self._decisions())
        hand = _hand_written(config, known)
        made = registered(in_force, sources, hand, known, self._official(config))
        if made.faults:
            fault = made.faults[0]
            text = text_of(Remark(fault.code, {**fault.values, "device": fault.device_id}), "en")
            raise InventoryBrokenError(f"{fault.device_id} could not be written: {text}")
        return made, known


def _follow(config: Config, draft: Path) -> None:
    """Put the file in place after the store was changed. Raises NotInPlaceError."""
    try:
        put_in_place(config, draft)
    except InventoryBrokenError as error:
        raise NotInPlaceError(
            f"the lists are changed, but devices are watched as before: {error}; then run:"
            " pantau import --rewrite"
        ) from None


def _hand_written(config: Config, known: Known) -> Inventory:
    """Return what people (and adoptions) wrote. Raises InventoryBrokenError.

    References may lead to what only lists have; the whole is checked before it is written.
    """
    loaded = read_inventory(other_files(config), Known(known.profiles, known.broken_profiles, None))
    inventory = loaded.inventory
    empty = not (inventory.areas or inventory.sites or inventory.devices or inventory.owners)
    if loaded.problems and empty:
        raise InventoryBrokenError(
            f"the inventory has problems, such as {loaded.problems[0]}; see `pantau check-config`"
        )
    return inventory


def _source_of(wanted: Wanted, known: Source | None) -> Source:
    source = known or Source(wanted.source, wanted.name or wanted.source)
    return replace(
        source,
        name=wanted.name or source.name,
        agency=wanted.agency or source.agency,
        rank=source.rank if wanted.rank is None else wanted.rank,
    )


def _matched(
    given: Mapping[str, Field | None], columns: Iterable[Column]
) -> tuple[dict[str, Field | None], list[Remark]]:
    """Return what was said of columns by their headings as they stand, however they were typed."""
    by_heading = {column.heading: column.heading for column in columns}
    by_word = {plain(heading): heading for heading in by_heading}
    found: dict[str, Field | None] = {}
    unknown: list[Remark] = []
    for heading, meant in given.items():
        here = by_heading.get(heading) or by_word.get(plain(heading))
        if here is None:
            hint = did_you_mean(heading, by_heading)
            values = {"value": shown(heading), "hint": hint}
            unknown.append(Remark(Code.UNKNOWN_HEADING, values))
        else:
            found[here] = meant
    return found, unknown


def _samples(table: ListTable) -> dict[int, list[str]]:
    return {
        column.position: [row.cells[column.position] for row in table.rows[:_SAMPLES]]
        for column in table.columns
    }


def _defaults_of(
    wanted: Wanted, source: Source, table: ListTable, columns: Iterable[Meaning]
) -> tuple[dict[Field, str], list[Remark]]:
    """Return what holds for rows that leave a field empty: said, remembered, or read off the title.

    An empty text takes a default away.
    """
    said = {**source.defaults, **(wanted.defaults or {})}
    if Field.KIND not in said:
        said = {**guessed_defaults(table, wanted.file, list(columns)), **said}
    found: dict[Field, str] = {}
    faults: list[Remark] = []
    for of, text in said.items():
        try:
            if text.strip():
                found[of] = value_of(of, text.strip())
        except BadValueError as error:
            faults.append(Remark(error.code, error.values, None, None, of.value))
    return found, faults


def _remembered(
    source: Source, found: Iterable[Meaning], given: Mapping[str, Field | None]
) -> dict[str, Field | None]:
    """Return what a list's columns mean from now on, with what a person said is not used."""
    said = {**source.columns, **{heading: None for heading, meant in given.items() if not meant}}
    for meaning in found:
        if meaning.field is not None:
            said[meaning.column.heading] = meaning.field
    return said


__all__ = [
    "Applied",
    "Importer",
    "Look",
    "NotReadyError",
    "PlanChangedError",
    "RegisterRefusedError",
    "Wanted",
]

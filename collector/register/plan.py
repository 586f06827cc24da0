"""What importing a list would do: its rows held against what it said before and what else is known.

    rows ─ columns ─► said (problems) ─ keys ─► whose device? ─► created │ changed │ same
                                                     └► in doubt: a person says so
    rows of before that are gone ─► retired
    all lists as they would be then ─► `devices` ─► problems of what could not be written

A plan is data; nothing is done by making one. With a problem or an open doubt it is not `ready`.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain, repeat
from typing import NamedTuple

from collector.inventory import Inventory, Known
from collector.model import Field, ImportCounts, Source, SourceRow
from collector.register.columns import Meaning
from collector.register.devices import LeftOut, Registered, known_names, registered
from collector.register.doubts import Answer, Doubt, Identifier
from collector.register.names import Names
from collector.register.precedence import Decisions, ValuesInForce, values_in_force
from collector.register.reading import ListTable
from collector.register.remarks import Code, Remark
from collector.register.said import Said, read_rows

_GONE_SHARE, _GONE_LEAST = 0.2, 10
_FEW = 20  # devices that a note names


class Outcome(StrEnum):
    """What an import does to a row."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"
    RETIRED = "retired"


class Change(NamedTuple):
    """A field that is said otherwise than before."""

    field: Field
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """What an import does to one row. `row` is None where the list has it no more."""

    outcome: Outcome
    key: str
    device_id: str
    name: str | None
    row: int | None
    changes: tuple[Change, ...] = ()
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True)
class Background:
    """What a list is held against.

    `after` is the newest import that this knows of; `used` are ids of devices that are or were.
    """

    sources: Mapping[str, Source]
    rows: Sequence[SourceRow]  # of all lists, as they are now
    hand: Inventory
    known: Known
    past_devices: Mapping[str, str] = field(default_factory=dict)  # of this list, by key
    used: frozenset[str] = frozenset()
    decisions: Decisions = field(default_factory=dict)
    official: Mapping[str, str] = field(default_factory=dict)  # names of areas by their codes
    after: int = 0


@dataclass(slots=True)
class Plan:
    """What importing a list would do."""

    source: Source
    table: ListTable
    meanings: Sequence[Meaning]
    key_field: Field
    items: list[Item] = field(default_factory=list)
    opened: list[SourceRow] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    names: Names | None = None
    result: Registered = field(default_factory=Registered)
    after: int = 0

    @property
    def open_doubts(self) -> int:
        """How many doubts nobody has answered."""
        return sum(1 for doubt in self.doubts if doubt.answer is None)

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way of doing it."""
        return not self.problems and not self.open_doubts

    @property
    def counts(self) -> ImportCounts:
        """How many rows are what."""
        outcomes = [item.outcome for item in self.items]
        return ImportCounts(*(outcomes.count(one) for one in Outcome))

    def digest(self) -> str:
        """Return a word that differs when anything of what would be done differs."""
        said = hashlib.sha256(repr((self.after, self.source)).encode())
        for row in self.opened:
            values = chain.from_iterable(row.values.items())
            said.update("\x1f".join((row.key, row.device_id or "", *values, "\n")).encode())
        said.update(repr((sorted(self.closed), self.counts)).encode())
        return said.hexdigest()[:32]


def make_plan(
    source: Source,
    table: ListTable,
    meanings: Sequence[Meaning],
    background: Background,
    answers: Mapping[str, str],
    *,
    now: datetime,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Plan:
    """Return what importing a list would do; `source` is as it will be then.

    `answers` are what a person said of rows in doubt, by key. `progress` is told how many rows
    were read.
    """
    others = [row for row in background.rows if row.source != source.id]
    before = {row.key: row for row in background.rows if row.source == source.id}
    in_force = values_in_force(background.rows, background.sources, background.decisions)
    names = known_names(in_force, background.hand, background.official)
    read = read_rows(source, table, meanings, names, before, progress)
    plan = Plan(source, table, meanings, read.key_field, names=names, after=background.after)
    plan.problems = [*table.problems, *read.problems]
    plan.notes = [*table.notes, *read.notes]
    identify = Identifier(
        source.id,
        read.rows,
        before,
        others,
        background.hand,
        background.past_devices,
        background.used,
        {key: Answer.read(text) for key, text in answers.items()},
    )
    placed = [(said, found) for said in read.rows if (found := identify.device_of(said))]
    kept = {said.key for said in read.rows if said.key in before}
    _compare(plan, placed, before, identify.ids, now)
    _retire(plan, before, kept, identify, answers)
    _hold_against_all(plan, others, before, background, read.place_of)
    plan.doubts.extend(identify.doubts)
    plan.doubts.sort(key=lambda doubt: doubt.remark.row or 0)
    plan.problems.sort(key=_place)
    return plan


def _place(remark: Remark) -> tuple[int, int, str]:
    column = remark.column or ""
    return remark.row or 0, len(column), column


def _compare(
    plan: Plan,
    placed: Sequence[tuple[Said, tuple[str, str | None]]],
    before: Mapping[str, SourceRow],
    ids: Collection[str],
    now: datetime,
) -> None:
    """Tell what is new, changed and same; a row whose key was changed is no new one."""
    parents = _Parents(placed, ids)
    for said, (device_id, old_key) in placed:
        values = parents.resolved(said.values)
        row = SourceRow(plan.source.id, said.key, values, said.row, 0, now, device_id)
        old = before.get(said.key if old_key is None else old_key)
        name = values.get(Field.NAME)
        if old is None:
            outcome = Outcome.CREATED
            changes = tuple(map(Change, values, repeat(None), values.values()))
        else:
            changes = _changes(old, row)
            outcome = Outcome.CHANGED if changes else Outcome.SAME
        plan.items.append(Item(outcome, said.key, device_id, name, said.row, changes))
        if outcome is not Outcome.SAME:
            plan.opened.append(row)
        elif old is not None and old.row != said.row:
            plan.moved[said.key] = said.row
        if old is not None and old.key != said.key:
            plan.closed.append(old.key)


class _Parents:
    """Lets parents be named by the list's own keys and names as well as by ids."""

    def __init__(
        self, placed: Sequence[tuple[Said, tuple[str, str | None]]], ids: Collection[str]
    ) -> None:
        self._ids = {*ids, *(device_id for _, (device_id, _) in placed)}
        self._by_word = {said.key: device_id for said, (device_id, _) in placed}
        for said, (device_id, _) in placed:
            self._by_word.setdefault(said.values.get(Field.NAME, said.key), device_id)

    def resolved(self, values: Mapping[Field, str]) -> Mapping[Field, str]:
        text = values.get(Field.PARENTS)
        if text is None:
            return values
        words = [one.strip() for one in text.split(",")]
        found = [one if one in self._ids else self._by_word.get(one, one) for one in words]
        return {**values, Field.PARENTS: ", ".join(found)}


def _changes(old: SourceRow, new: SourceRow) -> tuple[Change, ...]:
    if (old.key, old.device_id, old.values) == (new.key, new.device_id, new.values):
        return ()  # nearly all rows of a list that is sent again
    changes = [
        Change(one, old.values.get(one), new.values.get(one))
        for one in Field
        if old.values.get(one) != new.values.get(one)
    ]
    if old.key != new.key and not any(change.field is Field.KEY for change in changes):
        changes.insert(0, Change(Field.KEY, old.key, new.key))
    if old.device_id != new.device_id and not any(it.field is Field.ID for it in changes):
        changes.insert(0, Change(Field.ID, old.device_id, new.device_id))
    return tuple(changes)


def _retire(
    plan: Plan,
    before: Mapping[str, SourceRow],
    kept: set[str],
    identify: Identifier,
    answers: Mapping[str, str],
) -> None:
    """Retire what the list has no more; many at once are doubted: half a list was sent."""
    kept = {*kept, *identify.awaited, *plan.closed}  # closed by now: it goes by another key
    gone = [row for key, row in before.items() if key not in kept]
    for row in gone:
        plan.closed.append(row.key)
        name = row.values.get(Field.NAME)
        plan.items.append(Item(Outcome.RETIRED, row.key, row.device_id or "", name, None))
    many = len(gone) >= _GONE_LEAST and len(gone) > _GONE_SHARE * len(before)
    if many or len(gone) == len(before) > 1:  # all: perhaps it is another agency's list
        values = {"gone": str(len(gone)), "before": str(len(before))}
        answer = "retire" if answers.get("") == "retire" else None
        remark = Remark(Code.MANY_GONE, values)
        plan.doubts.append(Doubt("", remark, (), ("retire",), answer))


def _hold_against_all(
    plan: Plan,
    others: Sequence[SourceRow],
    before: Mapping[str, SourceRow],
    background: Background,
    place_of: Callable[[int, Field], Remark],
) -> None:
    """Make what all lists would come to, and turn what is wrong with it into problems of rows."""
    gone = {*plan.closed, *(row.key for row in plan.opened)}
    mine = [row for key, row in before.items() if key not in gone]
    rows = [*others, *mine, *plan.opened]
    sources = {**background.sources, plan.source.id: plan.source}
    in_force: Mapping[str, ValuesInForce] = values_in_force(rows, sources, background.decisions)
    plan.result = registered(
        in_force, sources, background.hand, background.known, background.official
    )
    lines = {item.device_id: item.row for item in plan.items if item.row is not None}
    for fault in plan.result.faults:
        row = lines.get(fault.device_id)
        values = {**fault.values, "device": fault.device_id}
        place = Remark(fault.code) if row is None else place_of(row, fault.field)
        plan.problems.append(replace(place, code=fault.code, values=values))
    in_city = [one for one in plan.result.in_city if one in lines]
    if in_city:
        plan.notes.append(Remark(Code.AREA_OF_CITY, {"count": str(len(in_city))}))
    for reason, code in (
        (LeftOut.HAND_WRITTEN, Code.HAND_WRITTEN),
        (LeftOut.NO_ADDRESS, Code.NO_ADDRESS),
    ):
        left = [one for one, why in plan.result.left_out.items() if why is reason and one in lines]
        if left:
            some = ", ".join(left[:_FEW])
            plan.notes.append(Remark(code, {"count": str(len(left)), "devices": some}))
    left_out = plan.result.left_out
    plan.items = [
        replace(item, left_out=left_out[item.device_id]) if item.device_id in left_out else item
        for item in plan.items
    ]

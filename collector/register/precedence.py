"""Which of the things that lists say of a device is in force, and who said it.

Of a device each field is taken by itself: what a person decided, else what the list with the lowest
rank says, else, of lists with one rank, the one whose id comes first. So two lists that each know
half of a device make a whole one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from collector.model import Field, Source, SourceRow
from collector.model.findings import Action, RowRef, Ruling

_ABOUT_THE_LIST = frozenset({Field.KEY, Field.ID, Field.NOTE})
"""What lists say for themselves; no list overrules another in it."""


class Said(NamedTuple):
    """A value, with who said it and when. `source` is None for what a person decided."""

    value: str
    source: str | None
    import_id: int | None
    seen_at: datetime


ValuesInForce = Mapping[Field, Said]
Decisions = Mapping[tuple[str, Field], Said]
"""What people decided, by device and field."""

_NOTHING_DECIDED: Decisions = {}


class Decided(dict[tuple[str, Field], Said]):
    """All that people decided: the values, which rows are about one device, which no longer count.

    A mapping of values like any `Decisions`; `values_in_force` asks it about the rows as well.
    """

    def __init__(self, rulings: Iterable[Ruling]) -> None:
        """Take the rulings that are in force, in the order in which they were made."""
        super().__init__()
        self._devices: dict[RowRef, str] = {}
        self._retired: set[RowRef] = set()
        for ruling in rulings:
            if ruling.action is Action.SAME and ruling.device_id is not None:
                self._devices |= dict.fromkeys(ruling.rows, ruling.device_id)
            elif ruling.action is Action.RETIRE:
                self._retired |= set(ruling.rows)
            elif ruling.action is Action.USE and ruling.device_id is not None:
                for of, value in ruling.values.items():
                    self[(ruling.device_id, of)] = Said(value, None, None, ruling.made_at)

    def rows(self, rows: Iterable[SourceRow]) -> list[SourceRow]:
        """Return the rows that count, each with the device that it is about."""
        found = []
        for row in rows:
            ref = RowRef(row.source, row.key)
            if ref not in self._retired:
                device_id = self._devices.get(ref)
                found.append(row if device_id is None else replace(row, device_id=device_id))
        return found


def values_in_force(
    rows: Iterable[SourceRow],
    sources: Mapping[str, Source],
    decisions: Decisions = _NOTHING_DECIDED,
) -> dict[str, ValuesInForce]:
    """Return what is in force of each device that rows are about, by id and field; ids sorted.

    Rows of which it is not decided what device they are about are left out, and so is what was
    decided of a device that no list has.
    """
    if isinstance(decisions, Decided):
        rows = decisions.rows(rows)
    found: dict[str, dict[Field, Said]] = {}
    ranked = [row for row in rows if row.device_id is not None]
    ranked.sort(key=lambda row: (_rank(sources, row.source), row.source, row.key))
    for row in ranked:
        source, import_id, seen_at = row.source, row.import_id, row.seen_at
        fresh = {
            field: Said(value, source, import_id, seen_at)
            for field, value in row.values.items()
            if field not in _ABOUT_THE_LIST
        }
        better = found.setdefault(row.device_id or "", fresh)
        if better is not fresh:  # a list before this one has it as well
            better |= {field: it for field, it in fresh.items() if field not in better}
    for (device_id, field), said in decisions.items():
        if device_id in found:
            found[device_id][field] = said
    return {device_id: found[device_id] for device_id in sorted(found)}


def _rank(sources: Mapping[str, Source], source_id: str) -> int:
    source = sources.get(source_id)
    return 0 if source is None else source.rank

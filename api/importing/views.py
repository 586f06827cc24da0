"""Plans and records of imports as JSON; `api.schemas.imports` has the shapes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.importing.service import Applied, Look
from collector.model import Field as ListField
from collector.model import ImportRecord, RowVersion, Source
from collector.register.columns import Meaning, Why
from collector.register.doubts import Doubt
from collector.register.plan import Change, Item, Outcome, Plan
from collector.register.reading import ListTable
from collector.register.remarks import Remark, shown
from collector.register.words import both

SHOWN_ITEMS = 500  # of each outcome
SHOWN_REMARKS = 500
_EXAMPLES = 3
_NO_NAMES = {"areas": {}, "owners": {}, "sites": 0}


def preview_view(look: Look, file: str) -> dict[str, Any]:
    """Return what a preview is answered with; `upload` is the mark of the list's octets."""
    plan, table = look.plan, look.table
    problems = [*look.problems, *(plan.problems if plan else table.problems if table else ())]
    notes = plan.notes if plan else table.notes if table else []
    doubts = plan.doubts if plan else []
    counts = counts_view(plan.counts) if plan else dict.fromkeys(_COUNTED, 0)
    return {
        "upload": look.sha256,
        "file": file,
        "form": table.form if table else _form_of(file),
        "sheet": table.sheet if table else None,
        "sheets": list(table.sheets) if table else [],
        "source": look.source.id,
        "new_source": look.is_new,
        "heading_row": table.heading_row if table else None,
        "rows": len(table.rows) if table else 0,
        "columns": [_column_view(meaning, table) for meaning in look.meanings] if table else [],
        "defaults": {of.value: value for of, value in look.source.defaults.items()},
        "counts": {**counts, "in_doubt": plan.open_doubts if plan else 0},
        "new": _names_view(plan) if plan else _NO_NAMES,
        "ready": look.ready,
        "plan": plan.digest() if plan else "",
        "problems": [remark_view(one) for one in problems[:SHOWN_REMARKS]],
        "problems_total": len(problems),
        "notes": [remark_view(one) for one in notes[:SHOWN_REMARKS]],
        "notes_total": len(notes),
        "doubts": [_doubt_view(one) for one in doubts[:SHOWN_REMARKS]],
        "doubts_total": len(doubts),
        "items": [item_view(item) for item in shown_items(plan.items)] if plan else [],
    }


_COUNTED = ("created", "changed", "same", "retired")


def counts_view(counts: object) -> dict[str, int]:
    """Return how many rows were what."""
    return {name: getattr(counts, name) for name in _COUNTED}


def shown_items(items: Sequence[Item]) -> list[Item]:
    """Return what is worth seeing first, in bounds: retired, changed, created; what stays last."""
    order = (Outcome.RETIRED, Outcome.CHANGED, Outcome.CREATED, Outcome.SAME)
    found: list[Item] = []
    for outcome in order:
        some = [item for item in items if item.outcome is outcome]
        found.extend(some[:SHOWN_ITEMS])
    return found


def remark_view(remark: Remark) -> dict[str, Any]:
    """Return a remark with its words in every language."""
    return {
        "code": remark.code.value,
        "row": remark.row,
        "column": remark.column,
        "heading": remark.heading,
        "values": dict(remark.values),
        "texts": {
            language: {"problem": text.problem, "remedy": text.remedy}
            for language, text in both(remark).items()
        },
    }


def item_view(item: Item) -> dict[str, Any]:
    """Return what happens to one row."""
    return {
        "outcome": item.outcome.value,
        "key": item.key,
        "device": item.device_id or None,
        "name": item.name,
        "row": item.row,
        "watched": item.left_out is None and item.outcome is not Outcome.RETIRED,
        "why_not": None if item.left_out is None else item.left_out.value,
        "changes": [_change_view(one) for one in item.changes],
    }


def record_view(record: ImportRecord, *, undoable: bool) -> dict[str, Any]:
    """Return an import that was done."""
    return {
        "id": record.id,
        "source": record.source,
        "file": record.file,
        "sheet": record.sheet,
        "counts": counts_view(record.counts),
        "author": record.author,
        "at": record.at,
        "undoes": record.undoes,
        "undone_by": record.undone_by,
        "undoable": undoable,
    }


def applied_view(applied: Applied) -> dict[str, Any]:
    """Return what became of an import, or of its undoing."""
    record = applied.record
    return {
        "import": record_view(record, undoable=record.undoes is None),
        "devices": applied.devices,
    }


def versions_view(
    opened: Iterable[RowVersion], closed: Iterable[RowVersion]
) -> list[dict[str, Any]]:
    """Return what an import did, row by row, from the versions that it opened and closed."""
    before = {version.said.key: version.said for version in closed}
    by_device = {said.device_id: said for said in before.values() if said.device_id}
    items: list[Item] = []
    for version in opened:
        said = version.said
        old = before.pop(said.key, None) or by_device.get(said.device_id or "")
        if old is not None:
            before.pop(old.key, None)
        outcome = Outcome.CREATED if old is None else Outcome.CHANGED
        was: Mapping[ListField, str] = {} if old is None else old.values
        changes = tuple(
            Change(of, was.get(of), said.values.get(of))
            for of in ListField
            if was.get(of) != said.values.get(of)
        )
        name = said.values.get(ListField.NAME)
        items.append(Item(outcome, said.key, said.device_id or "", name, said.row, changes))
    for said in before.values():
        name = said.values.get(ListField.NAME)
        items.append(Item(Outcome.RETIRED, said.key, said.device_id or "", name, None))
    return [item_view(item) for item in items]


def source_view(
    source: Source, rows: int, last_import: ImportRecord | None, *, undoable: bool
) -> dict[str, Any]:
    """Return a list that somebody keeps."""
    return {
        "id": source.id,
        "name": source.name,
        "agency": source.agency,
        "rank": source.rank,
        "columns": {heading: of and of.value for heading, of in source.columns.items()},
        "defaults": {of.value: value for of, value in source.defaults.items()},
        "rows": rows,
        "last_import": last_import and record_view(last_import, undoable=undoable),
    }


def _form_of(file: str) -> str:
    ending = file.lower().rpartition(".")[2]
    return {"yml": "yaml", "yaml": "yaml", "xlsx": "xlsx"}.get(ending, "csv")


def _column_view(meaning: Meaning, table: ListTable) -> dict[str, Any]:
    column = meaning.column
    filled = (row.cells[column.position] for row in table.rows[:200])
    examples = [] if meaning.secret else list(dict.fromkeys(filter(None, filled)))[:_EXAMPLES]
    return {
        "letter": column.letter,
        "heading": column.heading,
        "field": None if meaning.field is None else meaning.field.value,
        "why": Why.UNUSED.value if meaning.secret else meaning.why.value,
        "examples": [shown(one) for one in examples],
    }


def _names_view(plan: Plan) -> dict[str, Any]:
    names = plan.names
    if names is None:
        return _NO_NAMES
    return {
        "areas": dict(names.new_areas),
        "owners": dict(names.new_owners),
        "sites": len(names.new_sites),
    }


def _change_view(change: Change) -> dict[str, str | None]:
    return {"field": change.field.value, "old": change.old, "new": change.new}


def _doubt_view(doubt: Doubt) -> dict[str, Any]:
    return {
        **remark_view(doubt.remark),
        "key": doubt.key,
        "candidates": [
            {"device": it.device_id, "name": it.name, "because": it.because.value}
            for it in doubt.candidates
        ],
        "answers": list(doubt.answers),
        "answer": doubt.answer,
    }

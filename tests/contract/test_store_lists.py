"""Lists as rows: who said what from when to when, and taking a whole import back."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from collector.model import Field, ImportCounts, ImportRecord, Source, SourceRow
from collector.store import Store
from collector.store.register.lists import ListChange, ListChangedError, UndoRefusedError
from tests.contract.store_backends import BACKENDS, T0, at, open_backend

SOURCE = Source("dishub", "Dishub: CCTV", "dishub", 50, {"Nama": Field.NAME, "No": None})


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        yield opened


def row(key: str, name: str, line: int = 2, source: str = "dishub") -> SourceRow:
    return SourceRow(source, key, {Field.NAME: name}, line, 0, T0, f"{source}-{key}")


def apply(
    store: Store,
    *opened: SourceRow,
    closed: tuple[str, ...] = (),
    moved: Mapping[str, int] | None = None,
    minutes: float = 0,
    source: Source = SOURCE,
) -> ImportRecord:
    counts = ImportCounts(created=len(opened), retired=len(closed))
    change = ListChange(source, "cctv.xlsx", "ab", "CCTV", counts, opened, closed, moved or {})
    after = store.lists.last_import()
    return store.lists.apply(change, author="sari", now=at(minutes), after=after)


def says(store: Store, source: str = "dishub") -> dict[str, str]:
    return {it.key: it.values[Field.NAME] for it in store.lists.rows(source)}


def test_a_source_comes_back_as_it_was_saved_and_saving_it_again_changes_nothing(
    store: Store,
) -> None:
    assert store.lists.save_source(SOURCE, author="sari", now=T0)
    assert not store.lists.save_source(SOURCE, author="sari", now=at(1))
    assert store.lists.sources() == [SOURCE]
    assert store.lists.source("dishub") == SOURCE
    assert store.lists.source("lain") is None
    (entry,) = store.audit.page(about="source:dishub").items
    assert (entry.action, entry.author) == ("source.create", "sari")


def test_rows_come_back_with_the_import_that_said_them(store: Store) -> None:
    record = apply(store, row("1", "Losari"), row("2", "Karebosi", 3))
    assert says(store) == {"1": "Losari", "2": "Karebosi"}
    (first, _) = store.lists.rows("dishub")
    assert (first.import_id, first.seen_at, first.device_id) == (record.id, T0, "dishub-1")
    assert record.counts.created == 2
    assert store.lists.import_record(record.id) == record


def test_what_a_row_said_before_stays_readable(store: Store) -> None:
    first = apply(store, row("1", "Losari"))
    second = apply(store, row("1", "Anjungan Losari"), minutes=5)
    third = apply(store, closed=("1",), minutes=9)
    assert says(store) == {}
    newer, older = store.lists.history(source_id="dishub", key="1")
    assert (older.said.values, older.until_at) == ({Field.NAME: "Losari"}, at(5))
    assert (older.opened_by, older.closed_by) == (first.id, second.id)
    assert (newer.from_at, newer.until_at, newer.closed_by) == (at(5), at(9), third.id)
    assert store.lists.history(device_id="dishub-1") == [newer, older]


def test_a_row_that_only_moved_keeps_its_history_and_tells_its_new_line(store: Store) -> None:
    apply(store, row("1", "Losari"))
    apply(store, moved={"1": 40}, minutes=1)
    assert [it.row for it in store.lists.rows()] == [40]
    assert len(store.lists.history(key="1")) == 1


def test_a_gone_key_remembers_its_device(store: Store) -> None:
    apply(store, row("1", "Losari"))
    apply(store, closed=("1",), minutes=1)
    assert store.lists.past_devices("dishub") == {"1": "dishub-1"}


def test_a_plan_that_another_import_overtook_is_refused_and_writes_nothing(store: Store) -> None:
    change = ListChange(SOURCE, "a.csv", "", None, ImportCounts(), [row("9", "x")])
    apply(store, row("1", "Losari"))
    with pytest.raises(ListChangedError, match=r"plan a\.csv again"):
        store.lists.apply(change, author="sari", now=T0, after=0)
    assert says(store) == {"1": "Losari"}


# --- taking back ------------------------------------------------------------------------------


def undo(store: Store, import_id: int, minutes: float = 60) -> ImportRecord:
    after = store.lists.last_import()
    would_say = store.lists.after_undo(import_id)
    record = store.lists.undo(import_id, author="budi", now=at(minutes), after=after)
    assert [(it.key, it.values) for it in would_say] == [
        (it.key, it.values) for it in store.lists.rows()
    ]
    return record


def test_an_undo_brings_back_what_was_changed_and_retired_and_takes_out_what_came(
    store: Store,
) -> None:
    apply(store, row("1", "Losari"), row("2", "Karebosi"))
    apply(store, row("x", "lain", source="pu"), source=Source("pu", "PU"))
    second = apply(store, row("1", "Salah"), row("3", "Baru"), closed=("2",), minutes=5)
    record = undo(store, second.id)
    assert says(store) == {"1": "Losari", "2": "Karebosi"}
    assert says(store, "pu") == {"x": "lain"}
    assert (record.undoes, record.author) == (second.id, "budi")
    assert record.counts == ImportCounts(created=1, changed=1, same=0, retired=1)
    again = store.lists.import_record(second.id)
    assert again is not None
    assert again.undone_by == record.id
    (entry,) = store.audit.page(about=f"import:{second.id}").items
    assert (entry.action, entry.author) == ("import.undo", "budi")


def test_what_an_undone_import_said_stays_readable(store: Store) -> None:
    apply(store, row("1", "Losari"))
    second = apply(store, row("1", "Salah"), minutes=5)
    undo(store, second.id)
    back, wrong, first = store.lists.history(key="1")
    assert [it.said.values[Field.NAME] for it in (back, wrong, first)] == [
        "Losari",
        "Salah",
        "Losari",
    ]
    assert (back.said.import_id, back.said.seen_at) == (first.opened_by, T0)
    assert back.from_at == at(60)


def test_imports_are_taken_back_one_after_the_other_down_to_nothing(store: Store) -> None:
    ids = [apply(store, row("1", f"Nama {n}"), minutes=n).id for n in range(4)]
    for import_id, name in zip(reversed(ids), ["Nama 2", "Nama 1", "Nama 0", None], strict=True):
        undo(store, import_id)
        assert says(store).get("1") == name


def test_an_earlier_import_says_which_later_ones_stand_in_its_way(store: Store) -> None:
    first, second = (apply(store, row("1", f"Nama {n}"), minutes=n).id for n in range(2))
    with pytest.raises(UndoRefusedError, match=f"take back {second} first"):
        undo(store, first)


def test_an_import_is_taken_back_once_and_an_undo_never(store: Store) -> None:
    import_id = apply(store, row("1", "Losari")).id
    record = undo(store, import_id)
    with pytest.raises(UndoRefusedError, match="taken back already"):
        undo(store, import_id)
    with pytest.raises(UndoRefusedError, match="import the list again"):
        undo(store, record.id)
    with pytest.raises(UndoRefusedError, match="there is no import 999"):
        undo(store, 999)


def test_imports_are_listed_in_pages_newest_first(store: Store) -> None:
    ids = [apply(store, row("1", f"Nama {n}"), minutes=n).id for n in range(3)]
    page = store.lists.imports(limit=2)
    assert [it.id for it in page.items] == ids[:0:-1]
    rest = store.lists.imports(limit=2, after=page.next)
    assert ([it.id for it in rest.items], rest.next) == (ids[:1], None)
    assert store.lists.imports(source_id="lain").items == ()


def test_the_versions_of_an_import_are_what_it_opened_and_closed(store: Store) -> None:
    apply(store, row("1", "Losari"))
    second = apply(store, row("2", "Baru"), closed=("1",), minutes=1)
    opened, closed = store.lists.versions_of(second.id)
    assert [it.said.key for it in opened] == ["2"]
    assert [it.said.key for it in closed] == ["1"]

"""The SQLite store as a file: settings, migrations, several openers, and a full disk."""

import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from collector.model import DeviceState, Heartbeat, State
from collector.store import Batch, Store, StoreError, migrations
from collector.store.dialects import make_reader, make_writer
from collector.store.migrations import newest
from collector.store.migrations.scripts import configuration
from collector.store.schema import metadata
from tests import new_stores
from tests.conftest import REPOSITORY
from tests.contract.alerts_made import alert
from tests.contract.store_backends import T0, change, city, state

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pantau.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("store")
def test_a_commit_reaches_the_disk_and_readers_never_write(path: Path) -> None:
    with make_writer(path).connect() as writer:
        pragmas = {
            name: writer.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }
    with make_reader(path).connect() as reader:
        assert reader.exec_driver_sql("PRAGMA query_only").scalar() == 1


def test_a_reader_does_not_wait_for_a_writer_and_sees_one_moment(path: Path, store: Store) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE devices SET name = 'half way'")
        assert "half way" not in {row.name for row in store.devices().items}
        writer.execute("ROLLBACK")


def test_a_database_in_memory_is_refused_because_processes_share_it() -> None:
    with pytest.raises(StoreError, match="needs a file"):
        Store.open("sqlite://")


def test_opening_for_reading_makes_no_store(path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        Store.open(path, read_only=True)
    assert not path.exists()


@pytest.mark.usefixtures("store")
def test_a_store_is_opened_by_its_url_as_well(path: Path) -> None:
    with Store.open(f"sqlite:///{path}", read_only=True) as same:
        assert len(same.devices().items) == 3


def test_what_is_no_database_is_an_error_that_names_the_file(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match=r"pantau\.db: file is not a database"):
        Store.open(path)


# --- migrations -------------------------------------------------------------------------------


def test_the_newest_revision_is_told_by_the_scripts_names() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert newest() == scripts.get_current_head()
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")


def test_opening_a_store_that_is_up_to_date_does_not_load_alembic(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from collector.store import Store\n"
        "with Store.open(Path(sys.argv[1])): print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", code, str(path)],
            capture_output=True, text=True, check=True, cwd=REPOSITORY,
        ).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip
    assert said == ["True", "False"]


def test_the_copies_that_tests_begin_with_are_what_a_first_start_makes(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def upgrade(connection: Connection) -> None:
        new_stores.upgrade(connection)
        ran.append("all migrations")

    Store.open(path).close()
    monkeypatch.setattr(migrations, "upgrade", upgrade)
    Store.open(tmp_path / "first.db").close()
    assert ran
    assert dumped(path) == dumped(tmp_path / "first.db")


def dumped(path: Path) -> list[str]:
    """Everything that is in a store, as statements."""
    with closing(sqlite3.connect(path)) as connection:
        return [*connection.iterdump()]


@pytest.mark.usefixtures("store")
def test_the_migrations_build_exactly_the_schema(path: Path) -> None:
    with make_reader(path).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.usefixtures("store")
def test_the_migrations_build_the_checks_too_which_alembic_does_not_compare(
    path: Path, tmp_path: Path
) -> None:
    metadata.create_all(create_engine(f"sqlite:///{tmp_path / 'direct.db'}"))
    migrated, direct = (statements(p) for p in (path, tmp_path / "direct.db"))
    migrated.pop("alembic_version")
    assert migrated == direct


def statements(path: Path) -> dict[str, list[str]]:
    """Each table's and index's definition, as a sorted list of its parts."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {
            name: sorted(parts(sql))
            for name, sql in rows.fetchall()
            if not name.startswith("sqlite_")
        }


def parts(sql: str) -> list[str]:
    """The statement cut at its line ends and at the commas outside of parentheses.

    SQLite writes a column that was added later at the statement's end, after the constraints.
    """
    lines = re.split(r"\n|,(?![^()]*\))", sql)
    found = (re.sub(r"\s+", " ", line).strip(" ,)") for line in lines)
    return [part for part in found if part]


@pytest.mark.usefixtures("store")
def test_the_migrations_go_back_to_nothing_and_up_again(path: Path) -> None:
    with make_writer(path).begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert set(statements(path)) == {"alembic_version"}
    with Store.open(path) as again:
        assert again.devices().items == ()


def test_a_store_from_before_there_were_alerts_is_upgraded_with_all_that_is_in_it(
    path: Path, store: Store
) -> None:
    store.commit([state("cam-1", DOWN)], [], [change("cam-1", UP, DOWN, 5)])
    store.close()
    with make_writer(path).begin() as connection:
        command.downgrade(configuration(connection), "v0004")
    assert "alerts" not in statements(path)
    with pytest.raises(StoreError, match=r"is v0004.*start the collector"):
        Store.open(path, read_only=True)
    with Store.open(path) as upgraded:
        (news,) = upgraded.alerts.news(0)
        assert (news.transition.device_id, news.transition.new) == ("cam-1", DOWN)
        assert news.incident is not None
        assert upgraded.alerts.begin().marks == {}
        (made,) = upgraded.alerts.commit(Batch(T0, alerts=[alert("cam-1")])).alerts
        assert upgraded.alerts.begin().alerts == (made,)


def test_a_migration_that_fails_half_way_leaves_the_store_as_it_was(path: Path) -> None:
    writer = make_writer(path)

    @event.listens_for(writer, "before_cursor_execute")
    def _fail_late(*args: object) -> None:
        if "CREATE TABLE check_states" in str(args[2]):
            raise OSError("the machine died")

    with pytest.raises(OSError, match="died"), writer.begin() as connection:
        command.upgrade(configuration(connection), "head")
    assert statements(path) == {}
    with Store.open(path) as store:
        assert store.last_transition_id() == 0


@pytest.mark.usefixtures("store")
def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9999'")
    for read_only in (False, True):
        with pytest.raises(StoreError, match="v9999") as caught:
            Store.open(path, read_only=read_only)
        assert caught.value.permanent
    assert newest() != "v9999"


# --- states that merely moved -----------------------------------------------------------------


def beat(store: Store, run: str, *states: DeviceState) -> None:
    store.beat(Heartbeat("main", run, T0, T0, {}), [], states)


def test_a_state_whose_row_was_taken_away_is_written_anew(store: Store, path: Path) -> None:
    states = state("cam-1", UP, 1), state("sw-1", UP, 1)
    beat(store, "run-1", *states)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM device_states WHERE device_id = 'cam-1'")
    beat(store, "run-1", *states)
    assert set(store.load_states().devices) == {"cam-1", "sw-1", "sensor-1"}


def test_what_another_run_wrote_between_two_heartbeats_is_overwritten(
    store: Store, path: Path
) -> None:
    believed = state("cam-1", UP, 1)
    beat(store, "run-1", believed)
    beat(store, "run-1", believed)
    with Store.open(path) as twin:
        beat(twin, "run-2", state("cam-1", DOWN, 2))
    assert store.load_states().devices["cam-1"].state is DOWN
    beat(store, "run-1", believed)
    assert store.load_states().devices["cam-1"] == believed


def test_the_schema_can_be_written_for_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in metadata.sorted_tables:
        text = str(CreateTable(table).compile(dialect=dialect))
        assert f"CREATE TABLE {table.name}" in text
        for index in table.indexes:
            str(CreateIndex(index).compile(dialect=dialect))
    serial = str(CreateTable(metadata.tables["transitions"]).compile(dialect=dialect))
    assert "id BIGSERIAL" in serial


# --- what may go wrong ------------------------------------------------------------------------


def fill(store: Store, rounds: int) -> tuple[int, StoreError]:
    """Commit until it fails; return how many transitions were stored, and the failure."""
    for n in range(rounds):
        changes = [change("cam-1", UP, DOWN, n)] * 20
        try:
            store.commit([state("cam-1", DOWN, n)], [], changes)
        except StoreError as error:
            return n * 20, error
    raise AssertionError("the disk never became full")


def assert_whole(store: Store, transitions: int) -> None:
    """What was committed is there, what failed left nothing."""
    assert store.last_transition_id() == transitions
    believed = store.load_states().devices["cam-1"]
    if transitions:
        (last,) = store.transitions(limit=1).items
        assert believed.since_at == last.at


def test_a_full_database_is_an_error_that_passes_when_there_is_room(store: Store) -> None:
    engine = store._database._writer
    assert engine is not None
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    stored, error = fill(store, 1_000)
    assert "full" in str(error)
    assert not error.permanent
    assert_whole(store, stored)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    store.commit([state("cam-1", UP, 5000)], [], [change("cam-1", DOWN, UP, 5000)])
    assert_whole(store, stored + 1)


def test_a_file_that_cannot_grow_is_an_error_that_passes_when_it_can(
    path: Path, store: Store
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(file.stat().st_size for file in path.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 200_000, hard))
    try:
        stored, error = fill(store, 1_000)
        assert not error.permanent
        assert stored > 0
        assert_whole(store, stored)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store.commit([state("cam-1", UP, 5000)], [], [change("cam-1", DOWN, UP, 5000)])
    assert_whole(store, stored + 1)


def test_a_store_that_another_process_holds_is_an_error_that_passes(
    path: Path, store: Store
) -> None:
    engine = store._database._writer
    assert engine is not None
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as caught:
            store.commit([state("cam-1", UP)], [], [])
        assert not caught.value.permanent
        other.execute("ROLLBACK")
    store.commit([state("cam-1", UP)], [], [])
    assert store.load_states().devices["cam-1"].state is UP


def test_an_error_does_not_tell_what_was_being_written(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.commit([state("secret-name", UP)], [], [])
    assert "secret-name" not in str(caught.value)

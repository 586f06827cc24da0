"""A spool on a disk that does not give back what was written."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from collector.sinks import SinkError
from collector.sinks.spool import Claim, DeadLetter, FieldRow, Pack, Spool

NOW = datetime(2026, 11, 27, 3, 10, tzinfo=UTC)
FIELD = FieldRow("m", "device", "m", "float", "1", 1.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.db"


def pack(number: int) -> Pack:
    noise = Random(number).randbytes(3_000).hex().encode()  # noqa: S311 - no secrets
    return Pack(0, b'm n=%di,noise="%s" 1795737600000000000\n' % (number, noise), 1, NOW, NOW)


def numbers_in(spool: Spool) -> Iterator[int]:
    for record in spool.peek(0, 10**9):
        yield int(record.pack.lines.split(b"n=")[1].split(b"i")[0])


def filled(path: Path, records: int) -> None:
    """Make a spool whose whole content is in the file itself, none in the journal beside it."""
    with closing(Spool.open(path)) as spool:
        dead = [DeadLetter(b"m n=0i 1", 400, "no", NOW)]
        spool.append([pack(0)], NOW, fields=[FIELD], marks={"teller": "17"}, dead=dead)
        for number in range(1, records):
            spool.append([pack(number)], NOW)


def spoil(path: Path, first_page: int, pages: int) -> None:
    with path.open("r+b") as file:
        file.seek((first_page - 1) * 4096)
        file.write(b"\xa5" * 4096 * pages)


def test_a_file_that_is_no_database_is_kept_and_another_begun(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(b"not a database" * 1_000)
    before = path.read_bytes()
    with caplog.at_level(logging.ERROR), closing(Spool.open(path, claim=Claim.COLLECTOR)) as spool:
        spool.append([pack(1)], NOW)
    assert path.read_bytes() == before
    assert "spool.db: the file is damaged" in caplog.text
    assert "spool-2.db was begun" in caplog.text
    with closing(Spool.open(path, read_only=True)) as reader:
        assert list(numbers_in(reader)) == [1]


@pytest.mark.parametrize("meets", ["collector", "courier"])
def test_what_is_readable_of_a_damaged_file_is_carried_over_for_all_processes(
    path: Path, meets: str, caplog: pytest.LogCaptureFixture
) -> None:
    filled(path, 200)
    spoil(path, 100, 15)
    with (
        closing(Spool.open(path, claim=Claim.COLLECTOR)) as collector,
        closing(Spool.open(path, claim=Claim.COURIER)) as courier,
        closing(Spool.open(path, read_only=True)) as reader,
    ):
        assert reader.status().records == 200
        if meets == "courier":
            with pytest.raises(SinkError, match="damaged"):
                courier.peek(0, 10**9)
        else:
            with pytest.raises(SinkError, match="damaged"):
                collector.peek(0, 10**9)
        collector.append([pack(1_000)], NOW)
        courier.append([pack(1_001)], NOW)
        numbers = list(numbers_in(reader))
        assert numbers == sorted(numbers)
        assert numbers[-2:] == [1_000, 1_001]
        assert {0, 1, 2, 197, 198, 199} < set(numbers)
        assert 150 < len(numbers) < 202
        assert reader.fields() == [FIELD]
        assert reader.mark("teller") == "17"
        status = reader.status()
        assert (status.records, status.dead_letters) == (len(numbers), 1)
        courier.remove([record.id for record in courier.peek(0, 10**9)])
        assert reader.status().records == 0
    assert [r.levelname for r in caplog.records] == ["ERROR"]  # told once, not by each process


def test_a_record_that_rotted_is_passed_over_and_counted(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filled(path, 3)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE records SET data = CAST(substr(data, 1, 9) AS TEXT) WHERE id = 1")
    with closing(Spool.open(path)) as spool:
        assert list(numbers_in(spool)) == [1, 2]
        status = spool.status()
        assert (status.records, status.lines, status.damaged_lines) == (2, 2, 1)
    assert "1 lines did not come back from the disk" in caplog.text


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99", "PRAGMA application_id = 1"])
def test_a_file_of_another_version_or_program_is_refused_and_left_alone(
    path: Path, statement: str
) -> None:
    filled(path, 1)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(statement)
    with pytest.raises(SinkError, match="format"):
        Spool.open(path)
    assert not path.with_name("spool-2.db").exists()


def test_a_file_that_was_being_made_anew_when_the_power_went_is_made_again(path: Path) -> None:
    path.write_bytes(b"not a database" * 1_000)
    path.with_name("spool-2.db-draft").write_bytes(b"half")
    with closing(Spool.open(path)) as spool:
        spool.append([pack(5)], NOW)
        assert list(numbers_in(spool)) == [5]
    assert sorted(one.name for one in path.parent.glob("spool*.db*")) == [
        "spool-2.db",
        "spool.db",
        "spool.db-anew",
    ]

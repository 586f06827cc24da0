"""The spool's promises, each as one scenario; what random histories do is in test_spool_model."""

import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

from collector.sinks import SinkError, own_file
from collector.sinks.spool import LANES, Bounds, Claim, DeadLetter, FieldRow, Pack, Spool, lane_of

NOW = datetime(2026, 11, 27, 3, 10, tzinfo=UTC)
HOUR = int(NOW.timestamp()) // 3600


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "spool.db"


@pytest.fixture
def spool(path: Path) -> Iterator[Spool]:
    with closing(Spool.open(path)) as opened:
        yield opened


def line(number: int, at: datetime = NOW) -> bytes:
    return b"ping,device=cam-%d v=%di %d\n" % (number % 7, number, int(at.timestamp()) * 10**9)


def pack(*numbers: int, lane: int = 0, at: datetime = NOW) -> Pack:
    return Pack(lane, b"".join(line(one, at) for one in numbers), len(numbers), at, at)


def lines_in(spool: Spool, lane: int = 0) -> list[bytes]:
    records = spool.peek(lane, 10**9)
    return b"".join(record.pack.lines for record in records).splitlines(keepends=True)


def test_what_is_appended_is_there_in_order_after_opening_again(path: Path) -> None:
    with closing(Spool.open(path)) as first:
        first.append([pack(1, 2), pack(9, lane=3)], NOW)
        first.append([pack(3)], NOW)
    with closing(Spool.open(path)) as second:
        assert lines_in(second) == [line(1), line(2), line(3)]
        assert lines_in(second, lane=3) == [line(9)]
        assert second.status().lines == 4


def test_a_pack_too_large_for_one_request_is_split_between_lines(spool: Spool) -> None:
    spool.append([pack(*range(12_000))], NOW)
    records = spool.peek(0, 10**9)
    assert [record.pack.count for record in records] == [5_000, 5_000, 2_000]
    assert lines_in(spool) == [line(number) for number in range(12_000)]


def test_peek_gives_about_as_many_lines_as_asked_and_never_none(spool: Spool) -> None:
    for start in (0, 10, 20):
        spool.append([pack(*range(start, start + 10))], NOW)
    assert [record.pack.count for record in spool.peek(0, 25)] == [10, 10]
    assert [record.pack.count for record in spool.peek(0, 1)] == [10]
    assert spool.peek(1, 100) == []


def test_removing_leaves_the_others_and_counts_what_was_sent(spool: Spool) -> None:
    spool.append([pack(1, 2), pack(3), pack(4, lane=1)], NOW)
    first, _second = spool.peek(0, 100)
    spool.remove([first.id, 99_999])
    assert lines_in(spool) == [line(3)]
    status = spool.status()
    assert (status.records, status.lines, status.sent_lines) == (2, 2, 2)


def test_an_id_never_comes_again_even_when_nothing_waits(spool: Spool) -> None:
    spool.append([pack(1)], NOW)
    (old,) = spool.peek(0, 1)
    spool.remove([old.id])
    spool.append([pack(2)], NOW)
    spool.remove([old.id])
    assert lines_in(spool) == [line(2)]


def test_a_dead_letter_goes_back_to_its_lane_when_it_is_tried_again(spool: Spool) -> None:
    spool.append([pack(1, 2, lane=2)], NOW)
    (record,) = spool.peek(2, 10)
    spool.remove([record.id], [DeadLetter(line(2), 422, "field type conflict", NOW)])
    (letter,) = spool.dead_letters(10)
    assert (letter.line, letter.status, letter.words) == (line(2)[:-1], 422, "field type conflict")
    assert spool.status().sent_lines == 1
    assert spool.retry_dead(NOW) == 1
    assert lines_in(spool, lane=2) == [line(2)]
    assert spool.status().dead_letters == 0
    assert spool.retry_dead(NOW) == 0


def test_dead_letters_are_listed_newest_first_page_by_page(spool: Spool) -> None:
    letters = [DeadLetter(line(number), 0, "too old", NOW) for number in range(5)]
    spool.append([], NOW, dead=letters)
    page = spool.dead_letters(2)
    rest = spool.dead_letters(10, before=page[-1].id)
    assert [one.line + b"\n" for one in (*page, *rest)] == [line(n) for n in (4, 3, 2, 1, 0)]


def test_the_hours_of_removed_lines_are_touched_until_settled(spool: Spool) -> None:
    spool.append([pack(1, at=NOW - timedelta(hours=5)), pack(2)], NOW)
    old, new = spool.peek(0, 100)
    spool.remove([old.id])
    (seen,) = spool.touched(10)
    assert seen[0] == HOUR - 5
    spool.append([pack(3, at=NOW - timedelta(hours=5))], NOW)
    spool.remove([record.id for record in spool.peek(0, 100)])
    spool.settled([seen])  # it was touched again: it stays
    assert [hour for hour, _ in spool.touched(10)] == [HOUR - 5, HOUR]
    assert new.id not in [record.id for record in spool.peek(0, 100)]
    spool.settled(spool.touched(10))
    assert spool.touched(10) == []


def test_an_old_line_beside_new_ones_touches_no_hour_between(spool: Spool) -> None:
    old = NOW - timedelta(days=100)
    spool.append([Pack(0, line(1, old) + line(2, NOW), 2, old, NOW)], NOW)
    spool.remove([record.id for record in spool.peek(0, 100)])
    assert [hour for hour, _ in spool.touched(10)] == [HOUR - 2400, HOUR]


def test_a_field_stays_as_it_was_first_written(spool: Spool) -> None:
    first = FieldRow("cpu_percent", "host", "cpu_percent", "float", "percent", 1.0)
    other = FieldRow("cpu_percent", "host", "cpu_percent", "integer", "percent", 1.0)
    text = FieldRow("cpu_percent", "host", "cpu_percent_text", "string", "", 1.0)
    spool.append([], NOW, fields=[first])
    spool.append([], NOW, fields=[other, text])
    assert spool.fields() == [first, text]


def test_marks_are_kept_with_the_lines_they_speak_of(spool: Spool, path: Path) -> None:
    spool.append([pack(1)], NOW, marks={"teller": "17"})
    spool.set_marks({"courier": "{}"})
    with closing(Spool.open(path, read_only=True)) as reader:
        assert (reader.mark("teller"), reader.mark("courier"), reader.mark("x")) == (
            "17",
            "{}",
            None,
        )


def test_too_many_bytes_drop_the_oldest_and_count_them(path: Path) -> None:
    with closing(Spool.open(path, Bounds(bytes=400_000))) as spool:
        # Noise, or zlib makes nothing of it.
        for number in range(40):
            noise = b"".join(
                b'm t="%d" %d\n' % (crc32(b"%d %d" % (number, i)) * 7919**2, i)
                for i in range(1_000)
            )
            spool.append([Pack(number % LANES, noise, 1_000, NOW, NOW)], NOW)
        status = spool.status()
        assert status.lines + status.dropped_lines == 40_000
        assert 0 < status.lines < 40_000
        assert status.dropping_since == NOW
        assert spool.peek(3, 1)[0].id > 1


def test_the_file_stays_within_its_bound_and_shrinks_when_it_was_emptied(path: Path) -> None:
    bound = 20 * 2**20
    noise = Random(1).randbytes(1_000_000).hex().encode()  # noqa: S311 - no secrets
    with closing(Spool.open(path, Bounds(bytes=bound))) as spool:
        for number in range(25):
            text = b"m n=%di,noise=%s 1\n" % (number, noise)
            spool.append([Pack(number % LANES, text, 1, NOW, NOW)], NOW)
            assert path.stat().st_size <= bound
        assert spool.status().dropped_lines >= 6
        for lane in range(LANES):
            while records := spool.peek(lane, 1):
                spool.remove([records[0].id])
        for number in range(20):  # what flows afterwards gives back the rest
            spool.append([pack(number)], NOW)
            spool.remove([record.id for record in spool.peek(0, 9)])
    assert path.stat().st_size < 17 * 2**20


def test_losing_is_told_once_when_it_begins_and_once_when_it_is_over(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    now = NOW
    for _ in range(3):  # the state is in the file: opening it again tells nothing new
        with closing(Spool.open(path, Bounds(age_seconds=60))) as spool:
            for _ in range(4):
                spool.append([pack(1)], now)
                now += timedelta(minutes=2)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    with closing(Spool.open(path, Bounds(age_seconds=86_400))) as spool:
        spool.append([pack(2)], now)
        assert spool.status().dropping_since == NOW + timedelta(minutes=2)
        spool.append([pack(3)], now + timedelta(minutes=11))
        spool.append([pack(4)], now + timedelta(minutes=12))
        assert spool.status().dropping_since is None
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "11 lines ever were" in caplog.text


def test_of_too_many_dead_letters_the_oldest_go_and_are_counted(
    spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    letters = [DeadLetter(b"m v=%d" % number, 400, "no", NOW) for number in range(10_050)]
    spool.append([], NOW, dead=letters[:10_000])
    spool.append([], NOW, dead=letters[10_000:])
    status = spool.status()
    assert (status.dead_letters, status.dead_dropped) == (10_000, 50)
    assert spool.dead_letters(1, before=52)[0].line == b"m v=50"
    assert spool.dead_letters(1, before=51) == []
    assert "pantau spool --dead" in caplog.text


def test_one_dead_letter_larger_than_all_may_be_together_does_not_stand_in_the_way(
    path: Path,
) -> None:
    with closing(Spool.open(path, Bounds(bytes=200_000))) as spool:
        spool.append([], NOW, dead=[DeadLetter(b"m v=" + b"x" * 100_000, 413, "large", NOW)])
        assert (spool.status().dead_letters, spool.status().dead_dropped) == (0, 1)
        spool.append([pack(1)], NOW, dead=[DeadLetter(b"m v=1", 400, "no", NOW)])
        assert spool.status().dead_letters == 1


def test_threads_of_one_process_may_share_a_spool(spool: Spool) -> None:
    def work(lane: int) -> int:
        taken = 0
        for number in range(30):
            spool.append([pack(number, lane=lane)], NOW)
            if number % 3 == 2:
                records = spool.peek(lane, 2)
                spool.remove([record.id for record in records])
                taken += len(records)
        return taken

    with ThreadPoolExecutor(LANES) as pool:
        taken = list(pool.map(work, range(LANES)))
    assert taken == [20] * LANES
    for lane in range(LANES):
        assert lines_in(spool, lane) == [line(number) for number in range(20, 30)]


def test_what_waited_too_long_is_dropped_and_counted(path: Path) -> None:
    with closing(Spool.open(path, Bounds(age_seconds=3600))) as spool:
        spool.append([pack(1, 2)], NOW)
        spool.append([pack(3)], NOW + timedelta(minutes=40))
        spool.append([pack(4)], NOW + timedelta(minutes=61))
        assert lines_in(spool) == [line(3), line(4)]
        assert spool.status().dropped_lines == 2


def test_where_no_file_is_yet_a_reader_sees_nothing_until_it_comes(path: Path) -> None:
    with closing(Spool.open(path, read_only=True)) as reader:
        assert reader.status().lines == 0
        assert reader.fields() == []
        assert reader.mark("courier") is None
        with closing(Spool.open(path)) as writer:
            writer.append([pack(1)], NOW)
        assert reader.status().lines == 1
        with pytest.raises(SinkError, match="reading only"):
            reader.append([pack(2)], NOW)


def test_a_second_process_of_a_kind_is_refused_and_one_of_another_is_not(path: Path) -> None:
    with (
        closing(Spool.open(path, claim=Claim.COLLECTOR)) as collector,
        closing(Spool.open(path, claim=Claim.COURIER)) as courier,
    ):
        with pytest.raises(SinkError, match="another process writes to it, as collector"):
            Spool.open(path, claim=Claim.COLLECTOR)
        collector.append([pack(1)], NOW)
        courier.append([pack(2)], NOW)
        assert lines_in(collector) == [line(1), line(2)]
    Spool.open(path, claim=Claim.COLLECTOR).close()


def test_what_the_system_refuses_is_told_with_a_remedy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_file, "_BUSY_SECONDS", 0.05)
    with closing(Spool.open(path)) as spool, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SinkError, match="another process was writing"):
            spool.append([pack(1)], NOW)
        other.rollback()
        spool.append([pack(2)], NOW)
        assert lines_in(spool) == [line(2)]
    (path.parent / "folder.db").mkdir()
    with pytest.raises(SinkError, match="look at who owns the folder"):
        Spool.open(path.parent / "folder.db")
    with pytest.raises(SinkError, match="File exists"):
        Spool.open(path / "below.db", claim=Claim.COLLECTOR)


def test_a_pack_that_is_not_what_it_says_is_refused(spool: Spool) -> None:
    for wrong in (Pack(0, line(1), 2, NOW, NOW), Pack(0, line(1)[:-1], 0, NOW, NOW)):
        with pytest.raises(ValueError, match="line feed"):
            spool.append([pack(1), wrong], NOW)
    with pytest.raises(ValueError, match="lane"):
        spool.append([pack(1, lane=LANES)], NOW)
    assert spool.status().lines == 0


def test_a_device_is_always_in_the_same_lane() -> None:
    assert lane_of("cam-017") == 3
    assert {lane_of(f"cam-{number}") for number in range(50)} == set(range(LANES))

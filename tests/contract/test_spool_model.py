"""Random histories of a spool against lists in memory."""

import random
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from collector.sinks.spool import LANES, Bounds, DeadLetter, FieldRow, Pack, Spool

START = datetime(2026, 11, 27, tzinfo=UTC)
AGE_SECONDS = 3 * 3600.0
LANE = st.integers(0, LANES - 1)
# How many lines and how many hours ago; the letters after it make some packs large.
PACK = st.tuples(LANE, st.integers(1, 4), st.integers(0, 5), st.sampled_from((1, 60, 12_000)))


@dataclass
class Waiting:
    """A record as the model has it."""

    lane: int
    lines: list[bytes]
    hours: set[int]
    kept_at: datetime


@dataclass
class Model:
    waiting: list[Waiting] = field(default_factory=list)
    dead: list[tuple[int, bytes]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    marks: dict[str, str] = field(default_factory=dict)
    fields: dict[str, FieldRow] = field(default_factory=dict)
    sent: int = 0
    dropped: int = 0

    def lane(self, lane: int) -> list[Waiting]:
        return [one for one in self.waiting if one.lane == lane]

    def drop(self, lines: int) -> None:
        """Drop the oldest records, so many lines of them, which must be whole records."""
        self.dropped += lines
        while lines > 0:
            lines -= len(self.waiting.pop(0).lines)
        assert lines == 0, "half a record was dropped"


class SpoolMachine(RuleBasedStateMachine):
    """Whatever is done in whatever order, the file holds what the lists hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="spool-model-"))
        self.model = Model()
        self.now = START
        self.number = 0

    @initialize(size=st.sampled_from((150_000, 4 * 2**30)))
    def begin(self, size: int) -> None:
        self.bounds = Bounds(size, AGE_SECONDS)
        self.spool = Spool.open(self.folder / "spool.db", self.bounds)

    @rule(packs=st.lists(PACK, max_size=4), mark=st.sampled_from(("a", "b", None)))
    def append(self, packs: list[tuple[int, int, int, int]], mark: str | None) -> None:
        made, waiting = [], []
        for lane, count, ago, width in packs:
            pack, record = self.pack(lane, count, ago, width)
            made.append(pack)
            waiting.append(record)
        marks = {mark: str(self.number)} if mark else {}
        self.spool.append(made, self.now, marks=marks)
        self.model.waiting += waiting
        self.model.marks |= marks
        self.follow_the_drops()

    @rule(lane=LANE, wanted=st.integers(1, 12), dead=st.integers(0, 2))
    def send(self, lane: int, wanted: int, dead: int) -> None:
        records = self.spool.peek(lane, wanted)
        expected = self.model.lane(lane)[: len(records)]
        assert [r.pack.lines.splitlines(keepends=True) for r in records] == [
            one.lines for one in expected
        ]
        count = sum(len(one.lines) for one in expected)
        assert count <= wanted or len(records) == 1
        # Long ones would soon be more than dead letters may take.
        lines = [line for one in expected for line in one.lines if len(line) < 1_000][:dead]
        letters = [DeadLetter(line, 422, "no", self.now) for line in lines]
        self.spool.remove([record.id for record in records], letters)
        for one in expected:
            self.model.waiting.remove(one)
            self.model.touched |= one.hours
        self.model.dead += [(lane, line) for line in lines]
        self.model.sent += count - len(lines)

    @rule(again=st.booleans(), limit=st.integers(1, 3))
    def roll(self, again: bool, limit: int) -> None:
        seen = self.spool.touched(limit)
        assert [hour for hour, _ in seen] == sorted(self.model.touched)[:limit]
        kept: set[int] = set()
        if again and self.model.waiting:  # lines of these hours are stored meanwhile
            oldest = self.model.waiting[0]
            self.send(oldest.lane, 1, 0)
            kept = oldest.hours
        self.spool.settled(seen)
        self.model.touched -= {hour for hour, _ in seen} - kept

    @rule()
    def retry(self) -> None:
        assert self.spool.retry_dead(self.now) == len(self.model.dead)
        if not self.model.dead:
            return
        for lane in range(LANES):
            lines = [line for its_lane, line in self.model.dead if its_lane == lane]
            if lines:
                hours = {int(line.split()[-1]) // 3_600_000_000_000 for line in lines}
                low, high = min(hours), max(hours)
                self.model.waiting.append(Waiting(lane, lines, {low, high, *hours}, self.now))
        self.model.dead.clear()
        self.follow_the_drops()

    @rule(type_=st.sampled_from(("float", "integer")), metric=st.sampled_from("xyz"))
    def know(self, type_: str, metric: str) -> None:
        row = FieldRow(metric, "device", metric, type_, "1", 1.0)
        self.spool.append([], self.now, fields=[row])
        self.model.fields.setdefault(metric, row)
        self.follow_the_drops()

    @rule(minutes=st.integers(1, 90))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def reopen(self) -> None:
        self.spool.close()
        self.spool = Spool.open(self.folder / "spool.db", self.bounds)

    @invariant()
    def counts_are_right(self) -> None:
        status = self.spool.status()
        assert status.records == len(self.model.waiting)
        assert status.lines == sum(len(one.lines) for one in self.model.waiting)
        assert (status.sent_lines, status.dropped_lines) == (self.model.sent, self.model.dropped)
        assert status.dead_letters == len(self.model.dead)
        oldest = self.model.waiting[0].kept_at if self.model.waiting else None
        assert status.oldest_at == oldest

    @invariant()
    def all_is_there(self) -> None:
        with closing(Spool.open(self.folder / "spool.db", read_only=True)) as reader:
            for lane in range(LANES):
                found = [r.pack.lines.splitlines(keepends=True) for r in reader.peek(lane, 10**9)]
                expected = [one.lines for one in self.model.lane(lane)]
                assert found == expected[: len(found)]
                some_mib = sum(len(line) for lines in found for line in lines) >= 4 * 2**20
                assert len(found) == len(expected) or some_mib
            letters = reader.dead_letters(1_000)
            assert [(one.lane, one.line + b"\n") for one in reversed(letters)] == self.model.dead
            assert {name: reader.mark(name) for name in self.model.marks} == self.model.marks
            assert reader.fields() == list(self.model.fields.values())

    def follow_the_drops(self) -> None:
        """Take from the model what the bounds took: what was too old at least, else by bytes."""
        lines = self.spool.status().dropped_lines - self.model.dropped
        too_old = [
            one
            for one in self.model.waiting
            if (self.now - one.kept_at).total_seconds() > AGE_SECONDS
        ]
        expired = sum(len(one.lines) for one in too_old)
        assert lines >= expired
        if self.bounds.bytes > 2**30:
            assert lines == expired
        self.model.drop(lines)

    def pack(self, lane: int, count: int, ago: int, width: int) -> tuple[Pack, Waiting]:
        moments = [self.now - timedelta(hours=ago if i else 0) for i in range(count)]
        lines = [self.line(at, width) for at in moments]
        hours = {int(at.timestamp()) // 3600 for at in moments}
        pack = Pack(lane, b"".join(lines), count, min(moments), max(moments))
        return pack, Waiting(lane, lines, hours, self.now)

    def line(self, at: datetime, width: int) -> bytes:
        self.number += 1
        moment = int(at.timestamp()) * 10**9
        return b"m v=%d,noise=%s %d\n" % (self.number, noise(self.number, width), moment)

    def teardown(self) -> None:
        if hasattr(self, "spool"):
            self.spool.close()
        shutil.rmtree(self.folder)


def noise(seed: int, width: int) -> bytes:
    """Return hexadecimal digits with which zlib can do little, the same for the same seed."""
    return random.Random(seed).randbytes(width).hex().encode()  # noqa: S311 - no secrets


TestSpool: Any = SpoolMachine.TestCase
TestSpool.settings = settings(deadline=None, max_examples=20, stateful_step_count=30)

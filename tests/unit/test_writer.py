"""What the engine decided is stored, or kept until it can be."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import collector.writer as writer_module
from collector.clock import SystemClock
from collector.engine import Engine
from collector.model import (
    CheckResult,
    CheckState,
    DeviceState,
    Heartbeat,
    Outcome,
    Reading,
    ResultBatch,
    State,
    Transition,
)
from collector.sinks import DeviceReadings, SinkError
from collector.store import StoreError
from collector.writer import Writer
from tests.virtual_city import checks_of, device

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class MemoryStore:
    """Keeps what it is given; refuses while `full`."""

    def __init__(self) -> None:
        self.full = False
        self.transitions: list[Transition] = []
        self.beats: list[Heartbeat] = []
        self.touched: dict[str, DeviceState] = {}
        self.refused: set[str] = set()  # devices whose rows are gone
        self.commits_wait_for: threading.Event | None = None
        self.committing = threading.Event()

    def commit(
        self,
        devices: Sequence[DeviceState],
        checks: Sequence[CheckState],
        transitions: Sequence[Transition],
    ) -> list[Transition]:
        del checks
        self.committing.set()
        if self.commits_wait_for is not None:
            self.commits_wait_for.wait(10)
        self._refuse_when_full()
        self._refuse_strangers(devices)
        self.transitions.extend(transitions)
        return list(transitions)

    def beat(
        self, heartbeat: Heartbeat, checks: Sequence[CheckState], devices: Sequence[DeviceState]
    ) -> str | None:
        del checks
        self._refuse_when_full()
        self._refuse_strangers(devices)
        before = self.beats[-1].run_id if self.beats else "the run before"
        self.beats.append(heartbeat)
        self.touched.update({state.device_id: state for state in devices})
        return before

    def _refuse_strangers(self, devices: Sequence[DeviceState]) -> None:
        if self.refused & {state.device_id for state in devices}:
            raise StoreError("FOREIGN KEY constraint failed", permanent=True)

    def _refuse_when_full(self) -> None:
        if self.full:
            raise StoreError("database or disk is full")


class MemorySink:
    """Keeps what it is given; refuses while `full`."""

    def __init__(self) -> None:
        self.full = False
        self.rows: list[DeviceReadings] = []
        self.pruned_before: list[datetime] = []

    def write(self, batch: Sequence[DeviceReadings]) -> None:
        if self.full:
            raise SinkError("disk is full")
        self.rows.extend(batch)

    def maintain(self, max_seconds: float) -> None:
        del max_seconds

    def prune(self, before: datetime) -> None:
        self.pruned_before.append(before)


class Bench:
    """An engine with one device, and a writer over memory."""

    def __init__(self) -> None:
        watched = [device("cam"), device("other")]
        checks = [check for each in watched for check in checks_of(each)]
        self.engine = Engine(watched, checks, gap_seconds=1e9)
        self.store, self.sink = MemoryStore(), MemorySink()
        self.steps = 0
        self.writer = Writer(
            self.engine,
            self.store,  # type: ignore[arg-type] # the part of Store that is used
            self.sink,  # type: ignore[arg-type]
            SystemClock(),
            collector_id="main",
            run_id="run",
            heartbeat_seconds=0.01,
            keep_readings=timedelta(days=1),
            figures=lambda: {"checks_done": float(self.steps)},
        )

    def hear(self, name: str = "cam", outcome: Outcome = Outcome.ANSWERED) -> None:
        """Let one ping be answered (or not)."""
        self.steps += 1
        at = NOW + timedelta(seconds=30 * self.steps)
        result = CheckResult(
            f"{name}/ping", at, at, outcome, readings=(Reading("ping_rtt_seconds", 0.001),)
        )
        self.engine.handle(ResultBatch("main", "run", self.steps, (result,)), at, self.steps)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    for name in ("COMMIT_PAUSE_SECONDS", "READINGS_PAUSE_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(writer_module, name, 0.005)
    return Bench()


@asynccontextmanager
async def writing(bench: Bench) -> AsyncIterator[None]:
    running = asyncio.create_task(bench.writer.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await bench.writer.close()


async def test_durable_returns_when_transition_and_readings_are_stored(bench: Bench) -> None:
    async with writing(bench):
        bench.hear()
        await asyncio.wait_for(bench.writer.durable(), 5)
        assert [moved.new for moved in bench.store.transitions] == [State.UP]
        assert len(bench.sink.rows) == 1


async def test_nothing_is_durable_while_the_disk_is_full_and_nothing_is_lost(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store.full = bench.sink.full = True
    async with writing(bench):
        bench.hear()
        waiting = asyncio.create_task(bench.writer.durable())
        bench.hear()
        await asyncio.sleep(0.1)
        assert not waiting.done()
        assert bench.writer.store_trouble == "database or disk is full"
        bench.store.full = bench.sink.full = False
        await asyncio.wait_for(waiting, 5)
        await asyncio.wait_for(bench.writer.durable(), 5)
    assert len(bench.store.transitions) == 1
    assert len(bench.sink.rows) == 2
    refusals = [record for record in caplog.records if "refuses writes" in record.message]
    assert len(refusals) == 2, "each place is reported once, not at every try"


async def test_a_broken_sink_does_not_delay_the_truth(bench: Bench) -> None:
    bench.sink.full = True
    async with writing(bench):
        bench.hear()
        async with asyncio.timeout(5):
            while not bench.store.transitions:
                await asyncio.sleep(0.005)
        assert bench.sink.rows == []


async def test_readings_in_memory_are_bounded_and_the_oldest_are_counted_as_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MAX_PENDING_RESULTS", 3)
    bench.sink.full = True
    async with writing(bench):
        for _ in range(5):
            bench.hear()
        await asyncio.sleep(0.05)
        bench.sink.full = False
        await asyncio.wait_for(bench.writer.durable(), 5)
    assert [row.at for row in bench.sink.rows] == [
        NOW + timedelta(seconds=30 * n) for n in (3, 4, 5)
    ]
    assert bench.writer.counters.readings_dropped == 2


async def test_heartbeats_carry_figures_and_the_last_results(bench: Bench) -> None:
    async with writing(bench):
        bench.hear()
        bench.hear()
        async with asyncio.timeout(5):
            while "cam" not in bench.store.touched:
                await asyncio.sleep(0.005)
        assert bench.store.touched["cam"].last_result_at == NOW + timedelta(seconds=60)
        assert bench.store.beats[-1].figures == {"checks_done": 2.0}


async def test_old_readings_are_pruned_at_the_start_and_then_hourly(bench: Bench) -> None:
    async with writing(bench):
        async with asyncio.timeout(5):
            while not bench.sink.pruned_before:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
    assert len(bench.sink.pruned_before) == 1
    age = SystemClock().now() - bench.sink.pruned_before[0]
    assert timedelta(days=1) <= age < timedelta(days=1, minutes=1)


async def test_a_commit_under_way_when_the_collector_ends_is_not_stored_twice(
    bench: Bench,
) -> None:
    bench.store.commits_wait_for = threading.Event()
    running = asyncio.create_task(bench.writer.run())
    bench.hear()
    await asyncio.to_thread(bench.store.committing.wait, 5)
    running.cancel()
    await asyncio.sleep(0.02)
    bench.store.commits_wait_for.set()
    await asyncio.gather(running, return_exceptions=True)
    await bench.writer.close()
    assert [moved.new for moved in bench.store.transitions] == [State.UP]


async def test_a_device_that_the_store_refuses_for_good_holds_nobody_up(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store.refused = {"other"}
    async with writing(bench):
        bench.hear("other")
        bench.hear("cam")
        await asyncio.wait_for(bench.writer.durable(), 5)
        beats = len(bench.store.beats)
        async with asyncio.timeout(5):
            while len(bench.store.beats) < beats + 2:
                bench.hear("other")
                await asyncio.sleep(0.005)
    assert [moved.device_id for moved in bench.store.transitions] == ["cam"]
    assert bench.writer.counters.refused >= 1
    assert "changes of other are lost" in caplog.text
    assert bench.writer.store_trouble is None


async def test_a_heartbeat_never_carries_a_state_ahead_of_its_transition(bench: Bench) -> None:
    bench.hear()
    await bench.writer._commit(with_heartbeat=True)
    bench.store.commits_wait_for = threading.Event()
    bench.store.committing.clear()
    bench.hear("other")  # gives the commit something to do
    committing = asyncio.create_task(bench.writer._commit(with_heartbeat=True))
    await asyncio.to_thread(bench.store.committing.wait, 5)
    for _ in range(3):  # dies while the commit before the heartbeat is under way
        bench.hear(outcome=Outcome.FAILED)
    bench.store.commits_wait_for.set()
    await committing
    assert bench.engine.state_of("cam").state is State.DOWN
    assert bench.store.touched["cam"].state is State.UP
    await bench.writer._commit(with_heartbeat=True)
    assert bench.store.transitions[-1].new is State.DOWN
    await bench.writer.close()


async def test_a_heartbeat_that_failed_does_not_bring_an_old_state_back(bench: Bench) -> None:
    bench.hear()
    await bench.writer._commit(with_heartbeat=False)
    bench.hear()
    bench.store.full = True
    await bench.writer._commit(with_heartbeat=True)  # cam is up, says the heartbeat that failed
    bench.store.full = False
    for _ in range(3):
        bench.hear(outcome=Outcome.FAILED)
    await bench.writer._commit(with_heartbeat=True)
    await bench.writer._commit(with_heartbeat=True)
    assert bench.store.touched.get("cam", bench.engine.state_of("cam")).state is State.DOWN
    await bench.writer.close()


async def test_with_nothing_to_store_everything_is_durable(bench: Bench) -> None:
    await asyncio.wait_for(bench.writer.durable(), 5)
    await bench.writer.close()


async def test_closing_ends_though_store_and_sink_refuse(bench: Bench) -> None:
    bench.hear()
    bench.store.full = bench.sink.full = True
    await asyncio.wait_for(bench.writer.close(), 5)
    assert bench.writer.store_trouble
    assert bench.writer.sink_trouble


async def test_a_second_collector_of_the_same_name_is_noticed_and_forgotten_when_gone(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    async with writing(bench), asyncio.timeout(10):
        while len(bench.store.beats) < 3:
            await asyncio.sleep(0.005)
        assert not bench.writer.twin  # the run before ours is none
        bench.store.beats.append(replace(bench.store.beats[-1], run_id="another run"))
        for words in ("another collector calls itself main", "of the name main is gone"):
            while words not in caplog.text:
                await asyncio.sleep(0.005)
    assert not bench.writer.twin

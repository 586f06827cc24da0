"""The live path alone: a log in memory, listeners, and a clock that is moved by hand."""

import asyncio
import json
import random
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from api.events import Listener, Snapshot, encode_batch, encode_event
from api.live import RESUME_EVENTS, Live, LiveError, Stream
from collector.model import Heartbeat, Reason, State, Transition
from collector.model.alerts import HoldReason, Severity, Stage
from collector.store import AreaFreshness, FiringAlert
from tests.api_city import NOON, ManualClock, until


def transition(number: int, device: str = "cam-0001", new: State = State.DOWN) -> Transition:
    return Transition(device, State.UP, new, NOON, NOON, Reason.NO_ANSWER, id=number)


class Log:
    """A store in memory: a log, and the state of each device that follows from it."""

    def __init__(self, clock: ManualClock) -> None:
        self.rows: list[Transition] = []
        self.incident_lines: list[int] = []  # whose timeline they are of
        self.beats = [Heartbeat("main", "run", NOON, clock.now())]
        self.firing: dict[int, FiringAlert] = {}
        self.alert_changes = 0
        self.mark = 0
        self.broken = False
        self.snapshots = 0
        self.gate = threading.Event()  # a snapshot is handed out when it is open
        self.gate.set()
        self.states: dict[str, State] = {}

    def add(self, device: str, new: State) -> None:
        self.rows.append(transition(len(self.rows) + 1, device, new))
        self.states[device] = new

    def alert(self, number: int, one: FiringAlert | None) -> None:
        self.firing.pop(number, None)
        if one is not None:
            self.firing[number] = one
        self.alert_changes += 1

    def data_version(self) -> int:
        if self.broken:
            raise OSError("the disk is gone")
        return len(self.rows) + len(self.incident_lines) + self.alert_changes

    def glance(self) -> object:
        return None

    def last_transition_id(self) -> int:
        return len(self.rows)

    def transitions_after(self, cursor: int, limit: int) -> Sequence[Transition]:
        return self.rows[cursor : cursor + limit]

    def incidents_after(self, cursor: int | None) -> tuple[int, frozenset[int]]:
        after = len(self.incident_lines) if cursor is None else cursor
        return len(self.incident_lines), frozenset(self.incident_lines[after:])

    def alerts_mark(self) -> object:
        return sorted(self.firing.items(), key=str)

    def firing_alerts(self) -> dict[int, FiringAlert]:
        return dict(self.firing)

    def heartbeats(self) -> Sequence[Heartbeat]:
        return self.beats

    def freshness(self) -> Sequence[AreaFreshness]:
        return []

    def inventory_mark(self) -> object:
        return self.mark

    def snapshot(self) -> Snapshot:
        if self.broken:
            raise OSError("the disk is gone")
        self.snapshots += 1
        snapshot = Snapshot.of(len(self.rows), orjson.dumps({"states": self.states}))
        assert self.gate.wait(10)
        return snapshot


class Screen:
    """What one connected client has seen, and the states it believes in."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.pieces = stream.pieces()
        self.names: list[str] = []
        self.ids: list[int] = []
        self.states: dict[str, str] = {}
        self.cursor = 0

    async def read(self) -> None:
        piece = await asyncio.wait_for(anext(self.pieces), 5)
        for block in piece.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines())
            if "event" in fields:
                self.take(fields["event"], fields.get("id"), json.loads(fields["data"]))

    def take(self, name: str, event_id: str | None, data: dict[str, object]) -> None:
        self.names.append(name)
        if event_id is None:
            return
        number = int(event_id)
        if name == "snapshot":
            assert number >= self.cursor, "a snapshot never goes back"
            assert isinstance(data["states"], dict)
            self.states = dict(data["states"])
        else:
            assert number == self.cursor + 1, "no gap and no duplicate"
            self.ids.append(number)
            self.states[str(data["device"])] = str(data["new"])
        self.cursor = number

    async def read_until(self, cursor: int) -> None:
        while self.cursor < cursor:
            await self.read()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def log(clock: ManualClock) -> Log:
    return Log(clock)


def make_live(
    log: Log,
    clock: ManualClock,
    listener_bytes: int = 100_000,
    still_valid: Callable[[Collection[int]], Collection[int]] = lambda token_ids: token_ids,
) -> Live:
    return Live(
        log,
        clock,
        heartbeat_seconds=5.0,
        collector_timeout_seconds=12.5,
        still_valid=still_valid,
        listener_bytes=listener_bytes,
        poll_seconds=0.005,
    )


@asynccontextmanager
async def following(log: Log, clock: ManualClock, **settings: Any) -> AsyncIterator[Live]:
    live = make_live(log, clock, **settings)
    task = asyncio.create_task(live.run())
    try:
        await until(lambda: live.following)
        yield live
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_new_screen_gets_a_snapshot_and_then_each_change_once(
    log: Log, clock: ManualClock
) -> None:
    log.add("cam-0001", State.UP)
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, None))
        await screen.read()
        assert screen.names == ["snapshot"]
        log.add("cam-0001", State.DOWN)
        log.add("cam-0002", State.DOWN)
        await screen.read_until(3)
        assert screen.ids == [2, 3]
        assert screen.states == log.states


class Glanced(Log):
    """Shows at a glance whether it moved, as a file does; counts what it is asked."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.lives = self.freshnesses = self.marks = 0

    def glance(self) -> object:
        return self.data_version()

    def heartbeats(self) -> Sequence[Heartbeat]:
        self.lives += 1
        return super().heartbeats()

    def freshness(self) -> Sequence[AreaFreshness]:
        self.freshnesses += 1
        return super().freshness()

    def inventory_mark(self) -> object:
        self.marks += 1
        return super().inventory_mark()


async def test_what_heartbeats_carry_is_read_again_only_when_the_store_has_moved(
    clock: ManualClock,
) -> None:
    log = Glanced(clock)
    async with following(log, clock):
        await until(lambda: log.freshnesses == 1)
        for _ in range(3):
            marks = log.marks
            clock.advance(6)
            await until(lambda: log.marks > marks)  # noqa: B023 - awaited here
        assert (log.lives, log.freshnesses) == (1, 1)
        log.add("cam-0001", State.DOWN)
        clock.advance(6)
        await until(lambda: (log.lives, log.freshnesses) == (2, 2))


async def test_the_snapshot_may_be_newer_than_the_follower_without_a_duplicate(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        log.add("cam-0001", State.DOWN)  # in the snapshot, and soon offered by the follower
        screen = Screen(await live.connect(None, None))
        await screen.read()
        assert screen.cursor == 1
        log.add("cam-0001", State.UP)
        await screen.read_until(2)
        assert screen.ids == [2]


async def test_a_screen_that_comes_back_gets_what_it_missed_and_no_snapshot(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        for number in range(2_500):  # more than a page
            log.add(f"cam-{number % 7}", State.DOWN)
        await until(lambda: live.counts().events == len(log.rows))
        screen = Screen(await live.connect(None, 1))
        screen.cursor = 1
        await screen.read()
        assert screen.ids == list(range(2, 2_501))
        assert "snapshot" not in screen.names
        assert screen.names[-1] == "heartbeat"  # at once: is anybody looking?


async def test_a_screen_that_was_away_while_we_restarted_gets_both(
    log: Log, clock: ManualClock
) -> None:
    log.add("cam-0001", State.DOWN)
    log.add("cam-0001", State.UP)
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, 1))
        screen.cursor = 1
        await screen.read()
        assert screen.names == ["transition", "snapshot", "heartbeat"]
        assert screen.states == log.states


@pytest.mark.parametrize("last_event_id", [10**30, 99_999])
async def test_an_id_of_another_store_gets_a_snapshot(
    log: Log, clock: ManualClock, last_event_id: int
) -> None:
    log.add("cam-0001", State.DOWN)
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, last_event_id))
        await screen.read()
        assert (screen.names, screen.cursor) == (["snapshot"], 1)


async def test_a_screen_that_was_away_for_too_long_gets_a_snapshot(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        for _ in range(RESUME_EVENTS + 2):
            log.add("cam-0001", State.DOWN)
        await until(lambda: live.counts().events == len(log.rows))
        screen = Screen(await live.connect(None, 1))
        await screen.read()
        assert screen.names == ["snapshot"]


async def test_a_slow_screen_gets_a_fresh_snapshot_instead_of_a_long_queue(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock, listener_bytes=2_000) as live:
        slow, quick = [Screen(await live.connect(None, None)) for _ in range(2)]
        await slow.read()
        await quick.read()
        for number in range(50):
            log.add(f"cam-{number % 5}", State.DOWN if number % 2 else State.UP)
            await quick.read_until(number + 1)
        assert quick.ids == list(range(1, 51))
        await slow.read_until(50)
        assert slow.names.count("snapshot") == 2
        assert len(slow.ids) < 50
        assert slow.states == quick.states == log.states
        assert live.counts().overflows == 1


async def test_what_overflows_while_a_snapshot_is_read_is_not_lost(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock, listener_bytes=1_000) as live:
        log.gate.clear()
        connecting = asyncio.create_task(live.connect(None, None))
        await until(lambda: log.snapshots == 1)  # it is read, and not yet handed out
        for number in range(20):
            log.add(f"cam-{number}", State.DOWN)
        await until(lambda: live.counts().overflows == 1)
        log.gate.set()
        screen = Screen(await connecting)
        await screen.read_until(20)
        assert screen.names == ["snapshot", "snapshot"]
        assert screen.states == log.states


async def test_a_snapshot_that_a_refresh_overtook_is_not_given_to_others(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        log.gate.clear()
        connecting = asyncio.create_task(live.connect(None, None))
        await until(lambda: log.snapshots == 1)
        log.states["cam-0003"] = State.UNKNOWN  # imported while the snapshot is on its way
        live._refresh_all()
        log.gate.set()
        screen = Screen(await connecting)
        while "cam-0003" not in screen.states:
            await screen.read()
        assert screen.names.count("snapshot") == 2


async def test_many_screens_share_one_snapshot(log: Log, clock: ManualClock) -> None:
    async with following(log, clock) as live:
        await asyncio.gather(*(live.connect(None, None) for _ in range(40)))
        assert log.snapshots == 1


async def test_heartbeats_come_without_changes_and_say_who_is_alive(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, None))
        await screen.read()
        for _ in range(3):
            clock.advance(5)
            log.beats = [Heartbeat("main", "run", NOON, clock.now())]
            await screen.read()
        assert screen.names == ["snapshot"] + ["heartbeat"] * 3


async def test_when_the_last_collector_is_gone_every_screen_is_told_anew(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, None))
        await screen.read()
        clock.advance(12.5)
        while screen.names.count("snapshot") < 2:
            await screen.read()
        log.beats = [Heartbeat("main", "run-2", clock.now(), clock.now())]
        clock.advance(1)
        while screen.names.count("snapshot") < 3:
            await screen.read()


async def test_a_store_that_cannot_be_read_makes_the_screens_blind_not_calm(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        stream = await live.connect(None, None)
        pieces = stream.pieces()
        await anext(pieces)
        log.broken = True
        await until(lambda: not live.following)
        clock.advance(60)
        beat = await asyncio.wait_for(anext(pieces), 5)
        assert b"event: heartbeat" in beat
        assert b'"alive":false' in beat
        log.broken = False
        log.add("cam-0001", State.DOWN)
        piece = b""
        while b"event: snapshot" not in piece:
            piece += await asyncio.wait_for(anext(pieces), 5)
        assert b'"cam-0001":"down"' in piece


async def test_a_change_of_the_inventory_reaches_every_screen(log: Log, clock: ManualClock) -> None:
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, None))
        await screen.read()
        log.mark += 1
        log.states["cam-0003"] = State.UNKNOWN  # imported, and no transition yet
        clock.advance(5)
        while "cam-0003" not in screen.states:
            await screen.read()


async def test_the_stream_of_a_revoked_token_ends_and_the_others_go_on(
    log: Log, clock: ManualClock
) -> None:
    valid = {1, 2}
    async with following(log, clock, still_valid=valid.intersection) as live:
        one, two = [Screen(await live.connect(token, None)) for token in (1, 2)]
        await one.read()
        await two.read()
        valid.discard(1)
        clock.advance(5)
        async for _ in one.pieces:
            pass
        await two.read()
        assert two.names[-1] == "heartbeat"


async def test_closing_ends_streams_and_refuses_new_ones(log: Log, clock: ManualClock) -> None:
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, None))
        await screen.read()
        live.close()
        with pytest.raises(StopAsyncIteration):
            await screen.read()
        with pytest.raises(LiveError):
            await live.connect(None, None)


async def test_a_screen_that_comes_while_we_start_is_kept_waiting_not_refused(
    log: Log, clock: ManualClock
) -> None:
    live = make_live(log, clock)
    early = asyncio.create_task(live.connect(None, None))
    await asyncio.sleep(0.02)
    assert not early.done()
    follower = asyncio.create_task(live.run())
    screen = Screen(await early)
    await screen.read()
    assert screen.names == ["snapshot"]
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)


async def test_a_stream_that_is_closed_is_forgotten(log: Log, clock: ManualClock) -> None:
    async with following(log, clock) as live:
        streams = [await live.connect(None, None) for _ in range(3)]
        assert live.counts().listeners == 3
        for stream in streams:
            stream.close()
        assert live.counts().listeners == 0


async def test_a_screen_that_cannot_be_given_a_snapshot_is_not_kept(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        log.broken = True
        with pytest.raises(OSError, match="disk"):
            await live.connect(None, None)
        assert live.counts().listeners == 0


@pytest.mark.parametrize("seed", range(4))
async def test_screens_that_come_go_and_dawdle_end_with_the_truth(
    log: Log, clock: ManualClock, seed: int
) -> None:
    """Screens connect, resume, stop reading and overflow at random while the log grows."""
    chance = random.Random(seed)  # noqa: S311 - a test's order of events
    async with following(log, clock, listener_bytes=3_000) as live:
        screens = [Screen(await live.connect(None, None)) for _ in range(4)]

        async def write() -> None:
            for _ in range(300):
                log.add(f"cam-{chance.randrange(5)}", chance.choice(list(State)))
                clock.advance(0.01)
                if chance.random() < 0.3:
                    await asyncio.sleep(0.01)

        async def watch(place: int) -> None:
            while not writer.done():
                screen = screens[place]
                if chance.random() < 0.2:  # the connection is lost, the browser comes back
                    screen.stream.close()
                    again = await live.connect(None, screen.cursor or None)
                    screen.stream, screen.pieces = again, again.pieces()
                    await screen.read()
                elif chance.random() < 0.2:
                    await asyncio.sleep(0.3)  # busy: the queue may reach its bound
                elif screen.cursor < len(log.rows):
                    await screen.read()
                else:
                    await asyncio.sleep(0.01)

        writer = asyncio.create_task(write())
        await asyncio.gather(writer, *(watch(place) for place in range(4)))
        for screen in screens:
            await screen.read_until(300)
            assert screen.states == log.states


def test_a_batch_sends_only_what_comes_after_a_cursor() -> None:
    batch = encode_batch([transition(4), transition(5), transition(9)])
    assert batch.after(3) is batch.joined
    assert batch.after(4).count(b"event: transition") == 2
    assert batch.after(9) == b""


def test_an_event_is_one_line_of_json_whatever_it_says() -> None:
    frame = encode_event("transition", {"detail": "a\nb\r\u2028c", "at": NOON}, 7)
    head, data = frame.decode().split("data: ")
    assert head == "event: transition\nid: 7\n"
    assert "\n" not in data.removesuffix("\n\n")
    assert "\r" not in data
    assert json.loads(data) == {"detail": "a\nb\r\u2028c", "at": "2026-11-22T04:00:00Z"}


async def test_a_changed_incident_is_pointed_to_without_an_id(log: Log, clock: ManualClock) -> None:
    log.incident_lines += [1, 2]
    async with following(log, clock) as live:
        screen = Screen(await live.connect(None, None))
        await screen.read_until(0)
        log.incident_lines += [7, 3, 7]
        log.add("cam-0001", State.DOWN)
        said = b""
        while b"event: incident" not in said:
            said += await asyncio.wait_for(anext(screen.pieces), 5)
    frame = said[said.index(b"event: incident") :].split(b"\n\n")[0]
    assert frame == b'event: incident\ndata: {"ids":[3,7]}'


async def test_pointers_to_incidents_wait_together_and_outlive_a_snapshot() -> None:
    listener = Listener(None, 1_000)
    listener.point_to({5, 3})
    listener.ask_for_snapshot()
    listener.point_to({4})
    assert listener.take() == b'event: incident\ndata: {"ids":[3,4,5]}\n\n'
    assert listener.take() == b""
    listener.point_to(range(101))
    assert listener.take() == b'event: incident\ndata: {"ids":null}\n\n'


async def test_what_waits_for_a_screen_that_takes_nothing_does_not_grow() -> None:
    listener = Listener(None, 1_000)
    for number in range(5_000):
        listener.point_to({number})
        listener.tell_alerts({number: {"id": number}})
    assert len(listener._incidents) < 200
    assert len(listener._alerts) < 200
    assert listener.take().count(b"null") == 2


async def test_of_two_heartbeats_that_wait_only_the_newer_is_sent() -> None:
    listener = Listener(None, 1_000)
    listener.beat(b"old")
    listener.beat(b"new")
    await listener.wait()
    assert listener.take() == b"new"
    assert listener.take() == b""


def firing(stage: Stage | None = None, reason: HoldReason | None = None) -> FiringAlert:
    return FiringAlert("cam-0001", State.DOWN, Severity.CRITICAL, stage, reason)


async def alerts_said(stream: Stream) -> Any:
    """Read until alerts are told; return what is told of them."""
    async for piece in stream.pieces():
        for block in piece.decode().split("\n\n"):
            if block.startswith("event: alert\n"):
                return json.loads(block.partition("data: ")[2])["items"]
    raise AssertionError("the stream ended")


async def test_alerts_are_told_as_they_begin_change_and_end(log: Log, clock: ManualClock) -> None:
    log.alert(3, firing())  # from before: who connects asks for the list
    async with following(log, clock) as live:
        stream = await live.connect(None, None)
        seen = []
        for one in (firing(), firing(Stage.GROUP, HoldReason.SETTLING), None):
            clock.advance(1)
            log.alert(7, one)
            async with asyncio.timeout(5):
                (said,) = await alerts_said(stream)
            seen.append(said)
        stream.close()
    assert [(one["id"], one["stage"], one["ended"]) for one in seen] == [
        (7, None, False),
        (7, "group", False),
        (7, "group", True),
    ]
    assert (seen[1]["device"], seen[1]["reason"]) == ("cam-0001", "settling")
    assert (seen[1]["state"], seen[1]["severity"]) == ("down", "critical")


async def test_changes_of_alerts_within_a_second_are_told_together(
    log: Log, clock: ManualClock
) -> None:
    async with following(log, clock) as live:
        stream = await live.connect(None, None)
        log.alert(7, firing())
        log.alert(8, firing())
        await asyncio.sleep(0.05)  # ten looks: none of them may tell the half of it
        log.alert(8, None)
        clock.advance(1)
        async with asyncio.timeout(5):
            said = await alerts_said(stream)
        stream.close()
    assert [one["id"] for one in said] == [7]


async def test_of_very_many_alerts_only_that_they_changed_is_told() -> None:
    listener = Listener(None, 100_000)
    listener.tell_alerts({i: {"id": i} for i in range(100)})
    assert listener.take().startswith(b'event: alert\ndata: {"items":[{"id":0}')
    listener.tell_alerts({i: {"id": i} for i in range(100)})
    listener.tell_alerts({100: {"id": 100}})
    listener.ask_for_snapshot()
    assert listener.take() == b'event: alert\ndata: {"items":null}\n\n'
    assert listener.take() == b""

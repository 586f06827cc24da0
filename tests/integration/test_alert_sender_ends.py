"""Whatever ends a sender or stands in its way: no message stays on its way for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

import pytest

from collector.clock import SystemClock
from collector.model import Reason, State
from collector.model.alerts import DeliveryState, Notification, Purpose, Severity, Thread
from collector.notify.channels import Message, NotifyError, Sent
from collector.notify.lines import Lines
from collector.notify.messages import Renderer
from collector.notify.plan import AlertPlan, Receiver
from collector.notify.sender import Sender
from collector.notify.words.facts import About, Facts, Named
from collector.store import Batch, Store, StoreError
from tests.alert_play import PlainRules

CLOCK = SystemClock()
START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


@dataclass
class Hand:
    """A channel that takes, refuses or hangs as it is told."""

    name: str = "hook"
    can_edit: bool = False
    longest_text: int = 4_000
    refuses: int = 0
    hangs: bool = False
    asked: int = 0
    taken: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> Sent:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.refuses:
            self.refuses -= 1
            raise NotifyError("not now")
        self.taken.append(message)
        return Sent()

    async def close(self) -> None:
        pass


@dataclass
class Post:
    """A sender at work, and what it works with."""

    store: Store
    sender: Sender
    thread: Thread
    channel: Hand
    running: asyncio.Task[None]

    def put(self, key: str, purpose: Purpose = Purpose.FIRING) -> None:
        named = Named("cam-1", "Kamera 1", "camera", State.DOWN, Reason.NO_ANSWER, START)
        facts = Facts(
            purpose, Severity.CRITICAL, About.DEVICE, START, name="Kamera 1", kind="camera",
            state=State.DOWN, devices=(named,), firing=1, began_at=START,
        )  # fmt: skip
        now = CLOCK.now()
        row = Notification(self.thread.id, "noc", "hook", purpose, key, now, now, facts.to_json())
        self.store.outbox.add([row])
        self.sender.wake()

    def of(self, key: str) -> Notification:
        (found,) = (one for one in self.store.outbox.page(limit=500).items if one.key == key)
        return found

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(holds):
                await asyncio.sleep(0.01)

    async def end(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.notify.retrying.FIRST_PAUSE_SECONDS", 0.02)
    monkeypatch.setattr("collector.notify.lines.FIRST_REST_SECONDS", 0.02)
    monkeypatch.setattr("collector.notify.sender.POLL_SECONDS", 0.05)
    monkeypatch.setattr("collector.notify.sender.STOP_SECONDS", 0.2)
    monkeypatch.setattr("collector.notify.sender.STORE_PAUSE_SECONDS", 0.02)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "pantau.db") as opened:
        yield opened


@asynccontextmanager
async def post(store: Store) -> AsyncIterator[Post]:
    opened = Thread("device:cam-1", START, Severity.CRITICAL, START)
    (thread,) = store.alerts.commit(Batch(START, threads=[opened])).threads
    plan = AlertPlan(PlainRules(), {"noc": Receiver("noc", ("hook",))})
    channel = Hand()
    with ThreadPoolExecutor(1) as executor:
        sender = Sender(
            store, plan, {"hook": channel}, CLOCK, Lock(), Lines(), Renderer(), executor
        )
        it = Post(store, sender, thread, channel, asyncio.create_task(sender.run()))
        try:
            yield it
        finally:
            await it.end()


async def test_what_hangs_when_a_sender_is_ended_is_tried_again_marked(store: Store) -> None:
    async with post(store) as it:
        it.channel.hangs = True
        it.put("k-1")
        await it.until(lambda: it.channel.asked == 1)
        await it.end()
        row = it.of("k-1")
    assert (row.state, row.maybe_twice) == (DeliveryState.PENDING, True)


async def test_a_store_that_fails_after_the_claim_leaves_nothing_on_its_way(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [StoreError("the database is busy")]
    reference = store.outbox.reference

    def failing(thread_id: int, receiver: str, channel: str) -> str | None:
        if failures:
            raise failures.pop()
        return reference(thread_id, receiver, channel)

    monkeypatch.setattr(store.outbox, "reference", failing)
    async with post(store) as it:
        it.put("k-1", Purpose.UPDATE)
        await it.until(lambda: it.of("k-1").state is DeliveryState.SENT)
        assert it.of("k-1").maybe_twice is False


async def test_what_cannot_be_said_in_words_costs_one_message(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def speechless(*_: object, **__: object) -> None:
        raise KeyError("no such words")

    monkeypatch.setattr("collector.notify.words.speaker.Speaker.say", speechless)
    async with post(store) as it:
        it.put("k-1")
        await it.until(lambda: it.of("k-1").state is DeliveryState.DEAD)
        assert "KeyError" in it.of("k-1").answer
        assert not it.running.done()


async def test_a_fault_in_noting_ends_the_sender_instead_of_sending_what_is_never_noted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[bool]:
        raise RuntimeError("a fault of ours")

    async with post(store) as it:
        monkeypatch.setattr(store.outbox, "note", broken)
        it.put("k-1")
        await it.until(it.running.done)
        assert isinstance(it.running.exception(), RuntimeError)


async def test_nothing_is_kept_of_messages_that_were_taken_back(store: Store) -> None:
    async with post(store) as it:
        old = CLOCK.now() - timedelta(days=3)
        it.sender._first_at[999] = old
        it.sender._failures[999] = 4
        await it.until(lambda: 999 not in it.sender._first_at)
        assert 999 not in it.sender._failures

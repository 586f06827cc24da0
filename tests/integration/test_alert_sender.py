"""The sender over a real store and channels that speak to a scripted receiver."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.model import Reason, State
from collector.model.alerts import DeliveryState, Notification, Purpose, Severity, Thread
from collector.notify.channels import Channel, Message, Sent
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.outbound import Outbound, OutboundSettings
from collector.notify.channels.telegram import Telegram, TelegramSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings, id_of
from collector.notify.lines import Lines
from collector.notify.messages import Renderer
from collector.notify.plan import AlertPlan, Receiver
from collector.notify.sender import Sender
from collector.notify.words.facts import About, Facts, Named
from collector.store import Batch, Store
from tests.alert_play import PlainRules
from tests.alert_receiver import TELEGRAM_TOKEN, Fault
from tests.alert_receiver import Receiver as Listening

CLOCK = SystemClock()
SECRET = "110201543:rahasia"  # noqa: S105 - of this test
START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def listening() -> Iterator[Listening]:
    with Listening() as receiver:
        yield receiver


@pytest.fixture
def receiver(listening: Listening) -> Listening:
    listening.reset()
    return listening


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.notify.retrying.FIRST_PAUSE_SECONDS", 0.02)
    monkeypatch.setattr("collector.notify.retrying.FIRST_PAUSE_CRITICAL_SECONDS", 0.02)
    monkeypatch.setattr("collector.notify.lines.FIRST_REST_SECONDS", 0.02)
    monkeypatch.setattr("collector.notify.sender.POLL_SECONDS", 0.1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "pantau.db") as opened:
        yield opened


@dataclass
class Post:
    """A sender at work, and what it works with."""

    store: Store
    receiver: Listening
    sender: Sender
    thread: Thread

    def put(self, key: str, channel: str = "hook", **changed: object) -> Notification:
        facts = changed.pop("facts", None) or facts_of()
        assert isinstance(facts, Facts)
        now = CLOCK.now()
        row = Notification(
            self.thread.id, "noc", channel, facts.purpose, key, now, now, facts.to_json(),
            severity=facts.severity,
        )  # fmt: skip
        row = replace(row, **changed)  # type: ignore[arg-type]
        self.store.outbox.add([row])
        self.sender.wake()
        return row

    def of(self, key: str) -> Notification:
        (found,) = (one for one in self.store.outbox.page(limit=500).items if one.key == key)
        return found

    def states(self) -> list[tuple[str, DeliveryState]]:
        return [(one.key, one.state) for one in self.store.outbox.page(limit=500).items]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(holds):
                await asyncio.sleep(0.01)

    async def until_state(self, key: str, state: DeliveryState) -> Notification:
        await self.until(lambda: (key, state) in self.states())
        return self.of(key)


def facts_of(purpose: Purpose = Purpose.FIRING, *, new: bool = True) -> Facts:
    named = Named("cam-1", "Kamera 1", "camera", State.DOWN, Reason.NO_ANSWER, START, is_new=new)
    return Facts(
        purpose, Severity.CRITICAL, About.DEVICE, START, name="Kamera 1", kind="camera",
        state=State.DOWN, devices=(named,), firing=1, began_at=START, ended_at=CLOCK.now(),
    )  # fmt: skip


def telegram(receiver: Listening, outbound: Outbound) -> Telegram:
    settings = TelegramSettings("chat", TELEGRAM_TOKEN, "-100777", api_url=receiver.url)
    return Telegram(settings, outbound, CLOCK)


@asynccontextmanager
async def post(
    store: Store,
    receiver: Listening,
    *,
    hooks: tuple[str, ...] = ("hook",),
    others: Callable[[Outbound], Mapping[str, Channel]] = lambda _: {},
    language: str = "id",
    keep_trying_seconds: float = 3_600.0,
) -> AsyncIterator[Post]:
    outbound = Outbound(OutboundSettings(Allowed.of("127.0.0.1"), seconds=5))
    channels: dict[str, Channel] = {
        name: Webhook(WebhookSettings(name, f"{receiver.url}/{name}"), outbound, CLOCK)
        for name in hooks
    }
    channels |= others(outbound)
    plan = AlertPlan(
        PlainRules(),
        {"noc": Receiver("noc", tuple(channels), language=language)},
        keep_trying_seconds=keep_trying_seconds,
    )
    opened = Thread("device:cam-1", START, Severity.CRITICAL, START)
    (thread,) = store.alerts.commit(Batch(START, threads=[opened])).threads
    with ThreadPoolExecutor(1) as executor:
        sender = Sender(store, plan, channels, CLOCK, Lock(), Lines(), Renderer(), executor)
        running = asyncio.create_task(sender.run())
        try:
            yield Post(store, receiver, sender, thread)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await outbound.close()


async def test_a_message_is_sent_and_noted(store: Store, receiver: Listening) -> None:
    async with post(store, receiver) as it:
        it.put("k-1")
        row = await it.until_state("k-1", DeliveryState.SENT)
    assert (row.attempts, row.reference, row.maybe_twice) == (1, "k-1", False)
    assert row.sent_at is not None
    (body,) = receiver.of("webhook")
    assert (body["id"], body["purpose"], body["severity"]) == ("k-1", "firing", "critical")
    assert "Kamera 1" in body["title"]


async def test_the_receivers_language_is_spoken(store: Store, receiver: Listening) -> None:
    async with post(store, receiver, language="en") as it:
        it.put("k-1")
        await it.until_state("k-1", DeliveryState.SENT)
    assert "down since" in receiver.of("webhook")[0]["title"]


async def test_what_is_not_taken_is_sent_again_with_the_same_id(
    store: Store, receiver: Listening
) -> None:
    receiver.faults.extend([Fault(503), Fault(429, headers={"Retry-After": "0"})])
    async with post(store, receiver) as it:
        it.put("k-1")
        row = await it.until_state("k-1", DeliveryState.SENT)
    assert (row.attempts, row.maybe_twice) == (3, False)
    assert [one["id"] for one in receiver.of("webhook")] == ["k-1"]


async def test_what_may_have_arrived_says_so_when_it_comes_again(
    store: Store, receiver: Listening
) -> None:
    receiver.faults.append(Fault(takes=True, cut=True))
    async with post(store, receiver) as it:
        it.put("k-1")
        row = await it.until_state("k-1", DeliveryState.SENT)
    assert row.maybe_twice
    assert [one["maybe_twice"] for one in receiver.of("webhook")] == [False, True]
    assert "Mungkin pernah terkirim" in receiver.of("webhook")[1]["text"]


async def test_what_was_on_its_way_at_a_kill_comes_again_and_says_so(
    store: Store, receiver: Listening
) -> None:
    async with post(store, receiver) as it:
        it.put("later", due_at=CLOCK.now() + timedelta(hours=1))
        store.outbox.claim(CLOCK.now() + timedelta(hours=2), 1)
        store.outbox.unfinished(CLOCK.now())
        it.sender.wake()
        row = await it.until_state("later", DeliveryState.SENT)
    assert row.maybe_twice
    assert receiver.of("webhook")[0]["maybe_twice"] is True


async def test_what_is_refused_for_good_goes_by_the_next_channel(
    store: Store, receiver: Listening
) -> None:
    receiver.rule = lambda request: Fault(410) if request.path == "/hook1" else None
    async with post(store, receiver, hooks=("hook1", "hook2")) as it:
        it.put("k-1", "hook1")
        await it.until_state("k-1>hook2", DeliveryState.SENT)
        row = it.of("k-1")
        assert row.state is DeliveryState.DEAD
        assert "410" in row.answer
        assert it.sender.lines.of("hook1").dead == 1


async def test_without_another_channel_it_is_dead_and_counted(
    store: Store, receiver: Listening
) -> None:
    receiver.rule = lambda _: Fault(503)
    async with post(store, receiver, keep_trying_seconds=0.2) as it:
        it.put("k-1")
        row = await it.until_state("k-1", DeliveryState.DEAD)
        assert row.attempts >= 3
        assert [one.state for one in store.outbox.unsent()] == [DeliveryState.DEAD]


async def test_what_is_dead_is_read_by_another_receiver(store: Store, receiver: Listening) -> None:
    receiver.rule = lambda request: Fault(410) if request.path == "/hook1" else None
    async with post(store, receiver, hooks=("hook1", "hook2")) as it:
        it.sender.plan = AlertPlan(
            PlainRules(),
            {"ani": Receiver("ani", ("hook1",)), "noc": Receiver("noc", ("hook2",))},
        )
        it.put("k-1", "hook1", receiver="ani")
        await it.until_state("k-1>>noc", DeliveryState.SENT)
    (body,) = receiver.of("webhook")
    assert "Tidak sampai ke ani" in body["text"]


async def test_behind_a_channel_that_fails_the_others_do_not_wait_beyond_their_time(
    store: Store, receiver: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.notify.lines.FIRST_REST_SECONDS", 60.0)
    monkeypatch.setattr("collector.notify.sender.OVERDUE_EVERY", timedelta(0))
    receiver.rule = lambda request: Fault(503) if request.path == "/hook1" else None
    async with post(store, receiver, hooks=("hook1", "hook2")) as it:
        impatient = Receiver("noc", ("hook1", "hook2"), give_up_critical_seconds=0.3)
        it.sender.plan = AlertPlan(PlainRules(), {"noc": impatient})
        for number in range(30):
            it.put(f"k-{number}", "hook1", thread_id=None)
        await it.until(lambda: len(receiver.of("webhook")) == 30)
        assert {one["id"] for one in receiver.of("webhook")} == {
            id_of(f"k-{number}>hook2") for number in range(30)
        }


async def test_a_channel_that_is_no_more_is_said_and_the_first_one_taken(
    store: Store, receiver: Listening
) -> None:
    async with post(store, receiver) as it:
        it.put("k-1", "sms")
        await it.until_state("k-1>hook", DeliveryState.SENT)
        assert it.of("k-1").answer == 'alerts.yaml has no channel "sms" any more'


async def test_facts_that_nobody_can_read_cost_one_message(
    store: Store, receiver: Listening
) -> None:
    async with post(store, receiver) as it:
        broken = replace(it.put("k-0"), key="k-1", facts={"purpose": "no such"})
        store.outbox.add([broken])
        it.put("k-2")
        row = await it.until_state("k-1", DeliveryState.DEAD)
        await it.until_state("k-2", DeliveryState.SENT)
    assert "its facts cannot be read" in row.answer


async def test_a_channel_that_hangs_holds_up_no_other(store: Store, receiver: Listening) -> None:
    hold = Fault(503, delay_seconds=3)
    receiver.rule = lambda request: hold if request.path == "/hook1" else None
    async with post(store, receiver, hooks=("hook1", "hook2")) as it:
        for number in range(40):
            it.put(f"a-{number}", "hook1", thread_id=None)
        for number in range(40):
            it.put(f"b-{number}", "hook2", thread_id=None)
        await it.until(lambda: len(receiver.of("webhook")) == 40)
        assert it.sender.lines.of("hook1").sent == 0
        assert it.sender.lines.of("hook1").under_way <= 16
        receiver.rule = lambda _: None


async def test_in_a_thread_nothing_overtakes(store: Store, receiver: Listening) -> None:
    receiver.faults.extend([Fault(503), Fault(503)])
    async with post(store, receiver) as it:
        it.put("k-1")
        it.put("k-2", facts=facts_of(Purpose.RECOVERED))
        await it.until_state("k-2", DeliveryState.SENT)
    assert [one["id"] for one in receiver.of("webhook")] == ["k-1", "k-2"]
    assert receiver.of("webhook")[1]["thread"] == "k-1"


async def test_numbers_edit_the_first_message_and_news_answer_it(
    store: Store, receiver: Listening
) -> None:
    def chat(outbound: Outbound) -> Mapping[str, Channel]:
        return {"chat": telegram(receiver, outbound)}

    async with post(store, receiver, hooks=(), others=chat) as it:
        it.put("k-1", "chat")
        it.put("k-2", "chat", facts=facts_of(Purpose.UPDATE, new=False))
        it.put("k-3", "chat", facts=facts_of(Purpose.UPDATE, new=True))
        it.put("k-4", "chat", facts=facts_of(Purpose.RECOVERED))
        await it.until_state("k-4", DeliveryState.SENT)
    assert [one.deed for one in receiver.taken] == ["send", "edit", "send", "send"]
    first = int(receiver.taken[0].reference)
    assert receiver.taken[1].body["message_id"] == first
    assert receiver.taken[2].body["reply_parameters"]["message_id"] == first


async def test_what_is_under_way_at_the_end_is_finished_and_noted(
    store: Store, receiver: Listening
) -> None:
    receiver.faults.append(Fault(delay_seconds=0.5))
    async with post(store, receiver) as it:
        it.put("k-1")
        await it.until(lambda: len(receiver.requests) == 1)
    assert it.of("k-1").state is DeliveryState.SENT


async def test_what_was_claimed_while_the_sender_ends_waits_for_the_next(
    store: Store, receiver: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    claiming, go_on = threading.Event(), threading.Event()
    claim = store.outbox.claim

    def slowly(*args: Any, **kwargs: Any) -> list[Notification]:
        taken = claim(*args, **kwargs)
        if taken:
            claiming.set()
            go_on.wait(10)
        return taken

    monkeypatch.setattr(store.outbox, "claim", slowly)
    async with post(store, receiver) as it:
        it.put("k-1")
        await it.until(claiming.is_set)
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    assert it.of("k-1").state is DeliveryState.PENDING
    assert not it.of("k-1").maybe_twice
    assert receiver.of("webhook") == []


class _Faulty:
    """A channel with a fault of its own, whose words hold a secret."""

    name = "faulty"
    can_edit = False
    longest_text = 100

    async def send(self, message: Message) -> Sent:
        del message
        raise ValueError(f"https://api.example/bot{SECRET}/send")

    async def close(self) -> None:
        return None


async def test_a_fault_of_ours_loses_nothing_and_tells_no_secret(
    store: Store, receiver: Listening, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(outbound: Outbound) -> Mapping[str, Channel]:
        del outbound
        return {"faulty": _Faulty()}

    with caplog.at_level(logging.DEBUG):
        async with post(store, receiver, others=faulty, keep_trying_seconds=0.2) as it:
            it.put("k-1", "faulty")
            row = await it.until_state("k-1", DeliveryState.DEAD)
            assert "a fault in Pantau itself (ValueError)" in row.answer
            assert row.maybe_twice
    assert SECRET not in caplog.text
    assert SECRET not in row.answer

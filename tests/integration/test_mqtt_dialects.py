"""Devices of every MQTT dialect on one mosquitto, which is restarted: nothing lost, nothing twice.

The story is told once, and each dialect is asked what came of it:

    leftovers   retained words and telemetry, from before the collector's start
    live        every message once
    in flight   every message again; taken by the listener, not yet kept when the broker restarts
    repeated    the same bytes once more, as a publisher does that missed the broker's answer
    after       every message a third time
    gone        each device's word that it is offline
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.engine import Engine
from collector.listeners.mqtt import MqttListener, MqttSettings
from collector.model import (
    Check,
    CheckResult,
    Device,
    Outcome,
    Reason,
    ResultBatch,
    Role,
    Rule,
    State,
    Target,
)
from collector.profiles import load_profiles
from tests.conftest import need_program
from tests.integration.mqtt_broker import ACCOUNTS, Broker, a_device, running_broker
from tests.integration.mqtt_broker import Device as Publisher
from tests.profiles.mqtt_dialects import DIALECTS, Dialect, Message

PATIENCE_SECONDS = 30.0
IN_FLIGHT = 20  # messages that mosquitto sends before it wants answers; the others wait there
ROUNDS = 3  # live, in flight, after


def checks_of(dialect: Dialect) -> list[Check]:
    profile = load_profiles()[dialect.profile]
    name = dialect.mqtt_topic
    return [
        Check(
            f"{name}/{group.name}",
            name,
            group.name,
            "mqtt",
            group.role,
            group.interval_seconds,
            group.interval_seconds / 2,
            Target(name, mqtt_topic=name),
            group,
            Rule(confirm=1, recover=1),
        )
        for group in profile.groups
        if group.probe == "mqtt"
    ]


CHECKS = {dialect.mqtt_topic: checks_of(dialect) for dialect in DIALECTS}


class Keeper:
    """The engine and its store: takes results durably, as soon as it is open."""

    def __init__(self) -> None:
        devices = [Device(name, name, "sensor", "s", "p") for name in CHECKS]
        checks = [check for some in CHECKS.values() for check in some]
        self.engine = Engine(devices, checks, gap_seconds=3600.0)
        self.kept: list[CheckResult] = []
        self.offered = 0
        self.open = asyncio.Event()

    async def deliver(self, results: Sequence[CheckResult]) -> None:
        self.offered += len(results)
        await self.open.wait()
        self.kept += results
        clock = SystemClock()
        self.engine.handle(
            ResultBatch("c", "r", len(self.kept), tuple(results)), clock.now(), clock.monotonic()
        )

    def states(self) -> dict[str, State]:
        return {name: self.engine.state_of(name).state for name in CHECKS}


@dataclass
class Story:
    """What was seen on the way."""

    kept: list[CheckResult] = field(default_factory=list)
    states: dict[str, dict[str, State]] = field(default_factory=dict)
    redelivered: int = 0
    bad: int = 0


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(broker: Broker, keeper: Keeper) -> AsyncIterator[MqttListener]:
    listener = MqttListener(
        MqttSettings(
            port=broker.port,
            username="pantau",
            password=ACCOUNTS["pantau"],
            reconnect_min_seconds=0.05,
            reconnect_max_seconds=0.1,
        ),
        [check for some in CHECKS.values() for check in some],
        keeper.deliver,
        SystemClock(),
    )
    task = asyncio.create_task(listener.run())
    try:
        await until(lambda: listener.connected)
        yield listener
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def publish(
    device: Publisher, messages: Sequence[Message], moment: datetime, *, retain: bool = False
) -> None:
    for message in messages:
        await device.publish(message.topic, message.made_at(moment), retain=retain)


TELEMETRY = [message for dialect in DIALECTS for message in dialect.telemetry]
ONLINE = [dialect.online for dialect in DIALECTS if dialect.online]
OFFLINE = [dialect.offline for dialect in DIALECTS if dialect.offline]
SAYS_WHEN = [message for it in DIALECTS if it.says_when for message in it.telemetry]


async def tell(broker: Broker) -> Story:
    story, keeper = Story(), Keeper()
    began = datetime.now(UTC) - timedelta(seconds=30)  # noqa: TID251 - devices have own clocks
    moments = [began + timedelta(seconds=number) for number in range(ROUNDS)]
    keeper.open.set()
    async with a_device(broker) as device:
        await publish(device, [*ONLINE, *TELEMETRY], began - timedelta(hours=1), retain=True)
    async with listening(broker, keeper) as listener:
        counters = listener.counters
        await until(lambda: counters.retained_words == len(ONLINE))
        retained = len({it.topic for it in (*ONLINE, *TELEMETRY)})
        await until(lambda: counters.acknowledged == retained)
        story.states["leftovers"] = keeper.states()
        assert keeper.kept == []
        async with a_device(broker) as device:
            heard = counters.acknowledged + len(TELEMETRY)
            await publish(device, TELEMETRY, moments[0])
            await until(lambda: counters.acknowledged == heard)
            story.states["live"] = keeper.states()
            keeper.open.clear()
            taken = counters.messages + min(len(TELEMETRY), IN_FLIGHT)
            await publish(device, TELEMETRY, moments[1])
            await until(lambda: counters.messages >= taken)  # one more, if an answer crossed it
        await asyncio.to_thread(broker.stop)
        await until(lambda: not listener.connected)
        await asyncio.to_thread(broker.start)
        await until(lambda: listener.connected and counters.redelivered)
        keeper.open.set()
        async with a_device(broker) as device:
            await publish(device, SAYS_WHEN, moments[1])
            await publish(device, TELEMETRY, moments[2])
            await publish(device, OFFLINE, moments[2], retain=True)
        offline = {it.mqtt_topic for it in DIALECTS if it.offline}
        await until(lambda: all(keeper.states()[it] is State.DOWN for it in offline))
        story.states["gone"] = keeper.states()
        story.redelivered, story.bad = counters.redelivered, counters.bad_payloads
    story.kept = keeper.kept
    return story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder: Path = tmp_path_factory.mktemp("dialects")
    with running_broker(need_program("mosquitto"), folder, topics="#") as broker:
        yield asyncio.run(tell(broker))


every = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda it: f"{it}:{it.mqtt_topic}")


@every
def test_every_reading_of_every_round_is_kept_once(story: Story, dialect: Dialect) -> None:
    telemetry = {check.id for check in CHECKS[dialect.mqtt_topic] if check.role is Role.HEALTH}
    found = Counter(
        (reading.metric, reading.labels, reading.value)
        for result in story.kept
        if result.check_id in telemetry
        for reading in result.readings
    )
    wanted: Counter[object] = Counter()
    for message in dialect.telemetry:
        for (metric, labels), value in message.readings.items():
            wanted[metric, labels, value] += ROUNDS
    assert found == wanted


@every
def test_no_slot_of_a_check_is_given_twice_and_the_order_is_kept(
    story: Story, dialect: Dialect
) -> None:
    for check in CHECKS[dialect.mqtt_topic]:
        slots = [result.slot_at for result in story.kept if result.check_id == check.id]
        assert slots == sorted(set(slots))
        assert slots, check.id


@every
def test_what_was_retained_made_nobody_up_and_live_words_did(
    story: Story, dialect: Dialect
) -> None:
    name = dialect.mqtt_topic
    assert story.states["leftovers"][name] is State.UNKNOWN
    assert story.states["live"][name] in (State.UP, State.DEGRADED)
    assert story.states["gone"][name] in (
        (State.DOWN,) if dialect.offline else (State.UP, State.DEGRADED)
    )


@every
def test_only_the_devices_own_word_takes_it_down(story: Story, dialect: Dialect) -> None:
    ids = {check.id for check in CHECKS[dialect.mqtt_topic]}
    failed = [it for it in story.kept if it.check_id in ids and it.outcome is not Outcome.ANSWERED]
    assert {it.reason for it in failed} <= {Reason.REPORTED_OFFLINE}
    assert bool(failed) == (dialect.offline is not None)


def test_the_restart_did_make_the_broker_send_again(story: Story) -> None:
    assert story.redelivered > 0
    assert story.bad == 0

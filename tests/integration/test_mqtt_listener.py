"""The MQTT listener against a real mosquitto: what arrives, and what must never be lost."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from collector.clock import SystemClock
from collector.listeners.mqtt import MqttListener, MqttSettings
from collector.model import Check, CheckResult, Metric, MetricGroup, Outcome, Reason, Role, Target
from collector.profiles import load_profiles
from tests.integration.mqtt_broker import ACCOUNTS, Broker, a_device, running_broker

PATIENCE_SECONDS = 15.0


@pytest.fixture
def broker(mosquitto_program: str, tmp_path: Path) -> Iterator[Broker]:
    with running_broker(mosquitto_program, tmp_path) as running:
        yield running


def the_checks(devices: int = 2) -> list[Check]:
    word = {
        "topics": ["tele/{topic}/LWT"],
        "payload": "text",
        "online": "Online",
        "offline": "Offline",
    }
    data = {"topics": ["tele/{topic}/STATE", "tele/{topic}/SENSOR"], "payload": "json"}
    metrics = (Metric("power_watts", "ENERGY.Power", "W"), Metric("uptime", "UptimeSec", "s"))
    groups = (
        MetricGroup("status", "mqtt", Role.REACHABILITY, 300.0, options=word),
        MetricGroup("telemetry", "mqtt", Role.HEALTH, 300.0, metrics, options=data),
    )
    return [
        Check(
            f"sensor-{n}/{group.name}",
            f"sensor-{n}",
            group.name,
            "mqtt",
            group.role,
            300.0,
            150.0,
            Target(f"sensor-{n}", mqtt_topic=f"plug_{n}"),
            group,
        )
        for n in range(devices)
        for group in groups
    ]


class Keeper:
    """Stands for the engine and its store: takes results, durably or not at all."""

    def __init__(self) -> None:
        self.kept: list[CheckResult] = []
        self.offered: list[CheckResult] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failures = 0

    async def deliver(self, results: Sequence[CheckResult]) -> None:
        self.offered += results
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        await self.open.wait()
        self.kept += results

    def of(self, check_id: str) -> list[CheckResult]:
        return [result for result in self.kept if result.check_id == check_id]

    def values(self, metric: str) -> list[object]:
        return [r.value for result in self.kept for r in result.readings if r.metric == metric]


async def until(condition: Callable[[], object]) -> None:
    """Wait for something to become true, however slow the machine is."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


def the_listener(broker: Broker, keeper: Keeper, **changes: object) -> MqttListener:
    settings = {
        "port": broker.port,
        "username": "pantau",
        "password": ACCOUNTS["pantau"],
        "reconnect_min_seconds": 0.05,
        "reconnect_max_seconds": 0.2,
    }
    return MqttListener(
        MqttSettings(**(settings | changes)),  # type: ignore[arg-type]  # mixed values
        the_checks(),
        keeper.deliver,
        SystemClock(),
    )


@asynccontextmanager
async def running(listener: MqttListener, *, connected: bool = True) -> AsyncIterator[MqttListener]:
    """Run a listener as a task; it is cancelled at the end, and must take that well."""
    task = asyncio.create_task(listener.run())
    try:
        if connected:
            await until(lambda: listener.connected)
        yield listener
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_telemetry_arrives_as_results_with_readings(broker: Broker) -> None:
    keeper = Keeper()
    async with running(the_listener(broker, keeper)) as listener, a_device(broker) as device:
        await device.publish("tele/plug_1/SENSOR", json.dumps({"ENERGY": {"Power": 41.5}}))
        await device.publish("tele/plug_1/STATE", json.dumps({"UptimeSec": 7}), qos=0)
        await until(lambda: len(keeper.of("sensor-1/telemetry")) == 2)
    first, second = keeper.of("sensor-1/telemetry")
    assert [(r.metric, r.value) for r in first.readings] == [("power_watts", 41.5)]
    assert [(r.metric, r.value) for r in second.readings] == [("uptime", 7)]
    assert first.slot_at < second.slot_at
    assert len(keeper.of("sensor-1/status")) == 2
    assert keeper.of("sensor-0/status") == []
    assert listener.counters.acknowledged == 1  # the one of QoS 0 wants no answer


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_last_will_takes_a_device_offline_on_both_loops(
    broker: Broker, run: Callable[..., None]
) -> None:
    async def work() -> None:
        keeper = Keeper()
        topic = "tele/plug_0/LWT"
        async with (
            running(the_listener(broker, keeper)),
            a_device(broker, last_will=topic) as device,
        ):
            await device.publish(topic, "Online", retain=True)
            await until(lambda: keeper.of("sensor-0/status"))
            device.vanish()
            await until(lambda: len(keeper.of("sensor-0/status")) >= 2)
        online, offline = keeper.of("sensor-0/status")[:2]
        assert (online.outcome, online.reason) == (Outcome.ANSWERED, Reason.OK)
        assert (offline.outcome, offline.reason) == (Outcome.FAILED, Reason.REPORTED_OFFLINE)

    run(work())


async def test_retained_words_and_telemetry_make_nobody_up_and_offline_is_believed(
    broker: Broker,
) -> None:
    keeper = Keeper()
    async with a_device(broker) as device:
        await device.publish("tele/plug_0/LWT", "Online", retain=True)
        await device.publish("tele/plug_0/STATE", '{"UptimeSec": 5}', retain=True)
        await device.publish("tele/plug_1/LWT", "Offline", retain=True)
    async with running(the_listener(broker, keeper)) as listener:
        await until(lambda: listener.counters.messages == 3)
        await until(lambda: keeper.kept)
    assert keeper.of("sensor-0/status") == keeper.of("sensor-0/telemetry") == []
    old = keeper.of("sensor-1/status")[0]
    assert (old.outcome, old.reason) == (Outcome.FAILED, Reason.REPORTED_OFFLINE)
    assert "retained" in old.detail
    assert (listener.counters.retained_telemetry, listener.counters.retained_words) == (1, 1)


async def test_what_was_not_kept_before_we_died_comes_again(broker: Broker) -> None:
    dying = Keeper()
    dying.open.clear()
    async with running(the_listener(broker, dying)) as listener, a_device(broker) as device:
        await device.publish("tele/plug_1/STATE", '{"UptimeSec": 1}')
        await device.publish("tele/plug_1/STATE", '{"UptimeSec": 2}')
        await until(lambda: listener.counters.messages == 2 and dying.offered)
        assert listener.counters.acknowledged == 0
    assert dying.kept == []
    keeper = Keeper()
    async with running(the_listener(broker, keeper)) as listener:
        await until(lambda: len(keeper.values("uptime")) == 2)
        await until(lambda: listener.counters.acknowledged == 2)
    assert keeper.values("uptime") == [1, 2]
    assert listener.counters.redelivered == 2
    last = Keeper()
    async with running(the_listener(broker, last)) as listener, a_device(broker) as device:
        await device.publish("tele/plug_1/STATE", '{"UptimeSec": 3}')
        await until(lambda: last.kept)
    assert last.values("uptime") == [3]


async def test_what_is_published_while_we_are_away_is_waiting_for_us(broker: Broker) -> None:
    async with running(the_listener(broker, Keeper())):
        pass
    async with a_device(broker) as device:
        for number in range(50):
            await device.publish("tele/plug_1/STATE", json.dumps({"UptimeSec": number}))
    keeper = Keeper()
    async with running(the_listener(broker, keeper)):
        await until(lambda: len(keeper.values("uptime")) == 50)
    assert keeper.values("uptime") == list(range(50))


async def test_a_failing_store_delays_and_loses_nothing(
    broker: Broker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.listeners.mqtt.DELIVER_RETRY_SECONDS", (0.01, 0.05))
    caplog.set_level(logging.INFO)
    keeper = Keeper()
    keeper.failures = 5
    async with running(the_listener(broker, keeper)) as listener, a_device(broker) as device:
        await device.publish("tele/plug_1/STATE", '{"UptimeSec": 1}')
        await until(lambda: listener.counters.acknowledged == 1)
    assert keeper.values("uptime") == [1]
    assert listener.counters.delivery_failures == 5
    assert caplog.text.count("cannot be kept") == 1
    assert caplog.text.count("are kept again") == 1


async def test_a_full_queue_stops_reading_and_drops_nothing(broker: Broker) -> None:
    keeper = Keeper()
    keeper.open.clear()
    listener = the_listener(broker, keeper, max_queued_messages=10)
    async with running(listener), a_device(broker) as device:
        for number in range(300):
            await device.publish("tele/plug_1/STATE", json.dumps({"UptimeSec": number}), qos=0)
        await until(lambda: listener.counters.pauses)
        waiting = listener.counters.messages
        assert waiting <= 30
        await asyncio.sleep(0.1)
        assert listener.counters.messages == waiting
        keeper.open.set()
        await until(lambda: len(keeper.values("uptime")) == 300)
    assert keeper.values("uptime") == list(range(300))


async def test_a_broker_that_was_restarted_is_found_again(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    keeper = Keeper()
    async with running(the_listener(broker, keeper)) as listener:
        async with a_device(broker) as device:
            await device.publish("tele/plug_1/STATE", '{"UptimeSec": 1}')
            await until(lambda: listener.counters.acknowledged == 1)
        await asyncio.to_thread(broker.stop)
        await until(lambda: not listener.connected)
        await until(lambda: listener.counters.refusals >= 3)
        assert "Connection refused" in (listener.trouble or "")
        await asyncio.to_thread(broker.start)
        await until(lambda: listener.connected)
        assert listener.trouble is None
        async with a_device(broker) as device:
            await device.publish("tele/plug_1/STATE", '{"UptimeSec": 2}')
            await until(lambda: len(keeper.values("uptime")) == 2)
    assert keeper.values("uptime") == [1, 2]
    assert caplog.text.count("connected") == 2
    assert caplog.text.count("cannot reach the broker") == 1
    assert caplog.text.count("lost the broker") == 1


async def test_a_message_of_a_lost_connection_is_not_acknowledged_on_the_next(
    broker: Broker,
) -> None:
    keeper = Keeper()
    keeper.open.clear()
    async with running(the_listener(broker, keeper)) as listener:
        async with a_device(broker) as device:
            await device.publish("tele/plug_1/STATE", '{"UptimeSec": 1}')
            await until(lambda: keeper.offered)
        await asyncio.to_thread(broker.stop)
        await asyncio.to_thread(broker.start)
        await until(lambda: listener.counters.redelivered == 1)
        assert listener.counters.acknowledged == 0
        keeper.open.set()
        await until(lambda: listener.counters.acknowledged == 1)
    assert keeper.values("uptime") == [1]  # we had it, and the broker could not know
    assert listener.counters.repeated == 1


async def test_messages_come_over_tls_and_only_from_a_broker_we_trust(
    mosquitto_program: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper()
    with running_broker(mosquitto_program, tmp_path, tls=True) as broker:
        trusting = the_listener(broker, keeper, tls=True, tls_ca_file=str(broker.authority))
        async with running(trusting), a_device(broker) as device:
            for number in range(200):
                await device.publish("tele/plug_1/STATE", json.dumps({"UptimeSec": number}), qos=0)
            await until(lambda: len(keeper.values("uptime")) == 200)
        doubting = the_listener(broker, keeper, tls=True)
        async with running(doubting, connected=False):
            await until(lambda: doubting.counters.refusals >= 2)
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text


async def test_refused_credentials_are_logged_once_without_the_password_and_retried(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {"password": "kunci-salah"}
    listener = the_listener(broker, Keeper(), **wrong)
    async with running(listener, connected=False):
        await until(lambda: listener.counters.refusals >= 3)
    text = caplog.text
    assert text.count(f"the broker 127.0.0.1:{broker.port} refuses user 'pantau'") == 1
    assert "Not authorized" in text
    assert "kunci-salah" not in text


async def test_bad_payloads_are_bad_answers_and_are_acknowledged(broker: Broker) -> None:
    keeper = Keeper()
    bad = [b"not json", b"x" * 70_000, b"[" * 5000, b'{"UptimeSec": NaN}', b"\x00\xff", b""]
    async with running(the_listener(broker, keeper)) as listener, a_device(broker) as device:
        for payload in bad:
            await device.publish("tele/plug_1/STATE", payload)
        await device.publish("tele/plug_1/STATE", '{"UptimeSec": 9}')
        await until(lambda: listener.counters.acknowledged == len(bad) + 1)
    results = keeper.of("sensor-1/telemetry")
    assert [result.reason for result in results] == [Reason.BAD_ANSWER] * len(bad) + [Reason.OK]
    assert listener.counters.bad_payloads == len(bad)
    assert listener.counters.connections == 1


async def test_a_device_nobody_listed_is_quarantined_and_acknowledged(broker: Broker) -> None:
    keeper = Keeper()
    async with running(the_listener(broker, keeper)) as listener, a_device(broker) as device:
        await device.publish("tele/stranger/STATE", '{"UptimeSec": 9}')
        await device.publish("tele/stranger/STATE", "{}")
        await until(lambda: listener.counters.acknowledged == 2)
    (entry,) = listener.quarantine.snapshot()
    assert (entry.name, entry.messages, entry.octets) == ("tele/stranger/STATE", 2, 18)
    assert keeper.kept == []


async def test_without_a_device_of_our_own_we_look_out_for_unknown_ones(broker: Broker) -> None:
    settings = MqttSettings(
        port=broker.port, username="pantau", password=ACCOUNTS["pantau"], reconnect_min_seconds=0.05
    )
    profiles = load_profiles(()).values()
    listener = MqttListener(settings, [], Keeper().deliver, SystemClock(), profiles)
    async with running(listener), a_device(broker) as device:
        await device.publish("tele/stranger/STATE", '{"UptimeSec": 9}')
        await until(lambda: listener.quarantine.snapshot())
    assert listener.counters.refusals == 0


async def test_a_server_that_is_no_broker_is_told_and_retried(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def talk_nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(talk_nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = MqttSettings(port=port, reconnect_min_seconds=0.01, reconnect_max_seconds=0.02)
    listener = MqttListener(settings, the_checks(), Keeper().deliver, SystemClock())
    async with server, running(listener, connected=False):
        await until(lambda: listener.counters.refusals >= 3)
    assert f"the broker 127.0.0.1:{port} hung up" in caplog.text


async def test_without_mqtt_checks_there_is_nothing_to_run() -> None:
    await MqttListener(MqttSettings(port=1), [], Keeper().deliver, SystemClock()).run()


async def test_a_backlog_larger_than_the_queue_does_not_keep_us_from_connecting(
    broker: Broker,
) -> None:
    async with running(the_listener(broker, Keeper())):
        pass
    async with a_device(broker) as device:
        for number in range(60):
            await device.publish("tele/plug_1/STATE", json.dumps({"UptimeSec": number}))
    keeper = Keeper()
    keeper.open.clear()
    async with running(
        the_listener(broker, keeper, max_queued_messages=5), connected=False
    ) as listener:
        await until(lambda: listener.counters.pauses)
        keeper.open.set()
        await until(lambda: len(keeper.values("uptime")) == 60)
        await until(lambda: listener.connected)
    assert listener.counters.refusals == 0
    assert keeper.values("uptime") == list(range(60))

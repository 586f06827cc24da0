"""A siren over a real mosquitto, with a relay that listens as Tasmota's do."""

import asyncio
import contextlib
import socket
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from collector.config import load_config
from collector.inventory import load_inventory
from collector.model.alerts import Purpose, Severity, Silence
from collector.model.history import Scope
from collector.notify.app import Alerting, AlertingSettings
from collector.notify.channels import NotifyError, siren
from collector.notify.channels.opening import open_channels
from collector.notify.channels.siren import RANG, Siren, SirenSettings
from collector.notify.loading import load_alert_plan
from collector.store import Batch, Store
from collector.store.ringing import Ringing
from tests.alert_channel_hand import CLOCK, MESSAGE
from tests.alert_process import town, write_settings
from tests.alert_receiver import Receiver
from tests.conftest import need_program
from tests.contract.alerts_made import alert, member, message, thread
from tests.contract.store_backends import T0, at, city
from tests.integration.mqtt_broker import ACCOUNTS, Broker, running_broker

TOPIC = "cmnd/sirene/POWER"
PASSWORD = ACCOUNTS["device"]
ALERTS = """
settle: 0s
settle_critical: 0s
channels:
  sirene:
    {type: mqtt, port: %d, user: device, password_file: secret, topic: cmnd/sirene/POWER, rings: 0s}
receivers:
  noc: {channels: [sirene]}
policies:
  - {name: kamera, match: {kind: camera}, severity: critical}
"""
RECOVERED = replace(MESSAGE, purpose=Purpose.RECOVERED, reference=RANG)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder = tmp_path_factory.mktemp("mosquitto")
    with running_broker(need_program("mosquitto"), folder, topics="cmnd/#") as running:
        yield running


class Relay:
    """Listens to its topic, and does what it hears."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[str] = []
        self.subscribed = False
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="sirene")
        if broker.authority is not None:
            self._client.tls_set(str(broker.authority))
        self._client.username_pw_set("device", PASSWORD)
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self._client.subscribe(TOPIC, 1)

    def _on_message(self, client: Client, userdata: object, told: MQTTMessage) -> None:
        del client, userdata
        self.heard.append(told.payload.decode())

    def _on_subscribe(self, *_: object) -> None:
        self.subscribed = True

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not done():
                await asyncio.sleep(0.01)

    async def hears(self, *words: str) -> None:
        await self.until(lambda: len(self.heard) >= len(words))
        assert self.heard == list(words)

    async def close(self) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)


@asynccontextmanager
async def a_relay(broker: Broker) -> AsyncIterator[Relay]:
    relay = Relay(broker)
    try:
        await relay.until(lambda: relay.subscribed)
        yield relay
    finally:
        await relay.close()


class Outbox:
    """Says what there is to ring for."""

    def __init__(self, now: bool = False, last_at: datetime | None = None) -> None:
        self.answer = Ringing(now, last_at)
        self.broken = False
        self.asked: list[datetime | None] = []

    def ringing(
        self,
        channel: str,
        since_at: datetime | None,
        purposes: Collection[Purpose],
        severities: Collection[Severity],
    ) -> Ringing:
        assert channel == "sirene"
        assert Purpose.FIRING in purposes
        assert Severity.CRITICAL in severities
        self.asked.append(since_at)
        if self.broken:
            raise OSError("disk")
        return self.answer


@asynccontextmanager
async def a_siren(
    broker: Broker, outbox: Outbox | Store | None = None, **other: Any
) -> AsyncIterator[Siren]:
    chosen = {"name": "sirene", "topic": TOPIC, "port": broker.port, "user": "device", **other}
    ask = None
    if outbox is not None:
        ask = outbox.outbox.ringing if isinstance(outbox, Store) else outbox.ringing
    made = Siren(SirenSettings(**{"password": PASSWORD, **chosen}), CLOCK, ask)
    try:
        yield made
    finally:
        await made.close()
        await made.close()


async def trouble(channel: Siren) -> NotifyError:
    with pytest.raises(NotifyError) as caught:
        await channel.send(MESSAGE)
    shown = "".join(traceback.format_exception(caught.value)) + repr(channel._settings)
    assert PASSWORD not in shown + repr(channel._publisher._broker)
    return caught.value


# --- on and off ----------------------------------------------------------------------------------


async def test_it_is_on_until_nothing_else_that_rang_is_open(broker: Broker) -> None:
    outbox = Outbox(now=True)
    async with a_relay(broker) as relay, a_siren(broker, outbox) as channel:
        sent = await channel.send(MESSAGE)
        assert (sent.reference, sent.answer) == (RANG, "on: the broker has it")
        assert "something else" in (await channel.send(RECOVERED)).answer
        await relay.hears("ON")
        outbox.answer = Ringing(False, None)
        assert (await channel.send(RECOVERED)).answer == "off: the broker has it"
        await relay.hears("ON", "OFF")


@pytest.mark.parametrize(
    "quiet",
    [
        replace(MESSAGE, severity=Severity.WARNING),
        replace(MESSAGE, purpose=Purpose.DIGEST),
        replace(MESSAGE, purpose=Purpose.HEARTBEAT),
        replace(MESSAGE, purpose=Purpose.REPEAT),
        replace(MESSAGE, purpose=Purpose.FLAPPING),
        replace(MESSAGE, purpose=Purpose.UPDATE, reference=RANG),
        replace(MESSAGE, purpose=Purpose.RECOVERED, reference=None),
    ],
)
async def test_what_is_not_worth_a_siren_is_taken_in_silence(broker: Broker, quiet: Any) -> None:
    async with a_relay(broker) as relay, a_siren(broker) as channel:
        assert (await channel.send(quiet)).reference is None
        await channel.send(MESSAGE)
        await relay.hears("ON")


@pytest.mark.parametrize(
    "loud",
    [
        replace(MESSAGE, purpose=Purpose.ESCALATION),
        replace(MESSAGE, purpose=Purpose.STORM),
        replace(MESSAGE, purpose=Purpose.UPDATE),  # it became so severe: it did not ring before
    ],
)
async def test_escalations_storms_and_what_became_severe_ring(broker: Broker, loud: Any) -> None:
    async with a_relay(broker) as relay, a_siren(broker) as channel:
        assert (await channel.send(loud)).reference == RANG
        await relay.hears("ON")


async def test_a_lamp_may_say_other_words_for_milder_things(broker: Broker) -> None:
    async with (
        a_relay(broker) as relay,
        a_siren(broker, on="merah", off='{"nyala": 0}', least=Severity.WARNING) as channel,
    ):
        await channel.send(replace(MESSAGE, severity=Severity.WARNING))
        await channel.send(RECOVERED)
        await relay.hears("merah", '{"nyala": 0}')


async def test_a_test_sounds_briefly_and_leaves_a_real_alarm_on(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(siren, "TEST_SECONDS", 0.01)
    outbox = Outbox()
    tested = replace(MESSAGE, purpose=Purpose.TEST, severity=Severity.INFO)
    async with a_relay(broker) as relay, a_siren(broker, outbox) as channel:
        assert (await channel.send(tested)).reference is None
        await relay.hears("ON", "OFF")
        outbox.answer = Ringing(True, CLOCK.now())
        await channel.send(tested)
        await channel.send(MESSAGE)
        await relay.hears("ON", "OFF", "ON", "ON")


# --- without a message ---------------------------------------------------------------------------


async def test_an_acknowledgement_or_the_time_that_is_over_makes_it_quiet(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(siren, "WATCH_SECONDS", 0.01)
    outbox = Outbox(now=True)
    async with a_relay(broker) as relay, a_siren(broker, outbox, rings_seconds=60) as channel:
        await channel.send(MESSAGE)
        await relay.hears("ON")
        outbox.answer = Ringing(False, CLOCK.now())
        await relay.hears("ON", "OFF")
        asked = len(outbox.asked)
        await asyncio.sleep(0.05)
        assert len(outbox.asked) <= asked + 1, "what is off is not asked for again"
    assert set(outbox.asked) == {CLOCK.now() - timedelta(seconds=60)}


@pytest.mark.parametrize(
    ("last_at", "words"),
    [
        (CLOCK.now() - timedelta(minutes=10), ["OFF", "ON"]),
        (CLOCK.now() - timedelta(days=2), ["ON"]),  # not ours to switch off
        (None, ["ON"]),
    ],
)
async def test_after_a_restart_what_is_over_since_is_switched_off(
    broker: Broker, last_at: datetime | None, words: list[str]
) -> None:
    outbox = Outbox(now=False, last_at=last_at)
    async with a_relay(broker) as relay, a_siren(broker, outbox) as channel:
        await relay.until(lambda: channel._is_on is False)
        await channel.send(MESSAGE)
        await relay.hears(*words)


async def test_a_restart_leaves_on_what_is_not_over(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(siren, "WATCH_SECONDS", 0.01)
    outbox = Outbox(now=True, last_at=CLOCK.now() - timedelta(days=3))
    async with a_relay(broker) as relay, a_siren(broker, outbox, rings_seconds=None):
        await relay.until(lambda: len(outbox.asked) > 2)
        assert relay.heard == []
        outbox.answer = replace(outbox.answer, now=False)
        await relay.hears("OFF")
    assert set(outbox.asked) == {None}


async def test_what_cannot_be_looked_after_is_logged_once_and_tried_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(siren, "WATCH_SECONDS", 0.01)
    outbox = Outbox(now=False, last_at=CLOCK.now())
    outbox.broken = True
    async with a_relay(broker) as relay, a_siren(broker, outbox) as channel:
        await relay.until(lambda: len(outbox.asked) > 3)
        with pytest.raises(NotifyError, match="cannot be read"):
            await channel.send(RECOVERED)
        outbox.broken = False
        await relay.hears("OFF")
    assert caplog.text.count("cannot be looked after") == 1


async def test_the_store_decides_over_a_restart_of_the_process(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads ring; one ends; a new process hears of the other's end."""
    monkeypatch.setattr(siren, "WATCH_SECONDS", 0.01)
    devices = [alert(name, severity=Severity.CRITICAL) for name in ("sw-1", "cam-1")]
    threads = [thread(f"incident:{number}") for number in (1, 2)]
    with Store.open(tmp_path / "pantau.db") as store:
        store.apply_inventory(city(), T0)
        async with a_relay(broker) as relay:
            async with a_siren(broker, store, rings_seconds=None) as channel:
                for device, within in zip(devices, threads, strict=True):
                    first = message(within.key, channel="sirene", severity=Severity.CRITICAL)
                    store.alerts.commit(
                        Batch(
                            at(1),
                            alerts=[device],
                            threads=[within],
                            members=[member(within, device)],
                            notifications=[(within, first)],
                        )
                    )
                    (claimed,) = store.outbox.claim(at(1), 1)
                    sent = await channel.send(MESSAGE)
                    store.outbox.sent(claimed.id or 0, CLOCK.now(), reference=sent.reference)
                await relay.hears("ON", "ON")
                over = replace(devices[0], ended_at=at(2), end_confirmed_at=at(2))
                store.alerts.commit(Batch(at(2), alerts=[over]))
                assert "rings on" in (await channel.send(RECOVERED)).answer
            async with a_siren(broker, store, rings_seconds=None) as channel:
                assert "rings on" in (await channel.send(RECOVERED)).answer
                over = replace(devices[1], ended_at=at(3), end_confirmed_at=at(3))
                store.alerts.commit(Batch(at(3), alerts=[over]))
                await relay.hears("ON", "ON", "OFF")


async def test_from_a_dead_camera_to_the_siren_and_quiet_when_somebody_sees_to_it(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: log of transitions, alerts, outbox, siren; silenced, then another recovers."""
    monkeypatch.setattr(siren, "WATCH_SECONDS", 0.05)
    (tmp_path / "secret").write_text(PASSWORD)
    (tmp_path / "secret").chmod(0o600)
    with Receiver() as unused, town(tmp_path, "cam-1", "cam-2") as city:
        config = load_config(write_settings(tmp_path, unused, ALERTS % broker.port), {})
        plan = load_alert_plan(config, load_inventory(config.inventory))
        opening = partial(open_channels, config, city.clock, city.store.outbox.ringing)
        settings = AlertingSettings("main", "Asia/Makassar", lambda: (plan, opening), opening)
        async with a_relay(broker) as relay:
            running = asyncio.create_task(Alerting(city.store, city.clock, settings, plan).run())
            try:
                await relay.until(lambda: "alerts.transitions" in city.store.alerts.marks())
                city.down("cam-1")
                await relay.hears("ON")
                now = city.clock.now()
                silence = Silence(
                    Scope(devices=("cam-1",)), "teknisi di sana", "budi", now, now,
                    now + timedelta(hours=1),
                )  # fmt: skip
                city.store.silences.create(silence)
                await relay.hears("ON", "OFF")
                city.down("cam-2")
                await relay.hears("ON", "OFF", "ON")
                city.up("cam-2")
                await relay.until(lambda: len(relay.heard) > 3)
                # Who looks after it may be first: the recovery says "off" all the same.
                assert relay.heard[:3] == ["ON", "OFF", "ON"]
                assert set(relay.heard[3:]) == {"OFF"}
            finally:
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running


# --- brokers -------------------------------------------------------------------------------------


async def test_a_relay_that_nobody_plugged_in_is_an_error_not_silence(broker: Broker) -> None:
    async with a_siren(broker) as channel:
        error = await trouble(channel)
        assert not error.permanent
        assert "nobody listens to cmnd/sirene/POWER" in str(error)
    async with a_siren(broker, retain=True) as channel:
        assert "kept for the relay" in (await channel.send(MESSAGE)).answer
    async with a_relay(broker) as relay:
        await relay.hears("ON")
        async with a_siren(broker, retain=True, off="") as channel:
            await channel.send(RECOVERED)  # an empty one is kept no longer
        await relay.hears("ON", "")


async def test_a_broker_that_is_away_is_a_passing_error(broker: Broker) -> None:
    async with a_relay(broker) as relay, a_siren(broker) as channel:
        broker.stop()
        error = await trouble(channel)
        assert not error.permanent
        assert "refuses the connection" in str(error)
        broker.start()
        await relay.until(lambda: relay._client.is_connected())
        relay._client.subscribe(TOPIC, 1)
        async with asyncio.timeout(30):
            while True:
                try:
                    await channel.send(MESSAGE)
                    break
                except NotifyError:  # until the relay listens again
                    await asyncio.sleep(0.05)
        await relay.hears("ON")


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ({"user": "device", "password": "salah"}, "user and password"),
        ({"user": None, "password": None}, "user and password"),
        ({"user": "pantau", "password": ACCOUNTS["pantau"]}, "write to that topic"),
    ],
)
async def test_who_may_not_is_told_so_for_good(
    broker: Broker, account: dict[str, Any], words: str
) -> None:
    async with a_siren(broker, **account) as channel:
        error = await trouble(channel)
    assert error.permanent
    assert words in str(error)


async def test_tls_is_checked(mosquitto_program: str, tmp_path: Path) -> None:
    with running_broker(mosquitto_program, tmp_path, tls=True, topics="cmnd/#") as broker:
        async with a_relay(broker) as relay:
            async with a_siren(broker, tls=True, ca_file=broker.authority) as channel:
                await channel.send(MESSAGE)
            async with a_siren(broker, tls=True) as channel:
                assert "is not trusted" in str(await trouble(channel))
            await relay.hears("ON")


async def test_a_broker_that_says_nothing_is_left_in_bounded_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = SirenSettings("sirene", TOPIC, port=silent.getsockname()[1], seconds=0.3)
        channel = Siren(settings, CLOCK)
        error = await trouble(channel)
        await channel.close()
    assert "does not answer MQTT" in str(error)
    assert not error.permanent


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\x05\x00\x00\x02\xff\xff",  # CONNACK with broken properties
        b"\x20\x09\x00\x00\x06\x1f\x00\x02\xff\xfe\x00",  # with words that are no UTF-8
        b"\x20\x00",
        b"\xff\xff\xff\xff\xff\xff",
        b"\x20\x03\x00\x00\x00\x40\x03\x00\x01\x55",  # PUBACK with an unknown reason
        b"\x20\x03\x00\x00\x00\x30\x07\x00\x02\xff\xfeabc",  # something published to us
    ],
)
async def test_a_broker_that_talks_nonsense_is_a_passing_error(answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(answer)
        await writer.drain()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        channel = Siren(SirenSettings("sirene", TOPIC, port=port, seconds=0.3), CLOCK)
        error = await trouble(channel)
        await channel.close()
    assert not error.permanent
    assert f"127.0.0.1:{port}" in str(error)


async def test_what_waited_for_a_resolver_that_hangs_is_not_said_any_more(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = threading.Event(), []
    connect = socket.create_connection

    def hang(*where: Any, **how: Any) -> socket.socket:
        asked.append(where)
        answers.wait(30)
        return connect(*where, **how)

    async with a_relay(broker) as relay, a_siren(broker, seconds=0.2) as channel:
        monkeypatch.setattr(socket, "create_connection", hang)
        for _ in range(3):
            error = await trouble(channel)
            assert "did not answer in time" in str(error)
            assert not error.permanent
        answers.set()
        monkeypatch.undo()
        async with a_siren(broker) as another:
            await another.send(RECOVERED)
        await relay.hears("OFF")
    assert len(asked) == 1, "the others wait behind it, in no thread that others need"


async def test_a_broker_that_knows_only_the_old_version_is_spoken_to_in_it() -> None:
    """CONNACK of 3.1.1 with return code 1 to a CONNECT of version 5; then as a broker does."""
    told: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = await reader.read(1024)
        if greeting[8] == 5:  # the version in a CONNECT
            writer.write(b"\x20\x02\x00\x01")
        else:
            writer.write(b"\x20\x02\x00\x00")
            told.append(await reader.read(1024))
            topic_length = int.from_bytes(told[-1][2:4], "big")
            writer.write(b"\x40\x02" + told[-1][4 + topic_length : 6 + topic_length])
        await writer.drain()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        sent = await Siren(SirenSettings("sirene", TOPIC, port=port, seconds=5), CLOCK).send(
            MESSAGE
        )
    assert sent.answer == "on: the broker has it"
    assert told[0].endswith(b"ON")


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"topic": "cmnd/#"}, "one place"),
        ({"topic": ""}, "one place"),
        ({"topic": "a\nb"}, "one place"),
        ({"on": "1", "off": "1"}, "differ"),
        ({"on": "x" * 2000}, "1024 bytes"),
        ({"rings_seconds": 0.0}, "a second at least"),
    ],
)
async def test_settings_that_cannot_be_right_say_so(wrong: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        Siren(SirenSettings(**{"name": "sirene", "topic": TOPIC, **wrong}), CLOCK)

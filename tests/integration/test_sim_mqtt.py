"""Sensors against real brokers: mosquitto and the embedded one."""

import asyncio
import gc
import json
import queue
import socket
import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from simulators.broker import BrokerUnavailableError, EmbeddedBroker
from simulators.city import Device, build_city
from simulators.live import Live
from simulators.mqtt import Sensors
from simulators.services import open_services

SENSOR = next(it for it in build_city(20, 1).devices if it.mqtt_topic)
TOPIC = f"tele/{SENSOR.mqtt_topic}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _mosquitto(program: str, folder: Path) -> AsyncIterator[int]:
    """Run mosquitto on a free port until the block ends."""
    port = _free_port()
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = await asyncio.create_subprocess_exec(
        program, "-c", str(settings), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            await asyncio.sleep(0.02)
        yield port
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def _broker(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[int]:
    """Run one of the two brokers."""
    if kind == "mosquitto":
        program = request.getfixturevalue("mosquitto_program")
        async with _mosquitto(program, request.getfixturevalue("tmp_path")) as port:
            yield port
    else:
        port = _free_port()
        async with EmbeddedBroker(port):
            yield port


class _Listener:
    """A subscriber to everything, in its own thread."""

    def __init__(self, port: int) -> None:
        self._heard: queue.Queue[tuple[str, str, bool]] = queue.Queue()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = self._subscribe
        self._client.on_message = self._hear
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    async def hears(self, topic: str, matches: Callable[[str], bool] = bool) -> tuple[str, bool]:
        """Wait for a message of this topic and kind; return it and whether it was retained."""
        while True:
            heard, payload, retained = await asyncio.to_thread(self._heard.get, timeout=10)
            if heard == topic and matches(payload):
                return payload, retained

    def has_heard(self, topic: str) -> bool:
        """Say whether a message of this topic has come in meanwhile, forgetting the others."""
        found = False
        while not self._heard.empty():
            found |= self._heard.get()[0] == topic
        return found

    @staticmethod
    def _subscribe(
        client: Client, _: object, __: ConnectFlags, ___: ReasonCode, ____: Properties | None
    ) -> None:
        client.subscribe("tele/#", qos=1)

    def _hear(self, _: Client, __: object, message: MQTTMessage) -> None:
        self._heard.put((message.topic, message.payload.decode(), message.retain))


@asynccontextmanager
async def _scene(
    kind: str, request: pytest.FixtureRequest, period: float = 0.2
) -> AsyncIterator[tuple[Live, _Listener, Sensors]]:
    """One sensor at a broker, and somebody who listens."""
    async with _broker(kind, request) as port:
        live = Live(SENSOR, 1, time.monotonic())
        sensors = Sensors([live], "127.0.0.1", port, period)
        task = asyncio.create_task(sensors.run())
        listener = await asyncio.to_thread(_Listener, port)
        try:
            yield live, listener, sensors
        finally:
            task.cancel()
            await asyncio.wait([task])
            await asyncio.to_thread(listener.close)


both_brokers = pytest.mark.parametrize("kind", ["mosquitto", "embedded"])


@both_brokers
async def test_a_sensor_says_that_it_is_there_and_what_it_measures(
    kind: str, request: pytest.FixtureRequest
) -> None:
    async with _scene(kind, request) as (live, listener, _):
        assert (await listener.hears(f"{TOPIC}/LWT"))[0] == "Online"
        state = json.loads((await listener.hears(f"{TOPIC}/STATE"))[0])
        measured = json.loads((await listener.hears(f"{TOPIC}/SENSOR"))[0])
        assert state["UptimeSec"] >= 86_400
        assert 0 < measured["ENERGY"]["Power"] < 200
        await listener.hears(f"{TOPIC}/SENSOR")
        assert live.telemetry >= 2


@both_brokers
async def test_after_a_cut_the_broker_speaks_the_last_will_and_keeps_it(
    kind: str, request: pytest.FixtureRequest
) -> None:
    async with _scene(kind, request) as (live, listener, sensors):
        await listener.hears(f"{TOPIC}/SENSOR")
        live.telemetry_cut = True
        sensors.obey()
        await listener.hears(f"{TOPIC}/LWT", lambda payload: payload == "Offline")
        listener.has_heard("")
        said = live.telemetry
        await asyncio.sleep(0.6)
        assert not listener.has_heard(f"{TOPIC}/SENSOR")
        assert live.telemetry == said
        late = await asyncio.to_thread(_Listener, listener._client.port)
        assert await late.hears(f"{TOPIC}/LWT") == ("Offline", True)
        await asyncio.to_thread(late.close)
        live.telemetry_cut = False
        await listener.hears(f"{TOPIC}/LWT", lambda payload: payload == "Online")
        await listener.hears(f"{TOPIC}/SENSOR")


@pytest.mark.parametrize("switch", ["powered", "reached"])
async def test_a_dead_or_unreachable_sensor_loses_its_connection_too(
    switch: str, request: pytest.FixtureRequest
) -> None:
    async with _scene("mosquitto", request) as (live, listener, sensors):
        await listener.hears(f"{TOPIC}/LWT", lambda payload: payload == "Online")
        setattr(live, switch, False)
        sensors.obey()
        await listener.hears(f"{TOPIC}/LWT", lambda payload: payload == "Offline")


async def test_a_silent_sensor_keeps_its_connection_and_says_nothing(
    request: pytest.FixtureRequest,
) -> None:
    async with _scene("mosquitto", request) as (live, listener, _):
        await listener.hears(f"{TOPIC}/SENSOR")
        live.telemetry_silent = True
        await asyncio.sleep(0.3)
        listener.has_heard("")
        await asyncio.sleep(0.8)
        assert not listener.has_heard(f"{TOPIC}/LWT")
        assert not listener.has_heard(f"{TOPIC}/SENSOR")
        live.telemetry_silent = False
        await listener.hears(f"{TOPIC}/SENSOR")


async def test_a_sensor_that_says_goodbye_leaves_no_last_will(
    mosquitto_program: str, tmp_path: Path
) -> None:
    async with _mosquitto(mosquitto_program, tmp_path) as port:
        sensors = Sensors([Live(SENSOR, 1, time.monotonic())], "127.0.0.1", port)
        task = asyncio.create_task(sensors.run())
        await sensors.all_connected.wait()
        listener = await asyncio.to_thread(_Listener, port)
        await listener.hears(f"{TOPIC}/LWT")
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0.3)
        assert not listener.has_heard(f"{TOPIC}/LWT")
        await asyncio.to_thread(listener.close)


async def test_hundreds_of_sensors_are_all_connected_before_a_city_is_ready(
    mosquitto_program: str, tmp_path: Path
) -> None:
    devices = [_sensor(number) for number in range(300)]
    async with _mosquitto(mosquitto_program, tmp_path) as port:
        lives = [Live(it, 1, time.monotonic()) for it in devices]
        async with open_services(
            lives, "c", isolated=False, broker=("127.0.0.1", port), telemetry_period_seconds=1.0
        ):
            for _ in range(300):
                if all(live.telemetry for live in lives):
                    break
                await asyncio.sleep(0.1)
    assert all(live.telemetry >= 1 for live in lives)


def _sensor(number: int) -> Device:
    return Device(
        f"sensor-{number}", "", SENSOR.kind, "", "", "tasmota", f"127.20.1.{number % 250 + 1}",
        mqtt_topic=f"t{number}",
    )  # fmt: skip


async def test_a_taken_port_is_said_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BrokerUnavailableError, match="no embedded broker"):
            async with EmbeddedBroker(taken.getsockname()[1]):
                pass


async def test_the_embedded_broker_leaves_no_socket_behind() -> None:
    port = _free_port()
    with socket.socket() as mute, warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always", ResourceWarning)
        async with EmbeddedBroker(port):
            mute.connect(("127.0.0.1", port))
            with socket.create_connection(("127.0.0.1", port)):
                pass
            await asyncio.sleep(0.1)
        gc.collect()
        mute.settimeout(5)
        assert mute.recv(1) == b""
    assert not [it.message for it in noticed if it.category is ResourceWarning]

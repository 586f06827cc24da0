"""Sensors that speak MQTT as Tasmota firmware does, over real connections (paho-mqtt).

    tele/<topic>/LWT      Online | Offline (the last will), retained
    tele/<topic>/STATE    JSON about the device itself
    tele/<topic>/SENSOR   JSON with what it measures

(tasmota.github.io/docs/MQTT.) All connections live on one event loop; there is no thread a
sensor. A fault cuts the TCP connection without a DISCONNECT, so that the *broker* publishes the
will, as when a cable is pulled; what differs from reality is that the broker learns of it at
once and not after one and a half keep-alives.
"""

import asyncio
import json
import socket
import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from simulators import places, values
from simulators.live import Live, fraction

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

_KEEP_ALIVE_SECONDS = 30
_STEP_SECONDS = 0.25
_RETRY_SECONDS = 2.0
_AFTER_CONNECT_SECONDS = 5.0  # the firmware reports soon after it has connected
_AT_ONCE = 25  # connections begun in one step: brokers' accept queues are short

_POWER = values.swing(18, 160, 400)
_VOLTAGE = values.swing(214, 231, 401)
_WATT_SECONDS = values.count(20, 160, 402)
_TEMPERATURE = values.swing(26, 36, 403)
_HUMIDITY = values.swing(55, 88, 404)
_SIGNAL = values.swing(-74, -52, 405)


def state_payload(live: Live, now: float, at: datetime) -> str:
    """Return a STATE message; `at` is the city's local time."""
    seconds = int(now - live.booted_at)
    signal = round(_SIGNAL(live, now))
    return json.dumps(
        {
            "Time": at.strftime("%Y-%m-%dT%H:%M:%S"),
            "Uptime": _uptime(seconds),
            "UptimeSec": seconds,
            "Heap": 25,
            "SleepMode": "Dynamic",
            "Sleep": 50,
            "LoadAvg": 19,
            "MqttCount": 1,
            "POWER": "ON",
            "Wifi": {
                "AP": 1,
                "SSId": "kota-sensor",
                "Channel": 6,
                "RSSI": max(0, min(100, 2 * (signal + 100))),
                "Signal": signal,
                "LinkCount": 1,
                "Downtime": "0T00:00:03",
            },
        }
    )


def sensor_payload(live: Live, now: float, at: datetime) -> str:
    """Return a SENSOR message: energy from every sensor, climate from every other one."""
    power, voltage = _POWER(live, now), _VOLTAGE(live, now)
    apparent = power / 0.92
    message: dict[str, object] = {
        "Time": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "ENERGY": {
            "Total": round(_WATT_SECONDS(live, now) / 3_600_000, 3),
            "Power": round(power),
            "ApparentPower": round(apparent),
            "ReactivePower": round((apparent**2 - power**2) ** 0.5),
            "Factor": 0.92,
            "Voltage": round(voltage),
            "Current": round(apparent / voltage, 3),
        },
    }
    if live.number % 2:
        message["AM2301"] = {
            "Temperature": round(_TEMPERATURE(live, now), 1),
            "Humidity": round(_HUMIDITY(live, now), 1),
        }
        message["TempUnit"] = "C"
    return json.dumps(message)


def _uptime(seconds: int) -> str:
    """Return `2T03:04:05`: days, then hours, minutes and seconds."""
    days, rest = divmod(seconds, 86_400)
    return f"{days}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


class Sensor:
    """One sensor's connection: what it wants follows from its `Live`."""

    def __init__(self, live: Live, host: str, port: int, period_seconds: float) -> None:
        topic = live.device.mqtt_topic
        if topic is None:
            raise ValueError(f"{live.device.id} has no MQTT topic")
        self._live = live
        self._topic = f"tele/{topic}"
        self._period = period_seconds
        self._due_at = time.monotonic() + period_seconds * fraction(live.number, 9)
        self._retry_at = 0.0
        self._loop = asyncio.get_running_loop()
        self.connected = False
        self._client = client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"DVES_{live.number:08X}_{topic}",
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        client.will_set(f"{self._topic}/LWT", "Offline", qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_write_wanted
        client.on_socket_unregister_write = self._on_write_done
        client.connect_timeout = 2.0
        client.host = host
        client.port = port
        client.keepalive = _KEEP_ALIVE_SECONDS

    def wants_connection(self) -> bool:
        """Say whether the device would be connected if it could."""
        return self._live.answers and not self._live.telemetry_cut

    def is_idle(self) -> bool:
        """Say whether there is no connection, not even a half-open one."""
        return self._client.socket() is None

    def connect(self, now: float) -> None:
        """Begin to connect unless that failed a moment ago. Blocks for the TCP handshake only."""
        if now < self._retry_at:
            return
        self._retry_at = now + _RETRY_SECONDS
        try:
            self._client.reconnect()
        except OSError:  # nobody listens there now; a later step tries again
            self.connected = False

    def cut(self) -> None:
        """End the TCP connection without saying goodbye."""
        opened = self._client.socket()
        if isinstance(opened, socket.socket):
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was faster
                self.connected = False
            self._client.loop_read()  # lets the client notice and close its end
        self._retry_at = 0.0

    def disconnect(self) -> None:
        """Say goodbye, so that the broker drops the will."""
        if not self.is_idle():
            self._client.disconnect()
            self._client.loop_write()

    def report(self, now: float, at: datetime) -> None:
        """Publish STATE and SENSOR when they are due."""
        if now < self._due_at:
            return
        self._due_at = max(self._due_at + self._period, now)
        if self._live.telemetry_silent:
            return
        self._client.publish(f"{self._topic}/STATE", state_payload(self._live, now, at))
        sent = self._client.publish(f"{self._topic}/SENSOR", sensor_payload(self._live, now, at))
        if sent.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._live.telemetry += 1

    def keep_alive(self) -> None:
        """Send a ping when nothing was said for a while; give up a broker that never answers."""
        self._client.loop_misc()

    def _on_connect(
        self,
        client: Client,
        _: object,
        __: ConnectFlags,
        reason: ReasonCode,
        ___: Properties | None,
    ) -> None:
        self.connected = not reason.is_failure
        if self.connected:
            client.publish(f"{self._topic}/LWT", "Online", qos=1, retain=True)
            self._due_at = min(self._due_at, time.monotonic() + _AFTER_CONNECT_SECONDS)

    def _on_disconnect(
        self,
        _: Client,
        __: object,
        ___: DisconnectFlags,
        ____: ReasonCode,
        _____: Properties | None,
    ) -> None:
        self.connected = False

    def _on_socket_open(self, client: Client, _: object, opened: "SocketLike") -> None:
        self._loop.add_reader(opened.fileno(), client.loop_read)

    def _on_socket_close(self, _: Client, __: object, opened: "SocketLike") -> None:
        self._loop.remove_reader(opened.fileno())
        self._loop.remove_writer(opened.fileno())

    def _on_write_wanted(self, client: Client, _: object, opened: "SocketLike") -> None:
        self._loop.add_writer(opened.fileno(), client.loop_write)

    def _on_write_done(self, _: Client, __: object, opened: "SocketLike") -> None:
        self._loop.remove_writer(opened.fileno())


class Sensors:
    """All sensors of the city. Run `run` in a task; call `obey` after turning switches."""

    def __init__(
        self, lives: Iterable[Live], host: str, port: int, period_seconds: float = 10.0
    ) -> None:
        """Prepare the sensors among `lives`, within a running event loop."""
        self._sensors = [
            Sensor(live, host, port, period_seconds) for live in lives if live.device.mqtt_topic
        ]
        self._zone = ZoneInfo(places.CITY_ZONE)
        self.all_connected = asyncio.Event()  # every sensor was connected at least once

    def __len__(self) -> int:
        return len(self._sensors)

    def obey(self) -> None:
        """Cut at once what should no longer be connected."""
        for sensor in self._sensors:
            if not sensor.wants_connection() and not sensor.is_idle():
                sensor.cut()

    async def run(self) -> None:
        """Connect, report and keep alive until cancelled; then say goodbye."""
        try:
            while True:
                self._step(time.monotonic())
                await asyncio.sleep(_STEP_SECONDS)
        finally:
            for sensor in self._sensors:
                sensor.disconnect()

    def _step(self, now: float) -> None:
        self.obey()
        if all(it.connected for it in self._sensors if it.wants_connection()):
            self.all_connected.set()
        at = datetime.fromtimestamp(time.time(), self._zone)
        begun = 0
        for sensor in self._sensors:
            if sensor.connected:
                sensor.report(now, at)
            if not sensor.is_idle():
                sensor.keep_alive()
            elif begun < _AT_ONCE and sensor.wants_connection():
                sensor.connect(now)
                begun += 1

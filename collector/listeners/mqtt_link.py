"""One connection to the broker: paho-mqtt driven by our event loop. Never used twice.

A new `Link` for every connection means that an acknowledgement cannot reach a connection other
than the one its message came over (message ids start anew with each). paho's own thread is not
used: with the socket in our loop, back-pressure is to stop watching it.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collector.tidy_socket import TidySocket

logger = logging.getLogger(__name__)

QOS = 1
CONNECT_SECONDS = 5.0  # TCP
GREETING_SECONDS = 10.0  # from CONNECT to CONNACK
HOUSEKEEPING_SECONDS = 1.0
Goal = TypeVar("Goal")
READS_A_TURN = 64  # messages taken before other callbacks of the loop get their turn


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where the broker is and who we are. `client_id` is fixed: the session hangs on it."""

    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str = "pantau-main"
    keepalive_seconds: int = 30
    tls: bool = False
    tls_ca_file: str | None = None  # PEM; None: the machine's own authorities
    look_out: bool = True  # also for devices of profiles that no listed device has
    max_payload_bytes: int = 64 * 1024
    max_queued_messages: int = 1000  # waiting for delivery; then the socket is not read
    reconnect_min_seconds: float = 1.0
    reconnect_max_seconds: float = 30.0

    @property
    def place(self) -> str:
        """The broker's name in logs."""
        return f"{self.host}:{self.port}"


class LinkError(Exception):
    """No connection, or none that the broker lets us use. Names host and user, no password."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came. `topic` is None when it is not UTF-8."""

    topic: str | None
    payload: bytes
    retained: bool
    redelivered: bool
    message_id: int
    qos: int


class Link:
    """A connection, from CONNECT to its end. All methods belong to one event loop."""

    def __init__(
        self,
        settings: MqttSettings,
        subscriptions: Sequence[str],
        on_message: Callable[["Link", Incoming], None],
    ) -> None:
        self._settings = settings
        self._subscriptions = tuple(subscriptions)
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._greeted: asyncio.Future[str | None] = self._loop.create_future()
        self._subscribed: asyncio.Future[str | None] = self._loop.create_future()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._asked: dict[int, tuple[str, ...]] = {}  # subscriptions under way, by message id
        self._paused = False
        self._watched: int | None = None
        self._taken = 0
        self._client = self._make_client()

    # --- from outside -------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect, log in and subscribe.

        Raises:
            LinkError: the broker cannot be reached, does not answer, or refuses us.
        """
        await self._connect()
        self._watch()
        try:
            async with asyncio.timeout(GREETING_SECONDS):
                refusal = await self._greeted
            if refusal is None and self._subscriptions:  # none: we only look out for the unknown
                self._subscribe(self._subscriptions)
                # No time limit: what had waited for us comes first, and may fill the queue.
                refusal = await self._keep_alive_until(self._subscribed)
        except TimeoutError:
            self.close()
            raise LinkError(f"the broker {self._settings.place} does not answer MQTT") from None
        except BaseException:
            self.close()
            raise
        if refusal is not None:
            self.close()
            raise LinkError(refusal)

    def subscribe(self, patterns: Sequence[str]) -> None:
        """Listen to more topics, or anew to the same: what is retained there comes again.

        A broker that refuses some of them is told of in the log, and the others hold.
        """
        if patterns and not self._ended.done():
            self._guarded(lambda: self._subscribe(patterns))

    def unsubscribe(self, patterns: Collection[str]) -> None:
        """Listen to some topics no more."""
        if patterns and not self._ended.done():
            self._guarded(lambda: self._client.unsubscribe(list(patterns))[0])

    def _subscribe(self, patterns: Sequence[str]) -> MQTTErrorCode:
        code, message_id = self._client.subscribe([(pattern, QOS) for pattern in patterns])
        if message_id is not None:
            self._asked[message_id] = tuple(patterns)
        return code

    async def wait_closed(self) -> str:
        """Keep the connection alive until it ends; return why it did."""
        return await self._keep_alive_until(self._ended)

    async def _keep_alive_until(self, goal: "asyncio.Future[Goal]") -> Goal:
        while not goal.done():
            await asyncio.wait([goal], timeout=HOUSEKEEPING_SECONDS)
            if not self._paused and not self._ended.done():
                self._guarded(self._client.loop_misc)
        return goal.result()

    def acknowledge(self, message_id: int, qos: int) -> bool:
        """Tell the broker that a message is kept for good. False: the connection is gone."""
        if self._ended.done():
            return False
        return self._client.ack(message_id, qos) is MQTTErrorCode.MQTT_ERR_SUCCESS

    def pause(self) -> None:
        """Stop reading. The broker keeps what it has, and ends the connection after a while."""
        if not self._paused:
            self._paused = True
            if self._watched is not None:
                self._loop.remove_reader(self._watched)

    def resume(self) -> None:
        """Read again."""
        if self._paused:
            self._paused = False
            if self._watched is not None:
                self._loop.add_reader(self._watched, self._read)
                self._loop.call_soon(self._read)  # TLS may hold bytes the socket does not show

    def close(self) -> None:
        """Say goodbye and release the socket. Safe to call twice."""
        sock = self._client.socket()
        self._client.on_socket_register_write = None  # the goodbye is written at once, or not
        self._guarded(self._client.disconnect)
        self._end("closed by us")
        if sock is not None:
            sock.close()

    # --- connecting ---------------------------------------------------------------------------

    def _make_client(self) -> Client:
        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_SECONDS
        if settings.username is not None:
            client.username_pw_set(settings.username, settings.password)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_paho_message
        client.on_subscribe = self._on_subscribe
        return client

    async def _connect(self) -> None:
        """Connect in a thread: paho resolves names and greets TLS with blocking calls."""
        connecting = self._loop.run_in_executor(None, self._connect_blocking)
        try:
            await asyncio.shield(connecting)
        except asyncio.CancelledError:
            connecting.add_done_callback(self._drop_late_connection)
            raise
        except (OSError, ValueError) as problem:
            place = self._settings.place
            raise LinkError(f"cannot reach the broker {place}: {problem}") from problem

    def _connect_blocking(self) -> None:
        settings = self._settings
        if settings.tls:
            context = ssl.create_default_context(cafile=settings.tls_ca_file)
            context.sslsocket_class = TidySocket
            self._client.tls_set_context(context)
        self._client.connect(settings.host, settings.port, settings.keepalive_seconds)

    def _drop_late_connection(self, connecting: "asyncio.Future[None]") -> None:
        """Close a connection that came about after we had stopped waiting for it."""
        if not connecting.cancelled() and connecting.exception() is None:
            self.close()

    def _watch(self) -> None:
        sock = self._client.socket()
        if sock is None:
            self._end("the connection was lost")
            return
        self._watched = sock.fileno()
        self._client.on_socket_close = self._on_socket_close
        self._client.on_socket_register_write = self._on_register_write
        self._client.on_socket_unregister_write = self._on_unregister_write
        self._loop.add_reader(self._watched, self._read)
        if self._client.want_write():
            self._loop.add_writer(self._watched, self._write)

    # --- the socket ---------------------------------------------------------------------------

    def _read(self) -> None:
        """Take the messages that are there, one after the other, until paused."""
        for _ in range(READS_A_TURN):
            if self._paused or self._ended.done():
                return
            taken = self._taken
            self._guarded(self._client.loop_read)
            if self._taken == taken and not self._tls_pending():
                return

    def _tls_pending(self) -> bool:
        """Whether TLS holds decrypted bytes, for which the socket does not become readable."""
        sock = self._client.socket()
        return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0

    def _write(self) -> None:
        self._guarded(self._client.loop_write)

    def _guarded(self, call: Callable[[], MQTTErrorCode]) -> None:
        """Call paho. What it cannot digest ends the connection, never the listener."""
        try:
            call()
        except Exception:
            logger.exception("MQTT connection to %s failed inside", self._settings.place)
            self._end("a fault in handling it; the log has the traceback")

    def _end(self, why: str) -> None:
        for step in (self._greeted, self._subscribed):
            if not step.done():
                step.set_result(f"the broker {self._settings.place} hung up: {why}")
        if not self._ended.done():
            self._ended.set_result(why)
        self._unwatch()

    def _unwatch(self) -> None:
        if self._watched is not None:
            self._loop.remove_reader(self._watched)
            self._loop.remove_writer(self._watched)
            self._watched = None

    # --- paho's callbacks ---------------------------------------------------------------------

    def _on_connect(
        self,
        client: Client,
        userdata: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        del client, userdata, flags, properties
        if self._greeted.done():
            return
        if not reason.is_failure:
            self._greeted.set_result(None)
            return
        who = self._settings.username or "anonymous"
        place = self._settings.place
        self._greeted.set_result(f"the broker {place} refuses user {who!r}: {reason}")

    def _on_disconnect(
        self,
        client: Client,
        userdata: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        del client, userdata, flags, properties
        self._end(str(reason))

    def _on_subscribe(
        self,
        client: Client,
        userdata: object,
        message_id: int,
        reasons: list[ReasonCode],
        properties: Properties | None,
    ) -> None:
        del client, userdata, properties
        for pattern, reason in zip(self._asked.pop(message_id, ()), reasons, strict=False):
            if reason.is_failure:
                place = self._settings.place
                logger.error("MQTT broker %s refuses topics %s: %s", place, pattern, reason)
        if not self._subscribed.done():
            self._subscribed.set_result(None)

    def _on_paho_message(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        del client, userdata
        self._taken += 1
        try:
            topic: str | None = message.topic
        except UnicodeDecodeError:
            topic = None
        incoming = Incoming(
            topic,
            bytes(message.payload),
            retained=message.retain,
            redelivered=message.dup,
            message_id=message.mid,
            qos=message.qos,
        )
        self._on_message(self, incoming)

    def _on_socket_close(self, client: Client, userdata: object, sock: object) -> None:
        del client, userdata, sock
        self._unwatch()

    def _on_register_write(self, client: Client, userdata: object, sock: object) -> None:
        del client, userdata, sock
        if self._watched is not None:
            self._loop.add_writer(self._watched, self._write)

    def _on_unregister_write(self, client: Client, userdata: object, sock: object) -> None:
        del client, userdata, sock
        if self._watched is not None:
            self._loop.remove_writer(self._watched)

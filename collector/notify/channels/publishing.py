"""One message to an MQTT broker, with its answer: connected, published (QoS 1), and gone again."""

import asyncio
import logging
import secrets
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collector.notify.channels.contract import NotifyError
from collector.notify.channels.tls import why_not_connected
from collector.tidy_socket import TidySocket

logger = logging.getLogger(__name__)

QOS = 1
CONNECT_SECONDS = 5.0
TURN_SECONDS = 0.25
KEEPALIVE_SECONDS = 60

_NO_SUBSCRIBERS = 0x10
_UNSUPPORTED_VERSION = 0x84
_NEVER = frozenset({0x85, 0x86, 0x87, 0x8A, 0x8C, 0x90})  # who we are, and what we may


@dataclass(frozen=True, slots=True)
class Broker:
    """Where it is and who we are there."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: ssl.SSLContext | None
    seconds: float  # for everything together

    @property
    def place(self) -> str:
        """Its name for people."""
        return f"{self.host}:{self.port}"


class Publisher:
    """Publishes to a broker, one message after the other, in a thread of its own.

    A resolver that hangs holds up nobody else, and what waited for it is not said any more: "on"
    ten minutes late would be a false alarm.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._thread: ThreadPoolExecutor | None = None

    async def publish(self, topic: str, payload: str, *, retain: bool) -> str:
        """Publish once; return what the broker said. Raises NotifyError, and nothing else."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, f"publishing to {self._broker.place}")
        seconds = self._broker.seconds
        said = (topic, payload, retain, time.monotonic() + seconds)
        publishing = asyncio.get_running_loop().run_in_executor(
            self._thread, _published, self._broker, *said
        )
        try:
            async with asyncio.timeout(seconds + TURN_SECONDS):
                return await publishing
        except TimeoutError:  # the resolver: everything else looks at the time itself
            pass
        raise NotifyError(f"the broker {self._broker.place} did not answer in time: is DNS up?")

    def close(self) -> None:
        """Let the thread end. Safe to call twice."""
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None


def _published(broker: Broker, topic: str, payload: str, retain: bool, until: float) -> str:
    for protocol in (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311):
        if time.monotonic() >= until:
            raise NotifyError(f"the broker {broker.place} did not answer in time")
        talk = _Talk(broker, protocol)
        trouble = ""
        reason = None
        try:
            reason = talk.run(topic, payload, retain, until)
        except NotifyError:
            raise
        except Exception:  # what paho cannot digest, whatever it is
            logger.exception("talking to the broker %s failed inside", broker.place)
            trouble = f"the broker {broker.place} says what is no MQTT"
        finally:
            talk.end()
        if trouble:
            raise NotifyError(trouble, maybe_sent=True)
        if reason is not None:
            return reason
    raise NotifyError(f"the broker {broker.place} knows no MQTT that we know", permanent=True)


class _Talk:
    """A connection, in a thread that waits for it."""

    def __init__(self, broker: Broker, protocol: MQTTProtocolVersion) -> None:
        self._broker = broker
        self._greeting: ReasonCode | None = None
        self._receipt: ReasonCode | None = None
        self._gone = False
        self._client = client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"pantau-siren-{secrets.token_hex(4)}",
            protocol=protocol,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_SECONDS
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls is not None:
            broker.tls.sslsocket_class = TidySocket
            client.tls_set_context(broker.tls)
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect

    def run(self, topic: str, payload: str, retain: bool, until: float) -> str | None:
        """Return what was said; None: it does not know this version of MQTT."""
        place = self._broker.place
        try:
            self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_SECONDS)
        except (OSError, ValueError) as error:
            words = why_not_connected(place, error) or f"the broker {place} cannot be reached"
        else:
            words = ""
        if words:
            raise NotifyError(words)
        self._turn_until(lambda: self._greeting is not None, until)
        if self._greeting is None:
            raise NotifyError(f"the broker {place} does not answer MQTT")
        if self._greeting.value == _UNSUPPORTED_VERSION:
            return None
        if self._greeting.is_failure:
            raise _refused(place, "us", self._greeting, "are user and password right?")
        self._client.publish(topic, payload.encode(), qos=QOS, retain=retain)
        self._turn_until(lambda: self._receipt is not None, until)
        if self._receipt is None:
            raise NotifyError(f"the broker {place} did not say that it has it", maybe_sent=True)
        if self._receipt.is_failure:
            raise _refused(place, topic, self._receipt, "let this user write to that topic")
        if self._receipt.value == _NO_SUBSCRIBERS:
            if not retain:
                raise NotifyError(
                    f"nobody listens to {topic} at {place}: has the relay power and network, and"
                    " is this its topic?"
                )
            return "kept for the relay, which is not there"
        return "the broker has it"

    def end(self) -> None:
        """Say goodbye and let go of the socket."""
        sock = self._client.socket()
        self._client.disconnect()
        if sock is not None:
            sock.close()

    def _turn_until(self, done: Callable[[], bool], until: float) -> None:
        while not done() and not self._gone and time.monotonic() < until:
            if self._client.loop(TURN_SECONDS) is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                return

    def _on_connect(
        self,
        client: Client,
        userdata: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        del client, userdata, flags, properties
        self._greeting = reason

    def _on_publish(
        self,
        client: Client,
        userdata: object,
        message_id: int,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        del client, userdata, message_id, properties
        self._receipt = reason

    def _on_disconnect(
        self,
        client: Client,
        userdata: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        del client, userdata, flags, properties, reason
        self._gone = True


def _refused(place: str, what: str, reason: ReasonCode, remedy: str) -> NotifyError:
    never = reason.value in _NEVER
    text = f"the broker {place} refuses {what}: {reason}"
    return NotifyError(f"{text}; {remedy}" if never else text, permanent=never)

"""A mosquitto of the test's own, with accounts and an ACL, and devices that publish to it."""

import asyncio
import contextlib
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.conftest import need_program

START_SECONDS = 10.0
ACCOUNTS = {"pantau": "kunci-pantau", "device": "kunci-device"}
ACL = """
user pantau
topic read {topics}
user device
topic readwrite {topics}
"""


class Broker:
    """A mosquitto on a free port of 127.0.0.1. Sessions and retained words outlive a restart."""

    def __init__(
        self, program: str, folder: Path, *, tls: bool = False, topics: str = "tele/#"
    ) -> None:
        self._program = program
        self._folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._configuration = folder / "mosquitto.conf"
        self.authority = make_certificate(folder) if tls else None
        passwords, acl = folder / "passwords", folder / "acl"
        for number, (name, password) in enumerate(ACCOUNTS.items()):
            command = [need_program("mosquitto_passwd"), "-b", *(["-c"] if number == 0 else [])]
            subprocess.run(  # noqa: S603 - our own words
                [*command, str(passwords), name, password], check=True, capture_output=True
            )
        acl.write_text(ACL.format(topics=topics))
        self._configuration.write_text(
            "\n".join(
                (
                    f"listener {self.port} 127.0.0.1",
                    "allow_anonymous false",
                    f"password_file {passwords}",
                    f"acl_file {acl}",
                    "user root",
                    "persistence true",
                    f"persistence_location {folder}/",
                    "message_size_limit 200000",
                    *([f"certfile {folder}/cert.pem", f"keyfile {folder}/key.pem"] if tls else []),
                )
            )
        )

    def start(self) -> None:
        """Start, and wait until it listens."""
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                [self._program, "-c", str(self._configuration), "-v"], stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)  # noqa: TID251 - no event loop here
        raise AssertionError((self._folder / "log").read_text())

    def stop(self) -> None:
        """End the process; mosquitto writes its sessions when told to end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def log(self) -> str:
        """Return what the broker logged."""
        return (self._folder / "log").read_text()


def make_certificate(folder: Path) -> Path:
    """Make a key and a certificate for 127.0.0.1 that is its own authority."""
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=pantau-test"
    command = [need_program("openssl"), *words.split(), "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)  # noqa: S603 - our words
    return folder / "cert.pem"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_broker(
    program: str, folder: Path, *, tls: bool = False, topics: str = "tele/#"
) -> Iterator[Broker]:
    """Run a broker for the length of a test; its accounts may use these topics."""
    broker = Broker(program, folder, tls=tls, topics=topics)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Device:
    """A device that publishes, on paho's own thread."""

    def __init__(self, broker: Broker, client_id: str, last_will: str | None = None) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        if broker.authority is not None:
            self._client.tls_set(str(broker.authority))
        self._client.username_pw_set("device", ACCOUNTS["device"])
        if last_will is not None:
            self._client.will_set(last_will, "Offline", qos=1, retain=True)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    async def publish(
        self, topic: str, payload: str | bytes, *, qos: int = 1, retain: bool = False
    ) -> None:
        """Publish, and wait until the broker has it."""
        sent = self._client.publish(topic, payload, qos=qos, retain=retain)
        await asyncio.to_thread(sent.wait_for_publish, 10.0)
        assert sent.is_published()

    def vanish(self) -> None:
        """Break off without a goodbye, as a device whose power fails."""
        sock = self._client.socket()
        assert isinstance(sock, socket.socket)
        self._client.reconnect_delay_set(1000, 1000)
        sock.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        """Disconnect properly."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)


@contextlib.asynccontextmanager
async def a_device(
    broker: Broker, client_id: str = "device-1", last_will: str | None = None
) -> AsyncIterator[Device]:
    """A device for the length of a test."""
    device = Device(broker, client_id, last_will)
    try:
        yield device
    finally:
        await device.close()

"""What a message costs by e-mail, siren and apprise on this machine, servers on loopback included.

    PYTHONPATH=. python tests/benchmarks/bench_alert_channels.py

E-mail is one connection a mail, so the share of TLS shows. Apprise is a process: its first message
pays for the start, and its memory is given back after two idle minutes. Figures, never a pass.
"""

import asyncio
import logging
import ssl
import tempfile
import time
from pathlib import Path

from collector.notify.channels import Channel
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.apprise import Apprise, AppriseSettings
from collector.notify.channels.email import Email, EmailSettings
from collector.notify.channels.siren import Siren, SirenSettings
from tests.alert_channel_hand import CLOCK, MESSAGE
from tests.alert_mail_server import PASSWORD, USER, make_authority, running_mail_server
from tests.alert_receiver import Receiver
from tests.conftest import need_program
from tests.integration.mqtt_broker import ACCOUNTS, running_broker
from tests.integration.test_alert_siren import TOPIC, a_relay

COUNT = 100


async def spent(channel: Channel, count: int = COUNT) -> float:
    """Milliseconds a message, one after the other."""
    began = time.perf_counter()
    for _ in range(count):
        await channel.send(MESSAGE)
    return (time.perf_counter() - began) * 1000 / count


async def mail(folder: Path) -> None:
    authority = make_authority(folder / "kota.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(authority)
    to = ("noc@kota.example",)
    async with running_mail_server() as server:
        plain = EmailSettings("m", "127.0.0.1", USER, to, server.port, "none")
        clear = await spent(Email(plain, CLOCK))
    async with running_mail_server(tls=tls, login=True) as server:
        full = EmailSettings(
            "m", "127.0.0.1", USER, to, server.port, "starttls", USER, PASSWORD, authority
        )
        checked = await spent(Email(full, CLOCK))
    print(f"e-mail: {clear:.1f} ms in the clear, {checked:.1f} ms with STARTTLS and login")


async def siren(folder: Path) -> None:
    with running_broker(need_program("mosquitto"), folder, topics="cmnd/#") as broker:
        password = ACCOUNTS["device"]
        there = SirenSettings("s", TOPIC, port=broker.port, user="device", password=password)
        channel = Siren(there, CLOCK)
        async with a_relay(broker):
            print(f"siren: {await spent(channel):.1f} ms from connecting to the broker's word")
        await channel.close()


async def apprise() -> None:
    with Receiver() as receiver:
        url = f"json://127.0.0.1:{receiver.port}/hook"
        channel = Apprise(AppriseSettings("a", url, Allowed.of("127.0.0.1")), CLOCK)
        first = await spent(channel, 1)
        then = await spent(channel)
        status = Path(f"/proc/{channel._worker.process_id}/status").read_text()
        resident = int(status.split("VmRSS:")[1].split()[0]) / 1024
        await channel.close()
    print(f"apprise: {first:.0f} ms the first, {then:.1f} ms each then, {resident:.0f} MiB")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await mail(Path(folder))
        await siren(Path(folder))
    await apprise()


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # of the test's own mail server
    asyncio.run(main())

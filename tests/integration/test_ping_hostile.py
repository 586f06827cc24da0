"""Answers that must not be believed, over the UDP carrier where a test can play the device."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.model import Reason
from collector.probes.icmp import PingCounters, Pinger, PingSettings
from tests.checksums import internet_checksum

Answers = list[tuple[float, bytes]]  # after so many seconds, these bytes
Device = Callable[[bytes, int], Answers]  # request and its number → answers


def reply_to(request: bytes, **changes: int | bytes) -> bytes:
    """An honest echo reply, or one with a changed type, identifier, sequence or nonce."""
    kind = changes.get("kind", 0)
    identifier = changes.get("identifier", request[4:6])
    sequence = changes.get("sequence", request[6:8])
    nonce = changes.get("nonce", request[8:16])
    assert isinstance(kind, int)
    parts = [part for part in (identifier, sequence, nonce) if isinstance(part, bytes)]
    unsummed = bytes([kind, 0, 0, 0]) + b"".join(parts) + request[16:]
    return unsummed[:2] + internet_checksum(unsummed).to_bytes(2, "big") + unsummed[4:]


class _Player(asyncio.DatagramProtocol):
    def __init__(self, device: Device) -> None:
        self.device = device
        self.requests: list[bytes] = []
        self.transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self.transport is not None
        number = len(self.requests)
        self.requests.append(data)
        for delay, answer in self.device(data, number):
            asyncio.get_running_loop().call_later(delay, self.transport.sendto, answer, addr)


@asynccontextmanager
async def a_device(device: Device) -> AsyncIterator[tuple[Pinger, _Player]]:
    """A pinger, and a device at 127.0.0.1 that does what `device` says."""
    loop = asyncio.get_running_loop()
    transport, player = await loop.create_datagram_endpoint(
        lambda: _Player(device), local_addr=("127.0.0.1", 0)
    )
    player.transport = transport
    port = transport.get_extra_info("sockname")[1]
    pinger = await Pinger.open(PingSettings(carrier=f"udp:{port}", spacing_seconds=0.01))
    try:
        yield pinger, player
    finally:
        await pinger.close()
        transport.close()


async def test_an_honest_device_is_believed_and_got_a_real_echo_request() -> None:
    async with a_device(lambda request, _number: [(0, reply_to(request))]) as (pinger, player):
        report = await pinger.ping("127.0.0.1", 3, 1.0)
    assert (report.sent, report.received) == (3, 3)
    assert pinger.counters == PingCounters(sent=3, answered=3)
    assert all(request[:2] == b"\x08\x00" for request in player.requests)
    assert all(int.from_bytes(request, "big") % 0xFFFF == 0 for request in player.requests)
    assert len({request[8:16] for request in player.requests}) == 3


@pytest.mark.parametrize(
    "forge",
    [
        lambda request: reply_to(request, nonce=bytes(8)),
        lambda request: reply_to(request, identifier=bytes(b ^ 0xFF for b in request[4:6])),
        lambda request: reply_to(request, sequence=bytes([request[6] ^ 0x80, request[7]])),
    ],
    ids=["nonce", "identifier", "sequence"],
)
async def test_a_forged_reply_is_ignored_and_counted(forge: Callable[[bytes], bytes]) -> None:
    async with a_device(lambda request, _number: [(0, forge(request))]) as (pinger, _):
        report = await pinger.ping("127.0.0.1", 3, 0.1)
    assert (report.sent, report.received) == (3, 0)
    assert pinger.counters == PingCounters(sent=3, foreign=3)


async def test_a_forgery_does_not_keep_the_true_answer_out() -> None:
    def device(request: bytes, number: int) -> Answers:
        del number
        return [(0, reply_to(request, nonce=bytes(8))), (0.02, reply_to(request))]

    async with a_device(device) as (pinger, _):
        report = await pinger.ping("127.0.0.1", 3, 1.0)
    assert report.received == 3
    assert pinger.counters == PingCounters(sent=3, answered=3, foreign=3)


@pytest.mark.parametrize("change", ["address", "port"])
async def test_the_right_bytes_from_another_place_are_ignored_and_counted(change: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        places: list[tuple[str, int]] = []

        def device(request: bytes, number: int) -> Answers:
            del number
            elsewhere.sendto(reply_to(request), places[0])
            return []

        async with a_device(device) as (pinger, _):
            channel = pinger._lines[4].channel
            same_port_elsewhere = ("127.0.0.2", channel.port)
            elsewhere.bind(same_port_elsewhere if change == "address" else ("127.0.0.1", 0))
            channel._socket.bind(("127.0.0.1", 0))
            places.append(channel._socket.getsockname())
            report = await pinger.ping("127.0.0.1", 3, 0.1)
    assert report.received == 0
    assert pinger.counters == PingCounters(sent=3, foreign=3)


@pytest.mark.parametrize("end", ["cancelled", "lost"])
async def test_a_train_leaves_nothing_in_flight(end: str) -> None:
    async with a_device(lambda _request, _number: []) as (pinger, player):
        running = asyncio.create_task(pinger.ping("127.0.0.1", 3, 0.1))
        if end == "cancelled":
            async with asyncio.timeout(10):
                while len(player.requests) < 2:
                    await asyncio.sleep(0.005)
            running.cancel()
        await asyncio.wait([running])
        assert running.cancelled() == (end == "cancelled")
        assert len(pinger._lines[4].flights) == 0


async def test_a_second_answer_counts_as_late_and_changes_nothing() -> None:
    def device(request: bytes, number: int) -> Answers:
        del number
        return [(0, reply_to(request)), (0.005, reply_to(request))]

    async with a_device(device) as (pinger, _):
        report = await pinger.ping("127.0.0.1", 3, 1.0)
        await asyncio.sleep(0.05)
    assert report.received == 3
    assert pinger.counters == PingCounters(sent=3, answered=3, late=3)


async def test_an_answer_after_the_timeout_is_a_lost_echo() -> None:
    def device(request: bytes, number: int) -> Answers:
        return [(0.2 if number == 0 else 0, reply_to(request))]

    async with a_device(device) as (pinger, _):
        report = await pinger.ping("127.0.0.1", 3, 0.1)
        await asyncio.sleep(0.15)
    assert (report.sent, report.received) == (3, 2)
    assert report.loss_percent == pytest.approx(100 / 3)
    assert pinger.counters == PingCounters(sent=3, answered=2, late=1)


async def test_a_port_without_listener_is_refused() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    pinger = await Pinger.open(PingSettings(carrier=f"udp:{port}", spacing_seconds=0.01))
    try:
        report = await pinger.ping("127.0.0.1", 3, 0.1)
    finally:
        await pinger.close()
    assert (report.sent, report.received, report.error) == (3, 0, Reason.REFUSED)
    assert pinger.counters == PingCounters(sent=3, errors=3)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=40))
def test_garbage_is_counted_and_hurts_nobody(garbage: list[bytes]) -> None:
    async def work() -> None:
        def device(request: bytes, number: int) -> Answers:
            del number
            return [(0, junk) for junk in garbage] + [(0.005, reply_to(request))]

        async with a_device(device) as (pinger, _):
            report = await pinger.ping("127.0.0.1", 1, 1.0)
            counters = pinger.counters
        assert report.received == 1
        assert counters.malformed + counters.foreign == len(garbage)

    asyncio.run(work())

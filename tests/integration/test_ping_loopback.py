"""Real ICMP: loopback addresses that answer, and network namespaces where they do not."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aioping
import pytest
import uvloop

from collector.model import Reason
from collector.probes.icmp import (
    EchoReport,
    Pinger,
    PingSettings,
    PingUnavailableError,
    SocketKind,
)
from tests.integration.netns import drop_net_raw, in_namespace, need_icmp_sockets

EVERYBODY_MAY_PING = "sysctl net.ipv4.ping_group_range 0 2147483647"
NOBODY_MAY_PING = "sysctl net.ipv4.ping_group_range 1 0"
NOBODY_ANSWERS = "sysctl net.ipv4.icmp_echo_ignore_all 1"
A_LAN_WITHOUT_NEIGHBOURS = (
    "ip link add lan type veth peer name silent",
    "ip link set silent arp off up",
    "ip addr add 10.9.0.1/24 dev lan",
    "ip link set lan up",
    "sysctl net.ipv4.neigh.lan.retrans_time_ms 20",
    "sysctl net.ipv4.neigh.lan.mcast_solicit 1",
)
QUICK = PingSettings(spacing_seconds=0.02)

Loops = Callable[[Coroutine[None, None, Any]], Any]


@pytest.fixture
async def pinger() -> AsyncIterator[Pinger]:
    need_icmp_sockets()
    opened = await Pinger.open(QUICK)
    yield opened
    await opened.close()


async def ping_all(*addresses: str, timeout_seconds: float = 0.3) -> list[EchoReport]:
    """Open, ping one after the other, close."""
    pinger = await Pinger.open(QUICK)
    try:
        return [await pinger.ping(address, 3, timeout_seconds) for address in addresses]
    finally:
        await pinger.close()


async def test_a_live_address_answers_all_echoes_with_times(pinger: Pinger) -> None:
    report = await pinger.ping("127.3.2.1", 3, 1.0)
    assert (report.sent, report.received, report.error) == (3, 3, None)
    assert report.loss_percent == 0
    assert all(0 < rtt < 1 for rtt in report.rtts)
    assert len(report.rtts) == 3
    assert (pinger.counters.sent, pinger.counters.answered) == (3, 3)


async def test_an_ipv6_address_answers(pinger: Pinger) -> None:
    if 6 not in pinger.socket_kinds:
        pytest.skip("needs IPv6 on this machine")
    report = await pinger.ping("::1", 3, 1.0)
    assert report.received == 3


async def test_hundreds_of_addresses_at_once_all_answer(pinger: Pinger) -> None:
    addresses = [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(600)]
    reports = await asyncio.gather(*(pinger.ping(address, 3, 2.0) for address in addresses))
    assert [report.received for report in reports] == [3] * 600
    counters = pinger.counters
    assert (counters.sent, counters.answered, counters.late) == (1800, 1800, 0)


async def test_a_blocked_event_loop_neither_shows_in_the_times_nor_loses_an_answer(
    pinger: Pinger,
) -> None:
    running = [
        asyncio.create_task(pinger.ping(f"127.4.0.{number}", 1, 0.1)) for number in range(1, 20)
    ]
    await asyncio.sleep(0)  # all echoes are out, and answered in the kernel
    time.sleep(0.3)  # noqa: ASYNC251, TID251 - the point: somebody blocks the loop past the timeout
    reports = await asyncio.gather(*running)
    assert [report.received for report in reports] == [1] * 19
    assert max(rtt for report in reports for rtt in report.rtts) < 0.1


async def test_what_has_arrived_is_read_before_a_train_gives_up(pinger: Pinger) -> None:
    loop = asyncio.get_running_loop()
    loop.remove_reader(pinger._lines[4].channel.fileno())  # as if the loop had not looked yet
    report = await pinger.ping("127.0.0.1", 3, 0.1)
    assert report.received == 3


async def test_closing_under_a_train_is_our_fault_not_the_devices(pinger: Pinger) -> None:
    running = asyncio.create_task(pinger.ping("127.0.0.1", 50, 1.0))
    await asyncio.sleep(0.05)
    await pinger.close()
    report = await running
    assert report.error is Reason.COLLECTOR_ERROR


async def test_a_name_is_not_an_address(pinger: Pinger) -> None:
    with pytest.raises(ValueError, match="cctv-01"):
        await pinger.ping("cctv-01.example", 3, 1.0)


def test_nobody_answers_in_a_namespace_that_ignores_echoes() -> None:
    (report,) = in_namespace(lambda: ping_all("127.0.0.1"), NOBODY_ANSWERS)
    assert (report.sent, report.received, report.error) == (3, 0, None)
    assert report.loss_percent == 100


@pytest.mark.parametrize(
    ("setup", "expected"),
    [(EVERYBODY_MAY_PING, SocketKind.DATAGRAM), (NOBODY_MAY_PING, SocketKind.RAW)],
)
def test_the_datagram_socket_is_preferred_and_both_work(setup: str, expected: SocketKind) -> None:
    async def work() -> tuple[dict[int, SocketKind], EchoReport, EchoReport]:
        pinger = await Pinger.open(QUICK)
        try:
            reports = [await pinger.ping(address, 3, 0.5) for address in ("127.0.0.1", "::1")]
            return pinger.socket_kinds, reports[0], reports[1]
        finally:
            await pinger.close()

    kinds, over_ipv4, over_ipv6 = in_namespace(work, setup)
    assert kinds == {4: expected, 6: expected}
    assert (over_ipv4.received, over_ipv6.received) == (3, 3)


def test_without_any_right_the_error_names_the_sysctl_and_setcap() -> None:
    async def work() -> str:
        drop_net_raw()
        with pytest.raises(PingUnavailableError) as caught:
            await Pinger.open(QUICK)
        return str(caught.value)

    text = in_namespace(work, NOBODY_MAY_PING)
    assert "net.ipv4.ping_group_range" in text
    assert "setcap cap_net_raw" in text


@pytest.mark.parametrize("setup", [EVERYBODY_MAY_PING, NOBODY_MAY_PING])
def test_a_neighbour_that_is_not_there_is_reported_unreachable_by_the_kernel(setup: str) -> None:
    dead, alive = in_namespace(
        lambda: ping_all("10.9.0.77", "10.9.0.1"), *A_LAN_WITHOUT_NEIGHBOURS, setup
    )
    assert (dead.sent, dead.received, dead.error) == (3, 0, Reason.HOST_UNREACHABLE)
    assert (alive.received, alive.error) == (3, None)


def test_errors_of_one_device_never_touch_the_others() -> None:
    async def work() -> list[tuple[int, int]]:
        pinger = await Pinger.open(QUICK)
        targets = [f"10.9.0.{number}" for number in range(2, 42)] + ["127.0.0.1"] * 40
        try:
            reports = await asyncio.gather(*(pinger.ping(target, 5, 0.3) for target in targets))
        finally:
            await pinger.close()
        return [(report.sent, report.received) for report in reports]

    outcomes = in_namespace(work, *A_LAN_WITHOUT_NEIGHBOURS)
    assert outcomes == [(5, 0)] * 40 + [(5, 5)] * 40


@pytest.mark.parametrize("setup", [EVERYBODY_MAY_PING, NOBODY_MAY_PING])
def test_a_pending_error_of_one_device_is_not_taken_for_that_of_the_next(setup: str) -> None:
    """On a datagram socket it makes the next send fail, whatever device that is for."""

    async def work() -> tuple[EchoReport, EchoReport]:
        pinger = await Pinger.open(QUICK)
        try:
            dead = asyncio.create_task(pinger.ping("10.9.0.77", 1, 0.5))
            await asyncio.sleep(0)
            time.sleep(0.2)  # noqa: ASYNC251, TID251 - the error waits on the socket meanwhile
            alive = await pinger.ping("127.0.0.1", 3, 0.5)
            return await dead, alive
        finally:
            await pinger.close()

    dead, alive = in_namespace(work, *A_LAN_WITHOUT_NEIGHBOURS, setup)
    assert (dead.sent, dead.received, dead.error) == (1, 0, Reason.HOST_UNREACHABLE)
    assert (alive.sent, alive.received, alive.error) == (3, 3, None)


@pytest.mark.parametrize("loops", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_the_socket_still_hears_after_a_network_error(loops: Loops) -> None:
    """libuv stops watching a descriptor at its first POLLERR: the epoll in between helps."""

    async def pings() -> list[int]:
        pinger = await Pinger.open(QUICK)
        try:
            dead = await pinger.ping("10.9.0.77", 1, 0.3)
            async with asyncio.timeout(20):  # answers are heard when they come, not at the end
                alive = await pinger.ping("127.0.0.1", 3, 60.0)
        finally:
            await pinger.close()
        return [dead.received, alive.received]

    async def work() -> list[int]:
        # A thread is born into the namespace of its parent thread.
        return await asyncio.to_thread(lambda: loops(pings()))

    assert in_namespace(work, *A_LAN_WITHOUT_NEIGHBOURS) == [0, 3]


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        ("ip route add unreachable 10.8.0.0/16", Reason.HOST_UNREACHABLE),
        ("ip route add prohibit 10.8.0.0/16", Reason.COLLECTOR_RIGHTS),
        ("ip route add blackhole 10.8.0.0/16", Reason.COLLECTOR_ERROR),
        ("ip route add 10.5.0.0/16 dev lo", Reason.HOST_UNREACHABLE),  # none to 10.8
    ],
)
def test_an_echo_that_cannot_leave_counts_as_not_sent(route: str, reason: Reason) -> None:
    (report,) = in_namespace(lambda: ping_all("10.8.0.1"), route)
    assert (report.sent, report.received, report.error) == (0, 0, reason)


def test_alive_and_dead_are_the_same_for_aioping_one_host_at_a_time() -> None:
    """aioping shares nothing with our engine: a raw socket of its own for every echo."""

    async def theirs(address: str) -> float | None:
        try:
            return float(await aioping.ping(address, timeout=0.3))
        except TimeoutError:
            return None

    async def both() -> list[tuple[EchoReport, float | None]]:
        addresses = ["127.0.0.1", "127.9.8.7", "10.9.0.77", "127.200.1.1", "10.9.0.1"]
        ours = await ping_all(*addresses)
        return [
            (report, await theirs(address)) for report, address in zip(ours, addresses, strict=True)
        ]

    pairs = in_namespace(both, *A_LAN_WITHOUT_NEIGHBOURS)
    assert [report.received > 0 for report, _ in pairs] == [True, True, False, True, True]
    for report, rtt in pairs:
        assert (report.received > 0) == (rtt is not None)
        if rtt is not None and report.min_seconds is not None:
            # Ours is the kernel's time, theirs includes waking up in Python on a busy machine.
            assert report.min_seconds <= rtt + 0.002

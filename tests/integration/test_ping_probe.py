"""The ping probe: what becomes of a train, as a check result."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.model import Check, CheckResult, MetricGroup, Outcome, Reason, Role, Target
from collector.probes import Probe
from collector.probes.icmp import EchoReport, PingSettings
from collector.probes.ping import PingProbe, readings_of
from tests.integration.netns import drop_net_raw, in_namespace, need_icmp_sockets

SLOT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
QUICK = PingSettings(spacing_seconds=0.01)


def a_check(address: str | None) -> Check:
    group = MetricGroup("ping", "ping", Role.REACHABILITY, 30.0)
    target = Target("cam-0001", address)
    return Check(
        "cam-0001/ping", "cam-0001", "ping", "ping", Role.REACHABILITY, 30.0, 0.2, target, group
    )


async def run_once(address: str | None) -> CheckResult:
    probe = PingProbe(QUICK, SystemClock())
    asked: Probe = probe
    try:
        return await asked.run(a_check(address), SLOT)
    finally:
        await probe.close()


async def test_an_answering_device_has_times_and_no_loss() -> None:
    need_icmp_sockets()
    result = await run_once("127.5.5.5")
    assert (result.check_id, result.slot_at) == ("cam-0001/ping", SLOT)
    assert (result.outcome, result.reason) == (Outcome.ANSWERED, Reason.OK)
    assert result.detail == "3 of 3 echoes answered"
    values = {reading.metric: reading.value for reading in result.readings}
    assert values["ping_loss_percent"] == 0
    assert values["ping_rtt_seconds"] == result.latency_seconds
    assert set(values) == {
        "ping_loss_percent",
        "ping_rtt_seconds",
        "ping_rtt_min_seconds",
        "ping_rtt_max_seconds",
        "ping_jitter_seconds",
    }
    assert result.measured_at.tzinfo is UTC


def test_a_silent_device_failed_with_its_loss() -> None:
    result = in_namespace(lambda: run_once("127.0.0.1"), "sysctl net.ipv4.icmp_echo_ignore_all 1")
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    assert result.detail == "0 of 3 echoes answered"
    assert [(reading.metric, reading.value) for reading in result.readings] == [
        ("ping_loss_percent", 100.0)
    ]
    assert result.latency_seconds is None


def test_who_is_silent_is_looked_at_closer_until_that_is_settled() -> None:
    single = PingSettings(count=1, timeout_seconds=0.05, spacing_seconds=0.0)
    ignores = Path("/proc/sys/net/ipv4/icmp_echo_ignore_all")

    async def work() -> list[str]:
        probe = PingProbe(single, SystemClock())
        told = []
        for ignored, runs in (("1", 5), ("0", 2), ("1", 2)):
            ignores.write_text(ignored)
            told += [await probe.run(a_check("127.0.0.1"), SLOT) for _ in range(runs)]
        await probe.close()
        return [result.detail.removesuffix(" echoes answered") for result in told]

    assert in_namespace(work) == [
        *("0 of 1", "0 of 3", "0 of 3", "0 of 1", "0 of 1"),
        *("1 of 1", "1 of 1"),
        *("0 of 1", "0 of 3"),
    ]


def test_without_rights_the_device_is_unknown_and_the_remedy_is_told() -> None:
    async def work() -> CheckResult:
        drop_net_raw()
        return await run_once("127.0.0.1")

    result = in_namespace(work, "sysctl net.ipv4.ping_group_range 1 0")
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.COLLECTOR_RIGHTS)
    assert "net.ipv4.ping_group_range" in result.detail
    assert result.readings == ()


def test_a_collector_without_a_route_calls_nobody_down() -> None:
    result = in_namespace(lambda: run_once("10.1.2.3"))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.HOST_UNREACHABLE)
    assert "Network is unreachable" in result.detail
    assert result.readings == ()


@pytest.mark.parametrize(
    ("address", "detail"),
    [(None, "the device has no address"), ("cctv.example", "'cctv.example' is not an IP address")],
)
async def test_a_device_that_cannot_be_asked_is_unknown(address: str | None, detail: str) -> None:
    need_icmp_sockets()
    result = await run_once(address)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.COLLECTOR_ERROR)
    assert result.detail == detail


async def test_the_socket_is_shared_by_all_runs() -> None:
    need_icmp_sockets()
    probe = PingProbe(QUICK, SystemClock())
    first = await probe.open()
    await probe.run(a_check("127.0.0.1"), SLOT)
    assert await probe.open() is first
    assert first.counters.answered == 3
    await probe.close()


def test_one_answer_gives_no_jitter_reading() -> None:
    names = [reading.metric for reading in readings_of(EchoReport(3, 1, (0.01,)))]
    assert "ping_jitter_seconds" not in names
    assert "ping_rtt_seconds" in names

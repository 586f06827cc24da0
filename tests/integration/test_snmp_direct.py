"""SNMP checks without a task: the same results as with one, and an end to each."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from collector.asking import Asking, PollerCounters
from collector.clock import SystemClock
from collector.lateness import LagMeter
from collector.model import Check, CheckResult, Credential, Outcome, Reason, SnmpLimits, Target
from collector.probes import Direct
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.probe import SnmpProbe
from tests.contract.test_snmp_probe import INTERFACES, SLOT, check
from tests.snmp_agents import Asked, Later, Mib, Reply, ScriptedAgent, number, table, text
from tests.snmp_client import opened, until

ENTRY, X_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
MIB = Mib(
    {"1.3.6.1.2.1.1.3.0": number(360_000, 0x43), "1.3.6.1.2.1.1.5.0": text("sw")}
    | table(ENTRY, {8: [number(1 + row % 2) for row in range(60)]})
    | table(X_ENTRY, {1: [text(f"ge-{row}") for row in range(60)]})
)
COMMUNITY = Credential("kota", "2c", "public")


class Desk:
    """Begins checks as the poller does, and hears their results."""

    def __init__(self, engine: SnmpEngine) -> None:
        clock = SystemClock()
        self.probe = SnmpProbe(engine, clock)
        self.counters = PollerCounters()
        self.asking = Asking({"snmp": self.probe}, clock, LagMeter(clock), self.counters)
        self.heard: list[CheckResult] = []

    def begin(self, asked: Check) -> Callable[[], None]:
        def hear(result: CheckResult | Exception) -> None:
            if isinstance(result, Exception):
                result = self.asking.unfinished(asked, SLOT, result)
            self.heard.append(result)

        stop = self.probe.begin(asked, SLOT, hear)
        assert self.heard == [], "told before it had begun"
        return stop

    async def result(self) -> CheckResult:
        await until(lambda: bool(self.heard))
        return self.heard.pop()


def asked_of(agent: ScriptedAgent, **changes: object) -> Check:
    target = Target("sw-0001", agent.host, agent.port, COMMUNITY)
    target = replace(target, **changes)  # type: ignore[arg-type]
    return check(tables=(INTERFACES,), target=target)


async def test_a_check_without_a_task_has_the_result_of_one_with_a_task() -> None:
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        desk = Desk(engine)
        assert isinstance(desk.probe, Direct)
        tasks = asyncio.all_tasks()
        desk.begin(asked_of(agent))
        assert asyncio.all_tasks() == tasks
        direct = await desk.result()
        usual = await desk.asking.run(asked_of(agent), SLOT)
    assert (direct.outcome, len(direct.readings)) == (Outcome.ANSWERED, 62)
    assert direct.readings == usual.readings
    assert (direct.detail, direct.reason) == (usual.detail, usual.reason)
    assert direct.latency_seconds is not None


async def test_silence_and_what_cannot_be_sent_end_a_check() -> None:
    async with opened() as engine, ScriptedAgent(lambda _: []) as agent:
        desk = Desk(engine)
        desk.begin(asked_of(agent))
        silent = await desk.result()
        desk.begin(asked_of(agent, address="not an address"))
        unsent = await desk.result()
        desk.begin(asked_of(agent, address=None))
        unknown = await desk.result()
        assert engine._transport._pending == {}
    assert (silent.outcome, silent.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    assert silent.detail == "no answer to 2 tries"
    assert (unsent.outcome, unsent.reason) == (Outcome.UNKNOWN, Reason.COLLECTOR_ERROR)
    assert unknown.detail == "no address in the inventory"


async def test_a_check_ends_at_its_own_deadline_though_each_answer_comes_in_time() -> None:
    def slowly(asked: Asked) -> list[Reply]:
        return [Later(0.08, MIB(asked))]

    async with opened() as engine, ScriptedAgent(slowly) as agent:
        desk = Desk(engine)
        desk.begin(replace(asked_of(agent), timeout_seconds=0.1))
        result = await desk.result()
        assert engine._transport._pending == {}
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    assert result.detail == "no complete answer within 0.1 s"


async def test_a_stopped_check_tells_nothing_and_leaves_no_request() -> None:
    async with opened() as engine, ScriptedAgent(lambda asked: Later(0.05, MIB(asked))) as agent:
        desk = Desk(engine)
        stop = desk.begin(asked_of(agent))
        assert len(engine._transport._pending) == 1
        stop()
        assert engine._transport._pending == {}
        await until(lambda: engine.counters.late == 1)
        assert desk.heard == []


async def test_closing_the_engine_ends_what_is_under_way_and_lets_it_ask_no_more() -> None:
    async with opened() as engine, ScriptedAgent(lambda _: []) as agent:
        desk = Desk(engine)
        for _ in range(3):
            desk.begin(asked_of(agent))
        await engine.close()
        assert engine._transport._pending == {}
    assert {(one.outcome, one.detail) for one in desk.heard} == {
        (Outcome.UNKNOWN, "the SNMP engine was closed")
    }
    assert len(desk.heard) == 3


async def test_a_fault_of_ours_is_a_result_and_is_counted(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    async with opened() as engine, ScriptedAgent(MIB) as agent:
        desk = Desk(engine)
        monkeypatch.setattr("collector.probes.snmp.probe.interpret_scalars", broken)
        desk.begin(asked_of(agent))
        result = await desk.result()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.COLLECTOR_ERROR)
    assert (result.detail, desk.counters.errors) == ("ZeroDivisionError", 1)
    assert "failed inside the collector" in caplog.text


async def test_an_agent_that_wants_pauses_and_one_of_v3_are_asked_in_a_task() -> None:
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        desk = Desk(engine)
        pausing = asked_of(agent, snmp_limits=SnmpLimits(pause_seconds=0.01))
        secured = asked_of(agent, credential=Credential("kota", "3", user="pantau"))
        asked = (asked_of(agent), pausing, secured)
        assert [desk.probe.can_begin(one) for one in asked] == [True, False, False]
        assert len((await desk.asking.run(pausing, SLOT)).readings) == 62


async def test_one_who_fails_to_hear_a_silence_does_not_keep_others_from_theirs() -> None:
    async with opened() as engine, ScriptedAgent(lambda _: []) as agent:
        desk = Desk(engine)
        loop = asyncio.get_running_loop()
        faults: list[dict[str, object]] = []
        loop.set_exception_handler(lambda _, context: faults.append(context))

        def deaf(_: object) -> None:
            raise ZeroDivisionError

        desk.probe.begin(asked_of(agent), SLOT, deaf)
        desk.begin(asked_of(agent))
        result = await desk.result()
    assert result.reason is Reason.NO_ANSWER
    assert len(faults) == 1

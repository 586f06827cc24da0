"""The engine on real sockets: honest agents, agents with limits, and faults of our own side."""

import asyncio
import itertools
import socket

import pytest
import uvloop

from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.ber import build_request
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import AgentError, NoAnswer, NotSent
from tests.snmp_agents import (
    GEN_ERR,
    GET,
    NO_SUCH_NAME,
    NULL,
    TOO_BIG,
    Asked,
    Mib,
    ScriptedAgent,
    number,
)
from tests.snmp_client import CONTACT, MIB, NAME, UPTIME, ask, at, opened, until

# --- honest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_an_agent_answers_over_both_address_families(host: str) -> None:
    async with opened() as engine, ScriptedAgent(MIB, host) as agent:
        assert await engine.get(at(agent), [NAME, UPTIME]) == {NAME: b"uji-01", UPTIME: 4242}
        assert engine.counters.sent == engine.counters.answered == 1


async def test_an_ipv6_address_may_be_spelled_in_any_way() -> None:
    async with opened() as engine, ScriptedAgent(MIB, "::1") as agent:
        spelled = Agent("0:0:0:0:0:0:0:0001", "public", agent.port)
        assert await engine.get(spelled, [NAME]) == {NAME: b"uji-01"}


async def test_what_an_agent_lacks_is_absent() -> None:
    assert await ask(MIB, NAME, CONTACT) == {NAME: b"uji-01"}


async def test_many_oids_go_in_several_requests() -> None:
    oids = [f"1.3.6.1.4.1.{n}.0" for n in range(1, 61)]
    mib = Mib({oid: number(place) for place, oid in enumerate(oids)})
    async with opened() as engine, ScriptedAgent(mib) as agent:
        assert await engine.get(at(agent), [*oids, oids[0]]) == dict(
            zip(oids, range(60), strict=True)
        )
        assert [len(asked.oids) for asked in agent.asked] == [24, 24, 12]


async def test_an_oid_named_twice_is_asked_once() -> None:
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        assert await engine.get(at(agent), [NAME, UPTIME, NAME]) == {NAME: b"uji-01", UPTIME: 4242}
        assert [asked.oids for asked in agent.asked] == [(NAME, UPTIME)]


async def test_no_oids_ask_nothing() -> None:
    async with opened() as engine:
        assert await engine.get(Agent("127.0.0.1", "public"), []) == {}
        assert engine.counters.sent == 0


async def test_three_hundred_agents_are_asked_at_once_over_one_socket() -> None:
    names = iter(range(1000))

    def script(asked: Asked) -> bytes:
        return asked.answer([(NAME, number(next(names)))])

    async with opened(SnmpSettings()) as engine, ScriptedAgent(script) as agent:
        found = await asyncio.gather(*(engine.get(at(agent), [NAME]) for _ in range(300)))
        assert sorted(str(values[NAME]) for values in found) == sorted(map(str, range(300)))
        assert len({asked.request_id for asked in agent.asked}) == 300
        assert engine.counters.timeouts == 0


def test_the_engine_runs_on_uvloop() -> None:
    async def main() -> None:
        assert await ask(MIB) == {NAME: b"uji-01"}
        with pytest.raises(NoAnswer):
            await ask(lambda _: [])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


# --- agents with limits -----------------------------------------------------------------------


async def test_an_agent_that_answers_only_some_of_a_get_is_asked_for_the_rest() -> None:
    mib = Mib({f"1.3.6.1.4.1.{n}.0": number(n) for n in range(1, 21)})
    found = await ask(lambda asked: asked.answer(mib.bindings(asked)[:8]), *mib.values)
    assert len(found) == 20


async def test_an_agent_that_leaves_out_what_it_lacks_has_the_rest() -> None:
    def script(asked: Asked) -> bytes:
        known = [(oid, MIB.values[oid]) for oid in asked.oids if oid in MIB.values]
        return asked.answer(known)

    assert await ask(script, CONTACT, NAME) == {NAME: b"uji-01"}


async def test_null_is_kept_as_no_value() -> None:
    assert await ask(lambda asked: asked.answer([(NAME, NULL)])) == {NAME: None}


async def test_a_get_that_is_too_big_is_halved_and_the_size_remembered() -> None:
    oids = [f"1.3.6.1.4.1.{n}.0" for n in range(1, 25)]
    mib = Mib({oid: number(1) for oid in oids})

    def script(asked: Asked) -> bytes:
        return asked.refuse(TOO_BIG) if len(asked.oids) > 4 else mib(asked)

    async with opened() as engine, ScriptedAgent(script) as agent:
        assert len(await engine.get(at(agent), oids)) == 24
        first = len(agent.asked)
        assert len(await engine.get(at(agent), oids)) == 24
        assert [len(asked.oids) for asked in agent.asked[first:]] == [3] * 8


async def test_one_value_that_is_too_big_is_the_agents_error() -> None:
    with pytest.raises(AgentError, match=rf"tooBig for {NAME}|tooBig$"):
        await ask(lambda asked: asked.refuse(TOO_BIG))


async def test_a_general_error_is_raised_with_status_and_oid() -> None:
    with pytest.raises(AgentError, match=f"genErr for {UPTIME}$") as caught:
        await ask(lambda asked: asked.refuse(GEN_ERR, 2), NAME, UPTIME)
    assert (caught.value.status, caught.value.index) == (GEN_ERR, 2)


@pytest.mark.parametrize("status", [19, 2**31 - 1, -1])
async def test_an_unknown_error_is_the_agents_error_too(status: int) -> None:
    with pytest.raises(AgentError, match=f"error {status}"):
        await ask(lambda asked: asked.refuse(status, 7))


@pytest.mark.parametrize("index_is_right", [True, False])
async def test_a_v1_agent_is_asked_again_without_what_it_lacks(index_is_right: bool) -> None:
    def script(asked: Asked) -> bytes:
        answer = MIB(asked)
        lacking = any(oid not in MIB.values for oid in asked.oids)
        return answer if index_is_right or not lacking else asked.refuse(NO_SUCH_NAME, 0)

    missing = [f"1.3.6.1.4.1.{n}.0" for n in range(1, 6)]
    async with opened() as engine, ScriptedAgent(script) as agent:
        oids = [*missing[:2], NAME, *missing[2:], UPTIME]
        found = await engine.get(at(agent, Version.V1), oids)
        assert found == {NAME: b"uji-01", UPTIME: 4242}
        assert {asked.version for asked in agent.asked} == {0}


async def test_a_v1_agent_that_lacks_everything_gives_nothing() -> None:
    oids = [f"1.3.6.1.4.1.{n}.0" for n in range(1, 25)]
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        assert await engine.get(at(agent, Version.V1), oids) == {}
        assert len(agent.asked) == 24


# --- our own side -----------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["kamera.example", "", "1.2.3", "1.2.3.4.5", "fe80::x"])
async def test_an_address_that_is_no_address_is_not_looked_up(address: str) -> None:
    async with opened() as engine:
        with pytest.raises(NotSent, match="is not an IP address"):
            await engine.get(Agent(address, "public"), [NAME])


class _StubbornSocket:
    """A socket whose sends fail with the given errors first."""

    def __init__(self, real: socket.socket, errors: list[OSError]) -> None:
        self._real = real
        self.errors = errors

    def sendto(self, data: bytes, address: tuple[str, int]) -> int:
        if self.errors:
            raise self.errors.pop(0)
        return self._real.sendto(data, address)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def make_stubborn(engine: SnmpEngine, *errors: OSError) -> None:
    sockets = engine._transport._sockets
    stubborn = _StubbornSocket(sockets[socket.AF_INET], list(errors))
    sockets[socket.AF_INET] = stubborn  # type: ignore[assignment]


async def test_a_full_send_buffer_costs_a_moment_but_no_try() -> None:
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        make_stubborn(engine, BlockingIOError(11, "again"), OSError(105, "no buffers"))
        assert await engine.get(at(agent), [NAME]) == {NAME: b"uji-01"}
        assert (engine.counters.not_sent, engine.counters.retries) == (2, 0)


async def test_a_send_buffer_that_stays_full_is_not_blamed_on_the_device() -> None:
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        make_stubborn(engine, *(BlockingIOError(11, "again") for _ in range(1000)))
        with pytest.raises(NotSent, match="no room"):
            await engine.get(at(agent), [NAME])
        assert engine.counters.timeouts == 0


@pytest.mark.parametrize(
    ("number_", "no_route", "forbidden"), [(101, True, False), (113, True, False), (1, False, True)]
)
async def test_what_our_own_machine_refuses_is_not_blamed_on_the_device(
    number_: int, no_route: bool, forbidden: bool
) -> None:
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        make_stubborn(engine, OSError(number_, "refused here"))
        with pytest.raises(NotSent, match="not sent: refused here") as caught:
            await engine.get(at(agent), [NAME])
        assert (caught.value.no_route, caught.value.forbidden) == (no_route, forbidden)
        assert agent.asked == []


async def test_days_without_a_route_do_not_fill_the_memory() -> None:
    async with opened() as engine:
        make_stubborn(engine, *(OSError(101, "no route") for _ in range(10_000)))
        for _ in range(10_000):
            with pytest.raises(NotSent):
                await engine.get(Agent("127.0.0.1", "public"), [NAME])
        transport = engine._transport
        assert len(transport._finished) + len(transport._finished_before) <= 2 * 4096


async def test_closing_ends_what_is_under_way() -> None:
    engine = await SnmpEngine.open(SnmpSettings())
    async with ScriptedAgent(lambda _: []) as agent:
        task = asyncio.create_task(engine.get(at(agent), [NAME]))
        await until(lambda: len(agent.asked) == 1)
        await engine.close()
        await engine.close()
        with pytest.raises(NotSent, match="closed"):
            await task
        with pytest.raises(NotSent, match="closed"):
            await engine.get(at(agent), [NAME])


def test_a_community_is_in_no_repr() -> None:
    assert "rahasia" not in repr(Agent("127.0.0.1", "rahasia"))
    assert "rahasia" not in repr(build_request(Version.V2C, "rahasia", GET, [NAME]))


async def test_requests_differ_in_unpredictable_ids_of_four_octets() -> None:
    async with opened() as engine, ScriptedAgent(MIB) as agent:
        for _ in range(50):
            await engine.get(at(agent), [NAME])
        ids = [asked.request_id for asked in agent.asked]
    assert len({b - a for a, b in itertools.pairwise(ids)}) == 49
    assert all(0x800000 <= request_id <= 0x7FFFFFFF for request_id in ids)
    assert {asked.pdu for asked in agent.asked} == {GET}

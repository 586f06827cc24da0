"""The engine on real sockets against agents that are slow, silent, confused or hostile."""

import asyncio
import socket
from dataclasses import replace

import pytest

from collector.model import SnmpLimits
from collector.probes.snmp.agent import Agent, SnmpSettings
from collector.probes.snmp.errors import AgentError, BadAnswer, NoAnswer, WalkLimit
from tests.snmp_agents import (
    END_OF_MIB_VIEW,
    GEN_ERR,
    GET_BULK,
    NO_SUCH_INSTANCE,
    Asked,
    Elsewhere,
    Later,
    Mib,
    Reply,
    ScriptedAgent,
    number,
    response,
    table,
    text,
)
from tests.snmp_client import CONTACT, MIB, NAME, UPTIME, ask, at, opened, until

# --- slow, silent, late -----------------------------------------------------------------------


async def test_an_agent_that_takes_a_second_and_a_half_is_answered_with_the_defaults() -> None:
    async with opened(SnmpSettings()) as engine:
        async with ScriptedAgent(lambda asked: Later(1.5, MIB(asked))) as agent:
            assert await engine.get(at(agent), [NAME]) == {NAME: b"uji-01"}
        assert engine.counters.retries == 1
        first, second = agent.asked
        assert first == second  # the same request id: the answer to the first try counts


async def test_the_second_try_is_given_twice_the_time() -> None:
    settings = SnmpSettings(timeout_seconds=0.2, tick_seconds=0.01)  # 0.2 s, then 0.4 s
    first = iter([True])

    def script(asked: Asked) -> list[Reply]:
        return [Later(0.5, MIB(asked))] if next(first, False) else []

    assert await ask(script, settings=settings) == {NAME: b"uji-01"}


async def test_a_lost_request_is_tried_again() -> None:
    lost = iter([True])
    assert await ask(lambda asked: [] if next(lost, False) else [MIB(asked)]) == {NAME: b"uji-01"}


async def test_silence_is_no_answer_after_all_tries() -> None:
    async with opened() as engine, ScriptedAgent(lambda _: []) as agent:
        with pytest.raises(NoAnswer, match="no answer to 2 tries"):
            await engine.get(at(agent), [NAME])
        assert len(agent.asked) == 2
        assert (engine.counters.timeouts, engine.counters.retries) == (1, 1)
        assert engine._transport._pending == {}


async def test_nobody_listening_is_silence_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with opened() as engine:
        with pytest.raises(NoAnswer):
            await engine.get(Agent("127.0.0.1", "public", port), [NAME])


async def test_an_answer_after_all_tries_is_counted_as_late_and_nothing_else() -> None:
    async with opened() as engine:
        async with ScriptedAgent(lambda asked: Later(0.5, MIB(asked))) as agent:
            with pytest.raises(NoAnswer):
                await engine.get(at(agent), [NAME])
            await until(lambda: engine.counters.late == 2)
        assert engine.counters.answered == 0


async def test_duplicates_are_counted_and_change_nothing() -> None:
    async with opened() as engine:
        async with ScriptedAgent(lambda asked: [MIB(asked)] * 3) as agent:
            assert await engine.get(at(agent), [NAME]) == {NAME: b"uji-01"}
            await until(lambda: engine.counters.duplicate == 2)
        assert engine.counters.answered == 1


async def test_a_cancelled_request_leaves_nothing_behind() -> None:
    async with opened() as engine, ScriptedAgent(lambda asked: Later(0.2, MIB(asked))) as agent:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.get(at(agent), [NAME]), 0.05)
        assert engine._transport._pending == {}
        await until(lambda: engine.counters.late == 1)
        await until(lambda: engine._transport._timer is None)


async def test_an_answer_that_waits_in_the_socket_is_heard_before_its_deadline_expires() -> None:
    settings = SnmpSettings(timeout_seconds=0.05, retries=0)
    async with opened(settings) as engine:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
            agent.bind(("127.0.0.1", 0))
            target = Agent("127.0.0.1", "public", agent.getsockname()[1])
            task = asyncio.create_task(engine.get(target, [NAME]))
            await asyncio.sleep(0)
            data, client = agent.recvfrom(2000)
            request_id = int.from_bytes(data[data.index(b"\x02\x04", 7) + 2 :][:4], "big")
            agent.sendto(response(request_id, [(NAME, number(7))]), client)
            transport = engine._transport
            late = transport.time() + 60
            transport.time = lambda: late
            transport._tick()  # the loop was late: the tick comes before the socket is looked at
            assert await task == {NAME: 7}
        assert engine.counters.timeouts == 0


# --- confused and hostile ---------------------------------------------------------------------


async def test_an_answer_from_another_address_is_not_believed() -> None:
    async with opened() as engine:
        async with ScriptedAgent(lambda asked: Elsewhere("127.0.0.9", MIB(asked))) as agent:
            with pytest.raises(NoAnswer, match=r"one from 127\.0\.0\.9 was not believed"):
                await engine.get(at(agent), [NAME])
        assert engine.counters.foreign == 2


async def test_an_answer_from_another_port_is_not_believed() -> None:
    def script(asked: Asked) -> list[Reply]:
        forged = asked.answer([(NAME, text("palsu"))])
        return [Elsewhere("127.0.0.1", forged), Later(0.03, MIB(asked))]

    async with opened() as engine, ScriptedAgent(script) as agent:
        assert await engine.get(at(agent), [NAME]) == {NAME: b"uji-01"}
        assert engine.counters.foreign == 1


async def test_a_wrong_request_id_is_not_believed() -> None:
    def script(asked: Asked) -> bytes:
        return response(asked.request_id ^ 1, [(NAME, text("palsu"))])

    async with opened() as engine, ScriptedAgent(script) as agent:
        with pytest.raises(NoAnswer):
            await engine.get(at(agent), [NAME])
        assert engine.counters.stray == 2


async def test_a_negative_request_id_is_not_believed() -> None:
    def script(asked: Asked) -> bytes:
        return response(asked.request_id - 2**31, [(NAME, text("palsu"))])

    with pytest.raises(NoAnswer):
        await ask(script)


async def test_garbage_is_told_apart_from_silence() -> None:
    async with opened() as engine, ScriptedAgent(lambda _: b"\x30\x84\xff\xff\xff\xff") as agent:
        with pytest.raises(BadAnswer, match="no SNMP response"):
            await engine.get(at(agent), [NAME])
        assert engine.counters.malformed == 2


async def test_garbage_before_the_answer_does_no_harm() -> None:
    assert await ask(lambda asked: [b"", b"\xff" * 500, MIB(asked)]) == {NAME: b"uji-01"}


async def test_malformed_values_are_a_bad_answer_at_once() -> None:
    async with opened(SnmpSettings()) as engine:
        async with ScriptedAgent(lambda asked: asked.answer([(NAME, b"\x1f\x00")])) as agent:
            with pytest.raises(BadAnswer, match="unknown type 0x1f"):
                await engine.get(at(agent), [NAME])
        assert (len(agent.asked), engine.counters.malformed) == (1, 1)


async def test_an_answer_to_another_question_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match=rf"does not hold {NAME}"):
        await ask(lambda asked: asked.answer([(UPTIME, number(1))]))


async def test_what_was_not_asked_is_not_taken_in_the_place_of_what_is_missing() -> None:
    def script(asked: Asked) -> bytes:
        return asked.answer(
            [(NAME, text("uji-01")), (UPTIME, NO_SUCH_INSTANCE), (CONTACT, text("palsu"))]
        )

    assert await ask(script, NAME, UPTIME) == {NAME: b"uji-01"}


async def test_an_endless_walk_is_given_up_and_delays_nobody() -> None:
    column = "1.3.6.1.4.1.1"

    def endless(asked: Asked) -> bytes:
        last = int(asked.oids[0].rpartition(".")[2]) if asked.oids[0] != column else 0
        rows = range(last + 1, last + 1 + asked.repetitions)
        return asked.answer([(f"{column}.{row}", number(row)) for row in rows])

    async with (
        opened(SnmpSettings(max_walk_values=5000)) as engine,
        ScriptedAgent(endless) as hostile,
        ScriptedAgent(MIB) as honest,
    ):
        walk = asyncio.create_task(engine.walk(at(hostile), [column]))
        for _ in range(20):
            assert await engine.get(at(honest), [NAME]) == {NAME: b"uji-01"}
        with pytest.raises(WalkLimit, match="more than 5000 values"):
            await walk
        assert engine.counters.timeouts == 0


async def test_a_walk_survives_a_general_error_on_getbulk() -> None:
    mib = Mib(table("1.3.6.1.2.1.2.2.1", {2: [text("a"), text("b")], 8: [number(1), number(2)]}))

    def script(asked: Asked) -> bytes:
        return asked.refuse(GEN_ERR) if asked.pdu == GET_BULK else mib(asked)

    columns = ["1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.8"]
    async with opened() as engine, ScriptedAgent(script) as agent:
        found = await engine.walk(at(agent), columns)
    assert found == {columns[0]: {"1": b"a", "2": b"b"}, columns[1]: {"1": 1, "2": 2}}


@pytest.mark.parametrize("index", [2, 0, 99])
async def test_one_value_that_an_agent_trips_over_does_not_cost_the_others(index: int) -> None:
    """genErr names the OID, or points nowhere: the rest of the GET is answered all the same."""

    def script(asked: Asked) -> bytes:
        return asked.refuse(GEN_ERR, index) if UPTIME in asked.oids else MIB(asked)

    assert await ask(script, NAME, UPTIME, CONTACT) == {NAME: b"uji-01"}
    with pytest.raises(AgentError, match="genErr"):
        await ask(script, UPTIME)
    with pytest.raises(AgentError, match="genErr"):
        await ask(lambda asked: asked.refuse(GEN_ERR, index), NAME, UPTIME, CONTACT)


async def test_an_agent_that_wants_rests_between_requests_gets_them() -> None:
    heard: list[float] = []
    clock = asyncio.get_running_loop().time

    def script(asked: Asked) -> bytes:
        heard.append(clock())
        return MIB(asked)

    async with opened() as engine, ScriptedAgent(script) as agent:
        slow = replace(at(agent), limits=SnmpLimits(oids=1, pause_seconds=0.05))
        assert await engine.get(slow, [NAME, UPTIME]) == {NAME: b"uji-01", UPTIME: 4242}
    assert len(heard) == 2
    assert heard[1] - heard[0] >= 0.05


async def test_a_walk_over_an_empty_mib_is_empty() -> None:
    def script(asked: Asked) -> bytes:
        return asked.answer([(oid, END_OF_MIB_VIEW) for oid in asked.oids])

    async with opened() as engine, ScriptedAgent(script) as agent:
        assert await engine.walk(at(agent), ["1.3.6.1.4.1.1"]) == {"1.3.6.1.4.1.1": {}}

"""Walks of weak agents: what they can do is found out, remembered, and forgotten."""

import pytest

from collector.model import SnmpLimits
from collector.probes.snmp.agent import Agent, Version
from collector.probes.snmp.errors import AgentError, NoAnswer
from collector.probes.snmp.limits import Limits
from tests.snmp_agents import (
    GEN_ERR,
    GET_BULK,
    GET_NEXT,
    NO_SUCH_NAME,
    TOO_BIG,
    Asked,
)
from tests.snmp_client import AGENT, NAMES, OCTETS, STATES, Wire, expected, interfaces


@pytest.mark.parametrize("most", [1, 5, 12])
async def test_an_agent_with_small_answers_is_asked_for_fewer_rows_and_that_is_remembered(
    most: int,
) -> None:
    mib = interfaces(30)

    def script(asked: Asked) -> bytes:
        too_big = asked.pdu == GET_BULK and asked.repetitions > most
        return asked.refuse(TOO_BIG) if too_big else mib(asked)

    wire = Wire(script)
    assert await wire.walk() == expected(30)
    first = len(wire.asked)
    assert await wire.walk() == expected(30)
    assert all(rows <= most for rows, _ in wire.shapes()[first:])


@pytest.mark.parametrize("status", [NO_SUCH_NAME, GEN_ERR, 13, 99])
async def test_an_agent_that_refuses_getbulk_is_walked_with_getnext(status: int) -> None:
    mib = interfaces(6)

    def script(asked: Asked) -> bytes:
        return asked.refuse(status, 1) if asked.pdu == GET_BULK else mib(asked)

    wire = Wire(script)
    assert await wire.walk() == expected(6)
    first = len(wire.asked)
    await wire.walk()
    assert {rows for rows, _ in wire.shapes()[first:]} == {0}


async def test_an_agent_that_ignores_getbulk_is_walked_with_getnext() -> None:
    mib = interfaces(6)
    wire = Wire(lambda asked: None if asked.pdu == GET_BULK else mib(asked))
    assert await wire.walk() == expected(6)
    assert [rows for rows, _ in wire.shapes()[:4]] == [25, 0, 6, 0]
    first = len(wire.asked)
    await wire.walk()
    assert {rows for rows, _ in wire.shapes()[first:]} == {0}


async def test_one_lost_answer_does_not_condemn_a_link_to_getnext() -> None:
    mib = interfaces(30)
    lost = iter([True])
    wire = Wire(lambda asked: None if next(lost, False) else mib(asked))
    assert await wire.walk() == expected(30)
    assert [rows for rows, _ in wire.shapes()] == [25, 0, 6, 6, 6, 6, 6]


async def test_when_only_large_answers_are_lost_smaller_ones_are_asked_for() -> None:
    mib = interfaces(60)

    def script(asked: Asked) -> bytes | None:
        lost = asked.repetitions > 6 and asked.oids[0] != NAMES  # all but the first
        return None if lost else mib(asked)

    wire = Wire(script)
    assert await wire.walk() == expected(60)
    assert {rows for rows, _ in wire.shapes()} == {25, 6}


async def test_malformed_bulk_answers_are_avoided() -> None:
    mib = interfaces(4)

    def script(asked: Asked) -> bytes:
        answer = mib(asked)
        return answer[:-3] if asked.pdu == GET_BULK else answer

    assert await Wire(script).walk() == expected(4)


async def test_empty_bulk_answers_are_avoided() -> None:
    mib = interfaces(4)
    wire = Wire(lambda asked: asked.answer([]) if asked.pdu == GET_BULK else mib(asked))
    assert await wire.walk() == expected(4)


async def test_an_agent_that_answers_nothing_to_getnext_ends_the_walk() -> None:
    wire = Wire(lambda asked: asked.answer([]))
    assert await wire.walk() == {NAMES: {}, STATES: {}, OCTETS: {}}


async def test_an_agent_that_takes_one_name_a_request_is_walked_column_by_column() -> None:
    mib = interfaces(4)

    def script(asked: Asked) -> bytes:
        return asked.refuse(TOO_BIG) if len(asked.oids) > 1 else mib(asked)

    wire = Wire(script)
    assert await wire.walk() == expected(4)
    first = len(wire.asked)
    assert await wire.walk() == expected(4)
    assert {width for _, width in wire.shapes()[first:]} == {1}


async def test_a_dead_agent_costs_two_requests_and_is_not_taken_for_a_weak_one() -> None:
    wire = Wire(lambda _: None)
    with pytest.raises(NoAnswer):
        await wire.walk()
    assert [rows for rows, _ in wire.shapes()] == [25, 0]
    wire.script = interfaces(3)
    wire.asked.clear()
    await wire.walk()
    assert [rows for rows, _ in wire.shapes()] == [25]


async def test_an_agent_that_dies_in_mid_walk_is_given_up_after_three_more_requests() -> None:
    mib = interfaces(60)
    wire = Wire(lambda asked: mib(asked) if asked.oids[0] == NAMES else None)
    with pytest.raises(NoAnswer):
        await wire.walk()
    assert [rows for rows, _ in wire.shapes()] == [25, 25, 6, 0]
    assert wire.memory.of(AGENT).repetitions == 25


async def test_a_weakness_of_one_version_is_not_held_against_another() -> None:
    mib = interfaces(3)
    wire = Wire(lambda asked: asked.refuse(TOO_BIG) if asked.repetitions > 9 else mib(asked))
    await wire.walk()
    wire.asked.clear()
    await wire.walk(agent=Agent("127.0.0.1", "public", version=Version.V1))
    assert {asked.pdu for asked in wire.asked} == {GET_NEXT}


async def test_what_a_profile_says_of_its_model_needs_not_be_found_out() -> None:
    mib = interfaces(4)
    few = Agent("127.0.0.1", "public", limits=SnmpLimits(repetitions=2, oids=2))
    none = Agent("127.0.0.2", "public", limits=SnmpLimits(repetitions=0))

    wire = Wire(mib)
    assert await wire.walk(agent=few) == expected(4)
    assert {shape for shape in wire.shapes() if shape[1] == 2} == {(2, 2)}
    wire = Wire(mib)
    assert await wire.walk(agent=none) == expected(4)
    assert {rows for rows, _ in wire.shapes()} == {0}


async def test_the_memory_of_weak_agents_is_bounded() -> None:
    wire = Wire(interfaces(1))
    weak = Limits(3, 1, 1)
    for number_ in range(20_000):
        wire.memory.learn(Agent("127.0.0.1", "public", number_), weak)
    assert len(wire.memory._learnt) == 16_384
    assert wire.memory.of(Agent("127.0.0.1", "public", 19_999)) == weak


async def test_a_weakness_is_forgotten_after_a_while() -> None:
    mib = interfaces(3)
    wire = Wire(lambda asked: asked.refuse(GEN_ERR) if asked.pdu == GET_BULK else mib(asked))
    await wire.walk()
    wire.script = mib
    wire.now += wire.settings.remember_seconds + 1
    wire.asked.clear()
    await wire.walk()
    assert [rows for rows, _ in wire.shapes()] == [4]  # GETBULK again, of the rows it has


async def test_an_error_that_nothing_helps_against_is_raised_with_its_oid() -> None:
    wire = Wire(lambda asked: asked.refuse(GEN_ERR, 1))
    with pytest.raises(AgentError, match=rf"genErr for {NAMES}$") as caught:
        await wire.walk()
    assert caught.value.status == GEN_ERR

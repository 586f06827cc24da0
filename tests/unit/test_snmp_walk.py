"""Walks over agents that are honest, weak, odd or hostile, without a socket."""

import pytest

from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.errors import WalkLimit
from collector.probes.snmp.walk import Walk
from tests.snmp_agents import (
    END_OF_MIB_VIEW,
    GET_BULK,
    GET_NEXT,
    Asked,
    Mib,
    number,
    table,
    text,
)
from tests.snmp_client import AGENT, ENTRY, NAMES, OCTETS, STATES, Wire, expected, interfaces


@pytest.mark.parametrize("rows", [1, 2, 24, 25, 26, 130])
async def test_an_honest_table_is_read_whole_with_few_requests(rows: int) -> None:
    wire = Wire(interfaces(rows))
    assert await wire.walk() == expected(rows)
    assert len(wire.asked) == rows // 25 + 1


async def test_a_v1_agent_is_walked_with_getnext() -> None:
    wire = Wire(interfaces(5))
    agent = Agent("127.0.0.1", "public", version=Version.V1)
    assert await wire.walk(agent=agent) == expected(5)
    assert {asked.pdu for asked in wire.asked} == {GET_NEXT}


async def test_a_v1_walk_ends_at_the_end_of_the_mib() -> None:
    mib = Mib(table(ENTRY, {2: [text("a"), text("b")], 8: [number(1)] * 2}))
    wire = Wire(mib)
    agent = Agent("127.0.0.1", "public", version=Version.V1)
    assert await wire.walk(NAMES, STATES, agent=agent) == {
        NAMES: {"1": b"a", "2": b"b"},
        STATES: {"1": 1, "2": 1},
    }


async def test_the_end_of_the_mib_is_no_loop() -> None:
    wire = Wire(Mib(table(ENTRY, {2: [text("a")] * 3})))
    assert await wire.walk(NAMES) == {NAMES: {"1": b"a", "2": b"a", "3": b"a"}}
    assert wire.counters.walk_loops == 0


async def test_columns_that_the_agent_lacks_are_empty() -> None:
    wire = Wire(interfaces(3))
    found = await wire.walk(f"{ENTRY}.1", NAMES, f"{ENTRY}.99", "1.3.6.1.9")
    assert found == {
        f"{ENTRY}.1": {},
        NAMES: expected(3)[NAMES],
        f"{ENTRY}.99": {},
        "1.3.6.1.9": {},
    }


async def test_no_columns_ask_nothing() -> None:
    wire = Wire(interfaces(3))
    assert await Walk(AGENT, [], wire, wire.memory, wire.settings).run() == {}
    assert wire.asked == []


async def test_a_column_is_not_its_longer_namesake() -> None:
    wire = Wire(interfaces(3))
    assert await wire.walk(f"{ENTRY}.1") == {f"{ENTRY}.1": {}}  # not ifInOctets, which is .10


async def test_cells_that_are_missing_shift_no_other_cell() -> None:
    mib = interfaces(30)
    sparse = Mib({oid: v for oid, v in mib.values.items() if oid != f"{STATES}.7"})
    found = await Wire(sparse).walk()
    assert "7" not in found[STATES]
    assert found[NAMES] == expected(30)[NAMES]
    assert found[OCTETS] == expected(30)[OCTETS]


async def test_many_columns_are_walked_in_portions_without_a_false_alarm() -> None:
    columns = {column: [number(column * 100 + row) for row in range(3)] for column in range(1, 31)}
    wire = Wire(Mib(table(ENTRY, columns)))
    found = await wire.walk(*[f"{ENTRY}.{column}" for column in columns])
    assert found == {
        f"{ENTRY}.{column}": {str(row + 1): column * 100 + row for row in range(3)}
        for column in columns
    }
    assert max(width for _, width in wire.shapes()) == 24
    assert min(width for _, width in wire.shapes()) > 1


@pytest.mark.parametrize("keep", [1, 2, 3, 7, 40])
async def test_answers_cut_short_lose_nothing(keep: int) -> None:
    mib = interfaces(30)
    wire = Wire(lambda asked: asked.answer(mib.bindings(asked)[:keep]))
    assert await wire.walk() == expected(30)


# --- odd and hostile agents -------------------------------------------------------------------


async def test_columns_answered_out_of_place_are_walked_one_by_one() -> None:
    mib = interfaces(10)

    def column_by_column(asked: Asked) -> bytes:
        """All rows of the first column, then all of the second: not as the RFC says."""
        listed = mib.bindings(asked)
        width = len(asked.oids)
        return asked.answer([row for place in range(width) for row in listed[place::width]])

    wire = Wire(column_by_column)
    assert await wire.walk() == expected(10)
    assert wire.shapes()[-1][1] == 1


async def test_a_table_in_no_order_is_read_whole() -> None:
    order = [3, 1, 4, 15, 9, 2, 6]

    def script(asked: Asked) -> bytes:
        last = asked.oids[0].removeprefix(NAMES).removeprefix(".")
        start = order.index(int(last)) + 1 if last else 0
        rows = [(f"{NAMES}.{row}", number(row)) for row in order[start:]]
        return asked.answer([*rows, (f"{ENTRY}.3.1", number(0))][: asked.repetitions])

    assert await Wire(script).walk(NAMES) == {NAMES: {str(row): row for row in order}}


@pytest.mark.parametrize("cycle", [1, 2, 5, 40])
async def test_an_agent_that_goes_in_circles_ends_the_column(cycle: int) -> None:
    def script(asked: Asked) -> bytes:
        last = asked.oids[0].removeprefix(NAMES).removeprefix(".")
        start = int(last) % cycle + 1 if last else 1
        rows = ((start + step - 1) % cycle + 1 for step in range(asked.repetitions))
        return asked.answer([(f"{NAMES}.{row}", number(row)) for row in rows])

    wire = Wire(script)
    assert await wire.walk(NAMES) == {NAMES: {str(row): row for row in range(1, cycle + 1)}}
    assert wire.counters.walk_loops == 1


async def test_an_agent_that_repeats_the_question_ends_the_column() -> None:
    wire = Wire(lambda asked: asked.answer([(oid, number(1)) for oid in asked.oids]))
    assert await wire.walk() == {NAMES: {}, STATES: {}, OCTETS: {}}
    assert len(wire.asked) <= 4


def endless(asked: Asked) -> bytes:
    last = asked.oids[0].removeprefix(NAMES).removeprefix(".") or "0"
    rows = range(int(last) + 1, int(last) + 1 + max(asked.repetitions, 1))
    return asked.answer([(f"{NAMES}.{row}", number(row)) for row in rows])


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (SnmpSettings(max_walk_values=1000), "more than 1000 values"),
        (SnmpSettings(max_walk_requests=20), "more than 20 requests"),
        (SnmpSettings(max_walk_seconds=0.5), "longer than 0.5 s"),
    ],
)
async def test_a_walk_without_end_is_given_up(settings: SnmpSettings, problem: str) -> None:
    wire = Wire(endless, settings)
    with pytest.raises(WalkLimit, match=problem):
        await wire.walk(NAMES)
    assert wire.counters.walk_limits == 1


async def test_the_next_walk_asks_for_no_more_rows_than_there_were_and_one() -> None:
    wire = Wire(interfaces(4))
    assert await wire.walk() == expected(4)
    assert await wire.walk() == expected(4)
    assert wire.shapes() == [(25, 3), (5, 3)]
    for rows in (40, 40, 2, 2):  # it may have become another
        wire.script = interfaces(rows)
        assert await wire.walk() == expected(rows)
    assert wire.shapes()[2:] == [(5, 3), (25, 3), (25, 3), (25, 3), (16, 3), (25, 3), (3, 3)]


async def test_an_answer_that_is_lost_teaches_no_less_than_without_knowing_the_rows() -> None:
    lost = iter([False, True])
    mib = interfaces(4)
    wire = Wire(lambda asked: None if next(lost, False) else mib(asked))
    await wire.walk()
    assert await wire.walk() == expected(4)
    wire.memory.note_rows(AGENT, NAMES, 100)
    wire.script = interfaces(100)
    assert await wire.walk() == expected(100)
    assert max(rows for rows, _ in wire.shapes()[1:]) == 6


async def read_by(wire: Wire, *columns: str) -> int:
    """Walk what does not end; return how many values that took, about."""
    asked = len(wire.asked)
    with pytest.raises(WalkLimit):
        await wire.walk(*columns)
    return sum(max(one.repetitions, 1) for one in wire.asked[asked:])


async def test_a_table_that_did_not_end_is_given_up_earlier_for_an_hour() -> None:
    wire = Wire(endless, SnmpSettings(max_walk_values=9_600))
    sizes = [await read_by(wire, NAMES) for _ in range(4)]
    assert sizes == [9_625, 1_225, 1_025, 1_025]  # never below a thousand
    with pytest.raises(WalkLimit, match="more than 1000 values; it did not end before"):
        await wire.walk(NAMES)
    wire.now += 3600
    assert await read_by(wire, NAMES) == 9_625


async def test_other_tables_and_other_agents_are_not_held_to_less() -> None:
    wire = Wire(endless, SnmpSettings(max_walk_values=2_000))
    await read_by(wire, NAMES)
    wire.script = interfaces(1_500)
    assert len((await wire.walk(OCTETS))[OCTETS]) == 1_500
    assert len((await wire.walk(NAMES, agent=Agent("127.0.0.2", "public")))[NAMES]) == 1_500
    with pytest.raises(WalkLimit):
        await wire.walk(NAMES)


async def test_a_walk_that_ends_has_its_full_length_again() -> None:
    wire = Wire(endless, SnmpSettings(max_walk_values=2_000))
    await read_by(wire, NAMES)
    wire.script = interfaces(40)
    assert len((await wire.walk(NAMES))[NAMES]) == 40
    wire.script = endless
    assert await read_by(wire, NAMES) > 2_000


async def test_an_agent_that_only_takes_its_time_is_not_held_to_less() -> None:
    wire = Wire(endless, SnmpSettings(max_walk_seconds=0.5))
    for _ in range(2):
        with pytest.raises(WalkLimit, match=r"longer than 0.5 s$"):
            await wire.walk(NAMES)


async def test_an_agent_that_sends_more_than_asked_is_asked_otherwise() -> None:
    mib = interfaces(4)

    def script(asked: Asked) -> bytes:
        if asked.pdu == GET_BULK:
            return asked.answer([(f"{NAMES}.{row}", number(row)) for row in range(3000)])
        return mib(asked)

    assert await Wire(script).walk() == expected(4)


async def test_values_behind_the_end_of_the_mib_are_not_taken() -> None:
    def script(asked: Asked) -> bytes:
        return asked.answer([(NAMES, END_OF_MIB_VIEW), (f"{NAMES}.1", number(1))])

    assert await Wire(script).walk(NAMES) == {NAMES: {}}

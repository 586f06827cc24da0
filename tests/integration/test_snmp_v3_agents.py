"""SNMPv3 against agents that restart, are reset, cloned or impersonated, and against forgers."""

import logging
from collections.abc import Iterable

import pytest

from collector.probes.snmp.agent import Agent, SnmpSettings
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import BadAnswer, CredentialRefused, NoAnswer, SnmpError
from collector.probes.snmp.v3.security import Security
from tests.snmp_agents import RESPONSE, Later, Reply, binding, number, response, text, tlv
from tests.snmp_client import MIB, NAME, QUICK, UPTIME, interfaces, opened
from tests.snmp_v3_agents import (
    AUTH,
    ENGINE_ID,
    NOT_IN_TIME,
    OPEN,
    PRIV,
    SEALING,
    SIGNED,
    SIGNING,
    UNDECIPHERED,
    UNKNOWN_CONTEXT,
    UNKNOWN_ENGINE,
    UNKNOWN_USER,
    UNSUPPORTED_LEVEL,
    WRONG_DIGEST,
    AskedAsUser,
    Manner,
    Script,
    UserAgent,
    honest,
)

OTHER_ID = ENGINE_ID + b"-baru"
PATIENT = SnmpSettings(timeout_seconds=2.0, retries=0, tick_seconds=0.01)


async def get(engine: SnmpEngine, agent: Agent) -> dict[str, object]:
    return dict(await engine.get(agent, [NAME, UPTIME]))


RIGHT = {NAME: b"uji-01", UPTIME: 4242}


# --- honest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("security", [OPEN, SIGNING, SEALING])
async def test_an_engine_is_discovered_once_and_then_asked_directly(security: Security) -> None:
    async with opened() as engine, UserAgent(Manner(MIB, security)) as agent:
        assert await get(engine, agent.agent(security)) == RIGHT
        assert await get(engine, agent.agent(security)) == RIGHT
        assert [asked.engine_id for asked in agent.asked_as_user] == [b"", ENGINE_ID, ENGINE_ID]
        assert engine.counters.discoveries == 1
        assert engine._users.engine_id(agent.agent(security)) == ENGINE_ID


async def test_a_table_is_walked_as_a_user() -> None:
    async with opened() as engine, UserAgent(Manner(interfaces(60))) as agent:
        column = "1.3.6.1.2.1.2.2.1.2"
        found = await engine.walk(agent.agent(), [column])
        assert found[column] == {str(row): f"ether{row}".encode() for row in range(1, 61)}


async def test_a_context_is_asked_in() -> None:
    security = Security("pantau", "sha", AUTH, context="vlan-10")
    async with opened() as engine, UserAgent(Manner(MIB, SIGNING, context=b"vlan-10")) as agent:
        assert await get(engine, agent.agent(security)) == RIGHT


async def test_two_devices_with_one_engine_id_are_told_apart() -> None:
    one, other = Manner(MIB, boots=3, time=100_000), Manner(MIB, boots=9, time=500)
    async with opened() as engine, UserAgent(one) as first, UserAgent(other) as second:
        for _ in range(3):
            assert await get(engine, first.agent()) == RIGHT
            assert await get(engine, second.agent()) == RIGHT
        assert {asked.boots for asked in first.asked_as_user} == {0, 3}
        assert {asked.boots for asked in second.asked_as_user} == {0, 9}
        assert engine.counters.discoveries == 2


async def test_each_try_is_a_message_of_its_own_and_a_late_answer_to_the_first_counts() -> None:
    def slow(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        reply = honest(agent, asked)
        assert isinstance(reply, bytes)
        if not asked.engine_id:
            return reply
        is_first = len(agent.asked_as_user) == 2
        return Later(0.15, reply) if is_first else []

    async with opened() as engine, UserAgent(Manner(MIB), slow) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        _, first, second = agent.asked_as_user
        assert first.message_id != second.message_id
        assert first.pdu == second.pdu
        assert engine.counters.retries == 1


async def test_a_late_report_is_counted_and_changes_nothing() -> None:
    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        late = Later(0.05, agent.report(asked, UNKNOWN_ENGINE))
        return [agent.answer(asked), late] if asked.engine_id else honest(agent, asked)

    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        for _ in range(3):
            assert await get(engine, agent.agent()) == RIGHT
        while engine.counters.duplicate < 2:
            assert await get(engine, agent.agent()) == RIGHT
        assert engine.counters.discoveries == 1


# --- clocks -----------------------------------------------------------------------------------


async def test_a_restarted_agent_is_followed_by_its_signed_report() -> None:
    async with opened() as engine, UserAgent(Manner(MIB)) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        agent.become(boots=4, time=3)
        assert await get(engine, agent.agent()) == RIGHT
        assert [asked.boots for asked in agent.asked_as_user] == [0, 3, 3, 4]
        assert (engine.counters.discoveries, engine.counters.reboots) == (1, 1)


async def test_an_agent_whose_clock_went_on_is_asked_again_with_its_time() -> None:
    async with opened() as engine, UserAgent(Manner(MIB)) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        agent.become(time=200_000)
        assert await get(engine, agent.agent()) == RIGHT
        assert [asked.time for asked in agent.asked_as_user] == [0, 100_000, 100_000, 200_000]


async def test_an_agent_that_tells_its_clock_only_to_users_is_asked_twice() -> None:
    def shy(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        if asked.engine_id:
            return honest(agent, asked)
        own = agent.manner
        agent.become(boots=0, time=0)
        reply = honest(agent, asked)
        agent.manner = own
        return reply

    async with opened() as engine, UserAgent(Manner(MIB), shy) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        assert [asked.boots for asked in agent.asked_as_user] == [0, 0, 3]


@pytest.mark.parametrize(
    "change", [{"boots": 1}, {"time": 20}, {"boots": 0, "time": 0}, {"engine_id": OTHER_ID}]
)
async def test_a_reset_agent_is_discovered_anew_within_the_same_question(
    change: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with opened() as engine, UserAgent(Manner(MIB)) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        agent.become(**change)
        for _ in range(3):
            assert await get(engine, agent.agent()) == RIGHT
        assert engine.counters.discoveries == 2
        told = [
            record.message for record in caplog.records if "replaced or reset" in record.message
        ]
        assert len(told) == (0 if change == {"time": 20} else 1)
        assert engine.counters.engines_changed == len(told)
        assert engine._users.engine_id(agent.agent()) == change.get("engine_id", ENGINE_ID)


async def test_an_agent_without_a_clock_is_believed_for_as_long_as_it_signs() -> None:
    async with opened() as engine, UserAgent(Manner(MIB, boots=0, time=0)) as agent:
        for _ in range(3):
            assert await get(engine, agent.agent()) == RIGHT


async def test_an_agent_that_was_silent_is_discovered_anew() -> None:
    silent = False

    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        is_gone = silent and bool(asked.engine_id)  # it does not even complain of the wrong id
        return [] if is_gone and asked.engine_id != OTHER_ID else honest(agent, asked)

    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        silent = True
        agent.become(engine_id=OTHER_ID)
        with pytest.raises(NoAnswer):
            await get(engine, agent.agent())
        assert await get(engine, agent.agent()) == RIGHT


@pytest.mark.parametrize("security", [SIGNING, SEALING])
async def test_an_agent_that_never_finds_our_time_right_is_given_up_after_a_few_tries(
    security: Security,
) -> None:
    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        if not asked.engine_id:
            return honest(agent, asked)
        agent.become(boots=agent.manner.boots + 1)
        return agent.report(asked, NOT_IN_TIME, level=SIGNED)

    async with opened() as engine, UserAgent(Manner(MIB, security), script) as agent:
        with pytest.raises(BadAnswer, match="contradicting itself"):
            await get(engine, agent.agent(security))
        assert len(agent.asked_as_user) <= 6


async def test_an_engine_whose_boots_are_used_up_is_named_as_such() -> None:
    async with opened() as engine, UserAgent(Manner(MIB, boots=2**31 - 1)) as agent:
        with pytest.raises(BadAnswer, match="boots is used up"):
            await get(engine, agent.agent())


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("security", "detail"),
    [
        (Security("siapa", "sha", AUTH), "does not know the user"),
        (Security("siapa"), "does not know the user"),
        (Security("pantau", "sha", "bukan-kata-sandi"), "signature wrong"),
        (Security("pantau", "sha256", AUTH), "signature wrong"),
        (Security("pantau", "sha", AUTH, "aes128", "bukan-kata-sandi"), "cannot decrypt"),
        (Security("pantau", "sha", AUTH, "aes128", PRIV, "vlan-9"), "not know the context"),
    ],
)
async def test_what_the_agent_does_not_take_of_a_credential_is_said(
    security: Security, detail: str
) -> None:
    async with opened() as engine, UserAgent(Manner(MIB)) as agent:
        with pytest.raises(CredentialRefused, match=detail):
            await get(engine, agent.agent(security))


async def test_a_level_that_the_agent_does_not_have_is_said() -> None:
    async with opened() as engine, UserAgent(Manner(MIB, SIGNING)) as agent:
        with pytest.raises(CredentialRefused, match="does not sign or encrypt in this way"):
            await get(engine, agent.agent(SEALING))


@pytest.mark.parametrize("counter", [UNDECIPHERED, UNKNOWN_CONTEXT])
async def test_an_agent_that_is_silent_only_to_what_it_cannot_read_is_found_out(
    counter: str,
) -> None:
    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        is_plain = not asked.engine_id or (asked.level == SIGNED and not asked.context)
        return honest(agent, asked) if is_plain else []

    context = "vlan-9" if counter == UNKNOWN_CONTEXT else ""
    security = Security("pantau", "sha", AUTH, "aes128", "bukan-kata-sandi", context)
    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        with pytest.raises(CredentialRefused, match="answers simpler requests only"):
            await get(engine, agent.agent(security))
        weakest = agent.asked_as_user[-1]
        assert (weakest.level, weakest.context) == (SIGNED, b"")
        assert weakest.pdu is not None
        assert weakest.pdu.oids == ()


async def test_an_agent_that_only_tells_its_engine_id_is_no_answer() -> None:
    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        return [] if asked.engine_id else honest(agent, asked)

    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        with pytest.raises(NoAnswer):
            await get(engine, agent.agent())


async def test_an_agent_without_an_engine_id_is_a_bad_answer() -> None:
    async with opened() as engine, UserAgent(Manner(MIB, OPEN, engine_id=b"")) as agent:
        with pytest.raises(BadAnswer, match="does not tell its engine id"):
            await get(engine, agent.agent(OPEN))


# --- forgers ----------------------------------------------------------------------------------


def before_the_answer(forged: Script) -> Script:
    """A forger who sees every request and is quicker than the agent."""

    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        reply = honest(agent, asked)
        assert isinstance(reply, bytes)
        if not asked.engine_id or agent.manner.boots < 3:
            return reply
        first = forged(agent, asked)
        assert isinstance(first, bytes)
        return [first, reply]

    return script


FORGED: dict[str, Script] = {
    "an answer signed with another key": lambda agent, asked: agent.answer(asked, key=b"x" * 20),
    "an answer that is not signed": lambda agent, asked: agent.answer(asked, level=0),
    "an answer that is signed but not encrypted": lambda agent, asked: agent.answer(
        asked, level=SIGNED, key=b"x" * 20
    ),
    "an answer to somebody else": lambda agent, asked: agent.answer(asked, user=b"lain"),
    "an answer cut short": lambda agent, asked: agent.answer(asked)[:-9],
    "an unsigned word that the user is unknown": lambda agent, asked: agent.report(
        asked, UNKNOWN_USER
    ),
    "an unsigned word that the signature is wrong": lambda agent, asked: agent.report(
        asked, WRONG_DIGEST
    ),
    "an unsigned word that the level is not there": lambda agent, asked: agent.report(
        asked, UNSUPPORTED_LEVEL
    ),
    "an unsigned word that nothing can be decrypted": lambda agent, asked: agent.report(
        asked, UNDECIPHERED
    ),
    "an unsigned word of something unheard of": lambda agent, asked: agent.report(
        asked, "1.3.6.1.4.1.1.1.0"
    ),
    "an answer in version 2c": lambda _agent, asked: response(
        asked.message_id, [(NAME, text("palsu"))]
    ),
    "an unsigned garbled scoped PDU": lambda agent, asked: agent.message(
        asked, b"", level=0, scoped=b"\x30\x03\x04\x09\x01"
    ),
}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_forged_answer_is_passed_over_and_the_signed_one_counts(forged: str) -> None:
    script = before_the_answer(FORGED[forged])
    async with opened(PATIENT) as engine, UserAgent(Manner(MIB), script) as agent:
        for _ in range(2):
            assert await get(engine, agent.agent()) == RIGHT
        assert len(agent.asked_as_user) == 3
        counters = engine.counters
        assert counters.unproven + counters.malformed + counters.duplicate + counters.stray >= 2


@pytest.mark.parametrize("counter", [UNKNOWN_ENGINE, NOT_IN_TIME])
async def test_forged_complaints_cost_one_discovery_a_question_and_no_more(counter: str) -> None:
    script = before_the_answer(lambda agent, asked: agent.report(asked, counter))
    async with opened(PATIENT) as engine, UserAgent(Manner(MIB), script) as agent:
        for questions in range(1, 4):
            assert await get(engine, agent.agent()) == RIGHT
            assert engine.counters.discoveries == questions
        assert len(agent.asked_as_user) == 2 + 3 + 3


async def test_a_forged_discovery_costs_one_question_and_is_forgotten() -> None:
    forging = False

    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        if not forging:
            return honest(agent, asked)
        if asked.engine_id == ENGINE_ID:
            return agent.report(asked, UNKNOWN_ENGINE)
        agent.become(engine_id=OTHER_ID)
        told = agent.report(asked, UNKNOWN_ENGINE)
        agent.become(engine_id=ENGINE_ID)
        return told

    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        forging = True
        with pytest.raises(SnmpError):
            await get(engine, agent.agent())
        forging = False
        assert engine._users.engine_id(agent.agent()) == ENGINE_ID
        before = engine.counters.discoveries
        assert await get(engine, agent.agent()) == RIGHT
        assert engine.counters.discoveries == before
        assert engine.counters.engines_changed == 0


async def test_a_forged_clock_in_a_discovery_does_not_lock_the_agent_out() -> None:
    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        if asked.engine_id:
            return honest(agent, asked)
        own = agent.manner
        agent.become(boots=2**31 - 1, time=2**31 - 1)
        told = honest(agent, asked)
        agent.manner = own
        return told

    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        assert await get(engine, agent.agent()) == RIGHT


async def test_an_old_answer_cannot_be_played_again() -> None:
    recorded: list[bytes] = []

    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        if not asked.engine_id:
            return honest(agent, asked)
        recorded.append(agent.answer(asked))
        return recorded[0]

    async with opened(QUICK) as engine, UserAgent(Manner(MIB), script) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        with pytest.raises(NoAnswer):
            await get(engine, agent.agent())
        assert engine.counters.duplicate == 2


async def test_only_forged_answers_are_a_bad_answer_that_says_why() -> None:
    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        forged = agent.answer(asked, key=b"x" * 20) if asked.engine_id else None
        return forged or honest(agent, asked)

    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        with pytest.raises(BadAnswer, match="signature is wrong"):
            await get(engine, agent.agent())


# --- garbled ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scoped",
    [
        b"",
        b"\x30\x00",
        b"\x30\x82\xff\xff\x04",
        tlv(0x30, tlv(4, ENGINE_ID)),
        tlv(0x30, tlv(4, ENGINE_ID) + tlv(4, b"") + tlv(0xA2, b"\x02\x01")),
        tlv(0x30, tlv(4, ENGINE_ID) + tlv(4, b"") + tlv(0xA3, b"")),
    ],
)
@pytest.mark.parametrize("security", [SIGNING, SEALING])
async def test_a_garbled_scoped_pdu_is_a_bad_answer(security: Security, scoped: bytes) -> None:
    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        if not asked.engine_id:
            return honest(agent, asked)
        return agent.message(asked, b"", level=asked.level, scoped=scoped)

    async with opened() as engine, UserAgent(Manner(MIB, security), script) as agent:
        with pytest.raises(BadAnswer, match="malformed"):
            await get(engine, agent.agent(security))


async def test_an_answer_from_another_context_or_to_another_request_is_not_taken() -> None:
    listed = tlv(0x30, binding(NAME, text("palsu")))

    def script(agent: UserAgent, asked: AskedAsUser) -> Reply | Iterable[Reply]:
        if not asked.engine_id or asked.pdu is None:
            return honest(agent, asked)
        pdu = tlv(RESPONSE, number(asked.pdu.request_id + 1) + number(0) + number(0) + listed)
        elsewhere = tlv(0x30, tlv(4, ENGINE_ID) + tlv(4, b"lain") + pdu)
        return [
            agent.message(asked, pdu, level=asked.level),
            agent.message(asked, b"", level=asked.level, scoped=elsewhere),
            agent.answer(asked),
        ]

    async with opened() as engine, UserAgent(Manner(MIB), script) as agent:
        assert await get(engine, agent.agent()) == RIGHT
        assert engine.counters.unproven == 2

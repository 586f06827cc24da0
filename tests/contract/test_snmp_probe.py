"""The SNMP probe keeps the probes' contract: whatever happens becomes a result with a reason."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from collector.model import (
    Check,
    CheckResult,
    Credential,
    Metric,
    MetricGroup,
    MetricKind,
    Outcome,
    Reason,
    Role,
    Table,
    Target,
)
from collector.probes import Probe
from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.errors import (
    AgentError,
    BadAnswer,
    CredentialRefused,
    NoAnswer,
    NotSent,
    SnmpError,
    WalkLimit,
)
from collector.probes.snmp.probe import SnmpProbe
from collector.probes.snmp.values import Value

SLOT = datetime(2026, 11, 22, 1, 15, tzinfo=UTC)
UPTIME, NAME = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"
IF_NAME, IF_STATUS = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.8"

SCALARS = (
    Metric("sys_uptime_seconds", UPTIME, unit="s", scale=0.01),
    Metric("sys_name", NAME, kind=MetricKind.TEXT),
)
INTERFACES = Table(
    "interfaces",
    metrics=(Metric("if_oper_status", IF_STATUS, kind=MetricKind.STATE),),
    labels={"interface": (IF_NAME,)},
)
COMMUNITY = Credential("kota", "2c", "rahasia-kota")


class Clock:
    """Moves only when an agent takes its time."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> datetime:
        return SLOT + timedelta(seconds=self.seconds - 100)

    def monotonic(self) -> float:
        return self.seconds


class Client:
    """Stands in for the engine; keeps what it was asked."""

    def __init__(
        self,
        clock: Clock,
        values: dict[str, Value] | SnmpError,
        rows: dict[str, dict[str, Value]] | SnmpError | None = None,
    ) -> None:
        self.settings = SnmpSettings()
        self.gets: list[Sequence[str]] = []
        self.walks: list[Sequence[str]] = []
        self.agents: list[Agent] = []
        self._clock = clock
        self._values = values
        self._rows = rows or {}

    async def get(self, agent: Agent, oids: Sequence[str]) -> dict[str, Value]:
        self.agents.append(agent)
        self.gets.append(oids)
        self._clock.seconds += 0.25
        if isinstance(self._values, SnmpError):
            raise self._values
        return {oid: self._values[oid] for oid in oids if oid in self._values}

    async def walk(self, agent: Agent, columns: Sequence[str]) -> dict[str, dict[str, Value]]:
        self.agents.append(agent)
        self.walks.append(columns)
        self._clock.seconds += 2.0
        if isinstance(self._rows, SnmpError):
            raise self._rows
        return {column: self._rows.get(column, {}) for column in columns}


def check(
    metrics: tuple[Metric, ...] = SCALARS,
    tables: tuple[Table, ...] = (),
    target: Target | None = None,
) -> Check:
    return Check(
        id="sw-0001/status",
        device_id="sw-0001",
        name="status",
        probe="snmp",
        role=Role.HEALTH,
        interval_seconds=60,
        timeout_seconds=10,
        target=target or Target("sw-0001", "127.16.0.1", 1161, COMMUNITY),
        group=MetricGroup("status", "snmp", Role.HEALTH, 60, metrics, tables),
    )


async def run(
    values: dict[str, Value] | SnmpError,
    rows: dict[str, dict[str, Value]] | SnmpError | None = None,
    asked: Check | None = None,
) -> tuple[CheckResult, Client]:
    clock = Clock()
    client = Client(clock, values, rows)
    probe: Probe = SnmpProbe(client, clock)
    return await probe.run(asked or check(), SLOT), client


async def test_an_answer_becomes_readings_with_the_time_of_the_first_answer() -> None:
    rows: dict[str, dict[str, Value]] = {IF_STATUS: {"1": 1, "2": 2}, IF_NAME: {"1": b"a"}}
    result, client = await run({UPTIME: 360_000, NAME: b"sw"}, rows, check(tables=(INTERFACES,)))
    assert (result.check_id, result.slot_at) == ("sw-0001/status", SLOT)
    assert (result.outcome, result.reason) == (Outcome.ANSWERED, Reason.OK)
    assert result.latency_seconds == 0.25
    assert result.measured_at == SLOT + timedelta(seconds=2.25)
    values = [(reading.metric, reading.value) for reading in result.readings]
    assert values == [
        ("sys_uptime_seconds", 3600),
        ("sys_name", "sw"),
        ("if_oper_status", 1),
        ("if_oper_status", 2),
    ]
    assert client.agents[0] == Agent("127.16.0.1", "rahasia-kota", 1161, Version.V2C)
    assert set(client.walks[0]) == {IF_STATUS, IF_NAME}


async def test_only_the_first_request_is_timed() -> None:
    metrics = tuple(Metric(f"m{n}", f"1.3.6.1.4.1.{n}.0") for n in range(60))
    values: dict[str, Value] = {metric.source: 7 for metric in metrics}
    result, client = await run(values, asked=check(metrics))
    assert [len(oids) for oids in client.gets] == [24, 36]
    assert result.latency_seconds == 0.25
    assert len(result.readings) == 60


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (NoAnswer("no answer to 2 tries"), Outcome.FAILED, Reason.NO_ANSWER),
        (BadAnswer("malformed"), Outcome.FAILED, Reason.BAD_ANSWER),
        (CredentialRefused("unknown user"), Outcome.FAILED, Reason.CREDENTIAL_REFUSED),
        (WalkLimit("too long"), Outcome.FAILED, Reason.BAD_ANSWER),
        (AgentError(5, 1, NAME), Outcome.FAILED, Reason.AGENT_ERROR),
        (AgentError(16, 0), Outcome.FAILED, Reason.CREDENTIAL_REFUSED),
        (AgentError(6, 0), Outcome.FAILED, Reason.CREDENTIAL_REFUSED),
        (NotSent("no way", 101), Outcome.UNKNOWN, Reason.HOST_UNREACHABLE),
        (NotSent("firewall", 1), Outcome.UNKNOWN, Reason.COLLECTOR_RIGHTS),
        (NotSent("closed"), Outcome.UNKNOWN, Reason.COLLECTOR_ERROR),
    ],
)
async def test_each_failure_is_a_result_with_its_reason(
    error: SnmpError, outcome: Outcome, reason: Reason
) -> None:
    result, client = await run(error, asked=check(tables=(INTERFACES,)))
    assert (result.outcome, result.reason, result.detail) == (outcome, reason, str(error))
    assert result.readings == ()
    assert result.latency_seconds is None
    assert client.walks == []  # nobody walks a silent device


async def test_what_was_measured_before_a_walk_failed_is_kept() -> None:
    asked = check(tables=(INTERFACES,))
    result, _ = await run({UPTIME: 100, NAME: b"sw"}, NoAnswer("no answer to 2 tries"), asked)
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    assert [reading.metric for reading in result.readings] == ["sys_uptime_seconds", "sys_name"]
    assert result.latency_seconds == 0.25


@pytest.mark.parametrize("values", [{}, {UPTIME: None}])
async def test_an_agent_that_has_nothing_of_what_was_asked_is_a_bad_answer(
    values: dict[str, Value],
) -> None:
    result, _ = await run(values, asked=check(tables=(INTERFACES,)))
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.BAD_ANSWER)
    assert UPTIME in result.detail


async def test_a_table_without_rows_is_an_answer() -> None:
    result, client = await run({}, asked=check((), (INTERFACES,)))
    assert (result.outcome, result.readings) == (Outcome.ANSWERED, ())
    assert client.gets == []
    assert result.latency_seconds is None


async def test_a_value_that_is_not_understood_is_told() -> None:
    result, _ = await run({UPTIME: b"kemarin", NAME: b"sw"})
    assert result.outcome is Outcome.ANSWERED
    assert [reading.metric for reading in result.readings] == ["sys_name"]
    assert "sys_uptime_seconds" in result.detail


@pytest.mark.parametrize(
    ("target", "reason", "detail"),
    [
        (
            Target("sw-0001", "127.16.0.1"),
            Reason.CREDENTIAL_REFUSED,
            "no SNMP credential in the inventory",
        ),
        (
            Target("sw-0001", "127.16.0.1", credential=Credential("lama", "2u", "rahasia-kota")),
            Reason.CREDENTIAL_REFUSED,
            "credential lama: SNMP version 2u is not spoken here",
        ),
        (
            Target(
                "sw-0001", "127.16.0.1", credential=Credential("inti", "3", user="u", privacy="des")
            ),
            Reason.CREDENTIAL_REFUSED,
            "credential inti: there is privacy without authentication",
        ),
        (
            Target("sw-0001", None, credential=COMMUNITY),
            Reason.COLLECTOR_ERROR,
            "no address in the inventory",
        ),
    ],
)
async def test_without_an_address_or_a_credential_nothing_is_asked_and_none_is_guessed(
    target: Target, reason: Reason, detail: str
) -> None:
    result, client = await run({UPTIME: 1}, asked=check(target=target))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, reason)
    assert result.detail == detail
    assert client.agents == []


@pytest.mark.parametrize("error", [AgentError(5, 1), BadAnswer("confused"), WalkLimit("too long")])
async def test_a_table_that_the_agent_cannot_give_is_told_of_and_spoils_nothing(
    error: SnmpError,
) -> None:
    both, _ = await run({UPTIME: 100, NAME: b"sw"}, error, check(tables=(INTERFACES,)))
    alone, _ = await run({}, error, check((), (INTERFACES,)))

    assert (both.outcome, len(both.readings)) == (Outcome.ANSWERED, 2)
    assert both.detail == f"table interfaces: {error}"
    assert (alone.outcome, alone.detail) == (Outcome.FAILED, str(error))


@pytest.mark.parametrize("error", [NoAnswer("silent"), AgentError(16, 0)])
async def test_silence_or_a_refusal_in_a_table_is_the_whole_check_s(error: SnmpError) -> None:
    result, _ = await run({UPTIME: 100}, error, check(tables=(INTERFACES,)))

    assert (result.outcome, len(result.readings)) == (Outcome.FAILED, 1)


@pytest.mark.parametrize("error", [NoAnswer("silent"), AgentError(5, 1, NAME)])
async def test_a_community_is_in_no_result(error: SnmpError) -> None:
    result, _ = await run(error)
    assert "rahasia-kota" not in repr(result)


async def test_other_tables_are_walked_only_for_rows_that_point_into_them() -> None:
    signal, here, there = "1.3.6.1.4.1.14988.1.1.16.1.1.4", f"{IF_NAME}[index]", IF_STATUS
    modems = Table("modems", (Metric("lte_rsrp_dbm", signal),), {"interface": (here, there)})
    rows: dict[str, dict[str, Value]] = {signal: {"3": -105}, IF_NAME: {"3": b"lte1"}}

    without, router = await run({UPTIME: 1}, {}, check(tables=(modems,)))
    with_one, modem = await run({UPTIME: 1}, rows, check(tables=(modems,)))

    assert router.walks == [(signal, there)]
    assert without.outcome is Outcome.ANSWERED
    assert modem.walks == [(signal, there), (IF_NAME,)]
    assert with_one.readings[-1].labels == (("interface", "lte1"),)

"""Three clients, one agent: ours, net-snmp's and pysnmp read the same from Debian's snmpd."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    UdpTransportTarget,
    bulk_walk_cmd,
    get_cmd,
)
from pysnmp.hlapi.v3arch.asyncio import SnmpEngine as PysnmpEngine

from collector.clock import SystemClock
from collector.model import (
    Check,
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
from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import NoAnswer
from collector.probes.snmp.probe import SnmpProbe
from collector.probes.snmp.values import Value
from tests.conftest import need_program
from tests.snmpd import running

COMMUNITY = "rahasia-uji"
OWN = "1.3.6.1.4.1.8072.9999.9999"
SYSTEM, IF_ENTRY = "1.3.6.1.2.1.1", "1.3.6.1.2.1.2.2.1"
NAME, OBJECT_ID, UPTIME = f"{SYSTEM}.5.0", f"{SYSTEM}.2.0", f"{SYSTEM}.3.0"
ABSENT = f"{OWN}.77.0"
STILL = [f"{IF_ENTRY}.{column}" for column in (1, 2, 3, 4, 6)]
"""Columns of ifTable that do not change while they are compared: index to physical address."""

CONFIGURATION = f"""
rocommunity {COMMUNITY}
rocommunity6 {COMMUNITY}
sysName uji-01
sysServices 72
sysLocation Anjungan Losari
override {OWN}.1.0 integer -5
override {OWN}.2.0 uinteger 4294967295
override {OWN}.3.0 counter 4294967295
override {OWN}.4.0 timeticks 4294967295
override {OWN}.5.0 object_id 1.3.6.1.4.1.4294967295.127.128.16384
override {OWN}.6.0 octet_str halo
override {OWN}.7.0 integer 2147483647
override {OWN}.8.0 integer -2147483648
override {OWN}.200.300.40000 integer 128
"""


class Snmpd(NamedTuple):
    """A running agent."""

    port: int

    def agent(self, host: str = "127.0.0.1", version: Version = Version.V2C) -> Agent:
        return Agent(host, COMMUNITY, self.port, version)


@pytest.fixture
def snmpd(snmpd_program: str, tmp_path: Path) -> Iterator[Snmpd]:
    with running(snmpd_program, tmp_path, CONFIGURATION) as port:
        yield Snmpd(port)


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    engine = await SnmpEngine.open(SnmpSettings(timeout_seconds=3.0))
    yield engine
    await engine.close()


async def net_snmp(program: str, snmpd: Snmpd, *oids: str) -> dict[str, str]:
    """Run one of net-snmp's tools: dotted OID → its text for the value (`INTEGER: 5`)."""
    process = await asyncio.create_subprocess_exec(
        need_program(program), "-v2c", "-c", COMMUNITY, "-t3", "-Onetx", f"127.0.0.1:{snmpd.port}",
        *oids, env=os.environ | {"MIBS": ""}, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, problem = await process.communicate()
    assert process.returncode == 0, problem
    lines = re.split(r"\n(?=\.1\.)", output.decode().strip())  # long strings go over several lines
    return {
        oid.removeprefix("."): text for oid, _, text in (line.partition(" = ") for line in lines)
    }


def as_net_snmp_says(value: Value) -> str:
    """Return a value in the words of `snmpget -Onetx`, but for its type."""
    match value:
        case bytes():
            return "".join(f"{octet:02X} " for octet in value).strip()
        case str() if re.fullmatch(r"\d+(\.\d+){4,}", value):
            return f".{value}"
        case float():
            return f"{value:.6f}"
        case _:
            return str(value)


def without_type(text: str) -> str:
    """Take `Hex-STRING: ` and the like away; an empty string is shown as two quotes."""
    return " ".join(re.sub(r"^([\w-]+: )+", "", text).strip('"').split())


async def test_scalars_of_every_type_are_read_as_snmpget_reads_them(
    snmpd: Snmpd, engine: SnmpEngine
) -> None:
    oids = [
        NAME, OBJECT_ID, f"{SYSTEM}.1.0", f"{SYSTEM}.6.0", f"{SYSTEM}.7.0", "1.3.6.1.2.1.2.1.0",
        *(f"{OWN}.{number}.0" for number in range(1, 9)), f"{OWN}.200.300.40000",
    ]  # fmt: skip
    ours = await engine.get(snmpd.agent(), oids)
    theirs = await net_snmp("snmpget", snmpd, *oids)
    assert list(ours) == oids
    assert {oid: as_net_snmp_says(value) for oid, value in ours.items()} == {
        oid: without_type(text) for oid, text in theirs.items()
    }
    assert ours[f"{OWN}.3.0"] == 2**32 - 1
    assert ours[f"{OWN}.5.0"] == "1.3.6.1.4.1.4294967295.127.128.16384"


async def test_opaque_floats_addresses_and_64_bit_counters_have_their_types(
    snmpd: Snmpd, engine: SnmpEngine
) -> None:
    load, octets, address = (
        "1.3.6.1.4.1.2021.10.1.6",
        "1.3.6.1.2.1.31.1.1.1.6",
        "1.3.6.1.2.1.4.20.1.1",
    )
    found = await engine.walk(snmpd.agent(), [load, octets, address])
    assert [type(value) for value in found[load].values()] == [float] * 3
    assert {type(value) for value in found[octets].values()} == {int}
    assert found[address]["127.0.0.1"] == "127.0.0.1"


async def test_a_missing_oid_is_absent_while_snmpget_names_it(
    snmpd: Snmpd, engine: SnmpEngine
) -> None:
    assert await engine.get(snmpd.agent(), [ABSENT, NAME]) == {NAME: b"uji-01"}
    assert "No Such" in (await net_snmp("snmpget", snmpd, ABSENT))[ABSENT]


@pytest.mark.parametrize("repetitions", [0, 1, 7, 25])
async def test_columns_are_walked_as_snmpbulkwalk_walks_them(
    snmpd: Snmpd, repetitions: int
) -> None:
    settings = SnmpSettings(timeout_seconds=3.0, max_repetitions=repetitions)
    engine = await SnmpEngine.open(settings)
    try:
        ours = await engine.walk(snmpd.agent(), STILL)
    finally:
        await engine.close()
    assert ours[STILL[0]]  # there is at least the loopback interface
    for column in STILL:
        theirs = await net_snmp("snmpbulkwalk", snmpd, column)
        assert {f"{column}.{index}": as_net_snmp_says(v) for index, v in ours[column].items()} == {
            oid: without_type(text) for oid, text in theirs.items()
        }


async def test_a_whole_subtree_has_the_oids_that_snmpbulkwalk_finds(
    snmpd: Snmpd, engine: SnmpEngine
) -> None:
    tree = "1.3.6.1.2.1"
    ours = (await engine.walk(snmpd.agent(), [f"{tree}.{group}" for group in (1, 2, 11)])).items()
    theirs: set[str] = set()
    for group in (1, 2, 11):
        theirs |= (await net_snmp("snmpbulkwalk", snmpd, f"{tree}.{group}")).keys()
    assert {f"{column}.{index}" for column, rows in ours for index in rows} == theirs
    assert len(theirs) > 50


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
async def test_both_versions_over_both_address_families_agree(
    snmpd: Snmpd, engine: SnmpEngine, host: str, version: Version
) -> None:
    agent = snmpd.agent(host, version)
    assert await engine.get(agent, [NAME, ABSENT, OBJECT_ID]) == {
        NAME: b"uji-01",
        OBJECT_ID: "1.3.6.1.4.1.8072.3.2.10",
    }
    walked = await engine.walk(agent, STILL)
    assert walked == await engine.walk(snmpd.agent(), STILL)


async def test_a_wrong_community_is_silence(snmpd: Snmpd) -> None:
    engine = await SnmpEngine.open(SnmpSettings(timeout_seconds=0.2))
    try:
        with pytest.raises(NoAnswer):
            await engine.get(Agent("127.0.0.1", "salah", snmpd.port), [NAME])
    finally:
        await engine.close()


# --- pysnmp -----------------------------------------------------------------------------------


@asynccontextmanager
async def pysnmp(snmpd: Snmpd) -> AsyncIterator[tuple[object, ...]]:
    """Give what pysnmp wants before the OIDs."""
    engine = PysnmpEngine()
    target = await UdpTransportTarget.create(("127.0.0.1", snmpd.port), timeout=3, retries=1)
    try:
        community = CommunityData(COMMUNITY, mpModel=1)  # noqa: S508 - the version compared
        yield engine, community, target, ContextData()
    finally:
        engine.close_dispatcher()


def as_plain(value: object) -> Value:
    """Return pysnmp's value as ours would be."""
    match type(value).__name__:
        case "OctetString":
            return bytes(value)  # type: ignore[call-overload, no-any-return]
        case "ObjectIdentifier" | "ObjectIdentity":
            return str(value)
        case _:
            return int(value)  # type: ignore[call-overload, no-any-return]


async def test_scalars_are_read_as_pysnmp_reads_them(snmpd: Snmpd, engine: SnmpEngine) -> None:
    oids = [NAME, OBJECT_ID, f"{SYSTEM}.1.0", *(f"{OWN}.{number}.0" for number in range(1, 9))]
    async with pysnmp(snmpd) as session:
        objects = [ObjectType(ObjectIdentity(oid)) for oid in oids]
        problem, status, _, theirs = await get_cmd(*session, *objects, lookupMib=False)
    assert (problem, int(status)) == (None, 0)
    ours = await engine.get(snmpd.agent(), oids)
    assert ours == {str(name): as_plain(value) for name, value in theirs}


async def test_columns_are_walked_as_pysnmp_walks_them(snmpd: Snmpd, engine: SnmpEngine) -> None:
    ours = await engine.walk(snmpd.agent(), STILL)
    for column in STILL:
        theirs: dict[str, Value] = {}
        async with pysnmp(snmpd) as session:
            walk = bulk_walk_cmd(
                *session, 0, 10, ObjectType(ObjectIdentity(column)), lookupMib=False,
                lexicographicMode=False,
            )  # fmt: skip
            async for problem, status, _, bindings in walk:
                assert (problem, int(status)) == (None, 0)
                theirs |= {str(name): as_plain(value) for name, value in bindings}
        assert {f"{column}.{index}": value for index, value in ours[column].items()} == theirs


# --- the probe --------------------------------------------------------------------------------


async def test_the_probe_reads_a_real_agent(snmpd: Snmpd, engine: SnmpEngine) -> None:
    group = MetricGroup(
        "status",
        "snmp",
        Role.HEALTH,
        60,
        metrics=(
            Metric("sys_uptime_seconds", UPTIME, unit="s", scale=0.01),
            Metric("sys_name", NAME, kind=MetricKind.TEXT),
        ),
        tables=(
            Table(
                "interfaces",
                (Metric("if_oper_status", f"{IF_ENTRY}.8", kind=MetricKind.STATE),),
                labels={"interface": (f"{IF_ENTRY}.2",), "index": ("index",)},
            ),
        ),
    )
    target = Target("uji-01", "127.0.0.1", snmpd.port, Credential("uji", "2c", COMMUNITY))
    check = Check("uji-01/status", "uji-01", "status", "snmp", Role.HEALTH, 60, 10, target, group)
    clock = SystemClock()
    result = await SnmpProbe(engine, clock).run(check, clock.now())
    assert (result.outcome, result.reason, result.detail) == (Outcome.ANSWERED, Reason.OK, "")
    found = {(reading.metric, reading.labels): reading.value for reading in result.readings}
    assert found["sys_name", ()] == "uji-01"
    [loopback] = [
        value for (metric, labels), value in found.items() if dict(labels).get("interface") == "lo"
    ]
    assert loopback == 1
    assert result.latency_seconds is not None
    assert 0 < result.latency_seconds < 10

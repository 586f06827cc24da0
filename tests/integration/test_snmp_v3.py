"""SNMPv3 against Debian's snmpd, with net-snmp's tools and pysnmp beside us as references."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    ObjectIdentity,
    ObjectType,
    UdpTransportTarget,
    UsmUserData,
    get_cmd,
    usmAesCfb128Protocol,
    usmHMACSHAAuthProtocol,
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
    Target,
)
from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import AgentError, CredentialRefused, NoAnswer
from collector.probes.snmp.probe import SnmpProbe
from collector.probes.snmp.v3.security import CIPHERS, DIGESTS, Security
from tests.conftest import need_program
from tests.snmpd import free_port, running

NAME, DESCRIPTION = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.1.0"
AUTH, PRIV = "kata-sandi-satu", "kata-sandi-dua"
THEIR_WORDS = {
    "md5": "MD5", "sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384",
    "sha512": "SHA-512", "des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256",
    "aes192c": "AES-192-C", "aes256c": "AES-256-C",
}  # fmt: skip
COMBINATIONS = [(auth, priv) for auth in DIGESTS for priv in [None, *CIPHERS]]


def user_of(auth: str, priv: str | None) -> str:
    return f"u-{auth}-{priv}"


def configuration(combinations: list[tuple[str, str | None]]) -> str:
    """Return snmpd's settings with a user for each way of signing and encrypting."""
    lines = ["sysName uji-01", "createUser terbuka", "rouser terbuka noauth"]
    for auth, priv in combinations:
        user = user_of(auth, priv)
        sealing = "" if priv is None else f"{THEIR_WORDS[priv]} {PRIV}"
        lines.append(f"createUser {user} {THEIR_WORDS[auth]} {AUTH} {sealing}")
        lines.append(f"rouser {user} {'auth' if priv is None else 'priv'}")
    return "\n".join(lines) + "\n"


def at(port: int, security: Security, host: str = "127.0.0.1") -> Agent:
    return Agent(host, "", port, Version.V3, security=security)


def user(auth: str = "sha", priv: str | None = "aes128", **otherwise: str | None) -> Security:
    words = {
        "user": user_of(auth, priv),
        "authentication": auth,
        "authentication_password": AUTH,
        "privacy": priv,
        "privacy_password": PRIV if priv else "",
    }
    return Security(**(words | otherwise))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One agent for all questions that leave it as it is."""
    program, folder = need_program("snmpd"), tmp_path_factory.mktemp("snmpd")
    with running(program, folder, configuration(COMBINATIONS)) as port:
        yield port


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    engine = await SnmpEngine.open(SnmpSettings(timeout_seconds=3.0))
    yield engine
    await engine.close()


@pytest.fixture
async def quick() -> AsyncIterator[SnmpEngine]:
    """An engine for questions that are not answered."""
    engine = await SnmpEngine.open(SnmpSettings(timeout_seconds=0.5, retries=0))
    yield engine
    await engine.close()


# --- every way of signing and encrypting ------------------------------------------------------


@pytest.mark.parametrize(("auth", "priv"), COMBINATIONS)
async def test_every_way_of_signing_and_encrypting_is_understood(
    port: int, engine: SnmpEngine, auth: str, priv: str | None
) -> None:
    assert await engine.get(at(port, user(auth, priv)), [NAME]) == {NAME: b"uji-01"}
    assert engine.counters.sent == 2  # discovery told the clock, too
    assert engine.counters.unproven == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_user_without_passwords_is_understood(
    port: int, engine: SnmpEngine, host: str
) -> None:
    agent = at(port, Security("terbuka"), host)
    assert await engine.get(agent, [NAME]) == {NAME: b"uji-01"}


@pytest.mark.parametrize(("auth", "priv"), [("md5", "des"), ("sha256", "aes256"), ("sha", None)])
async def test_scalars_and_a_walk_are_what_net_snmp_reads(
    port: int, engine: SnmpEngine, auth: str, priv: str | None
) -> None:
    words = ["-l", "authPriv" if priv else "authNoPriv", "-u", user_of(auth, priv)]
    words += ["-a", THEIR_WORDS[auth], "-A", AUTH]
    words += ["-x", THEIR_WORDS[priv], "-X", PRIV] if priv else []
    column = "1.3.6.1.2.1.1.9.1.2"
    process = await asyncio.create_subprocess_exec(
        need_program("snmpbulkwalk"), "-v3", *words, "-t3", "-Onqe", f"127.0.0.1:{port}", column,
        env=os.environ | {"MIBS": ""}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate()
    theirs = dict(line.split(" ", 1) for line in output.decode().splitlines())

    ours = await engine.walk(at(port, user(auth, priv)), [column])

    assert ours[column]
    assert {f".{column}.{index}": f".{value!s}" for index, value in ours[column].items()} == theirs


async def test_scalars_are_what_pysnmp_reads(port: int, engine: SnmpEngine) -> None:
    theirs = PysnmpEngine()
    target = await UdpTransportTarget.create(("127.0.0.1", port), timeout=3, retries=1)
    name = user_of("sha", "aes128")
    data = UsmUserData(
        name, AUTH, PRIV, authProtocol=usmHMACSHAAuthProtocol, privProtocol=usmAesCfb128Protocol
    )
    objects = [ObjectType(ObjectIdentity(oid)) for oid in (NAME, DESCRIPTION)]
    try:
        problem, status, _, found = await get_cmd(
            theirs, data, target, ContextData(), *objects, lookupMib=False
        )
    finally:
        theirs.close_dispatcher()
    assert (problem, int(status)) == (None, 0)
    ours = await engine.get(at(port, user()), [NAME, DESCRIPTION])
    assert ours == {str(oid): bytes(value) for oid, value in found}


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("security", "detail"),
    [
        (user(user="siapa"), "does not know the user"),
        (Security("siapa"), "does not know the user"),
        (user(authentication_password="bukan-kata-sandi"), "signature wrong"),  # noqa: S106
        (user(authentication="sha256"), "signature wrong"),
        (user(user=user_of("sha", None)), "does not sign or encrypt in this way"),
        (user(privacy_password="bukan-kata-sandi"), "another privacy password"),  # noqa: S106
        (user(privacy="des"), "another privacy password"),
        (user(context="vlan-10"), "no such context"),
    ],
)
async def test_what_snmpd_does_not_take_of_a_credential_is_said(
    port: int, quick: SnmpEngine, security: Security, detail: str
) -> None:
    with pytest.raises(CredentialRefused, match=detail):
        await quick.get(at(port, security), [NAME])


@pytest.mark.parametrize(
    "security", [Security(user_of("sha", None)), user(privacy=None, privacy_password="")]
)
async def test_a_level_too_low_for_the_users_rights_is_an_error_of_the_agent(
    port: int, quick: SnmpEngine, security: Security
) -> None:
    with pytest.raises(AgentError, match="authorizationError"):
        await quick.get(at(port, security), [NAME])


async def test_nobody_at_home_is_no_answer(quick: SnmpEngine) -> None:
    with pytest.raises(NoAnswer):
        await quick.get(at(free_port(), user()), [NAME])


# --- restarts ---------------------------------------------------------------------------------

ONE = configuration([("sha", "aes128")])


def engine_of(engine_id: bytes, boots: int) -> str:
    """Return snmpd's settings of a user and an engine that has booted so often before."""
    name = f"0x{engine_id.hex()}"
    return f"{ONE}exactEngineID {name}\noldEngineID {name}\nengineBoots {boots}\n"


@pytest.mark.parametrize(
    ("after", "boots", "discoveries", "reboots", "changes"),
    [(b"kota-0001", 8, 1, 1, 0), (b"kota-0001", 1, 2, 0, 1), (b"kota-0002", 1, 2, 0, 1)],
    ids=["restarted", "reset", "replaced"],
)
async def test_an_snmpd_that_comes_back_is_asked_as_what_it_is_now(
    snmpd_program: str, tmp_path: Path, engine: SnmpEngine,
    after: bytes, boots: int, discoveries: int, reboots: int, changes: int,
) -> None:  # fmt: skip
    with running(snmpd_program, tmp_path, engine_of(b"kota-0001", 7)) as port:
        assert await engine.get(at(port, user()), [NAME]) == {NAME: b"uji-01"}
    with running(snmpd_program, tmp_path, engine_of(after, boots), port=port):
        assert await engine.get(at(port, user()), [NAME]) == {NAME: b"uji-01"}
    assert engine._users.engine_id(at(port, user())) == after
    counters = engine.counters
    assert (counters.discoveries, counters.reboots, counters.engines_changed) == (
        discoveries, reboots, changes,
    )  # fmt: skip


async def test_two_snmpd_with_one_engine_id_are_asked_side_by_side(
    snmpd_program: str, tmp_path: Path, engine: SnmpEngine
) -> None:
    folders = tmp_path / "1", tmp_path / "2"
    for folder in folders:
        folder.mkdir()
    one, other = (engine_of(b"kota-klon", boots) for boots in (3, 300))
    with (
        running(snmpd_program, folders[0], one) as first,
        running(snmpd_program, folders[1], other) as second,
    ):
        for port in (first, second) * 2:
            assert await engine.get(at(port, user()), [NAME]) == {NAME: b"uji-01"}
    counters = engine.counters
    assert (counters.discoveries, counters.sent, counters.unproven) == (2, 6, 0)


# --- the probe --------------------------------------------------------------------------------


def check(port: int, credential: Credential) -> Check:
    group = MetricGroup(
        "status", "snmp", Role.HEALTH, 60, metrics=(Metric("sys_name", NAME, kind=MetricKind.TEXT),)
    )
    target = Target("sw-0001", "127.0.0.1", port, credential)
    return Check("sw-0001/status", "sw-0001", "status", "snmp", Role.HEALTH, 60, 5, target, group)


async def test_the_probe_reads_as_the_user_of_a_credential(port: int, quick: SnmpEngine) -> None:
    name = user_of("sha256", "aes128")
    right = Credential(
        "inti", "3", user=name, authentication="sha256", authentication_password=AUTH,
        privacy="aes128", privacy_password=PRIV,
    )  # fmt: skip
    wrong = Credential(
        "inti", "3", user=name, authentication="sha256", authentication_password="x" * 8
    )
    probe, slot_at = SnmpProbe(quick, SystemClock()), datetime(2026, 11, 27, tzinfo=UTC)

    result = await probe.run(check(port, right), slot_at)
    assert (result.outcome, result.reason) == (Outcome.ANSWERED, Reason.OK)
    assert [reading.value for reading in result.readings] == ["uji-01"]

    result = await probe.run(check(port, wrong), slot_at)
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.CREDENTIAL_REFUSED)
    assert "signature wrong" in result.detail

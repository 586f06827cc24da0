"""`pantau record` on a real snmpd with secrets planted in it, and around what must not be asked."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import NoAnswer
from collector.probes.snmp.recording import Bounds, Recorded, Recorder, oid_of
from collector.profiles.sources import FORBIDDEN, is_within
from simulators.snmprec import read_recording
from tests.snmp_agents import GEN_ERR, GET_BULK, Asked, Mib, ScriptedAgent, number, text
from tests.snmpd import running

COMMUNITY = "kunci-rahasia"
OWN = "1.3.6.1.4.1.8072.9999.9999"
SECRETS = (
    "balaikota-gw", "Ibu Ani", "Anjungan Losari", "FCW2140L0GH7", "356938035643809",
    "ani@makassar.go.id", "+62-811-4567-890", "10.77.3.9", "4c:5e:0c:ab:12:cd", "10.77.3.10",
    "SSID-Balai-Kota", COMMUNITY,
)  # fmt: skip
CONFIGURATION = f"""
rocommunity {COMMUNITY}
createUser petugas SHA "kunci-panjang-1" AES "kunci-panjang-2"
rouser petugas priv
sysName balaikota-gw
sysContact Ibu Ani ani@makassar.go.id
sysLocation Anjungan Losari
sysServices 72
override {OWN}.1.0 octet_str "serial: FCW2140L0GH7 at balaikota-gw"
override {OWN}.2.0 octet_str "IMEI 356938035643809 call +62-811-4567-890"
override {OWN}.3.0 octet_str "log to 10.77.3.9 by 4C:5E:0C:AB:12:CD"
override {OWN}.4.76.94.12.171.18.205 integer 7
override {OWN}.5.1.4.10.77.3.10 integer 8
override {OWN}.6.0 octet_str "ssid-balai-kota 2 and {COMMUNITY}"
override {OWN}.7.0 octet_str "Sensor suhu ruang"
override {OWN}.9.0 octet_str "for petugas"
override {OWN}.8.0 counter 4294967295
"""


@pytest.fixture
def port(snmpd_program: str, tmp_path: Path) -> Iterator[int]:
    with running(snmpd_program, tmp_path, CONFIGURATION) as port:
        yield port


def record(port: int, out: Path, *options: str) -> str:
    command = ["record", "127.0.0.1", "--out", str(out), "--port", str(port)]
    found = CliRunner().invoke(main, [*command, "--community", COMMUNITY, *options])
    assert found.exit_code == 0, found.output
    return found.output


def test_no_secret_of_a_real_agent_is_in_the_file_and_it_can_be_replayed(
    port: int, tmp_path: Path
) -> None:
    out = tmp_path / "gw.snmprec"
    said = record(port, out, "--hide", "SSID-Balai-Kota")
    written = out.read_text()
    bare = written.lower()
    for secret in SECRETS:
        assert secret.lower() not in bare, secret
        assert secret.lower() not in said.lower(), secret
        assert secret.encode().hex() not in bare, secret
    for arcs in ("76.94.12.171.18.205", "10.77.3.10", ".".join(map(str, b"balaikota-gw"))):
        assert arcs not in bare
    assert f"{OWN}.7.0|4|Sensor suhu ruang\n" in written
    assert f"{OWN}.8.0|65|4294967295\n" in written
    assert "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n" in written
    assert "MAC address" in said
    assert "left out: 1.3.6.1.2.1.25.4: running programs" in said
    assert "Look through the file" in said
    assert out.stat().st_mode & 0o077 == 0

    recording = read_recording(out)
    assert recording.problems == ()
    assert len(recording.entries) > 100
    tried = CliRunner().invoke(main, ["profile", "test", "linux-net-snmp", "--walk", str(out)])
    assert tried.exit_code == 0, tried.output
    assert "matched to linux-net-snmp" in tried.output
    assert "interfaces over snmp: answered" in tried.output


def test_a_user_of_snmpv3_records_the_same_types_and_is_not_named(
    port: int, tmp_path: Path
) -> None:
    out = tmp_path / "gw.snmprec"
    for kind, number_ in (("auth", 1), ("priv", 2)):
        (tmp_path / kind).touch(mode=0o600)
        (tmp_path / kind).write_text(f"kunci-panjang-{number_}")
    found = CliRunner().invoke(
        main,
        [
            "record", "127.0.0.1", "--out", str(out), "--port", str(port), "--only", OWN,
            "--user", "petugas", "--auth", "sha", "--auth-password-file", str(tmp_path / "auth"),
            "--priv", "aes128", "--priv-password-file", str(tmp_path / "priv"),
        ],
    )  # fmt: skip
    assert found.exit_code == 0, found.output
    written = out.read_text()
    assert f"{OWN}.8.0|65|4294967295\n" in written
    assert "petugas" not in written


def test_only_what_is_named_is_recorded_and_persons_tables_if_asked_for(
    port: int, tmp_path: Path
) -> None:
    out = tmp_path / "gw.snmprec"
    record(
        port, out, "--only", "1.3.6.1.2.1.1", "--only", "1.3.6.1.2.1.25.4.2.1.1", "--with-tables"
    )
    names = [line.partition("|")[0] for line in out.read_text().splitlines() if line[0] != "#"]
    assert {name[: len("1.3.6.1.2.1.25.4")] for name in names} >= {"1.3.6.1.2.1.25.4"}
    assert all(name.startswith(("1.3.6.1.2.1.1.", "1.3.6.1.2.1.25.4.2.1.1.")) for name in names)


def test_what_must_not_be_asked_for_and_a_silent_device_are_told(tmp_path: Path) -> None:
    out = str(tmp_path / "x.snmprec")
    runner = CliRunner()
    for oid in FORBIDDEN:
        refused = runner.invoke(main, ["record", "127.0.0.1", "--out", out, "--only", f".{oid}.1"])
        assert refused.exit_code == 2
        assert "must not be asked for" in refused.output
    wrong = runner.invoke(main, ["record", "127.0.0.1", "--out", out, "--only", "system"])
    assert (wrong.exit_code, "is no OID" in wrong.output) == (2, True)
    assert not (tmp_path / "x.snmprec").exists()


# --- around what must not be asked for ---------------------------------------------------------


def device(*extra: str) -> dict[str, bytes]:
    """Objects before, inside and behind what must not be asked for, in several enterprises."""
    oids = [
        "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.2.1.0",
        "1.3.6.1.4.1.14988.1.1.1.1.0", "1.3.6.1.4.1.14988.1.1.6.1.0",
        "1.3.6.1.4.1.14988.1.1.7.1.0", "1.3.6.1.4.1.14988.1.1.7.2.0",
        "1.3.6.1.4.1.14988.1.1.7.4.0", "1.3.6.1.4.1.14988.1.1.8.1.1.1.1",
        "1.3.6.1.4.1.14988.1.1.8.1.1.3.1", "1.3.6.1.4.1.14988.1.1.8.1.1.3.2",
        "1.3.6.1.4.1.14988.1.1.17.1.0", "1.3.6.1.4.1.14988.1.1.18.1.1.1.1",
        "1.3.6.1.4.1.14988.1.1.18.1.1.2.1", "1.3.6.1.4.1.14988.1.1.18.1.1.2.2",
        "1.3.6.1.4.1.14988.1.1.19.1.1.2.1", "1.3.6.1.4.1.39165.1.1.0",
        "1.3.6.1.4.1.39165.1.12.0", "1.3.6.1.4.1.39165.1.13.0", *extra,
    ]  # fmt: skip
    return {oid: number(at) for at, oid in enumerate(oids)}


async def recorded(
    agent: ScriptedAgent,
    version: Version = Version.V2C,
    roots: Sequence[str] | None = None,
    **options: object,
) -> Recorded:
    settings = SnmpSettings(timeout_seconds=0.2, retries=0, with_tags=True)
    engine = await SnmpEngine.open(settings)
    try:
        whom = Agent("127.0.0.1", "public", agent.port, version)
        recorder = Recorder(engine, whom, **options)  # type: ignore[arg-type] # mixed values
        return await (recorder.run() if roots is None else recorder.run(roots))
    finally:
        await engine.close()


def is_forbidden(oid: str) -> bool:
    return any(is_within(oid, forbidden) for forbidden in FORBIDDEN)


@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
@pytest.mark.parametrize(
    "extra",
    [
        [],
        [f"1.3.6.1.2.1.31.{n}.0" for n in range(60)],
        [f"1.3.6.1.4.1.2021.10.1.{n}.0" for n in range(3)],
        [f"1.3.6.1.4.1.50000.1.{n}.0" for n in range(60)],
    ],
)
async def test_no_question_is_put_inside_and_at_most_the_first_value_is_seen(
    version: Version, extra: list[str]
) -> None:
    values = device(*extra)
    seen: dict[str, set[str]] = {}
    mib = Mib(values)

    def watched(asked: Asked) -> bytes:
        assert not any(is_forbidden(oid) for oid in asked.oids), asked.oids
        for oid, _ in mib.bindings(asked):
            for forbidden in FORBIDDEN:
                if is_within(oid, forbidden):
                    seen.setdefault(forbidden, set()).add(oid)
        return mib(asked)

    async with ScriptedAgent(watched) as agent:
        found = await recorded(agent, version)
    kept = [oid for oid in values if not is_forbidden(oid)]
    assert list(found.values) == sorted(map(oid_of, kept))
    assert all(len(oids) == 1 for oids in seen.values()), seen
    assert any("runs a script" in what for what in found.skipped)


async def test_branches_that_hold_nothing_forbidden_are_walked_quickly() -> None:
    values = {
        f"1.3.6.1.2.1.2.2.1.{column}.{row}": number(1)
        for column in range(1, 9)
        for row in range(1, 101)
    }
    async with ScriptedAgent(Mib(values)) as agent:
        found = await recorded(agent)
        questions = len(agent.asked)
    assert len(found.values) == 800
    assert questions < 60
    assert found.complete


async def test_agents_that_cannot_getbulk_or_go_round_are_recorded_as_far_as_they_go() -> None:
    values = {f"1.3.6.1.2.1.2.2.1.1.{row}": number(row) for row in range(1, 9)}
    mib = Mib(values)

    def weak(asked: Asked) -> bytes:
        return asked.refuse(GEN_ERR, 1) if asked.pdu == GET_BULK else mib(asked)

    async with ScriptedAgent(weak) as agent:
        assert len((await recorded(agent)).values) == 8

    def round_and_round(asked: Asked) -> bytes:
        oid = asked.oids[0]
        if oid.endswith(".1.8"):
            return asked.answer([("1.3.6.1.2.1.2.2.1.1.1", number(1))])
        return asked.answer(mib.bindings(asked)[:1])

    async with ScriptedAgent(round_and_round) as agent:
        found = await recorded(agent)
    assert len(found.values) == 8
    assert any("goes back" in trouble for trouble in found.trouble)


async def test_a_recording_is_bounded_and_says_so() -> None:
    values = {f"1.3.6.1.2.1.2.2.1.1.{row}": text("x") for row in range(1, 200)}
    async with ScriptedAgent(Mib(values)) as agent:
        found = await recorded(agent, bounds=Bounds(values=50))
    assert 50 <= len(found.values) < 80
    assert not found.complete
    assert "stopped after 50 values" in found.trouble[0]


async def test_a_device_that_does_not_answer_is_told_as_such() -> None:
    async with ScriptedAgent(lambda _: []) as agent:
        with pytest.raises(NoAnswer):
            await recorded(agent)

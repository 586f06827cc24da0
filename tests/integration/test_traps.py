"""Real senders, a real receiver process: who is heard, who is not, and what happens to it."""

import asyncio
import errno
import os
import random
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from collector.listeners.traps import listener as listening
from collector.listeners.traps.sockets import PortUnavailableError, _words, open_sockets
from collector.model import Credential
from tests.integration.trap_senders import (
    COLD_START,
    LINK_DOWN,
    Ear,
    device,
    net_snmp,
    plan_of,
    send_from,
)
from tests.snmp_agents import binding, number, oid_content, tlv

KOTA = Credential("kota", "2c", "rahasia-kota")
USERS = [
    Credential("sha", "3", "", "pemantau", "sha", "kunci-tanda", "aes128", "kunci-sandi"),
    Credential("md5", "3", "", "lama", "md5", "kunci-tanda", "des", "kunci-sandi"),
    Credential("sha256", "3", "", "baru", "sha256", "kunci-tanda", "aes256", "kunci-sandi"),
    Credential("sha512", "3", "", "tanda", "sha512", "kunci-tanda"),
    Credential("long", "3", "", "panjang", "sha", "kunci-tanda", "aes256", "kunci-sandi"),
    Credential("cisco", "3", "", "cisco", "sha", "kunci-tanda", "aes256c", "kunci-sandi"),
    Credential("open", "3", "", "umum"),
    Credential("other", "3", "", "pemantau", "sha", "kunci-lainnya", "aes128", "sandi-lainnya"),
]
NET_SNMP = {
    "sha": ["-l", "authPriv", "-a", "SHA", "-x", "AES"],
    "md5": ["-l", "authPriv", "-a", "MD5", "-x", "DES"],
    "sha256": ["-l", "authPriv", "-a", "SHA-256", "-x", "AES-256"],
    "sha512": ["-l", "authNoPriv", "-a", "SHA-512"],
    "long": ["-l", "authPriv", "-a", "SHA", "-x", "AES-256"],
    "cisco": ["-l", "authPriv", "-a", "SHA", "-x", "AES-256-C"],
    "open": ["-l", "noAuthNoPriv"],
    "other": ["-l", "authPriv", "-a", "SHA", "-x", "AES"],
}
ADDRESSES = {user.name: f"127.0.1.{place}" for place, user in enumerate(USERS, 1)}
FOREIGN = "1.3.6.1.4.1.99999.0.7"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear() -> AsyncIterator[Ear]:
    devices = [
        device("switch", "127.0.0.5", "kota", profile="mikrotik-routeros"),
        device("ups", "127.0.0.6", "kota", profile="ups-rfc1628"),
        device("noisy", "127.0.0.7", "kota"),
        device("calm", "127.0.0.8", "kota"),
        device("six", "::1", "kota"),
        device("mute", "127.0.0.10"),  # no credential
        *(device(name, address, name) for name, address in ADDRESSES.items()),
    ]
    async with Ear(plan_of(*devices), [KOTA, *USERS]) as ear:
        await ear.until_running()
        yield ear


def v2c_trap(trap: str, community: str = "rahasia-kota") -> bytes:
    bindings = [
        binding("1.3.6.1.2.1.1.3.0", number(4711, 0x43)),
        binding("1.3.6.1.6.3.1.1.4.1.0", tlv(0x06, oid_content(trap))),
    ]
    pdu = number(1) + number(0) + number(0) + tlv(0x30, b"".join(bindings))
    return tlv(0x30, number(1) + tlv(0x04, community.encode()) + tlv(0xA7, pdu))


def to(ear: Ear) -> str:
    return f"127.0.0.1:{ear.listener.port}"


def _has_nobody() -> bool:
    """Say whether there is another user to become; some containers have only the one."""
    inside, _, many = Path("/proc/self/uid_map").read_text().split()[:3]
    return int(inside) + int(many) > 65534


def as_user(user: Credential, *, password: str | None = None) -> list[str]:
    words = ["-v3", "-u", user.user, *NET_SNMP[user.name]]
    if user.authentication:
        words += ["-A", password or user.authentication_password]
    if user.privacy:
        words += ["-X", user.privacy_password]
    return words


# --- heard ------------------------------------------------------------------------------------


async def test_traps_of_every_version_become_asks_of_what_their_profile_says(
    ear: Ear, tmp_path: Path
) -> None:
    switch, ups = "--clientAddr=127.0.0.5", "--clientAddr=127.0.0.6"
    v1 = [switch, "-v1", "-c", "rahasia-kota", to(ear)]
    v2c = [switch, "-v2c", "-c", "rahasia-kota", to(ear), ""]
    already = len(ear.asked_of("switch"))

    await net_snmp("snmptrap", tmp_path, *v2c, LINK_DOWN)
    await ear.until_asked("switch", already + 1)
    await net_snmp("snmptrap", tmp_path, *v1, "1.3.6.1.4.1.14988.1", "", "2", "0", "")
    await ear.until_asked("switch", already + 2)
    await net_snmp("snmptrap", tmp_path, *v2c, COLD_START)
    await ear.until_asked("switch", already + 3)
    await net_snmp("snmptrap", tmp_path, *v1, "1.3.6.1.4.1.99999", "", "6", "7", "")
    await ear.until_asked("switch", already + 4)
    # upsTrapOnBattery as a v2 trap, and as the v1 trap that it is elsewhere
    on_battery = [ups, "-v2c", "-c", "rahasia-kota", to(ear), "", "1.3.6.1.2.1.33.2.1"]
    await net_snmp("snmptrap", tmp_path, *on_battery)
    await ear.until_asked("ups", 1)
    as_v1 = [ups, "-v1", "-c", "rahasia-kota", to(ear), "1.3.6.1.2.1.33.2", "", "6", "1", ""]
    await net_snmp("snmptrap", tmp_path, *as_v1)
    await ear.until_asked("ups", 2)

    links, everything, unknown = ("interfaces",), None, ("ping",)
    assert ear.asked_of("switch")[already:] == [links, links, everything, unknown]
    assert ear.asked_of("ups") == [("power",), ("power",)]
    unmapped = {one.trap: one for one in ear.listener.unmapped}
    assert unmapped[FOREIGN].profile == "mikrotik-routeros"
    assert unmapped[FOREIGN].device_id == "switch"


async def test_traps_over_ipv6_are_heard(ear: Ear, tmp_path: Path) -> None:
    place = f"udp6:[::1]:{ear.listener.port}"
    await net_snmp("snmptrap", tmp_path, "-v2c", "-c", "rahasia-kota", place, "", COLD_START)
    await ear.until_asked("six")

    assert ear.asked_of("six") == [None]


@pytest.mark.parametrize("user", USERS, ids=lambda user: str(user.name))
async def test_users_are_heard_from_engines_that_nobody_has_written_down(
    ear: Ear, tmp_path: Path, user: Credential
) -> None:
    """Two of them have the same name, and one engine id sends for both."""
    words = [f"--clientAddr={ADDRESSES[user.name]}", "-e", "80001f880411223344", *as_user(user)]

    assert await net_snmp("snmptrap", tmp_path, *words, to(ear), "", COLD_START) == 0
    await ear.until_asked(user.name)
    inform = [*words[:1], *words[3:], "-r", "1", "-t", "5", to(ear), "", LINK_DOWN]
    assert await net_snmp("snmpinform", tmp_path, *inform) == 0
    await ear.until_asked(user.name, 2)

    assert ear.asked_of(user.name)[:2] == [None, ("interfaces",)]


async def test_an_inform_is_answered(ear: Ear, tmp_path: Path) -> None:
    words = ["--clientAddr=127.0.0.5", "-v2c", "-c", "rahasia-kota", "-r", "0", "-t", "10", to(ear)]
    before = ear.listener.counters.informs_answered
    already = len(ear.asked_of("switch"))

    assert await net_snmp("snmpinform", tmp_path, *words, "", LINK_DOWN) == 0

    await ear.until_asked("switch", already + 1)
    await ear.until_counted("informs_answered", before + 1)


# --- not heard --------------------------------------------------------------------------------


async def test_who_is_not_known_is_dropped_counted_and_not_answered(
    ear: Ear, tmp_path: Path
) -> None:
    counters = ear.listener.counters
    asked = list(ear.asked)
    patience = ["-r", "0", "-t", "0.3"]
    wrong = ["--clientAddr=127.0.0.5", "-v2c", "-c", "salah", *patience, to(ear), "", LINK_DOWN]
    stranger = ["--clientAddr=127.0.0.99", "-v2c", "-c", "rahasia-kota", *patience, to(ear)]
    without = ["--clientAddr=127.0.0.10", "-v2c", "-c", "rahasia-kota", *patience, to(ear)]
    (user, *_) = USERS
    forged = as_user(user, password="kunci-salah")  # noqa: S106 - that is the point
    unsigned = ["-v3", "-u", user.user, "-l", "noAuthNoPriv"]
    own = [f"--clientAddr={ADDRESSES[user.name]}", "-e", "80001f880411223344"]
    communities, users = counters.dropped_bad_community, counters.dropped_bad_auth
    sources = counters.dropped_unknown_source

    codes = await asyncio.gather(
        net_snmp("snmpinform", tmp_path, *wrong),
        net_snmp("snmpinform", tmp_path, *stranger, "", LINK_DOWN),
        net_snmp("snmpinform", tmp_path, *without, "", LINK_DOWN),
        net_snmp("snmpinform", tmp_path, own[0], *forged, *patience, to(ear), "", LINK_DOWN),
    )
    for words in (forged, unsigned, as_user(USERS[1])):
        await net_snmp("snmptrap", tmp_path, *own, *words, to(ear), "", LINK_DOWN)

    assert 0 not in codes
    await ear.until_counted("dropped_bad_community", communities + 1)
    await ear.until_counted("dropped_unknown_source", sources + 2)
    await ear.until_counted("dropped_bad_auth", users + 4)
    assert ear.asked == asked


async def test_garbage_is_dropped_and_the_next_trap_heard(ear: Ear) -> None:
    dice = random.Random(1)  # noqa: S311 - the same garbage every time
    good = v2c_trap(LINK_DOWN)
    garbage = [dice.randbytes(dice.randrange(400)) for _ in range(100)]
    for _ in range(100):  # nearly right: much of it passes the gate and must be pysnmp's to refuse
        broken = bytearray(good)
        broken[dice.randrange(20, len(broken))] ^= dice.randrange(1, 256)
        garbage.append(bytes(broken[: dice.randrange(30, len(broken) + 1)]))
    counters = ear.listener.counters
    malformed, received = counters.dropped_malformed, counters.received

    send_from("127.0.0.8", ear.listener.port, *garbage)
    await ear.until_counted("received", received + len(garbage))
    await asyncio.sleep(1.1)  # one more token
    send_from("127.0.0.8", ear.listener.port, v2c_trap(COLD_START))
    await ear.until_counted("received", received + len(garbage) + 1)

    assert counters.dropped_malformed > malformed + 100
    assert ear.asked_of("calm")[-1] is None
    assert ear.listener.running


async def test_a_storm_of_one_device_does_not_keep_another_from_being_heard(ear: Ear) -> None:
    counters = ear.listener.counters
    floods, heard = counters.dropped_flood, len(ear.asked_of("ups"))

    send_from("127.0.0.7", ear.listener.port, *[v2c_trap(COLD_START)] * 600)
    send_from("127.0.0.6", ear.listener.port, v2c_trap("1.3.6.1.2.1.33.2.1"))
    await ear.until_asked("ups", heard + 1)
    await ear.until_counted("dropped_flood", floods + 400)

    assert 1 <= len(ear.asked_of("noisy")) <= 40


# --- the process ------------------------------------------------------------------------------


async def test_the_receiver_has_given_up_its_rights_and_shows_no_secret(ear: Ear) -> None:
    proc = Path(f"/proc/{ear.listener.receiver_pid}")
    facts = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines())
    command = (proc / "cmdline").read_bytes()

    for kind in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
        assert int(facts[kind], 16) == 0, kind
    assert facts["NoNewPrivs"] == "1"
    if _has_nobody():
        assert "0" not in facts["Uid"].split()
    assert b"rahasia" not in command
    if os.access(proc / "environ", os.R_OK):
        assert b"rahasia" not in (proc / "environ").read_bytes()


async def test_a_killed_receiver_comes_back_and_finds_what_was_sent_meanwhile(ear: Ear) -> None:
    counters = ear.listener.counters
    first, deaths, received = ear.listener.receiver_pid, counters.receiver_deaths, counters.received
    heard = len(ear.asked_of("calm"))
    assert first is not None

    os.kill(first, signal.SIGKILL)
    await ear.until_counted("receiver_deaths", deaths + 1)
    send_from("127.0.0.8", ear.listener.port, v2c_trap(COLD_START))
    await ear.until_asked("calm", heard + 1)
    await ear.until_counted("received", received + 1)

    assert ear.listener.receiver_pid not in (None, first)
    assert counters.receiver_deaths == deaths + 1


async def test_devices_that_are_added_are_heard_without_a_loss() -> None:
    one, two = device("one", "127.0.0.5", "kota"), device("two", "127.0.0.6", "kota")
    async with Ear(plan_of(one), [KOTA]) as ear:
        await ear.until_running()
        send_from("127.0.0.5", ear.listener.port, v2c_trap(COLD_START))
        ear.listener.watch(plan_of(one, two))
        await ear.until_counted("receiver_starts", 2)
        send_from("127.0.0.6", ear.listener.port, v2c_trap(COLD_START))
        await ear.until_asked("one")
        await ear.until_asked("two")
        ear.listener.watch(plan_of(one, two))

        assert ear.listener.counters.receiver_starts == 2
        assert ear.listener.counters.receiver_deaths == 0


async def test_a_receiver_that_speaks_strangely_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one would that a sender had taken over: nothing it says is believed beyond its form."""
    monkeypatch.setattr(listening, "_MODULE", "tests.integration.babbler")
    monkeypatch.setattr(listening, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(listening, "LONGEST_PAUSE_SECONDS", 0.01)
    async with Ear(plan_of(device("one", "127.0.0.5", "kota")), [KOTA]) as ear:
        await ear.until_counted("receiver_bad_lines", 2)

        assert ear.listener.counters.receiver_deaths >= 1
        assert {name for name, _ in ear.asked} <= {"one"}


# --- the port ---------------------------------------------------------------------------------


async def test_a_port_in_use_is_told_and_taken_when_it_is_free(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listening, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(listening, "LONGEST_PAUSE_SECONDS", 0.05)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        plan = plan_of(device("one", "127.0.0.5", "kota"))
        async with Ear(plan, [KOTA], port=port, addresses=("127.0.0.1",)) as ear:
            while ear.listener.trouble is None:
                await asyncio.sleep(0.02)
            told = ear.listener.trouble
            other.close()
            await ear.until_running()
            assert ear.listener.port == port

    assert told == (
        f"UDP port {port} on 127.0.0.1 is in use by another program (snmptrapd?); "
        "stop it, or set another traps.port"
    )
    assert caplog.text.count("in use by another program") == 1


async def test_a_port_of_root_is_told_with_the_remedy() -> None:
    refused = PermissionError(errno.EACCES, "Permission denied")

    words = _words("0.0.0.0", 162, refused)  # noqa: S104 - it is not bound

    assert words == (
        "UDP port 162 on 0.0.0.0 may not be bound by this user; give the service the capability "
        "CAP_NET_BIND_SERVICE, or set traps.port above 1023 and redirect port 162 to it "
        "(docs/traps.md says how)"
    )


async def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(PortUnavailableError, match=r"192\.0\.2\.1 is no address of this machine"):
        open_sockets(["192.0.2.1"], 0)

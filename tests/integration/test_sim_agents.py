"""SNMP agents asked by net-snmp's tools, over loopback."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulators.agents import Agent, Agents
from simulators.city import Device, Kind, build_city
from simulators.live import Live
from simulators.models import layout_of
from simulators.snmprec import read_recording
from tests.conftest import need_program

COMMUNITY = "rahasia"
SYS_UPTIME, SYS_NAME = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"
CITY = build_city(200, 1)


@dataclass(frozen=True, slots=True)
class _Served:
    agents: Agents
    lives: dict[str, Live]
    port: int

    def live(self, kind: Kind) -> Live:
        """Return the first device of a kind that has an agent."""
        return next(
            it for it in self.lives.values() if it.device.kind is kind and it.device.answers_snmp
        )


@asynccontextmanager
async def _city() -> AsyncIterator[_Served]:
    """Serve all agents of the city on a free port."""
    lives = {it.id: Live(it, CITY.seed, time.monotonic()) for it in CITY.devices}
    layouts = {it: layout_of(live.device) for it, live in lives.items()}
    agents = Agents(
        [Agent(lives[it], layout) for it, layout in layouts.items() if layout is not None],
        COMMUNITY,
    )
    port = agents.open(0)
    try:
        yield _Served(agents, lives, port)
    finally:
        agents.close()


async def _tool(
    name: str,
    address: str,
    *oids: str,
    version: str = "2c",
    community: str = COMMUNITY,
    patience: int = 5,
) -> list[str]:
    """Run one of net-snmp's programs; return what it prints, one object a line."""
    process = await asyncio.create_subprocess_exec(
        need_program(name), f"-v{version}", "-c", community, "-r0", f"-t{patience}",
        "-m", "", "-Ont", address, *oids,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return output.decode().splitlines()


def _objects(lines: list[str]) -> dict[str, str]:
    """Return what a walk printed, by name; the note at the end of the view is left out."""
    split = [line.removeprefix(".").split(" = ", 1) for line in lines if " = " in line]
    return {name: value for name, value in split if not value.startswith("No more variables")}


@pytest.mark.parametrize(
    "kind", [Kind.SWITCH, Kind.ACCESS_POINT, Kind.SERVER, Kind.UPS, Kind.CAMERA]
)
async def test_bulk_walk_and_plain_walk_see_the_same_objects_in_order(kind: Kind) -> None:
    async with _city() as city:
        device = city.live(kind).device
        at = f"{device.address}:{city.port}"
        bulk = _objects(await _tool("snmpbulkwalk", at, ".1"))
        plain = _objects(await _tool("snmpwalk", at, ".1"))
    layout = layout_of(device)
    assert layout is not None
    assert len(bulk) == len(layout)
    assert list(bulk) == list(plain)
    numbers = [tuple(map(int, name.split("."))) for name in bulk]
    assert numbers == sorted(numbers)


async def test_a_version_1_walk_is_the_same_without_64_bit_counters() -> None:
    async with _city() as city:
        at = f"{city.live(Kind.ROUTER).device.address}:{city.port}"
        new = _objects(await _tool("snmpwalk", at, ".1"))
        old = _objects(await _tool("snmpwalk", at, ".1", version="1"))
    wide = {name for name, value in new.items() if value.startswith("Counter64")}
    assert wide
    assert list(old) == [name for name in new if name not in wide]


async def test_each_address_is_its_own_device() -> None:
    async with _city() as city:
        for kind in (Kind.SWITCH, Kind.SERVER, Kind.UPS):
            device = city.live(kind).device
            (line,) = await _tool("snmpget", f"{device.address}:{city.port}", SYS_NAME)
            assert line == f'.{SYS_NAME} = STRING: "{device.id}"'


async def test_a_wrong_community_is_met_with_silence() -> None:
    async with _city() as city:
        live = city.live(Kind.SERVER)
        at = f"{live.device.address}:{city.port}"
        lines = await _tool("snmpget", at, SYS_UPTIME, community="public", patience=1)
        assert "No Response" in lines[0]
        assert city.agents.refused >= 1
        assert live.uptime_gets == 0


async def test_silent_dead_and_cut_off_agents_do_not_answer_and_the_others_do() -> None:
    async with _city() as city:
        live = city.live(Kind.SERVER)
        at = f"{live.device.address}:{city.port}"
        for switch in ("snmp_silent", "powered", "reached"):
            setattr(live, switch, switch == "snmp_silent")
            (line,) = await _tool("snmpget", at, SYS_UPTIME, patience=1)
            assert "No Response" in line, switch
            setattr(live, switch, switch != "snmp_silent")
        assert len(await _tool("snmpget", at, SYS_UPTIME)) == 1
        assert live.uptime_gets == 1


async def test_a_slow_agent_answers_late_and_is_counted_when_it_does() -> None:
    async with _city() as city:
        live = city.live(Kind.SERVER)
        live.snmp_delay_seconds = 0.4
        began = time.monotonic()
        (line,) = await _tool("snmpget", f"{live.device.address}:{city.port}", SYS_UPTIME)
        assert time.monotonic() - began >= 0.4
        assert line.startswith(f".{SYS_UPTIME} = ")
        assert live.uptime_gets == 1


async def test_only_gets_of_the_uptime_are_counted_as_such() -> None:
    async with _city() as city:
        live = city.live(Kind.SERVER)
        at = f"{live.device.address}:{city.port}"
        await _tool("snmpget", at, SYS_NAME)
        await _tool("snmpgetnext", at, SYS_UPTIME)
        assert live.uptime_gets == 0
        await _tool("snmpget", at, SYS_NAME, SYS_UPTIME)
        assert live.uptime_gets == 1


async def test_garbage_is_dropped_and_counted_and_the_next_request_is_answered() -> None:
    async with _city() as city:
        live = city.live(Kind.SERVER)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=(live.device.address, city.port)
        )
        for data in (b"\0", b"\x30", b"\x30\x05hallo", b"\xff" * 1400):
            transport.sendto(data)
        transport.close()
        assert len(await _tool("snmpget", f"{live.device.address}:{city.port}", SYS_UPTIME)) == 1
        assert city.agents.malformed == 4


async def test_uptime_and_traffic_move_between_two_gets() -> None:
    in_octets = "1.3.6.1.2.1.31.1.1.1.6.1"
    async with _city() as city:
        at = f"{city.live(Kind.ROUTER).device.address}:{city.port}"
        first = _objects(await _tool("snmpget", at, SYS_UPTIME, in_octets))
        await asyncio.sleep(0.05)
        second = _objects(await _tool("snmpget", at, SYS_UPTIME, in_octets))
    assert int(second[SYS_UPTIME]) > int(first[SYS_UPTIME])
    assert int(second[in_octets].split()[1]) > int(first[in_octets].split()[1])


@pytest.mark.parametrize("name", ["axiscam_p5676-le", "routeros_rb750gr3"])
async def test_a_replayed_recording_walks_as_the_file_says(walks: Path, name: str) -> None:
    file = walks / f"{name}.snmprec"
    recorded = {}
    for line in file.read_text(errors="replace").splitlines():
        oid, tag, value = line.split("|", 2)
        recorded[oid] = (tag, value)
    device = Device("recording", "", Kind.SERVER, "", "", "generic-snmp", "127.0.0.1")
    recording = read_recording(file)
    assert recording.problems == ()
    agents = Agents([Agent(Live(device, 0, 0.0), recording.layout())], COMMUNITY)
    port = agents.open(0)
    try:
        walked = _objects(await _tool("snmpbulkwalk", f"127.0.0.1:{port}", ".1"))
    finally:
        agents.close()
    assert len(walked) == len(recorded)
    assert walked.keys() == recorded.keys()
    for oid, (tag, value) in recorded.items():
        if tag in ("65", "66", "70"):
            assert walked[oid].split()[1] == value, oid
        elif tag == "67":
            assert walked[oid] == value, oid
        elif tag == "4x":
            assert bytes.fromhex(value) == _octets(walked[oid]), oid
    assert walked[SYS_UPTIME] == recorded[SYS_UPTIME][1]


def _octets(printed: str) -> bytes:
    """Return the octets of a string as net-snmp prints it: in hexadecimal, or quoted."""
    if printed.startswith("Hex-STRING: "):
        return bytes.fromhex(printed.removeprefix("Hex-STRING: "))
    return printed.removeprefix("STRING: ").strip('"').encode().decode("unicode_escape").encode()

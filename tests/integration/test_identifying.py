"""Asking devices who they are: simulated agents on real sockets, kept in a real store."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.config import load_config
from collector.identifying import Identifier
from collector.inventory import Plan, build_plan, load_inventory
from collector.model.findings import Identity
from collector.probes.snmp.agent import Agent as Asked
from collector.probes.snmp.engine import SnmpEngine
from collector.profiles import load_profiles
from collector.store import Store, StoreError
from simulators import ber
from simulators.agents import Agent, Agents
from simulators.city import City, build_city
from simulators.inventory import inventory, to_yaml
from simulators.live import Live, hardware_address, serial_number
from simulators.mib import Entry, Layout
from simulators.models import layout_of

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return build_city(24, 1)


@asynccontextmanager
async def answering(city: City, folder: Path) -> AsyncIterator[tuple[Plan, dict[str, Live]]]:
    """Let the city's agents answer; yield the plan to watch them by."""
    lives = {device.id: Live(device, city.seed, time.monotonic()) for device in city.devices}
    layouts = [(lives[device.id], layout_of(device)) for device in city.devices]
    agents = Agents([Agent(live, it) for live, it in layouts if it is not None], "rahasia")
    port = agents.open(0)
    path = folder / "kota.yaml"
    path.write_text(to_yaml(inventory(city, 10.0)), encoding="utf-8")
    settings = {
        "PANTAU__CREDENTIALS__KOTA__COMMUNITY": "rahasia",
        "PANTAU__SNMP__PORT": str(port),
    }
    try:
        yield (
            build_plan(load_config(None, settings), load_inventory([path]), load_profiles()),
            lives,
        )
    finally:
        agents.close()


async def test_what_agents_say_is_kept_and_what_is_not_well_is_not_asked(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.identifying._FIRST_SECONDS_EACH", 0.001)
    monkeypatch.setattr("collector.identifying._PAUSE_SECONDS", 0.01)
    refused = [StoreError("the disk is full")]
    with Store.open(tmp_path / "pantau.db") as store:

        async def note(said: Sequence[Identity]) -> None:
            if refused:
                raise refused.pop()
            await asyncio.to_thread(partial(store.reconciliation.note_identities, list(said)))

        async with answering(city, tmp_path) as (plan, lives):
            engine = await SnmpEngine.open()
            ill = next(it.id for it in city.devices if it.profile == "mikrotik-routeros")
            identifier = Identifier(engine, SystemClock(), lambda it: it != ill, note)
            identifier.watch(plan.checks)
            task = asyncio.create_task(identifier.run())
            wanted = {it.id for it in city.devices if it.answers_snmp} - {ill}
            try:
                async with asyncio.timeout(30):
                    while {it.device_id for it in store.reconciliation.identities()} != wanted:
                        await asyncio.sleep(0.02)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await engine.close()
        router = next(
            it for it in city.devices if it.profile == "mikrotik-routeros" and it.id != ill
        )
        said = {(it.key, it.value) for it in store.reconciliation.identities(router.id)}
        number = lives[router.id].number
        assert ("sys_name", router.id) in said
        assert ("serial_number", serial_number(number)) in said
        assert ("mac_address", hardware_address(number, 1).hex(":")) in said
        assert ("sys_object_id", "1.3.6.1.4.1.14988.1") in said
        assert any(key == "model_name" for key, _ in said)


def entry(oid: str, content: bytes | int) -> Entry:
    if isinstance(content, int):
        return Entry(ber.parse_oid(oid), ber.INTEGER, ber.signed(content))
    return Entry(ber.parse_oid(oid), ber.OCTET_STRING, ber.tlv(ber.OCTET_STRING, content))


async def test_neighbours_that_are_network_kit_are_named_and_peoples_telephones_are_not(
    city: City,
) -> None:
    device = next(it for it in city.devices if it.answers_snmp)
    near = "1.0.8802.1.1.2.1.4.1.1"
    entity = "1.3.6.1.2.1.47.1.1.1.1"
    layout = Layout(
        [
            entry(f"{near}.9.0.1.1", b"sw-lantai-2"),
            entry(f"{near}.9.0.2.1", b"Telepon Bu Ani"),
            entry(f"{near}.12.0.1.1", b"\x28"),  # bridge and router
            entry(f"{near}.12.0.2.1", b"\x04"),  # telephone
            entry(f"{entity}.5.1", 3),  # the chassis
            entry(f"{entity}.5.2", 9),  # a module
            entry(f"{entity}.11.1", b"FOC1234X0AB"),
            entry(f"{entity}.11.2", b"MODULE1"),
            entry("1.3.6.1.2.1.17.1.1.0", b"\x00\x1aABCD"),  # six octets that read like text
            entry("1.3.6.1.2.1.2.2.1.6.1", b"\x00\x00\x00\x00\x00\x00"),
            entry("1.3.6.1.2.1.2.2.1.6.2", b""),
        ]
    )
    agents = Agents([Agent(Live(device, 1, time.monotonic()), layout)], "rahasia")
    port = agents.open(0)
    engine = await SnmpEngine.open()
    try:
        asked = Asked(device.address, "rahasia", port)
        identifier = Identifier(engine, SystemClock(), lambda _: True, _nowhere)
        said = await identifier.ask(asked)
    finally:
        await engine.close()
        agents.close()
    assert set(said) == {
        ("mac_address", "00:1a:41:42:43:44"),
        ("serial_number", "FOC1234X0AB"),
        ("neighbour_name", "sw-lantai-2"),
    }


async def _nowhere(said: Sequence[Identity]) -> None:
    raise AssertionError(said)

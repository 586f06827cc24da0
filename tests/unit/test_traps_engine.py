"""The engine behind the gate reads what it needs before its process gives its rights away."""

from collections.abc import AsyncIterator
from typing import Never

import pytest
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.smi.builder import MibBuilder

from collector.listeners.traps.lines import Setup
from collector.listeners.traps.receiver import Engine
from tests.snmp_agents import number, tlv
from tests.unit.test_traps_gate import KOTA, OURS, SIGNING, TRAP_V1, TRAP_V2, by_user

COLD_START = bytes.fromhex("2b060106030101 0501")
ENTERPRISE = bytes.fromhex("2b06010401")
UPTIME, TRAP_OID = bytes.fromhex("2b06010201010300"), bytes.fromhex("2b060106030101040100")


def binding(name: bytes, value: bytes) -> bytes:
    return tlv(0x30, tlv(0x06, name) + value)


def v1() -> bytes:
    pdu = tlv(0x06, ENTERPRISE) + tlv(0x40, bytes([127, 0, 0, 1])) + number(0) + number(0)
    pdu += tlv(0x43, b"\x01") + tlv(0x30, b"")
    return tlv(0x30, number(0) + tlv(0x04, b"rahasia-kota") + tlv(TRAP_V1, pdu))


def v2(pdu: int) -> bytes:
    bindings = binding(UPTIME, tlv(0x43, b"\x01")) + binding(TRAP_OID, tlv(0x06, COLD_START))
    body = number(7) + number(0) + number(0) + tlv(0x30, bindings)
    return tlv(0x30, number(1) + tlv(0x04, b"rahasia-kota") + tlv(pdu, body))


@pytest.fixture
async def engine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """An engine of communities alone, after which no file of a MIB can be read any more."""
    made = Engine(Setup(OURS, 1, (), {"kota": KOTA}, {}))

    def unreadable(*_: object, **__: object) -> Never:
        raise PermissionError

    monkeypatch.setattr(MibBuilder, "load_module", unreadable)
    yield made
    made.dispatcher.close_dispatcher()


@pytest.mark.parametrize("data", [v1(), v2(TRAP_V2)], ids=["v1", "v2c"])
async def test_a_trap_is_decoded_when_no_file_can_be_read_any_more(
    engine: Engine, data: bytes
) -> None:
    found = engine.receive(data, udp.DOMAIN_NAME, ("127.0.0.1", 40_000))

    assert found == ("1.3.6.1.6.3.1.1.5.1", False)


async def test_a_bad_message_of_a_user_is_dropped_without_reading_files(engine: Engine) -> None:
    engine.know_user(b"\x80\x00\x1f\x88\x04device", SIGNING)

    found = engine.receive(by_user(SIGNING), udp.DOMAIN_NAME, ("127.0.0.1", 40_000))

    assert found is None

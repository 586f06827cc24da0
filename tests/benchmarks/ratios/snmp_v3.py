"""Asking agents over SNMPv3: our engine beside pysnmp, and beside its own v2c.

    python -m tests.benchmarks.ratios.snmp_v3

One Debian snmpd answers for many loopback addresses, so to our engine it is as many agents.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

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

from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.v3.security import Security
from tests.benchmarks import ratio
from tests.benchmarks.answering import keep_apart, together
from tests.snmpd import running

AGENTS = 300
TOGETHER = 50
AUTH, PRIV = "kata-sandi-satu", "kata-sandi-dua"
USERS = {
    "v3-open": ("noAuthNoPriv", Security("terbuka")),
    "v3-sha1-aes128": ("SHA-1, AES-128", Security("u1", "sha", AUTH, "aes128", PRIV)),
    "v3-sha256-aes256": ("SHA-256, AES-256", Security("u2", "sha256", AUTH, "aes256", PRIV)),
    "v3-md5-des": ("MD5, DES", Security("u3", "md5", AUTH, "des", PRIV)),
}
CONFIGURATION = f"""
rocommunity rahasia
sysName bench
sysLocation Rack 12, room 3
createUser terbuka
createUser u1 SHA {AUTH} AES {PRIV}
createUser u2 SHA-256 {AUTH} AES-256 {PRIV}
createUser u3 MD5 {AUTH} DES {PRIV}
rouser terbuka noauth
rouser u1 priv
rouser u2 priv
rouser u3 priv
"""
_MEMORY, _LOAD = "1.3.6.1.4.1.2021.4", "1.3.6.1.4.1.2021.10.1.5"
OIDS = [
    *(f"1.3.6.1.2.1.1.{number}.0" for number in (1, 3, 5, 6)), "1.3.6.1.2.1.2.1.0",
    "1.3.6.1.2.1.4.1.0", *(f"{_MEMORY}.{number}.0" for number in (3, 4, 5, 6)),
    f"{_LOAD}.1", f"{_LOAD}.2",
]  # fmt: skip


def cases(held: ExitStack) -> Iterator[ratio.Case | ratio.Absent]:
    """Yield authPriv beside pysnmp, then every user beside v2c, then the first contact."""
    program = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        yield ratio.Absent("v3", "SNMPv3", "it needs the program snmpd")
        return
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
    with ExitStack() as while_starting:
        keep_apart(while_starting, 0)  # snmpd inherits it
        port = held.enter_context(
            running(program, folder, CONFIGURATION, host="0.0.0.0")  # noqa: S104 - every 127.x.y.z
        )
    keep_apart(held, -1)
    runner = held.enter_context(asyncio.Runner())
    engine = runner.run(SnmpEngine.open(SnmpSettings(timeout_seconds=5.0)))
    held.callback(lambda: runner.run(engine.close()))

    def asking(security: Security | None, to: SnmpEngine | None = None) -> ratio.Side:
        asked = to or engine

        async def get(place: int) -> None:
            values = await asked.get(_agent(place, port, security), OIDS)
            assert len(values) == len(OIDS)

        return ratio.Side("v2c", lambda: runner.run(together(get, AGENTS, TOGETHER)))

    pysnmp = _Pysnmp(runner, held, port)
    same = "the same 12 objects, signed and encrypted, from the question to the values"
    yield ratio.Case(
        "v3-get",
        "SNMPv3: GET of 12 objects, SHA-1, AES-128",
        "GET",
        asking(USERS["v3-sha1-aes128"][1]),
        ratio.Side(ratio.release("pysnmp"), lambda: runner.run(together(pysnmp.get, 16, 4))),
        same,
    )
    plain = asking(None)
    for key, (name, security) in USERS.items():
        yield ratio.Case(
            key, f"SNMPv3: GET as {name}", "GET", asking(security), plain,
            "the same 12 objects of the same agents over v2c, by the same engine",
        )  # fmt: skip

    def first_contact() -> int:
        fresh = runner.run(SnmpEngine.open(SnmpSettings(timeout_seconds=5.0)))
        try:
            asking(USERS["v3-sha1-aes128"][1], fresh).work()
        finally:
            runner.run(fresh.close())
        return AGENTS

    yield ratio.Case(
        "v3-first-contact",
        "SNMPv3: first contact, SHA-1, AES-128",
        "agent",
        ratio.Side("ours", first_contact),
        plain,
        "a v2c GET of an agent; first contact is discovery, clock, keys and the GET itself",
    )


def _agent(place: int, port: int, security: Security | None) -> Agent:
    address = f"127.17.{place >> 8 & 255}.{place & 255 or 255}"
    version = Version.V2C if security is None else Version.V3
    return Agent(address, "rahasia", port, version, security=security)


class _Pysnmp:
    """pysnmp as the same user, its agent met before."""

    def __init__(self, runner: asyncio.Runner, held: ExitStack, port: int) -> None:
        self._engine = runner.run(self._open(port))
        held.callback(self._engine.close_dispatcher)
        self._objects = [ObjectType(ObjectIdentity(oid)) for oid in OIDS]
        self._who = UsmUserData(
            "u1", AUTH, PRIV,
            authProtocol=usmHMACSHAAuthProtocol, privProtocol=usmAesCfb128Protocol,
        )  # fmt: skip

    async def _open(self, port: int) -> Any:
        self._target = await UdpTransportTarget.create(("127.17.0.1", port), timeout=5, retries=1)
        return PysnmpEngine()

    async def get(self, _: int) -> None:
        error, status, _, found = await get_cmd(
            self._engine, self._who, self._target, ContextData(), *self._objects, lookupMib=False
        )
        assert error is None, str(error)
        assert (int(status), len(found)) == (0, len(OIDS))


if __name__ == "__main__":
    ratio.run(cases)

"""What sends traps in tests: net-snmp's tools, and datagrams from any address of loopback."""

import asyncio
import os
import socket
from collections.abc import Collection
from pathlib import Path

from collector.clock import SystemClock
from collector.inventory import Plan
from collector.listeners.traps.listener import TrapListener, TrapSettings
from collector.model import Check, Credential, Device, Profile, Role, Target
from collector.profiles import load_profiles
from tests.conftest import need_program

COLD_START, LINK_DOWN = "1.3.6.1.6.3.1.1.5.1", "1.3.6.1.6.3.1.1.5.3"
PATIENCE_SECONDS = 20.0


def device(name: str, address: str, *credentials: str, profile: str = "generic-snmp") -> Device:
    return Device(name, name, "switch", "titik", profile, address, credentials)


def plan_of(*devices: Device) -> Plan:
    profiles: dict[str, Profile] = dict(load_profiles())
    checks = tuple(
        Check(
            f"{one.id}/{group.name}", one.id, group.name, group.probe, group.role,
            group.interval_seconds, 5.0, Target(one.id, one.address), group,
        )
        for one in devices
        for group in profiles[one.profile].groups
    )  # fmt: skip
    assert any(check.role is Role.REACHABILITY for check in checks)
    return Plan({}, {}, {}, {one.id: one for one in devices}, profiles, checks)


class Ear:
    """A running listener; `asked` keeps what it would have asked the poller."""

    def __init__(self, plan: Plan, credentials: Collection[Credential], **where: object) -> None:
        self.asked: list[tuple[str, tuple[str, ...] | None]] = []
        addresses = where.get("addresses", ("127.0.0.1", "::1"))
        assert isinstance(addresses, tuple)
        port = where.get("port", 0)
        assert isinstance(port, int)
        self.listener = TrapListener(
            TrapSettings(addresses, port),
            "main",
            plan,
            {credential.name: credential for credential in credentials},
            self._ask,
            SystemClock(),
        )
        self._task: asyncio.Task[None] | None = None

    def _ask(self, device_id: str, groups: Collection[str] | None) -> int:
        self.asked.append((device_id, None if groups is None else tuple(groups)))
        return 1

    async def __aenter__(self) -> "Ear":
        self._task = asyncio.create_task(self.listener.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        (end,) = await asyncio.gather(self._task, return_exceptions=True)
        assert isinstance(end, asyncio.CancelledError), end

    def asked_of(self, device_id: str) -> list[tuple[str, ...] | None]:
        return [groups for name, groups in self.asked if name == device_id]

    async def until_running(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.listener.running:
                await asyncio.sleep(0.02)

    async def until_asked(self, device_id: str, times: int = 1) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.asked_of(device_id)) < times:
                await asyncio.sleep(0.02)

    async def until_counted(self, name: str, value: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while getattr(self.listener.counters, name) < value:
                await asyncio.sleep(0.02)


async def net_snmp(program: str, folder: Path, *arguments: str) -> int:
    """Run a tool of net-snmp with settings and memory of its own; return its exit code."""
    environment = {
        "PATH": os.environ.get("PATH", ""), "MIBS": "", "SNMPCONFPATH": str(folder),
        "SNMP_PERSISTENT_DIR": str(folder / "persistent"),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        need_program(program), *arguments, env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    return await process.wait()


def send_from(address: str, port: int, *datagrams: bytes) -> None:
    """Send datagrams from an address of loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((address, 0))
        for data in datagrams:
            sender.sendto(data, ("127.0.0.1", port))

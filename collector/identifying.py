"""Asks each device once a day who it is: name, serial number, MAC addresses, neighbours.

A round of its own, apart from checks: it decides nothing about a device's state, and what is not
answered today is asked tomorrow. One device is asked at a time, only while it is well, and the
first round is spread so that 10,000 devices take an hour: the network hardly notices.

What is kept are identities of devices. Of LLDP neighbours only bridges, routers and access points
are named: telephones and computers belong to people.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.clock import Clock
from collector.model import Check, Metric, MetricKind
from collector.model.findings import Identity
from collector.probes.snmp.agent import Agent
from collector.probes.snmp.errors import SnmpError
from collector.probes.snmp.meaning import NotUnderstoodError, value_of
from collector.probes.snmp.plain import text_of
from collector.probes.snmp.probe import SnmpClient, UnusableTargetError, agent_of
from collector.probes.snmp.values import Value
from collector.register import identities
from collector.schedule import phase_seconds
from collector.store import StoreError

logger = logging.getLogger(__name__)

ROUND_SECONDS = 86_400.0
_FIRST_SECONDS_EACH = 0.36  # of the first round: an hour for 10,000 devices
_AGAIN_SECONDS = 600.0  # a device that is not well now is looked at again
_PAUSE_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0
_MOST_PENDING = 20_000
_MOST_AT_ONCE = 500  # in one transaction

_SYS_NAME = "1.3.6.1.2.1.1.5.0"  # SNMPv2-MIB, RFC 3418
_SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
_BRIDGE_ADDRESS = "1.3.6.1.2.1.17.1.1.0"  # BRIDGE-MIB, RFC 4188
_PORT_ADDRESS = "1.3.6.1.2.1.2.2.1.6"  # ifPhysAddress, IF-MIB, RFC 2863
_ENTITY_CLASS = "1.3.6.1.2.1.47.1.1.1.1.5"  # ENTITY-MIB, RFC 6933
_ENTITY_SERIAL = "1.3.6.1.2.1.47.1.1.1.1.11"
_NEIGHBOUR_NAME = "1.0.8802.1.1.2.1.4.1.1.9"  # lldpRemSysName, IEEE 802.1AB
_NEIGHBOUR_CAN = "1.0.8802.1.1.2.1.4.1.1.12"  # lldpRemSysCapEnabled
_CHASSIS = 3
_NETWORK_KIT = 0x38  # bits bridge, wlanAccessPoint and router of LldpSystemCapabilitiesMap
_MAC_LENGTH = 6
_OWN = frozenset({identities.SERIAL, identities.MODEL})


@dataclass(frozen=True, slots=True)
class _Asked:
    """How one device is asked: its agent, and where its profile finds serial number and model."""

    agent: Agent
    metrics: tuple[Metric, ...]


class Identifier:
    """Keeps asking devices who they are."""

    def __init__(
        self,
        engine: SnmpClient,
        clock: Clock,
        is_well: Callable[[str], bool],
        note: Callable[[Sequence[Identity]], Awaitable[None]],
    ) -> None:
        """`is_well` says whether a device answers at all; `note` stores, or raises StoreError."""
        self._engine = engine
        self._clock = clock
        self._is_well = is_well
        self._note = note
        self._asked: Mapping[str, _Asked] = {}
        self._due: dict[str, float] = {}  # monotonic seconds
        self._pending: list[Identity] = []

    def watch(self, checks: Iterable[Check]) -> None:
        """Ask the devices of these checks from now on; those known keep their turn."""
        by_device: dict[str, list[Check]] = {}
        for check in checks:
            if check.probe == "snmp":
                by_device.setdefault(check.device_id, []).append(check)
        asked = {device_id: _asked(own) for device_id, own in by_device.items()}
        self._asked = {device_id: it for device_id, it in asked.items() if it is not None}
        now = self._clock.monotonic()
        spread = max(1.0, len(self._asked) * _FIRST_SECONDS_EACH)
        self._due = {
            device_id: self._due.get(device_id, now + phase_seconds(device_id, spread))
            for device_id in self._asked
        }

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            now = self._clock.monotonic()
            for device_id in [it for it, at in self._due.items() if at <= now]:
                await self._ask_in_turn(device_id)
            await self._store()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _ask_in_turn(self, device_id: str) -> None:
        asked = self._asked.get(device_id)
        if asked is None:
            return
        if not self._is_well(device_id):
            self._due[device_id] = self._clock.monotonic() + _AGAIN_SECONDS
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                said = await self.ask(asked.agent, asked.metrics)
        except (SnmpError, TimeoutError) as error:
            logger.debug("%s does not say who it is: %s", device_id, error)
            said = ()
        now = self._clock.now()
        if device_id in self._due:  # it may have been taken off meanwhile
            self._due[device_id] = self._clock.monotonic() + ROUND_SECONDS
        room = _MOST_PENDING - len(self._pending)
        self._pending += [Identity(device_id, key, it, now, now) for key, it in said][:room]

    async def _store(self) -> None:
        """Hand on what was said; what cannot be stored is kept for the next time."""
        while self._pending:
            some = self._pending[:_MOST_AT_ONCE]
            try:
                await self._note(some)
            except StoreError as error:
                logger.warning("what devices say of themselves could not be stored: %s", error)
                return
            del self._pending[: len(some)]

    async def ask(
        self, agent: Agent, metrics: Sequence[Metric] = ()
    ) -> tuple[tuple[str, str], ...]:
        """Return what an agent says of itself as (key, value), each once.

        `metrics` are where its profile finds more. Raises SnmpError when it is silent; tables that
        it does not have say nothing.
        """
        own = [metric.source for metric in metrics]
        scalars = (_SYS_NAME, _SYS_OBJECT_ID, _BRIDGE_ADDRESS, *own)
        values = await self._engine.get(agent, scalars)
        said = [
            (identities.SYS_NAME, text_of(values.get(_SYS_NAME))),
            (identities.SYS_OBJECT_ID, text_of(values.get(_SYS_OBJECT_ID))),
            (identities.MAC, _mac(values.get(_BRIDGE_ADDRESS))),
        ]
        for metric in metrics:
            try:
                found = value_of(metric, values.get)
            except NotUnderstoodError:
                continue
            said.append((metric.name, None if found is None else str(found)))
        ports = await self._walk(agent, (_PORT_ADDRESS,))
        said += [(identities.MAC, _mac(raw)) for raw in ports[_PORT_ADDRESS].values()]
        entities = await self._walk(agent, (_ENTITY_CLASS, _ENTITY_SERIAL))
        said += [
            (identities.SERIAL, text_of(entities[_ENTITY_SERIAL].get(row)))
            for row, sort in entities[_ENTITY_CLASS].items()
            if sort == _CHASSIS
        ]
        near = await self._walk(agent, (_NEIGHBOUR_NAME, _NEIGHBOUR_CAN))
        said += [
            (identities.NEIGHBOUR, text_of(name))
            for row, name in near[_NEIGHBOUR_NAME].items()
            if _is_network_kit(near[_NEIGHBOUR_CAN].get(row))
        ]
        return _bounded(said)

    async def _walk(self, agent: Agent, columns: Sequence[str]) -> dict[str, dict[str, Value]]:
        try:
            found = await self._engine.walk(agent, columns)
        except SnmpError:
            found = {}
        return {column: found.get(column, {}) for column in columns}


def _asked(checks: Sequence[Check]) -> _Asked | None:
    """Return how a device is asked; None where the inventory does not say how."""
    try:
        agent = agent_of(checks[0].target)
    except UnusableTargetError:
        return None
    metrics = {
        metric.name: metric
        for check in checks
        for metric in reversed(check.group.metrics)
        if metric.name in _OWN and metric.kind is MetricKind.TEXT and not metric.labels
    }
    return _Asked(agent, tuple(metrics.values()))


def _mac(raw: Value) -> str | None:
    """Return a MAC address of six octets, or of their text."""
    if isinstance(raw, bytes) and len(raw) == _MAC_LENGTH:
        return identities.mac_of(raw.hex(":"))
    text = text_of(raw)
    return identities.mac_of(text) if text else None


def _is_network_kit(raw: Value) -> bool:
    return isinstance(raw, bytes) and bool(raw) and bool(raw[0] & _NETWORK_KIT)


def _bounded(said: Iterable[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    """Return what is worth keeping: each once, not too long, not too many of a kind."""
    kept: dict[tuple[str, str], None] = {}
    counts: dict[str, int] = {}
    for key, value in said:
        text = (value or "").strip()[: identities.LONGEST_VALUE]
        if not text or not text.isprintable() or (key, text) in kept:
            continue
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= identities.MOST_VALUES:
            kept[(key, text)] = None
    return tuple(kept)

"""The fleet as a peer's configuration needs it, and the load that it is watched with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from api.bench.setting import PING_SECONDS, STATUS_SECONDS, TABLE_SECONDS
from simulators.fleet import COLUMNS, PORTS, SCALARS

__all__ = [
    "FAILURES",
    "GET_OIDS",
    "NAME_COLUMN",
    "PING_SECONDS",
    "PORTS",
    "RETRY_SECONDS",
    "STATE_COLUMN",
    "STATUS_SECONDS",
    "TABLE_COLUMNS",
    "TABLE_SECONDS",
    "Target",
    "Targets",
]

FAILURES = 3
"""Failed pings in a row until a device is down."""

RETRY_SECONDS = 5.0
"""Until the next ping of a device in doubt, where a system can do that (ours and Icinga)."""

GET_OIDS = tuple(oid for oid, _ in SCALARS)
TABLE_COLUMNS = tuple(f"1.3.6.1.2.1.2.2.1.{column}" for column in COLUMNS)
NAME_COLUMN, STATE_COLUMN = TABLE_COLUMNS[:2]


@dataclass(frozen=True, slots=True)
class Target:
    """One device."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class Targets:
    """All devices and how they are asked."""

    devices: tuple[Target, ...]
    dead: frozenset[str]  # from the beginning
    snmp_port: int
    community: str

    @property
    def living(self) -> int:
        """How many answer."""
        return len(self.devices) - len(self.dead)


def read_targets(folder: Path, facts: Mapping[str, Any]) -> Targets:
    """Return the devices of a fleet from its state directory and its facts."""
    inventory = yaml.load((folder / "inventory.yaml").read_text(), yaml.CSafeLoader)
    return Targets(
        tuple(Target(one["id"], one["address"]) for one in inventory["devices"]),
        frozenset(facts["dead"]),
        int(facts["snmp_port"]),
        str(facts["community"]),
    )

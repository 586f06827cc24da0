"""Whom to ask, and how patiently."""

from dataclasses import dataclass, field
from enum import StrEnum

from collector.model import AS_USUAL, SnmpLimits
from collector.probes.snmp.v3.security import Security


class Version(StrEnum):
    """The versions of SNMP that are spoken here, by the names used in credentials."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"

    __hash__ = str.__hash__  # enum's own is written in Python, and every request looks things up


@dataclass(frozen=True, slots=True)
class Agent:
    """One SNMP agent. `address` is a numeric IPv4 or IPv6 address (`fe80::1%eth0` too).

    Versions 1 and 2c have a community, version 3 has a user (`security`).
    """

    address: str
    community: str = field(repr=False)
    port: int = 161
    version: Version = Version.V2C
    limits: SnmpLimits = AS_USUAL
    security: Security | None = None


@dataclass(frozen=True, slots=True)
class SnmpSettings:
    """How patiently to ask and what to put up with; the defaults suit a city's network.

    A request waits `timeout_seconds` for its first try and twice as long for each retry, so that
    with the defaults an agent has three seconds to answer. All tries carry the same request id: a
    late answer to the first one still counts.
    """

    timeout_seconds: float = 1.0
    retries: int = 1
    max_repetitions: int = 25  # rows a GETBULK asks for
    max_oids: int = 24  # OIDs a GET or a walk names in one request
    max_bindings: int = 100  # values a GETBULK asks for at most, so answers stay near 2 kB
    max_walk_values: int = 50_000
    max_walk_requests: int = 2_000
    max_walk_seconds: float = 60.0
    remember_seconds: float = 3600.0  # how long an agent's weakness is believed
    receive_buffer_bytes: int = 8 << 20
    with_tags: bool = False  # values are `tagged.Tagged`, as recordings need them
    tick_seconds: float = 0.05  # how often deadlines are looked at

    @property
    def patience_seconds(self) -> float:
        """Return how long one request waits in all before it counts as unanswered."""
        return self.timeout_seconds * float((1 << self.retries + 1) - 1)

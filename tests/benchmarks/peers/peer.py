"""What a peer must be able to do, and what it says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from api.bench.watching import Moved
from tests.benchmarks.peers.place import Place
from tests.benchmarks.peers.targets import Targets


@dataclass(frozen=True, slots=True)
class Served:
    """What a peer says it did of one kind of check in a stretch of time."""

    due: float
    done: float


class Peer(Protocol):
    """A system that watches the fleet. Made anew for each run."""

    packages: ClassVar[Sequence[str]]  # of Debian; the first gives the peer its version
    programs: ClassVar[Sequence[str]]  # that must be there

    def __init__(self, place: Place, targets: Targets) -> None: ...

    async def start(self) -> None:
        """Write the configuration and start; return when it runs. Raises PeerError."""

    async def seen(self) -> int:
        """Return how many devices are known to answer ping and SNMP."""

    async def served(self, from_at: float, until_at: float) -> Mapping[str, Served]:
        """Return what it did of ping, status and table; moments in seconds since 1970."""

    async def moved(self) -> Sequence[Moved]:
        """Return which devices it called down, and when."""

    async def told(self) -> Mapping[str, Sequence[float]]:
        """Return when it alerted about each device, in order (seconds since 1970)."""

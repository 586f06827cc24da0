"""What the engine hands on: wishes for the poller, changes for the writer, counts for /metrics.

Values only, so that engine, poller and writer need not share a process.
"""

from dataclasses import dataclass, field
from datetime import datetime

from collector.model import CheckState, DeviceState, Reading, Transition


@dataclass(slots=True)
class Advice:
    """What the engine would like to be asked next."""

    soon: dict[str, float] = field(default_factory=dict)  # check id → seconds from now
    pause: set[str] = field(default_factory=set)  # devices whose health checks are pointless now
    resume: set[str] = field(default_factory=set)

    def ask(self, check_id: str, seconds: float) -> None:
        """Wish for a check after `seconds`; the earliest wish counts."""
        self.soon[check_id] = min(seconds, self.soon.get(check_id, seconds))


@dataclass(frozen=True, slots=True)
class Changes:
    """What must be stored together, and readings on their way to the sink."""

    devices: tuple[DeviceState, ...]
    checks: tuple[CheckState, ...]
    transitions: tuple[Transition, ...]
    readings: tuple[tuple[str, datetime, tuple[Reading, ...]], ...]


@dataclass(slots=True)
class EngineCounters:
    """What the engine did, for /metrics."""

    results: int = 0
    dropped: int = 0  # not newer than the last one, or of a check that is gone
    blind: int = 0  # outcome unknown: our own fault
    transitions: int = 0
    gaps: int = 0  # times the collector itself had been away

"""Probes ask one device once over one protocol.

A probe knows nothing of states, stores or alerts. That nobody answers is a result, not an
exception. The poller owns the deadline; a probe must release whatever it holds when cancelled.
"""

from datetime import datetime
from typing import Protocol, runtime_checkable

from collector.model import Check, CheckResult


class Probe(Protocol):
    """Runs checks of one protocol."""

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        """Ask `check.target` once and say how it went, with its readings.

        Raises nothing for what a device or network does. `slot_at` is carried into the result.
        """
        ...


@runtime_checkable
class Paced(Protocol):
    """A probe that sends no faster than a bound: what is asked beyond it waits inside the probe.

    There its deadline runs, and a device that was never asked would look dead. So the poller
    begins no more checks while the queue is long.
    """

    def queue_seconds(self) -> float:
        """Return how long a packet would wait for its turn to be sent, in seconds."""
        ...

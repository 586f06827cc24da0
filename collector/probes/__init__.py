"""Probes ask one device once over one protocol.

A probe knows nothing of states, stores or alerts. That nobody answers is a result, not an
exception. The poller owns the deadline; a probe must release whatever it holds when cancelled.
"""

from datetime import datetime
from typing import Protocol

from collector.model import Check, CheckResult


class Probe(Protocol):
    """Runs checks of one protocol."""

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        """Ask `check.target` once and say how it went, with its readings.

        Raises nothing for what a device or network does. `slot_at` is carried into the result.
        """
        ...

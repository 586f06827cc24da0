"""Probes ask one device once over one protocol.

A probe knows nothing of states, stores or alerts. That nobody answers is a result, not an
exception. The poller owns the deadline; a probe must release whatever it holds when cancelled.
"""

from collections.abc import Callable
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
class Direct(Probe, Protocol):
    """A probe whose runs need no task of their own: it ends each by itself, and calls back.

    A task costs as much as a ping does. Such a run has no other deadline than the probe's.
    """

    def can_begin(self, check: Check) -> bool:
        """Say whether `begin` may be used for a check; `run` always may."""
        ...

    def begin(
        self, check: Check, slot_at: datetime, done: Callable[[CheckResult | Exception], None]
    ) -> Callable[[], None]:
        """Begin what `run` does; `done` is called once with its result, not before this returns.

        What `run` would raise `done` is called with, a fault of ours; and with TimeoutError when
        the check's own deadline was reached. Returns what stops the run: then `done` is not called
        any more. Raises nothing for what a device or network does.
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

"""One run of a check: the probe within its deadline, and what our own lateness did to it.

That the loop was late is our blindness, never the device's failure: an answer that was missed
meanwhile is *unknown*.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import structs

from collector.clock import Clock
from collector.lateness import LagMeter
from collector.model import Check, CheckResult, Outcome, Reason
from collector.probes import Probe

logger = logging.getLogger(__name__)

LAG_SHARE_OF_TIMEOUT = 0.25  # a stall longer than this share of a deadline makes us blind
_LATE_SAMPLES = 4096


@dataclass(slots=True)
class PollerCounters:
    """What became of the schedule, for /metrics and the demo's score.

    What was due is done, skipped, missed, or under way; what overran was not due.
    """

    due: int = 0
    done: int = 0
    missed: int = 0  # slots left out because this machine had no time for them
    overrun: int = 0  # slots that passed while the check was still running
    skipped: int = 0  # not asked because the device does not answer at all
    blind: int = 0  # answers lost to our own lag
    errors: int = 0  # faults in our own code
    cut_short: int = 0  # under way when the collector was stopped
    late_worst_seconds: float = 0.0
    late_seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_LATE_SAMPLES))

    def note_late(self, seconds: float) -> None:
        """Take in how late a check was begun."""
        self.late_seconds.append(seconds)
        if seconds > self.late_worst_seconds:
            self.late_worst_seconds = seconds

    def late_percentile(self, share: float) -> float:
        """Return a percentile of how late recent checks started, in seconds."""
        ordered = sorted(self.late_seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Asking:
    """Runs single checks and judges what came of them."""

    def __init__(
        self, probes: Mapping[str, Probe], clock: Clock, lag: LagMeter, counters: PollerCounters
    ) -> None:
        self._probes = probes
        self._clock = clock
        self._lag = lag
        self._counters = counters

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        """Run the probe within the check's deadline; whatever happens becomes a result."""
        try:
            async with asyncio.timeout(check.timeout_seconds):
                return await self._probes[check.probe].run(check, slot_at)
        except Exception as error:  # noqa: BLE001 - a fault of ours becomes a result, and is logged
            return self.unfinished(check, slot_at, error)

    def unfinished(self, check: Check, slot_at: datetime, error: Exception) -> CheckResult:
        """Return what becomes of a run without a result: its time was over, or we are at fault."""
        if not isinstance(error, TimeoutError):
            return self._broken(check, slot_at, error)
        seconds = f"no complete answer within {check.timeout_seconds:g} s"
        return self._failed(check, slot_at, Outcome.FAILED, Reason.NO_ANSWER, seconds)

    def _broken(self, check: Check, slot_at: datetime, error: Exception) -> CheckResult:
        """Return what a fault of ours makes of a check; the log has it whole."""
        self._counters.errors += 1
        logger.error("check %s failed inside the collector", check.id, exc_info=error)
        name = type(error).__name__
        return self._failed(check, slot_at, Outcome.UNKNOWN, Reason.COLLECTOR_ERROR, name)

    def _failed(
        self, check: Check, slot_at: datetime, outcome: Outcome, reason: Reason, detail: str
    ) -> CheckResult:
        return CheckResult(check.id, slot_at, self._clock.now(), outcome, reason, detail)

    def honest(self, result: CheckResult, check: Check, began: float) -> CheckResult:
        """Turn a missing answer into *unknown* when our own loop was late since the run `began`.

        That is in monotonic seconds.
        """
        if result.outcome is not Outcome.FAILED or result.reason is not Reason.NO_ANSWER:
            return result
        limit = check.timeout_seconds * LAG_SHARE_OF_TIMEOUT
        overslept = self._clock.monotonic() - began - check.timeout_seconds > limit
        if not overslept and not self._lag.stalled_since(began, limit):
            return result
        self._counters.blind += 1
        return structs.replace(
            result, outcome=Outcome.UNKNOWN, reason=Reason.COLLECTOR_LAG, readings=()
        )

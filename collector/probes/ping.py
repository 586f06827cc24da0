"""The ping probe: a train of ICMP echoes becomes a check result."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial

from collector.clock import Clock
from collector.model import Check, CheckResult, Outcome, Reading, Reason
from collector.probes.icmp import (
    EchoReport,
    PingCounters,
    Pinger,
    PingSettings,
    PingUnavailableError,
)
from collector.probes.telling import told

CLOSER_COUNT = 3
"""Echoes of a train that looks closer."""

_CLOSER_LOOKS = 2
"""How often in a row: then a device has failed as often as the usual rule wants."""

_OURS = frozenset({Reason.COLLECTOR_RIGHTS, Reason.COLLECTOR_ERROR})
_ANSWERED, _OK = Outcome.ANSWERED, Reason.OK  # to look up a member costs as much as a call
_NO_LOSS = Reading("ping_loss_percent", 0.0, "%")


class PingProbe:
    """Runs ping checks (a `collector.probes.Probe`) over one shared `Pinger`.

    The socket is opened by `open`, else by the first run, and again by the next run as long as
    that fails: rights granted while we run are noticed without a restart.

    A run lasts at most (count - 1) * spacing + timeout of the settings, plus what pacing adds and,
    since timers are shared, 10 ms an echo and 10 ms at the end; the check's own deadline, which the
    poller holds, must be longer.

    Whoever answered none of the echoes is looked at closer the next two times, by three echoes
    where the settings have fewer: on a link that loses one in a hundred, single echoes would call
    some device of ten thousand dead every hour.
    """

    def __init__(self, settings: PingSettings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._pinger: Pinger | None = None
        self._opening = asyncio.Lock()
        self._looks_left: dict[str, int] = {}  # of checks whose last train nobody answered

    @property
    def counters(self) -> PingCounters | None:
        """Return what happened on the sockets, or None while they are not open."""
        return None if self._pinger is None else self._pinger.counters

    async def open(self) -> Pinger:
        """Open the sockets, once.

        Raises:
            PingUnavailableError: this machine does not let us ping; the text names the remedy.
        """
        async with self._opening:
            if self._pinger is None:
                self._pinger = await Pinger.open(self.settings)
            return self._pinger

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        """Send one train; the settings say how many echoes and how patiently.

        Readings: `ping_loss_percent` (%), and with at least one answer `ping_rtt_seconds` (mean),
        `ping_rtt_min_seconds`, `ping_rtt_max_seconds` and, with two, `ping_jitter_seconds` (mean
        difference of neighbouring round trips). Some lost is still an answer: thresholds on the
        loss judge it. When no echo left this machine, the device is unknown, not down.
        """
        if self._pinger is None:
            try:
                await self.open()
            except PingUnavailableError as problem:
                return self._blind(check, slot_at, Reason.COLLECTOR_RIGHTS, str(problem))
        return await told(lambda tell: self.begin(check, slot_at, tell))

    def can_begin(self, check: Check) -> bool:
        """Say whether the sockets are open: opening them needs a task."""
        del check
        return self._pinger is not None

    def begin(
        self, check: Check, slot_at: datetime, done: Callable[[CheckResult], None]
    ) -> Callable[[], None]:
        """Begin what `run` does, without a task; see `collector.probes.Direct`."""
        if self._pinger is None:
            return self._soon(done, check, slot_at, "the ping socket is not open")
        address = check.target.address
        if address is None:
            return self._soon(done, check, slot_at, "the device has no address")
        settings = self.settings
        count = settings.count
        if self._looks_left.get(check.id):
            count = max(count, CLOSER_COUNT)
        tell = partial(self._tell, done, check, slot_at)
        try:
            return self._pinger.begin(address, count, settings.timeout_seconds, tell).stop
        except PingUnavailableError as problem:
            return self._soon(done, check, slot_at, str(problem), Reason.COLLECTOR_RIGHTS)
        except ValueError:
            return self._soon(done, check, slot_at, f"{address!r} is not an IP address")

    def _soon(
        self,
        done: Callable[[CheckResult], None],
        check: Check,
        slot_at: datetime,
        detail: str,
        reason: Reason = Reason.COLLECTOR_ERROR,
    ) -> Callable[[], None]:
        """Tell in the next turn of the loop that nothing could be asked."""
        result = self._blind(check, slot_at, reason, detail)
        return asyncio.get_running_loop().call_soon(done, result).cancel

    def _tell(
        self,
        done: Callable[[CheckResult], None],
        check: Check,
        slot_at: datetime,
        report: EchoReport,
    ) -> None:
        if not report.received:
            done(self._unanswered(check, slot_at, report))
            return
        check_id = check.id
        if self._looks_left:
            self._looks_left.pop(check_id, None)
        done(
            CheckResult(
                check_id,
                slot_at,
                self._clock.now(),
                _ANSWERED,
                _OK,
                _share(report.received, report.sent),
                report.mean_seconds,
                readings_of(report),
            )
        )

    def _unanswered(self, check: Check, slot_at: datetime, report: EchoReport) -> CheckResult:
        if report.sent == 0 or report.error in _OURS:
            reason = report.error or Reason.COLLECTOR_ERROR
            text = f"no echo could leave this machine: {report.error_detail}"
            return self._blind(check, slot_at, reason, text)
        self._note_silence(check.id)
        detail = _share(0, report.sent)
        if report.error_detail:
            detail = f"{detail}; the network says: {report.error_detail}"
        return CheckResult(
            check_id=check.id,
            slot_at=slot_at,
            measured_at=self._clock.now(),
            outcome=Outcome.FAILED,
            reason=report.error or Reason.NO_ANSWER,
            detail=detail,
            readings=readings_of(report),
        )

    def _note_silence(self, check_id: str) -> None:
        """Remember how often somebody silent is to be looked at closer yet."""
        if check_id in self._looks_left:
            self._looks_left[check_id] = max(0, self._looks_left[check_id] - 1)
        else:
            self._looks_left[check_id] = _CLOSER_LOOKS

    def queue_seconds(self) -> float:
        """Return how long an echo would wait for its turn; see `collector.probes.Paced`."""
        return 0.0 if self._pinger is None else self._pinger.queue_seconds()

    async def close(self) -> None:
        """Release the sockets. Safe to call twice."""
        if self._pinger is not None:
            await self._pinger.close()
            self._pinger = None

    def _blind(self, check: Check, slot_at: datetime, reason: Reason, detail: str) -> CheckResult:
        return CheckResult(
            check_id=check.id,
            slot_at=slot_at,
            measured_at=self._clock.now(),
            outcome=Outcome.UNKNOWN,
            reason=reason,
            detail=detail,
        )


def readings_of(report: EchoReport) -> tuple[Reading, ...]:
    """Return the readings of a train: the loss always, the times that there are."""
    lossless = 0 < report.received == report.sent
    loss = _NO_LOSS if lossless else Reading("ping_loss_percent", report.loss_percent, "%")
    times = (
        ("ping_rtt_seconds", report.mean_seconds),
        ("ping_rtt_min_seconds", report.min_seconds),
        ("ping_rtt_max_seconds", report.max_seconds),
        ("ping_jitter_seconds", report.jitter_seconds),
    )
    return (loss, *[Reading(name, value, "s") for name, value in times if value is not None])


@lru_cache(maxsize=256)
def _share(received: int, sent: int) -> str:
    return f"{received} of {sent} echoes answered"

"""Which alerts began, changed or ended, for the live path: looked at once a second at most."""

import asyncio
import math
from collections.abc import Mapping

from api.events import LiveSource
from collector.clock import Clock
from collector.store import FiringAlert

ALERTS_SECONDS = 1.0  # reading ten thousand that are firing costs tens of milliseconds


class AlertFollower:
    """Compares what is firing with what was firing when it last looked."""

    def __init__(self, source: LiveSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._version: int | None = None
        self._mark: object = None
        self._firing: Mapping[int, FiringAlert] | None = None  # None: not looked yet
        self._looked_at = -math.inf

    async def changed(self, version: int) -> dict[int, dict[str, object]]:
        """Return what changed since the last look, by id; mostly nothing.

        `version` is the store's, read before. May raise what the source raises; then nothing is
        lost.
        """
        now = self._clock.monotonic()
        if version == self._version or now - self._looked_at < ALERTS_SECONDS:
            return {}
        mark = await asyncio.to_thread(self._source.alerts_mark)
        found: dict[int, dict[str, object]] = {}
        if self._firing is None or mark != self._mark:
            firing = await asyncio.to_thread(self._source.firing_alerts)
            if self._firing is not None:
                found = _differences(self._firing, firing)
            self._firing = firing
        self._version, self._mark, self._looked_at = version, mark, now
        return found


def _differences(
    before: Mapping[int, FiringAlert], after: Mapping[int, FiringAlert]
) -> dict[int, dict[str, object]]:
    ended = {i: alert_event(i, one, ended=True) for i, one in before.items() if i not in after}
    changed = {i: alert_event(i, one) for i, one in after.items() if before.get(i) != one}
    return ended | changed


def alert_event(alert_id: int, one: FiringAlert, *, ended: bool = False) -> dict[str, object]:
    """Return what is told of a change: enough to see whether to ask for more."""
    return {
        "id": alert_id,
        "device": one.device_id,
        "state": one.state,
        "severity": one.severity,
        "stage": one.stage,
        "reason": one.reason,
        "ended": ended,
    }

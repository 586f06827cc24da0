"""When an MQTT device is there: what the broker said of it *and* that it still speaks. Pure.

A device says "online" once, when it connects, and the broker says "offline" once, in its name
(last will). A retained "online" outlives a device that died while the broker was down. So the
status check of a device is fed by three voices:

    the word itself        online → answered, offline → failed; retained or live
    fresh telemetry        answered, unless the last word was "offline"
    a word that stands     repeated, so that it is confirmed like any failure and stays fresh:
                           offline until the next word; a live "online" until it is believed

Silence after "online" produces nothing: the check grows stale and the device unknown. Words are
forgotten with the connection that brought them; the next one brings the retained ones again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from collector.model import Check

REPEAT_SECONDS = 5.0  # as a ping in doubt: repeating the broker's word costs nobody anything


@dataclass(slots=True)
class _Standing:
    check: Check
    online: bool
    said: int  # how often it was told, the word itself included
    due_at: float  # monotonic; infinite: not to be repeated


@dataclass(frozen=True, slots=True)
class Repetition:
    """A word that still stands, to be told once more."""

    check: Check
    online: bool


class Liveness:
    """The last word about every device with a status check."""

    def __init__(self, status_checks: Mapping[str, tuple[Check, ...]]) -> None:
        self._status_checks = status_checks
        self._standing: dict[str, _Standing] = {}

    def replan(self, status_checks: Mapping[str, tuple[Check, ...]]) -> None:
        """Follow these status checks from now on."""
        self._status_checks = status_checks

    def hear_word(self, check: Check, now: float, *, online: bool, retained: bool) -> None:
        """Take the word of a status topic. A retained "online" is no news and not repeated."""
        silent = online and retained
        due_at = float("inf") if silent else now + REPEAT_SECONDS
        self._standing[check.id] = _Standing(check, online, 1, due_at)

    def stands(self, check: Check, *, online: bool) -> bool:
        """Say whether this is already the last word of this connection."""
        standing = self._standing.get(check.id)
        return standing is not None and standing.online == online

    def hear_telemetry(self, device_id: str) -> list[Check]:
        """Take a sign of life; return the status checks that it confirms."""
        confirmed = []
        for check in self._status_checks.get(device_id, ()):
            standing = self._standing.get(check.id)
            if standing is None or standing.online:
                confirmed.append(check)
        return confirmed

    def due(self, now: float) -> list[Repetition]:
        """Return the words to be told again by now, and plan their next turn."""
        repeated = []
        for standing in self._standing.values():
            if standing.due_at <= now:
                standing.said += 1
                standing.due_at = now + _pause_after(standing)
                repeated.append(Repetition(standing.check, standing.online))
        return repeated

    def forget(self) -> None:
        """Forget all words: without a connection nobody tells us when they change."""
        self._standing.clear()


def _pause_after(standing: _Standing) -> float:
    """Return how long a word rests: shortly while in doubt, then as long as it stays fresh."""
    rule, interval = standing.check.rule, standing.check.interval_seconds
    if standing.said < (rule.recover if standing.online else rule.confirm):
        return REPEAT_SECONDS
    if standing.online or interval <= 0:
        return float("inf")
    return interval

"""When an MQTT device is there: what the broker said of it *and* that it still speaks. Pure.

A device says "online" once, when it connects, and the broker says "offline" once, in its name
(last will). A retained "online" outlives a device that died while the broker was down, and one
that was taken away years ago: nobody knows its age. So the status check is fed by three voices:

    the word itself        offline → failed, retained or live; online → answered, but only live:
                           a retained "online" waits for telemetry to back it
    fresh telemetry        answered, unless the last word was "offline"
    a word that stands     repeated, so that it is confirmed like any failure and stays fresh:
                           offline until the next word; a live or backed "online" until it is
                           believed

Silence after "online" produces nothing: the check grows stale and the device unknown. Words are
forgotten with the connection that brought them; the next one brings the retained ones again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from collector.model import Check, Reading

REPEAT_SECONDS = 5.0  # as a ping in doubt: repeating the broker's word costs nobody anything


@dataclass(slots=True)
class _Standing:
    check: Check
    online: bool
    said: int  # how often it was told, the word itself included
    due_at: float  # monotonic; infinite: not to be repeated
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Repetition:
    """A word that still stands, to be told once more."""

    check: Check
    online: bool
    readings: tuple[Reading, ...] = ()  # what came with the word, and stands as it does


class Liveness:
    """The last word about every device with a status check."""

    def __init__(self, status_checks: Mapping[str, tuple[Check, ...]]) -> None:
        self._status_checks = status_checks
        self._standing: dict[str, _Standing] = {}

    def replan(self, status_checks: Mapping[str, tuple[Check, ...]]) -> None:
        """Follow these status checks from now on; words about others are forgotten."""
        self._status_checks = status_checks
        ids = {check.id for checks in status_checks.values() for check in checks}
        self._standing = {one: word for one, word in self._standing.items() if one in ids}

    def hear_word(
        self,
        check: Check,
        now: float,
        *,
        online: bool,
        retained: bool,
        readings: tuple[Reading, ...] = (),
    ) -> None:
        """Take the word of a status topic. A retained "online" waits for telemetry."""
        waits = online and retained
        said, due_at = (0, float("inf")) if waits else (1, now + REPEAT_SECONDS)
        self._standing[check.id] = _Standing(check, online, said, due_at, readings)

    def take_back(self, check: Check) -> None:
        """Forget the word: its retained message was deleted."""
        self._standing.pop(check.id, None)

    def stands(self, check: Check, *, online: bool, readings: tuple[Reading, ...] = ()) -> bool:
        """Say whether this is already the last word of this connection."""
        standing = self._standing.get(check.id)
        if standing is None:
            return False
        return (standing.online, standing.readings) == (online, readings)

    def hear_telemetry(self, device_id: str, now: float) -> list[Repetition]:
        """Take a sign of life; return the status checks that it confirms.

        It backs a retained "online", which is from then on told like a live one.
        """
        confirmed = []
        for check in self._status_checks.get(device_id, ()):
            standing = self._standing.get(check.id)
            if standing is None:
                confirmed.append(Repetition(check, online=True))
            elif standing.online:
                if standing.said == 0:
                    standing.said, standing.due_at = 1, now + REPEAT_SECONDS
                confirmed.append(Repetition(check, True, standing.readings))
        return confirmed

    def due(self, now: float) -> list[Repetition]:
        """Return the words to be told again by now, and plan their next turn."""
        repeated = []
        for standing in self._standing.values():
            if standing.due_at <= now:
                standing.said += 1
                standing.due_at = now + _pause_after(standing)
                repeated.append(Repetition(standing.check, standing.online, standing.readings))
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

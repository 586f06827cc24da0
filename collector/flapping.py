"""When a check is unsteady: the weighted rate of change of its last 20 results. Pure.

The rate is Icinga 2's (its documentation, "Check Flapping"): a bit for each of the last 20
results, set when its verdict differs from that of the result before it. The oldest weighs 0.80,
each newer one 0.02 more, and

    rate = 100 % · (sum of the weights of the set bits) / 20

starts flapping above 30 % and ends it at 25 % or less. Counting results alone knows no time: 20
results are 10 minutes of pings and 100 minutes of tables. So there are bounds in time as well:

1. Flapping also starts with 6 confirmed changes of belief within 30 minutes, and does not end while
   more than one of them lies in the last 30 minutes. A device that is down for two minutes of
   every five has calm results in between, and is not steady.
2. A bit lives for 20 intervals of its check and no longer than 2 hours. While results come at
   their pace this changes nothing: by then 20 of them have pushed it out. When they stop coming
   (the device died, and its health checks are not asked in vain), time pushes it out instead.
   Two hours hold the 100 minutes that 20 checks of 5 minutes take, with some missing. What is
   asked by the hour or the day can thus not flap: six changes of it are history, not unrest.

Time is a clock's that does not jump, in seconds: a wall clock that is set makes nobody steady.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from collector.model import Check, Verdict

RESULTS = 20
START_PERCENT = 30
END_PERCENT = 25
CHANGES_TO_START = 6  # confirmed, within the window
CHANGES_WHEN_CALM = 1  # so many may lie in the window when flapping ends
WINDOW_SECONDS = 1800.0
LONGEST_LIFE_SECONDS = 7200.0  # of a bit

_ALL = (1 << RESULTS) - 1
_NEWEST = 118  # weights in hundredths: bit 0, the newest, weighs 1.18, each older one 0.02 less
_START = START_PERCENT * RESULTS  # in hundredths of a weight
_END = END_PERCENT * RESULTS


def weight(bits: int) -> int:
    """Return the weights of the set bits together, in hundredths; bit 0 is the newest result."""
    total = 0
    while bits:
        lowest = bits & -bits
        total += _NEWEST - 2 * (lowest.bit_length() - 1)
        bits ^= lowest
    return total


def percent(bits: int) -> float:
    """Return the rate of change in percent; at most 99, when every result differed."""
    return weight(bits) / RESULTS


@dataclass(slots=True)
class Unrest:
    """What one check's last results say of its steadiness. Memory only, as doubts are."""

    life_seconds: float  # how long a bit counts
    on: bool = False  # it flaps
    bits: int = 0  # bit 0 is the newest result
    last: Verdict = Verdict.NONE
    set_at: tuple[float, ...] = ()  # when the set bits were set, oldest first
    turned_at: tuple[float, ...] = ()  # the last confirmed changes of belief, oldest first

    @classmethod
    def of(cls, check: Check) -> "Unrest":
        """Return the calm of a check that was never asked."""
        return cls(min(RESULTS * check.interval_seconds, LONGEST_LIFE_SECONDS))

    def take(self, verdict: Verdict, turned: bool, now: float) -> bool:
        """Take one result into account; say whether flapping began or ended.

        `verdict` is the result's own (NONE leaves no bit), `turned` says that with it another
        verdict is believed. `now` is in seconds of a clock that does not jump.
        """
        if verdict is self.last and not (self.bits or self.on or turned):
            return False  # as it nearly always is
        if verdict is not Verdict.NONE:
            changed = self.last is not Verdict.NONE and verdict is not self.last
            self.last = verdict
            self.bits = (self.bits << 1 | changed) & _ALL
            if changed:
                self.set_at = (*self.set_at, now)
        if turned:
            self.turned_at = (*self.turned_at, now)[-CHANGES_TO_START:]
        return self.pass_time(now)

    def pass_time(self, now: float) -> bool:
        """Forget what is too old; say whether flapping began or ended."""
        surplus = len(self.set_at) - self.bits.bit_count()  # pushed out by newer results
        if surplus:
            self.set_at = self.set_at[surplus:]
        while self.set_at and now - self.set_at[0] >= self.life_seconds:
            self.set_at = self.set_at[1:]
            self.bits ^= 1 << (self.bits.bit_length() - 1)
        was, self.on = self.on, self._judge(now)
        return self.on is not was

    def forget(self) -> None:
        """Start anew: the collector was away, or nothing was heard for long."""
        self.on, self.bits, self.last = False, 0, Verdict.NONE
        self.set_at = self.turned_at = ()

    def _judge(self, now: float) -> bool:
        recent = sum(now - moment <= WINDOW_SECONDS for moment in self.turned_at)
        if self.on:
            return weight(self.bits) > _END or recent > CHANGES_WHEN_CALM
        return weight(self.bits) > _START or recent >= CHANGES_TO_START


class Unsteady:
    """The unrest of all checks, and which of them flap now."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._unrest = {check.id: Unrest.of(check) for check in checks}
        self._flapping: set[str] = set()  # ids of checks

    def add(self, check: Check) -> None:
        """Follow one more check."""
        self._unrest[check.id] = Unrest.of(check)

    def take(self, check_id: str, verdict: Verdict, turned: bool, now: float) -> bool:
        """Take one result into account; say whether flapping began or ended."""
        unrest = self._unrest[check_id]
        if not unrest.take(verdict, turned, now):
            return False
        self._note(check_id, unrest)
        return True

    def pass_time(self, now: float) -> list[str]:
        """Let time calm what flaps; return the checks that do not any more."""
        calmed = [one for one in sorted(self._flapping) if self._unrest[one].pass_time(now)]
        self._flapping.difference_update(calmed)
        return calmed

    def forget(self, check_id: str) -> None:
        """Forget one check's past."""
        self._unrest[check_id].forget()
        self._flapping.discard(check_id)

    def drop(self, check_id: str) -> None:
        """Follow one check no more."""
        del self._unrest[check_id]
        self._flapping.discard(check_id)

    @property
    def is_calm(self) -> bool:
        """Whether nothing flaps."""
        return not self._flapping

    def any_of(self, checks: Iterable[Check]) -> bool:
        """Say whether any of these checks flaps: then their device does."""
        return bool(self._flapping) and any(check.id in self._flapping for check in checks)

    def _note(self, check_id: str, unrest: Unrest) -> None:
        if unrest.on:
            self._flapping.add(check_id)
        else:
            self._flapping.discard(check_id)

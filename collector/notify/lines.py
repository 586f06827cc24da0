"""What the sender knows of each channel: what is under way, its budget, whether it works. Pure.

A channel that fails is given a rest that doubles up to a minute, then tried with one message: a
thousand that wait are not each tried in vain, and no other channel waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.notify.channels.budgets import Budgets, Limit
from collector.notify.channels.contract import NotifyError

AT_ONCE = 16
"""Messages of one channel under way at once; so many connections go to one host."""

PASSED_ON_EVERY = timedelta(minutes=15)
FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 60.0


@dataclass(slots=True)
class Line:
    """One channel."""

    limits: Sequence[Limit] = ()
    under_way: int = 0
    failures: int = 0  # one after the other
    rests_until_at: datetime | None = None
    sent: int = 0  # since the process began, as the two below
    failed: int = 0
    dead: int = 0
    trouble: str = ""  # the last, while it does not work
    sent_at: datetime | None = None
    passed_on_at: datetime | None = None  # the last dead one that another receiver was told of

    def share(self, budgets: Budgets, now: datetime) -> int:
        """Return how many messages it may be given now."""
        if self.rests_until_at is not None and now < self.rests_until_at:
            return 0
        room = (1 if self.failures else AT_ONCE) - self.under_way
        if room <= 0 or (0 < room < AT_ONCE // 2 and self.under_way and not self.failures):
            return 0  # half of them at once: a claim for each single one would be many claims
        return budgets.free(self.limits, now, room)

    def free_at(self, budgets: Budgets, now: datetime) -> datetime:
        """Return from when on it may be given one more, as far as time decides."""
        free_at = budgets.next_free_at(self.limits, now)
        return free_at if self.rests_until_at is None else max(free_at, self.rests_until_at)

    def may_pass_on(self, now: datetime) -> bool:
        """Say whether another receiver may be told of one that is dead: not of each, in a row."""
        last = self.passed_on_at
        return last is None or not timedelta(0) <= now - last < PASSED_ON_EVERY

    def begins(self, budgets: Budgets, now: datetime) -> None:
        """Count a message that goes now."""
        self.under_way += 1
        budgets.take(self.limits, now)

    def took(self, now: datetime) -> None:
        """It works."""
        self.under_way -= 1
        self.sent += 1
        self.sent_at = now
        self.failures, self.rests_until_at, self.trouble = 0, None, ""

    def refused(self, trouble: NotifyError, budgets: Budgets, now: datetime, luck: float) -> None:
        """It did not take a message. One that is refused for good says nothing of the others."""
        self.under_way -= 1
        self.failed += 1
        self.trouble = str(trouble)
        if trouble.retry_after is not None:
            budgets.pause(self.limits, now + timedelta(seconds=trouble.retry_after))
        rests = self.rests_until_at is not None and now < self.rests_until_at
        if trouble.permanent or rests:  # what was under way with the first failure says no more
            return
        self.failures += 1
        rest = min(FIRST_REST_SECONDS * 2.0 ** min(self.failures - 1, 10), LONGEST_REST_SECONDS)
        self.rests_until_at = now + timedelta(seconds=rest * (0.5 + luck / 2))


@dataclass(slots=True)
class Lines:
    """All channels, by name; a name that no channel has is known as well, to say so."""

    budgets: Budgets = field(default_factory=Budgets)
    heartbeat_at: datetime | None = None  # the last sign of life that a watcher took
    _lines: dict[str, Line] = field(default_factory=dict)

    def of(self, name: str) -> Line:
        """Return what is known of a channel."""
        return self._lines.setdefault(name, Line())

    def all(self) -> dict[str, Line]:
        """Return every channel that was known since the process began."""
        return dict(self._lines)

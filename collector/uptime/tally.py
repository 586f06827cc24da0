"""Sums of one device's window, or over many devices: what joins exactly, kept as whole numbers.

A tally is one row of integers (microseconds and counts), so that thousands are added column by
column. Twenty columns:

    up degraded down unreachable unknown | excluded by reason (4) | outages by cause (6)
    | head inner tail works head_cause

The last five join an outage across the seam of two windows. Down time that counts falls into
runs, parted by seeing the device work: `head` is the run before it is first seen working, `tail`
the run after it was last seen working, `inner` the longest between; `works` says that it was seen
working at all (without that there is one run, the head). The row of zeros changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from collector.model import CauseClass
from collector.uptime.spans import ExclusionReason

Row = tuple[int, ...]
Lost = Mapping[tuple[CauseClass, str | None], int]
"""Microseconds lost (down and unreachable) by cause and who answers for them (None: nobody)."""

CAUSES = tuple(CauseClass)
REASONS = tuple(ExclusionReason)

UP, DEGRADED, DOWN, UNREACHABLE, UNKNOWN = range(5)
EXCLUDED = 5
OUTAGES = EXCLUDED + len(REASONS)
HEAD = OUTAGES + len(CAUSES)
INNER, TAIL, WORKS, HEAD_CAUSE = range(HEAD + 1, HEAD + 5)
COLUMNS = HEAD + 5


@dataclass(frozen=True, slots=True)
class Tally:
    """Microseconds in each state and the outages, of one device or a sum over many.

    `then` joins two windows of one device; in a sum over devices that has no meaning.
    """

    devices: int = 0
    row: Row = (0,) * COLUMNS
    lost: Lost = field(default_factory=dict, hash=False)

    @property
    def up(self) -> int:
        """Microseconds up, without degraded time."""
        return self.row[UP]

    @property
    def degraded(self) -> int:
        """Microseconds up but not well."""
        return self.row[DEGRADED]

    @property
    def down(self) -> int:
        """Microseconds down that count."""
        return self.row[DOWN]

    @property
    def unreachable(self) -> int:
        """Microseconds cut off that count."""
        return self.row[UNREACHABLE]

    @property
    def unknown(self) -> int:
        """Microseconds in which nobody looked."""
        return self.row[UNKNOWN]

    @property
    def excluded(self) -> int:
        """Microseconds left out, for whatever reason."""
        return sum(self.row[EXCLUDED:OUTAGES])

    @property
    def excluded_by_reason(self) -> dict[ExclusionReason, int]:
        """Microseconds left out, by every reason."""
        return dict(zip(REASONS, self.row[EXCLUDED:OUTAGES], strict=True))

    @property
    def outages(self) -> int:
        """Outages that touch the window: runs of down time that counts."""
        return sum(self.row[OUTAGES:HEAD])

    @property
    def outages_by_cause(self) -> dict[CauseClass, int]:
        """Outages by the cause of each, every cause named."""
        return dict(zip(CAUSES, self.row[OUTAGES:HEAD], strict=True))

    @property
    def longest_outage(self) -> int:
        """Microseconds of down time in the outage that has most of it within the window."""
        return max(self.row[HEAD], self.row[INNER], self.row[TAIL])

    @property
    def window(self) -> int:
        """Microseconds of all parts together (device time: devices times window)."""
        return sum(self.row[:OUTAGES])

    @property
    def known(self) -> int:
        """Microseconds, not excluded, in which the state was known."""
        return sum(self.row[:UNKNOWN])

    def __add__(self, other: "Tally") -> "Tally":
        """Return the sum over two disjoint sets of devices."""
        return total((self, other))

    def then(self, later: "Tally") -> "Tally":
        """Return the tally of this window and the one that follows it, of the same device."""
        return joined((self, later))


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum over devices: the tally of a site, an area, a kind or an owner."""
    members = tuple(tallies)
    if not members:
        return Tally()
    columns = tuple(zip(*(one.row for one in members), strict=True))
    longest = max(max(column) for column in columns[HEAD:WORKS])
    row = (*map(sum, columns[:HEAD]), 0, longest, 0, 1, 0)
    return Tally(sum(one.devices for one in members), row, add_lost(one.lost for one in members))


def joined(tallies: Sequence[Tally]) -> Tally:
    """Return the tally of windows that follow each other, of one device."""
    return Tally(
        max((one.devices for one in tallies), default=0),
        joined_rows([one.row for one in tallies]),
        add_lost(one.lost for one in tallies),
    )


def joined_rows(rows: Sequence[Row]) -> Row:
    """Return the row of windows that follow each other; the zeros for none."""
    if not rows:
        return (0,) * COLUMNS
    sums = list(map(sum, zip(*rows, strict=True)))
    head = inner = run = head_cause = 0
    works = False
    for row in rows:
        begins = row[HEAD]
        if begins:
            if run:  # the outage before the seam goes on after it: one, under its first cause
                sums[OUTAGES + row[HEAD_CAUSE]] -= 1
            elif not works:
                head_cause = row[HEAD_CAUSE]
            run += begins
        if row[WORKS]:
            if works:
                inner = max(inner, run)
            else:
                head, works = run, True
            inner = max(inner, row[INNER])
            run = row[TAIL]
    if works:
        return (*sums[:HEAD], head, inner, run, 1, head_cause)
    return (*sums[:HEAD], run, 0, 0, 0, head_cause)


def add_lost(parts: Iterable[Lost]) -> Lost:
    """Return lost time added up by cause and owner."""
    result: dict[tuple[CauseClass, str | None], int] = {}
    for part in parts:
        for key, lost in part.items():
            result[key] = result.get(key, 0) + lost
    return result

"""The ledger (`store.ledger`): tallies of any window, quick because whole months are kept.

    window   |---edge---|  month  |  month  |  month  |---edge---|     on the clocks of each site
                 log       kept      kept      kept       log          joined exactly

A month is kept once it is over and was seen to its end. What is kept is used only as long as it is
what the log says (`collector.store.ledger`), so an answer is always that of the log; a month that
is not kept, whatever the reason, is reckoned from the log on the spot.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, func, select

from collector.contract import Rules
from collector.moments import from_micros, to_micros
from collector.store import ledger
from collector.store.errors import StoreError
from collector.store.joining import (
    Part,
    Question,
    add_the_log,
    gather,
    may_yet_count,
    missing_months,
    reckon_hours,
)
from collector.store.schema import devices
from collector.store.transactions import Database
from collector.uptime import Tally, Window

Progress = Callable[[int, int], None]
"""Told how many devices are done, of how many."""

HOUR = 3_600_000_000
MOST_RULES = 8  # sets of rules of which months are kept; more are reckoned from the log
_DEVICES_AT_ONCE = 100  # a year of them is reckoned in a tenth of a second
_LONGEST_MONTH = timedelta(days=32)
_REMEMBERED = 4  # answers, of some megabytes each

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """An answer about a window that is over, valid while the past before `until` is untouched."""

    tallies: dict[str, Tally]
    touches: int
    until: int
    now: int


class Ledger:
    """Tallies of windows. Safe for several threads; its methods may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._making = threading.Lock()
        self._memory = threading.Lock()
        self._remembered: OrderedDict[tuple[object, ...], _Remembered] = OrderedDict()

    def tallies(
        self,
        window: Window,
        rules: Rules,
        *,
        zone: str,
        now: datetime,
        known_until: datetime | None = None,
        device_ids: Collection[str] | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Tally]:
        """Return what each device did in a window, by id; of these devices, or of all.

        A device counts from when it was created until it was retired; one that has no time in the
        window is not in the answer. The window ends `now` at the latest. Nothing is known from
        `known_until` on (None: all is seen until now; else normally the last heartbeat). `zone`
        is that of areas without one. Whole months that are over and not kept yet are made first,
        which may take a minute where years are missing (`progress` is told); a store that was
        opened for reading keeps nothing.
        """
        question = Question(
            window,
            rules,
            zone,
            to_micros(now),
            to_micros(now if known_until is None else min(now, known_until)),
            None if device_ids is None else frozenset(device_ids),
        )
        with self._database.read() as connection:
            remembered = self._recall(connection, question)
            if remembered is not None:
                return dict(remembered)
            parts = gather(connection, question)
            missing = sorted(device_id for part in parts for device_id in part.missing)
            if not missing or not self._may_keep(connection, rules):
                return self._answer(connection, question, parts)
        self._make(question, missing, progress)
        with self._database.read() as connection:
            return self._answer(connection, question, gather(connection, question))

    def refresh(
        self,
        rules: Iterable[Rules],
        *,
        zone: str,
        now: datetime,
        known_until: datetime | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Make the months that are over and not kept yet; return of how many devices, by all rules.

        For a job in the background. Sums by rules that nobody asks for any more are forgotten
        where there are too many. A store that was opened for reading makes none.
        """
        if self._database.read_only:
            return 0
        wanted = list(rules)
        made = 0
        self._forget_others({one.digest() for one in wanted})
        with self._database.read() as connection:
            first = connection.scalar(select(func.min(devices.c.created_at)))
        if first is None or first >= to_micros(now):
            return 0
        for one in wanted:
            known = to_micros(now if known_until is None else min(now, known_until))
            window = Window(from_micros(first) - _LONGEST_MONTH, now)  # the first may be a part
            question = Question(window, one, zone, to_micros(now), known, None)
            with self._database.read() as connection:
                parts = gather(connection, question)
            missing = sorted(device_id for part in parts for device_id in part.missing)
            self._make(question, missing, progress)
            made += len(missing)
        return made

    def hourly(
        self,
        start: datetime,
        end: datetime,
        rules: Rules,
        *,
        zone: str,
        now: datetime,
        known_until: datetime,
        device_ids: Collection[str] | None = None,
    ) -> dict[str, list[Tally | None]]:
        """Return what each device did in each hour from `start` (a full hour) until `end`.

        By id; None for hours in which a device was not in the inventory. The last hour may be a
        part. Always from the log; else as `tallies`, whose sum over the hours is the same.
        """
        edges = [*range(to_micros(start), to_micros(end), HOUR), to_micros(end)]
        with self._database.read() as connection:
            return reckon_hours(
                connection,
                Question(
                    Window(start, end),
                    rules,
                    zone,
                    to_micros(now),
                    to_micros(min(now, known_until)),
                    None if device_ids is None else frozenset(device_ids),
                ),
                list(pairwise(edges)),
            )

    def changes_after(self, change_id: int, limit: int) -> list[ledger.Change] | None:
        """Return up to `limit` changes of the past with greater ids, oldest first.

        None: some that came after `change_id` are forgotten; everything may be another.
        """
        with self._database.read() as connection:
            return ledger.changes_after(connection, change_id, limit)

    def last_change(self) -> int:
        """Return the id of the newest change of the past, 0 when there was none."""
        with self._database.read() as connection:
            return ledger.last_change(connection)

    # --- making months ------------------------------------------------------------------------

    def _may_keep(self, connection: Connection, rules: Rules) -> bool:
        if self._database.read_only:
            return False
        digests = {key.split()[0] for key in ledger.rules_kept(connection)}
        return rules.digest() in digests or len(digests) < MOST_RULES

    def _make(
        self, question: Question, device_ids: Sequence[str], progress: Progress | None
    ) -> None:
        """Make the missing months of devices. That it cannot be done (disk full) is no failure."""
        for first in range(0, len(device_ids), _DEVICES_AT_ONCE):
            some = question.of(device_ids[first : first + _DEVICES_AT_ONCE])
            try:
                self._make_some(some)
            except StoreError:
                _log.warning("sums of months could not be kept; uptime is slow", exc_info=True)
                return
            if progress is not None:
                progress(min(first + _DEVICES_AT_ONCE, len(device_ids)), len(device_ids))

    def _make_some(self, question: Question) -> None:
        """Reckon beside the writer, and keep it if nobody touched the past meanwhile.

        Else reckon again while nobody can. So the collector hardly ever waits for us, and nothing
        can slip in between.
        """
        with self._database.read() as connection:
            missing = missing_months(connection, question)
            seen = ledger.touches(connection, missing.until)
        with self._making, self._database.write() as connection:
            if ledger.touches(connection, missing.until) != seen:
                missing = missing_months(connection, question)
            for key, months in missing.months.items():
                ledger.keep(connection, key, months)

    def _forget_others(self, wanted: set[str]) -> None:
        with self._database.read() as connection:
            keys = ledger.rules_kept(connection)
        others = [key for key in keys if key.split()[0] not in wanted]
        if len({key.split()[0] for key in keys}) <= MOST_RULES:
            return
        with self._making, self._database.write() as connection:
            for key in others:
                ledger.forget(connection, key)

    # --- answering ----------------------------------------------------------------------------

    def _answer(
        self, connection: Connection, question: Question, parts: Sequence[Part]
    ) -> dict[str, Tally]:
        found: dict[str, Tally] = {}
        for part in parts:
            add_the_log(connection, question, part, found)
        answer = dict(sorted(found.items()))
        until = max((question.window.resolve(part.zone)[1] for part in parts), default=question.now)
        if until <= question.known and not may_yet_count(connection, question, until):
            self._remember(question, answer, ledger.touches(connection, until), until)
        return answer

    def _recall(self, connection: Connection, question: Question) -> dict[str, Tally] | None:
        key = _key(question)
        with self._memory:
            known = self._remembered.get(key)
            if known is None:
                return None
            self._remembered.move_to_end(key)
        if question.known < known.until or question.now < known.now:
            return None
        if ledger.touches(connection, known.until) != known.touches:
            return None
        return known.tallies

    def _remember(
        self, question: Question, answer: dict[str, Tally], touches: int, until: int
    ) -> None:
        """Remember an answer that can only change by a touch."""
        with self._memory:
            self._remembered[_key(question)] = _Remembered(
                dict(answer), touches, until, question.now
            )
            self._remembered.move_to_end(_key(question))
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)


def _key(question: Question) -> tuple[object, ...]:
    return question.window, question.rules.digest(), question.zone, question.device_ids

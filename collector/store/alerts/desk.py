"""Alerts as others see them: `store.alerts`."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from collector.alarm_health import Tally
from collector.model import Incident
from collector.model.alerts import HoldReason, Thread, ThreadMember
from collector.moments import to_micros
from collector.store.alerts import health, links, reading, writing
from collector.store.alerts.links import LinkUse
from collector.store.alerts.views import (
    AlertCount,
    AlertDetail,
    AlertFilter,
    AlertRow,
    Batch,
    Beginning,
    Committed,
    FiringAlert,
    IncidentNews,
    Mark,
    NewsRow,
)
from collector.store.rows import DeviceFacts, Page
from collector.store.transactions import Database


class Alerts:
    """What the process of alerts knows, in one transaction a step; and what people ask of it.

    `begin`, `news`, `changed_incidents` and `commit` are that process's. All methods may raise
    StoreError.
    """

    def __init__(self, database: Database, facts: Callable[[], list[DeviceFacts]]) -> None:
        self._database = database
        self._facts = facts

    # --- the process of alerts ----------------------------------------------------------------

    def begin(self) -> Beginning:
        """Return everything that is needed to take up the work: marks, alerts, threads."""
        with self._database.read() as connection:
            return reading.begin(connection)

    def news(self, after_transition_id: int, limit: int = 1_000) -> list[NewsRow]:
        """Return up to `limit` transitions after an id, oldest first, with what they are about."""
        with self._database.read() as connection:
            # Facts are read after the log's moment was fixed: each device of it is among them.
            by_id = _Facts(self._facts)
            return reading.news(connection, after_transition_id, limit, by_id)

    def changed_incidents(self, after: int | None) -> tuple[int, list[IncidentNews]]:
        """Return the last timeline line's id, and the incidents with lines after `after`.

        With None: none, and the id to begin from. Merged ones are among them; `merged_into` says
        where they went.
        """
        with self._database.read() as connection:
            return reading.changed_incidents(connection, after)

    def incidents(self, incident_ids: Collection[int]) -> list[IncidentNews]:
        """Return incidents as they are now, with cause and counts, by id."""
        with self._database.read() as connection:
            return reading.incidents_of(connection, incident_ids)

    def staying(self, incident_ids: Collection[int]) -> dict[int, Incident]:
        """Return for each incident the one that it is part of: itself, unless it was merged."""
        with self._database.read() as connection:
            return reading.staying_incidents(connection, incident_ids)

    def commit(self, batch: Batch) -> Committed:
        """Write one step, all of it or nothing; return its alerts and threads with their ids.

        Raises CursorMovedError when a mark is not what the batch expects; ValueError for an
        alert or a thread that is neither in the batch nor stored.
        """
        with self._database.write() as connection:
            return writing.commit(connection, batch)

    def marks(self) -> Mapping[str, Mark]:
        """Return every mark: cursors, and what processes say of themselves."""
        with self._database.read() as connection:
            return reading.marks(connection)

    def report(
        self, name: str, figures: Mapping[str, object], now: datetime, value: int = 0
    ) -> None:
        """Keep what a process says about itself, over what it said before."""
        with self._database.write() as connection:
            writing.mark(connection, name, value, figures, to_micros(now))

    # --- people -------------------------------------------------------------------------------

    def page(
        self, wanted: AlertFilter | None = None, *, limit: int = 100, after: str | None = None
    ) -> Page[AlertRow]:
        """Return alerts, newest first.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        with self._database.read() as connection:
            return reading.page(connection, wanted or AlertFilter(), limit=limit, after=after)

    def get(self, alert_id: int) -> AlertDetail | None:
        """Return one alert with all that was decided; None: there is none with this id."""
        with self._database.read() as connection:
            return reading.detail(connection, alert_id)

    def at(self, device_id: str, moment: datetime) -> AlertDetail | None:
        """Return the last alert of a device that was known at a moment; None: there was none.

        It may have ended before. Its decisions are all there are, later ones too.
        """
        with self._database.read() as connection:
            return reading.at_moment(connection, device_id, moment)

    def thread(self, thread_id: int) -> tuple[Thread, tuple[ThreadMember, ...]] | None:
        """Return one thread with its members; None: there is none with this id."""
        with self._database.read() as connection:
            return reading.thread(connection, thread_id)

    def thread_named(
        self, key: str, opened_at: datetime, most: int
    ) -> tuple[Thread, tuple[str, ...]] | None:
        """Return one thread by its key and opening; None: there is none such.

        With the ids of at most `most` devices that are in it, those that lead first.
        """
        with self._database.read() as connection:
            return reading.thread_named(connection, key, opened_at, most)

    def firing(self) -> dict[int, FiringAlert]:
        """Return what is firing now, in few words, by id."""
        with self._database.read() as connection:
            return reading.firing(connection)

    def mark(self) -> object:
        """Return a value that differs after anything about alerts changed. Costs microseconds."""
        with self._database.read() as connection:
            return reading.mark(connection)

    def counts(self) -> list[AlertCount]:
        """Return how many alerts are firing, by severity and where they are held."""
        with self._database.read() as connection:
            return reading.counts(connection)

    def tally(self, start: datetime, end: datetime) -> Tally:
        """Count alerts and messages of start <= t < end, for the health of alarms.

        From the full ten minutes at or before `start`.
        """
        with self._database.read() as connection:
            return health.tally(connection, start, end)

    def first_at(self) -> datetime | None:
        """Return when the first alert was raised, None: none ever was."""
        with self._database.read() as connection:
            return health.first_at(connection)

    def held_since(self, start: datetime) -> list[tuple[str, HoldReason]]:
        """Return whose alerts were held for which reasons since, also those that are over."""
        with self._database.read() as connection:
            return reading.held_since(connection, start)

    # --- links of messages --------------------------------------------------------------------

    def link_used(self, nonce: str) -> LinkUse | None:
        """Return when a one-time link was used and by whom, None: not yet.

        What a link does (`incidents.acknowledge`, `silences.create`) uses it in its transaction.
        """
        with self._database.read() as connection:
            return links.used(connection, nonce)


class _Facts(dict[str, DeviceFacts]):
    """The facts of all devices by id, read when the first is asked for."""

    def __init__(self, read: Callable[[], list[DeviceFacts]]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, device_id: str) -> DeviceFacts:
        if not self:
            self.update({one.id: one for one in self._read()})
            return self[device_id]
        raise KeyError(device_id)

"""Incidents as others see them: `store.incidents`."""

from datetime import datetime

from collector.model import IncidentEvent
from collector.store.alerts import links
from collector.store.alerts.links import OneTime
from collector.store.incidents import acting, reading
from collector.store.incidents.views import (
    IncidentDetail,
    IncidentFilter,
    IncidentRow,
    IncidentSummary,
    UnknownIncidentError,
)
from collector.store.rows import Page
from collector.store.transactions import Database


class Incidents:
    """Reads incidents, and writes what people do with them. All methods may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        wanted: IncidentFilter,
        now: datetime,
        *,
        limit: int = 100,
        after: str | None = None,
    ) -> Page[IncidentRow]:
        """Return incidents, newest first.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        with self._database.read() as connection:
            return reading.page(connection, wanted, now, limit=limit, after=after)

    def get(self, incident_id: int, now: datetime) -> IncidentDetail | None:
        """Return one incident with its timeline and outages; None: there is none with this id."""
        with self._database.read() as connection:
            return reading.detail(connection, incident_id, now)

    def timeline(
        self, incident_id: int, *, limit: int = 100, after: str | None = None
    ) -> Page[IncidentEvent] | None:
        """Return every line of a timeline, oldest first; None: there is no such incident.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        with self._database.read() as connection:
            return reading.timeline(connection, incident_id, limit=limit, after=after)

    def changed_after(self, line_id: int | None) -> tuple[int, frozenset[int]]:
        """Return the last line's id, and the incidents with lines after `line_id` (None: none).

        Whatever happens to an incident is told in its timeline.
        """
        with self._database.read() as connection:
            return reading.changed_after(connection, line_id)

    def figures(self, wanted: IncidentFilter, now: datetime) -> IncidentSummary:
        """Return how the wanted incidents were handled, together and by cause."""
        with self._database.read() as connection:
            return reading.summary(connection, wanted, now)

    def acknowledge(
        self,
        incident_id: int,
        author: str,
        text: str,
        now: datetime,
        *,
        link: OneTime | None = None,
    ) -> IncidentDetail:
        """Note that `author` has it in hand; return it as it is then.

        Again by the same author is fine. Raises IncidentRefusedError when somebody else has it, or
        it is merged or resolved; UnknownIncidentError when there is none with this id;
        LinkUsedError when it is done by a link that was used before. A refusal uses no link.
        """
        with self._database.write() as connection:
            if link is not None:
                links.use(connection, link, author, now)
            acting.acknowledge(connection, incident_id, author, text, now)
        return self._now(incident_id, now)

    def withdraw(self, incident_id: int, author: str, now: datetime) -> IncidentDetail:
        """Note that nobody has it in hand any more, whoever had; return it as it is then.

        Where nobody had it: fine. Raises as `acknowledge` does, for a merged or resolved one.
        """
        with self._database.write() as connection:
            acting.withdraw(connection, incident_id, author, now)
        return self._now(incident_id, now)

    def note(self, incident_id: int, author: str, text: str, now: datetime) -> IncidentDetail:
        """Add a note, at any time; raises as `acknowledge` does, for a merged one."""
        with self._database.write() as connection:
            acting.note(connection, incident_id, author, text, now)
        return self._now(incident_id, now)

    def resolve(self, incident_id: int, author: str, text: str, now: datetime) -> IncidentDetail:
        """Close it with a word on how it was solved.

        Raises as `acknowledge` does, and IncidentRefusedError while something is out.
        """
        with self._database.write() as connection:
            acting.resolve(connection, incident_id, author, text, now)
        return self._now(incident_id, now)

    def _now(self, incident_id: int, now: datetime) -> IncidentDetail:
        found = self.get(incident_id, now)
        if found is None:  # nothing is ever deleted
            raise UnknownIncidentError(incident_id)
        return found

"""Incidents and planned work as events for Grafana, straight from the store."""

from collections.abc import Iterator
from datetime import datetime

from api.grafana.wanted import Event
from collector.courier.teller.words import Words
from collector.maintenance import occurrences
from collector.store import IncidentFilter, Store

MOST = 2_000
"""Events of one push: a Grafana that takes more at once in good time is rare."""
_PAGE = 200


def events_of(store: Store, since_at: datetime, now: datetime, language: str) -> tuple[Event, ...]:
    """Return what began since a moment or was still on then, newest first, `MOST` of each kind."""
    words = Words(language)
    return (
        *_incidents(store, since_at, now, words),
        *_maintenance(store, since_at, now, words),
    )


def _incidents(store: Store, since_at: datetime, now: datetime, words: Words) -> Iterator[Event]:
    """Yield incidents. Those that became part of others are no longer incidents."""
    wanted = IncidentFilter(start=since_at, end=None)
    after: str | None = None
    count = 0
    while count < MOST:
        page = store.incidents.page(wanted, now, limit=_PAGE, after=after)
        for row in page.items:
            incident = row.incident
            text = f"{words.incident_title(row)}\n{words.incident_text(row)}"
            key = f"pantau-incident-{incident.id}"
            yield Event(key, "incident", incident.started_at, incident.recovered_at, text)
        count += len(page.items)
        after = page.next
        if after is None:
            return


def _maintenance(store: Store, since_at: datetime, now: datetime, words: Words) -> Iterator[Event]:
    """Yield the occurrences of windows that began; a series has one event each time."""
    count = 0
    for window in store.maintenance.touching(since_at, now):
        text = f"{words.window_title(window)}\n{words.window_text(window)}"
        for start, end in occurrences(window, since_at, now):
            if start >= now or count >= MOST:
                break
            count += 1
            key = f"pantau-maintenance-{window.id}-{start:%Y%m%dT%H%M%SZ}"
            yield Event(key, "maintenance", start, end, text)

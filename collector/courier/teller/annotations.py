"""Tells incidents and planned work as spans that Grafana draws: a title, a text, begin and end.

A line stands at its beginning and is told again while it lasts and when it has ended. One that no
longer holds (merged, moved, cancelled) cannot be deleted: it is told with `gone` = 1, and queries
leave it out.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from collector.clock import Clock
from collector.courier.delivery import Delivery
from collector.courier.teller.parts import DeliveredPart
from collector.courier.teller.settings import TellerSettings
from collector.courier.teller.threads import Threaded
from collector.courier.teller.transitions import milliseconds, own_nanoseconds
from collector.courier.teller.words import Words
from collector.maintenance import occurrences
from collector.model import MaintenanceWindow
from collector.moments import from_micros, to_micros
from collector.sinks.influx.lines import head, text_value
from collector.sinks.spool import Spool
from collector.store import IncidentFilter, IncidentRow, Store

logger = logging.getLogger(__name__)

INCIDENT, MAINTENANCE = "incident", "maintenance"
INCIDENTS_MARK, MAINTENANCE_MARK = "teller.incidents", "teller.maintenance"
WINDOWS_BACK = timedelta(days=62)  # how far back occurrences are told again when a window changes
_PAGE = 200
_AT_ONCE = 500

_Tags = dict[str, str | None]
_Line = tuple[int, _Tags]
"""Where a line stands: nanoseconds and tags."""


class AnnotationsTeller(DeliveredPart):
    """Tells incidents and maintenance."""

    def __init__(
        self,
        store: Store,
        spool: Spool,
        delivery: Delivery,
        clock: Clock,
        settings: TellerSettings,
        threaded: Threaded,
    ) -> None:
        """Tell in the language of the settings."""
        super().__init__(store, spool, delivery, clock, settings, threaded)
        self._words = Words(settings.language)

    async def tell_incidents(self) -> None:
        """Tell what is new of incidents. Raises StoreError and SinkError; nothing is lost."""
        lines, mark = await self._threaded(self._incidents)
        await self._deliver(lines, INCIDENT)
        await self._threaded(self._spool.set_marks, {INCIDENTS_MARK: mark})

    async def tell_maintenance(self) -> None:
        """Tell what is new of planned work. Raises StoreError and SinkError; nothing is lost."""
        lines, mark = await self._threaded(self._maintenance)
        await self._deliver(lines, MAINTENANCE)
        await self._threaded(self._spool.set_marks, {MAINTENANCE_MARK: mark})

    # --- incidents ----------------------------------------------------------------------------

    def _incidents(self) -> tuple[bytes, str]:
        """Return lines of what is new or still on, and the mark: last line, and who may change."""
        now = self._clock.now()
        line_id, open_ = _read_incidents_mark(self._spool.mark(INCIDENTS_MARK))
        last, changed = self._store.incidents.changed_after(line_id)
        if line_id is None:
            rows = list(self._all_incidents(now))
        else:
            found = (self._store.incidents.get(one, now) for one in sorted({*changed, *open_}))
            rows = [one.row for one in found if one is not None]
        lines: list[str] = []
        for row in rows:
            incident = row.incident
            number = incident.id or 0
            stands = own_nanoseconds(incident.started_at, number), _tags_of_incident(row)
            before = open_.pop(number, None)
            if before is not None and before != stands:
                lines.append(gone_line(INCIDENT, number, before))
            lines.append(incident_line(row, stands, self._words, now))
            if incident.resolved_at is None and incident.merged_into is None:
                open_[number] = stands
        mark = {"line": last, "open": {str(number): place for number, place in open_.items()}}
        return "".join(lines).encode(), orjson.dumps(mark).decode()

    def _all_incidents(self, now: datetime) -> Iterator[IncidentRow]:
        wanted = IncidentFilter(start=now - self._settings.keep + timedelta(days=1), merged=True)
        after: str | None = None
        while True:
            page = self._store.incidents.page(wanted, now, limit=_PAGE, after=after)
            yield from page.items
            after = page.next
            if after is None:
                return

    # --- maintenance --------------------------------------------------------------------------

    def _maintenance(self) -> tuple[bytes, str]:
        """Return lines of occurrences that began, or that are others now, and the mark."""
        now = self._clock.now()
        version = repr(self._store.maintenance.mark())
        told = _read_window_mark(self._spool.mark(MAINTENANCE_MARK))
        start = now - WINDOWS_BACK
        if told is not None and told[0] == version:
            start = max(start, from_micros(told[1]))
        mark = orjson.dumps([version, to_micros(now)]).decode()
        lines: list[str] = []
        if start < now:
            for window in self._store.maintenance.touching(now - WINDOWS_BACK, now):
                lines += window_lines(window, start, now, self._words)
        return "".join(lines).encode(), mark


def incident_line(row: IncidentRow, stands: _Line, words: Words, now: datetime) -> str:
    """Return an incident's line; one that is still on ends `now`, so that a span can be drawn."""
    incident = row.incident
    ended_at = incident.recovered_at or now
    return _annotation(
        INCIDENT,
        stands,
        title=words.incident_title(row),
        text=words.incident_text(row),
        ended_at=ended_at,
        on=incident.recovered_at is None,
        gone=incident.merged_into is not None,
        number=incident.id or 0,
        more=f",devices={row.devices}i,cause={text_value(row.cause.value)}"
        f",acknowledged={int(incident.acknowledged_at is not None)}i",
    )


def gone_line(measurement: str, number: int, stands: _Line) -> str:
    """Return the line that takes back what stood there."""
    nanoseconds, tags = stands
    return f"{head(measurement, tags)} gone=1i,open=0i,id={number}i {nanoseconds}\n"


def window_lines(
    window: MaintenanceWindow, start: datetime, end: datetime, words: Words
) -> Iterator[str]:
    """Yield the lines of a window's occurrences that touch start <= t < end and have begun.

    Those that were cancelled before they began are told as gone.
    """
    number, tags = window.id or 0, _tags_of_window(window)
    whole = replace(window, cancelled_at=None, cancelled_from_at=None)
    held = {begins: ends for begins, ends in occurrences(window, start, end) if begins < end}
    for begins, _ in occurrences(whole, start, end):
        stands = own_nanoseconds(begins, number), tags
        ended_at = held.get(begins)
        if ended_at is None:
            if window.cancelled_at is not None and begins < end:
                yield gone_line(MAINTENANCE, number, stands)
            continue
        yield _annotation(
            MAINTENANCE,
            stands,
            title=words.window_title(window),
            text=words.window_text(window),
            ended_at=ended_at,
            on=ended_at > end,
            gone=False,
            number=number,
        )


def _annotation(
    measurement: str,
    stands: _Line,
    *,
    title: str,
    text: str,
    ended_at: datetime,
    on: bool,
    gone: bool,
    number: int,
    more: str = "",
) -> str:
    nanoseconds, tags = stands
    return (
        f"{head(measurement, tags)} title={text_value(title)},text={text_value(text)}"
        f",ended_ms={milliseconds(ended_at)}i,open={int(on)}i,gone={int(gone)}i,id={number}i{more}"
        f" {nanoseconds}\n"
    )


def _tags_of_incident(row: IncidentRow) -> _Tags:
    return {"device": row.device, "site": row.site, "area": row.area}


def _tags_of_window(window: MaintenanceWindow) -> _Tags:
    """Return the place that a window is about, where it is about one place only."""
    scope = window.scope
    places: Iterable[tuple[str, tuple[str, ...]]] = (
        ("device", scope.devices),
        ("site", scope.sites),
        ("area", scope.areas),
        ("tag", scope.tags),
    )
    named = [(kind, name) for kind, names in places for name in names]
    return dict(named) if len(named) == 1 and named[0][0] != "tag" else {}


def _read_incidents_mark(text: str | None) -> tuple[int | None, dict[int, _Line]]:
    try:
        said: Mapping[str, Any] = orjson.loads(text or "")
        return int(said["line"]), {
            int(number): (int(at), dict(tags)) for number, (at, tags) in said["open"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, {}


def _read_window_mark(text: str | None) -> tuple[str, int] | None:
    try:
        version, until = orjson.loads(text or "")
        return str(version), int(until)
    except (ValueError, TypeError):
        return None

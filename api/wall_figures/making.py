"""Puts together what all walls are told once a minute. Blocks: reads the store and the readings."""

import logging
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import orjson

from api.deps import Parts
from api.kept import Kept
from api.uptime_query import Asked, QueryError, read_question
from api.uptime_table import make_table
from api.views import state_of
from api.wall_figures.figures import METRICS, Known, Latest, figures
from collector.sight import reported
from collector.sinks import SinkError
from collector.store import IncidentFilter
from collector.uptime import GroupBy

_LOG = logging.getLogger(__name__)

KEPT_SECONDS = 60.0
MONTH_SECONDS = 600.0  # how old the figures of the month may be: they hardly move
_FRESH = timedelta(minutes=10)  # an older reading says nothing of now
_RECENT = timedelta(hours=12)  # about a shift
_KINDS = frozenset({"access_point", "camera", "ups", "server", "nas"})
_SECONDS = (
    "up_seconds",
    "degraded_seconds",
    "down_seconds",
    "unreachable_seconds",
    "unknown_seconds",
)


class WallFigures:
    """Makes the bytes of `GET /wall/figures`. From one thread at a time (`api.kept`)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._month: tuple[float, str, list[dict[str, object]]] | None = None

    def make(self) -> bytes:
        """Return schemas.WallFigures as JSON. Raises StoreError."""
        parts = self._parts
        now = parts.clock.now()
        here = now.astimezone(ZoneInfo(parts.settings.zone))
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        latest, told = self._latest(now)
        hours = parts.store.lately.hours(now, parts.known_until(now))
        return orjson.dumps(
            {
                "at": now,
                "figures": [asdict(one) for one in figures(self._devices(), latest, here)],
                "readings": told,
                "hours": {"out": hours.out, "unknown": hours.unknown},
                "recovery": self._recovery(now),
                "day": self._incidents(midnight, now),
                "recent": self._incidents(now - _RECENT, now),
                "uptime": {
                    "today": self._uptime(Asked(from_=f"{here:%Y-%m-%d}", group_by=GroupBy.KIND)),
                    "month": self._of_month(f"{here:%Y-%m}"),
                },
                "owners": [{"id": one.id, "name": one.name} for one in parts.store.owners()],
            },
            option=orjson.OPT_UTC_Z,
        )

    def _latest(self, now: datetime) -> tuple[Latest, bool]:
        """Return the newest readings, and whether they could be read at all."""
        try:
            return self._parts.sink.latest(METRICS, now - _FRESH), True
        except SinkError as error:
            _LOG.warning("the wall's figures go without readings: %s", type(error).__name__)
            return {}, False

    def _devices(self) -> Collection[Known]:
        seen = self._parts.sight()
        return [
            Known(row.id, row.name, row.kind, state.state, state.reason, state.last_result_at)
            for row in self._parts.store.for_walls()
            if row.kind in _KINDS
            for state in (reported(state_of(row), seen),)
        ]

    def _recovery(self, now: datetime) -> dict[str, object] | None:
        found = self._parts.store.lately.recovery(now - timedelta(days=1))
        return None if found is None else {"device": found.device_id, "at": found.at}

    def _incidents(self, start: datetime, now: datetime) -> dict[str, object]:
        if start >= now:
            return {"from": start, "incidents": 0, "mttr_seconds": None}
        found = self._parts.store.incidents.figures(IncidentFilter(start=start, end=now), now).all
        mean = found.to_recover
        return {
            "from": start,
            "incidents": found.count,
            "mttr_seconds": None if mean is None else mean / 1_000_000,
        }

    def _of_month(self, month: str) -> list[dict[str, object]]:
        at = self._parts.clock.monotonic()
        if self._month is not None:
            made, known, items = self._month
            if known == month and at - made < MONTH_SECONDS:
                return items
        items = self._uptime(Asked(month=month, group_by=GroupBy.KIND))
        self._month = at, month, items
        return items

    def _uptime(self, asked: Asked) -> list[dict[str, object]]:
        """Return the seconds of each kind; the first instant of a day or month has none."""
        parts = self._parts
        now = parts.clock.now()
        try:
            question = read_question(asked, parts.settings, now)
        except QueryError:
            return []
        table = make_table(parts.store, question, parts.settings, now, parts.known_until(now))
        return [
            {"key": row.key} | {name: getattr(told, name) for name in _SECONDS}
            for row in table.rows
            for told in (table.figures(row.plain),)
        ]


def kept_figures(parts: Parts) -> Kept[bytes]:
    """Return the figures as all walls share them."""
    return Kept(WallFigures(parts).make, KEPT_SECONDS, parts.clock)

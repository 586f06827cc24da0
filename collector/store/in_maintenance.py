"""Which devices are in maintenance at this moment: asked for every device that is shown."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from collector.maintenance import Span, exclusions
from collector.store.database import Store

_AHEAD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Plan:
    mark: object
    start: datetime
    end: datetime
    spans: dict[str, list[Span]]


class Planned:
    """Devices in maintenance, exact to the moment. Safe for several threads.

    Windows are worked out for a minute ahead, and anew when one was made or cancelled by anybody;
    a device that moved to another site is seen there within that minute.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._plan: _Plan | None = None

    def at(self, now: datetime) -> frozenset[str]:
        """Return the ids of the devices that are in maintenance now. May raise StoreError."""
        plan = self._planned(now)
        return frozenset(
            device_id
            for device_id, spans in plan.spans.items()
            if any(start <= now < end for start, end in spans)
        )

    def by_kind_and_area(self, now: datetime) -> Counter[tuple[str, str]]:
        """Count the devices in use that are in maintenance now. May raise StoreError."""
        devices = self.at(now)
        if not devices:
            return Counter()
        return Counter(
            (one.kind, one.area)
            for one in self._store.facts()
            if one.id in devices and one.retired_at is None
        )

    def _planned(self, now: datetime) -> _Plan:
        mark = self._store.maintenance.mark()
        with self._lock:
            plan = self._plan
            if plan is None or plan.mark != mark or not plan.start <= now < plan.end:
                plan = self._plan = self._make(mark, now)
            return plan

    def _make(self, mark: object, now: datetime) -> _Plan:
        end = now + _AHEAD
        windows = self._store.maintenance.touching(now, end)
        spans: dict[str, list[Span]] = {}
        if windows:
            spans = exclusions(windows, self._store.maintenance.places(), now, end)
        return _Plan(mark, now, end, spans)

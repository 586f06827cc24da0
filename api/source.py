"""What the live path reads, from the store: transitions, heartbeats, and the snapshot for walls."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import orjson
from msgspec import structs

from api.events import Snapshot
from api.settings import ApiSettings
from api.views import count_states, state_of, wall_device, with_state
from collector.clock import Clock
from collector.model import Area, DeviceState, Heartbeat, State, Transition
from collector.sight import Sight, reported, sight
from collector.store import AreaFreshness, CountRow, FiringAlert, Planned, Store, WallRow

_PAGE = 1_000


class StoreSource:
    """The store as `api.live.LiveSource`. All methods block and may raise StoreError."""

    def __init__(self, store: Store, clock: Clock, settings: ApiSettings, planned: Planned) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._planned = planned

    def glance(self) -> object:
        """Return a value that mostly differs after a change of the store; never blocks."""
        return self._store.glance()

    def data_version(self) -> int:
        """Return a number that differs after every change of the store."""
        return self._store.data_version()

    def last_transition_id(self) -> int:
        """Return the newest transition's id, 0 when there is none."""
        return self._store.last_transition_id()

    def transitions_after(self, cursor: int, limit: int) -> Sequence[Transition]:
        """Return up to `limit` transitions with an id above `cursor`, lowest first."""
        return self._store.transitions_after(cursor, limit)

    def incidents_after(self, cursor: int | None) -> tuple[int, frozenset[int]]:
        """Return where the incidents' timelines end, and whose have lines after `cursor`."""
        return self._store.incidents.changed_after(cursor)

    def alerts_mark(self) -> object:
        """Return a value that differs after anything about alerts changed."""
        return self._store.alerts.mark()

    def firing_alerts(self) -> Mapping[int, FiringAlert]:
        """Return the alerts that are firing, by id."""
        return self._store.alerts.firing()

    def heartbeats(self) -> Sequence[Heartbeat]:
        """Return the last heartbeat of every collector."""
        return self._store.collectors()

    def freshness(self) -> Sequence[AreaFreshness]:
        """Return how new what is known of every area with devices is."""
        return self._store.freshness()

    def inventory_mark(self) -> object:
        """Return a value that differs when a snapshot says what no transition told.

        The inventory, which a running collector follows; the collectors' runs; who is in
        maintenance.
        """
        runs = [one.run_id for one in self._store.collectors()]
        return self._store.inventory_mark(), runs, self._planned.at(self._clock.now())

    def snapshot(self) -> Snapshot:
        """Read everything a wall needs, true for all transitions up to its cursor.

        The devices are read between two looks at the log. What the log gained meanwhile may be in
        them or not; it is laid over them, which changes nothing where it is in them already. So
        the result is exact for the end of the log at the second look.
        """
        cursor = self._store.last_transition_id()
        rows = self._store.for_walls()
        since: dict[str, list[Transition]] = {}
        while gained := self._store.transitions_after(cursor, _PAGE):
            for change in gained:
                since.setdefault(change.device_id, []).append(change)
            cursor = gained[-1].id or cursor
        if since:
            rows = [
                with_state(row, reduce(with_change, since[row.id], state_of(row)))
                if row.id in since
                else row
                for row in rows
            ]
        timeout = self._settings.collector_timeout_seconds
        seen = sight(self._store.collectors(), self._clock.now(), timeout)
        return Snapshot.of(cursor, self._encode(cursor, rows, seen))

    def _encode(self, cursor: int, rows: Sequence[WallRow], seen: Sight) -> bytes:
        owners = {owner.id: owner.name for owner in self._store.owners()}
        if seen.blind:
            rows = [with_state(row, reported(state_of(row), seen)) for row in rows]
        counts = [
            CountRow("", "", State(state), number)
            for state, number in Counter(row.state for row in rows).items()
        ]
        planned = self._planned.at(seen.now)
        return orjson.dumps(
            {
                "cursor": cursor,
                "at": seen.now,
                "zone": self._settings.zone,
                "language": self._settings.language,
                "heartbeat_timeout_seconds": self._settings.collector_timeout_seconds,
                "collectors": seen.collectors,
                "counts": count_states(counts, seen, sum(row.id in planned for row in rows)),
                "areas": _areas_of(rows, self._store.areas()),
                "devices": [wall_device(row, planned, owners) for row in rows],
            },
            option=orjson.OPT_UTC_Z,
        )


def _areas_of(rows: Iterable[WallRow], areas: Iterable[Area]) -> list[dict[str, str]]:
    """Return the areas with devices and those above them, by code: a wall picks the level."""
    listed = {area.code: area for area in areas}
    wanted: set[str] = set()
    for code in {row.area for row in rows}:
        above: str | None = code
        while above is not None and above not in wanted:
            wanted.add(above)
            above = listed[above].parent if above in listed else None
    return [{"code": code, "name": listed[code].name} for code in sorted(wanted & set(listed))]


def with_change(state: DeviceState, change: Transition) -> DeviceState:
    """Lay a stored transition over what is known of its device.

    One that says no more than that flapping began or ended was confirmed when that was noticed;
    the state keeps the moment at which it was confirmed itself.
    """
    if change.old is change.new is state.state and change.cause == state.cause:
        return structs.replace(state, flapping=change.flapping)
    return structs.replace(
        state,
        state=change.new,
        since_at=change.at,
        confirmed_at=change.confirmed_at,
        reason=change.reason,
        detail=change.detail,
        cause=change.cause,
        flapping=change.flapping,
    )

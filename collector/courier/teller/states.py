"""Tells the states: a line a device each full minute and at each transition, and who they are.

A transition is known after it began. Minutes that were told meanwhile are told again as they turned
out, up to an hour back; older ones stay as they were seen. While nobody looks, every minute says
unknown, by the rule of the wall (`collector.sight`). Minutes in which no courier ran have no line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

import orjson

from collector.clock import Clock
from collector.courier.teller.parts import Part
from collector.courier.teller.places import place_of
from collector.courier.teller.settings import TellerSettings
from collector.courier.teller.threads import Threaded
from collector.model import State, Transition
from collector.moments import from_micros, to_micros
from collector.sight import reported, sight
from collector.sinks.influx.lines import float_value, nanoseconds, text_value
from collector.sinks.spool import LANES, Pack, Spool, lane_of
from collector.store import DeviceRow, Planned, Store

MARK = "teller.states"
STATE, INVENTORY = "state", "inventory"
NUMBERS = {
    State.UP: 0,
    State.DEGRADED: 1,
    State.DOWN: 2,
    State.UNREACHABLE: 3,
    State.UNKNOWN: 4,
}
"""What `state` says: the worse, the greater; unknown is no better or worse than others."""

WORKS = {State.UP: 1, State.DEGRADED: 1, State.DOWN: 0, State.UNREACHABLE: 0}
"""What `up` says; it is left out while a state is unknown."""

INVENTORY_MINUTES = 15  # what changed is told at the next minute
_MINUTE = timedelta(minutes=1)
_TOLD_AGAIN = timedelta(hours=1)
_TRANSITIONS_AT_ONCE = 2_000
_EVERY_DEVICE = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Told:
    """Up to which transition and which minute states are told."""

    transition: int
    minute: datetime

    def encode(self) -> str:
        return orjson.dumps([self.transition, to_micros(self.minute)]).decode()

    @classmethod
    def decode(cls, text: str | None) -> Self | None:
        try:
            transition, minute = orjson.loads(text or "")
            return cls(int(transition), from_micros(int(minute)))
        except (ValueError, TypeError):
            return None


@dataclass(slots=True)
class _Lines:
    """Lines by lane, in the order in which they are to be stored."""

    lanes: list[list[str]] = field(default_factory=lambda: [[] for _ in range(LANES)])
    low: datetime | None = None
    high: datetime | None = None

    def add(self, device_id: str, line: str, at: datetime) -> None:
        self.lanes[lane_of(device_id)].append(line)
        self.low = at if self.low is None else min(self.low, at)
        self.high = at if self.high is None else max(self.high, at)

    def packs(self) -> list[Pack]:
        if self.low is None or self.high is None:
            return []
        return [
            Pack(lane, "".join(lines).encode(), len(lines), self.low, self.high)
            for lane, lines in enumerate(self.lanes)
            if lines
        ]


class StatesTeller(Part):
    """Puts states into the spool, as they are seen and as they turned out."""

    def __init__(
        self, store: Store, spool: Spool, clock: Clock, settings: TellerSettings, threaded: Threaded
    ) -> None:
        """Tell through a spool; it and the store belong to the caller."""
        super().__init__(store, spool, clock, settings, threaded)
        self._planned = Planned(store)
        self._seen: int | None = None  # version of the store
        self._described: dict[str, str] = {}  # inventory as it was last told
        self._points: dict[str, list[datetime]] = {}  # of the last hour's transitions

    async def tell(self) -> None:
        """Tell what there is. Raises StoreError and SinkError; then nothing is lost."""
        await self._threaded(self._tell)

    def _tell(self) -> None:
        now = self._clock.now()
        minute = _full_minute(now)
        version = self._store.data_version()
        told = _Told.decode(self._spool.mark(MARK))
        if told is None:  # what happened before is told by uptime and transitions
            told = _Told(self._store.last_transition_id(), minute - _MINUTE)
        due = minute > told.minute
        if minute < told.minute - _MINUTE:  # the clock was set back
            told, due = _Told(told.transition, minute - _MINUTE), True
        if not due and version == self._seen:
            return
        lines = _Lines()
        moved = self._store.transitions_after(told.transition, _TRANSITIONS_AT_ONCE)
        self._tell_transitions(lines, moved, told.minute)
        described = self._tell_minute(lines, minute, now) if due else {}
        last = (moved[-1].id or 0) if moved else told.transition
        after = _Told(last, minute if due else told.minute)
        if after != told:
            self._spool.append(lines.packs(), now, marks={MARK: after.encode()})
        self._described |= described
        # More than at once is looked at again without waiting for a change.
        self._seen = version if len(moved) < _TRANSITIONS_AT_ONCE else None

    # --- what happened ------------------------------------------------------------------------

    def _tell_transitions(
        self, lines: _Lines, moved: Sequence[Transition], last_minute: datetime
    ) -> None:
        if not moved:
            return
        places = {one.id: place_of(one) for one in self._store.facts()}
        again: dict[str, dict[datetime, Transition]] = {}
        for one in moved:
            own = again.setdefault(one.device_id, {})
            first = max(_full_minute(one.at) + _MINUTE, last_minute - _TOLD_AGAIN)
            points = self._points.setdefault(one.device_id, [])
            own |= dict.fromkeys((at for at in points if at > one.at), one)  # the last word holds
            own |= dict.fromkeys(_minutes(first, last_minute), one)
            own[one.at] = one
            points.append(one.at)
        planned = {
            at: self._planned.at(at) for at in sorted({at for own in again.values() for at in own})
        }
        for device_id, own in again.items():
            if device_id not in places:
                continue
            series = self._head(STATE, device_id, places[device_id])
            for at, one in sorted(own.items()):
                line = state_line(
                    series, one.new, at, maintenance=device_id in planned[at], flapping=one.flapping
                )
                lines.add(device_id, line, at)

    # --- what is ------------------------------------------------------------------------------

    def _tell_minute(self, lines: _Lines, minute: datetime, now: datetime) -> dict[str, str]:
        """Add every device's state; return of whom the inventory is told as well, and how."""
        self._points = {
            device_id: recent
            for device_id, points in self._points.items()
            if (recent := [at for at in points if at > minute - _TOLD_AGAIN])
        }
        rows = self._store.devices(limit=_EVERY_DEVICE).items
        seen = sight(self._store.collectors(), now, self._settings.collector_timeout_seconds)
        planned = self._planned.at(minute)
        owners = {one.id: one.name for one in self._store.owners()}
        everything = (minute - _EPOCH) // _MINUTE % INVENTORY_MINUTES == 0
        described: dict[str, str] = {}
        for row in rows:
            place = place_of(row)
            state = reported(row.state, seen)
            line = state_line(
                self._head(STATE, row.id, place),
                state.state,
                minute,
                maintenance=row.id in planned,
                flapping=state.flapping,
            )
            lines.add(row.id, line, minute)
            description = inventory_line(
                self._head(INVENTORY, row.id, place), row, owners.get(row.owner or "")
            )
            if everything or self._described.get(row.id) != description:
                described[row.id] = description
                lines.add(row.id, f"{description} {nanoseconds(minute)}\n", minute)
        return described


def state_line(
    series: str, state: State, at: datetime, *, maintenance: bool, flapping: bool
) -> str:
    """Return the line of a state; `series` is the line up to its fields."""
    works = WORKS.get(state)
    up = "" if works is None else f",up={works}i"
    return (
        f'{series} state={NUMBERS[state]}i,state_text="{state}"{up}'
        f",maintenance={int(maintenance)}i,flapping={int(flapping)}i {nanoseconds(at)}\n"
    )


def inventory_line(series: str, row: DeviceRow, owner_name: str | None) -> str:
    """Return the line of a device's words for tables and maps, without its moment."""
    texts: Mapping[str, str | None] = {
        "name": row.name,
        "site_name": row.site_name,
        "area_name": row.area_name,
        "area_label": f"{row.area_name} ({row.area})",  # what people choose from in Grafana
        "owner_name": owner_name,
        "address": row.address,
        "profile": row.profile,
    }
    # An empty text says that there is none any more: a field that is left out keeps its last value.
    fields = [f"{name}={text_value(text or '')}" for name, text in texts.items()]
    if row.latitude is not None and row.longitude is not None:
        fields.append(f"latitude={float_value(row.latitude)}")
        fields.append(f"longitude={float_value(row.longitude)}")
    return f"{series} {','.join(fields)}"


def _full_minute(at: datetime) -> datetime:
    return at - (at - _EPOCH) % _MINUTE


def _minutes(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += _MINUTE


def packs_of(lines: Iterable[tuple[str, bytes, datetime]]) -> list[Pack]:
    """Return lines as packs: (what must stay in order, line, moment)."""
    gathered = _Lines()
    for name, line, at in lines:
        gathered.add(name, line.decode(), at)
    return gathered.packs()

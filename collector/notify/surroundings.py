"""What a decision may look at, as the store says it now: devices, what mutes, what was found.

Each part is made anew only when its mark in the store changed, or when time changes it by itself
(a window begins, a silence ends, a heartbeat grows old). Blocks; used by one thread.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from collector.maintenance import active, occurrences
from collector.model import CauseRule
from collector.model.alerts import Alert, Silence
from collector.moments import EPOCH
from collector.notify.deciding.following import COLLECTOR
from collector.notify.deciding.world import DeviceFacts, IncidentFacts, Planned, World
from collector.notify.words.gathering import Names
from collector.sight import COLLECTOR_TIMEOUT_SECONDS, collector_lives
from collector.silences import is_on, over_at, silences
from collector.store import IncidentNews, NewsRow, Store
from collector.store.rows import DeviceFacts as StoredFacts

START_GRACE = timedelta(seconds=30)
"""Collectors and the process of alerts are started together: nobody is missed before."""

STILL_USED = timedelta(days=1)
"""A collector whose last heartbeat is older when the process begins was renamed or taken away."""

_AHEAD = timedelta(minutes=1)
_GONE_AFTER = timedelta(seconds=COLLECTOR_TIMEOUT_SECONDS)
_T = TypeVar("_T")


@dataclass(slots=True)
class Surroundings:
    """The world of decisions, kept up to date by `look`."""

    store: Store
    collector_id: str  # of this installation
    began_at: datetime  # the process
    names: Names = field(default_factory=Names)
    heartbeats: dict[str, datetime] = field(default_factory=dict)  # of collectors, the last
    _facts: list[StoredFacts] = field(default_factory=list)
    _devices: Mapping[str, DeviceFacts] = field(default_factory=dict)
    _maintenance: Mapping[str, Planned] = field(default_factory=dict)
    _maintenance_mark: object = None
    _maintenance_until_at: datetime | None = None
    _silences: Mapping[str, Silence] = field(default_factory=dict)
    _silences_mark: object = None
    _silences_until_at: datetime | None = None
    _incidents: dict[int, IncidentFacts] = field(default_factory=dict)
    _incidents_after: int | None = None
    _wanted: set[int] = field(default_factory=set)  # incidents of what was read last
    _flapping: set[str] = field(default_factory=set)
    _looked_at: datetime = EPOCH

    @property
    def due_at(self) -> datetime | None:
        """When time alone may change something: a window, a silence, a heartbeat grown old."""
        moments = [
            self._maintenance_until_at,
            self._silences_until_at,
            self.began_at + START_GRACE,
            *(at + _GONE_AFTER for at in self.heartbeats.values()),
        ]
        later = [at for at in moments if at is not None and at > self._looked_at]
        return min(later, default=None)

    def begin(self, alerts: Iterable[Alert], incidents: Iterable[int] = ()) -> None:
        """Read what later changes are counted from, and the incidents of these. StoreError."""
        self._incidents_after, _ = self.store.alerts.changed_incidents(None)
        self._flapping = {
            device_id
            for device_id, state in self.store.load_states().devices.items()
            if state.flapping
        }
        self._incidents = {}
        named = {one.incident_id for one in alerts if one.incident_id is not None}
        self._learn_incidents(named | set(incidents))

    def take(self, news: Iterable[NewsRow]) -> None:
        """Take in what transitions say beside the state: flapping, and incidents."""
        named: set[int] = set()
        for one in news:
            if one.transition.flapping:
                self._flapping.add(one.transition.device_id)
            else:
                self._flapping.discard(one.transition.device_id)
            if one.incident is not None and one.incident.id is not None:
                named.add(one.incident.id)
        self.know(named)

    def look(self, now: datetime, alerts: Mapping[str, Alert]) -> tuple[World, set[str] | None]:
        """Return the world as it is now, and the devices about which something changed.

        None: the inventory changed, which may concern all. `alerts`: what is open, by device; of
        their incidents the facts are kept. Raises StoreError.
        """
        changed: set[str] = set()
        inventory_changed = self._look_at_inventory()
        changed |= self._look_at_maintenance(now, anew=inventory_changed)
        changed |= self._look_at_silences(now, anew=inventory_changed)
        changed |= self._look_at_incidents(alerts)
        world = World(
            devices=self._devices,
            maintenance=self._maintenance,
            silences=self._silences,
            incidents=self._incidents,
            flapping=frozenset(self._flapping),
            gone=self._gone(now, alerts),
        )
        self._looked_at = now
        return world, None if inventory_changed else changed

    def know(self, incident_ids: set[int]) -> None:
        """Let the next look read of these incidents, where they are not known yet."""
        self._wanted = incident_ids

    def forget_silences(self) -> None:
        """Read silences anew at the next look: one was noted as reminded of."""
        self._silences_until_at = None

    # --- the inventory ------------------------------------------------------------------------

    def _look_at_inventory(self) -> bool:
        found = self.store.facts()
        if found == self._facts:  # the same objects while nothing changed: compared in no time
            return False
        self._facts = found
        areas, sites, owners = self.store.areas(), self.store.sites(), self.store.owners()
        self.names = Names(
            sites={one.id: one.name for one in sites} | {one.site: one.site_name for one in found},
            areas={one.code: one.name for one in areas},
            owners={one.id: one.name for one in owners},
        )
        self._devices = {
            one.id: _device(one, self.collector_id) for one in found if one.retired_at is None
        }
        return True

    # --- what mutes ---------------------------------------------------------------------------

    def _look_at_maintenance(self, now: datetime, *, anew: bool) -> set[str]:
        mark = self.store.maintenance.mark()
        until_at = self._maintenance_until_at
        if not anew and mark == self._maintenance_mark and until_at and now < until_at:
            return set()
        before = self._maintenance
        windows = self.store.maintenance.touching(now, now + _AHEAD)
        spans = [
            (window, start, end)
            for window in windows
            for start, end in occurrences(window, now, now + _AHEAD)
        ]
        edges = [edge for _, start, end in spans for edge in (start, end) if edge > now]
        self._maintenance_mark = mark
        self._maintenance_until_at = min([now + _AHEAD, *edges])
        on = {window.id: (window, end) for window, start, end in spans if start <= now < end}
        self._maintenance = {}
        if on:
            places = self.store.maintenance.places()
            found = active([window for window, _ in on.values()], places, now)
            self._maintenance = {
                device_id: Planned(window.title, on[window.id][1], window.id)
                for device_id, window in found.items()
            }
        return _differing(before, self._maintenance)

    def _look_at_silences(self, now: datetime, *, anew: bool) -> set[str]:
        mark = self.store.silences.mark()
        until_at = self._silences_until_at
        if not anew and mark == self._silences_mark and until_at and now < until_at:
            return set()
        before = self._silences
        known = self.store.silences.current(now)
        edges = [edge for one in known for edge in (one.starts_at, over_at(one)) if edge > now]
        self._silences_mark = mark
        self._silences_until_at = min(edges, default=datetime.max.replace(tzinfo=now.tzinfo))
        on = sorted((one for one in known if is_on(one, now)), key=lambda one: one.ends_at)
        self._silences = {
            device.id: one for one in on for device in self._facts if silences(one, device)
        }
        return _differing(before, self._silences)

    # --- what was found -----------------------------------------------------------------------

    def _look_at_incidents(self, alerts: Mapping[str, Alert]) -> set[str]:
        last, news = self.store.alerts.changed_incidents(self._incidents_after)
        self._incidents_after = last
        used = self._wanted | {
            one.incident_id for one in alerts.values() if one.incident_id is not None
        }
        moved: set[int] = set()
        if news:
            moved = self._take_incidents(news, used)
        self._learn_incidents(self._wanted - self._incidents.keys())
        if not moved:
            return set()
        return {one.device_id for one in alerts.values() if one.incident_id in moved}

    def _take_incidents(self, news: Sequence[IncidentNews], used: set[int]) -> set[int]:
        """Take in incidents that changed; return those of `used` that have come to something else.

        One that was merged takes along what was merged into it before.
        """
        before = self._incidents
        found = {one.row.incident.id: one for one in news}
        stay = {
            this: _incident(one)
            for this, one in found.items()
            if this is not None and one.row.incident.merged_into is None
        }
        kept = used | {before[one].id for one in used if one in before}
        self._incidents = {
            known: stay.get(facts.id, facts) for known, facts in before.items() if known in kept
        } | {this: facts for this, facts in stay.items() if this in kept}
        merged = found.keys() - stay.keys()
        self._learn_incidents(
            {one for one in kept if one in merged}
            | {known for known, facts in self._incidents.items() if facts.id in merged}
        )
        return {known for known, facts in self._incidents.items() if before.get(known) != facts}

    def _learn_incidents(self, incident_ids: set[int]) -> None:
        """Read what incidents have come to, each as the one that stays."""
        if not incident_ids:
            return
        staying = self.store.alerts.staying(incident_ids)
        wanted = {one.id for one in staying.values() if one.id is not None}
        facts = {one.row.incident.id: _incident(one) for one in self.store.alerts.incidents(wanted)}
        # A new mapping: the desk may still look at the one before.
        learned = {known: facts[one.id] for known, one in staying.items() if one.id in facts}
        self._incidents = self._incidents | learned | {one.id: one for one in learned.values()}

    # --- who looks ----------------------------------------------------------------------------

    def is_watched(self, now: datetime) -> bool:
        """Say whether this installation's own collector gave a sign of life a moment ago."""
        beat_at = self.heartbeats.get(self.collector_id)
        return beat_at is not None and abs(now - beat_at) < _GONE_AFTER

    def _gone(self, now: datetime, alerts: Mapping[str, Alert]) -> dict[str, datetime]:
        beats = self.store.collectors()
        self.heartbeats = {one.collector_id: one.heartbeat_at for one in beats}
        gone = {}
        for life in collector_lives(beats, now, COLLECTOR_TIMEOUT_SECONDS):
            known = alerts.get(COLLECTOR + life.id)
            told = known is not None and known.ended_at is None
            in_use = life.id == self.collector_id or life.heartbeat_at > self.began_at - STILL_USED
            waited = now >= self.began_at + START_GRACE
            if not life.alive and (told or (in_use and waited)):
                gone[life.id] = life.heartbeat_at
        return gone


def _device(one: StoredFacts, collector_id: str) -> DeviceFacts:
    parts = one.area.split(".")
    areas = tuple(".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return DeviceFacts(
        id=one.id,
        name=one.name,
        kind=one.kind,
        site=one.site,
        areas=areas,
        owner=one.owner,
        link_owner=one.link_owner,
        power_owner=one.power_owner,
        feeder=one.power_feeder,
        parents=one.parents,
        zone=one.zone,
        tags=one.tags,
        collector=collector_id,
    )


def _incident(news: IncidentNews) -> IncidentFacts:
    row = news.row
    incident = row.incident
    assert incident.id is not None  # noqa: S101 - it was read
    return IncidentFacts(
        id=incident.id,
        group=incident.group,
        group_key=incident.group_key,
        cause=row.cause,
        rule=row.rule or CauseRule.NO_EVIDENCE,  # none: a person said what the cause is
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=incident.acknowledged_by,
        reopened_at=news.reopened_at,
        resolved_at=incident.resolved_at,
    )


def _differing(before: Mapping[str, _T], now: Mapping[str, _T]) -> set[str]:
    """Return the devices of which something else is true now."""
    if not before and not now:
        return set()
    return {one for one in before.keys() | now.keys() if before.get(one) != now.get(one)}

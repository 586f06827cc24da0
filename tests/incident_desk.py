"""Incidents kept in memory: carries out what `collector.incidents` decides, as the store does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from collector.incidents import Known, Spot, Sums, counts, join, settle
from collector.model import (
    CauseClass,
    CauseRule,
    Incident,
    IncidentEventKind,
    IncidentGroup,
    Outage,
    State,
)

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
POWER_RULES = {
    CauseRule.MANY_AT_SITE,
    CauseRule.MANY_ON_FEEDER,
    CauseRule.MANY_IN_AREA,
    CauseRule.UPS_ON_BATTERY,
}


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def outage(
    number: int,
    device: str,
    start: float,
    end: float | None = None,
    *,
    rule: CauseRule = CauseRule.NO_EVIDENCE,
    root: Outage | str | None = None,
    **changes: object,
) -> Outage:
    """An outage that was confirmed and ended ten seconds late; with a root an unreachable one."""
    cause = CauseClass.POWER if rule in POWER_RULES else CauseClass.UNKNOWN
    if root is not None:
        cause, rule = CauseClass.UPSTREAM, CauseRule.PARENT_DOWN
    made = Outage(
        device,
        State.DOWN if root is None else State.UNREACHABLE,
        at(start),
        at(start + 10),
        None if end is None else at(end),
        None if end is None else at(end + 10),
        root=root.device_id if isinstance(root, Outage) else root,
        root_outage_id=root.id if isinstance(root, Outage) else None,
        proposed_cause=cause,
        proposed_by=rule,
        cause=cause,
        id=number,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class Desk:
    """Outages and incidents by id."""

    spots: Mapping[str, Spot] = field(default_factory=dict)
    outages: dict[int, Outage] = field(default_factory=dict)
    incidents: dict[int, Incident] = field(default_factory=dict)
    told: list[tuple[int, IncidentEventKind]] = field(default_factory=list)

    def record(self, *changed: Outage, now: datetime | None = None) -> None:
        """Take in outages as they are now; the incident they are in is ours to know."""
        news = []
        for one in changed:
            before = self.outages.get(one.id or 0)
            news.append(replace(one, incident_id=before.incident_id if before else None))
        self.outages |= {one.id or 0: one for one in news}
        now = now or max(one.end_confirmed_at or one.confirmed_at for one in news)
        known = [self._known(i, one) for i, one in self.incidents.items() if _live(one)]
        roots = {i: o.incident_id for i, o in self.outages.items() if o.incident_id is not None}
        for case in join(news, known, self.spots, roots, now):
            this = case.incident.id or len(self.incidents) + 1
            self.incidents[this] = replace(case.incident, id=this)
            for gone in case.merged:
                self.incidents[gone.id or 0] = replace(gone, merged_into=this)
                for one in self.inside(gone.id or 0):
                    self._put(one, this)
            for one in case.joined:
                self._put(self.outages[one.id or 0], this)
            for outage_id, old in case.taken_over:
                self._put(self.outages[outage_id], this)
                for one in self.inside(old):
                    if one.root_outage_id == outage_id:
                        self._put(one, this)
            self.told += [(line.incident_id, line.kind) for line in case.told(this, now)]
        for i, incident in self.incidents.items():
            if _live(incident):
                self.incidents[i], kinds = settle(incident, self._sums(i), now)
                self.told += [(i, kind) for kind in kinds]

    def inside(self, incident_id: int) -> list[Outage]:
        return [one for one in self.outages.values() if one.incident_id == incident_id]

    def open_ones(self) -> dict[int, Incident]:
        """Return the incidents that were not merged, by id."""
        return {i: one for i, one in self.incidents.items() if one.merged_into is None}

    def grouping(self) -> set[tuple[IncidentGroup, str, frozenset[int]]]:
        """Return what is one incident, whatever its number."""
        return {
            (one.group, one.group_key, frozenset(o.id or 0 for o in self.inside(i) if counts(o)))
            for i, one in self.open_ones().items()
            if any(counts(o) for o in self.inside(i))
        }

    def shown(self) -> list[tuple[str, str, list[int]]]:
        """Return group, key and outages of the incidents that were not merged, for a table."""
        return [
            (one.group.value, one.group_key, sorted(o.id or 0 for o in self.inside(i)))
            for i, one in self.open_ones().items()
        ]

    def _put(self, one: Outage, incident_id: int) -> None:
        self.outages[one.id or 0] = replace(one, incident_id=incident_id)

    def _known(self, incident_id: int, one: Incident) -> Known:
        down = [o for o in self.inside(incident_id) if o.state is State.DOWN and counts(o)]
        spots = {self.spots[o.device_id] for o in down if o.device_id in self.spots}
        if one.group is IncidentGroup.DEVICE:
            spots = set()
        devices = frozenset(o.device_id for o in down)
        return Known(one, self._sums(incident_id), devices, frozenset(spots))

    def _sums(self, incident_id: int) -> Sums:
        own = [one for one in self.inside(incident_id) if counts(one)]
        starts = [one.started_at for one in own]
        ends = [one.ended_at for one in own if one.ended_at is not None]
        return Sums(
            len(own),
            len(own) - len(ends),
            min(starts, default=None),
            max(starts, default=None),
            max(ends, default=None),
        )


def _live(one: Incident) -> bool:
    return one.merged_into is None and one.resolved_at is None


def numbered(outages: Sequence[Outage]) -> list[Outage]:
    """Give outages the ids 1, 2, 3 …"""
    return [replace(one, id=i) for i, one in enumerate(outages, 1)]

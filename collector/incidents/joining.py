"""Where outages belong: steps 1 to 8 of the package's docstring."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from collector.incidents.words import (
    AT_ONCE_WITHIN,
    MANY,
    REOPEN_WITHIN,
    TAKEN_FOR,
    Case,
    Known,
    Place,
    Spot,
    counts,
)
from collector.model import CauseRule, Incident, IncidentGroup, Outage, State

_PLACE_OF_RULE = {
    CauseRule.MANY_AT_SITE: IncidentGroup.SITE,
    CauseRule.MANY_ON_FEEDER: IncidentGroup.FEEDER,
    CauseRule.MANY_IN_AREA: IncidentGroup.AREA,
    CauseRule.UPS_ON_BATTERY: IncidentGroup.FEEDER,
}
_BROADEST_FIRST = [
    IncidentGroup.AREA,
    IncidentGroup.FEEDER,
    IncidentGroup.SITE,
    IncidentGroup.DEVICE,
]


def names_place(outage: Outage) -> bool:
    """Say whether the proposal in force is about a place and not about the device alone."""
    in_force = outage.cause is outage.proposed_cause
    return outage.state is State.DOWN and in_force and outage.proposed_by in _PLACE_OF_RULE


def place_of(outage: Outage, spot: Spot) -> Place | None:
    """Return the place that the proposal in force names, None when it names none.

    A UPS speaks for its power feeder, or for its site where no feeder is known.
    """
    if not names_place(outage):
        return None
    group = _PLACE_OF_RULE[outage.proposed_by]
    if group is IncidentGroup.AREA:
        return group, spot.areas[0]
    if group is IncidentGroup.FEEDER and spot.feeder is not None:
        return group, spot.feeder
    return IncidentGroup.SITE, spot.site


def join(
    changed: Sequence[Outage],
    known: Iterable[Known],
    spots: Mapping[str, Spot],
    root_incidents: Mapping[int, int],
    now: datetime,
) -> list[Case]:
    """Return what is to be opened, joined and merged for these outages, which have ids.

    `known` are all incidents that may concern them, `spots` where their devices stand,
    `root_incidents` the incidents of roots' outages, by outage id. An outage whose incident is
    not known belongs to one that was resolved, and stays there.
    """
    desk = _Desk(known)
    counting = sorted((one for one in changed if counts(one)), key=_in_time)
    down = [one for one in counting if one.state is State.DOWN]
    for outage in down:
        desk.take_in(outage, outage.device_id, None)
    touched: set[Place] = set()
    for outage in down:
        spot = spots.get(outage.device_id)
        place = None if spot is None else place_of(outage, spot)
        if spot is not None and place is not None and desk.claim(outage, place, spot):
            touched.update(spot.places())
    for outage in counting:
        if outage.state is State.UNREACHABLE:
            root_incident = root_incidents.get(outage.root_outage_id or 0)
            desk.take_in(outage, outage.root or outage.device_id, root_incident)
    for place in sorted(touched, key=_broadest_first, reverse=True):  # the parts before the whole
        desk.gather(place)
    return desk.cases(now)


@dataclass(slots=True, eq=False)
class _File:
    """An incident at work: a stored one, or one that may have to be opened."""

    incident: Incident
    counting: int = 0
    out: int = 0
    ended_at: datetime | None = None  # the last end
    homes: set[Place] = field(default_factory=set)  # what places it is about; none: a device
    spots: set[Spot] = field(default_factory=set)
    joined: list[Outage] = field(default_factory=list)
    taken_over: list[tuple[int, int]] = field(default_factory=list)
    parts: list[Incident] = field(default_factory=list)  # stored ones that became part of it
    into: "_File | None" = None
    started_at: datetime = field(init=False)
    moved_at: datetime = field(init=False)  # the last beginning or end

    def __post_init__(self) -> None:
        self.started_at = self.moved_at = self.incident.started_at
        if self.incident.group is not IncidentGroup.DEVICE:
            self.homes.add((self.incident.group, self.incident.group_key))

    def top(self) -> "_File":
        """Return the file that this one became a part of, or itself."""
        found = self
        while found.into is not None:
            found = found.into
        if found is not self:
            self.into = found  # a shorter way for the next look
        return found

    def add(self, outage: Outage) -> None:
        """Put an outage in."""
        self.joined.append(outage)
        self.counting += 1
        self.out += outage.ended_at is None
        self.started_at = min(self.started_at, outage.started_at)
        self.moved_at = max(self.moved_at, outage.ended_at or outage.started_at)
        self.ended_at = _latest(self.ended_at, outage.ended_at)

    def absorb(self, other: "_File") -> None:
        """Make another file a part of this one."""
        other.into = self
        self.counting += other.counting
        self.out += other.out
        self.started_at = min(self.started_at, other.started_at)
        self.moved_at = max(self.moved_at, other.moved_at)
        self.ended_at = _latest(self.ended_at, other.ended_at)
        self.homes |= other.homes
        self.spots |= other.spots
        self.joined += other.joined
        self.taken_over += other.taken_over
        self.parts += other.parts
        if other.incident.id is not None:
            self.parts.append(other.incident)

    def half_out(self) -> bool:
        """Say whether at least half of what it took is out."""
        return self.out > 0 and self.out * 2 >= self.counting

    def holds(self, outage: Outage) -> bool:
        """Say whether a new outage of a device that was down here goes on with this: step 2."""
        limit = AT_ONCE_WITHIN if self.homes else REOPEN_WITHIN
        if outage.ended_at is not None and self.started_at - outage.ended_at >= limit:
            return False  # told late: it was over long before
        if self.homes:
            return self.half_out() or outage.started_at - self.moved_at < limit
        return self.out > 0 or outage.started_at - (self.ended_at or self.moved_at) < limit

    def goes_on_with(self, other: "_File") -> bool:
        """Say whether two incidents of places that meet are one: step 4."""
        first, later = (self, other) if self.started_at <= other.started_at else (other, self)
        return first.half_out() or later.started_at - first.moved_at < REOPEN_WITHIN


class _Desk:
    """All files at work, by what they are looked up by."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._files: list[_File] = []
        self._by_id: dict[int, _File] = {}
        self._by_outage: dict[int, _File] = {}
        self._by_device: defaultdict[str, list[_File]] = defaultdict(list)
        self._by_home: defaultdict[Place, list[_File]] = defaultdict(list)
        self._by_spot: defaultdict[Place, list[_File]] = defaultdict(list)
        for one in known:
            self._lay_out(one)

    def _lay_out(self, known: Known) -> None:
        incident, sums = known.incident, known.sums
        file = _File(incident, sums.counting, sums.out, sums.last_end_at)
        file.started_at = sums.first_start_at or incident.started_at
        file.moved_at = max(
            moment
            for moment in (file.started_at, sums.last_start_at, sums.last_end_at)
            if moment is not None
        )
        self._files.append(file)
        self._by_id[incident.id or 0] = file
        devices = set(known.devices)
        if incident.group is IncidentGroup.DEVICE:
            devices.add(incident.group_key)
        for device_id in devices:
            self._by_device[device_id].append(file)
        for home in file.homes:
            self._by_home[home].append(file)
        for spot in known.spots:
            self._see(file, spot)

    def take_in(self, outage: Outage, key: str, root_incident: int | None) -> None:
        """Find or open the file of an outage: steps 2 and 5. `key` is the device it is about."""
        outage_id = outage.id or 0
        if outage.incident_id is not None:
            if outage.incident_id in self._by_id:
                self._by_outage[outage_id] = self._by_id[outage.incident_id]
            return
        file = self._by_outage.get(outage.root_outage_id or 0)
        if file is None and root_incident is not None:
            file = self._by_id.get(root_incident)
        file = file or self._of_device(key, outage) or self._open(outage, key)
        file = file.top()
        file.add(outage)
        self._by_outage[outage_id] = file
        if outage.state is State.DOWN and file not in self._by_device[outage.device_id]:
            self._by_device[outage.device_id].append(file)

    def _of_device(self, key: str, outage: Outage) -> _File | None:
        found = [one for one in _tops(self._by_device, key) if one.holds(outage)]
        return min(found, key=lambda one: _opened_first(one.incident), default=None)

    def _open(self, outage: Outage, key: str) -> _File:
        place = IncidentGroup.DEVICE, key
        file = _File(Incident(*place, outage.started_at, outage.confirmed_at))
        self._files.append(file)
        self._by_device[key].append(file)
        return file

    def claim(self, outage: Outage, place: Place, spot: Spot) -> bool:
        """Make the incident of an outage that of a place: steps 3, 4, 7. False: it is resolved."""
        file = self._by_outage.get(outage.id or 0)
        if file is None:
            return False
        file = file.top()
        if not file.homes and outage.started_at - file.started_at > AT_ONCE_WITHIN:
            file = self._take_over(outage, file)
        if place in file.homes and spot in file.spots:
            return True
        meeting = _tops(self._by_spot, place)
        for around in spot.places():
            meeting += _tops(self._by_home, around)
        self._set_home(file, place)
        self._see(file, spot)
        _unite_what_goes_on([file], meeting)
        return True

    def _take_over(self, outage: Outage, old: _File) -> _File:
        file = self._open(outage, outage.device_id)
        file.add(outage)
        if outage in old.joined:  # it came just now: nobody has to be told that it left
            old.joined.remove(outage)
        elif old.incident.id is not None:
            file.joined.remove(outage)
            file.taken_over.append((outage.id or 0, old.incident.id))
        self._by_outage[outage.id or 0] = file
        return file

    def gather(self, place: Place) -> None:
        """Make one of incidents in many parts of a place that began at once: steps 6 and 4."""
        files = sorted(_tops(self._by_spot, place), key=lambda one: one.started_at)
        starts = [one.started_at for one in files]
        parts = [_parts_of(place, one.spots) for one in files]
        sources = [_sources_of(place, one.spots) for one in files]
        seen_parts: Counter[str] = Counter()
        seen_sources: Counter[str] = Counter()
        left = united = 0
        for right, file in enumerate(files):
            seen_parts.update(parts[right])
            seen_sources.update(sources[right])
            while starts[right] - starts[left] > AT_ONCE_WITHIN:
                _take_away(seen_parts, parts[left])
                _take_away(seen_sources, sources[left])
                left += 1
            if min(len(seen_parts), len(seen_sources)) >= MANY:
                for other in files[max(left, united) : right]:
                    _unite(file, other)
                united = right
                self._set_home(file.top(), place)
        _unite_what_goes_on(_tops(self._by_home, place), _tops(self._by_spot, place))

    def cases(self, now: datetime) -> list[Case]:
        """Return what has to be done, in the order in which incidents were opened."""
        found = [_case(one, now) for one in self._files if one.into is None and _changed(one)]
        return sorted(found, key=lambda one: _opened_first(one.incident))

    def _set_home(self, file: _File, place: Place) -> None:
        if place not in file.homes:
            file.homes.add(place)
            self._by_home[place].append(file)

    def _see(self, file: _File, spot: Spot) -> None:
        if spot in file.spots:
            return
        file.spots.add(spot)
        for place in spot.places():
            if file not in self._by_spot[place][-1:]:
                self._by_spot[place].append(file)


_Key = TypeVar("_Key")


def _tops(index: dict[_Key, list[_File]], key: _Key) -> list[_File]:
    """Return the files under a key, each once as what it became a part of."""
    if key not in index:
        return []
    index[key] = list(dict.fromkeys(one.top() for one in index[key]))
    return list(index[key])


def _unite(one: _File, other: _File) -> None:
    first, second = one.top(), other.top()
    if first is second:
        return
    if len(first.spots) < len(second.spots):
        first, second = second, first
    first.absorb(second)


def _unite_what_goes_on(some: Iterable[_File], others: Sequence[_File]) -> None:
    for one in some:
        for other in others:
            if one.top() is not other.top() and one.top().goes_on_with(other.top()):
                _unite(one, other)


def _parts_of(place: Place, spots: Iterable[Spot]) -> set[str]:
    """Return the parts of a place that spots stand in: sites, or areas directly below it."""
    group, key = place
    if group is IncidentGroup.FEEDER:
        return {one.site for one in spots if one.feeder == key}
    return {_part_of_area(key, one) for one in spots if key in one.areas}


def _sources_of(place: Place, spots: Iterable[Spot]) -> set[str]:
    """Return what may have failed in these parts, each for itself: feeders, else the parts.

    What stands on one feeder does not make its whole area dark.
    """
    group, key = place
    if group is IncidentGroup.FEEDER:
        return _parts_of(place, spots)
    return {
        _part_of_area(key, one) if one.feeder is None else f"feeder {one.feeder}"
        for one in spots
        if key in one.areas
    }


def _part_of_area(area: str, spot: Spot) -> str:
    level = spot.areas.index(area)
    return f"site {spot.site}" if level == 0 else spot.areas[level - 1]


def _take_away(seen: Counter[str], gone: Iterable[str]) -> None:
    for one in gone:
        seen[one] -= 1
        if seen[one] == 0:
            del seen[one]


def _changed(file: _File) -> bool:
    own = file.incident.group, file.incident.group_key
    return bool(file.joined or file.taken_over or file.parts) or _place(file) != own


def _case(file: _File, now: datetime) -> Case:
    """Return what becomes of a file and its parts: steps 7 and 8."""
    stored = sorted(file.parts, key=_opened_first)
    if file.incident.id is not None:
        stored = sorted((*stored, file.incident), key=_opened_first)
    kept, merged = (stored[0], stored[1:]) if stored else (file.incident, [])
    group, key = _place(file)
    grew = (group, key) != (kept.group, kept.group_key)
    incident = replace(
        _acknowledged(kept, merged, now, grew=grew),
        group=group,
        group_key=key,
        started_at=min(file.started_at, kept.started_at),
        opened_at=min([kept.opened_at, *(one.confirmed_at for one in file.joined)]),
    )
    joined = sorted(file.joined, key=lambda one: (one.confirmed_at, _in_time(one)))
    return Case(incident, tuple(joined), tuple(merged), tuple(file.taken_over))


def _acknowledged(
    kept: Incident, merged: Sequence[Incident], now: datetime, *, grew: bool
) -> Incident:
    """Return the incident with the acknowledgement that counts for the whole: step 8."""
    if kept.acknowledged_at is not None and not grew:
        return kept
    taken = [
        (one.acknowledged_at, one.acknowledged_by)
        for one in (kept, *merged)
        if one.acknowledged_at is not None and now - one.acknowledged_at <= TAKEN_FOR
    ]
    at, by = min(taken, key=lambda one: one[0], default=(None, None))
    return replace(kept, acknowledged_at=at, acknowledged_by=by)


def _place(file: _File) -> Place:
    """Return what an incident is about: the broadest of the places that made it."""
    own = file.incident.group, file.incident.group_key
    return min(file.homes, key=_broadest_first, default=own)


def _broadest_first(place: Place) -> tuple[int, int, str]:
    """Order places: areas (those with the shorter code first), feeders, sites, devices."""
    group, key = place
    return _BROADEST_FIRST.index(group), len(key) if group is IncidentGroup.AREA else 0, key


def _opened_first(incident: Incident) -> tuple[datetime, bool, int]:
    return incident.opened_at, incident.id is None, incident.id or 0


def _in_time(outage: Outage) -> tuple[datetime, str, str, int]:
    return outage.started_at, outage.state, outage.device_id, outage.id or 0


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)

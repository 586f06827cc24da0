"""Tells uptime as sums of hours: those that run every minute, those of the past when they change.

A round: what the clock and the list of changes say is to be told (`_plan`), then the hour that
runs, then the mark, then as much of the past as there is time for, a part and a mark at a time.
Ended anywhere in between, the next one tells the same again, which changes nothing.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from collector.courier.teller.parts import DeliveredPart
from collector.courier.teller.places import Place, place_of
from collector.courier.teller.progress import (
    HOUR,
    Past,
    Told,
    decode_places,
    encode_places,
    full_hour,
)
from collector.moments import from_micros, to_micros
from collector.sight import sight
from collector.sinks.influx.uptime_queries import SUMS
from collector.store import DeviceFacts
from collector.uptime.tally import COLUMNS, DEGRADED, DOWN, UNKNOWN, UNREACHABLE, UP, Tally

logger = logging.getLogger(__name__)

TOLD_MARK = "teller.sums"
PLACES_MARK = "teller.places"
LINES_AT_ONCE = 50_000  # of the past: a second or two, and some megabytes
_CHANGES_AT_ONCE = 20_000
_PARTS_KEPT_APART = 100  # parts of the past that wait; more are taken together
_NOTHING = Tally(1, (0,) * COLUMNS)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a round has to tell: hours from `first` on, and a past."""

    told: Told
    first: int
    places: dict[str, Place]


class SumsTeller(DeliveredPart):
    """Keeps the hourly sums of a bucket what the store says."""

    async def tell_what_runs(self) -> None:
        """Tell the hour that runs, and the one before where it ended since the last round.

        Raises StoreError and SinkError; then nothing is lost.
        """
        plan = await self._threaded(self._plan)
        told = plan.told
        for measurement in self._settings.rules:
            lines = await self._threaded(
                self._lines, measurement, plan.first, told.now, None, plan.places, told
            )
            await self._deliver(lines, measurement)
        await self._threaded(self._spool.set_marks, {TOLD_MARK: told.encode()})

    async def tell_some_past(self) -> bool:
        """Tell a part of what is to be told of the past. Return False when there is none.

        Raises StoreError and SinkError; then nothing is lost.
        """
        told = await self._threaded(self._told)
        if told is None or not told.past:
            return False
        # What changed lately first: the whole past may take an hour.
        past = min(told.past, key=lambda one: one.devices is None)
        since, lines = await self._threaded(self._part, past, told)
        for some in lines:
            await self._deliver(some, SUMS)
        rest = [one for one in told.past if one is not past]
        if since > past.since:
            rest.append(replace(past, until=since))
        await self._threaded(
            self._spool.set_marks, {TOLD_MARK: replace(told, past=tuple(rest)).encode()}
        )
        return True

    # --- what is to be told -------------------------------------------------------------------

    def _told(self) -> Told | None:
        return Told.decode(self._spool.mark(TOLD_MARK))

    def _plan(self) -> _Plan:
        now_at = self._clock.now()
        timeout = self._settings.collector_timeout_seconds
        now = to_micros(now_at)
        known = to_micros(sight(self._store.collectors(), now_at, timeout).known_until)
        before, digest = self._told(), self._settings.digest
        change = self._store.ledger.last_change()  # first: what comes meanwhile comes again
        facts = {one.id: one for one in self._store.facts()}
        places = {one.id: place_of(one) for one in facts.values()}
        current = full_hour(now)
        born = min((to_micros(one.created_at) for one in facts.values()), default=now)
        earliest = max(full_hour(born), full_hour(now - self._keep))
        if before is None:
            self._remember(places, None)
            told = Told(change, now, known, digest, _within(Past(earliest, current)))
            return _Plan(told, current, places)
        zeros = [_still_elsewhere(one, places) for one in before.past if one.under]
        zeros += self._moved(facts, places, earliest, current + HOUR)
        others = [one for one in before.past if one.under is None]
        self._remember(places, replace(before, past=(*zeros, *others)))
        again = full_hour(before.again_from(now, known))
        first = min(current, max(again, current - HOUR))
        changes, change = self._changes(before.change)
        if changes is None or before.digest != digest:
            others = [*_within(Past(earliest, first))]
        else:
            changes += self._may_now_count(before, now)
            others += _within(Past(max(again, earliest), first))
            others += _by_hour(changes, facts, earliest, first)
        told = Told(change, now, known, digest, (*zeros, *_some(others)))
        return _Plan(told, first, places)

    def _remember(self, places: Mapping[str, Place], told: Told | None) -> None:
        """Note new places before the first line under them: ended then, they must be known."""
        if self._places() != places:
            marks = {} if told is None else {TOLD_MARK: told.encode()}
            self._spool.set_marks({**marks, PLACES_MARK: encode_places(places)})

    @property
    def _keep(self) -> int:
        """Microseconds of the past that the bucket keeps; a day less: what is told takes time."""
        return int(self._settings.keep.total_seconds() - 86_400) * 1_000_000

    def _changes(self, after: int) -> tuple[list[tuple[str | None, int]] | None, int]:
        """Return of whom the past changed and from when on (None: of all), and the last change."""
        found: list[tuple[str | None, int]] = []
        while True:
            some = self._store.ledger.changes_after(after, _CHANGES_AT_ONCE)
            if some is None:
                return None, self._store.ledger.last_change()
            found += [(one.device_id, one.since) for one in some]
            if some:
                after = some[-1].id
            if len(some) < _CHANGES_AT_ONCE:
                return found, after

    def _may_now_count(self, before: Told, now: int) -> Iterator[tuple[str | None, int]]:
        """Yield outages that were too short to count when last told, and may be long enough now."""
        contract = self._settings.contract
        if contract is None or not contract.minimum_outage_seconds:
            return
        young = before.now - contract.minimum_outage_seconds * 1_000_000
        for one in self._store.outage_spans(from_micros(before.now), from_micros(now + 1)):
            start = to_micros(one.start)
            if start >= young:
                yield one.device_id, start

    def _moved(
        self,
        facts: Mapping[str, DeviceFacts],
        places: Mapping[str, Place],
        earliest: int,
        until: int,
    ) -> list[Past]:
        """Return the past that is to be told as nothing: of devices that have another place now.

        That it is told again under the new place follows from the list of changes.
        """
        under = {
            device_id: place
            for device_id, place in self._places().items()
            if places.get(device_id, place) != place
        }
        if not under:
            return []
        since = min(full_hour(to_micros(facts[device_id].created_at)) for device_id in under)
        return [Past(max(since, earliest), until, tuple(sorted(under)), under)]

    def _places(self) -> dict[str, Place]:
        return decode_places(self._spool.mark(PLACES_MARK))

    # --- lines --------------------------------------------------------------------------------

    def _part(self, past: Past, told: Told) -> tuple[int, list[bytes]]:
        """Return the newest hours of a past that are told at once: from when on, and lines."""
        facts = self._store.facts()
        number = len(facts) if past.devices is None else len(past.devices)
        hours = max(1, LINES_AT_ONCE // max(1, number))
        since = max(past.since, past.until - hours * HOUR)
        if past.under is not None:
            return since, [
                self._zeros(measurement, since, past.until, past.under)
                for measurement in self._settings.rules
            ]
        places = {one.id: place_of(one) for one in facts}
        return since, [
            self._lines(measurement, since, past.until, past.devices, places, told)
            for measurement in self._settings.rules
        ]

    def _lines(
        self,
        measurement: str,
        start: int,
        end: int,
        devices: Collection[str] | None,
        places: Mapping[str, Place],
        told: Told,
    ) -> bytes:
        end = min(end, told.now)  # a clock that was ahead has left hours that are yet to come
        if start >= end:
            return b""
        hours = self._store.ledger.hourly(
            from_micros(start),
            from_micros(end),
            self._settings.rules[measurement],
            zone=self._settings.zone,
            now=from_micros(told.now),
            known_until=from_micros(told.known),
            device_ids=devices,
        )
        return "".join(
            sums_line(self._head(measurement, device_id, places[device_id]), tally, hour)
            for device_id, tallies in hours.items()
            if device_id in places  # one that was made this very moment has its turn next
            for hour, tally in zip(range(start, end, HOUR), tallies, strict=True)
            if tally is not None
        ).encode()

    def _zeros(self, measurement: str, start: int, end: int, under: Mapping[str, Place]) -> bytes:
        return "".join(
            sums_line(self._head(measurement, device_id, place), _NOTHING, hour)
            for device_id, place in under.items()
            for hour in range(start, end, HOUR)
        ).encode()


def sums_line(series: str, tally: Tally, hour: int) -> str:
    """Return the line of one device and hour; `series` is the line up to its fields."""
    row = tally.row
    return (
        f"{series} up={row[UP]}i,degraded={row[DEGRADED]}i,down={row[DOWN]}i,"
        f"unreachable={row[UNREACHABLE]}i,unknown={row[UNKNOWN]}i,excluded={tally.excluded}i"
        f" {hour * 1000}\n"
    )


def _by_hour(
    changes: Iterable[tuple[str | None, int]],
    facts: Mapping[str, DeviceFacts],
    earliest: int,
    until: int,
) -> list[Past]:
    """Return what of the past changed before `until`, taken together by the hour it begins in."""
    since: dict[str, int] = {}
    whole: int | None = None
    for device_id, moment in changes:
        if device_id is None:
            whole = moment if whole is None else min(whole, moment)
        elif device_id in facts:
            since[device_id] = min(moment, since.get(device_id, moment))
    by_hour: dict[int, list[str]] = defaultdict(list)
    for device_id, moment in since.items():
        born = to_micros(facts[device_id].created_at)
        hour = max(full_hour(max(moment, born)), earliest)
        if whole is None or full_hour(moment) < whole:
            by_hour[hour].append(device_id)
    found = [
        part
        for hour, devices in sorted(by_hour.items())
        for part in _within(Past(hour, until, tuple(sorted(devices))))
    ]
    if whole is not None:
        found += _within(Past(max(full_hour(whole), earliest), until))
    return found


def _within(past: Past) -> tuple[Past, ...]:
    """Return the past, or nothing where it is empty."""
    return (past,) if past.since < past.until else ()


def _still_elsewhere(past: Past, places: Mapping[str, Place]) -> Past:
    """Return what is to be told as nothing, without those that are back in their old place."""
    under = {name: place for name, place in (past.under or {}).items() if places.get(name) != place}
    return replace(past, under=under, devices=tuple(under))


def _some(parts: Sequence[Past]) -> tuple[Past, ...]:
    """Return the same past in not too many parts: each is remembered by its devices."""
    of_some = [one for one in parts if one.devices is not None]
    if len(of_some) <= _PARTS_KEPT_APART:
        return tuple(parts)
    devices = sorted({device_id for one in of_some for device_id in one.devices or ()})
    since, until = min(one.since for one in of_some), max(one.until for one in of_some)
    return *(one for one in parts if one.devices is None), Past(since, until, tuple(devices))

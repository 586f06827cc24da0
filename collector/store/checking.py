"""Holds a store against itself: `pantau doctor --store`. What is derived must follow from the log.

    transitions   each device's are a chain; they begin before they are sure; causes where due
    states        say what the last transition says
    outages       are what `collector.outages` makes of the log, no more and no less
    causes        in force are the last correction, else the proposal; none is of the future
    incidents     each outage that counts is in one, and in one that was not merged away
    windows       can be reckoned
    sums          of kept months are what the log gives (of a sample of devices, or of all)

Every finding is a fault of ours or of the disk, never of a device. Nothing is changed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from collector import maintenance as windows
from collector.contract import Rules
from collector.model import Outage, State, Transition
from collector.moments import from_micros, to_micros
from collector.outages import counts, ended_unseen, follow
from collector.store import ledger, maintenance
from collector.store.joining import rules_key
from collector.store.outage_rows import outage
from collector.store.planned import planned
from collector.store.reckoning import Life, lives, reckon_spans
from collector.store.schema import (
    cause_corrections,
    device_states,
    incidents,
    outages,
    transitions,
    uptime_months,
)
from collector.store.transitions import transition

SAMPLE = 200
"""Devices whose kept sums are reckoned again when not all are asked for."""

_FAR = 1 << 62
_REPLAY = (
    "stop Pantau and keep a copy of pantau.db; the log stays the truth. Report it with these ids"
)


class StorePart(StrEnum):
    """Where in the store something does not agree."""

    LOG = "log"
    STATES = "states"
    OUTAGES = "outages"
    CAUSES = "causes"
    INCIDENTS = "incidents"
    WINDOWS = "windows"
    SUMS = "sums"


@dataclass(frozen=True, slots=True)
class StoreFinding:
    """Something in the store that contradicts something else, and what to do."""

    part: StorePart
    device: str | None
    ids: tuple[int, ...]
    problem: str
    remedy: str = _REPLAY

    def __str__(self) -> str:
        ids = f" (ids {', '.join(map(str, self.ids))})" if self.ids else ""
        who = "" if self.device is None else f" {self.device}"
        return f"{self.part}{who}{ids}: {self.problem}"


def check(
    connection: Connection, rules: Sequence[Rules], zone: str, now: datetime, *, every: bool
) -> Iterator[StoreFinding]:
    """Yield what does not agree. `rules` are those whose sums are held against the log.

    `zone` is that of areas without one; `every`: the sums of all devices and not of a sample.
    """
    yield from _check_logs(connection)
    yield from _check_causes(connection, now)
    yield from _check_incidents(connection)
    yield from _check_windows(connection)
    for one in rules:
        yield from _check_sums(connection, one, zone, now, every=every)


# --- the log and what follows from it ---------------------------------------------------------


def _check_logs(connection: Connection) -> Iterator[StoreFinding]:
    """Walk through the log device by device."""
    stored = defaultdict(list)
    for row in connection.execute(select(outages).order_by(outages.c.id)):
        stored[row.device_id].append(outage(row))
    states = {row.device_id: row for row in connection.execute(select(device_states))}
    rows = connection.execute(
        select(transitions)
        .order_by(transitions.c.device_id, transitions.c.id)
        .execution_options(yield_per=5_000)
    )
    for device_id, group in groupby(rows, key=attrgetter("device_id")):
        log = [transition(row) for row in group]
        yield from _check_chain(device_id, log)
        state = states.pop(device_id, None)
        last = log[-1]
        if state is None or (state.state, state.cause, state.flapping) != (
            last.new,
            last.cause,
            last.flapping,
        ):
            told = "no state" if state is None else f"the state {state.state}"
            problem = f"{told} is kept, the last transition says {last.new}"
            yield StoreFinding(StorePart.STATES, device_id, _ids(last), problem)
        yield from _check_outages(device_id, log, stored.pop(device_id, []))
    for device_id, own in stored.items():
        problem = "outages of a device without any transition"
        yield StoreFinding(StorePart.OUTAGES, device_id, _outage_ids(own), problem)
    for device_id, state in states.items():
        if state.state != State.UNKNOWN:
            problem = f"the state {state.state} is kept, and no transition led to it"
            yield StoreFinding(StorePart.STATES, device_id, (), problem)


def _check_chain(device_id: str, log: Sequence[Transition]) -> Iterator[StoreFinding]:
    before = State.UNKNOWN
    for one in log:
        if one.old is not before:
            problem = f"a transition begins with {one.old}, the one before ended with {before}"
            yield StoreFinding(StorePart.LOG, device_id, _ids(one), problem)
        if one.confirmed_at < one.at:
            problem = "a transition was confirmed before it began"
            yield StoreFinding(StorePart.LOG, device_id, _ids(one), problem)
        if (one.cause is not None) != (one.new is State.UNREACHABLE):
            problem = "a root cause stands where the device is not unreachable, or is missing"
            yield StoreFinding(StorePart.LOG, device_id, _ids(one), problem)
        before = one.new


def _check_outages(
    device_id: str, log: Sequence[Transition], stored: Sequence[Outage]
) -> Iterator[StoreFinding]:
    expected = sorted(map(_shape, _replayed(log, stored)))
    found = sorted(map(_shape, stored))
    if expected != found:
        missing = [one for one in expected if one not in found]
        surplus = [one for one in found if one not in expected]
        problem = (
            f"{len(stored)} outages are kept, the log makes {len(expected)}; "
            f"missing {missing[:3]}, not from the log {surplus[:3]}"
        )
        yield StoreFinding(StorePart.OUTAGES, device_id, _outage_ids(stored), problem)
    for kind in (State.DOWN, State.UNREACHABLE):
        on = [one for one in stored if one.state is kind and one.ended_at is None]
        if len(on) > 1:
            problem = f"{len(on)} outages of one kind are on at once"
            yield StoreFinding(StorePart.OUTAGES, device_id, _outage_ids(on), problem)


def _replayed(log: Sequence[Transition], stored: Sequence[Outage]) -> list[Outage]:
    """Return the outages that a log makes.

    Only the end of a device's time in the inventory is not in the log: what ended unseen is taken
    from the rows, as soon as the log goes on after it.
    """
    unseen = {
        (one.state, one.started_at): one.ended_at
        for one in stored
        if one.ended_at is not None and one.end_confirmed_at is None
    }
    done: list[Outage] = []
    on: dict[State, Outage] = {}

    def end_unseen(until: datetime | None) -> None:
        for kind, one in list(on.items()):
            ended = unseen.get((kind, one.started_at))
            if ended is not None and (until is None or ended <= until):
                done.append(ended_unseen(on.pop(kind), ended))

    for moved in log:
        end_unseen(moved.confirmed_at)
        for changed in follow(list(on.values()), moved):
            if changed.ended_at is None:
                on[changed.state] = changed
            else:
                on.pop(changed.state, None)
                done.append(changed)
    end_unseen(None)
    return done + list(on.values())


def _shape(one: Outage) -> tuple[str, int, int, str]:
    """Return what of an outage follows from the log: kind, start, end (-1: still on), root."""
    ended = -1 if one.ended_at is None else to_micros(one.ended_at)
    return one.state.value, to_micros(one.started_at), ended, one.root or ""


# --- what people said, and what was joined ----------------------------------------------------


def _check_causes(connection: Connection, now: datetime) -> Iterator[StoreFinding]:
    last: dict[int, str] = {}
    for row in connection.execute(select(cause_corrections).order_by(cause_corrections.c.id)):
        last[row.outage_id] = row.cause
        if row.made_at > to_micros(now):
            problem = f"a correction is dated {from_micros(row.made_at)}, in the future"
            remedy = "set this machine's clock right; the correction stays in force"
            yield StoreFinding(StorePart.CAUSES, None, (row.outage_id, row.id), problem, remedy)
    query = select(
        outages.c.id, outages.c.device_id, outages.c.cause, outages.c.proposed_cause
    ).order_by(outages.c.id)
    for row in connection.execute(query):
        in_force = last.get(row.id, row.proposed_cause)
        if row.cause != in_force:
            problem = f"the cause in force is {row.cause}, it should be {in_force}"
            remedy = "correct the cause of this outage once more, with the reason"
            yield StoreFinding(StorePart.CAUSES, row.device_id, (row.id,), problem, remedy)


def _check_incidents(connection: Connection) -> Iterator[StoreFinding]:
    merged: dict[int, int | None] = {
        row.id: row.merged_into
        for row in connection.execute(select(incidents.c.id, incidents.c.merged_into))
    }
    for start in merged:
        seen, at = {start}, merged[start]
        while at is not None and at not in seen:
            seen.add(at)
            at = merged.get(at)
        if at is not None:
            problem = "incidents were merged into each other in a circle"
            yield StoreFinding(StorePart.INCIDENTS, None, tuple(sorted(seen)), problem)
    for row in connection.execute(select(outages).order_by(outages.c.id)):
        if not counts(outage(row)):
            continue
        if row.incident_id is None:
            problem = "an outage is in no incident"
            yield StoreFinding(StorePart.INCIDENTS, row.device_id, (row.id,), problem)
        elif merged.get(row.incident_id) is not None:
            problem = f"an outage is in incident {row.incident_id}, which was merged into another"
            yield StoreFinding(StorePart.INCIDENTS, row.device_id, (row.id,), problem)


def _check_windows(connection: Connection) -> Iterator[StoreFinding]:
    for window in maintenance.every(connection):
        for fault in windows.faults(window):
            problem = f"{fault.field} {fault.message}"
            remedy = "replace this maintenance window; as it stands it may leave nothing out"
            ids = () if window.id is None else (window.id,)
            yield StoreFinding(StorePart.WINDOWS, None, ids, problem, remedy)


# --- sums -------------------------------------------------------------------------------------


def _check_sums(
    connection: Connection, rules: Rules, zone: str, now: datetime, *, every: bool
) -> Iterator[StoreFinding]:
    """Reckon kept months again. A sample is the same devices each time, spread over all."""
    alive = lives(connection, None)
    if not every:
        alive = sorted(alive, key=lambda life: blake2b(life.id.encode()).digest())[:SAMPLE]
    by_zone: dict[str, list[Life]] = defaultdict(list)
    for life in alive:
        by_zone[life.zone or zone].append(life)
    for name, own in sorted(by_zone.items()):
        key = rules_key(rules, name)
        for some in ledger.in_parts([life.id for life in own]):
            yield from _check_months(connection, rules, ZoneInfo(name), now, key, some, own)


def _check_months(
    connection: Connection,
    rules: Rules,
    zone: ZoneInfo,
    now: datetime,
    key: str,
    device_ids: Collection[str],
    alive: Sequence[Life],
) -> Iterator[StoreFinding]:
    by_month = defaultdict(list)
    for month in ledger.kept(connection, key, -_FAR, _FAR, device_ids):
        by_month[month[1], month[2]].append(month)
    known: Mapping[str, Life] = {life.id: life for life in alive}
    moment = to_micros(now)
    for span, months in sorted(by_month.items()):
        ids = [month[0] for month in months]
        left_out = planned(connection, ids, *span) if rules.exclude_maintenance else {}
        again = reckon_spans(
            connection, [known[one] for one in ids], [span], rules, zone,
            planned=left_out, known=moment, now=moment,
        )  # fmt: skip
        for month in months:
            (counted,) = again[month[0]]
            if counted is None or ledger.as_tally([month]) != replace(counted, devices=1):
                problem = (
                    f"the kept sum of the month from {from_micros(span[0])} is not what the log "
                    f"gives by the rules {rules.name}"
                )
                remedy = "stop Pantau and run: pantau doctor --store --forget-sums"
                yield StoreFinding(StorePart.SUMS, month[0], (), problem, remedy)


def forget_sums(connection: Connection) -> int:
    """Forget every kept sum; they are made anew from the log. Return how many there were."""
    number = connection.scalar(select(func.count()).select_from(uptime_months)) or 0
    ledger.touch(connection, None, -_FAR)
    return number


def _ids(one: Transition) -> tuple[int, ...]:
    return () if one.id is None else (one.id,)


def _outage_ids(found: Sequence[Outage]) -> tuple[int, ...]:
    return tuple(one.id for one in found if one.id is not None)

"""What of a question is kept by the month, what must be taken from the log, and joining them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from collector.contract import Rules
from collector.store import ledger
from collector.store.planned import planned
from collector.store.reckoning import Life, lives, reckon_spans
from collector.store.schema import outages
from collector.uptime import Tally, Window
from collector.uptime.calendar import months_within
from collector.uptime.spans import Span
from collector.uptime.tally import joined

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `known`: from then on nothing is known."""

    window: Window
    rules: Rules
    zone: str
    now: int
    known: int
    device_ids: frozenset[str] | None

    def of(self, device_ids: Collection[str]) -> "Question":
        """Return the same question about some devices."""
        return replace(self, device_ids=frozenset(device_ids))


@dataclass(slots=True)
class Part:
    """The devices of one zone: what of a question is kept about them.

    `reached` says for each device how many of the months it needs are kept from the first on;
    what comes after must be taken from the log. `missing` are months that could be kept.
    """

    zone: ZoneInfo
    key: str
    span: Span
    months: list[Span]
    lives: dict[str, Life]
    tallies: dict[str, Tally] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    missing: dict[str, list[Span]] = field(default_factory=dict)


class Missing(NamedTuple):
    """Months that were not kept, by the key to keep them under; none ends after `until`."""

    months: dict[str, list[ledger.Month]]
    until: int


def gather(connection: Connection, question: Question) -> list[Part]:
    """Return what is kept for a question, by zone."""
    by_zone: dict[str, dict[str, Life]] = {}
    for life in lives(connection, question.device_ids):
        by_zone.setdefault(life.zone or question.zone, {})[life.id] = life
    changing = _with_open_lengths(connection, question)
    parts = []
    for name, alive in sorted(by_zone.items()):
        zone = ZoneInfo(name)
        start, end = question.window.resolve(zone)
        end = max(start, min(end, question.now))
        months = [one for one in months_within(start, end, zone) if one[1] <= question.known]
        part = Part(zone, rules_key(question.rules, name), (start, end), months, alive)
        if months:
            _take_what_is_kept(connection, question, part, changing)
        parts.append(part)
    return parts


def _take_what_is_kept(
    connection: Connection, question: Question, part: Part, changing: dict[str, int]
) -> None:
    """Fill in a part's tallies of kept months, how far they reach, and what is missing."""
    start, end = part.months[0][0], part.months[-1][1]
    ids = None if question.device_ids is None else part.lives
    rows = ledger.kept(connection, part.key, start, end, ids)
    wanted = part.months
    untold = dict(part.lives)
    for device_id, group in groupby(rows, key=itemgetter(0)):
        life = untold.pop(device_id, None)
        if life is None:
            continue  # it has moved to another zone
        own = list(group)
        if [(row[1], row[2]) for row in own] == wanted:
            part.tallies[device_id] = ledger.as_tally(own)
            part.reached[device_id] = len(wanted)
        else:
            _take_some(part, life, own, changing.get(device_id))
    for life in untold.values():
        _take_some(part, life, [], changing.get(life.id))


def _take_some(part: Part, life: Life, rows: Sequence[ledger.Kept], changing: int | None) -> None:
    """Take the months of one device up to the first that is not kept; note what could be."""
    begins, ends = life.within(part.months[0][0], part.months[-1][1])
    needed = [one for one in part.months if one[1] > begins and one[0] < ends]
    kept = {(row[1], row[2]): row for row in rows}
    own: list[ledger.Kept] = []
    for month in needed:
        row = kept.get(month)
        if row is None:
            break
        own.append(row)
    if own:
        part.tallies[life.id] = ledger.as_tally(own)
    if len(own) == len(needed):
        part.reached[life.id] = len(part.months)
        return
    part.reached[life.id] = part.months.index(needed[len(own)]) if own else 0
    missing = [
        month
        for month in needed[len(own) :]
        if month not in kept and (changing is None or month[1] <= changing)
    ]
    if missing:
        part.missing[life.id] = missing


def add_the_log(
    connection: Connection, question: Question, part: Part, found: dict[str, Tally]
) -> None:
    """Join what is kept of a part with what the log says before and after it."""
    start, end = part.span
    by_reach: dict[int, list[Life]] = {}
    for device_id, life in part.lives.items():
        by_reach.setdefault(part.reached.get(device_id, 0), []).append(life)
    for reach, alive in by_reach.items():
        kept_until = part.months[reach - 1][1] if reach else start
        before = (start, part.months[0][0]) if reach else (start, start)
        earlier = _from_the_log(connection, question, part, alive, before)
        later = _from_the_log(connection, question, part, alive, (kept_until, end))
        for life in alive:
            parts = [
                own
                for own in (earlier.get(life.id), part.tallies.get(life.id), later.get(life.id))
                if own is not None
            ]
            if parts:
                found[life.id] = parts[0] if len(parts) == 1 else joined(parts)


def _from_the_log(
    connection: Connection, question: Question, part: Part, alive: Sequence[Life], span: Span
) -> dict[str, Tally]:
    """Return the tallies of one span, of the devices that have time in it."""
    if span[0] >= span[1]:
        return {}
    found = reckon_spans(
        connection,
        alive,
        [span],
        question.rules,
        part.zone,
        planned=_planned(connection, question, [life.id for life in alive], span),
        known=question.known,
        now=question.now,
    )
    return {device_id: own for device_id, (own,) in found.items() if own is not None}


def missing_months(connection: Connection, question: Question) -> Missing:
    """Reckon the months that are missing for a question."""
    result: dict[str, list[ledger.Month]] = {}
    until = 0
    for part in gather(connection, question):
        if not part.missing:
            continue
        first = min(months[0] for months in part.missing.values())
        spans = [month for month in part.months if month >= first]
        alive = [part.lives[device_id] for device_id in part.missing]
        found = reckon_spans(
            connection,
            alive,
            spans,
            question.rules,
            part.zone,
            planned=_planned(connection, question, list(part.missing), (first[0], spans[-1][1])),
            known=question.known,
            now=question.now,
        )
        until = max(until, spans[-1][1])
        own = result.setdefault(part.key, [])
        for device_id, missing in part.missing.items():
            for span, counted in zip(spans, found[device_id], strict=True):
                if span in missing and counted is not None:
                    own.append((device_id, *span, counted))
    return Missing(result, until)


def reckon_hours(
    connection: Connection, question: Question, hours: Sequence[Span]
) -> dict[str, list[Tally | None]]:
    """Reckon spans that follow each other, from the log."""
    by_zone: dict[str, list[Life]] = {}
    for life in lives(connection, question.device_ids):
        by_zone.setdefault(life.zone or question.zone, []).append(life)
    found: dict[str, list[Tally | None]] = {}
    for name, alive in sorted(by_zone.items()):
        found |= reckon_spans(
            connection,
            alive,
            hours,
            question.rules,
            ZoneInfo(name),
            planned=_planned(
                connection, question, [life.id for life in alive], (hours[0][0], hours[-1][1])
            ),
            known=question.known,
            now=question.now,
        )
    return found


def may_yet_count(connection: Connection, question: Question, until: int) -> bool:
    """Say whether an outage that began before `until` is still on and too short to count yet."""
    started_at = outages.c.started_at
    still_short = question.now - question.rules.minimum_outage_seconds * _SECOND
    if not question.rules.minimum_outage_seconds:
        return False
    on = select(outages.c.id).where(outages.c.ended_at.is_(None))
    on = on.where(started_at < until, started_at >= still_short)
    return connection.scalar(on.limit(1)) is not None


def _with_open_lengths(connection: Connection, question: Question) -> dict[str, int]:
    """Return since when devices are out whose outage may yet turn out too short to count."""
    if not question.rules.minimum_outage_seconds:
        return {}
    on = select(outages.c.device_id, func.min(outages.c.started_at))
    on = on.where(outages.c.ended_at.is_(None)).group_by(outages.c.device_id)
    return {row[0]: row[1] for row in connection.execute(on)}


def _planned(
    connection: Connection, question: Question, device_ids: Sequence[str], span: Span
) -> Mapping[str, Sequence[Span]]:
    if not question.rules.exclude_maintenance:
        return {}
    return planned(connection, device_ids, *span)


def rules_key(rules: Rules, zone: str) -> str:
    """Return under what sums are kept: service hours differ from zone to zone."""
    return f"{rules.digest()} {zone}" if rules.service_hours else rules.digest()

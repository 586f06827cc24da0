"""From all that is said to the queue of findings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collector.model.findings import (
    Action,
    Finding,
    FindingKind,
    NetworkDevice,
    Proposal,
    Ruling,
    Stranger,
)
from collector.model.inventory import Area, Site
from collector.model.register import Field, SourceRow
from collector.register.matching.differences import differences, shared_number
from collector.register.matching.facts import Facts, Position, codes_by_name, facts_of
from collector.register.matching.making import finding, use, weight_of
from collector.register.matching.pairs import (
    LARGEST_BLOCK,
    NEAR_METRES,
    Block,
    Cluster,
    blocks_of,
    clusters_of,
    hints,
)
from collector.register.matching.places import Misplaced, PlaceFault, misplaced

_HINT_WEIGHT = 0.5
_UNLISTED_WEIGHT = 0.55  # sure, but not urgent: what lists contradict each other in comes first


@dataclass(frozen=True, slots=True)
class Grounds:
    """All that is held against each other. `rulings` are the last ones, by finding."""

    rows: Sequence[SourceRow]
    devices: Sequence[NetworkDevice] = ()
    strangers: Sequence[Stranger] = ()
    areas: Sequence[Area] = ()
    sites: Sequence[Site] = ()
    rulings: Mapping[str, Ruling] = field(default_factory=dict)
    ghost_after: timedelta = timedelta(days=14)  # listed and asked for so long, and never seen


def reconcile(grounds: Grounds, now: datetime) -> list[Finding]:
    """Return all findings, the surest first within each kind. Without lists there are none.

    30,000 rows against 10,000 devices take some seconds: not for an event loop.
    """
    if not grounds.rows:
        return []
    codes = codes_by_name((area.code, area.name) for area in grounds.areas)
    facts = facts_of(
        sorted(grounds.rows, key=lambda it: (it.source, it.key)),
        sorted(grounds.devices, key=lambda it: it.id),
        sorted(grounds.strangers, key=lambda it: it.id),
        codes,
    )
    blocks = blocks_of(facts)
    clusters = clusters_of(facts, blocks)
    found = list(_findings(grounds, facts, blocks, clusters, now))
    found.sort(key=lambda it: (it.kind.value, -it.weight, it.id))
    return list({it.id: it for it in reversed(found)}.values())[::-1]


def _findings(
    grounds: Grounds,
    facts: Sequence[Facts],
    blocks: Sequence[Block],
    clusters: Sequence[Cluster],
    now: datetime,
) -> Iterator[Finding]:
    cluster_of = [0] * len(facts)
    for index, cluster in enumerate(clusters):
        for it in cluster.members:
            cluster_of[it.number] = index
    misplaced_rows = misplaced([it for it in facts if it.row], _positions(grounds.sites))
    wrong = frozenset(it.facts.number for it in misplaced_rows)
    yield from (_wrong_area(it) for it in misplaced_rows)

    hinted: set[int] = set()
    for one, other in hints(facts, cluster_of):
        hinted |= {cluster_of[one.number], cluster_of[other.number]}
        yield _hint(one, other)

    moved: set[int] = set()
    for index, cluster in enumerate(clusters):
        duplicate = _duplicate(cluster)
        if duplicate is not None:
            yield duplicate
        if duplicate is None or not _ruled_apart(duplicate, grounds.rulings):
            for made in differences(cluster, wrong):
                if made.kind is FindingKind.MOVED:
                    moved |= {member.number for member in cluster.rows}
                yield made
        if index not in hinted:
            yield from _unseen_or_unlisted(cluster, now - grounds.ghost_after)
    yield from _shared(facts, blocks, cluster_of, moved)


def _positions(sites: Sequence[Site]) -> list[tuple[str, Position]]:
    return [
        (site.area, Position(site.latitude, site.longitude))
        for site in sites
        if site.latitude is not None and site.longitude is not None
    ]


def _wrong_area(it: Misplaced) -> Finding:
    about = [it.facts]
    fields = (Field.AREA, Field.AREA_NAME, Field.LATITUDE, Field.LONGITUDE, Field.NAME)
    if it.fault is PlaceFault.OTHER_AREA:
        proposal = use({Field.AREA: it.area or ""})
        asked = Field.AREA
    elif it.fault is PlaceFault.SWAPPED and it.facts.position is not None:
        mended = it.facts.position
        proposal = use(
            {Field.LATITUDE: str(mended.latitude), Field.LONGITUDE: str(mended.longitude)}
        )
        asked = Field.LATITUDE
    else:
        proposal, asked = Proposal(Action.KEEP), Field.LATITUDE
    return finding(
        FindingKind.WRONG_AREA, about, it.certainty, proposal, field=asked, fields=fields
    )


def _hint(one: Facts, other: Facts) -> Finding:
    """Return two in one place under like names as a question: nothing else says they are one."""
    made = finding(FindingKind.DUPLICATE, [one, other], _HINT_WEIGHT, Proposal(Action.SAME))
    agreeing = [it for it in made.evidence if it.field not in (Field.LATITUDE, Field.LONGITUDE)]
    placed = [
        replace(it, agrees=True)  # within what a position is good for
        for it in made.evidence
        if it.field in (Field.LATITUDE, Field.LONGITUDE)
    ]
    return replace(made, evidence=(*placed, *agreeing))


def _duplicate(cluster: Cluster) -> Finding | None:
    """Return what is listed twice: rows that nobody has said to be one, or devices that are."""
    rows = cluster.rows
    own = [it for it in cluster.devices if not (it.device and it.device.is_listed)]
    named = {it.device_id for it in rows}
    said_to_be_one = len(named) == 1 and None not in named
    twice_listed = len(rows) > 1 and not said_to_be_one
    twice_watched = len(own) > 1
    if not twice_listed and not twice_watched:
        return None
    return finding(
        FindingKind.DUPLICATE, cluster.members, weight_of(cluster.points), Proposal(Action.SAME)
    )


def _ruled_apart(duplicate: Finding, rulings: Mapping[str, Ruling]) -> bool:
    ruling = rulings.get(duplicate.id)
    return (
        ruling is not None
        and ruling.action is Action.DIFFERENT
        and ruling.digest == duplicate.digest
    )


def _unseen_or_unlisted(cluster: Cluster, before: datetime) -> Iterator[Finding]:
    seen = [it for it in cluster.devices if it.device and it.device.first_seen_at is not None]
    heard = [it for it in cluster.members if it.stranger is not None]
    if cluster.rows:
        if not seen and not heard and _was_asked(cluster, before):
            yield finding(FindingKind.GHOST, cluster.members, 0.9, Proposal(Action.RETIRE))
        return
    unlisted = [it for it in seen if it.device and not it.device.is_listed]
    if unlisted:
        yield finding(FindingKind.UNKNOWN, unlisted, _UNLISTED_WEIGHT, Proposal(Action.LIST))
    elif heard:
        yield finding(FindingKind.UNKNOWN, heard, _HINT_WEIGHT, Proposal(Action.LIST))


def _was_asked(cluster: Cluster, before: datetime) -> bool:
    """Say whether there is something to ask, and it was asked for long enough.

    A row without an address cannot be seen: that it is incomplete is told by the score.
    """
    since = [it.device.watched_from for it in cluster.devices if it.device is not None]
    since += [it.seen_at for it in cluster.rows if it.address and it.seen_at]
    has_address = any(it.address for it in cluster.members)
    return has_address and bool(since) and min(since) <= before


def _shared(
    facts: Sequence[Facts],
    blocks: Sequence[Block],
    cluster_of: Sequence[int],
    moved: set[int],
) -> Iterator[Finding]:
    """Yield what rows of several devices claim for themselves: one address, serial number, MAC."""
    for asked, _, sharing in blocks:
        rows = [facts[number] for number in sharing if facts[number].row is not None]
        if asked is Field.ID or not rows or any(number in moved for number in sharing):
            continue
        one_each: dict[int, Facts] = {}
        for number in sharing:
            one_each.setdefault(cluster_of[number], facts[number])
        if len(one_each) < 2 or _are_channels(rows):
            continue
        about = [facts[number] for number in sharing][:LARGEST_BLOCK]
        yield shared_number(asked, about, rows[:LARGEST_BLOCK])


def _are_channels(rows: Sequence[Facts]) -> bool:
    """Say whether these are cameras of one list behind one recorder: they share its address."""
    if len(rows) < 2 or len({it.who for it in rows}) > 1:
        return False
    if any(it.kind not in ("camera", "recorder") for it in rows):
        return False
    places = [it.position for it in rows if it.position is not None]
    near = all(places[0].metres_to(it) <= 4 * NEAR_METRES for it in places)
    return near and len({it.name.marks for it in rows}) == len(rows)

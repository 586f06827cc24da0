"""Within what is about one device: fields on which lists, and the network, do not agree."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from collector.model.findings import Action, Finding, FindingKind, Proposal
from collector.model.register import Field
from collector.register.matching.facts import Facts
from collector.register.matching.making import finding, plain, use, weight_of
from collector.register.matching.pairs import Cluster

APART_METRES = 150.0  # from here on two positions are two places
_SURE = 0.9  # where the network itself says which is right
_OPEN = 0.7

Compared = Callable[[Facts], str | None]
_CIRCUMSTANCES = (Field.NAME, Field.SERIAL, Field.MAC, Field.ADDRESS, Field.KIND)


@dataclass(frozen=True, slots=True)
class _Rule:
    """How one field is compared."""

    field: Field
    as_: Compared
    by_inventory: bool = False  # what a file written by hand says of it counts as well


def _text(field: Field) -> Compared:
    return lambda it: plain(it.values.get(field, "")) or None


_RULES = (
    _Rule(Field.KIND, lambda it: it.kind, by_inventory=True),
    _Rule(Field.AREA, lambda it: it.area, by_inventory=True),
    _Rule(Field.VENDOR, _text(Field.VENDOR)),
    _Rule(Field.MODEL, _text(Field.MODEL)),
    _Rule(Field.OWNER, _text(Field.OWNER)),
    _Rule(Field.OWNER_NAME, _text(Field.OWNER_NAME)),
    _Rule(Field.INSTALLED_ON, _text(Field.INSTALLED_ON)),
    _Rule(Field.CONTRACT, _text(Field.CONTRACT)),
    _Rule(Field.ADDRESS, lambda it: it.address),
)


def differences(cluster: Cluster, misplaced: frozenset[int]) -> Iterator[Finding]:
    """Yield what moved, and the conflicts, of what is about one device.

    Nothing is said of area and position of the rows in `misplaced`: that is told already.
    """
    if len(cluster.members) < 2 or not cluster.rows:
        return
    moved = list(_moved(cluster))
    yield from moved
    placed = [it for it in cluster.rows if it.number not in misplaced]
    for rule in _RULES:
        if rule.field is Field.ADDRESS and moved:
            continue
        rows = placed if rule.field is Field.AREA else cluster.rows
        witnesses = list(rows)
        if not rule.by_inventory and len(witnesses) < 2:
            continue
        if rule.by_inventory:
            witnesses += [it for it in cluster.devices if it.device and not it.device.is_listed]
        if _differ(rule.as_(it) for it in witnesses):
            yield _conflict(rule.field, witnesses, _OPEN)
    for field in (Field.SERIAL, Field.MAC):
        if not moved:
            yield from _numbers(cluster, field)
    yield from _model(cluster)
    yield from _position(cluster, placed)


def _moved(cluster: Cluster) -> Iterator[Finding]:
    """Yield rows whose serial number or MAC answers at another address than they name."""
    for row in cluster.rows:
        seen = [it for it in cluster.devices if _answers_as(it, row)]
        if row.address is None or not seen or any(it.address == row.address for it in seen):
            continue
        now = next((it for it in seen if it.address is not None), None)
        if now is None or now.address is None:
            continue
        yield finding(
            FindingKind.MOVED,
            [row, *seen],
            _SURE,
            use({Field.ADDRESS: now.address}),
            rows=[row],
            field=Field.ADDRESS,
        )


def _answers_as(device: Facts, row: Facts) -> bool:
    if device.device is None or device.device.first_seen_at is None:
        return False
    return not (device.serials.isdisjoint(row.serials) and device.macs.isdisjoint(row.macs))


def _numbers(cluster: Cluster, field: Field) -> Iterator[Finding]:
    """Yield a conflict on a serial number or a MAC: of lists, or of a list and the network.

    A device that says several names all of them: a list is right with any.
    """
    rows = [it for it in cluster.rows if _numbers_of(it, field)]
    said = [it for it in cluster.devices if _numbers_of(it, field)]
    network = frozenset[str]().union(*(_numbers_of(it, field) for it in said))
    wrong = [it for it in rows if network and network.isdisjoint(_numbers_of(it, field))]
    if wrong:
        values = {field: next(iter(sorted(network)))} if len(network) == 1 else {}
        proposal = use(values) if values else Proposal(Action.KEEP)
        yield finding(FindingKind.CONFLICT, [*rows, *said], _SURE, proposal, rows=rows, field=field)
    elif not network and _differ(next(iter(_numbers_of(it, field))) for it in rows):
        yield _conflict(field, rows, _OPEN)


def _numbers_of(it: Facts, field: Field) -> frozenset[str]:
    return it.serials if field is Field.SERIAL else it.macs


def _model(cluster: Cluster) -> Iterator[Finding]:
    """Yield a conflict of a list's model with what the device says, where neither is in the other.

    "DS-2CD2143" and "DS-2CD2143G2-I" are the same model, said more and less exactly.
    """
    said = [it for it in cluster.devices if it.values.get(Field.MODEL)]
    rows = [it for it in cluster.rows if it.values.get(Field.MODEL)]
    if not said or _differ(plain(it.values[Field.MODEL]) for it in rows):
        return  # the lists' own conflict is told already
    own = plain(said[0].values[Field.MODEL])
    if any(_is_other(plain(it.values[Field.MODEL]), own) for it in rows):
        value = {Field.MODEL: said[0].values[Field.MODEL]}
        yield finding(
            FindingKind.CONFLICT, [*rows, *said], _SURE, use(value), rows=rows, field=Field.MODEL
        )


def _is_other(one: str, own: str) -> bool:
    return one not in own and own not in one


def _position(cluster: Cluster, placed: Sequence[Facts]) -> Iterator[Finding]:
    witnesses = [it for it in placed if it.position is not None]
    witnesses += [
        it
        for it in cluster.devices
        if it.position is not None and it.device is not None and not it.device.is_listed
    ]
    places = [it.position for it in witnesses if it.position is not None]
    if places and any(places[0].metres_to(it) > APART_METRES for it in places[1:]):
        yield _conflict(
            Field.LATITUDE, witnesses, _OPEN, (Field.LATITUDE, Field.LONGITUDE, Field.AREA)
        )


def _conflict(
    field: Field, witnesses: Sequence[Facts], weight: float, fields: Iterable[Field] | None = None
) -> Finding:
    """Return a conflict; what most say is proposed, or nothing where they are even."""
    shown = dict.fromkeys((*(fields or (field,)), *_CIRCUMSTANCES))
    return finding(
        FindingKind.CONFLICT,
        witnesses,
        weight,
        _most_say(field, witnesses),
        field=field,
        fields=shown,
    )


def _most_say(field: Field, witnesses: Sequence[Facts]) -> Proposal:
    counts: dict[str, list[Facts]] = {}
    for it in witnesses:
        if it.values.get(field):
            counts.setdefault(plain(it.values[field]), []).append(it)
    ranked = sorted(counts.values(), key=len, reverse=True)
    if len(ranked) < 2 or len(ranked[0]) == len(ranked[1]):
        return Proposal(Action.KEEP)
    best = ranked[0][0].values
    fields = (Field.LATITUDE, Field.LONGITUDE) if field is Field.LATITUDE else (field,)
    return use({it: best[it] for it in fields if it in best})


def _differ(values: Iterable[str | None]) -> bool:
    return len({it for it in values if it is not None}) > 1


def shared_number(field: Field, sharing: Sequence[Facts], rows: Sequence[Facts]) -> Finding:
    """Return the conflict of rows of several devices that name one address, serial or MAC."""
    weight = weight_of(6.0 if field is Field.ADDRESS else 8.0)
    proposal = Proposal(Action.KEEP)
    return finding(FindingKind.CONFLICT, sharing, weight, proposal, rows=rows, field=field)

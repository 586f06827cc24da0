"""Which of all that is said is about one device: blocks of what shares a key, pairs, clusters.

1. Whatever shares a key (a serial number, a MAC, an address, an id that was decided) is compared;
   nothing else is, so that 30,000 rows are not compared with each other.
2. A pair gets points for what agrees and loses points for what does not. It is one device from
   `ENOUGH` points on, and only with a key in common.
3. Pairs become clusters, the surest first, unless their numbers contradict each other.

A name gives fewer points than `ENOUGH`, and without a key in common there is no pair at all: two
rows are never one device for their names. What stands in one place under a like name without any
key to say so is a hint (`hints`), for a person to look at, and merges nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from collector.model.register import Field
from collector.register.matching.facts import Facts, Position
from collector.register.matching.names import likeness, marks_differ

NEAR_METRES = 25.0  # within what a telephone says of a pole
FAR_METRES = 1_000.0
ENOUGH = 5.0
LARGEST_BLOCK = 12  # what more than so many share says nothing about one device
_ALIKE = 0.8  # share of words
_CELL_DEGREES = 0.0003  # some 33 m


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that are one device, by their numbers, with the points that speak for it."""

    one: int
    other: int
    points: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """All that is said about one device. `points` are those of the weakest pair that it needs."""

    members: tuple[Facts, ...]
    rows: tuple[Facts, ...]  # of lists, among them
    devices: tuple[Facts, ...]
    points: float


Block = tuple[Field, str, tuple[int, ...]]
"""What is shared, its value, and who shares it."""


def blocks_of(facts: Sequence[Facts]) -> list[Block]:
    """Return every key that two or more share, whatever their number."""
    shared: dict[tuple[Field, str], list[int]] = defaultdict(list)
    for it in facts:
        for key in _keys(it):
            shared[key].append(it.number)
    return [(*key, tuple(sharing)) for key, sharing in shared.items() if len(sharing) > 1]


def clusters_of(facts: Sequence[Facts], blocks: Iterable[Block]) -> list[Cluster]:
    """Return what is about one device, each fact in one cluster, also those that are alone."""
    groups = _Groups(facts)
    for pair in sorted(_pairs(facts, blocks), key=lambda it: (-it.points, it.one, it.other)):
        groups.join(pair)
    return groups.clusters()


def points_of(one: Facts, other: Facts) -> float:
    """Return what speaks for it that two are one device; below 0 what speaks against it."""
    if one.device_id is not None and one.device_id == other.device_id:
        return ENOUGH if _numbers_differ(one, other) else 2 * ENOUGH
    points = _set_points(one.serials, other.serials, 8, -4)
    points += _set_points(one.macs, other.macs, 8, -3)
    if one.address and other.address:
        points += 5 if one.address == other.address else -3
    if one.kind and other.kind:
        points += 0.5 if one.kind == other.kind else -2
    points += _position_points(one.position, other.position)
    if likeness(one.name, other.name) >= _ALIKE:
        points += 1.5
    if marks_differ(one.name, other.name):  # each list counts in its own way
        points -= 4 if one.who == other.who else 1.5
    if one.area and other.area and one.area == other.area:
        points += 0.5
    return points


def hints(facts: Sequence[Facts], cluster_of: Sequence[int]) -> Iterator[tuple[Facts, Facts]]:
    """Yield pairs of one kind in one place under like names, which have no key in common.

    Only where each is the other's one candidate: of five cameras of one name on one square
    nothing is said. Nothing that any number contradicts.
    """
    found: dict[int, set[int]] = defaultdict(set)
    cells: dict[tuple[int, int, str, tuple[str, ...]], list[Facts]] = defaultdict(list)
    for it in facts:
        if it.position is None or it.kind is None or not it.name.words:
            continue
        y = round(it.position.latitude / _CELL_DEGREES)
        x = round(it.position.longitude / _CELL_DEGREES)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                for other in cells.get((y + dy, x + dx, it.kind, it.name.marks), ()):
                    if cluster_of[it.number] != cluster_of[other.number] and _hint(it, other):
                        found[it.number].add(other.number)
                        found[other.number].add(it.number)
        cells[(y, x, it.kind, it.name.marks)].append(it)
    for number, others in sorted(found.items()):
        if len(others) != 1:
            continue
        (other_number,) = others
        if number < other_number and found[other_number] == {number}:
            yield facts[number], facts[other_number]


def _hint(one: Facts, other: Facts) -> bool:
    if one.row is None and other.row is None:
        return False
    if one.position is None or other.position is None:
        return False
    if one.position.metres_to(other.position) > NEAR_METRES:
        return False
    contradicts = (
        (one.address and other.address)
        or (one.serials and other.serials)
        or (one.macs and other.macs)
        or (one.device_id is not None and one.device_id == other.device_id)
    )
    return not contradicts and likeness(one.name, other.name) >= _ALIKE


def _keys(it: Facts) -> Iterator[tuple[Field, str]]:
    if it.device_id is not None:
        yield Field.ID, it.device_id
    for serial in it.serials:
        yield Field.SERIAL, serial
    for mac in it.macs:
        yield Field.MAC, mac
    if it.address is not None:
        yield Field.ADDRESS, it.address


def _pairs(facts: Sequence[Facts], blocks: Iterable[Block]) -> Iterator[Pair]:
    seen = set()
    for field, _, sharing in blocks:
        if len(sharing) > LARGEST_BLOCK and field is not Field.ID:
            continue
        for one, other in combinations(sharing, 2):
            if (one, other) in seen:
                continue
            seen.add((one, other))
            if not _may_be_one(field, facts[one], facts[other]):
                continue
            points = points_of(facts[one], facts[other])
            if points >= ENOUGH:
                yield Pair(one, other, points)


def _may_be_one(field: Field, one: Facts, other: Facts) -> bool:
    """Say whether what is shared can tell: watched devices may share an address, behind a port."""
    return not (one.row is None and other.row is None and field is Field.ADDRESS)


def _numbers_differ(one: Facts, other: Facts) -> bool:
    """Say whether both have serial numbers, or MACs, and no common one."""
    return any(
        mine and theirs and mine.isdisjoint(theirs)
        for mine, theirs in ((one.serials, other.serials), (one.macs, other.macs))
    )


def _set_points(one: frozenset[str], other: frozenset[str], agree: float, differ: float) -> float:
    if not one or not other:
        return 0.0
    return differ if one.isdisjoint(other) else agree


def _position_points(one: Position | None, other: Position | None) -> float:
    if one is None or other is None:
        return 0.0
    metres = one.metres_to(other)
    if metres <= NEAR_METRES:
        return 2.0
    return -1.5 if metres > FAR_METRES else 0.0


def _cluster(members: Sequence[Facts], points: float | None) -> Cluster:
    rows = tuple(it for it in members if it.row is not None)
    devices = tuple(it for it in members if it.device is not None)
    return Cluster(tuple(members), rows, devices, points or 0.0)


class _Groups:
    """Joins pairs; remembers of every group what its members say they are."""

    def __init__(self, facts: Sequence[Facts]) -> None:
        self._facts = facts
        self._root = list(range(len(facts)))
        self._members: dict[int, list[int]] = {it.number: [it.number] for it in facts}
        self._points: dict[int, float] = {}

    def join(self, pair: Pair) -> None:
        one, other = self._find(pair.one), self._find(pair.other)
        if one == other or self._contradict(one, other, pair):
            return
        self._root[other] = one
        self._members[one] += self._members.pop(other)
        points = (self._points.get(one), self._points.pop(other, None), pair.points)
        self._points[one] = min(it for it in points if it is not None)

    def clusters(self) -> list[Cluster]:
        return [
            _cluster([self._facts[number] for number in sorted(members)], self._points.get(root))
            for root, members in sorted(self._members.items())
        ]

    def _find(self, number: int) -> int:
        while self._root[number] != number:
            self._root[number] = self._root[self._root[number]]
            number = self._root[number]
        return number

    def _contradict(self, one: int, other: int, pair: Pair) -> bool:
        """Say whether two groups cannot be one device, because of their numbers.

        What was decided to be one device is one whatever its numbers, as long as neither has found
        another by its numbers: at an address that was given to another camera, that one answers.
        """
        alone = len(self._members[one]) == len(self._members[other]) == 1
        first, second = self._facts[pair.one], self._facts[pair.other]
        if first.device_id is not None and first.device_id == second.device_id:
            return pair.points < 2 * ENOUGH and not alone
        checked = 0
        for of in ("serials", "macs"):
            left = self._all(one, of)
            right = self._all(other, of)
            if left and right:
                if not left.isdisjoint(right):
                    return False
                checked += 1
        return checked == 2 or (checked == 1 and not alone)

    def _all(self, root: int, of: str) -> frozenset[str]:
        sets = (getattr(self._facts[number], of) for number in self._members[root])
        return frozenset[str]().union(*sets)

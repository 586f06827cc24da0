"""Whether coordinates lie in the area that a row names, as far as that can be known.

There are no borders here: an area is known by the sites that stand in it. A row is told of

1. when its coordinates are the wrong way round, or lie outside of the city altogether;
2. when a site of another area stands where they are, and none of its own;
3. when those nearest around them all belong to one other area, and none of its own is as near.

Near a border, where points of both areas lie mixed, nothing is said.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.register.matching.facts import METRES_A_DEGREE, Facts, Position

_HERE_METRES = 50.0
_NEAREST = 7
_CELL_DEGREES = 0.005  # some 550 m
_SITE_CELL_DEGREES = 0.001  # more than twice of what is "here"
_RINGS = 7
_WITHIN_METRES = 3_000.0  # of those that are asked
_CITY_MARGIN_METRES = 20_000.0
_LEAST_POINTS = 12  # of a city, for its outline to mean anything


class PlaceFault(StrEnum):
    """What is wrong with where a row says that its device stands."""

    SWAPPED = "swapped"
    OUTSIDE = "outside"
    OTHER_AREA = "other_area"


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A row whose place cannot be right. `area` is the one that it lies in, if that is known."""

    facts: Facts
    fault: PlaceFault
    certainty: float
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A place whose area is known; `rows` are the numbers of the rows that say so, if rows do."""

    position: Position
    area: str
    rows: tuple[int, ...] = ()


def misplaced(rows: Sequence[Facts], sites: Iterable[tuple[str, Position]]) -> list[Misplaced]:
    """Return the rows whose place contradicts the area they name; `sites` are (area, position)."""
    known = [Point(position, area) for area, position in sites]
    around = _Around(known, _told(rows))
    found = []
    for it in rows:
        if it.position is None:
            continue
        if it.swapped:
            found.append(Misplaced(it, PlaceFault.SWAPPED, 0.97))
        elif around.is_outside(it.position):
            found.append(Misplaced(it, PlaceFault.OUTSIDE, 0.95))
        elif it.area is not None:
            fault = _other_area(it, it.position, it.area, around)
            if fault is not None:
                found.append(fault)
    return found


def _told(rows: Sequence[Facts]) -> list[Point]:
    """Return the places that rows name; one that many share counts once."""
    places: dict[tuple[float, float, str], list[Facts]] = defaultdict(list)
    for it in rows:
        if it.position is not None and it.area is not None and it.position.is_in_indonesia():
            where = round(it.position.latitude, 4), round(it.position.longitude, 4), it.area
            places[where].append(it)
    return [
        Point(Position(latitude, longitude), area, tuple(it.number for it in there))
        for (latitude, longitude, area), there in places.items()
    ]


def _other_area(it: Facts, position: Position, area: str, around: "_Around") -> Misplaced | None:
    here = around.sites_at(position)
    if here:
        if any(_within(other, area) or _within(area, other) for other in here):
            return None
        return Misplaced(it, PlaceFault.OTHER_AREA, 0.95, min(here))
    near = around.nearest(position, it.number)
    areas = {point.area for point in near}
    if len(near) < _NEAREST or len(areas) != 1:
        return None
    (other,) = areas
    if _within(other, area) or _within(area, other):
        return None
    return Misplaced(it, PlaceFault.OTHER_AREA, 0.8, other)


def _within(area: str, whole: str) -> bool:
    """Say whether an area is another one or a part of it: `73.71.01.1001` is in `73.71.01`."""
    return area == whole or area.startswith(whole + ".")


class _Around:
    """Finds what is known around a position: sites, and places that rows name."""

    def __init__(self, sites: Sequence[Point], told: Sequence[Point]) -> None:
        self._cells: dict[tuple[int, int], list[Point]] = defaultdict(list)
        self._sites: dict[tuple[int, int], list[Point]] = defaultdict(list)
        for point in (*sites, *told):
            self._cells[_cell(point.position, _CELL_DEGREES)].append(point)
        for point in sites:
            self._sites[_cell(point.position, _SITE_CELL_DEGREES)].append(point)
        known = sites if len(sites) >= _LEAST_POINTS else told
        self._box = _outline([point.position for point in known])

    def is_outside(self, position: Position) -> bool:
        """Say whether a position is far outside of all that is known of the city."""
        if self._box is None:
            return not position.is_in_indonesia()
        south, north, west, east = self._box
        return not (south <= position.latitude <= north and west <= position.longitude <= east)

    def sites_at(self, position: Position) -> set[str]:
        """Return the areas of the sites that stand where a position is."""
        return {
            point.area
            for point in _ring(self._sites, _cell(position, _SITE_CELL_DEGREES), 0, 1)
            if position.metres_to(point.position) <= _HERE_METRES
        }

    def nearest(self, position: Position, but: int) -> list[Point]:
        """Return the points around a position, the nearest first; not what row `but` alone says."""
        cell = _cell(position, _CELL_DEGREES)
        seen: list[tuple[float, Point]] = []
        for reach in range(_RINGS):
            seen += [
                (position.metres_to(point.position), point)
                for point in _ring(self._cells, cell, reach, reach)
                if point.rows != (but,)
            ]
            if reach and len(seen) >= 2 * _NEAREST:
                break
        found = sorted((it for it in seen if it[0] <= _WITHIN_METRES), key=lambda it: it[0])
        return [point for _, point in found[:_NEAREST]]


def _ring(
    cells: dict[tuple[int, int], list[Point]], middle: tuple[int, int], first: int, last: int
) -> Iterator[Point]:
    """Yield the points in cells that are `first` to `last` steps from a cell."""
    y, x = middle
    for dy in range(-last, last + 1):
        for dx in range(-last, last + 1):
            if max(abs(dy), abs(dx)) >= first:
                yield from cells.get((y + dy, x + dx), ())


def _outline(known: Sequence[Position]) -> tuple[float, float, float, float] | None:
    """Return south, north, west and east of the middle 96 % of what is known, with a margin."""
    if len(known) < _LEAST_POINTS:
        return None
    latitudes = sorted(it.latitude for it in known)
    longitudes = sorted(it.longitude for it in known)
    cut = len(known) // 50
    margin = _CITY_MARGIN_METRES / METRES_A_DEGREE
    return (
        latitudes[cut] - margin,
        latitudes[-1 - cut] + margin,
        longitudes[cut] - margin,
        longitudes[-1 - cut] + margin,
    )


def _cell(position: Position, size: float) -> tuple[int, int]:
    return math.floor(position.latitude / size), math.floor(position.longitude / size)

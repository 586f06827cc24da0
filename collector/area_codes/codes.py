"""What a code of an area means, on which days, and which code an area had before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

_CHAIN = 20  # predecessors of predecessors: longer is a circle
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AreaCode:
    """One code of Kemendagri (`73.71.01`) with its name, from one day to another.

    `valid_from` None: as far back as is known; `valid_to` is the last day, None: in force.
    `replaces` are the codes that this one came from. `basis` names the decree.
    """

    code: str
    name: str
    bps: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: tuple[str, ...] = ()
    basis: str = ""

    def holds(self, day: date) -> bool:
        """Say whether it is in force on a day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


class AreaRegister:
    """All codes that are known. A code without an end ends where what replaces it begins."""

    def __init__(self, codes: Iterable[AreaCode]) -> None:
        """Later ones take the place of earlier ones that begin on the same day."""
        by_key = {(one.code, one.valid_from): one for one in codes}
        ends: dict[str, date] = {}
        for one in by_key.values():
            if one.valid_from is not None:
                for code in one.replaces:
                    if code != one.code:
                        ends[code] = min(ends.get(code, date.max), one.valid_from - _DAY)
        self._codes: dict[str, list[AreaCode]] = {}
        for one in sorted(by_key.values(), key=lambda one: (one.code, one.valid_from or date.min)):
            own = self._codes.setdefault(one.code, [])
            if own and own[-1].valid_to is None and one.valid_from is not None:
                own[-1] = replace(own[-1], valid_to=one.valid_from - _DAY)
            own.append(one)
        for code, end in ends.items():
            known = self._codes.get(code, [])
            if known and known[-1].valid_to is None and (known[-1].valid_from or date.min) <= end:
                known[-1] = replace(known[-1], valid_to=end)

    def __iter__(self) -> Iterator[AreaCode]:
        """Yield every code by code and time."""
        for own in self._codes.values():
            yield from own

    def at(self, code: str, day: date) -> AreaCode | None:
        """Return what a code means on a day; None: nothing, as far as is known."""
        return next((one for one in self._codes.get(code, ()) if one.holds(day)), None)

    def then(self, code: str, day: date) -> AreaCode | None:
        """Return the code that an area which has this one now had on a day.

        None: not known. Of one that was made from several (a union) it is not known which.
        """
        for _ in range(_CHAIN):
            found = self.at(code, day)
            if found is not None:
                return found
            own = self._codes.get(code, [])
            later = [one for one in own if one.valid_from is not None and one.valid_from > day]
            if not later or len(later[0].replaces) != 1:
                return None
            code = later[0].replaces[0]
        return None

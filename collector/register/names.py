"""Finds areas, owners and sites by what people call them, and makes those that are new.

    Kec. Mariso, mariso, 737101      one area, by its code
    Dishub, Dinas Perhubungan        one owner, by id or name
    Anjungan Losari                  one site, by its name within its area

What an import makes new is known to its later rows by the same name.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from collector.config.problems import did_you_mean
from collector.model import Area, Owner, Site
from collector.register.columns import plain
from collector.register.coordinates import BadValueError
from collector.register.remarks import Code, shown

_LONGEST_ID = 64
_AREA_WORDS = re.compile(
    r"^(?:kecamatan|kec|kelurahan|kel|desa|kota|kabupaten|kab|distrik|provinsi|prov) "
)


def id_of(name: str) -> str:
    """Return an id that looks like a name: `Simpang Lima (utara)` becomes `simpang-lima-utara`."""
    return plain(name).replace(" ", "-")[: _LONGEST_ID - 5].strip("-")


def free_id(wanted: str, taken: Callable[[str], bool]) -> str:
    """Return the wanted id, or with the first number that makes it free."""
    if not taken(wanted):
        return wanted
    number = 2
    while taken(f"{wanted}-{number}"):
        number += 1
    return f"{wanted}-{number}"


@lru_cache(10_000)
def area_word(name: str) -> str:
    """Return an area's name as it is compared: `Kec. Mariso` is `mariso`."""
    return _AREA_WORDS.sub("", plain(name))


def nested(one: str, other: str) -> bool:
    """Say whether one of two areas lies in the other, or they are the same."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


@dataclass(slots=True)
class Names:
    """What there is to refer to; `new_…` is what this import adds.

    `official` are the names of codes that the state has given, whether or not the city has areas
    with them yet.
    """

    areas: dict[str, Area]
    owners: dict[str, Owner]
    sites: dict[str, Site]
    official: Mapping[str, str] = field(default_factory=dict)
    new_areas: dict[str, str] = field(default_factory=dict)
    new_owners: dict[str, str] = field(default_factory=dict)
    new_sites: set[str] = field(default_factory=set)
    _official_by_word: dict[str, list[str]] | None = None
    _areas_by_word: dict[str, list[str]] = field(default_factory=dict)
    _owners_by_word: dict[str, str] = field(default_factory=dict)
    _sites_by_word: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for area in self.areas.values():
            self._areas_by_word.setdefault(area_word(area.name), []).append(area.code)
        for owner in self.owners.values():
            self._owners_by_word.setdefault(plain(owner.name), owner.id)
        for owner_id in self.owners:
            self._owners_by_word.setdefault(plain(owner_id), owner_id)
        for site in self.sites.values():
            self._sites_by_word.setdefault(plain(site.name), []).append(site.id)

    def area(self, code: str | None, name: str | None) -> str | None:
        """Return the code of an area; None when neither is said.

        A code that the city does not have yet makes a new area when its name is said or official,
        and an official name one with its code, if they lie within an area that the city has.
        Raises BadValueError.
        """
        if code is not None:
            name = name or self.official.get(code)
            if code not in self.areas and (name is None or not self._is_within(code)):
                raise BadValueError(
                    Code.UNKNOWN_AREA, value=shown(code), hint=did_you_mean(code, self.areas)
                )
            return self._with_area(code, name or code)
        if name is None:
            return None
        word = area_word(name)
        found = self._areas_by_word.get(word, [])
        if not found and self._official_by_word is None:
            self._official_by_word = {}
            for one, called in self.official.items():
                if one not in self.areas and self._is_within(one):
                    self._official_by_word.setdefault(area_word(called), []).append(one)
        found = found or (self._official_by_word or {}).get(word, [])
        if len(found) == 1:
            return self._with_area(found[0], self.official.get(found[0], name))
        if not found:
            names = [area.name for area in self.areas.values()]
            raise BadValueError(
                Code.UNKNOWN_AREA, value=shown(name), hint=did_you_mean(name, names)
            )
        raise BadValueError(Code.AREA_AMBIGUOUS, value=shown(name), codes=", ".join(sorted(found)))

    def _is_within(self, code: str) -> bool:
        return any(nested(code, one) and len(one) < len(code) for one in self.areas)

    def _with_area(self, code: str, name: str) -> str:
        if code not in self.areas:
            self.areas[code] = Area(code, name)
            self.new_areas[code] = name
            self._areas_by_word.setdefault(area_word(name), []).append(code)
        return code

    def owner(self, owner_id: str | None, name: str | None) -> str | None:
        """Return the id of an owner, which is made when nobody is called so; None: not said."""
        if owner_id is not None and owner_id in self.owners:
            return owner_id
        said = name or owner_id
        if said is None:
            return None
        found = self._owners_by_word.get(plain(said))
        if found is not None and owner_id is None:
            return found
        made = owner_id or free_id(id_of(said) or "opd", lambda word: word in self.owners)
        self.owners[made] = Owner(made, said)
        self.new_owners[made] = said
        self._owners_by_word.setdefault(plain(said), made)
        return made

    def site(self, site_id: str | None, name: str | None, area: str | None) -> str | None:
        """Return the id of a site, which is made when none is called so there; None: not said."""
        if site_id is not None:
            if site_id not in self.sites:
                self._make_site(site_id, name or site_id, area)
            return site_id
        if name is None:
            return None
        found = self._sites_by_word.get(plain(name), [])
        if area is not None:
            same = [one for one in found if self.sites[one].area == area]
            found = same or [one for one in found if nested(self.sites[one].area or area, area)]
        if found:
            return found[0]
        made = free_id(id_of(name) or "titik", lambda word: word in self.sites)
        self._make_site(made, name, area)
        return made

    def _make_site(self, site_id: str, name: str, area: str | None) -> None:
        self.sites[site_id] = Site(site_id, name, area or "")
        self.new_sites.add(site_id)
        self._sites_by_word.setdefault(plain(name), []).append(site_id)


def names_of(
    areas: Iterable[Area],
    owners: Iterable[Owner],
    sites: Iterable[Site],
    official: Mapping[str, str] | None = None,
) -> Names:
    """Return what can be referred to; `official` are names of codes."""
    return Names(
        {area.code: area for area in areas},
        {owner.id: owner for owner in owners},
        {site.id: site for site in sites},
        official or {},
    )


def city_of(areas: Mapping[str, Area] | Collection[str]) -> str | None:
    """Return the one area in which all others lie; None: there is no such."""
    outer = [one for one in areas if not any(nested(one, two) and len(two) < len(one)
                                             for two in areas)]  # fmt: skip
    return outer[0] if len(outer) == 1 else None

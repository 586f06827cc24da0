"""What a recording holds and a profile does not read: where to look when one writes a profile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.model import Profile
from collector.probes.snmp.interpret import scalar_sources, table_scalars, table_sources

Name = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Objects that lie side by side: a column, or a single value. `example` is the first's."""

    oid: str
    count: int
    example: str


def recorded(path: Path) -> dict[Name, str]:
    """Return the names and values of a .snmprec file, as they are written there."""
    found: dict[Name, str] = {}
    for line in path.read_bytes().decode("utf-8", "replace").splitlines():
        oid, _, rest = line.partition("|")
        if oid and all(number.isdecimal() for number in oid.split(".")):
            found[_name(oid)] = rest.partition("|")[2]
    return found


def unread(profile: Profile, recorded: Mapping[Name, str]) -> list[Unread]:
    """Return what `recorded` (name → value as text) holds beside what the profile asks for.

    Neighbours that differ in the last number alone are told as one, in the order of their names.
    """
    asked = [_name(oid) for oid in _asked(profile)]
    found: dict[Name, list[str]] = {}
    for name, value in sorted(recorded.items()):
        if not any(name[: len(one)] == one for one in asked):
            found.setdefault(name[:-1], []).append(value)
    return [
        Unread(".".join(map(str, parent)), len(values), values[0])
        for parent, values in found.items()
    ]


def _asked(profile: Profile) -> Iterable[str]:
    for group in profile.groups:
        if group.probe != "snmp":
            continue
        yield from scalar_sources(group)
        for table in group.tables:
            yield from table_sources(table)
            yield from table_scalars(table)


def _name(oid: str) -> Name:
    return tuple(int(number) for number in oid.split("."))

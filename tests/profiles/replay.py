"""Reads `.snmprec` recordings into raw values, and asks them what a profile asks a device.

A line is `OID|TAG|VALUE`; TAG is the BER tag in decimal, with an `x` behind it the value is in
hexadecimal (format of snmpsim).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from collector.model import MetricGroup, Profile, Reading
from collector.probes.snmp.interpret import (
    Fault,
    Interpretation,
    interpret_scalars,
    interpret_table,
    scalar_sources,
    table_scalars,
    table_sources,
)
from collector.probes.snmp.values import Value


def read_recording(path: Path) -> dict[str, Value]:
    """Return OID → raw value. Lines whose OID is not made of numbers are left out."""
    return dict(_values(path.read_text(encoding="utf-8", errors="surrogateescape")))


def _values(text: str) -> Iterator[tuple[str, Value]]:
    for line in text.splitlines():
        oid, _, rest = line.partition("|")
        tag, _, content = rest.partition("|")
        if re.fullmatch(r"[0-9.]+", oid):
            yield oid, _value(int(tag.rstrip("x")), content, is_hex=tag.endswith("x"))


def _value(tag: int, content: str, *, is_hex: bool) -> Value:
    octets = bytes.fromhex(content) if is_hex else content.encode("utf-8", errors="surrogateescape")
    match tag:
        case 4:
            return octets
        case 5:
            return None
        case 6:
            return content.removeprefix(".")
        case 64:
            return ".".join(map(str, octets)) if is_hex else content
        case _:
            return int(content)


def replay(profile: Profile, values: Mapping[str, Value]) -> Interpretation:
    """Return what the profile's SNMP groups make of a recording."""
    found = [replay_group(group, values) for group in profile.groups if group.probe == "snmp"]
    return _together(found)


def replay_group(group: MetricGroup, values: Mapping[str, Value]) -> Interpretation:
    """Return what one SNMP group makes of a recording."""
    scalars = {oid: values[oid] for oid in scalar_sources(group) if oid in values}
    found = [interpret_scalars(group, scalars)]
    for table in group.tables:
        columns = {column: _rows(values, column) for column in table_sources(table)}
        singles = {oid: {"": values[oid]} for oid in table_scalars(table) if oid in values}
        found.append(interpret_table(table, columns | singles))
    return _together(found)


def _together(found: Iterable[Interpretation]) -> Interpretation:
    readings: list[Reading] = []
    faults: list[Fault] = []
    for interpretation in found:
        readings += interpretation.readings
        faults += interpretation.faults
    return Interpretation(tuple(readings), tuple(faults))


def _rows(values: Mapping[str, Value], column: str) -> dict[str, Value]:
    prefix = column + "."
    return {oid.removeprefix(prefix): it for oid, it in values.items() if oid.startswith(prefix)}

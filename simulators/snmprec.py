"""Recordings of real agents (snmpsim's .snmprec), replayed as one device.

One object a line: `OID|TAG|VALUE`, split at the first two bars. TAG is the decimal BER tag; `x`
after it means that VALUE is hexadecimal, `e` that it holds backslash escapes. Recordings are
merged and cut by hand, so these rules hold:

- order does not matter: objects are served in the order of their names;
- a name given twice keeps its **last** value;
- a line whose name or value cannot be understood is left out and reported, the rest is served;
- every value is constant, also sysUpTime and counters: a recording is one moment.
"""

import codecs
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path

from simulators import ber
from simulators.mib import Entry, Layout

_UNSIGNED = (ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64)


@dataclass(frozen=True, slots=True)
class Recording:
    """The objects of a recording and the lines that were left out, as `line N: why`."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]

    def layout(self) -> Layout:
        """Return the objects as an agent serves them."""
        return Layout(self.entries)


def read_recording(path: Path) -> Recording:
    """Return what a .snmprec file holds. Raises OSError; bad lines are reported, never raised."""
    entries: list[Entry] = []
    problems: list[str] = []
    lines = path.read_bytes().decode("utf-8", "surrogateescape").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            entries.append(read_line(line))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    return Recording(tuple(entries), tuple(problems))


def read_line(line: str) -> Entry:
    """Return the object of one line. Raises ValueError saying what is wrong."""
    fields = line.split("|", 2)
    if len(fields) != 3:
        raise ValueError("not of the form OID|TAG|VALUE")
    try:
        oid = ber.parse_oid(fields[0])
        ber.encode_oid(oid)
    except ValueError:
        raise ValueError(f"not an object identifier: {fields[0]!r}") from None
    digits = fields[1].rstrip("xe")
    if not digits.isdecimal():
        raise ValueError(f"unknown tag {fields[1]!r}")
    tag = int(digits)
    try:
        return Entry(oid, tag, _encode(tag, fields[1][len(digits) :], fields[2]))
    except (ValueError, AddressValueError):
        raise ValueError(f"not a value of tag {fields[1]}: {fields[2]!r}") from None


def _encode(tag: int, suffix: str, value: str) -> bytes:
    """Return the TLV of a value. Raises ValueError (AddressValueError is one)."""
    octets = _octets(suffix, value)
    if suffix == "x" and tag not in (ber.INTEGER, *_UNSIGNED):
        return ber.tlv(tag, octets)
    if tag == ber.INTEGER:
        return ber.signed(int(octets))
    if tag in _UNSIGNED:
        return ber.unsigned(tag, int(octets))
    if tag == ber.OBJECT_IDENTIFIER:
        return ber.object_identifier(ber.parse_oid(value))
    if tag == ber.IP_ADDRESS:
        return ber.tlv(tag, IPv4Address(value).packed)
    if tag == ber.NULL:
        return ber.tlv(tag, b"")
    if tag in (ber.OCTET_STRING, ber.OPAQUE):
        return ber.tlv(tag, octets)
    raise ValueError(f"unknown tag {tag}")


def _octets(suffix: str, value: str) -> bytes:
    """Return the raw octets that a value's text stands for."""
    raw = value.encode("utf-8", "surrogateescape")
    if suffix == "x":
        return bytes.fromhex(value)
    return codecs.escape_decode(raw)[0] if suffix == "e" else raw

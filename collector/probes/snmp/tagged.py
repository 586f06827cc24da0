"""Bindings with the type that each value has on the wire, which a recording must keep.

Probes do not need it: a number is a number. So `ber` drops it, being quick, and this module reads
the same bindings again, plainly, for an engine whose settings say `with_tags`.
"""

from collector.probes.snmp import ber
from collector.probes.snmp.ber_content import decode_oid
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.values import Missing, VarBind

_MISSING = {kind.value: kind for kind in Missing}
_OID = 0x06
_SEQUENCE = 0x30


class Tagged(bytes):
    """The content of a value as it came, and its tag."""

    tag: int

    def __new__(cls, tag: int, content: bytes) -> "Tagged":
        """Keep both."""
        made = super().__new__(cls, content)
        made.tag = tag
        return made

    def __repr__(self) -> str:
        """Say no more than the size: it may be anything."""
        return f"Tagged({self.tag:#x}, {len(self)} octets)"


def read_tagged(data: bytes, head: ber.Head, most: int) -> list[VarBind]:
    """Read the bindings of a response; values are `Tagged`, or `Missing`. Raises BerError."""
    found: list[VarBind] = []
    at = head.start
    while at < head.end:
        if len(found) >= most:
            raise BerError(f"more than {most} bindings")
        tag, start, end = _element(data, at, head.end)
        if tag != _SEQUENCE:
            raise BerError("a binding is no SEQUENCE")
        name_tag, name_start, name_end = _element(data, start, end)
        if name_tag != _OID:
            raise BerError("a binding has no name")
        value_tag, value_start, value_end = _element(data, name_end, end)
        if value_end != end:
            raise BerError("a value does not fill its binding")
        missing = _MISSING.get(value_tag)
        value = missing or Tagged(value_tag, data[value_start:value_end])
        found.append((decode_oid(data[name_start:name_end]), value))
        at = end
    return found


def _element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return the tag of the element at `at`, and where its content starts and ends."""
    if at + 2 > end:
        raise BerError("cut off")
    tag, length = data[at], data[at + 1]
    at += 2
    if length > 0x7F:
        octets = length & 0x7F
        if not 0 < octets <= 4 or at + octets > end:
            raise BerError("indefinite or absurd length")
        length = int.from_bytes(data[at : at + octets], "big")
        at += octets
    if at + length > end:
        raise BerError("an element reaches beyond what holds it")
    return tag, at, at + length

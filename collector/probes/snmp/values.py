"""What an agent's answer is made of: plain Python values, and the three ways of having none.

This is all that the rest of the SNMP package needs to know of the wire; nothing here reads bytes.
"""

from enum import Enum
from typing import TypeAlias


class Missing(Enum):
    """Why an agent has no value for an OID (RFC 3416, section 3; the numbers are the tags)."""

    NO_SUCH_OBJECT = 0x80  # the agent does not know this kind of thing
    NO_SUCH_INSTANCE = 0x81  # it knows the kind, but not this one
    END_OF_MIB_VIEW = 0x82  # a walk has come to the end of all there is


Value: TypeAlias = int | float | bytes | str | Missing | None
"""One value of a variable binding, by its type on the wire:

INTEGER, Counter32, Gauge32/Unsigned32, TimeTicks, Counter64 → `int` (counters never negative);
Opaque float or double (net-snmp) → `float`; OCTET STRING, BITS, other Opaque → `bytes`;
OBJECT IDENTIFIER and IpAddress → dotted `str`; NULL → `None`; exceptions → `Missing`.
"""

VarBind: TypeAlias = tuple[str, Value]
"""A dotted OID without a leading dot, and its value."""

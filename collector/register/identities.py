"""What a device says of itself: which readings tell who it is, and how they are written.

Everything else in readings is measured; these are names. They are kept once, with when they were
first and last said, so that lists can be held against them.
"""

import re
from functools import lru_cache

SYS_NAME = "sys_name"
SYS_OBJECT_ID = "sys_object_id"
SERIAL = "serial_number"
MAC = "mac_address"
MODEL = "model_name"
NEIGHBOUR = "neighbour_name"

IDENTITY_KEYS = frozenset({SYS_NAME, SYS_OBJECT_ID, SERIAL, MAC, MODEL, NEIGHBOUR})
"""Names of metrics whose texts are identities."""
LONGEST_VALUE = 200
MOST_VALUES = 64  # of one key of one device: a switch has many ports, not thousands

_HEX = re.compile(r"[0-9a-f]{12}")
_SEPARATORS = re.compile(r"[\s:.\-]")
_NO_MAC = frozenset({"000000000000", "ffffffffffff"})
_NO_SERIALS = frozenset(
    {"", "na", "none", "null", "unknown", "tidakada", "tidakdiketahui", "default", "serialnumber"}
    | {"tobefilledbyoem", "notspecified", "systemserialnumber", "0123456789", "123456789"}
)
_SHORTEST_SERIAL = 4


@lru_cache(maxsize=65_536)
def mac_of(text: str) -> str | None:
    """Return a MAC address as `00:1a:2b:3c:4d:5e`; None for what is none of one device.

    Takes `00-1A-2B-3C-4D-5E`, `001a.2b3c.4d5e`, `0:1a:2b:3c:4d:5e` and SNMP's `0x001a2b3c4d5e`.
    Groups, broadcast and all zeros are no address of a device.
    """
    text = text.strip().lower().removeprefix("0x")
    parts = text.split(":")
    if len(parts) == 6:  # some agents leave out leading zeros
        text = "".join(part.zfill(2) for part in parts)
    digits = _SEPARATORS.sub("", text)
    if not _HEX.fullmatch(digits) or digits in _NO_MAC or int(digits[1], 16) & 1:
        return None
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


@lru_cache(maxsize=65_536)
def serial_of(text: str) -> str | None:
    """Return a serial number as it is compared: capitals and digits; None for a placeholder."""
    plain = re.sub(r"[^0-9A-Za-z]", "", text)
    if len(plain) < _SHORTEST_SERIAL or plain.lower() in _NO_SERIALS or len(set(plain)) == 1:
        return None
    return plain.upper()

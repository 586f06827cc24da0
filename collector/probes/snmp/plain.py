"""Raw values as text and numbers that people can read. Pure.

Agents put numbers into strings, text into hexadecimal and garbage behind a NUL; what is done about
it stands here, once.
"""

import re
from functools import lru_cache
from typing import TypeAlias

from collector.probes.snmp.values import Missing, Value

TEXT_LIMIT = 255
"""Characters of a text that are kept (SnmpAdminString, RFC 3411)."""

Number: TypeAlias = int | float
"""Counters stay whole: a float would lose the last digits of a Counter64."""

_NUMBER = re.compile(
    r"\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?)\s*[^\s\d.,]{0,12}\s*", re.ASCII
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_MAC_LENGTH = 6
_INT_DIGITS = 20  # of 2**64 - 1; Python itself refuses to read thousands of digits


def text_of(raw: Value) -> str | None:
    """Return what people can read of a raw value, or None when there is none.

    Octets are UTF-8 without control characters, or six octets of a MAC address, or the text
    before a NUL (field: garbage behind it), or Latin-1. Runs of white space become one space.
    """
    if raw is None or isinstance(raw, Missing):
        return None
    if isinstance(raw, bytes):
        return _text_in(raw) if len(raw) <= TEXT_LIMIT else _tidy(_decode(raw))
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return str(raw)
    return _tidy(raw)


@lru_cache(maxsize=4096)
def _text_in(raw: bytes) -> str:
    """Ten thousand devices have the same few names of interfaces."""
    return _tidy(_decode(raw))


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text).strip()[:TEXT_LIMIT].rstrip()


def _decode(raw: bytes) -> str:
    for octets in (raw.rstrip(b"\x00"), raw.split(b"\x00", 1)[0]):
        try:
            text = octets.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        if text is not None and not _CONTROL.search(text):
            return text
        if len(raw) == _MAC_LENGTH:
            return raw.hex(":")
    return raw.decode("latin-1")


def number_in(text: str) -> Number | None:
    """Return the number a text begins with when at most a unit follows: `42`, `3.7`, `15 PERCENT`.

    None for anything else: a date, an address, two numbers.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    digits = found[1]
    is_whole = digits.lstrip("+-").isdecimal() and len(digits) <= _INT_DIGITS
    return int(digits) if is_whole else float(digits)

"""Coordinates as people write them.

-5,147        -5.147        5.147 LS        5°08'49,2" LS       119° 25.92' BT
-5,147; 119,432     -5.147, 119.432     5°08'49"S 119°25'55"E        both in one cell
"""

import re
from collections.abc import Mapping

from collector.inventory.format import EAST, NORTH, SOUTH, WEST
from collector.register.remarks import Code, shown

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2013\u2010\u2011", "-"),  # minus, dash, hyphens
        **dict.fromkeys("\u00ba\u02da", "°"),  # ordinal mark, ring
        **dict.fromkeys("\u2032\u2018\u2019\u00b4`", "'"),  # prime, quotes
        **dict.fromkeys("\u2033\u201c\u201d", '"'),  # double prime, quotes
    }
)
_SIDES = {"LS": -1, "S": -1, "LU": 1, "N": 1, "U": 1, "BT": 1, "E": 1, "T": 1, "BB": -1, "W": -1}
_SIDE = re.compile(r"\s*(LS|LU|BT|BB|S|N|U|E|T|W)\.?\s*$", re.IGNORECASE)
_NUMBER = r"\d{1,3}(?:[.,]\d{1,15})?"
_DECIMAL = re.compile(rf"([-+]?)\s*({_NUMBER})\s*°?")
_DEGREES = re.compile(
    rf"([-+]?)\s*(\d{{1,3}})\s*[°d]\s*({_NUMBER})\s*'?\s*(?:({_NUMBER})\s*(?:\"|''))?",
    re.IGNORECASE,
)
_PAIRS = (
    re.compile(r"([^;]+);([^;]+)"),
    re.compile(r"([-+]?\d+\.\d+)\s*,\s*([-+]?\d+\.\d+)"),
    re.compile(r"([-+]?\d+,\d+)\s*,\s*([-+]?\d+,\d+)"),
    re.compile(r"(.*?\b(?:LS|LU|S|N|U)\.?)[\s,/]*(\S.*)", re.IGNORECASE),
    re.compile(r"([-+]?[\d.,]+)(?:,\s+|\s*/\s*|\s+)([-+]?[\d.,]+)"),
)
_PLAIN = re.compile(r"-?\d{1,3}\.\d{1,15}", re.ASCII)
_LOST = re.compile(r"[-+]?(?:\d{4,}|\d{1,3}(?:([.,])\d{3})(?:\1\d{1,3})+)")


class BadValueError(ValueError):
    """A value that cannot be used: which remark it gets, with what it speaks of."""

    def __init__(self, code: Code, **values: str) -> None:
        self.code = code
        self.values: Mapping[str, str] = values
        super().__init__(code)


def split_pair(text: str) -> tuple[str, str] | None:
    """Return the two coordinates of a cell that holds both; None when it holds one."""
    text = text.translate(_SIGNS).strip()
    for pattern in _PAIRS:
        found = pattern.fullmatch(text)
        if found is not None and _is_one(found[1]) and _is_one(found[2]):
            return found[1].strip(" ,"), found[2].strip(" ,")
    return None


def _is_one(text: str) -> bool:
    try:
        degrees_of(text)
    except BadValueError:
        return False
    return True


def degrees_of(text: str) -> float:
    """Return one coordinate in degrees; south and west are negative. Raises BadValueError."""
    if _PLAIN.fullmatch(text):  # as nearly all lists have them
        return round(float(text), 7)
    plain = text.translate(_SIGNS).strip(" ,;")
    side = _SIDE.search(plain)
    factor = 1 if side is None else _SIDES[side[1].upper()]
    body = plain if side is None else plain[: side.start()]
    body = body.replace("''", '"')
    found = _DECIMAL.fullmatch(body)
    if found is not None:
        value = _float(found[2])
    elif (found := _DEGREES.fullmatch(body)) is not None:
        minutes, seconds = _float(found[3]), _float(found[4] or "0")
        if minutes >= 60 or seconds >= 60:
            raise BadValueError(Code.NOT_A_COORDINATE, value=shown(text))
        value = int(found[2]) + minutes / 60 + seconds / 3600
    elif _LOST.fullmatch(body):
        raise BadValueError(Code.COORDINATE_POINT_LOST, value=shown(text))
    else:
        raise BadValueError(Code.NOT_A_COORDINATE, value=shown(text))
    return round((-value if found[1] == "-" else value) * factor, 7)


def check_place(latitude: float, longitude: float) -> None:
    """Refuse what does not lie in Indonesia; say when the two seem exchanged.

    Raises BadValueError.
    """
    if SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST:
        return
    values = {"latitude": f"{latitude:.10g}", "longitude": f"{longitude:.10g}"}
    if SOUTH <= longitude <= NORTH and WEST <= latitude <= EAST:
        raise BadValueError(Code.COORDINATES_EXCHANGED, **values)
    raise BadValueError(Code.COORDINATE_OUTSIDE, **values)


def text_of(degrees: float) -> str:
    """Return degrees as rows keep them: with a point, without needless zeros."""
    return f"{degrees:.7f}".rstrip("0").rstrip(".")


def _float(text: str) -> float:
    return float(text.replace(",", "."))

"""What a number in a spreadsheet means: a number, a date, a code with zeros before it.

ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates are days since the end of 1899).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a style shows a number."""

    date: bool = False
    digits: int = 0  # with zeros before it: `00000` is 5


PLAIN = NumberFormat()


def format_of(code: int, own: str | None) -> NumberFormat:
    """Return what a number format means, by its code or by the text of an own one."""
    if own is None:
        return NumberFormat(date=code in _DATES)
    plain = _QUOTED.sub("", own.split(";")[0])
    if re.search(r"[dmyhs]", plain, re.IGNORECASE) and "general" not in plain.lower():
        return NumberFormat(date=True)
    zeros = re.fullmatch(r"0{2,30}", plain)
    return NumberFormat(digits=len(zeros[0])) if zeros else PLAIN


def number_text(written: str, shown: NumberFormat, *, since_1904: bool) -> str | None:
    """Return a number as text with a decimal point, or the date that it is.

    None: it is a number of more than fifteen digits, of which the last ones are lost. Raises
    ValueError for what is no number.
    """
    number = float(written)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(written)
    if shown.date:
        return _date_text(number, since_1904=since_1904)
    if number.is_integer():
        if abs(number) >= _EXACT:
            return None
        return f"{int(number):0{shown.digits}d}" if shown.digits else str(int(number))
    text = f"{number:.15g}"
    return f"{number:.15f}".rstrip("0") if "e" in text else text


def _date_text(number: float, *, since_1904: bool) -> str:
    if not 0 <= number < 2_958_466:  # up to the end of 9999
        raise ValueError(number)
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - no zone
    if not since_1904 and 0 < number < 60:  # 1900 is held for a leap year
        number += 1
    moment = start + timedelta(seconds=round(number * 86_400))
    if number < 1:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}" if number.is_integer() else f"{moment:%Y-%m-%d %H:%M:%S}"

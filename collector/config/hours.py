"""Hours of the week as people write them: `Mon-Fri 07:30-16:00`, `Sab 08.00-12.00`, `22:00-06:00`.

Days are English or Indonesian, short or whole, alone or as a range that may go over the week's end
(`Sab-Min`, `Fri-Mon`); without one, every day is meant. Hours are of the day they begin on: those
from later than until end on the day after. `24:00` is the end of a day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import combinations

from pydantic_core import PydanticCustomError

from collector.config.problems import did_you_mean
from collector.config.shape import refuse, shown_value
from collector.contract import ServiceHours

_DAY = 24 * 60  # minutes, as all numbers of this module
_WEEK = 7 * _DAY
_WORDS = (
    ("mon", "monday", "sen", "senin"),
    ("tue", "tuesday", "sel", "selasa"),
    ("wed", "wednesday", "rab", "rabu"),
    ("thu", "thursday", "kam", "kamis"),
    ("fri", "friday", "jum", "jumat", "jum'at"),
    ("sat", "saturday", "sab", "sabtu"),
    ("sun", "sunday", "min", "minggu"),
)
_WEEKDAYS = {word: weekday for weekday, words in enumerate(_WORDS) for word in words}
_SHAPE = re.compile(
    r"(?:(?P<first>[a-z']+)(?:\s*-\s*(?P<last>[a-z']+))?\s+)?"
    r"(?P<from>\d{1,2}[:.]\d{2})\s*-\s*(?P<until>\d{1,2}[:.]\d{2})",
    re.ASCII,
)
_LONG_DASH = "\u2013"  # what word processors make of "-"
_LONGEST = 60
_REMEDY = "write Mon-Fri 07:30-16:00 or Sen-Jum 07:30-16:00"


@dataclass(frozen=True, slots=True)
class WrittenHours:
    """Hours, and how they stand in the file."""

    text: str
    hours: ServiceHours


def read_hours(value: object) -> WrittenHours:
    """Read hours of the week. Raises PydanticCustomError with what is wrong and the remedy."""
    found = None
    if isinstance(value, str) and len(value) <= _LONGEST:
        found = _SHAPE.fullmatch(value.strip().casefold().replace(_LONG_DASH, "-"))
    if not isinstance(value, str) or found is None:
        raise refuse(f"{shown_value(value)} is no hours of the week", _REMEDY)
    weekdays = tuple(range(7))
    if found["first"] is not None:
        first = _weekday(found["first"])
        last = first if found["last"] is None else _weekday(found["last"])
        weekdays = tuple(sorted((first + more) % 7 for more in range((last - first) % 7 + 1)))
    begin, end = _minutes(found["from"]), _minutes(found["until"])
    if begin == _DAY:
        raise refuse(f'"{value}" begins at the end of a day', "begin at 00:00 on the day after")
    if begin == end:
        raise refuse(f'"{value}" ends when it begins', "write 00:00-24:00 for a whole day")
    return WrittenHours(value.strip(), ServiceHours(weekdays, _time(begin), _time(end % _DAY)))


def _weekday(word: str) -> int:
    weekday = _WEEKDAYS.get(word)
    if weekday is None:
        short = [words[at].capitalize() for words in _WORDS for at in (0, 2)]
        raise refuse(f'"{word}" is no day', did_you_mean(word.capitalize(), short))
    return weekday


def _minutes(text: str) -> int:
    hour, minute = (int(part) for part in re.split("[:.]", text))
    if minute > 59 or hour * 60 + minute > _DAY:
        raise refuse(f'"{text}" is no time of day', "write 00:00 to 24:00")
    return hour * 60 + minute


def _time(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def overlap_of(several: Sequence[WrittenHours]) -> PydanticCustomError | None:
    """Return the problem of the first two that have a minute of the week in common."""
    for one, other in combinations(several, 2):
        if any(
            _share_a_minute(start, length, second_start, second_length)
            for start, length in _spans(one.hours)
            for second_start, second_length in _spans(other.hours)
        ):
            what = f'"{one.text}" and "{other.text}" overlap'
            return refuse(what, "let one end before the other begins")
    return None


def _spans(hours: ServiceHours) -> list[tuple[int, int]]:
    """Return where in the week the hours begin, and how long they are, for each of their days."""
    begin = hours.from_.hour * 60 + hours.from_.minute
    length = (hours.until.hour * 60 + hours.until.minute - begin) % _DAY or _DAY
    return [(weekday * _DAY + begin, length) for weekday in hours.weekdays]


def _share_a_minute(start: int, length: int, other: int, other_length: int) -> bool:
    """Say whether two spans of the week meet; the week goes round."""
    return (other - start) % _WEEK < length or (start - other) % _WEEK < other_length

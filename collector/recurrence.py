"""Recurrence rules (RFC 5545, section 3.3.10) on calendar days. Pure.

Taken: DAILY, WEEKLY, MONTHLY and YEARLY, with the BY… parts that name days and that the standard
allows there. The time of day is not the rule's: it is that of what recurs. `dateutil` finds the
days; what it takes although the standard forbids it, or reads otherwise than the standard, is
refused here.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dateutil import rrule

LONGEST_RULE = 500
"""Characters."""

_FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TIME_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_FOREIGN = ("DTSTART", "DTEND", "DURATION", "EXDATE", "RDATE", "EXRULE", "RRULE")

# Which numbers a part may hold, and with which frequencies it may stand (the standard's table;
# BYSETPOS of days or weeks says nothing that BYDAY cannot say). Negative ones count from the end.
_MONTHS_AND_YEARS = ("MONTHLY", "YEARLY")
_NUMBERS = {
    "BYMONTH": (12, False, tuple(_FREQUENCIES)),
    "BYMONTHDAY": (31, True, ("DAILY", "MONTHLY", "YEARLY")),
    "BYYEARDAY": (366, True, ("YEARLY",)),
    "BYWEEKNO": (53, True, ("YEARLY",)),
    "BYSETPOS": (366, True, _MONTHS_AND_YEARS),
}
_DAY_PARTS = ("byweekday", "bymonthday", "byyearday", "byweekno")

# The Gregorian calendar comes again every 400 years, weekdays included. dateutil looks for a day
# until the year 9999: seen from near there, even a rule that never occurs is soon found out.
_CYCLES_YEARS = 400 * 19


class RecurrenceError(ValueError):
    """A rule that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that was read."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until_at: datetime | None = None  # UNTIL with a Z: a moment
    until_local: datetime | None = None  # UNTIL without: on the wall clocks of the zone
    week_starts: int = 0  # 0 is Monday
    by: tuple[tuple[str, tuple[Any, ...]], ...] = ()  # BY… parts, as dateutil calls and takes them

    def days(self, first: date, lower: date, upper: date) -> Iterator[date]:
        """Yield the days with lower <= day < upper, ascending. UNTIL is not looked at.

        `first` is where COUNT and INTERVAL count from. Begins near `lower`, however long ago that
        was. The years may be 1 to 2399.
        """
        if max(lower, first) >= upper:
            return
        last = None if self.count is None else _last_counted(self, first)
        for day in self._walk(first, self._near(first, lower)):
            if day >= upper or (last is not None and day > last):
                return
            if day >= lower:
                yield day

    def first_day(self, first: date) -> date | None:
        """Return the rule's first day on or after `first`; None: it never occurs."""
        return next(self._walk(first, first), None)

    def reaches(self, local: datetime, zone: ZoneInfo) -> bool:
        """Say whether a local time is not after UNTIL."""
        if self.until_at is not None:
            return local.replace(tzinfo=zone).astimezone(UTC) <= self.until_at
        return self.until_local is None or local <= self.until_local

    def last_counted(self, first: date) -> date | None:
        """Return the day of the last time that COUNT leaves."""
        days = deque(self._walk(first, first, self.count), maxlen=1)
        return days[0] if days else None

    def _walk(self, first: date, start: date, count: int | None = None) -> Iterator[date]:
        """Yield days from `start` on: `first`, or where a later period of the rule begins."""
        found = rrule.rrule(
            _FREQUENCIES[self.frequency],
            dtstart=datetime(start.year + _CYCLES_YEARS, start.month, start.day),  # noqa: DTZ001 - a day
            interval=self.interval,
            wkst=self.week_starts,
            count=count,
            **self._parts(first),
        )
        for at in found:
            yield date(at.year - _CYCLES_YEARS, at.month, at.day)

    def _parts(self, first: date) -> dict[str, Any]:
        """Return the BY… parts, and what a rule that names no days takes from its first one.

        dateutil would take it from where a walk starts, which may be another day.
        """
        parts = dict(self.by)
        if self.frequency == "DAILY" or any(name in parts for name in _DAY_PARTS):
            return parts
        if self.frequency == "WEEKLY":
            return parts | {"byweekday": (first.weekday(),)}
        if self.frequency == "YEARLY":
            parts.setdefault("bymonth", (first.month,))
        return parts | {"bymonthday": (first.day,)}

    def _near(self, first: date, lower: date) -> date:
        """Return the beginning of a period that is soon before `lower`, at the earliest `first`.

        Whole periods are skipped: BYSETPOS counts within one.
        """
        if lower <= first:
            return first
        if self.frequency in ("DAILY", "WEEKLY"):
            step = self.interval * (7 if self.frequency == "WEEKLY" else 1)
            # The same weekday: a WEEKLY period may have begun up to six days before it.
            return first + timedelta(days=max(0, (lower - first).days // step - 1) * step)
        months = self.interval * (12 if self.frequency == "YEARLY" else 1)
        apart = (lower.year - first.year) * 12 + lower.month - first.month
        skipped = (apart // months - 1) * months
        if skipped <= 0:
            return first
        year, month = divmod(first.year * 12 + first.month - 1 + skipped, 12)
        return date(year, 1 if self.frequency == "YEARLY" else month + 1, 1)


@lru_cache(maxsize=1_000)
def _last_counted(rule: Recurrence, first: date) -> date | None:
    return rule.last_counted(first)


@lru_cache(maxsize=1_000)
def read_recurrence(text: str) -> Recurrence:
    """Return what a rule says. Raises RecurrenceError for one that cannot be used."""
    parts = _split(text)
    frequency = parts.pop("FREQ", None)
    if frequency is None:
        raise RecurrenceError("has no FREQ; write for example FREQ=WEEKLY;BYDAY=TU")
    if frequency in _TOO_OFTEN:
        raise RecurrenceError("comes more often than once a day; the shortest is FREQ=DAILY")
    if frequency not in _FREQUENCIES:
        raise RecurrenceError("FREQ is none of DAILY, WEEKLY, MONTHLY, YEARLY; write one of them")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RecurrenceError("has COUNT and UNTIL; keep one of them")
    until_at, until_local = _until(parts.pop("UNTIL", None))
    starts = parts.pop("WKST", "MO")
    if starts not in _WEEKDAYS:
        raise RecurrenceError("WKST is no weekday; write one of MO TU WE TH FR SA SU")
    return Recurrence(
        frequency,
        interval=_number("INTERVAL", parts.pop("INTERVAL", "1"), 1_000),
        count=_number("COUNT", parts.pop("COUNT"), 10_000) if "COUNT" in parts else None,
        until_at=until_at,
        until_local=until_local,
        week_starts=_WEEKDAYS.index(starts),
        by=_by(frequency, parts),
    )


def _split(text: str) -> dict[str, str]:
    """Return the parts of a rule by their names, in capitals."""
    if len(text) > LONGEST_RULE:
        raise RecurrenceError(f"is longer than {LONGEST_RULE} characters; shorten it")
    parts: dict[str, str] = {}
    for part in text.strip().upper().split(";"):
        name, equals, value = part.partition("=")
        if any(name.startswith(word) for word in _FOREIGN):
            raise RecurrenceError(
                "holds more than a rule; begin with FREQ=, the first time is starts_at, and what "
                "is to be left out is cancelled"
            )
        if name in _TIME_PARTS:
            raise RecurrenceError(
                f"has {name}; the time of day is that of starts_at, so make a window for each time"
            )
        if not equals or not value:
            raise RecurrenceError("is not written as NAME=VALUE;NAME=VALUE; mend it")
        if name in parts:
            raise RecurrenceError(f"has {name} twice; keep one")
        parts[name] = value
    return parts


def _by(frequency: str, parts: dict[str, str]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Return the BY… parts as dateutil takes them."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, value in parts.items():
        if name == "BYDAY":
            found["byweekday"] = _weekdays(frequency, value, with_weeks="BYWEEKNO" in parts)
            continue
        if name not in _NUMBERS:
            known = ", ".join(("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_NUMBERS))
            raise RecurrenceError(f"has a part that is unknown here; known are {known}")
        most, negative, where = _NUMBERS[name]
        if frequency not in where:
            raise RecurrenceError(f"{name} does not go with {frequency}; use {' or '.join(where)}")
        values = [_number(name, one, most, negative=negative) for one in value.split(",")]
        found[name.lower()] = tuple(sorted(set(values)))
    if "byweekno" in found and "byweekday" not in found:
        raise RecurrenceError("BYWEEKNO says which weeks; say with BYDAY which days of them")
    if "bysetpos" in found and not any(name in found for name in _DAY_PARTS):
        raise RecurrenceError("BYSETPOS picks among days; say with BYDAY or BYMONTHDAY which")
    return tuple(sorted(found.items()))


def _weekdays(frequency: str, value: str, *, with_weeks: bool) -> tuple[rrule.weekday, ...]:
    days = []
    for one in value.split(","):
        read = re.fullmatch(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", one)
        if read is None:
            raise RecurrenceError(
                "BYDAY holds no weekday; write MO TU WE TH FR SA SU, or 2TU, -1FR"
            )
        if read[1] is None:
            days.append(rrule.weekday(_WEEKDAYS.index(read[2])))
            continue
        if frequency not in _MONTHS_AND_YEARS or with_weeks:
            raise RecurrenceError("a number before a weekday goes with MONTHLY or YEARLY; leave it")
        nth = _number("BYDAY", read[1], 53, negative=True)
        days.append(rrule.weekday(_WEEKDAYS.index(read[2]), nth))
    return tuple(days)


def _number(name: str, text: str, most: int, *, negative: bool = False) -> int:
    """Return a whole number that is not 0 and not beyond `most`."""
    if re.fullmatch(r"[+-]?[0-9]{1,5}", text, re.ASCII):
        number = int(text)
        if number and -most <= number <= most and (negative or number > 0):
            return number
    least = f"-{most} to -1 or 1" if negative else "1"
    raise RecurrenceError(f"{name} is no number from {least} to {most}; mend it")


def _until(text: str | None) -> tuple[datetime | None, datetime | None]:
    """Return UNTIL as a moment, or as a local time; a mere date takes in all of that day."""
    if text is None:
        return None, None
    for form, length in (("%Y%m%dT%H%M%SZ", 16), ("%Y%m%dT%H%M%S", 15), ("%Y%m%d", 8)):
        if len(text) != length:
            continue
        try:
            read = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added below, or none
        except ValueError:
            break
        if text.endswith("Z"):
            return read.replace(tzinfo=UTC), None
        return None, read if length > 8 else read + timedelta(days=1, microseconds=-1)
    raise RecurrenceError("UNTIL is no moment; write 20271231T160000Z, 20271231T235959 or 20271231")

"""How moments, durations, numbers and lists are said in a language. Pure: the filters of templates.

Durations are rounded down to two units, moments are those of the site's zone with its name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collector.notify.words.catalogue import (
    DEFAULT,
    KINDS,
    LANGUAGES,
    MONTHS,
    SAY_THE_KIND,
    SMALL,
    UNITS,
    WORDS,
)
from collector.notify.words.details import say_detail

_SIZES = (86_400, 3_600, 60, 1)


@dataclass(frozen=True, slots=True)
class Sayings:
    """How things are said in one language."""

    language: str = DEFAULT

    @classmethod
    def of(cls, language: str) -> "Sayings":
        """Return those of a language; of one that is not in the catalogue, the Indonesian."""
        return cls(language if language in LANGUAGES else DEFAULT)

    def word(self, value: str, group: str) -> str:
        """Return what a state, reason, cause, rule or advice is called; unknown: as it is."""
        return WORDS[self.language].get(f"{group}.{value}", str(value))

    def kind(self, value: str, count: int = 1) -> str:
        """Return what a kind of device is called."""
        one, several = KINDS[self.language].get(value, KINDS[self.language]["device"])
        return one if count == 1 else several

    def called(self, name: str, kind: str) -> str:
        """Return `kamera Simpang Lima`, or the name alone when it says the kind already."""
        words = set(re.split(r"[^a-z]+", name.lower()))
        if not kind or any(set(one.split()) <= words for one in SAY_THE_KIND.get(kind, ())):
            return name
        return f"{self.kind(kind)} {name}"

    def number(self, value: int) -> str:
        """Return a whole number with its thousands apart."""
        return f"{value:,}".replace(",", SMALL[self.language]["thousands"])

    def amount(self, value: int, kind: str = "device") -> str:
        """Return `1.204 kamera`."""
        return f"{self.number(value)} {self.kind(kind, value)}"

    def amount_more(self, value: int, kind: str = "device") -> str:
        """Return `40 perangkat lain`, in English `40 more devices`."""
        return SMALL[self.language]["amount_more"].format(
            self.number(value), self.kind(kind, value)
        )

    def detail(self, text: str) -> str:
        """Return a check's detail: translated where Pantau wrote it, else as it is."""
        return say_detail(text, self.language)

    def amounts(self, counts: Iterable[tuple[str, int]]) -> str:
        """Return `32 kamera, 6 titik akses`."""
        return ", ".join(self.amount(count, kind) for kind, count in counts)

    def duration(self, lasted: timedelta) -> str:
        """Return `2 jam 5 menit`: the two largest units. Less than nothing is nothing."""
        seconds = max(0, int(lasted.total_seconds()))
        if seconds >= 60:
            seconds -= seconds % 60
        parts: list[str] = []
        for unit, size in zip(UNITS[self.language], _SIZES, strict=True):
            number, seconds = divmod(seconds, size)
            if number or (unit == UNITS[self.language][-1] and not parts):
                parts.append(f"{number} {unit}")
            elif parts:
                break
        return " ".join(parts[:2])

    def moment(self, at: datetime, zone: str, now: datetime | None = None) -> str:
        """Return `02.14 WITA`, with the date when it is not the day of `now`."""
        return f"{self.clock(at, zone, now)} {_in(at, zone):%Z}"

    def clock(self, at: datetime, zone: str, now: datetime | None = None) -> str:
        """Return `02.14` or `26 Nov 23.58`, without the zone's name."""
        local = _in(at, zone)
        clock = f"{local:%H}{SMALL[self.language]['clock']}{local:%M}"
        if now is not None and _in(now, zone).date() == local.date():
            return clock
        return f"{local.day} {MONTHS[self.language][local.month - 1]} {clock}"

    def listed(self, names: Iterable[str], others: int = 0) -> str:
        """Return `cam-1, cam-2 dan 12 lainnya`."""
        small = SMALL[self.language]
        said = [name for name in names if name]
        if others > 0:
            said.append(small["other" if others == 1 else "others"].format(self.number(others)))
        if len(said) < 2:
            return "".join(said)
        return f"{', '.join(said[:-1])} {small['and']} {said[-1]}"


def _in(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return at.astimezone(ZoneInfo("UTC"))

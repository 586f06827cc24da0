"""How figures and moments are written for people, in Indonesian and English (CLDR's id and en).

`99,531%`, `1.234`, `22 Nov 2026 09.15 WITA`, `51:12:33` for a time that passed. Nothing is rounded:
what is shown has the digits of the data set.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

NOTHING = "–"  # noqa: RUF001 - a dash, where a figure is not known

_SWAP = str.maketrans(",.", ".,")
_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}
_SHORT = {
    "id": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
_UNITS = {
    "id": (("hari", "hari"), ("jam", "jam"), ("menit", "menit"), ("detik", "detik")),
    "en": (("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds")),
}


@dataclass(frozen=True, slots=True)
class Formats:
    """Writes for people of a language, in a zone."""

    language: str
    zone: str

    def count(self, value: int | None) -> str:
        """Return `1.234`."""
        return NOTHING if value is None else self._swapped(f"{value:,}")

    def number(self, value: float | None) -> str:
        """Return a number with up to three decimals, as few as it has."""
        if value is None:
            return NOTHING
        text = f"{value:,.3f}".rstrip("0").rstrip(".")
        return self._swapped(text)

    def percent(self, value: float | None) -> str:
        """Return `99,531%`."""
        return NOTHING if value is None else self._swapped(f"{value:,.3f}") + "%"

    def passed(self, seconds: int | None) -> str:
        """Return `51:12:33`: hours, minutes, seconds."""
        if seconds is None:
            return NOTHING
        minutes, rest = divmod(seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"

    def span(self, seconds: int | None) -> str:
        """Return the two largest units of a time, cut: `2 hari 3 jam`."""
        if seconds is None:
            return NOTHING
        parts = (seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60, seconds % 60)
        first = next((at for at, part in enumerate(parts) if part), len(parts) - 1)
        return " ".join(
            f"{self.count(part)} {_UNITS[self.language][at][part != 1]}"
            for at, part in list(enumerate(parts))[first : first + 2]
            if part or at == first
        )

    def moment(self, moment: datetime | None) -> str:
        """Return `22 Nov 2026 09.15 WITA`."""
        return NOTHING if moment is None else f"{self.clock(moment)} {self.zone_name(moment)}"

    def clock(self, moment: datetime | None) -> str:
        """Return `22 Nov 2026 09.15`, where the zone stands elsewhere."""
        if moment is None:
            return NOTHING
        local = moment.astimezone(ZoneInfo(self.zone))
        short = _SHORT[self.language].split()[local.month - 1]
        point = "." if self.language == "id" else ":"
        return f"{local.day} {short} {local.year} {local:%H}{point}{local:%M}"

    def zone_name(self, moment: datetime) -> str:
        """Return what the zone is called: WIB, WITA or WIT."""
        return f"{moment.astimezone(ZoneInfo(self.zone)):%Z}"

    def date(self, day: date) -> str:
        """Return `22 November 2026`."""
        return f"{day.day} {_MONTHS[self.language].split()[day.month - 1]} {day.year}"

    def date_of(self, text: str | None) -> str:
        """Return an ISO date as `22 November 2026`."""
        return NOTHING if text is None else self.date(date.fromisoformat(text))

    def day_before(self, text: str) -> str:
        """Return the ISO date before one: the last day of a period whose end is not included."""
        return (date.fromisoformat(text) - timedelta(days=1)).isoformat()

    def month(self, text: str) -> str:
        """Return `2026-10` as `Oktober 2026`."""
        year, month = text.split("-")
        return f"{_MONTHS[self.language].split()[int(month) - 1]} {year}"

    def short_month(self, text: str) -> str:
        """Return `2026-10` as `Okt 26`."""
        year, month = text.split("-")
        return f"{_SHORT[self.language].split()[int(month) - 1]} {year[2:]}"

    def local_day(self, moment: datetime) -> str:
        """Return the day of a moment as `22 November 2026`."""
        return self.date(moment.astimezone(ZoneInfo(self.zone)).date())

    def _swapped(self, text: str) -> str:
        if self.language == "en":
            return text
        return text.translate(_SWAP)

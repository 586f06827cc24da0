"""The catalogue of annotations in Grafana: short, in Indonesian and English."""

from collections.abc import Mapping
from datetime import timedelta

from collector.model import CauseClass, IncidentGroup, MaintenanceWindow
from collector.store import IncidentRow

_WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        IncidentGroup.DEVICE: "Gangguan: {}",
        IncidentGroup.SITE: "Gangguan di titik {}",
        IncidentGroup.FEEDER: "Gangguan pada penyulang {}",
        IncidentGroup.AREA: "Gangguan di wilayah {}",
        "devices": "{} perangkat",
        "cause": "penyebab {}",
        "open": "masih berlangsung",
        "lasted": "pulih setelah {}",
        "maintenance": "Pemeliharaan: {}",
        "by": "{} ({})",
        "cause device": "perangkat",
        "cause link": "jaringan",
        "cause power": "listrik",
        "cause upstream": "perangkat hulu",
        "cause planned": "terencana",
        "cause unknown": "tidak diketahui",
        "day": "hari",
        "hour": "jam",
        "minute": "menit",
        "second": "detik",
    },
    "en": {
        IncidentGroup.DEVICE: "Outage: {}",
        IncidentGroup.SITE: "Outage at site {}",
        IncidentGroup.FEEDER: "Outage on feeder {}",
        IncidentGroup.AREA: "Outage in area {}",
        "devices": "devices: {}",
        "cause": "cause: {}",
        "open": "still on",
        "lasted": "recovered after {}",
        "maintenance": "Maintenance: {}",
        "by": "{} ({})",
        "cause device": "device",
        "cause link": "network",
        "cause power": "power",
        "cause upstream": "upstream device",
        "cause planned": "planned",
        "cause unknown": "unknown",
        "day": "d",
        "hour": "h",
        "minute": "min",
        "second": "s",
    },
}
_STEPS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Words:
    """What annotations say in one language."""

    def __init__(self, language: str) -> None:
        """Speak a language; one that is not in the catalogue is Indonesian."""
        self._said = _WORDS.get(language, _WORDS["id"])

    def incident_title(self, row: IncidentRow) -> str:
        """Return what an incident is about."""
        group = row.incident.group
        name = {
            IncidentGroup.DEVICE: row.device_name,
            IncidentGroup.SITE: row.site_name,
            IncidentGroup.FEEDER: None,
            IncidentGroup.AREA: row.area_name,
        }[group]
        return self._said[group].format(name or row.incident.group_key)

    def incident_text(self, row: IncidentRow) -> str:
        """Return how large it is, why, and for how long."""
        incident = row.incident
        parts = [self._said["devices"].format(row.devices), self._cause(row.cause)]
        if incident.recovered_at is None:
            parts.append(self._said["open"])
        else:
            lasted = self._length(incident.recovered_at - incident.started_at)
            parts.append(self._said["lasted"].format(lasted))
        return "; ".join(parts)

    def window_title(self, window: MaintenanceWindow) -> str:
        """Return what planned work is called."""
        return self._said["maintenance"].format(window.title)

    def window_text(self, window: MaintenanceWindow) -> str:
        """Return why, and who said so."""
        return self._said["by"].format(window.reason, window.author)

    def _cause(self, cause: CauseClass) -> str:
        return self._said["cause"].format(self._said[f"cause {cause}"])

    def _length(self, lasted: timedelta) -> str:
        """Return the two largest units, rounded down."""
        seconds = int(lasted.total_seconds())
        parts: list[str] = []
        for unit, size in _STEPS:
            number, seconds = divmod(seconds, size)
            if number or (unit == "second" and not parts):
                parts.append(f"{number} {self._said[unit]}")
        return " ".join(parts[:2])


def languages() -> list[str]:
    """Return the languages of the catalogue."""
    return list(_WORDS)

"""What the public page says, in Indonesian and English."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "title": "Status layanan",
        "cctv": "CCTV",
        "wifi": "WiFi publik",
        "infrastructure": "Server, jaringan, dan daya",
        "normal": "Normal",
        "partly": "Sebagian terganggu",
        "mostly": "Sebagian besar terganggu",
        "maintenance": "Pemeliharaan",
        "unknown": "Tidak diketahui",
        "all_normal": "Semua layanan berjalan normal",
        "all_planned": "Tidak ada gangguan, ada pemeliharaan terencana",
        "some": "Sebagian layanan terganggu",
        "blind": "Pantau tidak melihat",
        "blind_more": "Keadaan layanan tidak diketahui sejak {since}. Ini bukan kabar bahwa "
        "layanan mati.",
        "blind_never": "Keadaan layanan belum diketahui. Ini bukan kabar bahwa layanan mati.",
        "nothing": "Belum ada layanan yang dapat ditampilkan.",
        "service": "Layanan",
        "area": "Wilayah",
        "state": "Keadaan",
        "today": "Hari ini",
        "month": "Bulan ini",
        "whole": "Seluruh kota",
        "rest": "Wilayah lainnya",
        "coverage": "cakupan {percent}",
        "planned": "Pemeliharaan terencana",
        "planned_none": "Tidak ada dalam tujuh hari ke depan.",
        "planned_on": "sedang berlangsung, s.d. {until}",
        "updated": "Diperbarui {at}",
        "rule": "Waktu aktif adalah bagian dari waktu yang teramati; cakupan mengatakan berapa "
        "banyak yang teramati. Angka dibulatkan ke bawah. Wilayah dengan kurang dari {fewest} "
        "perangkat digabungkan.",
        "other_language": "English",
    },
    "en": {
        "title": "Service status",
        "cctv": "CCTV",
        "wifi": "Public WiFi",
        "infrastructure": "Servers, networks and power",
        "normal": "Normal",
        "partly": "Partly disrupted",
        "mostly": "Mostly disrupted",
        "maintenance": "Maintenance",
        "unknown": "Unknown",
        "all_normal": "All services run normally",
        "all_planned": "No disruptions, some planned maintenance",
        "some": "Some services are disrupted",
        "blind": "Pantau sees nothing",
        "blind_more": "The state of the services is unknown since {since}. This is not news that "
        "they are down.",
        "blind_never": "The state of the services is not known yet. This is not news that they "
        "are down.",
        "nothing": "There is no service to show yet.",
        "service": "Service",
        "area": "Area",
        "state": "State",
        "today": "Today",
        "month": "This month",
        "whole": "Whole city",
        "rest": "Other areas",
        "coverage": "coverage {percent}",
        "planned": "Planned maintenance",
        "planned_none": "None within the next seven days.",
        "planned_on": "going on, until {until}",
        "updated": "Updated {at}",
        "rule": "Uptime is a part of the time that was observed; coverage says how much was. "
        "Figures are rounded down. Areas with fewer than {fewest} devices are put together.",
        "other_language": "Bahasa Indonesia",
    },
}


def said(key: str, language: str, **values: object) -> str:
    """Return a sentence with its values."""
    return WORDS[language][key].format(**values)

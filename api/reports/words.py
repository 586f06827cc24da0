"""The catalogue of reports: tables, columns, notes, steps. Indonesian and English."""

from collections.abc import Mapping

from api.uptime_words import WORDS as UPTIME_WORDS
from collector.alarm_health.words import MEASURES, VERDICTS
from collector.model import CauseClass
from collector.notify.words.catalogue import KINDS
from collector.notify.words.catalogue import WORDS as ALERT_WORDS

TABLES: Mapping[str, Mapping[str, str]] = {
    "id": {
        "total": "Seluruhnya",
        "cities": "Kota dan kabupaten",
        "areas": "Wilayah",
        "kinds": "Jenis perangkat",
        "owners": "Pengampu",
        "contracts": "Kontrak",
        "lost": "Waktu hilang",
        "shares": "Bagian waktu hilang",
        "trend": "Perkembangan",
        "worst": "Terburuk",
        "devices": "Perangkat",
        "outages": "Gangguan",
        "handling": "Penanganan insiden",
        "maintenance": "Pemeliharaan",
        "corrections": "Koreksi penyebab",
        "alarms": "Kesehatan alarm",
        "noisy": "Perangkat terberisik",
        "wifi": "Pemakaian WiFi",
        "growth": "Jumlah perangkat",
        "capacity": "Kapasitas",
        "about": "Tentang laporan",
    },
    "en": {
        "total": "Everything",
        "cities": "Cities",
        "areas": "Areas",
        "kinds": "Kinds of device",
        "owners": "Owners",
        "contracts": "Contracts",
        "lost": "Time lost",
        "shares": "Shares of time lost",
        "trend": "Trend",
        "worst": "Worst",
        "devices": "Devices",
        "outages": "Outages",
        "handling": "Incident handling",
        "maintenance": "Maintenance",
        "corrections": "Corrections of causes",
        "alarms": "Alarm health",
        "noisy": "Noisiest devices",
        "wifi": "WiFi use",
        "growth": "Number of devices",
        "capacity": "Capacity",
        "about": "About this report",
    },
}
"""What tables are called: at most 31 characters, so that a sheet can bear the name."""

_CONTRACT = {"id": "kontrak: {}", "en": "contract: {}"}

_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "acknowledged": "ditangani",
        "access_points": "titik akses",
        "afterwards": "dicatat sesudahnya",
        "alerts": "peringatan",
        "area": "kode wilayah",
        "area_name": "wilayah",
        "author": "oleh",
        "by": "menurut",
        "came": "bertambah",
        "cancel_reason": "alasan batal",
        "cancelled_at": "dibatalkan pada",
        "cancelled_by": "dibatalkan oleh",
        "cause": "penyebab",
        "clients_mean": "rata-rata pengguna",
        "contract": "kontrak",
        "corrected": "dikoreksi",
        "coverage_percent": "cakupan (%)",
        "created_at": "dicatat pada",
        "days": "hari data",
        "degraded_seconds": "terganggu",
        "device": "kode perangkat",
        "device_name": "perangkat",
        "device_uptime_percent": "waktu aktif perangkat (%)",
        "devices": "jumlah perangkat",
        "down_seconds": "mati",
        "ended_at": "berakhir",
        "ends_at": "sampai",
        "excluded_cause_not_counted_seconds": "dikecualikan: penyebab tidak dihitung",
        "excluded_maintenance_seconds": "dikecualikan: pemeliharaan",
        "excluded_outside_service_hours_seconds": "dikecualikan: di luar jam layanan",
        "excluded_seconds": "dikecualikan",
        "excluded_short_outage_seconds": "dikecualikan: gangguan singkat",
        "flapping": "berubah-ubah",
        "fleeting": "pulih dalam 5 menit",
        "full_from": "penuh paling cepat",
        "full_to": "penuh paling lambat",
        "good_up_to": "baik sampai",
        "in_force": "berlaku",
        "in_period_seconds": "dalam periode",
        "incident": "insiden",
        "incidents": "insiden",
        "key": "kode",
        "kind": "jenis",
        "left": "berkurang",
        "longest_outage_seconds": "gangguan terlama",
        "longest_seconds": "terlama",
        "lost_device_seconds": "hilang: perangkat",
        "lost_link_seconds": "hilang: jaringan",
        "lost_planned_seconds": "hilang: terencana",
        "lost_power_seconds": "hilang: listrik",
        "lost_seconds": "waktu hilang",
        "lost_unknown_seconds": "hilang: penyebab tidak diketahui",
        "lost_upstream_seconds": "hilang: perangkat hulu",
        "made_at": "dibuat pada",
        "manageable_up_to": "dapat ditangani sampai",
        "measure": "ukuran",
        "month": "bulan",
        "mtbf_seconds": "rata-rata antargangguan (MTBF)",
        "mttr_seconds": "rata-rata perbaikan (MTTR)",
        "name": "nama",
        "occurrences": "kali",
        "outage": "nomor gangguan",
        "outages": "gangguan",
        "owner": "kode pengampu",
        "owner_name": "pengampu",
        "part": "bagian",
        "peak_at": "puncak pada",
        "peak_clients": "puncak pengguna",
        "per_month_high_percent": "naik per 30 hari, atas (%)",
        "per_month_low_percent": "naik per 30 hari, bawah (%)",
        "per_month_percent": "naik per 30 hari (%)",
        "proposed_cause": "penyebab usulan",
        "reason": "alasan",
        "recovered": "pulih",
        "recurrence": "berulang",
        "reporting": "yang melapor",
        "responsible": "kode penanggung jawab",
        "responsible_name": "penanggung jawab",
        "root": "kode perangkat hulu",
        "root_name": "perangkat hulu",
        "scope": "cakupan pekerjaan",
        "seconds": "lamanya",
        "share_percent": "bagian (%)",
        "site": "kode lokasi",
        "site_name": "lokasi",
        "started_at": "mulai",
        "starts_at": "mulai",
        "state": "keadaan",
        "subject": "tentang",
        "target_percent": "janji (%)",
        "title": "pekerjaan",
        "to_acknowledge_seconds": "rata-rata sampai ditangani",
        "to_recover_seconds": "rata-rata sampai pulih",
        "unit": "satuan",
        "unknown_seconds": "tidak diketahui",
        "unreachable_seconds": "tidak terjangkau",
        "up_seconds": "aktif",
        "uptime_high_percent": "waktu aktif bila tidak diketahui dihitung aktif (%)",
        "uptime_low_percent": "waktu aktif bila tidak diketahui dihitung mati (%)",
        "uptime_percent": "waktu aktif layanan (%)",
        "used_percent": "terpakai (%)",
        "value": "nilai",
        "verdict": "penilaian",
        "why": "keterangan",
        "window": "nomor",
        "window_seconds": "seluruh waktu",
    },
    "en": {
        "acknowledged": "acknowledged",
        "access_points": "access points",
        "afterwards": "entered afterwards",
        "alerts": "alerts",
        "area": "area code",
        "area_name": "area",
        "author": "by",
        "by": "by",
        "came": "came",
        "cancel_reason": "why cancelled",
        "cancelled_at": "cancelled at",
        "cancelled_by": "cancelled by",
        "cause": "cause",
        "clients_mean": "mean users",
        "contract": "contract",
        "corrected": "corrected",
        "coverage_percent": "coverage (%)",
        "created_at": "entered at",
        "days": "days of data",
        "degraded_seconds": "degraded",
        "device": "device id",
        "device_name": "device",
        "device_uptime_percent": "device uptime (%)",
        "devices": "devices",
        "down_seconds": "down",
        "ended_at": "ended",
        "ends_at": "until",
        "excluded_cause_not_counted_seconds": "excluded: cause not counted",
        "excluded_maintenance_seconds": "excluded: maintenance",
        "excluded_outside_service_hours_seconds": "excluded: outside service hours",
        "excluded_seconds": "excluded",
        "excluded_short_outage_seconds": "excluded: short outage",
        "flapping": "flapping",
        "fleeting": "over within 5 minutes",
        "full_from": "full at the earliest",
        "full_to": "full at the latest",
        "good_up_to": "good up to",
        "in_force": "in force",
        "in_period_seconds": "within the period",
        "incident": "incident",
        "incidents": "incidents",
        "key": "key",
        "kind": "kind",
        "left": "left",
        "longest_outage_seconds": "longest outage",
        "longest_seconds": "longest",
        "lost_device_seconds": "lost: device",
        "lost_link_seconds": "lost: link",
        "lost_planned_seconds": "lost: planned",
        "lost_power_seconds": "lost: power",
        "lost_seconds": "time lost",
        "lost_unknown_seconds": "lost: cause unknown",
        "lost_upstream_seconds": "lost: upstream",
        "made_at": "made at",
        "manageable_up_to": "manageable up to",
        "measure": "measure",
        "month": "month",
        "mtbf_seconds": "mean time between failures (MTBF)",
        "mttr_seconds": "mean time to repair (MTTR)",
        "name": "name",
        "occurrences": "times",
        "outage": "outage number",
        "outages": "outages",
        "owner": "owner id",
        "owner_name": "owner",
        "part": "part",
        "peak_at": "peak at",
        "peak_clients": "peak users",
        "per_month_high_percent": "rise in 30 days, high (%)",
        "per_month_low_percent": "rise in 30 days, low (%)",
        "per_month_percent": "rise in 30 days (%)",
        "proposed_cause": "proposed cause",
        "reason": "reason",
        "recovered": "recovered",
        "recurrence": "recurs",
        "reporting": "reporting",
        "responsible": "answers for it (id)",
        "responsible_name": "answers for it",
        "root": "root device id",
        "root_name": "root device",
        "scope": "what it covers",
        "seconds": "length",
        "share_percent": "share (%)",
        "site": "site id",
        "site_name": "site",
        "started_at": "began",
        "starts_at": "from",
        "state": "state",
        "subject": "subject",
        "target_percent": "promised (%)",
        "title": "work",
        "to_acknowledge_seconds": "mean until acknowledged",
        "to_recover_seconds": "mean until recovered",
        "unit": "unit",
        "unknown_seconds": "unknown",
        "unreachable_seconds": "unreachable",
        "up_seconds": "up",
        "uptime_high_percent": "uptime if unknown was up (%)",
        "uptime_low_percent": "uptime if unknown was down (%)",
        "uptime_percent": "service uptime (%)",
        "used_percent": "used (%)",
        "value": "value",
        "verdict": "verdict",
        "why": "remark",
        "window": "number",
        "window_seconds": "all time",
    },
}

_OTHERS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "": "",
        "disk": "diska",
        "cause": "penyebab",
        "responsible": "penanggung jawab",
        "link": "jaringan",
        "too_few_days": "data kurang dari 14 hari",
        "not_rising": "tidak pasti naik",
        "too_far": "lebih dari 3 tahun lagi",
        "full": "sudah penuh",
        "yes": "ya",
        "no": "tidak",
    },
    "en": {
        "": "",
        "disk": "disk",
        "cause": "cause",
        "responsible": "who answers",
        "link": "link",
        "too_few_days": "less than 14 days of data",
        "not_rising": "does not rise for certain",
        "too_far": "more than 3 years off",
        "full": "full already",
        "yes": "yes",
        "no": "no",
    },
}

NOTES: Mapping[str, Mapping[str, str]] = {
    "id": {
        "alarms_of_all": "Kesehatan alarm adalah untuk seluruh instalasi, bukan hanya pilihannya.",
        "no_handling": "Penanganan insiden tidak dimuat: insiden dicatat menurut tempat, bukan "
        "menurut jenis perangkat atau pengampu.",
        "no_alarms": "Tidak ada peringatan dalam periode ini.",
        "no_alarms_so_long": "Kesehatan alarm dihitung paling lama untuk 93 hari: tidak dimuat.",
        "no_readings": "Hasil ukur tidak dapat dibaca ketika laporan dibuat: pemakaian WiFi dan "
        "kapasitas tidak dimuat. Buat laporan lagi setelah penyimpannya kembali.",
        "nobody_looked": "Belum pernah ada yang memantau: semua waktu tidak diketahui.",
        "not_to_the_end": "Pemantauan tidak berjalan sampai akhir periode; waktu sesudahnya tidak "
        "diketahui.",
    },
    "en": {
        "alarms_of_all": "Alarm health is that of the whole installation, not only of what was "
        "chosen.",
        "no_handling": "Incident handling is left out: incidents are of places, not of kinds or "
        "owners.",
        "no_alarms": "There was no alert in this period.",
        "no_alarms_so_long": "Alarm health is reckoned for 93 days at the most, and left out here.",
        "no_readings": "Readings could not be had when the report was made: WiFi use and capacity "
        "are left out. Make the report again once their store is back.",
        "nobody_looked": "Nobody has ever looked: all time is unknown.",
        "not_to_the_end": "Nobody looked until the end of the period; the time after is unknown.",
    },
}
"""What is missing from a report, or to be known about it."""

STEPS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "uptime": "menghitung waktu aktif",
        "sums": "menjumlah bulan-bulan sebelumnya",
        "trend": "menghitung perkembangan",
        "outages": "mengumpulkan gangguan",
        "wifi": "membaca pemakaian WiFi",
        "capacity": "membaca kapasitas",
        "pdf": "menulis PDF",
        "xlsx": "menulis XLSX",
        "csv": "menulis CSV",
        "csv-id": "menulis CSV untuk Excel",
        "json": "menulis JSON",
        "pack": "membuat paket bukti",
    },
    "en": {
        "uptime": "reckoning uptime",
        "sums": "summing months up",
        "trend": "reckoning the trend",
        "outages": "gathering outages",
        "wifi": "reading WiFi use",
        "capacity": "reading capacity",
        "pdf": "writing the PDF",
        "xlsx": "writing the XLSX",
        "csv": "writing the CSV",
        "csv-id": "writing the CSV for Excel",
        "json": "writing the JSON",
        "pack": "making the evidence pack",
    },
}
"""What is being done while a report is made."""


_MEASURES = {
    language: {one.value: said for one, said in words.items()}
    for language, words in MEASURES.items()
}
_VERDICTS = {
    language: {one.value: said for one, said in words.items()}
    for language, words in VERDICTS.items()
}
_CAUSES = frozenset(one.value for one in CauseClass)


def column(name: str, language: str) -> str:
    """Return what a column is called. Raises KeyError for one without words."""
    known = _COLUMNS[language]
    if name in known:
        return known[name]
    return _CONTRACT[language].format(known[name.removeprefix("contract_")])


def word(column_name: str, value: str, language: str) -> str:
    """Return the translation of a word that stands in a column; what has none stays."""
    match column_name:
        case "kind":
            return KINDS[language].get(value, (value, value))[0]
        case "cause" | "proposed_cause":
            return cause(value, language)
        case "state":
            return ALERT_WORDS[language].get(f"state.{value}", value)
        case "measure":
            return _MEASURES[language].get(value, value)
        case "verdict":
            return _VERDICTS[language].get(value, value)
        case _:
            return _OTHERS[language].get(value, value)


def cause(value: str, language: str) -> str:
    """Return what a class of causes is called; "" of all of them."""
    return UPTIME_WORDS[language][value] if value in _CAUSES else value


def yes(value: bool, language: str) -> str:
    """Return yes or no."""
    return _OTHERS[language]["yes" if value else "no"]

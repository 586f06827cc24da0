"""The data dictionary: every dataset and field with concept, definition and unit, in two languages.

A field is never taken away and never means another thing without a new VERSION; fields may be added
at the end.
"""

from dataclasses import dataclass
from enum import StrEnum

VERSION = 1


class Holds(StrEnum):
    """What a field holds: the type in JSON, with the form of text."""

    TEXT = "text"
    CODE = "code"  # text, also where it looks like a number
    WHOLE = "whole"
    NUMBER = "number"
    DATE = "date"  # 2026-11-22
    MOMENT = "moment"  # 2026-11-22T01:15:31Z
    MONTH = "month"  # 2026-11


@dataclass(frozen=True, slots=True)
class FieldMeaning:
    """One field: what it is about (concept), what exactly (definition), in which unit."""

    name: str
    holds: Holds
    concept_id: str
    concept_en: str
    definition_id: str
    definition_en: str
    unit: str = ""
    empty: bool = True  # whether it may say nothing


@dataclass(frozen=True, slots=True)
class Dataset:
    """One table that is exported. `monthly`: its rows are of one month."""

    name: str
    title_id: str
    title_en: str
    about_id: str
    about_en: str
    monthly: bool
    fields: tuple[FieldMeaning, ...]


def _field(
    name: str,
    holds: Holds,
    concepts: tuple[str, str],
    definitions: tuple[str, str],
    unit: str = "",
    *,
    empty: bool = True,
) -> FieldMeaning:
    return FieldMeaning(name, holds, *concepts, *definitions, unit, empty)


_AREA = (
    _field(
        "area_code", Holds.CODE, ("kode wilayah", "area code"),
        ("kode wilayah Kemendagri yang berlaku pada masa data", "Kemendagri code in force then"),
        empty=False,
    ),
    _field(
        "area_name", Holds.TEXT, ("nama wilayah", "area name"),
        ("nama wilayah pada masa data", "name of the area then"), empty=False,
    ),
    _field(
        "area_bps_code", Holds.CODE, ("kode BPS", "BPS code"),
        ("kode wilayah menurut BPS, bila diketahui", "code of the area at BPS, where known"),
    ),
    _field(
        "city_code", Holds.CODE, ("kode kota/kabupaten", "city code"),
        ("kode Kemendagri kota atau kabupaten", "Kemendagri code of the city or regency"),
        empty=False,
    ),
    _field(
        "city_bps_code", Holds.CODE, ("kode BPS kota/kabupaten", "BPS code of the city"),
        ("kode kota atau kabupaten menurut BPS", "code of the city or regency at BPS"),
    ),
)  # fmt: skip
_POSITION = (
    _field(
        "latitude", Holds.NUMBER, ("lintang", "latitude"),
        ("lintang titik; dalam versi publik dibulatkan ke 0,01° (sekitar 1 km)",
         "latitude of the site; in public versions rounded to 0.01° (about 1 km)"), "degree",
    ),
    _field(
        "longitude", Holds.NUMBER, ("bujur", "longitude"),
        ("bujur titik; dalam versi publik dibulatkan ke 0,01° (sekitar 1 km)",
         "longitude of the site; in public versions rounded to 0.01° (about 1 km)"), "degree",
    ),
)  # fmt: skip
_KIND = _field(
    "kind", Holds.TEXT, ("jenis perangkat", "kind of device"),
    ("jenis: camera, access_point, server, switch, …", "camera, access_point, server, switch, …"),
    empty=False,
)  # fmt: skip


def _seconds(name: str, concept_id: str, concept_en: str, id_: str, en: str) -> FieldMeaning:
    return _field(
        name, Holds.WHOLE, (concept_id, concept_en), (id_, en), "second", empty="mttr" in name
    )


def _percent(
    name: str, concept_id: str, concept_en: str, id_: str, en: str, *, empty: bool = True
) -> FieldMeaning:
    return _field(name, Holds.NUMBER, (concept_id, concept_en), (id_, en), "percent", empty=empty)


DATASETS: tuple[Dataset, ...] = (
    Dataset(
        "devices", "Perangkat pemantauan kota", "Devices of the city",
        "Perangkat yang terdaftar dan digunakan: kamera, titik akses WiFi, server, jaringan.",
        "Devices that are registered and in use: cameras, access points, servers, network.",
        monthly=False,
        fields=(
            _field("device", Holds.CODE, ("perangkat", "device"),
                   ("nama pendek perangkat, tetap", "short name of the device, never another"),
                   empty=False),
            _field("name", Holds.TEXT, ("nama", "name"),
                   ("nama perangkat untuk dibaca orang", "name for people"), empty=False),
            _KIND,
            _field("site", Holds.CODE, ("titik", "site"),
                   ("nama pendek titik tempat perangkat", "short name of its site"), empty=False),
            _field("site_name", Holds.TEXT, ("nama titik", "site name"),
                   ("nama titik", "name of the site"), empty=False),
            *_AREA,
            *_POSITION,
            _field("owner", Holds.CODE, ("pengampu", "owner"),
                   ("nama pendek OPD pengampu perangkat", "short name of the agency it is of")),
            _field("owner_name", Holds.TEXT, ("nama pengampu", "owner's name"),
                   ("nama OPD pengampu", "name of the agency")),
            _field("registered_on", Holds.DATE, ("tanggal terdaftar", "registered on"),
                   ("tanggal perangkat mulai dipantau", "day from which it was watched"),
                   empty=False),
        ),
    ),
    Dataset(
        "sites", "Titik perangkat kota", "Sites of the city's devices",
        "Titik atau lokasi yang memiliki perangkat terdaftar.",
        "Places that have registered devices.",
        monthly=False,
        fields=(
            _field("site", Holds.CODE, ("titik", "site"),
                   ("nama pendek titik, tetap", "short name of the site, never another"),
                   empty=False),
            _field("site_name", Holds.TEXT, ("nama titik", "site name"),
                   ("nama titik", "name of the site"), empty=False),
            *_AREA,
            *_POSITION,
            _field("devices", Holds.WHOLE, ("jumlah perangkat", "devices"),
                   ("jumlah perangkat yang digunakan di titik", "devices in use at the site"),
                   "device", empty=False),
        ),
    ),
    Dataset(
        "uptime", "Ketersediaan perangkat per wilayah dan jenis", "Uptime by area and kind",
        "Waktu aktif dalam satu bulan, per wilayah dan jenis perangkat, dengan cakupannya.",
        "Uptime of a month by area and kind of device, with its coverage.",
        monthly=True,
        fields=(
            _field("month", Holds.MONTH, ("bulan", "month"),
                   ("bulan menurut jam setempat", "month on the clocks there"), empty=False),
            *_AREA,
            _KIND,
            _field("devices", Holds.WHOLE, ("jumlah perangkat", "devices"),
                   ("perangkat yang terdaftar dalam bulan itu", "devices there were in the month"),
                   "device", empty=False),
            _percent("uptime_percent", "ketersediaan layanan", "service uptime",
                     "aktif ÷ (aktif + mati + tidak terjangkau), dipotong, tidak dibulatkan",
                     "up ÷ (up + down + unreachable), cut and never rounded up"),
            _percent("uptime_low_percent", "batas bawah", "lower bound",
                     "bila waktu yang tidak diketahui dianggap mati",
                     "if all unknown time had been down"),
            _percent("uptime_high_percent", "batas atas", "upper bound",
                     "bila waktu yang tidak diketahui dianggap aktif",
                     "if all unknown time had been up"),
            _percent("coverage_percent", "cakupan", "coverage",
                     "bagian waktu yang keadaannya diketahui",
                     "share of the time in which the state was known", empty=False),
            _percent("device_uptime_percent", "ketersediaan perangkat", "device uptime",
                     "tanpa waktu terputus di balik perangkat lain",
                     "without time cut off behind another device"),
            _field("outages", Holds.WHOLE, ("jumlah gangguan", "outages"),
                   ("gangguan yang menyentuh bulan itu", "outages that touch the month"),
                   "outage", empty=False),
            _seconds("down_seconds", "waktu mati", "time down", "waktu perangkat mati",
                     "time devices were down"),
            _seconds("unreachable_seconds", "waktu terputus", "time cut off",
                     "waktu tidak terjangkau di balik perangkat lain",
                     "time cut off behind another device"),
            _seconds("unknown_seconds", "waktu tidak diketahui", "time unknown",
                     "waktu tanpa pengamatan", "time in which nobody looked"),
            _seconds("excluded_seconds", "waktu dikecualikan", "time left out",
                     "waktu pemeliharaan terencana", "time of planned work"),
            _seconds("lost_power_seconds", "hilang karena listrik", "lost to power",
                     "waktu mati atau terputus karena listrik", "time lost for want of power"),
            _seconds("lost_link_seconds", "hilang karena jaringan", "lost to links",
                     "waktu mati atau terputus karena jaringan", "time lost by links"),
            _seconds("lost_device_seconds", "hilang karena perangkat", "lost to devices",
                     "waktu mati atau terputus karena perangkat sendiri",
                     "time lost by the devices themselves"),
            _seconds("mttr_seconds", "rata-rata waktu perbaikan", "mean time to repair",
                     "waktu mati ÷ jumlah gangguan", "time down ÷ outages"),
        ),
    ),
    Dataset(
        "outages", "Gangguan perangkat", "Outages",
        "Gangguan yang dimulai dalam satu bulan. Versi publik tidak menyebut perangkat dan titik, "
        "membulatkan waktu mulai ke jam, dan hanya memuat gangguan yang sudah selesai.",
        "Outages that began in a month. Public versions name neither device nor site, cut the "
        "beginning to the hour, and hold only what is over.",
        monthly=True,
        fields=(
            _field("outage", Holds.WHOLE, ("nomor gangguan", "outage"),
                   ("nomor gangguan, tetap", "number of the outage, never another"), empty=False),
            _field("device", Holds.CODE, ("perangkat", "device"),
                   ("nama pendek perangkat; kosong dalam versi publik",
                    "short name of the device; empty in public versions")),
            _field("site", Holds.CODE, ("titik", "site"),
                   ("nama pendek titik; kosong dalam versi publik",
                    "short name of the site; empty in public versions")),
            *_AREA,
            _KIND,
            _field("state", Holds.TEXT, ("keadaan", "state"),
                   ("down: mati sendiri; unreachable: terputus di balik perangkat lain",
                    "down: by itself; unreachable: cut off behind another device"), empty=False),
            _field("started_at", Holds.MOMENT, ("mulai", "began at"),
                   ("saat kegagalan pertama", "moment of the first failure"), empty=False),
            _field("ended_at", Holds.MOMENT, ("selesai", "ended at"),
                   ("saat aktif kembali; kosong: masih berlangsung",
                    "when it was back; empty: still on")),
            _field("seconds", Holds.WHOLE, ("lama", "duration"),
                   ("lama gangguan; kosong: masih berlangsung", "how long; empty: still on"),
                   "second"),
            _field("cause", Holds.TEXT, ("penyebab", "cause"),
                   ("penyebab yang berlaku: device, link, power, upstream, planned, unknown",
                    "cause in force: device, link, power, upstream, planned, unknown"),
                   empty=False),
        ),
    ),
)  # fmt: skip

BY_NAME = {one.name: one for one in DATASETS}

"""Names and places a city is made of: real districts, invented sites.

The districts are Makassar's fifteen *kecamatan* with their Kemendagri codes under 73.71 (WITA).
Coordinates are near each district's middle, good enough to spread points on a map. Sites, people
and providers are invented, so that nobody reads a fault of the simulated city as news.
"""

from typing import NamedTuple

CITY_CODE = "73.71"
CITY_NAME = "Kota Makassar"
CITY_ZONE = "Asia/Makassar"
CENTRE_CODE = "73.71.04"  # the town hall, the core router and the first servers stand here


class District(NamedTuple):
    """A kecamatan: Kemendagri code, name and a point in it (degrees)."""

    code: str
    name: str
    latitude: float
    longitude: float


DISTRICTS = (
    District("73.71.01", "Mariso", -5.158, 119.408),
    District("73.71.02", "Mamajang", -5.163, 119.419),
    District("73.71.03", "Makassar", -5.142, 119.427),
    District("73.71.04", "Ujung Pandang", -5.137, 119.410),
    District("73.71.05", "Wajo", -5.123, 119.412),
    District("73.71.06", "Bontoala", -5.130, 119.421),
    District("73.71.07", "Tallo", -5.118, 119.437),
    District("73.71.08", "Ujung Tanah", -5.113, 119.420),
    District("73.71.09", "Panakkukang", -5.146, 119.447),
    District("73.71.10", "Tamalate", -5.190, 119.400),
    District("73.71.11", "Biringkanaya", -5.080, 119.520),
    District("73.71.12", "Manggala", -5.170, 119.490),
    District("73.71.13", "Rappocini", -5.167, 119.435),
    District("73.71.14", "Tamalanrea", -5.130, 119.495),
    District("73.71.15", "Kepulauan Sangkarrang", -5.050, 119.330),
)

SITE_SORTS = (
    "Simpang",
    "Pasar",
    "Taman",
    "Terminal",
    "Puskesmas",
    "Kantor Lurah",
    "Lapangan",
    "Dermaga",
    "Lorong",
    "Jembatan",
)
SITE_WORDS = (
    "Melati",
    "Kenanga",
    "Cempaka",
    "Teratai",
    "Seruni",
    "Kamboja",
    "Anggrek",
    "Dahlia",
    "Camar",
    "Elang",
    "Merpati",
    "Pelikan",
    "Bambu",
    "Cendana",
    "Mahoni",
    "Trembesi",
    "Fajar",
    "Senja",
    "Purnama",
    "Samudra",
)

OWNERS = (
    ("diskominfo", "Dinas Komunikasi dan Informatika"),
    ("dishub", "Dinas Perhubungan"),
    ("dlh", "Dinas Lingkungan Hidup"),
    ("pln", "PLN UP3 Makassar"),
    ("serat-nusa", "Penyedia tautan Serat Nusa"),
)

"""What the columns of a list mean: proposed from their headings, confirmed once, remembered.

People call one thing by many names, in two languages. A heading that is not known here is shown
with its first values and left alone until somebody says what it is.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from collector.model import Field


class Why(StrEnum):
    """How a column came to its field, or to none."""

    GIVEN = "given"  # with this import
    REMEMBERED = "remembered"  # from an earlier one
    PROPOSED = "proposed"  # from its heading
    UNUSED = "unused"  # somebody said that it is not used, or it only counts rows
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list."""

    position: int  # from 0
    letter: str
    heading: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column was taken for."""

    column: Column
    field: Field | None
    why: Why
    secret: bool = False  # its values are never shown


# The first name of a field is the best: of two columns for one field the better name wins.
_NAMES: Mapping[Field, str] = {
    Field.KEY: """kode aset, nomor aset, no aset, id aset, asset code, asset id, asset number,
        asset tag, kode inventaris, nomor inventaris, no inventaris, kode perangkat,
        nomor perangkat, id perangkat, kode cctv, kode kamera, id cctv, id kamera, kode ap,
        kode register, nomor register, no register, nup, kode, code, key, id""",
    Field.ID: "id pantau, pantau id, kode pantau",
    Field.NAME: """nama perangkat, nama cctv, nama kamera, nama alat, nama aset, nama barang,
        nama ap, nama wifi, nama hotspot, nama server, nama peralatan, device name, asset name,
        nama, name, hostname, perangkat, uraian, label perangkat""",
    Field.KIND: """jenis perangkat, jenis alat, jenis aset, kategori perangkat, device type,
        device kind, jenis, kategori, kind, category""",
    Field.SITE: "id lokasi, kode lokasi, id titik, kode titik, site id, kode site",
    Field.SITE_NAME: """nama lokasi, nama titik, titik lokasi, lokasi titik, lokasi pemasangan,
        titik pemasangan, lokasi cctv, lokasi kamera, lokasi wifi, lokasi perangkat, site name,
        lokasi, titik, location, site, tempat, letak, alamat lokasi, alamat, jalan""",
    Field.AREA: """kode wilayah, kode kemendagri, kode kecamatan, kode kelurahan, kode desa,
        area code, kode area""",
    Field.AREA_NAME: """kecamatan, nama kecamatan, kec, district, area name, wilayah,
        nama wilayah, area, kelurahan desa, kelurahan, desa, nama kelurahan""",
    Field.LATITUDE: """lintang, latitude, lat, garis lintang, koordinat lintang, lintang selatan,
        ls, koordinat y, titik koordinat, koordinat lokasi, koordinat gps, koordinat, coordinate,
        coordinates, gps, lat long, latlong, lat lng, lat lon, latitude longitude,
        lintang bujur, y""",
    Field.LONGITUDE: """bujur, longitude, long, lon, lng, garis bujur, koordinat bujur,
        bujur timur, bt, koordinat x, x""",
    Field.ADDRESS: """alamat ip, ip address, ip addr, ipv4, ip, ip cctv, ip kamera, ip perangkat,
        ip ap, ip server, nomor ip, no ip, alamat ip address, ip lokal, ip local, address""",
    Field.MAC: "mac address, alamat mac, mac, mac addr, mac adress",
    Field.SERIAL: """nomor seri, no seri, serial number, serial no, nomor serial, no serial,
        nomer seri, sn, s n, serial""",
    Field.VENDOR: "merk, merek, brand, vendor, manufacturer, pabrikan, produsen, merk perangkat",
    Field.MODEL: "tipe, model, type, tipe perangkat, model perangkat, tipe model, merk tipe",
    Field.PROFILE: "profil, profile, profil perangkat",
    Field.CREDENTIALS: "kredensial, credentials, nama kredensial",
    Field.PARENTS: "induk, perangkat induk, parents, parent, di belakang",
    Field.OWNER: "id opd, kode opd, id pemilik, owner id",
    Field.OWNER_NAME: """opd pengampu, pengampu, opd, nama opd, pemilik, perangkat daerah, skpd,
        instansi, dinas, owner, pengelola""",
    Field.LINK_OWNER: """penyedia jaringan, penyedia internet, penyedia layanan, penyedia, isp,
        provider, link owner, pemilik jaringan""",
    Field.POWER_OWNER: "pemilik listrik, penyedia listrik, power owner",
    Field.POWER_FEEDER: """gardu, gardu listrik, penyulang, panel, panel listrik, power feeder,
        feeder, id pelanggan pln, id pelanggan, idpel""",
    Field.TAGS: "penanda, tag, tags, label",
    Field.SNMP_PORT: "port snmp, snmp port",
    Field.MQTT_TOPIC: "topik mqtt, mqtt topic, topik, topic",
    Field.INSTALLED_ON: """tanggal pasang, tanggal pemasangan, tgl pasang, tgl pemasangan,
        tanggal instalasi, tahun pasang, tahun pemasangan, tahun pengadaan, tahun perolehan,
        installed on, install date, installation date, installed, tahun, year""",
    Field.CONTRACT: "nomor kontrak, no kontrak, kontrak, contract, contract number",
    Field.NOTE: "keterangan, ket, catatan, note, notes, remarks, remark",
}
_ORDINALS = frozenset({"no", "nomor", "no urut", "nomor urut", "nr", "number", "urutan", "num"})
_SECRETS = re.compile(
    r"pass|sandi|\bpwd\b|\bpin\b|secret|rahasia|communit|komunitas|\btoken\b|\bpsk\b|\bkey\b$|"
    r"\buser|\blogin\b|\brtsp\b|\burl\b"
)
_MOST_LOOKED_AT = 30
_WORDS = re.compile(r"[a-z0-9]+").findall


@cache
def _by_name() -> Mapping[str, tuple[Field, int]]:
    found: dict[str, tuple[Field, int]] = {}
    for field, names in _NAMES.items():
        for place, name in enumerate(" ".join(names.split()).split(", ")):
            found.setdefault(name, (field, place))
    for field in Field:  # what the fields are called in files of our own
        found.setdefault(field.value.replace("_", " "), (field, 0))
    return found


@lru_cache(20_000)
def plain(heading: str) -> str:
    """Return a heading without case, accents and signs: `No. Aset (BMD)` becomes `no aset bmd`."""
    if heading.isascii():
        return " ".join(_WORDS(heading.lower()))
    flat = unicodedata.normalize("NFKD", heading).casefold()
    flat = "".join(sign for sign in flat if not unicodedata.combining(sign))
    return " ".join(_WORDS(flat))


def field_of(heading: str) -> tuple[Field, int] | None:
    """Return the field that a heading names, and how good a name that is (0 is best)."""
    without, inside = re.sub(r"\([^)]*\)", " ", heading), re.findall(r"\(([^)]*)\)", heading)
    for rest in (heading, without, *inside, *heading.split("/")):
        found = _by_name().get(plain(rest))
        if found is not None:
            return found
    return None


def is_ordinal(heading: str) -> bool:
    """Say whether a heading only counts the rows of a list."""
    return plain(heading) in _ORDINALS or heading.strip() in ("#", "№")


def is_secret(heading: str) -> bool:
    """Say whether a column may hold passwords: its values are never shown nor kept."""
    name = plain(heading)
    return field_of(heading) is None and _SECRETS.search(name) is not None


def is_heading(cell: str, known: Mapping[str, object]) -> bool:
    """Say whether a cell may be a heading that means something."""
    return cell in known or field_of(cell) is not None


def meanings(
    columns: Sequence[Column],
    remembered: Mapping[str, Field | None],
    given: Mapping[str, Field | None],
    samples: Mapping[int, Sequence[str]],
) -> list[Meaning]:
    """Return what each column is taken for: as given, else as remembered, else as it is named.

    `samples` are the first values of columns by position: a column *Alamat* full of IP addresses
    is no place. Of two columns for one field, the one that was named by a person or has the better
    name has it. A column that may hold passwords has none, whatever was said.
    """
    said: dict[int, Meaning] = {}
    for column in columns:
        if is_secret(column.heading):
            said[column.position] = Meaning(column, None, Why.UNUSED, secret=True)
        for why, source in ((Why.GIVEN, given), (Why.REMEMBERED, remembered)):
            if column.heading in source and column.position not in said:
                field = source[column.heading]
                reason = why if field is not None else Why.UNUSED
                said[column.position] = Meaning(column, field, reason)
        if column.position not in said and is_ordinal(column.heading):
            said[column.position] = Meaning(column, None, Why.UNUSED)
    taken = {it.field for it in said.values() if it.field is not None}
    named: list[tuple[int, Column, Field]] = []
    for column in columns:
        found = None if column.position in said else field_of(column.heading)
        if found is not None:
            field = _by_content(found[0], samples.get(column.position, ()))
            named.append((found[1], column, field))
    for _, column, field in sorted(named, key=lambda it: (it[0], it[1].position)):
        if field not in taken:
            taken.add(field)
            said[column.position] = Meaning(column, field, Why.PROPOSED)
    return [said.get(it.position, Meaning(it, None, Why.UNKNOWN)) for it in columns]


def _by_content(field: Field, samples: Iterable[str]) -> Field:
    """Tell an address of the network from an address on a street, whatever the heading."""
    if field not in (Field.SITE_NAME, Field.ADDRESS):
        return field
    filled = [one for one in samples if one][:_MOST_LOOKED_AT]
    numeric = sum(1 for one in filled if _is_ip(one))
    if field is Field.SITE_NAME and filled and numeric * 2 > len(filled):
        return Field.ADDRESS
    if field is Field.ADDRESS and filled and not numeric and any(" " in one for one in filled):
        return Field.SITE_NAME
    return field


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip())
    except ValueError:
        return False
    return True

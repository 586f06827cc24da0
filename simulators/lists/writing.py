"""The lists as files that such agencies send, and the key of the truth beside them."""

import csv
import json
from collections.abc import Callable, Mapping
from datetime import date
from io import StringIO
from pathlib import Path

from openpyxl import Workbook

from simulators.lists.listing import AGENCIES, Row
from simulators.lists.planting import Lists

_KINDS = {
    "diskominfo": {
        "camera": "Kamera",
        "recorder": "Perekam",
        "access_point": "Titik Akses WiFi",
        "switch": "Switch",
        "router": "Router",
        "server": "Server",
        "nas": "NAS",
        "ups": "UPS",
        "sensor": "Sensor",
    },
    "dishub": {"camera": "CCTV", "recorder": "NVR", "access_point": "AP"},
    "dlh": {},
}
_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "diskominfo": {
        "key": "Kode Aset",
        "name": "Nama Perangkat",
        "kind": "Jenis",
        "site_name": "Titik",
        "area": "Kode Wilayah",
        "latitude": "Lintang",
        "longitude": "Bujur",
        "address": "Alamat IP",
        "mac": "MAC",
        "serial": "Nomor Seri",
        "vendor": "Merk",
        "model": "Tipe",
        "owner_name": "OPD Pengampu",
        "installed_on": "Tanggal Pasang",
    },
    "dishub": {
        "key": "Nomor Aset",
        "name": "Nama",
        "kind": "Kategori",
        "site_name": "Lokasi",
        "area": "Kode Kecamatan",
        "latitude": "Latitude",
        "longitude": "Longitude",
        "address": "IP Address",
        "mac": "MAC Address",
        "serial": "SN",
        "vendor": "Merek",
        "model": "Model",
        "owner_name": "Pemilik",
        "installed_on": "Tgl Pasang",
    },
    "dlh": {
        "key": "asset_code",
        "name": "name",
        "kind": "kind",
        "site_name": "site",
        "area": "area_code",
        "latitude": "latitude",
        "longitude": "longitude",
        "address": "ip_address",
        "mac": "mac",
        "serial": "serial_number",
        "vendor": "vendor",
        "model": "model",
        "owner_name": "owner",
        "installed_on": "installed_on",
    },
}

FILES = {"diskominfo": "diskominfo.xlsx", "dishub": "dishub.csv", "dlh": "dlh.csv"}
KEY = "key.json"


def write_lists(lists: Lists, folder: Path) -> list[Path]:
    """Write the three lists and the key into a folder, which is made; return the files.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writers: Mapping[str, Callable[[list[list[object]]], bytes | None]] = {
        "diskominfo": lambda cells: _write_xlsx(cells, folder / FILES["diskominfo"]),
        "dishub": lambda cells: _csv(cells, ";").encode("utf-8-sig"),
        "dlh": lambda cells: _csv(cells, ",").encode(),
    }
    written = []
    for agency in AGENCIES:
        rows = [row for row in lists.rows if row.source == agency.id]
        path = folder / FILES[agency.id]
        content = writers[agency.id](_cells(agency.id, rows))
        if content is not None:
            path.write_bytes(content)
        written.append(path)
    key = folder / KEY
    key.write_text(json.dumps(key_of(lists), indent=1, ensure_ascii=False) + "\n")
    return [*written, key]


def key_of(lists: Lists) -> dict[str, object]:
    """Return the truth: sources, which row means which device, faults, and what answers where."""
    return {
        "seed": lists.city.seed,
        "devices": len(lists.city.devices),
        "sources": [
            {"id": agency.id, "name": agency.name, "file": FILES[agency.id], "rank": rank}
            for rank, agency in enumerate(AGENCIES, start=1)
        ],
        "rows": [[row.source, row.key, row.device] for row in lists.rows],
        "faults": [
            {
                "kind": fault.kind.value,
                "rows": [list(row) for row in fault.rows],
                "devices": list(fault.devices),
                "field": fault.field,
            }
            for fault in lists.faults
        ],
        "lookalikes": [[list(one), list(other)] for one, other in lists.lookalikes],
        "answers": [
            {
                "device": it.device,
                "address": it.address,
                "macs": list(it.macs),
                "serial": it.serial,
            }
            for it in lists.answers
        ],
    }


def _cells(agency: str, rows: list[Row]) -> list[list[object]]:
    headings = _HEADINGS[agency]
    return [
        ["No", *headings.values()],
        *([number, *_row(agency, row, headings)] for number, row in enumerate(rows, start=1)),
    ]


def _row(agency: str, row: Row, headings: Mapping[str, str]) -> list[object]:
    values: dict[str, object] = {"key": row.key, **row.values}
    kind = str(row.values["kind"])
    values["kind"] = _KINDS[agency].get(kind, kind)
    if agency == "dishub":
        values["name"] = str(values["name"]).upper().replace("KAMERA", "CCTV")
        values["mac"] = str(values["mac"]).upper().replace(":", "-")
        values["installed_on"] = date.fromisoformat(str(values["installed_on"])).strftime(
            "%d/%m/%Y"
        )
        for axis in ("latitude", "longitude"):
            values[axis] = f"{values[axis]:.6f}".replace(".", ",")
    elif agency == "diskominfo":
        values["installed_on"] = date.fromisoformat(str(values["installed_on"]))
    return [values.get(name, "") for name in headings]


def _csv(cells: list[list[object]], delimiter: str) -> str:
    text = StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(cells)
    return text.getvalue()


def _write_xlsx(cells: list[list[object]], path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Aset")
    for row in cells:
        sheet.append(row)
    book.save(path)

"""Lists as agencies send them, made for tests, and an installation that takes them."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from api.importing.service import Importer, Look, Wanted
from collector.config import load_config
from collector.inventory import Inventory, load_inventory
from collector.model import Device, Field
from collector.register.plan import Plan
from collector.store import Store
from tests.api_city import ManualClock

INVENTORY = """\
areas:
  - {code: "73.71", name: Kota Makassar, zone: Asia/Makassar}
  - {code: "73.71.01", name: Mariso}
  - {code: "73.71.02", name: Mamajang}
owners: [{id: dishub, name: Dinas Perhubungan}]
sites: [{id: balai, name: Balai Kota, area: "73.71.02"}]
devices:
  - {id: sw-1, name: Switch Balai, kind: switch, site: balai, profile: generic-ping,
     address: 10.0.9.1}
"""
HEADINGS = ("Kode Aset", "Nama", "Jenis", "Kecamatan", "Lintang", "Bujur", "Alamat IP")
Rows = Sequence[Sequence[object]]


def camera(number: int, **changes: object) -> list[object]:
    """One row below HEADINGS."""
    values: dict[str, object] = {
        "key": f"A-{number:03d}",
        "name": f"Kamera {number}",
        "kind": "CCTV",
        "area": "Mariso",
        "latitude": -5.147,
        "longitude": 119.432,
        "address": f"10.1.{number // 250}.{number % 250 + 1}",
    }
    return list((values | changes).values())


def xlsx(rows: Rows, change: Callable[[Any], None] | None = None) -> bytes:
    """Return a spreadsheet; `change` is handed its workbook before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Daftar"
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv(rows: Rows, separator: str = ";", encoding: str = "utf-8") -> bytes:
    """Return a CSV file; values are written as they are."""
    lines = [separator.join(str(cell) for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def with_part(octets: bytes, name: str, content: bytes) -> bytes:
    """Return a spreadsheet with one more part."""
    stream = io.BytesIO(octets)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@dataclass
class Office:
    """An installation with an inventory that people wrote, and what it imports into."""

    folder: Path
    store: Store
    clock: ManualClock = field(default_factory=ManualClock)

    @property
    def config(self) -> Path:
        return self.folder / "pantau.yaml"

    @property
    def importer(self) -> Importer:
        return Importer(self.store, self.clock, lambda: load_config(self.config, {}))

    @property
    def registered(self) -> Path:
        return self.folder / "data" / "register.yaml"

    def wanted(self, octets: bytes, **changes: Any) -> Wanted:
        said: dict[str, Any] = {"source": "dishub-cctv", "file": "daftar.xlsx", "octets": octets}
        return Wanted(**said | changes)

    def preview(self, octets: bytes, **changes: Any) -> Look:
        return self.importer.preview(self.wanted(octets, **changes))

    def plan(self, octets: bytes, **changes: Any) -> Plan:
        look = self.preview(octets, **changes)
        assert look.plan is not None, look.problems
        return look.plan

    def apply(self, octets: bytes, **changes: Any) -> tuple[int, int, int, int]:
        """Import; return how many were created, changed, same, retired."""
        self.clock.advance(60)
        applied = self.importer.apply(self.wanted(octets, **changes), author="sari")
        counts = applied.record.counts
        return counts.created, counts.changed, counts.same, counts.retired

    def inventory(self) -> Inventory:
        return load_inventory(load_config(self.config, {}).inventory)

    def device(self, device_id: str) -> Device:
        return self.inventory().devices[device_id]

    def said(self, source: str = "dishub-cctv") -> dict[str, Mapping[Field, str]]:
        return {row.key: row.values for row in self.store.lists.rows(source)}


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """Open an installation in an empty folder."""
    (folder / "inventory").mkdir()
    (folder / "inventory" / "kota.yaml").write_text(INVENTORY)
    (folder / "pantau.yaml").write_text("data_directory: data\n")
    with Store.open(folder / "data" / "pantau.db") as store:
        yield Office(folder, store)

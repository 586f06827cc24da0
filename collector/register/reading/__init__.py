"""Reads a list that somebody sent: CSV, XLSX or YAML, told by its content and not by its name.

    octets ─ form ─► delimited │ xlsx ─► grid ─ table ─► rows and columns with their places
                     yaml_list ─────────────────────────►

Everything is bounded: octets, unpacked octets, rows, columns, cells (`cells`).
"""

from collections.abc import Mapping

from collector.register.reading.cells import FILE_BYTES
from collector.register.reading.delimited import read_delimited
from collector.register.reading.table import ListTable, Row, find_table
from collector.register.reading.xlsx import read_xlsx
from collector.register.reading.yaml_list import INVENTORY_FIELDS, read_yaml
from collector.register.remarks import Code, ListRefusedError, Remark

__all__ = ["FILE_BYTES", "INVENTORY_FIELDS", "ListTable", "Row", "read_list"]

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"


def read_list(
    octets: bytes, name: str, *, sheet: str | None = None, known: Mapping[str, object]
) -> ListTable:
    """Return the list in a file; `name` is the file's, `known` headings that mean something.

    Raises ListRefusedError when it cannot be read at all.
    """
    if len(octets) > FILE_BYTES:
        values = {"size": f"{len(octets) / 1e6:.1f}", "most": f"{FILE_BYTES // 1_000_000}"}
        raise ListRefusedError(Remark(Code.FILE_TOO_LARGE, values))
    if not octets.strip():
        raise ListRefusedError(Remark(Code.FILE_EMPTY))
    if octets.startswith(_OLE2):
        code = Code.PASSWORD if _ENCRYPTED in octets else Code.FORM_OLD
        raise ListRefusedError(Remark(code))
    if octets.startswith(_ZIP):
        return find_table(read_xlsx(octets, sheet), known)
    if octets.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rtf", b"\x1f\x8b", b"Rar!")):
        raise ListRefusedError(Remark(Code.FORM_UNKNOWN))
    if octets.lstrip()[:1] == b"<":
        raise ListRefusedError(Remark(Code.FORM_OTHER, {"form": "HTML/XML"}))
    if name.lower().endswith((".yaml", ".yml")):
        return read_yaml(octets)
    return find_table(read_delimited(octets), known)

"""XLSX: the package, and which of its parts are read. Nothing of it is ever run.

    octets ─► zip, bounded ─► workbook (sheets) ─► shared texts, styles ─► cells (`xlsx_sheet`)

Own code, because the sheet is untrusted and large: one pass, in bounded memory, that knows merged
cells, formulas without a stored value, and where everything stands. ECMA-376 has the format.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from collector.register.reading.cells import UNPACKED_BYTES, Grid
from collector.register.reading.xlsx_numbers import NumberFormat, format_of
from collector.register.reading.xlsx_sheet import SheetReader
from collector.register.remarks import Code, ListRefusedError, Remark, shown

_MOST_PARTS = 5_000
_CHUNK = 1 << 16
_TEXT_CHARACTERS = 60_000_000
_WORKSHEET = "/worksheet"


def read_xlsx(octets: bytes, sheet: str | None = None) -> Grid:
    """Read a sheet of a spreadsheet: the one named, else the first that is visible.

    Raises ListRefusedError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return _read(_Package(archive), sheet)
    except expat.ExpatError as error:
        raise ListRefusedError(_broken(f"line {error.lineno}")) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise ListRefusedError(_broken(type(error).__name__)) from None


def _broken(what: str) -> Remark:
    return Remark(Code.FILE_BROKEN, {"what": shown(what)})


@dataclass(slots=True)
class _Package:
    """The parts of a spreadsheet, by name without case, read within one bound for all."""

    archive: zipfile.ZipFile
    left: int = UNPACKED_BYTES
    parts: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        infos = self.archive.infolist()
        if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > UNPACKED_BYTES:
            raise ListRefusedError(_bomb())
        if any(info.flag_bits & 1 for info in infos):
            raise ListRefusedError(Remark(Code.PASSWORD))
        self.parts = {info.filename.lstrip("/").lower(): info for info in infos}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.parts

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the octets of a part. Raises ListRefusedError when they are too many."""
        with self.archive.open(self.parts[name.lower()]) as stream:
            while chunk := stream.read(_CHUNK):
                self.left -= len(chunk)
                if self.left < 0:
                    raise ListRefusedError(_bomb())
                yield chunk

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Hand a part's elements on. Raises ListRefusedError for one that declares entities."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        for chunk in self.chunks(name):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _bomb() -> Remark:
    return Remark(Code.ZIP_BOMB, {"most": f"{UNPACKED_BYTES // 1_000_000}"})


def _refuse_doctype(*_declared: object) -> None:
    raise ListRefusedError(_broken("DOCTYPE"))


def _read(package: _Package, wanted: str | None) -> Grid:
    _refuse_what_is_no_plain_spreadsheet(package)
    book = _Workbook()
    package.parse("xl/workbook.xml", book.start)
    targets = _relations(package, "xl/_rels/workbook.xml.rels")
    sheets = [
        (name, targets[link][0], state)
        for name, link, state in book.sheets
        if link in targets and targets[link][1].endswith(_WORKSHEET)
    ]
    name, part = _chosen(sheets, wanted)
    if part not in package:
        raise ListRefusedError(_broken(part))
    texts = _shared_texts(package)
    formats = _formats(package)
    reader = SheetReader(Grid("xlsx"), texts, formats, since_1904=book.since_1904)
    package.parse(part, reader.start, reader.end, reader.text)
    grid = reader.grid
    grid.sheet = name
    grid.sheets = tuple(name for name, _, _ in sheets)
    others = [one for one in grid.sheets if one != name]
    if others and wanted is None:
        values = {"sheet": shown(name), "others": ", ".join(shown(one, 30) for one in others[:10])}
        grid.notes.append(Remark(Code.OTHER_SHEETS, values))
    return grid


def _refuse_what_is_no_plain_spreadsheet(package: _Package) -> None:
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in package.parts):
        raise ListRefusedError(Remark(Code.MACROS))
    if "xl/workbook.bin" in package:
        raise ListRefusedError(Remark(Code.FORM_OTHER, {"form": "XLSB"}))
    if "content.xml" in package and "mimetype" in package:
        raise ListRefusedError(Remark(Code.FORM_OTHER, {"form": "ODS"}))
    if "xl/workbook.xml" not in package:
        raise ListRefusedError(Remark(Code.FORM_UNKNOWN))


@dataclass(slots=True)
class _Workbook:
    sheets: list[tuple[str, str, str]] = field(default_factory=list)  # name, relation, state
    since_1904: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "sheet":
            link = next((v for k, v in attributes.items() if k.endswith(":id") or k == "id"), "")
            state = attributes.get("state", "visible")
            self.sheets.append((attributes.get("name", ""), link, state))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")


def _chosen(sheets: list[tuple[str, str, str]], wanted: str | None) -> tuple[str, str]:
    if wanted is not None:
        for name, part, _ in sheets:
            if name.casefold().strip() == wanted.casefold().strip():
                return name, part
        known = ", ".join(shown(name, 30) for name, _, _ in sheets[:20])
        raise ListRefusedError(
            Remark(Code.NO_SUCH_SHEET, {"sheet": shown(wanted), "sheets": known})
        )
    if not sheets:
        raise ListRefusedError(_broken("xl/workbook.xml"))
    visible = [one for one in sheets if one[2] == "visible"] or sheets
    return visible[0][:2]


def _relations(package: _Package, name: str) -> dict[str, tuple[str, str]]:
    """Return what a workbook's relations lead to: part and type, by id."""
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship" and "Id" in attributes:
            target = attributes.get("Target", "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            found[attributes["Id"]] = (part, attributes.get("Type", ""))

    if name in package:
        package.parse(name, start)
    return found


def _shared_texts(package: _Package) -> list[str]:
    """Return the texts that cells refer to by number; phonetic hints are left out."""
    texts: list[str] = []
    parts: list[str] = []
    inside = [False, False]  # a text, a phonetic hint
    characters = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "si":
            parts.clear()
        elif name == "t":
            inside[0] = True
        elif name == "rPh":
            inside[1] = True

    def end(tag: str) -> None:
        nonlocal characters
        name = tag.rpartition(":")[2]
        if name == "t":
            inside[0] = False
        elif name == "rPh":
            inside[1] = False
        elif name == "si":
            text = " ".join("".join(parts).split())
            characters += len(text)
            if characters > _TEXT_CHARACTERS:
                raise ListRefusedError(_bomb())
            texts.append(text)

    def text(data: str) -> None:
        if inside[0] and not inside[1]:
            parts.append(data)

    if "xl/sharedstrings.xml" in package:
        package.parse("xl/sharedStrings.xml", start, end, text)
    return texts


def _formats(package: _Package) -> list[NumberFormat]:
    """Return what each style of a cell makes of a number."""
    own: dict[str, str] = {}
    styles: list[NumberFormat] = []
    inside = [False]

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "numFmt":
            own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = attributes.get("numFmtId", "0")
            code = int(number) if re.fullmatch(r"\d{1,6}", number) else 0
            styles.append(format_of(code, own.get(number)))

    def end(tag: str) -> None:
        if tag.rpartition(":")[2] == "cellXfs":
            inside[0] = False

    if "xl/styles.xml" in package:
        package.parse("xl/styles.xml", start, end)
    return styles

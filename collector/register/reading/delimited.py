"""CSV as spreadsheets of all kinds write it: `;`, `,` or tab; UTF-8, UTF-16 or Windows-1252."""

import csv
import io
from collections.abc import Iterator

from collector.register.reading.cells import Grid
from collector.register.remarks import Code, ListRefusedError, Remark

_SEPARATORS = ";,\t"
_LOOKED_AT = 20  # lines from which the separator is told
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_delimited(octets: bytes) -> Grid:
    """Read a CSV file. A row is counted as spreadsheets do: line breaks within quotes do not count.

    Raises ListRefusedError.
    """
    text = decode(octets)
    grid = Grid("csv")
    stream = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    for number, cells in _numbered(stream):
        grid.add(number, [" ".join(cell.split()) for cell in cells])
    return grid


def decode(octets: bytes) -> str:
    """Return the text of a file, in whichever of the three encodings. Raises ListRefusedError."""
    if octets.startswith(_UTF_16):
        return _decoded(octets, "utf-16")
    if b"\x00" in octets:
        row = octets.count(b"\n", 0, octets.index(b"\x00")) + 1
        raise ListRefusedError(Remark(Code.NOT_TEXT, row=row))
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(octets, "windows-1252")


def _decoded(octets: bytes, encoding: str) -> str:
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError as error:
        row = octets.count(b"\n", 0, error.start) + 1
        raise ListRefusedError(Remark(Code.NOT_TEXT, row=row)) from None


def _numbered(stream: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        number += 1
        try:
            yield number, next(stream)
        except StopIteration:
            return
        except csv.Error:
            raise ListRefusedError(Remark(Code.QUOTES, row=number)) from None


def _separator(text: str) -> str:
    """Return what parts the cells: the sign that most lines have equally often.

    Decimal commas make the comma frequent in lists that are parted by `;`, but in some lines only.
    """
    lines = [line for line in text[:100_000].splitlines()[:200] if line.strip()][:_LOOKED_AT]
    if text.startswith("sep=") and len(text) > 4 and text[4] in _SEPARATORS:
        return text[4]

    def steadiness(sign: str) -> tuple[int, int]:
        counts = [_outside_quotes(line).count(sign) for line in lines]
        commonest = max(set(counts) - {0}, key=counts.count, default=0)
        return (counts.count(commonest) if commonest else 0, -_SEPARATORS.index(sign))

    return max(_SEPARATORS, key=steadiness)


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])

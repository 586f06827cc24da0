"""Blocks of text and tables, as data: what every part of the document is made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from api.reports.dataset import Report
from api.reports.faces.phrases import PHRASES
from api.reports.formats import Formats
from api.reports.words import TABLES, column

MOST_GROUPS = 100
MOST_OUTAGES = 20
MOST_ROWS = 40
"""Rows of a table of the document; the sheets have all."""

_LONGEST_WORD = 18
_SOFT_BREAK = "\u200b"
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """What every part needs to write: the report, its language, and how figures are written."""

    report: Report
    language: str
    formats: Formats

    def say(self, name: str, *words: object) -> str:
        """Return a phrase in the language of the report."""
        return PHRASES[self.language][name].format(*words)

    def title(self, name: str) -> str:
        """Return the heading of a column."""
        return column(name, self.language)

    def moment_title(self, name: str) -> str:
        """Return the heading of a column of moments, with the zone they are in."""
        zone = self.formats.zone_name(self.report.header.made_at)
        return f"{self.title(name)} ({zone})"

    def bounds(self, low: float | None, high: float | None) -> str:
        """Return what a percentage lies between, one under the other."""
        return f"{self.formats.percent(low)}\n{self.formats.percent(high)}"


def shown(text: str) -> str:
    """Return a text as the document can hold it: printable, and long words may be broken."""
    said = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return "\n".join(" ".join(map(_breakable, line.split(" "))) for line in said.split("\n"))


def _breakable(part: str) -> str:
    if len(part) <= _LONGEST_WORD:
        return part
    return _SOFT_BREAK.join(
        part[at : at + _LONGEST_WORD] for at in range(0, len(part), _LONGEST_WORD)
    )


def texts(said: Iterable[str]) -> list[str]:
    """Return texts as the document can hold them."""
    return [shown(one) for one in said]


def heading(text: str, *, small: bool = False) -> Block:
    """Make a heading, of a part or (`small`) within one."""
    return {"kind": "small" if small else "heading", "text": text}


def text(said: str) -> Block:
    """Make a paragraph."""
    return {"kind": "text", "text": said}


def table(titles: Sequence[str], widths: str, rows: Sequence[Sequence[str]]) -> Block:
    """Make a table. `widths`: a letter a column: `w` wide, `m` middle, `t` text, `n` numbers."""
    return {
        "kind": "table",
        "titles": list(titles),
        "widths": list(widths),
        "rows": [[shown(cell) for cell in row] for row in rows],
    }


def more(paper: Paper, name: str, rows: int, most: int) -> list[Block]:
    """Say how many rows the sheets have beyond those shown; nothing where there are none."""
    if rows <= most:
        return []
    count = paper.formats.count(rows - most)
    return [text(paper.say("more", count, TABLES[paper.language][name]))]


Row = TypeVar("Row")


def listing(
    paper: Paper,
    name: str,
    rows: Sequence[Row],
    titles: Sequence[str],
    widths: str,
    cells: Callable[[Row], Sequence[str]],
) -> Iterable[Block]:
    """Yield a part that is one table: what it says, its first rows, how many more; or none."""
    yield heading(paper.say(name))
    if not rows:
        yield text(paper.say("none"))
        return
    yield text(paper.say(f"{name}.text"))
    yield table(titles, widths, [cells(one) for one in rows[:MOST_ROWS]])
    yield from more(paper, name, len(rows), MOST_ROWS)

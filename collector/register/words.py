"""What remarks about a list say, in Indonesian and English: what is wrong, and what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from collector.model import Field
from collector.register.remarks import Remark
from collector.register.words_columns import FIELDS
from collector.register.words_of import WORDS

LANGUAGES = ("id", "en")
_HINTS = {  # how `did_you_mean` begins
    "did you mean ": "maksudnya ",
    "known are ": "yang dikenal: ",
    "none are defined": "belum ada satu pun",
}
_MORE = re.compile(r" and (\d+) more$")


@dataclass(frozen=True, slots=True)
class Text:
    """A remark in one language. `remedy` may be empty."""

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}" if self.remedy else self.problem


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def text_of(remark: Remark, language: str) -> Text:
    """Return a remark's words, without its place. A field among its values gets its name."""
    values = _Values(remark.values)
    if language == "id":
        _in_indonesian(values)
    if "field" in values:
        values["field"] = field_word(values["field"], language)
    problem, remedy = WORDS[remark.code][language]
    return Text(problem.format_map(values), remedy.format_map(values).strip())


def _in_indonesian(values: dict[str, str]) -> None:
    """Write degrees as Indonesian spreadsheets read them (5.1 there is no number), and hints."""
    for name in ("latitude", "longitude"):
        if name in values:
            values[name] = values[name].replace(".", ",")
    if hint := values.get("hint"):
        for english, indonesian in _HINTS.items():
            hint = hint.replace(english, indonesian, 1) if hint.startswith(english) else hint
        values["hint"] = _MORE.sub(r" dan \1 lagi", hint)


def place_of(remark: Remark, language: str) -> str:
    """Return where a remark stands: `baris 5, kolom D (Lintang)`; nothing for the whole list."""
    row, column = {"id": ("baris", "kolom"), "en": ("row", "column")}[language]
    parts = [] if remark.row is None else [f"{row} {remark.row}"]
    if remark.column is not None:
        known = remark.heading not in (None, remark.column)
        parts.append(f"{column} {remark.column}" + (f" ({remark.heading})" if known else ""))
    return ", ".join(parts)


def field_word(name: str, language: str) -> str:
    """Return what people call a field."""
    try:
        return FIELDS[language][Field(name)]
    except ValueError:
        return name


def both(remark: Remark) -> Mapping[str, Text]:
    """Return a remark's words in every language."""
    return {language: text_of(remark, language) for language in LANGUAGES}

"""docs/import.md names every field, and every remark has words in both languages."""

import re
import string
from pathlib import Path

import pytest

from collector.model import Field
from collector.register.columns import field_of
from collector.register.remarks import Code, Remark
from collector.register.words import LANGUAGES, field_word, text_of
from collector.register.words_of import WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Columns")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| (`.*?) \| (.*?) \|", TABLE, re.MULTILINE)


def test_every_field_has_a_row_and_no_other() -> None:
    named = {name for fields, _ in ROWS for name in re.findall(r"`(\w+)`", fields)}
    assert named == {field.value for field in Field}


def test_every_heading_of_the_page_is_known_as_the_field_it_stands_for() -> None:
    for fields, headings in ROWS:
        names = re.findall(r"`(\w+)`", fields)
        parts = headings.split(" · ") if len(names) > 1 else [headings]
        if len(parts) != len(names):
            continue
        for name, part in zip(names, parts, strict=True):
            for heading in part.split(", "):
                found = field_of(heading)
                assert found is not None, heading
                assert found[0] is Field(name), heading


def test_the_example_is_read_without_help() -> None:
    header = next(line for line in PAGE.splitlines() if line.startswith("| Kode Aset |"))
    headings = [cell.strip() for cell in header.strip("|").split("|")]
    assert all(field_of(heading) for heading in headings)


@pytest.mark.parametrize("code", list(Code))
def test_every_remark_has_words_that_speak_of_the_same(code: Code) -> None:
    spoken = []
    for language in LANGUAGES:
        problem, remedy = WORDS[code][language]
        keys = {key for _, key, _, _ in string.Formatter().parse(problem + remedy) if key}
        spoken.append(keys)
        text = text_of(Remark(code, {"field": "serial"}), language)
        assert text.problem
        assert "{" not in f"{text.problem}{text.remedy}"
    assert spoken[0] | {"kinds"} == spoken[1] | {"kinds"}


def test_every_field_has_a_word_in_both_languages() -> None:
    for field in Field:
        assert field_word(field.value, "id") != field.value or field is Field.TAGS
        assert field_word(field.value, "en")
    assert field_word("anything", "id") == "anything"

"""YAML as people write it: values, lines, and nothing worse than a problem for any text."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from collector.config.problems import ProblemsError, did_you_mean, place_text
from collector.config.reader import Data, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", "x"),
        ("on", "on"),
        ("no", "no"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("73.71.01", "73.71.01"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("2026-11-22", "2026-11-22"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("9" * 50, "9" * 50),
        ("[a, 1]", ["a", 1]),
        ("{a: {b: c}}", {"a": {"b": "c"}}),
        ("|\n  dua\n  baris\n", "dua\nbaris\n"),
    ],
)
def test_a_value_is_read_as_yaml_1_2_says(text: str, value: object) -> None:
    found = read_text(f"key: {text}\n", "f").data["key"]

    assert found == value
    assert type(found) is type(value) or isinstance(found, dict | list)


def test_every_place_knows_its_line() -> None:
    document = read_text("a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n", "f")

    assert document.line_of(("a",)) == 1
    assert document.line_of(("b",)) == 2
    assert document.line_of(("b", 0)) == 3
    assert document.line_of(("b", 1)) == 4
    assert document.line_of(("b", 1, "d")) == 5
    assert document.line_of(("b", 1, "missing")) == 4
    assert document.line_of(("nothing", 3)) == 1


def test_what_was_written_is_kept_of_numbers() -> None:
    document = read_text("a: 73.10\nb: 'x'\nc: [0x1F]\nd:\n", "f")

    assert document.written_at(("a",)) == "73.10"
    assert document.written_at(("b",)) is None
    assert document.written_at(("c", 0)) == "0x1F"
    assert document.written_at(("d",)) == ""
    assert document.written_at(("e", "f")) is None


def test_an_alias_is_the_same_value_again() -> None:
    data = read_text("a: &x [1, 2]\nb: *x\nc: &y z\nd: *y\n", "f").data

    assert data["b"] == [1, 2]
    assert data["d"] == "z"


def test_an_empty_text_is_an_empty_mapping() -> None:
    assert read_text("", "f").data == {}
    assert read_text("# nothing\n", "f").data == {}
    assert read_text("---\n", "f").data == {}


def test_many_problems_are_told_up_to_a_limit() -> None:
    twice = "a: 1\n" * 500

    with pytest.raises(ProblemsError) as caught:
        read_text(twice, "f")

    assert len(caught.value.problems) == 100


@given(
    st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#,?%@ \n\t019.~<\x00\x85\ufeff"), max_size=60)
)
@example("- - - ? : {")
@example("&a {*a : *a}")
@example("a: &a\nb: *a\n")
@example("? &a [b]\n: *a\n")
def test_any_text_is_read_or_is_a_problem(text: str) -> None:
    try:
        document = read_text(text, "f")
    except ProblemsError as error:
        told = str(error)
    else:
        told = str(document.line_of(("a",)))
    assert told


_floats = st.floats(allow_nan=False, allow_infinity=False)  # no setting is infinite
# YAML 1.1 knows more line ends than we write, and no control characters
_text = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]))
_scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64) | _floats | _text
_plain = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(_text, _plain, max_size=4))
def test_what_another_writer_wrote_is_read_back(value: dict[str, Data]) -> None:
    stream = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.dump(value, stream)

    assert read_text(stream.getvalue(), "f").data == value


def test_a_place_is_written_as_people_read_it() -> None:
    assert place_text(("devices", 3, "interval")) == "devices[3].interval"
    assert place_text((0, "a", 1, 2)) == "[0].a[1][2]"
    assert place_text(()) == ""


def test_a_hint_names_what_is_close_or_what_there_is() -> None:
    assert did_you_mean("intervall", ["interval", "probe"]) == 'did you mean "interval"?'
    assert did_you_mean("xyz", ["b", "a"]) == "known are a, b"
    assert did_you_mean("xyz", []) == "none are defined"
    assert did_you_mean("xyz", [f"n{i:02d}" for i in range(30)]).endswith("n24 and 5 more")

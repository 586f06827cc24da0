"""JMESPath in profiles: what is taken, what is refused, and that no document makes it explode."""

import re
from contextlib import suppress

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.profiles.expressions import ExpressionError, compiled, evaluate


@pytest.mark.parametrize(
    ("expression", "document", "found"),
    [
        ("a.b", {"a": {"b": 1}}, 1),
        ("a.b", {}, None),
        ("max(rx[*].rssi)", {"rx": [{"rssi": -90}, {"rssi": -70}]}, -70),
        ("channels[?name == 'temp'].v | [0]", {"channels": [{"name": "temp", "v": 3}]}, 3),
        ("not_null(t, temp)", {"temp": 5}, 5),
        ("{x: a, y: b}", {"a": 1, "b": 2}, {"x": 1, "y": 2}),
        ("to_number(a)", {"a": "12.5"}, 12.5),
    ],
)
def test_an_expression_finds_what_it_says(expression: str, document: object, found: object) -> None:
    assert evaluate(expression, document) == found


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("a[", "Invalid jmespath expression"),
        ("a.b." + "c." * 200 + "d", "longer than 300"),
        ("shell(a)", "the function shell is not there"),
        ("map(&a, @)", "the function map is not there"),
        ("join(',', a)", "the function join is not there"),
        ("to_string(@)", "the function to_string is not there"),
        ("[@, @][] | [@, @][]", "a list or mapping more than once"),
        ("{a: [@, @]}", "a list or mapping more than once"),
        ("!" * 100 + "a", "nested more than 24 deep"),
        ("length(a, b)", "too many arguments"),
    ],
)
def test_what_can_explode_or_is_none_is_refused(expression: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        compiled(expression)


@pytest.mark.parametrize("document", [{"a": 5}, {"a": ["x", 1]}, {"a": None}, {"a": {"b": []}}, 3])
def test_a_document_that_does_not_fit_is_told_without_quoting_it(document: object) -> None:
    with pytest.raises(ExpressionError, match=r"^the expression does not fit the document$"):
        evaluate("sum(a)", document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=25,
)
ALLOWED = st.sampled_from(
    [
        "a[*].b[]",
        "*.*",
        "a[?b > `1`].c",
        "sort_by(a, &b)[-1]",
        "max_by(a, &b).c",
        "[a, b, c][]",
        "avg(a[*].b)",
        "ceil(a)",
        "a[::2]",
        "keys(a)",
        "contains(a, 'x')",
        "a == b",
        "values(@)[?type(@) == 'number']",
    ]
)


def size(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(size(inner) for inner in value.values())
    return 1 + sum(size(inner) for inner in value) if isinstance(value, list) else 1


@given(ALLOWED, JSON)
@settings(deadline=None)
def test_what_comes_out_is_no_larger_than_what_went_in_by_more_than_a_selection(
    expression: str, document: object
) -> None:
    try:
        found = evaluate(expression, document)
    except ExpressionError:
        return
    assert size(found) <= 3 * size(document) + 4


def test_a_document_as_deep_as_json_goes_is_no_trouble() -> None:
    text = b"[" * 1000 + b"1" + b"]" * 1000
    document = {"a": orjson.loads(text), "b": orjson.loads(text)}
    assert evaluate("a[] | length(@)", document) == 1
    with suppress(ExpressionError):  # Python may find it too deep to compare
        assert evaluate("a == b", document) is True

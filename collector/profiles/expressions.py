"""JMESPath in profiles (jmespath.org): compiled once, and refused where it could explode. Pure.

An expression is written by whoever writes the profile; the document comes from a stranger. So the
work must be bounded by the document's size, whatever the document is. Walking down, filtering and
sorting are; what can multiply is left out: `map`, `join`, `merge` and `to_string`, and more than
one `[…, …]` or `{…}`, since `[@, @][] | [@, @][]` doubles with every step.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, TypeAlias

import jmespath
from jmespath.exceptions import ArityError, JMESPathError
from jmespath.parser import ParsedResult
from pydantic import BeforeValidator, Field

from collector.config.shape import refuse

JMESPATH = "jmespath "
"""What the source of a metric begins with when the rest is JMESPath. No path has a space in it."""

LENGTH_LIMIT = 300
_NODES_LIMIT = 80
_DEPTH_LIMIT = 24
_FUNCTIONS = frozenset(
    {
        "abs",
        "avg",
        "ceil",
        "contains",
        "ends_with",
        "floor",
        "keys",
        "length",
        "max",
        "max_by",
        "min",
        "min_by",
        "not_null",
        "reverse",
        "sort",
        "sort_by",
        "starts_with",
        "sum",
        "to_array",
        "to_number",
        "type",
        "values",
    }
)
_SELECTS = ("multi_select_list", "multi_select_dict")


class ExpressionError(Exception):
    """An expression and a document do not go together. Quotes nothing of the document."""


@lru_cache(maxsize=1024)
def compiled(expression: str) -> ParsedResult:
    """Compile an expression.

    Raises:
        ValueError: it is no JMESPath, or could take a device's document and explode; the text
            says which part.
    """
    if len(expression) > LENGTH_LIMIT:
        raise ValueError(f"it is longer than {LENGTH_LIMIT} characters")
    try:
        parsed = jmespath.compile(expression)
        for depth, node in _nodes(parsed.parsed):
            if depth > _DEPTH_LIMIT:
                raise ValueError(f"it is nested more than {_DEPTH_LIMIT} deep")
            if node["type"] == "function_expression" and node["value"] not in _FUNCTIONS:
                raise ValueError(f"the function {node['value']} is not there")
    except JMESPathError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    kinds = [node["type"] for _, node in _nodes(parsed.parsed)]
    if len(kinds) > _NODES_LIMIT:
        raise ValueError(f"it has more than {_NODES_LIMIT} parts")
    if sum(kind in _SELECTS for kind in kinds) > 1:
        raise ValueError("it makes a list or mapping more than once")
    try:
        parsed.search(None)
    except ArityError:
        raise ValueError("a function has too many arguments, or too few") from None
    except (JMESPathError, ArithmeticError, TypeError):
        pass  # nothing is no document; others may do
    return parsed


def evaluate(expression: str, document: object) -> object:
    """Return what an expression finds in a document of JSON; None when there is nothing.

    Raises:
        ExpressionError: a function met a value that it is not for.
        ValueError: the expression is none.
    """
    parsed = compiled(expression)
    try:
        found: object = parsed.search(document)
    except (JMESPathError, ArithmeticError, TypeError, ValueError, RecursionError):
        raise ExpressionError("the expression does not fit the document") from None
    return found


def _nodes(tree: Mapping[str, Any], depth: int = 1) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield depth, tree
    for child in tree["children"]:
        if isinstance(child, Mapping):
            yield from _nodes(child, depth + 1)


def _check_expression(value: object) -> object:
    if isinstance(value, str):
        try:
            compiled(value)
        except ValueError as error:
            shown = value if len(value) <= 60 else value[:60] + "…"
            raise refuse(f'"{shown}" cannot be used: {error}', "mend or simplify it") from None
    return value


Expression: TypeAlias = Annotated[
    str, BeforeValidator(_check_expression), Field(min_length=1, max_length=LENGTH_LIMIT)
]

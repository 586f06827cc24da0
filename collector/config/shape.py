"""The shape of files: a strict base for models, and the values that stand in many of them."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, WithJsonSchema
from pydantic_core import PydanticCustomError

_SECONDS_PER = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)", re.ASCII)
_LONGEST_SHOWN = 60


class Shape(BaseModel):
    """A mapping in a file. Unknown keys are refused; what was read never changes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=False, hide_input_in_errors=True
    )


def refuse(problem: str, remedy: str) -> PydanticCustomError:
    """Return the error a validator raises: what is wrong, and what to do about it."""
    return PydanticCustomError(
        "pantau", "{problem}; {remedy}", {"problem": problem, "remedy": remedy}
    )


# --- values -----------------------------------------------------------------------------------


def seconds_of(text: object) -> float:
    """Read a duration with its unit: `500ms`, `5s`, `5m`, `1h`, `1d`."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is not None:
        return float(found[1]) * _SECONDS_PER[found[2]]
    shown = shown_value(text)
    if isinstance(text, int | float) or (isinstance(text, str) and re.fullmatch(r"[\d.]+", text)):
        raise refuse(f'"{text}" has no unit', f"write {text}s or {text}m")
    raise refuse(f"{shown} is no duration", "write 5s, 5m or 1h")


Duration: TypeAlias = Annotated[
    float,
    BeforeValidator(seconds_of),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?(ms|s|m|h|d)$"}),
]
"""Seconds; in a file always with a unit."""


def _no_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise refuse(f"{shown_value(value)} is no number", "write a number")
    return value


WholeNumber: TypeAlias = Annotated[int, BeforeValidator(_no_boolean)]
Number: TypeAlias = Annotated[float, BeforeValidator(_no_boolean), Field(allow_inf_nan=False)]
Port: TypeAlias = Annotated[WholeNumber, Field(ge=1, le=65535)]


def check_id(value: object) -> object:
    """Refuse what cannot be an id. What is no text passes: the type is checked elsewhere."""
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", value):
        raise refuse(
            f"{shown_value(value)} is no id",
            "use up to 64 letters, digits, dots, dashes and underscores",
        )
    return value


Id: TypeAlias = Annotated[
    str,
    BeforeValidator(check_id),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}),
]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]


Kind: TypeAlias = Literal[
    "camera", "recorder", "access_point", "switch", "router", "server", "nas", "ups", "sensor"
]
"""Kinds of devices."""


def _as_list(value: object) -> object:
    """One value is a list of one; commas separate (so that the environment can hold lists)."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",")]
    return [value] if isinstance(value, int | float) else value


Item = TypeVar("Item")
Words: TypeAlias = Annotated[tuple[Item, ...], BeforeValidator(_as_list)]


def shown_value(value: object) -> str:
    """Write a value of a file for a problem: short, and what it holds only when it is a scalar."""
    if isinstance(value, SecretStr) or value is None:
        return "this value"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    text = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
    return f'"{text}"'


# --- what models hold -------------------------------------------------------------------------


def keys_of(model: type[BaseModel]) -> set[str]:
    """Return the keys of a model as they are written in files."""
    return {field.alias or name for name, field in model.model_fields.items()}


def tag_values(model: type[BaseModel]) -> set[str | int]:
    """Return the literals of the model's fields: what tells the members of a union apart."""
    return {
        value
        for field in model.model_fields.values()
        for value in get_args(field.annotation)
        if isinstance(value, str)
    }


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that an annotation holds, through unions, lists and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)

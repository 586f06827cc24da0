"""Pydantic's errors as problems: file, line, place, what is wrong and what to do about it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from collector.config.credentials import SECRETS
from collector.config.problems import Place, Problem, did_you_mean, place_text
from collector.config.reader import Data, Document, child_of
from collector.config.shape import keys_of, models_in, shown_value, tag_values

SECRET_KEYS = frozenset({"credentials", "password", *SECRETS})
"""Values at or below these keys are never repeated in a problem."""

SECRET_SECTIONS = frozenset({"channels"})
"""The same of these keys at the top of a file: nearly all that a channel is told opens it."""

Words: TypeAlias = Callable[[str, Mapping[str, Any], str], tuple[str, str]]
"""From the value as shown, pydantic's context and its message to a problem and a remedy."""

Model = TypeVar("Model", bound=BaseModel)


def check_shape(model: type[Model], document: Document) -> tuple[Model | None, list[Problem]]:
    """Hold a document against a model. Returns the model, or every problem with its line."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
        wanted = [detail for detail in details if not _is_echo(detail, details)]
        return None, [_problem_of(detail, model, document) for detail in wanted]


def _is_echo(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Say whether a list is too short only because its items are wrong, which is told anyway."""
    location = detail["loc"]
    return detail["type"] == "too_short" and any(
        other["loc"][: len(location)] == location and other is not detail for other in details
    )


def _problem_of(detail: ErrorDetails, model: type[BaseModel], document: Document) -> Problem:
    place = _place_in(document, detail)
    problem, remedy = _words_of(detail, place, model, document)
    return Problem(document.file, document.line_of(place), place_text(place), problem, remedy)


def _place_in(document: Document, detail: ErrorDetails) -> Place:
    """Return pydantic's location without what is no place in the file (tags of unions, `[key]`)."""
    node: Data = document.data
    place: list[str | int] = []
    for step in detail["loc"]:
        child = child_of(node, step)
        if child is not None:
            place.append(step)
            node = child.value
    if detail["type"] == "missing":
        place.append(detail["loc"][-1])
    return tuple(place)


def _words_of(
    detail: ErrorDetails, place: Place, model: type[BaseModel], document: Document
) -> tuple[str, str]:
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "pantau":
        return str(context["problem"]), str(context["remedy"])
    if kind == "missing":
        return "is missing", f'add "{place[-1]}"'
    if kind == "extra_forbidden":
        return "unknown key", did_you_mean(str(place[-1]), _keys_at(model, place[:-1], detail))
    is_secret = not SECRET_KEYS.isdisjoint(map(str, place))
    is_secret |= bool(place) and place[0] in SECRET_SECTIONS
    shown = "this value" if is_secret else shown_value(detail["input"])
    written = document.written_at(place)
    if kind == "string_type" and written is not None:
        if not written or written in ("~", "null"):
            return "has no value", "write one or remove the key"
        if is_secret:
            return "this value is read as a number or constant", "put it in quotes"
        return f"{written} is read as a number or constant", f'put it in quotes: "{written}"'
    if detail["input"] is None:
        return "has no value", "write one or remove the key"
    return _PLAIN_WORDS.get(kind, _other_words)(shown, context, detail["msg"])


def _other_words(shown: str, _context: Mapping[str, Any], message: str) -> tuple[str, str]:
    return f"{shown} cannot be used", message[:1].lower() + message[1:]


def _wrong_type(remedy: str) -> Words:
    def words(shown: str, _context: Mapping[str, Any], _message: str) -> tuple[str, str]:
        return f"{shown} cannot be used here", remedy

    return words


def _limit(words: str, key: str) -> Words:
    def found(shown: str, context: Mapping[str, Any], _message: str) -> tuple[str, str]:
        unit = "s" if shown[-2:-1].isalpha() else ""  # durations are seconds in here
        return f"{shown} is out of range", f"write {words} {context[key]:g}{unit}"

    return found


def _choice(shown: str, context: Mapping[str, Any], _message: str) -> tuple[str, str]:
    return f"{shown} is not known", f"write one of {context['expected']}"


def _tag(_shown: str, context: Mapping[str, Any], _message: str) -> tuple[str, str]:
    key = str(context["discriminator"]).strip("'")
    if "expected_tags" in context:
        return f'{key}: "{context["tag"]}" is not known', f"write one of {context['expected_tags']}"
    return f"{key} is missing", f'add "{key}"'


_PLAIN_WORDS: dict[str, Words] = {
    **dict.fromkeys(("string_type",), _wrong_type("write text")),
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
        _wrong_type("write a whole number"),
    ),
    **dict.fromkeys(
        ("float_type", "float_parsing", "finite_number"), _wrong_type("write a number")
    ),
    **dict.fromkeys(("bool_type", "bool_parsing"), _wrong_type("write true or false")),
    **dict.fromkeys(("list_type", "tuple_type"), _wrong_type("write a list: [a, b]")),
    **dict.fromkeys(
        ("dict_type", "model_type", "model_attributes_type", "mapping_type"),
        _wrong_type("write keys and values below it"),
    ),
    "greater_than_equal": _limit("at least", "ge"),
    "less_than_equal": _limit("at most", "le"),
    "greater_than": _limit("more than", "gt"),
    "less_than": _limit("less than", "lt"),
    "literal_error": _choice,
    "enum": _choice,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _tag,
    "string_too_short": lambda *_: ("is empty", "write something or remove the key"),
    "string_too_long": lambda _shown, context, _message: (
        f"is longer than {context['max_length']} characters",
        "shorten it",
    ),
    "too_short": lambda *_: ("is empty", "list at least one"),
    "too_long": lambda _shown, context, _message: (
        f"lists more than {context['max_length']}",
        "list fewer",
    ),
}


# --- which keys there are ---------------------------------------------------------------------


def _keys_at(model: type[BaseModel], place: Place, detail: ErrorDetails) -> set[str]:
    """Return the keys a mapping at `place` may have (of every model that can stand there)."""
    tags = set(detail["loc"])
    models: list[type[BaseModel]] = [model]
    for step in place:
        if isinstance(step, int):
            continue
        inner = [
            found
            for candidate in models
            for name, field in candidate.model_fields.items()
            if (field.alias or name) == step
            for found in models_in(field.annotation)
        ]
        models = inner or models  # a free key, such as the name of a credential
    narrowed = [found for found in models if tags & tag_values(found)]
    return {key for found in narrowed or models for key in keys_of(found)}

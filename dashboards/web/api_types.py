"""Writes the API's shapes as types for the pages: `make web-types`.

`src/shared/api/schema.ts` follows from the OpenAPI description and from nothing else, so that a
page that asks for a field the API does not have, or sends a parameter it refuses, does not compile.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.app import API_PREFIX, describe

Json = Mapping[str, Any]

TARGET = Path(__file__).parent / "src" / "shared" / "api" / "schema.ts"
_HEAD = """\
/**
 * The shapes of the API, made from its description by `make web-types`; not to be edited.
 *
 * Moments are ISO 8601 in UTC. `Routes` is every route under /api/v1.
 */
"""
_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def main() -> None:
    """Write the file anew."""
    TARGET.write_text(render(describe()), encoding="utf-8")


def render(description: Json) -> str:
    """Return the text of `schema.ts` for an OpenAPI 3.1 description."""
    parts = [_HEAD]
    for name, schema in sorted(description["components"]["schemas"].items()):
        parts.append(_comment(schema.get("description"), "") + _declared(name, schema))
    routes = "".join(_routes(description["paths"]))
    return "\n".join([*parts, f"export interface Routes {{\n{routes}}}\n"])


def _declared(name: str, schema: Json) -> str:
    if schema.get("type") == "object":
        return f"export interface {name} {{\n{''.join(_members(schema))}}}\n"
    return f"export type {name} = {_type(schema)};\n"


def _members(schema: Json) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for key, value in schema.get("properties", {}).items():
        mark = "" if key in required else "?"
        comment = _comment(value.get("description"), "  ")
        yield f"{comment}  readonly {key}{mark}: {_type(value)};\n"


def _routes(paths: Json) -> Iterator[str]:
    """Yield a member a route: what it is asked by, what it is sent, what it answers."""
    for path, operations in sorted(paths.items()):
        if not path.startswith(API_PREFIX):
            continue
        for method, operation in sorted(operations.items()):
            query = ""
            for one in operation.get("parameters", ()):
                if one["in"] == "query":
                    mark = "" if one.get("required") else "?"
                    query += f" readonly {one['name']}{mark}: {_type(one['schema'])};"
            body = _content(operation.get("requestBody", {}))
            answer = _content(next(v for k, v in operation["responses"].items() if k[0] == "2"))
            yield (
                f'  readonly "{method.upper()} {path.removeprefix(API_PREFIX)}": {{\n'
                f"    readonly query: {{{query} }};\n"
                f"    readonly body: {body};\n"
                f"    readonly answer: {answer};\n"
                "  };\n"
            )


def _content(message: Json) -> str:
    json = message.get("content", {}).get("application/json", {})
    return _type(json["schema"]) if json.get("schema") else "undefined"


def _type(schema: Json) -> str:
    """Return the type of a schema. Raises KeyError for what pydantic was never seen to write."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "enum" in schema or "const" in schema:
        values = schema["enum"] if "enum" in schema else [schema["const"]]
        return " | ".join(f'"{value}"' for value in values)
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    kind = schema["type"]
    if kind == "null":
        return "null"
    if kind == "array":
        if "prefixItems" in schema:
            return f"readonly [{', '.join(_type(one) for one in schema['prefixItems'])}]"
        item = _type(schema["items"])
        return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
    if kind == "object":
        return f"Readonly<Record<string, {_type(schema['additionalProperties'])}>>"
    return _SIMPLE[kind]


def _comment(text: str | None, indent: str) -> str:
    """Return a description as a comment on one line: its first paragraph."""
    if not text:
        return ""
    first = text.split("\n\n", 1)[0].replace("*/", "* /")
    return f"{indent}/** {' '.join(first.split())} */\n"


if __name__ == "__main__":
    main()

"""Reads YAML that people write, and remembers on which line everything stands.

The YAML is the safe part of YAML 1.2: mappings, lists and scalars of the core schema (so `on` and
`no` are words, not booleans). Anchors and aliases may be used; tags, merge keys, duplicate keys,
several documents in a file and anything beyond the limits are problems. The events come from the
parser of libyaml where PyYAML has it (100,000 lines in half a second; a parser written in Python
needs twelve), and are put together here, because no loader keeps positions at that speed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from collector.config.problems import Place, Problem, ProblemsError

Data: TypeAlias = "dict[str | int, Data] | list[Data] | str | int | float | bool | None"

DEFAULT_LIMIT_BYTES = 1_000_000
_MOST_DEPTH = 32
_MOST_NODES = 2_000_000  # counted as if every alias were written out: refuses a "billion laughs"
_MOST_PROBLEMS = 100
_LONGEST_NUMBER = 40

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlMapping(dict[str | int, Data]):
    """A mapping that knows where it and its keys stand."""

    __slots__ = ("line", "lines", "written")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str | int, int] = {}
        self.written: dict[str | int, str] = {}  # values as they stand there, where not the same


class YamlList(list[Data]):
    """A list that knows where it and its items stand."""

    __slots__ = ("line", "lines", "written")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[int, int] = {}
        self.written: dict[int, str] = {}


@dataclass(frozen=True, slots=True)
class Document:
    """One file that was read: plain data, and the line of every place in it."""

    file: str
    data: YamlMapping

    def line_of(self, place: Place) -> int:
        """Return the line of the deepest part of `place` that exists."""
        child = Child(self.data, self.data.line, None)
        for step in place:
            inner = child_of(child.value, step)
            if inner is None:
                break
            child = inner
        return child.line

    def written_at(self, place: Place) -> str | None:
        """Return a number or constant as it stands in the file (`73.10`, not 73.1)."""
        child: Child | None = Child(self.data, self.data.line, None)
        for step in place:
            child = None if child is None else child_of(child.value, step)
        return None if child is None else child.written


@dataclass(frozen=True, slots=True)
class Child:
    """What stands under one key or list position."""

    value: Data
    line: int
    written: str | None  # a number or constant as it was written


def child_of(node: Data, step: str | int) -> Child | None:
    """Take one step down. None: there is nothing."""
    if isinstance(node, YamlMapping) and step in node:
        return Child(node[step], node.lines[step], node.written.get(step))
    if isinstance(node, YamlList) and isinstance(step, int) and step < len(node):
        return Child(node[step], node.lines[step], node.written.get(step))
    return None


def read_file(path: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> Document:
    """Read a YAML file whose top is a mapping. Raises ProblemsError."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            octets = stream.read(limit_bytes + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ProblemsError(
            [Problem(file, None, "", f"cannot be read: {reason}", "check the path and its rights")]
        ) from error
    if len(octets) > limit_bytes:
        raise ProblemsError(
            [Problem(file, None, "", f"is larger than {limit_bytes:,} bytes", "split it")]
        )
    return read_text(_decode(octets, file), file)


def read_text(text: str, file: str) -> Document:
    """Read YAML text whose top is a mapping; `file` is its name in problems. Raises ProblemsError.

    An empty text is an empty mapping.
    """
    data = read_any(text, file)
    if not isinstance(data, YamlMapping):
        remedy = "begin with a key, as in `key: value`"
        raise ProblemsError([Problem(file, 1, "", "is no mapping", remedy)])
    return Document(file, data)


def read_any(text: str, file: str) -> Data:
    """Read YAML text, whatever its top is; `file` is its name in problems. Raises ProblemsError.

    An empty text is an empty mapping.
    """
    composer = _Composer(file, [])
    try:
        data = composer.document(text)
    except yaml.YAMLError as error:
        raise ProblemsError([*composer.problems, _syntax_problem(error, text, file)]) from error
    except _StopError:
        data = None
    if composer.problems:
        raise ProblemsError(composer.problems)
    return YamlMapping(1) if data is None else data


def _decode(octets: bytes, file: str) -> str:
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        problem = Problem(file, line, "", "is not UTF-8 text", "save the file as UTF-8")
        raise ProblemsError([problem]) from error


def _syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Say what the parser stumbled over. Nothing of the file's text is repeated."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = None if mark is None else mark.line + 1
    if line is None and isinstance(getattr(error, "position", None), int):
        line = text.count("\n", 0, error.position) + 1
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it stops here"
    here = "" if line is None else (text.split("\n")[line - 1 : line] or [""])[0]
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return Problem(file, line, "", "a tab cannot indent YAML", "use spaces")
    return Problem(
        file, line, "", f"is not YAML: {what}", "look at the indentation and quotes here and above"
    )


class _StopError(Exception):
    """There is no sense in reading on."""


@dataclass(slots=True)
class _Anchor:
    value: Data
    nodes: int


@dataclass(slots=True)
class _Composer:
    """Puts events together. One instance a document; nothing recursive deeper than the limit."""

    file: str
    problems: list[Problem]
    nodes: int = 0
    anchors: dict[str, _Anchor | None] = field(default_factory=dict)  # None: still open

    def tell(self, line: int | None, place: str, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, place, problem, remedy))
        if len(self.problems) >= _MOST_PROBLEMS:
            raise _StopError

    def stop(self, line: int, problem: str, remedy: str) -> None:
        self.tell(line, "", problem, remedy)
        raise _StopError

    def document(self, text: str) -> Data:
        events = iter(yaml.parse(text, Loader=_PARSER))
        data: Data = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = event.start_mark.line + 1
                    self.stop(line, "a second document begins", "keep one document a file")
            elif not isinstance(
                event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent
            ):
                data = self.node(event, events, 0)[0]
        return data if documents and data is not None else YamlMapping(1)

    def node(
        self, event: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> tuple[Data, str | None]:
        """Return the node's data and, for a plain scalar that is no text, what is written."""
        line = event.start_mark.line + 1
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            self.stop(line, "holds too many values", "use fewer aliases or several files")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event.anchor, line), None
        if event.tag is not None:
            self.tell(line, "", "tags (words after `!`) are not used here", "remove it")
        if isinstance(event, yaml.ScalarEvent):
            data, written = _scalar(event)
            if event.anchor is not None:
                self.anchors[event.anchor] = _Anchor(data, 1)
            return data, written
        if depth >= _MOST_DEPTH:
            self.stop(line, f"is nested deeper than {_MOST_DEPTH} levels", "make it flatter")
        before, anchor = self.nodes, event.anchor
        if anchor is not None:
            self.anchors[anchor] = None
        collection: Data = (
            self.mapping(line, events, depth)
            if isinstance(event, yaml.MappingStartEvent)
            else self.sequence(line, events, depth)
        )
        if anchor is not None:
            self.anchors[anchor] = _Anchor(collection, self.nodes - before)
        return collection, None

    def alias(self, name: str, line: int) -> Data:
        anchor = self.anchors.get(name)
        if anchor is None:
            what = "contains itself" if name in self.anchors else "points at nothing above it"
            self.tell(line, "", f"an alias (`*`) {what}", "write the value out")
            return None
        self.nodes += anchor.nodes
        if self.nodes > _MOST_NODES:
            self.stop(line, "holds too many values", "use fewer aliases or several files")
        return anchor.value

    def sequence(self, line: int, events: Iterator[yaml.Event], depth: int) -> YamlList:
        items = YamlList(line)
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            position = len(items)
            items.lines[position] = event.start_mark.line + 1
            value, written = self.node(event, events, depth + 1)
            if written is not None:
                items.written[position] = written
            items.append(value)
        return items

    def mapping(self, line: int, events: Iterator[yaml.Event], depth: int) -> YamlMapping:
        mapping = YamlMapping(line)
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key_line = event.start_mark.line + 1
            key, _ = self.node(event, events, depth + 1)
            value, written = self.node(next(events), events, depth + 1)
            name = self.key_name(key, key_line)
            if name is None:
                continue
            if name in mapping:
                first = mapping.lines[name]
                self.tell(key_line, str(name), f"stands twice, first on line {first}", "remove one")
                continue
            mapping[name] = value
            mapping.lines[name] = key_line
            if written is not None:
                mapping.written[name] = written
        return mapping

    def key_name(self, key: Data, line: int) -> str | int | None:
        if isinstance(key, bool) or not isinstance(key, str | int):
            self.tell(line, "", "a key must be a word or a whole number", "put it in quotes")
            return None
        if key == "<<":
            self.tell(line, "<<", "merge keys are not used here", "write the values out")
            return None
        return key


def _scalar(event: yaml.ScalarEvent) -> tuple[Data, str | None]:
    """Return a scalar's value (YAML 1.2 core schema), and what is written where they differ."""
    text: str = event.value
    if not event.implicit[0]:  # quoted, or a block: always text
        return text, None
    if text in _CONSTANTS:
        return _CONSTANTS[text], text
    if len(text) <= _LONGEST_NUMBER and text[0] in "+-.0123456789":
        if _INT.fullmatch(text):
            return int(text, 0 if text[:2] in ("0o", "0x") else 10), text
        if _FLOAT.fullmatch(text):
            return float(text), text
    return text, None

"""Reads lines that we wrote ourselves: to count what is in them, and to make roll-ups of them.

It knows the forms that collector.sinks.influx.lines writes and no others.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from collector.courier.windows import Column, RawSeries, Value

_HEAD = re.compile(r"((?:\\.|[^, \\])+)((?:\\.|[^ \\])*) ")
_FIELD = re.compile(r'((?:\\.|[^= \\])+)=("(?:\\.|[^"\\])*"|[^, ]+)(,?)')
_ESCAPED = re.compile(r"\\(.)")

Counter = tuple[str, str]
"""Measurement and field (as written) of an integer that holds the 64 bits of a counter."""


def values_in(lines: bytes) -> Iterator[tuple[str, int]]:
    """Yield the measurement of each line, as written, and how many fields it has."""
    for line in lines.decode().split("\n")[:-1]:
        if '"' not in line and "\\" not in line:  # nearly all: a split will do
            head, fields, _ = line.split(" ")
            yield head.split(",", 1)[0], fields.count("=")
        else:
            measurement, _, pairs, _ = _parsed(line)
            yield measurement, len(pairs)


def series_in(lines: bytes, counters: Collection[Counter]) -> list[RawSeries]:
    """Return the points of lines by measurement and tags, each by time."""
    by_head: dict[str, dict[int, dict[str, str]]] = defaultdict(dict)
    measurements: dict[str, str] = {}
    for line in lines.decode().split("\n")[:-1]:
        measurement, head, pairs, at = _parsed(line)
        measurements[head] = measurement
        by_head[head].setdefault(at, {}).update(pairs)
    return [_series(measurements[head], head, rows, counters) for head, rows in by_head.items()]


def _parsed(line: str) -> tuple[str, str, list[tuple[str, str]], int]:
    """Return the measurement, the head (with tags), the fields and the moment in nanoseconds."""
    start = _HEAD.match(line)
    if start is None:
        raise ValueError(f"no line of ours: {line[:200]}")
    at = start.end()
    pairs = []
    while (found := _FIELD.match(line, at)) is not None:
        pairs.append((found[1], found[2]))
        at = found.end()
        if not found[3]:
            break
    return start[1], start[0][:-1], pairs, int(line[at + 1 :])


def _series(
    measurement: str, head: str, rows: dict[int, dict[str, str]], counters: Collection[Counter]
) -> RawSeries:
    columns: dict[str, Column] = {}
    for row in rows.values():
        for field, text in row.items():
            if field not in columns:
                is_counter = (measurement, field) in counters
                columns[field] = Column(field, _type_of(text), is_counter)
    points: list[tuple[Value, ...]] = [
        (at, *(_value_of(row.get(field)) for field in columns)) for at, row in sorted(rows.items())
    ]
    return RawSeries(head, list(columns.values()), points)


def _type_of(text: str) -> str:
    if text.startswith('"'):
        return "string"
    return "integer" if text.endswith("i") else "float"


def _value_of(text: str | None) -> Value:
    if text is None:
        return None
    if text.startswith('"'):
        return _ESCAPED.sub(r"\1", text[1:-1])
    return int(text[:-1]) if text.endswith("i") else float(text)

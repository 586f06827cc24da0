"""What Grafana makes of a board's queries: variables, `$timeFilter`, frames, table transformations.

By the source of its InfluxDB data source: pkg/tsdb/influxdb/models/query.go (macros),
influxql/converter/converter.go (frames), packages/grafana-data (transformations). Not Grafana: it
says what Grafana would ask and be told, not how it draws.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

Cell = float | str | None
Ask = Callable[[str], list[dict[str, Any]]]
"""Runs InfluxQL; returns the series of the first statement. Moments are nanoseconds."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_STEPS = (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 21_600, 43_200, 86_400)


@dataclass(frozen=True, slots=True)
class View:
    """A board as somebody looks at it: the time, and what is chosen above it."""

    start: datetime
    end: datetime
    chosen: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    """Variable → value, or the values of one of which several may be chosen. Else: all."""

    def last(self, text: str | None) -> "View":
        """Return the view of a panel with a time of its own (`timeFrom`)."""
        if text is None:
            return self
        return View(self.end - timedelta(seconds=seconds(text)), self.end, self.chosen)


@dataclass(slots=True)
class Frame:
    """Columns of equal length, by name. `labels` are the tags of a series."""

    name: str
    columns: dict[str, list[Cell]]
    labels: Mapping[str, str] = field(default_factory=dict)
    ref: str = ""

    def rows(self) -> list[dict[str, Cell]]:
        """Return the rows."""
        names = list(self.columns)
        return [
            dict(zip(names, row, strict=True)) for row in zip(*self.columns.values(), strict=True)
        ]


def seconds(text: str) -> int:
    """Return the seconds of `5m`, `24h` …"""
    return int(text[:-1]) * _UNITS[text[-1]]


def panels_of(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the panels that show something: no headings of rows."""
    for panel in board["panels"]:
        if panel["type"] != "row":
            yield panel


def queries_of(board: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every query of a board with the name of where it stands."""
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["query"]
    for annotation in board["annotations"]["list"]:
        if not annotation.get("builtIn"):
            yield f"annotation {annotation['name']}", annotation["target"]["query"]
    for panel in panels_of(board):
        for target in panel.get("targets", []):
            yield f"{panel['title']} {target['refId']}", target["query"]


def interpolate(
    query: str,
    board: Mapping[str, Any],
    view: View,
    *,
    interval: str | None = None,
    points: int = 1000,
) -> str:
    """Return the query as it is sent."""
    for variable in board["templating"]["list"]:
        name = variable["name"]
        for form in (f"${{{name}:regex}}", f"${{{name}:raw}}", f"${{{name}}}"):
            if form in query:
                regex = form.endswith(":regex}")
                query = query.replace(form, _value_of(variable, view.chosen.get(name), regex=regex))
    start, end = (int(at.timestamp() * 1000) for at in (view.start, view.end))
    query = query.replace("${__to}", str(end))
    query = query.replace("$timeFilter", f"time >= {start}ms and time <= {end}ms")
    return query.replace("$__interval", f"{_interval(view, interval, points)}s")


def _value_of(
    variable: Mapping[str, Any], chosen: str | Sequence[str] | None, *, regex: bool
) -> str:
    if chosen is None:
        if variable.get("includeAll"):
            return str(variable["allValue"])  # not escaped: the board's own word
        chosen = str(variable.get("current", {}).get("value") or variable.get("query") or "")
    if isinstance(chosen, str):
        return _escaped(chosen) if regex else chosen
    if not regex:
        raise AssertionError(f"{variable['name']}: several values without a format")
    return f"({'|'.join(map(_escaped, chosen))})"


def _escaped(text: str) -> str:
    return re.sub(r"([\\^$*+?.()|\[\]{}/])", r"\\\1", text)


def _interval(view: View, least: str | None, points: int) -> int:
    raw = (view.end - view.start).total_seconds() / points
    step = next((step for step in _STEPS if step >= raw), _STEPS[-1])
    return max(step, seconds(least) if least else 1)


def frames(answer: Sequence[Mapping[str, Any]], target: Mapping[str, Any]) -> list[Frame]:
    """Return the frames of an answer: one for a table, one a column and series otherwise."""
    if target["resultFormat"] == "table":
        return _table(answer)
    found = []
    for series in answer:
        moments = [row[0] for row in series["values"]]
        for place, column in enumerate(series["columns"][1:], start=1):
            name = _alias(str(target.get("alias") or ""), series, column)
            values = [row[place] for row in series["values"]]
            found.append(Frame(name, {"Time": moments, name: values}, series.get("tags", {})))
    return found


def _table(answer: Sequence[Mapping[str, Any]]) -> list[Frame]:
    if not answer:
        return []
    tags = list(answer[0].get("tags", {}))
    assert len(tags) <= 1, f"a table with several tags is filled by chance: {tags}"
    columns: dict[str, list[Cell]] = {"Time": []}
    columns |= {tag: [] for tag in tags} | {name: [] for name in answer[0]["columns"][1:]}
    for series in answer:
        for row in series["values"]:
            columns["Time"].append(row[0])
            for tag in tags:
                columns[tag].append(series["tags"][tag])
            for name, value in zip(series["columns"][1:], row[1:], strict=True):
                columns[name].append(value)
    return [Frame(str(answer[0]["name"]), columns)]


def _alias(alias: str, series: Mapping[str, Any], column: str) -> str:
    if not alias:
        tags = ", ".join(f"{key}: {value}" for key, value in series.get("tags", {}).items())
        return f"{series['name']}.{column}" + (f" {{{tags}}}" if tags else "")
    text = alias.replace("$col", column).replace("$m", str(series["name"]))
    for tag, value in series.get("tags", {}).items():
        text = text.replace(f"$tag_{tag}", str(value))
    return text


def run_panel(
    panel: Mapping[str, Any], board: Mapping[str, Any], view: View, ask: Ask
) -> list[Frame]:
    """Return what a panel is given, after its transformations."""
    view = view.last(panel.get("timeFrom"))
    found: list[Frame] = []
    for target in panel.get("targets", []):
        text = interpolate(
            target["query"],
            board,
            view,
            interval=panel.get("interval"),
            points=int(panel.get("maxDataPoints") or 1000),
        )
        for frame in frames(ask(text), target):
            frame.ref = target["refId"]
            found.append(frame)
    for step in panel.get("transformations", []):
        pattern = str(step.get("filter", {}).get("options", "/.*/"))
        pattern = pattern.strip("/") if pattern.startswith("/") else re.escape(pattern)
        chosen = [frame for frame in found if re.fullmatch(pattern, frame.ref)]
        others = [frame for frame in found if frame not in chosen]
        found = _STEPS_OF_TABLES[step["id"]](chosen, step["options"]) + others
    return found


# --- transformations of tables --------------------------------------------------------------------


def _join(found: list[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Join by a field, keeping all rows."""
    key = options["byField"]
    joined = [frame for frame in found if key in frame.columns]
    if len(joined) < 2:
        return joined
    keys = sorted({str(value) for frame in joined for value in frame.columns[key]})
    columns: dict[str, list[Cell]] = {key: list(keys)}
    for frame in joined:
        rows = {str(row[key]): row for row in frame.rows()}
        for name in frame.columns:
            if name != key:
                assert name not in columns, f"Grafana would call one {name!r} after its frame"
                columns[name] = [rows[one][name] if one in rows else None for one in keys]
    return [Frame("joined", columns)]


def _sort(found: list[Frame], options: Mapping[str, Any]) -> list[Frame]:
    (by,) = options["sort"]
    result = []
    for frame in found:
        if by["field"] not in frame.columns:
            result.append(frame)
            continue
        rows = frame.rows()
        empty = [row for row in rows if row[by["field"]] is None]
        full = [row for row in rows if row[by["field"]] is not None]
        full.sort(key=lambda row: cast(float, row[by["field"]]), reverse=by["desc"])
        ordered = full + empty
        result.append(
            Frame(frame.name, {name: [row[name] for row in ordered] for name in frame.columns})
        )
    return result


def _filter(found: list[Frame], options: Mapping[str, Any]) -> list[Frame]:
    names = options["include"]["names"]
    return [
        Frame(frame.name, {name: values for name, values in frame.columns.items() if name in names})
        for frame in found
    ]


def _organize(found: list[Frame], options: Mapping[str, Any]) -> list[Frame]:
    order, words = options["indexByName"], options["renameByName"]
    out = {name for name, excluded in options["excludeByName"].items() if excluded}
    result = []
    for frame in found:
        names = sorted(frame.columns, key=lambda name: order.get(name, 99))
        columns = {words.get(name, name): frame.columns[name] for name in names if name not in out}
        result.append(Frame(frame.name, columns, ref=frame.ref))
    return result


_STEPS_OF_TABLES: Mapping[str, Callable[[list[Frame], Mapping[str, Any]], list[Frame]]] = {
    "joinByField": _join,
    "sortBy": _sort,
    "filterFieldsByName": _filter,
    "organize": _organize,
}

"""From rows of panels to the JSON of a board: variables, annotations, places, ids."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import dashboard as builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.panels import SOURCE, Panel
from dashboards.grafana.source.queries import LONG, NAMES_FOR, STANDS, TAGS, matches
from dashboards.grafana.source.words import Words

WIDE = 24
DESK = "http://127.0.0.1:8080"
BUCKET_1H = "pantau_1h"


@dataclass(frozen=True, slots=True)
class Row:
    """A heading (or none) and panels beside each other: (panel, width of 24)."""

    panels: Sequence[tuple[Panel, int]]
    height: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A board before it has a language's uid: what it is about, and its rows."""

    uid: str
    key: str
    rows: Sequence[Row]
    variables: Sequence[str] = TAGS
    since: str = "now-6h"
    refresh: str = "1m"
    one_device: bool = False
    events: bool = True
    zone: bool = False
    kinds: Sequence[str] = ()


def make(board: Board, say: Words) -> dict[str, Any]:
    """Return the JSON of a board in one language: classic model, no numeric id."""
    title, description = say.panel(board.key)
    made = (
        builder.Dashboard(title)
        .uid(say.uid(board.uid))
        .description(description)
        .tags(["pantau", f"pantau-{say.language}"])
        .editable()
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .timezone("browser")
        .time(board.since, "now")
        .refresh(board.refresh)
        .timepicker(builder.TimePicker().refresh_intervals(["10s", "30s", "1m", "5m", "15m", "1h"]))
        .link(
            builder.DashboardLink(say("link.boards"))
            .type(model.DashboardLinkType.DASHBOARDS)
            .icon("dashboard")
            .tooltip(say("link.boards"))
            .url("")
            .tags([f"pantau-{say.language}"])
            .as_dropdown(True)
            .keep_time(True)
            .include_vars(True)
            .target_blank(False)
        )
    )
    for variable in _variables(board, say):
        made = made.with_variable(variable)
    said = json.loads(JSONEncoder(sort_keys=True, indent=2).encode(made.build()))
    said["id"] = None
    said["panels"] = _placed(board.rows, say)
    said["annotations"] = {"list": _annotations(board, say)}
    said["templating"]["list"] = _used(said)
    for variable in said["templating"]["list"]:
        for noise in ("auto", "auto_count", "auto_min"):
            variable.pop(noise, None)
    result: dict[str, Any] = said
    return result


def _used(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the variables without those that this board has no use for."""
    text = json.dumps([said["panels"], said["annotations"]])
    settings = ("bucket_1h", "desk_url")
    return [
        one
        for one in said["templating"]["list"]
        if one["name"] not in settings or f"${{{one['name']}" in text
    ]


def _placed(rows: Sequence[Row], say: Words) -> list[dict[str, Any]]:
    """Return the panels with ids from 1 on and places row by row, from left to right."""
    placed: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        if row.key is not None:
            heading = {"type": "row", "title": say(row.key), "collapsed": False, "panels": []}
            placed.append(heading | {"gridPos": {"h": 1, "w": WIDE, "x": 0, "y": top}})
            top += 1
        left = 0
        for panel, width in row.panels:
            said = json.loads(JSONEncoder(sort_keys=True, indent=2).encode(panel.build()))
            placed.append(said | {"gridPos": {"h": row.height, "w": width, "x": left, "y": top}})
            left += width
        top += row.height
    return [{"id": place} | panel for place, panel in enumerate(placed, start=1)]


def _variables(board: Board, say: Words) -> list[Any]:
    """Return the variables: where the data is, what is chosen (each narrows the next), the desk."""
    made: list[Any] = [
        builder.DatasourceVariable("datasource")
        .label(say("variable.datasource"))
        .description(say("variable.datasource.text"))
        .type("influxdb")
        .regex("/^(?!.* (5m|1h)$)/")  # roll-ups have other fields
    ]
    before: list[str] = []
    for tag in board.variables:
        made.append(_tag_variable(board, tag, before, say))
        before.append(tag)
    if board.zone:
        zones = {"WITA": "-8h", "WIB": "-7h", "WIT": "-9h"}
        made.append(
            builder.CustomVariable("zone")
            .label(say("variable.zone"))
            .description(say("variable.zone.text"))
            .values(", ".join(f"{name} : {offset}" for name, offset in zones.items()))
            .options(
                [
                    model.VariableOption(selected=name == "WITA", text=name, value=offset)
                    for name, offset in zones.items()
                ]
            )
            .current(model.VariableOption(selected=True, text="WITA", value="-8h"))
        )
    made.append(
        builder.ConstantVariable("bucket_1h")
        .label(say("variable.bucket_1h"))
        .description(say("variable.bucket_1h.text"))
        .value(BUCKET_1H)
    )
    made.append(
        builder.TextBoxVariable("desk_url")
        .label(say("variable.desk_url"))
        .description(say("variable.desk_url.text"))
        .default_value(DESK)
        .current(model.VariableOption(text=DESK, value=DESK))
    )
    return made


def _tag_variable(board: Board, tag: str, before: Sequence[str], say: Words) -> Any:
    """Return the variable of a tag: what stands before it narrows it, and so do the kinds."""
    conditions = [matches(one) for one in before]
    if board.kinds:
        conditions.append("(" + " OR ".join(f"\"kind\" = '{kind}'" for kind in board.kinds) + ")")
    variable = (
        builder.QueryVariable(tag)
        .label(say(f"variable.{tag}"))
        .description(say(f"variable.{tag}.text"))
        .datasource(SOURCE)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
    )
    if tag == "area":
        # people know "Ujung Pandang", the tag holds 73.71.04: "Ujung Pandang (73.71.04)" is both
        where = " AND ".join([NAMES_FOR, *conditions])
        text = f'SELECT distinct("area_label") FROM "inventory" WHERE {where}'
        variable = variable.query(text).regex(r"/^(?<text>.*) \((?<value>[^()]*)\)$/")
    else:
        told = "pantau" if tag == "collector" else "state"
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        variable = variable.query(f'SHOW TAG VALUES FROM "{told}" WITH KEY = "{tag}"{where}')
    if board.one_device and tag == "device":
        return variable.multi(False).include_all(False)
    return (
        variable.multi(True)
        .include_all(True)
        .all_value(".*")
        .current(model.VariableOption(selected=True, text=[say("all")], value=["$__all"]))
    )


def _annotations(board: Board, say: Words) -> list[dict[str, Any]]:
    """Return incidents and maintenance as annotations, in the form of the data source's editor."""
    builtin = {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": Colour.FIRST,
        "name": say("annotation.grafana"),
        "type": "dashboard",
    }
    if not board.events:
        return [builtin]
    narrowed = [tag for tag in board.variables if tag in ("area", "site", "device")]
    made = [builtin]
    for name, colour in (("incident", Colour.DOWN), ("maintenance", Colour.MAINTENANCE)):
        where = " AND ".join(["$timeFilter", *(matches(tag) for tag in narrowed), STANDS])
        text = f'SELECT "title", "text", "ended_ms" FROM {LONG}"{name}" WHERE {where}'
        made.append(
            {
                "datasource": {"type": "influxdb", "uid": "${datasource}"},
                "enable": True,
                "hide": False,
                "iconColor": colour,
                "name": say(f"annotation.{name}"),
                "target": {
                    "limit": 100,
                    "matchAny": False,
                    "tags": [],
                    "type": "tags",
                    "refId": "Anno",
                    "fromAnnotations": True,
                    "rawQuery": True,
                    "textEditor": True,
                    "query": text,
                    "titleColumn": "title",
                    "textColumn": "text",
                    "tagsColumn": "",
                    "timeEndColumn": "ended_ms",
                    "name": say(f"annotation.{name}"),
                },
            }
        )
    return made

"""Shows every panel's data as a table: what an operator would read.

    python -m tests.dashboards.tables [BOARD …]                       over the simulated city
    python -m tests.dashboards.tables --url http://127.0.0.1:8086 \\
        --database pantau [--since 6h] [--device ID] [BOARD …]        over a server's data

With `--check` it names only the queries that return nothing; exit code 1 if there are any.
"""

import argparse
import json
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.clock import SystemClock
from dashboards.grafana.source import made
from tests.conftest import need_program
from tests.dashboards import simulated
from tests.dashboards.grafana import (
    Ask,
    Cell,
    Frame,
    View,
    interpolate,
    panels_of,
    queries_of,
    run_panel,
    seconds,
)
from tests.influxd import Influxd

MOST_ROWS = 12
_SERIES = 8


def main() -> None:
    """Print the tables."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("boards", nargs="*")
    words.add_argument("--language", default="id")
    words.add_argument("--url")
    words.add_argument("--database", default="pantau")
    words.add_argument("--since", default="1h")
    words.add_argument("--device")
    words.add_argument("--check", action="store_true")
    said = words.parse_args()
    now = SystemClock().now().replace(microsecond=0)
    if said.url:
        show(said, now, asker(said.url, said.database), said.database)
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        Influxd(need_program("influxd"), Path(folder)) as engine,
    ):
        for name in ("pantau", "pantau_1h"):
            engine.create_database(name)
        simulated.fill(engine, "pantau", now)
        show(said, now, lambda text: engine.query(text, "pantau"), "pantau")


def asker(url: str, database: str) -> Ask:
    """Return what asks a server by InfluxQL."""

    def ask(text: str) -> list[dict[str, Any]]:
        form = urllib.parse.urlencode({"q": text, "db": database, "epoch": "ns"}).encode()
        with urllib.request.urlopen(f"{url}/query", form, timeout=60) as answer:  # noqa: S310
            result = json.load(answer)["results"][0]
        assert "error" not in result, (result["error"], text)
        series: list[dict[str, Any]] = result.get("series", [])
        return series

    return ask


def show(said: argparse.Namespace, now: datetime, ask: Ask, database: str) -> None:
    """Print the boards that were asked for (all: none named)."""
    chosen: dict[str, str | Sequence[str]] = {"bucket_1h": f"{database}_1h"}
    empty: list[str] = []
    for board in made(said.language).values():
        if said.boards and board["uid"] not in said.boards:
            continue
        if board["uid"].startswith("pantau-perangkat"):
            chosen["device"] = said.device or _some_device(ask)
        since = timedelta(seconds=seconds(said.since))
        if said.check:
            view = View(now - since, now, chosen)
            empty += [f"{board['uid']}: {where}" for where in silent(board, view, ask)]
            continue
        _print(f"\n######## {board['title']} ({board['uid']})")
        for panel in panels_of(board):
            if panel["type"] != "text":
                found = run_panel(panel, board, View(now - since, now, chosen), ask)
                show_panel(panel, found)
    for where in empty:
        _print(where)
    if empty:
        sys.exit(1)


def silent(board: Mapping[str, Any], view: View, ask: Ask) -> Iterator[str]:
    """Yield where the queries stand that return nothing."""
    for where, query in queries_of(board):
        if not ask(interpolate(query, board, view, interval="2m")):
            yield where


def _some_device(ask: Ask) -> str:
    rows = ask('SHOW TAG VALUES FROM "state" WITH KEY = "device" WHERE "kind" = \'access_point\'')
    return str(rows[0]["values"][0][1]) if rows else ""


def show_panel(panel: Mapping[str, Any], found: Sequence[Frame]) -> None:
    """Print a panel: a table's first rows, or what there is of each series."""
    unit = panel["fieldConfig"]["defaults"]["unit"]
    _print(f"\n== {panel['title']} [{panel['type']}, {unit}]")
    if not found or not any(frame.columns for frame in found):
        _print("   (tidak ada data)")
    if panel["type"] in ("table", "stat"):
        for frame in found:
            _print_table(frame)
        return
    for frame in found[:_SERIES]:
        values = [
            value for value in list(frame.columns.values())[-1] if isinstance(value, int | float)
        ]
        said = "no values"
        if values:
            mean = sum(values) / len(values)
            said = f"min {min(values):.6g}  mean {mean:.6g}  max {max(values):.6g}"
        _print(f"   {frame.name:32} {len(values):4} values  {said}")
    if len(found) > _SERIES:
        _print(f"   … {len(found) - _SERIES} more")


def _print_table(frame: Frame) -> None:
    names = list(frame.columns)
    rows = [[_cell(row[name]) for name in names] for row in frame.rows()]
    shown = rows[:MOST_ROWS]
    widths = [
        max([len(name), *(len(row[place]) for row in shown)]) for place, name in enumerate(names)
    ]
    for row in [names, *shown]:
        _print(
            "   " + "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        )
    if len(rows) > len(shown):
        _print(f"   … {len(rows) - len(shown)} more rows")


def _cell(value: Cell) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value[:40]
    if value > 1e17:
        return datetime.fromtimestamp(value / 1e9, UTC).strftime("%d %H:%M:%S")
    return f"{value:.6g}"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()

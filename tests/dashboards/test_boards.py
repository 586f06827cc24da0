"""Rules that every committed dashboard keeps, in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.grafana import LANGUAGES, dashboard_files
from dashboards.grafana.source import made
from dashboards.grafana.source.messages import en
from dashboards.grafana.source.messages import id as indonesian
from tests.dashboards.grafana import panels_of, queries_of

Board = dict[str, Any]
FILES = [path for language in LANGUAGES for path in dashboard_files(language)]
BOARDS: dict[str, Board] = {
    f"{path.parent.name}/{path.stem}": json.loads(path.read_text()) for path in FILES
}
every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
FREE_TEXT = ("desk_url", "bucket_1h")
WORDY = {"title", "description", "text", "label", "name", "displayName", "content", "tooltip"}
WORDY |= {"noValue", "tags"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_committed_files_are_what_the_source_makes(language: str) -> None:
    committed = {path.name: path.read_text() for path in dashboard_files(language)}
    fresh = {
        name: json.dumps(board, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        for name, board in made(language).items()
    }
    assert committed == fresh, "run: make dashboards"


def test_every_word_is_in_both_languages_and_differs_only_in_words() -> None:
    assert set(indonesian.PANELS) == set(en.PANELS)
    assert set(indonesian.WORDS) == set(en.WORDS)
    for name in ("PANELS", "WORDS"):
        for key, words in getattr(indonesian, name).items():
            assert all(words), key
            assert all(getattr(en, name)[key]), key


def test_every_word_is_used() -> None:
    source = Path("dashboards/grafana/source")
    code = "".join(path.read_text() for path in source.rglob("*.py") if "messages" not in str(path))
    made_of_parts = ("state.", "source.", "battery.", "variable.", "annotation.", "column.")
    unused = {
        key
        for key in [*indonesian.PANELS, *indonesian.WORDS]
        if f'"{key}"' not in code and not key.startswith(made_of_parts)
    }
    assert not unused


def test_both_languages_are_the_same_but_for_words() -> None:
    names = {path.name for path in dashboard_files("id")}
    assert names == {path.name for path in dashboard_files("en")}
    for name in names:
        stem = name.removesuffix(".json")
        first, second = (_without_words(BOARDS[f"{language}/{stem}"]) for language in LANGUAGES)
        assert first == second


def _without_words(value: Any, key: str = "") -> Any:
    """Return a board without its words, the names of columns among them."""
    if isinstance(value, dict):
        if key == "renameByName":
            return sorted(value)  # what is renamed; to what, is words
        if value.get("id") == "byName":
            return "a field by its heading"
        if value.get("id") == "displayName":
            return "a heading"
        return {name: _without_words(one, name) for name, one in value.items() if name not in WORDY}
    if isinstance(value, list):
        return [_without_words(one) for one in value]
    if key == "fields" and isinstance(value, str) and "|" in value:
        return value.count("|")  # fields by their names and by their headings
    if isinstance(value, str):
        return re.sub(r"(pantau-[a-z-]+?)-en\b", r"\1", value)
    return value


def test_there_are_the_boards_that_a_city_opens_daily() -> None:
    assert {board["uid"] for board in BOARDS.values() if not board["uid"].endswith("-en")} >= {
        "pantau-kota",
        "pantau-cctv",
        "pantau-wifi",
        "pantau-server-daya",
        "pantau-jaringan",
        "pantau-ketersediaan",
        "pantau-alarm",
        "pantau-kesehatan",
    }
    uids = [board["uid"] for board in BOARDS.values()]
    assert len(uids) == len(set(uids))


@every_board
def test_a_board_can_be_imported_everywhere(board: Board) -> None:
    assert board["id"] is None
    assert board["schemaVersion"] <= 41
    assert re.fullmatch(r"pantau-[a-z-]{1,32}", board["uid"])
    assert board["title"]
    assert board["description"]
    assert board["timezone"] == "browser"


@every_board
def test_no_board_asks_more_often_than_data_come(board: Board) -> None:
    assert _seconds(board["refresh"]) >= 10
    assert all(_seconds(one) >= 10 for one in board["timepicker"]["refresh_intervals"])


def _seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


@every_board
def test_every_panel_has_an_id_words_and_a_unit(board: Board) -> None:
    ids = [panel["id"] for panel in board["panels"]]
    assert min(ids) > 0
    assert len(ids) == len(set(ids))
    for panel in panels_of(board):
        assert panel["title"], panel["id"]
        assert len(panel["description"]) > 15, panel["title"]
        if panel["type"] != "text":
            assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
            assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]
    titles = [panel["title"] for panel in panels_of(board)]
    assert len(titles) == len(set(titles))


@every_board
def test_panels_fill_the_width_and_do_not_overlap(board: Board) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))
    assert len(taken) == 24 * len({y for _, y in taken}), "there is a hole"


def _sources(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("datasource"), dict):
            yield value["datasource"]
        for one in value.values():
            yield from _sources(one)
    elif isinstance(value, list):
        for one in value:
            yield from _sources(one)


@every_board
def test_every_query_goes_where_the_board_is_told(board: Board) -> None:
    wanted = {"type": "influxdb", "uid": "${datasource}"}
    grafana = {"type": "grafana", "uid": "-- Grafana --"}  # its own notes
    assert all(one in (wanted, grafana) for one in _sources(board))
    for panel in panels_of(board):
        assert panel["datasource"] == wanted, panel["title"]
        assert all(target["datasource"] == wanted for target in panel.get("targets", []))
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            assert variable["datasource"] == wanted
    first = board["templating"]["list"][0]
    assert (first["name"], first["type"], first["query"]) == (
        "datasource",
        "datasource",
        "influxdb",
    )


@every_board
def test_every_query_is_bounded_and_is_influxql(board: Board) -> None:
    for where, query in queries_of(board):
        assert query.startswith(("SELECT ", "SHOW TAG VALUES FROM ")), where
        if query.startswith("SELECT"):
            sources = re.findall(r"FROM (?!\()", query)
            bounds = re.findall(
                r"WHERE (?:\$timeFilter|time > now\(\) - \d+h|time > \$\{__to\}ms - 5m)", query
            )
            assert len(bounds) >= len(sources), where
        assert "|>" not in query
        assert ";" not in query, "one statement"
        assert "$__interval" not in query or "GROUP BY time($__interval" in query


@every_board
def test_no_free_text_becomes_a_pattern(board: Board) -> None:
    for where, query in queries_of(board):
        for pattern in re.findall(r"[=!]~ /(.*?[^\\])/", query):
            for name in re.findall(r"\$\{?(\w+)", pattern):
                assert name not in FREE_TEXT, where
                assert f"${{{name}:regex}}" in pattern, where


@every_board
def test_every_variable_is_used_and_all_is_safe(board: Board) -> None:
    text = json.dumps(board["panels"]) + json.dumps(board["annotations"])
    variables = board["templating"]["list"]
    queries = " ".join(str(one.get("query", "")) for one in variables if one["type"] == "query")
    for variable in variables:
        name = variable["name"]
        assert variable["label"]
        assert variable["description"]
        assert re.search(rf"\$\{{{name}\b", text + queries), f"{name} is not used"
        if variable.get("includeAll"):
            assert variable["allValue"] == ".*"
            assert variable["multi"]


@every_board
def test_each_choice_narrows_the_next(board: Board) -> None:
    before: list[str] = []
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        for name in before:
            assert f"${{{name}:regex}}" in variable["query"], (variable["name"], name)
        before.append(variable["name"])


@every_board
def test_a_table_names_no_more_than_one_tag(board: Board) -> None:
    """Grafana fills the columns of several tags by chance (converter.go)."""
    for panel in panels_of(board):
        for target in panel.get("targets", []):
            if target["resultFormat"] == "table":
                last = re.search(r"GROUP BY ([^()]*)$", target["query"])
                assert last is None or last.group(1).count('"') <= 2, panel["title"]


@every_board
def test_nothing_that_is_missing_looks_well(board: Board) -> None:
    """A value that is not there has words and a grey of its own; a curve has a gap."""
    words = {"tidak ada data", "no data"}
    for panel in panels_of(board):
        if panel["type"] == "text":
            continue
        assert panel["fieldConfig"]["defaults"]["noValue"] in words, panel["title"]
        if panel["type"] == "timeseries":
            assert not panel["fieldConfig"]["defaults"]["custom"]["spanNulls"], panel["title"]
        if panel["type"] in ("stat", "table", "state-timeline"):
            mappings = panel["fieldConfig"]["defaults"]["mappings"]
            assert any(
                one["type"] == "special" and one["options"]["match"] == "null+nan"
                for one in mappings
            ), panel["title"]


@every_board
def test_no_uptime_stands_without_its_coverage(board: Board) -> None:
    for panel in panels_of(board):
        text = json.dumps(panel.get("targets", []))
        if "uptime_percent" in text:
            assert "coverage_percent" in text, panel["title"]


@every_board
def test_states_have_the_colours_of_the_wall(board: Board) -> None:
    css = Path("dashboards/web/src/wall/style/tokens.css").read_text()
    tokens = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", css.split('[data-light="night"]')[0]))
    wanted = {"1": "degraded", "2": "down", "3": "unreachable", "4": "unknown", "0": "quiet"}
    found = 0
    for mapping in _state_mappings(board):
        found += 1
        assert {key: one["color"] for key, one in mapping.items()} == {
            key: tokens[name] for key, name in wanted.items()
        }
    without = ("pantau-alarm", "pantau-kesehatan", "pantau-ketersediaan")
    assert found or board["uid"].startswith(without)


def _state_mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") == "value" and set(value["options"]) == set("01234"):
            yield value["options"]
        for one in value.values():
            yield from _state_mappings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _state_mappings(one)

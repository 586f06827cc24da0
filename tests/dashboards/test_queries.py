"""Every query of every board, on the real engine, over a simulated city: it says something."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from dashboards.grafana.source import made
from tests.dashboards import simulated
from tests.dashboards.conftest import Filled
from tests.dashboards.grafana import Frame, View, interpolate, panels_of, queries_of, run_panel

BOARDS = {board["uid"]: board for board in made("id").values()}
ONLY_REAL_RECORDERS = ("video_channels", "disks", "storage_used_percent")
"""The city's recorders are only pinged; agents of real ones tell these."""


def view(filled: Filled, board: dict[str, Any], **chosen: str | list[str]) -> View:
    long = board["uid"] in ("pantau-alarm", "pantau-ketersediaan")
    since = timedelta(days=2) if long else simulated.LONG
    return View(filled.end - since, filled.end, {"bucket_1h": f"{filled.database}_1h", **chosen})


def device_that_tells(filled: Filled, query: str) -> str:
    """Return a device of which the query of the board about one device can tell something."""
    if any(f'"{one}"' in query for one in ("transition", "incident", "maintenance")):
        return simulated.down(filled.city).id
    kind = next(
        (
            kind
            for name, kind in (("ups_", "ups"), ("output_", "ups"), ("power_watts", "sensor"))
            if name in query
        ),
        "access_point",
    )
    return next(one.id for one in filled.city.devices if one.kind == kind)


@pytest.mark.parametrize("uid", list(BOARDS))
def test_every_query_of_a_board_returns_rows(filled: Filled, uid: str) -> None:
    board = BOARDS[uid]
    silent = []
    for where, query in queries_of(board):
        chosen: dict[str, str | list[str]] = {}
        if uid == "pantau-perangkat":
            chosen["device"] = device_that_tells(filled, query)
        text = interpolate(query, board, view(filled, board, **chosen), interval="2m")
        may_be_empty = uid == "pantau-cctv" and any(
            f'AS "{metric}"' in query for metric in ONLY_REAL_RECORDERS
        )
        if not filled.ask(text) and not may_be_empty:
            silent.append((where, text))
    assert not silent


@pytest.mark.parametrize("uid", sorted(set(BOARDS) - {"pantau-alarm", "pantau-kesehatan"}))
def test_every_query_can_be_narrowed_to_some_of_a_city(filled: Filled, uid: str) -> None:
    board = BOARDS[uid]
    names = {variable["name"]: variable for variable in board["templating"]["list"]}
    two = sorted({device.area for device in filled.city.devices})[:2]
    awkward = ["a/b.c(d)|e", "x"]
    some: list[dict[str, str | list[str]]] = [
        {"area": two},
        {"area": awkward, "site": awkward},
    ]
    for chosen in some:
        if names["device"].get("multi"):
            chosen = {**chosen, "device": ["cam-0001", "ap-0001", "srv-0001", "sw-0001"]}
        else:
            chosen = {**chosen, "device": "ap-0001"}
        for _, query in queries_of(board):
            filled.ask(interpolate(query, board, view(filled, board, **chosen), interval="2m"))


def test_areas_are_chosen_by_name_and_asked_for_by_code(filled: Filled) -> None:
    board = BOARDS["pantau-kota"]
    area = next(one for one in board["templating"]["list"] if one["name"] == "area")
    pattern = re.compile(area["regex"].strip("/").replace("(?<", "(?P<"))
    (series,) = filled.ask(interpolate(area["query"], board, view(filled, board)))
    found = [pattern.fullmatch(row[1]) for row in series["values"]]
    said = {one["value"]: one["text"] for one in found if one is not None}
    assert said == {one.code: one.name for one in filled.city.areas}


def panel_of(filled: Filled, uid: str, title: str, **chosen: str | list[str]) -> list[Frame]:
    board = BOARDS[uid]
    panel = next(one for one in panels_of(board) if one["title"] == title)
    return run_panel(panel, board, view(filled, board, **chosen), filled.ask)


def test_the_counts_of_the_city_add_up_to_its_devices(filled: Filled) -> None:
    (frame,) = panel_of(filled, "pantau-kota", "Perangkat menurut keadaan")
    (row,) = frame.rows()
    counts = {name: value for name, value in row.items() if name != "Time"}
    assert sum(float(value or 0) for value in counts.values()) == simulated.DEVICES
    assert counts["down"] == 1
    assert counts["maintenance"] == 1
    assert counts["unknown"] == 0, "a zero is a zero"


def test_without_data_there_is_no_count(filled: Filled) -> None:
    board = BOARDS["pantau-kota"]
    panel = next(one for one in panels_of(board) if one["title"] == "Perangkat menurut keadaan")
    before = View(filled.end - timedelta(hours=9), filled.end - timedelta(hours=8))
    assert run_panel(panel, board, before, filled.ask) == []


def test_the_worst_device_stands_on_top_with_its_names(filled: Filled) -> None:
    (frame,) = panel_of(filled, "pantau-kota", "Semua perangkat, terburuk di atas")
    rows = frame.rows()
    assert len(rows) == simulated.DEVICES
    worst = simulated.down(filled.city)
    assert rows[0]["ID"] == worst.id
    assert rows[0]["Nama"] == worst.name
    assert rows[0]["Keadaan"] == 2
    last = float(rows[0]["Terakhir menjawab"] or 0) / 1e9
    assert last < (filled.end - simulated.LONG / 3).timestamp(), "when it last answered"


def test_a_device_of_which_nothing_is_heard_has_no_state(filled: Filled) -> None:
    board = BOARDS["pantau-kota"]
    title = "Semua perangkat, terburuk di atas"
    panel = next(one for one in panels_of(board) if one["title"] == title)
    later = filled.end + timedelta(minutes=20)
    (frame,) = run_panel(panel, board, View(later - simulated.LONG, later), filled.ask)
    rows = frame.rows()
    assert len(rows) == simulated.DEVICES
    assert all(row.get("Keadaan") is None for row in rows), "not the state of 20 minutes ago"
    answered = [row["Terakhir menjawab"] for row in rows if row["Terakhir menjawab"] is not None]
    assert len(answered) > simulated.DEVICES / 2, "but when it last answered"


def test_a_ups_on_battery_is_counted(filled: Filled) -> None:
    (frame,) = panel_of(filled, "pantau-server-daya", "UPS memakai baterai")
    assert frame.columns["battery"] == [1]


def test_clients_of_all_radios_are_counted_once(filled: Filled) -> None:
    (frame,) = panel_of(filled, "pantau-wifi", "Pengguna sekarang")
    total = frame.columns["clients"][0]
    (table,) = panel_of(filled, "pantau-wifi", "Titik akses, terburuk di atas")
    assert total == sum(float(value or 0) for value in table.columns["Pengguna"])


def test_uptime_of_a_device_is_that_of_its_sums(filled: Filled) -> None:
    (frame,) = panel_of(filled, "pantau-ketersediaan", "Per perangkat")
    rows = {row["ID"]: row for row in frame.rows()}
    worst = rows[simulated.down(filled.city).id]
    assert worst["Ketersediaan"] == 90.0
    assert worst["Cakupan"] == 100.0
    assert frame.rows()[0] == worst, "the lowest on top"


def test_rates_of_interfaces_are_what_the_counters_say(filled: Filled) -> None:
    (frame,) = panel_of(filled, "pantau-jaringan", "Antarmuka tersibuk")
    rows = frame.rows()
    assert len(rows) == 20
    for row in rows:
        raw = of_device(filled, '"ifHCInOctets" FROM "interface"', row, "ifName", row["Antarmuka"])
        points = [(at, octets) for at, octets in raw[0]["values"]]
        rates = {
            later[0]: (later[1] - earlier[1]) * 8e9 / (later[0] - earlier[0])
            for earlier, later in pairwise(points)
        }
        assert row["Masuk"] == pytest.approx(rates[row["Waktu"]])
        assert 0 < float(row["Pemakaian"] or 0) <= 100


def test_memory_is_that_of_the_whole_server_not_of_a_part(filled: Filled) -> None:
    (frame,) = panel_of(filled, "pantau-server-daya", "Server dan NAS, terburuk di atas")
    asked = 'last("memory_used_percent") FROM "host"'
    for row in frame.rows():
        (whole,) = of_device(filled, asked, row, "memory", "")
        (part,) = of_device(filled, asked, row, "memory", "Virtual memory")
        assert row["Memori"] == whole["values"][0][1] != part["values"][0][1]


def of_device(
    filled: Filled, asked: str, row: dict[str, Any], tag: str, value: Any
) -> list[dict[str, Any]]:
    where = f"\"device\" = '{row['ID']}' AND \"{tag}\" = '{value}'"
    return filled.ask(f"SELECT {asked} WHERE {where}")

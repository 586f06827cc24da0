"""Uptime over HTTP, held against a city that was reckoned by hand: both figures, always."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from api.schemas import uptime as schemas
from collector.contract import Rules, ServiceHours
from collector.model import Area, CauseClass, MaintenanceWindow, Role, Rule, Scope, State
from collector.moments import to_micros
from collector.store import ledger
from collector.store.schema import outages
from tests.api_city import NOON, City, check_of, client_of, inventory, make_city

# The collector began to look at 12:00 in Makassar the day before; now it is 12:00.
YESTERDAY = NOON - timedelta(days=1)
DAY_SECONDS = 86_400

CONTRACTS = {
    "serat": Rules(
        "serat", causes_not_counted=frozenset({CauseClass.POWER}), minimum_outage_seconds=300
    ),
    "kantor": Rules(
        "kantor",
        service_hours=(ServiceHours((0, 1, 2, 3, 4), time(7), time(0)),),
        target_percent=99.5,
    ),
}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    app = city.app(contracts=CONTRACTS, contract="serat")
    async with client_of(app, city.token()) as client:
        yield client


async def ask(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await client.get("/api/v1/uptime", params=query)
    assert answer.status_code == 200, answer.text
    schemas.Uptime.model_validate(answer.json())
    return dict(answer.json())


async def row(client: httpx.AsyncClient, key: str, **query: str) -> dict[str, Any]:
    items = (await ask(client, **query))["items"]
    return next(one for one in items if one["key"] == key)


def at(hours: float) -> datetime:
    """A moment so many hours after looking began."""
    return YESTERDAY + timedelta(hours=hours)


def out(city: City, device_id: str, hours: float, seconds: float, cause: str | None = None) -> None:
    """Let a device be down (or, with a cause, unreachable) for a while."""
    state = State.UNREACHABLE if cause else State.DOWN
    city.change(device_id, state, at=at(hours), cause=cause)
    city.change(device_id, State.UP, at=at(hours) + timedelta(seconds=seconds))


def plan(city: City, hours: float, lasts: float, created_at: datetime, *devices: str) -> None:
    city.store.maintenance.create(
        MaintenanceWindow(
            title="Ganti switch",
            reason="Firmware baru",
            author="budi",
            created_at=created_at,
            scope=Scope(devices=devices),
            starts_at=at(hours),
            ends_at=at(hours + lasts),
            zone="Asia/Makassar",
        )
    )


def move_tallo_to(city: City, zone: str) -> None:
    listed = inventory()
    tallo = Area("73.71.07", "Tallo", zone, "73.71")
    city.store.apply_inventory(replace(listed, areas={**listed.areas, tallo.code: tallo}), NOON)


# --- the figures ------------------------------------------------------------------------------


async def test_a_window_that_straddles_an_outage_splits_it_to_the_second(
    client: httpx.AsyncClient, city: City
) -> None:
    out(city, "cam-0001", 2, 2 * 3600)  # down from 2 h to 4 h
    plan(city, 3, 3, at(0), "cam-0001")  # maintenance from 3 h to 6 h
    one = await row(client, "cam-0001")
    assert one["down_seconds"] == 3600
    assert one["excluded_seconds"] == 3 * 3600
    assert one["excluded_seconds_by_reason"] == {
        "maintenance": 3 * 3600, "outside_service_hours": 0, "cause_not_counted": 0,
        "short_outage": 0,
    }  # fmt: skip
    assert one["up_seconds"] == 20 * 3600
    assert one["uptime_percent"] == 95.238  # 20 of 21 hours, cut
    assert (one["outages"], one["mttr_seconds"], one["longest_outage_seconds"]) == (1, 3600, 3600)


async def test_a_window_after_the_fact_takes_out_what_was_counted_until_it_is_cancelled(
    client: httpx.AsyncClient, city: City
) -> None:
    out(city, "cam-0001", 2, 3600)
    assert (await row(client, "cam-0001"))["down_seconds"] == 3600
    plan(city, 2, 1, NOON, "cam-0001")
    assert (await row(client, "cam-0001"))["down_seconds"] == 0
    assert (await row(client, "cam-0001"))["uptime_percent"] == 100.0
    assert (await row(client, "cam-0001", exclude="none"))["down_seconds"] == 3600
    city.store.maintenance.cancel(1, author="siti", reason="Keliru", now=NOON, from_at=at(2.5))
    assert (await row(client, "cam-0001"))["down_seconds"] == 1800


async def test_the_contract_stands_beside_the_plain_figure_and_leaves_short_outages_out(
    client: httpx.AsyncClient, city: City
) -> None:
    out(city, "cam-0001", 2, 300)  # exactly five minutes: does not count
    out(city, "cam-0001", 3, 301)
    one = await row(client, "cam-0001")
    assert (one["down_seconds"], one["outages"]) == (601, 2)
    contract = one["contract"]
    assert contract["name"] == "serat"
    assert (contract["down_seconds"], contract["outages"]) == (301, 1)
    assert contract["excluded_seconds_by_reason"]["short_outage"] == 300
    assert contract["excluded_seconds"] == 300
    assert contract["mttr_seconds"] == contract["longest_outage_seconds"] == 301
    assert one["uptime_percent"] == 99.304  # 85,799 of 86,400
    assert contract["uptime_percent"] == 99.65  # 85,799 of 86,100
    assert (await row(client, "cam-0001", contract="plain"))["contract"]["down_seconds"] == 601


async def test_minutes_without_power_are_out_of_the_contract_once_somebody_says_so(
    client: httpx.AsyncClient, city: City
) -> None:
    out(city, "cam-0001", 2, 3600)
    with city.store._database.write() as connection:
        connection.execute(update(outages).values(cause=CauseClass.POWER.value))
        ledger.touch(connection, ["cam-0001"], to_micros(at(2)))
    one = await row(client, "cam-0001")
    assert (one["down_seconds"], one["outages_by_cause"]["power"]) == (3600, 1)
    assert one["lost_seconds_by_cause"]["power"] == 3600
    assert one["contract"]["down_seconds"] == 0
    assert one["contract"]["excluded_seconds_by_reason"]["cause_not_counted"] == 3600
    assert (await row(client, "cam-0001", exclude="power"))["down_seconds"] == 0


async def test_what_is_cut_off_counts_for_the_room_and_not_for_the_device(
    client: httpx.AsyncClient, city: City
) -> None:
    city.change("sw-0001", State.DOWN, at=at(6))
    city.change("cam-0001", State.UNREACHABLE, at=at(6), cause="sw-0001")
    city.change("sw-0001", State.UP, at=at(12))
    city.change("cam-0001", State.UP, at=at(12))
    one = await row(client, "cam-0001")
    assert (one["down_seconds"], one["unreachable_seconds"]) == (0, 6 * 3600)
    assert (one["uptime_percent"], one["device_uptime_percent"]) == (75.0, 100.0)
    assert one["outages"] == 0


async def test_degraded_counts_as_up_unless_asked_otherwise(
    client: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0001", State.DEGRADED, at=at(12))
    assert (await row(client, "cam-0001"))["uptime_percent"] == 100.0
    assert (await row(client, "cam-0001", degraded="down"))["uptime_percent"] == 50.0
    answer = await ask(client, degraded="down")
    assert answer["degraded"] == "down"


async def test_service_hours_are_those_of_the_sites_clocks_and_are_spelled_out(
    client: httpx.AsyncClient,
) -> None:
    # Saturday 12:00 to Sunday 12:00 in Makassar: no weekday at all.
    answer = await ask(client, contract="kantor", device="cam-0001")
    assert answer["rules"]["contract"] == {
        "name": "kantor",
        "exclude_maintenance": True,
        "causes_not_counted": [],
        "minimum_outage_seconds": 0,
        "service_hours": [
            {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "from": "07:00", "to": "24:00"}
        ],
        "target_percent": 99.5,
    }
    (one,) = answer["items"]
    assert one["contract"]["excluded_seconds"] == DAY_SECONDS
    assert (one["contract"]["uptime_percent"], one["uptime_percent"]) == (None, 100.0)


async def test_the_rules_in_force_are_printed_with_what_deviates(
    client: httpx.AsyncClient, city: City
) -> None:
    slow = replace(check_of("cam-0001"), rule=Rule(confirm=5))
    snmp = replace(
        check_of("cam-0001"), id="cam-0001/snmp", probe="snmp", role=Role.HEALTH,
        rule=Rule(retry_seconds=15.0),
    )  # fmt: skip
    others = [check_of(i) for i in ("cam-0002", "sensor-0001", "sw-0001")]
    city.store.apply_checks([slow, snmp, *others], NOON)
    answer = await ask(client)
    assert answer["rule"]["confirm"] == 3
    assert answer["rule"]["deviations"] == [
        {"probe": "ping", "role": "reachability", "confirm": 5, "recover": 2,
         "retry_seconds": 5.0, "fresh_intervals": 2.5, "checks": 1},
        {"probe": "snmp", "role": "health", "confirm": 3, "recover": 2,
         "retry_seconds": 15.0, "fresh_intervals": 2.5, "checks": 1},
    ]  # fmt: skip
    plain, contract = answer["rules"]["plain"], answer["rules"]["contract"]
    assert (plain["name"], plain["causes_not_counted"]) == ("plain", [])
    assert (contract["causes_not_counted"], contract["minimum_outage_seconds"]) == (["power"], 300)


# --- the window -------------------------------------------------------------------------------


async def test_a_date_begins_in_each_zone_with_its_own_midnight(
    client: httpx.AsyncClient, city: City
) -> None:
    move_tallo_to(city, "Asia/Jayapura")
    answer = await ask(client, **{"from": "2026-11-21", "to": "2026-11-22"})
    assert answer["zones"] == [
        {"zone": "Asia/Jayapura", "from": "2026-11-20T15:00:00Z", "to": "2026-11-21T15:00:00Z",
         "devices": 1},
        {"zone": "Asia/Makassar", "from": "2026-11-20T16:00:00Z", "to": "2026-11-21T16:00:00Z",
         "devices": 3},
    ]  # fmt: skip
    assert (answer["from"], answer["to"]) == ("2026-11-20T15:00:00Z", "2026-11-21T16:00:00Z")
    known = {one["key"]: one["up_seconds"] for one in answer["items"]}
    assert known["sensor-0001"] == 11 * 3600  # looking began at 04:00 UTC
    assert known["cam-0001"] == 12 * 3600
    for one in answer["items"]:
        assert one["up_seconds"] + one["unknown_seconds"] == DAY_SECONDS


async def test_a_day_that_is_not_over_ends_now_in_every_zone(
    client: httpx.AsyncClient, city: City
) -> None:
    move_tallo_to(city, "Pacific/Kiritimati")
    # Noon in Makassar is 18:00 in Kiritimati; its day began six hours earlier.
    answer = await ask(client, **{"from": "2026-11-22", "to": "2026-11-23"})
    total = {one["key"]: one["up_seconds"] for one in answer["items"]}
    assert total["cam-0001"] == 12 * 3600
    assert total["sensor-0001"] == 18 * 3600
    assert answer["to"] == "2026-11-22T04:00:00Z"
    # In Kiritimati the 22nd is over at 10:00 UTC; in Makassar it is not.
    city.clock.advance(8 * 3600)
    city.beat()
    answer = await ask(client, **{"from": "2026-11-22", "to": "2026-11-23"})
    total = {one["key"]: one["up_seconds"] for one in answer["items"]}
    assert (total["cam-0001"], total["sensor-0001"]) == (20 * 3600, DAY_SECONDS)


async def test_a_month_is_whole_and_ends_now_when_it_is_not_over(
    client: httpx.AsyncClient,
) -> None:
    answer = await ask(client, month="2026-11", device="cam-0001")
    assert (answer["from"], answer["to"]) == ("2026-10-31T16:00:00Z", "2026-11-22T04:00:00Z")
    (one,) = answer["items"]
    assert one["up_seconds"] == DAY_SECONDS
    # A device counts from when it was created, two days ago; a day of that nobody looked.
    assert one["unknown_seconds"] == DAY_SECONDS
    assert one["uptime_bounds_percent"] == [50.0, 100.0]


async def test_what_is_known_ends_with_the_last_heartbeat(
    client: httpx.AsyncClient, city: City
) -> None:
    assert (await ask(client))["known_until"] == "2026-11-22T04:00:00Z"
    city.clock.advance(3600)
    answer = await ask(client)
    assert answer["known_until"] == "2026-11-22T04:00:00Z"
    assert {one["unknown_seconds"] for one in answer["items"]} == {3600}


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"kind": "camera"}, ["cam-0001", "cam-0002"]),
        ({"site": "tallo-01"}, ["sensor-0001"]),
        ({"area": "73.71"}, ["cam-0001", "cam-0002", "sensor-0001", "sw-0001"]),
        ({"area": "73.71.07"}, ["sensor-0001"]),
        ({"owner": "diskominfo", "device": "cam-0002"}, ["cam-0002"]),
        ({"site": "tallo-01", "kind": "camera"}, []),
        ({"kind": "camera", "group_by": "site"}, ["losari-01"]),
    ],
)
async def test_filters_narrow_the_table_together(
    client: httpx.AsyncClient, query: dict[str, str], keys: list[str]
) -> None:
    assert [one["key"] for one in (await ask(client, **query))["items"]] == keys


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"from": "yesterday"}, "from", "or a date: 2026-11-22"),
        ({"from": "2026-11-31"}, "from", "or a date"),
        ({"from": "2026-11-21T00:00:00"}, "from", "with its zone"),
        ({"to": "9999-12-31"}, "to", "or a date"),
        ({"to": "0001-01-01"}, "to", "or a date"),
        ({"from": "2026-11-22", "to": "2026-11-22"}, "from", "before `to`"),
        ({"from": "2026-11-22", "to": "2026-11-20"}, "from", "before `to`"),
        ({"from": "2026-11-21", "to": "2026-11-20T00:00Z"}, "from", "before `to`"),
        ({"from": "2027-01-01", "to": "2027-02-01"}, "from", "has not begun"),
        ({"from": "2025-01-01", "to": "2026-11-01"}, "from", "at most 400 days"),
        ({"month": "2026-13"}, "month", "such as 2026-10"),
        ({"month": "Oktober"}, "month", "such as 2026-10"),
        ({"month": "0001-01"}, "month", "such as 2026-10"),
        ({"month": "2027-01"}, "month", "has not begun"),
        ({"month": "2026-10", "to": "2026-11-01"}, "month", "either a month"),
        ({"exclude": "listrik"}, "exclude", "maintenance, device, link, power"),
        ({"exclude": "none,power"}, "exclude", "`none` alone"),
        ({"exclude": ""}, "exclude", "`none` alone"),
        ({"contract": "telkom"}, "contract", "known: plain, kantor, serat"),
        ({"device": "nobody"}, "device", "how it is written"),
        ({"area": "73.7"}, "area", "how it is written"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name(
    client: httpx.AsyncClient, query: dict[str, str], field: str, words: str
) -> None:
    answer = await client.get("/api/v1/uptime", params=query)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == f"query.{field}"
    assert words in error["message"]


# --- as a file --------------------------------------------------------------------------------


async def file(client: httpx.AsyncClient, form: str, **query: str) -> bytes:
    answer = await client.get("/api/v1/uptime", params={"format": form, **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="uptime-')
    return answer.content


async def test_a_file_for_programs_says_everything_in_each_row(
    client: httpx.AsyncClient, city: City
) -> None:
    out(city, "cam-0001", 2, 301)
    out(city, "cam-0001", 4, 100)
    data = await file(client, "csv", device="cam-0001", **{"from": "2026-11-21T04:00:00Z"})
    (one,) = csv.DictReader(io.StringIO(data.decode("ascii"), newline=""))
    assert one["key"] == "cam-0001"
    assert (one["from"], one["to"]) == ("2026-11-21 12:00:00+08:00", "2026-11-22 12:00:00+08:00")
    assert one["time zones"] == "Asia/Makassar"
    assert one["service uptime (%)"] == "99.535"  # 85,999 of 86,400 are 99.5358 %
    assert (one["down (s)"], one["outages"], one["mean time to repair (s)"]) == ("401", "2", "200")
    assert one["contract"] == "serat"
    assert one["contract: down (s)"] == "301"
    assert one["contract: excluded: short outage (s)"] == "100"
    assert one["rule of detection"].startswith("down after 3 failures in a row")
    assert one["rules of the contract's figure"] == (
        "maintenance left out; not counted: power; outages up to 300 s do not count"
    )
    assert one["known until"] == "2026-11-22 12:00:00+08:00"


async def test_a_file_for_excel_in_indonesian_has_its_bytes(
    client: httpx.AsyncClient, city: City
) -> None:
    out(city, "cam-0001", 2, 301)
    dates = {"from": "2026-11-21", "to": "2026-11-22"}
    data = await file(client, "csv-id", device="cam-0001", contract="kantor", **dates)
    assert data.startswith(b"\xef\xbb\xbfkode;nama;perangkat;dari;sampai;zona waktu;")
    assert data.endswith(b"\r\n")
    (one,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (one["dari"], one["sampai"]) == ("2026-11-21", "2026-11-22")
    assert one["waktu aktif layanan (%)"] == "99,303"  # 42,899 of 43,200
    assert one["cakupan (%)"] == "50,000"
    assert one["kontrak: waktu aktif layanan (%)"] == ""  # a Saturday
    assert one["aturan angka kontrak"] == (
        "pemeliharaan dikecualikan; jam layanan Sen Sel Rab Kam Jum 07:00-24:00; target 99,5 %"
    )


async def test_names_that_a_spreadsheet_would_run_are_defused(
    client: httpx.AsyncClient, city: City
) -> None:
    for name in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", 'a";b'):
        listed = inventory()
        named = replace(listed.devices["cam-0001"], name=name)
        city.store.apply_inventory(
            replace(listed, devices={**listed.devices, "cam-0001": named}), NOON
        )
        for form, delimiter in (("csv", ","), ("csv-id", ";")):
            data = await file(client, form, device="cam-0001")
            lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""),
                                    delimiter=delimiter))  # fmt: skip
            assert lines[1][1] == (name if name.startswith("a") else f"'{name}"), form
            assert len(lines[1]) == len(lines[0])


async def test_a_figure_short_of_all_is_never_a_hundred_in_a_file(
    client: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0001", State.DOWN, at=at(2))
    city.change("cam-0001", State.UP, at=at(2) + timedelta(microseconds=1))
    data = (await file(client, "csv", device="cam-0001")).decode()
    (one,) = csv.DictReader(io.StringIO(data, newline=""))
    assert one["service uptime (%)"] == "99.999"
    assert one["up (s)"] == "86399"
    assert one["down (s)"] == "0"
    assert one["outages"] == "1"

"""Incidents over HTTP: listed, taken, noted, resolved, and refused with words."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.schemas import incidents as schemas
from collector.model import State
from tests.api_city import NOON, City, client_of, make_city

INCIDENTS = "/api/v1/incidents"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """The switch of a site died ten minutes before noon, a camera stands behind it."""
    with make_city(tmp_path) as city:
        began = NOON - timedelta(minutes=10)
        city.change("sw-0001", State.DOWN, at=began)
        city.change("cam-0001", State.UNREACHABLE, at=began, cause="sw-0001")
        yield city


@pytest.fixture
async def desk(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(city.app(), city.token("operator")) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str = "", **query: object) -> Any:
    answer = await client.get(INCIDENTS + path, params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def act(client: httpx.AsyncClient, path: str, status: int, **body: object) -> Any:
    answer = await client.post(f"{INCIDENTS}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def back(city: City) -> None:
    for device_id in ("sw-0001", "cam-0001"):
        city.change(device_id, State.UP)


async def test_the_list_tells_what_is_out_where_and_since_when(desk: httpx.AsyncClient) -> None:
    page = await get(desk)
    schemas.IncidentPage.model_validate(page)
    (one,) = page["items"]
    assert one["group"] == "device"
    assert (one["group_key"], one["device_name"]) == ("sw-0001", "Switch Losari")
    assert (one["site"], one["area_name"]) == ("losari-01", "Mariso")
    assert (one["down"], one["unreachable"], one["outages"]) == (1, 1, 2)
    assert one["duration_seconds"] == 600
    assert one["started_at"] == "2026-11-22T03:50:00Z"
    assert one["recovered_at"] is None
    assert page["next"] is None


async def test_filters_narrow_the_list_and_unknown_ones_are_refused(
    desk: httpx.AsyncClient,
) -> None:
    assert len((await get(desk, phase="open", unacknowledged="true"))["items"]) == 1
    assert (await get(desk, phase="resolved"))["items"] == []
    assert (await get(desk, site="tallo-01"))["items"] == []
    assert len((await get(desk, device="cam-0001", area="73.71"))["items"]) == 1
    assert (await get(desk, to="2026-11-22T03:50:00Z"))["items"] == []
    for wrong in ({"phase": "closed"}, {"state": "down"}, {"cursor": "Zm9v"}, {"from": "noon"}):
        answer = await desk.get(INCIDENTS, params=wrong)
        assert answer.status_code == 422, wrong


async def test_one_incident_has_its_timeline_and_outages(desk: httpx.AsyncClient) -> None:
    one = await get(desk, "/1")
    schemas.IncidentDetail.model_validate(one)
    assert [line["kind"] for line in one["timeline"]] == ["opened", "outage_joined"]
    assert [line["device"] for line in one["first_outages"]] == ["sw-0001", "cam-0001"]
    lines = await get(desk, "/1/timeline", limit=1)
    schemas.TimelinePage.model_validate(lines)
    rest = await get(desk, "/1/timeline", cursor=lines["next"])
    assert lines["items"] + rest["items"] == one["timeline"]


async def test_an_incident_is_taken_noted_and_resolved(desk: httpx.AsyncClient, city: City) -> None:
    taken = await act(desk, "1/acknowledge", 200, text="Teknisi dikirim")
    schemas.IncidentDetail.model_validate(taken)
    assert (taken["acknowledged_by"], taken["acknowledged_at"]) == (
        "operator",
        "2026-11-22T04:00:00Z",
    )
    await act(desk, "1/notes", 200, text="Kabel putus\ndi depan kantor")
    problem = await act(desk, "1/resolve", 409, resolution="Kabel disambung")
    assert problem["code"] == "incident_still_out"
    assert problem["detail"].startswith("2 outages of this incident have not ended")
    city.clock.advance(60)
    back(city)
    done = await act(desk, "1/resolve", 200, resolution="Kabel disambung")
    assert (done["resolved_by"], done["resolution"]) == ("operator", "Kabel disambung")
    assert done["recovered_at"] == "2026-11-22T04:01:00Z"
    assert [line["kind"] for line in done["timeline"] if line["author"]] == [
        "acknowledged",
        "note",
        "resolved",
    ]
    problem = await act(desk, "1/acknowledge", 409)
    assert problem["code"] == "incident_resolved"
    assert "resolved by operator at 2026-11-22T04:01:00Z" in problem["detail"]


async def test_who_comes_second_is_told_who_has_it(desk: httpx.AsyncClient, city: City) -> None:
    city.store.incidents.acknowledge(1, "piket-2", "", NOON)
    problem = await act(desk, "1/acknowledge", 409)
    assert problem["code"] == "incident_taken"
    assert problem["detail"] == "piket-2 has this incident since 2026-11-22T04:00:00Z."


async def test_an_acknowledgement_needs_no_body_and_may_be_repeated(
    desk: httpx.AsyncClient,
) -> None:
    first = await desk.post(f"{INCIDENTS}/1/acknowledge")
    again = await desk.post(f"{INCIDENTS}/1/acknowledge")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("1/acknowledge", {"text": "a\x00b"}, "body.text"),
        ("1/acknowledge", {"by": "rina"}, "body.by"),
        ("1/notes", {"text": "   "}, "body.text"),
        ("1/notes", {"text": "x" * 2_001}, "body.text"),
        ("1/notes", {}, "body.text"),
        ("1/resolve", {"resolution": "\x1b[31m"}, "body.resolution"),
        ("0/notes", {"text": "x"}, "path.incident_id"),
    ],
)
async def test_what_cannot_be_used_is_named(
    desk: httpx.AsyncClient, path: str, body: dict[str, str], field: str
) -> None:
    problem = await act(desk, path, 422, **body)
    assert [one["field"] for one in problem["errors"]] == [field]


async def test_only_operators_change_anything(city: City) -> None:
    async with client_of(city.app(), city.token("viewer")) as viewer:
        assert len((await get(viewer))["items"]) == 1
        for path in ("1/acknowledge", "1/notes", "1/resolve"):
            problem = await act(viewer, path, 403, text="x")
            assert problem["code"] == "role_too_low"


async def test_an_unknown_incident_is_a_problem(desk: httpx.AsyncClient) -> None:
    for answer in (
        await desk.get(f"{INCIDENTS}/7"),
        await desk.get(f"{INCIDENTS}/7/timeline"),
        await desk.post(f"{INCIDENTS}/7/notes", json={"text": "x"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_incident")


async def test_the_summary_has_means_with_their_counts(desk: httpx.AsyncClient, city: City) -> None:
    await act(desk, "1/acknowledge", 200)
    back(city)
    found = await get(desk, "/summary")
    schemas.Summary.model_validate(found)
    assert (found["incidents"], found["acknowledged"], found["recovered"]) == (1, 1, 1)
    assert (found["mtta_seconds"], found["mttr_seconds"]) == (600, 600)
    assert (found["longest_seconds"], found["longest"]) == (600, 1)
    assert [one["cause"] for one in found["by_cause"]] == ["unknown"]
    none = await get(desk, "/summary", to="2026-11-01T00:00:00Z")
    assert (none["incidents"], none["mttr_seconds"], none["by_cause"]) == (0, None, [])
    for wrong in (
        {"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"},
        {"from": "2024-11-02T00:00:00Z"},
    ):
        assert (await desk.get(f"{INCIDENTS}/summary", params=wrong)).status_code == 422

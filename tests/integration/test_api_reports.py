"""Reports over the API: made by a process of their own, kept, handed out."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api import schemas
from api.app import create_app
from api.reports.jobs import MOST_KEPT, Jobs, JobState, Schedule, read_job
from api.reports.wanted import Wanted
from api.schemas import reports as shapes
from api.settings import ApiSettings
from tests.api_city import NOON, City, client_of, make_city

MONTH = "2026-11"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
async def served(city: City, tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Jobs]]:
    settings = tmp_path / "pantau.yaml"
    settings.write_text("data_directory: .\nzone: Asia/Makassar\n")
    schedule = Schedule(5, 8, "Asia/Makassar", ("pimpinan",), ("pdf",))
    jobs = Jobs(tmp_path / "reports", ["--config", str(settings)], city.clock, schedule)
    app = create_app(
        store=city.store,
        sink=city.sink,
        clock=city.clock,
        settings=ApiSettings(),
        reports_kept=jobs,
    )
    async with client_of(app, city.token("operator")) as client:
        yield client, jobs
    await asyncio.to_thread(jobs.close)


async def ended(client: httpx.AsyncClient, report_id: str) -> dict[str, Any]:
    """Ask until it is over."""
    async with asyncio.timeout(60):
        while True:
            answer = await client.get(f"/api/v1/reports/{report_id}")
            assert answer.status_code == 200
            shapes.ReportView.model_validate_json(answer.content)
            view: dict[str, Any] = answer.json()
            if view["state"] != "running":
                return view
            await asyncio.sleep(0.05)


async def test_a_report_is_asked_for_made_and_handed_out(
    served: tuple[httpx.AsyncClient, Jobs], city: City
) -> None:
    client, _ = served
    body = {"from": "2026-11-20", "to": "2026-11-22", "formats": ["json", "csv"]}
    answer = await client.post("/api/v1/reports", json=body)
    assert answer.status_code == 202, answer.text
    shapes.ReportView.model_validate_json(answer.content)
    view = answer.json()
    assert answer.headers["location"] == f"/api/v1/reports/{view['id']}"
    assert view["state"] == "running"
    assert view["author"] == "operator"
    done = await ended(client, view["id"])
    assert done["state"] == "done", done["message"]
    names = [one["name"] for one in done["files"]]
    assert names == ["report-2026-11-20_2026-11-22.json", "report-2026-11-20_2026-11-22.csv.zip"]
    file = await client.get(f"/api/v1/reports/{view['id']}/files/{names[0]}")
    assert file.status_code == 200
    assert file.headers["content-type"].startswith("application/json")
    assert "attachment" in file.headers["content-disposition"]
    read = json.loads(file.content)
    assert read["total"]["devices"] == 4
    assert len(file.content) == done["files"][0]["bytes"]
    listed = await client.get("/api/v1/reports")
    shapes.ReportPage.model_validate_json(listed.content)
    assert [one["id"] for one in listed.json()["items"]] == [view["id"]]
    assert listed.json()["schedule"]["next_at"] == "2026-12-05T00:00:00Z"
    audit = city.store.audit.page(action="report")
    assert [one.object for one in audit.items] == [f"report:{view['id']}"]


async def test_what_cannot_be_asked_for_is_refused_at_once(
    served: tuple[httpx.AsyncClient, Jobs],
) -> None:
    client, jobs = served
    for body, field in (
        ({"month": "2026-13"}, "body.month"),
        ({"month": "2026-10", "to": "2026-11-01"}, "body.month"),
        ({"to": "2026-11-01"}, "body.from"),
        ({"month": MONTH, "contract": "tidak-ada"}, "body.contract"),
        ({"month": MONTH, "formats": []}, "body.formats"),
        ({"month": MONTH, "formats": ["docx"]}, "body.formats.0"),
        ({"month": MONTH, "apa": 1}, "body.apa"),
    ):
        answer = await client.post("/api/v1/reports", json=body)
        assert answer.status_code == 422, body
        assert field in {one["field"] for one in answer.json()["errors"]}, answer.text
    assert jobs.list() == []


async def test_a_filter_that_fits_nothing_fails_with_what_to_do(
    served: tuple[httpx.AsyncClient, Jobs],
) -> None:
    client, _ = served
    body = {"month": MONTH, "formats": ["json"], "filters": {"area": "99.99"}}
    view = (await client.post("/api/v1/reports", json=body)).json()
    failed = await ended(client, view["id"])
    assert failed["state"] == "failed"
    assert failed["message"] == "area: no device has this; look at how it is written"
    assert failed["files"] == []


async def test_viewers_may_read_and_not_ask(
    served: tuple[httpx.AsyncClient, Jobs], city: City
) -> None:
    client, _ = served
    viewer = city.token("viewer")
    assert (await client.get("/api/v1/reports", headers=viewer)).status_code == 200
    answer = await client.post("/api/v1/reports", json={"month": MONTH}, headers=viewer)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "20261122T040000Z-00000000",
        "20261122T040000Z-00000000/files/report.pdf",
        "..",
        "20261122T040000Z-0000000a/files/..%2fjob.json",
        "20261122T040000Z-0000000a/files/job.json",
        "20261122T040000Z-0000000a/files/log",
    ],
)
async def test_what_is_no_file_of_a_report_is_not_found(
    served: tuple[httpx.AsyncClient, Jobs], tmp_path: Path, path: str
) -> None:
    client, _ = served
    make_folder(tmp_path / "reports" / "20261122T040000Z-0000000a", NOON, state="done")
    answer = await client.get(f"/api/v1/reports/{path}")
    assert answer.status_code == 404
    schemas.ProblemDetails.model_validate_json(answer.content)


def make_folder(folder: Path, started_at: datetime, *, state: str | None = None) -> None:
    folder.mkdir(parents=True)
    wanted: dict[str, object] = {
        "month": MONTH,
        "from_": None,
        "to": None,
        "contract": None,
        "filters": {},
        "formats": ["json"],
        "language": "id",
        "pack": False,
    }
    job = {"wanted": wanted, "author": "andi", "started_at": started_at}
    (folder / "job.json").write_bytes(orjson.dumps(job))
    if state is not None:
        said = {
            "state": state,
            "step": "",
            "done": 0,
            "of": 0,
            "message": "",
            "files": ["report.json"],
            "ended_at": started_at,
        }
        (folder / "state.json").write_bytes(orjson.dumps(said))


def test_a_job_whose_process_died_has_failed(tmp_path: Path) -> None:
    folder = tmp_path / "20261122T040000Z-0000000b"
    make_folder(folder, NOON)
    just = read_job(folder, NOON + timedelta(seconds=5))
    assert just is not None
    assert just.state is JobState.RUNNING, "its process has hardly had time to start"
    later = read_job(folder, NOON + timedelta(minutes=5))
    assert later is not None
    assert later.state is JobState.FAILED
    assert "ask for the report again" in later.message
    (folder / "lock").touch()
    (folder / "log").write_text("Traceback\npantau: /data/pantau.db is full: make room\n")
    died = read_job(folder, NOON + timedelta(seconds=1))
    assert died is not None
    assert died.message == "/data/pantau.db is full: make room"


def test_what_stopped_jobs_left_is_swept_and_what_they_say_stays(
    tmp_path: Path, city: City
) -> None:
    now, reports = city.clock.now(), tmp_path / "reports"
    done, died, lives, empty = (reports / f"20261122T040000Z-0000000{one}" for one in "abcd")
    make_folder(done, now, state="done")
    make_folder(died, now - timedelta(hours=1))
    make_folder(lives, now)
    empty.mkdir()
    os.utime(empty, (0, 0))
    for folder in (done, died, lives):
        (folder / ".report-2026-10.pdf.4711").write_bytes(b"half")
        (folder / "pantau-report-x").mkdir()
        (folder / "pantau-report-x" / "report.typ").write_bytes(b"half")
    (died / "report-2026-10.xlsx").write_bytes(b"whole, and offered to nobody")
    kept = {path.name for path in lives.iterdir()}
    jobs = Jobs(reports, [], city.clock)
    before = jobs.list()
    jobs.sweep()
    assert jobs.list() == before
    assert {path.name for path in lives.iterdir()} == kept
    assert {path.name for path in died.iterdir()} <= {"job.json", "state.json", "lock", "log"}
    assert {path.name for path in done.iterdir()} == {"job.json", "state.json"}
    assert not empty.exists()


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{", b'{"wanted": {}}', b"\xff" * 200])
def test_a_damaged_folder_hides_no_other(tmp_path: Path, city: City, damaged: bytes) -> None:
    make_folder(tmp_path / "reports" / "20261122T040000Z-0000000a", NOON, state="done")
    broken = tmp_path / "reports" / "20261122T040001Z-0000000b"
    broken.mkdir()
    (broken / "job.json").write_bytes(damaged)
    jobs = Jobs(tmp_path / "reports", [], city.clock)
    assert [one.id for one in jobs.list()] == ["20261122T040000Z-0000000a"]


async def test_two_at_once_are_the_most_and_old_ones_are_forgotten(
    served: tuple[httpx.AsyncClient, Jobs], tmp_path: Path
) -> None:
    client, jobs = served
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(MOST_KEPT + 5):
        at = begin + timedelta(minutes=number)
        name = f"{at:%Y%m%dT%H%M%SZ}-{number:08x}"
        make_folder(tmp_path / "reports" / name, at, state="done")
    body = {"month": MONTH, "formats": ["json"]}
    first, second, third = [await client.post("/api/v1/reports", json=body) for _ in range(3)]
    assert (first.status_code, second.status_code, third.status_code) == (202, 202, 429)
    assert third.json()["code"] == "too_many_reports"
    for answer in (first, second):
        assert (await ended(client, answer.json()["id"]))["state"] == "done"
    assert len(jobs.list()) <= MOST_KEPT
    assert jobs.list()[0].wanted == Wanted(month=MONTH, formats=("json",), language="id")

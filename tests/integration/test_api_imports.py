"""Imports over HTTP: a file is sent, previewed, mapped, imported and taken back."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.importing import running
from api.importing.running import ListDesk
from api.importing.uploads import UploadGoneError, Uploads, file_name
from api.schemas import imports as schemas
from api.settings import ApiSettings
from collector.model import Source
from tests.api_city import NOON, ManualClock, StillSink, client_of
from tests.lists_made import HEADINGS, Office, camera, office, xlsx

ROUTE = "/api/v1/imports"
LIST = xlsx([HEADINGS, camera(1), camera(2)])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as opened:
        yield opened


@pytest.fixture
async def client(desk: Office) -> AsyncIterator[httpx.AsyncClient]:
    clock = ManualClock()
    app = create_app(
        store=desk.store,
        sink=StillSink(),
        clock=clock,
        settings=ApiSettings(),
        lists=ListDesk(desk.config, desk.folder / "data", clock),
    )
    token = desk.store.tokens.create("sari", "operator", None, NOON)
    async with client_of(app, {"Authorization": f"Bearer {token}"}) as client:
        client.timeout = httpx.Timeout(150)
        yield client


async def send(client: httpx.AsyncClient, octets: bytes, **query: str) -> httpx.Response:
    asked = {"file": "cctv.xlsx", "source": "dishub"} | query
    return await client.post(f"{ROUTE}/preview", params=asked, content=octets)


async def test_a_file_goes_from_its_preview_to_the_register_and_back(
    client: httpx.AsyncClient, desk: Office
) -> None:
    broken = [(*HEADINGS[:6], "Nomor Jaringan"), camera(1), camera(2, latitude="abc")]
    sent = asyncio.create_task(send(client, xlsx(broken), file="../../cctv\n.xlsx"))
    seen = set()
    while not sent.done():
        seen.add((await client.get(f"{ROUTE}/progress")).json()["what"])
        await asyncio.sleep(0.02)
    assert seen - {None} <= {"reading", "rows"}
    answer = await sent
    assert answer.status_code == 200, answer.text
    assert answer.json()["file"] == "cctv.xlsx"
    preview: dict[str, Any] = answer.json()
    schemas.ListPreview.model_validate(preview)
    (problem,) = preview["problems"]
    assert (problem["code"], problem["row"], problem["column"]) == ("not_a_coordinate", 3, "E")
    assert problem["texts"]["id"]["problem"] == '"abc" bukan koordinat'
    assert problem["texts"]["en"]["problem"] == '"abc" is no coordinate'
    assert not preview["ready"]
    assert [it["heading"] for it in preview["columns"] if it["why"] == "unknown"] == [
        "Nomor Jaringan"
    ]
    good = (await send(client, LIST)).json()
    body = {
        "source": "dishub",
        "upload": good["upload"],
        "columns": {"Alamat IP": "address"},
        "plan": good["plan"],
    }
    done = await client.post(ROUTE, json=body)
    assert done.status_code == 201, done.text
    schemas.ImportApplied.model_validate(done.json())
    assert done.json()["devices"] == 2
    assert done.json()["import"]["author"] == "sari"
    assert set(desk.inventory().devices) == {"a-001", "a-002", "sw-1"}
    await _is_listed_and_explained(client)
    idle = (await client.get(f"{ROUTE}/progress")).json()
    assert idle == {"what": None, "done": 0, "of": 0, "waiting": 0}
    undone = await client.post(f"{ROUTE}/1/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["import"]["undoes"] == 1
    assert set(desk.inventory().devices) == {"sw-1"}


async def _is_listed_and_explained(client: httpx.AsyncClient) -> None:
    page = (await client.get(ROUTE)).json()
    schemas.ImportPage.model_validate(page)
    (record,) = page["items"]
    assert record["counts"] == {"created": 2, "changed": 0, "same": 0, "retired": 0}
    assert record["undoable"] is True
    detail = (await client.get(f"{ROUTE}/1")).json()
    schemas.ImportDetail.model_validate(detail)
    assert [(it["outcome"], it["device"]) for it in detail["items"]] == [
        ("created", "a-001"),
        ("created", "a-002"),
    ]
    sources = (await client.get("/api/v1/sources")).json()
    schemas.SourceList.model_validate(sources)
    (source,) = sources["items"]
    assert (source["id"], source["rows"], source["columns"]["Nama"]) == ("dishub", 2, "name")
    assert source["last_import"]["id"] == 1


async def test_a_plan_that_was_not_seen_and_a_list_that_is_not_kept_are_refused(
    client: httpx.AsyncClient, desk: Office
) -> None:
    uploads = Uploads(desk.folder / "data")
    mark = uploads.keep("x.xlsx", LIST, NOON)
    body = {"source": "dishub", "upload": mark, "plan": "0" * 32}
    answer = await client.post(ROUTE, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_changed")
    answer = await client.post(ROUTE, json={**body, "upload": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_upload")
    assert desk.said("dishub") == {}


async def test_what_is_known_of_a_list_can_be_said_before_its_first_import(
    client: httpx.AsyncClient, desk: Office
) -> None:
    body = {"name": "CCTV Dishub", "agency": "dishub", "defaults": {"kind": "CCTV"}}
    answer = await client.put("/api/v1/sources/dishub", json=body)
    assert answer.status_code == 200, answer.text
    schemas.SourceView.model_validate(answer.json())
    assert answer.json()["defaults"] == {"kind": "camera"}
    source = desk.store.lists.source("dishub")
    assert source is not None
    assert (source.name, source.agency, source.rank) == ("CCTV Dishub", "dishub", 100)
    wrong = await client.put("/api/v1/sources/dishub", json={"columns": {"Nama": "nama"}})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "body.columns.Nama"


async def test_a_change_of_rank_that_the_inventory_refuses_changes_nothing(
    client: httpx.AsyncClient, desk: Office
) -> None:
    desk.store.lists.save_source(Source("dishub", "CCTV"), author="sari", now=NOON)
    hand = desk.folder / "inventory" / "kota.yaml"
    good = hand.read_text()
    hand.write_text("areas: [")
    body = {"rank": 7, "name": "Lain"}
    answer = await client.put("/api/v1/sources/dishub", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "inventory_broken"), answer.text
    assert desk.store.lists.source("dishub") == Source("dishub", "CCTV")
    hand.write_text(good)
    answer = await client.put("/api/v1/sources/dishub", json=body)
    assert (answer.status_code, answer.json()["rank"]) == (200, 7), answer.text
    assert desk.store.lists.source("dishub") == Source("dishub", "Lain", rank=7)


DIES = """
import os, sys
from api.importing import service, worker
service._follow = lambda *_: os._exit(9)
worker.main()
"""
"""A process that dies after the store and before `register.yaml` was written by an import."""


async def test_an_import_cut_short_after_the_store_was_written_is_told_as_done(
    client: httpx.AsyncClient, desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = Uploads(desk.folder / "data").keep("x.xlsx", LIST, NOON)
    plan = desk.plan(LIST, source="dishub", file="x.xlsx").digest()
    body = {"source": "dishub", "upload": mark, "plan": plan}
    monkeypatch.setattr(running, "_PROGRAM", (sys.executable, "-c", "raise SystemExit(1)"))
    answer = await client.post(ROUTE, json=body)
    assert answer.status_code == 413
    assert "Nothing was changed" in answer.json()["detail"]
    monkeypatch.setattr(running, "_PROGRAM", (sys.executable, "-c", DIES))
    answer = await client.post(ROUTE, json=body)
    assert answer.status_code == 201, answer.text
    schemas.ImportApplied.model_validate(answer.json())
    assert answer.json()["devices"] == 2
    assert set(desk.inventory().devices) == {"a-001", "a-002", "sw-1"}
    (record,) = (await client.get(ROUTE)).json()["items"]
    assert record == answer.json()["import"]


async def test_viewers_cannot_look_and_what_is_too_long_is_refused_unread(
    client: httpx.AsyncClient, desk: Office
) -> None:
    token = desk.store.tokens.create("dinding", "viewer", None, NOON)
    headers = {"Authorization": f"Bearer {token}"}
    for method, path in (
        ("GET", ROUTE),
        ("GET", "/api/v1/sources"),
        ("POST", f"{ROUTE}/1/undo"),
        ("POST", f"{ROUTE}/preview?file=a.csv&source=a"),
    ):
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == 403, path
    answer = await send(client, b"x" * 10_000_001)
    assert answer.status_code == 413
    assert (await send(client, b"")).status_code == 422
    assert (await client.get(f"{ROUTE}/77")).json()["code"] == "unknown_import"


def test_what_a_stopped_process_left_of_lists_is_gone_at_the_next_start(tmp_path: Path) -> None:
    clock = ManualClock()
    desk = ListDesk(None, tmp_path, clock)
    desk.sweep()  # no folder yet
    uploads = Uploads(tmp_path)
    mark = uploads.keep("a.csv", b"a", clock.now())
    folder = tmp_path / "imports"
    for name in (f"{mark}.list.4711", f"{'0' * 64}.name", f"{'1' * 64}.name.4711"):
        (folder / name).write_text("x")
    desk.sweep()
    assert {path.name for path in folder.iterdir()} == {f"{mark}.list", f"{mark}.name"}
    os.utime(folder / f"{mark}.list", (0, 0))
    desk.sweep()
    assert list(folder.iterdir()) == []


def test_what_was_sent_is_kept_for_a_day_and_readable_by_us_alone(tmp_path: Path) -> None:
    clock = ManualClock()
    uploads = Uploads(tmp_path)
    marks = [uploads.keep("a.csv", str(n).encode(), clock.now()) for n in range(25)]
    kept = list((tmp_path / "imports").glob("*.list"))
    assert len(kept) == 20
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert uploads.get(marks[-1]).octets == b"24"
    with pytest.raises(UploadGoneError):
        uploads.get("../../etc/passwd")
    assert file_name("C:\\daftar\\a.xlsx") == "a.xlsx"
    assert file_name("..\n") == ".."

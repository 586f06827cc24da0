"""The register over HTTP and on the command line: whose value is in force, findings, decisions."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from api.app import create_app
from api.cli import main
from api.register.apart import Reconciler, arguments_of
from api.schemas import register as schemas
from api.settings import ApiSettings
from collector.model import Field, ImportCounts, Source, SourceRow
from collector.model.findings import Identity
from collector.store.register.lists import ListChange
from tests.api_city import NOON, City, client_of, make_city

KOMINFO = Source("kominfo", "Diskominfo", "diskominfo", 1)
DISHUB = Source("dishub", "Dishub: CCTV", None, 5)


@dataclass
class Desk:
    city: City
    folder: Path
    client: httpx.AsyncClient
    viewer: httpx.AsyncClient

    @property
    def config(self) -> Path:
        return self.folder / "pantau.yaml"

    def say(self, source: Source, key: str, device_id: str | None, **values: str) -> None:
        lists = self.city.store.lists
        fields = {Field(name): value for name, value in values.items()}
        long_ago = NOON - timedelta(days=90)
        row = SourceRow(source.id, key, fields, 2, 0, long_ago, device_id)
        change = ListChange(source, "a.csv", "ab", None, ImportCounts(created=1), [row], [key])
        lists.apply(change, author="sari", now=long_ago, after=lists.last_import())

    def run(self, *words: str) -> Any:
        done = CliRunner().invoke(main, ["register", *words, "--config", str(self.config)])
        assert done.exit_code == 0, done.output
        return json.loads(done.output) if "--json" in words else done.output

    async def reconcile(self) -> dict[str, Any]:
        answer = await self.client.post("/api/v1/findings/reconcile")
        assert answer.status_code == 200, answer.text
        schemas.FindingSummary.model_validate(answer.json())
        return {f"{it['kind']}:{it['state']}": it["count"] for it in answer.json()["counts"]}

    async def findings(self, **wanted: str) -> list[dict[str, Any]]:
        answer = await self.client.get("/api/v1/findings", params=wanted)
        page = schemas.FindingPage.model_validate(answer.json())
        assert page.next is None
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def decide(self, finding: dict[str, Any], action: str, **more: object) -> httpx.Response:
        body = {"action": action, "reason": "dilihat di lapangan", "digest": finding["digest"]}
        path = f"/api/v1/findings/{finding['id']}/decide"
        return await self.client.post(path, json={**body, **more})


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    (tmp_path / "data").mkdir()
    (tmp_path / "pantau.yaml").write_text("data_directory: data\n")
    with make_city(tmp_path / "data") as made:
        yield made


@pytest.fixture
async def desk(city: City, tmp_path: Path) -> AsyncIterator[Desk]:
    reconciler = Reconciler(city.store, city.clock, arguments_of(tmp_path / "pantau.yaml"))
    app = create_app(
        store=city.store,
        sink=city.sink,
        clock=city.clock,
        settings=ApiSettings(),
        reconciler=reconciler,
    )
    async with (
        client_of(app, city.token("operator")) as client,
        client_of(app, city.token()) as viewer,
    ):
        made = Desk(city, tmp_path, client, viewer)
        made.say(KOMINFO, "A1", "cam-0001", name="Kamera 1", address="127.9.0.2", model="X1")
        made.say(DISHUB, "7", "cam-0001", name="CCTV 1", model="Y2", credentials="rahasia")
        yield made


async def test_each_field_says_where_it_comes_from_and_what_others_say(desk: Desk) -> None:
    answer = await desk.viewer.get("/api/v1/register", params={"q": "kamera"})
    page = answer.json()
    schemas.RegisterPage.model_validate(page)
    (entry,) = page["items"]
    assert (entry["device"], entry["sources"]) == ("cam-0001", ["kominfo", "dishub"])
    model = next(it for it in entry["fields"] if it["field"] == "model")
    assert (model["value"], model["source"], model["decided"]) == ("X1", "kominfo", False)
    assert [(it["value"], it["source"], it["key"]) for it in model["others"]] == [
        ("Y2", "dishub", "7")
    ]
    assert "rahasia" not in answer.text
    nothing = await desk.viewer.get("/api/v1/register", params={"source": "lain"})
    assert nothing.json()["items"] == []


async def test_a_conflict_is_decided_with_a_reason_and_its_value_is_in_force(desk: Desk) -> None:
    counts = await desk.reconcile()
    assert counts["conflict:open"] == 1
    (conflict,) = await desk.findings(kind="conflict")
    assert conflict["field"] == "model"
    refused = await desk.decide(conflict, "use", values={"address": "10.0.0.1"})
    assert refused.status_code == 409
    assert "not about address" in refused.json()["detail"]
    assert (await desk.decide(conflict, "explode")).status_code == 422
    assert (await desk.decide(conflict, "use", values={"colour": "red"})).status_code == 422
    decided = await desk.decide(conflict, "use", values={"model": "Y2"})
    assert decided.status_code == 200, decided.text
    schemas.RegisterFinding.model_validate(decided.json())
    assert decided.json()["state"] == "decided"
    found = (await desk.viewer.get("/api/v1/register/cam-0001")).json()
    schemas.ProvenanceView.model_validate(found)
    model = next(it for it in found["fields"] if it["field"] == "model")
    assert (model["value"], model["source"], model["decided"]) == ("Y2", None, True)
    (decision,) = found["decisions"]
    assert (decision["author"], decision["reason"]) == ("operator", "dilihat di lapangan")
    assert await desk.findings(kind="conflict") == []
    desk.say(DISHUB, "7", "cam-0001", name="CCTV 1", model="Z3")
    await desk.reconcile()
    (stale,) = await desk.findings(kind="conflict")
    assert stale["state"] == "stale"
    assert stale["decision"]["values"] == {"model": "Y2"}
    late = await desk.decide({**conflict}, "keep")
    assert "look at it again" in late.json()["detail"]


async def test_rows_that_are_one_device_become_one_by_a_persons_word(desk: Desk) -> None:
    desk.say(DISHUB, "8", "dishub-8", name="Jalan", address="127.9.0.2", model="X1")
    await desk.reconcile()
    (duplicate,) = await desk.findings(kind="duplicate")
    assert {(it["source"], it["key"]) for it in duplicate["rows"]} >= {
        ("kominfo", "A1"),
        ("dishub", "8"),
    }
    before = (await desk.viewer.get("/api/v1/register")).json()["items"]
    decided = await desk.decide(duplicate, "same")
    assert decided.json()["decision"]["device"] == "cam-0001"
    after = (await desk.viewer.get("/api/v1/register")).json()["items"]
    assert [it["device"] for it in before] == ["cam-0001", "dishub-8"]
    assert [it["device"] for it in after] == ["cam-0001"]


async def test_what_is_in_no_list_is_unknown_and_what_a_device_says_is_shown(desk: Desk) -> None:
    said = Identity("cam-0001", "serial_number", "KT-1", NOON, NOON)
    desk.city.store.reconciliation.note_identities([said])
    await desk.reconcile()
    unknown = await desk.findings(kind="unknown")
    assert {it["devices"][0] for it in unknown} == {"cam-0002", "sw-0001", "sensor-0001"}
    found = (await desk.viewer.get("/api/v1/register/cam-0001")).json()
    assert found["identities"][0]["value"] == "KT-1"
    bare = (await desk.viewer.get("/api/v1/register/sw-0001")).json()
    assert (bare["fields"], bare["findings"][0]["kind"]) == ([], "unknown")
    assert (await desk.viewer.get("/api/v1/register/lain")).status_code == 404


async def test_an_agency_signs_and_its_signature_goes_stale_when_a_row_changes(desk: Desk) -> None:
    body = {"office": "Kepala Bidang Lalu Lintas", "signed_on": "2026-11-20"}
    path = "/api/v1/sources/dishub"
    signed = await desk.client.post(f"{path}/sign", json=body)
    assert signed.status_code == 200, signed.text
    schemas.ScoreView.model_validate(signed.json())
    assert signed.json()["signature"]["stale"] is False
    desk.say(DISHUB, "9", "dishub-9", name="Baru")
    score = (await desk.viewer.get(f"{path}/score")).json()
    assert (score["signature"]["stale"], score["rows"]) == (True, 2)
    assert score["alive"] == {
        "count": 1, "of": 2, "percent": 50.0, "lacking": {"not_watched": 1},
    }  # fmt: skip
    names = [it["source"] for it in (await desk.viewer.get("/api/v1/scores")).json()["items"]]
    assert names == ["kominfo", "dishub"]
    bad = await desk.client.post(f"{path}/sign", json={**body, "signed_on": "2026-02-31"})
    assert bad.status_code == 422
    assert (await desk.client.post("/api/v1/sources/x/sign", json=body)).status_code == 404


async def test_viewers_look_and_decide_nothing(desk: Desk) -> None:
    for path in ("findings/reconcile", "findings/x/decide", "sources/dishub/sign"):
        answer = await desk.viewer.post(f"/api/v1/{path}", json={})
        assert answer.status_code == 403, path
    assert (await desk.client.get("/api/v1/findings/x")).status_code == 404
    assert (await desk.client.get("/api/v1/findings?cursor=x")).status_code == 422


async def test_a_change_of_lists_and_the_passing_of_a_day_are_reasons_to_reconcile(
    desk: Desk, city: City
) -> None:
    reconciler = Reconciler(city.store, city.clock, arguments_of(desk.config))
    assert reconciler._is_due()
    assert await reconciler.run()
    last = city.store.reconciliation.last()
    assert last is not None
    city.clock.advance((last.at - city.clock.now()).total_seconds())
    assert not reconciler._is_due()
    desk.say(KOMINFO, "A2", None, name="Lain")
    assert reconciler._is_due()
    broken = Reconciler(city.store, city.clock, ("register", "nothing"))
    assert not await broken.run()


async def test_what_an_import_left_unwritten_is_written_when_the_api_starts(city: City) -> None:
    asked: list[str] = []

    async def rewrite() -> dict[str, object]:
        asked.append("rewrite")
        return {}

    desk = Desk(city, Path(), None, None)  # type: ignore[arg-type] # no HTTP here
    await Reconciler(city.store, city.clock, (), rewrite)._write_decided()
    assert asked == [], "without lists there is nothing to write"
    desk.say(KOMINFO, "A1", "cam-0001", name="Kamera 1")
    starting = Reconciler(city.store, city.clock, (), rewrite)
    await starting._write_decided()
    await starting._write_decided()
    assert asked == ["rewrite"]


def test_the_command_tells_the_same(city: City, tmp_path: Path) -> None:
    desk = Desk(city, tmp_path, None, None)  # type: ignore[arg-type] # no HTTP here
    desk.say(KOMINFO, "A1", "cam-0001", name="Kamera 1", address="127.9.0.2", model="X1")
    desk.say(DISHUB, "7", "cam-0001", name="CCTV 1", model="Y2")
    assert desk.run("reconcile", "--json")["reconciled"]["rows"] == 2
    (conflict,) = desk.run("findings", "--kind", "conflict", "--json")
    assert conflict["id"] in desk.run("findings")
    said = ("--reason", "surat 12", "--value", "model=Y2")
    assert "is decided: use" in desk.run("decide", conflict["id"], "use", *said)
    assert "decided" in desk.run("show", "cam-0001")
    assert "are signed by Kepala" in desk.run(
        "sign", "dishub", "--office", "Kepala", "--date", "2026-11-20"
    )
    assert "2026-11-20" in desk.run("score")
    words = ["register", "decide", conflict["id"], "retire", "--reason", "x"]
    wrong = CliRunner().invoke(main, [*words, "--config", str(desk.config)])
    assert wrong.exit_code == 1
    assert "decided by one of use, keep" in wrong.output

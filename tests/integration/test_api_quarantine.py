"""The quarantine over HTTP and on the command line: looked at, adopted, ignored, refused."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from api.adoption import Adopter, free_id, id_of
from api.app import create_app
from api.cli import main
from api.schemas import quarantine as schemas
from api.settings import ApiSettings
from collector.config import load_config
from collector.inventory import load_inventory
from collector.model import Fit, Sighting
from collector.store import Store
from tests.api_city import NOON, ManualClock, StillSink, client_of

ROUTE = "/api/v1/quarantine"
INVENTORY = """\
areas: [{code: "73.71", name: Makassar}]
owners: [{id: kominfo, name: Diskominfo}]
sites: [{id: losari, name: Losari, area: "73.71"}]
devices:  # a comment that stays
  - {id: keran-1, name: Keran 1, kind: sensor, site: losari, profile: tasmota, mqtt_topic: keran_1}
"""


@dataclass
class Desk:
    folder: Path
    store: Store
    adopter: Adopter
    client: httpx.AsyncClient
    viewer: dict[str, str]

    @property
    def adopted(self) -> Path:
        return self.folder / "data" / "adopted.yaml"

    def hear(self, name: str = "keran_7", **changes: Any) -> int:
        fits = changes.pop("fits", (Fit("tasmota", name), Fit("other", f"tele/{name}/STATE")))
        places = (f"tele/{name}/STATE",)
        shape = {"Power": "number"}
        said = Sighting("mqtt", name, NOON, NOON, 2, 60, places, shape, fits, **changes)
        self.store.quarantine.record([said], NOON)
        return self.store.quarantine.find(name)[0].id

    async def adopt(self, entry: int, **body: Any) -> httpx.Response:
        return await self.client.post(f"{ROUTE}/{entry}/adopt", json={"site": "losari", **body})

    def devices(self) -> dict[str, Any]:
        config = load_config(self.folder / "pantau.yaml", {})
        return dict(load_inventory(config.inventory).devices)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "kota.yaml").write_text(INVENTORY)
    (tmp_path / "pantau.yaml").write_text("data_directory: data\n")
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder / "data" / "pantau.db") as store:
        yield store


@pytest.fixture
async def desk(folder: Path, store: Store) -> AsyncIterator[Desk]:
    clock = ManualClock()
    adopter = Adopter(store, clock, lambda: load_config(folder / "pantau.yaml", {}))
    app = create_app(
        store=store, sink=StillSink(), clock=clock, settings=ApiSettings(), adopter=adopter
    )
    headers = {
        role: {"Authorization": f"Bearer {store.tokens.create(role, role, None, NOON)}"}
        for role in ("viewer", "operator")
    }
    async with client_of(app, headers["operator"]) as client:
        yield Desk(folder, store, adopter, client, headers["viewer"])


async def test_what_was_heard_is_listed_with_what_it_could_be(desk: Desk) -> None:
    desk.hear("Keran_7")
    answer = await desk.client.get(ROUTE)
    page = answer.json()
    schemas.EntryPage.model_validate(page)
    (entry,) = page["items"]
    assert entry["suggestion"] == {
        "id": "keran-7", "name": "Keran_7", "kind": "sensor", "profile": "tasmota"
    }  # fmt: skip
    assert entry["shape"] == {"Power": "number"}
    alone = await desk.client.get(f"{ROUTE}/{entry['id']}")
    assert alone.json() == entry


async def test_a_site_is_enough_to_adopt(desk: Desk) -> None:
    entry = desk.hear()
    answer = await desk.adopt(entry)
    assert answer.status_code == 201, answer.text
    schemas.AdoptedView.model_validate(answer.json())
    assert answer.headers["location"] == "/api/v1/devices/keran-7"
    assert answer.json()["watched"] is False  # no collector runs here
    device = desk.devices()["keran-7"]
    assert (device.name, device.kind, device.site) == ("keran_7", "sensor", "losari")
    assert (device.profile, device.mqtt_topic) == ("tasmota", "keran_7")
    assert "by operator" in desk.adopted.read_text()
    assert (desk.folder / "inventory" / "kota.yaml").read_text() == INVENTORY
    listed = (await desk.client.get(ROUTE)).json()["items"]
    done = (await desk.client.get(ROUTE, params={"state": "adopted"})).json()["items"]
    assert (listed, [one["device"] for one in done]) == ([], ["keran-7"])
    decided = (await desk.client.get(f"{ROUTE}/decisions")).json()
    schemas.DecisionPage.model_validate(decided)
    (decision,) = decided["items"]
    assert (decision["kind"], decision["author"], decision["device"]) == (
        "adopted", "operator", "keran-7"
    )  # fmt: skip


async def test_everything_can_be_said_otherwise(desk: Desk) -> None:
    said = {
        "id": "pompa-1",
        "name": 'Pompa "utara" 1e5: # [no]',
        "kind": "ups",
        "owner": "kominfo",
        "power_feeder": "0o17",
        "telemetry_period": "10m",
        "parents": ["keran-1"],
        "tags": ["yes", "12"],
    }
    answer = await desk.adopt(desk.hear(), **said)
    assert answer.status_code == 201, answer.text
    device = desk.devices()["pompa-1"]
    assert (device.name, device.kind, device.owner) == (said["name"], "ups", "kominfo")
    assert (device.power_feeder, device.tags) == ("0o17", ("yes", "12"))
    assert (device.parents, device.telemetry_seconds) == (("keran-1",), 600.0)


async def test_adopting_again_gives_the_same_device_and_another_wish_is_refused(
    desk: Desk,
) -> None:
    entry = desk.hear()
    assert (await desk.adopt(entry, id="pompa-1")).status_code == 201
    again = await desk.adopt(entry)
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert again.json()["device"] == "pompa-1"
    other = await desk.adopt(entry, id="pompa-2")
    assert (other.status_code, other.json()["code"]) == (409, "adopted_already")
    assert "pompa-1" in other.json()["detail"]
    assert list(desk.devices()) == ["keran-1", "pompa-1"]


async def test_a_file_that_was_written_without_the_store_knowing_is_mended(desk: Desk) -> None:
    entry = desk.hear()
    assert (await desk.adopt(entry)).status_code == 201
    with desk.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE quarantine SET state='waiting', device_id=NULL")
    assert (await desk.adopt(entry)).status_code == 200
    row = desk.store.quarantine.one(entry)
    assert row is not None
    assert row.device_id == "keran-7"


async def test_many_who_adopt_the_same_at_once_get_one_device(desk: Desk) -> None:
    entry = desk.hear()
    answers = await asyncio.gather(*(desk.adopt(entry) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert list(desk.devices()) == ["keran-1", "keran-7"]
    assert len(desk.store.quarantine.decisions().items) == 1


def test_many_who_adopt_others_at_once_lose_none(desk: Desk) -> None:
    entries = [desk.hear(f"keran_{n}") for n in range(20, 28)]
    rows = [row for row in map(desk.store.quarantine.one, entries) if row is not None]
    threads = [
        threading.Thread(target=desk.adopter.adopt, args=(row, {"site": "losari"}, "ani"))
        for row in rows
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.devices()) == 1 + len(entries)


async def test_a_device_that_somebody_listed_meanwhile_is_not_made_twice(desk: Desk) -> None:
    entry = desk.hear("keran_1")
    answer = await desk.adopt(entry)
    assert (answer.status_code, answer.json()["device"]) == (200, "keran-1")
    assert not desk.adopted.exists()


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"id": "keran-1"}, "device_exists", None),
        ({"site": "nowhere"}, "invalid_parameters", "body.site"),
        ({"profile": "nonsense"}, "invalid_parameters", "body.profile"),
        ({"profile": "generic-ping"}, "invalid_parameters", "body.address"),
        ({"kind": "toaster"}, "invalid_parameters", "body.kind"),
        ({"id": "a b"}, "invalid_parameters", "body.id"),
        ({"name": "a\nb"}, "invalid_parameters", "body.name"),
        ({"owner": "nobody"}, "invalid_parameters", "body.owner"),
        ({"parents": ["nobody"]}, "invalid_parameters", "body.parents"),
        ({"telemetry_period": "often"}, "invalid_parameters", "body.telemetry_period"),
        ({"unknown": 1}, "invalid_parameters", "body.unknown"),
    ],
)
async def test_what_the_inventory_does_not_take_is_refused_by_name(
    desk: Desk, body: dict[str, Any], code: str, field: str | None
) -> None:
    answer = await desk.adopt(desk.hear(), **body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409 if field is None else 422, code)
    if field is not None:
        assert field in [one["field"] for one in problem["errors"]]
    assert not desk.adopted.exists()
    assert list(desk.devices()) == ["keran-1"]


async def test_without_a_fitting_profile_one_must_be_named(desk: Desk) -> None:
    entry = desk.hear("a/b", fits=())
    refused = await desk.adopt(entry)
    assert refused.json()["errors"][0]["field"] == "body.profile"
    assert (await desk.adopt(entry, profile="tasmota")).status_code == 201
    assert desk.devices()["a-b"].mqtt_topic == "a/b"


async def test_an_inventory_with_problems_takes_nothing(desk: Desk) -> None:
    entry = desk.hear()
    (desk.folder / "inventory" / "kota.yaml").write_text(INVENTORY + "  - {id: broken}\n")
    answer = await desk.adopt(entry)
    assert (answer.status_code, answer.json()["code"]) == (409, "inventory_broken")
    assert "kota.yaml" in answer.json()["detail"]
    assert not desk.adopted.exists()


async def test_what_people_wrote_into_the_file_stays(desk: Desk) -> None:
    assert (await desk.adopt(desk.hear())).status_code == 201
    text = desk.adopted.read_text().replace('name: "keran_7"', 'name: "Keran utara"  # ours')
    desk.adopted.write_text(text)
    assert (await desk.adopt(desk.hear("keran_8"))).status_code == 201
    assert desk.adopted.read_text().startswith(text)
    assert desk.devices()["keran-7"].name == "Keran utara"
    desk.adopted.write_text(desk.adopted.read_text() + "owners: []\n")
    before = desk.adopted.read_text()
    answer = await desk.adopt(desk.hear("keran_9"))
    assert answer.json()["code"] == "inventory_broken"
    assert desk.adopted.read_text() == before


async def test_ignored_stays_away_until_it_is_taken_back(desk: Desk) -> None:
    entry = desk.hear()
    for _ in range(2):
        answer = await desk.client.delete(f"{ROUTE}/{entry}")
        assert (answer.status_code, answer.json()["state"]) == (200, "ignored")
    desk.hear()
    assert (await desk.client.get(ROUTE)).json()["items"] == []
    answer = await desk.client.post(f"{ROUTE}/{entry}/unignore")
    assert answer.json()["state"] == "waiting"
    await desk.adopt(entry)
    answer = await desk.client.delete(f"{ROUTE}/{entry}")
    assert answer.json()["code"] == "adopted_already"


async def test_a_viewer_sees_nothing_of_it_and_what_is_not_there_is_404(desk: Desk) -> None:
    for method, path in (("GET", ""), ("GET", "/decisions"), ("GET", "/1"), ("DELETE", "/1")):
        answer = await desk.client.request(method, ROUTE + path, headers=desk.viewer)
        assert answer.json()["code"] == "role_too_low"
    answer = await desk.adopt(77)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_entry")
    answer = await desk.client.get(ROUTE, params={"cursor": "bm9uc2Vuc2U"})
    assert answer.json()["code"] == "invalid_cursor"


def test_the_command_line_lists_adopts_and_ignores(desk: Desk) -> None:
    desk.hear()
    desk.hear("keran_8")
    config = ["--config", str(desk.folder / "pantau.yaml")]
    runner = CliRunner()
    listed = runner.invoke(main, ["quarantine", "list", *config])
    assert "keran_7" in listed.output
    assert "tasmota, other" in listed.output
    adopt = ["quarantine", "adopt", "keran_7", "--site", "losari", *config]
    assert "is adopted as keran-7" in runner.invoke(main, adopt).output
    assert "had been adopted before" in runner.invoke(main, adopt).output
    refused = runner.invoke(main, [*adopt, "--id", "keran-9"])
    assert (refused.exit_code, "adopted as keran-7" in refused.output) == (1, True)
    assert runner.invoke(main, ["quarantine", "ignore", "keran_8", *config]).exit_code == 0
    empty = runner.invoke(main, ["quarantine", "list", *config])
    assert empty.output == "Nothing is waiting.\n"
    assert runner.invoke(main, ["quarantine", "ignore", "nobody", *config]).exit_code == 1


def test_ids_are_made_of_names_and_never_given_twice() -> None:
    assert id_of("Gedung A/Lantai_2") == "gedung-a-lantai-2"
    assert id_of("---") == "device"
    assert len(id_of("x" * 300)) <= 60
    assert free_id("a", {"a", "a-2"}.__contains__) == "a-3"

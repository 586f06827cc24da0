"""Satu Data: a stable shape, codes in every row, nothing that is nobody's business."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import jsonschema
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from api.cli import main
from api.evidence.key import load_evidence_key
from api.evidence.pack import PackOf, write_pack
from api.exports.ckan import Ckan, CkanError, CkanFile
from api.exports.dictionary import BY_NAME, DATASETS
from api.exports.making import Asked, Export, ExportError, make_export
from api.exports.writing import as_csv, as_json, dictionary, schema
from api.uptime_query import read_question
from collector.config.exports import ExportSettings
from collector.store import Store
from tests.api_city import client_of, make_city
from tests.evidence_pack import NOW, OCTOBER, SETTINGS, live

SCHEMAS = Path(__file__).parents[2] / "docs" / "exports-schema-1.json"
SAID = ExportSettings(producer="Diskominfo", custodian="Walidata Kota", license="cc-by")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("exports") / "pantau.db") as store:
        live(store)
        yield store


def made(store: Store, name: str, *, public: bool = False) -> Export:
    month = "2026-10" if BY_NAME[name].monthly else None
    asked = Asked(name, month, public=public)
    return make_export(store, SETTINGS, asked, NOW, NOW - timedelta(seconds=2))


def rows(store: Store, name: str, *, public: bool = False) -> list[dict[str, object]]:
    return list(made(store, name, public=public).rows)


# --- the shape --------------------------------------------------------------------------------


def test_the_schema_is_the_one_that_was_promised() -> None:
    """Who changes this file changes what others rely on: add at the end, or give a new version."""
    promised = json.loads(SCHEMAS.read_text())
    assert promised == {one.name: schema(one) for one in DATASETS}


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_exported_has_the_promised_shape(store: Store, name: str, public: bool) -> None:
    export = made(store, name, public=public)
    said = json.loads(as_json(export, SAID))
    jsonschema.validate(said, json.loads(SCHEMAS.read_text())[name])
    assert len(said["rows"]) > 1
    assert (said["producer"], said["custodian"]) == ("Diskominfo", "Walidata Kota")
    cells = list(csv.DictReader(io.StringIO(as_csv(export).decode(), newline="")))
    assert [list(one) for one in cells] == [[f["name"] for f in said["fields"]]] * len(cells)
    for cell, row in zip(cells, said["rows"], strict=True):
        plain = {key: "" if value is None else str(value) for key, value in row.items()}
        assert {key: value.removeprefix("'") for key, value in cell.items()} == plain


def test_every_field_says_what_it_means_in_both_languages() -> None:
    for dataset in DATASETS:
        assert len({one.name for one in dataset.fields}) == len(dataset.fields)
        for one in dataset.fields:
            for words in (one.concept_id, one.concept_en, one.definition_id, one.definition_en):
                assert words.strip(), (dataset.name, one.name)
    assert {one["dataset"] for one in dictionary(SAID)["datasets"]} == set(BY_NAME)  # type: ignore[attr-defined]


def test_every_row_has_the_codes_of_its_area(store: Store) -> None:
    for name in BY_NAME:
        for row in rows(store, name):
            assert re.fullmatch(r"\d\d\.\d\d(\.\d\d)?", str(row["area_code"]))
            assert row["city_code"] == str(row["area_code"])[:5]
            assert (row["city_bps_code"] == "7371") == (row["city_code"] == "73.71")


def test_figures_are_those_of_the_uptime_table(store: Store) -> None:
    by_kind = {(one["area_code"], one["kind"]): one for one in rows(store, "uptime")}
    ap = by_kind["91.71", "access_point"]
    assert (ap["devices"], ap["down_seconds"], ap["lost_power_seconds"]) == (1, 86_400, 86_400)
    assert (ap["outages"], ap["mttr_seconds"]) == (1, 86_400)
    outage = next(one for one in rows(store, "outages") if one["device"] == "ap-1")
    assert (outage["seconds"], outage["cause"]) == (86_400, "power")
    assert outage["started_at"] == "2026-10-12T00:00:00Z"


def test_a_month_that_cannot_be_and_a_dataset_that_is_not_are_refused(store: Store) -> None:
    for asked in (Asked("uptime", "2026-13"), Asked("uptime", "2027-01"), Asked("uptime", "x"),
                  Asked("devices", "2026-10"), Asked("people")):  # fmt: skip
        with pytest.raises(ExportError):
            make_export(store, SETTINGS, asked, NOW, NOW)
    assert make_export(store, SETTINGS, Asked("uptime"), NOW, NOW).month == "2026-10"


# --- what is nobody's business ----------------------------------------------------------------


def test_public_exports_never_say_where_something_is_dead(store: Store) -> None:
    for row in rows(store, "outages", public=True):
        assert (row["device"], row["site"], row["ended_at"]) == (None, None, None)
        assert str(row["started_at"]).endswith(":00:00Z")
        assert row["seconds"] is not None, "what is on now is not told"
    places = {row["site"]: row for row in rows(store, "sites", public=True)}
    assert (places["losari"]["latitude"], places["losari"]["longitude"]) == (-5.14, 119.41)
    assert "-5.14321" not in as_csv(made(store, "devices", public=True)).decode()
    exact = {row["site"]: row["latitude"] for row in rows(store, "sites")}
    assert exact["losari"] == -5.14321


PLANTED = {
    "UPDATE devices SET name = 'Kamera AA:BB:CC:DD:EE:01', address = '10.66.77.88',"
    " credentials = '[\"rahasia-snmp\"]', mqtt_topic = 'rumah/joko' WHERE id = 'cam-1'",
    "UPDATE sites SET name = 'Titik aa-bb-cc-dd-ee-02' WHERE id = 'losari'",
    "UPDATE owners SET name = 'Dishub aabb.ccdd.ee03'",
    "UPDATE areas SET name = 'Mariso AA:BB:CC:DD:EE:04' WHERE code = '73.71.01'",
    "UPDATE outages SET detail = 'client AA:BB:CC:DD:EE:05 user joko.w@warga'",
    "UPDATE transitions SET detail = 'client AA:BB:CC:DD:EE:06 user joko.w@warga'",
    "UPDATE maintenance_windows SET author = 'Budi Rahasia', reason = 'MAC aa:bb:cc:dd:ee:07'",
    "INSERT INTO quarantine (source, name, state, first_seen_at, last_seen_at, messages, bytes,"
    " places, shape, fits, about) VALUES ('mqtt', 'AA:BB:CC:DD:EE:08', 'waiting', 0, 0, 1, 1,"
    " '[]', '{}', '[]', '{\"user\": \"joko.w@warga\"}')",
}
NEVER = re.compile(
    rb"(?i)(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}"
    rb"|joko|rahasia|10\.66\.77\.88|10\.9\.8\.7|pantau_[0-9A-Za-z]{8}|PRIVATE KEY"
)


def test_no_mac_no_user_no_credential_leaves_in_any_export_or_pack(tmp_path: Path) -> None:
    """Everything that can be had of a city in which such things lie everywhere is searched."""
    with Store.open(tmp_path / "pantau.db") as store:
        live(store)
        secret = store.tokens.create("joko", "viewer", None, NOW)
    with sqlite3.connect(tmp_path / "pantau.db") as connection:
        for statement in PLANTED:
            assert connection.execute(statement).rowcount > 0, statement
    connection.close()
    files: dict[str, bytes] = {"dictionary": json.dumps(dictionary(SAID)).encode()}
    with Store.open(tmp_path / "pantau.db") as store:
        for name in BY_NAME:
            for public in (False, True):
                export = made(store, name, public=public)
                files[f"{name} {public} csv"] = as_csv(export)
                files[f"{name} {public} json"] = as_json(export, SAID)
        question = read_question(OCTOBER, SETTINGS, NOW)
        key = load_evidence_key(tmp_path / "evidence.key")
        of = PackOf(question, NOW, NOW, positions=True)
        write_pack(store, SETTINGS, of, key, tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        files |= {name: pack.read(name) for name in pack.namelist()}
    assert len(files) > 30
    for name, content in files.items():
        found = NEVER.search(content)
        assert found is None, (name, found)
        assert secret.encode() not in content


# --- surfaces ---------------------------------------------------------------------------------


async def test_the_api_gives_files_and_the_dictionary(tmp_path: Path) -> None:
    with make_city(tmp_path) as city:
        client = client_of(city.app(exports=SAID), city.token())
        answer = await client.get("/api/v1/exports/devices.json?public=true")
        assert answer.headers["content-disposition"].endswith('"devices-public.json"')
        assert {row["device"] for row in answer.json()["rows"]} >= {"cam-0001", "sw-0001"}
        as_file = await client.get("/api/v1/exports/uptime.csv?month=2026-11")
        assert as_file.headers["content-type"] == "text/csv; charset=utf-8"
        assert as_file.text.splitlines()[0].startswith("month,area_code,area_name")
        words = (await client.get("/api/v1/exports/dictionary")).json()
        assert words["datasets"][0]["producer"] == "Diskominfo"
        for path in ("/people.csv", "/devices.xml"):
            assert (await client.get(f"/api/v1/exports{path}")).status_code == 422
        wrong = await client.get("/api/v1/exports/uptime.csv?month=2027-01")
        assert "has begun" in wrong.json()["detail"]


def test_the_command_writes_every_dataset(tmp_path: Path) -> None:
    with make_city(tmp_path):
        pass
    (tmp_path / "pantau.yaml").write_text("data_directory: .\nexports: {producer: Diskominfo}\n")
    config = ["--config", str(tmp_path / "pantau.yaml")]
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["export", *config, "--public", "--out", str(out)])
    assert done.exit_code == 0, done.output
    names = {one.name for one in out.iterdir()}
    assert {"devices-public.csv", "devices-public.json", "dictionary.json"} <= names
    assert len(names) == 9
    one = CliRunner().invoke(main, ["export", *config, "--dataset", "uptime", "--month", "2030-01"])
    assert (one.exit_code, "--month" in one.stderr) == (2, True)
    told = CliRunner().invoke(main, ["export", "push", *config])
    assert (told.exit_code, "no portal is set" in told.stderr) == (1, True)


# --- a portal ---------------------------------------------------------------------------------


class Portal:
    """A CKAN that keeps what it is given, and notes every request."""

    def __init__(self) -> None:
        self.packages: dict[str, dict[str, object]] = {}
        self.resources: dict[str, list[dict[str, str]]] = {}
        self.contents: dict[str, bytes] = {}
        self.actions: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "kunci-portal"
        action = request.url.path.rsplit("/", 1)[1]
        self.actions.append(action)
        body = request.read()
        if action.startswith("package"):
            said = json.loads(body)
            name = str(said.get("name") or said["id"])
            if action == "package_show":
                if name not in self.packages:
                    return self._no(404, {"__type": "Not Found Error", "message": "Not found"})
                return self._yes({**self.packages[name], "resources": self.resources.get(name, [])})
            self.packages[name] = said
            return self._yes({**said, "resources": self.resources.get(name, [])})
        fields = dict(re.findall(rb'name="(\w+)"\r\n\r\n(.*?)\r\n', body, re.DOTALL))
        content = re.search(
            rb'name="upload"; filename="[^"]+"\r\nContent-Type: [^\r]+\r\n\r\n(.*)\r\n--',
            body,
            re.DOTALL,
        )
        assert content is not None
        if action == "resource_create":
            package = fields[b"package_id"].decode()
            resource = {"id": f"r{len(self.contents)}", "name": fields[b"name"].decode()}
            self.resources.setdefault(package, []).append(resource)
            self.contents[resource["id"]] = content[1]
            return self._yes(dict(resource))
        self.contents[fields[b"id"].decode()] = content[1]
        return self._yes({})

    @staticmethod
    def _yes(result: dict[str, object]) -> httpx.Response:
        return httpx.Response(200, json={"success": True, "result": result})

    @staticmethod
    def _no(status: int, error: dict[str, object]) -> httpx.Response:
        return httpx.Response(status, json={"success": False, "error": error})


def portal_settings(**more: object) -> ExportSettings:
    given: dict[str, object] = {
        "portal": "https://data.kota.go.id/",
        "organization": "diskominfo",
        "token": SecretStr("kunci-portal"),
        "producer": "Diskominfo",
    }
    return ExportSettings.model_validate(given | more)


def files(store: Store) -> list[CkanFile]:
    export = made(store, "uptime", public=True)
    return [CkanFile("uptime-2026-10-public.csv", "CSV", as_csv(export), "Oktober")]


def test_pushing_twice_is_the_same_as_pushing_once(store: Store) -> None:
    portal = Portal()
    with Ckan(portal_settings(), httpx.MockTransport(portal)) as ckan:
        first = ckan.push(BY_NAME["uptime"], files(store))
        second = ckan.push(BY_NAME["uptime"], files(store))
        more = [CkanFile("uptime-2026-11-public.csv", "CSV", b"month\r\n", "November")]
        third = ckan.push(BY_NAME["uptime"], more)
    assert (first.package, first.package_made, len(first.made)) == ("pantau-uptime", True, 1)
    assert (second.package_made, second.made, len(second.renewed)) == (False, (), 1)
    assert third.made == ("uptime-2026-11-public.csv",)
    assert [one["name"] for one in portal.resources["pantau-uptime"]] == [
        "uptime-2026-10-public.csv", "uptime-2026-11-public.csv",
    ]  # fmt: skip
    assert portal.contents["r0"] == files(store)[0].content
    assert portal.packages["pantau-uptime"]["owner_org"] == "diskominfo"
    assert "kunci-portal" not in repr(ckan)
    assert "kunci-portal" not in repr(portal_settings())


REFUSALS: dict[str, tuple[Callable[[httpx.Request], httpx.Response], str]] = {
    "token": (lambda _: httpx.Response(403, json={"success": False}), "refuses the token"),
    "elsewhere": (
        lambda _: httpx.Response(301, headers={"location": "https://evil"}), "sends us elsewhere",
    ),
    "no ckan": (lambda _: httpx.Response(200, text="<html>selamat datang"), "is no CKAN"),
    "deep": (lambda _: httpx.Response(200, text="[" * 100_000), "is no CKAN"),
    "large": (lambda _: httpx.Response(200, content=b"x" * 2**21), "larger than 1 MiB"),
    "invalid": (
        lambda _: httpx.Response(
            409,
            json={
                "success": False,
                "error": {"__type": "Validation Error", "owner_org": ["Organization\n\x1b[31m"]},
            },
        ),
        r"refuses package_show: owner_org: Organization",
    ),
    "server": (lambda _: httpx.Response(502, text="bad gateway"), "is no CKAN .502."),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSALS)
def test_what_a_portal_does_wrong_is_told_in_words_without_the_token(
    store: Store, why: str
) -> None:
    answer, words = REFUSALS[why]
    ckan = Ckan(portal_settings(), httpx.MockTransport(answer))
    with ckan, pytest.raises(CkanError, match=words) as told:
        ckan.push(BY_NAME["uptime"], files(store))
    assert "kunci-portal" not in str(told.value)
    assert str(told.value).isprintable()


def test_a_portal_that_is_not_there_or_does_not_answer_is_told(store: Store) -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    for fault, words in ((gone, "cannot be reached"), (slow, "did not answer package_show")):
        ckan = Ckan(portal_settings(), httpx.MockTransport(fault))
        with ckan, pytest.raises(CkanError, match=words):
            ckan.push(BY_NAME["uptime"], files(store))


def test_without_portal_or_token_nothing_is_tried() -> None:
    with pytest.raises(CkanError, match="no portal is set"):
        Ckan(ExportSettings())
    with pytest.raises(CkanError, match="token_file"):
        Ckan(portal_settings(token=None))

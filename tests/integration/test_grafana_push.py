"""`pantau grafana push` against a mock of Grafana's documented API (see tests.grafana_server)."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

import api.commands.grafana as command
from api.cli import main
from api.grafana.calls import Grafana
from api.grafana.plan import make_plan
from api.grafana.wanted import Wanted, data_sources
from collector.config import InfluxdbSettings
from collector.model import MaintenanceWindow, Scope, State
from dashboards.grafana import LANGUAGES, dashboard_files
from tests.api_city import NOON, City, make_city
from tests.grafana_server import TOKEN, GrafanaServer, Held
from tests.influxd import free_ports

INFLUX_TOKEN = "token-pembaca=="  # noqa: S105 - of tests
BOARDS = [
    {
        "id": None,
        "uid": f"pantau-{name}",
        "title": title,
        "tags": ["pantau"],
        "schemaVersion": 41,
        "panels": [],
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "influxdb"},
                {"name": "desk_url", "type": "textbox", "query": "http://127.0.0.1:8080"},
                {"name": "bucket_1h", "type": "constant", "query": "pantau_1h"},
            ]
        },
    }
    for name, title in (("city", "Kota"), ("wifi", "WiFi publik"))
]


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def server(held: Held) -> Iterator[GrafanaServer]:
    with GrafanaServer(held) as server:
        yield server
    assert held.gone == []  # never a call that current servers no longer serve


@pytest.fixture(autouse=True)
def boards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    files = []
    for board in BOARDS:
        files.append(tmp_path / f"{board['uid']}.json")
        files[-1].write_text(json.dumps(board))
    monkeypatch.setattr(command, "dashboard_files", lambda _language: files)
    return files


@pytest.fixture
def push(tmp_path: Path, server: GrafanaServer) -> "Push":
    return Push(tmp_path / "data", server.url)


class Push:
    """The command with its settings; `token`, `url` and others may be set otherwise."""

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        self.settings = {
            "PANTAU__DATA_DIRECTORY": str(data),
            "PANTAU__GRAFANA__URL": url,
            "PANTAU__GRAFANA__TOKEN": TOKEN,
            "PANTAU__GRAFANA__DESK_URL": "https://pantau.makassar.example",
            "PANTAU__GRAFANA__TIMEOUT": "2s",
            "PANTAU__INFLUXDB__BUCKET": "kota",
            "PANTAU__INFLUXDB__TOKEN": INFLUX_TOKEN,
        }

    def __call__(self, *words: str, **settings: str) -> Result:
        changed = {f"PANTAU__{key.upper()}": value for key, value in settings.items()}
        return CliRunner().invoke(main, ["grafana", "push", *words], env=self.settings | changed)


def test_everything_is_made_in_one_go_and_then_left_alone(push: Push, held: Held) -> None:
    first = push()

    assert first.exit_code == 0, first.output
    assert held.folders["pantau"]["title"] == "Pantau"
    assert [one["name"] for one in held.sources.values()] == ["Pantau", "Pantau 5m", "Pantau 1h"]
    assert set(held.secrets.values()) == {f"Token {INFLUX_TOKEN}"}
    assert sorted(held.dashboards) == ["pantau-city", "pantau-wifi"]
    variables = {
        one["name"]: one["current"]["value"]
        for one in held.dashboards["pantau-city"]["templating"]["list"]
    }
    assert variables == {
        "datasource": "pantau-influxdb",
        "desk_url": "https://pantau.makassar.example",
        "bucket_1h": "kota_1h",
    }
    held.calls.clear()

    again = push()

    assert again.exit_code == 0, again.output
    assert held.changes() == []
    assert "0 to create, 0 to change" in again.output
    for output in (first.output, again.output):
        assert TOKEN not in output
        assert INFLUX_TOKEN not in output


def test_a_dry_run_shows_the_plan_and_changes_nothing(push: Push, held: Held) -> None:
    shown = push("--dry-run")

    assert shown.exit_code == 0, shown.output
    assert "create  dashboard Kota" in shown.output
    assert "6 to create, 0 to change" in shown.output
    assert held.changes() == []


def test_a_newer_dashboard_replaces_ours_but_never_one_that_somebody_edited(
    push: Push, held: Held, boards: list[Path]
) -> None:
    push()
    held.edit("pantau-wifi")
    for file in boards:
        file.write_text(json.dumps({**json.loads(file.read_text()), "refresh": "30s"}))

    pushed = push()

    assert held.dashboards["pantau-city"]["refresh"] == "30s"
    assert held.dashboards["pantau-wifi"]["title"] == "Punya Budi"
    assert "kept    dashboard WiFi publik (edited by budi; --overwrite takes it back)" in (
        pushed.output
    )
    assert pushed.exit_code == 0

    over = push("--overwrite")
    assert "change  dashboard WiFi publik (edited by budi)" in over.output
    assert held.dashboards["pantau-wifi"]["title"] == "WiFi publik"
    assert "0 kept" in push().output


def test_a_dashboard_that_somebody_saves_between_plan_and_deed_is_not_overwritten(
    push: Push, held: Held, boards: list[Path]
) -> None:
    push()
    boards[0].write_text(json.dumps({**json.loads(boards[0].read_text()), "refresh": "30s"}))
    message = {"status": "version-mismatch", "message": "changed by someone else"}
    held.answers["POST /api/dashboards/db"] = (412, message)

    pushed = push()

    assert pushed.exit_code == 1
    assert "somebody changed it meanwhile: changed by someone else; push again" in pushed.output


def test_what_grafana_reads_from_files_is_left_to_the_files(push: Push, held: Held) -> None:
    push()
    held.provisioned.add("pantau-city")
    held.sources["pantau-influxdb"] |= {"readOnly": True, "url": "http://other:8086"}

    pushed = push()

    assert pushed.output.count("Grafana reads it from a file") == 2
    assert "0 to create, 0 to change" in pushed.output


def test_a_data_source_follows_our_settings_unless_somebody_edited_it(
    push: Push, held: Held
) -> None:
    push()
    held.sources["pantau-influxdb-5m"]["url"] = "http://edited:8086"

    moved = push(grafana__influxdb_url="http://influxdb:8086")

    assert held.sources["pantau-influxdb"]["url"] == "http://influxdb:8086"
    assert held.sources["pantau-influxdb-5m"]["url"] == "http://edited:8086"
    assert "kept    data source Pantau 5m (somebody edited it" in moved.output
    push("--overwrite", grafana__influxdb_url="http://influxdb:8086")
    assert held.sources["pantau-influxdb-5m"]["url"] == "http://influxdb:8086"


def test_a_data_source_that_does_not_work_gets_its_token_again(push: Push, held: Held) -> None:
    push()
    held.good_token = "Token token-baru"  # noqa: S105 - of tests

    pushed = push(influxdb__token="token-baru")  # noqa: S106 - of tests

    assert set(held.secrets.values()) == {"Token token-baru"}
    assert "Grafana cannot use it: its token again" in pushed.output
    assert "0 to change" in push(influxdb__token="token-baru").output  # noqa: S106 - of tests


def test_the_dashboards_that_we_bring_are_fitted_and_pushed(
    push: Push, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "dashboard_files", dashboard_files)
    for language in LANGUAGES:
        assert push(grafana__language=language).exit_code == 0
        assert "0 to create, 0 to change" in push(grafana__language=language).output

    assert len(held.dashboards) == sum(len(dashboard_files(one)) for one in LANGUAGES) > 0
    seen: dict[str, set[str]] = {}
    for dashboard in held.dashboards.values():
        for one in dashboard["templating"]["list"]:
            value = one["current"]["value"] if one["name"] == "datasource" else one["query"]
            seen.setdefault(one["name"], set()).add(str(value))
    assert seen["datasource"] == {"pantau-influxdb"}
    assert seen["desk_url"] == {"https://pantau.makassar.example"}
    assert seen["bucket_1h"] == {"kota_1h"}


# --- events ---


@pytest.fixture
def city(push: Push, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """A store with a city, on whose clock we push."""
    push.data.mkdir()
    with make_city(push.data) as city:
        monkeypatch.setattr(command, "SystemClock", lambda: city.clock)
        yield city


def test_an_incident_is_a_moment_while_it_is_on_and_a_span_when_it_has_ended(
    push: Push, held: Held, city: City
) -> None:
    began = NOON - timedelta(minutes=10)
    city.change("sw-0001", State.DOWN, at=began)
    assert push().exit_code == 0
    [event] = held.annotations
    assert (event["time"], event["timeEnd"]) == (milliseconds(began), milliseconds(began))
    assert "Switch Losari" in event["text"]
    assert {"pantau", "incident", "pantau-incident-1"} <= set(event["tags"])
    held.calls.clear()
    assert push().exit_code == 0
    assert held.changes() == []

    city.change("sw-0001", State.UP, at=NOON)
    ended = push()

    assert "change  event" in ended.output
    [event] = held.annotations
    assert event["timeEnd"] == milliseconds(NOON)
    assert held.changes() == ["PUT /api/annotations/1"]


def test_planned_work_becomes_an_event_that_a_person_s_note_is_not_lost_from(
    push: Push, held: Held, city: City
) -> None:
    city.store.maintenance.create(
        MaintenanceWindow(
            title="Ganti switch",
            reason="switch lama",
            author="andi",
            created_at=NOON - timedelta(hours=5),
            scope=Scope(sites=("losari-01",)),
            starts_at=NOON - timedelta(hours=3),
            ends_at=NOON - timedelta(hours=2),
            zone="Asia/Makassar",
        )
    )
    assert push().exit_code == 0
    [event] = held.annotations
    assert event["time"] == milliseconds(NOON - timedelta(hours=3))
    assert event["timeEnd"] == milliseconds(NOON - timedelta(hours=2))
    assert "Ganti switch" in event["text"]

    event["text"] = "catatan Budi"

    assert "kept    event Pemeliharaan: Ganti switch (somebody edited it" in push().output
    assert event["text"] == "catatan Budi"
    push("--overwrite")
    assert "Ganti switch" in held.annotations[0]["text"]
    assert len(held.annotations) == 1
    assert "event" not in push("--no-events").output


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


# --- what can be wrong ---


@pytest.mark.parametrize(
    ("call", "answer", "words"),
    [
        ("GET /api/folders/pantau", (403, {"message": "no permission"}), "the role Admin"),
        ("GET /api/folders/pantau", (500, {"message": "database is locked"}), "database is locked"),
        ("GET /api/folders/pantau", (500, None), "does not answer as Grafana"),
        ("GET /api/folders/pantau", (404, ["a", "list"]), "does not answer as Grafana does"),
        ("GET /api/folders/pantau", (200, "<html>a portal</html>"), "does not answer as Grafana"),
        ("GET /api/folders/pantau", (302, ""), "sends us elsewhere (302)"),
        ("GET /api/health", (200, {"database": "ok", "version": "8.5.0"}), "8.5.0 is too old"),
        ("GET /api/health", (200, {"status": "UP"}), "does not answer as Grafana does"),
        ("GET /api/health", (200, "<html></html>"), "does not answer as Grafana does"),
        ("GET /api/health", (301, ""), "sends us elsewhere (301)"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy_and_nothing_is_changed(
    push: Push, held: Held, call: str, answer: tuple[int, object], words: str
) -> None:
    held.answers[call] = answer

    failed = push()

    assert failed.exit_code == 1
    assert words in failed.output
    assert held.changes() == []
    assert "Traceback" not in failed.output
    assert TOKEN not in failed.output


def test_a_wrong_token_is_said_and_not_shown(push: Push, held: Held) -> None:
    failed = push(grafana__token="glsa_salah")  # noqa: S106 - of tests

    assert failed.exit_code == 1
    assert "does not take the token" in failed.output
    assert "glsa_salah" not in failed.output
    assert held.changes() == []


def test_no_repr_of_ours_shows_a_token(server: GrafanaServer, held: Held) -> None:
    secret = SecretStr(INFLUX_TOKEN)
    influxdb = InfluxdbSettings.model_validate({})
    wanted = Wanted((), data_sources(influxdb, None, secret), (), NOON)
    grafana = Grafana(server.url, SecretStr(TOKEN), 2.0)
    plan = list(make_plan(grafana, wanted, NOON, version="1", overwrite=False))
    grafana.close()

    shown = repr((grafana, wanted, plan))

    assert any(step.carry_out is not None for step in plan)
    assert TOKEN not in shown
    assert INFLUX_TOKEN not in shown
    assert held.changes() == []


def test_without_a_token_the_settings_are_named(push: Push) -> None:
    del push.settings["PANTAU__GRAFANA__TOKEN"]
    assert "PANTAU__GRAFANA__TOKEN_FILE" in push().output


def test_nobody_at_the_address_is_said_with_the_address(push: Push) -> None:
    [port] = free_ports(1)
    failed = push(grafana__url=f"http://127.0.0.1:{port}")
    assert failed.exit_code == 1
    assert f"nobody answers at http://127.0.0.1:{port}" in failed.output


def test_a_step_that_is_refused_does_not_keep_the_others_from_being_done(
    push: Push, held: Held
) -> None:
    held.answers["POST /api/datasources"] = (403, {"message": "datasources:create"})

    pushed = push()

    assert pushed.exit_code == 1
    assert pushed.output.count("the token may not do this: datasources:create") == 3
    assert sorted(held.dashboards) == ["pantau-city", "pantau-wifi"]


def test_a_grafana_below_a_path_is_found(held: Held, tmp_path: Path) -> None:
    with GrafanaServer(held, prefix="/grafik") as server:
        pushed = Push(tmp_path / "data", server.url)()
    assert pushed.exit_code == 0, pushed.output
    assert sorted(held.dashboards) == ["pantau-city", "pantau-wifi"]


def test_an_answer_without_end_is_cut_short(push: Push, held: Held) -> None:
    endless = {"padding": "x" * (33 * 2**20)}
    held.answers["GET /api/folders/pantau"] = (200, endless)

    failed = push()

    assert failed.exit_code == 1
    assert "answers more than Grafana would" in failed.output


def test_a_span_without_a_unit_is_refused(push: Push) -> None:
    refused = push("--events-since", "5")
    assert refused.exit_code == 2
    assert "write 5s or 5m" in refused.output

"""The commands as people and scripts use them."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from api.cli import COMMANDS, main
from collector.store import Store

CONFIG = "collector_id: tes\ndata_directory: data\n"


def pantau(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api", *arguments]
    return subprocess.run(  # noqa: S603 - our own program
        command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pantau.yaml").write_text(CONFIG)
    return tmp_path


def test_every_command_has_help() -> None:
    listed = CliRunner().invoke(main, ["--help"])
    assert listed.exit_code == 0
    for command in COMMANDS:
        assert command in listed.output
        helped = CliRunner().invoke(main, [command, "--help"])
        assert helped.exit_code == 0
        assert "Usage:" in helped.output


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    context = click.Context(main)
    for name, (_, _, words) in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(200).rstrip(".") == words


@pytest.mark.parametrize(
    ("said", "unneeded"),
    [
        ("import api.importing.worker", {"fastapi", "uvicorn", "asyncpg", "openpyxl"}),
        ("import api.cli", {"sqlalchemy", "pydantic", "fastapi"}),
    ],
)
def test_small_processes_load_what_they_need(said: str, unneeded: set[str]) -> None:
    script = f"{said}; import sys; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert unneeded.isdisjoint(done.stdout.split())


@pytest.mark.parametrize(
    "words", [["demo", "--devices", "many"], ["demo", "--score", "s.json"], ["nonsense"]]
)
def test_wrong_use_is_exit_code_2(words: list[str]) -> None:
    assert CliRunner().invoke(main, words).exit_code == 2


def test_check_config_tells_every_problem_with_its_line_and_exits_1(folder: Path) -> None:
    (folder / "pantau.yaml").write_text("zone: Asia/Makasar\napi: {prot: 8080}\n")
    checked = pantau("check-config", "pantau.yaml", cwd=folder)
    assert checked.returncode == 1
    assert "pantau.yaml:1: zone:" in checked.stderr
    assert 'did you mean "port"' in checked.stderr
    as_json = pantau("check-config", "pantau.yaml", "--json", cwd=folder)
    assert len(json.loads(as_json.stdout)["problems"]) == 2


def test_check_config_is_content_with_a_good_file(folder: Path) -> None:
    checked = pantau("check-config", str(folder), cwd=folder)
    assert checked.returncode == 0, checked.stderr
    assert "all is well" in checked.stdout


def test_profiles_are_listed(tmp_path: Path) -> None:
    listed = json.loads(pantau("profile", "list", "--json", cwd=tmp_path).stdout)
    assert {"generic-ping", "tasmota"} <= {profile["profile"] for profile in listed}


@pytest.mark.parametrize(
    ("recording", "profile"),
    [("routeros_rb750gr3", "mikrotik-routeros"), ("axiscam_p5676-le", "generic-snmp")],
)
def test_a_recording_is_replayed_through_the_collectors_own_engine(
    walks: Path, tmp_path: Path, recording: str, profile: str
) -> None:
    walk = walks / f"{recording}.snmprec"
    tested = pantau("profile", "test", profile, "--walk", str(walk), "--json", cwd=tmp_path)
    assert tested.returncode == 0, tested.stderr
    answer = json.loads(tested.stdout)
    assert all(check["ok"] for check in answer["checks"])
    values = {reading["metric"]: reading["value"] for reading in answer["readings"]}
    recorded = dict(line.split("|", 2)[::2] for line in walk.read_text().splitlines())
    uptime = int(recorded["1.3.6.1.2.1.1.3.0"]) / 100
    assert values["sys_uptime_seconds"] == pytest.approx(uptime)
    assert values["sys_descr"] == recorded["1.3.6.1.2.1.1.1.0"]
    interfaces = {r["labels"].get("interface") for r in answer["readings"]}
    assert len(interfaces) >= 2


def test_a_device_that_does_not_answer_is_exit_code_1_and_says_why(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = str(silent.getsockname()[1])
        asked = pantau(
            "probe", "127.0.0.1", "--profile", "generic-snmp", "--port", port, "--json",
            cwd=tmp_path,
        )  # fmt: skip
    answer = json.loads(asked.stdout)
    by_probe = {check["probe"]: check for check in answer["checks"]}
    assert by_probe["snmp"]["ok"] is False
    assert by_probe["snmp"]["reason"] == "no_answer"
    assert answer["profile_reason"] == "named by you"


def test_a_port_in_use_is_named_with_the_remedy(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (folder / "pantau.yaml").write_text(f"{CONFIG}api: {{port: {port}}}\n")
        for command in (
            ["run", "--config", "pantau.yaml"],
            ["demo", "--devices", "20", "--port", str(port)],
        ):
            refused = pantau(*command, cwd=folder)
            assert refused.returncode == 1
            assert f"port {port} on 127.0.0.1 is in use" in refused.stderr
            assert "Traceback" not in refused.stderr


def test_a_token_is_shown_once_and_can_be_revoked(folder: Path) -> None:
    made = pantau("token", "create", "dinding-1", "--expires", "90d", "--config", "pantau.yaml",
                  cwd=folder)  # fmt: skip
    secret = made.stdout.strip()
    assert secret.startswith("pantau_")
    listed = pantau("token", "list", "--config", "pantau.yaml", cwd=folder)
    assert "dinding-1" in listed.stdout
    assert secret not in listed.stdout
    assert (
        pantau("token", "revoke", "dinding-1", "--config", "pantau.yaml", cwd=folder).returncode
        == 0
    )
    assert (
        pantau("token", "revoke", "nobody", "--config", "pantau.yaml", cwd=folder).returncode == 1
    )


def test_a_user_is_a_token_with_a_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    made = CliRunner().invoke(main, ["user", "add", "Piket 1", "--role", "operator"])
    assert made.output.startswith("pantau_")
    (row,) = json.loads(CliRunner().invoke(main, ["token", "list", "--json"]).output)
    assert (row["name"], row["role"], row["screen"]) == ("Piket 1", "operator", None)
    assert CliRunner().invoke(main, ["user", "remove", "Piket 1"]).output == "1 revoked\n"
    with Store.open(folder / "data" / "pantau.db", read_only=True) as store:
        trail = [(one.action, one.object) for one in store.audit.page().items]
    assert trail == [("token.revoke", "token:Piket 1"), ("token.create", "token:Piket 1")]


def test_the_doctor_names_what_was_looked_at(folder: Path) -> None:
    found = json.loads(pantau("doctor", "--config", "pantau.yaml", "--json", cwd=folder).stdout)
    assert [finding["what"] for finding in found][:3] == ["ping", "disk", "store"]
    assert all(finding["ok"] or finding["remedy"] for finding in found)


def test_an_unknown_profile_in_the_inventory_stops_the_start_with_its_line(folder: Path) -> None:
    (folder / "inventory").mkdir()
    (folder / "inventory" / "kota.yaml").write_text(
        'areas: [{code: "73.71", name: Makassar}]\n'
        'sites: [{id: s, name: S, area: "73.71"}]\n'
        "devices:\n"
        "  - {id: a, name: A, kind: nas, site: s, profile: hikvison-camera, address: 127.0.0.9}\n"
    )
    refused = pantau("run", "--config", "pantau.yaml", cwd=folder)
    assert refused.returncode == 1
    assert "kota.yaml:4: devices[0].profile" in refused.stderr
    assert 'did you mean "hikvision-camera"?' in refused.stderr


def test_the_doctor_holds_the_store_against_itself(folder: Path) -> None:
    absent = pantau("doctor", "--store", cwd=folder)
    assert absent.returncode == 1
    assert "there is no" in absent.stdout
    with Store.open(folder / "data" / "pantau.db"):
        pass
    sound = pantau("doctor", "--store", "--all", "--json", cwd=folder)
    assert sound.returncode == 0, sound.stderr
    assert [one["ok"] for one in json.loads(sound.stdout)] == [True]
    forgotten = pantau("doctor", "--store", "--forget-sums", cwd=folder)
    assert forgotten.returncode == 0
    assert "0 kept sums forgotten" in forgotten.stdout
    assert pantau("doctor", "--all", cwd=folder).returncode == 2

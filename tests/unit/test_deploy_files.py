"""What is deployed holds together: compose file, image, provisioning, scripts.

No Docker can be run where the tests run. So everything that can go wrong without being seen by
reading one file alone is held here: names that must agree, settings that must exist, doors that
must stay shut.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from api.cli import main
from collector.config.load import variable_of
from collector.config.settings import setting_names
from dashboards.grafana import LANGUAGES

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"secrets", "setup"}
LONG = sorted(set(SERVICES) - ONCE)
OURS = sorted(name for name, one in SERVICES.items() if one["image"].startswith("pantau:"))
PROVISIONING = REPOSITORY / "deploy" / "grafana" / "provisioning"


def parts(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the mounts of a service: source, target, mode."""
    for mount in SERVICES[name].get("volumes", []):
        words = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", mount).split(":")
        yield words[0], words[1], words[2] if len(words) > 2 else "rw"


def needs(name: str) -> dict[str, str]:
    return {key: one["condition"] for key, one in SERVICES[name].get("depends_on", {}).items()}


def test_there_is_no_version_key_and_the_project_has_a_name() -> None:
    assert "version" not in COMPOSE
    assert COMPOSE["name"] == "pantau"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_image_is_pinned(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert image
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", tag), tag


def test_the_images_that_a_build_starts_from_are_pinned() -> None:
    for tag in re.findall(r"^FROM \S+?:(\S+) AS", dockerfile(), re.MULTILINE):
        assert re.match(r"\d+", tag)
    assert "latest" not in dockerfile()


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_has_no_rights_and_nothing_to_write_on_but_its_volumes(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    user, _, _ = service["user"].partition(":")
    assert int(user) > 0


@pytest.mark.parametrize("name", LONG)
def test_every_long_service_is_asked_how_it_is_and_starts_again(name: str) -> None:
    service = SERVICES[name]

    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["healthcheck"]["start_period"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_ports_are_open_to_this_machine_alone(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.match(r"\$\{PANTAU_[A-Z]+_ADDRESS:-127\.0\.0\.1\}:", port), port


def test_influxdb_is_published_nowhere_and_stands_in_a_network_without_a_way_out() -> None:
    assert "ports" not in SERVICES["influxdb"]
    assert SERVICES["influxdb"]["networks"] == ["data"]
    assert COMPOSE["networks"]["data"] == {"internal": True}


def test_networks_and_volumes_are_declared_and_used() -> None:
    networks = {network for one in SERVICES.values() for network in one.get("networks", [])}
    assert networks == set(COMPOSE["networks"])
    named = {
        source
        for name in SERVICES
        for source, _, _ in parts(name)
        if not source.startswith((".", "/"))
    }
    assert named == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_is_mounted_from_the_checkout_is_there_and_read_only(name: str) -> None:
    for source, _, mode in parts(name):
        if source.startswith("."):
            assert (REPOSITORY / source).exists(), source
            assert mode == "ro"


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_pantau_is_a_setting(name: str) -> None:
    known = {variable_of(setting) for setting in setting_names()}
    environment = SERVICES[name].get("environment", {})
    assert {key for key in environment if key.startswith("PANTAU__")} <= known


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_stands_in_a_variable(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|TOKEN|SECRET|KEY", key):
            assert key.endswith("_FILE"), key
            assert str(value).startswith("/run/secrets/"), value


def test_a_reader_of_secrets_sees_its_own_only() -> None:
    readers = {
        name: {source for source, target, _ in parts(name) if source.startswith("secrets-")}
        for name in LONG
    }
    assert readers.pop("influxdb") == {"secrets-influxdb"}
    assert readers.pop("grafana") == {"secrets-grafana"}
    assert readers.pop("mosquitto") == {"secrets-mosquitto"}
    assert set(map(frozenset, readers.values())) == {frozenset({"secrets-pantau"})}
    for name in LONG:
        for source, _, mode in parts(name):
            if source.startswith("secrets-"):
                assert mode == "ro", (name, source)


def test_everything_waits_for_what_it_needs() -> None:
    done, well = "service_completed_successfully", "service_healthy"
    assert needs("influxdb") == needs("mosquitto") == {"secrets": done}
    assert needs("setup") == {"secrets": done, "influxdb": well}
    assert needs("grafana") == needs("courier") == needs("api") == {"setup": done}
    assert needs("alerts") == {"setup": done}
    assert needs("collector") == {"setup": done, "mosquitto": well}
    for name in SERVICES:
        for other, condition in needs(name).items():
            assert condition == (done if other in ONCE else well)


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_pantau_is_one(name: str) -> None:
    service = SERVICES[name]
    commands = [service["command"], service.get("healthcheck", {}).get("test", [])[2:]]
    for words in commands:
        options = [word.split("=")[0] for word in words if word.startswith("--")]
        names = [word for word in words[:2] if not word.startswith("-") and word.isalpha()]
        if not names:
            continue
        helped = CliRunner().invoke(main, [*names, "--help"])
        assert helped.exit_code == 0, names
        for option in options:
            assert option in helped.output, (names, option)


def test_set_up_and_what_runs_read_the_same_settings() -> None:
    mounts = {
        name: {source for source, target, _ in parts(name) if target == "/etc/pantau"}
        for name in ("setup", "collector", "courier", "alerts", "api")
    }
    assert set(map(frozenset, mounts.values())) == {frozenset({"./deploy/pantau"})}
    for name in mounts:
        assert "/etc/pantau/pantau.yaml" in " ".join(SERVICES[name]["command"])


def test_one_group_reads_every_secret() -> None:
    [group] = set(re.findall(r"--gid (\d+)", dockerfile()))
    for name in ("influxdb", "grafana", "mosquitto"):
        assert SERVICES[name]["group_add"] == [group]
    for name in OURS:
        assert SERVICES[name]["user"] == f"{group}:{group}"
    assert SERVICES["collector"]["sysctls"] == {"net.ipv4.ping_group_range": f"{group} {group}"}


# --- the image ---


def dockerfile() -> str:
    return (REPOSITORY / "Dockerfile").read_text()


def copied() -> list[str]:
    """Return what the Dockerfile copies from the checkout."""
    lines = re.findall(r"^COPY (?!.*--from)(?:--\S+ )*(.+)$", dockerfile(), re.MULTILINE)
    return [word for line in lines for word in line.split()[:-1]]


@pytest.mark.parametrize("path", copied())
def test_what_is_copied_exists_and_is_not_ignored(path: str) -> None:
    assert (REPOSITORY / path).exists()
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert lines[1] == "*"
    assert any(PurePosixPath(path).is_relative_to(one) for one in allowed), path


def test_what_the_wheel_needs_is_copied() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text()
    packages = re.search(r"^packages = \[(.*?)\]", text, re.MULTILINE)
    assert packages is not None
    for package in re.findall(r'"(\w+)"', packages[1]):
        assert f"{package}/" in copied()


def test_the_image_s_version_is_pantau_s() -> None:
    version = re.search(
        r'^version = "(.+)"', (REPOSITORY / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert version is not None
    assert {SERVICES[name]["image"] for name in OURS} == {f"pantau:{version[1]}"}


def test_requirements_are_installed_by_their_hashes_and_nobody_is_root_at_the_end() -> None:
    text = dockerfile()
    assert "--require-hashes" in text
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001:10001"]
    assert "ENV " not in text.replace("ENV PATH", "").replace("ENV PIP", "")


# --- variables and provisioning ---


def test_every_variable_for_people_stands_in_the_example() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    example = (REPOSITORY / ".env.example").read_text()
    said = dict(re.findall(r"\$\{(PANTAU_\w+):-([^}]*)\}", text))
    for name, default in said.items():
        assert f"# {name}=" in example
        if name != "PANTAU_CONFIG":
            assert f"# {name}={default}\n" in example
    assert set(re.findall(r"^# (PANTAU_\w+)=", example, re.MULTILINE)) == set(said)


def provisioned(path: str) -> Any:
    return yaml.safe_load((PROVISIONING / path).read_text())


def test_every_variable_of_the_provisioning_is_given_to_grafana() -> None:
    environment = SERVICES["grafana"]["environment"]
    for file in PROVISIONING.rglob("*.yaml"):
        text = re.sub(r"^\s*#.*$", "", file.read_text(), flags=re.MULTILINE).replace("$$", "")
        for name in re.findall(r"\$\{?(PANTAU_\w+?)(?:\}|(?=[\s/\"]|$))", text, re.MULTILINE):
            assert name in environment, (file.name, name)


def test_data_sources_have_fixed_uids_and_the_token_comes_from_its_file() -> None:
    sources = provisioned("datasources/pantau.yaml")["datasources"]

    assert [one["uid"] for one in sources] == [
        "pantau-influxdb",
        "pantau-influxdb-5m",
        "pantau-influxdb-1h",
    ]
    assert [one.get("isDefault", False) for one in sources] == [True, False, False]
    token = "/run/secrets/influxdb-read-token"  # noqa: S105 - its file
    for one in sources:
        assert one["jsonData"]["httpHeaderName1"] == "Authorization"
        assert one["secureJsonData"] == {"httpHeaderValue1": f"Token $__file{{{token}}}"}
    made = [word for word in SERVICES["setup"]["command"] if "/secrets/grafana/" in word]
    assert made == ["--read-token-file=/secrets/grafana/influxdb-read-token"]


def test_dashboards_are_read_from_where_they_are_mounted() -> None:
    [provider] = provisioned("dashboards/pantau.yaml")["providers"]
    mounted = {target for _, target, _ in parts("grafana")}
    assert provider["options"]["path"] == "/etc/pantau/dashboards/$PANTAU_LANGUAGE"
    assert "/etc/pantau/dashboards" in mounted
    assert provider["allowUiUpdates"] is False


def test_the_first_page_of_grafana_is_there_in_both_languages() -> None:
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    found = re.fullmatch(r"/etc/pantau/dashboards/\$\{PANTAU_LANGUAGE:-id\}/(.+)", home)
    assert found is not None
    for language in LANGUAGES:
        assert (REPOSITORY / "dashboards" / "grafana" / language / found[1]).is_file()


def test_rules_ask_our_data_source_and_share_the_folder_of_the_dashboards() -> None:
    [provider] = provisioned("dashboards/pantau.yaml")["providers"]
    uids = {one["uid"] for one in provisioned("datasources/pantau.yaml")["datasources"]}
    for group in provisioned("alerting/rules.yaml")["groups"]:
        assert group["folder"] == provider["folder"]
        for rule in group["rules"]:
            assert rule["labels"]["platform"] == "pantau"  # what the example of a policy matches
            asked = {one["datasourceUid"] for one in rule["data"]}
            assert asked <= {*uids, "__expr__"}


def test_the_policies_are_an_example_and_name_the_contact_point() -> None:
    assert not (PROVISIONING / "alerting" / "policies.yaml").exists()
    [policy] = provisioned("alerting/policies.yaml.example")["policies"]
    [point] = provisioned("alerting/contact-points.yaml")["contactPoints"]
    assert policy["receiver"] == point["name"]


def test_the_folder_of_settings_is_right() -> None:
    checked = CliRunner().invoke(main, ["check-config", str(REPOSITORY / "deploy" / "pantau")])
    assert checked.exit_code == 0, checked.output

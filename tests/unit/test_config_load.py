"""What a good configuration becomes: defaults, file, environment, secrets."""

import re
from pathlib import Path

import pytest

from collector.config import Config, ConfigError, load_config
from collector.config.load import variable_of
from collector.config.settings import setting_names
from collector.contract import Rules
from collector.model import Credential, Rule

SECRET = "rahasia-kota"  # noqa: S105 - it opens nothing


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def problems_of(path: Path | None, environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ)
    return str(caught.value)


def test_without_file_and_environment_the_defaults_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "inventory" / "of-somebody-else.yaml", "nonsense")

    config = load_config(None, {"HOME": "/root", "PANTAU_OTHER": "x"})

    assert config.collector_id == "main"
    assert config.data_directory == tmp_path / "data"
    assert (config.zone, config.language) == ("Asia/Makassar", "id")
    assert (config.inventory, config.profiles, config.credentials) == ((), (), {})
    assert (config.api.host, config.api.port) == ("127.0.0.1", 8080)
    assert (config.ping.timeout_seconds, config.ping.count) == (1.0, 3)
    assert (config.snmp.timeout_seconds, config.snmp.retries) == (1.0, 1)
    assert config.mqtt is None
    assert config.rule == Rule(confirm=3, recover=2, retry_seconds=5.0, fresh_intervals=2.5)
    assert (config.contracts, config.contract, config.rules) == ({}, None, Rules())
    assert config.file is None


def test_an_empty_file_changes_nothing_but_where_paths_begin(tmp_path: Path) -> None:
    config = load_config(write(tmp_path / "pantau.yaml", "# nothing yet\n"), {})

    assert config.data_directory == tmp_path / "data"
    assert config.api == load_config(None, {}).api


@pytest.mark.parametrize("text", ["traps:\n", "traps: {}\n"])
def test_a_section_for_traps_listens_even_if_nothing_stands_in_it(
    tmp_path: Path, text: str
) -> None:
    silent = load_config(write(tmp_path / "silent.yaml", "zone: Asia/Jakarta\n"), {})
    config = load_config(write(tmp_path / "pantau.yaml", text), {})

    assert silent.traps is None
    assert config.traps is not None
    assert (config.traps.port, config.traps.addresses) == (162, ("0.0.0.0", "::"))  # noqa: S104


def test_where_to_listen_for_traps_may_be_said(tmp_path: Path) -> None:
    text = "traps: {port: 1162, addresses: 10.20.0.5}\n"
    config = load_config(
        write(tmp_path / "pantau.yaml", text), {"PANTAU__TRAPS__ADDRESSES": "127.0.0.1, ::1"}
    )

    assert config.traps is not None
    assert (config.traps.port, config.traps.addresses) == (1162, ("127.0.0.1", "::1"))
    assert problems_of(None, {"PANTAU__TRAPS__ADDRESSES": "eth0"}) == (
        'environment: PANTAU__TRAPS__ADDRESSES: "eth0" is no IP address; '
        'write an address of this machine, or 0.0.0.0 and "::" for all'
    )


def test_paths_are_relative_to_the_file_and_globs_find_files(tmp_path: Path) -> None:
    write(tmp_path / "sites" / "a" / "x.yaml", "")
    write(tmp_path / "sites" / "b" / "y.yaml", "")
    write(tmp_path / "extra.yaml", "")
    (tmp_path / "own").mkdir()
    text = (
        "inventory: [sites/*/*.yaml, extra.yaml, extra.yaml]\nprofiles: own\ndata_directory: ../d\n"
    )

    config = load_config(write(tmp_path / "pantau.yaml", text), {})

    assert [path.name for path in config.inventory] == ["x.yaml", "y.yaml", "extra.yaml"]
    assert config.profiles == (tmp_path / "own",)
    assert config.data_directory.resolve() == tmp_path.parent / "d"


def test_durations_become_seconds(tmp_path: Path) -> None:
    text = "ping: {timeout: 500ms}\nsnmp: {timeout: 1.5s}\nrule: {retry: 1m}\n"

    config = load_config(write(tmp_path / "pantau.yaml", text), {})

    assert config.ping.timeout_seconds == 0.5
    assert config.snmp.timeout_seconds == 1.5
    assert config.rule_of("ping").retry_seconds == 60.0


def test_how_long_a_result_is_fresh_is_the_same_for_every_probe(tmp_path: Path) -> None:
    config = load_config(write(tmp_path / "pantau.yaml", "rule: {fresh: 4}\n"), {})

    assert [config.rule_of(probe).fresh_intervals for probe in ("ping", "snmp", "mqtt")] == [
        4.0
    ] * 3


def test_rechecks_over_snmp_are_slower_than_pings() -> None:
    config = load_config(None, {})

    assert config.rule_of("ping").retry_seconds == 5.0
    assert config.rule_of("snmp").retry_seconds == 15.0
    assert config.rule_of("mqtt").retry_seconds == 15.0
    assert config.rule_of("snmp").confirm == 3


# --- environment ------------------------------------------------------------------------------


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "pantau.yaml", "api: {port: 81, host: 0.0.0.0}\n")

    config = load_config(path, {"PANTAU__API__PORT": "82", "PANTAU__LANGUAGE": "en"})

    assert (config.api.host, config.api.port, config.language) == ("0.0.0.0", 82, "en")  # noqa: S104


def test_lists_in_the_environment_have_commas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.yaml", "")
    write(tmp_path / "b.yaml", "")

    config = load_config(None, {"PANTAU__INVENTORY": "a.yaml, b.yaml"})

    assert config.inventory == (tmp_path / "a.yaml", tmp_path / "b.yaml")


def test_a_credential_in_the_environment_takes_the_place_of_its_file(tmp_path: Path) -> None:
    text = "credentials: {kota-lama: {version: '1', community_file: not/there}}\n"
    path = write(tmp_path / "pantau.yaml", text)

    config = load_config(path, {"PANTAU__CREDENTIALS__KOTA_LAMA__COMMUNITY": SECRET})

    credential = config.credentials["kota-lama"]
    assert (credential.version, credential.community) == ("1", SECRET)


def test_a_new_credential_can_come_from_the_environment_alone(tmp_path: Path) -> None:
    secret = write(tmp_path / "kota", f"{SECRET}\n")

    config = load_config(None, {"PANTAU__CREDENTIALS__KOTA__COMMUNITY_FILE": str(secret)})

    assert config.credentials["kota"].community == SECRET


TEXTS_THAT_TAKE_ANYTHING = {
    "exports.custodian",
    "exports.license",
    "exports.producer",
    "exports.token",
    "grafana.token",
    "influxdb.organisation",
    "influxdb.read_token",
    "influxdb.token",
    "api.host",
    "data_directory",
    "mqtt.host",
    "mqtt.username",
    "mqtt.password",
    "report.address",
    "report.agency",
    "report.number",
    "report.place",
    "report.unit",
    "credentials.NAME.community",
}


@pytest.mark.parametrize("name", sorted(set(setting_names()) - TEXTS_THAT_TAKE_ANYTHING))
def test_every_setting_has_a_variable(name: str) -> None:
    variable = variable_of(name)

    told = problems_of(None, {variable: "/none of/ these"})

    apart = re.search("no (community|user)|belongs to version|no authentication|without tls", told)
    assert f"environment: {variable}: " in told or apart
    assert "is no setting" not in told


def test_a_variable_that_fits_nowhere_is_a_problem() -> None:
    assert problems_of(None, {"PANTAU__API__PRT": "1"}) == (
        'environment: PANTAU__API__PRT: is no setting; did you mean "PANTAU__API__PORT"?'
    )
    for variable in ("PANTAU__", "PANTAU__API", "PANTAU__API__PORT__X", "PANTAU__CREDENTIALS__A"):
        assert "is no setting" in problems_of(None, {variable: "1"})


def test_a_bad_value_in_the_environment_names_its_variable(tmp_path: Path) -> None:
    path = write(tmp_path / "pantau.yaml", "snmp: {timeout: 1s}\n")

    assert problems_of(path, {"PANTAU__SNMP__TIMEOUT": "5"}) == (
        'environment: PANTAU__SNMP__TIMEOUT: "5" has no unit; write 5s or 5m'
    )


def test_a_variable_below_a_word_says_what_to_mend(tmp_path: Path) -> None:
    path = write(tmp_path / "pantau.yaml", "snmp: fast\n")

    assert f"{path}:1: snmp: is no mapping; mend it, so that PANTAU__SNMP__PORT fits" in (
        problems_of(path, {"PANTAU__SNMP__PORT": "161"})
    )


# --- secrets ----------------------------------------------------------------------------------


def with_secret(tmp_path: Path, content: bytes | None, mode: int = 0o600) -> Path:
    secret = tmp_path / "secrets" / "kota"
    secret.parent.mkdir()
    if content is not None:
        secret.write_bytes(content)
        secret.chmod(mode)
    text = "credentials:\n  kota:\n    community_file: secrets/kota\n"
    return write(tmp_path / "pantau.yaml", text)


def test_a_secret_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    config = load_config(with_secret(tmp_path, f"{SECRET}\r\n".encode()), {})

    assert config.credentials["kota"].community == SECRET
    assert config.credentials["kota"].version == "2c"


def test_a_user_has_a_password_in_a_file_and_another_in_the_environment(tmp_path: Path) -> None:
    write(tmp_path / "secrets" / "auth", f"{SECRET}-1\n")
    text = (
        "credentials:\n  inti: {version: 3, user: pantau, authentication: sha256,\n"
        "    authentication_password_file: secrets/auth, privacy: aes128, context: vlan-10}\n"
    )
    path = write(tmp_path / "pantau.yaml", text)

    config = load_config(path, {"PANTAU__CREDENTIALS__INTI__PRIVACY_PASSWORD": f"{SECRET}-2"})

    assert config.credentials["inti"] == Credential(
        "inti", "3", "", "pantau", "sha256", f"{SECRET}-1", "aes128", f"{SECRET}-2", "vlan-10"
    )
    assert SECRET not in repr(config.credentials)


def test_a_user_may_have_no_password_at_all(tmp_path: Path) -> None:
    path = write(tmp_path / "pantau.yaml", "credentials: {inti: {version: '3', user: pantau}}\n")

    assert load_config(path, {}).credentials["inti"] == Credential("inti", "3", user="pantau")


def test_a_password_file_that_is_too_short_says_so(tmp_path: Path) -> None:
    write(tmp_path / "auth", "pendek7")
    text = (
        "credentials:\n  inti: {version: 3, user: pantau, authentication: md5,\n"
        "    authentication_password_file: auth}\n"
    )
    path = write(tmp_path / "pantau.yaml", text)

    assert problems_of(path, {}) == (
        f"{path}:3: credentials.inti.authentication_password_file: the password in "
        '"auth" is shorter than 8 characters; take the password that the agent was given'
    )


def test_the_password_of_the_broker_comes_from_its_file(tmp_path: Path) -> None:
    write(tmp_path / "mqtt", SECRET)
    path = write(tmp_path / "pantau.yaml", "mqtt: {username: pantau, password_file: mqtt}\n")

    config = load_config(path, {})

    assert config.mqtt is not None
    assert config.mqtt.password is not None
    assert config.mqtt.password.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (
            None,
            0o600,
            '"secrets/kota" cannot be read: no such file or directory; '
            "make the file or mend the path",
        ),
        (b"\n", 0o600, '"secrets/kota" is empty; write the secret alone into it'),
        (b"\xff\xfe", 0o600, '"secrets/kota" is not UTF-8 text; write the secret as text'),
        (
            b"x" * 5000,
            0o600,
            '"secrets/kota" is larger than 4096 bytes; write the secret alone into it',
        ),
        (SECRET.encode(), 0o644, 'everybody can read "secrets/kota"; run: chmod 600 S'),
    ],
)
def test_a_secret_file_that_cannot_be_used_says_why(
    tmp_path: Path, content: bytes | None, mode: int, problem: str
) -> None:
    path = with_secret(tmp_path, content, mode)

    told = problems_of(path, {}).replace(str(tmp_path / "secrets" / "kota"), "S")

    assert told == f"{path}:3: credentials.kota.community_file: {problem}"


def test_no_secret_is_in_any_repr_or_problem(tmp_path: Path) -> None:
    text = (
        f"credentials: {{kota: {{community: {SECRET}}}}}\n"
        f"mqtt: {{username: u, password: {SECRET}}}\n"
    )
    config: Config = load_config(write(tmp_path / "pantau.yaml", text), {})

    assert config.credentials["kota"].community == SECRET
    assert SECRET not in repr(config) + str(config)

    broken = (
        f"credentials:\n  {{a: {SECRET}, b: [{SECRET}], c: {{version: {SECRET}, community: [x]}},"
        f" d: {{community: [{SECRET}]}}, e: {{comunity: {SECRET}}},"
        f" f: {{version: 3, user: [{SECRET}], privacy: {SECRET}, privacy_password: {SECRET}}}}}\n"
        f"mqtt: {{password: [{SECRET}], password_file: {{x: {SECRET}}}}}\n"
    )
    told = problems_of(write(tmp_path / "broken.yaml", broken), {})
    assert told.count("\n") >= 6
    assert SECRET not in told


def test_the_brokers_authority_must_be_a_certificate(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing of the kind\n")
    path = write(tmp_path / "pantau.yaml", "mqtt: {tls: true, ca_file: ca.pem}\n")
    assert problems_of(path, {}).endswith("write the authority's PEM file")
    assert 'mqtt.ca_file: "ca.pem" holds no certificate' in problems_of(path, {})
    path = write(tmp_path / "pantau.yaml", "mqtt: {ca_file: ca.pem}\n")
    assert "ca_file without tls; add tls: true, or remove ca_file" in problems_of(path, {})


def test_the_file_of_alerts_lies_beside_the_settings_and_exists(tmp_path: Path) -> None:
    path = write(tmp_path / "pantau.yaml", "alerts: alerts.yaml\n")
    assert 'alerts: "alerts.yaml" is no file; make it' in problems_of(path, {})
    write(tmp_path / "alerts.yaml", "")
    assert load_config(path, {}).alerts == tmp_path / "alerts.yaml"
    assert load_config(None, {}).alerts is None

"""`pantau probe` as a user of SNMPv3: passwords from files, never from the line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from tests.conftest import need_program
from tests.snmpd import running

AUTH, PRIV = "kata-sandi-satu", "kata-sandi-dua"
AGENT = f"""
sysName uji-01
rocommunity rahasia-kota
createUser pantau SHA-256 {AUTH} AES {PRIV}
rouser pantau priv
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running(need_program("snmpd"), tmp_path_factory.mktemp("snmpd"), AGENT) as port:
        yield port


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, secret in (("auth", AUTH), ("priv", PRIV), ("short", "pendek"), ("open", AUTH)):
        (tmp_path / name).write_text(secret + "\n")
        (tmp_path / name).chmod(0o644 if name == "open" else 0o600)
    (tmp_path / "pantau.yaml").write_text(
        "credentials:\n"
        "  inti: {version: 3, user: pantau, authentication: sha256, privacy: aes128,\n"
        "    authentication_password_file: auth, privacy_password_file: priv}\n"
        "  kota: {community: rahasia-kota}\n"
    )
    return tmp_path


USER = ["--user", "pantau", "--auth", "sha256", "--auth-password-file", "auth"]
SEALED = [*USER, "--priv", "aes128", "--priv-password-file", "priv"]


def probe(*words: str, port: int = 161) -> Result:
    line = ["probe", "127.0.0.1", "--profile", "generic-snmp", "--port", str(port), "--json"]
    return CliRunner().invoke(main, [*line, *words])


@pytest.mark.parametrize(
    "words",
    [SEALED, ["--credential", "inti"], ["--credential", "kota"], ["--community", "rahasia-kota"]],
)
def test_a_device_is_asked_as_the_line_says(folder: Path, port: int, words: list[str]) -> None:
    assert folder.is_dir()
    asked = probe(*words, port=port)
    answer = json.loads(asked.stdout)
    names = [one["value"] for one in answer["readings"] if one["metric"] == "sys_name"]
    assert names == ["uji-01"]


def test_what_is_wrong_with_a_user_is_told(folder: Path, port: int) -> None:
    (folder / "auth").write_text("bukan-kata-sandi")
    checks = json.loads(probe(*SEALED, port=port).stdout)["checks"]
    check = next(one for one in checks if one["probe"] == "snmp")
    assert check["reason"] == "credential_refused"
    assert "signature wrong" in check["detail"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--snmp-version", "3"], "SNMPv3 asks as a user; add --user"),
        ([*USER, "--community", "x"], "SNMPv3 has users; leave --community out"),
        ([*USER, "--snmp-version", "2c"], "--user and what belongs to it need --snmp-version 3"),
        (["--user", "pantau", "--auth", "sha"], "go together; add --auth-password-file"),
        (["--user", "pantau", "--auth-password-file", "auth"], "go together; add --auth"),
        (
            ["--user", "pantau", "--priv", "des", "--priv-password-file", "priv"],
            "nothing is encrypted without being signed; add --auth",
        ),
        (["--user", "u", "--auth", "sha", "--auth-password-file", "short"], "is shorter than 8"),
        (["--user", "u", "--auth", "sha", "--auth-password-file", "open"], "everybody can read"),
        (["--user", "u", "--auth", "sha", "--auth-password-file", "none"], "cannot be read"),
        (["--credential", "kotta"], 'there is no credential "kotta"; did you mean "kota"?'),
        (["--credential", "kota", "--user", "u"], "--credential says it all"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    folder: Path, words: list[str], problem: str
) -> None:
    assert folder.is_dir()
    told = probe(*words)
    assert told.exit_code == 2
    assert problem in told.output
    assert AUTH not in told.output

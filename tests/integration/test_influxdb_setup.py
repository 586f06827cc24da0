"""`pantau influxdb setup`: on a real 1.6.7, and on a mock of the API of 2.x and 3 Core."""

import json
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from tests.influx_setup_server import ADMIN, Answers, SetupServer
from tests.influxd import Influxd, free_ports


@pytest.fixture
def admin(tmp_path: Path) -> Path:
    file = tmp_path / "admin"
    file.write_text(ADMIN + "\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def second() -> Iterator[SetupServer]:
    with SetupServer(Answers()) as server:
        yield server


def setup(url: str, *arguments: str | Path, **settings: str) -> Result:
    environ = {f"PANTAU__INFLUXDB__{key.upper()}": value for key, value in settings.items()}
    environ["PANTAU__INFLUXDB__URL"] = url
    words = ["influxdb", "setup", *(str(word) for word in arguments)]
    return CliRunner().invoke(main, words, env=environ)


def test_buckets_and_tokens_are_made_once_and_left_as_they_are_then(
    second: SetupServer, admin: Path, tmp_path: Path
) -> None:
    write, read = tmp_path / "write", tmp_path / "read"
    words = ("--admin-token-file", admin, "--write-token-file", write, "--read-token-file", read)

    first = setup(second.url, *words)

    assert first.exit_code == 0, first.output
    assert {name: one["retentionRules"][0]["everySeconds"] for name, one in buckets(second)} == {
        "pantau": 30 * 86_400,
        "pantau_5m": 180 * 86_400,
        "pantau_1h": 1100 * 86_400,
    }
    assert rights(second, write) == {"write"}
    assert rights(second, read) == {"read"}
    assert [stat.S_IMODE(file.stat().st_mode) for file in (write, read)] == [0o600, 0o600]
    assert "bucket pantau: made, keeps 30d" in first.output

    tokens = (write.read_text(), read.read_text())
    again = setup(second.url, *words)

    assert again.exit_code == 0, again.output
    assert "made" not in again.output
    assert "changed" not in again.output
    assert (write.read_text(), read.read_text()) == tokens
    assert len(second.answers.tokens) == 2
    for secret in (ADMIN, *tokens):
        assert secret not in first.output + again.output


def buckets(server: SetupServer) -> list[tuple[str, dict[str, list[dict[str, int]]]]]:
    return list(server.answers.buckets.items())


def rights(server: SetupServer, file: Path) -> set[str]:
    permissions = server.answers.tokens[file.read_text()]["permissions"]
    assert len(permissions) == 3
    return {one["action"] for one in permissions}


def test_a_retention_that_differs_is_changed_and_said(second: SetupServer, admin: Path) -> None:
    setup(second.url, "--admin-token-file", admin)

    longer = setup(second.url, "--admin-token-file", admin, keep="60d")

    assert "bucket pantau: changed, keeps 60d instead of 30d" in longer.output
    rules = second.answers.buckets["pantau"]["retentionRules"]
    assert [rule["everySeconds"] for rule in rules] == [60 * 86_400]


def test_a_token_that_works_no_more_is_replaced_and_copies_are_brought_in_line(
    second: SetupServer, admin: Path, tmp_path: Path
) -> None:
    ours, grafana = tmp_path / "ours", tmp_path / "grafana"
    words = ("--admin-token-file", admin, "--read-token-file", ours, "--read-token-file", grafana)
    setup(second.url, *words)
    assert ours.read_text() == grafana.read_text()
    grafana.unlink()
    copied = setup(second.url, *words)
    assert f"token that reads: copied, in {grafana}" in copied.output
    assert len(second.answers.tokens) == 1

    second.answers.tokens.clear()
    renewed = setup(second.url, *words, "--group-may-read")

    assert renewed.exit_code == 0, renewed.output
    assert list(second.answers.tokens) == [ours.read_text()] == [grafana.read_text()]
    assert stat.S_IMODE(grafana.stat().st_mode) == 0o640


def test_a_token_with_the_wrong_right_is_not_kept(
    second: SetupServer, admin: Path, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    setup(second.url, "--admin-token-file", admin, "--read-token-file", file)
    setup(second.url, "--admin-token-file", admin, "--write-token-file", file)

    assert rights(second, file) == {"write"}


def test_the_files_that_are_to_be_written_may_already_stand_in_the_settings(
    second: SetupServer, admin: Path, tmp_path: Path
) -> None:
    file = tmp_path / "write"
    words = ("--admin-token-file", admin, "--write-token-file", file)

    made = setup(second.url, *words, token_file=str(file), read_token_file=str(tmp_path / "read"))

    assert made.exit_code == 0, made.output
    assert file.read_text() in second.answers.tokens


def test_a_server_that_starts_is_waited_for(second: SetupServer, admin: Path) -> None:
    second.answers.unavailable = 1

    assert setup(second.url, "--admin-token-file", admin, "--wait", "30s").exit_code == 0


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        ({"refused": 401}, "does not know the administrator's token"),
        ({"refused": 403}, "may not do this: read:orgs is unauthorized"),
        ({"refused": 500}, "InfluxDB answers 500"),
        ({"version": "v2.1.0"}, "upgrade it to 2.7 or newer"),
        ({"version": "nginx"}, "does not answer as InfluxDB 1, 2 or 3 does"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(
    second: SetupServer, admin: Path, prepare: dict[str, int | str], words: str
) -> None:
    for name, value in prepare.items():
        setattr(second.answers, name, value)

    failed = setup(second.url, "--admin-token-file", admin)

    assert failed.exit_code == 1
    assert words in failed.output
    assert "Traceback" not in failed.output
    assert ADMIN not in failed.output


def test_an_unknown_organisation_and_a_missing_token_are_told(
    second: SetupServer, admin: Path
) -> None:
    unknown = setup(second.url, "--admin-token-file", admin, organisation="dinas")
    assert "InfluxDB has no organisation dinas" in unknown.output
    assert unknown.exit_code == 1
    without = setup(second.url)
    assert "--admin-token-file" in without.output
    assert without.exit_code == 1


def test_nobody_at_the_address_is_told_with_the_address() -> None:
    [port] = free_ports(1)
    failed = setup(f"http://127.0.0.1:{port}")
    assert failed.exit_code == 1
    assert f"nobody answers at http://127.0.0.1:{port}" in failed.output


def test_a_folder_that_is_missing_is_told_before_a_token_is_made(
    second: SetupServer, admin: Path, tmp_path: Path
) -> None:
    file = tmp_path / "nowhere" / "token"

    failed = setup(second.url, "--admin-token-file", admin, "--write-token-file", file)

    assert f"there is no folder {file.parent}" in failed.output
    assert second.answers.tokens == {}


def test_3_core_gets_databases_and_says_that_it_has_no_scoped_tokens(
    admin: Path, tmp_path: Path
) -> None:
    with SetupServer(Answers(version="3.10.1")) as server:
        words = ("--admin-token-file", admin, "--write-token-file", tmp_path / "write", "--json")
        steps = json.loads(setup(server.url, *words).output)
        assert server.answers.databases == {
            "pantau": "30d",
            "pantau_5m": "180d",
            "pantau_1h": "1100d",
        }
        assert [step["done"] for step in steps] == ["note", "made", "made", "made", "note"]
        again = json.loads(setup(server.url, *words).output)
        assert [step["done"] for step in again] == ["note", "same", "same", "same", "note"]
        assert not (tmp_path / "write").exists()


# --- the first generation, for real ---------------------------------------------------------------


@pytest.fixture
def bucket(influxd: Influxd) -> Iterator[str]:
    name = f"siap-{uuid.uuid4().hex[:8]}"
    yield name
    for suffix in ("", "_5m", "_1h"):
        influxd.drop_database(name + suffix)
    for user in ("pantau-write", "pantau-read"):
        rows = [row for one in influxd.query("SHOW USERS") for row in one.get("values", [])]
        if [user, False] in rows:
            influxd.query(f'DROP USER "{user}"')


def retention(influxd: Influxd, database: str) -> list[tuple[str, str, bool]]:
    [series] = influxd.query(f'SHOW RETENTION POLICIES ON "{database}"')
    return [(row[0], row[1], row[4]) for row in series["values"]]


def test_influxd_gets_databases_with_retention_and_users_with_one_right(
    influxd: Influxd, bucket: str, tmp_path: Path
) -> None:
    write, read = tmp_path / "write", tmp_path / "read"
    words = ("--write-token-file", write, "--read-token-file", read)

    made = setup(influxd.url, *words, bucket=bucket)

    assert made.exit_code == 0, made.output
    assert retention(influxd, bucket) == [("autogen", "720h0m0s", True)]
    assert retention(influxd, f"{bucket}_1h") == [("autogen", "26400h0m0s", True)]
    for user, right in (("pantau-write", "WRITE"), ("pantau-read", "READ")):
        [granted] = influxd.query(f'SHOW GRANTS FOR "{user}"')
        ours = {tuple(row) for row in granted["values"] if row[0].startswith(bucket)}
        assert ours == {(bucket + suffix, right) for suffix in ("", "_5m", "_1h")}
    assert write.read_text().startswith("pantau-write:")
    assert write.read_text() not in made.output
    assert "the server asks nobody for a token" in made.output


def test_influxd_is_left_as_it_is_but_for_a_retention_that_differs(
    influxd: Influxd, bucket: str, tmp_path: Path
) -> None:
    token = tmp_path / "write"
    influxd.create_database(bucket)  # by somebody else, for ever
    first = setup(influxd.url, "--write-token-file", token, bucket=bucket)
    assert f"database {bucket}: changed, keeps 30d instead of for ever" in first.output
    held = token.read_text()

    again = setup(influxd.url, "--write-token-file", token, bucket=bucket)

    assert f"database {bucket}: same, keeps 30d" in again.output
    assert "made" not in again.output
    assert token.read_text() == held
    assert retention(influxd, bucket) == [("autogen", "720h0m0s", True)]

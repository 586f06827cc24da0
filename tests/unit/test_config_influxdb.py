"""The section influxdb: what it refuses, and with which words."""

from pathlib import Path

import pytest

from collector.config import ConfigError, load_config


def config_with(tmp_path: Path, section: str) -> Path:
    path = tmp_path / "pantau.yaml"
    path.write_text(f"influxdb: {section}\n")
    return path


def problem_of(tmp_path: Path, section: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(config_with(tmp_path, section), {})
    return str(caught.value)


def test_without_the_section_readings_stay_in_the_embedded_file(tmp_path: Path) -> None:
    path = tmp_path / "pantau.yaml"
    path.write_text("zone: Asia/Jakarta\n")
    assert load_config(path, {}).influxdb is None


def test_an_empty_section_means_a_server_on_this_machine(tmp_path: Path) -> None:
    found = load_config(config_with(tmp_path, ""), {}).influxdb
    assert found is not None
    assert found.url == "http://127.0.0.1:8086"
    assert (found.bucket, found.bucket_5m, found.bucket_1h) == ("pantau", "pantau_5m", "pantau_1h")


def test_tokens_are_read_from_their_files_and_shown_nowhere(tmp_path: Path) -> None:
    for name in ("write", "read"):
        (tmp_path / name).write_text(f"the-{name}-secret\n")
        (tmp_path / name).chmod(0o600)
    config = load_config(config_with(tmp_path, "{token_file: write, read_token_file: read}"), {})
    found = config.influxdb
    assert found is not None
    assert found.token is not None
    assert found.read_token is not None
    assert found.token.get_secret_value() == "the-write-secret"
    assert found.read_token.get_secret_value() == "the-read-secret"
    assert "secret" not in repr(config).replace("Secret", "")


def test_a_token_that_anybody_can_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "write").write_text("abc\n")
    (tmp_path / "write").chmod(0o644)
    told = problem_of(tmp_path, "{token_file: write}")
    assert 'influxdb.token_file: everybody can read "write"; run: chmod 600' in told


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("{url: 'http://a:secret@h:8086'}", "holds a name or password; move it to token_file"),
        ("{url: '127.0.0.1:8086'}", "is no address; write http://127.0.0.1:8086"),
        ("{url: 'http://h:8086/?db=x'}", "is no address"),
        ("{url: 'http://h:8086/api/v2'}", "is the address of a call; write http://h:8086"),
        ("{url: 'https://h/influx/write/'}", "is the address of a call; write https://h/influx"),
        ("{bucket: pantau/autogen}", '"pantau/autogen" is no bucket; use letters'),
        ("{spool_age: 40d}", "spool_age is longer than keep: the server would refuse"),
        ("{keep_5m: 20d}", "keep_5m is shorter than keep"),
        ("{keep_1h: 100d}", "keep_1h is shorter than keep_5m"),
        ("{token: a, token_file: b}", "token and token_file are both there; keep token_file"),
        ("{keep: 30}", '"30" has no unit; write 30s or 30m'),
        ("{in_flight: 9}", "influxdb.in_flight"),
        ("{buckets: x}", 'influxdb.buckets: unknown key; did you mean "bucket"?'),
    ],
)
def test_what_cannot_work_is_told_with_a_remedy(tmp_path: Path, section: str, words: str) -> None:
    told = problem_of(tmp_path, section)
    assert words in told
    assert "secret@" not in told

"""The engine and the proxy that the tests of InfluxDB lean on: do they answer as they should?"""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.influx_v2_proxy import (
    ALL_TOKEN,
    ORGANISATION,
    READ_TOKEN,
    WRITE_TOKEN,
    Fault,
    Proxy,
    Write,
)
from tests.influxd import Influxd


def post(
    proxy: Proxy,
    lines: bytes,
    bucket: str,
    *,
    token: str = WRITE_TOKEN,
    organisation: str = ORGANISATION,
    precision: str = "ns",
) -> tuple[int, str]:
    """Write and return the status and the server's words."""
    words = {"org": organisation, "bucket": bucket, "precision": precision}
    return ask(proxy, f"/api/v2/write?{urllib.parse.urlencode(words)}", lines, token)


def ask(proxy: Proxy, path: str, body: bytes | None, token: str) -> tuple[int, str]:
    headers = {"Authorization": f"Token {token}"}
    request = urllib.request.Request(proxy.url + path, body, headers)  # noqa: S310 - our own
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, str(json.loads(error.read())["message"])


def select(proxy: Proxy, text: str, database: str, token: str = READ_TOKEN) -> tuple[int, str]:
    words = urllib.parse.urlencode({"q": text, "db": database})
    return ask(proxy, f"/query?{words}", None, token)


def test_a_write_is_read_back_with_the_token_that_reads(influx: Proxy, database: str) -> None:
    assert post(influx, b"m,device=a v=1.5 1000\n", database) == (204, "")
    status, text = select(influx, "SELECT v FROM m", database)
    assert status == 200
    assert json.loads(text)["results"][0]["series"][0]["values"][0][1] == 1.5


@pytest.mark.parametrize(
    ("precision", "moment"), [("s", 7_000_000_000), ("ms", 7_000_000), ("us", 7_000), ("ns", 7)]
)
def test_every_precision_means_what_it_says(
    influx: Proxy, influxd: Influxd, database: str, precision: str, moment: int
) -> None:
    assert post(influx, b"m v=1 7", database, precision=precision)[0] == 204
    assert influxd.query("SELECT v FROM m", database)[0]["values"] == [[moment, 1]]


@pytest.mark.parametrize(
    ("token", "status"), [("wrong", 401), (READ_TOKEN, 403), (WRITE_TOKEN, 204), (ALL_TOKEN, 204)]
)
def test_tokens_have_the_rights_they_were_given(
    influx: Proxy, database: str, token: str, status: int
) -> None:
    assert post(influx, b"m v=1 7", database, token=token)[0] == status


def test_wrong_requests_are_answered_as_the_second_generation_does(
    influx: Proxy, database: str
) -> None:
    assert post(influx, b"m v=1 7", "nowhere") == (404, 'bucket "nowhere" not found')
    status, words = post(influx, b"m v=1 7", database, organisation="other")
    assert (status, words) == (404, 'organization name "other" not found')
    assert post(influx, b"m v=1 7", database, precision="h")[0] == 400
    assert post(influx, b"\n", database) == (400, "writing requires points")
    status, text = select(influx, "CREATE DATABASE x", database)
    assert "not implemented" in text
    assert select(influx, "SELECT v FROM m", database, WRITE_TOKEN)[0] == 403


@pytest.mark.parametrize(
    "line", [b"no fields", b"m,t= v=1 7", b"m v=1u 7", b"m v=99999999999999999999i 7"]
)
def test_a_malformed_line_refuses_the_whole_request_when_strict(
    influx: Proxy, influxd: Influxd, database: str, line: bytes
) -> None:
    status, words = post(influx, b"m v=1 7\n" + line + b"\nm v=3 9\n", database)
    assert status == 400
    assert "unable to parse" in words
    assert influxd.count(database, "m", "v") == 0


def test_a_malformed_line_spares_the_others_when_not_strict(
    influxd: Influxd, database: str
) -> None:
    with Proxy(influxd.url, strict=False) as proxy:
        assert post(proxy, b"m v=1 7\nno fields\nm v=3 9\n", database)[0] in (400, 422)
    assert influxd.count(database, "m", "v") == 2


def test_a_conflict_of_types_and_a_moment_too_old_are_422_and_spare_the_others(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    assert post(influx, b"m v=1 7", database)[0] == 204
    status, words = post(influx, b'm v="text" 8\nm v=3 9\n', database)
    assert status == 422
    assert "field type conflict" in words
    assert influxd.count(database, "m", "v") == 2
    influxd.create_database(database + "-short", "1h")
    status, words = post(influx, b"m v=1 7", database + "-short")
    assert status == 422
    assert "beyond retention" in words


def test_escapes_and_texts_are_well_formed(influx: Proxy, influxd: Influxd, database: str) -> None:
    line = 'm\\ x,a\\=b=c\\,d\\ e v="kata \\"dua\\" = , \\\\",w=true,é=-1.5e-9 -7\n'.encode()
    assert post(influx, line, database) == (204, "")
    assert influxd.query('SELECT v FROM "m x"', database)[0]["values"] == [
        [-7, 'kata "dua" = , \\']
    ]


def test_faults_come_in_order_then_by_rule(influx: Proxy, influxd: Influxd, database: str) -> None:
    influx.faults.extend(
        [Fault(503), Fault(429, headers={"Retry-After": "3"}), Fault(500, stored=True)]
    )
    assert [post(influx, b"m v=1 7", database)[0] for _ in range(4)] == [503, 429, 500, 204]
    assert [status for _, status in influx.writes] == [503, 429, 500, 204]
    influx.rule = lambda write: Fault(413) if write.count > 1 else None
    assert post(influx, b"m v=1 7\nm v=1 8", database)[0] == 413
    assert post(influx, b"m v=1 8", database)[0] == 204
    assert influxd.count(database, "m", "v") == 2


def test_a_cut_answer_is_no_answer(influx: Proxy, influxd: Influxd, database: str) -> None:
    influx.faults.extend([Fault(raw=b""), Fault(raw=b"HTTP/1.1 2", stored=True)])
    for stored in (0, 1):
        with pytest.raises((OSError, http.client.HTTPException)):
            post(influx, b"m v=1 7", database)
        assert influxd.count(database, "m", "v") == stored


def test_what_was_acknowledged_outlives_a_kill_and_meanwhile_the_answer_is_503(
    influxd_program: str, tmp_path: Path
) -> None:
    with Influxd(influxd_program, tmp_path) as engine, Proxy(engine.url) as proxy:
        engine.create_database("d")
        assert post(proxy, b"m v=1 7", "d")[0] == 204
        engine.kill()
        assert post(proxy, b"m v=1 8", "d")[0] == 503
        proxy.stop()
        with pytest.raises(urllib.error.URLError):
            post(proxy, b"m v=1 8", "d")
        proxy.start()
        engine.start()
        assert post(proxy, b"m v=1 9", "d")[0] == 204
        assert engine.count("d", "m", "v") == 2


def test_a_write_counts_its_lines() -> None:
    assert Write("b", "o", b"a v=1\n\nb v=1\n", zipped=False).count == 2

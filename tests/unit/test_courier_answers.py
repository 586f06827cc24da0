"""What answers mean, and that sorting lines loses none whatever a server answers."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from influxdb_client.client.write_api_async import WriteApiAsync
from influxdb_client.rest import ApiException

from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.answers import (
    LONGEST_WORDS,
    Answer,
    Kind,
    Outcome,
    judge,
    shorten,
    suspects,
)
from collector.courier.delivery import CANARY, Delivery, Pace
from collector.courier.report import CourierReport
from collector.courier.trouble import Troubles, explain

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
AT_ONCE = Pace(0.0, 0.0, 0.0, 0.0)


def refusal(status: int, body: bytes = b"", retry_after: str | None = None) -> ApiException:
    """Build what the client raises."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    answer = SimpleNamespace(
        status=status,
        reason="Reason",
        data=body,
        getheaders=lambda: headers,
        getheader=headers.get,
    )
    return ApiException(http_resp=answer)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("status", "body", "outcome", "kind"),
    [
        (400, b'{"message":"unable to parse"}', Outcome.REFUSED, None),
        (422, b"", Outcome.REFUSED, None),
        (413, b"", Outcome.TOO_LARGE, None),
        (401, b"", Outcome.KEPT, Kind.TOKEN),
        (403, b"", Outcome.KEPT, Kind.RIGHTS),
        (
            404,
            b'{"message":"organization name \\"x\\" not found"}',
            Outcome.KEPT,
            Kind.ORGANISATION,
        ),
        (404, b'{"message":"bucket \\"x\\" not found"}', Outcome.KEPT, Kind.BUCKET),
        (404, b'{"error":"database not found: \\"x\\""}', Outcome.KEPT, Kind.BUCKET),
        (404, b"404 page not found", Outcome.KEPT, Kind.ANSWER),
        (405, b"", Outcome.KEPT, Kind.ANSWER),
        (307, b"", Outcome.KEPT, Kind.ANSWER),
        (429, b"", Outcome.KEPT, Kind.BUSY),
        (503, b"", Outcome.KEPT, Kind.BUSY),
        (500, b"", Outcome.KEPT, Kind.SERVER),
        (599, b"", Outcome.KEPT, Kind.SERVER),
    ],
)
def test_every_status_has_a_meaning(
    status: int, body: bytes, outcome: Outcome, kind: Kind | None
) -> None:
    answer = judge(refusal(status, body), NOW)
    assert (answer.outcome, answer.status) == (outcome, status)
    assert kind is None or answer.kind is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), Kind.TIMEOUT),
        (aiohttp.ServerTimeoutError(), Kind.TIMEOUT),
        (aiohttp.ServerDisconnectedError(), Kind.UNREACHABLE),
        (ConnectionResetError(), Kind.UNREACHABLE),
        (aiohttp.ClientPayloadError("cut"), Kind.UNREACHABLE),
        (ValueError("a word that may be secret"), Kind.ANSWER),
    ],
)
def test_every_error_of_the_network_keeps_the_lines(error: Exception, kind: Kind) -> None:
    answer = judge(error, NOW)
    assert (answer.outcome, answer.kind) == (Outcome.KEPT, kind)
    assert "secret" not in answer.shown


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("1e999", 300.0),
        ("nan", 0.0),
        ("soon", None),
        ("", None),
        ("Fri, 27 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 27 Nov 2020 12:00:30 GMT", 0.0),
        ("Fri, 27 Nov 2099 12:00:30 GMT", 300.0),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_and_bounded(
    text: str | None, seconds: float | None
) -> None:
    assert judge(refusal(429, b"", text), NOW).retry_after == seconds


def test_pauses_grow_to_a_bound_and_the_servers_wish_counts() -> None:
    pace = Pace(first=0.25, longest=15.0, longest_of_settings=30.0)
    for kind, longest in ((Kind.UNREACHABLE, 15.0), (Kind.TOKEN, 30.0)):
        answer = Answer(Outcome.KEPT, 0, "", kind)
        for tries in range(1, 100):
            bound = min(longest, 0.25 * 2 ** (tries - 1))
            assert all(0 <= pace.pause(tries, answer) <= bound for _ in range(20))
    assert pace.pause(10**9, Answer(Outcome.KEPT, 0, "", Kind.TOKEN)) <= 30.0
    wish = Answer(Outcome.KEPT, 429, "", Kind.BUSY, 100.0)
    assert pace.pause(1, wish) == 100.0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"code":"invalid","message":"no"}', "no"),
        (b'{"error":"no"}', "no"),
        (
            b'{"error":"parsing failed","data":{"error_message":"at line 3"}}',
            "parsing failed: at line 3",
        ),
        (b"[1]", "[1]"),
        (b'{"other":1}', '{"other":1}'),
        (b"plain \x1b[31m text\r\n", "plain [31m text"),
        (b"\xff\xfe", "��"),
        (b"", "Reason"),
    ],
)
def test_the_servers_words_are_found_and_cleaned(body: bytes, words: str) -> None:
    assert judge(refusal(400, body), NOW).shown == words


@settings(deadline=None)
@given(st.text(max_size=400).map(lambda it: it * 3))
def test_words_are_one_bounded_line(words: str) -> None:
    short = shorten(words)
    assert len(short) <= LONGEST_WORDS
    assert short == "" or short.isprintable()


def test_the_servers_word_that_all_lines_are_bad_is_believed_when_it_counts_or_quotes_them() -> (
    None
):
    rows = [b"m v=1 1\n", b"m dropped=2 2\n"]
    said = "failure writing points to database: partial write: dropped 2 points outside retention"
    assert Answer(Outcome.REFUSED, 422, said + " dropped=2 for database: x").means_all(rows)
    assert not Answer(Outcome.REFUSED, 422, said + " dropped=3 for database: x").means_all(rows)
    assert not Answer(Outcome.REFUSED, 422, said).means_all(rows)
    quoting = "unable to parse 'm dropped=2 2': no"
    assert not Answer(Outcome.REFUSED, 400, quoting).means_all(rows)
    assert Answer(Outcome.REFUSED, 400, "unable to parse 'm v=1 1': a\n" + quoting).means_all(rows)
    assert not Answer(Outcome.REFUSED, 400, "").means_all([])


def test_hints_part_the_lines_and_no_hint_parts_nothing() -> None:
    rows = [
        b"a v=1 1\n",
        b"bad\n",
        b"b,t=1 v=1i,w=1i 2\n",
        b"b,t=1 v=1i,w=1.5 2\n",
        b"bb w=1i 2\n",
        b"b w=2i,v=3 4\n",
    ]
    quoted = Answer(Outcome.REFUSED, 400, "unable to parse 'bad': missing fields")
    assert suspects(quoted, rows) == ([rows[1]], [rows[0], *rows[2:]])
    typed = 'partial write: field type conflict: input field "w" on measurement "b" is type integer'
    assert suspects(Answer(Outcome.REFUSED, 422, typed), rows) == (
        [rows[2], rows[5]],
        [rows[0], rows[1], rows[3], rows[4]],
    )
    for type_, found in (("float", [rows[3]]), ("string", []), ("boolean", [])):
        hint = suspects(Answer(Outcome.REFUSED, 422, typed.replace("integer", type_)), rows)
        assert (hint[0] if hint else []) == found
    assert suspects(Answer(Outcome.REFUSED, 400, "no"), rows) is None
    assert suspects(quoted, [b"bad\n", b"bad\n"]) is None


def test_every_kind_of_trouble_says_what_to_do() -> None:
    chosen = InfluxdbSettings.model_validate({"token": "rahasia-sekali", "bucket": "kota"})
    for kind in Kind:
        words = explain(Answer(Outcome.KEPT, 404, "{said}", kind), "kota", chosen)
        assert "{said}" in words  # the server's braces are no placeholders of ours
        assert chosen.url in words or "kota" in words
        assert words.endswith("; everything is kept on disk and sent then")
        assert "rahasia" not in words


@pytest.mark.parametrize(
    ("kind", "times"), [(Kind.BUSY, 1), (Kind.UNREACHABLE, 1), (Kind.BUCKET, 2)]
)
def test_a_trouble_of_two_buckets_is_told_twice_only_where_it_is_about_the_bucket(
    kind: Kind, times: int, caplog: pytest.LogCaptureFixture
) -> None:
    troubles = Troubles(InfluxdbSettings.model_validate({}), SystemClock())
    for bucket in ("kota", "kota_1h", "kota"):
        troubles.note(bucket, Answer(Outcome.KEPT, 503, "later", kind), bucket, tries=2)
    assert len(caplog.messages) == times


def test_a_report_is_read_as_it_was_written_and_rubbish_is_none() -> None:
    report = CourierReport(
        NOW,
        NOW - timedelta(hours=1),
        requests=3,
        retries={"busy": 2},
        trouble="busy",
        trouble_since_at=NOW,
        trouble_words="wait",
    )
    assert CourierReport.decode(report.encode()) == report
    for rubbish in (None, "", "[]", "{}", '{"at": 1}', '{"at":"x","started_at":"y"}'):
        assert CourierReport.decode(rubbish) is None


class Server:
    """A server that keeps the last value of each point and answers as one of its generations."""

    def __init__(
        self, bad: set[bytes], quoted: set[bytes], faults: Sequence[int], *, strict: bool, mad: int
    ) -> None:
        self.bad = bad
        self.quoted = quoted  # of the bad ones, those that it names
        self.faults = list(faults)
        self.strict = strict
        self.mad = mad  # how many requests it refuses whatever they hold
        self.points: dict[bytes, bytes] = {}

    async def write(self, bucket: str, *, record: bytes) -> bool:
        del bucket
        await asyncio.sleep(0)
        if self.faults:
            status = self.faults.pop(0)
            if status == 0:
                raise ConnectionResetError
            if status == 1:  # stored, and the answer is lost
                self._store(record)
                raise TimeoutError
            if status == 413 and record.count(b"\n") == 1:
                return False  # too large a single line would be right to give up
            raise refusal(status)
        if self.mad:
            self.mad -= 1
            raise refusal(400, b"never")
        refused = [row for row in record.split(b"\n") if row in self.bad]
        if not (refused and self.strict):
            self._store(record)
        if refused:
            told = [row.decode() for row in refused if row in self.quoted]
            said = "".join(f"unable to parse '{row}': no" for row in told)
            raise refusal(400, f"one of them is bad {said}".encode())
        return True

    def _store(self, record: bytes) -> None:
        for row in record.split(b"\n"):
            if row and row not in self.bad:
                key, _, value = row.partition(b"=")
                self.points[key] = value


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_every_good_line_is_stored_in_order_and_every_bad_one_is_a_dead_letter(
    data: st.DataObject,
) -> None:
    keys = data.draw(st.lists(st.integers(0, 20), min_size=1, max_size=60))
    rows = [b"k%d=%d" % (key, place) for place, key in enumerate(keys)]
    bad = data.draw(st.sets(st.sampled_from(rows)))
    server = Server(
        bad,
        data.draw(st.sets(st.sampled_from(rows))),
        data.draw(st.lists(st.sampled_from([0, 1, 401, 403, 404, 413, 429, 500, 503]), max_size=6)),
        strict=data.draw(st.booleans()),
        mad=data.draw(st.integers(0, 3)),
    )
    chosen = InfluxdbSettings.model_validate({"lines": 100})

    async def deliver() -> list[bytes]:
        delivery = Delivery(
            cast("WriteApiAsync", cast(Any, server)), chosen, SystemClock(), AT_ONCE
        )
        delivery._most = data.draw(st.integers(1, 70))
        async with asyncio.timeout(20):
            dead = await delivery.deliver(b"".join(row + b"\n" for row in rows))
        assert delivery.trouble is None
        assert delivery.counters.lines == len(rows) - len(bad)
        return [letter.line for letter in dead]

    logging.disable(logging.CRITICAL)
    try:
        dead = asyncio.run(deliver())
    finally:
        logging.disable(logging.NOTSET)
    server.points.pop(f"{CANARY} asked".encode(), None)
    assert dead == [row for row in rows if row in bad]
    assert server.points == dict(row.split(b"=") for row in rows if row not in bad)

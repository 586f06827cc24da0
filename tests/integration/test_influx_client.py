"""Asking InfluxDB: the real engine behind the proxy, and servers that answer nonsense."""

import json
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.config.influxdb import InfluxdbSettings
from collector.sinks import SinkError
from collector.sinks.influx import client as module
from collector.sinks.influx.client import (
    AnswerTooLongError,
    BucketMissingError,
    InfluxClient,
    identifier,
)
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Proxy
from tests.influxd import Influxd, free_ports

SECRET = "rahasia-yang-tidak-boleh-bocor"  # noqa: S105 - of tests


def settings_for(url: str, bucket: str = "pantau", token: str = READ_TOKEN) -> InfluxdbSettings:
    return InfluxdbSettings.model_validate(
        {"url": url, "bucket": bucket, "read_token": token, "timeout": "1s"}
    )


@pytest.fixture
def client(influx: Proxy, database: str) -> Iterator[InfluxClient]:
    with closing(InfluxClient(settings_for(influx.url, database))) as opened:
        yield opened


# --- the real engine --------------------------------------------------------------------------


def test_every_statement_has_its_own_answer(
    client: InfluxClient, influxd: Influxd, database: str
) -> None:
    influxd.write(database, b"m,device=a v=1i,f=1 1000000\nm,device=b v=9223372036854775807i 2000")
    first, none, last = client.ask(
        ["SELECT v, f FROM m GROUP BY *", "SELECT v FROM nothing", "SELECT last(v) FROM m"]
    )
    assert [(rows.name, rows.tags, rows.columns, rows.values) for rows in first] == [
        ("m", {"device": "a"}, ["time", "v", "f"], [[1000, 1, 1]]),
        ("m", {"device": "b"}, ["time", "v", "f"], [[2, 2**63 - 1, None]]),
    ]
    assert none == []
    assert last[0].values == [[1000, 1]]
    assert client.ask([]) == []


def test_an_answer_in_many_pieces_is_put_together(
    client: InfluxClient, influxd: Influxd, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_OF_A_PIECE", 7)
    lines = [f"m,device={d} v={n}i {n * 1000}" for d in "abc" for n in range(50)]
    influxd.write(database, "\n".join(lines).encode())
    for statement in ("SELECT v FROM m GROUP BY *", "SELECT v FROM m WHERE device = 'a'"):
        ((*found,),) = client.ask([statement])
        for rows in found:
            assert rows.values == [[n, n] for n in range(50)]
    (found,) = client.ask(["SELECT v FROM m GROUP BY device"])
    assert [rows.tags["device"] for rows in found] == ["a", "b", "c"]


any_text = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\r\0"),
        st.sampled_from("\\\"'; \n\t-*/(){}$%,="),
    ),
    min_size=1,
    max_size=20,
)


def test_no_name_can_leave_its_quotes(
    client: InfluxClient, influxd: Influxd, database: str
) -> None:
    influxd.write(database, b"m v=1i 1000")

    @settings(deadline=None, max_examples=25)
    @given(st.lists(any_text, min_size=1, max_size=40))
    def hold(names: list[str]) -> None:
        found = client.ask([f"SELECT v AS {identifier(name)} FROM m" for name in names])  # noqa: S608
        assert [rows.columns for (rows,) in found] == [["time", name] for name in names]

    hold()
    for name in ("a\rb", "a\0b"):
        with pytest.raises(ValueError, match="no carriage return"):
            identifier(name)


def test_no_value_can_become_a_condition(
    client: InfluxClient, influxd: Influxd, database: str
) -> None:
    influxd.write(database, b"m,device=a v=1i 1000\nm,device=b v=2i 1000")
    statement = "SELECT v FROM m WHERE device = $device"

    @settings(deadline=None, max_examples=60)
    @given(any_text.filter(lambda text: text not in "ab"))
    def hold(device: str) -> None:
        assert client.ask([statement], {"device": device}) == [[]]

    hold()
    assert client.ask([statement], {"device": "' OR 1 = 1 --"}) == [[]]
    assert client.ask([statement], {"device": "b"})[0][0].values == [[1, 2]]


def test_a_bucket_that_is_not_there_is_told_with_the_remedy(
    client: InfluxClient,
) -> None:
    with pytest.raises(BucketMissingError, match=r'no bucket "nowhere".*pantau influxdb setup'):
        client.ask(["SELECT v FROM m"], bucket="nowhere")


def test_a_mistake_in_a_statement_is_told_in_the_servers_words(client: InfluxClient) -> None:
    with pytest.raises(SinkError, match=r"refuses the question.*found EOF"):
        client.ask(["SELECT"])
    with pytest.raises(SinkError, match=r"refuses the question.*mixing aggregate"):
        client.ask(["SELECT v FROM m", "SELECT mean(v), v FROM m"])


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (SECRET, "does not know the token; mend influxdb.read_token_file"),
        (WRITE_TOKEN, "may not read the bucket"),
        (f"{SECRET}\x00é", "characters that no token has"),
    ],
)
def test_a_token_that_is_refused_is_told_without_the_token(
    influx: Proxy, database: str, token: str, words: str
) -> None:
    with closing(InfluxClient(settings_for(influx.url, database, token))) as client:
        with pytest.raises(SinkError, match=words) as caught:
            client.ask(["SELECT v FROM m"])
        told = "".join(traceback.format_exception(caught.value)) + repr(client) + str(vars(client))
    assert SECRET not in told.replace(f"'_token': {token!r}", "")


# --- servers that answer what they should not -------------------------------------------------

Answer = Callable[[BaseHTTPRequestHandler], object]


class Scripted:
    """A server that answers every question as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = _say(200, b"{}")
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                script.asked.append((self.path, dict(self.headers), body))
                script.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def end(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def _say(status: int, body: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.end()


@pytest.fixture
def asking(scripted: Scripted) -> Iterator[Callable[[], object]]:
    client = InfluxClient(settings_for(scripted.url, token=SECRET))
    with closing(client):
        yield lambda: client.ask(["SELECT v FROM m"])


def series(values: object, **more: object) -> bytes:
    one = {"name": "m", "columns": ["time", "v"], "values": values, **more}
    return json.dumps({"results": [{"statement_id": 0, "series": [one]}]}).encode()


VICTORIA = (
    b'{"results":[{"name":"databases","columns":["name"],"series":[{"values":[["_internal"]]}]}]}'
)
DATABASES = (
    b'{"results":[{"series":[{"name":"databases","columns":["name"],"values":[["_internal"]]}]}]}'
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_say(200, VICTORIA), "VictoriaMetrics"),
        (_say(200, DATABASES), "VictoriaMetrics"),
        (_say(200, b"<html>Selamat datang</html>"), "does not speak InfluxQL.*Selamat datang"),
        (_say(200, b""), "does not speak InfluxQL.*an empty answer"),
        (_say(200, b"[]"), "does not speak InfluxQL"),
        (_say(200, b"{}"), "does not speak InfluxQL"),
        (_say(200, b'{"results":[{"statement_id":7,"series":[]}]}x'), "does not speak InfluxQL"),
        (_say(200, b'{"results":[{"statement_id":7,"series":[{}]}]}'), "does not speak InfluxQL"),
        (_say(200, b'{"results":[{"statement_id":-1}]}'), "does not speak InfluxQL"),
        (_say(200, series([[1, 2, 3]])), "does not speak InfluxQL"),
        (_say(200, series([["yesterday", 2]])), "does not speak InfluxQL"),
        (_say(200, series([[1, 2]], partial=True)), "too long.*max-row-limit"),
        (_say(200, b'{"error":"engine is closed"}'), "refuses the question: engine is closed"),
        (_say(301, b"", Location="http://127.0.0.1:1/"), "sends elsewhere.*influxdb.url"),
        (_say(404, b"<h1>404</h1>"), "has no /query"),
        (_say(404, b'{"message":"bucket not found"}'), "has no bucket"),
        (_say(400, b'{"error":"Database pantau not found"}'), "has no bucket"),
        (_say(503, b'{"error":"busy"}'), r"refuses the question \(503\): busy"),
        (_say(500, SECRET.encode()), r"refuses the question \(500\): \*\*\*"),
        (_say(500, b"\x1b[31m\r\n" + b"x" * 9999), r"\(500\):  ?\[31m x{1,200}…|\[31m x+…"),
        (lambda handler: handler.connection.close(), "broke off its answer"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_to_do(
    scripted: Scripted, asking: Callable[[], object], answer: Answer, words: str
) -> None:
    scripted.answer = answer
    with pytest.raises(SinkError, match=words) as caught:
        asking()
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert len(str(caught.value)) < 600


def test_the_token_goes_in_a_header_and_the_question_in_the_body(
    scripted: Scripted, asking: Callable[[], object]
) -> None:
    scripted.answer = _say(200, series([[1, 2]]))
    asking()
    ((path, headers, body),) = scripted.asked
    assert path == "/query"
    assert headers["Authorization"] == f"Token {SECRET}"
    assert b"SELECT" in body


def test_an_answer_has_bounds(
    scripted: Scripted, asking: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.answer = _say(200, series([[n, 1] for n in range(300)]))
    monkeypatch.setattr(module, "MOST_ROWS", 299)
    with pytest.raises(AnswerTooLongError, match="more than 299 rows; ask for a shorter span"):
        asking()
    scripted.answer = _say(200, b" " * (3 << 20))
    monkeypatch.setattr(module, "LARGEST_ANSWER_BYTES", 2 << 20)
    with pytest.raises(AnswerTooLongError, match="more than 2 MiB"):
        asking()


def test_silence_and_dripping_end_in_time(
    scripted: Scripted, asking: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    scripted.answer = lambda _: over.wait(20)
    with pytest.raises(SinkError, match=r"did not answer within 1 s; lengthen influxdb.timeout"):
        asking()
    over.set()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.02):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    over.clear()
    monkeypatch.setattr(module, "_WHOLE", 0.2)
    scripted.answer = drip
    with pytest.raises(SinkError, match="did not answer within"):
        asking()
    over.set()


def test_many_who_wait_do_not_become_all_who_could_work(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(module, "_TURN_SECONDS", 0.05)
    over = threading.Event()
    waiting = threading.Semaphore(0)

    def hang(handler: BaseHTTPRequestHandler) -> None:
        waiting.release()
        over.wait(20)
        _say(200, series([[1, 2]]))(handler)

    scripted.answer = hang
    client = InfluxClient(settings_for(scripted.url))
    with closing(client):
        threads = [
            threading.Thread(target=client.ask, args=(["SELECT v FROM m"],)) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert waiting.acquire(timeout=5)
        with pytest.raises(SinkError, match="2 questions wait for its answer already"):
            client.ask(["SELECT v FROM m"])
        over.set()
        for thread in threads:
            thread.join()


def test_an_address_where_nobody_listens_is_told() -> None:
    (port,) = free_ports(1)
    with closing(InfluxClient(settings_for(f"http://127.0.0.1:{port}"))) as client:
        with pytest.raises(SinkError, match=r"cannot be reached: .*refused; start it, or mend"):
            client.ask(["SELECT v FROM m"])
        client.close()
        with pytest.raises(SinkError, match="are closed"):
            client.ask(["SELECT v FROM m"])
    with (
        closing(InfluxClient(settings_for("http://127.0.0.1:99999"))) as client,
        pytest.raises(SinkError, match=r"cannot be reached"),
    ):
        client.ask(["SELECT v FROM m"])

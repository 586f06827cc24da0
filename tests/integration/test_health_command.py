"""`pantau health`: what containers ask; it must be able to say no."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from collector.clock import SystemClock
from collector.courier.report import REPORT_MARK, CourierReport
from collector.model import Heartbeat
from collector.sinks.spool import Spool
from collector.store import Store


def health(folder: Path, role: str, *words: str) -> Result:
    environ = {"PANTAU__DATA_DIRECTORY": str(folder), "PANTAU__INFLUXDB__BUCKET": "pantau"}
    return CliRunner().invoke(main, ["health", "--role", role, *words], env=environ)


@pytest.fixture
def answering() -> Iterator[HTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            del format, arguments

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_api_that_answers_is_well_and_one_that_does_not_is_not(
    answering: HTTPServer, tmp_path: Path
) -> None:
    assert health(tmp_path, "api", "--port", str(answering.server_port)).exit_code == 0
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and does not listen
        unwell = health(tmp_path, "api", "--port", str(silent.getsockname()[1]))
    assert unwell.exit_code == 1
    assert "does not answer" in unwell.output


@pytest.mark.parametrize(("seconds", "code"), [(1, 0), (300, 1)])
def test_a_collector_is_well_while_its_heart_beats(
    tmp_path: Path, seconds: float, code: int
) -> None:
    assert health(tmp_path, "collector").exit_code == 1
    at = SystemClock().now() - timedelta(seconds=seconds)
    with Store.open(tmp_path / "pantau.db") as store:
        store.beat(Heartbeat("main", "run", at, at), [], [])

    asked = health(tmp_path, "collector")

    assert asked.exit_code == code, asked.output


@pytest.mark.parametrize(("seconds", "code"), [(1, 0), (300, 1)])
def test_a_courier_is_well_while_it_reports(tmp_path: Path, seconds: float, code: int) -> None:
    assert health(tmp_path, "courier").exit_code == 1
    at = SystemClock().now() - timedelta(seconds=seconds)
    spool = Spool.open(tmp_path / "spool.db")
    spool.set_marks({REPORT_MARK: CourierReport(at, at).encode()})
    spool.close()

    asked = health(tmp_path, "courier")

    assert asked.exit_code == code, asked.output


def test_a_courier_is_asked_for_only_where_there_is_an_influxdb(tmp_path: Path) -> None:
    environ = {"PANTAU__DATA_DIRECTORY": str(tmp_path)}
    asked = CliRunner().invoke(main, ["health", "--role", "courier"], env=environ)
    assert asked.exit_code == 1
    assert "there is no courier" in asked.output

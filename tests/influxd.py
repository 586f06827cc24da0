"""Debian's influxd (1.6.7) as a test's own engine: started, killed and started again on its files.

It speaks InfluxQL on `/query` and writes of the first generation; `tests.influx_v2_proxy` stands in
front of it and speaks the second generation's writes, tokens and errors.
"""

import contextlib
import json
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Self

START_SECONDS = 30.0
_CONFIGURATION = """
reporting-enabled = false
bind-address = "127.0.0.1:{rpc_port}"
[meta]
  dir = "{folder}/meta"
  logging-enabled = false
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
  max-concurrent-compactions = 1
[monitor]
  store-enabled = false
[subscriber]
  enabled = false
[continuous_queries]
  enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
[logging]
  level = "warn"
  suppress-logo = true
"""


class Influxd:
    """An influxd on a free port of 127.0.0.1. What it acknowledged outlives `kill` and `start`."""

    def __init__(self, program: str, folder: Path) -> None:
        """Prepare an engine that keeps everything in `folder`."""
        self._program = program
        self._folder = folder
        self.port, rpc_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._configuration = folder / "influxd.conf"
        self._configuration.write_text(
            _CONFIGURATION.format(folder=folder, port=self.port, rpc_port=rpc_port)
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return None if self._process is None else self._process.pid

    def start(self, *, wait: bool = True) -> None:
        """Start it on what it has on disk; `wait` until it answers."""
        assert self._process is None, "it runs already"
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - Debian's program, our file
                [self._program, "-config", str(self._configuration)],
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Return when it answers, or fail with its log."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(self.url + "/ping"):  # noqa: S310 - our own address
                return
            time.sleep(0.02)  # noqa: TID251 - no event loop here
        raise AssertionError(f"influxd does not answer:\n{(self._folder / 'log').read_text()}")

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def stop(self) -> None:
        """End it in an orderly way. Harmless when it does not run."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def create_database(self, name: str, keep: str = "INF") -> None:
        """Create a database (a bucket, to the second generation). `keep`: `INF`, `30d`, `1h` …"""
        self.query(f'CREATE DATABASE "{name}" WITH DURATION {keep} NAME "autogen"')

    def drop_database(self, name: str) -> None:
        """Forget a database with everything in it. Harmless when there is none."""
        self.query(f'DROP DATABASE "{name}"')

    def query(self, text: str, database: str = "") -> list[dict[str, Any]]:
        """Run InfluxQL and return the series of the first statement: name, tags, columns, values.

        Moments are nanoseconds. An error of the engine fails the test.
        """
        form = urllib.parse.urlencode({"q": text, "db": database, "epoch": "ns"}).encode()
        request = urllib.request.Request(self.url + "/query", form, method="POST")  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
                result = json.load(answer)["results"][0]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from error
        assert "error" not in result, result["error"]
        series: list[dict[str, Any]] = result.get("series", [])
        return series

    def write(self, database: str, lines: bytes) -> None:
        """Write line protocol (nanoseconds) past the proxy. A refusal fails the test."""
        target = f"{self.url}/write?{urllib.parse.urlencode({'db': database})}"
        request = urllib.request.Request(target, lines, method="POST")  # noqa: S310 - our own address
        try:
            urllib.request.urlopen(request, timeout=60).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from error

    def count(self, database: str, measurement: str, field: str) -> int:
        """Return how many values of a field are stored; 0 when there is no such thing."""
        text = f'SELECT count("{field}") FROM "{measurement}"'  # noqa: S608 - names of a test
        series = self.query(text, database)
        return int(series[0]["values"][0][1]) if series else 0


def free_ports(count: int) -> list[int]:
    """Return TCP ports of 127.0.0.1 that nobody uses at this moment, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]

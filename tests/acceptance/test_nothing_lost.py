"""InfluxDB, the courier and the producer are killed under load, and not one reading is lost."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

from collector.courier.report import REPORT_MARK, CourierReport
from collector.sinks.spool import Spool, SpoolStatus
from tests.acceptance import nothing_lost_processes as processes
from tests.acceptance.nothing_lost_processes import (
    DEVICES,
    POISON,
    PORTS,
    RESULTS_A_BATCH,
    acknowledged,
)
from tests.conftest import REPOSITORY
from tests.influx_v2_proxy import Proxy
from tests.influxd import Influxd

BUCKET = "kota"
PATIENCE_SECONDS = 60.0
MOST_GROWTH = 64 * 2**20  # bytes of memory that a backlog may cost the courier


class Process:
    """One of the two processes: started, killed, started again on the same files."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, processes.__file__, *arguments]
        self._folder = Path(arguments[1])
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Process":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our file
                self._command, env=environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self._process is not None:
            assert self._process.poll() is None, (self._folder / "log").read_text()
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def end(self) -> None:
        """End it in an orderly way."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=PATIENCE_SECONDS) == 0
        self._process = None

    def resident_bytes(self) -> int:
        """Return how much memory it has in use."""
        assert self._process is not None
        text = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+(\d+) kB$", text, re.MULTILINE)
        assert found is not None
        return int(found[1]) * 1024


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)  # noqa: TID251 - no event loop here


def test_what_was_acknowledged_is_in_influxdb_once_whatever_was_killed(
    influxd_program: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with ExitStack() as stack:
        engine = stack.enter_context(Influxd(influxd_program, tmp_path / "influxd"))
        engine.create_database(BUCKET)
        proxy = stack.enter_context(Proxy(engine.url))
        producer = stack.enter_context(Process("produce", str(folder)))
        courier = stack.enter_context(Process("carry", str(folder), proxy.url, BUCKET))
        spool = stack.enter_context(closing(Spool.open(folder / "spool.db", read_only=True)))

        def more_batches(count: int) -> None:
            wanted = acknowledged(folder) + count
            wait_until(lambda: acknowledged(folder) >= wanted, f"batch {wanted} is acknowledged")

        def more_writes(count: int) -> None:
            seen = len(proxy.writes)
            wait_until(
                lambda: sum(s == 204 for _, s in list(proxy.writes)[seen:]) >= count,
                f"{count} more requests are stored",
            )

        more_writes(8)
        engine.kill()  # once
        resident = courier.resident_bytes()
        more_batches(10)
        producer.kill()  # once, while the engine is down
        producer.start()
        more_batches(10)
        engine.start()
        more_writes(2)
        courier.kill()  # once, while it catches up
        courier.start()
        more_writes(4)
        proxy.stop()  # a cut cable
        more_batches(5)
        engine.kill()  # twice
        proxy.start()
        courier.kill()  # twice, with nobody to talk to
        more_batches(5)
        engine.start()
        courier.start()
        more_writes(3)
        producer.kill()  # twice
        engine.kill()  # three times, while the courier catches up
        producer.start()
        more_batches(15)
        engine.start()
        wait_until(lambda: acknowledged(folder) > max(POISON), "the poison has come by")
        growth = courier.resident_bytes() - resident
        producer.end()
        wait_until(lambda: spool.status().records == 0, "the spool is empty")
        courier.end()

        batches = acknowledged(folder)
        assert_every_batch_is_whole(engine, batches, "ping", "average_response_ms", 1, 1000)
        assert_every_batch_is_whole(engine, batches, "interface", "ifHCInOctets", PORTS)
        assert_the_last_word_won(engine, batches)
        assert_the_poison_lies_aside(spool)
        assert growth < MOST_GROWTH
        report = CourierReport.decode(spool.mark(REPORT_MARK))
        assert report is not None
        assert report.trouble is None


def assert_every_batch_is_whole(
    engine: Influxd, batches: int, measurement: str, field: str, lines: int, scale: int = 1
) -> None:
    """Each batch has the lines that it was made of, each with its own value, and there is no more.

    `lines` is how many of the measurement a result has; a value is the batch's number x `scale`.
    """
    lines *= RESULTS_A_BATCH * len(DEVICES)
    first, last = (f"'{processes.T0 + timedelta(seconds=n):%FT%TZ}'" for n in (1, batches))
    text = f"SELECT count({field}), min({field}), max({field}) FROM {measurement}"  # noqa: S608
    text += f" WHERE time >= {first} AND time < {last} + 1s GROUP BY time(1s)"
    series = engine.query(text, BUCKET)
    assert [row[1:] for row in series[0]["values"]] == [
        [lines, number * scale, number * scale] for number in range(1, batches + 1)
    ]
    assert engine.count(BUCKET, measurement, field) == batches * lines


def assert_the_last_word_won(engine: Influxd, batches: int) -> None:
    """What is written at one moment again and again has the value that was written last."""
    series = engine.query("SELECT v FROM total GROUP BY device", BUCKET)
    found: dict[str, Sequence[int]] = {
        one["tags"]["device"]: [row[1] for row in one["values"]] for one in series
    }
    assert found == {device: [batches] for device in DEVICES}


def assert_the_poison_lies_aside(spool: Spool) -> None:
    """Exactly the lines that no server takes are dead letters, with the server's words."""
    dead = spool.dead_letters(100)
    poison = [line.encode() for lines in POISON.values() for line in lines]
    assert sorted(letter.line for letter in dead) == sorted(poison)
    assert all(re.search("unable to parse|type conflict", letter.words) for letter in dead)
    status: SpoolStatus = spool.status()
    assert (status.dropped_lines, status.dead_letters) == (0, 5)

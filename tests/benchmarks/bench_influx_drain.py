"""How fast what waits on disk reaches InfluxDB, beside the client's own batching; and an outage.

    python tests/benchmarks/bench_influx_drain.py [--lines 300000] [--outage 60] [--strict]

Drain: lines of 12,000 series (5 tags, 6 integers, about 200 bytes) wait in a spool; the sender
brings them to Debian's influxd 1.6.7 through the proxy of the tests, which runs in a process of
its own. The same lines go through `WriteApi` with its batching (5,000 lines, as whole lines and as
`Point`s), which keeps nothing on disk. CPU is this process's alone.

Outage: a producer appends 5,000 lines a second to a spool, the engine is killed for `--outage`
seconds; memory of the courier and the time it takes to catch up are shown. 0 leaves it out.
"""

import argparse
import asyncio
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write.point import Point
from influxdb_client.client.write_api import WriteOptions

from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.sender import Sender
from collector.sinks.spool import Pack, Spool, lane_of
from tests.acceptance import nothing_lost_processes as processes
from tests.acceptance.test_nothing_lost import Process
from tests.influx_v2_proxy import ORGANISATION, WRITE_TOKEN, Proxy
from tests.influxd import Influxd, free_ports

T0 = datetime(2026, 11, 1, tzinfo=UTC)
DEVICES, PORTS = 500, 24
PACK_LINES = 500
POINTS_SHARE = 10  # a tenth of the lines goes as Points: they are slow


def device_lines(count: int) -> Iterator[tuple[str, bytes, int]]:
    """Yield (device, lines of one moment of all its ports, how many) until there are so many."""
    made = 0
    for round_ in range(count):
        at = int((T0 + timedelta(seconds=60 * round_)).timestamp()) * 10**9
        for device in range(DEVICES):
            name = f"switch-{device:04}"
            rows = [
                f"interface,device={name},site=site-{device // 10:03},area=73.71.01,kind=switch,"
                f"ifName=ether{port} ifHCInOctets={made * 1517}i,ifHCOutOctets={made * 311}i,"
                f"ifInErrors=0i,ifOutErrors=0i,ifOperStatus=1i,ifAdminStatus=1i {at}\n"
                for port in range(PORTS)
            ]
            yield name, "".join(rows).encode(), PORTS
            made += PORTS
            if made >= count:
                return


def fill(spool: Spool, count: int) -> int:
    """Put lines into the spool in packs, and return how many."""
    lanes: dict[int, list[bytes]] = {}
    put = 0
    for name, lines, number in device_lines(count):
        waiting = lanes.setdefault(lane_of(name), [])
        waiting.append(lines)
        put += number
        if len(waiting) * PORTS >= PACK_LINES:
            _append(spool, lane_of(name), waiting)
    for lane, waiting in lanes.items():
        _append(spool, lane, waiting)
    return put


def _append(spool: Spool, lane: int, waiting: list[bytes]) -> None:
    if waiting:
        spool.append([Pack(lane, b"".join(waiting), len(waiting) * PORTS, T0, T0)], T0)
        waiting.clear()


def serve(upstream: str, port: int, strict: bool, ready: Event, end: Event) -> None:
    """Be the proxy, in a process of its own."""
    with Proxy(upstream, port=port, strict=strict):
        ready.set()
        end.wait()


@contextmanager
def proxy_process(upstream: str, *, strict: bool) -> Iterator[str]:
    """Run the proxy and yield its address."""
    context = multiprocessing.get_context("spawn")
    ready, end = context.Event(), context.Event()
    (port,) = free_ports(1)
    process = context.Process(target=serve, args=(upstream, port, strict, ready, end))
    process.start()
    try:
        assert ready.wait(30)
        yield f"http://127.0.0.1:{port}"
    finally:
        end.set()
        process.join()


class Stretch:
    """What a piece of work took: wall and this process's CPU, in seconds."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.monotonic(), _cpu()

    def row(self, what: str, lines: int) -> str:
        """Return one line of the table."""
        wall, cpu = time.monotonic() - self.wall, _cpu() - self.cpu
        return f"{what:<44}{lines / wall:>12,.0f}{cpu / lines * 1e6:>16.2f}{wall:>10.1f}"


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def drain(spool: Spool, settings: InfluxdbSettings) -> None:
    """Carry everything that waits."""
    clock = SystemClock()
    async with Delivery.open(settings, clock) as delivery:
        sender = Sender(spool, delivery, settings, clock, drain_seconds=3600)
        sender.stop()
        await sender.run()


def batching(url: str, bucket: str, records: Sequence[object]) -> None:
    """Write with the client's own batching, and wait until it says it is through."""
    with (
        InfluxDBClient(url, WRITE_TOKEN, org=ORGANISATION) as client,
        client.write_api(WriteOptions(batch_size=5_000, flush_interval=1_000)) as api,
    ):
        for record in records:
            api.write(bucket, record=record)


def points(lines: Sequence[bytes]) -> list[Point]:
    """Make the client's Points of our lines."""
    made = []
    for line in lines:
        head, fields, moment = line.decode().split(" ")
        measurement, *tags = head.split(",")
        point = Point(measurement)  # type: ignore[no-untyped-call]
        point.time(int(moment))  # type: ignore[no-untyped-call]
        for tag in tags:
            point.tag(*tag.split("="))  # type: ignore[no-untyped-call]
        for field in fields.split(","):
            name, value = field.split("=")
            point.field(name, int(value.rstrip("i")))  # type: ignore[no-untyped-call]
        made.append(point)
    return made


def bench_drain(count: int, *, strict: bool) -> None:
    """Drain a spool, then write the same with the client's batching."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engine = stack.enter_context(Influxd(_influxd(), folder / "influxd"))
        url = stack.enter_context(proxy_process(engine.url, strict=strict))
        spool = stack.enter_context(closing(Spool.open(folder / "spool.db")))
        print(f"{'':<44}{'lines/s':>12}{'CPU µs a line':>16}{'wall s':>10}")
        stretch = Stretch()
        count = fill(spool, count)
        print(stretch.row("into the spool (packs of 500)", count))
        for number in (1, 2, 4):
            engine.create_database(f"drain{number}")
            if number > 1:
                fill(spool, count)
            settings = InfluxdbSettings.model_validate(
                {"url": url, "bucket": f"drain{number}", "token": WRITE_TOKEN, "in_flight": number}
            )
            stretch = Stretch()
            asyncio.run(drain(spool, settings))
            print(stretch.row(f"spool → InfluxDB, {number} in flight", count))
            assert engine.count(f"drain{number}", "interface", "ifHCInOctets") == count
        engine.create_database("batching")
        lines = [line for _, text, _ in device_lines(count) for line in text.splitlines()]
        stretch = Stretch()
        batching(url, "batching", lines)
        print(stretch.row("WriteApi, batching, a line at a time", count))
        _say_lost(engine, "batching", count)
        engine.create_database("points")
        made = points(lines[: count // POINTS_SHARE])
        stretch = Stretch()
        batching(url, "points", made)
        print(stretch.row("WriteApi, batching, a Point at a time", len(made)))
        _say_lost(engine, "points", len(made))


def _say_lost(engine: Influxd, bucket: str, count: int) -> None:
    stored = engine.count(bucket, "interface", "ifHCInOctets")
    if stored != count:
        print(f"    stored {stored:,} of {count:,}")


def bench_outage(seconds: float, *, strict: bool) -> None:
    """Kill the engine under load, and look at the courier."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = root / "data"
        folder.mkdir()
        engine = stack.enter_context(Influxd(_influxd(), root / "influxd"))
        engine.create_database("kota")
        url = stack.enter_context(proxy_process(engine.url, strict=strict))
        lines_a_batch = processes.lines_a_batch(PORTS)
        stack.enter_context(Process("produce", str(folder), str(PORTS)))
        courier = stack.enter_context(Process("carry", str(folder), url, "kota"))
        spool = stack.enter_context(closing(Spool.open(folder / "spool.db", read_only=True)))
        _sleep(5)
        before = courier.resident_bytes()
        engine.kill()
        largest = before
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            _sleep(0.5)
            largest = max(largest, courier.resident_bytes())
        backlog = spool.status().lines
        engine.start()
        begun, produced = time.monotonic(), processes.acknowledged(folder)
        while spool.status().lines > lines_a_batch:
            _sleep(0.05)
            largest = max(largest, courier.resident_bytes())
        wall = time.monotonic() - begun
        fresh = (processes.acknowledged(folder) - produced) * lines_a_batch
        rate = (backlog + fresh) / wall
        live = lines_a_batch / processes.SECONDS_A_BATCH
        print(f"outage of {seconds:.0f} s: {backlog:,} lines waited; caught up in {wall:.1f} s")
        print(f"    while catching up {rate:,.0f} lines/s: {rate / live:.1f} times what comes in")
        print(f"    memory {before / 2**20:.0f} MiB before, {largest / 2**20:.0f} MiB at most")


def _sleep(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 - no event loop here


def _influxd() -> str:
    found = shutil.which("influxd")
    if found is None:
        raise SystemExit("needs influxd (Debian: apt-get install influxdb)")
    return found


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--outage", type=float, default=60.0)
    parser.add_argument("--strict", action="store_true", help="the proxy parses like 2.x")
    options = parser.parse_args()
    bench_drain(options.lines, strict=options.strict)
    if options.outage:
        bench_outage(options.outage, strict=options.strict)


if __name__ == "__main__":
    main()

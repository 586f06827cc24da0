"""What the roll-ups of an hour cost, and what the server would need for the same by itself.

    python tests/benchmarks/bench_rollups.py [--devices 500]

Every device has an hour of pings (every 30 s, 5 floats) and 8 interfaces (every 5 min, 8 whole
numbers) in Debian's influxd 1.6.7. The roller makes the hour through the proxy of the tests,
without rests; then the server sums a tenth of the devices up with `GROUP BY time(5m)`. CPU of the
engine is read from /proc; this process' is the roller's together with the proxy's, which runs here.
"""

import argparse
import asyncio
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.raw_hours import RawHours
from collector.courier.rollups import Roller, RollerPace
from collector.sinks.influx.client import InfluxClient
from collector.sinks.spool import Spool
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Proxy
from tests.influxd import Influxd

BEGIN = datetime(2026, 11, 20, 10, tzinfo=UTC)
BUCKET = "bench"
PINGS = "average_response_ms minimum_response_ms maximum_response_ms percent_packet_loss jitter_ms"
PORTS = 8
COUNTERS = (
    "ifHCInOctets ifHCOutOctets ifInErrors ifOutErrors ifInDiscards ifOutDiscards"
    " ifOperStatus ifAdminStatus"
)
SPAN = f"time >= {int(BEGIN.timestamp())}s AND time < {int(BEGIN.timestamp()) + 3600}s"


class Clock(SystemClock):
    """Two hours later."""

    def now(self) -> datetime:
        return BEGIN + timedelta(hours=2)


def hour_of(device: int, dice: random.Random) -> Iterator[str]:
    """Yield the lines of a device's hour."""
    start = int(BEGIN.timestamp()) * 10**9 + device * 1_000_000
    own = f"device=dev-{device:05},site=site-{device // 10:04},area=73.71.01,kind=camera"
    for second in range(0, 3600, 30):
        fields = ",".join(f"{name}={dice.uniform(0, 20):.3f}" for name in PINGS.split())
        yield f"ping,{own},url=10.0.0.1 {fields} {start + second * 10**9}\n"
    for second in range(0, 3600, 300):
        for port in range(PORTS):
            fields = ",".join(f"{name}={second * 1517 + port}i" for name in COUNTERS.split())
            head = f"interface,{own},source=10.0.0.1,ifName=ether{port}"
            yield f"{head} {fields} {start + second * 10**9}\n"


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def make(settings: InfluxdbSettings, spool: Spool) -> Roller:
    with closing(InfluxClient(settings)) as client:
        async with Delivery.open(settings, SystemClock()) as delivery:
            pace = RollerPace(patience_seconds=0, rest=0)
            roller = Roller(spool, client, delivery, settings, Clock(), pace)
            await roller.make_what_is_due()
    return roller


def read_all(settings: InfluxdbSettings, path: Path) -> None:
    """Do the reading half of the roller's work."""
    with closing(InfluxClient(settings)) as client, closing(Spool.open(path)) as spool:
        for work in RawHours(client, spool).plan((BEGIN, BEGIN + timedelta(hours=1))):
            while work.is_left:
                work.next_lines(whole=True)


def by_the_server(engine: Influxd, devices: int) -> None:
    """Let the server sum up some devices, 20 a question."""
    for measurement, fields in (("ping", PINGS), ("interface", COUNTERS)):
        columns = ", ".join(
            f'mean("{one}"), min("{one}"), max("{one}"), count("{one}"), last("{one}")'
            for one in fields.split()
        )
        for first in range(0, devices, 20):
            own = range(first, min(first + 20, devices))
            either = " OR ".join(f"device = 'dev-{device:05}'" for device in own)
            engine.query(
                f"SELECT {columns} FROM {measurement} WHERE {SPAN} AND ({either})"  # noqa: S608
                " GROUP BY time(5m), * fill(none)",
                BUCKET,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=500)
    count = parser.parse_args().devices
    folder = Path(tempfile.mkdtemp())
    dice = random.Random(1)  # noqa: S311 - the same city every time
    program = shutil.which("influxd", path="/usr/bin:/usr/local/bin")
    assert program, "needs the program influxd"
    try:
        with Influxd(program, folder / "influxd") as engine, Proxy(engine.url) as proxy:
            for name in (BUCKET, f"{BUCKET}_5m", f"{BUCKET}_1h"):
                engine.create_database(name)
            raw = 0
            for first in range(0, count, 20):
                rows = [
                    row for n in range(first, min(first + 20, count)) for row in hour_of(n, dice)
                ]
                raw += len(rows)
                engine.write(BUCKET, "".join(rows).encode())
            settings = InfluxdbSettings.model_validate(
                {
                    "url": proxy.url,
                    "bucket": BUCKET,
                    "token": WRITE_TOKEN,
                    "read_token": READ_TOKEN,
                    "timeout": "60s",
                }
            )
            assert engine.pid is not None
            with closing(Spool.open(folder / "spool.db")) as spool:
                spool.touch([int(BEGIN.timestamp()) // 3600])
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                began, engine_cpu, own_cpu = (
                    time.monotonic(),
                    cpu_of(engine.pid),
                    time.process_time(),
                )
                roller = asyncio.run(make(settings, spool))
                wall = time.monotonic() - began
                own_cpu = time.process_time() - own_cpu
                roller_cpu = cpu_of(engine.pid) - engine_cpu
                after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(
                f"{count} devices, {raw:,} raw lines, {roller.counters.lines:,} lines of roll-ups"
            )
            print(
                f"roller   {wall:7.1f} s, engine {roller_cpu:6.1f} s CPU, roller and proxy"
                f" {own_cpu:6.1f} s CPU, memory +{(after - before) / 1024:.0f} MiB"
            )
            # What the engine needs to read; what it needs to write is the same either way.
            engine_cpu = cpu_of(engine.pid)
            read_all(settings, folder / "spool.db")
            reading = cpu_of(engine.pid) - engine_cpu
            engine_cpu = cpu_of(engine.pid)
            by_the_server(engine, max(20, count // 10))
            summing = (cpu_of(engine.pid) - engine_cpu) * count / max(20, count // 10)
            print(f"reading raw points   engine {reading:6.1f} s CPU")
            print(
                f"GROUP BY time(5m)    engine {summing:6.1f} s CPU  ({summing / reading:.0f} times)"
            )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

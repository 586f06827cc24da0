"""How many readings a second are on disk for InfluxDB, beside the client's own batching in memory.

    python tests/benchmarks/bench_spool.py [--devices 300] [--rounds 10] [--batch 100] [--json]

The same results (see bench_influx_lines: 233 readings of a device and round in 27 lines) go
  spool   through Encoder and Spool.append, `--batch` results at a time, each synced to the disk
  client  as Points through influxdb-client's WriteApi in batching mode, to a server (a process of
          its own) that takes everything at once
Wall time and this process's CPU. Then what the courier does without a server: peek and remove.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import WriteOptions

from collector.sinks import DeviceReadings
from collector.sinks.influx.encoder import Encoder
from collector.sinks.spool import LANES, Spool
from tests.benchmarks.bench_influx_lines import FACTS, NOW, PointEncoder, batches, identities

LINES_OF_A_REQUEST = 5_000


class Taker(BaseHTTPRequestHandler):
    """Takes everything that is written."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        del format, args


def serve(says: Connection) -> None:
    """Say the port, then take until the process is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    says.send(server.server_port)
    server.serve_forever()


@contextmanager
def taker() -> Iterator[str]:
    """Run the server in a process of its own; give its address."""
    hears, says = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=serve, args=(says,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{hears.recv()}"
    finally:
        process.terminate()
        process.join()


class Watch:
    """Wall and CPU seconds of a stretch."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def seconds(self) -> tuple[float, float]:
        return time.perf_counter() - self._began[0], time.process_time() - self._began[1]


def by_spool(spool: Spool, work: Sequence[Sequence[DeviceReadings]], devices: int) -> None:
    """Encode and append, batch after batch."""
    encoder = Encoder(identities(devices), FACTS)
    for batch in work:
        encoded = encoder.encode(batch, NOW)
        spool.append(encoded.packs, NOW, fields=encoded.fields, dead=encoded.dead)
        encoder.commit(encoded)


def by_client(url: str, work: Sequence[Sequence[DeviceReadings]], devices: int) -> None:
    """Hand Points to the client's batching and wait until it has sent them."""
    points = PointEncoder(identities(devices))
    options = WriteOptions(batch_size=LINES_OF_A_REQUEST, flush_interval=1_000)
    client = InfluxDBClient(url=url, token="none", org="none")  # noqa: S106 - nobody asks for it
    with client, client.write_api(write_options=options) as api:
        for batch in work:
            api.write("bucket", record=points.points(batch))


def drain(spool: Spool) -> int:
    """Peek and remove as the courier does; return the lines."""
    lines = 0
    for lane in range(LANES):
        while records := spool.peek(lane, LINES_OF_A_REQUEST):
            lines += sum(record.pack.count for record in records)
            spool.remove([record.id for record in records])
    return lines


def measure(devices: int, rounds: int, size: int, folder: Path) -> dict[str, float]:
    """Return the figures of one run."""
    results = [one for batch in batches(devices, rounds) for one in batch]
    work = [results[start : start + size] for start in range(0, len(results), size)]
    readings = sum(len(one.readings) for one in results)
    with closing(Spool.open(folder / "spool.db")) as spool:
        watch = Watch()
        by_spool(spool, work, devices)
        wall, cpu = watch.seconds()
        status = spool.status()
        watch = Watch()
        lines = drain(spool)
        drained, _ = watch.seconds()
    with taker() as url:
        watch = Watch()
        by_client(url, work, devices)
        client_wall, client_cpu = watch.seconds()
    return {
        "readings": readings,
        "lines": lines,
        "appends": len(work),
        "spool_readings_per_second": readings / wall,
        "spool_readings_per_cpu_second": readings / cpu,
        "spool_bytes_a_line": status.bytes / lines,
        "drained_lines_per_second": lines / drained,
        "client_readings_per_second": readings / client_wall,
        "client_readings_per_cpu_second": readings / client_cpu,
        "ratio_wall": client_wall / wall,
        "ratio_cpu": client_cpu / cpu,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options.devices, options.rounds, options.batch, Path(folder))
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):32} {value:14,.1f}")


if __name__ == "__main__":
    main()

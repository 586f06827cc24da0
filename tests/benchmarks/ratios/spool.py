"""Readings on their way to InfluxDB: encoder and spool beside the client's batching in memory.

    python -m tests.benchmarks.ratios.spool

The same results (those of `tests.benchmarks.ratios.lines`) go, 50 results at a time,
  spool   through Encoder and Spool.append, each batch synced to the disk before it counts, and out
          again as the courier takes them
  client  as Points through influxdb-client's WriteApi, batching in memory, to a server (a process
          of its own) that takes everything at once
"""

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import WriteOptions

from collector.sinks import DeviceReadings
from collector.sinks.influx.encoder import Encoder
from collector.sinks.spool import LANES, Spool
from tests.benchmarks import ratio
from tests.benchmarks.ratios.lines import DEVICES, FACTS, NOW, PointEncoder, identities, side

LINES_OF_A_REQUEST = 5_000
BATCH = 50


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


def in_batches(results: Sequence[DeviceReadings]) -> Iterator[Sequence[DeviceReadings]]:
    for first in range(0, len(results), BATCH):
        yield results[first : first + BATCH]


def by_spool(encoder: Encoder, spool: Spool, results: Sequence[DeviceReadings]) -> None:
    """Encode and append batch after batch, then take everything out."""
    for batch in in_batches(results):
        encoded = encoder.encode(batch, NOW)
        spool.append(encoded.packs, NOW, fields=encoded.fields, dead=encoded.dead)
        encoder.commit(encoded)
    for lane in range(LANES):
        while records := spool.peek(lane, LINES_OF_A_REQUEST):
            spool.remove([record.id for record in records])


def by_client(url: str, points: PointEncoder, results: Sequence[DeviceReadings]) -> None:
    """Hand Points to the client's batching and wait until it has sent them."""
    options = WriteOptions(batch_size=LINES_OF_A_REQUEST, flush_interval=1_000)
    client = InfluxDBClient(url=url, token="none", org="none")  # noqa: S106 - nobody asks for it
    with client, client.write_api(write_options=options) as api:
        for batch in in_batches(results):
            api.write("bucket", record=points.points(batch))


def cases(held: ExitStack) -> Iterator[ratio.Case]:
    """Yield the one case."""
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
    known = identities(DEVICES)
    encoder, points = Encoder(known, FACTS), PointEncoder(known)
    spool = held.enter_context(closing(Spool.open(folder / "spool.db")))
    url = held.enter_context(taker())
    yield ratio.Case(
        "spool",
        "On the way to InfluxDB: a reading, encoded and kept",
        "reading",
        side("ours", partial(by_spool, encoder, spool)),
        side(f"{ratio.release('influxdb-client')}, batching", partial(by_client, url, points)),
        "the same lines; ours is on disk at once and not sent, the client's is sent and never kept",
    )


if __name__ == "__main__":
    ratio.run(cases)

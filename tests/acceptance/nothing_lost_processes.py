"""The two processes that `test_nothing_lost` kills: one that produces lines, one that carries them.

    python nothing_lost_processes.py produce FOLDER [PORTS]   writes batch after batch, logs each
    python nothing_lost_processes.py carry FOLDER URL BUCKET

A batch is written down in `FOLDER/acknowledged` only after the sink said that it is kept. Killed
in between, the producer writes the same batch again, as a device's message is delivered again.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery, Pace
from collector.courier.sender import Sender
from collector.model import MetricKind, Reading
from collector.sinks import DeviceReadings
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFact, MetricFacts
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.reader import InfluxReader
from collector.sinks.influx.sink import InfluxSink
from collector.sinks.spool import Claim, Pack, Spool, lane_of
from tests.influx_v2_proxy import WRITE_TOKEN

T0 = datetime(2025, 1, 1, tzinfo=UTC)
DEVICES = tuple(f"sakelar-{n}" for n in range(20))
PORTS = 6
RESULTS_A_BATCH = 2  # of each device: one line of its ping and one of each port
SECONDS_A_BATCH = 0.2
POISON = {  # batch → lines that no server takes
    20: ["racun ini bukan baris"],
    35: ['interface,device=sakelar-0 ifHCInOctets="teks" 1735689600000000000'],
    36: ["racun,label= v=1i 1735689600000000000"],
    60: ["ping,device=sakelar-1 total=99999999999999999999i 7", "racun v=tiga 7"],
}
ACKNOWLEDGED = "acknowledged"
FACTS = MetricFacts(
    {
        "ping_rtt_seconds": MetricFact("s", MetricKind.GAUGE),
        "if_in_octets": MetricFact("B", MetricKind.COUNTER),
        "if_oper_status": MetricFact("1", MetricKind.STATE),
    }
)
IDENTITIES = {it: Identity(it, "kantor", "73.71", "switch", address=it) for it in DEVICES}


def lines_a_batch(ports: int) -> int:
    """Return how many lines of results a batch has."""
    return len(DEVICES) * RESULTS_A_BATCH * (1 + ports)


def results_of(batch: int, port_count: int) -> list[DeviceReadings]:
    """Return what devices said between one batch and the next: values are the batch's number."""
    ports: list[tuple[tuple[str, str], ...]] = [
        (("interface", f"ether{n}"),) for n in range(port_count)
    ]
    readings = [
        Reading("ping_rtt_seconds", float(batch), "s"),
        *(Reading("if_in_octets", batch, "B", port) for port in ports),
        *(Reading("if_oper_status", 1, "1", port) for port in ports),
    ]
    start = T0 + timedelta(seconds=batch)
    return [
        DeviceReadings(device, start + timedelta(milliseconds=number), tuple(readings))
        for number in range(RESULTS_A_BATCH)
        for device in DEVICES
    ]


def more_packs(batch: int) -> Iterator[Pack]:
    """Return what others put into the spool meanwhile.

    Sums of each device that are written at one moment again and again; and now and then poison.
    """
    at = int(T0.timestamp()) * 10**9
    for device in DEVICES:
        rows = [f"total,device={device} v={batch}i {at}\n"]
        if device == DEVICES[0]:
            rows += [line + "\n" for line in POISON.get(batch, ())]
        yield Pack(lane_of(device), "".join(rows).encode(), len(rows), T0, T0)


def produce(folder: Path, port_count: int = PORTS) -> None:
    """Append batches until told to end; go on after the last one that was acknowledged."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    batch = acknowledged(folder)
    clock = SystemClock()
    spool = Spool.open(folder / "spool.db", claim=Claim.COLLECTOR)
    encoder = Encoder(IDENTITIES, FACTS, spool.fields())
    settings = InfluxdbSettings()
    reader = InfluxReader(InfluxClient(settings), spool, settings, clock)
    with closing(InfluxSink(spool, encoder, reader, clock)) as sink, _log(folder).open("ab") as log:
        due = clock.monotonic()
        while not ended.is_set():
            batch += 1
            sink.write(results_of(batch, port_count))
            spool.append(list(more_packs(batch)), clock.now())
            log.write(b"%d\n" % batch)
            log.flush()
            due += SECONDS_A_BATCH
            ended.wait(max(0.0, due - clock.monotonic()))


def acknowledged(folder: Path) -> int:
    """Return the last batch that the spool acknowledged; they are numbered from 1."""
    text = _log(folder).read_bytes() if _log(folder).exists() else b""
    whole = text[: text.rfind(b"\n") + 1].split()
    return int(whole[-1]) if whole else 0


def _log(folder: Path) -> Path:
    return folder / ACKNOWLEDGED


async def carry(folder: Path, url: str, bucket: str) -> None:
    """Carry until told to end."""
    settings = InfluxdbSettings.model_validate(
        {"url": url, "bucket": bucket, "token": WRITE_TOKEN, "timeout": "20s"}
    )
    clock = SystemClock()
    pace = Pace(first=0.1, longest=1.0, longest_of_settings=1.0)
    with closing(Spool.open(folder / "spool.db", claim=Claim.COURIER)) as spool:
        async with Delivery.open(settings, clock, pace) as delivery:
            sender = Sender(spool, delivery, settings, clock)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, sender.stop)
            await sender.run()


def main() -> None:
    """Be one of the two."""
    logging.basicConfig(level=logging.WARNING, format="%(process)d %(levelname)s %(message)s")
    role, folder = sys.argv[1], Path(sys.argv[2])
    os.chdir(folder)
    if role == "produce":
        produce(folder, *map(int, sys.argv[3:]))
    else:
        asyncio.run(carry(folder, *sys.argv[3:]))


if __name__ == "__main__":
    main()

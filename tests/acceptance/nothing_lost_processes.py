"""The two processes that `test_nothing_lost` kills: one that produces lines, one that carries them.

    python nothing_lost_processes.py produce FOLDER        appends batch after batch, logs each
    python nothing_lost_processes.py carry FOLDER URL BUCKET

A batch is written down in `FOLDER/acknowledged` only after the spool said that it is kept. Killed
in between, the producer appends the same batch again, as a device's message is delivered again.
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
from collector.sinks.spool import Claim, Pack, Spool, lane_of
from tests.influx_v2_proxy import WRITE_TOKEN

T0 = datetime(2026, 11, 1, tzinfo=UTC)
DEVICES = tuple(f"kamera-{n}" for n in range(20))
LINES_A_BATCH = 1_000  # of measurement m; then one of `total` a device, always at the same moment
SECONDS_A_BATCH = 0.2
POISON = {  # batch → lines that no server takes
    20: ["racun ini bukan baris"],
    35: ['m,device=kamera-0 v="teks",w=1.5 1793000000000000000'],
    36: ["racun,label= v=1i 1793000000000000000"],
    60: ["m,device=kamera-1 v=99999999999999999999i 1793000000000000000", "racun v=tiga 7"],
}
ACKNOWLEDGED = "acknowledged"


def packs_of(batch: int) -> Iterator[Pack]:
    """Return what is appended together: lines of all devices, each device in its lane."""
    each = LINES_A_BATCH // len(DEVICES)
    start = int((T0 + timedelta(seconds=batch)).timestamp()) * 10**9
    total_at = int(T0.timestamp()) * 10**9
    lanes: dict[int, list[str]] = {}
    for device in DEVICES:
        rows = lanes.setdefault(lane_of(device), [])
        rows += [f"m,device={device} v={batch}i,w=1.5 {start + n}" for n in range(each)]
        rows.append(f"total,device={device} v={batch}i {total_at}")
    poisoned = next(iter(lanes.values()))
    for place, line in enumerate(POISON.get(batch, ())):
        poisoned.insert(7 * place, line)
    at = T0 + timedelta(seconds=batch)
    for lane, rows in lanes.items():
        lines = "".join(row + "\n" for row in rows).encode()
        yield Pack(lane, lines, len(rows), at, at + timedelta(seconds=1))


def produce(folder: Path) -> None:
    """Append batches until told to end; go on after the last one that was acknowledged."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    batch = acknowledged(folder)
    clock = SystemClock()
    with closing(Spool.open(folder / "spool.db")) as spool, _log(folder).open("ab") as log:
        due = clock.monotonic()
        while not ended.is_set():
            batch += 1
            spool.append(list(packs_of(batch)), clock.now())
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
        {"url": url, "bucket": bucket, "token": WRITE_TOKEN, "timeout": "5s"}
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
        produce(folder)
    else:
        asyncio.run(carry(folder, *sys.argv[3:]))


if __name__ == "__main__":
    main()

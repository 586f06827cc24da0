"""What walls cost the API process: many event streams, and what each panel asks once a minute.

Run it: `python -m tests.benchmarks.bench_wall_clients [--clients 200] [--changes 100]
[--devices 10000] [--seconds 10]`. Server, writer and clients are processes of their own: only the
server's CPU seconds are counted. Prints figures, judges nothing.
"""

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
import urllib.request
from contextlib import suppress
from multiprocessing import Event as Signal
from multiprocessing import Queue as Numbers
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from api.demo.usage import cpu_seconds, memory_mib
from collector.clock import SystemClock
from collector.model import State
from collector.store import Store
from tests.benchmarks.wall_city import api_process, beat, commit, fill, say

_BITE = 1 << 20


def follow(
    port: int,
    clients: int,
    header: str,
    ready: Event,
    enough: Event,
    seen: "Queue[tuple[int, int]]",
) -> None:
    """Be all the walls: read and throw away. `ready` when every one has its snapshot."""
    asyncio.run(_follow(port, clients, header, ready, enough, seen))


async def _follow(
    port: int,
    clients: int,
    header: str,
    ready: Event,
    enough: Event,
    seen: "Queue[tuple[int, int]]",
) -> None:
    begun = 0

    async def one() -> int:
        nonlocal begun
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_BITE)
        request = f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {header}"
        writer.write(f"{request}\r\n\r\n".encode())
        found = b""
        while b"event: heartbeat" not in found:  # what comes after the snapshot
            found = found[-20:] + await reader.read(_BITE)
        begun += 1
        if begun == clients:
            ready.set()
        count = 0
        while not enough.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    count += (await reader.read(_BITE)).count(b"event: transition")
        writer.close()
        return count

    counts = await asyncio.gather(*(one() for _ in range(clients)))
    seen.put((min(counts, default=0), max(counts, default=0)))


def write(folder: Path, rate: float, seconds: float) -> None:
    """Be the collector: `rate` transitions a second, committed ten times a second."""
    asyncio.run(_write(folder, rate, seconds))


async def _write(folder: Path, rate: float, seconds: float) -> None:
    clock = SystemClock()
    with Store.open(folder / "pantau.db") as store:
        ids = [row.id for row in store.devices(kind="camera", limit=5_000).items]
        down: set[str] = set()
        began, done = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            due = int(passed * rate) - done
            batch = [ids[(done + one) % len(ids)] for one in range(due)]
            done += due
            for old, new in ((State.UP, State.DOWN), (State.DOWN, State.UP)):
                own = [one for one in batch if (one in down) == (old is State.DOWN)]
                if own:
                    commit(store, own, old, new, clock.now())
            down.symmetric_difference_update(batch)
            beat(store)
            await asyncio.sleep(0.1)


def ask(port: int, token: str, path: str) -> tuple[float, object]:
    """Return how long an answer took (seconds), and the answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}
    )
    began = time.monotonic()
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        body = json.load(answer)
    return time.monotonic() - began, body


def minute_questions(pid: int, port: int, token: str) -> None:
    """Measure what a panel asks once a minute: its first time, and when it is kept for all."""
    today = f"{SystemClock().now():%Y-%m-%d}"
    month = today[:7]
    for path in (
        "wall",
        f"uptime?group_by=kind&from={today}",
        f"uptime?group_by=kind&from={today}",
        f"uptime?group_by=kind&month={month}",
        f"uptime?group_by=kind&month={month}",
        "wall/figures",
        "wall/figures",
    ):
        before = cpu_seconds(pid) or 0.0
        took, _ = ask(port, token, path)
        say(f"GET /{path}: {took * 1000:.0f} ms, {(cpu_seconds(pid) or 0.0) - before:.2f} CPU-s")


def main() -> None:
    """Measure one combination and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--changes", type=float, default=100.0, help="a second")
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    clients, rate, seconds = options.clients, options.changes, options.seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token = fill(folder, options.devices)
        with api_process(folder) as (pid, port):
            wait_until_served(port, token)
            minute_questions(pid, port, token)
            ready, enough = Signal(), Signal()
            seen: Queue[tuple[int, int]] = Numbers()
            header = f"Bearer {token}"
            before, began = cpu_seconds(pid) or 0.0, time.monotonic()
            walls = multiprocessing.Process(
                target=follow, args=(port, clients, header, ready, enough, seen)
            )
            walls.start()
            beating = multiprocessing.Process(target=write, args=(folder, 0, 600))
            beating.start()
            ready.wait(600)
            used, passed = (cpu_seconds(pid) or 0.0) - before, time.monotonic() - began
            say(f"{clients} clients connected and drawn up in {passed:.1f} s: {used:.2f} CPU-s")
            beating.terminate()
            beating.join()
            writer = multiprocessing.Process(target=write, args=(folder, rate, seconds + 3))
            writer.start()
            time.sleep(2)  # noqa: TID251 - no event loop here; the writer starts
            before, began = cpu_seconds(pid) or 0.0, time.monotonic()
            time.sleep(seconds)  # noqa: TID251 - no event loop here
            used, passed = (cpu_seconds(pid) or 0.0) - before, time.monotonic() - began
            writer.join()
            enough.set()
            low, high = seen.get()
            walls.join()
            say(
                f"{clients} streams x {rate:g} transitions/s, {options.devices} devices: "
                f"{used:.2f} CPU-s in {passed:.1f} s = {used / passed:.1%} of a core, "
                f"{memory_mib(pid):.0f} MiB; {low} to {high} events read by each"
            )


def wait_until_served(port: int, token: str) -> None:
    """Wait for the process to answer."""
    for _ in range(100):
        try:
            ask(port, token, "status")
        except OSError:
            time.sleep(0.1)  # noqa: TID251 - no event loop here
        else:
            return


if __name__ == "__main__":
    main()

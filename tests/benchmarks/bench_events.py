"""What live streams cost: CPU share of the API process with many clients and many changes.

Run it: `python -m tests.benchmarks.bench_events [--clients N] [--changes N] [--seconds S]`.
The server, the writer and the clients are processes of their own, so that only the server's CPU
seconds are counted. Prints figures, judges nothing.
"""

import argparse
import asyncio
import multiprocessing
import socket
import sys
import tempfile
import time
from pathlib import Path

from api.app import create_app
from api.demo.usage import cpu_seconds, memory_mib
from api.listening import open_socket
from api.server import run_api
from api.settings import ApiSettings
from collector.clock import SystemClock
from collector.model import DeviceState, Heartbeat, Reason, State, Status, Transition
from collector.store import Store
from tests.api_city import StillSink, make_city

DEVICES = 200


def serve(folder: Path, sock: socket.socket) -> None:
    """Be the API process."""
    with Store.open(folder / "pantau.db") as store:
        app = create_app(store=store, sink=StillSink(), clock=SystemClock(), settings=ApiSettings())
        run_api(app, sock=sock)


def write(folder: Path, rate: float, seconds: float) -> None:
    """Be the collector: `rate` transitions a second, committed ten times a second."""
    asyncio.run(_write(folder, rate, seconds))


async def _write(folder: Path, rate: float, seconds: float) -> None:
    clock = SystemClock()
    with Store.open(folder / "pantau.db") as store:
        ids = [row.id for row in store.devices(limit=DEVICES).items]
        began, done = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            now = clock.now()
            due = int(passed * rate) - done
            batch = [ids[(done + one) % len(ids)] for one in range(due)]
            done += due
            states = [
                DeviceState(one, Status.DOWN, State.DOWN, now, now, Reason.NO_ANSWER, "3 of 3")
                for one in batch
            ]
            rows = [
                Transition(one, State.UP, State.DOWN, now, now, Reason.NO_ANSWER, "3 of 3")
                for one in batch
            ]
            store.commit(states, [], rows)
            store.beat(Heartbeat("main", "run", now, now), [], [])
            await asyncio.sleep(0.1)


def listen(port: int, clients: int, header: str, seconds: float) -> None:
    """Be all the walls: read and throw away."""
    asyncio.run(_listen(port, clients, header, seconds))


async def _listen(port: int, clients: int, header: str, seconds: float) -> None:
    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = (
            f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {header}\r\n\r\n"
        )
        writer.write(request.encode())
        seen = 0
        try:
            async with asyncio.timeout(seconds):
                while data := await reader.read(65_536):
                    seen += data.count(b"event: transition")
        except TimeoutError:
            pass
        writer.close()
        return seen

    seen = await asyncio.gather(*(one() for _ in range(clients)))
    if seen:
        sys.stdout.write(f"events read by each client: {min(seen)} to {max(seen)}\n")


def main() -> None:
    """Measure one combination and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--changes", type=float, default=50.0, help="a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    clients, rate, seconds = options.clients, options.changes, options.seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with make_city(folder, extra=DEVICES) as city:
            header = city.token()["Authorization"]
        sock = open_socket("127.0.0.1", 0)
        port = sock.getsockname()[1]
        server = multiprocessing.Process(target=serve, args=(folder, sock))
        server.start()
        sock.close()
        pid = server.pid or 0
        writer = multiprocessing.Process(target=write, args=(folder, rate, seconds + 3))
        walls = multiprocessing.Process(target=listen, args=(port, clients, header, seconds + 1))
        writer.start()
        walls.start()
        time.sleep(1.5)  # noqa: TID251 - no event loop here; connecting is not what is measured
        before, began = cpu_seconds(pid) or 0.0, time.monotonic()
        time.sleep(seconds - 1)  # noqa: TID251 - no event loop here
        used, passed = (cpu_seconds(pid) or 0.0) - before, time.monotonic() - began
        sys.stdout.write(
            f"{clients:g} clients x {rate:g} changes/s, {DEVICES + 4} devices: "
            f"{used:.2f} CPU-s in {passed:.1f} s = {used / passed:.1%} of a core, "
            f"{memory_mib(pid):.0f} MiB\n"
        )
        walls.join()
        writer.join()
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()

"""The process of alerts as tests run it: a small town in a real store, a process of its own.

Town ──transitions──► store ──► `pantau run --role alerts` ──► a receiver on loopback
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from collector.clock import Clock, SystemClock
from collector.model import (
    Area,
    Device,
    DeviceState,
    Heartbeat,
    Reason,
    Site,
    State,
    Status,
    Transition,
)
from collector.store import Store
from tests.alert_receiver import Receiver

WAIT_SECONDS = 30.0
PYTHON = sys.executable
_STATUS = {
    State.UP: Status.UP,
    State.DEGRADED: Status.DEGRADED,
    State.UNKNOWN: Status.UNKNOWN,
}


@dataclass(frozen=True)
class _Inventory:
    areas: dict[str, Area]
    owners: dict[str, None]
    sites: dict[str, Site]
    devices: dict[str, Device]


@dataclass
class Town:
    """Devices at sites of their own, so that each failure is a cause of its own."""

    folder: Path
    devices: Sequence[str]
    store: Store = field(init=False)
    states: dict[str, State] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self.store = Store.open(self.folder / "pantau.db")
        self.store.apply_inventory(self.inventory_of(self.devices), self.clock.now())  # type: ignore[arg-type]
        self.beat()

    @staticmethod
    def inventory_of(devices: Sequence[str]) -> "_Inventory":
        """A city with a site and a district for each device."""
        codes = {one: f"73.{number:02}" for number, one in enumerate(devices, 1)}
        return _Inventory(
            {"73": Area("73", "Kota", zone="Asia/Makassar")}
            | {code: Area(code, f"Kecamatan {one}", parent="73") for one, code in codes.items()},
            {},
            {f"s-{one}": Site(f"s-{one}", f"Titik {one}", code) for one, code in codes.items()},
            {
                one: Device(one, f"Kamera {one}", "camera", f"s-{one}", "generic-ping")
                for one in devices
            },
        )

    def beat(self) -> None:
        """Let the collector give a sign of life."""
        now = self.clock.now()
        self.store.beat(Heartbeat("main", "run", now, now), [], [])

    def become(
        self,
        state: State,
        *devices: str,
        root: str | None = None,
        flapping: bool = False,
        reason: Reason = Reason.NO_ANSWER,
    ) -> list[Transition]:
        """Let devices be so from now on, as the collector writes it."""
        now = self.clock.now()
        rows = [
            Transition(
                device_id=one,
                old=self.states.get(one, State.UP),
                new=state,
                at=now - timedelta(milliseconds=500),
                confirmed_at=now,
                reason=Reason.OK if state is State.UP else reason,
                cause=root,
                flapping=flapping,
            )
            for one in devices
        ]
        self.states |= dict.fromkeys(devices, state)
        return self.store.commit([_state(one) for one in rows], [], rows)

    def down(self, *devices: str) -> list[Transition]:
        return self.become(State.DOWN, *devices)

    def up(self, *devices: str) -> list[Transition]:
        return self.become(State.UP, *devices)

    def close(self) -> None:
        self.store.close()


def _state(row: Transition) -> DeviceState:
    status = _STATUS.get(row.new, Status.DOWN)
    return DeviceState(
        row.device_id,
        status,
        row.new,
        since_at=row.at,
        confirmed_at=row.confirmed_at,
        reason=row.reason,
        cause=row.cause,
        flapping=row.flapping,
    )


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    def go(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@contextmanager
def town(folder: Path, *devices: str, clock: Clock | None = None) -> Iterator[Town]:
    made = Town(folder, devices, clock=clock or SystemClock())
    try:
        yield made
    finally:
        made.close()


def write_settings(folder: Path, receiver: Receiver, alerts: str) -> Path:
    """Write pantau.yaml and alerts.yaml; `{url}` in these is the receiver's address."""
    (folder / "alerts.yaml").write_text(alerts.replace("{url}", receiver.url))
    path = folder / "pantau.yaml"
    path.write_text(
        f"data_directory: {folder}\nalerts: alerts.yaml\ninventory: []\nzone: Asia/Makassar\n"
    )
    return path


@contextmanager
def process(config: Path, log: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run the process of alerts, its words into a file; end it afterwards if it still runs."""
    with nullcontext() if log is None else log.open("w") as file:
        started = start(config, file)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
        try:
            said, _ = started.communicate(timeout=WAIT_SECONDS)
            sys.stdout.write(said or "")  # pytest shows it where a test fails
        finally:
            started.kill()


def start(config: Path, output: IO[str] | None = None) -> subprocess.Popen[str]:
    command = [PYTHON, "-m", "api", "run", "--config", str(config), "--role", "alerts"]
    return subprocess.Popen(  # noqa: S603 - our own words
        command,
        stdout=output or subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(holds: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait for a condition, never for a time. Fails when it does not come."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"waited in vain: {what}"
        threadless_pause()


def threadless_pause() -> None:
    time.sleep(0.02)  # noqa: TID251 - the test's own thread, while others work


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """What the webhook took: purpose and title of each, in order."""
    return [(one["purpose"], one["title"]) for one in receiver.of("webhook")]

"""The process of alerts is killed at fifty random points; its receiver loses answers as well.

Devices fail and come back while the process lives and while it is dead. Every failure is told and
every end of it, nothing is invented, and what arrives twice is what an answer was lost of: marked.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.commands.output import log_to_stderr
from collector.config import load_config
from collector.model.alerts import DeliveryState
from tests.alert_process import Town, town, wait_until, write_settings
from tests.alert_receiver import Fault, Receiver, Request

KILLS = 50
SEED = 20261127
DEVICES = tuple(f"cam-{number}" for number in range(24))
BLINKING = "cam-blink"  # fails and comes back at once
ALERTS = """
settle: 0s
settle_critical: 0s
storm: {more_than: 10000}
allow_networks: [127.0.0.1]
channels:
  hook: {type: webhook, url: "{url}/hook", per_minute: 6000}
receivers:
  noc: {channels: [hook]}
"""


@dataclass
class Lives:
    """The process, again and again: forked from one that has imported all that it needs."""

    config: Path
    lost: int = 0  # messages whose answer nobody noted
    _cradle: subprocess.Popen[str] = field(init=False)
    _pid: int = 0

    def __post_init__(self) -> None:
        command = [sys.executable, __file__, str(self.config)]
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        self._cradle = subprocess.Popen(  # noqa: S603 - this file, by this interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
        )

    def start(self) -> None:
        self._pid = int(self._ask("start"))

    def kill(self, city: Town) -> None:
        os.kill(self._pid, signal.SIGKILL)
        assert int(self._ask("wait")) == signal.SIGKILL, "it ended by itself"
        self.lost += sum(
            one.count for one in city.store.outbox.unsent() if one.state is DeliveryState.SENDING
        )

    def end(self) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
        self._cradle.communicate()

    def _ask(self, word: str) -> str:
        assert self._cradle.stdin is not None
        assert self._cradle.stdout is not None
        self._cradle.stdin.write(f"{word}\n")
        self._cradle.stdin.flush()
        return self._cradle.stdout.readline()


@dataclass
class Faulty:
    """Loses every eighth answer to a message that was taken, and refuses some for the moment."""

    luck: random.Random
    lost: int = 0
    over: bool = False

    def __call__(self, request: Request) -> Fault | None:
        del request
        drawn = 1.0 if self.over else self.luck.random()
        if drawn < 0.12:
            self.lost += 1
            return Fault(takes=True, cut=True)
        if drawn < 0.16:
            self.lost += 1  # as far as we can know
            return Fault(cut=True)
        return Fault(503) if drawn < 0.2 else None


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiving:
        yield receiving


def test_killed_anywhere_every_failure_and_every_end_is_told(
    tmp_path: Path, receiver: Receiver
) -> None:
    luck = random.Random(SEED)  # noqa: S311 - to be repeated
    faulty = receiver.rule = Faulty(random.Random(SEED))  # noqa: S311
    config = write_settings(tmp_path, receiver, ALERTS)
    failures: Counter[str] = Counter()
    with town(tmp_path, *DEVICES, BLINKING) as city:
        lives = Lives(config)
        try:
            lives.start()
            wait_until(lambda: "alerts.transitions" in city.store.alerts.marks(), "it follows")
            for _ in range(KILLS):
                city.beat()
                change(city, receiver, failures, luck)
                live_a_little(receiver, luck)
                lives.kill(city)
                if luck.random() < 0.3:
                    change(city, receiver, failures, luck)
                lives.start()
            city.beat()
            faulty.over = True
            wait_until(lambda: all(heard(receiver, one) >= failures[one] for one in DEVICES),
                       "every failure is told")  # fmt: skip
            city.up(*(one for one in DEVICES if city.states.get(one) == "down"))
            wait_until(lambda: all(heard(receiver, one, "recovered") >= failures[one]
                                   for one in DEVICES), "every end is told")  # fmt: skip
            wait_until(lambda: city.store.outbox.next_due_at() is None, "nothing waits")
            wait_until(lambda: not city.store.outbox.unsent(), "nothing is on its way")
        finally:
            lives.end()

    assert sum(failures.values()) > KILLS // 2
    for device in DEVICES:
        assert heard(receiver, device) == failures[device]
        assert heard(receiver, device, "recovered") == failures[device]
    assert heard(receiver, BLINKING) == heard(receiver, BLINKING, "recovered")
    assert {one["purpose"] for one in receiver.of("webhook")} == {"firing", "recovered"}
    assert lives.lost, "no kill hit a message on its way"
    again = repeated(receiver)
    assert len(again) <= faulty.lost + lives.lost
    assert all(one["maybe_twice"] for one in again)


def change(city: Town, receiver: Receiver, failures: Counter[str], luck: random.Random) -> None:
    """Let some fail, and some come back of which it was told that they failed.

    One that came back fails again only when that was told: failing anew before anybody looked is
    the same failure.
    """
    well = [
        one
        for one in DEVICES
        if city.states.get(one, "up") == "up" and heard(receiver, one, "recovered") == failures[one]
    ]
    told = [
        one
        for one in DEVICES
        if city.states.get(one) == "down" and heard(receiver, one) == failures[one]
    ]
    fail = luck.sample(well, min(len(well), luck.randint(0, 3)))
    if fail:
        city.down(*fail)
        failures.update(fail)
    if told and luck.random() < 0.8:
        city.up(*luck.sample(told, luck.randint(1, len(told))))
    if luck.random() < 0.2:
        city.down(BLINKING)
        city.up(BLINKING)


def live_a_little(receiver: Receiver, luck: random.Random) -> None:
    """Let the process come to a random point: by time, or while messages are on their way."""
    if luck.random() < 0.6:
        seen, wanted = len(receiver.requests), luck.randint(1, 8)
        until = time.monotonic() + 2.0
        while len(receiver.requests) < seen + wanted and time.monotonic() < until:
            time.sleep(0.002)  # noqa: TID251 - the test's own thread
        time.sleep(luck.uniform(0.0, 0.2))  # noqa: TID251
    else:
        time.sleep(luck.uniform(0.0, 0.5))  # noqa: TID251


def heard(receiver: Receiver, device: str, purpose: str = "firing") -> int:
    """How often it was told of a device, whatever arrived twice counted once."""
    return len(
        {
            one["id"]
            for one in receiver.of("webhook")
            if one["purpose"] == purpose and [it["id"] for it in one["data"]["devices"]] == [device]
        }
    )


def repeated(receiver: Receiver) -> list[dict[str, object]]:
    """What arrived again."""
    seen: set[str] = set()
    again = []
    for one in receiver.of("webhook"):
        if one["id"] in seen:
            again.append(one)
        seen.add(one["id"])
    return again


def cradle(config: Path) -> None:
    """Fork a process of alerts for each line "start", and say for each "wait" how it ended."""
    import api.roles.alerts

    pid = 0
    for line in sys.stdin:
        if line == "start\n":
            pid = os.fork()
            if pid == 0:
                sys.stdin.close()
                os.dup2(2, 1)  # standard output belongs to the one who asks
                log_to_stderr()
                api.roles.alerts.run_alerts(load_config(config, {}))
                os._exit(0)
            print(pid, flush=True)  # noqa: T201 - it is asked for
        else:
            print(os.waitpid(pid, 0)[1], flush=True)  # noqa: T201
    if pid:
        os.waitpid(pid, 0)


if __name__ == "__main__":
    cradle(Path(sys.argv[1]))

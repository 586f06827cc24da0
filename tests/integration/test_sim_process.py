"""The city as a process: namespaces, carriers, commands, record, and how it ends."""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulators.city import Kind, build_city
from tests.conftest import REPOSITORY, need_program

NOBODY = 65534
CITY = build_city(40, 1)
READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _User:
    """Whose rights a process has, and a Python that this user can run."""

    python: str
    identity: dict[str, int]
    environment: dict[str, str]

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # type: ignore[no-any-return]  # noqa: S603 - our own program
            [self.python, *command],
            capture_output=True, text=True, check=False, timeout=60,
            env=self.environment, cwd=REPOSITORY, **self.identity,  # type: ignore[call-overload]
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _City:
    """A running city."""

    user: _User
    process: "subprocess.Popen[str]"
    facts: dict[str, Any]
    folder: Path

    def tell(self, **command: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def hear(self, event: str) -> dict[str, Any]:
        """Return the next announcement of this kind."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if said["event"] == event:
                return dict(said)
        raise AssertionError(f"the city ended without {event}")

    def inside(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a program in the city's network."""
        return self.user.run(
            "-m", "simulators.namespace", str(self.facts["namespace_pid"]), "--", *command
        )

    def record(self) -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in (self.folder / "record.jsonl").read_text().splitlines()
        ]


def _myself() -> _User:
    return _User(sys.executable, {}, dict(os.environ))


def _anybody() -> _User:
    """Return an unprivileged user with a Python that has what the simulators need, or skip."""
    if os.geteuid() != 0:
        return _myself()
    packages = f"{REPOSITORY}:{sysconfig.get_path('purelib')}"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": packages,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    identity = {"user": NOBODY, "group": NOBODY}
    for python in (sys.executable, shutil.which("python3", path="/usr/bin") or ""):
        user = _User(python, identity, environment)
        try:
            if python and user.run("-c", "import simulators.run, amqtt").returncode == 0:
                return user
        except OSError:  # nobody may not even see that program
            continue
    pytest.skip("needs a Python that the user nobody can run")


def _may_isolate(user: _User) -> bool:
    code = "import sys; from simulators.namespace import isolate; sys.exit(not isolate())"
    return user.run("-c", code).returncode == 0


@contextmanager
def _city(user: _User, folder: Path, *options: str) -> Iterator[_City]:
    """Run a city of 40 until the block ends."""
    if user.identity:
        os.chown(folder, NOBODY, NOBODY)
        for parent in folder.parents[:3]:  # pytest's own folders are for their owner only
            parent.chmod(parent.stat().st_mode | 0o111)
    state = folder / "state"
    command = [user.python, "-m", "simulators", "city", "--devices", "40", *options]
    process = subprocess.Popen(  # noqa: S603 - a command of our own
        [*command, "--state-directory", str(state)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=user.environment, cwd=REPOSITORY, **user.identity,  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        facts = _wait_for_facts(process, state)
        yield _City(user, process, facts, state)
    finally:
        process.stdin.close()
        try:
            process.wait(15)
        finally:
            process.kill()
            process.stdout.close()
            process.wait()


def _wait_for_facts(process: "subprocess.Popen[str]", state: Path) -> dict[str, Any]:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if (state / "facts.json").exists():
            return dict(json.loads((state / "facts.json").read_text()))
        time.sleep(0.05)  # noqa: TID251 - a plain test, no event loop to block
    raise AssertionError(f"the city was not ready; exit code {process.poll()}")


def _echoes(city: _City, address: str, count: int) -> list[bool]:
    """Ping an address of the city with fping; return which echoes came back."""
    result = city.inside(
        need_program("fping"), "-C", str(count), "-q", "-p", "60", "-t", "700", address
    )
    return [it != "-" for it in result.stderr.strip().rpartition(" : ")[2].split()]


def _address(kind: Kind) -> tuple[str, str]:
    device = next(it for it in CITY.devices if it.kind is kind)
    return device.id, device.address


@pytest.fixture(scope="module", params=["myself", "anybody"])
def isolated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[_City]:
    """A city in its own namespace, as this user and as one without rights."""
    user = _myself() if request.param == "myself" else _anybody()
    if not _may_isolate(user):
        pytest.skip("needs a system that allows network namespaces")
    with _city(user, tmp_path_factory.mktemp("isolated")) as city:
        yield city


def test_in_a_namespace_real_pings_see_living_dead_and_lossy_devices(isolated: _City) -> None:
    assert isolated.facts["isolated"] is True
    assert isolated.facts["carrier"] == "icmp"
    server, server_address = _address(Kind.SERVER)
    lossy, lossy_address = _address(Kind.ACCESS_POINT)
    assert _echoes(isolated, server_address, 4) == [True] * 4
    assert _echoes(isolated, "127.99.0.1", 2) == [False] * 2
    isolated.tell(command="fault", id="a", kind="device_dead", for_seconds=60, target=server)
    isolated.hear("fault_started")
    isolated.tell(command="fault", id="b", kind="packet_loss", for_seconds=60, target=lossy,
                  share=0.5)  # fmt: skip
    isolated.hear("fault_started")
    assert _echoes(isolated, server_address, 3) == [False] * 3
    assert _echoes(isolated, lossy_address, 6) == [True, False] * 3


def test_in_a_namespace_snmp_is_on_its_usual_port(isolated: _City) -> None:
    name, address = _address(Kind.SWITCH)
    answer = isolated.inside(
        need_program("snmpget"), "-v2c", "-c", isolated.facts["community"], "-r0", "-Oqv", "-m", "",
        address, "1.3.6.1.2.1.1.5.0",
    )  # fmt: skip
    assert isolated.facts["snmp_port"] == 161
    assert answer.stdout.strip() == f'"{name}"'


def test_in_a_namespace_anybody_may_open_both_kinds_of_icmp_socket(isolated: _City) -> None:
    code = (
        "import socket as s\n"
        "s.socket(s.AF_INET, s.SOCK_DGRAM, s.IPPROTO_ICMP)\n"
        "s.socket(s.AF_INET, s.SOCK_RAW, s.IPPROTO_ICMP)\n"
    )
    assert isolated.inside(isolated.user.python, "-c", code).returncode == 0


def test_entering_a_process_that_is_not_there_fails_in_words() -> None:
    result = _myself().run("-m", "simulators.namespace", "4194304", "--", "true")
    assert result.returncode == 1
    assert "cannot enter 4194304" in result.stderr
    assert _myself().run("-m", "simulators.namespace", "1", "true").returncode == 2


def _udp_echo(port: int, address: str, count: int = 1) -> list[bytes]:
    """Send echo requests in UDP; return the answers that came from that very address."""
    answers = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.settimeout(0.5)
        for sequence in range(count):
            rest = struct.pack("!HH", 77, sequence) + b"kota"
            total: int = sum(struct.unpack("!4H", rest)) + 0x0800
            checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
            opened.sendto(b"\x08\0" + checksum.to_bytes(2, "big") + rest, (address, port))
            try:
                data, source = opened.recvfrom(1500)
            except TimeoutError:
                continue
            if source == (address, port):
                answers.append(data)
    return answers


def test_without_a_namespace_the_same_messages_travel_in_udp(tmp_path: Path) -> None:
    with _city(_myself(), tmp_path, "--isolate", "never") as city:
        assert (city.facts["isolated"], city.facts["namespace_pid"]) == (False, None)
        carrier, _, port = city.facts["carrier"].partition(":")
        assert carrier == "udp"
        server, address = _address(Kind.SERVER)
        _, lossy_address = _address(Kind.ACCESS_POINT)
        (answer,) = _udp_echo(int(port), address)
        assert answer[:2] == b"\0\0"
        assert answer[4:] == struct.pack("!HH", 77, 0) + b"kota"
        assert _udp_echo(int(port), "127.99.0.1") == []
        city.tell(command="fault", id="a", kind="device_dead", for_seconds=60, target=server)
        city.hear("fault_started")
        assert _udp_echo(int(port), address) == []
        lossy = next(it.id for it in CITY.devices if it.address == lossy_address)
        city.tell(command="fault", id="b", kind="packet_loss", for_seconds=60, target=lossy)
        city.hear("fault_started")
        assert len(_udp_echo(int(port), lossy_address, 6)) == 3
        city.tell(command="stop")
        city.process.wait(15)
        answers = city.record()[-1]["answers"]
        assert (answers[server]["echoes"], answers[lossy]["echoes"]) == (1, 3)


def test_an_unprivileged_user_gets_a_city_without_a_namespace_too(tmp_path: Path) -> None:
    with _city(_anybody(), tmp_path, "--isolate", "never") as city:
        _, port = city.facts["carrier"].split(":")
        _, address = _address(Kind.SERVER)
        assert len(_udp_echo(int(port), address)) == 1


def test_a_city_obeys_commands_and_records_from_start_to_finish(tmp_path: Path) -> None:
    scenario = tmp_path / "quick.yaml"
    scenario.write_text(
        "rhythm: {ping: 0.1, ping_retry: 0, timeouts: 0}\n"
        "faults:\n"
        "- {id: mati, kind: device_dead, at_seconds: 0.1, for_seconds: 0.2}\n"
        "- {id: jeda, kind: collector_pause, at_seconds: 0.5, for_seconds: 5}\n"
    )
    with _city(_myself(), tmp_path, "--isolate", "never", "--scenario", str(scenario)) as city:
        city.tell(command="start")
        city.tell(command="start")
        assert "start" in city.hear("refused")["problem"]
        assert city.hear("fault_started")["id"] == "mati"
        assert city.hear("fault_ended")["id"] == "mati"
        assert city.hear("collector_pause_due")["for_seconds"] == 5
        city.tell(command="note", event="fault_started", id="jeda")
        city.tell(command="note", event="fault_ended", id="jeda")
        city.tell(command="note", event="fault_ended", id="nobody")
        assert "nobody" in city.hear("refused")["problem"]
        city.tell(command="fault", id="x", kind="reboot", for_seconds=0.05)
        assert "luck" in city.hear("refused")["problem"]
        city.tell(command="dance")
        assert "dance" in city.hear("refused")["problem"]
        city.tell(command="stop")
        assert city.process.wait(15) == 0
        events = city.record()
    told = [(it["event"], it.get("id")) for it in events]
    assert ("timeline_started", None) in told
    assert ("timeline_ended", None) in told
    assert [it for it in told if not it[0].startswith("timeline")] == [
        ("started", None), ("fault_started", "mati"), ("fault_ended", "mati"),
        ("fault_started", "jeda"), ("fault_ended", "jeda"), ("finished", None),
    ]  # fmt: skip
    assert events[-1]["answers"].keys() == {it.id for it in CITY.devices}


@pytest.mark.parametrize("options", [[], ["--isolate", "never"]])
def test_a_city_whose_parent_goes_away_ends_by_itself(
    tmp_path: Path, options: Sequence[str]
) -> None:
    with _city(_myself(), tmp_path, *options) as city:
        assert city.process.stdin is not None
        city.process.stdin.close()
        assert city.process.wait(15) == 0
        assert city.record()[-1]["event"] == "finished"


def test_a_city_nobody_listens_to_does_not_wait_for_a_reader(tmp_path: Path) -> None:
    with _city(_myself(), tmp_path, "--isolate", "never") as city:
        for _ in range(3000):  # more refusals than a pipe holds
            city.tell(command="nonsense", padding="x" * 40)
        city.tell(command="stop")
        assert city.process.wait(15) == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--devices", "3"], 2, "20 to 50000"),
        (["--scenario", "nowhere.yaml"], 2, "no scenario"),
        (["--mqtt", "127.0.0.1"], 2, "HOST:PORT"),
    ],
)
def test_wrong_use_is_answered_in_words_and_with_a_code(
    tmp_path: Path, options: Sequence[str], code: int, words: str
) -> None:
    result = _myself().run(
        "-m", "simulators", "city", "--state-directory", str(tmp_path / "s"), *options
    )
    assert result.returncode == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_the_files_that_hold_the_community_are_for_their_owner_only(tmp_path: Path) -> None:
    with _city(_myself(), tmp_path, "--isolate", "never") as city:
        assert (city.folder / "facts.json").stat().st_mode & 0o077 == 0
        community = city.facts["community"]
        assert community not in (city.folder / "record.jsonl").read_text()
        assert community not in (city.folder / "inventory.yaml").read_text()


def test_walk_replays_a_file_as_one_device_until_stdin_ends(tmp_path: Path) -> None:
    file = tmp_path / "kamera.snmprec"
    file.write_text("1.3.6.1.2.1.1.5.0|4|kamera\nbroken\n")
    ask = [need_program("snmpget"), "-v2c", "-c", "public", "-Oqv", "-m", ""]
    command = [sys.executable, "-m", "simulators", "walk", str(file), "--port", "0"]
    process = subprocess.Popen(  # noqa: S603 - a command of our own
        [*command, "--address", "127.3.2.1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert (ready["objects"], len(ready["left_out"])) == (1, 1)
    answer = subprocess.run(  # noqa: S603 - a command of our own
        [*ask, f"127.3.2.1:{ready['port']}", "1.3.6.1.2.1.1.5.0"],
        capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert answer.stdout.strip() == '"kamera"'
    process.communicate(timeout=15)
    assert process.returncode == 0

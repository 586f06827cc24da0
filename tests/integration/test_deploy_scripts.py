"""The scripts and the broker's files of deploy/, run with the real mosquitto as compose would."""

import contextlib
import os
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, need_program
from tests.influxd import free_ports
from tests.integration.mqtt_broker import make_certificate

DEPLOY = REPOSITORY / "deploy"
START_SECONDS = 10.0
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
ACCOUNTS = ["collector", "device", "health"]


def make_secrets(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(DEPLOY / "make-secrets.sh"), *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def held(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_text() for file in files}


def test_secrets_are_made_once_for_owner_and_group_and_never_printed(tmp_path: Path) -> None:
    first = make_secrets(tmp_path)
    assert first.returncode == 0, first.stderr
    secrets = held(tmp_path)

    again = make_secrets(tmp_path)

    assert again.returncode == 0
    assert again.stdout == ""
    assert held(tmp_path) == secrets
    assert sorted(secrets) == sorted(
        ["influxdb/admin-password", "influxdb/admin-token", "grafana/admin-password"]
        + ["grafana/secret-key", "pantau/mqtt-password"]
        + [f"mosquitto/{name}" for name in ACCOUNTS]
    )
    assert secrets["pantau/mqtt-password"] == secrets["mosquitto/collector"]
    assert len(set(secrets.values())) == len(secrets) - 1
    for name, secret in secrets.items():
        assert len(secret) == 64
        assert secret not in first.stdout + first.stderr
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o640


def test_what_was_cut_short_is_made_and_what_stands_is_left(tmp_path: Path) -> None:
    (tmp_path / "influxdb").mkdir()
    (tmp_path / "influxdb" / "admin-token").write_text("of-somebody")
    (tmp_path / "influxdb" / "admin-password").write_text("")

    make_secrets(tmp_path)

    assert held(tmp_path)["influxdb/admin-token"] == "of-somebody"
    assert len(held(tmp_path)["influxdb/admin-password"]) == 64


def test_an_account_is_added_and_an_odd_name_is_refused(tmp_path: Path) -> None:
    made = make_secrets("--account", "sensor-1", tmp_path)
    assert made.stdout == held(tmp_path)["mosquitto/sensor-1"] + "\n"
    for name, words in (("sensor-1", "already"), ("a b", "letters"), ("../x", "letters")):
        refused = make_secrets("--account", name, tmp_path)
        assert refused.returncode == 1
        assert words in refused.stderr
    assert list(held(tmp_path)) == ["mosquitto/sensor-1"]


# --- the broker ---


@dataclass(frozen=True, slots=True)
class Broker:
    port: int
    tls_port: int
    runtime: Path
    secrets: Path
    certificate: Path

    def password(self, name: str) -> str:
        return (self.secrets / name).read_text()

    def pub(
        self, name: str, topic: str, *extra: str, port: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        words = ["mosquitto_pub", "-p", str(port or self.port), "-t", topic, "-m", "ya", "-q", "1"]
        who = ["-u", name, "-P", self.password(name)] if name else []
        return run([*words, *who, *extra])

    def heard(self, topic: str, *pubs: tuple[str, str]) -> set[str]:
        """Return the topics that collector hears of what is published, up to `tele/end/x`."""
        words = ["mosquitto_sub", "-p", str(self.port), "-F", "%t", "-q", "1", "-t", topic]
        who = ["-u", "collector", "-P", self.password("collector"), "-i", "ears", "-c"]
        run([*words, *who, "-E"])  # a session that keeps what comes from now on
        for name, place in (*pubs, ("device", "tele/end/x")):
            assert self.pub(name, place).returncode == 0
        heard: set[str] = set()
        while "tele/end/x" not in heard:  # what is not acknowledged in time comes again
            said = run([*words, *who, "-W", "10", "-C", "1"])
            assert said.returncode == 0, said.stderr
            heard |= set(said.stdout.split())
        return heard


def run(words: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    words = [need_program(words[0]), *words[1:]]
    environment = {"PATH": PATH, "HOME": "/nonexistent", **variables}
    return subprocess.run(  # noqa: S603 - our own words
        words, env=environment, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The broker as compose starts it, at other places: /mosquitto, /run and the ports."""
    need_program("mosquitto")
    root = tmp_path_factory.mktemp("broker")
    for name in ("run", "data", "config", "config/conf.d"):
        (root / name).mkdir()
    make_secrets(root)
    make_secrets("--account", "sensor-1", root)
    certificate = make_certificate(root / "config" / "conf.d")
    certificate.rename(certificate.with_name("server.pem"))
    certificate.with_name("key.pem").rename(certificate.with_name("server.key"))
    port, tls_port = free_ports(2)

    def moved(text: str) -> str:
        text = text.replace("/mosquitto/config", f"{root}/config")
        text = text.replace("/mosquitto/data", f"{root}/data")
        text = text.replace("/run/mosquitto", f"{root}/run")
        text = text.replace("listener 1883", f"listener {port} 127.0.0.1\nuser root")
        return text.replace("listener 8883", f"listener {tls_port} 127.0.0.1")

    source = DEPLOY / "mosquitto"
    (root / "config" / "mosquitto.conf").write_text(moved((source / "mosquitto.conf").read_text()))
    (root / "config" / "acl").write_text((source / "acl").read_text())
    tls = moved((source / "conf.d" / "tls.conf.example").read_text())
    (root / "config" / "conf.d" / "tls.conf").write_text(tls)
    environment = {
        "PATH": PATH,
        "SECRETS": str(root / "mosquitto"),
        "RUNTIME": str(root / "run"),
        "CONFIGURATION": str(root / "config" / "mosquitto.conf"),
    }
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own script
            ["/bin/sh", str(source / "start.sh")], env=environment, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", tls_port)):
                break
            assert process.poll() is None, (root / "log").read_text()
            assert time.monotonic() < deadline, (root / "log").read_text()
            time.sleep(0.02)  # noqa: TID251 - no event loop here
        yield Broker(
            port, tls_port, root / "run", root / "mosquitto", certificate.with_name("server.pem")
        )
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_the_password_file_holds_hashes_that_its_owner_alone_can_read(broker: Broker) -> None:
    file = broker.runtime / "passwords"

    accounts = dict(line.split(":", 1) for line in file.read_text().splitlines())

    assert sorted(accounts) == sorted([*ACCOUNTS, "sensor-1"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for name, kept in accounts.items():
        assert kept.startswith("$")
        assert broker.password(name) not in file.read_text()


def test_the_health_check_of_compose_needs_no_password_on_its_command_line(broker: Broker) -> None:
    words = ["-t", "$SYS/broker/uptime", "-C", "1", "-W", "3"]  # as in docker-compose.yml
    command = ["mosquitto_sub", "-p", str(broker.port), *words]

    assert run(command, XDG_CONFIG_HOME=str(broker.runtime)).returncode == 0
    assert run(command).returncode != 0


def test_nobody_gets_in_without_a_name_or_with_a_wrong_password(broker: Broker) -> None:
    assert broker.pub("", "tele/x/STATE").returncode != 0
    assert broker.pub("device", "tele/x/STATE", "-P", "salah").returncode != 0


def test_everybody_publishes_only_what_they_may_and_pantau_switches_nothing(broker: Broker) -> None:
    heard = broker.heard(
        "#",
        ("device", "tele/lampu/STATE"),
        ("collector", "cmnd/lampu/POWER"),
        ("sensor-1", "tele/sensor-1/STATE"),
        ("sensor-1", "sensor-1/status"),
        ("sensor-1", "tele/lampu/STATE"),
    )

    assert heard == {"tele/lampu/STATE", "tele/sensor-1/STATE", "sensor-1/status", "tele/end/x"}


def test_the_listener_with_tls_works_as_its_example_says(broker: Broker) -> None:
    trusting = ["--cafile", str(broker.certificate), "-h", "127.0.0.1"]

    assert broker.pub("device", "tele/tls/STATE", *trusting, port=broker.tls_port).returncode == 0
    plain = broker.pub("device", "tele/tls/STATE", "-h", "127.0.0.1", port=broker.tls_port)
    assert plain.returncode != 0

"""The services of docker-compose.yml as processes of this machine: no Docker can be run here.

Commands, variables, health checks and their order are read from the file itself; only places that
a container would have to itself are others (folders, ports, names of machines). InfluxDB is 1.6.7
behind the proxy that speaks the second generation's writes: set-up makes its databases, and its two
tokens are laid where set-up would have written those of 2.x (see test_influxdb_setup.py).
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY, need_program
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Proxy
from tests.influxd import Influxd, free_ports

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (REPOSITORY / "docker-compose.yml").read_text()
)["services"]
ALERTS = """
channels: {grup: {type: webhook, url: 'http://127.0.0.1:9/'}}
receivers: {noc: {channels: grup}}
"""
PATIENCE_SECONDS = 60.0
TOKENS = {"influxdb-write-token": WRITE_TOKEN, "influxdb-read-token": READ_TOKEN}


class Machine:
    """One folder for what volumes would hold, and the services that were started."""

    def __init__(self, root: Path, influx: str, stack: ExitStack) -> None:
        self.root = root
        self.broker_port, self.api_port = free_ports(2)
        self._stack = stack
        self._influx = influx
        self._logs: dict[str, Path] = {}
        self.said = ""

    def moved(self, text: str) -> str:
        """Return a word of the compose file as it is on this machine."""
        for there, here in (
            ("/run/secrets", f"{self.root}/secrets/pantau"),
            ("/var/lib/pantau", f"{self.root}/data"),
            ("/etc/pantau", str(REPOSITORY / "deploy" / "pantau")),
            ("http://influxdb:8086", self._influx),
            ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - what is replaced
            ("8080", str(self.api_port)),
        ):
            text = text.replace(there, here)
        return "127.0.0.1" if text == "mosquitto" else text

    def environment(self, name: str) -> dict[str, str]:
        """Return the variables of a service, and the ports that are others here."""
        given = SERVICES[name].get("environment", {})
        made = {key: self.moved(str(value)) for key, value in given.items()}
        if "PANTAU__MQTT__HOST" in made:
            made["PANTAU__MQTT__PORT"] = str(self.broker_port)
        if name == "alerts":
            made["PANTAU__ALERTS"] = str(self.root / "alerts.yaml")
        return {**_bare(), **made}

    def start(self, name: str) -> None:
        """Start a service of Pantau with its command."""
        command = [sys.executable, "-m", "api", *map(self.moved, SERVICES[name]["command"])]
        self.spawn(name, command, self.environment(name))

    def spawn(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        """Start a program; it is ended at the end."""
        self._logs[name] = self.root / f"{name}.log"
        with self._logs[name].open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own words
                command, env=dict(environment), stdout=log, stderr=log, cwd=self.root
            )
        self._stack.callback(process.wait, 20)
        self._stack.callback(process.terminate)

    def is_well(self, name: str) -> bool:
        """Ask a service how it is, as compose would."""
        test = SERVICES[name]["healthcheck"]["test"]
        assert test[:2] == ["CMD", "pantau"]
        command = [sys.executable, "-m", "api", *map(self.moved, test[2:])]
        asked = subprocess.run(  # noqa: S603 - our own words
            command, env=self.environment(name), cwd=self.root, capture_output=True, check=False
        )
        return asked.returncode == 0

    def is_ready(self) -> bool:
        """Ask the API whether what it serves can be relied on."""
        url = f"http://127.0.0.1:{self.api_port}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            with error:
                self.said = error.read().decode()
            return False

    def log(self) -> str:
        """Return what all services said."""
        return self.said + "\n".join(
            f"== {name}\n{file.read_text()}" for name, file in self._logs.items()
        )


def _bare() -> dict[str, str]:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return {"PATH": path, "PYTHONPATH": str(REPOSITORY), "HOME": "/nonexistent"}


def until(condition: Any, what: str, machine: Machine) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} not in time\n{machine.log()}"
        time.sleep(0.1)  # noqa: TID251 - no event loop here


@pytest.fixture
def machine(tmp_path: Path, influxd_program: str) -> Iterator[tuple[Machine, Influxd]]:
    with ExitStack() as stack:
        engine = stack.enter_context(Influxd(influxd_program, tmp_path / "influxd"))
        proxy = stack.enter_context(Proxy(engine.url))
        (tmp_path / "data").mkdir()
        yield Machine(tmp_path, proxy.url, stack), engine


def start_broker(machine: Machine) -> None:
    """Start mosquitto with the deployed configuration, accounts and start script."""
    need_program("mosquitto")
    source, root = REPOSITORY / "deploy" / "mosquitto", machine.root / "mosquitto"
    for folder in ("run", "data", "conf.d"):
        (root / folder).mkdir(parents=True)
    text = (source / "mosquitto.conf").read_text()
    for there, here in (
        ("/mosquitto/config/acl", str(source / "acl")),
        ("/mosquitto/config/conf.d", str(root / "conf.d")),
        ("/mosquitto/data", str(root / "data")),
        ("/run/mosquitto", str(root / "run")),
        ("listener 1883", f"listener {machine.broker_port} 127.0.0.1\nuser root"),
    ):
        text = text.replace(there, here)
    (root / "mosquitto.conf").write_text(text)
    places = {
        "SECRETS": str(machine.root / "secrets" / "mosquitto"),
        "RUNTIME": str(root / "run"),
        "CONFIGURATION": str(root / "mosquitto.conf"),
    }
    machine.spawn("mosquitto", ["/bin/sh", str(source / "start.sh")], {**_bare(), **places})


def set_up(machine: Machine, engine: Influxd) -> None:
    """Run `setup` as compose does, then lay the proxy's tokens where those of 2.x would be."""
    secrets = machine.root / "secrets"
    command = SERVICES["setup"]["command"]
    words = [machine.moved(word) for word in command if "token-file" not in word]
    environment = machine.environment("setup") | {"PANTAU__INFLUXDB__URL": engine.url}
    subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "api", *words], env=environment, cwd=machine.root, check=True
    )
    for name, token in TOKENS.items():
        file = secrets / "pantau" / name
        file.write_text(token)
        file.chmod(0o640)


def test_what_compose_starts_is_well_and_readings_reach_influxdb(
    machine: tuple[Machine, Influxd],
) -> None:
    made, engine = machine
    script = str(REPOSITORY / "deploy" / "make-secrets.sh")
    subprocess.run(["/bin/sh", script, str(made.root / "secrets")], check=True)  # noqa: S603 - ours
    set_up(made, engine)
    start_broker(made)
    (made.root / "alerts.yaml").write_text(ALERTS)
    for name in ("collector", "courier", "api", "alerts"):
        made.start(name)

    for name in ("collector", "courier", "api", "alerts"):
        until(partial(made.is_well, name), f"{name} is well", made)
    until(lambda: engine.query("SHOW MEASUREMENTS", "pantau"), "readings in InfluxDB", made)
    until(made.is_ready, "the API is ready", made)
    until(lambda: " as pantau-main (" in made.log(), "the collector is at the broker", made)

    assert "u'collector'" in made.log()
    assert "Traceback" not in made.log(), made.log()

"""What an operator would have written for the simulated city: pantau.yaml, alerts.yaml, secrets."""

import asyncio
import base64
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from api.demo.city import CityError, Facts
from api.demo.told import BATTERY_SECONDS
from api.supervisor import Program
from collector.config import Config
from collector.profiles.load import PARTS_FOLDER, built_in_folder
from collector.store import TokenRole

CREDENTIAL = "kota"
LIFETIME = "30d"
RECEIVER = "petugas"
SETTLE_SECONDS = 10.0
"""How long a message waits for more of its cause; the default of 30 s is long in four minutes."""
_USUAL_PING_SECONDS = 30.0
_USUAL_TIMEOUTS_SECONDS = 5.0  # what a rhythm says where pings wait for a second


def write_config(
    directory: Path, inventory: Path, facts: Facts, webhook: str, desk_url: str
) -> tuple[Path, str]:
    """Write pantau.yaml and alerts.yaml; return the first's path and the webhook's secret.

    `webhook` is where messages go; `desk_url` what their links begin with.
    """
    content: dict[str, object] = {
        "collector_id": "demo",
        "data_directory": str(directory),
        "zone": facts.zone,
        "inventory": [str(inventory)],
        "snmp": {"port": facts.snmp_port},
        "traps": {"addresses": ["127.0.0.1"], "port": facts.trap_port},
        "mqtt": {"host": facts.mqtt_host, "port": facts.mqtt_port, "client_id": "pantau-demo"},
        "credentials": {
            CREDENTIAL: {
                "version": "2c",
                "community_file": _write_secret(directory / "community", facts.community),
            }
        },
        **_paced(directory, facts),
    }
    alerts, secret = _write_alerts(directory, webhook, desk_url)
    content["alerts"] = str(alerts)
    path = directory / "pantau.yaml"
    _write_yaml(path, content)
    return path, secret


def _paced(directory: Path, facts: Facts) -> dict[str, object]:
    """Return the settings that make the collector keep the rhythm of the scenario."""
    rhythm = facts.rhythm
    wait = rhythm["timeouts"] / _USUAL_TIMEOUTS_SECONDS
    found: dict[str, object] = {
        "ping": {"carrier": facts.carrier, "timeout": f"{wait:g}s"},
        "rule": {"retry": f"{rhythm['ping_retry']:g}s", "confirm": int(rhythm["confirm"])},
    }
    if rhythm["ping"] != _USUAL_PING_SECONDS:
        found["profiles"] = [str(_write_ping_part(directory / "profiles", rhythm["ping"]))]
    return found


def _write_ping_part(folder: Path, interval_seconds: float) -> Path:
    """Write the part of all profiles that pings, with another interval; return the folder."""
    file = Path(PARTS_FOLDER) / "ping.yaml"
    part = yaml.safe_load((built_in_folder() / file).read_text(encoding="utf-8"))
    for group in part["groups"].values():
        group["interval"] = f"{interval_seconds:g}s"
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    _write_yaml(folder / file, part)
    return folder


def _write_alerts(directory: Path, webhook: str, desk_url: str) -> tuple[Path, str]:
    """Write alerts.yaml: everything goes to one receiver by a signed webhook."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    path = directory / "alerts.yaml"
    content = {
        "desk_url": desk_url,
        "settle": f"{SETTLE_SECONDS:g}s",
        "settle_critical": f"{SETTLE_SECONDS:g}s",
        "allow_networks": ["127.0.0.1"],
        "channels": {
            "demo": {
                "type": "webhook",
                "url": webhook,
                "secret_file": _write_secret(directory / "webhook-secret", secret),
                "per_minute": 6_000,
            }
        },
        "receivers": {RECEIVER: {"channels": ["demo"]}},
        # A UPS is there to bridge: within this time it is known whether a whole place is dark.
        "policies": [
            {
                "name": "UPS",
                "match": {"reason": "on_battery"},
                "after": f"{BATTERY_SECONDS:g}s",
            }
        ],
    }
    _write_yaml(path, content)
    return path, secret


def _write_secret(path: Path, secret: str) -> str:
    path.touch(mode=0o600)
    path.write_text(secret + "\n")
    return str(path)


def _write_yaml(path: Path, content: Mapping[str, object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        yaml.safe_dump(content, file, allow_unicode=True)


async def make_token(config: Path, name: str, role: TokenRole) -> str:
    """Make the store and a token for it, as an administrator would; return the secret.

    In a process of its own: what it needs once, this one would keep. Raises CityError with what
    it said when it fails.
    """
    words = ("token", "create", name, "--role", role, "--expires", LIFETIME)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api", *words, "--config", str(config),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, problem = await process.communicate()
    if process.returncode != 0:
        raise CityError(f"the demo has no token: {problem.decode(errors='replace').strip()}")
    return said.decode().strip()


def programs(config: Config, facts: Facts, listening: int) -> list[Program]:
    """Return the platform's processes: the collector inside the city's namespace."""
    base = [sys.executable, "-m", "api", "run", "--config", str(config.file)]
    collector = [*base, "--role", "collector"]
    if facts.namespace_pid is not None:
        enter = [sys.executable, "-m", "simulators.namespace", str(facts.namespace_pid), "--"]
        collector = [*enter, *collector]
    web = [*base, "--role", "api", "--listening-socket", str(listening)]
    found = [
        Program("collector", collector),
        Program("api", web, pass_fds=(listening,)),
        Program("alerts", [*base, "--role", "alerts"]),
    ]
    if config.influxdb is not None:
        found.append(Program("courier", [*base, "--role", "courier"]))
    return found

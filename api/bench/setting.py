"""What an operator would have written for the fleet: pantau.yaml, a profile, alerts.yaml.

The load is what devices of a city are asked for: in a minute three echoes, spread (one every
20 s), and a GET of twelve objects; every five minutes a walk of four columns with 24 rows. Where
very many are watched, less: once a minute an echo and the GET.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from simulators.fleet import COLUMNS, CREDENTIAL, SCALARS

PING_SECONDS = 20.0
STATUS_SECONDS = 60.0
TABLE_SECONDS = 300.0
ECHOES_A_PING = 1
SPARSE_PING_SECONDS = 60.0
ZONE = "Asia/Makassar"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the platform's configuration is, and what its messages are signed with."""

    config: Path
    secret: str


def write_setting(
    folder: Path, facts: Mapping[str, object], webhook: str, *, sparse: bool = False
) -> Setting:
    """Write the configuration into a folder. `facts` are the fleet's, `webhook` hears alerts."""
    profiles = folder / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    _write(profiles / "fleet.yaml", _profile(sparse=sparse))
    community = folder / "community"
    community.touch(mode=0o600)
    community.write_text(f"{facts['community']}\n")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    signed = folder / "webhook-secret"
    signed.touch(mode=0o600)
    signed.write_text(secret + "\n")
    alerts = folder / "alerts.yaml"
    _write(alerts, _alerts(webhook, signed))
    config = folder / "pantau.yaml"
    _write(
        config,
        {
            "collector_id": "bench",
            "data_directory": str(folder),
            "zone": ZONE,
            "inventory": [str(folder / "fleet" / "inventory.yaml")],
            "profiles": [str(profiles)],
            "snmp": {"port": facts["snmp_port"]},
            "ping": {"carrier": facts["carrier"], "count": ECHOES_A_PING},
            "credentials": {CREDENTIAL: {"version": "2c", "community_file": str(community)}},
            "alerts": str(alerts),
        },
    )
    return Setting(config, secret)


def ping_seconds(*, sparse: bool) -> float:
    """Return how often a device is pinged."""
    return SPARSE_PING_SECONDS if sparse else PING_SECONDS


def _profile(*, sparse: bool) -> dict[str, object]:
    groups = {
        "ping": {
            "probe": "ping",
            "interval": f"{ping_seconds(sparse=sparse):g}s",
            "role": "reachability",
        },
        "status": {
            "probe": "snmp",
            "interval": f"{STATUS_SECONDS:g}s",
            "metrics": [
                {"name": f"bench_{number}", "source": oid}
                for number, (oid, _) in enumerate(SCALARS, start=1)
            ],
        },
    }
    return {
        "name": "fleet",
        "title": "A device of the bench",
        "kinds": ["switch"],
        "ping": False,
        "groups": groups if sparse else groups | {"table": _table()},
    }


def _table() -> dict[str, object]:
    entry = "1.3.6.1.2.1.2.2.1"
    name, state, *counters = COLUMNS
    return {
        "probe": "snmp",
        "interval": f"{TABLE_SECONDS:g}s",
        "tables": {
            "ports": {
                "labels": {"interface": f"{entry}.{name}"},
                "metrics": [
                    {
                        "name": "if_oper_status",
                        "source": f"{entry}.{state}",
                        "type": "state",
                        "states": {1: "up", 2: "down"},
                    },
                    *(
                        {
                            "name": f"bench_counter_{column}",
                            "source": f"{entry}.{column}",
                            "type": "counter",
                        }
                        for column in counters
                    ),
                ],
            }
        },
    }


def _alerts(webhook: str, secret: Path) -> dict[str, object]:
    return {
        "desk_url": "http://127.0.0.1",
        "allow_networks": ["127.0.0.1"],
        "channels": {"bench": {"type": "webhook", "url": webhook, "secret_file": str(secret)}},
        "receivers": {"petugas": {"channels": ["bench"]}},
    }


def _write(path: Path, content: Mapping[str, object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        yaml.safe_dump(dict(content), file, allow_unicode=True, sort_keys=False)

"""Runs one other system on the fleet of `pantau bench fleet`, or puts results side by side.

    python -m tests.benchmarks.peers --peer prometheus --devices 1000 --minutes 5 --json F
    python -m tests.benchmarks.peers --table OURS.json PROMETHEUS.json …

Needs root and Debian's packages; it says which are missing and installs nothing.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.bench.agents import FleetError, Load
from tests.benchmarks.peers.icinga import Icinga
from tests.benchmarks.peers.peer import Peer
from tests.benchmarks.peers.place import PeerError, missing
from tests.benchmarks.peers.play import PlayOptions, play
from tests.benchmarks.peers.prometheus import Prometheus
from tests.benchmarks.peers.words import lines, table
from tests.benchmarks.peers.zabbix import Zabbix

PEERS: Mapping[str, type[Peer]] = {
    "prometheus": Prometheus,
    "zabbix": Zabbix,
    "icinga": Icinga,
}
SHARES = {"dead": "10%", "slow": "5%", "lossy": "5%", "hostile": "0%", "loss": "0%"}
"""Of the fleet, as `pantau bench fleet` has them."""


def main(arguments: list[str] | None = None) -> int:
    """Run; return the exit code."""
    given = parse(arguments)
    if given.table:
        for line in table([json.loads(path.read_text()) for path in given.table]):
            print(line)
        return 0
    kind = PEERS[given.peer]
    problem = _problem(kind)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    options = PlayOptions(
        load_of(given),
        given.minutes,
        given.killed or min(500, max(1, given.devices // 10)),
        given.data,
    )
    try:
        result = asyncio.run(play(kind, options, _say))
    except (FleetError, PeerError) as error:
        print(error, file=sys.stderr)
        return 1
    except (asyncio.CancelledError, KeyboardInterrupt):
        print("ended before it was done; so is the peer", file=sys.stderr)
        return 1
    result = {"peer": given.peer, "versions": _versions(kind), **result}
    if given.json is not None:
        given.json.write_text(json.dumps(result, indent=2) + "\n")
    for line in lines(result):
        print(line)
    return 0


def load_of(given: argparse.Namespace) -> Load:
    """Return the load that is asked for."""
    return Load(
        devices=given.devices, seed=given.seed, **{one: getattr(given, one) for one in SHARES}
    )


def parse(words: list[str] | None) -> argparse.Namespace:
    """Return what is asked for; ends the program where that cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--peer", choices=PEERS)
    what.add_argument("--table", nargs="+", type=Path, metavar="FILE", help="results to compare")
    parser.add_argument("--devices", type=int, default=1000, metavar="N")
    for name, share in SHARES.items():
        parser.add_argument(f"--{name}", type=_share, default=share, metavar="SHARE")
    parser.add_argument("--killed", type=int, metavar="N", help="default: 500, or a tenth")
    parser.add_argument(
        "--minutes",
        type=float,
        default=5.0,
        metavar="M",
        help="of steady watch; Icinga asks all tables at once: use a multiple of 5",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep what was written there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    return parser.parse_args(words)


def _share(text: str) -> float:
    share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("write a share such as 10% or 0.1")
    return share


def _problem(kind: type[Peer]) -> str:
    """Return why a peer cannot run here, with what to do; "" when it can."""
    if os.geteuid() != 0:
        return "root is needed: peers run as users of their own in a network namespace"
    lacking = missing([*kind.programs, "taskset", "setpriv"])
    if lacking:
        packages = " ".join(kind.packages)
        return (
            f"missing: {', '.join(lacking)}. On Debian: apt-get install --no-install-recommends "
            f"{packages} (let no service start: policy-rc.d, as .ci/run does)"
        )
    return ""


def _versions(kind: type[Peer]) -> dict[str, str]:
    """Return the upstream version of each package."""
    found: dict[str, Any] = {}
    for package in kind.packages:
        told = subprocess.run(  # noqa: S603 - packages named here
            ["/usr/bin/dpkg-query", "-W", "-f", "${Version}", package],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        found[package] = told.rpartition(":")[2].partition("-")[0].partition("+")[0] or "?"
    return found


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

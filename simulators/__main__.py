"""`python -m simulators city …` and `python -m simulators walk FILE …`."""

import argparse
from pathlib import Path

from simulators.run import CityOptions, Isolation, run_city, run_walk
from simulators.weakness import Weakness


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code (0 done, 1 a problem, 2 wrong use)."""
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    city = commands.add_parser("city", help="simulate a city of devices on loopback addresses")
    city.add_argument("--state-directory", type=Path, required=True, metavar="DIR")
    city.add_argument("--devices", type=int, metavar="N")
    city.add_argument("--seed", type=int, default=1, metavar="S")
    city.add_argument("--scenario", default="basic", metavar="NAME|FILE")
    city.add_argument("--mqtt", type=_host_and_port, metavar="HOST:PORT")
    city.add_argument("--isolate", type=Isolation, choices=list(Isolation), default=Isolation.AUTO)
    city.add_argument("--telemetry-period", type=float, default=10.0, metavar="SECONDS")
    city.add_argument("--start", action="store_true", help="begin the timeline at once")
    walk = commands.add_parser("walk", help="replay a .snmprec recording as one device")
    walk.add_argument("file", type=Path)
    walk.add_argument("--address", default="127.0.0.1")
    walk.add_argument("--port", type=int, default=1161)
    walk.add_argument("--community", default="public")
    walk.add_argument(
        "--weakness", type=Weakness, action="append", default=[], choices=list(Weakness)
    )
    given = parser.parse_args(arguments)
    if given.command == "walk":
        return run_walk(given.file, given.address, given.port, given.community, given.weakness)
    return run_city(
        CityOptions(
            state_directory=given.state_directory,
            devices=given.devices,
            seed=given.seed,
            scenario=given.scenario,
            mqtt=given.mqtt,
            isolation=given.isolate,
            telemetry_period_seconds=given.telemetry_period,
            start=given.start,
        )
    )


def _host_and_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host, int(port)


if __name__ == "__main__":
    raise SystemExit(main())

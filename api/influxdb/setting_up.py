"""Chooses by the server's version how it is set up."""

from collections.abc import Iterator

from api.influxdb import first, second, third
from api.influxdb.server import Server
from api.influxdb.wanted import Step, Wanted


def set_up(wanted: Wanted, wait_seconds: float = 0.0) -> Iterator[Step]:
    """Make what is missing at an InfluxDB of whatever generation; yield what was done.

    Waits so long for a server that is still starting. Raises SetupError with the remedy; the steps
    that were yielded before stay done, and another run goes on from there.
    """
    server = Server(wanted)
    try:
        version = server.version(wait_seconds)
        yield Step(wanted.url, "note", f"InfluxDB {version}")
        if version.startswith("1."):
            yield from first.set_up(server, wanted)
        elif version.startswith("2."):
            yield from second.set_up(server, wanted, version)
        else:
            yield from third.set_up(server, wanted)
    finally:
        server.close()

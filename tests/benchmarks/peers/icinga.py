"""Icinga 2 with the monitoring plugins: check_icmp for the host, check_snmp for its services.

Every check is a process (check_snmp even starts another, snmpget). A host is down after three
failed pings, the second and third 5 s after the one before, as ours; services of a host that is
down are not checked (the dependency that Icinga's manual recommends). The table is one GET of 96
objects: the plugins have no cheaper way to it. Readings go to files (PerfdataWriter), the cheapest
of its writers; states and notifications are read from the log of CompatLogger, which writes whole
seconds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from api.bench.watching import Moved
from tests.benchmarks.peers import targets as load
from tests.benchmarks.peers.peer import Served
from tests.benchmarks.peers.place import Place
from tests.benchmarks.peers.targets import Targets

_PLUGINS = "/usr/lib/nagios/plugins"
_USER = "nagios"
_ROTATION_SECONDS = 5
_CONCURRENT_CHECKS = 512
_LINE = re.compile(r"\[(\d+)\] HOST (ALERT|NOTIFICATION): (.*)")
_PERIODS = {
    "ping": load.PING_SECONDS,
    "status": load.STATUS_SECONDS,
    "table": load.TABLE_SECONDS,
}


def configuration(targets: Targets, room: Path) -> str:
    """Return icinga2.conf for the fleet; `room` is the folder that Icinga may write to."""
    table = ",".join(
        f"{column}.{port}"
        for column in load.TABLE_COLUMNS
        for port in range(1, load.PORTS + 1)
    )  # fmt: skip
    hosts = "".join(
        f'object Host "{one.id}" {{\n  import "fleet"\n  address = "{one.address}"\n}}\n'
        for one in targets.devices
    )
    return f"""\
const PluginDir = "{_PLUGINS}"
const NodeName = "bench"
const ZoneName = NodeName
const TicketSalt = ""
const MaxConcurrentChecks = {_CONCURRENT_CHECKS}
include <itl>
include <plugins>
object Endpoint NodeName {{ host = NodeName }}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object IcingaApplication "app" {{ }}
object CheckerComponent "checker" {{ }}
object NotificationComponent "notification" {{ }}
object FileLogger "log" {{ severity = "warning", path = "{room}/icinga2.log" }}
object CompatLogger "states" {{ log_dir = "{room}/states", rotation_method = "MONTHLY" }}
object PerfdataWriter "readings" {{
  host_perfdata_path = "{room}/readings/host"
  service_perfdata_path = "{room}/readings/service"
  host_temp_path = "{room}/readings-open/host"
  service_temp_path = "{room}/readings-open/service"
  host_format_template = "$icinga.timet$\\t$host.name$\\tping\\t$host.state$\\t$host.perfdata$"
  service_format_template = "$icinga.timet$\\t$host.name$\\t$service.name$\\t$service.state$\\t\
$service.perfdata$"
  rotation_interval = {_ROTATION_SECONDS}s
}}
object NotificationCommand "told" {{ command = [ "/bin/true" ] }}
object User "operator" {{ }}
template Host "fleet" {{
  check_command = "icmp"
  check_interval = {load.PING_SECONDS:g}s
  retry_interval = {load.RETRY_SECONDS:g}s
  max_check_attempts = {load.FAILURES}
  vars.icmp_packets = 1
  vars.icmp_timeout = 2
  vars.icmp_wrta = 1500
  vars.icmp_crta = 2000
  vars.icmp_wpl = 100
  vars.icmp_cpl = 100
}}
template Service "fleet" {{
  check_command = "snmp"
  retry_interval = {load.STATUS_SECONDS:g}s
  vars.snmp_version = "2c"
  vars.snmp_port = {targets.snmp_port}
  vars.snmp_community = "{targets.community}"
  vars.snmp_timeout = 4
  vars.snmp_retries = 1
}}
apply Service "status" {{
  import "fleet"
  check_interval = {load.STATUS_SECONDS:g}s
  vars.snmp_oid = "{",".join(load.GET_OIDS)}"
  assign where true
}}
apply Service "table" {{
  import "fleet"
  check_interval = {load.TABLE_SECONDS:g}s
  vars.snmp_oid = "{table}"
  assign where true
}}
apply Dependency "no-services-of-the-dead" to Service {{
  disable_checks = true
  assign where true
}}
apply Notification "down" to Host {{
  command = "told"
  users = [ "operator" ]
  types = [ Problem, Recovery ]
  states = [ Up, Down ]
  interval = 0
  assign where true
}}
{hosts}"""


def downs(lines: Iterable[str]) -> list[Moved]:
    """Return which hosts became down for sure (a hard state), and when."""
    return [
        Moved(fields[0], "down", at)
        for at, kind, fields in _events(lines)
        if kind == "ALERT" and fields[1:3] == ["DOWN", "HARD"]
    ]


def notifications(lines: Iterable[str]) -> dict[str, list[float]]:
    """Return when each host's operators were told that it is down."""
    found: dict[str, list[float]] = {}
    for at, kind, fields in _events(lines):
        if kind == "NOTIFICATION" and fields[2].startswith("DOWN"):
            found.setdefault(fields[1], []).append(at)
    return found


def _events(lines: Iterable[str]) -> Iterator[tuple[float, str, list[str]]]:
    for line in lines:
        match = _LINE.match(line)
        if match is not None:
            yield float(match[1]), match[2], match[3].split(";")


class Icinga:
    """A peer; see the module."""

    packages: ClassVar[Sequence[str]] = ("icinga2-bin", "monitoring-plugins-standard", "snmp")
    programs: ClassVar[Sequence[str]] = (
        "/usr/sbin/icinga2",
        f"{_PLUGINS}/check_icmp",
        f"{_PLUGINS}/check_snmp",
        "snmpget",
    )

    def __init__(self, place: Place, targets: Targets) -> None:
        self._place = place
        self._targets = targets
        self._room = place.folder / "icinga"
        self._read: set[Path] = set()
        self._seen: dict[str, set[str]] = {"ping": set(), "status": set()}
        self._results: dict[str, list[float]] = {kind: [] for kind in _PERIODS}

    async def start(self) -> None:
        room = self._place.room("icinga", _USER)
        for name in ("data", "run", "logs", "cache", "spool", "states", "readings"):
            self._place.room(f"icinga/{name}", _USER)
        self._place.room("icinga/readings-open", _USER)
        config = room / "icinga2.conf"
        config.write_text(configuration(self._targets, room))
        constants = {
            "DataDir": "data", "InitRunDir": "run", "LogDir": "logs", "CacheDir": "cache",
            "SpoolDir": "spool",
        }  # fmt: skip
        words = ["icinga2", "daemon", "--config", str(config), "--log-level", "warning"]
        for constant, name in constants.items():
            words += ["--define", f"{constant}={room / name}"]
        await self._place.start("icinga2", words, user=_USER)

    async def seen(self) -> int:
        self._take()
        return min(map(len, self._seen.values()))

    async def served(self, from_at: float, until_at: float) -> Mapping[str, Served]:
        self._take()
        found = {}
        for kind, period in _PERIODS.items():
            devices = len(self._targets.devices) if kind == "ping" else self._targets.living
            done = sum(from_at <= at < until_at for at in self._results[kind])
            found[kind] = Served(devices * (until_at - from_at) / period, done)
        return found

    async def moved(self) -> Sequence[Moved]:
        return downs(self._lines())

    async def told(self) -> Mapping[str, Sequence[float]]:
        return notifications(self._lines())

    def _lines(self) -> list[str]:
        return (self._room / "states" / "icinga.log").read_text(errors="replace").splitlines()

    def _take(self) -> None:
        """Read what the writer of readings has closed since."""
        for path in sorted((self._room / "readings").iterdir()):
            if path in self._read:
                continue
            self._read.add(path)
            for line in path.read_text(errors="replace").splitlines():
                at, device, kind, state, _ = line.split("\t", 4)
                self._results[kind].append(float(at))
                if state in {"UP", "OK"} and kind in self._seen:
                    self._seen[kind].add(device)

"""Zabbix server 6.0 with a PostgreSQL of its own; the fleet is written into its database.

A problem is a trigger on three failed pings; the moment of an alert is that of the row which the
server makes before it runs the script that would send it. There is no web front end: it asks
nothing of devices.
"""

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGINT
from typing import ClassVar

from api.bench.watching import Moved
from tests.benchmarks.peers import targets as load
from tests.benchmarks.peers import zabbix_rows as rows
from tests.benchmarks.peers.peer import Served
from tests.benchmarks.peers.place import PeerError, Place
from tests.benchmarks.peers.targets import Targets

_SCHEMA = Path("/usr/share/zabbix-server-pgsql")
_POSTGRES = Path("/usr/lib/postgresql")
_START_SECONDS = 120.0
_SPARE_CONNECTIONS = 40

# A trigger has the id of its host; see `zabbix_rows`.
_PROBLEMS = b"""
SELECT h.host, e.clock + e.ns / 1e9 FROM events e JOIN hosts h ON h.hostid = e.objectid
WHERE e.source = 0 AND e.object = 0 AND e.value = 1 ORDER BY e.eventid;
"""
_ALERTS = b"""
SELECT h.host, a.clock FROM alerts a JOIN events e ON e.eventid = a.eventid
JOIN hosts h ON h.hostid = e.objectid WHERE a.p_eventid IS NULL ORDER BY a.alertid;
"""
_ANSWERING = b"""
SELECT count(DISTINCT itemid) FROM history_uint
WHERE itemid % :every = :item AND value >= :least;
"""
_KEPT = b"""
SELECT count(*) FROM history_uint
WHERE itemid % :every = :item AND clock >= :first AND clock < :end;
"""


class Zabbix:
    """A peer; see the module."""

    packages: ClassVar[Sequence[str]] = ("zabbix-server-pgsql", "postgresql-15", "fping")
    programs: ClassVar[Sequence[str]] = ("zabbix_server", "fping", "psql")

    def __init__(self, place: Place, targets: Targets) -> None:
        self._place = place
        self._targets = targets

    async def start(self) -> None:
        server = rows.server_settings(self._targets, {})
        pollers = sum(int(str(n)) for name, n in server.items() if name.startswith("Start"))
        await self._start_database(pollers + _SPARE_CONNECTIONS)
        for name in ("schema", "images", "data"):
            await self._sql(gzip.decompress((_SCHEMA / f"{name}.sql.gz").read_bytes()))
        await self._sql("".join(f"{line}\n" for line in rows.script(self._targets)).encode())
        await self._start_server()

    async def _start_database(self, connections: int) -> None:
        place = self._place
        found = sorted(_POSTGRES.glob("*/bin"))
        if not found:
            raise PeerError(f"no PostgreSQL in {_POSTGRES}: apt-get install postgresql")
        binaries, data = found[-1], place.room("postgres", "postgres")
        await place.run(
            [str(binaries / "initdb"), "--pgdata", str(data), "--username", "zabbix",
             "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"],
            user="postgres",
        )  # fmt: skip
        settings = rows.database_settings(connections)
        settings["unix_socket_directories"] = f"'{place.room('socket', 'postgres')}'"
        with (data / "postgresql.conf").open("a") as file:
            file.write(rows.settings_text(settings))
        words = [str(binaries / "postgres"), "-D", str(data)]
        await place.start("postgres", words, user="postgres", stop=SIGINT)  # SIGINT: at once, well
        create = ["createdb", "-h", str(place.folder / "socket"), "-U", "zabbix", "zabbix"]
        await place.until("PostgreSQL", lambda: place.run(create))

    async def _start_server(self) -> None:
        place, room = self._place, self._place.room("zabbix", "zabbix")
        told = room / rows.TOLD
        told.write_text("#!/bin/sh\nexit 0\n")
        told.chmod(0o755)
        folders = {
            "LogFile": room / "server.log",
            "PidFile": room / "server.pid",
            "SocketDir": room,
            "TmpDir": room,
            "AlertScriptsPath": room,
            "ExternalScripts": room,
            "DBHost": place.folder / "socket",
        }
        config = room / "zabbix_server.conf"
        config.write_text(rows.settings_text(rows.server_settings(self._targets, folders)))
        await place.start(
            "zabbix_server",
            ["zabbix_server", "--foreground", "--config", str(config)],
            user="zabbix",
        )

    async def seen(self) -> int:
        pinged = await self._count(_ANSWERING, item=rows.PING_ITEM, least=1)
        asked = await self._count(_ANSWERING, item=rows.STATUS_ITEM, least=0)
        return min(pinged, asked)

    async def served(self, from_at: float, until_at: float) -> Mapping[str, Served]:
        seconds = until_at - from_at
        kinds = {
            "ping": (rows.PING_ITEM, len(self._targets.devices), load.PING_SECONDS),
            "status": (rows.STATUS_ITEM, self._targets.living, load.STATUS_SECONDS),
            "table": (rows.table_item(2, 1), self._targets.living, load.TABLE_SECONDS),
        }
        found = {}
        for kind, (item, devices, period) in kinds.items():
            done = await self._count(_KEPT, item=item, first=round(from_at), end=round(until_at))
            found[kind] = Served(devices * seconds / period, done)
        return found

    async def moved(self) -> Sequence[Moved]:
        return [Moved(device, "down", float(at)) for device, at in await self._by_device(_PROBLEMS)]

    async def told(self) -> Mapping[str, Sequence[float]]:
        found: dict[str, list[float]] = {}
        for device, at in await self._by_device(_ALERTS):
            found.setdefault(device, []).append(float(at))
        return found

    async def _by_device(self, query: bytes) -> list[tuple[str, str]]:
        lines = (await self._sql(query)).splitlines()
        pairs = (line.split("|") for line in lines)
        return [(device, at) for device, at in pairs]

    async def _count(self, query: bytes, **variables: int) -> int:
        return int(await self._sql(query, every=rows.ITEMS_A_HOST, **variables))

    async def _sql(self, script: bytes, **variables: int) -> str:
        """Run SQL, with `:name` for variables; return rows as `a|b` lines."""
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "zabbix"]
        words += ["-h", str(self._place.folder / "socket"), "-d", "zabbix"]
        for name, value in variables.items():
            words += ["-v", f"{name}={value}"]
        return await self._place.run(words, given=script)

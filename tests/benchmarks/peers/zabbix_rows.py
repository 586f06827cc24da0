"""The fleet as rows of Zabbix 6.0's database, and the settings of server and database.

A host has one SNMP interface (bulk requests on) and items whose ids tell whose and what they are:

    host, interface, trigger    BASE + place
    items                       (BASE + place) * 1000 + 0             the ping, one echo every 20 s
                                                      + 1 …           the objects of the status
                                                      + 100 * column + port      those of the table

The table's values are items of their own, as low-level discovery would have made them: the server
asks for those of an interface that are due together in one GET. Counters are kept as change a
second, which is how people read them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.benchmarks.peers import targets as load
from tests.benchmarks.peers.targets import Targets

BASE = 1_000_000
ITEMS_A_HOST = 1000
PING_ITEM = 0
TOLD = "told"
"""The script that would send an alert."""
STATUS_ITEM = 1  # the first object of the status stands for all
_COUNTERS = load.TABLE_COLUMNS[2:]
_PORT_ITEMS = 100
_GROUP = 5  # a group that the schema brings
_ADMIN = 1
_SNMP_INTERFACE, _SNMP_AGENT, _SIMPLE_CHECK = 2, 20, 3  # of zabbix: interface.type, items.type
_UNSIGNED, _FLOAT, _TEXT = 3, 0, 1  # items.value_type
_CHANGE_A_SECOND = 10  # item_preproc.type
_HIGH = 4  # triggers.priority
_SCRIPT = 1  # media_type.type
_MEDIA_TYPE = 1000

_COLUMNS = {
    "hosts": "hostid, host, name, name_upper",
    "hosts_groups": "hostgroupid, hostid, groupid",
    "interface": "interfaceid, hostid, main, type, useip, ip, port",
    "interface_snmp": "interfaceid, version, bulk, community",
    "items": "itemid, hostid, interfaceid, type, name, key_, snmp_oid, delay, value_type, trends",
    "item_rtdata": "itemid",
    "item_preproc": "item_preprocid, itemid, step, type",
    "triggers": "triggerid, expression, description, priority",
    "functions": "functionid, itemid, triggerid, name, parameter",
    "media_type": "mediatypeid, type, name, exec_path, maxsessions",
    "media_type_message": (
        "mediatype_messageid, mediatypeid, eventsource, recovery, subject, message"
    ),
    "media": "mediaid, userid, mediatypeid, sendto",
}


def item_of(place: int, number: int) -> int:
    """Return the id of an item."""
    return (BASE + place) * ITEMS_A_HOST + number


def table_item(column: int, port: int) -> int:
    """Return the number of an item of the table; both arguments begin at 1."""
    return _PORT_ITEMS * column + port


def script(targets: Targets) -> Iterator[str]:
    """Yield the lines of an SQL script for psql that makes the fleet known."""
    yield "BEGIN;"
    yield "UPDATE hosts SET status = 1 WHERE status = 0;"  # the server itself, an example
    for table, rows in _tables(targets).items():
        yield f"COPY {table} ({_COLUMNS[table]}) FROM STDIN;"
        for row in rows:
            yield "\t".join(str(cell) for cell in row)
        yield "\\."
    # "Report problems to Zabbix administrators": the schema brings it, switched off.
    yield "UPDATE actions SET status = 0 WHERE actionid = 3;"
    yield "COMMIT;"
    yield "ANALYZE;"


def _tables(targets: Targets) -> dict[str, Iterable[tuple[object, ...]]]:
    places = [(BASE + place, one) for place, one in enumerate(targets.devices)]
    items = [
        (item, host, kind, name, key, oid, period, value)
        for host, _ in places
        for item, kind, name, key, oid, period, value in _items(host)
    ]
    return {
        "hosts": ((host, one.id, one.id, one.id.upper()) for host, one in places),
        "hosts_groups": ((host, host, _GROUP) for host, _ in places),
        "interface": (
            (host, host, 1, _SNMP_INTERFACE, 1, one.address, targets.snmp_port)
            for host, one in places
        ),
        "interface_snmp": ((host, 2, 1, targets.community) for host, _ in places),
        "items": (
            (item, host, host, kind, name, key, oid, f"{period:g}s", value,
             "0" if value == _TEXT else "365d")
            for item, host, kind, name, key, oid, period, value in items
        ),
        "item_rtdata": ((item[0],) for item in items),
        "item_preproc": (
            (item, item, 1, _CHANGE_A_SECOND) for item, *_, value in items if value == _FLOAT
        ),
        "triggers": ((host, f"{{{host}}}=0", "Down", _HIGH) for host, _ in places),
        "functions": (
            (host, host * ITEMS_A_HOST + PING_ITEM, host, "max", f"$,#{load.FAILURES}")
            for host, _ in places
        ),
        "media_type": [(_MEDIA_TYPE, _SCRIPT, "bench", TOLD, 0)],
        "media_type_message": [(_MEDIA_TYPE, _MEDIA_TYPE, 0, 0, "{HOST.NAME}", "-")],
        "media": [(_MEDIA_TYPE, _ADMIN, _MEDIA_TYPE, "bench")],
    }  # fmt: skip


def _items(host: int) -> Iterator[tuple[int, int, str, str, str, float, int]]:
    first = host * ITEMS_A_HOST
    yield (
        first + PING_ITEM, _SIMPLE_CHECK, "Ping", "icmpping[,1]", "", load.PING_SECONDS, _UNSIGNED
    )  # fmt: skip
    for number, oid in enumerate(load.GET_OIDS, start=STATUS_ITEM):
        key = f"bench.status[{number}]"
        yield first + number, _SNMP_AGENT, key, key, oid, load.STATUS_SECONDS, _UNSIGNED
    for column, oid in enumerate(load.TABLE_COLUMNS, start=1):
        value = _UNSIGNED
        if oid == load.NAME_COLUMN:
            value = _TEXT
        elif oid in _COUNTERS:
            value = _FLOAT
        for port in range(1, load.PORTS + 1):
            key = f"bench.table[{column},{port}]"
            item = first + table_item(column, port)
            yield item, _SNMP_AGENT, key, key, f"{oid}.{port}", load.TABLE_SECONDS, value


def server_settings(targets: Targets, folders: Mapping[str, object]) -> dict[str, object]:
    """Return zabbix_server.conf, sized for the fleet as the manual advises.

    Until a dead device is known to be dead, every item of it that is due holds a poller for two
    timeouts: too few pollers, and a cold start takes a quarter of an hour. Unreachable pollers are
    for those that are known (each holds one for two timeouts a minute), half as many again to
    spare; caches for about 110 items a device.
    """
    devices, dead = len(targets.devices), len(targets.dead)
    return {
        "LogType": "file",
        "LogFileSize": 0,
        "DBName": "zabbix",
        "DBUser": "zabbix",
        "ListenIP": "127.0.0.1",
        "StartPollers": min(500, 20 + devices // 10),
        "StartPollersUnreachable": 10 + dead // 5,
        "StartPingers": 2 + devices // 500,
        "StartPreprocessors": 3,
        "StartDBSyncers": 4,
        "StartTrappers": 1,
        "StartDiscoverers": 0,
        "StartHTTPPollers": 0,
        "CacheSize": f"{64 + devices // 6}M",
        "HistoryCacheSize": "64M",
        "HistoryIndexCacheSize": f"{16 + devices // 50}M",
        "TrendCacheSize": f"{16 + devices // 25}M",
        "ValueCacheSize": "64M",
        "Timeout": 4,
        "FpingLocation": "/usr/bin/fping",
        "Fping6Location": "",
        **folders,
    }


def database_settings(connections: int) -> dict[str, object]:
    """Return postgresql.conf's lines: what guides for Zabbix on a small server agree on."""
    return {
        "listen_addresses": "''",
        "max_connections": connections,
        "shared_buffers": "256MB",
        "effective_cache_size": "1GB",
        "work_mem": "8MB",
        "maintenance_work_mem": "128MB",
        "synchronous_commit": "off",
        "wal_compression": "on",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": 0.9,
        "random_page_cost": 1.1,
        "jit": "off",
        "max_parallel_workers_per_gather": 0,
        "autovacuum_max_workers": 2,
    }


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return lines of `key=value`, which both read."""
    return "".join(f"{key}={value}\n" for key, value in settings.items())

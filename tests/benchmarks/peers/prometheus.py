"""Prometheus with snmp_exporter, blackbox_exporter and Alertmanager.

A ping is one echo every 20 s, status and table are scrapes of snmp_exporter with modules made by
hand that ask for exactly the fleet's objects. A device is down when the alert has been true from
the first to the third failed ping. Alertmanager groups nothing and waits for nothing: it posts to a
receiver of ours, whose clock is the moment of the alert.

snmp_exporter asks the columns of a table one after the other: four GETBULK requests a table.
"""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlencode

import yaml

from api.bench.watching import Moved
from tests.benchmarks.peers import targets as load
from tests.benchmarks.peers.peer import Served
from tests.benchmarks.peers.place import Place
from tests.benchmarks.peers.targets import Targets

ALERT = "DeviceDown"
_USER = "prometheus"
EVALUATION_SECONDS = 5.0
_PROMETHEUS, _ALERTMANAGER = "127.0.0.1:9090", "127.0.0.1:9093"
_BLACKBOX, _SNMP = "127.0.0.1:9115", "127.0.0.1:9116"
_EPISODE_SECONDS = 2.5 * EVALUATION_SECONDS  # a longer pause ends one time of being down
_LONGEST_RUN = "2h"
_PERIODS = {
    "ping": load.PING_SECONDS,
    "status": load.STATUS_SECONDS,
    "table": load.TABLE_SECONDS,
}


def snmp_modules(targets: Targets) -> dict[str, Any]:
    """Return snmp.yml (of snmp_exporter 0.21): one module a kind of check."""
    common = {
        "version": 2,
        "auth": {"community": targets.community},
        "max_repetitions": load.PORTS + 1,
        "retries": 1,
        "timeout": "4s",
    }
    port = {"labelname": "ifIndex", "type": "gauge"}
    name = {
        "labels": ["ifIndex"],
        "labelname": "ifDescr",
        "oid": load.NAME_COLUMN,
        "type": "DisplayString",
    }
    return {
        "status": {
            "get": list(load.GET_OIDS),
            "metrics": [
                {"name": f"bench_{number}", "oid": oid, "type": "gauge", "help": "-"}
                for number, oid in enumerate(load.GET_OIDS, start=1)
            ],
            **common,
        },
        "table": {
            "walk": list(load.TABLE_COLUMNS),
            "metrics": [
                {
                    "name": f"bench_column_{oid.rpartition('.')[2]}",
                    "oid": oid,
                    "type": "gauge" if oid == load.STATE_COLUMN else "counter",
                    "help": "-",
                    "indexes": [port],
                    "lookups": [name],
                }
                for oid in load.TABLE_COLUMNS
                if oid != load.NAME_COLUMN
            ],
            **common,
        },
    }


def blackbox_modules() -> dict[str, Any]:
    """Return blackbox.yml."""
    icmp = {"preferred_ip_protocol": "ip4", "ip_protocol_fallback": False}
    return {"modules": {"icmp": {"prober": "icmp", "timeout": "2s", "icmp": icmp}}}


def discovered(targets: Targets) -> list[dict[str, Any]]:
    """Return the file of targets, which all jobs share."""
    return [{"targets": [one.address], "labels": {"device": one.id}} for one in targets.devices]


def scraping(targets: Targets) -> dict[str, Any]:
    """Return prometheus.yml; its files are beside it."""
    snmp_target = f"$1:{targets.snmp_port}"
    return {
        "global": {"evaluation_interval": f"{EVALUATION_SECONDS:g}s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [_ALERTMANAGER]}]}]},
        "scrape_configs": [
            _job("ping", "/probe", "icmp", _BLACKBOX, "$1"),
            _job("status", "/snmp", "status", _SNMP, snmp_target),
            _job("table", "/snmp", "table", _SNMP, snmp_target),
        ],
    }


def _job(name: str, path: str, module: str, exporter: str, target: str) -> dict[str, Any]:
    return {
        "job_name": name,
        "scrape_interval": f"{_PERIODS[name]:g}s",
        "scrape_timeout": "15s",
        "metrics_path": path,
        "params": {"module": [module]},
        "file_sd_configs": [{"files": ["targets.json"]}],
        "relabel_configs": [
            {
                "source_labels": ["__address__"],
                "target_label": "__param_target",
                "replacement": target,
            },
            {"source_labels": ["__address__"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": exporter},
        ],
    }


def rules() -> dict[str, Any]:
    """Return the alert: true from the first to the last of the failed pings."""
    lasting = load.PING_SECONDS * (load.FAILURES - 1)
    rule = {"alert": ALERT, "expr": 'probe_success{job="ping"} == 0', "for": f"{lasting:g}s"}
    return {"groups": [{"name": "fleet", "rules": [rule]}]}


def routing(webhook: str) -> dict[str, Any]:
    """Return alertmanager.yml: every alert by itself, at once."""
    return {
        "route": {
            "receiver": "bench",
            "group_by": ["..."],
            "group_wait": "0s",
            "group_interval": "1s",
        },
        "receivers": [{"name": "bench", "webhook_configs": [{"url": webhook}]}],
    }


def episodes(matrix: Sequence[Mapping[str, Any]]) -> list[Moved]:
    """Return when each device began to be down, from the samples of its firing alert."""
    found = []
    for series in matrix:
        before = float("-inf")
        for at, _ in series["values"]:
            if at - before > _EPISODE_SECONDS:
                found.append(Moved(series["metric"]["device"], "down", float(at)))
            before = at
    return sorted(found, key=lambda one: one.confirmed_at)


class _Heard:
    """Hears what Alertmanager posts. Made in the namespace, where its socket stays."""

    def __init__(self) -> None:
        self.alerts: dict[str, list[float]] = {}
        heard = self.alerts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                at = time.time()
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for alert in body["alerts"]:
                    if alert["status"] == "firing":
                        heard.setdefault(alert["labels"]["device"], []).append(at)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


class Prometheus:
    """A peer; see the module."""

    packages: ClassVar[Sequence[str]] = (
        "prometheus",
        "prometheus-snmp-exporter",
        "prometheus-blackbox-exporter",
        "prometheus-alertmanager",
    )
    programs: ClassVar[Sequence[str]] = packages

    def __init__(self, place: Place, targets: Targets) -> None:
        self._place = place
        self._targets = targets
        self._heard: _Heard | None = None

    async def start(self) -> None:
        place, folder = self._place, self._place.room("prometheus", _USER)
        self._heard = await place.inside(_Heard)
        files = {
            "snmp.yml": snmp_modules(self._targets),
            "blackbox.yml": blackbox_modules(),
            "prometheus.yml": scraping(self._targets),
            "rules.yml": rules(),
            "alertmanager.yml": routing(self._heard.url),
        }
        for name, content in files.items():
            (folder / name).write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False))
        (folder / "targets.json").write_text(json.dumps(discovered(self._targets)))
        programs = {
            "alertmanager": [
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address={_ALERTMANAGER}",
                "--cluster.listen-address=",
            ],
            "blackbox-exporter": [
                f"--config.file={folder / 'blackbox.yml'}",
                f"--web.listen-address={_BLACKBOX}",
                "--log.level=error",
            ],
            "snmp-exporter": [
                f"--config.file={folder / 'snmp.yml'}",
                f"--web.listen-address={_SNMP}",
                "--log.level=error",
            ],
        }
        for name, words in programs.items():
            await place.start(name, [f"prometheus-{name}", *words], user=_USER)
        for address in (_BLACKBOX, _SNMP, _ALERTMANAGER):
            await place.until(address, partial(place.fetch, f"http://{address}/"))
        words = [
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address={_PROMETHEUS}",
            "--log.level=warn",
        ]
        await place.start("prometheus", ["prometheus", *words], user=_USER)
        ready = partial(place.fetch, f"http://{_PROMETHEUS}/-/ready")
        await place.until("Prometheus", ready)

    async def seen(self) -> int:
        pinged = await self._number('count(probe_success{job="ping"} == 1)')
        asked = await self._number("count(bench_1)")
        return int(min(pinged, asked))

    async def served(self, from_at: float, until_at: float) -> Mapping[str, Served]:
        seconds = until_at - from_at
        query = f"sum by (job) (count_over_time(up[{seconds:.0f}s]))"
        found = await self._query(query, time=f"{until_at:.3f}")
        done = {one["metric"]["job"]: float(one["value"][1]) for one in found}
        return {
            kind: Served(len(self._targets.devices) * seconds / period, done.get(kind, 0.0))
            for kind, period in _PERIODS.items()
        }

    async def moved(self) -> Sequence[Moved]:
        firing = f'ALERTS{{alertname="{ALERT}",alertstate="firing"}}[{_LONGEST_RUN}]'
        return episodes(await self._query(firing))

    async def told(self) -> Mapping[str, Sequence[float]]:
        return {} if self._heard is None else self._heard.alerts

    async def _number(self, query: str) -> float:
        found = await self._query(query)
        return float(found[0]["value"][1]) if found else 0.0

    async def _query(self, query: str, **more: str) -> list[Any]:
        words = urlencode({"query": query, **more})
        answer = json.loads(await self._place.fetch(f"http://{_PROMETHEUS}/api/v1/query?{words}"))
        result: list[Any] = answer["data"]["result"]
        return result

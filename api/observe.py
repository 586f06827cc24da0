"""Figures about Pantau itself, in a registry of each application (never a global one)."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.events import LiveCounts
from api.observe_spool import spool_figures
from api.waiting import Look
from collector.model import Heartbeat, State
from collector.sight import Sight
from collector.store import CountRow

# An answer is expected in milliseconds; what takes seconds is a fault to be seen.
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True)
class Figures(Collector):
    """Reads the figures at each scrape; the functions block."""

    sight: Callable[[], Sight]
    heartbeats: Callable[[], Iterable[Heartbeat]]
    counts: Callable[[], Iterable[CountRow]]
    last_transition_id: Callable[[], int]
    live: Callable[[], LiveCounts]
    waiting: Callable[[], Look] | None = None  # None: readings do not go to a server
    alerts: Callable[[], Iterable[Metric]] | None = None  # None: nobody is told of anything

    def collect(self) -> Iterator[Metric]:
        """Yield what there is to say now. Raises StoreError: no figures are better than old."""
        seen = self.sight()
        yield from _collectors(seen, self.heartbeats())
        yield _devices(self.counts(), blind=seen.blind)
        changes = CounterMetricFamily("pantau_transitions", "State changes stored so far.")
        changes.add_metric([], self.last_transition_id())
        yield changes
        yield from _live(self.live())
        if self.waiting is not None:
            yield from spool_figures(self.waiting)
        if self.alerts is not None:
            yield from self.alerts()


class Requests:
    """ASGI middleware: counts requests and the time until their answers begin."""

    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self._app = app
        self._answers = Counter(
            "pantau_http_requests",
            "Answers by route (the name of its operation), method and status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "pantau_http_response_seconds",
            "Time until an answer began, by route. A stream counts when it is opened.",
            ("route",),
            buckets=_BUCKETS,
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; count when the response begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _route(scope)
                self._answers.labels(route, _method(scope), message["status"]).inc()
                self._seconds.labels(route).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, counted)


def make_registry(figures: Figures) -> CollectorRegistry:
    """Return the registry of one application: its figures and its process (CPU, memory, files)."""
    registry = CollectorRegistry()
    ProcessCollector(namespace="pantau_api", registry=registry)
    registry.register(figures)
    return registry


def _route(scope: Scope) -> str:
    """Return a name from a small fixed set: a label must not grow with what clients ask for."""
    endpoint = scope.get("endpoint")
    return "none" if endpoint is None else getattr(endpoint, "__name__", "page_files")


def _method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"


def _collectors(seen: Sight, heartbeats: Iterable[Heartbeat]) -> Iterator[Metric]:
    alive = GaugeMetricFamily(
        "pantau_collector_alive", "1 while the collector is heard of.", labels=("collector",)
    )
    age = GaugeMetricFamily(
        "pantau_collector_heartbeat_age_seconds", "Since its last heartbeat.", labels=("collector",)
    )
    for one in seen.collectors:
        alive.add_metric([one.id], float(one.alive))
        age.add_metric([one.id], (seen.now - one.heartbeat_at).total_seconds())
    yield alive
    yield age
    yield from _own_figures(heartbeats)


def _own_figures(heartbeats: Iterable[Heartbeat]) -> Iterator[Metric]:
    """Pass on what collectors say of themselves with their heartbeats."""
    families: dict[str, GaugeMetricFamily] = {}
    for one in heartbeats:
        for name, value in sorted(one.figures.items()):
            full = "pantau_collector_" + re.sub(r"[^a-zA-Z0-9_]", "_", name)
            if full not in families:
                help_text = f"`{name}`, as the collector reports it with its heartbeat."
                families[full] = GaugeMetricFamily(full, help_text, labels=("collector",))
            families[full].add_metric([one.collector_id], value)
    yield from families.values()


def _devices(rows: Iterable[CountRow], *, blind: bool) -> Metric:
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        counts.update({(row.kind, state): counts.get((row.kind, state), 0) for state in State})
        counts[row.kind, State.UNKNOWN if blind else row.state] += row.count
    family = GaugeMetricFamily(
        "pantau_devices", "Devices by kind and reported state.", labels=("kind", "state")
    )
    for (kind, state), count in sorted(counts.items()):
        family.add_metric([kind, state], count)
    return family


def _live(counts: LiveCounts) -> Iterator[Metric]:
    clients = GaugeMetricFamily("pantau_event_streams", "Event streams that are open.")
    clients.add_metric([], counts.listeners)
    yield clients
    for name, text, value in (
        ("pantau_events", "State changes offered to event streams.", counts.events),
        ("pantau_snapshots", "Snapshots read for walls and streams.", counts.snapshots),
        ("pantau_event_overflows", "Streams too slow, set back to a snapshot.", counts.overflows),
    ):
        family = CounterMetricFamily(name, text)
        family.add_metric([], value)
        yield family

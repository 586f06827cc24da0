"""Figures about what waits for InfluxDB, for Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from api.waiting import Look
from collector.courier.report import CourierReport, RollerReport
from collector.sinks import SinkError


def spool_figures(look_now: Callable[[], Look]) -> Iterator[Metric]:
    """Yield what there is to say now; of a spool that cannot be read, only that."""
    try:
        look = look_now()
    except SinkError:
        yield _gauge("pantau_spool_readable", "1 while the spool can be read.", 0)
        return
    yield _gauge("pantau_spool_readable", "1 while the spool can be read.", 1)
    yield from _waiting(look)
    yield _gauge("pantau_courier_alive", "1 while the courier is heard of.", look.courier_alive)
    trouble = GaugeMetricFamily(
        "pantau_courier_trouble", "1 for the reason why lines wait.", labels=("kind",)
    )
    if look.trouble is not None:
        trouble.add_metric([look.trouble.kind], 1)
    yield trouble
    if look.courier is not None:
        yield from _carrying(look.courier)
    if look.roller is not None:
        yield from _rolling(look.roller)


def _waiting(look: Look) -> Iterator[Metric]:
    status = look.status
    for name, text, value in (
        ("records", "Records that wait for InfluxDB.", status.records),
        ("lines", "Lines that wait for InfluxDB.", status.lines),
        ("bytes", "Bytes that wait for InfluxDB, squeezed.", status.bytes),
        ("file_bytes", "Bytes that the spool takes on the disk.", status.file_bytes),
        ("limit_bytes", "Bytes that the spool may take.", look.limits.bytes),
        ("age_seconds", "Since when the oldest waits; 0: nothing does.", look.age_seconds),
        ("dead_letters", "Lines that InfluxDB will never take.", status.dead_letters),
    ):
        yield _gauge(f"pantau_spool_{name}", text, value)
    for name, text, value in (
        ("sent_lines", "Lines that InfluxDB has confirmed.", status.sent_lines),
        ("dropped_lines", "Lines lost: too much waited too long.", status.dropped_lines),
        ("damaged_lines", "Lines lost: not given back by the disk.", status.damaged_lines),
        ("dead_dropped", "Dead letters lost: more than are kept.", status.dead_dropped),
    ):
        yield _counter(f"pantau_spool_{name}", text, value)


def _carrying(said: CourierReport) -> Iterator[Metric]:
    for name, text, value in (
        ("requests", "Requests that the courier has sent to InfluxDB.", said.requests),
        ("halved", "Requests that were too large or too slow.", said.halved),
        ("searched", "Requests taken apart in search of a bad line.", said.searched),
        ("dead_lines", "Lines given up.", said.dead),
    ):
        yield _counter(f"pantau_courier_{name}", text, value)
    retries = CounterMetricFamily(
        "pantau_courier_retries", "Tries that failed, by kind of trouble.", labels=("kind",)
    )
    for kind, count in sorted(said.retries.items()):
        retries.add_metric([kind], count)
    yield retries


def _rolling(said: RollerReport) -> Iterator[Metric]:
    yield _gauge(
        "pantau_rollups_waiting_hours",
        "Hours that wait for their roll-ups.",
        said.waiting_hours,
    )
    if said.newest_at is not None:
        yield _gauge(
            "pantau_rollups_newest_timestamp_seconds",
            "To here reach the newest roll-ups of an hour.",
            said.newest_at.timestamp(),
        )
    yield _counter("pantau_rollups_hours", "Hours of which roll-ups were made.", said.hours)
    yield _counter("pantau_rollups_failures", "Tries to make roll-ups that failed.", said.failures)


def _gauge(name: str, text: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], float(value))
    return family


def _counter(name: str, text: str, value: float) -> Metric:
    family = CounterMetricFamily(name, text)
    family.add_metric([], value)
    return family

"""Figures about who is told what, for Prometheus, and what the process of alerts last said."""

from collections.abc import Callable, Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from collector.clock import Clock
from collector.notify.figures import LONGEST_SILENCE, REPORT, AlertReport, ChannelReport
from collector.store import Store


def report_of(store: Store) -> AlertReport | None:
    """Return what the process of alerts last said of itself, None: nothing yet. StoreError."""
    return AlertReport.decode(store.alerts.marks().get(REPORT))


def alert_figures(store: Store, clock: Clock) -> Iterator[Metric]:
    """Yield what there is to say now; of a process that never reported, only that. StoreError."""
    report, now = report_of(store), clock.now()
    alive = report is not None and now - report.at <= LONGEST_SILENCE
    yield _gauge("pantau_alerts_alive", "1 while the process of alerts is heard of.", alive)
    if report is None:
        return
    yield _gauge("pantau_alerts_firing", "Alerts that are not over.", report.firing)
    held = GaugeMetricFamily(
        "pantau_alerts_held", "Alerts that are not over, by why they are held.", labels=("reason",)
    )
    for reason, count in sorted(report.held.items()):
        held.add_metric([reason], count)
    yield held
    yield _gauge("pantau_alert_storms", "Storms that last.", report.storms)
    yield _gauge(
        "pantau_alerts_lag_transitions", "State changes that alerts were not made of yet.",
        report.lag,
    )  # fmt: skip
    yield _gauge(
        "pantau_alerts_standing_still", "1 while a fault keeps alerts from being made.",
        bool(report.trouble),
    )  # fmt: skip
    yield _counter("pantau_alert_steps", "Steps of the process of alerts.", report.steps)
    yield _counter("pantau_notifications_made", "Messages put into the outbox.", report.told)
    yield _counter(
        "pantau_notifications_withdrawn", "Messages taken back before they went.", report.withdrawn
    )
    if report.heartbeat_at is not None:
        yield _gauge(
            "pantau_alert_heartbeat_timestamp_seconds",
            "When the outside watcher last took a sign of life.",
            report.heartbeat_at.timestamp(),
        )
    yield from _channels(report)


def _channels(report: AlertReport) -> Iterator[Metric]:
    gauges: tuple[tuple[str, str, Callable[[ChannelReport], float]], ...] = (
        ("pending", "Messages that wait or are on their way.", lambda one: one.pending),
        (
            "oldest_pending_seconds",
            "Since when the oldest of these is due; 0: none is.",
            lambda one: (
                0.0
                if one.waiting_since_at is None
                else (report.at - one.waiting_since_at).total_seconds()
            ),
        ),
        ("dead_letters", "Messages given up and not tried again.", lambda one: one.dead_in_all),
        ("channel_failing", "1 while the channel takes nothing.", lambda one: bool(one.trouble)),
    )
    counters: tuple[tuple[str, str, Callable[[ChannelReport], float]], ...] = (
        ("sent", "Messages that the channel took.", lambda one: one.sent),
        ("failed", "Tries that the channel did not take.", lambda one: one.failed),
        ("dead", "Messages given up.", lambda one: one.dead),
    )
    for name, text, value in gauges:
        gauge = GaugeMetricFamily(f"pantau_notifications_{name}", text, labels=("channel",))
        for channel, one in report.channels.items():
            gauge.add_metric([channel], float(value(one)))
        yield gauge
    for name, text, value in counters:
        counter = CounterMetricFamily(f"pantau_notifications_{name}", text, labels=("channel",))
        for channel, one in report.channels.items():
            counter.add_metric([channel], float(value(one)))
        yield counter


def _gauge(name: str, text: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], float(value))
    return family


def _counter(name: str, text: str, value: float) -> Metric:
    family = CounterMetricFamily(name, text)
    family.add_metric([], value)
    return family

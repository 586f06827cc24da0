"""Settings that are refused, and the arithmetic of a report."""

import pytest

from collector.model import Reason
from collector.probes.icmp import EchoReport, PingSettings


def test_the_figures_of_a_train() -> None:
    report = EchoReport(sent=4, received=3, rtts=(0.010, 0.014, 0.012))
    assert report.loss_percent == 25.0
    assert report.min_seconds == 0.010
    assert report.mean_seconds == pytest.approx(0.012)
    assert report.max_seconds == 0.014
    assert report.jitter_seconds == pytest.approx((0.004 + 0.002) / 2)


def test_a_single_answer_has_no_jitter() -> None:
    report = EchoReport(sent=3, received=1, rtts=(0.010,))
    assert report.jitter_seconds is None
    assert report.loss_percent == pytest.approx(200 / 3)


def test_no_answer_has_no_times() -> None:
    report = EchoReport(sent=3, received=0, rtts=(), error=Reason.HOST_UNREACHABLE)
    assert report.loss_percent == 100.0
    assert report.min_seconds is None
    assert report.mean_seconds is None
    assert report.max_seconds is None
    assert report.jitter_seconds is None


def test_the_carrier_names_its_port() -> None:
    assert PingSettings().udp_port is None
    assert PingSettings(carrier="udp:16107").udp_port == 16107


@pytest.mark.parametrize("carrier", ["", "udp", "udp:", "udp:0", "udp:65536", "udp:x", "tcp:7"])
def test_an_unknown_carrier_is_refused(carrier: str) -> None:
    with pytest.raises(ValueError, match="carrier"):
        PingSettings(carrier=carrier)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"count": 0}, "count"),
        ({"timeout_seconds": 0.0}, "timeout"),
        ({"spacing_seconds": -0.1}, "spacing"),
        ({"max_packets_per_second": 0.0}, "max_packets_per_second"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, float], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        PingSettings(**settings)  # type: ignore[arg-type]  # the point is a wrong value

"""Settings that are refused, and the arithmetic of a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Reason
from collector.probes.icmp import EchoReport, PingSettings
from collector.probes.icmp.line import NONCES_AT_ONCE, nonces
from collector.probes.icmp.message import NONCE_BYTES
from collector.probes.ping import readings_of


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


@given(st.lists(st.floats(0, 10), max_size=5), st.integers(0, 3))
def test_the_readings_of_a_train_are_the_figures_of_its_report(
    rtts: list[float], lost: int
) -> None:
    report = EchoReport(len(rtts) + lost, len(rtts), tuple(rtts))
    figures = {
        "ping_loss_percent": report.loss_percent,
        "ping_rtt_seconds": report.mean_seconds,
        "ping_rtt_min_seconds": report.min_seconds,
        "ping_rtt_max_seconds": report.max_seconds,
        "ping_jitter_seconds": report.jitter_seconds,
    }
    told = {reading.metric: reading.value for reading in readings_of(report)}
    assert told == {name: value for name, value in figures.items() if value is not None}


def test_a_nonce_is_never_given_twice() -> None:
    unending = nonces()
    given_out = [next(unending) for _ in range(NONCES_AT_ONCE * 3 + 1)]
    assert {len(nonce) for nonce in given_out} == {NONCE_BYTES}
    assert len(set(given_out)) == len(given_out)


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

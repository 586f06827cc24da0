"""From message to results, with a clock that stands still."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from collector.listeners.mqtt_link import Incoming, MqttSettings
from collector.listeners.mqtt_reading import MessageReader, MqttCounters
from collector.listeners.mqtt_routes import build_routes
from collector.model import Check, CheckResult, Metric, MetricGroup, Outcome, Reason, Role, Target

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@dataclass
class StandingClock:
    moment: datetime = START
    seconds: float = 100.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.seconds += seconds


def the_checks() -> list[Check]:
    target = Target("s1", mqtt_topic="one")
    word = {"topics": ["tele/{topic}/LWT"], "payload": "text", "online": "On", "offline": "Off"}
    data = {"topics": ["tele/{topic}/STATE", "tele/{topic}/SENSOR"], "payload": "json"}
    metrics = (Metric("power_watts", "Power", "W"), Metric("voltage_volts", "Voltage", "V"))
    status = MetricGroup("status", "mqtt", Role.REACHABILITY, 300.0, options=word)
    telemetry = MetricGroup("telemetry", "mqtt", Role.HEALTH, 300.0, metrics, options=data)
    return [
        Check(f"s1/{g.name}", "s1", g.name, "mqtt", g.role, 300.0, 150.0, target, g)
        for g in (status, telemetry)
    ]


@dataclass
class Desk:
    clock: StandingClock
    counters: MqttCounters
    reader: MessageReader

    def hear(
        self, topic: str | None, payload: bytes, *, retained: bool = False
    ) -> tuple[CheckResult, ...]:
        message = Incoming(
            topic, payload, retained=retained, redelivered=False, message_id=1, qos=1
        )
        return self.reader.read(message)


@pytest.fixture
def desk() -> Desk:
    clock, counters = StandingClock(), MqttCounters()
    return Desk(clock, counters, MessageReader(build_routes(the_checks()), 1000, clock, counters))


def brief(results: tuple[CheckResult, ...]) -> list[tuple[str, Outcome, Reason]]:
    return [(result.check_id, result.outcome, result.reason) for result in results]


def test_telemetry_is_a_result_with_readings_and_confirms_the_status(desk: Desk) -> None:
    results = desk.hear("tele/one/STATE", b'{"Power": 5, "Voltage": 230.1}')
    assert brief(results) == [
        ("s1/telemetry", Outcome.ANSWERED, Reason.OK),
        ("s1/status", Outcome.ANSWERED, Reason.OK),
    ]
    assert [(r.metric, r.value, r.unit) for r in results[0].readings] == [
        ("power_watts", 5, "W"),
        ("voltage_volts", 230.1, "V"),
    ]
    assert (results[0].slot_at, results[0].measured_at) == (START, START)
    assert results[1].readings == ()


def test_a_last_will_is_reported_offline_and_repeated(desk: Desk) -> None:
    assert brief(desk.hear("tele/one/LWT", b"Off")) == [
        ("s1/status", Outcome.FAILED, Reason.REPORTED_OFFLINE)
    ]
    desk.clock.pass_by(5)
    (again,) = desk.reader.repeat()
    assert (again.outcome, again.reason) == (Outcome.FAILED, Reason.REPORTED_OFFLINE)
    assert again.slot_at == START + timedelta(seconds=5)


def test_telemetry_does_not_speak_against_a_last_will(desk: Desk) -> None:
    desk.hear("tele/one/LWT", b"Off")
    assert brief(desk.hear("tele/one/STATE", b"{}")) == [
        ("s1/telemetry", Outcome.ANSWERED, Reason.OK)
    ]


def test_a_retained_offline_says_in_its_detail_that_it_is_old(desk: Desk) -> None:
    (old,) = desk.hear("tele/one/LWT", b"Off", retained=True)
    (new,) = desk.hear("tele/one/LWT", b"On")
    assert (old.outcome, old.slot_at) == (Outcome.FAILED, START)
    assert "retained" in old.detail
    assert "retained" not in new.detail


def test_a_retained_online_makes_nobody_up_until_fresh_telemetry_backs_it(desk: Desk) -> None:
    assert desk.hear("tele/one/LWT", b"On", retained=True) == ()
    desk.clock.pass_by(3600)
    assert desk.reader.repeat() == ()
    assert desk.hear("tele/one/STATE", b"{}", retained=True) == ()
    assert desk.counters.retained_words == 1
    _, status = desk.hear("tele/one/STATE", b"{}")
    assert (status.check_id, status.outcome) == ("s1/status", Outcome.ANSWERED)
    desk.clock.pass_by(5)
    (again,) = desk.reader.repeat()
    assert (again.check_id, again.outcome) == ("s1/status", Outcome.ANSWERED)


def test_a_retained_word_that_was_deleted_is_no_word(desk: Desk) -> None:
    desk.hear("tele/one/LWT", b"Off")
    assert desk.hear("tele/one/LWT", b"") == ()
    desk.clock.pass_by(5)
    assert desk.reader.repeat() == ()
    assert len(desk.hear("tele/one/STATE", b"{}")) == 2


def test_a_retained_word_that_comes_twice_is_one_result(desk: Desk) -> None:
    assert len(desk.hear("tele/one/LWT", b"Off", retained=True)) == 1
    assert desk.hear("tele/one/LWT", b"Off", retained=True) == ()
    assert len(desk.hear("tele/one/LWT", b"Off")) == 1
    desk.reader.forget_words()
    assert len(desk.hear("tele/one/LWT", b"Off", retained=True)) == 1


def test_retained_telemetry_is_not_fresh_telemetry(desk: Desk) -> None:
    assert desk.hear("tele/one/STATE", b'{"Power": 5}', retained=True) == ()
    assert desk.counters.retained_telemetry == 1


def test_two_messages_in_one_tick_of_the_clock_are_two_results(desk: Desk) -> None:
    slots = [desk.hear("tele/one/STATE", b"{}")[0].slot_at for _ in range(3)]
    assert slots == [START, START + timedelta(microseconds=1), START + timedelta(microseconds=2)]


def test_a_clock_that_was_set_back_is_followed(desk: Desk) -> None:
    desk.hear("tele/one/STATE", b"{}")
    desk.clock.moment = START - timedelta(hours=1)
    assert desk.hear("tele/one/STATE", b"{}")[0].slot_at == START - timedelta(hours=1)


@pytest.mark.parametrize(
    ("topic", "payload", "check_id"),
    [
        ("tele/one/STATE", b"not json", "s1/telemetry"),
        ("tele/one/STATE", b'{"Power": NaN}', "s1/telemetry"),
        ("tele/one/STATE", b"{" + b" " * 1000 + b"}", "s1/telemetry"),
        ("tele/one/STATE", b"[" * 900, "s1/telemetry"),
        ("tele/one/STATE", b'{"Power": true}', "s1/telemetry"),
        ("tele/one/STATE", b'{"Power": "much"}', "s1/telemetry"),
        ("tele/one/STATE", b'{"Power": 99999999999999999999}', "s1/telemetry"),
        ("tele/one/LWT", b"Perhaps", "s1/status"),
        ("tele/one/LWT", b"\xff", "s1/status"),
    ],
)
def test_a_bad_payload_is_a_counted_bad_answer(
    desk: Desk, topic: str, payload: bytes, check_id: str
) -> None:
    first = desk.hear(topic, payload)[0]
    assert (first.check_id, first.outcome, first.reason) == (
        check_id,
        Outcome.FAILED,
        Reason.BAD_ANSWER,
    )
    assert 0 < len(first.detail) < 100
    assert desk.counters.bad_payloads == 1


def test_one_bad_value_among_good_ones_is_counted_and_told_and_the_good_ones_kept(
    desk: Desk,
) -> None:
    result = desk.hear("tele/one/STATE", b'{"Power": "much", "Voltage": 230}')[0]
    assert (result.outcome, result.detail) == (Outcome.ANSWERED, "not understood: power_watts")
    assert [reading.metric for reading in result.readings] == ["voltage_volts"]
    assert (desk.counters.bad_values, desk.counters.bad_payloads) == (1, 0)


def test_a_fault_of_our_own_is_unknown_and_the_message_is_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def trip(*_: object) -> None:
        raise RuntimeError("tripped")

    monkeypatch.setattr("collector.listeners.mqtt_reading.check_size", trip)
    assert brief(desk.hear("tele/one/STATE", b"{}")) == [
        ("s1/telemetry", Outcome.UNKNOWN, Reason.COLLECTOR_ERROR)
    ]
    assert desk.counters.errors == 1
    assert "s1/telemetry" in caplog.text


def test_topics_of_no_device_are_quarantined(desk: Desk) -> None:
    assert desk.hear("tele/two/STATE", b"12345") == ()
    desk.clock.pass_by(60)
    assert desk.hear("tele/two/STATE", b"123") == ()
    assert desk.hear(None, b"") == ()
    unreadable, known = desk.reader.quarantine.snapshot()
    assert unreadable.name == "(not UTF-8)"
    assert (known.name, known.messages, known.octets) == ("tele/two/STATE", 2, 8)
    assert (known.first_seen_at, known.last_seen_at) == (START, START + timedelta(seconds=60))
    assert desk.counters.quarantined == 3


def test_the_password_is_in_no_repr() -> None:
    settings = MqttSettings(username="pantau", password="rahasia")  # noqa: S106 - not one in use
    assert "rahasia" not in repr(settings)

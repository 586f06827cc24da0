"""Each MQTT dialect's profile: what it makes of what such a device says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from collector.listeners.mqtt_link import Incoming
from collector.listeners.mqtt_reading import MessageReader, MqttCounters
from collector.listeners.mqtt_routes import build_routes
from collector.model import Check, CheckResult, Labels, Outcome, Profile, Reading, Role, Target
from collector.profiles import load_profiles
from tests.profiles.mqtt_dialects import (
    CHIRPSTACK,
    DIALECTS,
    HOMIE_5,
    TTN,
    ZIGBEE_DEVICE,
    Dialect,
    Message,
)

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class StandingClock:
    moment = NOW
    seconds = 100.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


class Desk:
    """One device of a dialect and the reader that hears it."""

    def __init__(self, dialect: Dialect, profile: Profile) -> None:
        self.clock, self.counters = StandingClock(), MqttCounters()
        target = Target("d", mqtt_topic=dialect.mqtt_topic)
        self.checks = [
            Check(
                f"d/{group.name}",
                "d",
                group.name,
                "mqtt",
                group.role,
                group.interval_seconds,
                group.interval_seconds / 2,
                target,
                group,
            )
            for group in profile.groups
            if group.probe == "mqtt"
        ]
        routes = build_routes(self.checks)
        self.reader = MessageReader(routes, 65536, self.clock, self.counters)

    def hear(
        self, message: Message, *, retained: bool = False, made_at: datetime = NOW
    ) -> tuple[CheckResult, ...]:
        payload = message.made_at(made_at)
        return self.reader.read(Incoming(message.topic, payload, retained, False, 1, 1))


def read(results: tuple[CheckResult, ...]) -> Mapping[tuple[str, Labels], object]:
    readings: list[Reading] = [reading for result in results for reading in result.readings]
    found: dict[tuple[str, Labels], object] = {
        (reading.metric, reading.labels): reading.value for reading in readings
    }
    assert len(found) == len(readings)  # one series has one value
    return found


every = pytest.mark.parametrize("dialect", DIALECTS, ids=str)
with_words = pytest.mark.parametrize("dialect", [it for it in DIALECTS if it.offline], ids=str)
that_say_when = pytest.mark.parametrize("dialect", [it for it in DIALECTS if it.says_when], ids=str)


@pytest.fixture
def desk(dialect: Dialect, profiles: Mapping[str, Profile]) -> Desk:
    return Desk(dialect, profiles[dialect.profile])


@every
def test_telemetry_becomes_exactly_these_readings(dialect: Dialect, desk: Desk) -> None:
    for message in dialect.telemetry:
        results = desk.hear(message)
        assert read(results) == dict(message.readings), message.topic
        assert {it.outcome for it in results} == {Outcome.ANSWERED}
        assert {it.detail for it in results} <= {"", "fresh telemetry"}


@every
def test_every_message_confirms_that_the_device_is_there(dialect: Dialect, desk: Desk) -> None:
    reachability = {check.id for check in desk.checks if check.role is Role.REACHABILITY}
    assert reachability
    for message in dialect.telemetry:
        if not message.topic.endswith("event/status"):  # the server's word about the device
            assert reachability <= {it.check_id for it in desk.hear(message)}


@every
def test_nothing_retained_makes_a_device_up(dialect: Dialect, desk: Desk) -> None:
    said = [] if dialect.online is None else [dialect.online]
    for message in [*said, *dialect.telemetry]:
        assert desk.hear(message, retained=True) == ()


@with_words
def test_a_word_offline_is_believed_over_what_comes_after(dialect: Dialect, desk: Desk) -> None:
    assert dialect.online is not None
    assert dialect.offline is not None
    (there,) = desk.hear(dialect.online)
    assert there.outcome is Outcome.ANSWERED
    assert read((there,)) == dict(dialect.online.readings)
    (gone,) = desk.hear(dialect.offline, retained=True)
    assert gone.outcome is Outcome.FAILED
    assert gone.check_id not in {it.check_id for it in desk.hear(dialect.telemetry[0])}


@that_say_when
def test_what_says_when_it_was_made_counts_once_and_at_its_moment(
    dialect: Dialect, desk: Desk
) -> None:
    message = dialect.telemetry[0]
    earlier = NOW - timedelta(seconds=90)
    first = desk.hear(message, made_at=earlier)
    assert {it.slot_at for it in first} == {earlier}
    assert desk.hear(message, made_at=earlier) == ()
    assert desk.hear(message, made_at=NOW)[0].slot_at == NOW
    assert desk.counters.repeated > 0


def test_what_came_with_a_word_stands_as_long_as_the_word(
    profiles: Mapping[str, Profile],
) -> None:
    desk = Desk(HOMIE_5, profiles["homie-device"])
    assert HOMIE_5.online is not None  # its word is `alert`
    desk.hear(HOMIE_5.online)
    _, status = desk.hear(HOMIE_5.telemetry[0])
    assert read((status,)) == {("homie_state", ()): "alert"}
    desk.hear(Message(HOMIE_5.online.topic, "ready"))
    desk.clock.seconds += 5
    (again,) = desk.reader.repeat()
    assert read((again,)) == {("homie_state", ()): "ready"}


@pytest.mark.parametrize("stale", [TTN, CHIRPSTACK, ZIGBEE_DEVICE], ids=str)
def test_a_message_of_long_ago_is_history_and_no_sign_of_life(
    stale: Dialect, profiles: Mapping[str, Profile]
) -> None:
    desk = Desk(stale, profiles[stale.profile])
    long_ago = NOW - timedelta(days=3)
    results = desk.hear(stale.telemetry[0], made_at=long_ago)
    assert {it.slot_at for it in results} == {long_ago}
    assert read(results) == dict(stale.telemetry[0].readings)
    assert "fresh telemetry" not in {it.detail for it in results}
    assert desk.counters.stale > 0


def test_devices_of_all_dialects_share_a_listener_without_hearing_each_other(
    profiles: Mapping[str, Profile],
) -> None:
    desks = {str(it.mqtt_topic): Desk(it, profiles[it.profile]) for it in DIALECTS}
    for dialect in DIALECTS:
        for name, desk in desks.items():
            heard = desk.hear(dialect.telemetry[0])
            assert bool(heard) == (name == dialect.mqtt_topic), (dialect.profile, name)

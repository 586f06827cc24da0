"""Routes: which check hears which topic, and options that cannot work."""

from collections.abc import Mapping

import pytest

from collector.listeners.mqtt_payload import PayloadError
from collector.listeners.mqtt_routes import StatusReader, build_routes
from collector.model import Check, Metric, MetricGroup, Role, Target

LWT = {"topics": ["tele/{topic}/LWT"], "payload": "text", "online": "Online", "offline": "Offline"}


def a_check(
    device: str, name: str, options: Mapping[str, object], topic: str | None = "t1"
) -> Check:
    group = MetricGroup(
        name, "mqtt", Role.HEALTH, 300.0, (Metric("power_watts", "ENERGY.Power"),), (), options
    )
    target = Target(device, mqtt_topic=topic)
    return Check(f"{device}/{name}", device, name, "mqtt", Role.HEALTH, 300.0, 150.0, target, group)


def test_patterns_are_subscribed_once_and_topics_lead_to_checks() -> None:
    telemetry = {"topics": ["tele/{topic}/STATE", "tele/{topic}/SENSOR"]}
    routes = build_routes(
        [
            a_check("sensor-1", "status", LWT, "one"),
            a_check("sensor-2", "status", LWT, "two"),
            a_check("sensor-1", "telemetry", telemetry, "one"),
        ]
    )
    assert routes.subscriptions == ("tele/+/LWT", "tele/+/STATE", "tele/+/SENSOR")
    heard = {topic: [r.check.id for r in found] for topic, found in routes.by_topic.items()}
    assert heard == {
        "tele/one/LWT": ["sensor-1/status"],
        "tele/two/LWT": ["sensor-2/status"],
        "tele/one/STATE": ["sensor-1/telemetry"],
        "tele/one/SENSOR": ["sensor-1/telemetry"],
    }
    assert [check.id for check in routes.status_checks["sensor-1"]] == ["sensor-1/status"]


def test_a_topic_of_several_levels_needs_as_many_wildcards() -> None:
    routes = build_routes([a_check("sensor-1", "status", LWT, "hall/north")])
    assert routes.subscriptions == ("tele/+/+/LWT",)
    assert "tele/hall/north/LWT" in routes.by_topic


def test_checks_of_other_probes_are_left_alone() -> None:
    group = MetricGroup("ping", "ping", Role.REACHABILITY, 30.0)
    ping = Check("c/ping", "c", "ping", "ping", Role.REACHABILITY, 30.0, 1.0, Target("c"), group)
    assert build_routes([ping]).subscriptions == ()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "option topics must be a list of topics"),
        ({"topics": []}, "option topics must be a list of topics"),
        ({"topics": [5]}, "option topics must be a list of topics"),
        ({"topics": ["tele/+/LWT"]}, "has a wildcard; write {topic}"),
        ({"topics": ["t"], "payload": "xml"}, 'option payload must be "json" or "text"'),
        ({"topics": ["t"], "online": "Online"}, "option offline must be a word"),
    ],
)
def test_options_that_cannot_work_are_refused_by_name(
    options: Mapping[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match="sensor-1/status: ") as caught:
        build_routes([a_check("sensor-1", "status", options)])
    assert words in str(caught.value)


@pytest.mark.parametrize("topic", [None, "", "a+b", "a/#"])
def test_a_device_without_a_usable_topic_is_refused(topic: str | None) -> None:
    with pytest.raises(ValueError, match="sensor-1/status: the device needs an mqtt_topic"):
        build_routes([a_check("sensor-1", "status", LWT, topic)])


def status_reader(options: Mapping[str, object]) -> StatusReader:
    (route,) = build_routes([a_check("s", "status", options)]).by_topic["tele/t1/LWT"]
    assert isinstance(route.reader, StatusReader)
    return route.reader


def test_a_status_word_is_read_from_text() -> None:
    reader = status_reader(LWT)
    assert reader.is_online(b"Online\r\n", 100)
    assert not reader.is_online(b"Offline", 100)
    with pytest.raises(PayloadError, match="neither of the profile's two words"):
        reader.is_online(b"offline?", 100)


def test_a_status_word_is_read_from_json_where_the_path_leads() -> None:
    reader = status_reader({**LWT, "payload": "json", "path": "state.word"})
    assert reader.is_online(b'{"state": {"word": "Online"}}', 100)
    for payload in (b"{}", b'{"state": "Online"}', b'{"state": {"word": ["Online"]}}'):
        with pytest.raises(PayloadError, match="neither"):
            reader.is_online(payload, 100)

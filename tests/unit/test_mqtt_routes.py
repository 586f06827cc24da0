"""Routes: which check hears which topic, and options that cannot work."""

from collections.abc import Mapping

import pytest

from collector.listeners.mqtt_formats import PayloadError
from collector.listeners.mqtt_routes import Ear, build_routes
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
    topics = [f"tele/{name}/{end}" for name in ("one", "two") for end in ("LWT", "STATE", "SENSOR")]
    heard = {topic: [r.check.id for r in routes.find(topic)] for topic in topics}
    assert heard == {
        "tele/one/LWT": ["sensor-1/status"],
        "tele/two/LWT": ["sensor-2/status"],
        "tele/one/STATE": ["sensor-1/telemetry"],
        "tele/one/SENSOR": ["sensor-1/telemetry"],
        "tele/two/STATE": [],
        "tele/two/SENSOR": [],
    }
    assert [check.id for check in routes.status_checks["sensor-1"]] == ["sensor-1/status"]


def test_a_topic_of_several_levels_needs_as_many_wildcards() -> None:
    routes = build_routes([a_check("sensor-1", "status", LWT, "hall/north")])
    assert routes.subscriptions == ("tele/+/+/LWT",)
    assert len(routes.find("tele/hall/north/LWT")) == 1


def test_checks_of_other_probes_are_left_alone() -> None:
    group = MetricGroup("ping", "ping", Role.REACHABILITY, 30.0)
    ping = Check("c/ping", "c", "ping", "ping", Role.REACHABILITY, 30.0, 1.0, Target("c"), group)
    assert build_routes([ping]).subscriptions == ()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "option topics must be a list of words"),
        ({"topics": []}, "option topics must be a list of words"),
        ({"topics": [5]}, "option topics must be a list of words"),
        ({"topics": ["tele/+/LWT"]}, "needs {topic} once, as a level of its own"),
        ({"topics": ["{topic}"], "payload": "xml"}, "option payload must be one of json, text"),
        ({"topics": ["{topic}"], "online": "Online"}, "option offline must be a list of words"),
        ({"topics": ["{topic}"], "at": "jmespath map(&a, @)"}, "option at the function map"),
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


def status_ear(options: Mapping[str, object]) -> Ear:
    (route,) = build_routes([a_check("s", "status", options)]).find("tele/t1/LWT")
    return route.ear


def is_online(ear: Ear, payload: bytes) -> bool:
    assert ear.word is not None
    return ear.word.is_online(ear.decoder.decode(payload, "tele/t1/LWT"))


def test_a_status_word_is_read_from_text() -> None:
    ear = status_ear(LWT)
    assert is_online(ear, b"Online\r\n")
    assert not is_online(ear, b"Offline")
    with pytest.raises(PayloadError, match="none of the profile's words"):
        is_online(ear, b"offline?")


def test_a_status_word_is_read_from_json_where_the_path_leads() -> None:
    ear = status_ear({**LWT, "payload": "json", "path": "state.word"})
    assert is_online(ear, b'{"state": {"word": "Online"}}')
    for payload in (b"{}", b'{"state": "Online"}', b'{"state": {"word": ["Online"]}}', b"[]", b"1"):
        with pytest.raises(PayloadError, match="none"):
            is_online(ear, payload)


def test_words_may_be_several_and_true_and_false() -> None:
    ear = status_ear(
        {
            "topics": ["tele/{topic}/LWT"],
            "online": ["ready", "true"],
            "offline": ["lost", "false"],
            "path": "jmespath devices[?type(@) == 'boolean'] | [0]",
        }
    )
    assert is_online(ear, b'{"devices": [1, true]}')
    assert not is_online(ear, b'{"devices": [1, false]}')
    assert is_online(ear, b'"ready"')

"""Home Assistant's discovery: what a device announces becomes a suggestion, and nothing more."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.clock import SystemClock
from collector.listeners.mqtt_announcements import DEVICES_LIMIT, Announcements
from collector.listeners.mqtt_discovery import (
    ENTITIES_LIMIT,
    Announced,
    Suggestion,
    announced,
    suggest,
)
from collector.listeners.mqtt_fitting import Fitting
from collector.listeners.mqtt_formats import PayloadError
from collector.listeners.mqtt_link import Incoming
from collector.listeners.mqtt_payload import telemetry_reader
from collector.listeners.mqtt_quarantine import Quarantine
from collector.listeners.mqtt_reading import MessageReader, MqttCounters
from collector.listeners.mqtt_routes import build_routes
from collector.model import Check, MetricGroup, Role, Target
from collector.profiles import load_profiles, read_profiles

DEVICE = {"ids": ["pa-4"], "name": "Pintu air 4", "mf": "Bengkel Kota", "mdl": "PA-2"}


def config(component: str, name: str, **words: object) -> tuple[Announced, ...]:
    payload = json.dumps({"dev": DEVICE, **words}).encode()
    return announced(f"homeassistant/{component}/pa-4/{name}/config", payload)


def a_gauge() -> list[Announced]:
    """A device with topics of its own: JSON and a bare word, availability, a template too many."""
    base = {"~": "air/pa-4", "avty_t": "~/hidup", "pl_avail": "ya", "pl_not_avail": "tidak"}
    return [
        *config(
            "sensor",
            "suhu",
            stat_t="~/ukur",
            val_tpl="{{ value_json.air['suhu'] }}",
            dev_cla="temperature",
            unit_of_meas="°C",
            exp_aft=150,
            **base,
        ),
        *config("sensor", "tinggi", stat_t="~/ukur", val_tpl="{{value_json.cm[0]}}", **base),
        *config("binary_sensor", "gerbang", stat_t="~/gerbang", pl_on="BUKA", **base),
        *config("sensor", "debit", stat_t="~/ukur", val_tpl="{{ value_json.q | float * 2 }}"),
        *config("climate", "kipas", **base),
    ]


def test_a_device_with_topics_of_its_own_gets_a_proposed_profile_that_reads_it(
    tmp_path: Path,
) -> None:
    found = suggest(a_gauge())
    assert found is not None
    assert (found.device_key, found.name) == ("pa-4", "Pintu air 4")
    assert (found.manufacturer, found.model) == ("Bengkel Kota", "PA-2")
    assert (found.profile, found.mqtt_topic) == ("announced-pa-2", "pa-4")
    assert found.topics == ("air/pa-4/ukur", "air/pa-4/gerbang")
    assert found.not_understood == ("debit: its value_template", "kipas: climate, no state")
    assert found.profile_text is not None
    (tmp_path / "announced-pa-2.yaml").write_text(found.profile_text, encoding="utf-8")
    status, telemetry = load_profiles([tmp_path])["announced-pa-2"].groups
    assert status.options["topics"] == ["air/{topic}/hidup"]
    assert (status.options["online"], status.options["offline"]) == (["ya"], ["tidak"])
    assert telemetry.interval_seconds == 60.0
    extract = telemetry_reader(telemetry).read({"air": {"suhu": 29.5}, "cm": [182]})
    assert {(it.metric, it.labels, it.value) for it in extract.readings} == {
        ("temperature_celsius", (("entity", "suhu"),), 29.5),
        ("announced_value", (("entity", "tinggi"),), 182),
    }


def test_a_profile_that_there_is_goes_before_a_new_one() -> None:
    fits = Fitting.of(load_profiles().values()).fits
    entities = [
        *config("sensor", "suhu", stat_t="esp-9/sensor/suhu/state", avty_t="esp-9/status"),
        *config("sensor", "lembab", stat_t="esp-9/sensor/lembab/state"),
    ]
    found = suggest(entities, fits)
    assert found is not None
    assert (found.profile, found.mqtt_topic) == ("home-assistant-sensor", "esp-9")
    assert found.profile_text is None


def test_all_entities_may_come_in_one_message() -> None:
    document = {
        "dev": DEVICE,
        "o": {"name": "bengkel"},
        "stat_t": "air/pa-4/ukur",
        "cmps": {
            "suhu": {"p": "sensor", "val_tpl": "{{ value_json.suhu }}"},
            "odd": {"p": "camera"},
            "worse": 5,
        },
    }
    found = announced("homeassistant/device/pa-4/config", json.dumps(document).encode())
    assert [it.entity.path if it.entity else None for it in found] == ["suhu", None, None]
    assert {it.device_key for it in found} == {"pa-4"}
    assert [word for it in found for word in it.not_understood] == [
        "odd: camera",
        "worse: no platform",
    ]


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{{ value }}", ""),
        ("{{value_json.a}}", "a"),
        ("{{ value_json.a.b }}", "a.b"),
        ("{{ value_json['a b'] }}", None),
        ('{{ value_json["a"][2].c }}', "a[2].c"),
        ("{{ value_json.a | round(1) }}", None),
        ("{{ value_json.a }} °C", None),
        ("{% if value %}1{% endif %}", None),
        ("{{ value.a }}", None),
    ],
)
def test_only_plain_templates_are_read(template: str, path: str | None) -> None:
    (found,) = config("sensor", "x", stat_t="a/pa-4", val_tpl=template)
    assert (found.entity.path if found.entity else None) == path
    assert found.not_understood == (() if path is not None else ("x: its value_template",))


def test_the_availability_of_a_bridge_is_not_the_devices() -> None:
    listed = [{"t": "zigbee2mqtt/bridge/state", "val_tpl": "{{ value_json.state }}"}]
    found = suggest(config("sensor", "x", stat_t="zigbee2mqtt/pintu", avty=listed))
    assert found is not None
    assert found.not_understood == ("availability zigbee2mqtt/bridge/state: another device's",)
    assert found.profile_text is not None
    assert "online" not in found.profile_text


@pytest.mark.parametrize(
    ("topics", "own"),
    [
        (["rumah/PA-4/suhu"], "PA-4"),  # what it calls itself, however it is written
        (["rumah/kamar/suhu"], "kamar"),
        (["zigbee2mqtt/pintu"], "pintu"),
        (["rumah/kamar/suhu", "rumah/kamar/lembab"], "kamar"),
        (["tele/lampu/A", "stat/lampu/B"], "lampu"),
    ],
)
def test_the_level_that_is_the_devices_own_is_found(topics: list[str], own: str) -> None:
    named = [config("sensor", f"e{at}", stat_t=topic) for at, topic in enumerate(topics)]
    found = suggest(entity for some in named for entity in some)
    assert found is not None
    assert found.mqtt_topic == own


def test_topics_without_a_level_in_common_give_no_profile_but_are_told() -> None:
    found = suggest([*config("sensor", "x", stat_t="a/b"), *config("sensor", "y", stat_t="c/d")])
    assert isinstance(found, Suggestion)
    assert (found.profile, found.profile_text, found.topics) == (None, None, ("a/b", "c/d"))


def test_an_entity_that_is_taken_away_and_nobody_at_all_suggest_nothing() -> None:
    assert announced("homeassistant/sensor/pa-4/x/config", b"") == ()
    assert suggest([]) is None


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("homeassistant/status", b"online"),
        ("other/sensor/x/config", b"{}"),
        ("homeassistant/sensor/x/config", b"rahasia"),
        ("homeassistant/sensor/x/config", b"[]"),
        ("homeassistant/device/x/config", b"{}"),
    ],
)
def test_what_is_no_announcement_is_refused(topic: str, payload: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        announced(topic, payload)
    assert "rahasia" not in str(caught.value)


KEYS = st.sampled_from(["stat_t", "~", "val_tpl", "dev", "avty", "avty_t", "exp_aft", "cmps", "p"])
TEXTS = st.sampled_from(
    ["~/x", "a/pa-4", "{topic}/x", "#", "\x1b[31m", "a: [b", "{{ value }}", "'"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=6), st.sampled_from(["sensor", "switch", "device"]))
@settings(deadline=None, max_examples=60)
def test_whatever_strangers_announce_a_proposed_profile_can_be_loaded(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, object], component: str
) -> None:
    payload = json.dumps({"dev": DEVICE, "stat_t": "air/pa-4", **document}).encode()
    try:
        entities = announced(f"homeassistant/{component}/pa-4/config", payload)
    except PayloadError:
        return
    found = suggest(entities)
    if found is None or found.profile_text is None:
        return
    folder = tmp_path_factory.mktemp("proposed")
    (folder / f"{found.profile}.yaml").write_text(found.profile_text, encoding="utf-8")
    assert not read_profiles([folder]).problems


# --- heard by the listener ---------------------------------------------------------------------


class Desk:
    """A reader with one known device, at a moment that stands still."""

    def __init__(self) -> None:
        self.counters = MqttCounters()
        group = MetricGroup(
            "telemetry", "mqtt", Role.HEALTH, 300.0, options={"topics": ["air/{topic}/ukur"]}
        )
        target = Target("known", mqtt_topic="pa-1")
        check = Check("known/t", "known", "t", "mqtt", Role.HEALTH, 300.0, 9.0, target, group)
        self.quarantine = Quarantine(Fitting.of(load_profiles().values()))
        self.reader = MessageReader(
            build_routes([check]), 65536, SystemClock(), self.counters, self.quarantine
        )

    def hear(self, name: str, **words: object) -> None:
        payload = json.dumps(words).encode() if words else b""
        topic = f"homeassistant/sensor/{name}/config"
        assert self.reader.read(Incoming(topic, payload, True, False, 1, 1)) == ()


def test_what_a_stranger_announces_waits_in_the_quarantine_with_a_proposed_profile() -> None:
    desk = Desk()
    desk.hear("a", dev=DEVICE, stat_t="air/pa-4/ukur", val_tpl="{{ value_json.suhu }}")
    desk.hear("b", dev=DEVICE, stat_t="air/pa-4/ukur", val_tpl="{{ value_json.cm }}")
    (entry,) = desk.quarantine.snapshot()
    assert (entry.name, entry.messages, entry.fits) == ("pa-4", 2, ())
    assert entry.about["name"] == "Pintu air 4"
    assert entry.about["maker"] == "Bengkel Kota"
    assert "source: cm" in entry.about["proposed_profile"]
    assert desk.counters.quarantined == 2


def test_a_stranger_whose_topics_fit_a_profile_is_one_entry_with_what_it_says() -> None:
    desk = Desk()
    desk.hear("a", dev=DEVICE, stat_t="esp-9/sensor/suhu/state")
    topic, payload = "esp-9/status", b"online"
    assert desk.reader.read(Incoming(topic, payload, False, False, 1, 1)) == ()
    (entry,) = desk.quarantine.snapshot()
    assert (entry.name, entry.messages) == ("esp-9", 2)
    assert [fit.profile for fit in entry.fits] == ["home-assistant-sensor"]
    assert entry.about["model"] == "PA-2"
    assert "proposed_profile" not in entry.about


def test_what_a_known_device_announces_and_what_is_taken_back_is_no_stranger() -> None:
    desk = Desk()
    desk.hear("a", dev=DEVICE, stat_t="air/pa-1/ukur")
    desk.hear("a")
    assert desk.quarantine.snapshot() == ()
    assert desk.counters.unheard == 2


def test_a_config_topic_that_holds_no_announcement_is_a_stranger_like_any_other() -> None:
    desk = Desk()
    desk.reader.read(Incoming("homeassistant/sensor/x/config", b"{", False, False, 1, 1))
    (entry,) = desk.quarantine.snapshot()
    assert entry.name == "homeassistant/sensor/x/config"


def test_announcements_are_bounded() -> None:
    memory = Announcements(Fitting())
    for number in range(DEVICES_LIMIT + 50):
        device = json.dumps({"dev": {"ids": [f"d{number}"]}, "stat_t": f"a/d{number}"}).encode()
        memory.hear(f"homeassistant/sensor/d{number}/config", device)
    assert len(memory._devices) == DEVICES_LIMIT
    found = []
    for number in range(ENTITIES_LIMIT + 10):
        payload = json.dumps({"dev": {"ids": ["e"]}, "stat_t": f"a/e/{number}"}).encode()
        found.append(memory.hear(f"homeassistant/sensor/e/{number}/config", payload))
    last = found[ENTITIES_LIMIT - 1]
    assert last is not None
    assert len(last.topics) == ENTITIES_LIMIT
    assert found[ENTITIES_LIMIT:] == [None] * 10


def test_what_was_announced_already_suggests_nothing_new() -> None:
    memory = Announcements(Fitting())
    topic, payload = "homeassistant/sensor/d/config", b'{"stat_t": "a/d"}'
    assert memory.hear(topic, payload) is not None
    assert memory.hear(topic, payload) is None
    assert memory.hear(topic, b'{"stat_t": "b/d"}') is not None

"""Who is no device: by which profiles it could be one, and what is kept of what it says."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.listeners.mqtt_fitting import Fitting, overlap
from collector.listeners.mqtt_quarantine import TOPIC_SHOWN, Quarantine, shape_of
from collector.model import Fit, MetricGroup, Profile, Role
from collector.profiles import load_profiles

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def a_profile(name: str, *topics: str) -> Profile:
    group = MetricGroup("data", "mqtt", Role.HEALTH, 300.0, options={"topics": list(topics)})
    return Profile(name, name, ("sensor",), (group,))


PLUG = a_profile("plug", "tele/{topic}/STATE", "tele/{topic}/LWT")
ANY = a_profile("any", "{topic}")
HOMIE = a_profile("homie", "homie/{topic}/$state", "homie/{topic}/+/+")


@pytest.fixture
def quarantine() -> Quarantine:
    return Quarantine(Fitting.of([ANY, PLUG, HOMIE]))


def test_the_most_specific_profile_names_the_device(quarantine: Quarantine) -> None:
    quarantine.add("tele/keran_7/STATE", b"{}", START)
    (entry,) = quarantine.snapshot()
    assert entry.name == "keran_7"
    assert entry.fits == (Fit("plug", "keran_7"), Fit("any", "tele/keran_7/STATE"))


def test_all_topics_of_a_device_are_one_entry(quarantine: Quarantine) -> None:
    quarantine.add("tele/keran_7/LWT", b"Online", START)
    quarantine.add("tele/keran_7/STATE", b'{"a": 1}', START + timedelta(seconds=5))
    (entry,) = quarantine.snapshot()
    assert (entry.messages, entry.octets) == (2, 14)
    assert entry.places == ("tele/keran_7/LWT", "tele/keran_7/STATE")
    assert entry.last_seen_at - entry.first_seen_at == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("homie/pompa-1/$state", "pompa-1"),
        ("homie/pompa-1/motor/speed", "pompa-1"),
        ("tele/gedung-a/lantai-2/plug/STATE", "gedung-a/lantai-2/plug"),
        ("tele//STATE", None),
        ("tele/a/b/c/d/e/STATE", None),
        ("other/x", None),
    ],
)
def test_a_name_is_what_stands_between_the_fixed_levels(topic: str, name: str | None) -> None:
    fits = Fitting.of([PLUG, HOMIE]).fits(topic)
    assert (fits[0].name if fits else None) == name


def test_profiles_without_devices_are_listened_to_beside_those_in_use_never_twice() -> None:
    fitting = Fitting.of([PLUG, HOMIE, ANY])
    assert set(fitting.subscriptions(["tele/+/STATE", "tele/+/LWT"])) == {
        "homie/+/$state",
        "homie/+/+/+",
    }
    assert fitting.subscriptions(["tele/#", "homie/+/+", "homie/#"]) == ()
    assert fitting.every() >= set(fitting.subscriptions([]))


_LEVELS = st.lists(st.sampled_from(["a", "b", "+", "$x"]), min_size=1, max_size=4)
_FILTERS = st.builds(
    lambda levels, rest: "/".join([*levels, *rest]), _LEVELS, st.sampled_from([[], ["#"]])
)


def fits_filter(topic: list[str], pattern: str) -> bool:
    wanted = pattern.split("/")
    if wanted[-1] == "#":
        wanted, topic = wanted[:-1], topic[: len(wanted) - 1]
    return len(wanted) == len(topic) and all(
        w in ("+", t) for w, t in zip(wanted, topic, strict=True)
    )


@settings(deadline=None)
@given(_FILTERS, _FILTERS, st.lists(st.sampled_from(["a", "b", "$x"]), min_size=1, max_size=5))
def test_what_fits_two_subscriptions_is_an_overlap(one: str, other: str, topic: list[str]) -> None:
    if fits_filter(topic, one) and fits_filter(topic, other):
        assert overlap(one, other)
    assert overlap(one, other) == overlap(other, one)


def test_subscriptions_without_a_common_topic_do_not_overlap() -> None:
    assert not overlap("a/+/c", "a/b/d")
    assert not overlap("a/b", "a/b/c")
    assert overlap("a", "a/#")
    assert overlap("a/b/c", "a/#")


def test_the_list_is_bounded_and_forgets_who_was_silent_longest() -> None:
    quarantine = Quarantine(limit=3)
    for topic in ("a", "b", "c", "a", "d"):
        quarantine.add(topic, b"", START)
    assert [entry.name for entry in quarantine.snapshot()] == ["d", "a", "c"]
    assert quarantine.forgotten == 1


def test_what_could_not_be_stored_joins_what_was_heard_meanwhile() -> None:
    quarantine = Quarantine(limit=3)
    for topic in ("a", "b"):
        quarantine.add(topic, b"12", START)
    taken = quarantine.take()
    assert quarantine.snapshot() == ()
    quarantine.add("b", b"1", START + timedelta(seconds=9))
    quarantine.give_back(taken)
    newest, oldest = quarantine.snapshot()
    assert (newest.name, newest.messages, newest.octets) == ("b", 2, 3)
    assert (newest.first_seen_at, newest.last_seen_at) == (START, START + timedelta(seconds=9))
    assert (oldest.name, oldest.messages) == ("a", 1)


def test_a_strangers_topic_is_made_safe_to_show() -> None:
    quarantine = Quarantine()
    quarantine.add("tele/\x1b[31m\n/" + "x" * 500, b"", START)
    (entry,) = quarantine.snapshot()
    assert entry.name.isprintable()
    assert len(entry.name) == TOPIC_SHOWN + 1


def test_the_shape_of_a_payload_is_keys_and_types() -> None:
    payload = orjson.dumps(
        {
            "t": 21.5,
            "ok": True,
            "who": "Budi",
            "list": [{"v": 1}, {"v": 2}],
            "deep": {"a": {"b": {"c": 1}}},
            "n": None,
            "e": {},
        }
    )
    assert shape_of(payload) == {
        "t": "number",
        "ok": "boolean",
        "who": "text",
        "list[].v": "number",
        "deep.a.b": "object",
        "n": "null",
        "e": "object",
    }


@pytest.mark.parametrize(
    ("payload", "kind"),
    [(b"Online", "text"), (b"\xff\x00", "binary"), (b"x" * 70_000, "too large"), (b"12", "number")],
)
def test_a_payload_that_is_no_object_is_one_type(payload: bytes, kind: str) -> None:
    assert shape_of(payload) == {"": kind}


def test_a_key_that_is_somebodys_address_is_not_shown() -> None:
    payload = orjson.dumps({"aa:bb:cc:dd:ee:ff": 1, "budi@contoh.id": 2, "081234567890": 3})
    assert shape_of(payload) == {"*": "number"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=8)
    ),
    max_leaves=40,
)


@settings(deadline=None)
@given(_JSON)
def test_a_shape_is_bounded_whatever_is_sent(document: object) -> None:
    shape = shape_of(orjson.dumps(document))
    assert 1 <= len(shape) <= 20
    assert set(shape.values()) <= {"null", "boolean", "number", "text", "list", "object"}


def test_every_mqtt_profile_that_everybody_gets_can_be_fitted() -> None:
    profiles = load_profiles(())
    fitting = Fitting.of(profiles.values())
    assert fitting.fits("tele/keran_7/STATE")[0] == Fit("tasmota", "keran_7")

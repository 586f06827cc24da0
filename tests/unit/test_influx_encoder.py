"""Results to lines: right field, right type, said once, nothing lost without a count."""

import logging
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.model import Labels, MetricKind, Reading
from collector.sinks import DeviceReadings
from collector.sinks.influx import cardinality, encoder
from collector.sinks.influx.cardinality import Guard
from collector.sinks.influx.encoder import Encoded, Encoder
from collector.sinks.influx.facts import MetricFact, MetricFacts
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.template import Form
from collector.sinks.spool import FieldRow, lane_of

T0 = datetime(2026, 11, 1, 10, tzinfo=UTC)
STAMP = 1793527200 * 10**9
CAMERA = Identity("cam-1", "site-1", "73.71", "camera", "dinas kominfo", "10.0.0.1")
TAGS = r"area=73.71,device=cam-1,kind=camera,owner=dinas\ kominfo,site=site-1"
FACTS = MetricFacts(
    {
        "ping_rtt_seconds": MetricFact("s", MetricKind.GAUGE),
        "if_in_octets": MetricFact("B", MetricKind.COUNTER),
        "radio_state": MetricFact("1", MetricKind.STATE),
        "firmware_version": MetricFact("1", MetricKind.TEXT),
        "sys_uptime_seconds": MetricFact("s", MetricKind.GAUGE),
        "power_watts": MetricFact("W", MetricKind.GAUGE),
    }
)
ETH0: Labels = (("interface", "eth0"),)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def result(minutes: float, *readings: Reading, device: str = "cam-1") -> DeviceReadings:
    return DeviceReadings(device, at(minutes), readings)


def new(known: Iterable[FieldRow] = (), **options: object) -> Encoder:
    return Encoder({"cam-1": CAMERA}, FACTS, known, **options)  # type: ignore[arg-type]


def lines(encoded: Encoded) -> list[str]:
    return [line for pack in encoded.packs for line in pack.lines.decode().splitlines()]


def encode(one: Encoder, *batch: DeviceReadings, now: datetime = T0) -> list[str]:
    encoded = one.encode(batch, now)
    one.commit(encoded)
    return lines(encoded)


def fields(one: Encoder, *readings: Reading) -> list[str]:
    """Return what stands between tags and moment."""
    return [line.split(" ", 2)[-1].rsplit(" ", 1)[0] for line in encode(one, result(0, *readings))]


def test_a_line_has_the_device_its_labels_and_telegrafs_names() -> None:
    found = encode(
        new(),
        result(
            0,
            Reading("ping_rtt_seconds", 0.0123, "s"),
            Reading("if_in_octets", 5, "B", (("interface", "Gi 0/1"), ("source", "x=1,2"))),
        ),
    )
    assert found == [
        f"ping,{TAGS},url=10.0.0.1 average_response_ms=12.3 {STAMP}",
        r"interface,area=73.71,device=cam-1,ifName=Gi\ 0/1,kind=camera,label_source=x\=1\,2,"
        rf"owner=dinas\ kominfo,site=site-1,source=10.0.0.1 ifHCInOctets=5i {STAMP}",
    ]


def test_readings_of_one_series_share_a_line_and_the_last_word_counts() -> None:
    eth0, eth1 = (("interface", "a"), ("n", "1")), (("n", "1"), ("interface", "a"))
    found = encode(
        new(), result(0, *(Reading("m", n, "1", labels) for n, labels in ((1, eth0), (2, eth1))))
    )
    assert len(found) == 1
    assert found[0].endswith(f" m=2 {STAMP}")


def test_a_device_without_an_identity_is_at_least_named() -> None:
    found = encode(new(), result(0, Reading("m", 1.5), device="gone"))
    assert found == [f"device,device=gone m=1.5 {STAMP}"]


def test_a_device_that_moves_gets_other_tags_and_its_text_again() -> None:
    one, reading = new(), Reading("firmware_version", "1.2")
    encode(one, result(0, reading))
    moved = Identity("cam-1", "site-2", "73.72", "camera")
    one.know({"cam-1": moved})
    assert encode(one, result(1, reading)) == [
        "device,area=73.72,device=cam-1,kind=camera,site=site-2"
        f' firmware_version="1.2" {STAMP + 60 * 10**9}'
    ]
    one.know({"cam-1": moved})
    assert encode(one, result(2, reading)) == []


@pytest.mark.parametrize(
    ("metric", "unit", "value", "written"),
    [
        ("power_watts", "W", 5, "power_watts=5"),
        ("power_watts", "W", 0.1, "power_watts=0.1"),
        ("power_watts", "W", 1e300, "power_watts=1e+300"),
        ("power_watts", "W", True, "power_watts=1"),
        ("power_watts", "W", 2**200, f"power_watts={2**200}"),
        ("power_watts", "kW", 1.5, "power_watts_in_kW=1.5"),
        ("power_watts", "W", "off", 'power_watts_text="off"'),
        ("if_in_octets", "B", 2**63 - 1, "ifHCInOctets=9223372036854775807i"),
        ("if_in_octets", "B", 2**63, "ifHCInOctets=-9223372036854775808i"),
        ("if_in_octets", "B", 2**64 - 1, "ifHCInOctets=-1i"),
        ("if_in_octets", "B", 7.0, "ifHCInOctets=7i"),
        ("radio_state", "1", -1, "radio_state=-1i"),
        ("radio_state", "1", True, "radio_state=1i"),
        ("radio_state", "1", "on", 'radio_state_text="on"'),
        ("firmware_version", "1", 'a "b" \\ c\nd', 'firmware_version="a \\"b\\" \\\\ c d"'),
        ("firmware_version", "1", 5, 'firmware_version="5"'),
        ("sys_uptime_seconds", "s", 12.34, "sysUpTime=1234i"),
        ("sys_uptime_seconds", "s", 12, "sysUpTime=1200i"),
        ("nobody_knows", "°C", 1, "nobody_knows=1"),
        ("nobody_knows", "°C", "word", 'nobody_knows_text="word"'),
    ],
)
def test_a_value_has_the_type_of_its_field(
    metric: str, unit: str, value: float | str, written: str
) -> None:
    assert [
        line.split("10.0.0.1 ")[1]
        for line in encode(new(), result(0, Reading(metric, value, unit)))
    ] == [f"{written} {STAMP}"]


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("power_watts", math.nan),
        ("power_watts", math.inf),
        ("power_watts", 10**400),
        pytest.param("power_watts", 10**5000, id="too long to print"),
        ("ping_rtt_seconds", -math.inf),
        ("if_in_octets", -1),
        ("if_in_octets", 2**64),
        ("if_in_octets", 0.5),
        ("if_in_octets", math.nan),
        ("radio_state", 2**63),
        ("sys_uptime_seconds", math.inf),
        ("sys_uptime_seconds", math.nan),
    ],
)
def test_what_no_field_can_hold_is_counted_named_once_and_keeps_nothing_else_out(
    metric: str, value: float, caplog: pytest.LogCaptureFixture
) -> None:
    one, unit = new(), FACTS.by_metric[metric].unit
    batch = [result(0, Reading(metric, value, unit), Reading("good", 1.0, "1"))]
    for _ in range(2):
        encoded = one.encode(batch, T0)
        assert [line.split(" ")[-2] for line in lines(encoded)] == ["good=1.0"]
        assert (encoded.readings, encoded.refused) == (1, 1)
    assert [record.message.count(metric) for record in caplog.records] == [1]


def test_what_was_decided_once_is_kept_whatever_profiles_say_by_now() -> None:
    old = FieldRow("if_in_octets", "network", "bytes_in", "float", "B", 1.0)
    one = new([old])
    assert encode(one, result(0, Reading("if_in_octets", 5, "B")))[0].startswith("network,")
    assert fields(one, Reading("if_in_octets", 2**64 - 1, "B"))[0].endswith(f"bytes_in={2**64 - 1}")


def test_a_field_is_told_until_it_is_on_disk_and_a_known_one_never() -> None:
    one, batch = new(), [result(0, Reading("ping_rtt_seconds", 0.5, "s"))]
    row = FieldRow("ping_rtt_seconds", "ping", "average_response_ms", "float", "s", 1000)
    assert one.encode(batch, T0).fields == (row,)
    encoded = one.encode(batch, T0)
    assert encoded.fields == (row,)
    one.commit(encoded)
    assert one.encode(batch, T0).fields == ()
    assert new([row]).encode(batch, T0).fields == ()


def test_a_metric_that_changes_its_kind_gets_a_field_beside_the_old_one() -> None:
    was_text = FieldRow("power_watts", "power", "power_watts", "string", "1", 1.0)
    was_number = FieldRow("firmware_version", "device", "firmware_version", "float", "1", 1.0)
    one = new([was_text, was_number])
    found = encode(
        one, result(0, Reading("power_watts", 1.5, "W"), Reading("firmware_version", "1.2"))
    )
    assert [line.split(" ")[-2] for line in found] == [
        "power_watts_number=1.5",
        'firmware_version_text="1.2"',
    ]


# --- texts ------------------------------------------------------------------------------------


def test_texts_are_written_on_change_and_once_an_hour() -> None:
    one, written = new(), []
    for minutes in range(0, 180, 10):
        text = "router" if minutes < 100 else "switch"
        readings = Reading("firmware_version", text), Reading("power_watts", 1.0, "W")
        found = encode(one, result(minutes, *readings))
        assert any("power_watts=1.0" in line for line in found)
        written += [minutes for line in found if text in line]
    assert written == [0, 60, 100, 160]


def test_a_text_whose_append_failed_is_said_again() -> None:
    one, batch = new(), [result(0, Reading("firmware_version", "1.2"))]
    assert len(lines(one.encode(batch, T0))) == 1
    encoded = one.encode(batch, T0)
    assert len(lines(encoded)) == 1
    one.commit(encoded)
    assert lines(one.encode(batch, T0)) == []


def test_a_late_text_is_written_and_does_not_hide_what_stands() -> None:
    one = new()
    encode(one, result(30, Reading("firmware_version", "2")))
    assert len(encode(one, result(0, Reading("firmware_version", "1")))) == 1
    assert encode(one, result(31, Reading("firmware_version", "2"))) == []


def test_remembered_texts_are_bounded_and_forgetting_writes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder, "MAX_TEXTS", 3)
    one = new()
    for device in "abcdefgh":
        encode(one, result(0, Reading("firmware_version", "1"), device=device))
        assert len(one._texts) <= 3
    assert len(encode(one, result(1, Reading("firmware_version", "1"), device="a"))) == 1


# --- packs ------------------------------------------------------------------------------------


def test_packs_keep_a_devices_order_in_its_lane_and_say_what_they_hold() -> None:
    batch = [
        result(minutes, Reading("m", minutes), Reading("ping_rtt_seconds", 0.5, "s"), device=device)
        for minutes in (5, 1, 3)
        for device in ("a", "b", "c", "d", "e")
    ]
    encoded = new().encode(batch, T0)
    assert encoded.readings == 30
    assert sum(pack.count for pack in encoded.packs) == 30
    for pack in encoded.packs:
        text = pack.lines.decode()
        assert text.endswith("\n")
        assert text.count("\n") == pack.count
        assert (pack.low_at, pack.high_at) == (at(1), at(5))
    for device in "abcde":
        mine = [pack for pack in encoded.packs if f"device={device} m=" in pack.lines.decode()]
        assert [pack.lane for pack in mine] == [lane_of(device)]
        found = [line for line in lines(encoded) if f"device={device} m=" in line]
        assert [line.split("m=")[1].split(" ")[0] for line in found] == ["5", "1", "3"]


def test_a_long_batch_becomes_several_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "PACK_LINES", 10)
    batch = [result(minutes, Reading("m", 1)) for minutes in range(25)]
    packs = new().encode(batch, T0).packs
    assert [pack.count for pack in packs] == [10, 10, 5]
    assert [pack.low_at for pack in packs] == [at(0), at(10), at(20)]


def test_nothing_makes_no_pack() -> None:
    encoded = new().encode([result(0)], T0)
    assert encoded == Encoded((), (), (), 0, 0, {})


# --- impossible moments -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "before the year 2000"),
        (T0 + timedelta(days=2), "more than a day ahead"),
        (T0 - timedelta(days=31), "older than the server keeps"),
    ],
)
def test_an_impossible_moment_becomes_dead_letters(moment: datetime, words: str) -> None:
    one = new(keep=timedelta(days=30))
    readings = Reading("power_watts", 1.0, "W"), Reading("firmware_version", "\u2028 1")
    encoded = one.encode([DeviceReadings("cam-1", moment, readings)], T0)
    assert encoded.packs == ()
    assert [line.status for line in encoded.dead] == [0, 0]
    assert all(words in letter.words and letter.at == T0 for letter in encoded.dead)
    assert all(letter.line.endswith(b"\n") for letter in encoded.dead)
    assert encode(one, result(0, *readings))[1].count("firmware_version") == 1


def test_without_a_retention_the_past_is_taken() -> None:
    assert len(encode(new(), result(-60 * 24 * 400, Reading("m", 1)))) == 1


# --- too many series --------------------------------------------------------------------------


def ports(count: int, first: int = 0) -> tuple[Reading, ...]:
    return tuple(Reading("m", 1.0, "1", (("n", str(n)),)) for n in range(first, first + count))


def test_a_device_whose_labels_explode_keeps_what_it_had_and_is_named_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = new(guard=Guard(per_device=5))
    assert len(encode(one, result(0, *ports(5)))) == 5
    for round_ in range(1, 4):
        encoded = one.encode([result(round_, *ports(4, first=3))], T0)
        assert (len(encoded.packs), encoded.readings, encoded.refused) == (1, 2, 2)
    assert len(encode(one, result(5, *ports(6), device="other"))) == 5
    told = [record.message for record in caplog.records if "series today" in record.message]
    assert [text.split(" ")[0] for text in told] == ["cam-1", "other"]


def test_beyond_all_bounds_new_series_are_refused_and_old_ones_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    one = new(guard=Guard(warn_at=2, at_most=3))
    assert len(encode(one, result(0, *ports(2)))) == 2
    assert len(encode(one, result(0, *ports(2), device="b"))) == 1
    assert len(encode(one, result(1, *ports(2)))) == 2
    assert one.series == 3
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


def test_series_are_counted_anew_every_day() -> None:
    one = new(guard=Guard(per_device=2))
    encode(one, result(0, *ports(4)))
    tomorrow = T0 + timedelta(days=1)
    assert len(encode(one, result(1440, *ports(2, first=2)), now=tomorrow)) == 2


def test_templates_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "MAX_TEMPLATES_OF_DEVICE", 4)
    one = new()
    for n in range(50):
        assert len(encode(one, result(n, *ports(1, first=n)))) == 1
    assert len(one._devices["cam-1"].templates) == 4
    held = sum(each.bytes for each in one._devices["cam-1"].templates.values())
    assert one._template_bytes == held
    monkeypatch.setattr(encoder, "MAX_TEMPLATE_BYTES", 1)
    assert len(encode(one, result(60, *ports(1), device="b"))) == 1
    assert one._devices["b"].templates == {}


def test_the_defaults_leave_room_for_large_controllers() -> None:
    assert cardinality.PER_DEVICE >= 500 * 3


# --- the quick way and the other --------------------------------------------------------------

ANY_VALUE = st.one_of(
    st.integers(0, 9),
    st.integers(-(2**64), 2**65),
    st.integers(0, 10**6).map(lambda number: number / 100),
    st.floats(),
    st.booleans(),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*FACTS.by_metric, "nobody_knows"]),
            st.sampled_from([(), ETH0, (("radio", "%d"),)]),
            ANY_VALUE,
        ),
        min_size=1,
        max_size=12,
    )
)
@example(rows=[("if_in_octets", ETH0, -1), ("if_in_octets", ETH0, 0)])
@settings(deadline=None)
def test_the_quick_way_says_what_the_slow_one_says(
    rows: list[tuple[str, Labels, float]],
) -> None:
    batch = [result(0, *(Reading(metric, value, "1", labels) for metric, labels, value in rows))]
    quick = new().encode(batch, T0)
    with patch.object(Form, "_quick", return_value=None):
        slow = new().encode(batch, T0)
    assert (quick.readings, quick.refused) == (slow.readings, slow.refused)
    assert list(map(parsed, lines(quick))) == list(map(parsed, lines(slow)))


def parsed(line: str) -> tuple[str, dict[str, float | int | str]]:
    """Return a line's series, and its fields by name: 5 and 5.0 are the same float."""
    head, pairs, _ = re.split(r"(?<!\\) ", line)
    fields: dict[str, float | int | str] = {}
    for pair in pairs.split(","):
        name, _, value = pair.partition("=")
        is_whole, is_text = value.endswith("i"), value.startswith('"')
        fields[name] = value if is_text else int(value[:-1]) if is_whole else float(value)
    return head, fields


def test_devices_of_a_model_share_what_is_the_same_of_them() -> None:
    one = new()
    for device in "abcdef":
        encode(one, result(0, *ports(3), device=device))
    assert len(one._forms) == 1
    templates = [list(one._devices[device].templates.values()) for device in "abcdef"]
    assert {len(each) for each in templates} == {1}
    assert templates[0][0].bytes > templates[1][0].bytes == templates[5][0].bytes


def test_forms_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "MAX_FORM_READINGS", 5)
    one = new()
    for count in (1, 2, 3, 4):
        assert len(encode(one, result(count, *ports(count)))) == count
        assert sum(map(len, one._forms)) <= 5

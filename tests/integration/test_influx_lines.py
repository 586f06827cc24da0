"""What we write is what a real engine reads: line protocol against influxd's own parser."""

import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from collector.model import Labels, Reading
from collector.profiles import load_profiles
from collector.sinks import DeviceReadings
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.labels import labels_of
from collector.sinks.influx.lines import (
    MAX_TAG_CHARACTERS,
    MAX_TEXT_BYTES,
    from_signed,
    from_tag_value,
    line,
    nanoseconds,
)
from collector.sinks.spool import FieldRow
from tests.influxd import Influxd

T0 = datetime(2026, 11, 1, tzinfo=UTC)
FACTS = MetricFacts.of(load_profiles().values())
EXAMPLES = itertools.count()  # each its own measurements or device: nothing is ever dropped
WIDE = "\N{FULLWIDTH REVERSE SOLIDUS}"

CONTROLS = {*map(chr, range(32)), "\x7f"} - {"\t"}
SPECIAL = st.sampled_from(
    ["\\", ",", "=", " ", '"', "\n", "\r", "\t", "#", "%", "'", "\0", "°", "é"]
)
ANY_TEXT = st.text(st.one_of(SPECIAL, st.characters()), max_size=12)
KEY_TEXT = ANY_TEXT.map(lambda text: "k" + text)
PRINTED = st.text(
    st.one_of(
        st.sampled_from(["\\", ",", "=", " ", '"', "%", "'", "°", "é"]),
        st.characters(categories=["L", "N", "P", "S"], exclude_characters=WIDE),
    ),
    min_size=1,
    max_size=30,
)
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**63), 2**63 - 1)
)
SETTINGS = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],  # a server is too slow to shrink with
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def clean_key(text: str) -> str:
    """Return a tag or its value as the server should show it."""
    return "".join(one if one.isprintable() else " " for one in text.replace("\\", WIDE))


def clean_text(text: str) -> str:
    """Return a text field as the server should show it."""
    kept = text.encode(errors="replace").decode()
    return "".join(" " if one in CONTROLS else one for one in kept)


def typed(fields: Mapping[str, float | int | str]) -> dict[str, float | int | str]:
    """Return fields with their type in their names: queries over several measurements need it."""
    return {f"{type(value).__name__} {key}": value for key, value in fields.items()}


@given(
    st.lists(
        st.tuples(
            st.dictionaries(KEY_TEXT.map(clean_key), ANY_TEXT, max_size=4),
            st.dictionaries(
                KEY_TEXT.map(clean_key), st.one_of(NUMBERS, ANY_TEXT), min_size=1, max_size=4
            ).map(typed),
            st.datetimes(datetime(2026, 11, 2), datetime(2026, 11, 9), timezones=st.just(UTC)),  # noqa: DTZ001 - aware by timezones
        ),
        min_size=20,
        max_size=40,
    )
)
@SETTINGS
def test_every_line_is_read_back_as_it_was_meant(
    influxd: Influxd,
    database: str,
    points: Sequence[tuple[Mapping[str, str], Mapping[str, float | int | str], datetime]],
) -> None:
    example = next(EXAMPLES)
    names = [f"m{example}, x {number}" for number in range(len(points))]
    written = [line(name, *point) for name, point in zip(names, points, strict=True)]
    assert all(one.count(b"\n") == 1 for one in written)
    influxd.write(database, b"".join(written))
    series = influxd.query(f"SELECT * FROM /^m{example}, / GROUP BY *", database)  # noqa: S608 - our own
    found = {one["name"]: one for one in series}
    for name, (tags, fields, at) in zip(names, points, strict=True):
        one = found[name]
        assert {k: v for k, v in one.get("tags", {}).items() if v} == {
            k: clean_key(v) for k, v in tags.items() if v
        }
        (values,) = one["values"]
        row = {k: v for k, v in zip(one["columns"], values, strict=True) if v is not None}
        assert row.pop("time") == nanoseconds(at)
        assert row.keys() == fields.keys()
        for key, value in fields.items():
            if isinstance(value, float):
                assert float(row[key]) == value  # JSON shows whole floats as whole numbers
            else:
                assert row[key] == (clean_text(value) if isinstance(value, str) else value)


def test_long_values_are_bounded_and_long_labels_stay_apart(
    influxd: Influxd, database: str
) -> None:
    long = "é" * 5_000
    text = "x" + "é" * 40_000
    for number, ending in enumerate(("a", "b")):
        influxd.write(
            database, line("long", {"label": long + ending}, {"f": text}, T0 + timedelta(number))
        )
    series = influxd.query("SELECT f FROM long GROUP BY *", database)
    labels = {one["tags"]["label"] for one in series}
    assert len(labels) == 2
    assert all(len(label) == MAX_TAG_CHARACTERS and label.startswith("éé") for label in labels)
    for one in series:
        kept = one["values"][0][1]
        assert text.startswith(kept)
        assert MAX_TEXT_BYTES - 4 < len(kept.encode()) <= MAX_TEXT_BYTES


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**63, -(2**63) - 1])
def test_a_number_that_no_field_holds_is_no_line(value: float) -> None:
    with pytest.raises(ValueError, match=r"has no place|does not fit"):
        line("m", {}, {"f": value}, T0)


def test_a_line_without_fields_is_no_line() -> None:
    with pytest.raises(ValueError, match="without fields"):
        line("m", {"a": "b"}, {}, T0)


# --- whole results ----------------------------------------------------------------------------

METRICS = st.sampled_from(
    [
        *("ping_rtt_seconds", "if_in_octets", "if_oper_status", "sys_uptime_seconds", "sys_name"),
        *("wifi_clients", "wifi_errors", "radio_state", "power_watts", "firmware_version"),
        *("energy_kilowatt_hours", "zigbee_leaves", "a_metric_of_nobody"),
    ]
)
LABELS = st.dictionaries(
    st.sampled_from(["interface", "device", "source", "storage", "index", "time"]),
    PRINTED,
    max_size=3,
).map(lambda found: tuple(found.items()))
VALUES = st.one_of(
    st.integers(0, 100),
    st.integers(-(2**64), 2**65),
    st.integers(0, 10**7).map(lambda number: number / 1000),
    st.floats(),
    ANY_TEXT,
)
KNOWN: list[FieldRow] = []
"""Fields of the database, as the spool would keep them from one start to the next."""


def readings_of(metric: str, value: float | str, labels: Labels) -> Reading:
    fact = FACTS.by_metric.get(metric)
    return Reading(metric, value, "1" if fact is None else fact.unit, labels)


def expected(reading: Reading) -> float | int | str | None:
    """Return what is to be read back of a value, in words of its own; None if nothing."""
    value, type_ = reading.value, FACTS.place(reading.metric).type
    if isinstance(value, str) or type_ == "string":
        return clean_text(str(value))
    if not math.isfinite(value):
        return None
    if reading.metric == "sys_uptime_seconds":
        return round(value * 100) if abs(value * 100) < 2**63 else None
    if type_ == "float":
        return float(value)
    fits = range(2**64) if type_ == "counter" else range(-(2**63), 2**63)
    return int(value) if value == int(value) and int(value) in fits else None


def stored(
    influxd: Influxd, database: str, device: str
) -> dict[tuple[object, ...], float | int | str]:
    """Return (metric, labels, moment, is text) → value of a device, by the known fields."""
    found: dict[tuple[object, ...], float | int | str] = {}
    for row in KNOWN:
        series = influxd.query(
            f'SELECT "{row.field}" FROM "{row.measurement}"'  # noqa: S608 - our own
            f" WHERE \"device\" = '{device}' GROUP BY *",
            database,
        )
        for one in series:
            assert from_tag_value(one["tags"]["site"]) == "s\\"
            labels = labels_of(row.measurement, one["tags"])
            for moment, value in one["values"]:
                number = from_signed(value) if row.type == "counter" else value
                found[row.metric, labels, moment, row.type == "string"] = number
    return found


@given(
    st.lists(
        st.lists(st.builds(readings_of, METRICS, VALUES, LABELS), max_size=8),
        min_size=5,
        max_size=40,
    )
)
@SETTINGS
def test_every_reading_is_read_back_or_counted(
    influxd: Influxd, database: str, results: Sequence[Sequence[Reading]]
) -> None:
    device = f"d{next(EXAMPLES)}"
    who = Identity(device, "s\\", "73.71", "router", None, "10.0.0.1")
    batch = [
        DeviceReadings(device, T0 + timedelta(hours=hour), tuple(readings))
        for hour, readings in enumerate(results)
    ]
    encoder = Encoder({device: who}, FACTS, KNOWN)
    encoded = encoder.encode(batch, T0 + timedelta(days=3))
    KNOWN.extend(encoded.fields)
    influxd.write(database, b"".join(pack.lines for pack in encoded.packs) or b"\n")
    wanted: dict[tuple[object, ...], object] = {}
    refused = 0
    for result in batch:
        for reading in result.readings:
            value = expected(reading)
            refused += value is None
            if value is not None:
                labels = tuple(sorted(reading.labels))
                moment, is_text = nanoseconds(result.at), isinstance(value, str)
                wanted[reading.metric, labels, moment, is_text] = value
    assert (encoded.refused, encoded.dead) == (refused, ())
    found = stored(influxd, database, device)
    assert found.keys() == wanted.keys()
    for key, meant in wanted.items():
        if key[0] == "ping_rtt_seconds" and isinstance(meant, float):
            assert found[key] == pytest.approx(meant * 1000, rel=1e-12, abs=1e-9)
        elif isinstance(meant, float):
            assert float(found[key]) == meant
        else:
            assert found[key] == meant

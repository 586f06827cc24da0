"""When a message says that it was made."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.listeners.mqtt_times import moment_of

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
THEN = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-22T00:30:00Z", THEN),
        ("2026-11-22T00:30:00.000000000Z", THEN),  # nanoseconds, as Go writes them
        ("2026-11-22T08:30:00+08:00", THEN),
        (THEN.timestamp(), THEN),
        (int(THEN.timestamp() * 1e3), THEN),
        (int(THEN.timestamp() * 1e6), THEN),
        (int(THEN.timestamp() * 1e9), THEN),
        ("2026-11-22T01:00:02Z", NOW),  # its clock runs a little ahead
    ],
)
def test_a_moment_is_read(value: object, moment: datetime) -> None:
    found = moment_of(value, NOW)
    assert found is not None
    assert abs(found - moment) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22T08:30:00",  # whose local time?
        "1970-01-01T00:07:00Z",
        420,
        "2031-01-01T00:00:00Z",
        "yesterday",
        "",
        None,
        True,
        [],
        1e300,
        -1,
    ],
)
def test_what_is_no_usable_moment_says_nothing(value: object) -> None:
    assert moment_of(value, NOW) is None


@given(st.text() | st.integers() | st.floats(allow_nan=False) | st.datetimes().map(str))
@settings(deadline=None)
def test_no_moment_lies_ahead(value: object) -> None:
    found = moment_of(value, NOW)
    assert found is None or found <= NOW

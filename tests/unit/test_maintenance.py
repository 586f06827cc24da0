"""When windows are, whom they cover, what they take out: exact over clock changes and overlaps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.maintenance import (
    Place,
    active,
    covered,
    covers,
    exclusions,
    faults,
    occurrences,
)
from collector.model import MaintenanceWindow, Scope

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
CAM_1 = Scope(devices=("cam-1",))
PLACES = (
    Place("cam-1", "losari", "73.71.01", ("prioritas",)),
    Place("cam-2", "losari", "73.71.01"),
    Place("cam-3", "balai", "73.71"),
    Place("cam-4", "far", "73.710", ("prioritas", "pinjaman")),
)


def window(
    starts_at: datetime = NOON,
    hours: float = 2,
    *,
    recurrence: str | None = None,
    zone: str = "Asia/Makassar",
    scope: Scope = CAM_1,
    cancelled_from_at: datetime | None = None,
) -> MaintenanceWindow:
    return MaintenanceWindow(
        title="Ganti switch",
        reason="Firmware baru",
        author="budi",
        created_at=NOON,
        scope=scope,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        zone=zone,
        recurrence=recurrence,
        cancelled_from_at=cancelled_from_at,
    )


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def begins_in_utc(one: MaintenanceWindow, start: datetime, end: datetime) -> list[str]:
    return [f"{begins:%m-%d %H:%M}" for begins, _ in occurrences(one, start, end)]


# --- whom -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(devices=("cam-1", "cam-9")), {"cam-1"}),
        (Scope(sites=("losari",)), {"cam-1", "cam-2"}),
        (Scope(areas=("73.71",)), {"cam-1", "cam-2", "cam-3"}),  # and not 73.710
        (Scope(areas=("73.71.01",)), {"cam-1", "cam-2"}),
        (Scope(areas=("73",)), {"cam-1", "cam-2", "cam-3", "cam-4"}),
        (Scope(tags=("prioritas",)), {"cam-1", "cam-4"}),
        (Scope(devices=("cam-3",), tags=("pinjaman",)), {"cam-3", "cam-4"}),
        (Scope(), set()),
    ],
)
def test_a_scope_takes_in_what_it_names_and_areas_all_below(
    scope: Scope, expected: set[str]
) -> None:
    assert covered(scope, PLACES) == expected
    assert {place.device_id for place in PLACES if covers(scope, place)} == expected


# --- when -------------------------------------------------------------------------------------


def test_a_single_window_is_found_by_whatever_touches_it() -> None:
    one = window()
    whole = [(NOON, NOON + 2 * HOUR)]
    assert occurrences(one, NOON - HOUR, NOON + HOUR) == whole
    assert occurrences(one, NOON + HOUR, NOON + HOUR + timedelta(microseconds=1)) == whole
    assert occurrences(one, NOON - HOUR, NOON) == []
    assert occurrences(one, NOON + 2 * HOUR, NOON + 3 * HOUR) == []
    assert occurrences(one, NOON + HOUR, NOON + HOUR) == []


def test_a_recurring_window_stays_at_its_hour_when_summer_time_begins_and_ends() -> None:
    one = window(berlin("2026-03-27T01:00"), recurrence="FREQ=DAILY", zone="Europe/Berlin")
    spring = begins_in_utc(one, berlin("2026-03-28T00:00"), berlin("2026-03-31T00:00"))
    assert spring == ["03-28 00:00", "03-29 00:00", "03-29 23:00"]
    autumn = begins_in_utc(one, berlin("2026-10-24T00:00"), berlin("2026-10-27T00:00"))
    assert autumn == ["10-23 23:00", "10-24 23:00", "10-26 00:00"]
    # Two hours pass in each, whatever the clocks show.
    for start in (berlin("2026-03-29T00:00"), berlin("2026-10-25T00:00")):
        (only,) = occurrences(one, start, start + 12 * HOUR)
        assert only[1] - only[0] == 2 * HOUR


def test_a_time_that_the_clocks_skip_is_read_with_the_offset_before() -> None:
    one = window(berlin("2026-03-27T02:30"), 1, recurrence="FREQ=DAILY", zone="Europe/Berlin")
    night = occurrences(one, berlin("2026-03-29T00:00"), berlin("2026-03-29T12:00"))
    assert night == [(berlin("2026-03-29T03:30"), berlin("2026-03-29T04:30"))]


def test_a_time_that_the_clocks_show_twice_is_the_first_of_the_two() -> None:
    one = window(berlin("2026-10-23T02:30"), 1, recurrence="FREQ=DAILY", zone="Europe/Berlin")
    night = occurrences(one, berlin("2026-10-25T00:00"), berlin("2026-10-25T12:00"))
    assert night == [(berlin("2026-10-25T02:30"), berlin("2026-10-25T02:30", fold=1))]
    # Unless it is the first one, which is when it was said to be.
    second = berlin("2026-10-25T02:30", fold=1)
    given_so = window(second, 1, recurrence="FREQ=DAILY", zone="Europe/Berlin")
    assert occurrences(given_so, second - HOUR, second + HOUR) == [(second, second + HOUR)]


def test_the_days_of_a_rule_are_those_of_the_windows_zone() -> None:
    # Tuesday 01:00 in Makassar is Monday 17:00 in UTC.
    start = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    one = window(start, recurrence="FREQ=WEEKLY;BYDAY=TU")
    assert faults(one) == []
    found = begins_in_utc(one, start, start + timedelta(days=15))
    assert found == ["11-23 17:00", "11-30 17:00", "12-07 17:00"]


def test_an_occurrence_over_midnight_and_one_of_many_days_are_seen_from_within() -> None:
    late = window(NOON + 11 * HOUR, 4, recurrence="FREQ=WEEKLY")  # 23:00 to 03:00
    for_a_month = window(NOON, 24 * 30, recurrence="FREQ=YEARLY")
    week = timedelta(days=7)
    at_two = NOON + 14 * HOUR
    assert occurrences(late, at_two + week, at_two + week + HOUR) == [
        (NOON + 11 * HOUR + week, NOON + 15 * HOUR + week)
    ]
    within = NOON + timedelta(days=365 + 29)
    assert len(occurrences(for_a_month, within, within + HOUR)) == 1


def test_a_rule_of_2015_is_still_exact_in_2026() -> None:
    old = window(datetime(2015, 1, 1, 17, 0, tzinfo=UTC), recurrence="FREQ=DAILY")
    day = datetime(2026, 12, 1, tzinfo=UTC)
    assert begins_in_utc(old, day, day + timedelta(days=1)) == ["12-01 17:00"]


def test_a_rule_ends_with_its_count_or_until() -> None:
    month = (NOON, NOON + timedelta(days=30))
    thrice = window(recurrence="FREQ=DAILY;COUNT=3")
    assert begins_in_utc(thrice, *month) == ["11-24 04:00", "11-25 04:00", "11-26 04:00"]
    until = window(recurrence="FREQ=DAILY;UNTIL=20261125T040000Z")
    assert begins_in_utc(until, *month) == ["11-24 04:00", "11-25 04:00"]


def test_nothing_counts_from_the_moment_of_cancelling_on() -> None:
    from_ = NOON + timedelta(days=1, hours=1)
    cut = window(recurrence="FREQ=DAILY", cancelled_from_at=from_)
    assert occurrences(cut, NOON, NOON + timedelta(days=9)) == [
        (NOON, NOON + 2 * HOUR),
        (from_ - HOUR, from_),
    ]
    never = window(cancelled_from_at=NOON)
    assert occurrences(never, NOON, NOON + HOUR) == []


def test_occurrences_that_overlap_themselves_are_one() -> None:
    always = window(hours=30, recurrence="FREQ=DAILY;COUNT=3")
    assert occurrences(always, NOON, NOON + timedelta(days=9)) == [(NOON, NOON + 78 * HOUR)]


def test_asking_for_all_time_ends() -> None:
    always = window(recurrence="FREQ=YEARLY")
    found = occurrences(always, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert len(found) == 2200 - 2026 + 1


# --- what is left out -------------------------------------------------------------------------


def test_a_minute_in_two_windows_is_left_out_once() -> None:
    two = [
        window(scope=Scope(sites=("losari",))),
        window(NOON + HOUR, 3, scope=Scope(devices=("cam-1",))),
    ]
    assert exclusions(two, PLACES, NOON + HOUR / 2, NOON + 3 * HOUR) == {
        "cam-1": [(NOON + HOUR / 2, NOON + 3 * HOUR)],
        "cam-2": [(NOON + HOUR / 2, NOON + 2 * HOUR)],
    }
    assert exclusions(two, PLACES, NOON - HOUR, NOON) == {}


def test_a_device_in_maintenance_is_told_with_the_window_that_lasts_longest() -> None:
    short = window(scope=Scope(areas=("73",)))
    long = window(hours=5, scope=Scope(sites=("losari",)))
    found = active([long, short], PLACES, NOON)
    assert found == {"cam-1": long, "cam-2": long, "cam-3": short, "cam-4": short}
    assert active([long, short], PLACES, NOON + 2 * HOUR) == {"cam-1": long, "cam-2": long}
    assert active([long, short], PLACES, NOON - HOUR) == {}


MINUTES = st.integers(0, 3 * 24 * 60)


@given(
    st.lists(
        st.tuples(
            MINUTES,
            st.integers(1, 40 * 60),
            st.sampled_from((None, "FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=DAILY;COUNT=2")),
            st.sampled_from((("cam-1",), ("cam-2",), ("cam-1", "cam-2"))),
            st.none() | MINUTES,
        ),
        max_size=4,
    ),
    MINUTES,
    st.integers(1, 36 * 60),
)
@settings(deadline=None, max_examples=60)
def test_what_is_left_out_is_what_walking_every_minute_finds(
    given_windows: list[tuple[int, int, str | None, tuple[str, ...], int | None]],
    after: int,
    length: int,
) -> None:
    minute = timedelta(minutes=1)
    windows = [
        window(
            NOON + begins * minute,
            lasts / 60,
            recurrence=rule,
            scope=Scope(devices=devices),
            cancelled_from_at=None if cut is None else NOON + cut * minute,
        )
        for begins, lasts, rule, devices, cut in given_windows
    ]
    start, end = NOON + after * minute, NOON + (after + length) * minute
    found = exclusions(windows, PLACES, start, end)
    for device_id in ("cam-1", "cam-2"):
        spans = found.get(device_id, [])
        assert all(a < b for a, b in spans)
        assert all(one[1] < other[0] for one, other in pairwise(spans))
        left_out = sum(((b - a) // minute for a, b in spans), 0)
        assert left_out == sum(
            _is_covered(given_windows, device_id, after + m) for m in range(length)
        )
        for a, b in spans:
            assert start <= a < b <= end


def _is_covered(
    given_windows: list[tuple[int, int, str | None, tuple[str, ...], int | None]],
    device_id: str,
    minute: int,
) -> bool:
    """Say the same in the simplest way: minute by minute, occurrence by occurrence."""
    day = 24 * 60
    for begins, lasts, rule, devices, cut in given_windows:
        if device_id not in devices or (cut is not None and minute >= cut):
            continue
        step = 2 * day if rule and "INTERVAL=2" in rule else day
        times = 1 if rule is None else 2 if "COUNT=2" in rule else 10
        if any(0 <= minute - begins - n * step < lasts for n in range(times)):
            return True
    return False


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"title": " "}, "title", "is empty"),
        ({"title": "x" * 201}, "title", "longer than 200"),
        ({"title": "a\x00b"}, "title", "control characters"),
        ({"reason": ""}, "reason", "is empty"),
        ({"author": ""}, "author", "is empty"),
        ({"zone": "Asia/Ujungpandang"}, "zone", "Asia/Makassar"),
        ({"zone": "../../etc/passwd"}, "zone", "Asia/Makassar"),
        ({"zone": ""}, "zone", "Asia/Makassar"),
        ({"ends_at": NOON}, "ends_at", "not after starts_at"),
        ({"ends_at": NOON - HOUR}, "ends_at", "not after starts_at"),
        ({"ends_at": NOON + timedelta(days=367)}, "ends_at", "more than 366 days"),
        ({"starts_at": NOON.replace(year=1926)}, "starts_at", "look at its year"),
        ({"scope": Scope()}, "scope", "is empty; name devices"),
        ({"scope": Scope(tags=tuple(map(str, range(1001))))}, "scope", "more than 1000"),
        ({"recurrence": "FREQ=HOURLY"}, "recurrence", "the shortest is FREQ=DAILY"),
        ({"recurrence": "FREQ=DAILY;UNTIL=20261123"}, "recurrence", "UNTIL is before starts_at"),
        ({"recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "recurrence", "never occurs"),
        ({"recurrence": "FREQ=WEEKLY;BYDAY=WE"}, "recurrence", "first on 2026-11-25"),
    ],
)
def test_a_window_that_cannot_be_used_is_refused_with_what_to_do(
    change: dict[str, object], field: str, words: str
) -> None:
    found = faults(replace(window(), **change))  # type: ignore[arg-type]
    assert [one.field for one in found if words in one.message] == [field]


def test_a_window_is_fine_with_and_without_a_rule() -> None:
    assert faults(window()) == []
    assert faults(window(recurrence="FREQ=WEEKLY;BYDAY=TU;UNTIL=20261124")) == []
    assert faults(replace(window(), reason="Baris satu\nbaris dua")) == []

"""Windows on local dates, months and service hours: also where clocks jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.contract import ServiceHours
from collector.moments import from_micros, to_micros
from collector.uptime import Window
from collector.uptime.calendar import first_moment, months_within, offsets, outside_service

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Asia/Makassar", "Europe/Berlin", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Beirut")
HOUR = 3_600_000_000
EVERY_DAY = tuple(range(7))


def shown(window: Window, zone: str) -> tuple[str, str]:
    start, end = window.resolve(ZoneInfo(zone))
    return from_micros(start).isoformat(), from_micros(end).isoformat()


def hours(window: Window, zone: ZoneInfo) -> float:
    start, end = window.resolve(zone)
    return (end - start) / HOUR


def test_a_month_is_another_moment_in_every_zone() -> None:
    october = Window(date(2026, 10, 1), date(2026, 11, 1))
    assert october == Window.month(2026, 10)
    assert shown(october, "Asia/Jakarta") == (
        "2026-09-30T17:00:00+00:00",
        "2026-10-31T17:00:00+00:00",
    )
    assert shown(october, "Asia/Jayapura") == (
        "2026-09-30T15:00:00+00:00",
        "2026-10-31T15:00:00+00:00",
    )


def test_a_moment_and_a_date_may_be_mixed_and_a_window_without_time_is_empty() -> None:
    moment = datetime(2026, 10, 1, 3, tzinfo=UTC)
    assert hours(Window(moment, date(2026, 10, 2)), ZoneInfo("Asia/Makassar")) == 13
    assert hours(Window(moment, date(2026, 10, 1)), ZoneInfo("Asia/Makassar")) == 0


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        (datetime(2026, 10, 1), datetime(2026, 10, 2, tzinfo=UTC), "no time zone"),  # noqa: DTZ001 - naive on purpose
        (date(2026, 10, 2), date(2026, 10, 2), "no time in it"),
        (datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC), "no time in it"),
        (date(1, 1, 1), date(2026, 10, 2), "out of reach"),
        (date(2026, 10, 1), date(9999, 12, 31), "out of reach"),
    ],
)
def test_a_window_that_cannot_be_is_refused(start: date, end: date, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Window(start, end)


def test_december_is_followed_by_january() -> None:
    assert Window.month(2026, 12) == Window(date(2026, 12, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("day", "long"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)]
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_was(day: date, long: int) -> None:
    assert hours(Window.day(day), BERLIN) == long


def test_a_midnight_that_is_skipped_is_the_moment_of_the_jump() -> None:
    """In Beirut 27 March 2022 began at 01:00."""
    zone = ZoneInfo("Asia/Beirut")
    begins = first_moment(datetime(2022, 3, 27), zone)  # noqa: DTZ001 - what clocks show
    assert from_micros(begins).astimezone(zone).isoformat() == "2022-03-27T01:00:00+03:00"
    assert from_micros(begins - 1).astimezone(zone).date() == date(2022, 3, 26)


def test_a_wall_clock_time_that_exists_twice_is_its_first() -> None:
    twice = first_moment(datetime(2026, 10, 25, 2, 30), BERLIN)  # noqa: DTZ001 - what clocks show
    assert from_micros(twice) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    skipped = first_moment(datetime(2026, 3, 29, 2, 30), BERLIN)  # noqa: DTZ001 - what clocks show
    assert from_micros(skipped) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_only_whole_months_are_found() -> None:
    zone = ZoneInfo("Asia/Makassar")
    start, end = Window(date(2025, 12, 1), date(2026, 3, 1)).resolve(zone)
    assert len(months_within(start, end, zone)) == 3
    assert len(months_within(start + 1, end, zone)) == 2
    assert len(months_within(start, end - 1, zone)) == 2
    assert months_within(start + 1, start + HOUR, zone) == []


def test_hours_over_midnight_belong_to_the_day_on_which_they_began() -> None:
    friday_night = (ServiceHours((4,), time(22), time(2)),)
    start, end = Window(date(2026, 11, 6), date(2026, 11, 8)).resolve(UTC)
    closed = outside_service(friday_night, UTC, start, end)
    assert closed == [(start, start + 22 * HOUR), (start + 26 * HOUR, end)]


def test_hours_until_midnight_end_with_the_day_and_without_hours_nothing_is_closed() -> None:
    start, end = Window.day(date(2026, 11, 6)).resolve(UTC)
    whole_day = (ServiceHours(EVERY_DAY, time(), time()),)
    assert outside_service(whole_day, UTC, start, end) == []
    assert outside_service((), UTC, start, end) == []


@pytest.mark.parametrize(("day", "open_"), [(date(2026, 3, 29), 3), (date(2026, 10, 25), 5)])
def test_an_hour_that_exists_twice_counts_twice_and_a_skipped_one_not_at_all(
    day: date, open_: int
) -> None:
    night = (ServiceHours(EVERY_DAY, time(0), time(4)),)
    start, end = Window.day(day).resolve(BERLIN)
    closed = sum(b - a for a, b in outside_service(night, BERLIN, start, end))
    assert end - start - closed == open_ * HOUR


# --- what must hold of any zone and moment ----------------------------------------------------

patient = settings(deadline=None, max_examples=60)
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - made aware
    lambda naive: naive.replace(tzinfo=UTC, second=0, microsecond=0)
)
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
some_hours = st.lists(
    st.builds(ServiceHours, st.sampled_from([(0, 2), (5, 6), EVERY_DAY]), clocks, clocks),
    min_size=1,
    max_size=2,
).map(tuple)


@patient
@given(zones, moments, st.integers(1, 80))
def test_offsets_cover_a_span_and_say_what_the_zone_says(
    zone: ZoneInfo, start: datetime, days: int
) -> None:
    low, high = to_micros(start), to_micros(start + timedelta(days=days))
    pieces = offsets(zone, low, high)
    assert (pieces[0][0], pieces[-1][1]) == (low, high)
    for begins, ends, offset in pieces:
        for moment in (begins, (begins + ends) // 2, ends - 1):
            assert from_micros(moment).astimezone(zone).utcoffset() == timedelta(
                microseconds=offset
            )


@patient
@given(zones, st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_days_follow_each_other_without_gap_and_show_their_own_date(
    zone: ZoneInfo, day: date
) -> None:
    start, end = Window.day(day).resolve(zone)
    assert end == Window.day(day + timedelta(days=1)).resolve(zone)[0]
    assert 20 * HOUR < end - start < 28 * HOUR
    assert from_micros(start).astimezone(zone).date() == day
    assert from_micros(start - 1).astimezone(zone).date() < day


@patient
@given(zones, moments, some_hours)
def test_service_hours_are_what_looking_at_the_clock_every_half_hour_gives(
    zone: ZoneInfo, start: datetime, hours_: tuple[ServiceHours, ...]
) -> None:
    start = start.replace(minute=0)
    low, high = to_micros(start), to_micros(start + timedelta(days=2))
    closed = outside_service(hours_, zone, low, high)
    for step in range(0, high - low, HOUR // 2):
        moment = low + step
        shut = any(a <= moment < b for a, b in closed)
        assert shut is not any(_open(one, from_micros(moment).astimezone(zone)) for one in hours_)


def _open(one: ServiceHours, local: datetime) -> bool:
    shown_ = local.time()
    today = local.weekday() in one.weekdays
    yesterday = (local.weekday() - 1) % 7 in one.weekdays
    if one.from_ < one.until:
        return today and one.from_ <= shown_ < one.until
    return (today and shown_ >= one.from_) or (yesterday and shown_ < one.until)

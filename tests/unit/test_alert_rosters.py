"""Who is on duty: shifts over midnight, turns, swaps, gaps, and zones that change their clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.config.hours import read_hours
from collector.contract import ServiceHours
from collector.notify.hours import Hours
from collector.notify.rosters import (
    Override,
    Roster,
    Shift,
    duty_at,
    gaps,
    on_duty,
    people_on_duty,
    whole_days,
)

MAKASSAR = ZoneInfo("Asia/Makassar")  # UTC+8, the clocks never change
BERLIN = "Europe/Berlin"  # they do, on 25 October 2026 at 03:00
MONDAY = date(2026, 11, 23)


def hours(*texts: str) -> tuple[ServiceHours, ...]:
    return tuple(read_hours(text).hours for text in texts)


def wita(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MAKASSAR).astimezone(UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)  # as the clocks of the roster show it


def roster(*shifts: Shift, overrides: tuple[Override, ...] = (), **more: tuple[str, ...]) -> Roster:
    return Roster("piket", "Asia/Makassar", shifts, overrides, more.get("otherwise", ()))


DAY = Shift("siang", hours("07:00-19:00"), (("budi",), ("sari",)), 7, MONDAY)
NIGHT = Shift("malam", hours("19:00-07:00"), (("sari",), ("budi",)), 7, MONDAY)


@pytest.mark.parametrize(
    ("moment", "who", "until"),
    [
        ("2026-11-23 07:00", "budi", "2026-11-23 19:00"),
        ("2026-11-23 18:59", "budi", "2026-11-23 19:00"),
        ("2026-11-23 19:00", "sari", "2026-11-24 07:00"),
        ("2026-11-24 03:00", "sari", "2026-11-24 07:00"),
        ("2026-11-29 23:00", "sari", "2026-11-30 19:00"),  # the last night; then sari's days
        ("2026-11-30 06:59", "sari", "2026-11-30 19:00"),  # still Sunday's turn
        ("2026-11-30 12:00", "sari", "2026-11-30 19:00"),
        ("2026-11-16 12:00", "sari", "2026-11-16 19:00"),  # the week before the first
    ],
)
def test_turns_of_a_week_go_by_the_day_on_which_a_shift_begins(
    moment: str, who: str, until: str
) -> None:
    found = on_duty(roster(DAY, NIGHT), wita(moment))

    assert found.people == (who,)
    assert found.until_at == wita(until)


def test_a_turn_of_a_day_is_handed_over_in_the_morning() -> None:
    daily = Shift("harian", whole_days(time(8)), (("budi",), ("sari",), ("andi",)), 1, MONDAY)
    who = [people_on_duty(roster(daily), wita(f"2026-11-{day} 07:59"))[0] for day in range(23, 28)]

    assert who == ["andi", "budi", "sari", "andi", "budi"]
    assert on_duty(roster(daily), wita("2026-11-24 08:00")).until_at == wita("2026-11-25 08:00")


def test_people_in_one_turn_work_together_and_two_shifts_that_meet_are_both_told() -> None:
    pair = Shift("tim", hours("Sen-Jum 08:00-16:00"), (("budi", "sari"), ("andi",)), 1, MONDAY)
    boss = Shift("kepala", hours("10:00-11:00"), (("kepala",),))

    found = on_duty(roster(pair, boss), wita("2026-11-23 10:30"))

    assert found.people == ("budi", "sari", "kepala")
    assert found.why == "shift tim, shift kepala"
    assert found.until_at == wita("2026-11-23 11:00")


def test_a_swap_takes_the_place_of_one_and_a_holiday_that_of_all() -> None:
    swap = Override(day("2026-11-24"), day("2026-11-25"), ("andi",), "budi", "cuti")
    holiday = Override(day("2026-11-26"), day("2026-11-27"), ("dewi",), None, "libur")
    team = roster(DAY, NIGHT, overrides=(swap, holiday))

    assert people_on_duty(team, wita("2026-11-24 12:00")) == ("andi",)
    assert people_on_duty(team, wita("2026-11-24 20:00")) == ("sari",)  # not budi's shift
    assert people_on_duty(team, wita("2026-11-25 12:00")) == ("budi",)
    assert on_duty(team, wita("2026-11-26 12:00")).why == "override: libur"
    # From the end of the holiday on it is the night shift's again.
    assert on_duty(team, wita("2026-11-26 12:00")).until_at == wita("2026-11-27 00:00")


def test_in_a_gap_somebody_stands_in_and_never_nobody() -> None:
    office = Shift("kantor", hours("Sen-Jum 08:00-16:00"), (("budi",), ("sari",)), 7, MONDAY)

    night = on_duty(roster(office), wita("2026-11-23 20:00"))
    assert (night.people, night.is_gap) == (("budi", "sari"), True)
    named = on_duty(roster(office, otherwise=("noc",)), wita("2026-11-28 12:00"))
    assert (named.people, named.is_gap) == (("noc",), True)
    assert named.until_at == wita("2026-11-30 08:00")


def test_the_gaps_of_a_week_are_found() -> None:
    office = Shift("kantor", hours("Sen-Jum 08:00-16:00"), (("budi",),))
    start = wita("2026-11-23 00:00")

    found = gaps(roster(office), start, start + timedelta(days=7))

    assert found[0] == (start, wita("2026-11-23 08:00"))
    assert found[-1] == (wita("2026-11-27 16:00"), wita("2026-11-30 00:00"))
    assert len(found) == 6
    assert gaps(roster(DAY, NIGHT), start, start + timedelta(days=7)) == []


def test_an_hour_that_exists_twice_belongs_to_what_the_clocks_show() -> None:
    early = Shift("dini", hours("00:00-02:30"), (("budi",),))
    late = Shift("pagi", hours("02:30-24:00"), (("sari",),))
    team = Roster("piket", BERLIN, (early, late))
    zone = ZoneInfo(BERLIN)
    first = datetime(2026, 10, 25, 2, 45, tzinfo=zone).astimezone(UTC)  # still summer
    again = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=zone).astimezone(UTC)  # set back

    assert again > first
    assert on_duty(team, first).people == ("sari",)
    assert on_duty(team, first).until_at == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert on_duty(team, again).people == ("budi",)
    assert on_duty(team, again).until_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


NAMES = ("budi", "sari", "andi")
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
some_hours = st.builds(
    ServiceHours,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    times,
    times,
)
turns = st.lists(st.sampled_from(NAMES).map(lambda name: (name,)), min_size=1, max_size=3)
shifts = st.builds(
    Shift,
    st.sampled_from(["a", "b"]),
    st.lists(some_hours, min_size=1, max_size=2).map(tuple),
    turns.map(tuple),
    st.sampled_from([0, 1, 7]),
    st.just(date(2026, 10, 19)),
)
walls = st.integers(0, 16 * 48).map(
    lambda half_hours: day("2026-10-18") + timedelta(minutes=30 * half_hours)
)
overrides = st.builds(
    lambda start, half_hours, who, instead: Override(
        start, start + timedelta(minutes=30 * half_hours), (who,), instead
    ),
    walls,
    st.integers(1, 96),
    st.sampled_from(NAMES),
    st.none() | st.sampled_from(NAMES),
)
rosters = st.builds(
    Roster,
    st.just("piket"),
    st.sampled_from([BERLIN, "Asia/Makassar", "America/New_York"]),
    st.lists(shifts, min_size=1, max_size=3).map(tuple),
    st.lists(overrides, max_size=2).map(tuple),
)
moments = st.integers(0, 12 * 48).map(
    lambda half_hours: (
        datetime(2026, 10, 19, 0, 11, tzinfo=UTC) + timedelta(minutes=30 * half_hours)
    )
)


@settings(deadline=None, max_examples=60)
@given(rosters, moments)
def test_who_is_on_duty_stays_so_until_the_moment_that_is_told_and_then_changes(
    team: Roster, now: datetime
) -> None:
    found = on_duty(team, now)
    assert found.people

    end = found.until_at or now + timedelta(days=3)
    at = now
    while at < min(end, now + timedelta(days=3)):
        assert people_on_duty(team, at) == found.people
        at += timedelta(minutes=30)
    if found.until_at is not None:
        assert people_on_duty(team, found.until_at - timedelta(seconds=1)) == found.people
        following = on_duty(team, found.until_at)
        assert (following.people, following.is_gap) != (found.people, found.is_gap)


@settings(deadline=None, max_examples=60)
@given(rosters, moments)
def test_the_gaps_are_where_nobody_is_on_duty_and_nowhere_else(team: Roster, now: datetime) -> None:
    end = now + timedelta(days=2)
    found = gaps(team, now, end)

    at = now
    while at < end:
        in_gap = any(low <= at < high for low, high in found)
        assert in_gap is duty_at(team, at).is_gap
        at += timedelta(minutes=30)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(some_hours, min_size=1, max_size=3).map(tuple),
    st.sampled_from([BERLIN, "Asia/Makassar"]),
    moments,
)
def test_hours_hold_until_the_moment_that_is_told(
    several: tuple[ServiceHours, ...], zone: str, now: datetime
) -> None:
    quiet = Hours(several, zone)
    until_at = quiet.until(now)

    if not quiet.hold(now):
        assert until_at is None
        return
    end = until_at or now + timedelta(days=8)
    at = now
    while at < min(end, now + timedelta(days=8)):
        assert quiet.hold(at)
        at += timedelta(minutes=15)
    if until_at is not None:
        assert not quiet.hold(until_at)

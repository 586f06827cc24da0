"""Rules are read as RFC 5545 has it, refused with words, and quick however old they are."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.recurrence import RecurrenceError, read_recurrence

TUESDAY = date(2026, 12, 1)


def days(text: str, first: date, start: date, end: date) -> list[str]:
    return [day.isoformat() for day in read_recurrence(text).days(first, start, end)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=WEEKLY", ["2027-01-05", "2027-01-12", "2027-01-19", "2027-01-26"]),
        ("freq=weekly;interval=2", ["2027-01-12", "2027-01-26"]),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,TH", ["2027-01-12", "2027-01-14"]),
        ("FREQ=MONTHLY", ["2027-01-01"]),
        ("FREQ=MONTHLY;BYDAY=1TU,-1FR", ["2027-01-05", "2027-01-29"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2027-01-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2027-01-31"]),
        ("FREQ=MONTHLY;BYMONTH=2", []),
        ("FREQ=DAILY;INTERVAL=10", ["2027-01-10", "2027-01-20", "2027-01-30"]),
        ("FREQ=DAILY;COUNT=35", ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]),
        ("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=17", ["2027-01-17"]),
        ("FREQ=YEARLY;BYMONTH=1,7", ["2027-01-01"]),
        ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=TU", ["2027-01-12"]),
        ("FREQ=YEARLY;BYYEARDAY=-1,31", ["2027-01-31"]),
    ],
)
def test_a_rule_names_the_days_of_a_january(text: str, expected: list[str]) -> None:
    assert days(text, TUESDAY, date(2027, 1, 1), date(2027, 2, 1)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "NAME=VALUE"),
        ("WEEKLY", "NAME=VALUE"),
        ("BYDAY=TU", "no FREQ"),
        ("FREQ=SECONDLY", "the shortest is FREQ=DAILY"),
        ("FREQ=MINUTELY;INTERVAL=90", "the shortest is FREQ=DAILY"),
        ("FREQ=HOURLY;INTERVAL=48", "the shortest is FREQ=DAILY"),
        ("FREQ=OFTEN", "none of DAILY"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "keep one of them"),
        ("FREQ=DAILY;COUNT=0", "COUNT is no number from 1 to 10000"),
        ("FREQ=DAILY;COUNT=99999", "COUNT is no number"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is no number from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=٣", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=1;INTERVAL=2", "INTERVAL twice"),
        ("FREQ=DAILY;BYHOUR=1,2", "time of day is that of starts_at"),
        ("FREQ=DAILY;BYSECOND=1", "time of day is that of starts_at"),
        ("FREQ=DAILY;BYEASTER=0", "unknown here; known are FREQ"),
        ("FREQ=DAILY;BYWEEKDAY=TU", "unknown here"),
        ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS does not go with DAILY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go with WEEKLY"),
        ("FREQ=WEEKLY;BYDAY=2TU", "goes with MONTHLY or YEARLY"),
        ("FREQ=WEEKLY;BYDAY=SEL", "BYDAY holds no weekday"),
        ("FREQ=MONTHLY;BYDAY=0TU", "BYDAY is no number"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY is no number from -31 to -1 or 1 to 31"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS picks among days"),
        ("FREQ=YEARLY;BYWEEKNO=7", "say with BYDAY"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH is no number from 1 to 12"),
        ("FREQ=DAILY;WKST=XX", "WKST is no weekday"),
        ("FREQ=DAILY;UNTIL=2027-01-01", "UNTIL is no moment"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL is no moment"),
        ("RRULE:FREQ=DAILY", "begin with FREQ="),
        ("DTSTART:20261201T010000\nRRULE:FREQ=DAILY", "begin with FREQ="),
        ("FREQ=DAILY;EXDATE=20261202", "what is to be left out is cancelled"),
        ("FREQ=DAILY;BYMONTH=" + ",".join(["1"] * 300), "longer than 500 characters"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_what_to_do(text: str, words: str) -> None:
    with pytest.raises(RecurrenceError) as refused:
        read_recurrence(text)
    assert words in str(refused.value)


@given(st.text(max_size=60) | st.text("FREQ=DAILYWKBOM;,0123456789-+UNTZ", max_size=60))
@settings(deadline=None)
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        rule = read_recurrence(text)
    except RecurrenceError:
        return
    assert all(day >= TUESDAY for day in rule.days(TUESDAY, TUESDAY, date(2027, 12, 1)))


def test_until_is_a_moment_a_local_time_or_the_whole_of_a_day() -> None:
    zone = ZoneInfo("Asia/Makassar")
    at_one = datetime(2027, 1, 1, 1)  # noqa: DTZ001 - wall clocks
    for text, reached in (
        ("20261231T170000Z", True),  # 01:00 in Makassar
        ("20261231T165959Z", False),
        ("20270101T010000", True),
        ("20270101T005959", False),
        ("20270101", True),
        ("20261231", False),
    ):
        assert read_recurrence(f"FREQ=DAILY;UNTIL={text}").reaches(at_one, zone) is reached, text


def test_a_rule_that_never_occurs_is_found_out() -> None:
    for text in (
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    ):
        assert read_recurrence(text).first_day(TUESDAY) is None
    assert read_recurrence("FREQ=WEEKLY;BYDAY=WE").first_day(TUESDAY) == date(2026, 12, 2)


WEEKDAYS = st.lists(
    st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU")), min_size=1, max_size=3, unique=True
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    by_day = draw(st.booleans())
    if by_day:
        parts.append("BYDAY=" + ",".join(draw(WEEKDAYS)))
    if draw(st.booleans()):
        months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
        parts.append("BYMONTH=" + ",".join(map(str, months)))
    if frequency in ("MONTHLY", "YEARLY"):
        if draw(st.booleans()):
            parts.append(f"BYMONTHDAY={draw(st.sampled_from((1, 15, 28, -1)))}")
        elif by_day and draw(st.booleans()):
            parts.append(f"BYSETPOS={draw(st.sampled_from((1, 2, -1)))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(('MO', 'SU')))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 200))}")
    return ";".join(parts)


@given(rules(), st.integers(0, 1_500), st.integers(0, 4_000), st.integers(0, 800))
@settings(deadline=None, max_examples=100)
def test_beginning_near_the_asked_time_finds_what_beginning_at_the_first_day_finds(
    text: str, first: int, after: int, length: int
) -> None:
    begins = date(2015, 1, 1) + timedelta(days=first)
    lower = begins + timedelta(days=after - 400)
    upper = lower + timedelta(days=length)
    whole = rrulestr(text, dtstart=datetime.combine(begins, datetime.min.time()))
    expected = []
    for at in whole:
        if at.date() >= upper:
            break
        if at.date() >= lower:
            expected.append(at.date())
        if at.year > 2040:
            break
    assert list(read_recurrence(text).days(begins, lower, upper)) == expected


def test_a_daily_rule_of_eleven_years_does_not_walk_eleven_years(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = read_recurrence("FREQ=DAILY")
    walked: list[date] = []
    walk = type(rule)._walk

    def counted(self: object, *given: object) -> object:
        for day in walk(self, *given):  # type: ignore[arg-type]
            walked.append(day)
            yield day

    monkeypatch.setattr(type(rule), "_walk", counted)
    found = list(rule.days(date(2015, 1, 1), date(2026, 12, 1), date(2026, 12, 2)))
    assert found == [date(2026, 12, 1)]
    assert len(walked) <= 4

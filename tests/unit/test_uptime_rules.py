"""What rules leave out, whose minutes are lost, and that sums join exactly: cases, then any day."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.contract import Rules, ServiceHours
from collector.model import CauseClass, Device, State
from collector.uptime import (
    Exclusion,
    ExclusionReason,
    GroupBy,
    OutageSpan,
    StateInterval,
    Tally,
    figures,
    group,
    responsible,
    tally,
    total,
)
from collector.uptime.tally import joined

T0 = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
NOW = T0 + timedelta(days=3)
UP, DEGRADED, DOWN = State.UP, State.DEGRADED, State.DOWN
UNREACHABLE, UNKNOWN = State.UNREACHABLE, State.UNKNOWN
MINUTE = 60_000_000


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def history(*pieces: tuple[State, int], device: str = "cam-1") -> list[StateInterval]:
    """Intervals one after another from T0: (state, minutes)."""
    found, begins = [], 0
    for state, minutes in pieces:
        found.append(StateInterval(device, state, at(begins), at(begins + minutes)))
        begins += minutes
    return found


def outage(
    start: float,
    end: float | None,
    cause: CauseClass = CauseClass.UNKNOWN,
    owner: str | None = None,
    state: State = DOWN,
) -> OutageSpan:
    return OutageSpan("cam-1", state, at(start), None if end is None else at(end), cause, owner)


def one(
    intervals: list[StateInterval],
    *outages: OutageSpan,
    rules: Rules | None = None,
    excluded: tuple[Exclusion, ...] = (),
    now: datetime | None = NOW,
) -> Tally:
    return tally(intervals, excluded, outages=outages, rules=rules, now=now)["cam-1"]


FIVE_MINUTES = Rules("contract", minimum_outage_seconds=300)
NO_POWER = Rules("contract", causes_not_counted=frozenset({CauseClass.POWER}))


@pytest.mark.parametrize(("minutes", "counts"), [(5, 0), (6, 1)])
def test_an_outage_of_exactly_the_minimum_does_not_count_and_a_longer_one_does(
    minutes: int, counts: int
) -> None:
    day = one(
        history((UP, 10), (DOWN, minutes), (UP, 10)), outage(10, 10 + minutes), rules=FIVE_MINUTES
    )
    assert day.outages == counts
    assert day.down == counts * minutes * MINUTE
    assert day.excluded_by_reason[ExclusionReason.SHORT_OUTAGE] == (1 - counts) * minutes * MINUTE


def test_an_outage_is_as_long_as_it_was_not_as_long_as_the_window_shows() -> None:
    window = history((DOWN, 2), (UP, 58))
    assert one(window, outage(-30, 2), rules=FIVE_MINUTES).down == 2 * MINUTE


def test_an_outage_that_is_still_on_is_as_long_as_until_now() -> None:
    window = history((UP, 58), (DOWN, 2))
    still_on = outage(58, None)
    assert one(window, still_on, rules=FIVE_MINUTES, now=at(60)).down == 0
    assert one(window, still_on, rules=FIVE_MINUTES, now=at(64)).down == 2 * MINUTE


def test_down_time_that_no_outage_explains_counts_and_is_of_unknown_cause() -> None:
    day = one(history((UP, 50), (DOWN, 10)), rules=FIVE_MINUTES)
    assert day.lost == {(CauseClass.UNKNOWN, None): 10 * MINUTE}
    assert day.outages_by_cause[CauseClass.UNKNOWN] == 1


def test_minutes_without_power_are_left_out_of_a_contract_that_says_so() -> None:
    window = history((UP, 40), (DOWN, 10), (UP, 10))
    cut = outage(40, 50, CauseClass.POWER, "pln")
    assert figures(one(window, cut)).uptime_percent == 83.333
    contract = figures(one(window, cut, rules=NO_POWER))
    assert contract.uptime_percent == 100.0
    assert contract.excluded_seconds_by_reason["cause_not_counted"] == 600
    assert (contract.outages, contract.longest_outage_seconds) == (0, None)


def test_the_state_decides_which_of_two_outages_a_piece_belongs_to() -> None:
    """A dead camera's switch dies as well, and comes back while the camera stays dead."""
    window = history((UP, 10), (DOWN, 10), (UNREACHABLE, 10), (DOWN, 10), (UP, 20))
    dead = outage(10, 40, CauseClass.DEVICE, "vendor")
    cut_off = outage(20, 30, CauseClass.UPSTREAM, "isp", UNREACHABLE)
    day = one(window, dead, cut_off)
    assert day.lost == {
        (CauseClass.DEVICE, "vendor"): 20 * MINUTE,
        (CauseClass.UPSTREAM, "isp"): 10 * MINUTE,
    }
    assert (day.outages, day.longest_outage) == (1, 20 * MINUTE)


def test_of_two_outages_over_each_other_the_one_that_began_last_is_right() -> None:
    window = history((DOWN, 30))
    earlier = outage(0, 20, CauseClass.DEVICE, "vendor")
    later = outage(10, 30, CauseClass.LINK, "isp")
    for outages in ((earlier, later), (later, earlier)):
        day = one(window, *outages)
        assert day.lost == {
            (CauseClass.DEVICE, "vendor"): 10 * MINUTE,
            (CauseClass.LINK, "isp"): 20 * MINUTE,
        }
        assert day.outages_by_cause[CauseClass.DEVICE] == day.outages == 1


def test_every_minute_is_left_out_for_its_first_reason() -> None:
    """Maintenance, then closed hours, then the cause, then the length: 08:00 to 08:10 each."""
    rules = Rules(
        causes_not_counted=frozenset({CauseClass.POWER}),
        minimum_outage_seconds=3600,
        service_hours=(ServiceHours((0,), time(0, 20), time(1)),),
    )
    window = history((DOWN, 30), (UP, 1), (DOWN, 9), (UP, 20))
    outages = outage(0, 30, CauseClass.POWER), outage(31, 40, CauseClass.DEVICE)
    day = one(window, *outages, rules=rules, excluded=(Exclusion(at(0), at(10)),))
    assert day.excluded_by_reason == {
        ExclusionReason.MAINTENANCE: 10 * MINUTE,
        ExclusionReason.OUTSIDE_SERVICE_HOURS: 10 * MINUTE,
        ExclusionReason.CAUSE_NOT_COUNTED: 10 * MINUTE,
        ExclusionReason.SHORT_OUTAGE: 9 * MINUTE,
    }
    assert day.up == 21 * MINUTE


def test_rules_may_count_maintenance() -> None:
    planned = (Exclusion(at(0), at(60)),)
    assert one(history((DOWN, 60)), excluded=planned).down == 0
    counted = one(history((DOWN, 60)), excluded=planned, rules=Rules(exclude_maintenance=False))
    assert counted.down == 60 * MINUTE


def test_service_hours_are_those_of_the_clocks_at_the_site() -> None:
    office = Rules(service_hours=(ServiceHours((0, 1, 2, 3, 4), time(8), time(16)),))
    day = [StateInterval("cam-1", UP, T0, T0 + timedelta(days=1))]
    for zone, hours in (("Asia/Makassar", 8), ("Asia/Jayapura", 8), ("UTC", 8)):
        counted = tally(day, rules=office, zone={"cam-1": ZoneInfo(zone)})["cam-1"]
        assert counted.up == hours * 60 * MINUTE
    at_noon = [StateInterval("cam-1", UP, at(12 * 60), at(13 * 60))]  # 20:00 in Makassar
    assert tally(at_noon, rules=office, zone=ZoneInfo("Asia/Makassar"))["cam-1"].up == 0


def test_the_longest_outage_is_joined_across_the_seam_of_two_windows() -> None:
    before = one(history((UP, 10), (DOWN, 20)))
    after = one(history((DOWN, 15), (UP, 5), (DOWN, 30)))
    both = before.then(after)
    assert (both.outages, both.longest_outage) == (2, 35 * MINUTE)
    assert figures(both).mttr_seconds == 65 / 2 * 60


def test_an_outage_without_end_over_three_windows_is_one() -> None:
    seen = one(history((UNKNOWN, 5), (DOWN, 10), (UNKNOWN, 5)))
    assert seen.then(seen).then(seen).outages == 1
    assert joined((seen, seen, seen)) == seen.then(seen.then(seen))


def test_figures_name_every_cause_and_reason_and_who_lost_what() -> None:
    window = history((UP, 30), (DOWN, 10), (UNREACHABLE, 20))
    row = figures(one(window, outage(30, 40, CauseClass.LINK, "isp")))
    assert row.outages_by_cause == {
        "device": 0, "link": 1, "power": 0, "upstream": 0, "planned": 0, "unknown": 0,
    }  # fmt: skip
    assert row.lost_seconds_by_cause["link"] == 600
    assert row.lost_seconds_by_owner == {"": 1200, "isp": 600}
    assert set(row.excluded_seconds_by_reason) == set(ExclusionReason)
    assert row.longest_outage_seconds == 600


@pytest.mark.parametrize(
    ("cause", "who"),
    [
        (CauseClass.DEVICE, "kominfo"),
        (CauseClass.LINK, "isp"),
        (CauseClass.POWER, "kominfo"),  # nobody is named for the power
        (CauseClass.UPSTREAM, "far-away"),
        (CauseClass.PLANNED, None),
        (CauseClass.UNKNOWN, None),
    ],
)
def test_who_answers_for_an_outage_follows_from_its_cause(
    cause: CauseClass, who: str | None
) -> None:
    camera = Device("c", "C", "camera", "s", "p", owner="kominfo", link_owner="isp")
    assert responsible(cause, camera, upstream="far-away") == who


class Place:
    """A device's facts, as groups need them."""

    def __init__(self, id_: str, site: str, owner: str | None) -> None:
        self.id, self.name, self.kind = id_, id_.upper(), "camera"
        self.site = self.area = site
        self.site_name = self.area_name = site.title()
        self.owner = owner


def test_groups_are_sums_sorted_by_key_and_leave_out_who_has_no_time() -> None:
    places = [Place("a", "north", "o1"), Place("b", "east", None), Place("c", "north", "o1")]
    tallies = tally(history((UP, 10), device="a") + history((DOWN, 20), device="b"))
    by_site = group(tallies, places, GroupBy.SITE)
    assert [(g.key, g.name, g.tally.devices) for g in by_site] == [
        ("east", "East", 1),
        ("north", "North", 1),
    ]
    by_owner = group(tallies, places, GroupBy.OWNER, {"o1": "Dinas"})
    assert [(g.key, g.name) for g in by_owner] == [("", ""), ("o1", "Dinas")]
    assert [g.key for g in group(tallies, places, GroupBy.DEVICE)] == ["a", "b"]


# --- what must hold of any day ----------------------------------------------------------------

patient = settings(deadline=None)
LENGTH = 240  # minutes of the days that are tried
minutes = st.integers(0, LENGTH)
causes = st.sampled_from(list(CauseClass))
owners = st.sampled_from(["pln", "isp", None])
states = st.sampled_from([UP, DEGRADED, DOWN, DOWN, UNREACHABLE, UNKNOWN])


@st.composite
def days(draw: st.DrawFn) -> list[StateInterval]:
    edges = sorted({0, LENGTH, *draw(st.lists(minutes, max_size=10))})
    return [
        StateInterval("cam-1", draw(states), at(start), at(end)) for start, end in pairwise(edges)
    ]


@st.composite
def outage_lists(draw: st.DrawFn) -> list[OutageSpan]:
    """Of either kind; the beginnings differ, as of any two outages of one device and kind."""
    starts = draw(st.lists(st.integers(-30, LENGTH), max_size=6, unique=True))
    return [
        outage(
            start,
            draw(st.none() | st.integers(start, LENGTH + 30)),
            draw(causes),
            draw(owners),
            draw(st.sampled_from([DOWN, UNREACHABLE])),
        )
        for start in starts
    ]


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    clock = st.builds(time, st.integers(0, 4), st.sampled_from([0, 10, 45]))
    hours = st.builds(ServiceHours, st.sampled_from([(0,), (6,), (0, 6)]), clock, clock)
    return Rules(
        exclude_maintenance=draw(st.booleans()),
        causes_not_counted=draw(st.frozensets(causes, max_size=2)),
        minimum_outage_seconds=60 * draw(st.sampled_from([0, 1, 20, 90])),
        service_hours=tuple(draw(st.lists(hours, max_size=2))),
    )


exclusion_lists = st.lists(st.tuples(minutes, minutes), max_size=3).map(
    lambda pairs: tuple(Exclusion(at(min(pair)), at(max(pair)), "cam-1") for pair in pairs)
)


def cut(intervals: list[StateInterval], start: float, end: float) -> list[StateInterval]:
    return [
        StateInterval(i.device_id, i.state, max(i.start, at(start)), min(i.end, at(end)))
        for i in intervals
    ]


@patient
@given(days(), outage_lists(), exclusion_lists, rule_sets())
def test_any_day_is_what_looking_at_every_minute_gives(
    day: list[StateInterval],
    outages: list[OutageSpan],
    excluded: tuple[Exclusion, ...],
    rules: Rules,
) -> None:
    counted = one(day, *outages, rules=rules, excluded=excluded)
    expected = MinuteByMinute(day, outages, excluded, rules)
    for state, parts in expected.in_state.items():
        assert getattr(counted, state) == parts * MINUTE
    assert counted.excluded_by_reason == {
        reason: parts * MINUTE for reason, parts in expected.excluded.items()
    }
    assert counted.lost == {key: parts * MINUTE for key, parts in expected.lost.items()}
    assert counted.outages_by_cause == expected.outages
    assert counted.longest_outage == expected.longest * MINUTE
    assert counted.window == LENGTH * MINUTE


class MinuteByMinute:
    """The same day, reckoned the way a patient person would."""

    def __init__(
        self,
        day: list[StateInterval],
        outages: list[OutageSpan],
        excluded: tuple[Exclusion, ...],
        rules: Rules,
    ) -> None:
        self.in_state = dict.fromkeys(State, 0)
        self.excluded = dict.fromkeys(ExclusionReason, 0)
        self.lost: dict[tuple[CauseClass, str | None], int] = {}
        self.outages = dict.fromkeys(CauseClass, 0)
        self.longest = run = 0
        for minute in range(LENGTH):
            moment = at(minute)
            state = next(i.state for i in day if i.start <= moment < i.end)
            on = [
                o
                for o in outages
                if o.state is state and o.start <= moment and (o.end is None or moment < o.end)
            ]
            why = max(on, key=lambda o: o.start, default=None)
            if state in (UP, DEGRADED):
                run = 0
            reason = self.reason(moment, state, why, excluded, rules)
            if reason is not None:
                self.excluded[reason] += 1
                continue
            self.in_state[state] += 1
            if state not in (DOWN, UNREACHABLE):
                continue
            cause = why.cause if why else CauseClass.UNKNOWN
            key = (cause, why.responsible if why else None)
            self.lost[key] = self.lost.get(key, 0) + 1
            if state is DOWN:
                self.outages[cause] += run == 0
                run += 1
                self.longest = max(self.longest, run)

    @staticmethod
    def reason(
        moment: datetime,
        state: State,
        why: OutageSpan | None,
        excluded: tuple[Exclusion, ...],
        rules: Rules,
    ) -> ExclusionReason | None:
        if rules.exclude_maintenance and any(e.start <= moment < e.end for e in excluded):
            return ExclusionReason.MAINTENANCE
        if rules.service_hours and not any(open_(hours, moment) for hours in rules.service_hours):
            return ExclusionReason.OUTSIDE_SERVICE_HOURS
        if state not in (DOWN, UNREACHABLE):
            return None
        if (why.cause if why else CauseClass.UNKNOWN) in rules.causes_not_counted:
            return ExclusionReason.CAUSE_NOT_COUNTED
        if why and rules.minimum_outage_seconds:
            length = ((why.end or NOW) - why.start).total_seconds()
            if length <= rules.minimum_outage_seconds:
                return ExclusionReason.SHORT_OUTAGE
        return None


def open_(hours: ServiceHours, local: datetime) -> bool:
    """By the wall clock: what goes over midnight belongs to the day on which it began."""
    now = local.time()
    today = local.weekday() in hours.weekdays
    yesterday = (local - timedelta(days=1)).weekday() in hours.weekdays
    if hours.from_ < hours.until:
        return today and hours.from_ <= now < hours.until
    return (today and now >= hours.from_) or (yesterday and now < hours.until)


@patient
@given(
    days(),
    outage_lists(),
    exclusion_lists,
    rule_sets(),
    st.lists(st.floats(0, LENGTH, allow_nan=False), max_size=6),
)
def test_a_day_cut_anywhere_and_joined_in_any_order_is_the_same(
    day: list[StateInterval],
    outages: list[OutageSpan],
    excluded: tuple[Exclusion, ...],
    rules: Rules,
    cuts: list[float],
) -> None:
    whole = one(day, *outages, rules=rules, excluded=excluded)
    edges = sorted([0, LENGTH, *cuts])
    parts = [
        one(cut(day, start, end), *outages, rules=rules, excluded=excluded)
        for start, end in pairwise(edges)
    ]
    from_the_left = parts[0]
    for part in parts[1:]:
        from_the_left = from_the_left.then(part)
    from_the_right = parts[-1]
    for part in reversed(parts[:-1]):
        from_the_right = part.then(from_the_right)
    assert from_the_left == from_the_right == joined(parts) == whole
    assert Tally().then(whole) == whole.then(Tally()) == whole


@patient
@given(days(), outage_lists(), exclusion_lists, rule_sets(), st.randoms(use_true_random=False))
def test_the_order_of_what_goes_in_does_not_matter(
    day: list[StateInterval],
    outages: list[OutageSpan],
    excluded: tuple[Exclusion, ...],
    rules: Rules,
    random: object,
) -> None:
    shuffled = [list(day), list(outages), list(excluded)]
    for values in shuffled:
        random.shuffle(values)  # type: ignore[attr-defined]
    mixed = tally(shuffled[0], shuffled[2], outages=shuffled[1], rules=rules, now=NOW)  # type: ignore[arg-type]
    assert mixed["cam-1"] == one(day, *outages, rules=rules, excluded=excluded)


@patient
@given(days(), outage_lists(), exclusion_lists, rule_sets())
def test_a_contract_never_knows_more_than_the_plain_figure(
    day: list[StateInterval],
    outages: list[OutageSpan],
    excluded: tuple[Exclusion, ...],
    rules: Rules,
) -> None:
    contract = one(day, *outages, rules=rules, excluded=excluded)
    plain = one(day, *outages, excluded=excluded if rules.exclude_maintenance else ())
    assert contract.known <= plain.known
    assert contract.window == plain.window
    assert contract.excluded == sum(contract.excluded_by_reason.values())
    assert sum(contract.lost.values()) == contract.down + contract.unreachable
    assert contract.longest_outage <= contract.down


@patient
@given(st.lists(st.tuples(days(), outage_lists()), min_size=1, max_size=4), rule_sets())
def test_a_group_is_the_sum_of_its_members_in_every_part(
    fleet: list[tuple[list[StateInterval], list[OutageSpan]]], rules: Rules
) -> None:
    members = [one(day, *outages, rules=rules) for day, outages in fleet]
    whole = total(members)
    assert whole == sum(members[1:], members[0] + Tally())
    assert whole == total(reversed(members))
    for part in ("up", "degraded", "down", "unreachable", "unknown", "excluded", "outages"):
        assert getattr(whole, part) == sum(getattr(member, part) for member in members)
    assert whole.longest_outage == max(member.longest_outage for member in members)
    for key, lost in whole.lost.items():
        assert lost == sum(member.lost.get(key, 0) for member in members)

"""Which outages are one incident: the rules one by one, and whatever order they arrive in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.incidents import TAKEN_BACK, Spot, Sums, as_of, counts, proposal_text, settle
from collector.model import (
    CauseClass,
    CauseRule,
    Incident,
    IncidentEventKind,
    IncidentGroup,
    Outage,
    State,
)
from tests.incident_desk import Desk, at, outage

SITE, FEEDER, AREA = CauseRule.MANY_AT_SITE, CauseRule.MANY_ON_FEEDER, CauseRule.MANY_IN_AREA
UPS = CauseRule.UPS_ON_BATTERY
HOUR = 3600.0

# Three areas of a city; s1 to s3 in the first, f stands for a feeder.
SPOTS = {
    "a": Spot("s1", None, ("01", "0")),
    "b": Spot("s1", None, ("01", "0")),
    "c": Spot("s1", None, ("01", "0")),
    "d": Spot("s2", None, ("01", "0")),
    "e": Spot("s2", "f", ("01", "0")),
    "g": Spot("s3", "f", ("01", "0")),
    "h": Spot("s4", "f", ("02", "0")),
    "i": Spot("s5", None, ("02", "0")),
    "j": Spot("s6", None, ("03", "0")),
}


@pytest.fixture
def desk() -> Desk:
    return Desk(SPOTS)


# --- one device and what stands behind it -----------------------------------------------------


def test_a_device_that_dies_is_an_incident_of_its_own(desk: Desk) -> None:
    desk.record(outage(1, "a", 0))
    assert desk.incidents == {
        1: Incident(IncidentGroup.DEVICE, "a", at(0), at(10), id=1),
    }
    assert desk.told == [(1, IncidentEventKind.OPENED)]


def test_what_is_cut_off_belongs_to_the_device_that_cuts_it_off(desk: Desk) -> None:
    switch = outage(1, "a", 0)
    desk.record(switch, outage(2, "b", 1, root=switch))
    desk.record(outage(3, "c", 2, root=switch))
    assert desk.shown() == [("device", "a", [1, 2, 3])]


def test_what_is_cut_off_before_its_root_is_sure_waits_for_it_in_an_incident_of_the_root(
    desk: Desk,
) -> None:
    desk.record(outage(2, "b", 0, root="a"))
    assert desk.shown() == [("device", "a", [2])]
    desk.record(outage(1, "a", 1))
    assert desk.shown() == [("device", "a", [1, 2])]


def test_a_device_that_flaps_is_one_incident_that_recovers_and_opens_again(desk: Desk) -> None:
    desk.record(outage(1, "a", 0))
    desk.record(outage(1, "a", 0, 60))
    assert [one.recovered_at for one in desk.incidents.values()] == [at(60)]
    desk.record(outage(2, "a", 60 + 1799))
    assert [one.recovered_at for one in desk.incidents.values()] == [None]
    assert [kind for _, kind in desk.told] == [
        IncidentEventKind.OPENED,
        IncidentEventKind.RECOVERED,
        IncidentEventKind.OUTAGE_JOINED,
        IncidentEventKind.REOPENED,
    ]


def test_a_device_that_dies_half_an_hour_after_it_was_back_is_a_new_incident(desk: Desk) -> None:
    desk.record(outage(1, "a", 0, 60))
    desk.record(outage(2, "a", 60 + 1800))
    assert desk.shown() == [("device", "a", [1]), ("device", "a", [2])]


def test_years_that_are_read_at_once_are_as_many_incidents_as_there_were(desk: Desk) -> None:
    desk.record(*(outage(day, "a", day * 24 * HOUR, day * 24 * HOUR + 60) for day in range(1, 9)))
    assert len(desk.incidents) == 8
    assert desk.incidents[3].recovered_at == at(3 * 24 * HOUR + 60)


def test_a_resolved_incident_is_final(desk: Desk) -> None:
    desk.record(outage(1, "a", 0, 60))
    desk.incidents[1] = replace(desk.incidents[1], resolved_at=at(120), resolved_by="rina")
    desk.record(outage(2, "a", 180))
    assert desk.shown() == [("device", "a", [1]), ("device", "a", [2])]


def test_an_incident_whose_outages_were_all_taken_back_resolves_itself(desk: Desk) -> None:
    desk.record(outage(1, "a", 0))
    desk.record(outage(1, "a", 0, 0))
    one = desk.incidents[1]
    assert (one.resolution, one.resolved_by, one.recovered_at) == (TAKEN_BACK, None, at(0))
    assert desk.told[-1] == (1, IncidentEventKind.RESOLVED)


def test_an_outage_that_was_taken_back_before_anybody_saw_it_joins_nothing(desk: Desk) -> None:
    desk.record(outage(1, "a", 0, 0))
    assert desk.incidents == {}


def test_an_incident_begins_with_the_first_outage_that_counts(desk: Desk) -> None:
    desk.record(outage(1, "a", 0), outage(2, "b", 30, root="a"))
    desk.record(outage(1, "a", 0, 0))
    assert desk.incidents[1].started_at == at(30)
    assert desk.incidents[1].recovered_at is None


# --- places -----------------------------------------------------------------------------------


def three_at_a_site() -> list[Outage]:
    return [outage(i, device, i, rule=SITE) for i, device in enumerate("abc", 1)]


def test_many_at_a_site_are_one_incident_of_the_site(desk: Desk) -> None:
    desk.record(*three_at_a_site())
    assert desk.shown() == [("site", "s1", [1, 2, 3])]
    assert len(desk.incidents) == 1  # none was opened only to be merged


def test_what_turns_out_to_be_one_is_merged_into_what_was_opened_first(desk: Desk) -> None:
    for i, device in enumerate("abc", 1):
        desk.record(outage(i, device, i))
    assert len(desk.open_ones()) == 3
    desk.record(*three_at_a_site())
    assert desk.shown() == [("site", "s1", [1, 2, 3])]
    assert [desk.incidents[i].merged_into for i in (1, 2, 3)] == [None, 1, 1]
    merged = [this for this, kind in desk.told if kind is IncidentEventKind.MERGED]
    assert merged == [2, 1, 3, 1]  # told on both sides


def test_what_is_cut_off_goes_with_its_root(desk: Desk) -> None:
    desk.record(outage(1, "a", 0), outage(9, "z", 1, root=outage(1, "a", 0)))
    desk.record(*three_at_a_site())
    assert desk.shown() == [("site", "s1", [1, 2, 3, 9])]


def test_a_later_outage_of_the_place_joins_its_open_incident(desk: Desk) -> None:
    desk.spots = {**SPOTS, "z": SPOTS["a"]}
    desk.record(*three_at_a_site())
    desk.record(outage(4, "z", 5 * HOUR, rule=SITE))
    assert desk.shown() == [("site", "s1", [1, 2, 3, 4])]


def test_power_that_flickers_is_one_incident_of_the_site(desk: Desk) -> None:
    desk.record(*(outage(i, device, i, 600, rule=SITE) for i, device in enumerate("abc", 1)))
    desk.record(*(outage(i, device, 1200 + i, rule=SITE) for i, device in enumerate("abc", 4)))
    assert desk.shown() == [("site", "s1", [1, 2, 3, 4, 5, 6])]


def test_one_device_that_stays_dead_does_not_swallow_the_next_power_cut(desk: Desk) -> None:
    first = three_at_a_site()
    desk.record(*first)
    desk.record(*(replace(o, ended_at=at(600), end_confirmed_at=at(610)) for o in first[1:]))
    later = [outage(i, d, 48 * HOUR + i, rule=SITE) for i, d in enumerate("bc", 4)]
    desk.record(*later)
    assert desk.shown() == [("site", "s1", [1, 2, 3]), ("site", "s1", [4, 5])]


def test_one_camera_that_flaps_after_a_power_cut_is_an_incident_of_its_own(desk: Desk) -> None:
    desk.record(*(outage(i, device, i, 600, rule=SITE) for i, device in enumerate("abc", 1)))
    desk.record(outage(4, "a", 660))
    assert desk.shown() == [("site", "s1", [1, 2, 3, 4])]  # two minutes: still the same
    desk.record(outage(4, "a", 660, 670))
    desk.record(outage(5, "a", 900))
    assert desk.shown() == [("site", "s1", [1, 2, 3, 4]), ("device", "a", [5])]


def test_a_ups_on_battery_makes_it_the_feeders_or_else_the_sites(desk: Desk) -> None:
    desk.record(outage(1, "a", 0, rule=UPS), outage(2, "g", 0, rule=UPS))
    desk.record(outage(3, "h", 400, rule=UPS), outage(4, "b", 400, rule=UPS))
    assert desk.shown() == [("site", "s1", [1, 4]), ("feeder", "f", [2, 3])]


def test_a_feeder_takes_in_the_site_that_stands_on_it(desk: Desk) -> None:
    desk.record(outage(1, "e", 0, rule=SITE), outage(2, "d", 1, rule=SITE))
    desk.record(outage(3, "g", 30, rule=FEEDER))
    assert desk.shown() == [("feeder", "f", [1, 2, 3])]


def test_an_area_takes_in_its_sites_whichever_came_first(desk: Desk) -> None:
    desk.record(*three_at_a_site())
    desk.record(outage(4, "d", 60, rule=AREA))
    assert desk.shown() == [("area", "01", [1, 2, 3, 4])]
    desk.record(outage(5, "g", 100, rule=SITE))
    assert desk.shown() == [("area", "01", [1, 2, 3, 4, 5])]


def test_a_site_elsewhere_is_another_incident(desk: Desk) -> None:
    desk.record(*three_at_a_site(), outage(4, "i", 2, rule=SITE))
    assert desk.shown() == [("site", "s1", [1, 2, 3]), ("site", "s5", [4])]


def test_power_cuts_at_three_sites_of_an_area_at_once_are_one_of_the_area(desk: Desk) -> None:
    desk.record(outage(1, "a", 0, rule=SITE))
    desk.record(outage(2, "d", 60, rule=SITE))
    desk.spots = {**SPOTS, "g": Spot("s3", None, ("01", "0"))}
    assert len(desk.open_ones()) == 2
    desk.record(outage(3, "g", 120, rule=SITE))
    assert desk.shown() == [("area", "01", [1, 2, 3])]


def test_three_sites_of_an_area_that_fail_over_an_hour_stay_three_incidents(desk: Desk) -> None:
    desk.spots = {**SPOTS, "g": Spot("s3", None, ("01", "0"))}
    for i, device in enumerate("adg"):
        desk.record(outage(i + 1, device, i * 1200, rule=SITE))
    assert len(desk.open_ones()) == 3


def test_one_feeder_through_three_sites_does_not_make_the_area_dark(desk: Desk) -> None:
    desk.record(*(outage(i, device, i, rule=SITE) for i, device in enumerate("egh", 1)))
    assert desk.shown() == [("feeder", "f", [1, 2, 3])]


def test_power_cuts_in_three_areas_at_once_are_one_of_the_city(desk: Desk) -> None:
    desk.record(*(outage(i, device, i, rule=SITE) for i, device in enumerate("aij", 1)))
    assert desk.shown() == [("area", "0", [1, 2, 3])]


def test_an_incident_that_began_long_before_keeps_its_past(desk: Desk) -> None:
    desk.record(outage(1, "a", 0, 60), outage(2, "a", 600), outage(9, "z", 601, root="a"))
    behind = replace(desk.outages[9], root_outage_id=2)
    desk.outages[9] = behind
    desk.record(*(outage(i, d, 600, rule=SITE) for i, d in ((2, "a"), (3, "b"), (4, "c"))))
    assert desk.shown() == [("device", "a", [1]), ("site", "s1", [2, 3, 4, 9])]
    assert desk.incidents[1].recovered_at == at(60)


def test_a_person_who_said_otherwise_is_not_overruled_by_a_place(desk: Desk) -> None:
    desk.record(outage(1, "a", 0))
    corrected = outage(1, "a", 0, rule=SITE, cause=CauseClass.DEVICE)
    desk.record(corrected, *three_at_a_site()[1:])
    assert desk.shown() == [("device", "a", [1]), ("site", "s1", [2, 3])]


def test_a_corrected_cause_never_splits_an_incident(desk: Desk) -> None:
    first, *others = three_at_a_site()
    desk.record(first, *others)
    desk.record(replace(first, cause=CauseClass.DEVICE))
    assert desk.shown() == [("site", "s1", [1, 2, 3])]


# --- acknowledgements -------------------------------------------------------------------------


def taken(desk: Desk, incident_id: int, seconds: float, by: str) -> None:
    one = desk.incidents[incident_id]
    desk.incidents[incident_id] = replace(one, acknowledged_at=at(seconds), acknowledged_by=by)


def test_who_took_the_part_minutes_ago_has_the_whole(desk: Desk) -> None:
    for i, device in enumerate("abc", 1):
        desk.record(outage(i, device, i))
    taken(desk, 2, 60, "rina")
    taken(desk, 3, 70, "budi")
    desk.record(*three_at_a_site(), now=at(60 + 600))
    assert desk.incidents[1].acknowledged_by == "rina"
    assert desk.incidents[1].acknowledged_at == at(60)


def test_an_incident_that_opens_again_is_nobodys(desk: Desk) -> None:
    desk.record(outage(1, "a", 0))
    taken(desk, 1, 30, "ani")
    desk.record(outage(1, "a", 0, 60))
    before = desk.incidents[1]
    desk.record(outage(2, "a", 120))
    after = desk.incidents[1]
    assert (before.acknowledged_at, before.acknowledged_by) == (at(30), "ani")
    assert (after.acknowledged_at, after.acknowledged_by) == (None, None)


def test_what_was_taken_long_before_it_grew_is_nobodys_again(desk: Desk) -> None:
    for i, device in enumerate("abc", 1):
        desk.record(outage(i, device, i))
    taken(desk, 1, 60, "rina")
    desk.record(*three_at_a_site(), now=at(60 + 601))
    assert desk.incidents[1].acknowledged_by is None


def test_an_incident_that_only_gains_outages_stays_taken(desk: Desk) -> None:
    desk.record(*three_at_a_site())
    taken(desk, 1, 60, "rina")
    desk.spots = {**SPOTS, "z": SPOTS["a"]}
    desk.record(outage(4, "z", HOUR, rule=SITE))
    assert len(desk.incidents) == 1
    assert desk.incidents[1].acknowledged_by == "rina"


# --- time and words ---------------------------------------------------------------------------


def test_a_day_after_its_recovery_an_incident_resolves_itself() -> None:
    one = Incident(IncidentGroup.DEVICE, "a", at(0), at(10), at(60), id=1)
    day = timedelta(hours=24)
    assert as_of(one, at(59) + day) == one
    assert as_of(one, at(61) + day) == replace(one, resolved_at=at(60) + day)
    still_out = replace(one, recovered_at=None)
    assert as_of(still_out, at(0) + 2 * day) == still_out


def test_settling_again_tells_nothing_new() -> None:
    one = Incident(IncidentGroup.DEVICE, "a", at(0), at(10), id=1)
    sums = Sums(2, 0, at(0), at(5), at(60))
    after, told = settle(one, sums, at(70))
    assert told == (IncidentEventKind.RECOVERED,)
    assert settle(after, sums, at(80)) == (after, ())


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (outage(1, "a", 0), None),
        (outage(1, "a", 0, rule=SITE), "power many_at_site"),
        (outage(1, "a", 0, root="b"), None),
    ],
)
def test_a_proposal_is_told_as_cause_and_rule(one: Outage, text: str | None) -> None:
    assert proposal_text(one) == text


# --- whatever order they arrive in ------------------------------------------------------------


@st.composite
def bursts(draw: st.DrawFn) -> list[Outage]:
    """Outages that began within two minutes of each other, some behind others."""
    made: list[Outage] = []
    for number in range(1, draw(st.integers(1, 9)) + 1):
        device = draw(st.sampled_from(sorted(SPOTS)))
        start = draw(st.integers(0, 120))
        end = draw(st.none() | st.integers(start + 1, 4000))
        if any(one.device_id == device and one.state is State.DOWN for one in made):
            roots = [one for one in made if one.state is State.DOWN and one.device_id != device]
            if not roots or any(o.device_id == device and o.root for o in made):
                continue
            made.append(outage(number, device, start, end, root=draw(st.sampled_from(roots))))
        else:
            rule = draw(st.sampled_from([CauseRule.NO_EVIDENCE, SITE, FEEDER, AREA, UPS]))
            made.append(outage(number, device, start, end, rule=rule))
    return made


def still_on(one: Outage) -> Outage:
    return replace(one, ended_at=None, end_confirmed_at=None)


@settings(max_examples=150, deadline=None)
@given(bursts(), st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_arrival_gives_the_same_incidents(
    burst: list[Outage], random: object, known_to_end: bool
) -> None:
    at_once = Desk(SPOTS)
    at_once.record(*burst)
    one_by_one = Desk(SPOTS)
    shuffled = list(burst)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for one in shuffled:
        one_by_one.record(one if known_to_end else still_on(one))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for one in shuffled:
        one_by_one.record(one)
    assert one_by_one.grouping() == at_once.grouping()


@st.composite
def histories(draw: st.DrawFn) -> list[Outage]:
    """Versions of outages over two days, as they become known: begun, explained, ended."""
    versions: list[tuple[float, Outage]] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        device = draw(st.sampled_from(sorted(SPOTS)))
        start = draw(st.integers(0, 200)) * 600
        rule = draw(st.sampled_from([CauseRule.NO_EVIDENCE, SITE, AREA, UPS]))
        versions.append((start, outage(number, device, start)))
        versions.append(
            (start + draw(st.integers(0, 90)), outage(number, device, start, rule=rule))
        )
        if draw(st.booleans()):
            end = start + draw(st.integers(0, 20_000))
            versions.append((end + 91, outage(number, device, start, end, rule=rule)))
    return [one for _, one in sorted(versions, key=lambda version: version[0])]


@settings(max_examples=150, deadline=None)
@given(histories())
def test_every_outage_is_in_one_incident_which_recovers_with_its_last(
    history: list[Outage],
) -> None:
    desk = Desk(SPOTS)
    for one in history:
        desk.record(one)
    for one in desk.outages.values():
        if counts(one):
            assert one.incident_id in desk.open_ones()
    for i, incident in desk.open_ones().items():
        inside = [one for one in desk.inside(i) if counts(one)]
        if not inside:
            assert incident.resolution == TAKEN_BACK
            continue
        ends = [one.ended_at for one in inside]
        expected = None if None in ends else max(end for end in ends if end is not None)
        assert incident.recovered_at == expected
        assert incident.started_at == min(one.started_at for one in inside)
    for incident in desk.incidents.values():
        seen = set()
        while incident.merged_into is not None:
            assert incident.merged_into not in seen
            seen.add(incident.merged_into)
            incident = desk.incidents[incident.merged_into]

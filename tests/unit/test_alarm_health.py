"""The health of alarms: rates and floods against a slow reckoning, verdicts, and advice."""

import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.alarm_health import (
    BUCKET,
    LEAD,
    AboutDevice,
    AdviceKind,
    Health,
    Measure,
    Noisy,
    Stale,
    Tally,
    Verdict,
    advise,
    floor_to_bucket,
    judge,
    reckon,
    worst,
)
from collector.alarm_health.judging import BOUNDS
from collector.alarm_health.reckoning import rate
from collector.alarm_health.words import (
    HELD,
    MEASURES,
    STATES,
    VERDICTS,
    advice_words,
    verdict_words,
)
from collector.model import State
from collector.model.alerts import HoldReason, Severity
from collector.notify.words.catalogue import WORDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = (START - EPOCH) // BUCKET
DAY = START + timedelta(days=1)


def slow_flood_seconds(buckets: Mapping[int, int], start: datetime, end: datetime) -> float:
    """Walk through every second ten minutes by ten minutes, as the definition reads."""
    seconds, in_flood = 0.0, False
    moment = start - LEAD
    while moment < end:
        count = buckets.get((moment - EPOCH) // BUCKET, 0)
        in_flood = count > 10 or (in_flood and count >= 5)
        if in_flood and moment >= start:
            seconds += (min(moment + BUCKET, end) - moment).total_seconds()
        moment += BUCKET
    return seconds


@settings(deadline=None)
@given(
    counts=st.dictionaries(st.integers(-144, 300), st.integers(0, 15), max_size=80),
    length=st.integers(1, 300 * 600),
)
def test_rates_and_floods_are_those_of_a_slow_reckoning(
    counts: dict[int, int], length: int
) -> None:
    end = START + timedelta(seconds=length)
    buckets = {
        FIRST + number: count for number, count in counts.items() if START + number * BUCKET < end
    }
    inside = {number: count for number, count in buckets.items() if number >= FIRST}
    found = rate(buckets, START, end)
    assert found.count == sum(inside.values())
    assert found.per_day == pytest.approx(found.count * 86_400 / length)
    assert found.per_10_minutes == pytest.approx(found.per_day / 144)
    assert found.peak == max(inside.values(), default=0)
    assert (found.peak_at is None) == (found.peak == 0)
    if found.peak_at is not None:
        assert inside[(found.peak_at - EPOCH) // BUCKET] == found.peak
    assert found.flood_seconds == slow_flood_seconds(buckets, START, end)
    assert (found.floods > 0) == (found.flood_seconds > 0)
    assert 0 <= found.flood_percent <= 100.000001


def test_a_flood_begins_above_ten_and_lasts_while_five_come() -> None:
    buckets = {FIRST + number: count for number, count in enumerate((10, 11, 5, 9, 4, 10, 5))}
    found = rate(buckets, START, DAY)
    assert (found.floods, found.flood_seconds) == (1, 3 * 600)
    assert (found.peak, found.peak_at) == (11, START + BUCKET)


def test_a_flood_that_began_before_the_window_counts_from_its_start() -> None:
    buckets = {FIRST - 2: 30, FIRST - 1: 6, FIRST: 7, FIRST + 1: 0}
    found = rate(buckets, START, DAY)
    assert (found.count, found.floods, found.flood_seconds) == (7, 1, 600)


def test_nothing_at_all_is_good_and_needs_no_advice() -> None:
    health = reckon(Tally(START, DAY))
    assert health.busiest is None
    assert (health.raised.count, health.told.peak_at, health.half_from) == (0, None, 0)
    assert set(judge(health).values()) == {Verdict.GOOD}
    assert worst(judge(health).values()) is Verdict.GOOD
    assert advise(health) == []


def noisy(name: str, count: int, **changed: object) -> Noisy:
    return replace(Noisy(name, count, 0, 0, False), **changed)  # type: ignore[arg-type]


FULL = Tally(
    START,
    DAY,
    raised={FIRST: 600, FIRST + 9: 3},
    told={"piket": {FIRST: 30, FIRST + 1: 2}, "kadis": {FIRST: 40, FIRST - 1: 500}, "siti": {}},
    own_by_severity={Severity.CRITICAL: 60, Severity.WARNING: 40},
    told_by_severity={Severity.CRITICAL: 72},
    held={HoldReason.SILENCED: 2, HoldReason.PARENT_DOWN: 500, HoldReason.NO_ROUTE: 3},
    noisy=(
        noisy("cam-1", 40, flapping=38, chattering=True, about=AboutDevice("Losari", 3)),
        noisy("cam-2", 15, fleeting=12, chattering=True, about=AboutDevice("Tallo", 10)),
        noisy("cam-3", 15, fleeting=33),
        *(noisy(f"cam-{number}", 1) for number in range(4, 34)),
    ),
    stale=tuple(
        Stale(f"cam-{n}", State.DEGRADED if n else State.DOWN, DAY - timedelta(days=9 - n))
        for n in range(7)
    ),
    waited=(60.0, 120.0, None, 2_400.0, 3_000.0, 3_600.0, 7_200.0),
    dead=2,
)


def test_what_was_told_is_judged_by_the_receiver_who_got_the_most() -> None:
    health = reckon(FULL)
    assert (health.busiest, health.told.count, health.messages) == ("kadis", 40, 72)
    assert list(health.receivers) == ["kadis", "piket"]
    assert (health.raised.count, health.own, health.devices) == (603, 100, 33)
    assert list(health.held) == [
        HoldReason.PARENT_DOWN, HoldReason.NO_ROUTE, HoldReason.SILENCED,
    ]  # fmt: skip


def test_shares_and_medians_are_of_what_they_say() -> None:
    health = reckon(FULL)
    assert (len(health.noisy), health.noisy_percent, health.half_from) == (10, 77.0, 2)
    assert (health.fleeting, len(health.chattering)) == (45, 2)
    waited = health.waited
    assert (waited.incidents, waited.acknowledged) == (7, 6)
    assert (waited.median_seconds, waited.p90_seconds) == (2_400.0, 7_200.0)


def test_each_measure_has_its_verdict() -> None:
    assert judge(reckon(FULL)) == {
        Measure.PER_DAY: Verdict.GOOD,
        Measure.PEAK: Verdict.TOO_MUCH,
        Measure.FLOOD: Verdict.GOOD,
        Measure.CRITICAL: Verdict.TOO_MUCH,
        Measure.NOISY: Verdict.TOO_MUCH,
        Measure.CHATTERING: Verdict.MANAGEABLE,
        Measure.FLEETING: Verdict.TOO_MUCH,
        Measure.STALE: Verdict.MANAGEABLE,
        Measure.ACKNOWLEDGED_AFTER: Verdict.TOO_MUCH,
    }
    assert worst(judge(reckon(FULL)).values()) is Verdict.TOO_MUCH


def test_shares_of_few_and_of_a_few_devices_are_not_judged() -> None:
    few = replace(FULL, noisy=FULL.noisy[1:2], own_by_severity={Severity.CRITICAL: 15}, waited=())
    judged = judge(reckon(few))
    assert not judged.keys() & {
        Measure.CRITICAL, Measure.NOISY, Measure.FLEETING, Measure.ACKNOWLEDGED_AFTER,
    }  # fmt: skip
    same = replace(FULL, noisy=tuple(noisy(f"cam-{n}", 10) for n in range(12)))
    assert Measure.NOISY not in judge(reckon(same))


@pytest.mark.parametrize("measure", Measure)
def test_a_bound_is_still_on_the_better_side(measure: Measure) -> None:
    good, manageable = BOUNDS[measure]
    assert 0 <= good < manageable


def sentences(health: Health, language: str = "en") -> list[str]:
    return [advice_words(one, language) for one in advise(health)]


def test_advice_says_what_to_do_and_the_worst_comes_first() -> None:
    found = advise(reckon(FULL))
    assert [one.kind for one in found] == [
        AdviceKind.DEAD,
        AdviceKind.NO_ROUTE,
        *[AdviceKind.FLAPPING] * 2,
        AdviceKind.HALF,
        *[AdviceKind.STALE] * 5,
        AdviceKind.MORE_STALE,
        AdviceKind.CRITICAL,
        AdviceKind.FLEETING,
        AdviceKind.SLOW,
    ]
    assert [one.device_id for one in found[2:4]] == ["cam-1", "cam-2"]
    said = sentences(reckon(FULL))
    assert said[2].startswith("cam-1 (Losari) raised 40 alerts")
    assert said[2].endswith("raise confirm to 5.")
    assert "its confirm is high already" in said[3]
    assert said[4].startswith("half of all comes from 2 devices: cam-1 (Losari), cam-2 (Tallo).")
    assert said[5] == (
        "cam-0 has been down for 9 days: plan maintenance, or retire it from the inventory."
    )
    assert said[10] == "and 2 more devices have been so for more than a day."
    assert said[11].startswith("60 % is critical")
    assert said[13].startswith("incidents are acknowledged after 40 minutes")


def test_floods_hide_the_advice_on_days() -> None:
    busy = replace(FULL, told={"piket": {FIRST + n: 20 for n in range(0, 140, 2)}})
    kinds = [one.kind for one in advise(reckon(busy))]
    assert AdviceKind.FLOOD in kinds
    assert AdviceKind.PER_DAY not in kinds
    steady = replace(FULL, told={"piket": {FIRST + n: 3 for n in range(144)}})
    assert any(
        line.startswith("piket gets 432 messages a day") for line in sentences(reckon(steady))
    )


def test_incidents_that_nobody_takes_are_told_of_before_slow_ones() -> None:
    alone = replace(FULL, waited=(9_000.0, None, None, None, None, None))
    kinds = [one.kind for one in advise(reckon(alone))]
    assert AdviceKind.NOT_ACKNOWLEDGED in kinds
    assert AdviceKind.SLOW not in kinds


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_word_is_there_in_both_languages(language: str) -> None:
    every = [
        *advise(reckon(FULL)),
        *advise(reckon(replace(FULL, told={"p": {FIRST + n: 20 for n in range(0, 140, 2)}}))),
        *advise(reckon(replace(FULL, told={"p": {FIRST + n: 3 for n in range(144)}}))),
        *advise(reckon(replace(FULL, waited=(None,) * 6))),
    ]
    assert {one.kind for one in every} == set(AdviceKind)
    for one in every:
        words = advice_words(one, language)
        assert words.endswith(".")
        assert not {name for _, name, *_ in string.Formatter().parse(words) if name}
    assert set(HELD[language]) == set(HoldReason)
    assert set(MEASURES[language]) == set(Measure)
    assert set(VERDICTS[language]) == set(Verdict)
    assert verdict_words(Measure.ACKNOWLEDGED_AFTER, Verdict.TOO_MUCH, language) in (
        "terlalu lama",
        "too long",
    )


@pytest.mark.parametrize("language", ["id", "en"])
def test_states_are_called_as_in_messages(language: str) -> None:
    said = {state: WORDS[language][f"state.{state.value}"] for state in State}
    assert said == STATES[language]


def test_a_window_begins_at_full_ten_minutes() -> None:
    assert floor_to_bucket(START + timedelta(minutes=19, seconds=59)) == START + BUCKET
    assert floor_to_bucket(START) == START

"""When a check is unsteady. The figures of Icinga 2's documentation are re-derived."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.flapping import LONGEST_LIFE_SECONDS, Unrest, Unsteady, percent
from collector.model import Verdict
from tests.flapping_recomputed import Recomputed
from tests.virtual_city import checks_of, device

LETTERS = {"O": Verdict.OK, "W": Verdict.WARNING, "C": Verdict.CRITICAL, "-": Verdict.NONE}
EVERY_30_S = 600.0
EVERY_5_MIN = 6000.0


def after(letters: str, life: float = EVERY_30_S, pace: float = 30.0) -> Unrest:
    unrest = Unrest(life)
    feed(unrest, letters, pace=pace)
    return unrest


def feed(unrest: Unrest, letters: str, start: float = 0.0, pace: float = 30.0) -> float:
    """Take results at a pace, none of which changes the belief; return when the next is due."""
    for number, letter in enumerate(letters):
        unrest.take(LETTERS[letter], False, start + number * pace)
    return start + len(letters) * pace


@pytest.mark.parametrize(
    ("results", "rate"),
    [
        ("CCCWCWOOOOWWWWOOOWWWC", 39.1),  # the worked example of Icinga 2's documentation
        ("OCOCOC", 28.5),
        ("OCOCOCO", 33.9),
        ("OC" * 15, 99.0),
        ("O" * 30, 0.0),
        ("C" * 30, 0.0),
        ("OOOOOOOC", 5.9),
        ("OC" + "O" * 18, 8.3),
        ("OC" + "O" * 19, 8.1),  # weights 0.80 and 0.82: nearly pushed out
        ("OC" + "O" * 20, 4.0),
        ("OC" + "O" * 21, 0.0),
    ],
)
def test_the_rate_of_change_is_icingas(results: str, rate: float) -> None:
    assert percent(after(results).bits) == pytest.approx(rate)


def test_it_flaps_above_30_percent_and_until_25() -> None:
    assert not after("OCOCOC").on
    assert after("OCOCOCO").on
    unrest = after("CCCWCWOOOOWWWWOOOWWWC")
    assert unrest.on
    feed(unrest, "C" * 7, start=21 * 30.0)
    assert percent(unrest.bits) < 25
    assert not unrest.on


def test_after_the_worst_unrest_15_steady_results_are_calm_and_14_are_not() -> None:
    for steady, flaps in ((14, True), (15, False)):
        unrest = Unrest(1e9)
        feed(unrest, "OC" * 20 + "C" * steady)
        assert unrest.on is flaps, steady


@pytest.mark.parametrize(("n", "flaps"), [(2, True), (5, True), (8, True), (10, False)])
def test_one_bad_result_in_n_flaps_for_8_and_not_for_10(n: int, flaps: bool) -> None:
    unrest = Unrest(1e9)
    seen = False
    for number in range(100):
        unrest.take(Verdict.OK if number % n else Verdict.CRITICAL, False, number * 30.0)
        seen = seen or unrest.on
    assert seen is flaps


def test_a_result_that_tells_nothing_leaves_no_bit() -> None:
    told = after("O-C--O-C-OC-O-")
    assert told.bits == after("OCOCOCO").bits
    assert told.on


def test_six_confirmed_changes_within_half_an_hour_flap_though_most_results_are_alike() -> None:
    unrest = Unrest(EVERY_30_S)
    moment, seen = 0.0, []
    for letter in "OCOCOCO":
        for number in range(10):
            unrest.take(LETTERS[letter], number == 2 and moment > 100, moment)
            assert percent(unrest.bits) <= 30
            seen.append(unrest.on)
            moment += 28.0
    assert seen.index(True) == 62, "with the sixth change, two results after it began"


def test_six_confirmed_changes_over_more_than_half_an_hour_do_not() -> None:
    unrest = Unrest(EVERY_30_S)
    for number in range(6):
        unrest.take(Verdict.CRITICAL if number % 2 else Verdict.OK, True, number * 361.0)
    assert not unrest.on


def test_it_ends_by_time_alone_when_at_most_one_change_is_left_in_the_half_hour() -> None:
    unrest = Unrest(EVERY_30_S)
    for number in range(6):
        unrest.take(Verdict.CRITICAL if number % 2 else Verdict.OK, True, number * 200.0)
    assert unrest.on
    assert not unrest.pass_time(800.0 + 1800.0)
    assert unrest.on, "the changes at 800 s and 1000 s lie within"
    assert unrest.pass_time(800.0 + 1800.1)
    assert not unrest.on


def test_results_that_stop_coming_are_forgotten_by_time() -> None:
    """A health check that flapped is not asked while its device is dead."""
    unrest = after("OC" * 10)
    assert unrest.on
    assert unrest.pass_time(20 * 30.0 + 600.0)
    assert (unrest.on, unrest.bits, unrest.set_at) == (False, 0, ())


def test_checks_of_5_minutes_keep_their_20_results_and_those_of_an_hour_never_flap() -> None:
    assert after("OCOCOCO", EVERY_5_MIN, pace=300.0).on
    assert not after("OC" * 30, LONGEST_LIFE_SECONDS, pace=3600.0).on


def test_the_life_of_a_bit_follows_the_interval_of_its_check() -> None:
    ping, snmp = checks_of(device("d"))
    assert (Unrest.of(ping).life_seconds, Unrest.of(snmp).life_seconds) == (600.0, 1200.0)


def test_what_was_forgotten_does_not_come_back() -> None:
    unrest = after("OCOCOCO")
    unrest.forget()
    assert not unrest.on
    feed(unrest, "COCOCO", start=300.0)
    assert not unrest.on, "five changes: the one over the gap is none"


def test_a_device_flaps_while_any_of_its_checks_does() -> None:
    checks = checks_of(device("d"))
    unsteady = Unsteady(checks)
    moments = [number * 30.0 for number in range(8)]
    for number, moment in enumerate(moments):
        unsteady.take("d/ping", Verdict.OK, False, moment)
        unsteady.take("d/snmp", Verdict.OK if number % 2 else Verdict.CRITICAL, False, moment)
    assert unsteady.any_of(checks)
    assert not unsteady.any_of(checks[:1])
    assert unsteady.pass_time(moments[-1] + 100) == []
    assert unsteady.pass_time(moments[-1] + 1200) == ["d/snmp"]
    assert not unsteady.any_of(checks)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 5.0, 30.0, 30.0, 30.0, 300.0, 900.0]),
            st.sampled_from(list(Verdict)),
            st.integers(0, 3).map(lambda n: n == 0),
        ),
        max_size=80,
    ),
    st.sampled_from([600.0, 1200.0, 6000.0]),
)
@settings(deadline=None, max_examples=200, derandomize=True)
def test_the_bits_agree_with_a_recomputation_from_the_whole_past(
    steps: list[tuple[float, Verdict, bool]], life: float
) -> None:
    now, events = 0.0, []
    for passed, verdict, turned in steps:
        now += passed
        events.append((now, verdict, turned))
    unrest, recomputed = Unrest(life), Recomputed(life)
    for at, verdict, turned in events:
        was = unrest.on
        assert unrest.take(verdict, turned, at) is (unrest.on is not was)
        assert unrest.on is recomputed.take(verdict, turned, at)

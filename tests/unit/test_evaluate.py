"""What a result means."""

from datetime import UTC, datetime

import pytest

from collector.evaluate import evaluate, judge, thresholds_of
from collector.model import (
    CheckResult,
    Metric,
    MetricGroup,
    Outcome,
    Reading,
    Reason,
    Role,
    Table,
    Threshold,
    Verdict,
)

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def result(
    *readings: Reading, outcome: Outcome = Outcome.ANSWERED, reason: Reason = Reason.OK
) -> CheckResult:
    return CheckResult("d/c", NOW, NOW, outcome, reason, readings=readings)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (0, Verdict.OK),
        (80, Verdict.OK),
        (80.1, Verdict.WARNING),
        (95, Verdict.WARNING),
        (96, Verdict.CRITICAL),
        ("a word", Verdict.OK),
    ],
)
def test_limits_are_crossed_not_touched(value: float | str, verdict: Verdict) -> None:
    limits = Threshold(warning_above=80, critical_above=95)
    assert judge(value, limits) is verdict


def test_a_value_below_a_lower_limit_warns() -> None:
    assert judge(4, Threshold(warning_below=5)) is Verdict.WARNING


def test_hysteresis_keeps_a_hovering_value_from_chattering() -> None:
    limits = Threshold(warning_above=80, clear_margin=5)
    verdicts = []
    verdict = Verdict.OK
    for value in (79, 81, 79, 76, 75, 79):
        verdict = judge(value, limits, verdict)
        verdicts.append(verdict)
    assert verdicts == [Verdict.OK, *[Verdict.WARNING] * 3, Verdict.OK, Verdict.OK]


def test_a_warning_becomes_critical_only_beyond_the_critical_limit() -> None:
    """The margin belongs to the limit that was crossed: 91 of 95 is not critical yet."""
    limits = {"cpu_percent": Threshold(warning_above=80, critical_above=95, clear_margin=5)}
    verdicts = []
    breached: frozenset[str] = frozenset()
    for value in (81, 91, 96, 91, 90, 91, 75):
        said = evaluate(result(Reading("cpu_percent", value)), limits, Role.HEALTH, breached)
        breached = said.breached
        verdicts.append(said.verdict)
    warning, critical = Verdict.WARNING, Verdict.CRITICAL
    assert verdicts == [warning, warning, critical, critical, warning, warning, Verdict.OK]


def test_an_enumeration_names_its_verdicts() -> None:
    limits = Threshold(states={3: Verdict.CRITICAL, 2: Verdict.WARNING})
    assert judge(3, limits) is Verdict.CRITICAL
    assert judge(1, limits) is Verdict.OK


def test_the_worst_reading_decides_and_is_named_with_its_labels() -> None:
    limits = {"temperature_celsius": Threshold(warning_above=60, critical_above=80)}
    warm = Reading("temperature_celsius", 61.5, "Cel", (("sensor", "cpu"),))
    hot = Reading("temperature_celsius", 85.0, "Cel", (("sensor", "board"),))
    said = evaluate(result(warm, hot), limits, Role.HEALTH)
    assert said.verdict is Verdict.CRITICAL
    assert said.reason is Reason.THRESHOLD
    assert said.detail == "temperature_celsius[board] = 85 Cel"
    assert {"temperature_celsius[cpu]", "temperature_celsius[board]"} <= said.breached


def test_a_threshold_never_takes_a_device_down() -> None:
    limits = {"ping_loss_percent": Threshold(critical_above=50)}
    said = evaluate(result(Reading("ping_loss_percent", 66.6, "%")), limits, Role.REACHABILITY)
    assert said.verdict is Verdict.WARNING


def test_no_answer_is_critical_and_our_own_fault_is_nothing() -> None:
    failed = result(outcome=Outcome.FAILED, reason=Reason.NO_ANSWER)
    blind = result(outcome=Outcome.UNKNOWN, reason=Reason.COLLECTOR_LAG)
    assert evaluate(failed, {}, Role.HEALTH).verdict is Verdict.CRITICAL
    assert evaluate(blind, {}, Role.HEALTH).verdict is Verdict.NONE


def test_thresholds_are_found_among_scalars_and_in_tables() -> None:
    limit = Threshold(warning_above=1)
    group = MetricGroup(
        "g",
        "snmp",
        Role.HEALTH,
        60,
        metrics=(Metric("a", "1.3", threshold=limit), Metric("b", "1.4")),
        tables=(Table("t", (Metric("c", "1.5", threshold=limit),)),),
    )
    assert set(thresholds_of(group)) == {"a", "c"}


@pytest.mark.parametrize(
    ("readings", "verdict", "reason", "detail"),
    [
        ((("mains", 0), ("load", 10)), Verdict.WARNING, Reason.ON_BATTERY, "mains = 0"),
        ((("mains", 1), ("load", 85)), Verdict.WARNING, Reason.THRESHOLD, "load = 85"),
        ((("load", 85), ("mains", 0)), Verdict.WARNING, Reason.ON_BATTERY, "mains = 0"),
        ((("mains", 0), ("load", 85)), Verdict.WARNING, Reason.ON_BATTERY, "mains = 0"),
        ((("mains", 0), ("load", 99)), Verdict.CRITICAL, Reason.THRESHOLD, "load = 99"),
        ((("mains", 1), ("load", 10)), Verdict.OK, Reason.OK, ""),
    ],
)
def test_the_worst_threshold_gives_the_reason_and_on_battery_wins_among_equals(
    readings: tuple[tuple[str, int], ...], verdict: Verdict, reason: Reason, detail: str
) -> None:
    limits = {
        "mains": Threshold(states={0: Verdict.WARNING}, reason=Reason.ON_BATTERY),
        "load": Threshold(warning_above=80, critical_above=95),
    }
    told = evaluate(result(*(Reading(*one) for one in readings)), limits, Role.HEALTH)
    assert (told.verdict, told.reason, told.detail) == (verdict, reason, detail)


def test_two_signs_of_a_power_cut_are_told_by_the_first() -> None:
    cut = Threshold(states={0: Verdict.WARNING}, reason=Reason.ON_BATTERY)
    told = evaluate(result(Reading("a", 0), Reading("b", 0)), {"a": cut, "b": cut}, Role.HEALTH)
    assert (told.reason, told.detail) == (Reason.ON_BATTERY, "a = 0")

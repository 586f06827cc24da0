"""From a result to a verdict: outcome first, then the thresholds of its readings. Pure."""

from collections.abc import Mapping

from collector.model import (
    CheckResult,
    Evaluation,
    MetricGroup,
    Outcome,
    Reading,
    Reason,
    Role,
    Threshold,
    Verdict,
)

_CRITICALLY = "critical "  # marks, beside the key itself, what is beyond its critical limit
_NONE: frozenset[str] = frozenset()
_BADNESS = {Verdict.NONE: 0, Verdict.OK: 0, Verdict.WARNING: 1, Verdict.CRITICAL: 2}


def thresholds_of(group: MetricGroup) -> dict[str, Threshold]:
    """Collect the thresholds of a group by metric name."""
    metrics = [*group.metrics, *(metric for table in group.tables for metric in table.metrics)]
    return {metric.name: metric.threshold for metric in metrics if metric.threshold is not None}


def evaluate(
    result: CheckResult,
    thresholds: Mapping[str, Threshold],
    role: Role,
    breached: frozenset[str] = frozenset(),
) -> Evaluation:
    """Judge one result.

    An outcome of our own fault tells nothing (NONE); no answer is critical. A threshold never
    takes a device down: on a reachability check it warns at most, since whatever the figures
    say, the device has answered. The reason is that of the threshold that decides: the worst,
    and among equals one that is evidence of a power cut, since that explains more than itself.
    """
    if result.outcome is Outcome.UNKNOWN:
        return Evaluation(Verdict.NONE, result.reason, result.detail, breached)
    if result.outcome is Outcome.FAILED:
        return Evaluation(Verdict.CRITICAL, result.reason, result.detail, _NONE)
    if not thresholds:
        return Evaluation(Verdict.OK, result.reason, result.detail, _NONE)
    worst, now_breached = Verdict.OK, set()
    reason, detail = result.reason, result.detail
    for reading in result.readings:
        threshold = thresholds.get(reading.metric)
        if threshold is None:
            continue
        was = _was(_key(reading), breached) if breached else Verdict.OK
        verdict = judge(reading.value, threshold, was)
        if verdict is Verdict.OK:
            continue
        key = _key(reading)
        now_breached.add(key)
        if verdict is Verdict.CRITICAL:
            now_breached.add(_CRITICALLY + key)
        tells_more = threshold.reason is Reason.ON_BATTERY and reason is not Reason.ON_BATTERY
        if _BADNESS[verdict] > _BADNESS[worst] or (verdict is worst and tells_more):
            worst, reason, detail = verdict, threshold.reason, f"{key} = {_plain(reading)}"
    if role is Role.REACHABILITY and worst is Verdict.CRITICAL:
        worst = Verdict.WARNING
    return Evaluation(worst, reason, detail, frozenset(now_breached) if now_breached else _NONE)


def judge(value: float | int | str, threshold: Threshold, was: Verdict = Verdict.OK) -> Verdict:
    """Hold one value against its limits.

    Once beyond a limit (`was` says beyond which), a value is back only when it has passed that
    limit by `clear_margin`, so that a value that hovers around it does not chatter. Values
    without a limit are OK.
    """
    if threshold.states:
        named = threshold.states.get(value if isinstance(value, int | str) else str(value))
        if named is not None:
            return named
    if isinstance(value, str):
        return Verdict.OK
    margin = threshold.clear_margin if was is Verdict.CRITICAL else 0.0
    if _beyond(value, threshold.critical_above, threshold.critical_below, margin):
        return Verdict.CRITICAL
    margin = threshold.clear_margin if was is not Verdict.OK else 0.0
    if _beyond(value, threshold.warning_above, threshold.warning_below, margin):
        return Verdict.WARNING
    return Verdict.OK


def _beyond(value: float, above: float | None, below: float | None, margin: float) -> bool:
    return (above is not None and value > above - margin) or (
        below is not None and value < below + margin
    )


def _was(key: str, breached: frozenset[str]) -> Verdict:
    if _CRITICALLY + key in breached:
        return Verdict.CRITICAL
    return Verdict.WARNING if key in breached else Verdict.OK


def _key(reading: Reading) -> str:
    if not reading.labels:
        return reading.metric
    return f"{reading.metric}[{', '.join(value for _, value in reading.labels)}]"


def _plain(reading: Reading) -> str:
    number = f"{reading.value:g}" if isinstance(reading.value, float) else str(reading.value)
    return number if reading.unit == "1" else f"{number} {reading.unit}"

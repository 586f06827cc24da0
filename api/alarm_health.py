"""The health of alarms as `GET /alarm-health` and `pantau alert health` tell it."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from collector.alarm_health import (
    Health,
    Measure,
    Noisy,
    Rate,
    Stale,
    Verdict,
    advise,
    floor_to_bucket,
    judge,
    reckon,
    worst,
)
from collector.alarm_health.judging import BOUNDS, values
from collector.alarm_health.words import LANGUAGES, advice_words, verdict_words
from collector.model.alerts import Severity
from collector.store import Store

DEFAULT = timedelta(days=7)
LONGEST = timedelta(days=93)
_LISTED = 10
_DECIMALS = 1_000


class BadWindowError(ValueError):
    """A window that cannot be reckoned; `name` is the parameter's."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(f"{name}: {message}")


def window(
    start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Return the window that is asked for; what lies in the future is left out.

    Default: the last seven days. Raises BadWindowError.
    """
    until = now if end is None else min(end, now)
    since = floor_to_bucket(until - DEFAULT if start is None else start)
    if since >= until:
        raise BadWindowError("from", "has not begun yet, or is not before `to`")
    if until - since > LONGEST + timedelta(hours=1):
        raise BadWindowError("from", f"a window has at most {LONGEST.days} days")
    return since, until


def health_of(store: Store, start: datetime, end: datetime) -> Health:
    """Return the health of alarms from start on and before end. Raises StoreError."""
    return reckon(store.alerts.tally(start, end))


def as_json(health: Health) -> dict[str, object]:
    """Return it as clients see it (schemas.alarm_health.AlarmHealth)."""
    verdicts = judge(health)
    return {
        "from": health.start,
        "to": health.end,
        "verdict": _verdict(None, worst(verdicts.values())),
        "measures": [
            _measure(measure, value, verdicts.get(measure))
            for measure, value in values(health).items()
        ],
        "told": {
            "messages": health.messages,
            "dead": health.dead,
            "by_severity": _severities(health.told_by_severity),
            "receivers": [
                {"receiver": name} | _rate(rate) for name, rate in health.receivers.items()
            ],
        },
        "raised": _rate(health.raised)
        | {
            "own": health.own,
            "behind": health.raised.count - health.own,
            "devices": health.devices,
            "by_severity": _severities(health.own_by_severity),
        },
        "held": [{"reason": reason, "alerts": count} for reason, count in health.held.items()],
        "noisy": [_noisy(one, health.own) for one in health.noisy],
        "noisy_percent": _cut(health.noisy_percent),
        "chattering": {
            "devices": len(health.chattering),
            "items": [_noisy(one, health.own) for one in health.chattering[:_LISTED]],
        },
        "fleeting": {
            "alerts": health.fleeting,
            "percent": _cut(100.0 * health.fleeting / health.own) if health.own else None,
        },
        "stale": {
            "alerts": len(health.stale),
            "items": [_stale(one) for one in health.stale[:_LISTED]],
        },
        "acknowledged": {
            "incidents": health.waited.incidents,
            "acknowledged": health.waited.acknowledged,
            "median_seconds": health.waited.median_seconds,
            "p90_seconds": health.waited.p90_seconds,
        },
        "advice": [
            {"kind": one.kind, "device": one.device_id}
            | {language: advice_words(one, language) for language in LANGUAGES}
            for one in advise(health)
        ],
    }


def _measure(measure: Measure, value: float | None, verdict: Verdict | None) -> dict[str, object]:
    good, manageable = BOUNDS[measure]
    return {
        "measure": measure,
        "value": None if value is None else _cut(value),
        "good_up_to": good,
        "manageable_up_to": manageable,
        "verdict": None if verdict is None else _verdict(measure, verdict),
    }


def _verdict(measure: Measure | None, verdict: Verdict) -> dict[str, object]:
    said: dict[str, object] = {"verdict": verdict}
    return said | {one: verdict_words(measure, verdict, one) for one in LANGUAGES}


def _rate(rate: Rate) -> dict[str, object]:
    return {
        "count": rate.count,
        "per_day": _cut(rate.per_day),
        "per_10_minutes": _cut(rate.per_10_minutes),
        "peak": rate.peak,
        "peak_at": rate.peak_at,
        "floods": rate.floods,
        "flood_seconds": rate.flood_seconds,
        "flood_percent": _cut(rate.flood_percent),
    }


def _severities(counts: Mapping[Severity, int]) -> list[dict[str, object]]:
    total = sum(counts.values())
    return [
        {
            "severity": one,
            "count": counts.get(one, 0),
            "percent": _cut(100.0 * counts.get(one, 0) / total) if total else None,
        }
        for one in Severity
    ]


def _noisy(one: Noisy, own: int) -> dict[str, object]:
    return {
        "device": one.device_id,
        "name": one.about.name,
        "alerts": one.count,
        "percent": _cut(100.0 * one.count / own),
        "flapping": one.flapping,
        "fleeting": one.fleeting,
        "chattering": one.chattering,
        "confirm": one.about.confirm,
    }


def _stale(one: Stale) -> dict[str, object]:
    return {
        "device": one.device_id,
        "name": one.about.name,
        "state": one.state,
        "since": one.since_at,
    }


def _cut(value: float) -> float:
    """Return a figure with three decimals, rounded down as all percentages are."""
    return math.floor(value * _DECIMALS) / _DECIMALS

"""Holds what the platform reported against what the simulators really did. Pure.

Expected values come from the simulators' record alone (`simulators/`, record.jsonl); reported ones
from the HTTP API alone. A fault is *detected* when every one of its targets was reported in the
expected state; a *false alarm* is a device reported down, unreachable or degraded that the record
does not explain. `unknown` claims nothing and is never a false alarm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from api.demo.told import Happened, Heard, Limits, judge, shown

BAD_STATES = frozenset({"down", "unreachable", "degraded"})
EARLY_SECONDS = 35.0  # a walk that was under way when the fault began is dated by its slot
GRACE_SECONDS = 75.0  # how long after its end a fault may still explain what is reported


@dataclass(frozen=True, slots=True)
class Effect:
    """What one fault must look like on some devices, from when to when it was carried out."""

    fault_id: str
    kind: str
    targets: tuple[str, ...]
    expected_state: str
    start: datetime
    end: datetime
    cut_short: bool = False  # the demo ended before the fault did
    seen_after_seconds: float = 0.0  # a collector of the scenario's rhythm has noticed by then
    well_after_seconds: float = 0.0  # after the end; and seen that all is well by then


@dataclass(frozen=True, slots=True)
class Change:
    """One reported transition, as `GET /devices/{id}/transitions` gives it."""

    new: str
    at: datetime
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Truth:
    """The simulators' record."""

    devices: tuple[str, ...]
    started_at: datetime
    finished_at: datetime
    effects: tuple[Effect, ...]
    answers: Mapping[str, Mapping[str, int]]
    counted_from: datetime  # answers before were given when nobody could have kept them
    limits: Limits | None = None  # on messages, where the scenario is about them


@dataclass(frozen=True, slots=True)
class Report:
    """What the platform said, by device."""

    changes: Mapping[str, Sequence[Change]]
    polled: frozenset[str]
    seconds: Mapping[str, Mapping[str, float]]  # device → state → seconds of the window
    stored_readings: int
    schedule: Mapping[str, float]
    heard: Heard = field(default_factory=Heard)
    settle_seconds: float = 0.0  # before anybody is told
    cpu_seconds: float = 0.0
    peak_memory_mib: float = 0.0


def read_truth(events: Iterable[Mapping[str, Any]], devices: Iterable[str]) -> Truth:
    """Read a record. Raises ValueError when it does not say when it began and ended."""
    started: dict[str, Mapping[str, Any]] = {}
    begin = end = None
    effects: list[Effect] = []
    answers: Mapping[str, Mapping[str, int]] = {}
    before: Mapping[str, Mapping[str, int]] = {}
    counted_from = limits = None
    for event in events:
        at = datetime.fromisoformat(event["at"])
        if event["event"] == "started":
            begin = at
            most = event.get("most_messages")
            limits = None if most is None else Limits(most["out"], most["back"])
        elif event["event"] == "timeline_started":
            counted_from, before = at, event["answers"]
        elif event["event"] == "fault_started":
            started[event["id"]] = event
        elif event["event"] == "fault_ended":
            effects += _effects(started.pop(event["id"]), at, cut_short=False)
        elif event["event"] == "finished":
            end = at
            answers = event["answers"]
    if begin is None or end is None:
        raise ValueError("the record of the simulated city is not complete")
    for event in started.values():
        effects += _effects(event, end, cut_short=True)
    counted = {device: _less(count, before.get(device, {})) for device, count in answers.items()}
    return Truth(
        tuple(devices),
        begin,
        end,
        tuple(effects),
        counted,
        counted_from or begin,
        limits,
    )


def _less(count: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {name: number - before.get(name, 0) for name, number in count.items()}


def _effects(event: Mapping[str, Any], end: datetime, *, cut_short: bool) -> list[Effect]:
    start = datetime.fromisoformat(event["at"])
    return [
        Effect(
            event["id"],
            event["kind"],
            tuple(effect["targets"]),
            effect["expected_state"],
            start,
            end,
            cut_short,
            event.get("seen_after_seconds", 0.0),
            event.get("well_after_seconds", 0.0),
        )
        for effect in event["effects"]
        if effect["targets"]
    ]


def read_changes(items: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Read the transitions of one device, in order of id, as reports of a state.

    A row that only says that flapping began or ended repeats a state that was reported before: it
    is no report. A row with the same state and another cause is one.
    """
    found: list[Change] = []
    cause = None
    for item in sorted(items, key=lambda item: int(item["id"])):
        if item["old"] != item["new"] or item["cause"] != cause:
            began, sure = item["at"], item["confirmed_at"]
            moments = datetime.fromisoformat(began), datetime.fromisoformat(sure)
            found.append(Change(item["new"], *moments))
        cause = item["cause"]
    return found


def score(truth: Truth, report: Report) -> dict[str, Any]:
    """Return the score in the form of interfaces.md; `summary.missed` and `false_alarms` decide."""
    judged = [(effect, _judge(effect, report)) for effect in truth.effects]
    # What the end of the demo cut short may have had no time to be noticed: only a hit counts.
    faults = [fault for effect, fault in judged if _is_hit(fault) or not effect.cut_short]
    alarms = false_alarms(truth, report)
    detected = [fault for fault in faults if _is_hit(fault)]
    delays = sorted(
        fault["detected_after_seconds"]
        for fault in faults
        if fault["detected_after_seconds"] is not None
    )
    errors = [_uptime_error(device, truth, report) for device in truth.devices]
    witnesses = ("uptime_gets", "telemetry")
    expected_readings = sum(
        count.get(name, 0) for count in truth.answers.values() for name in witnesses
    )
    notifications = judge(
        happened(truth),
        report.heard,
        truth.finished_at,
        report.settle_seconds,
        truth.limits,
    )
    return {
        "devices": {"expected": len(truth.devices), "polled": len(report.polled)},
        "faults": faults,
        "false_alarms": alarms,
        "messages": shown(report.heard.messages),
        "summary": {
            "faults": len(faults),
            "cut_short": len(judged) - len(faults),
            "detected": len(detected),
            "missed": len(faults) - len(detected),
            "false_alarms": len(alarms),
            "detection_seconds": {
                "p50": _percentile(delays, 0.50),
                "p99": _percentile(delays, 0.99),
                "max": delays[-1] if delays else None,
            },
            "uptime_error_seconds": {
                "mean": round(sum(errors) / len(errors), 3) if errors else 0.0,
                "max": round(max(errors, default=0.0), 3),
            },
            "readings": {"expected": expected_readings, "stored": report.stored_readings},
            "notifications": notifications,
            "schedule": dict(report.schedule),
            "cpu_seconds": round(report.cpu_seconds, 3),
            "peak_memory_mib": round(report.peak_memory_mib, 1),
        },
    }


def passed(result: Mapping[str, Any]) -> bool:
    """Say whether nothing was missed, nothing invented, every device polled, and no check left out.

    Missed and invented are said of states and of messages.
    """
    summary, devices = result["summary"], result["devices"]
    schedule = summary["schedule"]
    faults = int(summary["missed"]) + int(summary["false_alarms"])
    wrong = summary["notifications"]["problems"]
    kept = schedule["done"] == schedule["due"] and devices["polled"] == devices["expected"]
    return faults == 0 and not wrong and bool(kept)


def happened(truth: Truth) -> list[Happened]:
    """Return the faults, each with all of its effects."""
    parts: dict[str, list[Effect]] = {}
    for effect in truth.effects:
        parts.setdefault(effect.fault_id, []).append(effect)
    return [_happened(effects) for effects in parts.values()]


def _happened(effects: Sequence[Effect]) -> Happened:
    first = effects[0]
    cut_off = [it.targets for it in effects if it.expected_state == "unreachable"]
    return Happened(
        id=first.fault_id,
        kind=first.kind,
        targets=frozenset[str]().union(*(it.targets for it in effects)),
        cut_off=frozenset[str]().union(*cut_off),
        start=first.start,
        end=first.end,
        seen_after_seconds=first.seen_after_seconds,
        well_after_seconds=first.well_after_seconds,
        shows=any(it.expected_state != "up" for it in effects),
        claims=any(it.expected_state in BAD_STATES for it in effects),
    )


def _judge(effect: Effect, report: Report) -> dict[str, Any]:
    """Say how one effect was reported: the slowest of its targets decides."""
    seen = [_seen(effect, report.changes.get(target, ())) for target in effect.targets]
    wrong = [state for state, _, _ in seen if state != effect.expected_state]
    detected = [seconds for _, seconds, _ in seen if seconds is not None]
    cleared = [seconds for _, _, seconds in seen if seconds is not None]
    return {
        "id": effect.fault_id,
        "kind": effect.kind,
        "targets": list(effect.targets),
        "from": effect.start.isoformat(),
        "until": effect.end.isoformat(),
        "expected_state": effect.expected_state,
        "reported_state": wrong[0] if wrong else effect.expected_state,
        "detected_after_seconds": max(detected) if detected and not wrong else None,
        "cleared_after_seconds": max(cleared) if len(cleared) == len(seen) else None,
    }


def _is_hit(fault: Mapping[str, Any]) -> bool:
    return bool(fault["reported_state"] == fault["expected_state"])


def _seen(effect: Effect, changes: Sequence[Change]) -> tuple[str, float | None, float | None]:
    """Return the state reported for one target, and the delays of detection and clearing."""
    until = effect.end + timedelta(seconds=GRACE_SECONDS)
    before = [change.new for change in changes if change.confirmed_at < effect.start]
    within = [change for change in changes if effect.start <= change.confirmed_at <= until]
    if effect.expected_state == "up":
        wrong = [change.new for change in within if change.new in BAD_STATES]
        return (wrong[0] if wrong else "up"), None, None
    for index, change in enumerate(within):
        if change.new == effect.expected_state:
            back = next((one for one in within[index:] if one.new == "up"), None)
            cleared = None if back is None else _seconds(back.confirmed_at, effect.end)
            return change.new, _seconds(change.confirmed_at, effect.start), cleared
    shown = [change.new for change in within] or before
    return (shown[-1] if shown else "unknown"), None, None


def false_alarms(truth: Truth, report: Report) -> list[dict[str, Any]]:
    """Return every reported bad state that no effect on that device explains."""
    effects: dict[str, list[Effect]] = {}
    for effect in truth.effects:
        for target in effect.targets:
            effects.setdefault(target, []).append(effect)
    return [
        {"device": device, "state": change.new, "at": change.at.isoformat()}
        for device, changes in report.changes.items()
        for change in changes
        if change.new in BAD_STATES
        and not any(_explains(effect, change) for effect in effects.get(device, ()))
    ]


def _explains(effect: Effect, change: Change) -> bool:
    return (
        effect.expected_state == change.new
        and effect.start - timedelta(seconds=EARLY_SECONDS) <= change.at
        and effect.start <= change.confirmed_at
        and change.at <= effect.end + timedelta(seconds=1)
    )


def _uptime_error(device: str, truth: Truth, report: Report) -> float:
    """Return how far the reported seconds of service loss are from the truth, for one device."""
    spans = sorted(
        (effect.start, effect.end)
        for effect in truth.effects
        if device in effect.targets and effect.expected_state in ("down", "unreachable")
    )
    if any(first[1] > second[0] for first, second in pairwise(spans)):
        raise ValueError(f"the record holds overlapping faults on {device}")
    expected = sum(_seconds(end, start) for start, end in spans)
    said = report.seconds.get(device, {})
    return abs(said.get("down", 0.0) + said.get("unreachable", 0.0) - expected)


def _seconds(later: datetime, earlier: datetime) -> float:
    return round((later - earlier).total_seconds(), 3)


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

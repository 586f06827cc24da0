"""When a verdict is believed, and what the checks of a device say together. Pure.

A check holds two yes/no beliefs, "something is wrong" and "it is critical", each changed by a
run of results in a row: `rule.confirm` to believe the worse, `rule.recover` to believe the
better. A device that loses two echoes of three and now and then all three is thus degraded and
never down, and a belief always begins at the first result of its run:

    results    ok  C  C  C  C  ok  ok
    verdict    ok ......... C ....... ok        (confirm 3, recover 2)
    since_at      ^first C           ^first ok
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct, structs

from collector.model import (
    CheckResult,
    CheckState,
    DeviceState,
    Evaluation,
    Reason,
    Role,
    Rule,
    Status,
    Verdict,
)

_State = TypeVar("_State", CheckState, DeviceState)


def advance(
    state: CheckState, evaluation: Evaluation, result: CheckResult, rule: Rule, now: datetime
) -> CheckState:
    """Take one result into account.

    Returns `state` itself when the result is not newer than the last one: a slot counts once.
    When the last slot lies in the future of `now`, the clock went back and the result is taken.
    """
    if _is_old(state, result, now):
        return state
    verdict = evaluation.verdict
    heard = structs.replace(
        state,
        reason=evaluation.reason,
        detail=evaluation.detail,
        last_slot_at=result.slot_at,
        last_result_at=state.last_result_at if verdict is Verdict.NONE else result.slot_at,
        last_outcome=result.outcome,
        latency_seconds=result.latency_seconds,
        breached=evaluation.breached,
    )
    if verdict is Verdict.NONE or (verdict is state.verdict and not in_doubt(state)):
        return heard  # as it nearly always is: there is nothing to count
    return _believe(_count(heard, verdict, result.slot_at), verdict, now, rule)


def heard_at(state: DeviceState, at: datetime) -> DeviceState:
    """Return a device's state with the moment of its last fresh result; nothing else changes."""
    return structs.replace(state, last_result_at=at)


def in_doubt(state: CheckState) -> bool:
    """Say whether results speak against the verdict: the check is to be repeated soon."""
    return state.pending_count > 0 or state.critical_count > 0


def suspected(state: CheckState) -> bool:
    """Say whether a failure is suspected but not confirmed."""
    return state.verdict is not Verdict.CRITICAL and state.critical_count > 0


def forget(state: CheckState) -> CheckState:
    """Drop belief and doubts, keeping what is shown of the last result (collector was gone)."""
    return structs.replace(
        state,
        verdict=Verdict.NONE,
        since_at=None,
        confirmed_at=None,
        pending=Verdict.NONE,
        pending_count=0,
        pending_since_at=None,
        critical_count=0,
        critical_since_at=None,
    )


def _is_old(state: CheckState, result: CheckResult, now: datetime) -> bool:
    last = state.last_slot_at
    return last is not None and result.slot_at <= last <= now


def _count(state: CheckState, verdict: Verdict, slot_at: datetime) -> CheckState:
    """Lengthen or break the two runs of results that speak against what is believed."""
    believed_bad = state.verdict in (Verdict.WARNING, Verdict.CRITICAL)
    is_bad = verdict is not Verdict.OK
    believed_critical = state.verdict is Verdict.CRITICAL
    is_critical = verdict is Verdict.CRITICAL
    if is_bad == believed_bad and is_critical == believed_critical and not in_doubt(state):
        return state  # as it nearly always is
    pending_count, pending_since_at = (
        (state.pending_count + 1, state.pending_since_at or slot_at)
        if is_bad != believed_bad
        else (0, None)
    )
    critical_count, critical_since_at = (
        (state.critical_count + 1, state.critical_since_at or slot_at)
        if is_critical != believed_critical
        else (0, None)
    )
    doubtful = pending_count > 0 or critical_count > 0
    return structs.replace(
        state,
        pending=verdict if doubtful else Verdict.NONE,
        pending_count=pending_count,
        pending_since_at=pending_since_at,
        critical_count=critical_count,
        critical_since_at=critical_since_at,
    )


def _believe(state: CheckState, verdict: Verdict, now: datetime, rule: Rule) -> CheckState:
    if state.verdict is Verdict.NONE and verdict is Verdict.OK:
        return _adopt(state, Verdict.OK, state.last_slot_at, now)
    if state.verdict is not Verdict.CRITICAL and state.critical_count >= rule.confirm:
        return _adopt(state, Verdict.CRITICAL, state.critical_since_at, now)
    # While results are critical it is left open whether the device is troubled or dying: the
    # first train of pings to a dying device often brings an echo or two back.
    troubled = verdict is Verdict.WARNING and state.pending_count >= rule.confirm
    if state.verdict in (Verdict.NONE, Verdict.OK) and troubled:
        return _adopt(state, Verdict.WARNING, state.pending_since_at, now)
    if state.verdict is Verdict.CRITICAL:
        return _believe_return(state, verdict, now, rule)
    if state.verdict is Verdict.WARNING and state.pending_count >= rule.recover:
        return _adopt(state, Verdict.OK, state.pending_since_at, now)
    return state


def _believe_return(state: CheckState, verdict: Verdict, now: datetime, rule: Rule) -> CheckState:
    """Believe that what was critical no longer is, from its first answer on.

    A first answer that straddles the return often lost an echo or two; whether the device came
    back well or troubled is left open until the results after it agree.
    """
    if state.pending_count >= rule.recover:
        return _adopt(state, Verdict.OK, state.critical_since_at, now)
    if state.critical_count >= rule.recover and verdict is Verdict.WARNING:
        return _adopt(state, Verdict.WARNING, state.critical_since_at, now)
    return state


def _adopt(
    state: CheckState, verdict: Verdict, since_at: datetime | None, now: datetime
) -> CheckState:
    """Believe a verdict. The result that decided it was the last to speak against the old one."""
    return structs.replace(
        state,
        verdict=verdict,
        since_at=since_at,
        confirmed_at=now,
        pending=Verdict.NONE,
        pending_count=0,
        pending_since_at=None,
        critical_count=0,
        critical_since_at=None,
    )


def not_after(state: _State, now: datetime) -> _State:
    """Return a state none of whose moments lies in the future."""
    late: dict[str, Any] = {
        name: now
        for name in state.__struct_fields__
        if isinstance(moment := getattr(state, name), datetime) and moment > now
    }
    return structs.replace(state, **late) if late else state


# --- devices ----------------------------------------------------------------------------------


class CheckView(Struct, frozen=True, gc=False):
    """What the status of a device needs to know of one of its checks."""

    role: Role
    fresh_seconds: float
    state: CheckState


class DeviceView(Struct, frozen=True, gc=False):
    """What the checks say together. `at` is when the deciding verdict began."""

    status: Status
    at: datetime | None
    confirmed_at: datetime | None
    reason: Reason
    detail: str


_NOTHING = DeviceView(Status.UNKNOWN, None, None, Reason.NEVER_SEEN, "")


def device_view(checks: Iterable[CheckView], now: datetime) -> DeviceView:
    """Derive the status of a device from its checks.

    1. A reachability check that is critical and fresh: down.
    2. Nothing fresh from the reachability checks (or, where there is none, from any check):
       unknown since the last fresh result. Nothing believed of them yet: unknown as well.
    3. Any other confirmed trouble: degraded, by the worst and oldest check.
    4. Otherwise up, as soon as one reachability check (or, without one, any check) is ok.

    A trouble that is older than the device's return counts from the return on.
    """
    views = list(checks)
    for view in views:
        if (
            view.role is Role.REACHABILITY
            and view.state.verdict is Verdict.CRITICAL
            and is_fresh(view, now)
        ):
            return _by(view, Status.DOWN)
    witnesses = witness_checks(views)
    fresh = [view for view in witnesses if is_fresh(view, now)]
    if not fresh:
        return _silence(witnesses)
    if all(view.state.verdict is Verdict.NONE for view in fresh):
        return _NOTHING  # failing pings, not yet confirmed: a dead device is not degraded first
    troubled = [v for v in views if v.state.verdict in (Verdict.WARNING, Verdict.CRITICAL)]
    well = [view for view in views if view.state.verdict is Verdict.OK]
    if troubled:
        worst = _by(min(troubled, key=_worst_first), Status.DEGRADED)
        returned = [view for view in well if view.role is Role.REACHABILITY]
        return structs.replace(
            worst, at=_latest([worst.at, *(view.state.since_at for view in returned)])
        )
    if any(view.state.verdict is Verdict.OK for view in fresh):
        latest = max(well, key=lambda view: view.state.since_at or now)
        return _by(latest, Status.UP)
    return _NOTHING


def witness_checks(views: Iterable[CheckView]) -> list[CheckView]:
    """Return the checks whose fresh results prove that we still see the device."""
    every = list(views)
    return [view for view in every if view.role is Role.REACHABILITY] or every


def is_fresh(view: CheckView, now: datetime) -> bool:
    """Say whether the check's last result is recent enough to be believed.

    At the very end of its time it is not: that is when silence is looked for, once.
    """
    last = view.state.last_result_at
    return last is not None and now - last < timedelta(seconds=view.fresh_seconds)


def _by(view: CheckView, status: Status) -> DeviceView:
    state = view.state
    return DeviceView(status, state.since_at, state.confirmed_at, state.reason, state.detail)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _silence(witnesses: list[CheckView]) -> DeviceView:
    heard = [view.state.last_result_at for view in witnesses if view.state.last_result_at]
    if not heard:
        return _NOTHING
    return DeviceView(Status.UNKNOWN, max(heard), None, Reason.SILENT, "")


def _worst_first(view: CheckView) -> tuple[bool, float]:
    since = view.state.since_at
    return view.state.verdict is not Verdict.CRITICAL, since.timestamp() if since else 0.0

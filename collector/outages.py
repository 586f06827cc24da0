"""From the log of transitions to outages: when a device did not work, and who cut it off. Pure.

    up ──► down ─────────────► up            DOWN         ├─────────────┤
    up ──► unreachable (sw) ─► up            UNREACHABLE  ├─────────────┤
    up ──► down ─► unreachable (sw) ─► up    DOWN         ├─────────────────────────┤
                                             UNREACHABLE         ├──────────────────┤
    up ──► down ─► unknown ─► down ─► up     DOWN         ├─────────────────────────┤  one outage

Transitions are taken in the order of the log. A later word holds from its own moment on, even one
that lies before what was said earlier (a silence noticed late, a clock that was set back): so an
end before the beginning takes the outage back, and a beginning before the one that is known moves
it there. All DOWN time and all UNREACHABLE time of a log lie inside outages of that kind.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from collector.model import CauseClass, CauseRule, Outage, State, Transition

_WORKING = frozenset({State.UP, State.DEGRADED})


def follow(open_: Sequence[Outage], moved: Transition) -> list[Outage]:
    """Return the outages that a transition changes or begins, ended ones first.

    `open_` are the device's outages that are still on, at most one of each kind. Steps:

    1. Seen working (up, degraded): both kinds end.
    2. Down: being unreachable ends; an outage of its own begins unless one is on.
    3. Unreachable: one behind another root ends; one behind this root begins unless it is on. An
       outage of the device's own goes on: nobody can see that it ended.
    4. Unknown: nothing. Time in which nobody looked neither begins nor ends an outage.

    A row of the log that only says that flapping began or ended repeats the state and its moment,
    so it changes nothing.
    """
    own = _of_kind(open_, State.DOWN)
    cut_off = _of_kind(open_, State.UNREACHABLE)
    if moved.new in _WORKING:
        return _ended(own, moved) + _ended(cut_off, moved)
    if moved.new is State.DOWN:
        return _ended(cut_off, moved) + _on_from(own, moved)
    if moved.new is State.UNREACHABLE:
        if cut_off is not None and cut_off.root != moved.cause:
            return _ended(cut_off, moved) + _on_from(None, moved)
        return _on_from(cut_off, moved)
    return []


def ended_unseen(outage: Outage, at: datetime) -> Outage:
    """Return an outage that ends because its device left the inventory: nobody saw it work.

    So `end_confirmed_at` stays empty.
    """
    return replace(outage, ended_at=max(at, outage.started_at))


def counts(outage: Outage) -> bool:
    """Say whether an outage counts: not one that a later word of the log took back."""
    return outage.ended_at is None or outage.ended_at > outage.started_at


def _of_kind(outages: Sequence[Outage], state: State) -> Outage | None:
    return next((outage for outage in outages if outage.state is state), None)


def _ended(outage: Outage | None, moved: Transition) -> list[Outage]:
    if outage is None:
        return []
    at = max(moved.at, outage.started_at)
    return [replace(outage, ended_at=at, end_confirmed_at=max(moved.confirmed_at, at))]


def _on_from(outage: Outage | None, moved: Transition) -> list[Outage]:
    """Begin an outage, or move the one that is on to an earlier beginning; else nothing."""
    if outage is None:
        return [_begun(moved)]
    if moved.at < outage.started_at:
        confirmed_at = min(outage.confirmed_at, moved.confirmed_at)
        return [replace(outage, started_at=moved.at, confirmed_at=confirmed_at)]
    return []


def _begun(moved: Transition) -> Outage:
    cut_off = moved.new is State.UNREACHABLE
    cause, rule = (
        (CauseClass.UPSTREAM, CauseRule.PARENT_DOWN)
        if cut_off
        else (CauseClass.UNKNOWN, CauseRule.NO_EVIDENCE)
    )
    return Outage(
        device_id=moved.device_id,
        state=moved.new,
        started_at=moved.at,
        confirmed_at=moved.confirmed_at,
        reason=moved.reason,
        detail=moved.detail,
        root=moved.cause if cut_off else None,
        proposed_cause=cause,
        proposed_by=rule,
        cause=cause,
    )

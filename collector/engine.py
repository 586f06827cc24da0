"""The arrow in the middle of the picture: results in; states, transitions and advice out.

The engine decides and does no I/O. What it decided is taken by the writer (`take_changes`), and
what should be asked next goes back to the poller as `Advice`, so that the two need not share a
process. All moments are handed in; the engine reads no clock.

How a dead switch becomes one `down` and many `unreachable`:

    1. a camera's ping fails once    → its switch is asked now, the camera again in 5 s
    2. the camera's third failure    → would be down, but its only way is under suspicion: held
    3. the switch's third failure    → switch down; held cameras become unreachable, cause: switch
    4. the switch answers twice      → switch up; cameras stay unreachable until a fresh result
"""

import heapq
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from collector.advice import Advice, Changes, EngineCounters
from collector.evaluate import evaluate, thresholds_of
from collector.flapping import Unsteady
from collector.model import (
    Check,
    CheckResult,
    CheckState,
    Device,
    DeviceState,
    Outcome,
    Reading,
    Reason,
    ResultBatch,
    Role,
    State,
    Status,
    Threshold,
    Transition,
    Verdict,
)
from collector.schedule import phase_seconds
from collector.state import (
    CheckView,
    DeviceView,
    advance,
    device_view,
    forget,
    heard_at,
    in_doubt,
    not_after,
)
from collector.topology import BLOCKING, Topology, groups_of
from collector.ways import Watched, Ways

logger = logging.getLogger(__name__)

HOLD_SECONDS = 60.0  # how long a child waits for a suspected parent before it is called down
RESUME_SECONDS = 10.0  # after a gap of our own, every device is asked again within this time
_AT_ONCE = 0.0
_SET_BACK = timedelta(seconds=1)  # a clock that is this much earlier than before was set


class Engine:
    """Holds what is believed about every device of the plan."""

    def __init__(
        self, devices: Iterable[Device], checks: Iterable[Check], gap_seconds: float
    ) -> None:
        """Start with everything unknown.

        `gap_seconds`: when nothing at all was handled for so long, the collector itself was away
        (stopped, suspended) and what it believed is no longer known.
        """
        self._checks: dict[str, Check] = {}
        self._thresholds: dict[str, Mapping[str, Threshold]] = {}
        self._watched: dict[str, Watched] = {}
        self._states: dict[str, CheckState] = {}
        self._unsteady = Unsteady(())
        self.add(devices, checks)
        self._leaving: frozenset[str] = frozenset()
        self._held: set[str] = set()
        self._expiries: list[tuple[datetime, str]] = []
        self._gap_seconds = gap_seconds
        self._wall: datetime | None = None  # the clocks, when last looked at
        self._monotonic: float | None = None
        self._changed_devices: dict[str, DeviceState] = {}
        self._changed_checks: dict[str, CheckState] = {}
        self._dirty_checks: set[str] = set()
        self._dirty_devices: set[str] = set()
        self._transitions: list[Transition] = []
        self._readings: list[tuple[str, datetime, tuple[Reading, ...]]] = []
        self.counters = EngineCounters()

    # --- in -----------------------------------------------------------------------------------

    def add(self, devices: Iterable[Device], checks: Iterable[Check]) -> None:
        """Hold more devices, all unknown; what is believed of the others stays.

        Their parents are among them or were there before. One that was known to an earlier run is
        told of with `begin`.
        """
        by_device: dict[str, list[Check]] = {}
        for check in checks:
            self._hold(check)
            by_device.setdefault(check.device_id, []).append(check)
        for device in devices:
            own = tuple(by_device.get(device.id, ()))
            self._watched[device.id] = Watched(device, own, DeviceState(device.id))
        self._find_ways()

    def follow(self, devices: Iterable[Device], checks: Iterable[Check], now: datetime) -> Advice:
        """Hold exactly these devices and checks from now on; say what to ask next.

        What is believed of a device stays while it is asked the same. One whose reachability is
        asked otherwise (another address, another rule) is another device to us: it is unknown
        until it answered. Of one that is gone nothing is told any more.
        """
        advice = Advice()
        self._leaving = frozenset()
        by_device: dict[str, list[Check]] = {}
        for check in checks:
            by_device.setdefault(check.device_id, []).append(check)
        wanted = {device.id: device for device in devices}
        gone = frozenset(self._watched.keys() - wanted.keys())
        self._drop(gone)
        before = {one: watched.device for one, watched in self._watched.items()}
        new = [device for device in wanted.values() if device.id not in before]
        asked_anew = [
            self._watched[one]
            for one in before
            if self._replace_checks(self._watched[one], by_device.get(one, ()), advice)
        ]
        for one in before:
            self._watched[one].device = wanted[one]
        self.add(new, [check for one in new for check in by_device.get(one.id, ())])
        for watched in asked_anew:
            self._begin_anew(watched, now, advice)
        for device in new:
            self._ask_soon(self._watched[device.id], advice)
        if gone or any(groups_of(old) != groups_of(wanted[one]) for one, old in before.items()):
            self._reconsider_ways(now, advice)
        return advice

    def expect_gone(self, device_ids: Collection[str]) -> None:
        """Tell nothing of these devices any more: they are being retired in the store."""
        self._leaving = frozenset(device_ids)

    def begin(self, devices: Mapping[str, DeviceState], now: datetime) -> None:
        """Take over what was stored by an earlier run: it is history, not knowledge.

        Every device that was known becomes unknown from its last fresh result on; the gap is
        neither up nor down. No device goes down before it was asked again.
        """
        self._wall = now
        for device_id, stored in devices.items():
            watched = self._watched.get(device_id)
            if watched is None:
                continue
            watched.state = not_after(stored, now)
            self._become_unknown(watched, now, Reason.COLLECTOR_GONE)

    def handle(self, batch: ResultBatch, now: datetime, monotonic: float) -> Advice:
        """Take results into account, in the order given; say what to ask next.

        `now` is the wall clock, `monotonic` a clock that does not jump, in seconds.
        """
        advice = Advice()
        self._look_at_clocks(now, monotonic, advice)
        for result in batch.results:
            self._take(result, now, monotonic, advice)
        return advice

    def tick(self, now: datetime, monotonic: float) -> Advice:
        """Let time pass: silence becomes unknown, held children are decided. Call each second."""
        advice = Advice()
        self._look_at_clocks(now, monotonic, advice)
        while self._expiries and self._expiries[0][0] <= now:
            _, device_id = heapq.heappop(self._expiries)
            if device_id in self._watched:
                self._check_freshness(self._watched[device_id], now, advice)
        for device_id in tuple(self._held):
            self._review(self._watched[device_id], now, advice)
        for check_id in self._unsteady.pass_time(monotonic):
            self._show_flapping(self._watched[self._checks[check_id].device_id], now)
        return advice

    # --- out ----------------------------------------------------------------------------------

    def take_changes(self) -> Changes:
        """Hand over what has to be stored since the last call."""
        changes = Changes(
            tuple(self._changed_devices.values()),
            tuple(self._changed_checks.values()),
            tuple(self._transitions),
            tuple(self._readings),
        )
        self._changed_devices.clear()
        self._changed_checks.clear()
        self._transitions.clear()
        self._readings.clear()
        return changes

    def take_touched(self) -> tuple[list[DeviceState], list[CheckState]]:
        """Hand over states whose last result moved without a change; stored with heartbeats."""
        devices = [self._watched[device_id].state for device_id in self._dirty_devices]
        checks = [self._states[check_id] for check_id in self._dirty_checks]
        self._dirty_devices.clear()
        self._dirty_checks.clear()
        return devices, checks

    def state_of(self, device_id: str) -> DeviceState:
        """Return what is believed about a device. Raises KeyError for one not in the plan."""
        return self._watched[device_id].state

    def check_state_of(self, check_id: str) -> CheckState:
        """Return what is believed about a check. Raises KeyError for one not in the plan."""
        return self._states[check_id]

    # --- one result ---------------------------------------------------------------------------

    def _take(self, result: CheckResult, now: datetime, monotonic: float, advice: Advice) -> None:
        self.counters.results += 1
        check = self._checks.get(result.check_id)
        if check is None:
            self.counters.dropped += 1
            return
        if result.slot_at > now + _SET_BACK:  # the clock was set back while the check ran
            result = structs.replace(result, slot_at=now)
        old = self._states[check.id]
        evaluation = evaluate(result, self._thresholds[check.id], check.role, old.breached)
        new = advance(old, evaluation, result, check.rule, now)
        if new is old:
            self.counters.dropped += 1
            return
        self._states[check.id] = new
        self._dirty_checks.add(check.id)
        if result.readings:
            self._readings.append((check.device_id, result.slot_at, result.readings))
        watched = self._watched[check.device_id]
        if result.outcome is Outcome.UNKNOWN:
            self.counters.blind += 1
        else:
            self._note_fresh(watched, check, new)
        if in_doubt(new) or watched.paused or result.outcome is Outcome.FAILED:
            self._advise(watched, check, new, now, advice)
        unsettled = (
            watched.state.state is State.UNREACHABLE or watched.state.status is Status.UNKNOWN
        )
        # Another reason for the same trouble is news, too: a UPS that was worn is on battery now.
        tells_more = new.reason is not old.reason and evaluation.verdict is new.verdict
        if new.verdict is not old.verdict or unsettled or tells_more:
            self._review(watched, now, advice)
        if self._held:
            self._review_held_children(check.device_id, now, advice)
        turned = new.verdict is not old.verdict and old.verdict is not Verdict.NONE
        self._unsteady.take(check.id, evaluation.verdict, turned, monotonic)
        if watched.state.flapping or not self._unsteady.is_calm:
            self._show_flapping(watched, now)

    def _note_fresh(self, watched: Watched, check: Check, state: CheckState) -> None:
        if state.last_result_at is None:
            return
        last = watched.state.last_result_at
        if not watched.expiry_queued and _is_witness(watched, check):
            self._queue_expiry(watched, state.last_result_at + _freshness(check))
        if last is None or state.last_result_at > last:
            watched.state = heard_at(watched.state, state.last_result_at)
            self._dirty_devices.add(check.device_id)

    def _advise(
        self, watched: Watched, check: Check, state: CheckState, now: datetime, advice: Advice
    ) -> None:
        """Look closer where there is doubt, and do not ask what cannot answer."""
        if in_doubt(state):
            advice.ask(check.id, check.rule.retry_seconds)
        failing = state.last_outcome is Outcome.FAILED
        if check.role is Role.REACHABILITY:
            if failing and not watched.paused:
                watched.paused = True
                advice.pause.add(watched.device.id)
                self._ask_reachability(watched.device.parents, now, advice)
            elif watched.paused and self._answers_again(watched):
                watched.paused = False
                advice.resume.add(watched.device.id)
        elif failing and state.critical_count == 1:
            self._ask_reachability((watched.device.id,), now, advice)

    def _answers_again(self, watched: Watched) -> bool:
        """Say whether the last word of every reachability check is an answer, or is ours."""
        last = [
            self._states[check.id].last_outcome
            for check in watched.checks
            if check.role is Role.REACHABILITY
        ]
        return Outcome.ANSWERED in last and Outcome.FAILED not in last

    def _ask_reachability(self, device_ids: Iterable[str], now: datetime, advice: Advice) -> None:
        """Ask now, unless the check is being repeated anyway, at the pace of rechecks at most.

        Many children must not use up within a second the failures that a parent is granted, nor
        keep it busy with their questions.
        """
        for device_id in device_ids:
            for check in self._watched[device_id].checks:
                state = self._states[check.id]
                if check.role is not Role.REACHABILITY or in_doubt(state):
                    continue
                wait = _AT_ONCE
                if state.last_slot_at is not None:
                    asked_ago = (now - state.last_slot_at).total_seconds()
                    wait = max(_AT_ONCE, check.rule.retry_seconds - asked_ago)
                advice.ask(check.id, wait)

    # --- one device ---------------------------------------------------------------------------

    def _review(self, watched: Watched, now: datetime, advice: Advice) -> None:
        """Derive the device's state anew; store what changed; look at those behind it."""
        view = device_view(self._views(watched), now)
        if view.status is Status.UNKNOWN:
            self._release(watched)  # what fell silent is not waited for; its next hold is a new one
            if watched.state.status is not Status.UNKNOWN:
                self._become_unknown(watched, now, Reason.SILENT)
                self._review_children(watched, now, advice)
            return
        state, cause = self._overlay(watched, view, now, advice)
        if state is None:
            return
        self._release(watched)
        if state is State.UNREACHABLE:
            view = structs.replace(view, reason=Reason.PARENT_DOWN)
        if state is not watched.state.state or cause != watched.state.cause:
            self._change(watched, view, state, cause, now)
            self._review_children(watched, now, advice)
        elif view.status is not watched.state.status or view.reason is not watched.state.reason:
            watched.state = structs.replace(
                watched.state, status=view.status, reason=view.reason, detail=view.detail
            )
            self._dirty_devices.add(watched.device.id)

    def _overlay(
        self, watched: Watched, view: DeviceView, now: datetime, advice: Advice
    ) -> tuple[State | None, str | None]:
        """Return the state people see and its cause; (None, None) while it must be held."""
        if view.status is not Status.DOWN:
            return State(view.status.value), None
        if watched.state.state not in BLOCKING and self._ways.answers_again(watched):
            return None, None  # it was held until it answered: its next results decide
        root = self._ways.root(watched.device.id)
        if root is not None:
            return State.UNREACHABLE, root
        if self._ways.all_suspect(watched) and self._may_hold(watched, now):
            self._ask_reachability(watched.device.parents, now, advice)
            return None, None
        if watched.state.state is State.UNREACHABLE and not self._ways.asked_since_return(watched):
            return None, None
        return State.DOWN, None

    def _may_hold(self, watched: Watched, now: datetime) -> bool:
        if watched.held_until is None:
            watched.held_until = now + timedelta(seconds=HOLD_SECONDS)
            self._held.add(watched.device.id)
        return now < watched.held_until

    def _release(self, watched: Watched) -> None:
        watched.held_until = None
        self._held.discard(watched.device.id)

    def _change(
        self,
        watched: Watched,
        view: DeviceView,
        state: State,
        cause: str | None,
        now: datetime,
    ) -> None:
        old = watched.state
        began = view.at or now
        if state is State.DOWN and old.state is State.UNREACHABLE:
            began = old.last_result_at or now  # its own outage begins where the parent's ended
        elif state is State.UNREACHABLE and old.state is State.UNREACHABLE and cause:
            began = self._ways.handed_on_at(watched, cause) or now
        elif state is State.UNREACHABLE and old.status is Status.DOWN:
            began = self._ways.cut_off_at(watched) or now  # until then it was down by itself
        elif old.state is State.UNKNOWN and old.confirmed_at is not None:
            # A result that was under way when we were away does not tell of that time.
            began = max(began, old.confirmed_at)
        at = max(began, old.since_at) if old.since_at else began
        confirmed_at = max(now, at)
        self._record(
            watched,
            structs.replace(
                old,
                status=view.status,
                state=state,
                since_at=at,
                confirmed_at=confirmed_at,
                reason=view.reason,
                detail=view.detail,
                cause=cause,
            ),
        )

    def _become_unknown(self, watched: Watched, now: datetime, reason: Reason) -> None:
        """Backdate to the last fresh result, and believe nothing until asked again."""
        self._release(watched)
        self._forget_checks(watched)
        old = watched.state
        if old.state is State.UNKNOWN:
            watched.state = structs.replace(old, status=Status.UNKNOWN, flapping=False)
            return
        began = old.last_result_at or now
        at = max(began, old.since_at) if old.since_at else began
        self._record(
            watched,
            structs.replace(
                old,
                status=Status.UNKNOWN,
                state=State.UNKNOWN,
                since_at=at,
                confirmed_at=max(now, at),
                reason=reason,
                detail="",
                cause=None,
                flapping=False,
            ),
        )

    def _begin_anew(self, watched: Watched, now: datetime, advice: Advice) -> None:
        self._become_unknown(watched, now, Reason.NEVER_SEEN)
        self._ask_soon(watched, advice)

    def _ask_soon(self, watched: Watched, advice: Advice) -> None:
        for check in watched.checks:
            if check.role is Role.REACHABILITY:
                advice.ask(check.id, phase_seconds(check.id, RESUME_SECONDS))

    def _reconsider_ways(self, now: datetime, advice: Advice) -> None:
        """Judge failures by the ways that there are now.

        What was cut off and is not any more was asked over its old way: nothing is known of it.
        """
        cut_off = [one for one in self._watched.values() if one.state.state is State.UNREACHABLE]
        while freed := [
            one
            for one in cut_off
            if one.state.state is State.UNREACHABLE and self._ways.root(one.device.id) is None
        ]:
            for watched in freed:
                self._begin_anew(watched, now, advice)
        for watched in self._watched.values():
            if watched.state.status is Status.DOWN or watched.held_until is not None:
                self._review(watched, now, advice)

    def _hold(self, check: Check) -> None:
        self._checks[check.id] = check
        self._thresholds[check.id] = thresholds_of(check.group)
        self._states[check.id] = CheckState(check.id)
        self._unsteady.add(check)

    def _find_ways(self) -> None:
        self._topology = Topology.of(watched.device for watched in self._watched.values())
        self._ways = Ways(self._topology, self._watched, self._states)

    def _drop(self, gone: frozenset[str]) -> None:
        """Forget devices, and what of them was not stored yet: they are not watched any more."""
        for device_id in gone:
            for check in self._watched.pop(device_id).checks:
                self._drop_check(check)
            self._changed_devices.pop(device_id, None)
        self._held -= gone
        self._dirty_devices -= gone
        self._transitions = [one for one in self._transitions if one.device_id not in gone]
        self._readings = [one for one in self._readings if one[0] not in gone]

    def _drop_check(self, check: Check) -> None:
        del self._checks[check.id], self._thresholds[check.id], self._states[check.id]
        self._changed_checks.pop(check.id, None)
        self._dirty_checks.discard(check.id)
        self._unsteady.drop(check.id)

    def _replace_checks(self, watched: Watched, checks: Sequence[Check], advice: Advice) -> bool:
        """Give a device these checks; say whether its reachability is asked otherwise now."""
        old = {check.id: check for check in watched.checks}
        new = {check.id: check for check in checks}
        gone = [check for check in old.values() if not _is_same(check, new.get(check.id))]
        come = [check for check in new.values() if not _is_same(check, old.get(check.id))]
        for check in gone:
            self._drop_check(check)
        for check in come:
            self._hold(check)
        watched.checks = tuple(checks)
        anew = any(check.role is Role.REACHABILITY for check in (*gone, *come))
        if anew and watched.paused:  # it was the old address that did not answer
            watched.paused = False
            advice.resume.add(watched.device.id)
        return anew

    def _forget_checks(self, watched: Watched) -> None:
        for check in watched.checks:
            self._states[check.id] = forget(self._states[check.id])
            self._dirty_checks.add(check.id)
            self._unsteady.forget(check.id)

    def _show_flapping(self, watched: Watched, now: datetime) -> None:
        """Lay over the state whether the device flaps; what is unknown does not."""
        state = watched.state
        flaps = self._unsteady.any_of(watched.checks) and state.state is not State.UNKNOWN
        if flaps is not state.flapping and state.since_at is not None:
            self._record(
                watched, structs.replace(state, flapping=flaps), noticed_at=max(now, state.since_at)
            )

    def _record(
        self, watched: Watched, new: DeviceState, noticed_at: datetime | None = None
    ) -> None:
        """Believe a new state and log it.

        `noticed_at`: when an overlay changed that leaves the state, and when it was confirmed,
        as they are.
        """
        if new.device_id in self._leaving:
            return
        old = watched.state
        watched.state = new
        confirmed_at = noticed_at or new.confirmed_at
        if new.since_at is None or confirmed_at is None:
            raise ValueError(f"a transition of {new.device_id} needs its moments")
        self.counters.transitions += 1
        self._changed_devices[new.device_id] = new
        for check in watched.checks:
            self._changed_checks[check.id] = self._states[check.id]
        self._transitions.append(
            Transition(
                device_id=new.device_id,
                old=old.state,
                new=new.state,
                at=new.since_at,
                confirmed_at=confirmed_at,
                reason=new.reason,
                detail=new.detail,
                cause=new.cause,
                flapping=new.flapping,
            )
        )

    # --- those behind it ----------------------------------------------------------------------

    def _review_children(self, watched: Watched, now: datetime, advice: Advice) -> None:
        for child_id in self._topology.children.get(watched.device.id, ()):
            child = self._watched[child_id]
            if child.state.status is Status.DOWN or child.held_until is not None:
                self._ask_reachability((child_id,), now, advice)
                self._review(child, now, advice)

    def _review_held_children(self, device_id: str, now: datetime, advice: Advice) -> None:
        for child_id in self._topology.children.get(device_id, ()):
            if child_id in self._held:
                self._review(self._watched[child_id], now, advice)

    # --- time ---------------------------------------------------------------------------------

    def _look_at_clocks(self, now: datetime, monotonic: float, advice: Advice) -> None:
        """Notice that the wall clock was set back, or that the collector itself was away."""
        wall, self._wall = self._wall, now
        before, self._monotonic = self._monotonic, monotonic
        if wall is not None and now < wall - _SET_BACK:
            self._set_back(now)
        if before is not None and monotonic - before > self._gap_seconds:
            self._make_gap(monotonic - before, now, advice)

    def _set_back(self, now: datetime) -> None:
        """Let no moment lie ahead of a clock that was set back.

        Else nobody would be found silent, and every change would be told of the future, until
        the clock has caught up: hours, for a machine that started with its clock in local time.
        """
        logger.warning("the clock was set back to %s", now.isoformat())
        for check_id, state in self._states.items():
            self._states[check_id] = not_after(state, now)
            self._dirty_checks.add(check_id)
        self._expiries.clear()
        for watched in self._watched.values():
            watched.state = not_after(watched.state, now)
            self._dirty_devices.add(watched.device.id)
            if watched.held_until is not None:
                latest = now + timedelta(seconds=HOLD_SECONDS)
                watched.held_until = min(watched.held_until, latest)
            if watched.expiry_queued:
                self._queue_expiry(watched, now)

    def _make_gap(self, seconds: float, now: datetime, advice: Advice) -> None:
        self.counters.gaps += 1
        logger.warning("nothing was handled for %.1f s; all states are unknown", seconds)
        for watched in self._watched.values():
            self._become_unknown(watched, now, Reason.COLLECTOR_GONE)
        for check in self._checks.values():
            if check.role is Role.REACHABILITY:
                advice.ask(check.id, phase_seconds(check.id, RESUME_SECONDS))

    def _check_freshness(self, watched: Watched, now: datetime, advice: Advice) -> None:
        expiries = [
            last_at + _freshness(check)
            for check in watched.checks
            if _is_witness(watched, check)
            and (last_at := self._states[check.id].last_result_at) is not None
        ]
        latest = max(expiries, default=now)
        if latest > now:
            self._queue_expiry(watched, latest)
        else:
            watched.expiry_queued = False  # the next fresh result queues it again
            if watched.state.status is Status.UNKNOWN:
                self._forget_checks(watched)  # a run of results ends with their freshness
            self._review(watched, now, advice)

    def _queue_expiry(self, watched: Watched, expires_at: datetime) -> None:
        watched.expiry_queued = True
        heapq.heappush(self._expiries, (expires_at, watched.device.id))

    def _views(self, watched: Watched) -> Sequence[CheckView]:
        return [
            CheckView(
                check.role,
                _freshness(check).total_seconds(),
                self._states[check.id],
            )
            for check in watched.checks
        ]


def _is_same(check: Check, other: Check | None) -> bool:
    return check is other or check == other


def _is_witness(watched: Watched, check: Check) -> bool:
    """Say whether silence of this check counts: a daily inventory must not hide a silent ping."""
    return check.role is Role.REACHABILITY or all(
        one.role is not Role.REACHABILITY for one in watched.checks
    )


def _freshness(check: Check) -> timedelta:
    """Return how long a result may be believed: intervals of the rule, plus one run's deadline."""
    return timedelta(
        seconds=check.interval_seconds * check.rule.fresh_intervals + check.timeout_seconds
    )

"""Why a device's alert was told or held: now, by asking every stage again; then, by what is stored.

    now   store ─► surroundings, desk ─► explain (every stage, also those behind the one that holds)
    then  store ─► the decision that was in force

Reads only; the process of alerts need not run. Blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from collector.model import Reason, State
from collector.model.alerts import (
    Alert,
    Decision,
    Notification,
    Purpose,
    Severity,
    Stage,
    Thread,
)
from collector.notify.deciding.desk import Desk
from collector.notify.deciding.following import COLLECTOR
from collector.notify.deciding.stages import STAGES, Hold, explain
from collector.notify.deciding.world import DeviceFacts, Rules, World
from collector.notify.routing import COLLECTOR_KIND
from collector.notify.surroundings import START_GRACE, Surroundings
from collector.store import AlertDetail, NotificationFilter, Store

MESSAGES = 200
"""So many messages of a thread are looked at."""

_WITH_OTHERS = (Purpose.STORM, Purpose.DIGEST)
_NOBODY_WAITED_FOR = 2 * START_GRACE


class Verdict(StrEnum):
    """What a stage says of an alert."""

    PASSES = "passes"
    HOLDS = "holds"
    WOULD_HOLD = "would_hold"  # as well, if the one before it did not
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class StageSaid:
    """A stage, and what it says."""

    stage: Stage
    verdict: Verdict
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that there is to say about a device's alert at a moment.

    `supposed`: there was none, and the stages were asked about one that is not there.
    `decided_at`: when what the stages say was decided, None: just now.
    """

    device: DeviceFacts
    at: datetime
    alert: Alert | None
    detail: AlertDetail | None  # of the alert, or of the last one before
    supposed: bool
    stages: tuple[StageSaid, ...]
    decided_at: datetime | None
    messages: tuple[Notification, ...]  # about that alert, oldest first

    @property
    def held(self) -> StageSaid | None:
        """Return the stage that holds it; None: none does."""
        return next((one for one in self.stages if one.verdict is Verdict.HOLDS), None)


def explain_now(
    store: Store,
    rules: Rules,
    device_id: str,
    now: datetime,
    *,
    collector_id: str,
    state: State = State.DOWN,
) -> Explanation | None:
    """Ask every stage about a device's alert as things are now; None: there is no such device.

    Where the device has none that is firing, about one that it would have if it came to `state`
    at this moment. Raises StoreError.
    """
    known = store.alerts.begin()
    around = Surroundings(store, collector_id, now - _NOBODY_WAITED_FOR)
    around.begin(known.alerts, _incidents_of(known.threads))
    desk = Desk(known.alerts, known.decisions, known.threads, known.members)
    seen, _ = around.look(now, desk.alerts)
    world = desk.seen_in(seen)
    alert = world.alerts.get(device_id)
    detail = store.alerts.at(device_id, now)
    device = _device(world, device_id, detail)
    if device is None:
        return None
    supposed = alert is None or alert.ended_at is not None
    asked = alert
    if asked is None or asked.ended_at is not None:
        asked = Alert(device_id, state, Severity.WARNING, now, now, Reason.NO_ANSWER, state_at=now)
        world = replace(world, alerts={**world.alerts, device_id: asked})
    asked = replace(asked, severity=rules.policy(asked, device).severity)
    return Explanation(
        device=device,
        at=now,
        alert=asked,
        detail=detail,
        supposed=supposed,
        stages=_fresh(explain(asked, world, rules, now)),
        decided_at=None,
        messages=_messages(store, detail),
    )


def explain_then(
    store: Store, device_id: str, at: datetime, *, collector_id: str
) -> Explanation | None:
    """Return what was in force at a moment, as it was stored; None: there is no such device.

    Raises StoreError.
    """
    detail = store.alerts.at(device_id, at)
    world, _ = Surroundings(store, collector_id, at).look(at, {})
    device = _device(world, device_id, detail)
    if device is None:
        return None
    alert = None if detail is None else detail.row.alert
    if alert is not None and alert.ended_at is not None and alert.ended_at <= at:
        alert = None
    decision = None if detail is None or alert is None else _in_force(detail.decisions, at)
    return Explanation(
        device=device,
        at=at,
        alert=alert,
        detail=detail,
        supposed=False,
        stages=() if alert is None else _stored(decision),
        decided_at=None if decision is None else decision.at,
        messages=_messages(store, detail),
    )


def _fresh(said: Sequence[tuple[Stage, Hold | None]]) -> tuple[StageSaid, ...]:
    found: list[StageSaid] = []
    is_held = False
    for stage, hold in said:
        if hold is None:
            found.append(StageSaid(stage, Verdict.PASSES))
            continue
        found.append(StageSaid(stage, Verdict.WOULD_HOLD if is_held else Verdict.HOLDS, hold))
        is_held = True
    return tuple(found)


def _stored(decision: Decision | None) -> tuple[StageSaid, ...]:
    """Return what a decision says of the stages: those before it passed, those behind slept."""
    found: list[StageSaid] = []
    verdict = Verdict.NOT_ASKED if decision is None else Verdict.PASSES
    for stage, _ in STAGES:
        if decision is not None and decision.reason is not None and stage is decision.stage:
            hold = Hold(decision.reason, decision.detail, decision.until_at)
            found.append(StageSaid(stage, Verdict.HOLDS, hold))
            verdict = Verdict.NOT_ASKED
            continue
        found.append(StageSaid(stage, verdict))
    return tuple(found)


def _in_force(decisions: Sequence[Decision], at: datetime) -> Decision | None:
    return next((one for one in reversed(decisions) if one.at <= at), None)


def _messages(store: Store, detail: AlertDetail | None) -> tuple[Notification, ...]:
    """Return the messages of an alert's threads, and the roll-ups and digests they were in."""
    found: dict[int, Notification] = {}
    for thread, _ in () if detail is None else detail.threads:
        own = store.outbox.page(NotificationFilter(thread=thread.id), limit=MESSAGES).items
        found |= {one.id or 0: one for one in own}
        for purpose in _WITH_OTHERS:
            found |= {one.id or 0: one for one in _with_others(store, thread, purpose)}
    return tuple(found[number] for number in sorted(found))


def _with_others(store: Store, thread: Thread, purpose: Purpose) -> list[Notification]:
    """Return roll-ups or digests that were made at the moment when the thread was told."""
    if thread.first_told_at is None:
        return []
    until_at = (thread.told_at or thread.first_told_at) + timedelta(microseconds=1)
    wanted = NotificationFilter(purpose=purpose, start=thread.first_told_at, end=until_at)
    page = store.outbox.page(wanted, limit=MESSAGES)
    told = {thread.first_told_at, thread.told_at}
    return [one for one in page.items if one.created_at in told]


def _incidents_of(threads: Sequence[Thread]) -> list[int]:
    return [
        int(number)
        for name, _, number in (one.key.partition(":") for one in threads)
        if name == "incident" and number.isdecimal()
    ]


def _device(world: World, device_id: str, detail: AlertDetail | None) -> DeviceFacts | None:
    found = world.devices.get(device_id)
    return _of_alert(device_id, detail) if found is None else found


def _of_alert(device_id: str, detail: AlertDetail | None) -> DeviceFacts | None:
    """Return what an alert knows of what is no device (a collector) or is none any more."""
    if detail is None:
        return None
    row = detail.row
    if device_id.startswith(COLLECTOR):
        return DeviceFacts(device_id, device_id.removeprefix(COLLECTOR), COLLECTOR_KIND, site="")
    return DeviceFacts(device_id, row.device_name or device_id, row.kind or "", row.site or "")

"""What of alerts and messages is counted for the health of alarms, in SQL: `store.alerts.tally`.

Ten thousand devices and a month are answered from indices and groups; no alert becomes an object.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    union_all,
)

from collector.alarm_health import (
    BUCKET,
    FLEETING,
    LEAD,
    STALE_AFTER,
    AboutDevice,
    Noisy,
    Stale,
    Tally,
    floor_to_bucket,
)
from collector.alarm_health.figures import BURST, BURST_WITHIN, MANY, MANY_WITHIN, SHELVED
from collector.model import Role, State
from collector.model.alerts import DeliveryState, HoldReason, Purpose, Severity
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store.incidents.rows import chunks
from collector.store.schema import (
    alert_threads,
    alerts,
    checks,
    devices,
    incidents,
    notifications,
    thread_members,
)

_MICROSECOND = 1_000_000
_BUCKET = int(BUCKET.total_seconds()) * _MICROSECOND
_INCIDENT = "incident:"
_NAMED = 20  # devices that are asked after; nobody names more

_OWN = and_(
    alerts.c.state != State.UNREACHABLE.value,
    or_(alerts.c.state != State.UNKNOWN.value, alerts.c.device_id.startswith("collector:")),
)
"""An alert is a device's own unless it is cut off behind another, or nobody looked at it."""


def tally(connection: Connection, start: datetime, end: datetime) -> Tally:
    """Count start <= t < end, from the full ten minutes at or before `start`."""
    start = floor_to_bucket(start)
    told, told_by_severity = _told(connection, start, end)
    noisy, by_severity = _noisy(connection, start, end)
    stale = _stale(connection, end)
    chattering = [one for one in noisy if one.chattering]
    named: tuple[Noisy | Stale, ...] = (*noisy[:_NAMED], *chattering[:_NAMED], *stale[:_NAMED])
    about = _about(connection, {one.device_id for one in named})
    unknown = AboutDevice()
    return Tally(
        start=start,
        end=end,
        raised=_raised(connection, start, end),
        told=told,
        own_by_severity=by_severity,
        told_by_severity=told_by_severity,
        held=_held(connection, start, end),
        noisy=tuple(replace(one, about=about.get(one.device_id, unknown)) for one in noisy),
        stale=tuple(replace(one, about=about.get(one.device_id, unknown)) for one in stale),
        waited=_waited(connection, start, end),
        dead=_dead(connection, start, end),
    )


def first_at(connection: Connection) -> datetime | None:
    """Return when the first alert was raised, None: none ever was."""
    return from_micros_or_none(connection.scalar(select(func.min(alerts.c.confirmed_at))))


def _raised(connection: Connection, start: datetime, end: datetime) -> dict[int, int]:
    bucket = (alerts.c.confirmed_at // _BUCKET).label("bucket")
    query = select(bucket, func.count()).where(*_within(alerts.c.confirmed_at, start - LEAD, end))
    return {row[0]: row[1] for row in connection.execute(query.group_by(bucket))}


def _told(
    connection: Connection, start: datetime, end: datetime
) -> tuple[dict[str, dict[int, int]], dict[Severity, int]]:
    """Return messages by receiver and bucket, and those of the window by severity.

    Tests and heartbeats are none that people got for an alert.
    """
    c = notifications.c
    bucket = (c.sent_at // _BUCKET).label("bucket")
    query = (
        select(c.receiver, bucket, c.severity, func.count())
        .where(
            *_within(c.sent_at, start - LEAD, end),
            c.purpose.not_in((Purpose.HEARTBEAT.value, Purpose.TEST.value)),
        )
        .group_by(c.receiver, bucket, c.severity)
    )
    told: defaultdict[str, dict[int, int]] = defaultdict(dict)
    by_severity: Counter[Severity] = Counter()
    first = to_micros(start) // _BUCKET
    for receiver, number, severity, count in connection.execute(query):
        of_receiver = told[receiver]
        of_receiver[number] = of_receiver.get(number, 0) + count
        if number >= first:
            by_severity[Severity(severity)] += count
    return dict(told), dict(by_severity)


def _noisy(
    connection: Connection, start: datetime, end: datetime
) -> tuple[list[Noisy], dict[Severity, int]]:
    """Return every device with alerts of its own, the noisiest first; and these by severity."""
    c = alerts.c
    burst, many = (c.confirmed_at - _so_many_before(times) for times in (BURST, MANY))
    single = (
        select(
            c.device_id,
            _number(c.flapping).label("flapping"),
            _number(and_(c.ended_at.is_not(None), _lasted() < _micros(FLEETING))).label("fleeting"),
            func.coalesce(_number(burst < _micros(BURST_WITHIN)), 0).label("burst"),
            func.coalesce(_number(many < _micros(MANY_WITHIN)), 0).label("many"),
            *(_number(c.severity == one.value).label(one.value) for one in Severity),
        )
        .where(*_within(c.confirmed_at, start, end), _OWN)
        .subquery()
    )
    s = single.c
    count = func.count().label("count")
    query = (
        select(
            s.device_id,
            count,
            func.sum(s.flapping).label("flapping"),
            func.sum(s.fleeting).label("fleeting"),
            (func.max(s.burst) + func.max(s.many)).label("chattering"),
            *(func.sum(s[one.value]).label(one.value) for one in Severity),
        )
        .group_by(s.device_id)
        .order_by(count.desc(), s.device_id)
    )
    noisy: list[Noisy] = []
    by_severity: Counter[Severity] = Counter()
    for row in connection.execute(query):
        noisy.append(Noisy(row[0], row[1], row[2], row[3], row[4] > 0))
        for severity, times in zip(Severity, row[5:], strict=True):
            by_severity[severity] += times
    return noisy, {severity: times for severity, times in by_severity.items() if times}


def _held(connection: Connection, start: datetime, end: datetime) -> dict[HoldReason, int]:
    """Return how many alerts were in no message, by why they were held last."""
    named = exists().where(
        thread_members.c.alert_id == alerts.c.id, thread_members.c.told_state.is_not(None)
    )
    reason = alerts.c.hold_reason
    query = (
        select(reason, func.count())
        .where(*_within(alerts.c.confirmed_at, start, end), reason.is_not(None), ~named)
        .group_by(reason)
    )
    return {HoldReason(held): count for held, count in connection.execute(query)}


def _stale(connection: Connection, end: datetime) -> list[Stale]:
    c = alerts.c
    old = to_micros(end - STALE_AFTER)
    still = select(c.id).where(c.ended_at.is_(None), c.confirmed_at <= old)
    # The sum keeps the planner from reading all that was ever confirmed before.
    then = select(c.id).where(c.ended_at > to_micros(end), c.confirmed_at + 0 <= old)
    query = (
        select(c.device_id, c.state, c.began_at)
        .where(
            c.id.in_(union_all(still, then)),
            _OWN,
            or_(c.hold_reason.is_(None), c.hold_reason.not_in([one.value for one in SHELVED])),
        )
        .order_by(c.began_at, c.device_id)
    )
    return [
        Stale(device_id, State(state), from_micros(since))
        for device_id, state, since in connection.execute(query)
    ]


def _waited(connection: Connection, start: datetime, end: datetime) -> tuple[float | None, ...]:
    """Return for each incident that was told first in the window how long nobody had it.

    A thread forgets with the recovery when it was told; its first messages are kept.
    """
    t, n = alert_threads.c, notifications.c
    said = union_all(
        select(t.key, t.first_told_at.label("at")).where(
            *_within(t.first_told_at, start, end), t.key.startswith(_INCIDENT)
        ),
        select(t.key, n.created_at.label("at"))
        .join(alert_threads, t.id == n.thread_id)
        .where(
            *_within(n.created_at, start, end),
            n.purpose == Purpose.FIRING.value,
            n.state != DeliveryState.WITHDRAWN.value,
            t.key.startswith(_INCIDENT),
        ),
    ).subquery()
    told = (
        select(
            cast(func.substr(said.c.key, len(_INCIDENT) + 1), Integer).label("incident_id"),
            func.min(said.c.at).label("told_at"),
        )
        .group_by(said.c.key)
        .subquery()
    )
    query = (
        select(told.c.told_at, incidents.c.acknowledged_at)
        .join(incidents, incidents.c.id == told.c.incident_id)
        .where(incidents.c.merged_into.is_(None))
        .order_by(told.c.told_at, told.c.incident_id)
    )
    return tuple(
        None if taken is None else max(0, taken - told_first) / _MICROSECOND
        for told_first, taken in connection.execute(query)
    )


def _dead(connection: Connection, start: datetime, end: datetime) -> int:
    c = notifications.c
    query = select(func.count()).where(
        c.state == DeliveryState.DEAD.value, *_within(c.created_at, start, end)
    )
    return connection.scalar(query) or 0


def _about(connection: Connection, named: Collection[str]) -> dict[str, AboutDevice]:
    """Return the names of devices, and after how many failures in a row they count as down."""
    confirm = (
        select(func.max(checks.c.confirm))
        .where(
            checks.c.device_id == devices.c.id,
            checks.c.role == Role.REACHABILITY.value,
            checks.c.retired_at.is_(None),
        )
        .scalar_subquery()
    )
    query = select(devices.c.id, devices.c.name, confirm)
    found = {}
    for some in chunks(named):
        for device_id, name, times in connection.execute(query.where(devices.c.id.in_(some))):
            found[device_id] = AboutDevice(name, times)
    return found


def _within(
    moment: ColumnElement[Any], start: datetime, end: datetime
) -> tuple[ColumnElement[bool], ...]:
    return moment >= to_micros(start), moment < to_micros(end)


def _so_many_before(times: int) -> ColumnElement[int]:
    """Return when the device raised the first of the last so many alerts."""
    c = alerts.c
    before = func.lag(c.confirmed_at, times - 1)
    return before.over(partition_by=c.device_id, order_by=(c.confirmed_at, c.id))


def _lasted() -> ColumnElement[int]:
    return alerts.c.ended_at - alerts.c.confirmed_at


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(condition, Integer)

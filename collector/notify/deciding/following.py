"""Alerts follow from transitions: what a row of the log makes of a device's alert. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from collector.model import Reason, State, Transition
from collector.model.alerts import Alert, Severity

COLLECTOR = "collector:"  # alerts of collectors stand under this prefix instead of a device id
_IN_INCIDENTS = frozenset({State.DOWN, State.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class News:
    """A transition, with the incident of the outage that it began or goes on in."""

    transition: Transition
    incident_id: int | None = None


def follow(alert: Alert | None, news: News) -> Alert | None:
    """Return the device's alert after a transition; None: there is none, and there was none.

    Unknown keeps the incident of what was known before: time in which nobody looked does not end
    an outage. The severity is set anew by the policy whenever the alert is decided.
    """
    row = news.transition
    if row.new is State.UP:
        if alert is None:
            return None
        if alert.ended_at is not None:
            return replace(alert, flapping=row.flapping, transition_id=row.id)
        return replace(
            alert,
            ended_at=max(row.at, alert.began_at),
            end_confirmed_at=row.confirmed_at,
            transition_id=row.id,
            flapping=row.flapping,
        )
    incident_id = news.incident_id
    if alert is not None and alert.ended_at is None:
        if incident_id is None and row.new is not State.DEGRADED:
            incident_id = alert.incident_id
        same = row.new is alert.state
        return replace(
            alert,
            state=row.new,
            reason=row.reason,
            detail=row.detail,
            root=row.cause,
            incident_id=incident_id,
            flapping=row.flapping,
            state_at=alert.state_at or alert.began_at if same else max(row.at, alert.began_at),
            transition_id=row.id,
        )
    return Alert(
        device_id=row.device_id,
        state=row.new,
        severity=Severity.WARNING,
        began_at=row.at,
        confirmed_at=row.confirmed_at,
        reason=row.reason,
        detail=row.detail,
        root=row.cause,
        incident_id=incident_id,
        flapping=row.flapping,
        transition_id=row.id,
        state_at=row.at,
    )


def follow_collectors(
    alerts: Mapping[str, Alert], gone: Mapping[str, datetime], now: datetime
) -> list[Alert]:
    """Return the alerts of collectors that are new or over, by who is gone (its last heartbeat)."""
    changed = []
    for collector, heartbeat_at in sorted(gone.items()):
        known = alerts.get(COLLECTOR + collector)
        if known is None or known.ended_at is not None:
            changed.append(
                Alert(
                    device_id=COLLECTOR + collector,
                    state=State.UNKNOWN,
                    severity=Severity.CRITICAL,
                    began_at=heartbeat_at,
                    confirmed_at=now,
                    reason=Reason.COLLECTOR_GONE,
                    state_at=heartbeat_at,
                )
            )
    for name, known in sorted(alerts.items()):
        if not name.startswith(COLLECTOR) or known.ended_at is not None:
            continue
        if name.removeprefix(COLLECTOR) not in gone:
            changed.append(replace(known, ended_at=now, end_confirmed_at=now))
    return changed


def in_incident(alert: Alert) -> bool:
    """Say whether an alert is part of its incident: what is unknown still is."""
    return alert.incident_id is not None and (
        alert.state in _IN_INCIDENTS or alert.state is State.UNKNOWN
    )

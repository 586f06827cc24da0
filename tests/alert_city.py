"""Alerts, threads and messages in the small city of the API's tests, as the process writes them."""

from dataclasses import replace
from datetime import timedelta

from collector.model import Reason, State
from collector.model.alerts import (
    Alert,
    Decision,
    HoldReason,
    Notification,
    Purpose,
    Severity,
    Stage,
    Thread,
    ThreadMember,
)
from collector.notify.deciding.telling import telling
from collector.notify.deciding.words import Content
from collector.notify.deciding.world import Address
from collector.notify.words.facts import About, Facts, Named
from collector.store import Batch
from tests.api_city import NOON, City

BEGAN = NOON - timedelta(minutes=10)
TOLD = NOON - timedelta(minutes=8)


def switch_dies(city: City) -> Notification:
    """The switch of a site dies, a camera stands behind it, one message is sent; return it."""
    city.change("sw-0001", State.DOWN, at=BEGAN)
    city.change("cam-0001", State.UNREACHABLE, at=BEGAN, reason=Reason.PARENT_DOWN, cause="sw-0001")
    switch = _alert("sw-0001", State.DOWN, Severity.CRITICAL)
    camera = _alert("cam-0001", State.UNREACHABLE, Severity.WARNING, root="sw-0001")
    facts = Facts(
        Purpose.FIRING, Severity.CRITICAL, About.DEVICE, TOLD, "Asia/Makassar",
        name="Switch Losari", kind="switch", state=State.DOWN, reason=Reason.NO_ANSWER,
        devices=(Named("sw-0001", "Switch Losari", "switch", State.DOWN, Reason.NO_ANSWER, BEGAN),),
        firing=1, kinds=(("switch", 1),), carried=(("camera", 1),), site="Anjungan Losari",
        began_at=BEGAN, incident_id=1,
    )  # fmt: skip
    return tell(city, "incident:1", [(switch, None), (camera, HoldReason.PARENT_DOWN)], facts)


def camera_degrades(city: City) -> Notification:
    """A camera is beyond its threshold: no outage, so no incident; return its message."""
    city.change("cam-0002", State.DEGRADED, at=BEGAN, reason=Reason.THRESHOLD)
    alert = _alert("cam-0002", State.DEGRADED, Severity.WARNING, incident=None)
    name = "Kamera Losari 02"
    facts = Facts(
        Purpose.FIRING, Severity.WARNING, About.DEVICE, TOLD, "Asia/Makassar",
        name=name, kind="camera", state=State.DEGRADED, reason=Reason.THRESHOLD,
        devices=(Named("cam-0002", name, "camera", State.DEGRADED, Reason.THRESHOLD, BEGAN),),
        firing=1, kinds=(("camera", 1),), site="Anjungan Losari", began_at=BEGAN,
    )  # fmt: skip
    return tell(city, "device:cam-0002", [(alert, None)], facts)


def tell(
    city: City, key: str, members: list[tuple[Alert, HoldReason | None]], facts: Facts
) -> Notification:
    """Store alerts, their thread and a message of it; return the message."""
    thread = Thread(
        key, BEGAN, facts.severity, TOLD, told_at=TOLD, first_told_at=TOLD, sequence=1,
        receivers=("piket",),
    )  # fmt: skip
    content = Content(thread, facts.purpose, facts.severity)
    said = telling(content, Address("piket", "telegram"), TOLD)
    made = Notification(
        None, "piket", "telegram", facts.purpose, said.key, TOLD, TOLD, facts.to_json(),
        severity=facts.severity,
    )  # fmt: skip
    alerts = [one for one, _ in members]
    city.store.alerts.commit(
        Batch(
            TOLD,
            alerts=alerts,
            decisions=[_decision(one, reason) for one, reason in members],
            threads=[thread],
            members=[
                ThreadMember(
                    key, BEGAN, one.device_id, TOLD, leads=reason is None, told_state=one.state
                )
                for one, reason in members
            ],
            notifications=[(thread, made)],
        )
    )
    (stored,) = city.store.outbox.page(limit=1).items
    return stored


def end_alerts(city: City, key: str, *devices: str) -> None:
    """End the alerts of devices now, and close their thread."""
    now = city.clock.now()
    known = {one.device_id: one for one in city.store.alerts.begin().alerts}
    thread = next(one for one in city.store.alerts.begin().threads if one.key == key)
    city.store.alerts.commit(
        Batch(
            now,
            alerts=[replace(known[one], ended_at=now, end_confirmed_at=now) for one in devices],
            threads=[replace(thread, closed_at=now, over_at=now)],
        )
    )


def _alert(
    device_id: str,
    state: State,
    severity: Severity,
    *,
    root: str | None = None,
    incident: int | None = 1,
) -> Alert:
    reason = Reason.NO_ANSWER if root is None else Reason.PARENT_DOWN
    return Alert(
        device_id, state, severity, BEGAN, BEGAN + timedelta(seconds=90), reason, "3 dari 3 hilang",
        root, incident,
    )  # fmt: skip


def _decision(alert: Alert, reason: HoldReason | None) -> tuple[Alert, Decision]:
    if reason is None:
        return alert, Decision(0, TOLD, Stage.SEND, None, "jaringan")
    return alert, Decision(0, TOLD, Stage.CAUSE, reason, alert.root or "")

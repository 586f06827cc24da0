"""Alerts as rows: a step is one transaction, and a process takes up where it stopped."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model import Device, IncidentGroup, State
from collector.model.alerts import HoldReason, Purpose, Severity, Stage
from collector.store import (
    AlertFilter,
    Batch,
    CursorMovedError,
    Store,
    StoreError,
    Withdrawal,
)
from collector.store.alerts import writing
from tests.contract.alerts_made import alert, held, member, message, moved, passed, thread
from tests.contract.store_backends import BACKENDS, T0, at, city, open_backend

UP, DOWN, UNREACHABLE, UNKNOWN = State.UP, State.DOWN, State.UNREACHABLE, State.UNKNOWN


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


INCIDENT = thread("incident:1")
SWITCH, CAMERA = alert("sw-1"), alert("cam-1", root="sw-1", state=UNREACHABLE, incident_id=None)
KEY = "incident:1/1/piket/telegram"


def one_step(**changed: object) -> Batch:
    """A first step: a switch and what it cuts off, in one thread, and one message."""
    made = Batch(
        at(1),
        marks={"transitions": 2},
        alerts=[SWITCH, CAMERA],
        decisions=[passed(SWITCH), held(CAMERA, HoldReason.PARENT_DOWN, stage=Stage.CAUSE)],
        threads=[INCIDENT],
        members=[
            member(INCIDENT, SWITCH, told_state=DOWN, told_severity=Severity.WARNING),
            member(INCIDENT, CAMERA, leads=False),
        ],
        notifications=[(INCIDENT, message(KEY))],
    )
    return replace(made, **changed)  # type: ignore[arg-type]


# --- a step -----------------------------------------------------------------------------------


def test_a_process_takes_up_exactly_what_a_step_wrote(store: Store) -> None:
    done = store.alerts.commit(one_step())
    switch, camera = done.alerts
    (within,) = done.threads
    assert [replace(one, id=None) for one in done.alerts] == [SWITCH, CAMERA]
    found = store.alerts.begin()
    assert found.marks["transitions"].value == 2
    assert set(found.alerts) == {switch, camera}
    assert set(found.decisions) == {
        passed(switch),
        held(camera, HoldReason.PARENT_DOWN, stage=Stage.CAUSE),
    }
    assert found.threads == (within,) == (replace(INCIDENT, id=within.id),)
    told = {"told_state": DOWN, "told_severity": Severity.WARNING}
    assert found.members == (
        member(INCIDENT, camera, leads=False, alert_id=camera.id),
        member(INCIDENT, switch, alert_id=switch.id, **told),
    )
    (written,) = store.outbox.page().items
    assert written == message(KEY, within.id, id=written.id)
    assert done.notifications == {KEY: written.id}


def test_everything_of_a_thread_comes_back_as_it_was(store: Store) -> None:
    full = thread(
        "storm:1",
        closed_at=at(9),
        told_at=at(3),
        told={"down": 3, "unreachable": 40},
        escalated=2,
        first_told_at=at(2),
        told_severity=Severity.CRITICAL,
        told_cause="feeder:GI-3",
        sequence=4,
        receivers=("piket", "budi"),
        waiting=("siti",),
        over_at=at(8),
        storm="storm:0",
    )
    (stored,) = store.alerts.commit(Batch(at(9), threads=[full])).threads
    assert store.alerts.thread(stored.id or 0) == (stored, ())
    assert replace(stored, id=None) == full
    assert store.alerts.begin().threads == ()


def test_the_same_step_again_changes_nothing(store: Store) -> None:
    first = store.alerts.commit(one_step())
    before = store.alerts.begin()
    again = store.alerts.commit(one_step())
    assert (again.alerts, again.threads) == (first.alerts, first.threads)
    assert again.notifications == {}
    assert store.alerts.begin() == before
    assert len(store.outbox.page().items) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"threads": []},
        {"alerts": [], "decisions": []},
        {"alerts": [CAMERA], "members": []},
    ],
    ids=["members without a thread", "members without alerts", "a decision without its alert"],
)
def test_a_step_that_fails_leaves_nothing_of_itself(store: Store, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"there is no thread|has no alert|is not stored"):
        store.alerts.commit(one_step(**wrong))
    found = store.alerts.begin()
    assert (found.alerts, found.threads, found.marks) == ((), (), {})
    assert store.outbox.page().items == ()


def test_two_processes_of_alerts_cannot_both_go_on(store: Store) -> None:
    store.alerts.commit(one_step(expects={"transitions": None}))
    for expected in (None, 1):
        with pytest.raises(CursorMovedError, match="the mark transitions is 2"):
            store.alerts.commit(Batch(at(2), expects={"transitions": expected}))
    store.alerts.commit(Batch(at(2), expects={"transitions": 2}, marks={"transitions": 3}))
    assert store.alerts.marks()["transitions"].value == 3


def test_a_message_whose_key_is_known_is_left_as_it_is(store: Store) -> None:
    store.alerts.commit(one_step())
    again = INCIDENT, message(KEY, facts={"what": ["another"]})
    other = None, message("other")
    twice = store.alerts.commit(Batch(at(2), notifications=[again, other, other]))
    assert set(twice.notifications) == {"other"}
    assert {one.key: one.facts for one in store.outbox.page().items} == {
        KEY: {"what": ["cam-1"]},
        "other": {"what": ["cam-1"]},
    }
    assert len(store.outbox.page().items) == 2


def test_a_device_has_one_alert_that_is_open(store: Store) -> None:
    store.alerts.commit(one_step())
    with pytest.raises(StoreError) as caught:
        store.alerts.commit(Batch(at(2), alerts=[alert("sw-1", 2)]))
    assert caught.value.permanent
    over = alert("sw-1", ended_at=at(2), end_confirmed_at=at(2))
    store.alerts.commit(Batch(at(3), alerts=[alert("sw-1", 3), over]))
    listed = store.alerts.page(AlertFilter(device="sw-1")).items
    assert [one.alert.began_at for one in listed] == [at(3), T0]


def test_a_root_that_returned_is_taken_up_while_something_behind_it_is_not_well(
    store: Store,
) -> None:
    switch, camera = store.alerts.commit(one_step()).alerts
    assert camera.root == "sw-1"
    store.alerts.commit(
        Batch(at(5), alerts=[alert("sw-1", ended_at=at(5), end_confirmed_at=at(6))])
    )
    for one in (SWITCH, CAMERA):
        store.alerts.commit(Batch(at(7), members=[member(INCIDENT, one, left_at=at(7))]))
    assert [one.id for one in store.alerts.begin().alerts] == [switch.id, camera.id]
    store.alerts.commit(Batch(at(8), alerts=[replace(camera, ended_at=at(8))]))
    assert store.alerts.begin().alerts == ()


def test_what_ended_is_taken_up_while_its_thread_still_has_to_tell_it(store: Store) -> None:
    switch, camera = store.alerts.commit(one_step()).alerts
    over = alert("sw-1", ended_at=at(5), end_confirmed_at=at(6))
    again = alert("sw-1", 7)
    store.alerts.commit(Batch(at(7), alerts=[over, again]))
    assert [one.began_at for one in store.alerts.begin().alerts if one.device_id == "sw-1"] == [
        T0,
        at(7),
    ]
    # The member still stands for the alert that ended, though the device has another.
    told = member(INCIDENT, SWITCH, told_state=UP)
    store.alerts.commit(Batch(at(7), alerts=[again], members=[told]))
    assert replace(told, alert_id=switch.id) in store.alerts.begin().members
    left = replace(told, left_at=at(8))
    store.alerts.commit(Batch(at(8), members=[left]))
    assert switch.id not in {one.id for one in store.alerts.begin().alerts}
    assert camera.id in {one.id for one in store.alerts.begin().alerts}
    assert [one.device_id for one in store.alerts.begin().members] == ["cam-1"]


def test_a_thread_may_be_opened_again_by_its_key(store: Store) -> None:
    (first,) = store.alerts.commit(one_step()).threads
    anew = thread("incident:1", opened_at=at(8))
    with pytest.raises(StoreError):
        store.alerts.commit(Batch(at(8), threads=[anew]))
    (_, second) = store.alerts.commit(
        Batch(at(8), threads=[replace(INCIDENT, closed_at=at(8)), anew])
    ).threads
    assert first.id != second.id
    assert store.alerts.begin().threads == (second,)


def test_what_is_no_longer_true_is_withdrawn_unless_it_is_on_its_way(store: Store) -> None:
    messages = [
        message("first"),
        message("update", purpose=Purpose.UPDATE, channel="email"),
        message("repeat", purpose=Purpose.REPEAT, channel="ntfy"),
    ]
    done = store.alerts.commit(one_step(notifications=[(INCIDENT, one) for one in messages]))
    (claimed,) = store.outbox.claim(at(1), 1)
    assert claimed.key == "first"
    done = store.alerts.commit(
        Batch(
            at(2),
            withdrawn=[
                Withdrawal("sudah pulih", thread_id=done.threads[0].id, purposes=(Purpose.UPDATE,)),
                Withdrawal("sudah pulih", key="first"),
            ],
            notifications=[(INCIDENT, message("recovered", purpose=Purpose.RECOVERED))],
        )
    )
    assert done.withdrawn == {"update"}
    states = {one.key: (one.state.value, one.answer) for one in store.outbox.page().items}
    assert states == {
        "first": ("sending", ""),
        "update": ("withdrawn", "sudah pulih"),
        "repeat": ("pending", ""),
        "recovered": ("pending", ""),
    }


# --- decisions --------------------------------------------------------------------------------


def test_a_decision_that_says_the_same_makes_no_second_line(store: Store) -> None:
    this = store.alerts.commit(one_step()).alerts[1].id or 0
    store.alerts.commit(
        Batch(
            at(3),
            decisions=[
                held(CAMERA, HoldReason.PARENT_DOWN, stage=Stage.CAUSE, at=at(3), until_at=at(9))
            ],
        )
    )
    detail = store.alerts.get(this)
    assert detail is not None
    assert [one.at for one in detail.decisions] == [T0]
    assert detail.row.decision is not None
    assert detail.row.decision.until_at == at(9)
    store.alerts.commit(Batch(at(4), decisions=[passed(CAMERA, 4)]))
    detail = store.alerts.get(this)
    assert detail is not None
    assert [one.reason for one in detail.decisions] == [HoldReason.PARENT_DOWN, None]
    assert [one.key for one, _ in detail.threads] == ["incident:1"]
    assert detail.row.alert.state is UNREACHABLE


def test_of_very_many_decisions_the_first_and_the_last_are_kept(store: Store) -> None:
    this = store.alerts.commit(one_step()).alerts[0].id or 0
    for minute in range(1, 250):
        decision = held(SWITCH, detail=str(minute), at=at(minute))
        store.alerts.commit(Batch(at(minute), decisions=[decision]))
    detail = store.alerts.get(this)
    assert detail is not None
    assert len(detail.decisions) <= writing.DECISIONS_KEPT
    assert len(detail.decisions) + detail.decisions_left_out == 250
    assert [one.detail for one in detail.decisions[:3]] == ["", "1", "2"]
    assert detail.decisions[-1].detail == "249"


# --- what happened ----------------------------------------------------------------------------


def test_news_say_in_which_outage_and_incident_a_device_is(store: Store) -> None:
    store.commit(
        [],
        [],
        [
            moved("sw-1", UP, DOWN, 1),
            moved("cam-1", UP, UNREACHABLE, 1, cause="sw-1"),
            moved("sensor-1", UP, UNKNOWN, 2),
        ],
    )
    root, behind, silent = store.alerts.news(0)
    assert root.incident is not None
    assert (root.incident.group, root.incident.group_key) == (IncidentGroup.DEVICE, "sw-1")
    assert behind.incident == root.incident
    assert behind.outage is not None
    assert behind.outage.root == "sw-1"
    assert (silent.outage, silent.incident) == (None, None)
    assert [one.device.area for one in (root, behind)] == ["73.71", "73.71.01"]
    assert store.alerts.news(2) == [silent]
    assert store.alerts.news(0, 1) == [root]


def test_news_of_a_device_that_came_back_are_in_no_outage(store: Store) -> None:
    store.commit([], [], [moved("sw-1", UP, DOWN, 1), moved("sw-1", DOWN, UP, 5)])
    died, returned = store.alerts.news(0)
    assert died.outage is not None
    assert died.outage.ended_at == at(5)
    assert returned.outage is None


def test_news_name_the_incident_that_stays_when_incidents_were_merged(store: Store) -> None:
    switches = [Device(f"s-{i}", "Switch", "switch", "balai", "p") for i in range(1, 5)]
    store.apply_inventory(city(*switches), T0)
    for i, one in enumerate(switches[:2], start=1):
        store.commit([], [], [moved(one.id, UP, DOWN, 5 + i / 4)])
    first, second = (one.incident for one in store.alerts.news(0))
    assert first != second
    for i, one in enumerate(switches[2:], start=3):
        store.commit([], [], [moved(one.id, UP, DOWN, 5 + i / 4)])
    news = store.alerts.news(0)
    (stays,) = {one.incident.id for one in news if one.incident is not None}
    merged = {one.outage.incident_id for one in news if one.outage is not None}
    assert merged == {stays}
    assert second is not None
    assert store.alerts.staying([second.id or 0, 999]) == {second.id: news[0].incident}
    (known,) = store.alerts.incidents([stays or 0])
    assert (known.row.down, known.reopened_at) == (4, None)


def test_incidents_that_changed_are_told_once_with_those_that_were_merged(store: Store) -> None:
    switches = [Device(f"s-{i}", "Switch", "switch", "balai", "p") for i in range(1, 5)]
    store.apply_inventory(city(*switches), T0)
    line, none = store.alerts.changed_incidents(None)
    assert none == []
    for i, one in enumerate(switches, start=1):
        store.commit([], [], [moved(one.id, UP, DOWN, 5 + i / 4)])
    after, changed = store.alerts.changed_incidents(line)
    assert after > line
    stays = [one.row.incident.id for one in changed if one.row.incident.merged_into is None]
    assert len(stays) == 1
    assert {one.row.incident.merged_into for one in changed} == {None, *stays}
    assert store.alerts.changed_incidents(after) == (after, [])
    store.incidents.acknowledge(stays[0] or 0, "budi", "saya cek", at(8))
    _, (taken,) = store.alerts.changed_incidents(after)
    assert taken.row.incident.acknowledged_by == "budi"


# --- people -----------------------------------------------------------------------------------


def test_what_was_held_is_known_when_it_is_over_each_reason_once(store: Store) -> None:
    settling = held(CAMERA, HoldReason.SETTLING, stage=Stage.GROUP)
    store.alerts.commit(one_step())
    for number, decision in enumerate((settling, held(CAMERA, HoldReason.PARENT_DOWN), settling)):
        store.alerts.commit(Batch(at(2 + number), alerts=[CAMERA], decisions=[decision]))
    over = replace(CAMERA, ended_at=at(9), end_confirmed_at=at(9))
    store.alerts.commit(Batch(at(9), alerts=[over], decisions=[passed(over)]))
    assert store.alerts.held_since(at(0)) == [
        ("cam-1", HoldReason.PARENT_DOWN),
        ("cam-1", HoldReason.SETTLING),
    ]
    assert store.alerts.held_since(at(10)) == []


def test_alerts_are_listed_by_what_people_ask_for(store: Store) -> None:
    store.alerts.commit(one_step())
    sensor = alert("sensor-1", severity=Severity.CRITICAL, state=UNKNOWN)
    store.alerts.commit(Batch(at(2), alerts=[sensor, alert("collector:main")]))

    def listed(**wanted: object) -> list[str]:
        asked = AlertFilter(**wanted)  # type: ignore[arg-type]
        return [row.alert.device_id for row in store.alerts.page(asked).items]

    assert listed() == ["collector:main", "sensor-1", "cam-1", "sw-1"]
    assert listed(held=True) == listed(reason=HoldReason.PARENT_DOWN) == ["cam-1"]
    assert listed(stage=Stage.SEND) == listed(kind="switch") == ["sw-1"]
    assert listed(area="73.71") == ["cam-1", "sw-1"]
    assert listed(owner="diskominfo") == ["cam-1"]
    assert listed(severity=Severity.CRITICAL) == listed(state=UNKNOWN) == ["sensor-1"]
    over = alert("sw-1", ended_at=at(3), end_confirmed_at=at(3))
    store.alerts.commit(Batch(at(3), alerts=[over]))
    assert listed(firing=False) == ["sw-1"]
    assert listed(firing=True, area="73.71") == ["cam-1"]
    first = store.alerts.page(limit=3)
    assert len(first.items) == 3
    rest = store.alerts.page(limit=3, after=first.next)
    assert [row.alert.device_id for row in rest.items] == ["sw-1"]
    assert rest.next is None
    assert sum(one.count for one in store.alerts.counts()) == 3


def test_the_alert_of_a_device_at_a_moment_is_found(store: Store) -> None:
    store.alerts.commit(one_step())
    over = alert("sw-1", ended_at=at(5), end_confirmed_at=at(5))
    store.alerts.commit(Batch(at(10), alerts=[over, alert("sw-1", 10)]))
    assert store.alerts.at("sw-1", T0) is None
    early, late = store.alerts.at("sw-1", at(9)), store.alerts.at("sw-1", at(11))
    assert early is not None
    assert late is not None
    assert (early.row.alert.began_at, late.row.alert.began_at) == (T0, at(10))


def test_what_a_process_says_of_itself_is_kept_beside_its_marks(store: Store) -> None:
    store.alerts.commit(one_step())
    store.alerts.report("figures", {"sent": 3}, at(1))
    store.alerts.report("figures", {"sent": 4}, at(2))
    store.alerts.commit(Batch(at(3), marks={"figures": 7}))
    marks = store.alerts.marks()
    assert (marks["figures"].value, marks["figures"].figures) == (7, {"sent": 4})
    assert marks["transitions"].figures == {}

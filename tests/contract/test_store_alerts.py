"""Alerts as rows: a step is one transaction, and a process takes up where it stopped."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from collector.model import Device, IncidentGroup, State
from collector.model.alerts import HoldReason, Member, Purpose, Severity, Stage
from collector.store import (
    AlertFilter,
    Batch,
    CursorMovedError,
    Store,
    StoreError,
    Withdrawal,
)
from collector.store.alerts import writing
from tests.contract.alerts_made import alert, held, message, moved, passed, thread
from tests.contract.store_backends import BACKENDS, T0, at, city, open_backend

UP, DOWN, UNREACHABLE, UNKNOWN = State.UP, State.DOWN, State.UNREACHABLE, State.UNKNOWN


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


def one_step(**changed: object) -> Batch:
    """A first step: two alerts of one switch in one thread, and one message."""
    made = Batch(
        at(1),
        marks={"transitions": 2},
        alerts=[alert("sw-1", -1), alert("cam-1", -2, root="sw-1")],
        decisions=[passed(-1), held(-2, HoldReason.PARENT_DOWN, stage=Stage.CAUSE)],
        threads=[thread("incident:1", -1)],
        members=[Member(-1, -1, T0, DOWN, at(1)), Member(-1, -2, T0)],
        notifications=[message("incident:1/1/piket/telegram", -1)],
    )
    return replace(made, **changed)  # type: ignore[arg-type]


# --- a step -----------------------------------------------------------------------------------


def test_a_process_takes_up_exactly_what_a_step_wrote(store: Store) -> None:
    done = store.alerts.commit(one_step())
    first, second = done.alerts[-1], done.alerts[-2]
    found = store.alerts.begin()
    assert found.marks["transitions"].value == 2
    assert found.alerts == (
        (alert("sw-1", first), replace(passed(-1), alert_id=first)),
        (
            alert("cam-1", second, root="sw-1"),
            held(second, HoldReason.PARENT_DOWN, stage=Stage.CAUSE),
        ),
    )
    this = done.threads[-1]
    members = Member(this, first, T0, DOWN, at(1)), Member(this, second, T0)
    assert found.threads == ((thread("incident:1", this), members),)
    (told,) = store.outbox.page().items
    assert told == message("incident:1/1/piket/telegram", this, id=told.id)
    assert done.notifications == {told.key: told.id}


def test_a_step_that_fails_leaves_nothing_of_itself(store: Store) -> None:
    wrong = one_step(notifications=[message("a", -1), message("b", -99)])
    with pytest.raises(ValueError, match="-99 is not made by this batch"):
        store.alerts.commit(wrong)
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
    done = store.alerts.commit(one_step())
    key = "incident:1/1/piket/telegram"
    again = message(key, done.threads[-1], facts={"what": ["another"]})
    other = message("other")
    twice = store.alerts.commit(Batch(at(2), notifications=[again, other, replace(other)]))
    assert set(twice.notifications) == {"other"}
    assert [one.facts for one in store.outbox.page().items if one.key == key] == [
        {"what": ["cam-1"]}
    ]
    assert len(store.outbox.page().items) == 2


def test_a_device_has_one_alert_that_is_open(store: Store) -> None:
    first = store.alerts.commit(one_step()).alerts[-1]
    with pytest.raises(StoreError) as caught:
        store.alerts.commit(Batch(at(2), alerts=[alert("sw-1", -1)]))
    assert caught.value.permanent
    over = alert("sw-1", first, ended_at=at(2), end_confirmed_at=at(2))
    store.alerts.commit(Batch(at(3), alerts=[alert("sw-1", -1, 3), over]))
    assert [one.alert.began_at for one in store.alerts.page(AlertFilter(device="sw-1")).items] == [
        at(3),
        T0,
    ]


def test_what_ended_is_taken_up_while_its_thread_still_has_to_tell_it(store: Store) -> None:
    done = store.alerts.commit(one_step())
    first, this = done.alerts[-1], done.threads[-1]
    over = alert("sw-1", first, ended_at=at(5), end_confirmed_at=at(6))
    store.alerts.commit(Batch(at(6), alerts=[over]))
    assert [one.id for one, _ in store.alerts.begin().alerts] == [first, done.alerts[-2]]
    store.alerts.commit(Batch(at(7), members=[Member(this, first, T0, UP, at(7), left_at=at(7))]))
    assert [one.id for one, _ in store.alerts.begin().alerts] == [done.alerts[-2]]
    closed = thread("incident:1", this, closed_at=at(8), told={"up": 2}, escalated=1)
    store.alerts.commit(Batch(at(8), threads=[closed, thread("incident:1", -1)]))
    assert [(one.key, one.closed_at) for one, _ in store.alerts.begin().threads] == [
        ("incident:1", None)
    ]
    assert store.alerts.thread(this) == (
        closed,
        (
            Member(this, first, T0, UP, at(7), at(7)),
            Member(this, done.alerts[-2], T0),
        ),
    )


def test_what_is_no_longer_true_is_withdrawn_unless_it_is_on_its_way(store: Store) -> None:
    first = message("first", -1)
    update = message("update", -1, purpose=Purpose.UPDATE, channel="email")
    repeat = message("repeat", -1, purpose=Purpose.REPEAT, channel="ntfy")
    this = store.alerts.commit(one_step(notifications=[first, update, repeat])).threads[-1]
    (claimed,) = store.outbox.claim(at(1), 1)
    assert claimed.key == "first"
    recovered = message("recovered", this, purpose=Purpose.RECOVERED)
    done = store.alerts.commit(
        Batch(
            at(2),
            withdrawn=[
                Withdrawal("sudah pulih", thread_id=this, purposes=(Purpose.UPDATE,)),
                Withdrawal("sudah pulih", key="first"),
            ],
            notifications=[recovered],
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
    this = store.alerts.commit(one_step()).alerts[-2]
    same = held(this, HoldReason.PARENT_DOWN, stage=Stage.CAUSE, at=at(3), until_at=at(9))
    store.alerts.commit(Batch(at(3), decisions=[same]))
    detail = store.alerts.get(this)
    assert detail is not None
    assert [one.at for one in detail.decisions] == [T0]
    assert detail.row.decision is not None
    assert detail.row.decision.until_at == at(9)
    assert store.alerts.commit(Batch(at(4), decisions=[passed(this, 4)])).alerts == {}
    detail = store.alerts.get(this)
    assert detail is not None
    assert [one.reason for one in detail.decisions] == [HoldReason.PARENT_DOWN, None]
    assert [one.key for one, _ in detail.threads] == ["incident:1"]


def test_of_very_many_decisions_the_first_and_the_last_are_kept(store: Store) -> None:
    this = store.alerts.commit(one_step()).alerts[-1]
    for minute in range(1, 250):
        decision = held(this, detail=str(minute), at=at(minute))
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
    (row,) = store.alerts.incidents([stays or 0])
    assert row.down == 4


def test_incidents_that_changed_are_told_once_with_those_that_were_merged(store: Store) -> None:
    switches = [Device(f"s-{i}", "Switch", "switch", "balai", "p") for i in range(1, 5)]
    store.apply_inventory(city(*switches), T0)
    line, none = store.alerts.changed_incidents(None)
    assert none == []
    for i, one in enumerate(switches, start=1):
        store.commit([], [], [moved(one.id, UP, DOWN, 5 + i / 4)])
    after, changed = store.alerts.changed_incidents(line)
    assert after > line
    stays = [row.incident.id for row in changed if row.incident.merged_into is None]
    assert len(stays) == 1
    assert {row.incident.merged_into for row in changed} == {None, *stays}
    assert store.alerts.changed_incidents(after) == (after, [])
    store.incidents.acknowledge(stays[0] or 0, "budi", "saya cek", at(8))
    _, (taken,) = store.alerts.changed_incidents(after)
    assert taken.incident.acknowledged_by == "budi"


# --- people -----------------------------------------------------------------------------------


def test_alerts_are_listed_by_what_people_ask_for(store: Store) -> None:
    done = store.alerts.commit(one_step())
    sensor = alert("sensor-1", -1, severity=Severity.CRITICAL, state=UNKNOWN)
    store.alerts.commit(Batch(at(2), alerts=[sensor, alert("collector:main", -2)]))

    def listed(**wanted: object) -> list[str]:
        asked = AlertFilter(**wanted)  # type: ignore[arg-type]
        return [row.alert.device_id for row in store.alerts.page(asked).items]

    assert listed() == ["collector:main", "sensor-1", "cam-1", "sw-1"]
    assert listed(held=True) == listed(reason=HoldReason.PARENT_DOWN) == ["cam-1"]
    assert listed(stage=Stage.SEND) == listed(kind="switch") == ["sw-1"]
    assert listed(area="73.71") == ["cam-1", "sw-1"]
    assert listed(owner="diskominfo") == ["cam-1"]
    assert listed(severity=Severity.CRITICAL) == listed(state=UNKNOWN) == ["sensor-1"]
    over = alert("sw-1", done.alerts[-1], ended_at=at(3), end_confirmed_at=at(3))
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
    first = store.alerts.commit(one_step()).alerts[-1]
    over = alert("sw-1", first, ended_at=at(5), end_confirmed_at=at(5))
    store.alerts.commit(Batch(at(10), alerts=[over, alert("sw-1", -1, 10)]))
    assert store.alerts.at("sw-1", T0) is None
    early, late = store.alerts.at("sw-1", at(9)), store.alerts.at("sw-1", at(11))
    assert early is not None
    assert late is not None
    assert (early.row.alert.began_at, late.row.alert.began_at) == (T0, at(10))


def test_a_one_time_link_is_used_once(store: Store) -> None:
    assert store.alerts.link_used_at("n1") is None
    assert store.alerts.use_link("n1", "budi", at(60), at(1)) is None
    assert store.alerts.use_link("n1", "siti", at(60), at(2)) == at(1)
    assert store.alerts.link_used_at("n1") == at(1)
    later = at(60) + timedelta(days=2)
    assert store.alerts.use_link("n2", "budi", later + timedelta(hours=1), later) is None
    assert store.alerts.link_used_at("n1") is None  # forgotten: it ran out long ago


def test_what_a_process_says_of_itself_is_kept_beside_its_marks(store: Store) -> None:
    store.alerts.commit(one_step())
    store.alerts.report("figures", {"sent": 3}, at(1))
    store.alerts.report("figures", {"sent": 4}, at(2))
    store.alerts.commit(Batch(at(3), marks={"figures": 7}))
    marks = store.alerts.marks()
    assert (marks["figures"].value, marks["figures"].figures) == (7, {"sent": 4})
    assert marks["transitions"].figures == {}

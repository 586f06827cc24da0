"""The watcher over a real store: backlogs, first starts, holds, signs of life, taking back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Lock
from unittest.mock import Mock

import pytest

from collector.model import MaintenanceWindow, Scope, State
from collector.model.alerts import DeliveryState, HoldReason, Notification, Purpose, Silence
from collector.notify.app import Alerting, AlertingSettings
from collector.notify.deciding.world import Pace, Step
from collector.notify.figures import REPORT, AlertReport
from collector.notify.plan import AlertPlan, Heartbeat
from collector.notify.watcher import CURSOR, Watcher
from collector.store import CursorMovedError, StoreError
from tests.alert_play import PlainRules
from tests.alert_process import HandClock, Town, town

START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
DEVICES = tuple(f"cam-{number}" for number in range(30))


@dataclass
class Desk:
    """A town and a watcher on a clock that is moved by hand."""

    city: Town
    clock: HandClock
    plan: AlertPlan
    watcher: Watcher = field(init=False)
    turn: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.watcher = Watcher(
            self.city.store, self.plan, self.clock, "main", "Asia/Makassar", self.turn
        )

    def run(self, seconds: float = 0.0, *, alive: bool = True) -> None:
        """Let time go by in steps; the collector beats unless it is not alive."""
        for step in steps(int(seconds)):
            self.clock.go(step)
            if alive:
                self.city.beat()
            while self.watcher.look():
                pass

    def messages(self, *purposes: Purpose) -> list[Notification]:
        """What was put into the outbox, oldest first, whatever became of it."""
        found = reversed(self.city.store.outbox.page(limit=500).items)
        return [one for one in found if not purposes or one.purpose in purposes]

    def said(self) -> list[tuple[str, str, str]]:
        """Purpose, receiver and state of every message."""
        return [(str(one.purpose), one.receiver, str(one.state)) for one in self.messages()]

    def send_all(self, *, maybe: bool = False) -> None:
        """Be a sender that gets everything out; or that loses every answer."""
        outbox = self.city.store.outbox
        for one in outbox.claim(self.clock.now(), 500, per_channel=500):
            assert one.id is not None
            if maybe:
                later = self.clock.now() + timedelta(hours=1)
                outbox.failed(one.id, "lost", next_try_at=later, maybe_twice=True)
            else:
                outbox.sent(one.id, self.clock.now(), reference=None)

    def reason(self, device: str) -> HoldReason | None:
        found = self.city.store.alerts.at(device, self.clock.now())
        assert found is not None
        assert found.row.decision is not None
        return found.row.decision.reason


def steps(seconds: int) -> Iterator[int]:
    """Single seconds while things settle, then twenty at once."""
    yield 0
    gone = 0
    while gone < seconds:
        step = 1 if gone < 13 else min(20, seconds - gone)
        gone += step
        yield step


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a town, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("town")
    with town(folder, *DEVICES, clock=HandClock(START)):
        return folder / "pantau.db"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copy(made, tmp_path)
    return tmp_path


@contextmanager
def desk(
    folder: Path, rules: PlainRules | None = None, heartbeat: Heartbeat | None = None
) -> Iterator[Desk]:
    clock = HandClock(START)
    rules = rules or PlainRules(Pace(settle_critical_seconds=10))
    with town(folder, *DEVICES, clock=clock) as city:
        yield Desk(city, clock, AlertPlan(rules, heartbeat=heartbeat))


def muted(city: Town, device: str, seconds: float) -> Silence:
    now = city.clock.now()
    scope = Scope(devices=(device,))
    ends_at = now + timedelta(seconds=seconds)
    return city.store.silences.create(Silence(scope, "sedang diganti", "ani", now, now, ends_at))


# --- following --------------------------------------------------------------------------------


def test_a_failure_is_told_after_its_settle_time_and_once_its_end(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(9)
        assert it.said() == []
        it.run(2)
        assert it.said() == [("firing", "group", "pending")]
        it.send_all()
        it.run(60)
        it.city.up("cam-1")
        it.run(60)
        assert [purpose for purpose, _, _ in it.said()] == ["firing", "recovered"]


def test_what_came_back_while_nobody_followed_is_told_to_nobody(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1", "cam-2")
        it.clock.go(300)
        it.city.up("cam-1")
        it.clock.go(300)
        it.restart()
        it.run(15)
        assert [one.facts["name"] for one in it.messages()] == ["Kamera cam-2"]


def test_a_backlog_in_parts_is_told_as_if_it_had_been_read_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.notify.watcher.NEWS_AT_ONCE", 3)
    with desk(folder) as it:
        it.run()
        for _ in range(4):
            it.city.down("cam-1")
            it.clock.go(30)
            it.city.up("cam-1")
            it.clock.go(30)
        it.city.down("cam-2")
        it.clock.go(30)
        it.run()
        assert [one.facts["name"] for one in it.messages()] == ["Kamera cam-2"]


def test_of_an_old_store_only_what_still_is_so_is_told(folder: Path) -> None:
    with desk(folder) as it:
        it.city.down("cam-1", "cam-2")
        it.clock.go(600)
        it.city.up("cam-1")
        it.clock.go(86_400)
        it.run(1)
        (only,) = it.messages()
        assert only.facts["name"] == "Kamera cam-2"
        assert it.city.store.alerts.marks()[CURSOR].value == it.city.store.last_transition_id()
        it.send_all()
        it.city.up("cam-2")
        it.run(5)
        assert [one.purpose for one in it.messages()] == [Purpose.FIRING, Purpose.RECOVERED]


def test_a_second_process_is_refused(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        other = Desk(it.city, it.clock, it.plan)
        other.run()
        it.city.down("cam-1")
        other.run()
        it.city.down("cam-2")
        it.watcher._cursor = 0  # as one that was at work before the other began
        with pytest.raises(CursorMovedError, match="another process of alerts is at work"):
            it.run()


def test_a_step_that_could_not_be_written_is_made_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")

        def fail(batch: object) -> None:
            del batch
            raise StoreError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(it.city.store.alerts, "commit", fail)
            with pytest.raises(StoreError):
                it.run()
        it.run(11)
        assert it.said() == [("firing", "group", "pending")]


def test_a_new_plan_decides_what_is_open_again(folder: Path) -> None:
    with desk(folder, PlainRules(unrouted=frozenset({"cam-1"}))) as it:
        it.run()
        it.city.down("cam-1")
        it.run(60)
        assert it.reason("cam-1") is HoldReason.NO_ROUTE
        it.watcher.use(AlertPlan(PlainRules()))
        it.run(11)
        assert it.said() == [("firing", "group", "pending")]


def test_a_device_that_leaves_the_inventory_ends_its_alert(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1", "cam-2")
        it.run(15)
        it.send_all()
        fewer = Town.inventory_of([one for one in DEVICES if one != "cam-1"])
        it.city.store.apply_inventory(fewer, it.clock.now())  # type: ignore[arg-type]
        it.run(5)
        assert [one.purpose for one in it.messages()][2:] == [Purpose.RECOVERED]


# --- what mutes -------------------------------------------------------------------------------


def test_planned_work_holds_and_what_is_still_so_after_it_is_told(folder: Path) -> None:
    with desk(folder) as it:
        now = it.clock.now()
        window = MaintenanceWindow(
            "Ganti catu daya",
            "rusak",
            "budi",
            now,
            Scope(devices=("cam-1", "cam-2")),
            now + timedelta(seconds=20),
            now + timedelta(seconds=300),
            "Asia/Makassar",
        )
        it.city.store.maintenance.create(window)
        it.run(30)
        it.city.down("cam-1", "cam-2")
        it.run(120)
        assert it.reason("cam-1") is HoldReason.IN_MAINTENANCE
        it.city.up("cam-1")
        it.run(240)
        assert [one.facts["name"] for one in it.messages()] == ["Kamera cam-2"]


def test_a_silence_that_somebody_ends_lets_it_be_told(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        silence = muted(it.city, "cam-1", 3_600)
        it.city.down("cam-1")
        it.run(60)
        assert it.said() == []
        assert silence.id is not None
        it.city.store.silences.end(silence.id, "ani", it.clock.now())
        it.run(12)
        assert it.said() == [("firing", "group", "pending")]


def test_who_made_a_silence_is_reminded_once_before_it_ends(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        muted(it.city, "cam-1", 7_200)
        it.city.down("cam-1")
        it.clock.go(6_400)
        it.run(60)
        it.restart()
        it.run(60)
        assert it.said() == [("silence_ends", "group", "pending")]


def test_an_acknowledged_incident_is_not_told_again_and_nobody_is_called(folder: Path) -> None:
    rules = PlainRules(Pace(repeat_seconds=600), steps=(Step(300, ("head",)),))
    with desk(folder, rules) as it:
        it.run()
        it.city.down("cam-1")
        it.run(60)
        it.send_all()
        alert = it.city.store.alerts.at("cam-1", it.clock.now())
        assert alert is not None
        incident_id = alert.row.alert.incident_id
        assert incident_id is not None
        it.city.store.incidents.acknowledge(incident_id, "ani", "saya ke sana", it.clock.now())
        it.run(1_300)
        assert it.reason("cam-1") is HoldReason.ACKNOWLEDGED
        assert it.said() == [("firing", "group", "sent")]


# --- who looks --------------------------------------------------------------------------------


def test_a_collector_that_is_gone_is_told_and_its_return(folder: Path) -> None:
    with desk(folder) as it:
        it.run(60)
        it.run(60, alive=False)
        it.send_all()
        it.run(10)
        assert [(str(one.purpose), one.facts["about"]) for one in it.messages()] == [
            ("firing", "collector"),
            ("recovered", "collector"),
        ]


def test_collector_and_alerts_start_together_without_a_word(folder: Path) -> None:
    with desk(folder) as it:
        it.clock.go(3_600)  # the machine was off
        it.run(15, alive=False)
        it.run(60)
        assert it.said() == []


def test_a_collector_that_has_another_name_now_is_missed_by_nobody(folder: Path) -> None:
    with desk(folder) as it:
        it.clock.go(3 * 86_400)
        it.watcher.collector_id = "pusat"
        it.run(120, alive=False)
        assert it.said() == []


# --- the sign of life -------------------------------------------------------------------------


def test_the_sign_of_life_goes_at_its_pace_also_over_restarts(folder: Path) -> None:
    with desk(folder, heartbeat=Heartbeat("watcher", 60)) as it:
        it.run(150)
        it.restart()
        it.run(100)
        beats = it.messages(Purpose.HEARTBEAT)
        apart = [b.created_at - a.created_at for a, b in pairwise(beats)]
        assert len(apart) >= 3
        assert all(timedelta(seconds=60) <= one <= timedelta(seconds=80) for one in apart)
        assert {one.channel for one in beats} == {"watcher"}


def test_only_the_newest_sign_of_life_waits(folder: Path) -> None:
    with desk(folder, heartbeat=Heartbeat("watcher", 60)) as it:
        it.run(130)
        it.restart()
        it.run(60)
        states = [one.state for one in it.messages(Purpose.HEARTBEAT)]
        assert states[-1] is DeliveryState.PENDING
        assert set(states[:-1]) == {DeliveryState.WITHDRAWN}


def test_without_a_collector_there_is_no_sign_of_life(folder: Path) -> None:
    with desk(folder, heartbeat=Heartbeat("watcher", 60)) as it:
        it.run(10)
        before = len(it.messages(Purpose.HEARTBEAT))
        it.run(300, alive=False)
        assert len(it.messages(Purpose.HEARTBEAT)) <= before + 1
        it.run(10)
        assert len(it.messages(Purpose.HEARTBEAT)) > before


# --- taking back ------------------------------------------------------------------------------


def test_what_is_over_before_it_was_sent_is_taken_back_and_its_end_is_not_told(
    folder: Path,
) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        it.city.up("cam-1")
        it.run(5)
        assert it.said() == [("firing", "group", "withdrawn")]


def test_what_may_have_arrived_is_not_taken_back(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        it.send_all(maybe=True)
        it.city.up("cam-1")
        it.run(5)
        assert it.said() == [("firing", "group", "pending"), ("recovered", "group", "pending")]


def test_what_waits_in_a_thread_that_went_on_in_another_is_taken_back_with_it(
    folder: Path,
) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        it.city.become(State.DOWN, "cam-1", flapping=True)
        it.run(60)
        assert it.said() == [("firing", "group", "pending"), ("flapping", "group", "pending")]
        it.city.up("cam-1")
        it.run(60)
        assert it.said() == [("firing", "group", "withdrawn"), ("flapping", "group", "withdrawn")]


def test_who_got_a_word_in_a_thread_that_went_on_in_another_hears_the_end(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        it.send_all()
        it.city.become(State.DOWN, "cam-1", flapping=True)
        it.run(60)
        it.city.up("cam-1")
        it.run(60)
        assert it.said() == [
            ("firing", "group", "sent"),
            ("flapping", "group", "withdrawn"),
            ("recovered", "group", "pending"),
        ]


def test_what_was_passed_on_to_another_receiver_is_taken_back_when_it_is_over(
    folder: Path,
) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        (first,) = it.messages()
        it.send_all()
        passed_on = replace(first, id=None, receiver="boss", key=f"{first.key}>>boss")
        it.city.store.outbox.add([passed_on])
        it.city.up("cam-1")
        it.run(5)
        assert it.said() == [
            ("firing", "group", "sent"),
            ("firing", "boss", "withdrawn"),
            ("recovered", "group", "pending"),
        ]


def test_who_got_nothing_hears_no_end_and_who_got_it_does(folder: Path) -> None:
    rules = PlainRules(receivers=("day", "night"))
    with desk(folder, rules) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        for one in it.city.store.outbox.claim(it.clock.now(), 10, without=["night-chat"]):
            it.city.store.outbox.sent(one.id or 0, it.clock.now(), reference=None)
        it.city.up("cam-1")
        it.run(5)
        assert it.said() == [
            ("firing", "day", "sent"),
            ("firing", "night", "withdrawn"),
            ("recovered", "day", "pending"),
        ]


def test_a_silence_takes_back_what_nobody_got_and_its_end_tells_it(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        muted(it.city, "cam-1", 600)
        it.run(5)
        assert it.said() == [("firing", "group", "withdrawn")]
        it.run(600)
        assert it.said() == [("firing", "group", "withdrawn"), ("firing", "group", "pending")]
        it.send_all()
        it.city.up("cam-1")
        it.run(5)
        assert [purpose for purpose, _, _ in it.said()] == ["firing", "firing", "recovered"]


def test_a_silence_under_which_it_ends_tells_nobody_of_it(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        muted(it.city, "cam-1", 600)
        it.run(5)
        it.city.up("cam-1")
        it.run(700)
        assert it.said() == [("firing", "group", "withdrawn")]


def test_what_somebody_got_is_not_taken_back_from_others(folder: Path) -> None:
    with desk(folder, PlainRules(receivers=("day", "night"))) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        for one in it.city.store.outbox.claim(it.clock.now(), 10, without=["night-chat"]):
            it.city.store.outbox.sent(one.id or 0, it.clock.now(), reference=None)
        muted(it.city, "cam-1", 600)
        it.run(5)
        assert it.said() == [("firing", "day", "sent"), ("firing", "night", "pending")]


def test_a_call_that_reached_nobody_is_made_after_the_silence(folder: Path) -> None:
    rules = PlainRules(steps=(Step(300, ("head",)),))
    with desk(folder, rules) as it:
        it.run()
        it.city.down("cam-1")
        it.run(15)
        it.send_all()
        it.run(300)
        assert it.said()[-1] == ("escalation", "head", "pending")
        muted(it.city, "cam-1", 600)
        it.run(5)
        assert it.said()[-1] == ("escalation", "head", "withdrawn")
        it.run(700)
        assert it.said()[-1] == ("escalation", "head", "pending")


# --- figures ----------------------------------------------------------------------------------


def test_nothing_is_written_while_nothing_happens(folder: Path) -> None:
    with desk(folder) as it:
        it.city.down("cam-1")
        it.run(30)
        steps = it.watcher.watched.steps
        it.run(120)
        assert it.watcher.watched.steps == steps


def test_a_storm_is_counted_while_it_lasts(folder: Path) -> None:
    rules = PlainRules(Pace(storm_more_than=5, storm_settle_seconds=10))
    with desk(folder, rules) as it:
        it.run()
        it.city.down(*DEVICES)
        it.run(60)
        assert it.watcher.watched.storms == 1
        assert [purpose for purpose, _, _ in it.said()] == ["storm"]
        it.send_all()
        it.city.up(*DEVICES)
        it.run(300)
        assert it.watcher.watched.storms == 0


def test_all_that_is_not_over_counts_as_firing_whether_told_or_held(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.down("cam-1", "cam-2")
        muted(it.city, "cam-2", 600)
        it.run(15)
        settings = AlertingSettings("main", "Asia/Makassar", Mock(), Mock())
        alerting = Alerting(it.city.store, it.clock, settings, it.plan)
        alerting._write_report(it.watcher, START)
        report = AlertReport.decode(it.city.store.alerts.marks()[REPORT])
    assert report is not None
    assert (report.firing, report.held) == (2, {"silenced": 1})


def test_what_settles_when_the_clock_is_set_back_is_told_soon(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.become(State.DEGRADED, "cam-1")
        it.run()
        it.clock.go(-3_600)
        it.run(60)
        assert [one.purpose for one in it.messages()] == [Purpose.FIRING]


def test_the_clock_may_be_set_back(folder: Path) -> None:
    with desk(folder, heartbeat=Heartbeat("watcher", 60)) as it:
        it.run(60)
        it.clock.go(-3_600)
        it.run(5)
        it.city.down("cam-1")
        it.run(30)
        assert [one.facts["name"] for one in it.messages(Purpose.FIRING)] == ["Kamera cam-1"]
        assert it.messages(Purpose.HEARTBEAT)[-1].created_at < START


def test_states_that_are_not_down_have_alerts_too(folder: Path) -> None:
    with desk(folder) as it:
        it.run()
        it.city.become(State.DEGRADED, "cam-1")
        it.run(60)
        (only,) = it.messages()
        assert only.facts["state"] == "degraded"
        assert replace(only, id=None).severity == "warning"

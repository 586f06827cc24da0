"""What people are told: scenes from the log to messages, in plain values."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter

from collector.model import CauseClass, IncidentGroup, Reason, State
from collector.model.alerts import Alert, HoldReason, Purpose, Severity, Silence, Stage
from collector.model.history import Scope
from collector.notify.deciding.world import DeviceFacts, IncidentFacts, Pace, Planned, Step, Taken
from tests.alert_play import START, PlainRules, Play, purposes

FIRING, UPDATE, RECOVERED = Purpose.FIRING, Purpose.UPDATE, Purpose.RECOVERED


def test_a_dead_camera_is_told_after_its_settle_time_and_its_recovery_once() -> None:
    play = Play(["cam-1"])
    play.down("cam-1", 1)
    assert play.run(9) == []
    assert play.last_decision("cam-1").reason is HoldReason.SETTLING
    [told] = play.run(60)
    assert told.content.purpose is FIRING
    assert told.content.leading[0].device_id == "cam-1"
    assert play.last_decision("cam-1").stage is Stage.SEND
    play.up("cam-1")
    [over] = play.run(3600)
    assert over.content.purpose is RECOVERED
    assert over.content.ended_at is not None
    assert play.run(86_400) == []
    assert play.desk.threads == {}


def _city_with_a_feeder() -> Play:
    play = Play(["sw-1", "sw-2", "sw-3"])
    on_it = DeviceFacts("ups-1", "UPS", "ups", "balai", feeder="GI-3")
    play.world = replace(play.world, devices={**play.world.devices, "ups-1": on_it})
    return play


def _feeder_fails(play: Play) -> None:
    power = IncidentFacts(1, IncidentGroup.FEEDER, "GI-3", CauseClass.POWER)
    play.put_incident(power, 1)
    for name in ("sw-1", "sw-2", "sw-3"):
        play.down(name, 1)


def test_a_ups_that_carries_on_beside_a_dead_feeder_is_told_with_it() -> None:
    play = _city_with_a_feeder()
    play.becomes("ups-1", State.DEGRADED, reason=Reason.ON_BATTERY)
    play.run(20)
    _feeder_fails(play)
    [told] = play.run(3600)
    assert told.content.thread.key == "incident:1"
    assert play.last_decision("ups-1").reason is HoldReason.POWER
    assert play.last_decision("ups-1").detail == "feeder GI-3"
    for name in ("sw-1", "sw-2", "sw-3"):
        play.up(name)
    assert purposes(play.run(200)) == [RECOVERED]
    play.up("ups-1")
    assert play.run(86_400) == []
    assert play.desk.threads == {}


def test_a_ups_still_on_battery_after_the_power_is_back_is_told_by_itself() -> None:
    play = _city_with_a_feeder()
    play.becomes("ups-1", State.DEGRADED, reason=Reason.ON_BATTERY)
    _feeder_fails(play)
    play.run(60)
    for name in ("sw-1", "sw-2", "sw-3"):
        play.up(name)
    over, alone = play.run(1200)
    assert (over.content.purpose, alone.content.purpose) == (RECOVERED, FIRING)
    assert alone.content.leading[0].device_id == "ups-1"
    assert alone.due_at >= over.due_at + timedelta(minutes=4)


def test_a_ups_that_was_told_before_the_feeder_failed_has_its_own_end() -> None:
    play = _city_with_a_feeder()
    play.becomes("ups-1", State.DEGRADED, reason=Reason.ON_BATTERY)
    [first] = play.run(60)
    _feeder_fails(play)
    play.run(60)
    play.up("ups-1")
    [over] = play.run(60)
    assert over.content.purpose is RECOVERED
    assert over.content.thread.key == first.content.thread.key == "device:ups-1"


def test_a_ups_elsewhere_is_told_by_itself() -> None:
    play = _city_with_a_feeder()
    other = DeviceFacts("ups-1", "UPS", "ups", "balai", feeder="GI-4")
    play.world = replace(play.world, devices={**play.world.devices, "ups-1": other})
    play.becomes("ups-1", State.DEGRADED, reason=Reason.ON_BATTERY)
    _feeder_fails(play)
    assert len(play.run(60)) == 2


def test_what_recovers_within_its_settle_time_is_told_to_nobody() -> None:
    play = Play(["cam-1"])
    play.down("cam-1", 1)
    play.run(5)
    play.up("cam-1")
    assert play.run(86_400) == []
    assert play.last_decision("cam-1").reason is HoldReason.STALE


def test_a_switch_with_five_hundred_behind_it_is_two_messages_out_and_one_back() -> None:
    cameras = [f"cam-{number}" for number in range(500)]
    play = Play(["switch", *cameras])
    play.down("switch", 1)
    for camera in cameras[:100]:
        play.becomes(camera, State.UNREACHABLE, root="switch", incident=1)
    out = play.run(20)
    for camera in cameras[100:]:
        play.becomes(camera, State.UNREACHABLE, root="switch", incident=1)
    out += play.run(3000)
    assert purposes(out) == [FIRING, UPDATE]
    assert len(out[-1].content.carried) == 500
    held = [play.last_decision(camera) for camera in cameras]
    assert {one.reason for one in held} == {HoldReason.PARENT_DOWN}
    play.up("switch")
    for camera in cameras[:250]:
        play.up(camera)
    back = play.run(30)
    for camera in cameras[250:]:
        play.up(camera)
    back += play.run(86_400)
    assert purposes(back) == [RECOVERED]
    assert len(back[0].content.ended) == 501


def test_a_camera_that_stays_dead_when_its_switch_is_back_is_told_by_itself() -> None:
    play = Play(["switch", "cam-1", "cam-2"])
    play.down("switch", 1)
    play.becomes("cam-1", State.UNREACHABLE, root="switch", incident=1)
    play.becomes("cam-2", State.UNREACHABLE, root="switch", incident=1)
    assert purposes(play.run(60)) == [FIRING]
    play.up("switch")
    play.up("cam-2")
    play.down("cam-1", 2)
    told = play.run(60)
    assert purposes(told) == [RECOVERED, FIRING]
    assert told[1].content.thread.key == "incident:2"
    play.up("cam-1")
    assert purposes(play.run(60)) == [RECOVERED]


def test_a_child_that_never_answers_after_its_root_is_back_is_not_forgotten() -> None:
    play = Play(["switch", "cam-1"])
    play.down("switch", 1)
    play.becomes("cam-1", State.UNREACHABLE, root="switch", incident=1)
    play.run(60)
    play.up("switch")
    told = play.run(3600)
    assert purposes(told) == [UPDATE]
    assert told[0].content.new == ("cam-1",)


def test_a_root_that_no_route_takes_does_not_swallow_what_stands_behind_it() -> None:
    play = Play(["switch", "cam-1"], PlainRules(unrouted=frozenset({"switch"})))
    play.down("switch", 1)
    play.becomes("cam-1", State.UNREACHABLE, root="switch", incident=1)
    [told] = play.run(60)
    assert [alert.device_id for alert in told.content.leading] == ["cam-1"]
    assert play.last_decision("switch").reason is HoldReason.NO_ROUTE


def test_a_feeder_that_fails_is_one_message_about_the_place() -> None:
    cameras = [f"cam-{number:02}" for number in range(40)]
    play = Play(cameras)
    play.put_incident(IncidentFacts(1, IncidentGroup.FEEDER, "GI-3"), *range(1, 41))
    for number, camera in enumerate(cameras):
        play.down(camera, number + 1)
        play.step()
        play.now += timedelta(seconds=0.2)
    [told] = play.run(600)
    assert told.content.thread.told_cause == "feeder:GI-3"
    assert len(told.content.carried) == 39
    assert play.last_decision("cam-39").reason is HoldReason.POWER
    for camera in cameras:
        play.up(camera)
        play.run(5)
    assert purposes(play.sent) == [FIRING, RECOVERED]


def test_incidents_that_turn_out_to_be_one_place_tell_so_once_and_end_once() -> None:
    play = Play(["cam-1", "cam-2", "cam-3"])
    for number in (1, 2):
        play.down(f"cam-{number}", number)
        assert purposes(play.run(30)) == [FIRING]
    play.down("cam-3", 3)
    play.put_incident(IncidentFacts(1, IncidentGroup.SITE, "simpang"), 2, 3)
    play.step(changed=["cam-1", "cam-2"])
    assert purposes(play.run(600)) == [UPDATE]
    assert list(play.desk.threads) == ["incident:1"]
    for number in (1, 2, 3):
        play.up(f"cam-{number}")
    assert purposes(play.run(600)) == [RECOVERED]


def test_a_storm_of_ten_thousand_is_few_messages() -> None:
    names = [f"cam-{number}" for number in range(10_000)]
    play = Play(names)
    began = perf_counter()
    for number, name in enumerate(names):
        play.down(name, number)
        if number % 2000 == 1999:
            play.step()
            play.now += timedelta(seconds=3)
    play.run(1800)
    for name in names:
        play.up(name)
        if name.endswith("999"):
            play.run(60)
    play.run(1800)
    assert purposes(play.sent)[0] is Purpose.STORM
    assert purposes(play.sent)[-1] is RECOVERED
    assert len(play.sent) <= 5
    assert len(play.sent[-1].content.ended) == 10_000
    assert play.desk.threads == {}
    assert perf_counter() > began


def test_after_a_storm_single_alerts_are_told_singly_again() -> None:
    names = [f"cam-{number}" for number in range(30)]
    play = Play([*names, "late"])
    for number, name in enumerate(names):
        play.down(name, number)
    assert purposes(play.run(60)) == [Purpose.STORM]
    play.run(600)
    play.down("late", 99)
    [told] = play.run(60)
    assert told.content.purpose is FIRING
    assert told.content.leading[0].device_id == "late"


def test_planned_work_is_told_only_when_it_is_still_so_afterwards() -> None:
    play = Play(["cam-1", "cam-2"])
    window = Planned("ganti switch", START + timedelta(hours=2))
    play.world = replace(play.world, maintenance={"cam-1": window, "cam-2": window})
    play.down("cam-1", 1)
    play.down("cam-2", 2)
    assert play.run(3600) == []
    assert play.last_decision("cam-1").reason is HoldReason.IN_MAINTENANCE
    play.up("cam-2")
    [told] = play.run(7200)
    assert [one.device_id for one in told.content.leading] == ["cam-1"]


def test_what_was_told_before_a_window_is_not_told_again_after_it_but_its_end_is() -> None:
    play = Play(["cam-1"])
    play.down("cam-1", 1)
    assert purposes(play.run(60)) == [FIRING]
    window = Planned("ganti kamera", START + timedelta(hours=1))
    play.world = replace(play.world, maintenance={"cam-1": window})
    play.step(changed=["cam-1"])
    assert play.run(3 * 3600) == []
    play.up("cam-1")
    assert purposes(play.run(60)) == [RECOVERED]


def test_a_silence_reminds_before_it_ends_where_something_is_still_down() -> None:
    play = Play(["cam-1", "cam-2"])
    silence = Silence(
        Scope(), "tiang roboh", "budi", START, START, START + timedelta(hours=4), id=7
    )
    play.world = replace(play.world, silences={"cam-1": silence, "cam-2": silence})
    play.down("cam-1", 1)
    told = play.run(4 * 3600 - 60)
    assert purposes(told) == [Purpose.SILENCE_ENDS]
    assert told[0].content.silence == silence
    assert play.last_decision("cam-1").reason is HoldReason.SILENCED


def test_who_acknowledges_is_not_asked_again_but_hears_the_end() -> None:
    rules = PlainRules(steps=(Step(600, ("kepala",)), Step(1200, ("kadis",))))
    play = Play(["cam-1"], rules)
    play.down("cam-1", 1)
    assert purposes(play.run(700)) == [FIRING, Purpose.ESCALATION]
    taken = IncidentFacts(1, IncidentGroup.DEVICE, "cam-1", acknowledged_at=play.now)
    play.put_incident(taken)
    play.step(changed=["cam-1"])
    assert play.last_decision("cam-1").reason is HoldReason.ACKNOWLEDGED
    assert play.run(86_400) == []
    play.up("cam-1")
    over = play.run(60)
    assert [one.receiver for one in over] == ["group", "kepala"]


def test_nobody_takes_it_and_each_step_of_the_escalation_is_told_once() -> None:
    rules = PlainRules(steps=(Step(600, ("kepala",)), Step(1200, ("kadis",))))
    play = Play(["cam-1"], rules)
    play.down("cam-1", 1)
    told = play.run(4 * 3600 + 60)
    assert purposes(told) == [FIRING, Purpose.ESCALATION, Purpose.ESCALATION, Purpose.REPEAT]
    assert [one.content.step for one in told] == [0, 600, 1200, 0]


def test_an_earlier_step_of_a_route_that_joins_later_is_told_and_no_other_twice() -> None:
    @dataclass
    class TwoRoutes(PlainRules):
        def route(self, alert: Alert, device: DeviceFacts, now: datetime) -> Taken | None:
            if device.id == "srv-1":
                return Taken("server", self.receivers, (Step(600, ("tim-server",)),))
            return super().route(alert, device, now)

    play = Play(["cam-1", "srv-1"], TwoRoutes(steps=(Step(900, ("kepala",)),)))
    play.down("cam-1", 1)
    assert purposes(play.run(960)) == [FIRING, Purpose.ESCALATION]
    play.down("srv-1", 1)
    later = play.run(3600)
    escalated = [one.receiver for one in later if one.content.purpose is Purpose.ESCALATION]
    assert escalated == ["tim-server"]


def test_flapping_is_told_once_and_once_when_it_is_stable() -> None:
    play = Play(["cam-1"])
    for number in range(20):
        play.becomes("cam-1", State.DOWN, incident=1, flapping=number > 1)
        play.run(20)
        play.up("cam-1", flapping=number > 0)
        play.run(20)
    assert purposes(play.sent) == [FIRING, RECOVERED, FIRING, RECOVERED, Purpose.FLAPPING]
    play.up("cam-1")
    assert purposes(play.run(60)) == [RECOVERED]


def test_what_is_down_when_its_flapping_ends_is_told_as_down() -> None:
    play = Play(["cam-1"])
    play.becomes("cam-1", State.DOWN, incident=1, flapping=True)
    assert purposes(play.run(60)) == [Purpose.FLAPPING]
    play.becomes("cam-1", State.DOWN, incident=1)
    assert purposes(play.run(60)) == [FIRING]
    play.up("cam-1")
    assert purposes(play.run(60)) == [RECOVERED]


def test_a_gone_collector_is_one_message_and_its_devices_are_held() -> None:
    names = [f"cam-{number}" for number in range(50)]
    play = Play(names)
    play.down("cam-0", 1)
    assert purposes(play.run(60)) == [FIRING]
    play.world = replace(play.world, gone={"main": play.now})
    for name in names:
        play.becomes(name, State.UNKNOWN)
    [told] = play.run(60)
    assert told.content.thread.key == "collector:main"
    assert play.last_decision("cam-1").reason is HoldReason.COLLECTOR_GONE
    play.world = replace(play.world, gone={})
    for name in names[1:]:
        play.up(name)
    play.down("cam-0", 1)
    assert purposes(play.run(60)) == [RECOVERED]
    play.up("cam-0")
    assert purposes(play.run(60)) == [RECOVERED]


def test_what_gets_worse_is_told_anew_and_ends_once() -> None:
    play = Play(["ap-1"])
    play.becomes("ap-1", State.DEGRADED)
    assert purposes(play.run(60)) == [FIRING]
    play.down("ap-1", 1)
    told = play.run(60)
    assert purposes(told) == [FIRING]
    assert told[0].content.severity is Severity.CRITICAL
    play.up("ap-1")
    assert purposes(play.run(60)) == [RECOVERED]


def test_what_gets_better_ends_with_a_word_and_goes_on_as_the_lesser() -> None:
    play = Play(["ap-1"])
    play.down("ap-1", 1)
    play.run(60)
    play.becomes("ap-1", State.DEGRADED)
    told = play.run(60)
    assert purposes(told) == [RECOVERED, FIRING]
    assert told[0].content.ended[0].state is State.DOWN


def test_what_can_wait_is_told_in_the_morning_in_one_message() -> None:
    rules = PlainRules(Pace(repeat_seconds=0), quiet={"group": START + timedelta(hours=6)})
    play = Play(["ap-1", "ap-2", "cam-1"], rules)
    play.becomes("ap-1", State.DEGRADED)
    play.becomes("ap-2", State.DEGRADED)
    assert play.run(3600) == []
    assert play.last_decision("ap-1").reason is HoldReason.QUIET_HOURS
    play.up("ap-2")
    play.down("cam-1", 1)
    assert purposes(play.run(3600)) == [FIRING]
    told = play.run(5 * 3600)
    assert purposes(told) == [Purpose.DIGEST]
    assert [one.device_id for one in told[0].content.leading] == ["ap-1"]
    assert [one.device_id for one in told[0].content.ended] == ["ap-2"]
    play.up("ap-1")
    assert purposes(play.run(60)) == [RECOVERED]


def test_a_policy_waits_and_leaves_out() -> None:
    rules = PlainRules(after_seconds=300, unwanted=frozenset({State.UNKNOWN}))
    play = Play(["cam-1", "cam-2"], rules)
    play.down("cam-1", 1)
    play.becomes("cam-2", State.UNKNOWN)
    assert play.run(200) == []
    assert play.last_decision("cam-1").reason is HoldReason.TOO_SHORT
    assert play.last_decision("cam-2").reason is HoldReason.NOT_WANTED
    assert purposes(play.run(200)) == [FIRING]


def test_repeats_come_at_their_pace_and_never_when_they_are_off() -> None:
    rules = PlainRules(pace=Pace(repeat_seconds=3600))
    play = Play(["cam-1"], rules)
    play.down("cam-1", 1)
    assert purposes(play.run(3 * 3600 + 60)) == [FIRING, *[Purpose.REPEAT] * 3]
    silent = Play(["cam-1"], PlainRules(pace=Pace(repeat_seconds=0)))
    silent.down("cam-1", 1)
    assert purposes(silent.run(86_400)) == [FIRING]


def test_what_was_silenced_in_the_night_makes_no_empty_digest() -> None:
    play = Play(["cam-1"], PlainRules(quiet={"group": START + timedelta(hours=8)}))
    play.becomes("cam-1", State.DEGRADED)
    play.run(60)
    ends_at = START + timedelta(hours=10)
    silence = Silence(Scope(devices=("cam-1",)), "rusak", "ani", START, START, ends_at, id=1)
    play.world = replace(play.world, silences={"cam-1": silence})
    play.step(["cam-1"])
    assert play.run(9 * 3_600 - 60) == []
    play.world = replace(play.world, silences={})
    play.step(["cam-1"])
    assert purposes(play.sent) == [Purpose.FIRING]


def test_a_clock_that_is_set_back_keeps_nobody_waiting() -> None:
    play = Play(["cam-1"])
    play.becomes("cam-1", State.DEGRADED)
    play.step()
    play.now -= timedelta(hours=1)
    play.step(None)
    assert purposes(play.run(120)) == [Purpose.FIRING]

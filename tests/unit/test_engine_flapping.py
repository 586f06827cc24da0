"""Flapping as the engine shows it: an overlay with rows of its own in the log."""

from collections.abc import Callable
from dataclasses import replace

from api.source import with_change
from collector.model import (
    DeviceState,
    Metric,
    Outcome,
    Reading,
    Reason,
    State,
    Status,
    Threshold,
    Transition,
    Verdict,
)
from tests.engine_hand import Hand
from tests.virtual_city import EPOCH, checks_of, device

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


def hand() -> Hand:
    return Hand([device("d")], gap_seconds=60.0)


def alternate(moved: Hand, times: int, check_id: str = "d/ping") -> None:
    for number in range(times):
        moved.hear(check_id, Outcome.FAILED if number % 2 else Outcome.ANSWERED)
        moved.live(30)


def flags(log: list[Transition]) -> list[tuple[State, State, bool]]:
    return [(one.old, one.new, one.flapping) for one in log]


def test_flapping_is_told_once_and_leaves_the_state_and_its_moments_as_they_are() -> None:
    city = hand()
    alternate(city, 7)
    assert flags(city.log) == [(UNKNOWN, UP, False), (UP, UP, True)]
    came_up, began = city.log
    assert began.at == came_up.at == EPOCH
    assert (began.confirmed_at - EPOCH).total_seconds() == 180
    state = city.engine.state_of("d")
    assert (state.flapping, state.status, state.since_at) == (True, Status.UP, EPOCH)
    assert state.confirmed_at == EPOCH
    alternate(city, 20)
    assert len(city.log) == 2


def test_steady_results_end_it_and_the_log_says_so() -> None:
    city = hand()
    alternate(city, 21)
    for _ in range(15):
        city.ok("d/ping")
        city.live(30)
    assert flags(city.log)[1:] == [(UP, UP, True), (UP, UP, False)]
    assert not city.engine.state_of("d").flapping


def test_it_ends_with_a_tick_when_the_check_that_flapped_is_not_asked_any_more() -> None:
    city = hand()
    for number in range(8):
        city.ok("d/ping")
        city.hear("d/snmp", Outcome.FAILED if number % 2 else Outcome.ANSWERED)
        city.live(30)
    assert city.engine.state_of("d").flapping
    for _ in range(40):
        city.ok("d/ping")
        city.live(30)
    assert flags(city.log)[-1] == (UP, UP, False)
    assert city.log[-1].confirmed_at > city.log[-2].confirmed_at


def test_every_other_transition_carries_what_the_device_does_now() -> None:
    city = hand()
    alternate(city, 8)
    for _ in range(3):
        city.fail("d/ping")
        city.live(5)
    assert flags(city.log)[-1] == (UP, DOWN, True)


def test_a_gap_a_restart_and_silence_forget_it_and_what_is_unknown_does_not_flap() -> None:
    ways: dict[str, Callable[[Hand], None]] = {
        "gap": lambda city: city.wait(90),
        "restart": lambda city: city.restart(),
        "silence": lambda city: city.live(90),
    }
    for forget in ways.values():
        city = hand()
        alternate(city, 8)
        assert city.engine.state_of("d").flapping
        forget(city)
        assert flags(city.log)[-1] == (UP, UNKNOWN, False)
        city.ok("d/ping")
        city.live(30)
        assert flags(city.log)[-1] == (UNKNOWN, UP, False)


def test_unrest_that_was_there_before_anything_was_believed_is_told_with_the_first_belief() -> None:
    """Its agent answers now and then; whether it can be reached nobody has asked yet."""
    watched = device("d")
    city = Hand([watched], gap_seconds=60)
    for number in range(12):
        outcome = Outcome.FAILED if number % 2 else Outcome.ANSWERED
        city.hear("d/snmp", outcome)
        city.live(10)
    assert city.state("d") is UNKNOWN
    assert city.log == []
    city.ok("d/ping")
    assert flags(city.log) == [(UNKNOWN, UP, False), (UP, UP, True)]


def test_a_clock_that_is_set_neither_begins_nor_ends_flapping() -> None:
    city = hand()
    alternate(city, 8)
    before = len(city.log)
    city.now = EPOCH
    alternate(city, 4)
    assert city.engine.state_of("d").flapping
    assert len(city.log) == before


def test_another_reason_for_the_same_trouble_is_shown() -> None:
    """A UPS that warned of its load is on battery now: who looks for a power cut must see it."""
    limits = {
        "load": Threshold(warning_above=80),
        "mains": Threshold(states={0: Verdict.WARNING}, reason=Reason.ON_BATTERY),
    }
    metrics = tuple(Metric(name, "1.3", threshold=limit) for name, limit in limits.items())
    watched = device("ups")
    ping, snmp = checks_of(watched)
    city = Hand([watched], [ping, replace(snmp, group=replace(snmp.group, metrics=metrics))])
    city.ok("ups/ping")
    for mains in (1, 1, 1, 0):
        city.hear("ups/snmp", Outcome.ANSWERED, Reading("load", 90), Reading("mains", mains))
        city.wait(5)
    shown = city.engine.state_of("ups")
    assert (shown.state, shown.reason, shown.detail) == (
        State.DEGRADED, Reason.ON_BATTERY, "mains = 0",
    )  # fmt: skip


def test_what_is_cut_off_keeps_that_as_its_reason_while_it_goes_on_failing() -> None:
    city = Hand([device("switch"), device("d", "switch")])
    for name in ("switch", "d"):
        city.ok(f"{name}/ping")
    for _ in range(5):
        city.wait(5)
        city.fail("switch/ping")
        city.fail("d/ping")
    assert city.engine.state_of("d").state is State.UNREACHABLE
    assert city.engine.state_of("d").reason is Reason.PARENT_DOWN


def test_a_snapshot_keeps_the_moment_at_which_the_state_was_confirmed() -> None:
    """The rows are laid over the stored state, whether it holds them already or not."""
    city = hand()
    alternate(city, 8)
    blank = DeviceState("d")
    for behind in range(len(city.log) + 1):
        shown = blank
        for change in [*city.log[:behind], *city.log]:  # some of them are laid over twice
            shown = with_change(shown, change)
        held = city.engine.state_of("d")
        assert (shown.state, shown.since_at, shown.confirmed_at, shown.flapping) == (
            held.state, held.since_at, held.confirmed_at, held.flapping,
        )  # fmt: skip

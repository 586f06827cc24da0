"""A collector that goes on while its plan changes: who is kept, asked anew, forgotten."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.inventory import Plan, followed
from collector.model import Check, Device, Reason, State
from tests.engine_hand import Hand
from tests.virtual_city import VirtualCity, World, checks_of, device, seconds

UP, DOWN, UNREACHABLE, UNKNOWN = State.UP, State.DOWN, State.UNREACHABLE, State.UNKNOWN
REGISTER, BY_HAND = Path("register.yaml"), Path("kota.yaml")


def balanced(city: VirtualCity) -> bool:
    """Whether every check that was due is accounted for."""
    counted = city.poller.counters
    return counted.due == counted.done + counted.skipped + city.poller.under_way()


def test_a_plan_that_says_the_same_disturbs_nobody() -> None:
    devices = [device("switch"), *(device(f"cam{n}", "switch") for n in range(5))]
    dead = {"cam1": (300.0, 500.0), "switch": (700.0, 800.0)}
    quiet, followed_often = (
        VirtualCity(devices, World(dead)),
        VirtualCity(devices, World(dead)),
    )
    quiet.run(1000)
    again = [replace(one) for one in devices]
    followed_often.run(
        1000, *((t, lambda: followed_often.follow(again)) for t in range(10, 1000, 7))
    )
    assert followed_often.world.asked == quiet.world.asked
    assert followed_often.transitions == quiet.transitions


def test_a_device_that_is_only_called_otherwise_keeps_its_state() -> None:
    city = VirtualCity([device("a"), device("b")], World())
    renamed = [replace(device("a"), name="Kamera Losari", site="other"), device("b")]
    city.run(600, (300, lambda: city.follow(renamed)))
    assert city.story("a") == [UP]
    assert city.engine._watched["a"].device.name == "Kamera Losari"


def test_a_device_that_is_gone_is_asked_and_told_of_no_more() -> None:
    city = VirtualCity([device("a"), device("b")], World(dead={"a": (290.0,)}))
    city.run(600, (300, lambda: city.follow([device("b")])))
    assert max(at for at, check in city.world.asked if check.startswith("a/")) <= 300
    assert city.story("a") == [UP]
    assert balanced(city)


def test_a_device_with_another_address_is_unknown_until_it_answers_there() -> None:
    city = VirtualCity([device("a")], World())
    moved = replace(device("a"), address="127.0.0.2")
    city.run(600, (300, lambda: city.follow([moved])))
    assert city.story("a") == [UP, UNKNOWN, UP]
    unknown, back = city.transitions[-2:]
    assert unknown.reason is Reason.NEVER_SEEN
    assert seconds(unknown.at) <= 300  # from the last result of where it was
    assert seconds(back.confirmed_at) < 320  # asked soon, not at its next turn
    assert balanced(city)


def test_a_device_that_was_dead_at_a_wrong_address_is_asked_everything_at_the_right_one() -> None:
    city = VirtualCity([device("a")], World(dead={"a": (100.0, 300.0)}))
    moved = replace(device("a"), address="127.0.0.2")
    city.run(900, (300, lambda: city.follow([moved])))
    assert city.story("a") == [UP, DOWN, UNKNOWN, UP]
    health = [at for at, check in city.world.asked if check == "a/snmp" and at > 300]
    assert len(health) >= 9, "ten minutes at one a minute"
    assert balanced(city)


def test_a_collector_that_stops_while_an_old_check_runs_still_balances() -> None:
    moved = replace(device("a"), address="127.0.0.2")
    before = VirtualCity([device("a")], World(answer_seconds=2.0))
    before.run(120)
    began = before.world.asked[-1][0]
    city = VirtualCity([device("a")], World(answer_seconds=2.0))
    city.run(began + 1.0, (began + 0.5, lambda: city.follow([moved])))
    assert city.poller.counters.cut_short == 1
    assert balanced(city)


def test_what_runs_for_the_old_address_says_nothing_of_the_new_one() -> None:
    world = World(dead={"a": (299.0, 302.0)}, answer_seconds=0.5)
    city = VirtualCity([device("a")], world)
    moved = replace(device("a"), address="127.0.0.2")
    happenings = [(at, lambda: city.follow([moved])) for at in (299.5, 300.0, 300.5, 301.0)]
    city.run(600, *happenings)
    assert city.story("a") == [UP, UNKNOWN, UP]
    assert balanced(city)


def test_a_camera_that_hangs_on_another_switch_is_judged_by_that_one() -> None:
    world = World(dead={"old": (300.0,)}, ways={"cam": (("old",),)})
    city = VirtualCity([device("old"), device("new"), device("cam", "old")], world)

    def rewire() -> None:
        world.ways = {"cam": (("new",),)}
        city.follow([device("old"), device("new"), device("cam", "new")])

    city.run(900, (600, rewire))
    assert city.story("cam") == [UP, UNREACHABLE, UNKNOWN, UP]
    assert seconds(city.last("cam").confirmed_at) < 620


def test_what_stood_behind_a_switch_that_is_gone_answers_for_itself() -> None:
    names = ("switch", "cam", "far")
    world = World(dead=dict.fromkeys(names, (300.0,)))
    far = device("far", "cam")
    city = VirtualCity([far, device("cam", "switch"), device("switch")], world)
    city.run(900, (600, lambda: city.follow([far, device("cam")])))
    assert city.story("cam") == [UP, UNREACHABLE, UNKNOWN, DOWN]
    assert city.last("cam").cause is None
    assert city.story("far") == [UP, UNREACHABLE, UNKNOWN, UNREACHABLE]
    assert city.last("far").cause == "cam"


def test_nothing_is_told_of_a_device_that_is_about_to_go() -> None:
    hand = Hand([device("a"), device("b")])
    for _ in range(2):
        hand.ok("a/ping")
        hand.ok("b/ping")
        hand.wait(5)
    hand.engine.expect_gone({"a"})
    for _ in range(4):
        hand.fail("a/ping")
        hand.fail("b/ping")
        hand.wait(5)
    assert [one.device_id for one in hand.log if one.new is DOWN] == ["b"]
    assert hand.state("a") is UP
    hand.engine.expect_gone(())  # it was not retired after all
    hand.ok("a/ping")
    for _ in range(3):
        hand.wait(5)
        hand.fail("a/ping")
    assert hand.state("a") is DOWN


CITIES = st.lists(
    st.lists(st.sampled_from("abcde"), unique=True, min_size=1).map(
        lambda names: tuple(sorted(names))
    ),
    min_size=1,
    max_size=6,
)


@given(plans=CITIES, dead=st.sets(st.sampled_from("abcde")), moved=st.integers(0, 5))
@settings(max_examples=12, deadline=None)
def test_however_plans_follow_each_other_the_last_one_is_what_is_watched(
    plans: list[tuple[str, ...]], dead: set[str], moved: int
) -> None:
    def city_of(names: tuple[str, ...], turn: int) -> list[Device]:
        first = names[0]
        return [
            replace(
                device(name, *(() if name == first or turn % 2 else (first,))),
                address=f"127.0.0.{turn if turn == moved else 1}",
            )
            for name in names
        ]

    world = World(dead=dict.fromkeys(dead, (130.0,)), answer_seconds=0.3)
    city = VirtualCity(city_of(plans[0], 0), world)
    told_at: dict[str, float] = {}

    def follow(turn: int, at: float) -> None:
        for name in plans[turn - 1]:
            told_at[name] = at
        city.follow(city_of(plans[turn], turn))

    happenings = [
        (100.0 + 11.7 * turn, lambda turn=turn: follow(turn, 100.0 + 11.7 * turn))
        for turn in range(1, len(plans))
    ]
    city.run(330, *happenings)
    assert balanced(city)
    assert {one.id for one in city.devices} == city.engine._watched.keys()
    for name in plans[-1]:
        cut_off = len(plans) % 2 == 1 and plans[-1][0] in dead and name != plans[-1][0]
        expected = (UNREACHABLE if cut_off else DOWN) if name in dead else UP
        assert city.engine.state_of(name).state is expected, name
    for moved_row, at in zip(city.transitions, city.recorded, strict=True):
        if moved_row.device_id not in plans[-1]:
            assert at <= told_at[moved_row.device_id] + 1e-6


def plan_of(file: Path, *devices: Device) -> Plan:
    checks: list[Check] = [check for one in devices for check in checks_of(one)]
    return Plan(
        {}, {}, {}, {one.id: one for one in devices}, {}, tuple(checks),
        {one.id: file for one in devices},
    )  # fmt: skip


def both(by_hand: Plan, register: Plan) -> Plan:
    return Plan(
        {}, {}, {}, {**by_hand.devices, **register.devices}, {},
        (*by_hand.checks, *register.checks), {**by_hand.origins, **register.origins},
    )  # fmt: skip


def test_of_two_files_only_the_one_that_is_followed_takes_effect() -> None:
    old = both(plan_of(BY_HAND, device("a"), device("b")), plan_of(REGISTER, device("r")))
    half_edited = plan_of(BY_HAND, replace(device("a"), name="x"), device("new"))
    newer = both(half_edited, plan_of(REGISTER, device("s")))
    plan = followed(old, newer, old.devices_in(REGISTER) | newer.devices_in(REGISTER))
    assert plan.devices.keys() == {"a", "b", "new", "s"}
    assert plan.devices["a"].name == "a"
    assert {check.device_id for check in plan.checks} == plan.devices.keys()
    assert plan.devices_in(REGISTER) == {"s"}


def test_what_stands_behind_a_device_that_is_gone_follows_too() -> None:
    behind = device("cam", "switch")
    old = both(plan_of(BY_HAND, behind, device("far", "cam")), plan_of(REGISTER, device("switch")))
    newer = both(plan_of(BY_HAND, device("cam")), plan_of(REGISTER))
    plan = followed(old, newer, old.devices_in(REGISTER))
    assert plan.devices.keys() == {"cam", "far"}
    assert plan.devices["cam"].parents == ()

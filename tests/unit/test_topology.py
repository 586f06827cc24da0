"""Who stands behind whom."""

from dataclasses import replace
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Device, State
from collector.topology import Topology, find_loop, groups_of


def device(name: str, *parents: str) -> Device:
    return Device(name, name, "switch", "site", "generic-ping", parents=parents)


def root_of(states: dict[str, State], *devices: Device, of: str) -> str | None:
    topology = Topology.of(devices)
    causes: dict[str, str | None] = {"b": "a"}
    return topology.blocking_root(of, lambda name: states.get(name, State.UP), causes.get)


def test_a_device_without_parents_is_never_cut_off() -> None:
    assert root_of({}, device("a"), of="a") is None


def test_the_dead_parent_is_the_root() -> None:
    assert root_of({"a": State.DOWN}, device("a"), device("b", "a"), of="b") == "a"


def test_an_unreachable_parent_passes_its_own_root_on() -> None:
    states = {"a": State.DOWN, "b": State.UNREACHABLE}
    assert root_of(states, device("a"), device("b", "a"), device("c", "b"), of="c") == "a"


def test_one_open_way_is_enough() -> None:
    devices = (device("a"), device("b"), device("c", "a", "b"))
    assert root_of({"a": State.DOWN}, *devices, of="c") is None
    assert root_of({"a": State.DOWN, "b": State.DOWN}, *devices, of="c") == "a"


def test_an_unknown_parent_blocks_nobody() -> None:
    assert root_of({"a": State.UNKNOWN}, device("a"), device("b", "a"), of="b") is None


def test_a_loop_is_named_from_its_first_device_round_to_itself() -> None:
    assert find_loop({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert find_loop({"a": ["a"]}) == ["a", "a"]


def test_a_diamond_is_no_loop_and_depth_is_no_trouble() -> None:
    assert find_loop({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) is None
    chain = {str(n): [str(n + 1)] for n in range(20_000)}
    assert find_loop(chain) is None


def grouped(name: str, *groups: tuple[str, ...]) -> Device:
    return replace(device(name, *dict.fromkeys(chain(*groups))), parent_groups=groups)


def test_of_every_group_one_must_let_through() -> None:
    devices = (*(device(name) for name in "abc"), grouped("d", ("a",), ("b", "c")))
    cuts = {"a": "a", "b": None, "c": None, "bc": "b", "ab": "a", "abc": "a"}
    for dead, root in cuts.items():
        assert root_of(dict.fromkeys(dead, State.DOWN), *devices, of="d") == root, dead


def test_the_first_closed_group_names_the_root_also_when_another_was_closed_first() -> None:
    devices = (device("a"), device("x"), device("b", "a"), grouped("d", ("x",), ("b",)))
    states = {"a": State.DOWN, "b": State.UNREACHABLE}
    assert root_of(states, *devices, of="d") == "a"
    assert root_of(states | {"x": State.DOWN}, *devices, of="d") == "x"


def test_a_parent_in_two_groups_has_the_child_once() -> None:
    topology = Topology.of((device("a"), grouped("d", ("a",), ("a", "b"))))
    assert topology.children["a"] == ("d",)
    assert topology.children["b"] == ("d",)


def test_without_groups_the_parents_are_one_group_and_an_empty_group_is_none() -> None:
    assert groups_of(device("d", "a", "b")) == (("a", "b"),)
    assert groups_of(device("d")) == ()
    assert groups_of(grouped("d", (), ("a",))) == (("a",),)


Graph = list[tuple[tuple[int, ...], ...]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, set[int]]:
    """Devices with groups of parents among those before them, and which are dead themselves."""
    size = draw(st.integers(1, 12))
    group = {n: st.lists(st.integers(0, n - 1), min_size=1, max_size=3) for n in range(1, size)}
    graph: Graph = [()]
    graph += [tuple(tuple(g) for g in draw(st.lists(group[n], max_size=3))) for n in range(1, size)]
    return graph, draw(st.sets(st.integers(0, size - 1)))


@given(graphs())
@settings(deadline=None, max_examples=150, derandomize=True)
def test_whatever_the_graph_what_is_cut_off_is_what_no_living_path_reaches(
    world: tuple[Graph, set[int]],
) -> None:
    """Held against a plain evaluation of who can be reached, from the top down."""
    graph, dead = world
    reached: list[bool] = []
    for n, groups in enumerate(graph):
        open_ways = [any(reached[parent] for parent in group) for group in groups]
        reached.append(n not in dead and all(open_ways))

    devices = [
        grouped(str(n), *(tuple(str(p) for p in group) for group in groups))
        for n, groups in enumerate(graph)
    ]
    topology = Topology.of(devices)
    states: dict[str, State] = {}
    causes: dict[str, str | None] = {}
    for n, watched in enumerate(devices):
        root = topology.blocking_root(watched.id, states.__getitem__, causes.get)
        assert (root is not None) == any(
            not any(reached[parent] for parent in group) for group in graph[n]
        )
        if root is not None:
            assert states[root] is State.DOWN, "a root fails itself"
            assert int(root) in dead
            states[watched.id] = State.UNREACHABLE
        else:
            states[watched.id] = State.DOWN if n in dead else State.UP
        causes[watched.id] = root
        assert (states[watched.id] is State.UP) == reached[n]

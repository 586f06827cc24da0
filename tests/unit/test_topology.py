"""Who stands behind whom."""

from collector.model import Device, State
from collector.topology import Topology, find_loop


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

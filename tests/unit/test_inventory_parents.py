"""Behind what a device stands: how ways in that are joined by all and any become groups."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from collector.inventory import load_inventory
from collector.inventory.parents import MOST_GROUPS, read_parents


@pytest.mark.parametrize(
    ("written", "ids", "groups"),
    [
        ([], (), ()),
        ("sw-1", ("sw-1",), ()),
        ("sw-1, sw-2", ("sw-1", "sw-2"), ()),
        (["b", "a", "b"], ("b", "a"), ()),
        ({"any": ["b", "a"]}, ("b", "a"), ()),
        ({"all": ["a"]}, ("a",), ()),
        ({"all": ["a", "b"]}, ("a", "b"), (("a",), ("b",))),
        ({"all": "a, b"}, ("a", "b"), (("a",), ("b",))),
        (
            {"all": ["ups", {"any": ["core-a", "core-b"]}]},
            ("ups", "core-a", "core-b"),
            (("ups",), ("core-a", "core-b")),
        ),
        # one way over both, or another over one
        (["c", {"all": ["b", "a"]}], ("c", "b", "a"), (("c", "b"), ("c", "a"))),
        # who needs a needs no more of "a or b"; b is still named, and a loop over it still told
        ({"all": [{"any": ["b", "a"]}, "a"]}, ("b", "a"), (("a",),)),
        ({"any": ["a", {"all": ["a", "b"]}]}, ("a", "b"), (("a",),)),
        ({"all": [{"any": ["a", "b"]}, {"any": ["b", "a"]}]}, ("a", "b"), ()),
    ],
)
def test_what_is_written_becomes_the_least_groups(
    written: object, ids: tuple[str, ...], groups: tuple[tuple[str, ...], ...]
) -> None:
    parents = read_parents(written)

    assert (parents.ids, parents.groups) == (ids, groups)


def test_sixty_four_groups_are_enough_and_more_are_refused() -> None:
    def either(ways: int) -> object:
        return {"any": [{"all": [f"a{way}", f"b{way}"]} for way in range(ways)]}

    assert len(read_parents(either(6)).groups) == MOST_GROUPS
    with pytest.raises(PydanticCustomError, match="comes to more than 64 groups"):
        read_parents(either(7))


def test_a_device_of_the_inventory_has_its_parents_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "kota.yaml"
    path.write_text(
        'areas: [{code: "73.71", name: Makassar}]\n'
        'sites: [{id: s, name: S, area: "73.71"}]\n'
        "devices:\n"
        + "".join(
            f"  - {{id: {name}, name: {name}, kind: switch, site: s, profile: generic-ping,"
            f" parents: {parents}}}\n"
            for name, parents in {
                "cam": "{all: [conv, {any: [core-a, core-b]}]}",
                "conv": "[core-a, core-b]",
                "core-a": "[]",
                "core-b": "[]",
            }.items()
        ),
        encoding="utf-8",
    )

    devices = load_inventory([path]).devices

    assert devices["cam"].parents == ("conv", "core-a", "core-b")
    assert devices["cam"].parent_groups == (("conv",), ("core-a", "core-b"))
    assert (devices["conv"].parents, devices["conv"].parent_groups) == (("core-a", "core-b"), ())
    assert (devices["core-a"].parents, devices["core-a"].parent_groups) == ((), ())


# --- the same meaning -------------------------------------------------------------------------

DEVICES = ("a", "b", "c", "d", "e")
formulas = st.recursive(
    st.sampled_from(DEVICES),
    lambda inner: st.builds(
        lambda joint, ways: {joint: ways},
        st.sampled_from(("all", "any")),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
).filter(lambda formula: depth_of(formula) <= 5)


def depth_of(formula: Any) -> int:
    if isinstance(formula, str):
        return 0
    ((_, ways),) = formula.items()
    return 1 + max(depth_of(way) for way in ways)


def is_open(formula: Any, works: Mapping[str, bool]) -> bool:
    """Say whether a device can be reached, by what is written."""
    if isinstance(formula, str):
        return works[formula]
    ((joint, ways),) = formula.items()
    return (all if joint == "all" else any)(is_open(way, works) for way in ways)


@given(formulas)
@settings(deadline=None, max_examples=150)
def test_groups_mean_what_was_written_and_none_is_too_many(formula: Any) -> None:
    parents = read_parents(formula)

    groups = parents.groups or (parents.ids,)
    for working in product((False, True), repeat=len(DEVICES)):
        works = dict(zip(DEVICES, working, strict=True))
        assert all(any(works[it] for it in group) for group in groups) == is_open(formula, works)
    assert not any(set(one) <= set(other) for one in groups for other in groups if one is not other)
    assert {device for group in groups for device in group} <= set(parents.ids)

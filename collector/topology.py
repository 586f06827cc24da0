"""Who stands behind whom: parents, loops, and the root cause of being unreachable. Pure.

A device's parents stand in groups. Within a group they are alternatives: it is open while any one
of them can be reached. Of every group one must let through: a camera behind (converter) and
(core A or core B) needs the converter, and either core. Without groups the parents are one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.model import Device, State

BLOCKING = frozenset({State.DOWN, State.UNREACHABLE})

Group = tuple[str, ...]
"""Parents of which any one is a way."""


def groups_of(device: Device) -> tuple[Group, ...]:
    """Return the groups of parents of which each must be open; none: nothing is in front."""
    groups = device.parent_groups or (device.parents,)
    return tuple(group for group in groups if group)


@dataclass(frozen=True, slots=True)
class Topology:
    """The parents graph, both ways round. It holds no loops (see `find_loop`)."""

    groups: Mapping[str, tuple[Group, ...]]
    children: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, devices: Iterable[Device]) -> "Topology":
        """Build the graph of an inventory."""
        groups = {device.id: groups_of(device) for device in devices}
        children: dict[str, dict[str, None]] = {}  # each child once, in order
        for device_id, above in groups.items():
            for group in above:
                for parent in group:
                    children.setdefault(parent, {})[device_id] = None
        return cls(groups, {parent: tuple(below) for parent, below in children.items()})

    def blocking_root(
        self,
        device_id: str,
        state_of: Callable[[str], State],
        cause_of: Callable[[str], str | None],
    ) -> str | None:
        """Return the root device that cuts `device_id` off, or None while every group is open.

        A way is closed by a parent that is down (it is the root) or itself unreachable (its own
        cause is the root). The first closed group's first parent names the root.
        """
        for group in self.groups.get(device_id, ()):
            if all(state_of(parent) in BLOCKING for parent in group):
                return root_of(group, state_of, cause_of)
        return None


def root_of(
    closed: Group, state_of: Callable[[str], State], cause_of: Callable[[str], str | None]
) -> str:
    """Return the root device that a closed group names."""
    first = closed[0]
    return first if state_of(first) is State.DOWN else cause_of(first) or first


def find_loop(parents: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Return the devices of one loop, first repeated at the end, or None when there is none.

    Iterative, so that a chain of 10,000 devices does not exhaust the stack.
    """
    done: set[str] = set()
    for start in parents:
        if start in done:
            continue
        path: list[str] = [start]
        on_path = {start}
        branches = [iter(parents.get(start, ()))]
        while branches:
            parent = next(branches[-1], None)
            if parent is None:
                branches.pop()
                finished = path.pop()
                on_path.discard(finished)
                done.add(finished)
            elif parent in on_path:
                return [*path[path.index(parent) :], parent]
            elif parent not in done:
                path.append(parent)
                on_path.add(parent)
                branches.append(iter(parents.get(parent, ())))
    return None

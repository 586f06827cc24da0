"""Who stands behind whom: parents, loops, and the root cause of being unreachable. Pure.

A device's parents are alternatives: it can be reached while any one of them can.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.model import Device, State

BLOCKING = frozenset({State.DOWN, State.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Topology:
    """The parents graph, both ways round. It holds no loops (see `find_loop`)."""

    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, devices: Iterable[Device]) -> "Topology":
        """Build the graph of an inventory."""
        parents = {device.id: device.parents for device in devices}
        children: dict[str, list[str]] = {}
        for device_id, above in parents.items():
            for parent in above:
                children.setdefault(parent, []).append(device_id)
        return cls(parents, {parent: tuple(below) for parent, below in children.items()})

    def blocking_root(
        self,
        device_id: str,
        state_of: Callable[[str], State],
        cause_of: Callable[[str], str | None],
    ) -> str | None:
        """Return the root device that cuts `device_id` off, or None while a way is open.

        A way is closed by a parent that is down (it is the root) or itself unreachable (its own
        cause is the root). With several closed ways the first parent's root is named.
        """
        above = self.parents.get(device_id, ())
        if not above or any(state_of(parent) not in BLOCKING for parent in above):
            return None
        first = above[0]
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

"""The ways to a device: which are open, which may be closed, since when. Pure reading of beliefs.

A device's parents stand in groups (see `collector.topology`). A way is closed by a parent that is
down or unreachable, and *suspect* while that parent's own failure is not confirmed or it was not
asked yet. One group whose ways are all closed cuts the device off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.model import Check, CheckState, Device, DeviceState, Role, State, Verdict
from collector.state import in_doubt, suspected
from collector.topology import BLOCKING, Group, Topology, root_of


@dataclass(slots=True)
class Watched:
    """One device with its checks, as the engine holds it."""

    device: Device
    checks: tuple[Check, ...]
    state: DeviceState
    paused: bool = False
    expiry_queued: bool = False
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """Answers about ways, over the engine's own maps of devices and check states."""

    topology: Topology
    watched: Mapping[str, Watched]
    states: Mapping[str, CheckState]

    def root(self, device_id: str) -> str | None:
        """Return the root device that cuts a device off, or None while every group is open."""
        return self.topology.blocking_root(device_id, self._state, self._cause)

    def all_suspect(self, watched: Watched) -> bool:
        """Say whether, in some group, every open way leads through a device that may be down.

        A parent that was not asked since this device failed last is suspect as well. That it
        answered when the failures began is not enough: a child whose ping was lost two seconds
        before its switch died, or that answered once while the switch was back for 20 s, would
        be called down.
        """
        heard = (state.last_result_at for state in self._critical(watched))
        failed_at = max((moment for moment in heard if moment is not None), default=None)
        return any(
            all(self._is_suspect(self.watched[parent], failed_at) for parent in self._open(group))
            for group in self._groups(watched)
        )

    def answers_again(self, watched: Watched) -> bool:
        """Say whether results speak against every failure that is believed of a device."""
        return all(in_doubt(state) for state in self._critical(watched))

    def _critical(self, watched: Watched) -> list[CheckState]:
        """Return what is believed of the reachability checks that fail."""
        every = (self.states[c.id] for c in watched.checks if c.role is Role.REACHABILITY)
        return [state for state in every if state.verdict is Verdict.CRITICAL]

    def _is_suspect(self, parent: Watched, since: datetime | None) -> bool:
        if parent.held_until is not None:
            return True
        for check in parent.checks:
            if check.role is not Role.REACHABILITY:
                continue
            state = self.states[check.id]
            asked = state.last_result_at is not None and (
                since is None or state.last_result_at >= since
            )
            if suspected(state) or not asked:
                return True
        return False

    def asked_since_return(self, watched: Watched) -> bool:
        """Say whether the device was asked, without doubt, since it could be reached again.

        That is since the last of its groups opened; each opened with the first of its ways.
        """
        opened = [
            moment
            for group in self._groups(watched)
            if (moment := min(self._since(self._open(group)), default=None)) is not None
        ]
        if not opened:
            return True
        for state in self._critical(watched):
            last = state.last_result_at
            if in_doubt(state) or last is None or last <= max(opened):
                return False
        return True

    def cut_off_at(self, watched: Watched) -> datetime | None:
        """Return the earliest moment at which all ways of one group were closed."""
        return min(self._closed_at(watched), default=None)

    def handed_on_at(self, watched: Watched, root: str) -> datetime | None:
        """Return since when another root than before cuts a device off that is cut off already.

        That is since all ways of a group lead to it, but not while the former root, which was
        told to be the cause, was in the way itself.
        """
        began = min(self._closed_at(watched, root), default=None)
        former = watched.state.cause
        if began is None or former is None or self._state(former) in BLOCKING:
            return began
        return max([began, *self._since([former])])

    def _closed_at(self, watched: Watched, root: str | None = None) -> list[datetime]:
        """Return when each closed group lost its last way; with `root`, of those it closes."""
        return [
            max(since)
            for group in self._groups(watched)
            if not self._open(group)
            and (root is None or root_of(group, self._state, self._cause) == root)
            and (since := self._since(group))
        ]

    def _groups(self, watched: Watched) -> tuple[Group, ...]:
        return self.topology.groups[watched.device.id]

    def _open(self, group: Group) -> list[str]:
        return [parent for parent in group if self._state(parent) not in BLOCKING]

    def _since(self, devices: Iterable[str]) -> list[datetime]:
        every = (self.watched[device_id].state.since_at for device_id in devices)
        return [moment for moment in every if moment is not None]

    def _state(self, device_id: str) -> State:
        return self.watched[device_id].state.state

    def _cause(self, device_id: str) -> str | None:
        return self.watched[device_id].state.cause

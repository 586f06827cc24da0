"""The ways to a device: which are open, which may be closed, since when. Pure reading of beliefs.

A device's parents are alternatives. A way is closed by a parent that is down or unreachable, and
*suspect* while that parent's own failure is not confirmed or it was not asked yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.model import Check, CheckState, Device, DeviceState, Role, State, Verdict
from collector.state import DeviceView, in_doubt, suspected
from collector.topology import BLOCKING, Topology


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
        """Return the root device that cuts a device off, or None while a way is open."""
        return self.topology.blocking_root(device_id, self._state, self._cause)

    def all_suspect(self, watched: Watched, view: DeviceView) -> bool:
        """Say whether every open way leads through a device that may be down itself.

        A parent that was not asked since this device's failures began is suspect as well.
        """
        open_ways = [
            self.watched[parent]
            for parent in watched.device.parents
            if self._state(parent) not in BLOCKING
        ]
        return bool(open_ways) and all(self._is_suspect(parent, view.at) for parent in open_ways)

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
        """Say whether the device was asked, without doubt, since a way to it opened again."""
        returned = [
            since
            for parent in watched.device.parents
            if self._state(parent) not in BLOCKING
            and (since := self.watched[parent].state.since_at) is not None
        ]
        if not returned:
            return True
        for check in watched.checks:
            state = self.states[check.id]
            if check.role is not Role.REACHABILITY or state.verdict is not Verdict.CRITICAL:
                continue
            last = state.last_result_at
            if in_doubt(state) or last is None or last <= min(returned):
                return False
        return True

    def cut_off_at(self, watched: Watched) -> datetime | None:
        """Return when the last way to a device was closed."""
        closed = [self.watched[parent].state.since_at for parent in watched.device.parents]
        return max((moment for moment in closed if moment is not None), default=None)

    def _state(self, device_id: str) -> State:
        return self.watched[device_id].state.state

    def _cause(self, device_id: str) -> str | None:
        return self.watched[device_id].state.cause

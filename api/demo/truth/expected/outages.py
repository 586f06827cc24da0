"""From states to outages, and what each can be put down to.

Of each kind (down, unreachable) a device has one outage at a time. Working ends both; down ends
being cut off; being cut off by another root is another outage; not having looked ends nothing.

What an outage is put down to: planned, when it began within a maintenance window that was known by
then; what is in front of it, when it was cut off; else what the script says that could be known of
the fault. A person's correction takes the place of all that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.demo.truth.expected.states import DEGRADED, DOWN, UNREACHABLE, UP, Change, Histories
from simulators.truth.city import DEVICES
from simulators.truth.script import SECOND, Deed, DeedKind, Script

NOTICED = 210 * SECOND  # the slowest ping and its rechecks: so late a fault may be seen to begin


@dataclass(frozen=True, slots=True)
class Outage:
    """A device did not work from `start` until `end` (None: still on); microseconds."""

    device: str
    state: str
    start: int
    end: int | None
    root: str | None
    cause: str = "unknown"
    responsible: str | None = None

    def covers(self, moment: int) -> bool:
        """Say whether the outage was on at a moment."""
        return self.start <= moment and (self.end is None or moment < self.end)


Outages = Mapping[str, Sequence[Outage]]


def outages(told: Histories, script: Script) -> Outages:
    """Return every device's outages, as they are explained in the end."""
    bare = {device: list(_outages(device, history)) for device, history in told.items()}
    explained: dict[str, list[Outage]] = {}
    for device, own in bare.items():  # parents first
        explained[device] = [_explained(outage, explained, script) for outage in own]
    return explained


def _outages(device: str, history: Sequence[Change]) -> Iterator[Outage]:
    begun: dict[str, Outage] = {}
    for change in history:
        ended = []
        if change.state in (UP, DEGRADED):
            ended = [DOWN, UNREACHABLE]
        elif change.state == DOWN:
            ended = [UNREACHABLE]
        elif change.state == UNREACHABLE and UNREACHABLE in begun:
            ended = [UNREACHABLE] if begun[UNREACHABLE].root != change.root else []
        for state in ended:
            if state in begun and begun[state].start < change.at:
                yield replace(begun[state], end=change.at)
            begun.pop(state, None)
        if change.state in (DOWN, UNREACHABLE) and change.state not in begun:
            begun[change.state] = Outage(device, change.state, change.at, None, change.root)
    yield from begun.values()


def _explained(outage: Outage, above: Outages, script: Script) -> Outage:
    cause = _cause(outage, script)
    device = DEVICES[outage.device]
    owner: str | None = None
    if cause == "device":
        owner = device.owner
    elif cause == "link":
        owner = device.link_owner or device.owner
    elif cause == "power":
        owner = device.power_owner or device.owner
    elif cause == "upstream" and outage.root is not None:
        owner = root_outage(outage, above[outage.root]).responsible
    return replace(outage, cause=cause, responsible=owner)


def root_outage(outage: Outage, candidates: Sequence[Outage]) -> Outage:
    """Return the root's own outage, the one on at the end of being cut off or just before it."""
    until = outage.end
    return [
        one for one in candidates if one.state == DOWN and (until is None or one.start < until)
    ][-1]


def _cause(outage: Outage, script: Script) -> str:
    for deed in script.deeds_of(DeedKind.CORRECT):
        if (
            deed.device == outage.device
            and outage.state == DOWN
            and outage.covers(deed.started + NOTICED)
        ):
            return deed.cause
    for window in script.windows():
        if window.at <= outage.start and covers(window, outage.device, outage.start):
            return "planned"
    if outage.state == UNREACHABLE:
        return "upstream"
    return next(
        fault.cause
        for fault in script.faults
        if outage.device in fault.targets and fault.from_ <= outage.start < fault.until + NOTICED
    )


def covers(window: Deed, device: str, moment: int) -> bool:
    """Say whether a maintenance window covers a device at a moment."""
    return is_about(window, device) and any(start <= moment < end for start, end in window.covers)


def is_about(window: Deed, device: str) -> bool:
    """Say whether a maintenance window is about a device."""
    return device in window.devices or DEVICES[device].site in window.sites

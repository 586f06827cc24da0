"""Which outages people must be shown as one incident.

What is cut off belongs to the outage that cuts it off. A device that fails again within half an
hour of all being well is the same incident. Faults that the script gives the same `incident` have
one cause that could be known, and are one.
"""

from api.demo.truth.expected.outages import NOTICED, Outage, Outages, root_outage
from api.demo.truth.expected.states import DOWN
from simulators.truth.script import SECOND, Script

_AGAIN = 1800 * SECOND
_FOREVER = 1 << 62


def incidents(explained: Outages, script: Script) -> list[frozenset[Outage]]:
    """Return the outages of every incident, in the order in which the incidents began."""
    every = [outage for own in explained.values() for outage in own]
    own = sorted((one for one in every if one.state == DOWN), key=lambda one: one.start)
    behind: dict[Outage, list[Outage]] = {outage: [outage] for outage in own}
    for outage in every:
        if outage.root is not None:
            behind[root_outage(outage, explained[outage.root])].append(outage)
    result: list[list[Outage]] = []
    last: dict[str, list[Outage]] = {}  # by device or by the script's name
    for outage in own:
        key = _name(outage, script)
        before = last.get(key)
        if before is not None and outage.start < max(map(_end, before)) + _AGAIN:
            before += behind[outage]
        else:
            last[key] = list(behind[outage])
            result.append(last[key])
    return [frozenset(members) for members in result]


def _end(outage: Outage) -> int:
    return _FOREVER if outage.end is None else outage.end


def _name(outage: Outage, script: Script) -> str:
    return (
        next(
            fault.incident
            for fault in script.faults
            if outage.device in fault.targets
            and fault.from_ <= outage.start < fault.until + NOTICED
        )
        or outage.device
    )

"""What a trap means for a device: which of its groups to ask now, by its profile."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.model import Check, Device, Profile, Role, TrapRule

UNMAPPED_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a trap is worth. `ask`: names of groups, None for all. `name` is None: not known."""

    name: str | None
    ask: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A trap that devices of a profile send and that the profile does not know."""

    profile: str
    trap: str
    device_id: str  # the last one that sent it
    first_seen_at: datetime
    last_seen_at: datetime
    count: int


class HintBook:
    """Knows the traps of every device's profile, and keeps a bounded list of those none knows."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._profile_of: dict[str, str] = {}
        self._rules: dict[str, dict[str, TrapRule]] = {}
        self._reachability: dict[str, tuple[str, ...]] = {}
        self._unmapped: OrderedDict[tuple[str, str], Unmapped] = OrderedDict()
        self.forgotten = 0

    def follow(
        self, devices: Iterable[Device], profiles: Mapping[str, Profile], checks: Iterable[Check]
    ) -> None:
        """Take over a plan; of its checks, those that say whether a device can be reached."""
        self._profile_of = {device.id: device.profile for device in devices}
        self._rules = {  # of others nothing is asked: reading them would hold up the event loop
            name: {trap.oid: trap for trap in profiles[name].traps}
            for name in set(self._profile_of.values())
        }
        self._reachability = {}
        for check in checks:
            if check.role is Role.REACHABILITY:
                known = self._reachability.get(check.device_id, ())
                self._reachability[check.device_id] = (*known, check.name)

    def knows(self, device_id: str) -> bool:
        """Say whether a device is in the plan."""
        return device_id in self._profile_of

    def meaning_of(self, device_id: str, trap: str) -> Meaning:
        """Return what to ask a device of the plan. Raises KeyError for another.

        A trap that its profile does not know lets its reachability be asked.
        """
        rules = self._rules[self._profile_of[device_id]]
        rule = rules.get(trap) or rules.get(_without_zero(trap))
        if rule is None:
            return Meaning(None, self._reachability.get(device_id, ()))
        return Meaning(rule.name, rule.ask)

    def note_unmapped(self, device_id: str, trap: str, now: datetime) -> bool:
        """Keep a trap that no profile knows; return whether its kind is new here."""
        key = self._profile_of[device_id], trap
        known = self._unmapped.pop(key, None)
        first = known.first_seen_at if known else now
        count = known.count + 1 if known else 1
        self._unmapped[key] = Unmapped(*key, device_id, first, now, count)
        if len(self._unmapped) > UNMAPPED_LIMIT:
            self._unmapped.popitem(last=False)
            self.forgotten += 1
        return known is None

    @property
    def unmapped(self) -> tuple[Unmapped, ...]:
        """Return the traps that no profile knows, last heard first."""
        return tuple(reversed(self._unmapped.values()))


def _without_zero(trap: str) -> str:
    """Return the other way to write a trap that was defined for v2 and came as v1, or the reverse.

    RFC 3584, section 3.1, puts a zero before the specific number of a v1 trap; MIBs of version 2
    name some of the same traps without it (UPS-MIB: `….33.2.1`, which as v1 is `….33.2.0.1`).
    """
    head, _, last = trap.rpartition(".")
    return f"{head.removesuffix('.0')}.{last}" if head.endswith(".0") else trap

"""By which rules uptime is reckoned: what is left out, and what does not count. Pure.

Two sets of rules stand side by side in every figure: the plain ones (maintenance left out, all
else counted) and those of a contract with a provider. Both are printed with the figure.
"""

from dataclasses import asdict, dataclass
from datetime import time
from hashlib import blake2b

import orjson

from collector.model import CauseClass

PLAIN = "plain"
"""The name of the rules without a contract."""


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Hours of some weekdays (0 is Monday) in the zone of the device's site.

    `until` 00:00 is the end of the day. From later than until goes over midnight.
    """

    weekdays: tuple[int, ...]
    from_: time
    until: time


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts. A time that does not count is excluded: it is neither up nor down.

    An outage that lasts at most `minimum_outage_seconds`, from its beginning to its end and not
    only within the window that is asked for, does not count; nor does one whose cause class is in
    `causes_not_counted`. Without `service_hours` every hour counts.
    """

    name: str = PLAIN
    exclude_maintenance: bool = True
    causes_not_counted: frozenset[CauseClass] = frozenset()
    minimum_outage_seconds: int = 0
    service_hours: tuple[ServiceHours, ...] = ()
    target_percent: float | None = None
    """What service uptime is promised to reach, at most three decimals; None: nothing is."""

    def digest(self) -> str:
        """Return a short name of what these rules count, whatever they are called or promise."""
        said = asdict(self) | {"name": "", "causes_not_counted": sorted(self.causes_not_counted)}
        del said["target_percent"]  # another target counts the same minutes: sums stay
        return blake2b(orjson.dumps(said), digest_size=8).hexdigest()

"""How many series a server is given: a device whose labels explode must not take it down.

A series is a measurement with its set of tags. The server keeps an index of all, in memory in some
versions; a profile that makes a label of a client's address, or a device that invents interfaces,
fills it. Counted anew every day, as shards of the server are.
"""

import logging
from collections import defaultdict
from datetime import date, datetime

logger = logging.getLogger(__name__)

PER_DEVICE = 2_000
WARN_AT = 100_000
AT_MOST = 1_000_000
"""Series of a day. A switch with 48 ports has some 150, a controller of 500 access points 1,500."""


class Guard:
    """Counts series and says which new ones are too many. Some 70 bytes a series."""

    def __init__(
        self, per_device: int = PER_DEVICE, warn_at: int = WARN_AT, at_most: int = AT_MOST
    ) -> None:
        self._per_device = per_device
        self._warn_at = warn_at
        self._at_most = at_most
        self._day: date | None = None
        self._devices: dict[str, set[int]] = defaultdict(set)
        self._told: set[str] = set()
        self.series = 0  # of this day

    def begin(self, now: datetime) -> bool:
        """Begin anew if a new day has begun: return whether it has."""
        if now.date() == self._day:
            return False
        self._day = now.date()
        self._devices.clear()
        self._told.clear()
        self.series = 0
        return True

    def admits(self, device_id: str, head: str) -> bool:
        """Count a series of a device; False if it is new and one too many. Told once a day."""
        known = self._devices[device_id]
        series = hash(head)
        if series in known:
            return True
        if len(known) >= self._per_device:
            self._tell(
                device_id,
                f"{device_id} has more than {self._per_device} series today; what is new is not"
                " written to InfluxDB. Look which label of its profile takes ever new values"
                " (pantau probe ADDRESS shows them), and drop the rows or the label",
            )
            return False
        if self.series >= self._at_most:
            self._tell(
                "all",
                f"there are more than {self._at_most} series today; what is new is not written to"
                " InfluxDB. Ask fewer tables, or share the devices among several collectors and"
                " buckets",
            )
            return False
        known.add(series)
        self.series += 1
        if self.series == self._warn_at:
            logger.warning(
                "there are %d series today: give InfluxDB memory for them; at %d new ones are"
                " refused",
                *(self._warn_at, self._at_most),
            )
        return True

    def _tell(self, name: str, text: str) -> None:
        if name not in self._told:
            self._told.add(name)
            logger.error("%s", text)

"""What the courier says of itself every few seconds, for whoever shows it (see `REPORT_MARK`)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import orjson

REPORT_MARK = "courier"
"""The spool's mark that holds the last report."""
ROLLER_MARK = "roller"
"""The spool's mark that holds the roller's last report (JSON, see `RollerReport`)."""


@dataclass(frozen=True, slots=True)
class CourierReport:
    """The courier's last word. Counts are since its start."""

    at: datetime
    started_at: datetime
    requests: int = 0
    lines: int = 0  # stored
    retries: dict[str, int] = field(default_factory=dict)  # by kind of trouble
    halved: int = 0  # requests sent again in halves: too large, or too slow
    searched: int = 0  # requests taken apart in search of a bad line
    dead: int = 0  # lines given up
    spool_failures: int = 0
    trouble: str | None = None  # its kind: why lines wait
    trouble_since_at: datetime | None = None
    trouble_words: str | None = None  # what is wrong and what to do about it

    def encode(self) -> str:
        """Return it as JSON."""
        return orjson.dumps(self).decode()

    @classmethod
    def decode(cls, text: str | None) -> Self | None:
        """Read a report; None when there is none, or none that we can read."""
        try:
            said: dict[str, Any] = orjson.loads(text or "")
            since = said.get("trouble_since_at")
            moments = {
                "at": datetime.fromisoformat(said["at"]),
                "started_at": datetime.fromisoformat(said["started_at"]),
                "trouble_since_at": None if since is None else datetime.fromisoformat(since),
            }
            return cls(**(said | moments))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


@dataclass(frozen=True, slots=True)
class RollerReport:
    """The last word of what makes roll-ups. Counts are since its start."""

    at: datetime
    newest_at: datetime | None  # the newest roll-ups of an hour reach to here
    waiting_hours: int  # to be made, or to be made again
    hours: int  # made
    lines: int  # stored
    dead: int  # lines given up
    too_late: int  # hours of which raw points had gone when lines came
    failures: int
    trouble: str | None  # what is wrong

    @classmethod
    def decode(cls, text: str | None) -> Self | None:
        """Read a report; None when there is none, or none that we can read."""
        try:
            said: dict[str, Any] = orjson.loads(text or "")
            newest = said["newest_at"]
            moments = {
                "at": datetime.fromisoformat(said["at"]),
                "newest_at": None if newest is None else datetime.fromisoformat(newest),
            }
            return cls(**(said | moments))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

"""Topics that fit a profile and belong to no device: shown to people, never made into devices."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

TOPICS_LIMIT = 1000
TOPIC_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What was heard on one topic."""

    topic: str
    first_seen_at: datetime
    last_seen_at: datetime
    messages: int
    last_bytes: int


class Quarantine:
    """A bounded list: when it is full, the topic that was silent longest goes, and is counted."""

    def __init__(self, limit: int = TOPICS_LIMIT) -> None:
        self._limit = limit
        self._topics: OrderedDict[str, Quarantined] = OrderedDict()
        self.forgotten = 0

    def add(self, topic: str, payload_bytes: int, now: datetime) -> bool:
        """Note a message. Returns whether its topic is new."""
        shown = _printable(topic)
        known = self._topics.pop(shown, None)
        first = known.first_seen_at if known else now
        count = known.messages + 1 if known else 1
        self._topics[shown] = Quarantined(shown, first, now, count, payload_bytes)
        if len(self._topics) > self._limit:
            self._topics.popitem(last=False)
            self.forgotten += 1
        return known is None

    def snapshot(self) -> tuple[Quarantined, ...]:
        """Return what is there, last heard first."""
        return tuple(reversed(self._topics.values()))


def _printable(topic: str) -> str:
    """Return a topic that is safe to show: strangers choose these words."""
    shown = "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in topic[:TOPIC_SHOWN]
    )
    return shown if len(topic) <= TOPIC_SHOWN else f"{shown}…"

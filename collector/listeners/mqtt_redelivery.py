"""Which messages the broker sends again although we have them. Pure.

With QoS 1 a broker repeats what it has no acknowledgement of, under the same packet identifier and
marked as a duplicate (MQTT 3.1.1, 4.4.0-1 and 3.3.1.1). After a broken connection that is what we
were about to acknowledge, and what we had just acknowledged, should that have been lost on the way.
"""

from dataclasses import dataclass

from collector.listeners.mqtt_link import Incoming

DOUBT_SECONDS = 120.0  # an acknowledgement this long before the connection's end has arrived


@dataclass(slots=True)
class _Taken:
    mark: int
    acknowledged: float | None = None  # monotonic


class Redelivery:
    """Remembers what was taken, by packet identifier: at most 65,535 of them."""

    def __init__(self) -> None:
        self._taken: dict[int, _Taken] = {}

    def came_before(self, message: Incoming) -> bool:
        """Say whether this very message was taken already; if not, remember it."""
        if message.qos == 0:
            return False
        mark = hash((message.topic, message.payload))
        known = self._taken.get(message.message_id)
        if message.redelivered and known is not None and known.mark == mark:
            return True
        self._taken[message.message_id] = _Taken(mark)
        return False

    def acknowledge(self, message_id: int, now: float) -> None:
        """Note that the broker was told that a message is kept."""
        taken = self._taken.get(message_id)
        if taken is not None:
            taken.acknowledged = now

    def end_connection(self, now: float) -> None:
        """Forget what the broker surely knows to be kept: its identifiers will be used anew."""
        self._taken = {
            message_id: taken
            for message_id, taken in self._taken.items()
            if taken.acknowledged is None or now - taken.acknowledged < DOUBT_SECONDS
        }

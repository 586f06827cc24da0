"""What devices announced of themselves so far, one suggestion a device: bounded, in memory.

A device announces each of its values in a message of its own, all retained, so that they come again
with every connection.
"""

from collections import OrderedDict

from collector.listeners.mqtt_discovery import (
    ENTITIES_LIMIT,
    PREFIX,
    Announced,
    Suggestion,
    announced,
    suggest,
)
from collector.listeners.mqtt_fitting import Fitting

DEVICES_LIMIT = 200


def is_announcement(topic: str) -> bool:
    """Say whether a topic is one on which devices announce themselves."""
    return topic.startswith(f"{PREFIX}/") and topic.endswith("/config")


class Announcements:
    """The announcements of devices; who was silent longest goes when there are too many."""

    def __init__(self, fitting: Fitting) -> None:
        self._fitting = fitting
        self._devices: OrderedDict[str, dict[tuple[str, int], Announced]] = OrderedDict()

    def hear(self, topic: str, payload: bytes) -> Suggestion | None:
        """Take an announcement; return what it and those before suggest of its device.

        None when it takes back what was announced, or says nothing new: the broker repeats what it
        retains, and writing a proposal is the costly part.

        Raises:
            PayloadError: it is no announcement.
        """
        found = announced(topic, payload)
        if not found:
            for entities in self._devices.values():
                for key in [key for key in entities if key[0] == topic]:
                    del entities[key]
            return None
        device = self._devices.setdefault(found[0].device_key, {})
        self._devices.move_to_end(found[0].device_key)
        fresh = False
        for number, entity in enumerate(found):
            known = device.get((topic, number))
            if entity != known and (known is not None or len(device) < ENTITIES_LIMIT):
                device[topic, number] = entity
                fresh = True
        if len(self._devices) > DEVICES_LIMIT:
            self._devices.popitem(last=False)
        return suggest(device.values(), self._fitting.fits) if fresh else None

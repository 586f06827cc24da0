"""The word that a device, or the broker in its name, says about being there. Pure."""

from dataclasses import dataclass

from collector.listeners.mqtt_formats import PayloadError
from collector.listeners.mqtt_payload import Source, leaf_of
from collector.profiles.expressions import ExpressionError


@dataclass(frozen=True, slots=True)
class WordReader:
    """Reads the words of one status topic. Anything else than the profile's words is refused."""

    online: tuple[str, ...]
    offline: tuple[str, ...]
    source: Source

    def is_online(self, document: object) -> bool:
        """Return whether the word is one that means the device is there.

        A document that is one bare word is that word, wherever the source points to: some
        dialects wrote it so before they wrote JSON.

        Raises:
            PayloadError: none of the words.
        """
        word = document if isinstance(document, str) else self._word_in(document)
        if word in self.online:
            return True
        if word in self.offline:
            return False
        raise PayloadError("the status is none of the profile's words")

    def _word_in(self, document: object) -> str | None:
        try:
            leaves = [leaf_of(value) for _, value in self.source.entries(document)]
        except ExpressionError:
            return None
        return None if not leaves or leaves[0] is None else str(leaves[0])

"""How payloads are written: a decoder a format, by name. Pure; no content reaches an error text.

    json           RFC 8259: no NaN, no Infinity, at most 1,024 levels deep
    text           UTF-8 without surrounding white space
    json_or_text   JSON where it is JSON, else text: for dialects whose versions differ
    sparkplug      Sparkplug B, see `collector.listeners.sparkplug`

What a decoder returns is a document as of JSON: mappings, lists, text, numbers, true, false, None.
`DECODERS` names each as a profile writes it at `payload`.
"""

from collections.abc import Callable
from typing import Protocol

import orjson


class PayloadError(Exception):
    """A payload is not what the profile says. The text is short and without its content."""


class Decoder(Protocol):
    """Reads payloads of one format. One object serves one listener, so it may remember."""

    def decode(self, payload: bytes, topic: str) -> object:
        """Return the document that a payload holds; its size has been checked.

        Raises:
            PayloadError: it is not of this format.
        """
        ...


class _Json:
    def decode(self, payload: bytes, topic: str) -> object:
        del topic
        try:
            document: object = orjson.loads(payload)
        except orjson.JSONDecodeError:
            # `from None`: its message and traceback carry the payload, which may be anything.
            raise PayloadError(f"the payload ({len(payload)} bytes) is not JSON") from None
        return document


class _Text:
    def decode(self, payload: bytes, topic: str) -> object:
        del topic
        try:
            return payload.decode("utf-8").strip()
        except UnicodeDecodeError:
            what = f"the payload ({len(payload)} bytes) is not text in UTF-8"
            raise PayloadError(what) from None


class _JsonOrText:
    def decode(self, payload: bytes, topic: str) -> object:
        try:
            return _Json().decode(payload, topic)
        except PayloadError:
            return _Text().decode(payload, topic)


def _sparkplug() -> Decoder:
    """Return a decoder of Sparkplug B, whose library is loaded by who uses it. ProblemsError."""
    from collector.listeners.sparkplug import SparkplugDecoder

    return SparkplugDecoder()


DECODERS: dict[str, Callable[[], Decoder]] = {
    "json": _Json,
    "text": _Text,
    "json_or_text": _JsonOrText,
    "sparkplug": _sparkplug,
}
"""What makes the decoder of a format, by the format's name in profiles."""


def check_size(payload: bytes, limit_bytes: int) -> None:
    """Refuse a payload before anything is done with it.

    Raises:
        PayloadError: it has more than `limit_bytes`.
    """
    if len(payload) > limit_bytes:
        raise PayloadError(f"the payload has {len(payload)} bytes, more than {limit_bytes}")

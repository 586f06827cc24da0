"""Cutting words to what a service takes, counted as the service counts. Pure.

The words come short already (`collector.notify.words` knows each channel's length); this is the
last guard, so that a message is rather cut than refused.
"""

import unicodedata
from collections.abc import Callable

from collector.notify.channels.contract import Message

_MARK = "…"


def with_title(message: Message) -> str:
    """Title and text, the title only once."""
    if message.title.strip() in message.text.lstrip().split("\n", 1)[0]:
        return message.text
    return f"{message.title}\n{message.text}"


def shown(text: str) -> str:
    """Put spaces for what no service shows: control characters, half characters of UTF-16."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in _UNSHOWN else " " for c in text
    )


_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def utf16_length(text: str) -> int:
    """Length as Telegram counts: most emoji are two."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def cut_utf16(text: str, longest: int) -> str:
    """Cut to at most `longest` units of UTF-16, whole characters, with a mark."""
    return _cut(text, longest, lambda c: 2 if ord(c) > 0xFFFF else 1)


def cut_bytes(text: str, longest: int) -> str:
    """Cut to at most `longest` bytes of UTF-8, whole characters, with a mark."""
    return _cut(text, longest, lambda c: len(c.encode("utf-8", "replace")))


def cut(text: str, longest: int) -> str:
    """Cut to at most `longest` characters, with a mark."""
    return _cut(text, longest, lambda _: 1)


def _cut(text: str, longest: int, size: Callable[[str], int]) -> str:
    room = longest
    fits = 0  # characters that fit beside the mark
    for at, character in enumerate(text):
        if room >= size(_MARK):
            fits = at
        room -= size(character)
        if room < 0:
            return text[:fits].rstrip() + _MARK if longest >= size(_MARK) else ""
    return text

"""Names and words from outside, made harmless for one line of a message. Pure.

A device's name comes from an inventory file, a broker or an agent. In a chat it could break lines,
turn the reading direction around, hide letters, or become a link that people press at night.
"""

import re
import unicodedata

LONGEST_NAME = 80
LONGEST_DETAIL = 160
_SPACE = re.compile(r"\s+")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})  # controls, bidi, zero width, unassigned
_BREAKS = frozenset({"Zl", "Zp"})


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """Return `text` as one visible line of at most `longest` code points. Never raises.

    Line ends become spaces; what is not seen goes; an address can no longer be pressed.
    """
    seen: list[str] = []
    for letter in text[: longest * 4]:
        category = unicodedata.category(letter)
        if letter in "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85" or category in _BREAKS:
            seen.append(" ")
        elif category not in _UNSEEN:
            seen.append(letter)
    line = _SPACE.sub(" ", "".join(seen)).strip().replace("://", ": //")
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"

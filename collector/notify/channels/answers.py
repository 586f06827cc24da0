"""What an answer over HTTP means, as far as all services agree. Pure.

| answer                 | meaning                          | as a NotifyError                   |
|------------------------|----------------------------------|------------------------------------|
| 2xx                    | taken                            | none                               |
| 3xx                    | the settings name an old address | permanent                          |
| 408, 425, 429, 5xx     | not now                          | passing, with its Retry-After      |
| other 4xx              | never this message, or never us  | permanent                          |
| a web page with 2xx    | a portal or gateway answered     | passing, may have arrived          |

The server's words are shown to people and kept, so they are bounded and stripped of what controls
terminals, and of our secrets: many services repeat the token that they refuse.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from collector.notify.channels.contract import NotifyError
from collector.notify.channels.outbound import Answer

LONGEST_WORDS = 300  # characters of the server that are kept
LONGEST_RETRY_AFTER = 3600.0  # seconds; who asks for more is asked again each hour

_PASSING = frozenset({408, 425, 429})
_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)
_SHORTEST_SECRET = 4  # characters; shorter ones would black out ordinary words


def cleaned(words: str, secrets: Iterable[str] = ()) -> str:
    """Make a server's words harmless: one line, bounded, without our secrets."""
    words = words[: LONGEST_WORDS * 8]
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            words = words.replace(secret, "…")
    words = "".join(" " if unicodedata.category(c) in _UNSHOWN else c for c in words)
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"


_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds that the header Retry-After asks for (RFC 9110: seconds or a date), bounded."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,9}", text):
        return bounded_seconds(int(text))
    try:
        return bounded_seconds((parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):  # no date, or one without a zone
        return None


def bounded_seconds(seconds: object) -> float | None:
    """Take what a service calls seconds; None when it is no number."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not math.isfinite(seconds):
        return None
    return min(max(float(seconds), 0.0), LONGEST_RETRY_AFTER)


def object_of(answer: Answer) -> dict[str, Any] | None:
    """The JSON object in an answer; None when it holds none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_page(answer: Answer) -> bool:
    """Whether a web page came back, which no service of ours sends."""
    return _PAGE.match(answer.body) is not None


def passes(status: int) -> bool:
    """Whether this status says "not now" rather than "never"."""
    return status in _PASSING or status >= 500


def refusal(service: str, answer: Answer, now: datetime, secrets: Iterable[str]) -> NotifyError:
    """Make the error of an answer that is no 2xx, or that is a page."""
    if is_page(answer):
        words = "a web page came back"
    else:
        words = cleaned(answer.body.decode("utf-8", "replace"), secrets)
    said = f"{service} answered {answer.status}" + (f": {words}" if words else "")
    if answer.status < 300:
        return NotifyError(f"{said}; a portal or gateway in between?", maybe_sent=True)
    if answer.status < 400:
        return NotifyError(
            f"{service} has moved (answered {answer.status}): put its new address in the settings",
            permanent=True,
        )
    if passes(answer.status):
        return NotifyError(said, retry_after=retry_after(answer, now))
    return NotifyError(said, permanent=True)

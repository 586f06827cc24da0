"""What an answer of InfluxDB means: stored, too large, a bad line, or trouble that is waited out.

| answer                    | meaning              | what is done                               |
|---------------------------|----------------------|--------------------------------------------|
| 201, 204                  | stored               | forgotten in the spool                     |
| 413                       | too large            | sent in halves                             |
| 400, 422                  | a line is bad        | searched for, then a dead letter           |
| none, 408, 429, 5xx       | not now              | kept, tried again with growing pauses      |
| 401, 403, 404, bad TLS    | a setting is wrong   | kept, tried again slowly, told loudly      |
| else (a page, a redirect) | this is no InfluxDB  | kept, tried again slowly, told loudly      |

The engines differ in what they store of a request with a bad line (1.x: the others; 2.x: nothing
if one cannot be parsed, the others on a conflict of types; 3.x: nothing). To send lines again
changes nothing, so none of it matters here.
"""

import json
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, StrEnum

import aiohttp
from influxdb_client.rest import ApiException

LONGEST_WORDS = 300  # characters of the server that are shown and kept
LONGEST_RETRY_AFTER_SECONDS = 300.0


class Outcome(Enum):
    """What is to be done next."""

    STORED = "stored"
    TOO_LARGE = "too large"
    REFUSED = "refused"
    KEPT = "kept"


class Kind(StrEnum):
    """Why lines are kept and sent again."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BUSY = "busy"
    SERVER = "server"
    CERTIFICATE = "certificate"
    TOKEN = "token"  # noqa: S105 - a word
    RIGHTS = "rights"
    ORGANISATION = "organisation"
    BUCKET = "bucket"
    REQUEST = "request"  # every line is refused, even one known to be good
    ANSWER = "answer"  # what answers is no InfluxDB

    @property
    def passes(self) -> bool:
        """Whether it passes without anybody's help."""
        return self in (Kind.UNREACHABLE, Kind.TIMEOUT, Kind.BUSY, Kind.SERVER)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request."""

    outcome: Outcome
    status: int = 0  # of HTTP; 0: there was no answer
    words: str = ""  # the server's, or the network's: whole, for `shown`
    kind: Kind = Kind.ANSWER  # of what is KEPT; else without meaning
    retry_after: float | None = None  # seconds

    @property
    def shown(self) -> str:
        """The words as they may be shown: one line, bounded."""
        return shorten(self.words)

    @property
    def quoted(self) -> set[bytes]:
        """Return the lines, without line feeds, that the server says it cannot read."""
        quoted = re.findall(r"unable to parse '(.*?)': ", self.words)
        return {line.encode("utf-8", "replace") for line in quoted}

    def means_all(self, rows: Sequence[bytes]) -> bool:
        """Say whether the server's words condemn every line: it dropped as many, or quotes each."""
        dropped = re.findall(r"\bdropped=(\d{1,9})\b", self.words)
        if dropped and "partial write" in self.words and int(dropped[-1]) == len(rows):
            return True
        quoted = self.quoted
        return bool(quoted) and all(row.rstrip(b"\n") in quoted for row in rows)


STORED = Answer(Outcome.STORED, 204)


def judge(error: Exception, now: datetime) -> Answer:
    """Say what an error of a write means. `now` reads a Retry-After that is a date."""
    if isinstance(error, ApiException):
        return _judge_status(error, now)
    if isinstance(error, TimeoutError):
        return Answer(Outcome.KEPT, 0, "no answer in time", Kind.TIMEOUT)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Answer(Outcome.KEPT, 0, str(error), Kind.CERTIFICATE)
    if isinstance(error, aiohttp.ClientResponseError):
        return Answer(Outcome.KEPT, 0, f"no HTTP: {error.message}", Kind.ANSWER)
    if isinstance(error, aiohttp.ClientError | OSError):
        return Answer(Outcome.KEPT, 0, str(error) or type(error).__name__, Kind.UNREACHABLE)
    return Answer(Outcome.KEPT, 0, f"the client failed: {type(error).__name__}", Kind.ANSWER)


def _judge_status(error: ApiException, now: datetime) -> Answer:
    status = int(error.status or 0)
    words = _words_of(error)
    if status in (400, 422):
        return Answer(Outcome.REFUSED, status, words)
    if status == 413:
        return Answer(Outcome.TOO_LARGE, status, words)
    retry_after = _seconds(error.retry_after, now)
    return Answer(Outcome.KEPT, status, words, _kind_of(status, words), retry_after)


def _kind_of(status: int, words: str) -> Kind:
    if status in (429, 503):
        return Kind.BUSY
    if status >= 500 or status == 408:
        return Kind.SERVER
    if status in (401, 403):
        return Kind.TOKEN if status == 401 else Kind.RIGHTS
    if status == 404 and "organization" in words:
        return Kind.ORGANISATION
    if status == 404 and ("bucket" in words or "database" in words):
        return Kind.BUCKET
    return Kind.ANSWER


def _words_of(error: ApiException) -> str:
    """Return what the server says: in JSON under one of three names, or as plain text."""
    body = error.body if isinstance(error.body, bytes) else b""
    text = body.decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text or str(error.reason or "")
    if not isinstance(said, dict):
        return text
    words = " ".join(str(said[name]) for name in ("message", "error") if said.get(name))
    more = said.get("data")
    if isinstance(more, dict) and more.get("error_message"):
        words = f"{words}: {more['error_message']}"
    return words or text


def _seconds(text: str | None, now: datetime) -> float | None:
    """Read a Retry-After: seconds or a date. Never longer than we are willing to wait."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return max(0.0, min(seconds, LONGEST_RETRY_AFTER_SECONDS))


def shorten(words: str) -> str:
    """Return somebody else's words on one line, without control characters, bounded."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words[:4096]).split())
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…"


def suspects(answer: Answer, rows: Sequence[bytes]) -> tuple[list[bytes], list[bytes]] | None:
    """Part lines into those that the server's words point at and the rest; None: no hint.

    Only a short cut: the server is asked again about either part.
    """
    guilty = answer.quoted
    conflicts = [_conflict(*found) for found in _CONFLICTS.findall(answer.words)[:8]]

    def suspected(row: bytes) -> bool:
        return row.rstrip(b"\n") in guilty or any(it.match(row) for it in conflicts)

    found = [row for row in rows if suspected(row)]
    if not found or len(found) == len(rows):
        return None
    return found, [row for row in rows if not suspected(row)]


_CONFLICTS = re.compile(
    r'input field "([^"]{1,200})" on measurement "([^"]{1,200})" is type ([a-z]{1,10})'
)
_VALUES = {
    "string": rb'"',
    "integer": rb"[0-9-]+i",
    "unsigned": rb"[0-9]+u",
    "float": rb"[0-9.eE+-]+[, ]",
    "boolean": rb"[tTfF]",
}


def _conflict(field: str, measurement: str, type_: str) -> re.Pattern[bytes]:
    """Return what lines look like that write the field of the measurement with the type."""
    value = _VALUES.get(type_, b"")
    name, key = re.escape(measurement.encode()), re.escape(field.encode())
    return re.compile(rb"%b[ ,].*[ ,]%b=%b|%b %b=%b" % (name, key, value, name, key, value))

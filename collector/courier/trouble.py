"""Why lines wait, for people: told once when it begins, shown while it lasts, told when it ends."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.answers import Answer, Kind

logger = logging.getLogger(__name__)

BURIALS_SECONDS = 60.0
KEPT = "; everything is kept on disk and sent then"
"""How most explanations end."""
_OF_A_BUCKET = frozenset({Kind.TOKEN, Kind.RIGHTS, Kind.BUCKET})
"""What may be so of one bucket and not of another; these explanations name it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why lines wait at this moment."""

    kind: Kind
    since_at: datetime
    words: str  # what is wrong and what to do about it
    bucket: str
    tries: int


class Burials:
    """Tells of lines given up: at once, then at most once a minute, with how many there were."""

    def __init__(self, clock: Clock) -> None:
        """Count pauses by the clock."""
        self._clock = clock
        self._untold = 0
        self._next = clock.monotonic()

    def note(self, lines: int, answer: Answer, bucket: str) -> None:
        """So many lines were given up; `answer` has the server's words on the last."""
        self._untold += lines
        if self._clock.monotonic() < self._next:
            return
        self._next = self._clock.monotonic() + BURIALS_SECONDS
        logger.error(
            "InfluxDB refuses %d lines of bucket %s for good (%d: %s): they are kept as dead"
            " letters, see `pantau spool`",
            self._untold,
            bucket,
            answer.status,
            answer.shown,
        )
        self._untold = 0


class Troubles:
    """The troubles of the deliveries that wait, each under a key of its own."""

    def __init__(self, settings: InfluxdbSettings, clock: Clock) -> None:
        """Explain with the settings' names; take moments from the clock."""
        self._settings = settings
        self._clock = clock
        self._waiting: dict[object, Trouble] = {}
        self._told: set[tuple[Kind, str]] = set()
        self._recovered = asyncio.Event()

    @property
    def longest(self) -> Trouble | None:
        """What has lasted longest."""
        return min(self._waiting.values(), key=lambda it: it.since_at, default=None)

    def note(self, key: object, answer: Answer, bucket: str, tries: int) -> None:
        """A delivery has failed so many times. Told once a kind until all is well.

        What is about a bucket is told once a bucket.

        What passes by itself is told of when it fails a second time: a single refusal under load
        is everyday life.
        """
        before = self._waiting.get(key)
        since_at = self._clock.now() if before is None else before.since_at
        words = explain(answer, bucket, self._settings)
        self._waiting[key] = Trouble(answer.kind, since_at, words, bucket, tries)
        told = (answer.kind, bucket if answer.kind in _OF_A_BUCKET else "")
        if (answer.kind.passes and tries < 2) or told in self._told:
            return
        self._told.add(told)
        logger.log(logging.WARNING if answer.kind.passes else logging.ERROR, "%s", words)

    def over(self, key: object) -> None:
        """A delivery got through. Others that wait may try at once (see `recovered`)."""
        trouble = self._waiting.pop(key, None)
        if trouble is None:
            return
        self._recovered.set()
        self._recovered = asyncio.Event()
        if self._waiting or not self._told:
            return
        self._told.clear()
        seconds = (self._clock.now() - trouble.since_at).total_seconds()
        logger.warning("InfluxDB takes lines again after %.0f s (%s)", seconds, trouble.kind.value)

    @contextmanager
    def watch(self) -> Iterator[object]:
        """Yield the key of a delivery; when it is called off, so is its trouble."""
        key = object()
        try:
            yield key
        finally:
            self._waiting.pop(key, None)

    async def recovered(self, seconds: float) -> None:
        """Return when another delivery got through, or after so many seconds."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._recovered.wait()
        except TimeoutError:
            pass


def explain(answer: Answer, bucket: str, settings: InfluxdbSettings) -> str:
    """Say for people what is wrong and which setting or command mends it."""
    said = f" ({answer.status or 'no answer'}: {answer.shown})"
    text = _EXPLANATIONS[answer.kind]
    if answer.kind is Kind.TOKEN and settings.token is None:
        text = _NO_TOKEN
    return text.format(
        said=said, url=settings.url, bucket=bucket, organisation=settings.organisation
    )


_NO_TOKEN = (
    "InfluxDB at {url} asks for a token, and none is set{said}: put one that may write bucket"
    " {bucket} into a file, name it in influxdb.token_file and restart" + KEPT
)
_EXPLANATIONS = {
    Kind.UNREACHABLE: "InfluxDB at {url} cannot be reached{said}: start it or correct influxdb.url"
    + KEPT,
    Kind.TIMEOUT: "InfluxDB at {url} does not answer in time{said}: look at its load or lengthen"
    " influxdb.timeout" + KEPT,
    Kind.BUSY: "InfluxDB at {url} asks to wait{said}" + KEPT,
    Kind.SERVER: "InfluxDB at {url} fails{said}: look at its log and its disk" + KEPT,
    Kind.CERTIFICATE: "the certificate of {url} is not trusted{said}: give its authority in the"
    " environment as SSL_CERT_FILE, or correct influxdb.url (http or https)" + KEPT,
    Kind.TOKEN: "InfluxDB at {url} does not know the token{said}: put one that may write bucket"
    " {bucket} into the file of influxdb.token_file and restart" + KEPT,
    Kind.RIGHTS: "the token may not write bucket {bucket}{said}: make one that may, put it into the"
    " file of influxdb.token_file and restart" + KEPT,
    Kind.ORGANISATION: "InfluxDB at {url} has no organisation {organisation}{said}: correct"
    " influxdb.organisation" + KEPT,
    Kind.BUCKET: "InfluxDB at {url} has no bucket {bucket}{said}: run `pantau influxdb setup` or"
    " correct influxdb.bucket" + KEPT,
    Kind.REQUEST: "InfluxDB at {url} refuses even a line that is known to be good{said}: look at"
    " this machine's clock, influxdb.bucket and what stands between" + KEPT,
    Kind.ANSWER: "what answers at {url} is no InfluxDB of version 1.8 or later{said}: correct"
    " influxdb.url" + KEPT,
}

"""Brings lines to InfluxDB: each is stored, or proven to be one the server will never take.

    deliver ─► parts ─► request ─► answer ┬ stored
                 ▲                        ├ too large ───► halves
                 │                        ├ refused ─────► is a good line taken? ─► search ─► dead
                 └── pause, jitter ◄──────┴ kept (network, overload, token, bucket …)

What is refused may be the fault of a line or of the request itself (a gateway that dislikes it, a
clock that is years off). A line is given up only when it was refused, the server then took another
line of the same bucket (one of the same delivery, or a canary made for that), and the line was
refused again. While even the canary is refused nothing is given up, and somebody is told.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count as count_from
from typing import Self

import aiohttp
from influxdb_client.client.influxdb_client_async import InfluxDBClientAsync
from influxdb_client.client.write_api_async import WriteApiAsync

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.answers import STORED, Answer, Kind, Outcome, judge, suspects
from collector.courier.trouble import Trouble, Troubles
from collector.sinks import SinkError
from collector.sinks.spool import DeadLetter

logger = logging.getLogger(__name__)

CANARY = "pantau_courier"
"""Measurement of the line that asks whether good lines are taken; written only after a refusal."""
FEWEST_LINES_IN_TIME = 100  # a request is not made smaller than this because it took too long
LARGEST_ANSWER_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait between tries, in seconds: any time up to what doubles from `first`."""

    first: float = 0.25
    longest: float = 15.0  # for what passes by itself
    longest_of_settings: float = 30.0  # for what somebody has to mend

    def pause(self, tries: int, answer: Answer) -> float:
        """Return the seconds to wait after so many tries failed."""
        longest = self.longest if answer.kind.passes else self.longest_of_settings
        bound = min(longest, self.first * 2 ** min(tries - 1, 20))
        jittered = random.uniform(0, bound)  # noqa: S311 - spreads load, guards nothing
        return max(jittered, answer.retry_after or 0.0)


@dataclass(slots=True)
class DeliveryCounters:
    """What was asked and what came of it, since the start."""

    requests: int = 0
    lines: int = 0  # stored
    retries: Counter[str] = field(default_factory=Counter)  # by kind of trouble
    halved: int = 0  # requests sent again in halves: too large, or too slow
    searched: int = 0  # requests taken apart in search of a bad line
    canaries: int = 0
    dead: int = 0  # lines given up


@dataclass(frozen=True, slots=True)
class _Refused:
    row: bytes
    answer: Answer


class Delivery:
    """The way to one server. Several tasks may deliver at once; `in_flight` bounds requests."""

    def __init__(
        self, writer: WriteApiAsync, settings: InfluxdbSettings, clock: Clock, pace: Pace
    ) -> None:
        """Write through a client; `open` makes one."""
        self._writer = writer
        self._settings = settings
        self._clock = clock
        self._pace = pace
        self._places = asyncio.Semaphore(settings.in_flight)
        self._most = settings.lines  # of one request; fewer while the server wants it so
        self._troubles = Troubles(settings, clock)
        self.counters = DeliveryCounters()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: InfluxdbSettings, clock: Clock, pace: Pace | None = None
    ) -> AsyncIterator[Self]:
        """Make the client (in the running loop, as it demands) and release it afterwards.

        Certificates are verified; redirects are not followed, so that the token goes nowhere else.
        Raises SinkError when the token cannot be one.
        """
        client = InfluxDBClientAsync(
            settings.url,
            _token_of(settings) or "",  # none: no such header
            settings.organisation,
            timeout=int(settings.timeout_seconds * 1000),
            enable_gzip=settings.gzip,
            allow_redirects=False,
            connection_pool_maxsize=settings.in_flight + 1,
            client_session_kwargs={
                "response_class": _BoundedResponse,
                "cookie_jar": aiohttp.DummyCookieJar(),
            },
        )
        async with client:
            yield cls(client.write_api(), settings, clock, pace or Pace())

    @property
    def trouble(self) -> Trouble | None:
        """Why lines wait, if they do: what has lasted longest."""
        return self._troubles.longest

    async def deliver(self, lines: bytes, bucket: str | None = None) -> list[DeadLetter]:
        """Return when every line is stored, but for the returned ones: the server never takes them.

        Without `bucket`, the one of the readings. Waits as long as it takes; raises nothing but
        what cancels it.
        """
        bucket = bucket or self._settings.bucket
        refused, proven = await self._sort(_well_ended(lines), bucket, proven=False)
        if refused:
            if not proven:
                await self._takes_a_good_line(bucket)
            again = b"".join(one.row for one in refused)
            refused, _ = await self._sort(again, bucket, proven=True)
        if refused:
            self._tell_of_dead(refused, bucket)
        now = self._clock.now()
        return [
            DeadLetter(one.row.rstrip(b"\n"), one.answer.status, one.answer.shown, now)
            for one in refused
        ]

    async def _sort(
        self, lines: bytes, bucket: str, *, proven: bool
    ) -> tuple[list[_Refused], bool]:
        """Store what can be stored; return what was refused line by line.

        `proven` says that the server takes something, since the last refusal; also returned.
        """
        refused: list[_Refused] = []
        parts = [lines] if lines else []
        with self._troubles.watch() as key:
            while parts:
                part = parts.pop()
                count = part.count(b"\n")
                if count > self._most:
                    parts.extend(_chunks(part, self._most))
                    continue
                answer = await self._until_answered(part, count, bucket, key)
                if answer.outcome is Outcome.STORED:
                    self._count_stored(count)
                    proven = True
                elif count == 1:
                    refused.append(_Refused(part, answer))
                    proven = False
                elif answer.outcome is Outcome.TOO_LARGE:
                    self.counters.halved += 1
                    self._most = max(1, count // 2)
                    parts.append(part)
                elif not proven and not await self._takes_a_good_line(bucket):
                    parts.append(part)  # it was the request, and that is mended now
                elif answer.dropped == count:
                    refused.extend(_Refused(row, answer) for row in _rows(part))
                    proven = False
                else:
                    proven = True
                    self.counters.searched += 1
                    parts.extend(_taken_apart(part, answer))
        return refused, proven

    async def _takes_a_good_line(self, bucket: str) -> bool:
        """Return whether a line known to be good is taken; if not, wait until it is."""
        minute = int(self._clock.now().timestamp()) // 60 * 60
        line = b"%b asked=1i %d\n" % (CANARY.encode(), minute * 1_000_000_000)
        with self._troubles.watch() as key, self._troubles.watch() as inner:
            for tries in count_from(1):
                self.counters.canaries += 1
                answer = await self._until_answered(line, 1, bucket, inner)
                if answer.outcome is Outcome.STORED:
                    self._troubles.over(key)
                    return tries == 1
                kept = Answer(Outcome.KEPT, answer.status, answer.words, Kind.REQUEST)
                await self._wait(key, kept, bucket, tries)
        raise AssertionError

    async def _until_answered(self, part: bytes, count: int, bucket: str, key: object) -> Answer:
        """Send lines until the server says something definite about them."""
        for tries in count_from(1):
            answer = await self._ask(part, bucket)
            if answer.outcome is not Outcome.KEPT:
                self._troubles.over(key)
                return answer
            if answer.kind is Kind.TIMEOUT and tries > 1 and count > FEWEST_LINES_IN_TIME:
                return Answer(Outcome.TOO_LARGE, 0, answer.words)  # and the trouble goes on
            await self._wait(key, answer, bucket, tries)
        raise AssertionError

    async def _ask(self, part: bytes, bucket: str) -> Answer:
        async with self._places:
            self.counters.requests += 1
            try:
                if await self._writer.write(bucket, record=part):
                    return STORED
            except Exception as error:  # noqa: BLE001 - whatever it was: the lines are kept
                return self._without_token(judge(error, self._clock.now()))
        return Answer(Outcome.KEPT, 200, "a page instead of an empty answer", Kind.ANSWER)

    def _without_token(self, answer: Answer) -> Answer:
        """Take the token out of the words: there are gateways that repeat what they were sent."""
        token = _token_of(self._settings)
        if token is None or token not in answer.words:
            return answer
        words = answer.words.replace(token, "[token]")
        return Answer(answer.outcome, answer.status, words, answer.kind, answer.retry_after)

    def _count_stored(self, count: int) -> None:
        self.counters.lines += count
        if count >= self._most:  # as many as we dare: dare a little more, up to what is set
            self._most = min(self._settings.lines, self._most + self._most // 20 + 1)

    async def _wait(self, key: object, answer: Answer, bucket: str, tries: int) -> None:
        """Note the trouble of a delivery that failed so many times; return when it may try again.

        As soon as another delivery gets through, so may this one; but not all at once.
        """
        self.counters.retries[answer.kind.value] += 1
        self._troubles.note(key, answer, bucket, tries)
        pause = self._pace.pause(tries, answer)
        alone = not answer.kind.passes or answer.retry_after is not None
        least = pause if alone else min(pause, 4 * self._pace.first)
        await asyncio.sleep(least)
        await self._troubles.recovered(pause - least)

    def _tell_of_dead(self, refused: list[_Refused], bucket: str) -> None:
        self.counters.dead += len(refused)
        last = refused[-1].answer
        logger.error(
            "InfluxDB refuses %d lines of bucket %s for good (%d: %s): they are kept as dead"
            " letters, see `pantau spool`",
            len(refused),
            bucket,
            last.status,
            last.shown,
        )


class _BoundedResponse(aiohttp.ClientResponse):
    """An answer that is not read beyond a bound, whoever sends it."""

    async def read(self) -> bytes:
        body = bytearray()
        async for chunk in self.content.iter_chunked(65_536):
            body += chunk
            if len(body) > LARGEST_ANSWER_BYTES:
                self.close()
                break
        return bytes(body[:LARGEST_ANSWER_BYTES])


def _token_of(settings: InfluxdbSettings) -> str | None:
    if settings.token is None:
        return None
    token = settings.token.get_secret_value()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SinkError(
            "the token of influxdb has characters that no token has (a space, the end of a line):"
            " write it anew into the file of influxdb.token_file"
        )
    return token


def _well_ended(lines: bytes) -> bytes:
    """Return lines that all end with a line feed, without empty ones."""
    if lines.startswith(b"\n") or b"\n\n" in lines or not lines.endswith(b"\n"):
        return b"".join(row + b"\n" for row in lines.split(b"\n") if row)
    return lines


def _rows(part: bytes) -> list[bytes]:
    """Return the lines one by one, each with its line feed."""
    return [row + b"\n" for row in part.split(b"\n") if row]


def _chunks(part: bytes, most: int) -> list[bytes]:
    """Return parts of at most so many lines, the first one last: they are taken from the end."""
    rows = _rows(part)
    return [b"".join(rows[at : at + most]) for at in range(0, len(rows), most)][::-1]


def _taken_apart(part: bytes, answer: Answer) -> list[bytes]:
    """Return two parts of a refused request, the first one last."""
    rows = _rows(part)
    hint = suspects(answer, rows)
    if hint is None:
        middle = len(rows) // 2
        hint = rows[:middle], rows[middle:]
    return [b"".join(hint[1]), b"".join(hint[0])]

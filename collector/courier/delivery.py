"""Brings lines to InfluxDB: each is stored, or proven to be one the server will never take.

    deliver ─► parts ─► request ─► answer ┬ stored
                 ▲                        ├ too large ───► halves
                 │                        ├ refused ─────► is a good line taken? ─► search ─► dead
                 └── pause, jitter ◄──────┴ kept (network, overload, token, bucket …)

What is refused may be the fault of a line or of the request itself (a gateway that dislikes it, a
clock that is years off). A line is given up only when it was refused, the server then took another
line of the same bucket (one of the same delivery, or a canary made for that), and the line was
refused again. While even the canary is refused nothing is given up, and somebody is told. After a
search all good lines are sent once more, so that those of one moment end in their order.
"""

import asyncio
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
from collector.courier.trouble import Burials, Trouble, Troubles
from collector.sinks import SinkError
from collector.sinks.spool import DeadLetter

CANARY = "pantau_courier"
"""Measurement of the line that asks whether good lines are taken; written only after a refusal."""
FEWEST_LINES_IN_TIME = 100  # a request is not made smaller than this because it took too long
LARGEST_REQUEST_BYTES = 2**20
"""Of several lines: gateways take that much unasked, and the loop sends it without a halt."""
LARGEST_ANSWER_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait between tries, in seconds: any time up to what doubles from `first`."""

    first: float = 0.25
    longest: float = 15.0  # for what passes by itself
    longest_of_settings: float = 30.0  # for what somebody has to mend
    after_timeout: float = 0.5  # of the timeout, at least

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
class _Sorted:
    """What came of lines that were sent until each was stored or refused."""

    refused: dict[bytes, Answer]
    proven: bool  # the server took something after the last refusal
    disordered: bool  # they were not sent in their order

    @property
    def clean(self) -> bool:
        return not self.refused and not self.disordered


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
        self._burials = Burials(clock)
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
        rows = _rows(lines)
        todo = b"".join(rows)
        found = await self._sort(todo, bucket)
        dead: dict[bytes, Answer] = {}
        while not found.clean:
            if found.refused and not found.proven:
                await self._takes_a_good_line(bucket)
            dead = (await self._sort(b"".join(found.refused), bucket, proven=True)).refused
            # Once more in order: what was refused by a whim must not stand over what came later.
            good = b"".join(row for row in rows if row not in dead)
            found = await self._sort(good, bucket, proven=True)
            if not found.clean:
                found = await self._sort(todo, bucket)
        letters = self._letters([(row, dead[row]) for row in rows if row in dead], bucket)
        self.counters.lines += len(rows) - len(letters)
        return letters

    async def _sort(self, lines: bytes, bucket: str, *, proven: bool = False) -> "_Sorted":
        """Store what can be stored, and say what was refused line by line.

        `proven` says that the server takes something, since the last refusal.
        """
        refused: dict[bytes, Answer] = {}
        disordered = False
        parts = [lines] if lines else []
        with self._troubles.watch() as key:
            while parts:
                part = parts.pop()
                count = part.count(b"\n")
                if count > self._most or (count > 1 and len(part) > LARGEST_REQUEST_BYTES):
                    parts.extend(_chunks(part, self._most))
                    continue
                answer = await self._until_answered(part, count, bucket, key)
                if answer.outcome is Outcome.STORED:
                    self._dare_more(count)
                    proven = True
                elif count == 1:
                    refused[part] = answer
                    proven = False
                elif answer.outcome is Outcome.TOO_LARGE:
                    self.counters.halved += 1
                    self._most = max(1, count // 2)
                    parts.append(part)
                elif not proven and not await self._takes_a_good_line(bucket):
                    parts.append(part)  # it was the request, and that is mended now
                elif answer.means_all(rows := _rows(part)):
                    refused |= dict.fromkeys(rows, answer)
                    proven = False
                else:
                    proven = True
                    self.counters.searched += 1
                    hint = suspects(answer, rows)
                    disordered = disordered or hint is not None
                    parts.extend(_taken_apart(rows, hint))
        return _Sorted(refused, proven, disordered)

    def _letters(self, dead: list[tuple[bytes, Answer]], bucket: str) -> list[DeadLetter]:
        if dead:
            self.counters.dead += len(dead)
            self._burials.note(len(dead), dead[-1][1], bucket)
        now = self._clock.now()
        return [
            DeadLetter(row.rstrip(b"\n"), answer.status, answer.shown, now) for row, answer in dead
        ]

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
            await self._wait(key, answer, bucket, tries)
            if answer.kind is Kind.TIMEOUT and tries > 1 and count > FEWEST_LINES_IN_TIME:
                return Answer(Outcome.TOO_LARGE, 0, answer.words)  # and the trouble goes on
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

    def _dare_more(self, count: int) -> None:
        """After a request as large as we dare, dare a little more, up to what is set."""
        if count >= self._most:
            self._most = min(self._settings.lines, self._most + self._most // 20 + 1)

    async def _wait(self, key: object, answer: Answer, bucket: str, tries: int) -> None:
        """Note the trouble of a delivery that failed so many times; return when it may try again.

        As soon as another delivery gets through, so may this one; but not all at once.
        """
        self.counters.retries[answer.kind.value] += 1
        self._troubles.note(key, answer, bucket, tries)
        pause = self._pace.pause(tries, answer)
        if answer.kind is Kind.TIMEOUT:  # the server may still be at it: do not pile up more
            pause = max(pause, self._pace.after_timeout * self._settings.timeout_seconds)
        alone = not answer.kind.passes or answer.retry_after is not None
        least = pause if alone else min(pause, 4 * self._pace.first)
        await asyncio.sleep(least)
        await self._troubles.recovered(pause - least)


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
            "the token of influxdb has characters that no token has (a space, the end of a line);"
            " write it anew into the file of influxdb.token_file"
        )
    return token


def _rows(part: bytes) -> list[bytes]:
    """Return the lines one by one, each with its line feed."""
    return [row + b"\n" for row in part.split(b"\n") if row]


def _chunks(part: bytes, most: int) -> list[bytes]:
    """Return parts of at most so many lines and bytes, the first one last: it is taken first."""
    chunks: list[list[bytes]] = [[]]
    room = LARGEST_REQUEST_BYTES
    for row in _rows(part):
        if chunks[-1] and (len(chunks[-1]) >= most or len(row) > room):
            chunks.append([])
            room = LARGEST_REQUEST_BYTES
        chunks[-1].append(row)
        room -= len(row)
    return [b"".join(rows) for rows in reversed(chunks)]


def _taken_apart(
    rows: list[bytes], hint: tuple[list[bytes], list[bytes]] | None
) -> tuple[bytes, bytes]:
    """Return two parts of a refused request, the first one last."""
    middle = len(rows) // 2
    first, then = hint or (rows[:middle], rows[middle:])
    return b"".join(then), b"".join(first)

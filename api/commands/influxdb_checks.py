"""What `pantau doctor` looks at in InfluxDB: an answer, a clock, and whether a line arrives.

A line is really written and really read back, the way the courier and the API do it: that alone
tells that both tokens, the organisation and the buckets fit together.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime

from api.commands.finding import Finding
from api.influxdb.server import Server
from api.influxdb.wanted import SetupError, TokenFiles, Wanted, buckets_of
from collector.clock import Clock
from collector.config import InfluxdbSettings
from collector.courier.delivery import CANARY, Delivery
from collector.courier.trouble import KEPT
from collector.courier.trouble import logger as trouble_logger
from collector.sinks import SinkError
from collector.sinks.influx.client import InfluxClient, identifier

LARGEST_SKEW_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_SHORTEST_SECONDS = 5.0  # that a line may take


def look_at_influxdb(settings: InfluxdbSettings, clock: Clock) -> Iterator[Finding]:
    """Yield what was found. After a server that does not answer nothing else is asked."""
    token = settings.read_token or settings.token
    wanted = Wanted(
        settings.url,
        settings.organisation,
        buckets_of(settings),
        TokenFiles((), (), group_may_read=False),
        settings.timeout_seconds,
        token,
    )
    with closing(Server(wanted)) as server:
        try:
            version = server.version(0)
            date = server.ask("GET", "/ping").headers.get("date", "")
        except SetupError as error:
            yield Finding("influxdb", False, error.problem, error.remedy)
            return
    yield _version(version, settings.url)
    yield _clock(date, clock.now())
    moment = int(clock.now().timestamp()) // 60 * 60
    with _untold():
        written = asyncio.run(_writing(settings, clock, moment))
    yield written
    with closing(InfluxClient(settings)) as client:
        yield _reading(client, settings, moment if written.ok else None)
        for bucket in (settings.bucket_5m, settings.bucket_1h):
            yield _bucket(client, bucket)


def _version(version: str, url: str) -> Finding:
    """Tell whether it has the writes of the second generation, which Pantau makes."""
    if re.match(r"1\.[0-7](?![0-9])", version):
        return Finding(
            "influxdb",
            False,
            f"version {version} at {url} is older than 1.8 and does not take what Pantau writes",
            "update InfluxDB",
        )
    return Finding("influxdb", True, f"version {version} answers at {url}")


def _clock(date: str, now: datetime) -> Finding:
    what = "influxdb clock"
    try:
        ahead = (parsedate_to_datetime(date) - now).total_seconds()
    except (ValueError, TypeError):
        return Finding(what, True, "the server does not tell its time")
    if abs(ahead) <= LARGEST_SKEW_SECONDS:
        return Finding(what, True, "the server's clock and this machine's agree")
    which = "ahead of" if ahead > 0 else "behind"
    remedy = "let NTP set both clocks: what a chart calls now is the server's time"
    return Finding(what, False, f"it is {abs(ahead):.0f} s {which} this machine's", remedy)


async def _writing(settings: InfluxdbSettings, clock: Clock, moment: int) -> Finding:
    what = "influxdb writing"
    line = f"{CANARY} asked=1i {moment}000000000\n".encode()
    longest = max(settings.timeout_seconds, _SHORTEST_SECONDS)
    try:
        async with Delivery.open(settings, clock) as delivery, asyncio.timeout(longest):
            task = asyncio.ensure_future(delivery.deliver(line))
            try:
                while not task.done() and delivery.trouble is None:
                    await asyncio.wait([task], timeout=_LOOK_SECONDS)
                if (trouble := delivery.trouble) is not None:
                    return _parted(what, trouble.words, "): ")
                refused = task.result()
            finally:
                task.cancel()
    except SinkError as error:
        return _parted(what, str(error), "; ")
    except TimeoutError:
        return Finding(what, False, "a line was not taken in time", "look at the server's load")
    if refused:
        return Finding(what, False, refused[0].words, "look at the server's log")
    return Finding(what, True, f"bucket {settings.bucket} takes lines")


def _reading(client: InfluxClient, settings: InfluxdbSettings, moment: int | None) -> Finding:
    """Read the line of the moment back; None: none was taken, so only whether it may be read."""
    what = "influxdb reading"
    if moment is None:
        return _bucket(client, settings.bucket, what)
    source = identifier(CANARY)
    try:
        (found,) = client.ask(
            [f"SELECT asked FROM {source} WHERE time = {moment}000000000"]  # noqa: S608 - ours
        )
    except SinkError as error:
        return _parted(what, str(error), "; ")
    if not found:
        return Finding(
            what,
            False,
            f"bucket {settings.bucket} can be read, but a line just written is not in it",
            "let both tokens be of one organisation: run pantau influxdb setup",
        )
    return Finding(what, True, f"what is written to bucket {settings.bucket} can be read")


def _bucket(client: InfluxClient, bucket: str, what: str = "influxdb roll-ups") -> Finding:
    try:
        client.check(bucket)
    except SinkError as error:
        return _parted(what, str(error), "; ")
    return Finding(what, True, f"bucket {bucket} can be read")


@contextmanager
def _untold() -> Iterator[None]:
    """Keep the courier's log quiet: what it would say is in the finding."""

    def silent(_: logging.LogRecord) -> bool:
        return False

    trouble_logger.addFilter(silent)
    try:
        yield
    finally:
        trouble_logger.removeFilter(silent)


def _parted(what: str, words: str, mark: str) -> Finding:
    """Part a message into what is wrong and what to do."""
    problem, _, remedy = words.removesuffix(KEPT).rpartition(mark)
    if not problem:
        return Finding(what, False, words, "look at the server's log")
    return Finding(what, False, problem + mark.rstrip(":; "), remedy)

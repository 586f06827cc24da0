"""Makes the sums of past months once an hour, so that nobody who asks has to wait for them."""

import asyncio
import logging
import threading

from api.deps import Parts
from collector.contract import Rules
from collector.store import StoreError

_LOG = logging.getLogger(__name__)

FIRST_SECONDS = 30.0  # after the start, which has enough to do
EVERY_SECONDS = 3_600.0


class _Stopping(Exception):  # noqa: N818 - a signal, not an error
    """The application ends; what is not made yet is made another time."""


async def make_sums(
    parts: Parts, first_seconds: float = FIRST_SECONDS, every_seconds: float = EVERY_SECONDS
) -> None:
    """Make sums until cancelled. A failure is logged, and tried again with the next round."""
    stopping = threading.Event()
    try:
        await asyncio.sleep(first_seconds)
        while True:
            await asyncio.to_thread(_make, parts, stopping)
            await asyncio.sleep(every_seconds)
    finally:
        stopping.set()  # a thread cannot be cancelled; it looks at this between devices


def _make(parts: Parts, stopping: threading.Event) -> None:
    def go_on(done: int, of: int) -> None:
        del done, of
        if stopping.is_set():
            raise _Stopping

    settings = parts.settings
    in_force = settings.contracts.get(settings.contract or "")
    now = parts.clock.now()
    try:
        made = parts.store.ledger.refresh(
            [Rules(), *([] if in_force is None else [in_force])],
            zone=settings.zone,
            now=now,
            known_until=parts.known_until(now),
            progress=go_on,
        )
    except _Stopping:
        return
    except StoreError:
        _LOG.warning("sums of past months could not be made; the next round tries", exc_info=True)
        return
    if made:
        _LOG.info("made sums of past months of %d devices", made)

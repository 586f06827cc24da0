"""Tells every transition of the log, once: what Grafana lists as the history of a device."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from collector.courier.teller.parts import DeliveredPart
from collector.courier.teller.places import Place, place_of, tags_of
from collector.courier.teller.states import NUMBERS
from collector.model import Transition
from collector.sinks.influx.lines import head, nanoseconds, text_value

logger = logging.getLogger(__name__)

MEASUREMENT = "transition"
MARK = "teller.transitions"
AT_ONCE = 5_000
_NANOSECONDS = 1000  # within a microsecond, the store's resolution: room for a row's number


class TransitionsTeller(DeliveredPart):
    """Follows the log and tells it."""

    async def tell(self) -> None:
        """Tell what the log gained. Raises StoreError and SinkError; then nothing is lost."""
        while True:
            last, number, lines = await self._threaded(self._gather)
            if not number:
                return
            await self._deliver(lines, MEASUREMENT)
            await self._threaded(self._spool.set_marks, {MARK: str(last)})
            if number < AT_ONCE:
                return

    def _gather(self) -> tuple[int, int, bytes]:
        """Return the last id, how many transitions there are, and their lines."""
        told = self._spool.mark(MARK)
        cursor = int(told) if told is not None and told.isdecimal() else 0
        moved = self._store.transitions_after(cursor, AT_ONCE)
        if not moved:
            return cursor, 0, b""
        places = {one.id: place_of(one) for one in self._store.facts()}
        oldest = self._clock.now() - self._settings.keep + timedelta(days=1)
        return moved[-1].id or cursor, len(moved), transition_lines(moved, places, oldest)


def transition_lines(
    moved: Iterable[Transition], places: Mapping[str, Place], oldest: datetime
) -> bytes:
    """Return the lines of transitions that are not older than the bucket keeps.

    Each has a moment of its own, also where two of a device began at once: nanoseconds from its id.
    """
    lines = []
    for one in moved:
        place = places.get(one.device_id)
        if place is None or one.at < oldest:
            continue
        lines.append(
            f"{head(MEASUREMENT, tags_of(one.device_id, place))}"
            f" old={NUMBERS[one.old]}i,new={NUMBERS[one.new]}i"
            f',old_text="{one.old}",new_text="{one.new}",reason="{one.reason}"'
            f",detail={text_value(one.detail)},cause={text_value(one.cause or '')}"
            f",flapping={int(one.flapping)}i,began_ms={milliseconds(one.at)}i"
            f",confirmed_ms={milliseconds(one.confirmed_at)}i"
            f" {own_nanoseconds(one.at, one.id or 0)}\n"
        )
    return "".join(lines).encode()


def own_nanoseconds(at: datetime, number: int) -> int:
    """Return a moment in nanoseconds that the row of this number shares with no other nearby."""
    return nanoseconds(at) + number % _NANOSECONDS


def milliseconds(at: datetime) -> int:
    """Return a moment as Grafana reads it from a field: milliseconds since 1970."""
    return nanoseconds(at) // 1_000_000

"""Tells the health of alarms, an hour a line: what Grafana draws over weeks."""

from datetime import datetime, timedelta

from collector.alarm_health import Health, reckon
from collector.courier.teller.parts import DeliveredPart
from collector.model.alerts import HoldReason, Severity
from collector.moments import EPOCH
from collector.sinks.influx.lines import line

MEASUREMENT = "alarm_health"
MARK = "teller.alarm_health"
AT_ONCE = 24  # hours
AGAIN = 3  # hours that are told again: what was raised in them may be told or held later

_HOUR = timedelta(hours=1)
_SETTLED = timedelta(minutes=1)  # after an hour's end


class AlarmHealthTeller(DeliveredPart):
    """Tells every full hour since the first alert, and the last ones again."""

    async def tell(self) -> None:
        """Tell the hours that are over by now. Raises StoreError and SinkError; nothing is lost."""
        while True:
            told = await self._threaded(self._gather)
            if told is None:
                return
            last, lines = told
            await self._deliver(lines, MEASUREMENT)
            await self._threaded(self._spool.set_marks, {MARK: str(last)})

    def _gather(self) -> tuple[int, bytes] | None:
        """Return the last hour and the lines of it and some before; None: none is due."""
        now = self._clock.now()
        last = (now - _SETTLED - EPOCH) // _HOUR - 1
        told = self._spool.mark(MARK)
        if told is not None and told.isdecimal():
            if int(told) >= last:
                return None
            first = int(told) + 1 - AGAIN
        else:
            first = self._first(now, last)
        until = min(last, first + AT_ONCE - 1)
        lines = b"".join(self._line(hour) for hour in range(first, until + 1))
        return until, lines

    def _first(self, now: datetime, last: int) -> int:
        """Return the hour of the first alert, or the oldest that is kept."""
        first_at = self._store.alerts.first_at()
        if first_at is None:
            return last
        oldest = now - self._settings.keep + timedelta(days=1)
        return min(last, (max(first_at, oldest) - EPOCH) // _HOUR)

    def _line(self, hour: int) -> bytes:
        start = EPOCH + hour * _HOUR
        return alarm_line(reckon(self._store.alerts.tally(start, start + _HOUR)))


def alarm_line(health: Health) -> bytes:
    """Return the line of an hour."""
    fields: dict[str, float | int | str] = {
        "raised": health.raised.count,
        "own": health.own,
        "behind": health.raised.count - health.own,
        "raised_peak": health.raised.peak,
        "raised_flood_seconds": health.raised.flood_seconds,
        "told": health.messages,
        "told_most": health.told.count,  # to the busiest receiver
        "told_peak": health.told.peak,
        "told_flood_seconds": health.told.flood_seconds,
        "held": sum(health.held.values()),
        "fleeting": health.fleeting,
        "chattering": len(health.chattering),
        "stale": len(health.stale),
        "incidents": health.waited.incidents,
        "acknowledged": health.waited.acknowledged,
        "dead": health.dead,
    }
    fields |= {one.value: health.own_by_severity.get(one, 0) for one in Severity}
    # Zeros too: an hour is told again, and a field that was left out would keep what it had.
    fields |= {f"held_{reason.value}": health.held.get(reason, 0) for reason in HoldReason}
    if health.waited.median_seconds is not None:
        fields["acknowledged_seconds"] = health.waited.median_seconds
    return line(MEASUREMENT, {}, fields, health.start)

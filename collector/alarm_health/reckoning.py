"""From what was counted to figures."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from collector.alarm_health.figures import BUCKET, Health, Noisy, Rate, Tally, Waited

FLOOD_BEGINS_ABOVE, FLOOD_ENDS_BELOW = 10, 5
TOP = 10

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def floor_to_bucket(moment: datetime) -> datetime:
    """Return the full ten minutes at or before a moment."""
    return _begin_of(_bucket_of(moment))


def reckon(tally: Tally) -> Health:
    """Return what was counted as figures."""
    rates = {name: rate(buckets, tally.start, tally.end) for name, buckets in tally.told.items()}
    order = sorted(rates, key=lambda name: (-rates[name].count, name))
    receivers = {name: rates[name] for name in order if rates[name].count}
    busiest = next(iter(receivers), None)
    own = sum(one.count for one in tally.noisy)
    top = tally.noisy[:TOP]
    return Health(
        start=tally.start,
        end=tally.end,
        raised=rate(tally.raised, tally.start, tally.end),
        own=own,
        told=receivers[busiest] if busiest is not None else rate({}, tally.start, tally.end),
        busiest=busiest,
        receivers=receivers,
        messages=sum(one.count for one in receivers.values()),
        held=dict(sorted(tally.held.items(), key=lambda one: (-one[1], one[0]))),
        own_by_severity=tally.own_by_severity,
        told_by_severity=tally.told_by_severity,
        devices=len(tally.noisy),
        noisy=top,
        noisy_percent=100.0 * sum(one.count for one in top) / own if own else 0.0,
        half_from=_half_from(tally.noisy, own),
        chattering=tuple(one for one in tally.noisy if one.chattering),
        fleeting=sum(one.fleeting for one in tally.noisy),
        stale=tally.stale,
        waited=_waited(tally.waited),
        dead=tally.dead,
    )


def rate(buckets: Mapping[int, int], start: datetime, end: datetime) -> Rate:
    """Return the rate of what fell into buckets, of start <= t < end.

    `start` is at a full ten minutes. Of a bucket that the window's end cuts only what was before
    the end may be counted in it.
    """
    seconds = (end - start).total_seconds()
    first = _bucket_of(start)
    inside = {bucket: count for bucket, count in buckets.items() if bucket >= first and count}
    count = sum(inside.values())
    peak = max(inside.values(), default=0)
    spans = _floods(buckets, start, end)
    flooded = sum((until - since).total_seconds() for since, until in spans)
    return Rate(
        count=count,
        per_day=count * 86_400.0 / seconds,
        per_10_minutes=count * BUCKET.total_seconds() / seconds,
        peak=peak,
        peak_at=_begin_of(min(b for b, n in inside.items() if n == peak)) if peak else None,
        floods=len(spans),
        flood_seconds=flooded,
        flood_percent=100.0 * flooded / seconds,
    )


def _floods(
    buckets: Mapping[int, int], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the floods within a window. Only buckets with enough in them are looked at."""
    spans: list[tuple[int, int]] = []
    since: int | None = None
    last = 0
    for bucket in sorted(b for b, count in buckets.items() if count >= FLOOD_ENDS_BELOW):
        if since is not None and bucket > last + 1:
            spans.append((since, last + 1))
            since = None
        if since is None and buckets[bucket] > FLOOD_BEGINS_ABOVE:
            since = bucket
        last = bucket
    if since is not None:
        spans.append((since, last + 1))
    clipped = [(max(_begin_of(a), start), min(_begin_of(b), end)) for a, b in spans]
    return [(a, b) for a, b in clipped if a < b]


def _half_from(noisy: Sequence[Noisy], own: int) -> int:
    """Return how few devices it takes to come to half of all."""
    so_far = 0
    for number, one in enumerate(noisy, start=1):
        so_far += one.count
        if 2 * so_far >= own:
            return number
    return 0


def _waited(seconds: Sequence[float | None]) -> Waited:
    done = sorted(one for one in seconds if one is not None)
    return Waited(len(seconds), len(done), _quantile(done, 0.5), _quantile(done, 0.9))


def _quantile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share of all do not exceed (nearest rank)."""
    return values[math.ceil(share * len(values)) - 1] if values else None


def _bucket_of(moment: datetime) -> int:
    return (moment - _EPOCH) // BUCKET


def _begin_of(bucket: int) -> datetime:
    return _EPOCH + timedelta(seconds=bucket * BUCKET.total_seconds())

"""When a check is due: slots that are the same after a restart and on every collector. Pure.

A check's slots are the moments k · interval + phase on the wall clock (seconds since the epoch),
the phase being a stable hash of its id: 10,000 devices start without a burst, and a restart
keeps the rhythm.
"""

import math
from hashlib import blake2b

_HASH_BITS = 64


def phase_seconds(check_id: str, interval_seconds: float) -> float:
    """Return where in the interval a check's slots lie: 0 <= phase < interval."""
    digest = blake2b(check_id.encode(), digest_size=_HASH_BITS // 8).digest()
    return int.from_bytes(digest, "big") / (1 << _HASH_BITS) * interval_seconds


def next_slot(now_seconds: float, interval_seconds: float, phase: float) -> float:
    """Return the first slot after `now_seconds` (both in seconds since the epoch)."""
    passed = math.floor((now_seconds - phase) / interval_seconds)
    slot = (passed + 1) * interval_seconds + phase
    # Floating point can land on the very slot that was just served; a slot counts once.
    return slot if slot > now_seconds else slot + interval_seconds


def slots_between(after: float, until: float, interval_seconds: float, phase: float) -> int:
    """Return how many slots lie in (after, until] (both in seconds since the epoch)."""
    first = math.floor((after - phase) / interval_seconds)
    return max(0, math.floor((until - phase) / interval_seconds) - first)

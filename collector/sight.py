"""Whether anybody is looking. Pure: shared by what people see, by uptime and by what is charted.

**When no collector is alive, no state is current.** The stored states then are the last that were
known, and a reader who took them for the present would be deceived. So a device is reported as
`unknown` with reason `collector_gone`, since its last result. One that was unknown before stays
as it is. The store gets its own transitions to unknown when a collector is back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs

from collector.model import DeviceState, Heartbeat, Reason, State, Status
from collector.moments import EPOCH

COLLECTOR_TIMEOUT_SECONDS = 12.5
"""An older heartbeat means: the collector is gone."""


@dataclass(frozen=True, slots=True)
class CollectorLife:
    """A collector, and whether its last heartbeat is young enough."""

    id: str
    heartbeat_at: datetime
    alive: bool
    late_seconds: float = 0.0  # by how much its checks run late, as it says; 0.0: on time


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether anybody is looking: the collectors at one moment."""

    now: datetime
    collectors: tuple[CollectorLife, ...]
    blind_since: datetime | None  # when we knew that no collector is left; None: one is alive

    @property
    def blind(self) -> bool:
        """True when no collector is alive."""
        return self.blind_since is not None

    @property
    def known_until(self) -> datetime:
        """Until when somebody looked: now, else the last heartbeat; without any, since ever."""
        if not self.blind:
            return self.now
        return max((one.heartbeat_at for one in self.collectors), default=EPOCH)


def collector_lives(
    heartbeats: Sequence[Heartbeat], now: datetime, timeout_seconds: float
) -> tuple[CollectorLife, ...]:
    """Return which collectors are alive. One "from the future" is not: its clock was set back."""
    return tuple(
        CollectorLife(
            one.collector_id,
            one.heartbeat_at,
            abs((now - one.heartbeat_at).total_seconds()) < timeout_seconds,
            one.figures.get("checks_late_seconds", 0.0),
        )
        for one in heartbeats
    )


def sight(heartbeats: Sequence[Heartbeat], now: datetime, timeout_seconds: float) -> Sight:
    """Judge heartbeats at a moment. A store that no collector ever wrote to is blind too."""
    collectors = collector_lives(heartbeats, now, timeout_seconds)
    if any(one.alive for one in collectors):
        return Sight(now, collectors, None)
    last = max((one.heartbeat_at for one in collectors), default=None)
    gone = now if last is None else min(now, last + timedelta(seconds=timeout_seconds))
    return Sight(now, collectors, gone)


def reported(state: DeviceState, seen: Sight) -> DeviceState:
    """Return the state to report: the stored one, or unknown while nobody is looking."""
    if seen.blind_since is None or state.state is State.UNKNOWN:
        return state
    since = state.last_result_at or state.since_at
    return structs.replace(
        state,
        status=Status.UNKNOWN,
        state=State.UNKNOWN,
        since_at=since,
        confirmed_at=seen.blind_since if since is None else max(since, seen.blind_since),
        reason=Reason.COLLECTOR_GONE,
        detail="",
        cause=None,
        flapping=False,
    )

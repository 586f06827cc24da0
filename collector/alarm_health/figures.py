"""What is counted, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.model import State
from collector.model.alerts import HoldReason, Severity

BUCKET = timedelta(minutes=10)
"""Rates are counted in full ten minutes of the clock, as ISA-18.2 does."""

LEAD = timedelta(days=1)
"""So much before a window is looked at: a flood may have begun before it."""

FLEETING = timedelta(minutes=5)
"""Well again within this time after it was confirmed: nobody could have done anything."""

STALE_AFTER = timedelta(days=1)
"""Firing for longer is stale: it is no news any more, and hides what is."""

BURST, BURST_WITHIN = 3, BUCKET
MANY, MANY_WITHIN = 10, timedelta(days=1)
"""A device chatters that raises so many alerts within the time."""

SHELVED = frozenset(
    {
        HoldReason.PARENT_DOWN,
        HoldReason.POWER,
        HoldReason.COLLECTOR_GONE,
        HoldReason.IN_MAINTENANCE,
        HoldReason.SILENCED,
    }
)
"""What is held for one of these does not stand in anybody's list, so it is not stale."""


@dataclass(frozen=True, slots=True)
class AboutDevice:
    """What is known of a device that is to be named."""

    name: str | None = None  # None: no device of the inventory
    confirm: int | None = None  # failures in a row until it is believed to be down


@dataclass(frozen=True, slots=True)
class Noisy:
    """How often a device raised alerts of its own."""

    device_id: str
    count: int
    flapping: int  # of these, raised while its results changed all the time
    fleeting: int
    chattering: bool
    about: AboutDevice = AboutDevice()


@dataclass(frozen=True, slots=True)
class Stale:
    """An alert that was firing for longer than a day at the end of the window."""

    device_id: str
    state: State
    since_at: datetime
    about: AboutDevice = AboutDevice()


@dataclass(frozen=True, slots=True)
class Tally:
    """What the store counted of start <= t < end; `start` is at a full ten minutes.

    Buckets are numbers of ten minutes since 1970; those of `LEAD` before the window are there too.
    An alert is a device's own unless it is cut off behind another, or nobody looked at it.
    """

    start: datetime
    end: datetime
    raised: Mapping[int, int] = field(default_factory=dict)  # bucket: alerts, all of them
    told: Mapping[str, Mapping[int, int]] = field(default_factory=dict)  # receiver, bucket
    own_by_severity: Mapping[Severity, int] = field(default_factory=dict)
    told_by_severity: Mapping[Severity, int] = field(default_factory=dict)
    held: Mapping[HoldReason, int] = field(default_factory=dict)  # alerts in no message, by reason
    noisy: tuple[Noisy, ...] = ()  # every device with an alert of its own, the noisiest first
    stale: tuple[Stale, ...] = ()  # the oldest first
    waited: tuple[float | None, ...] = ()  # of incidents first told: seconds until acknowledged
    dead: int = 0  # messages that were given up


@dataclass(frozen=True, slots=True)
class Rate:
    """How many, how fast, and how long too many at once.

    A flood begins with ten minutes of more than 10 and ends before ten minutes of less than 5.
    """

    count: int
    per_day: float
    per_10_minutes: float  # mean
    peak: int  # in ten minutes
    peak_at: datetime | None  # when those began
    floods: int
    flood_seconds: float
    flood_percent: float  # of the window


@dataclass(frozen=True, slots=True)
class Waited:
    """How long people took to say that they have an incident in hand.

    Seconds from the first message to the acknowledgement; None: there was none.
    """

    incidents: int  # of which somebody was told in the window
    acknowledged: int
    median_seconds: float | None
    p90_seconds: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """The health of alarms in a window."""

    start: datetime
    end: datetime
    raised: Rate  # every alert
    own: int  # of these: not behind another, and looked at
    told: Rate  # messages to the receiver who got the most
    busiest: str | None  # that receiver
    receivers: Mapping[str, Rate]  # the busiest first
    messages: int  # to all of them
    held: Mapping[HoldReason, int]
    own_by_severity: Mapping[Severity, int]
    told_by_severity: Mapping[Severity, int]
    devices: int  # with alerts of their own
    noisy: tuple[Noisy, ...]  # ten at most
    noisy_percent: float  # their share of all own alerts
    half_from: int  # so few devices raised half of all own alerts
    chattering: tuple[Noisy, ...]
    fleeting: int
    stale: tuple[Stale, ...]
    waited: Waited
    dead: int

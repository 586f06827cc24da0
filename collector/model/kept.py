"""States as they are kept over restarts, and who waits in the quarantine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from collector.model.states import Outcome, Reason, State, Status, Verdict


class CheckState(Struct, frozen=True, gc=False):
    """What is believed about one check, and what is in doubt (see `collector.state`).

    `verdict` is confirmed. The doubts are runs of results that speak against it: `pending_count`
    results in a row since `pending_since_at` about "is it ok at all", `critical_count` about "is
    it critical". They live in memory: after a restart everything is asked anew.
    """

    check_id: str
    verdict: Verdict = Verdict.NONE
    since_at: datetime | None = None
    confirmed_at: datetime | None = None
    pending: Verdict = Verdict.NONE  # the verdict of the last result that is not yet believed
    pending_count: int = 0
    pending_since_at: datetime | None = None
    critical_count: int = 0
    critical_since_at: datetime | None = None
    reason: Reason = Reason.NEVER_SEEN
    detail: str = ""
    last_slot_at: datetime | None = None
    last_result_at: datetime | None = None  # last result that told something
    last_outcome: Outcome = Outcome.UNKNOWN
    latency_seconds: float | None = None
    breached: frozenset[str] = frozenset()  # metrics beyond a threshold, for hysteresis


class DeviceState(Struct, frozen=True, gc=False):
    """What is believed about one device. `state` is derived from status and overlays."""

    device_id: str
    status: Status = Status.UNKNOWN
    state: State = State.UNKNOWN
    since_at: datetime | None = None
    confirmed_at: datetime | None = None
    reason: Reason = Reason.NEVER_SEEN
    detail: str = ""
    cause: str | None = None
    flapping: bool = False
    last_result_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A profile that could be an unknown device's, and what that profile would call it."""

    profile: str
    name: str  # over MQTT: what would stand for `{topic}`


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that spoke to us and is no device of the inventory; nothing of what it said."""

    source: str  # "mqtt", "snmp_trap", "discovery"
    name: str  # what it calls itself, printable
    first_seen_at: datetime
    last_seen_at: datetime
    messages: int
    octets: int
    places: tuple[str, ...] = ()  # where it was heard, such as whole topics
    shape: Mapping[str, str] = field(default_factory=dict)  # of its last payload: key → type
    fits: tuple[Fit, ...] = ()  # most specific first
    about: Mapping[str, str] = field(default_factory=dict)  # name, model, maker: its own words

"""Holds the messages that people got against what the simulators really did. Pure.

A fault *must be told* when it lasted so long that a collector of the scenario's rhythm had surely
noticed it and the settle time had passed; what is shorter may be told or not. Of each fault that is
told, the end must be told as well. A message is *invented* when no fault explains the devices that
it names; a fault is told *again* when a second message speaks of a device as if it were new.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

BEGINS = frozenset({"firing", "flapping", "storm"})
TELLS = BEGINS | {"update"}
"""Purposes of messages in which a device can be told for the first time."""
ENDS = "recovered"
UNCOUNTED = frozenset({"heartbeat", "test"})
PAUSE = "collector_pause"
ON_BATTERY = "ups_on_battery"
BATTERY_SECONDS = 60.0
"""How long a UPS runs on its battery before somebody is told, in the demo."""
MARGIN_SECONDS = 10.0  # of one commit, one look at the log and one request, on a busy machine
OFTEN_HELD_ONLY_FOR_A_MOMENT = frozenset({"settling", "too_short", "already_told", "stale"})


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its receiver got it."""

    id: str
    at: datetime
    purpose: str
    severity: str
    title: str
    about: str = ""
    devices: tuple[str, ...] = ()  # ids; at most ten are named
    total: int = 0  # devices that are not well, with those that are only counted
    maybe_twice: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """One fault as it was carried out, with all that it speaks about."""

    id: str
    kind: str
    targets: frozenset[str]
    cut_off: frozenset[str]  # those of them that are only unreachable
    start: datetime
    end: datetime
    seen_after_seconds: float
    well_after_seconds: float
    shows: bool  # something should look different
    claims: bool = True  # … and be said to be bad; not knowing claims nothing

    def must_be_told(self, settle_seconds: float, finished_at: datetime) -> bool:
        """Say whether it lasted until somebody surely had to know."""
        if self.kind == PAUSE or not self.claims:
            return False
        wait = settle_seconds + (BATTERY_SECONDS if self.kind == ON_BATTERY else 0.0)
        needed = timedelta(seconds=self.seen_after_seconds + wait + MARGIN_SECONDS)
        return self.end - self.start >= needed and self.start + needed <= finished_at

    @property
    def over_at(self) -> datetime:
        """Return by when its end has surely been seen and told."""
        return self.end + timedelta(seconds=self.well_after_seconds + MARGIN_SECONDS)

    def explains(self, message: Message) -> bool:
        """Say whether a message may be about it."""
        if not self.shows or not self.start <= message.at <= self.over_at:
            return False
        if message.about == "collector":
            return self.kind == PAUSE
        return message.about == "storm" or not self.targets.isdisjoint(message.devices)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a scenario allows: so many messages while it goes on, and that it is over."""

    out: int
    back: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What the platform told, and whom it held back."""

    messages: Sequence[Message] = ()
    held: Mapping[str, frozenset[str]] | None = None  # reason → devices; None: nobody was asked
    refused: int = 0  # requests without a right signature, or damaged
    again: int = 0  # the same message once more without a word that it may be so


def judge(
    faults: Sequence[Happened],
    heard: Heard,
    finished_at: datetime,
    settle_seconds: float,
    limits: Limits | None = None,
) -> dict[str, Any]:
    """Return what of `summary.notifications` is about messages, with `problems` in words."""
    counted = [one for one in heard.messages if one.purpose not in UNCOUNTED]
    out = [one for one in counted if one.purpose != ENDS]
    back = [one for one in counted if one.purpose == ENDS]
    must = [one for one in faults if one.must_be_told(settle_seconds, finished_at)]
    told = {one.id: _first(one, out) for one in faults}
    missed = [one.id for one in must if told[one.id] is None]
    open_ended = [
        one.id for one in faults if told[one.id] and not _is_ended(one, back, finished_at)
    ]
    began_at = min((one.start for one in faults), default=finished_at)
    invented = [
        one
        for one in counted
        if not any(fault.explains(one) for fault in faults)
        # an end before the first beginning: of what an earlier run left in the same folder
        and not (one.purpose == ENDS and one.at < began_at)
    ]
    again = _told_again(counted)
    alone = _not_held(must, heard)
    problems = [
        *(f"nobody was told of {name}" for name in missed),
        *(f"nobody was told that {name} was over" for name in open_ended),
        *(f"invented: {one.title}" for one in invented),
        *(f"told as new again: {one.title}" for one in again),
        *([f"{heard.again} messages came twice"] if heard.again else []),
        *([f"{heard.refused} requests were not signed as agreed"] if heard.refused else []),
        *([f"{alone} devices were cut off and not held with their cause"] if alone else []),
        *_over_limits(out, back, must, limits),
    ]
    held = heard.held or {}
    lasting = [names for why, names in held.items() if why not in OFTEN_HELD_ONLY_FOR_A_MOMENT]
    return {
        "sent": len(heard.messages),
        "held": len(frozenset[str]().union(*lasting)),
        "held_by_reason": {why: len(names) for why, names in sorted(held.items())},
        "out": len(out),
        "back": len(back),
        "must_be_told": len(must),
        "told": sum(1 for one in must if told[one.id] is not None),
        "told_after_seconds": _delays(faults, told),
        "missed": len(missed),
        "open_ended": len(open_ended),
        "invented": len(invented),
        "again": len(again) + heard.again,
        "problems": problems,
    }


def shown(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages for a file that people read."""
    return [
        {
            "at": one.at.isoformat(),
            "purpose": one.purpose,
            "severity": one.severity,
            "title": one.title,
            "devices": one.total,
        }
        for one in messages
    ]


def _first(fault: Happened, out: Iterable[Message]) -> Message | None:
    """Return the message that told of a fault first."""
    return next((one for one in out if one.purpose in TELLS and fault.explains(one)), None)


def _is_ended(fault: Happened, back: Iterable[Message], finished_at: datetime) -> bool:
    """Say whether the end was told, or there was no time for it."""
    if fault.over_at > finished_at:
        return True
    return any(fault.explains(one) and one.at >= fault.end for one in back)


def _told_again(counted: Iterable[Message]) -> list[Message]:
    """Return messages that begin with a device that an earlier one began with, and no end since."""
    known: set[str] = set()
    found = []
    for one in counted:
        if one.purpose == ENDS:
            known.difference_update(one.devices)
        elif one.purpose in BEGINS and one.about not in ("storm", "collector"):
            if not known.isdisjoint(one.devices):
                found.append(one)
            known.update(one.devices)
    return found


def _not_held(must: Iterable[Happened], heard: Heard) -> int:
    """Return how many were cut off long enough and never held because of it."""
    if heard.held is None:
        return 0
    cut_off = frozenset[str]().union(*(one.cut_off for one in must))
    return len(cut_off - heard.held.get("parent_down", frozenset()))


def _over_limits(
    out: Sequence[Message],
    back: Sequence[Message],
    must: Sequence[Happened],
    limits: Limits | None,
) -> list[str]:
    if limits is None:
        return []
    found = []
    for what, messages, most in (("out", out, limits.out), ("back", back, limits.back)):
        if len(messages) > most:
            purposes = Counter(one.purpose for one in messages)
            found.append(f"{len(messages)} messages {what} instead of at most {most}: {purposes}")
    if not must:
        found.append("the demo was too short for its scenario: nothing had to be told")
    return found


def _delays(faults: Iterable[Happened], told: Mapping[str, Message | None]) -> dict[str, float]:
    """Return how long after its beginning each fault was told, in seconds."""
    found = {}
    for one in faults:
        message = told[one.id]
        if message is not None:
            found[one.id] = round((message.at - one.start).total_seconds(), 3)
    return found

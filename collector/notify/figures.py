"""What the process of alerts says of itself: kept in the store, read by whoever asks how it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from collector.moments import from_micros, to_micros
from collector.store import Mark

REPORT = "alerts"
"""Name of the mark that holds it."""

REPORT_SECONDS = 5.0
LONGEST_SILENCE = timedelta(seconds=60)
"""A process that said nothing for so long is gone, or hangs."""

LONGEST_WAIT = timedelta(minutes=5)
"""A message that is due for longer did not get out."""

DEAD_SHOWN = timedelta(hours=1)
"""So long a message that was given up keeps Pantau from being called ready."""

_LONGEST_TROUBLE = 300  # characters


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """One channel. `sent`, `failed` and `dead` count since the process began."""

    pending: int = 0
    waiting_since_at: datetime | None = None  # when the oldest that waits was due
    dead_in_all: int = 0  # given up and not tried again since, whenever
    died_at: datetime | None = None  # the last of these
    sent: int = 0
    failed: int = 0
    dead: int = 0
    sent_at: datetime | None = None  # the last
    trouble: str = ""  # why it does not work now


@dataclass(frozen=True, slots=True)
class AlertReport:
    """The process of alerts as it was at a moment."""

    at: datetime
    started_at: datetime
    channels: Mapping[str, ChannelReport] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)  # firing alerts, by why they are held
    firing: int = 0
    storms: int = 0
    lag: int = 0  # transitions that were not taken in yet
    steps: int = 0
    told: int = 0
    withdrawn: int = 0
    heartbeat_at: datetime | None = None  # the last sign of life that a watcher took
    trouble: str = ""  # why it cannot do its work now

    @property
    def pending(self) -> int:
        """Messages that wait or are on their way."""
        return sum(one.pending for one in self.channels.values())

    def encode(self) -> dict[str, object]:
        """Return it as figures of a mark."""
        return {
            "started_at": to_micros(self.started_at),
            "channels": {
                name: {
                    "pending": one.pending,
                    "waiting_since_at": _micros(one.waiting_since_at),
                    "dead_in_all": one.dead_in_all,
                    "died_at": _micros(one.died_at),
                    "sent": one.sent,
                    "failed": one.failed,
                    "dead": one.dead,
                    "sent_at": _micros(one.sent_at),
                    "trouble": one.trouble[:_LONGEST_TROUBLE],
                }
                for name, one in sorted(self.channels.items())
            },
            "held": dict(self.held),
            "firing": self.firing,
            "storms": self.storms,
            "lag": self.lag,
            "steps": self.steps,
            "told": self.told,
            "withdrawn": self.withdrawn,
            "heartbeat_at": _micros(self.heartbeat_at),
            "trouble": self.trouble[:_LONGEST_TROUBLE],
        }

    @classmethod
    def decode(cls, mark: Mark | None) -> Self | None:
        """Return what a mark says; None: there is none, or another version wrote it."""
        if mark is None:
            return None
        said = mark.figures
        try:
            started_at = _moment(said["started_at"])
            return cls(
                at=mark.at,
                started_at=mark.at if started_at is None else started_at,
                channels={
                    str(name): _channel(one) for name, one in _mapping(said["channels"]).items()
                },
                held={str(why): _number(count) for why, count in _mapping(said["held"]).items()},
                firing=_number(said["firing"]),
                storms=_number(said["storms"]),
                lag=_number(said["lag"]),
                steps=_number(said["steps"]),
                told=_number(said["told"]),
                withdrawn=_number(said["withdrawn"]),
                heartbeat_at=_moment(said["heartbeat_at"]),
                trouble=str(said["trouble"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            return None


def why_not_ready(report: AlertReport | None, now: datetime) -> list[str]:
    """Return what keeps alerts from reaching people; empty: nothing does.

    Anybody may read it: what channels and the store said is left out.
    """
    if report is None:
        return ["alerts: their process has given no sign of life yet; nobody is told of anything"]
    silent = now - report.at
    if silent > LONGEST_SILENCE:
        seconds = int(silent.total_seconds())
        return [f"alerts: the last sign of life of their process was {seconds} s ago"]
    reasons = []
    if report.trouble:
        reasons.append("alerts: they stand still; the log of their process says why")
    for name, one in report.channels.items():
        if one.waiting_since_at is not None and now - one.waiting_since_at > LONGEST_WAIT:
            minutes = int((now - one.waiting_since_at).total_seconds() // 60)
            reasons.append(
                f"alerts: {one.pending} messages wait for channel {name}, the oldest for"
                f" {minutes} min"
            )
        if one.died_at is not None and now - one.died_at < DEAD_SHOWN:
            reasons.append(
                f"alerts: channel {name} has given messages up within the last hour; the list of"
                " notifications says which and why"
            )
    return reasons


def _channel(said: object) -> ChannelReport:
    one = _mapping(said)
    return ChannelReport(
        pending=_number(one["pending"]),
        waiting_since_at=_moment(one["waiting_since_at"]),
        dead_in_all=_number(one["dead_in_all"]),
        died_at=_moment(one["died_at"]),
        sent=_number(one["sent"]),
        failed=_number(one["failed"]),
        dead=_number(one["dead"]),
        sent_at=_moment(one["sent_at"]),
        trouble=str(one["trouble"]),
    )


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _moment(value: object) -> datetime | None:
    return None if value is None else from_micros(_number(value))

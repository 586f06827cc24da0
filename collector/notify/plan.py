"""What `alerts.yaml` says, ready for the process of alerts; and how its channels are opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from collector.model.alerts import Alert
from collector.notify.deciding.world import DeviceFacts, Rules
from collector.notify.reasons import why
from collector.notify.routing import Routing


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person or a group that can be written to; never a roster."""

    name: str  # its id in alerts.yaml
    channels: tuple[str, ...]  # the first that works; the next when it is given up
    language: str = "id"
    give_up_seconds: float = 3_600.0  # how long a channel is tried before the next one is
    give_up_critical_seconds: float = 600.0  # the same for what is critical
    may_act: bool = True  # False: its messages have no one-time links


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The dead man's switch: a sign of life through the whole pipe, to a watcher elsewhere."""

    channel: str
    every_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """Everything that the process of alerts was told by people."""

    rules: Rules
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    heartbeat: Heartbeat | None = None
    desk_url: str = ""  # from outside, without a slash at its end; "": messages have no links
    keep_trying_seconds: float = 86_400.0  # a receiver's last channel, before a message is dead

    def why(self, alert: Alert, device: DeviceFacts, now: datetime) -> list[str]:
        """Say for people which policy and route hold for an alert, and who would be told now."""
        return why(self.rules, alert, device, now) if isinstance(self.rules, Routing) else []

    def next_channel(self, receiver: str, channel: str) -> str | None:
        """Return the channel that a receiver falls back to when one is given up; None: no other."""
        known = self.receivers.get(receiver)
        if known is None or channel not in known.channels:
            return None
        following = known.channels[known.channels.index(channel) + 1 :]
        return following[0] if following else None

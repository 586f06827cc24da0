"""What goes into the ICMP engine and what comes out: settings, reports, counters."""

from dataclasses import dataclass
from operator import sub

from msgspec import Struct

from collector.model import Reason


@dataclass(frozen=True, slots=True)
class PingSettings:
    """How this collector pings. `carrier`: "icmp", or "udp:PORT" (see docs/adr/0004)."""

    count: int = 3  # echoes of a train
    timeout_seconds: float = 1.0  # for each echo, from its sending
    spacing_seconds: float = 0.15  # between the echoes of a train
    max_packets_per_second: float = 2000.0  # for all devices together
    carrier: str = "icmp"

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"ping count must be at least 1, not {self.count}")
        if self.timeout_seconds <= 0 or self.spacing_seconds < 0:
            raise ValueError("ping timeout must be above 0, spacing not below 0")
        if self.max_packets_per_second <= 0:
            raise ValueError("ping max_packets_per_second must be above 0")
        if self.carrier != "icmp" and self.udp_port is None:
            raise ValueError(f'ping carrier must be "icmp" or "udp:PORT", not "{self.carrier}"')

    @property
    def udp_port(self) -> int | None:
        """Port of the UDP carrier, None for real ICMP (or an invalid carrier)."""
        scheme, _, port = self.carrier.partition(":")
        if scheme != "udp" or not (port.isascii() and port.isdigit()):
            return None
        return int(port) if 0 < int(port) < 65536 else None


class EchoReport(Struct, frozen=True, gc=False):
    """How a train of echoes to one device went.

    `rtts`: seconds, in the order the echoes were sent, of those answered in time. `error`: what
    the network or this machine said about the echoes that were not. `sent` counts what left this
    machine: 0 means that nothing can be said about the device.
    """

    sent: int
    received: int
    rtts: tuple[float, ...]
    error: Reason | None = None
    error_detail: str = ""

    @property
    def loss_percent(self) -> float:
        """Share of the sent echoes without an answer in time, 0 … 100 (nothing sent: 100)."""
        return 100.0 * (self.sent - self.received) / self.sent if self.sent else 100.0

    @property
    def min_seconds(self) -> float | None:
        """Shortest round trip; None when nothing was answered."""
        return min(self.rtts, default=None)

    @property
    def mean_seconds(self) -> float | None:
        """Mean round trip; None when nothing was answered."""
        return sum(self.rtts) / len(self.rtts) if self.rtts else None

    @property
    def max_seconds(self) -> float | None:
        """Longest round trip; None when nothing was answered."""
        return max(self.rtts, default=None)

    @property
    def jitter_seconds(self) -> float | None:
        """Mean |RTT(i) - RTT(i-1)| over neighbouring answered echoes; None for fewer than two."""
        steps = len(self.rtts) - 1
        return sum(map(abs, map(sub, self.rtts[1:], self.rtts))) / steps if steps > 0 else None


@dataclass(slots=True)
class PingCounters:
    """What happened on the sockets since they were opened."""

    sent: int = 0
    answered: int = 0
    late: int = 0  # answered after the timeout, or a second time
    foreign: int = 0  # wrong source, nonce, identifier or sequence: not an answer to us
    malformed: int = 0
    errors: int = 0  # the network said that an echo did not get there
    refused: int = 0  # sends that this machine did not carry out

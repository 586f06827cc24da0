"""The engine's front: opens the sockets, runs trains."""

import asyncio
import ipaddress
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

from collector.probes.icmp.channel import PingUnavailableError, SocketKind, open_channel
from collector.probes.icmp.flights import Pacer
from collector.probes.icmp.line import Line
from collector.probes.icmp.report import EchoReport, PingCounters, PingSettings
from collector.probes.icmp.train import Train
from collector.probes.telling import told

STAMPING_SETTLES_SECONDS = 0.1


class Pinger:
    """Pings any number of devices over one socket a family. Belongs to one event loop."""

    def __init__(self, settings: PingSettings, lines: dict[int, "Line"]) -> None:
        self.settings = settings
        self._lines = lines

    @classmethod
    async def open(cls, settings: PingSettings) -> "Pinger":
        """Open the sockets: IPv4, and IPv6 where the machine has it.

        Takes 0.1 s: the kernel switches receive timestamps on in the background, and stamps
        late until then.

        Raises:
            PingUnavailableError: IPv4 echoes are not allowed here; the text says what to do.
        """
        pacer = Pacer(settings.max_packets_per_second)
        lines = {4: Line(open_channel(4, settings.udp_port), pacer)}
        with suppress(PingUnavailableError):  # said again when an IPv6 device is pinged
            lines[6] = Line(open_channel(6, settings.udp_port), pacer)
        pinger = cls(settings, lines)
        try:
            await asyncio.sleep(STAMPING_SETTLES_SECONDS)
        except asyncio.CancelledError:
            await pinger.close()
            raise
        return pinger

    async def ping(self, address: str, count: int, timeout_seconds: float) -> EchoReport:
        """Send a train of echoes to an IP address and wait for the answers.

        Lasts at most (count - 1) * spacing + timeout, some milliseconds because timers are shared
        (see `collector.probes.icmp.patience`), and what pacing adds when the limit of packets a
        second is reached.

        Raises:
            ValueError: `address` is not an IP address.
            PingUnavailableError: it is an IPv6 address, and there is no IPv6 socket.
        """
        return await told(lambda tell: self.begin(address, count, timeout_seconds, tell).stop)

    def begin(
        self,
        address: str,
        count: int,
        timeout_seconds: float,
        done: Callable[[EchoReport], None],
    ) -> Train:
        """Send a train as `ping` does and tell `done` how it went, once and not at once.

        Nothing is told of a train that is stopped. Raises what `ping` raises.
        """
        version, plain = _read(address)
        line = self._lines.get(version)
        if line is None:
            raise PingUnavailableError(f"no socket for IPv{version} echoes on this machine")
        spacing = self.settings.spacing_seconds
        train = Train(line, address, plain, count, timeout_seconds, spacing, done)
        train.start()
        return train

    def queue_seconds(self) -> float:
        """Return how long the next echo would wait for its turn: one pace bounds both families."""
        line = self._lines[4]
        return line.pacer.queue_seconds(line.loop.time())

    @property
    def socket_kinds(self) -> dict[int, SocketKind]:
        """Which kind of socket serves which IP version."""
        return {version: line.channel.kind for version, line in self._lines.items()}

    @property
    def counters(self) -> PingCounters:
        """A snapshot of what happened on all sockets together."""
        total = PingCounters()
        for line in self._lines.values():
            for name in PingCounters.__slots__:
                setattr(total, name, getattr(total, name) + getattr(line.counters, name))
        return total

    async def close(self) -> None:
        """Release the sockets. Safe to call twice; trains still running end with an error."""
        for line in self._lines.values():
            line.close()


@lru_cache(maxsize=1 << 16)
def _read(address: str) -> tuple[int, str]:
    """Return an address's version and how a reply's source shows it. Raises ValueError."""
    parsed = ipaddress.ip_address(address)
    return parsed.version, str(parsed).partition("%")[0]

"""A socket with the echoes in flight on it: sends, and decides which answers to believe."""

import asyncio
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from collector.probes.icmp.channel import Channel, NetworkError
from collector.probes.icmp.flights import Asker, Flight, Flights, Pacer, round_trip_seconds
from collector.probes.icmp.message import (
    NONCE_BYTES,
    Echo,
    MalformedMessageError,
    echo_request,
    read_echo_reply,
    read_quoted_request,
    strip_ipv4_header,
)
from collector.probes.icmp.patience import Patience, Pauses
from collector.probes.icmp.report import PingCounters

NONCES_AT_ONCE = 512


def nonces() -> Iterator[bytes]:
    """Yield unpredictable nonces without end, by one call of the kernel for many."""
    while True:
        pool = secrets.token_bytes(NONCES_AT_ONCE * NONCE_BYTES)
        for start in range(0, len(pool), NONCE_BYTES):
            yield pool[start : start + NONCE_BYTES]


@dataclass(slots=True, eq=False)
class Line:
    """A channel with the echoes in flight on it."""

    channel: Channel
    pacer: Pacer
    counters: PingCounters = field(default_factory=PingCounters)
    flights: Flights = field(default_factory=Flights)
    identifier: int = field(default_factory=lambda: secrets.randbelow(0xFFFF) + 1)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    nonces: Iterator[bytes] = field(default_factory=nonces)
    closed: bool = False
    patience: Patience = field(init=False)
    pauses: Pauses = field(init=False)

    def __post_init__(self) -> None:
        self.patience = Patience(self.loop, self.drain)
        self.pauses = Pauses(self.loop)
        self.loop.add_reader(self.channel.fileno(), self.drain)

    def close(self) -> None:
        """Release the socket. Safe to call twice."""
        if not self.closed:
            self.closed = True
            self.loop.remove_reader(self.channel.fileno())
            self.channel.close()
            self.patience.close()
            self.pauses.close()

    def send(self, asker: Asker, position: int) -> int | None:
        """Send one echo; return its sequence number, None when all are in flight.

        Raises:
            OSError: it could not leave this machine.
        """
        sequence = self.flights.take()
        if sequence is None:
            return None
        nonce = next(self.nonces)
        message = echo_request(self.identifier, sequence, nonce, version=self.channel.version)
        flight = Flight(asker, position, asker.plain, nonce, time.time_ns(), time.monotonic_ns())
        met = self.channel.send(asker.address, message)
        self.flights.start(sequence, flight)
        self.counters.sent += 1
        for error in met:
            self._take_error(error)
        return sequence

    def drain(self) -> None:
        """Take everything that has arrived."""
        if self.closed:
            return
        self.channel.drain(self._take_reply, self._take_error)

    def _take_reply(self, packet: bytes, address: str, port: int, stamp_ns: int | None) -> None:
        """Take what looks like an answer; see `collector.probes.icmp.channel.TakeReply`."""
        now_ns = time.monotonic_ns()
        channel = self.channel
        try:
            message = strip_ipv4_header(packet) if channel.keeps_header else packet
            echo = read_echo_reply(message, version=channel.version)
        except MalformedMessageError:
            self.counters.malformed += 1
            return
        flight = self._match(echo, address, port)
        if flight is None or flight.nonce != echo.nonce:
            self.counters.foreign += 1
            return
        asker = flight.asker
        if asker is None:
            self.counters.late += 1
            return
        self.flights.settle(echo.sequence)
        rtt = round_trip_seconds(flight, stamp_ns, now_ns)
        if rtt > asker.timeout_seconds:
            self.counters.late += 1
            asker.lost(flight.position)
        else:
            self.counters.answered += 1
            asker.answered(flight.position, rtt)

    def _take_error(self, error: NetworkError) -> None:
        """Note what the network said. The echo stays in flight: an answer outweighs it."""
        try:
            echo = read_quoted_request(error.message, version=self.channel.version)
        except MalformedMessageError:
            self.counters.malformed += 1
            return
        flight = self._match(echo, error.address, error.port)
        if flight is None or not flight.nonce.startswith(echo.nonce):
            self.counters.foreign += 1
            return
        self.counters.errors += 1
        if flight.asker is not None:
            flight.asker.note_error(error.code)

    def _match(self, echo: Echo, address: str, port: int) -> Flight | None:
        channel = self.channel
        if echo.identifier != self.identifier and not channel.rewrites_identifier:
            return None
        flight = self.flights.find(echo.sequence)
        if flight is None or flight.address != address:
            return None
        if channel.port and port != channel.port:
            return None
        return flight

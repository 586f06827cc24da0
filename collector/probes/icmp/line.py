"""A socket with the echoes in flight on it: sends, and decides which answers to believe."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field

from collector.probes.icmp.channel import Arrival, Channel
from collector.probes.icmp.flights import Asker, Flight, Flights, Pacer, round_trip_seconds
from collector.probes.icmp.message import (
    NONCE_BYTES,
    Echo,
    MalformedMessageError,
    echo_request,
    read_echo_reply,
    read_quoted_request,
)
from collector.probes.icmp.patience import Patience
from collector.probes.icmp.report import PingCounters


@dataclass(slots=True, eq=False)
class Line:
    """A channel with the echoes in flight on it."""

    channel: Channel
    pacer: Pacer
    counters: PingCounters = field(default_factory=PingCounters)
    flights: Flights = field(default_factory=Flights)
    identifier: int = field(default_factory=lambda: secrets.randbelow(0xFFFF) + 1)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    closed: bool = False
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        self.patience = Patience(self.loop, self.drain)
        self.loop.add_reader(self.channel.fileno(), self.drain)

    def close(self) -> None:
        """Release the socket. Safe to call twice."""
        if not self.closed:
            self.closed = True
            self.loop.remove_reader(self.channel.fileno())
            self.channel.close()
            self.patience.close()

    def send(self, asker: Asker, position: int) -> int | None:
        """Send one echo; return its sequence number, None when all are in flight.

        Raises:
            OSError: it could not leave this machine.
        """
        sequence = self.flights.take()
        if sequence is None:
            return None
        nonce = secrets.token_bytes(NONCE_BYTES)
        message = echo_request(self.identifier, sequence, nonce, version=self.channel.version)
        flight = Flight(asker, position, asker.plain, nonce, time.time_ns(), time.monotonic_ns())
        met = self.channel.send(asker.address, message)
        self.flights.start(sequence, flight)
        self.counters.sent += 1
        for arrival in met:
            self._take_error(arrival)
        return sequence

    def drain(self) -> None:
        """Take everything that has arrived."""
        if self.closed:
            return
        for arrival in self.channel.drain():
            if arrival.error:
                self._take_error(arrival)
            else:
                self._take_reply(arrival)

    def _take_reply(self, arrival: Arrival) -> None:
        now_ns = time.monotonic_ns()
        try:
            message = self.channel.strip(arrival.message)
            echo = read_echo_reply(message, version=self.channel.version)
        except MalformedMessageError:
            self.counters.malformed += 1
            return
        flight = self._match(arrival, echo)
        if flight is None or flight.nonce != echo.nonce:
            self.counters.foreign += 1
            return
        asker = flight.asker
        if asker is None:
            self.counters.late += 1
            return
        self.flights.settle(echo.sequence)
        rtt = round_trip_seconds(flight, arrival.stamp_ns, now_ns)
        if rtt > asker.timeout_seconds:
            self.counters.late += 1
            asker.lost(flight.position)
        else:
            self.counters.answered += 1
            asker.answered(flight.position, rtt)

    def _take_error(self, arrival: Arrival) -> None:
        """Note what the network said. The echo stays in flight: an answer outweighs it."""
        try:
            echo = read_quoted_request(arrival.message, version=self.channel.version)
        except MalformedMessageError:
            self.counters.malformed += 1
            return
        flight = self._match(arrival, echo)
        if flight is None or not flight.nonce.startswith(echo.nonce):
            self.counters.foreign += 1
            return
        self.counters.errors += 1
        if flight.asker is not None:
            flight.asker.note_error(arrival.error)

    def _match(self, arrival: Arrival, echo: Echo) -> Flight | None:
        if echo.identifier != self.identifier and not self.channel.rewrites_identifier:
            return None
        flight = self.flights.find(echo.sequence)
        if flight is None or flight.address != arrival.address:
            return None
        if self.channel.port and arrival.port != self.channel.port:
            return None
        return flight

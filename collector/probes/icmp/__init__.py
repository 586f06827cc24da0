"""The ICMP engine: one socket for all devices of an address family.

    Pinger.ping ── Train ── Line.send ──► Channel ──► network
                     ▲        │ Flights: sequence → echo in flight
                     └─ match ┴───────── Channel ◄── network

A raw socket per device, the usual shape, makes the kernel copy every reply to every socket and
reports live devices dead; one socket cannot. An answer is believed when its source address, its
sequence number and the random nonce of that very echo all fit. Round-trip times come from the
kernel's receive timestamps, so that a busy event loop does not show up as a slow network.
See docs/adr/0004-one-icmp-socket.md.
"""

from collector.probes.icmp.channel import PingUnavailableError, SocketKind
from collector.probes.icmp.pinger import Pinger
from collector.probes.icmp.report import EchoReport, PingCounters, PingSettings

__all__ = [
    "EchoReport",
    "PingCounters",
    "PingSettings",
    "PingUnavailableError",
    "Pinger",
    "SocketKind",
]

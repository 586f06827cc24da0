"""What happened on the wire, counted."""

from dataclasses import dataclass


@dataclass(slots=True)
class SnmpCounters:
    """What happened on the wire since the start, for `/metrics`."""

    sent: int = 0  # first tries
    retries: int = 0
    answered: int = 0
    timeouts: int = 0  # requests without any answer
    late: int = 0  # answers to requests that had been given up
    duplicate: int = 0  # answers to requests that had been answered
    stray: int = 0  # answers to what was never asked
    foreign: int = 0  # answers to a pending request from another address
    malformed: int = 0
    not_sent: int = 0  # sends that this machine refused
    walk_loops: int = 0  # columns in which an agent came back to an OID it had given
    walk_limits: int = 0  # walks that were longer than any honest table
    unproven: int = 0  # answers to v3 requests that anybody could have sent
    discoveries: int = 0  # times that an agent was asked for its engine id
    reboots: int = 0  # engines that have booted since their last answer
    engines_changed: int = 0  # engines with another id or fewer boots: replaced, or reset

"""Requests under way: what the transport keeps of each until it is answered or given up."""

import os
import socket
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from collector.probes.snmp.errors import SnmpError
from collector.probes.snmp.sockets import SocketAddress
from collector.probes.snmp.v3.message import Message
from collector.probes.snmp.values import VarBind
from collector.probes.stepping import Wait

_SMALLEST_ID: Final = 0x0080_0000  # below, four octets would not be the shortest form

Told = TypeVar("Told", covariant=True)


class Response(NamedTuple):
    """What an agent answered to one request."""

    error_status: int
    error_index: int
    bindings: list[VarBind]


class Unproven(Exception):  # noqa: N818 - it says what came
    """An answer that anybody could have sent: `error` is what it would mean.

    The wait for a better one goes on, to the end of the present try if it `settles` the matter.
    """

    def __init__(self, error: SnmpError, *, settles: bool = False) -> None:
        """Keep both."""
        self.error = error
        self.settles = settles
        super().__init__(str(error))


class Talk(Protocol[Told]):
    """A v3 request: what it looks like, and what its answers are worth."""

    def packet(self, message_id: int) -> bytes:
        """Return the datagram of one try. `message_id`: 0x800000 … 0x7fffffff."""
        ...

    def read(self, data: bytes, message: Message) -> Told:
        """Return what a datagram tells. Raises Unproven, SnmpError, and BerError for garbage."""
        ...


class Pending(Wait[Any]):
    """A request under way; await it for the response."""

    __slots__ = (
        "_forget", "address", "asked_at", "attempt", "deadline", "foreign", "ids", "most", "packet",
        "sock", "unsent",
    )  # fmt: skip

    def __init__(
        self,
        sock: socket.socket,
        address: SocketAddress,
        most: int,
        asked_at: float,
        forget: Callable[["Pending"], None],
    ) -> None:
        """Get ready. `forget` hears of it when nobody waits for an answer any more."""
        super().__init__()
        self._forget = forget
        self.sock = sock
        self.address = address
        self.packet = b""
        self.most = most  # bindings that an honest answer may hold
        self.ids: tuple[int, ...] = ()  # of all tries
        self.asked_at = asked_at
        self.attempt = 0
        self.deadline = 0.0
        self.foreign: str | None = None  # who answered in its place
        self.unsent = False

    @property
    def is_settled(self) -> bool:
        """Say whether asking once more would bring nothing new."""
        return False

    def abandon(self) -> None:
        """Take that whoever asked was cancelled or stopped."""
        self._forget(self)


class PendingTalk(Pending):
    """A v3 request under way."""

    __slots__ = ("talk", "unproven")

    def __init__(
        self,
        sock: socket.socket,
        address: SocketAddress,
        talk: Talk[Any],
        asked_at: float,
        forget: Callable[[Pending], None],
    ) -> None:
        super().__init__(sock, address, 0, asked_at, forget)
        self.talk = talk
        self.unproven: Unproven | None = None

    @property
    def is_settled(self) -> bool:
        """Say whether asking once more would bring nothing new."""
        return self.unproven is not None and self.unproven.settles


def request_ids() -> Iterator[int]:
    """Yield unpredictable positive 31-bit ids of four octets, so that answers cannot be forged."""
    while True:
        pool = memoryview(os.urandom(4096)).cast("I")
        for number in pool:
            request_id = number & 0x7FFF_FFFF
            if request_id >= _SMALLEST_ID:
                yield request_id

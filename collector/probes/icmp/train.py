"""A train of echoes to one device: sent with pauses, waited for together."""

import asyncio
import errno
from collections.abc import Callable

from msgspec import Struct, field

from collector.model import Reason
from collector.probes.icmp.channel import describe_errno
from collector.probes.icmp.line import Line
from collector.probes.icmp.report import EchoReport

RETRY_SECONDS = 0.01  # when the kernel or the sequence numbers have no room
RETRIES = 200

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN})
_NO_RIGHT = frozenset({errno.EPERM, errno.EACCES})
_NO_ROOM = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM})


class Train(Struct, eq=False):
    """The echoes of one ping: a small machine driven by the loop's callbacks.

    It ends by itself, and then tells `done` once how it went, never before `start` has returned;
    one that is stopped tells nothing.
    """

    line: Line
    address: str  # to send to
    plain: str  # the same as the source of an answer shows it
    count: int
    timeout_seconds: float
    spacing_seconds: float
    done: Callable[[EchoReport], None]
    over: bool = False
    _next: int = 0
    _retries: int = 0
    _open: int = 0  # echoes in flight
    _sequences: list[int] = field(default_factory=list)  # of all that were sent
    _rtts: list[float | None] = field(default_factory=list)  # of all that were tried
    _error: Reason | None = None
    _error_detail: str = ""
    _timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Send the next echo, or wait for its turn."""
        loop = self.line.loop
        now = loop.time()
        at = self.line.pacer.reserve(now)
        if at <= now:
            self._send()
        else:
            self._timer = loop.call_at(at, self._send)

    def stop(self) -> None:
        """Release everything. Safe to call twice."""
        self.over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._next < self.count:
            self.line.pauses.drop(self)
        else:
            self.line.patience.drop(self)
        if self._open:
            self._open = 0
            for sequence in self._sequences:
                self.line.flights.settle(sequence)

    def answered(self, position: int, rtt_seconds: float) -> None:
        """Take the answer of the echo at this position."""
        self._rtts[position] = rtt_seconds
        self._open -= 1
        if self._open == 0 and self._next == self.count:
            self._finish()

    def lost(self, position: int) -> None:
        """Take that the answer to this echo came after its timeout."""
        del position
        self._open -= 1
        if self._open == 0 and self._next == self.count:
            self._finish()

    def note_error(self, code: int) -> None:
        """Remember the network's word about an unanswered echo."""
        self._error = Reason.REFUSED if code == errno.ECONNREFUSED else Reason.HOST_UNREACHABLE
        self._error_detail = describe_errno(code)

    def _send(self) -> None:
        line = self.line
        if line.closed:
            self._abandon()
            return
        try:
            sequence = line.send(self, self._next)
        except OSError as problem:
            if problem.errno in _NO_ROOM and self._wait_for_room():
                return
            self._refuse(problem)
        else:
            if sequence is None:
                if self._wait_for_room():
                    return
                self._refuse(OSError(errno.ENOBUFS, "too many echoes in flight"))
            else:
                self._sequences.append(sequence)
                self._open += 1
        self._next += 1
        self._rtts.append(None)
        if self._next < self.count:
            line.pauses.add(line.loop.time() + self.spacing_seconds, self)
        elif self._open:
            line.patience.add(line.loop.time() + self.timeout_seconds, self)
        else:
            self.line.loop.call_soon(self._finish)  # the caller of `start` may not be ready yet

    def _wait_for_room(self) -> bool:
        self._retries += 1
        if self._retries > RETRIES:
            return False
        self._timer = self.line.loop.call_later(RETRY_SECONDS, self._send)
        return True

    def _refuse(self, problem: OSError) -> None:
        """Note that this machine did not send an echo, and why."""
        self.line.counters.refused += 1
        code = problem.errno or 0
        if code in _NO_RIGHT:
            self._error = Reason.COLLECTOR_RIGHTS
        elif code in _NO_ROUTE:
            self._error = Reason.HOST_UNREACHABLE
        else:
            self._error = Reason.COLLECTOR_ERROR
        self._error_detail = describe_errno(code)

    def expire(self) -> None:
        """Give up what was not answered by now; all that had arrived was read before."""
        if self.line.closed:
            self._abandon()
        else:
            self._finish()

    def _abandon(self) -> None:
        """End because the socket was closed under us: that says nothing about the device."""
        self._error = Reason.COLLECTOR_ERROR
        self._error_detail = "the ping socket was closed"
        self.line.loop.call_soon(self._finish)

    def _finish(self) -> None:
        if self.over:
            return
        self.stop()
        rtts = tuple([rtt for rtt in self._rtts if rtt is not None])
        sent = len(self._sequences)
        self.done(EchoReport(sent, len(rtts), rtts, self._error, self._error_detail))

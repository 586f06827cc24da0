"""One UDP socket an address family for all devices: send, match what comes back, expire deadlines.

    exchange ─► pending[id] ─► sendto ···► agent
                   ▲                         │
                   └── id and source match ◄─┴── drain: read until the socket is empty
    tick: drain first, then expire deadlines: a retry, or NoAnswer

The order in the tick matters: after our own loop was late, answers lie unread in the socket, and
expiring first would report healthy devices as silent. A datagram is believed only if its request
id is pending *and* it comes from the address and port that was asked; everything else is counted.
A v3 request has a `Talk` that says of each answer whether it is believed, and gives each try a
message of its own; it is pending under the id of every try.
Nothing here allocates per device, and there is no timer a request. Whoever waits without a task
(`collector.probes.stepping`) goes on inside of drain, expire or close: it may ask the next question
there, or stop to wait.
"""

import asyncio
import socket
from collections.abc import Awaitable
from contextlib import suppress
from typing import Final

from collector.probes.snmp import ber
from collector.probes.snmp.agent import Agent, SnmpSettings
from collector.probes.snmp.counters import SnmpCounters
from collector.probes.snmp.deadlines import Deadlines
from collector.probes.snmp.errors import BadAnswer, BerError, NoAnswer, NotSent, SnmpError
from collector.probes.snmp.pending import (
    Pending,
    PendingTalk,
    Response,
    Talk,
    Told,
    Unproven,
    request_ids,
)
from collector.probes.snmp.sockets import (
    SocketAddress,
    open_socket,
    passes_by_itself,
    same_place,
    socket_address,
)
from collector.probes.snmp.tagged import read_tagged
from collector.probes.snmp.v3.message import BEGINNING, read_message

_DATAGRAM_OCTETS: Final = 65_535
_DRAIN_MOST: Final = 256  # datagrams read before others get their turn
_POSTPONE_MOST: Final = 20  # ticks that deadlines wait for a socket that never runs empty
_RESEND_SECONDS: Final = 0.05  # our own send buffer was full
_REMEMBERED: Final = 4096  # finished requests, and senders of nonsense


class Transport:
    """Exchanges requests for responses. Made by `open`, for the running loop."""

    def __init__(self, settings: SnmpSettings, sockets: dict[int, socket.socket]) -> None:
        """Use `open`. `sockets` maps address families to non-blocking UDP sockets."""
        self.counters = SnmpCounters()
        self._settings = settings
        self.read_bindings = read_tagged if settings.with_tags else ber.read_bindings
        self._sockets = sockets
        self._loop = asyncio.get_running_loop()
        self.time = self._loop.time  # monotonic seconds, on the clock of the deadlines
        self._ids = request_ids()
        self._waits = [settings.timeout_seconds * (1 << n) for n in range(settings.retries + 1)]
        self._pending: dict[int, Pending] = {}
        self._deadlines = Deadlines()
        self._finished: dict[int, bool] = {}  # id → answered?
        self._finished_before: dict[int, bool] = {}  # the same, older
        self._nonsense: dict[SocketAddress, float] = {}  # sender → when it last sent garbage
        self._timer: asyncio.TimerHandle | None = None
        self._postponed = 0
        for sock in sockets.values():
            self._loop.add_reader(sock.fileno(), self._drain, sock)

    @classmethod
    async def open(cls, settings: SnmpSettings) -> "Transport":
        """Open the sockets on free ports. A machine without IPv6 gets IPv4 only. Raises OSError."""
        room = settings.receive_buffer_bytes
        sockets: dict[int, socket.socket] = {socket.AF_INET: open_socket(socket.AF_INET, room)}
        with suppress(OSError):
            sockets[socket.AF_INET6] = open_socket(socket.AF_INET6, room)
        return cls(settings, sockets)

    def exchange(self, agent: Agent, request: ber.Request, most: int) -> Awaitable[Response]:
        """Send a request; await its response, which may hold at most `most` bindings.

        Raises NoAnswer after all tries, BadAnswer, or NotSent. Cancelling it leaves nothing behind.
        What it returns is a `Wait`, which needs no task, as long as the agent wants no pauses.
        """
        if agent.limits.pause_seconds:
            return self._exchange_after_pause(agent, request, most)
        return self._begin(agent, request, most)

    async def _exchange_after_pause(
        self, agent: Agent, request: ber.Request, most: int
    ) -> Response:
        await asyncio.sleep(agent.limits.pause_seconds)
        response: Response = await self._begin(agent, request, most)
        return response

    def _begin(self, agent: Agent, request: ber.Request, most: int) -> Pending:
        """Send a request's first try. Raises NotSent where there is no way to the agent."""
        sock, address = self._way_to(agent)
        request_id = next(self._ids)
        while request_id in self._pending:
            request_id = next(self._ids)
        now = self.time()
        entry = Pending(sock, address, most, now, self._forget)
        entry.packet = request.packet(request_id)
        entry.ids = (request_id,)
        self._pending[request_id] = entry
        self.counters.sent += 1
        self._launch(request_id, entry, now)
        return entry

    async def converse(self, agent: Agent, talk: Talk[Told]) -> Told:
        """Ask in v3 and return what came of it. Raises as `exchange` does, and as `talk.read`."""
        if agent.limits.pause_seconds:
            await asyncio.sleep(agent.limits.pause_seconds)
        sock, address = self._way_to(agent)
        entry = PendingTalk(sock, address, talk, self.time(), self._forget)
        message_id = self._add_try(entry)
        self.counters.sent += 1
        self._launch(message_id, entry, entry.asked_at)
        told: Told = await entry
        return told

    def _way_to(self, agent: Agent) -> tuple[socket.socket, SocketAddress]:
        """Return the socket to ask an agent through, and its address. Raises NotSent."""
        family, address = socket_address(agent.address, agent.port)
        sock = self._sockets.get(family)
        if sock is None:
            raise NotSent("the SNMP engine is closed, or this machine lacks the address family")
        return sock, address

    def _add_try(self, entry: PendingTalk) -> int:
        """Give a talk a message of its own for one try (RFC 3412, section 6.2); return its id."""
        message_id = next(self._ids)
        while message_id in self._pending:
            message_id = next(self._ids)
        entry.packet = entry.talk.packet(message_id)
        entry.ids += (message_id,)
        self._pending[message_id] = entry
        return message_id

    def close(self) -> None:
        """Close the sockets; whoever still waits gets NotSent. Safe to call twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for sock in self._sockets.values():
            self._loop.remove_reader(sock.fileno())
            sock.close()
        self._sockets = {}
        for request_id, entry in list(self._pending.items()):
            self._fail(request_id, entry, NotSent("the SNMP engine was closed"))

    # --- sending ------------------------------------------------------------------------------

    def _launch(self, request_id: int, entry: Pending, now: float) -> None:
        """Send a try and set its deadline."""
        wait = self._waits[entry.attempt]
        entry.unsent = False
        try:
            entry.sock.sendto(entry.packet, entry.address)
        except OSError as error:
            self.counters.not_sent += 1
            if not passes_by_itself(error):
                reason = error.strerror or "unknown error"
                self._fail(request_id, entry, NotSent(f"not sent: {reason}", error.errno or 0))
                return
            entry.unsent = True
            wait = _RESEND_SECONDS
        entry.deadline = self._deadlines.add(request_id, now, wait)
        if self._timer is None:
            self._timer = self._loop.call_later(self._settings.tick_seconds, self._tick)

    # --- receiving ----------------------------------------------------------------------------

    def _drain(self, sock: socket.socket) -> bool:
        """Take in what has arrived. Return whether the socket is empty now."""
        receive = sock.recvfrom
        for _ in range(_DRAIN_MOST):
            try:
                data, source = receive(_DATAGRAM_OCTETS)
            except (BlockingIOError, InterruptedError):
                return True
            except OSError:  # an error that a router's ICMP left on the socket: not ours to tell
                continue
            self._take(data, source)
        return False

    def _take(self, data: bytes, source: SocketAddress) -> None:
        """Match one datagram with its request, or count why it was not believed."""
        if data.find(BEGINNING, 2, 10) > 0:
            self._take_message(data, source)
            return
        try:
            head = ber.read_head(data)
        except BerError:
            self._note_nonsense(source)
            return
        request_id = head.request_id
        entry = self._pending.get(request_id)
        if entry is None or type(entry) is PendingTalk:
            self._count_unasked(request_id)
            return
        if source != entry.address and not self._is_from(entry, source):
            return
        try:
            bindings = self.read_bindings(data, head, entry.most)
        except BerError as error:
            self.counters.malformed += 1
            self._fail(request_id, entry, BadAnswer(f"malformed answer: {error}"))
            return
        self.counters.answered += 1
        del self._pending[request_id]
        self._finished[request_id] = True
        entry.succeed(Response(head.error_status, head.error_index, bindings))

    def _take_message(self, data: bytes, source: SocketAddress) -> None:
        """Let the talk that a v3 message belongs to say what it is worth."""
        try:
            message = read_message(data)
        except BerError:
            self._note_nonsense(source)
            return
        entry = self._pending.get(message.message_id)
        if not isinstance(entry, PendingTalk):
            self._count_unasked(message.message_id)
            return
        if not self._is_from(entry, source):
            return
        try:
            told = entry.talk.read(data, message)
        except Unproven as answer:
            self.counters.unproven += 1
            if entry.unproven is None or not entry.unproven.settles:
                entry.unproven = answer
        except BerError as error:
            self.counters.malformed += 1
            self._fail(message.message_id, entry, BadAnswer(f"malformed answer: {error}"))
        except SnmpError as error:
            self._fail(message.message_id, entry, error)
        else:
            self.counters.answered += 1
            self._end(entry, answered=True)
            entry.succeed(told)

    def _is_from(self, entry: Pending, source: SocketAddress) -> bool:
        """Say whether a datagram comes from where the request was sent; note who else did it."""
        if same_place(source, entry.address):
            return True
        self.counters.foreign += 1
        entry.foreign = str(source[0])
        return False

    def _end(self, entry: Pending, *, answered: bool) -> None:
        """Await no more answers to any try of a request."""
        for request_id in entry.ids:
            del self._pending[request_id]
            self._finished[request_id] = answered

    def _forget(self, entry: Pending) -> None:
        """Await no more answers, as nobody waits for them."""
        if entry.ids[0] in self._pending:
            self._end(entry, answered=False)

    def _forget_old(self) -> None:
        """Keep how only the last few thousand requests ended.

        The tick looks after that, so that no answer has to; and failures, as what cannot be sent
        starts no tick.
        """
        if len(self._finished) >= _REMEMBERED:
            self._finished, self._finished_before = {}, self._finished

    def _count_unasked(self, request_id: int) -> None:
        answered = self._finished.get(request_id, self._finished_before.get(request_id))
        if answered is None:
            self.counters.stray += 1
        elif answered:
            self.counters.duplicate += 1
        else:
            self.counters.late += 1

    def _note_nonsense(self, source: SocketAddress) -> None:
        """Remember who sends garbage, so that its silence is reported as what it is."""
        self.counters.malformed += 1
        if len(self._nonsense) >= _REMEMBERED:
            self._nonsense.clear()
        self._nonsense[source[:2]] = self.time()

    # --- deadlines ----------------------------------------------------------------------------

    def _tick(self) -> None:
        """Drain, then expire what is due; go on while anything is pending."""
        self._timer = None
        try:
            drained = [self._drain(sock) for sock in self._sockets.values()]
            if all(drained) or self._postponed >= _POSTPONE_MOST:
                self._postponed = 0
                self._expire(self.time())
            else:  # more answers are waiting: hear them first, but let no flood stop the clock
                self._postponed += 1
            self._forget_old()
        finally:  # whoever hears of an end may fail: the others' deadlines go on
            if not self._pending:
                self._deadlines.clear()
            elif self._timer is None:
                self._timer = self._loop.call_later(self._settings.tick_seconds, self._tick)

    def _expire(self, now: float) -> None:
        for deadline, request_id in self._deadlines.due(now):
            entry = self._pending.get(request_id)
            if entry is None or entry.deadline != deadline:
                continue  # answered, cancelled, or tried again since
            if entry.unsent and now - entry.asked_at < self._settings.patience_seconds:
                self._launch(request_id, entry, self.time())
            elif entry.unsent:
                self._fail(request_id, entry, NotSent("not sent: no room in the send buffer"))
            elif entry.attempt < self._settings.retries and not entry.is_settled:
                entry.attempt += 1
                self.counters.retries += 1
                if isinstance(entry, PendingTalk):
                    request_id = self._add_try(entry)
                self._launch(request_id, entry, self.time())
            else:
                self.counters.timeouts += 1
                self._fail(request_id, entry, self._why_silent(entry))

    def _why_silent(self, entry: Pending) -> SnmpError:
        """Return the error for a request that ran out of time."""
        if isinstance(entry, PendingTalk) and entry.unproven is not None:
            return entry.unproven.error
        tries = entry.attempt + 1
        if self._nonsense.pop(entry.address[:2], -1.0) >= entry.asked_at:
            return BadAnswer("what came back is no SNMP response")
        if entry.foreign is not None:
            return NoAnswer(
                f"no answer to {tries} tries; one from {entry.foreign} was not believed"
            )
        return NoAnswer(f"no answer to {tries} tries")

    def _fail(self, request_id: int, entry: Pending, error: SnmpError) -> None:
        if request_id in self._pending:
            self._end(entry, answered=not isinstance(error, NoAnswer | NotSent))
            self._forget_old()
            entry.fail(error)

"""SNMP agents of the whole city behind one socket (v1 and v2c).

Each agent is an address with a `Live` and a `Layout`. A wrong community, a malformed message, a
dead device and a silent agent look alike from outside: nothing comes back.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import IPv4Address

from simulators import ber, datagrams
from simulators.ber import BerError, Oid, Request
from simulators.datagrams import Address
from simulators.live import Live
from simulators.mib import Layout, Plan, respond
from simulators.traps import trap_message
from simulators.weakness import Weakness, hears, refusal, weakened


@dataclass(frozen=True, slots=True)
class Agent:
    """One device's agent."""

    live: Live
    layout: Layout
    weaknesses: frozenset[Weakness] = frozenset()


class Agents:
    """All agents. Open with `open`, close with `close`; both within a running event loop."""

    def __init__(self, agents: Iterable[Agent], community: str) -> None:
        self._agents = {IPv4Address(agent.live.device.address).packed: agent for agent in agents}
        self._community = community.encode()
        self.malformed = 0
        self.refused = 0  # wrong community
        self.unsent = 0  # the kernel would not take the answer
        self.traps = 0

    def open(self, port: int) -> int:
        """Begin to answer; return the port. Raises OSError when it is taken or not allowed."""
        self._socket = datagrams.open_udp(port)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, datagrams.drain, self._socket, self._handle)
        return int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Stop answering."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def trap(self, live: Live, trap: Oid, port: int) -> None:
        """Let a device send a trap to a UDP port of 127.0.0.1, if it has an agent and a way."""
        source = IPv4Address(live.device.address).packed if live.device.address else b""
        if source not in self._agents or not live.answers or live.snmp_silent:
            return
        self.traps += 1
        uptime = live.uptime_ticks(time.monotonic())
        message = trap_message(self._community, trap, uptime, self.traps)
        if not datagrams.send_from(self._socket, source, message, ("127.0.0.1", port)):
            self.unsent += 1

    def _handle(self, data: bytes, asked: bytes, source: Address) -> None:
        agent = self._agents.get(asked)
        if agent is None or not agent.live.answers or agent.live.snmp_silent:
            return
        try:
            request = ber.read_request(data)
            if not compare_digest(request.community, self._community):
                self.refused += 1
                return
            if agent.weaknesses:
                if not hears(agent.weaknesses, request):
                    return
                refused = refusal(agent.weaknesses, request)
                if refused is not None:
                    datagrams.send_from(self._socket, asked, refused, source)
                    return
            plan = weakened(agent.weaknesses, request, agent.layout.plan(request))
        except BerError:
            self.malformed += 1
            return
        delay = agent.live.snmp_delay_seconds
        if delay:
            self._loop.call_later(delay, self._answer, agent, plan, request, asked, source)
        else:
            self._answer(agent, plan, request, asked, source)

    def _answer(
        self, agent: Agent, plan: Plan, request: Request, asked: bytes, source: Address
    ) -> None:
        if not agent.live.answers or self._socket.fileno() < 0:
            return  # it died while it was thinking
        message = respond(plan, request, agent.live, time.monotonic())
        if not datagrams.send_from(self._socket, asked, message, source):
            self.unsent += 1
        elif plan.asks_uptime:
            agent.live.count_uptime_get(request.request_id)

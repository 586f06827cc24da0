"""What callers use of SNMP: `get` and `walk`, for any number of agents at once.

Between the caller and the transport it answers what agents do instead of answering: refuse a GET
that is too big, stop at the first OID they do not know (v1), answer only some of what was asked.
"""

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from collector.probes.snmp import ber
from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.counters import SnmpCounters
from collector.probes.snmp.errors import AgentError, BadAnswer, ErrorStatus
from collector.probes.snmp.limits import LimitsMemory
from collector.probes.snmp.pending import Response
from collector.probes.snmp.transport import Transport
from collector.probes.snmp.v3.users import Users
from collector.probes.snmp.values import Missing, Value, VarBind
from collector.probes.snmp.walk import Exchange, Walk

_MOST_QUESTIONS = 4096
_SPARE_BINDINGS = 8  # more than asked is odd, but no reason to refuse all


class SnmpEngine:
    """SNMP v1, v2c and v3 for all devices over one socket an address family. Made by `open`."""

    def __init__(self, settings: SnmpSettings, transport: Transport, memory: LimitsMemory) -> None:
        """Use `open`."""
        self.settings = settings
        self._transport = transport
        self._users = Users(transport)
        self._memory = memory

    @classmethod
    async def open(cls, settings: SnmpSettings | None = None) -> "SnmpEngine":
        """Open the sockets in the running event loop (asyncio's or uvloop's). Raises OSError."""
        settings = settings or SnmpSettings()
        transport = await Transport.open(settings)
        return cls(settings, transport, LimitsMemory(settings, transport.time))

    @property
    def counters(self) -> SnmpCounters:
        """Return the live counters."""
        return self._transport.counters

    async def close(self) -> None:
        """Close the sockets; requests under way fail with NotSent. Safe to call twice."""
        self._transport.close()

    def get(self, agent: Agent, oids: Sequence[str]) -> Coroutine[Any, Any, dict[str, Value]]:
        """Return the values of dotted OIDs, in as many requests as the agent needs.

        What the agent does not have is absent. Raises NoAnswer, BadAnswer, CredentialRefused,
        AgentError, NotSent, and ValueError for what is not an OID.
        """
        asked = tuple(oids)
        if 0 < len(asked) <= self._memory.of(agent).oids:
            return self._get_some(agent, asked)
        return self._get_many(agent, asked)

    async def _get_many(self, agent: Agent, oids: tuple[str, ...]) -> dict[str, Value]:
        """GET in several requests."""
        waiting = list(dict.fromkeys(oids))
        most = self._memory.of(agent).oids
        found: dict[str, Value] = {}
        while waiting:
            found |= await self._get_some(agent, tuple(waiting[:most]))
            del waiting[:most]
            most = self._memory.of(agent).oids
        return found

    def walk(
        self, agent: Agent, columns: Sequence[str]
    ) -> Coroutine[Any, Any, dict[str, dict[str, Value]]]:
        """Return column → row index (`7`, `1.4.10.0.0.1`) → value, for every column asked.

        A column that the agent does not have is empty. Broken order and loops end a column early;
        see `Walk`. Raises what `get` raises, and WalkLimit.
        """
        exchange = self._exchange_for(agent)
        return Walk(agent, columns, exchange, self._memory, self.settings).run()

    def _exchange_for(self, agent: Agent) -> Exchange:
        return self._users if agent.version is Version.V3 else self._transport

    async def after(self, agent: Agent, oid: str, repetitions: int = 0) -> list[VarBind]:
        """Return what follows an OID in the agent's order: one value, or some by GETBULK.

        Empty at the end of all there is. Raises NoAnswer, BadAnswer, AgentError, NotSent, and
        ValueError for what is not an OID. Nothing is learnt and nothing tried again.
        """
        pdu = ber.GET_BULK if repetitions else ber.GET_NEXT
        request = ber.build_request(agent.version, agent.community, pdu, [oid], repetitions)
        most = max(repetitions, 1) + _SPARE_BINDINGS
        response = await self._exchange_for(agent).exchange(agent, request, most)
        if response.error_status == ErrorStatus.NO_SUCH_NAME:
            return []
        if response.error_status != ErrorStatus.NO_ERROR:
            raise AgentError(response.error_status, response.error_index, oid)
        missing = (at for at, (_, it) in enumerate(response.bindings) if isinstance(it, Missing))
        return response.bindings[: next(missing, None)]

    async def _get_some(self, agent: Agent, oids: tuple[str, ...]) -> dict[str, Value]:
        """GET what fits in one request, in smaller ones if the agent wants it so."""
        exchange = self._exchange_for(agent).exchange
        found: dict[str, Value] = {}
        waiting = [oids]
        refused = False
        for _ in range(2 * len(oids) + 4):  # each round answers, drops or splits: this is enough
            if not waiting:
                return found
            asked = waiting.pop()
            asked, request = _question(agent.version, agent.community, asked)
            response = await exchange(agent, request, len(asked) + _SPARE_BINDINGS)
            if response.error_status == 0:  # no error; looking up an enum's name takes its time
                rest = _take_values(response, asked, found)
                if rest:
                    waiting.append(rest)
                continue
            match response.error_status:
                case ErrorStatus.NO_SUCH_NAME:
                    waiting += _without_the_unknown(asked, response.error_index)
                case ErrorStatus.GEN_ERR | ErrorStatus.RESOURCE_UNAVAILABLE if len(asked) > 1:
                    waiting += _one_by_one(asked, response.error_index)
                    refused = True
                case ErrorStatus.GEN_ERR | ErrorStatus.RESOURCE_UNAVAILABLE if refused and (
                    found or waiting
                ):
                    pass  # one value that the agent trips over: the others are worth having
                case ErrorStatus.TOO_BIG if len(asked) > 1:
                    half = len(asked) // 2
                    waiting += [asked[half:], asked[:half]]
                    self._memory.learn(agent, replace(self._memory.of(agent), oids=half))
                case status:
                    raise AgentError(status, response.error_index, _named(response, asked))
        raise BadAnswer("the agent keeps refusing parts of a GET")


@lru_cache(maxsize=_MOST_QUESTIONS)
def _question(
    version: Version, community: str, oids: tuple[str, ...]
) -> tuple[tuple[str, ...], ber.Request]:
    """Return the OIDs without doubles, and the GET for them; checks ask the same all day."""
    once = tuple(dict.fromkeys(oids))
    return once, ber.build_request(version, community, ber.GET, once)


def _take_values(
    response: Response, asked: tuple[str, ...], found: dict[str, Value]
) -> tuple[str, ...]:
    """Put the values that were asked for into `found`; return what should be asked again.

    Some agents answer only the first few OIDs of a GET without a word. As long as each answer
    brings something, the rest is asked again; what then stays unanswered, the agent lacks.
    """
    values = dict(response.bindings)
    if tuple(values) == asked and Missing not in set(map(type, values.values())):  # nearly always
        found.update(values)
        return ()
    # `isinstance` would ask the metaclass of an enum, which takes six times as long
    values = {oid: value for oid, value in response.bindings if type(value) is not Missing}
    lacking = [oid for oid in asked if oid not in values]
    answered = {oid for oid, _ in response.bindings}
    rest = tuple([oid for oid in lacking if oid not in answered])
    if len(rest) == len(asked):
        if found:
            return ()
        raise BadAnswer(f"the answer does not hold {asked[0]}, which was asked")
    found.update({oid: values[oid] for oid in asked if oid in values})
    return rest


def _without_the_unknown(asked: tuple[str, ...], index: int) -> list[tuple[str, ...]]:
    """Return what to ask again after noSuchName (RFC 1157): all but the OID at the 1-based index.

    If the index points nowhere, halves find out which one the agent means.
    """
    if len(asked) == 1:
        return []
    if 1 <= index <= len(asked):
        return [asked[: index - 1] + asked[index:]]
    half = len(asked) // 2
    return [asked[half:], asked[:half]]


def _one_by_one(asked: tuple[str, ...], index: int) -> list[tuple[str, ...]]:
    """Return what to ask after an error of the agent's own: the OID it names last, and by itself.

    If the index points nowhere, halves find out which one the agent trips over.
    """
    if 1 <= index <= len(asked):
        return [asked[index - 1 : index], asked[: index - 1] + asked[index:]]
    half = len(asked) // 2
    return [asked[half:], asked[:half]]


def _named(response: Response, asked: tuple[str, ...]) -> str:
    """Return the OID an error is about, or nothing if the agent does not say."""
    index = response.error_index
    if len(asked) == 1:
        return asked[0]
    return asked[index - 1] if 1 <= index <= len(asked) else ""

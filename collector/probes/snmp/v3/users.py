"""Exchanges requests for responses as a user of SNMPv3: discovers engines, keeps what it learnt.

State is kept by address, port and user. An engine id would not do: devices cloned from one image
share theirs, and each has a clock of its own.
"""

import logging
from typing import Final, TypeAlias

from collector.probes.snmp import ber
from collector.probes.snmp.agent import Agent
from collector.probes.snmp.errors import CredentialRefused, NoAnswer, SnmpError
from collector.probes.snmp.pending import Response
from collector.probes.snmp.transport import Transport
from collector.probes.snmp.v3.keyring import Keyring
from collector.probes.snmp.v3.message import Names
from collector.probes.snmp.v3.reports import Hint
from collector.probes.snmp.v3.security import Security
from collector.probes.snmp.v3.session import EMPTY_GET, AskAgain, Discovery, Engine, Question
from collector.probes.snmp.v3.window import EngineClock

logger = logging.getLogger(__name__)

_MOST_SESSIONS: Final = 65_536
_QUIET_SECONDS: Final = 3600.0  # between two lines in the log about one agent
_ALL: Final = frozenset(Hint)
_Place: TypeAlias = tuple[str, int, Security]


class _Session:
    """What is known of one agent for one user."""

    __slots__ = ("boots", "engine", "is_doubted", "quiet_until")

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.boots = 0  # of the engine, at its last answer
        self.is_doubted = False  # it was silent: it may have become another
        self.quiet_until = float("-inf")


class Users:
    """The side of the engine that speaks v3. An `Exchange`, as the transport is for v1 and v2c."""

    def __init__(self, transport: Transport) -> None:
        """Send through `transport`."""
        self._transport = transport
        self._sessions: dict[_Place, _Session] = {}
        self._keyring = Keyring()
        self.counters = transport.counters
        self.time = transport.time

    async def exchange(self, agent: Agent, request: ber.Request, most: int) -> Response:
        """Send a request (of `Version.V3`) and return the response, as `Transport.exchange` does.

        Raises CredentialRefused as well, and ValueError for an agent without a user. At most two
        discoveries and four questions are sent, however the agent complains.
        """
        session = self._session_of(agent)
        engine = session.engine
        mendable = _ALL
        if engine is None or session.is_doubted:
            engine = await self._discover(agent, session)
            mendable -= {Hint.UNKNOWN_ENGINE_ID}
        while True:
            read = self._transport.read_bindings
            question = Question(engine, request, most, self.time, mendable, read)
            try:
                response = await self._transport.converse(agent, question)
            except AskAgain as wish:
                mendable -= {wish.hint}
                if wish.hint is Hint.UNKNOWN_ENGINE_ID:
                    engine = await self._discover(agent, session)
                    mendable |= {Hint.NOT_IN_TIME_WINDOW}
            except NoAnswer as silence:
                session.is_doubted = True
                if Hint.UNKNOWN_ENGINE_ID not in mendable:  # it was there a moment ago
                    await self._find_out_why(agent, engine, silence)
                raise
            else:
                self._adopt(agent, session, engine)
                return response

    def engine_id(self, agent: Agent) -> bytes | None:
        """Return the id of an agent's engine, None before it answered."""
        session = self._sessions.get((agent.address, agent.port, _security_of(agent)))
        return None if session is None or session.engine is None else session.engine.names.engine_id

    def _session_of(self, agent: Agent) -> _Session:
        place = (agent.address, agent.port, _security_of(agent))
        session = self._sessions.get(place)
        if session is None:
            if len(self._sessions) >= _MOST_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            session = self._sessions[place] = _Session()
        return session

    async def _discover(self, agent: Agent, session: _Session) -> Engine:
        """Ask an agent for its engine id and clock.

        What it tells is not signed. It replaces a known engine only when that has answered, so
        that a forged report costs an exchange and no more.
        """
        self.counters.discoveries += 1
        told = await self._transport.converse(agent, Discovery())
        clock = EngineClock(told.boots, told.time, self.time())
        known, security = session.engine, _security_of(agent)
        if known is not None and known.names.engine_id == told.engine_id:
            return Engine(known.names, clock, known.signer, known.sealer)
        names = Names(told.engine_id, security.user.encode(), security.context.encode())
        engine = Engine(names, clock, *await self._keyring.keys_for(security, told.engine_id))
        if known is None:
            session.engine = engine
        return engine

    async def _find_out_why(self, agent: Agent, engine: Engine, silence: NoAnswer) -> None:
        """Raise CredentialRefused if an agent is silent only to what is encrypted or in a context.

        Agents that cannot decrypt a request, or do not know its context, mostly say nothing. An
        empty request that is signed alone shows it, and gives nothing away.
        """
        names = engine.names
        if engine.sealer is None and not names.context:
            return
        weaker = Engine(Names(names.engine_id, names.user), engine.clock, engine.signer, None)
        question = Question(weaker, EMPTY_GET, 1, self.time, frozenset())
        try:
            await self._transport.converse(agent, question)
        except CredentialRefused as error:
            raise error from silence
        except SnmpError:
            return
        may_have = ["another privacy password or kind of privacy"] if engine.sealer else []
        may_have += ["no such context"] if names.context else []
        what = f"the agent answers simpler requests only: it has {' or '.join(may_have)}"
        raise CredentialRefused(what) from silence

    def _adopt(self, agent: Agent, session: _Session, engine: Engine) -> None:
        """Keep an engine that has answered, and say so when it is not the one it was."""
        boots, known = engine.clock.boots, session.engine
        session.is_doubted = False
        if engine is known and boots == session.boots:
            return
        if known is not None and known.clock.is_proven and engine is not known:
            self._tell(agent, session, known, engine)
        if boots > session.boots > 0:
            self.counters.reboots += 1
        session.engine, session.boots = engine, boots

    def _tell(self, agent: Agent, session: _Session, known: Engine, engine: Engine) -> None:
        """Log that an agent was replaced or reset; not again within the hour."""
        before, after = known.names.engine_id.hex(), engine.names.engine_id.hex()
        if before == after and engine.clock.boots >= session.boots:
            return
        self.counters.engines_changed += 1
        if self.time() < session.quiet_until:
            return
        session.quiet_until = self.time() + _QUIET_SECONDS
        logger.warning(
            "the SNMP engine at %s was replaced or reset: engine id %s, before %s; boots %d, "
            "before %d",
            agent.address, after, before, engine.clock.boots, session.boots,
        )  # fmt: skip


def _security_of(agent: Agent) -> Security:
    if agent.security is None:
        raise ValueError("an agent of version 3 needs a user")
    return agent.security

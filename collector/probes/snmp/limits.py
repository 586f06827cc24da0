"""What was learnt about weak agents, so that the next request asks only for what they can do.

Only agents that failed at the usual size have an entry. Entries are forgotten after a while,
because a firmware update or a mended link may have cured the agent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from collector.model import AS_USUAL
from collector.probes.snmp.agent import Agent, SnmpSettings, Version

_MOST_AGENTS = 16_384
_Key: TypeAlias = tuple[str, int, Version]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much to ask of an agent in one request."""

    repetitions: int  # rows by GETBULK; 0: it has no working GETBULK, use GETNEXT
    columns: int  # columns walked side by side
    oids: int  # OIDs in one GET


class LimitsMemory:
    """Limits by agent (address, port and version), bounded in number and in time."""

    def __init__(self, settings: SnmpSettings, now: Callable[[], float]) -> None:
        """Start knowing nothing. `now` returns monotonic seconds."""
        self._usual = Limits(settings.max_repetitions, settings.max_oids, settings.max_oids)
        self._remember_seconds = settings.remember_seconds
        self._now = now
        self._learnt: dict[_Key, tuple[float, Limits]] = {}

    def of(self, agent: Agent) -> Limits:
        """Return what to ask of an agent."""
        known = self._learnt.get(_key(agent))
        if known is not None and known[0] > self._now():
            return known[1]
        return self._usual_of(agent)

    def _usual_of(self, agent: Agent) -> Limits:
        """Return what an agent is asked of which nothing was learnt, but what its profile says."""
        usual, told = self._usual, agent.limits
        if agent.version is not Version.V1 and told == AS_USUAL:
            return usual
        repetitions = usual.repetitions if told.repetitions is None else told.repetitions
        oids = min(told.oids or usual.oids, usual.oids)
        return Limits(0 if agent.version is Version.V1 else repetitions, oids, oids)

    def learn(self, agent: Agent, limits: Limits) -> None:
        """Remember limits; the oldest entry goes when there are too many."""
        key = _key(agent)
        self._learnt.pop(key, None)
        if len(self._learnt) >= _MOST_AGENTS:
            del self._learnt[next(iter(self._learnt))]
        self._learnt[key] = (self._now() + self._remember_seconds, limits)

    def restore(self, agent: Agent, limits: Limits) -> None:
        """Take back what was learnt since `limits` were read with `of`."""
        if limits == self._usual_of(agent):
            self._learnt.pop(_key(agent), None)
        else:
            self.learn(agent, limits)


def _key(agent: Agent) -> _Key:
    """Return what tells agents apart; another community does not make another agent."""
    return agent.address, agent.port, agent.version

"""What was learnt about weak agents, so that the next request asks only for what they can do.

Only agents that failed at the usual size have limits of their own. They are forgotten after a
while, because a firmware update or a mended link may have cured the agent.

How many rows a table had is remembered of all agents, so that the next walk asks for no more.

Tables that never end are learnt as well: reading fifty thousand values costs us half a second each
time. The next walk of such a table is given up after an eighth of that, then of that again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from collector.model import AS_USUAL
from collector.probes.snmp.agent import Agent, SnmpSettings, Version

_MOST_AGENTS = 16_384
_MOST_TABLES = 131_072
_SHORTER = 8  # times, after each walk that did not end
_SHORTEST = 64  # times: no table that a profile asks for is as long as what is left
_Key: TypeAlias = tuple[str, int, Version]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much to ask of an agent in one request."""

    repetitions: int  # rows by GETBULK; 0: it has no working GETBULK, use GETNEXT
    columns: int  # columns walked side by side
    oids: int  # OIDs in one GET


class LimitsMemory:
    """What was learnt of agents (by address, port and version), bounded in number.

    Limits are bounded in time as well; how long a table is, each walk tells anew.
    """

    def __init__(self, settings: SnmpSettings, now: Callable[[], float]) -> None:
        """Start knowing nothing. `now` returns monotonic seconds."""
        self._usual = Limits(settings.max_repetitions, settings.max_oids, settings.max_oids)
        self._remember_seconds = settings.remember_seconds
        self._now = now
        self._learnt: dict[_Key, tuple[float, Limits]] = {}
        self._rows: dict[tuple[_Key, str], int] = {}
        self._endless: dict[tuple[_Key, str], tuple[float, int]] = {}  # agent, column → until, how

    def of(self, agent: Agent) -> Limits:
        """Return what to ask of an agent."""
        known = self._learnt.get(_key(agent)) if self._learnt else None
        if known is not None and known[0] > self._now():
            return known[1]
        return self._usual_of(agent)

    def _usual_of(self, agent: Agent) -> Limits:
        """Return what an agent is asked of which nothing was learnt, but what its profile says."""
        usual, told = self._usual, agent.limits
        if agent.version is not Version.V1 and (told is AS_USUAL or told == AS_USUAL):
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

    # --- how long tables are ------------------------------------------------------------------

    def rows(self, agent: Agent, column: str) -> int | None:
        """Return how many rows a table had that begins with this column; None: not known."""
        return self._rows.get((_key(agent), column))

    def note_rows(self, agent: Agent, column: str, rows: int) -> None:
        """Take how many rows a walk has found, so that the next one asks for no more."""
        key = _key(agent), column
        if key not in self._rows and len(self._rows) >= _MOST_TABLES:
            del self._rows[next(iter(self._rows))]
        self._rows[key] = rows

    # --- tables that never end ----------------------------------------------------------------

    def shortened(self, agent: Agent, column: str) -> int:
        """Return by how much a walk is given up earlier that begins with this column; 1: not."""
        if not self._endless:
            return 1
        until, times = self._endless.get((_key(agent), column), (0.0, 1))
        return times if until > self._now() else 1

    def note_endless(self, agent: Agent, column: str) -> None:
        """Take that a walk reached its limit. The first one of an hour tells how long it is held.

        So a table that was only once too long has its full length again within the hour.
        """
        key, now = (_key(agent), column), self._now()
        until, times = self._endless.pop(key, (0.0, 1))
        if until <= now:
            until, times = now + self._remember_seconds, 1
        if len(self._endless) >= _MOST_AGENTS:
            del self._endless[next(iter(self._endless))]
        self._endless[key] = until, min(times * _SHORTER, _SHORTEST)

    def note_end(self, agent: Agent, column: str) -> None:
        """Take that a walk came to its end, as honest ones do."""
        if self._endless:
            self._endless.pop((_key(agent), column), None)


def _key(agent: Agent) -> _Key:
    """Return what tells agents apart; another community does not make another agent."""
    return agent.address, agent.port, agent.version

"""Walks one device for a recording, around what must not be asked for.

A walk finds out what follows an OID only by asking for it. So before an agent is walked, its
branches are looked up (one question each). Where an object that must not be asked for lies in a
branch, or so near behind it that a GETBULK could reach it, the walk takes single steps: of such an
object at most the first value is ever seen, it is not kept, and no question is ever put inside.
The walk goes on behind it.

    1.3.6.1.2.1.1 ─ .2 ─ .25 ───► 1.3.6.1.4.1.2021 ─► 1.3.6.1.4.1.14988 ─► …
       GETBULK                      12 values           holds what is forbidden: single steps

The branches of a root are walked from the last to the first, for then it is known how many values
lie between a branch and what is forbidden.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from collector.probes.snmp.agent import Agent, Version
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import AgentError, BadAnswer, NoAnswer
from collector.probes.snmp.tagged import Tagged
from collector.probes.snmp.values import VarBind
from collector.profiles.sources import FORBIDDEN

Oid = tuple[int, ...]
ROOTS = ("1.3.6.1.2.1", "1.3.6.1.4.1")
PERSONAL: Mapping[str, str] = {
    "1.3.6.1.2.1.3": "address translation",
    "1.3.6.1.2.1.4.21": "routes",
    "1.3.6.1.2.1.4.22": "neighbours (ARP)",
    "1.3.6.1.2.1.4.24": "routes",
    "1.3.6.1.2.1.4.35": "neighbours",
    "1.3.6.1.2.1.4.37": "neighbouring routers",
    "1.3.6.1.2.1.6.13": "TCP connections",
    "1.3.6.1.2.1.6.19": "TCP connections",
    "1.3.6.1.2.1.6.20": "TCP listeners",
    "1.3.6.1.2.1.7.5": "UDP listeners",
    "1.3.6.1.2.1.7.7": "UDP endpoints",
    "1.3.6.1.2.1.16": "remote monitoring of hosts (RMON)",
    "1.3.6.1.2.1.17.4.3": "forwarding table of the bridge",
    "1.3.6.1.2.1.17.7.1.2": "forwarding table of the bridge",
    "1.3.6.1.2.1.25.4": "running programs",
    "1.3.6.1.2.1.25.5": "running programs",
    "1.3.6.1.2.1.25.6": "installed programs",
    "1.3.6.1.2.1.192": "log messages",
    "1.3.6.1.4.1.2021.2": "watched programs",
    "1.3.6.1.4.1.8072.1.3": "programs that the agent runs",
    "1.3.6.1.4.1.9.9.23.1.2": "neighbours",
    "1.3.6.1.4.1.9.9.41": "log messages",
    "1.3.6.1.4.1.14179.2.1.4": "wireless clients",
    "1.3.6.1.4.1.14823.2.2.1.4.1": "wireless users",
    "1.3.6.1.4.1.14823.2.3.3.1.2.4": "wireless clients",
    "1.3.6.1.4.1.14988.1.1.1.2": "wireless clients",
    "1.3.6.1.4.1.14988.1.1.1.5": "wireless clients",
    "1.3.6.1.4.1.14988.1.1.2": "queues, which bear customers' names",
    "1.3.6.1.4.1.14988.1.1.5": "hotspot users",
    "1.3.6.1.4.1.14988.1.1.9": "leases (DHCP)",
    "1.3.6.1.4.1.14988.1.1.11": "neighbours",
    "1.3.6.1.4.1.25053.1.2.2.1.1.3": "wireless clients",
    "1.3.6.1.4.1.41112.1.4.7": "wireless clients",
}
"""Tables that hold persons' devices, connections and deeds, with what they hold."""

SECRET: Mapping[str, str] = {
    "1.3.6.1.6.3.12": "whom the agent notifies",
    "1.3.6.1.6.3.15": "users of the agent",
    "1.3.6.1.6.3.16": "access to the agent",
    "1.3.6.1.6.3.18": "communities of the agent",
    "1.3.6.1.4.1.8072.1.9": "access to the agent",
}
"""What says who may do what on the agent: never recorded."""

_PATIENT_STEPS = (25, 6, 0)  # rows a GETBULK; 0: GETNEXT
_LARGEST_STEP = _PATIENT_STEPS[0]
_ENTERPRISES: Oid = (1, 3, 6, 1, 4, 1)
_MOST_BRANCHES = 500
_MOST_TROUBLE = 50


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a recording ends, whatever the agent says."""

    values: int = 100_000
    seconds: float = 900.0


@dataclass(slots=True)
class Recorded:
    """What was read, in the order of the names; and what was not."""

    values: dict[Oid, Tagged] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)  # what was left out → values seen of it
    trouble: list[str] = field(default_factory=list)
    complete: bool = True


def oid_of(text: str) -> Oid:
    """Read a dotted OID. Raises ValueError."""
    return tuple(int(part) for part in text.split("."))


def text_of_oid(oid: Oid) -> str:
    """Write a dotted OID."""
    return ".".join(map(str, oid))


class Recorder:
    """Records one agent over an engine whose settings say `with_tags`."""

    def __init__(
        self,
        engine: SnmpEngine,
        agent: Agent,
        *,
        with_tables: bool = False,
        bounds: Bounds | None = None,
        progress: Callable[[str, int], None] = lambda _oid, _count: None,
    ) -> None:
        """`progress` is told the OID the walk has come to and how many values there are."""
        self._engine = engine
        self._agent = agent
        self._bounds = bounds or Bounds()
        self._progress = progress
        left_out = {**SECRET} if with_tables else {**PERSONAL, **SECRET}
        self._left_out = {oid_of(oid): why for oid, why in left_out.items()}
        self._forbidden = {oid_of(oid): why for oid, why in FORBIDDEN.items()}
        self._steps: tuple[int, ...] = _PATIENT_STEPS if agent.version is not Version.V1 else (0,)
        self._ends_at = 0.0
        self.recorded = Recorded()

    async def run(self, roots: Sequence[str] = ROOTS) -> Recorded:
        """Walk everything below some OIDs. What the agent cannot answer is told in `trouble`.

        Raises NoAnswer, BadAnswer, AgentError and NotSent when not even its beginning can be had.
        """
        self._ends_at = asyncio.get_running_loop().time() + self._bounds.seconds
        wanted = sorted(oid_of(root) for root in roots)
        branches = [await self._branches(root) for root in wanted]
        for at in range(len(wanted)):
            behind = [branch for others in branches[at + 1 :] for branch in others]
            ahead = self._known_to_be_free(wanted[at:], behind)
            for branch in reversed(branches[at]):
                if self._is_full():
                    break
                risky = self._holds_forbidden(branch)
                before = len(self.recorded.values)
                await self._walk(branch, careful=risky or ahead < _LARGEST_STEP)
                ahead = 0 if risky else ahead + len(self.recorded.values) - before
        self.recorded.values = dict(sorted(self.recorded.values.items()))
        return self.recorded

    # --- branches -----------------------------------------------------------------------------

    async def _branches(self, root: Oid) -> list[Oid]:
        """Return the branches below a root that hold anything, in order.

        A root that holds nothing forbidden is one branch, unless it is all there is.
        """
        if text_of_oid(root) not in ROOTS and not self._holds_forbidden(root):
            return [root]
        found: list[Oid] = []
        at: Oid = root
        while len(found) < _MOST_BRANCHES:
            if self._way_around(at) is not None:
                at = self._skip(at, root, 0)
            if not _within(at, root):
                break
            following = await self._engine.after(self._agent, text_of_oid(at))
            if not following:
                break
            oid = oid_of(following[0][0])
            if oid <= at or not _within(oid, root):
                break
            branch: Oid = tuple(oid[: len(root) + 1])
            found.append(branch)
            at = _behind(branch)
        return found

    def _known_to_be_free(self, roots: Sequence[Oid], behind: Sequence[Oid]) -> float:
        """Return how many values surely lie between a root and what is forbidden behind it.

        `behind` are the branches of the other roots, which come after it.
        """
        if any(self._holds_forbidden(branch) for branch in behind):
            return 0
        if _ENTERPRISES in roots:
            return math.inf  # all branches are known, and none of them holds any
        return 0 if any(oid > roots[0] for oid in self._forbidden) else math.inf

    def _holds_forbidden(self, branch: Oid) -> bool:
        return any(_within(oid, branch) or _within(branch, oid) for oid in self._forbidden)

    def _way_around(self, oid: Oid) -> tuple[Oid, str] | None:
        """Return what is left out and holds an OID, with what it is; None: it may be recorded."""
        for prefixes in (self._forbidden, self._left_out):
            for prefix, why in prefixes.items():
                if _within(oid, prefix):
                    return prefix, why
        return None

    # --- one branch ---------------------------------------------------------------------------

    async def _walk(self, branch: Oid, *, careful: bool) -> None:
        at = branch
        steps = list(self._steps[-1:] if careful else self._steps)
        while not self._is_full():
            around = self._way_around(at)
            if around is not None:  # never a question inside
                at = self._skip(at, branch, 0)
                if not _within(at, branch):
                    return
                continue
            try:
                following = await self._engine.after(self._agent, text_of_oid(at), steps[0])
            except (NoAnswer, BadAnswer, AgentError) as error:
                if len(steps) > 1:  # some agents cannot do GETBULK, or so much of it
                    del steps[0]
                    continue
                self._trouble(f"{text_of_oid(at)}: {error}")
                return
            self._steps = tuple(steps) if not careful else self._steps
            moved = self._take(following, branch, at)
            if moved is None:
                return
            at = moved
            self._progress(text_of_oid(at), len(self.recorded.values))

    def _take(self, following: Iterable[VarBind], branch: Oid, at: Oid) -> Oid | None:
        """Keep what followed; return where to go on, or None at the branch's end."""
        go_on: Oid | None = None
        for name, value in following:
            oid = oid_of(name)
            if not _within(oid, branch):
                return None
            if oid <= at:
                self._trouble(f"{name}: the agent's order goes back; this branch ends there")
                return None
            at = go_on = oid
            if self._way_around(oid) is not None:
                go_on = self._skip(oid, branch, 1)
            elif isinstance(value, Tagged):
                self.recorded.values[oid] = value
        return go_on if go_on is not None and _within(go_on, branch) else None

    def _skip(self, oid: Oid, branch: Oid, seen: int) -> Oid:
        """Return the first OID behind what is left out, and note that it was."""
        behind = oid
        while _within(behind, branch) and (around := self._way_around(behind)) is not None:
            prefix, why = around
            what = f"{text_of_oid(prefix)}: {why}"
            self.recorded.skipped[what] = self.recorded.skipped.get(what, 0) + seen
            behind, seen = _behind(prefix), 0
        return behind

    def _is_full(self) -> bool:
        late = asyncio.get_running_loop().time() > self._ends_at
        if late or len(self.recorded.values) >= self._bounds.values:
            if self.recorded.complete:
                what = f"{self._bounds.seconds:g} s" if late else f"{self._bounds.values} values"
                self._trouble(f"stopped after {what}; name branches with --only to get the rest")
            self.recorded.complete = False
        return not self.recorded.complete

    def _trouble(self, what: str) -> None:
        if len(self.recorded.trouble) < _MOST_TROUBLE:
            self.recorded.trouble.append(what)


def _within(oid: Oid, prefix: Oid) -> bool:
    return oid[: len(prefix)] == prefix


def _behind(prefix: Oid) -> Oid:
    """Return the OID of the next sibling: nothing that has a value stands exactly there."""
    return (*prefix[:-1], prefix[-1] + 1)

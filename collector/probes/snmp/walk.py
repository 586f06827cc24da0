"""Walks the columns of a table side by side, and survives agents that make that hard.

What agents of the field do, and what is done about it:

    refuse or ignore GETBULK      fewer rows a request, at last GETNEXT; remembered for the agent
    cut an answer short           each column goes on from its own last OID
    leave cells out               columns move independently; rows are joined by index, not by place
    answer columns out of place   one column a request; remembered
    give OIDs in no order         taken, as long as they are new and inside the column
    come back to an OID           the column ends there (counted)
    have a few rows               the next walk asks for as many, and one more
    never end                     limits of values, requests and seconds: WalkLimit; the next
                                  walks are given up earlier, for an hour or until one ends
"""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from collector.probes.snmp import ber
from collector.probes.snmp.agent import Agent, SnmpSettings
from collector.probes.snmp.counters import SnmpCounters
from collector.probes.snmp.errors import AgentError, BadAnswer, ErrorStatus, NoAnswer, WalkLimit
from collector.probes.snmp.limits import Limits, LimitsMemory
from collector.probes.snmp.pending import Response
from collector.probes.snmp.values import Missing, Value, VarBind

_SPARE_BINDINGS = 8  # more than asked is odd, but no reason to refuse all
_MOST_INDEXES = 1_024  # remembered of each column
_MOST_COLUMNS = 1_024
_LONGEST_INDEX = 255  # characters
_FEWEST_VALUES = 1_000  # below that no walk is held, however long others were
_FEWEST_REQUESTS = 100


class Exchange(Protocol):
    """What a walk needs of the transport."""

    counters: SnmpCounters

    def time(self) -> float:
        """Return monotonic seconds."""
        ...

    def exchange(self, agent: Agent, request: ber.Request, most: int) -> Awaitable[Response]:
        """Send a request; await the response."""
        ...


class _Indexes(dict[str, str]):
    """OID → row index, for the OIDs of one column; KeyError for those of another.

    Devices of one kind have the same indexes, so that they are cut out once, and found again by
    whoever looks into rows. When an agent gives ever new ones, all are forgotten at once.
    """

    def __init__(self, column: str) -> None:
        super().__init__()
        self._prefix = f"{column}."

    def __missing__(self, oid: str) -> str:
        """Cut out and remember."""
        if not oid.startswith(self._prefix):
            raise KeyError(oid)
        index = oid[len(self._prefix) :]
        if len(self) >= _MOST_INDEXES:
            self.clear()
        if len(index) <= _LONGEST_INDEX:
            self[oid] = index
        return index


@lru_cache(maxsize=_MOST_COLUMNS)
def _indexes_of(column: str) -> _Indexes:
    return _Indexes(column)


class _Column:
    """How far one column has been walked."""

    __slots__ = ("ended", "indexes", "last", "oid", "rows")

    def __init__(self, oid: str) -> None:
        self.oid = oid
        self.indexes = _indexes_of(oid)
        self.last = oid
        self.rows: dict[str, Value] = {}
        self.ended = False

    def lacks(self, oid: str) -> bool:
        """Say whether an OID is of this column, and new."""
        index = self.indexes.get(oid)
        if index is None:
            prefix = f"{self.oid}."
            return oid.startswith(prefix) and oid[len(prefix) :] not in self.rows
        return index not in self.rows


class Walk:
    """One walk of some columns of one agent; make a new one for each."""

    def __init__(
        self,
        agent: Agent,
        columns: Sequence[str],
        transport: Exchange,
        memory: LimitsMemory,
        settings: SnmpSettings,
    ) -> None:
        """Get ready; nothing is sent before `run`."""
        self._agent = agent
        self._columns = [_Column(oid) for oid in dict.fromkeys(columns)]
        self._transport = transport
        self._memory = memory
        self._settings = settings
        self._limits = memory.of(agent)
        self._usual = self._limits  # what the walk began with
        shorter = memory.shortened(agent, columns[0]) if columns else 1
        self._is_shorter = shorter > 1
        self._expected = memory.rows(agent, columns[0]) if columns else None
        self._most_values = _held(settings.max_walk_values, shorter, _FEWEST_VALUES)
        self._most_requests = _held(settings.max_walk_requests, shorter, _FEWEST_REQUESTS)
        self._values = 0
        self._requests = 0
        self._heard = False  # an answer came at the present size
        self._tried_again = False  # silence at the start has been looked into
        self._second_chance = 0  # rows of a GETBULK to try once more

    async def run(self) -> dict[str, dict[str, Value]]:
        """Walk to the end of every column: column → row index → value. See `SnmpEngine.walk`."""
        started_at = self._transport.time()
        while active := [column for column in self._columns if not column.ended]:
            self._check_limits(started_at)
            asked = active[: min(self._limits.columns, self._settings.max_oids)]
            response = await self._ask(asked)
            if response is not None:
                self._take(asked, response.bindings)
        if self._columns:
            self._note_end()
        return {column.oid: column.rows for column in self._columns}

    def _note_end(self) -> None:
        """Let the next walk of this table know what this one found."""
        agent, column = self._agent, self._columns[0].oid
        self._memory.note_end(agent, column)
        rows = max(len(column.rows) for column in self._columns)
        if rows != self._expected:
            self._memory.note_rows(agent, column, rows)

    def _check_limits(self, started_at: float) -> None:
        """Raise WalkLimit when the walk has become longer than any honest table.

        What an agent makes us read is learnt from; that it takes its time is not.
        """
        if self._values > self._most_values:
            problem = f"more than {self._most_values} values"
        elif self._requests >= self._most_requests:
            problem = f"more than {self._most_requests} requests"
        elif self._transport.time() - started_at > self._settings.max_walk_seconds:
            raise self._given_up(f"longer than {self._settings.max_walk_seconds:g} s")
        else:
            return
        self._memory.note_endless(self._agent, self._columns[0].oid)
        if self._is_shorter:
            problem += "; it did not end before, and is read in full again within the hour"
        raise self._given_up(problem)

    def _given_up(self, problem: str) -> WalkLimit:
        self._transport.counters.walk_limits += 1
        return WalkLimit(f"walk of {self._columns[0].oid} given up: {problem}")

    # --- asking -------------------------------------------------------------------------------

    async def _ask(self, asked: list[_Column]) -> Response | None:
        """Ask once. None: the agent could not, and what to ask next was made smaller."""
        self._requests += 1
        repetitions = self._repetitions(len(asked))
        try:
            response = await self._send(asked, repetitions)
        except (NoAnswer, BadAnswer) as error:
            if repetitions == 0:
                self._unlearn_silence(error)
                raise
            self._ask_after_silence(repetitions)
            return None
        self._note_heard()
        status = response.error_status
        if status == 0:  # no error; an enum's name would be looked up in Python
            return response
        if repetitions == 0:
            if status == ErrorStatus.NO_SUCH_NAME and _end_unknown(asked, response.error_index):
                return None
            if len(asked) == 1:
                raise AgentError(status, response.error_index, asked[0].last)
        self._ask_less(repetitions, 2 if status == ErrorStatus.TOO_BIG else 4)
        return None

    def _repetitions(self, width: int) -> int:
        """Return how many rows to ask for; 0 means GETNEXT."""
        return min(self._limits.repetitions, self._settings.max_bindings // width or 1)

    def _rows_to_ask(self, asked: list[_Column], repetitions: int) -> int:
        """Return how many rows to ask for of so many: no more than the last walk found, and one.

        The end shows in the row behind it. Whatever an agent sends beyond is its work and ours for
        nothing: of a table of four fans, as many values again as there are in twenty.
        """
        if self._expected is None or repetitions == 0:
            return repetitions
        left = self._expected + 1 - max(len(column.rows) for column in asked)
        return min(repetitions, left) if left > 0 else repetitions

    def _send(self, asked: list[_Column], repetitions: int) -> Awaitable[Response]:
        """Ask for what follows the last OID of each column."""
        agent = self._agent
        repetitions = self._rows_to_ask(asked, repetitions)
        pdu = ber.GET_BULK if repetitions else ber.GET_NEXT
        oids = tuple([column.last for column in asked])
        request = ber.same_request(agent.version, agent.community, pdu, oids, repetitions)
        most = len(asked) * max(repetitions, 1) + _SPARE_BINDINGS
        return self._transport.exchange(agent, request, most)

    def _ask_less(self, repetitions: int, divisor: int) -> None:
        """Ask for fewer rows; without rows to spare by GETNEXT; at last one column at a time."""
        if repetitions > 0:
            self._set_limits(replace(self._limits, repetitions=repetitions // divisor))
        else:
            self._set_limits(replace(self._limits, columns=1))

    def _ask_after_silence(self, repetitions: int) -> None:
        """Find out what GETBULK's silence means.

        In mid-walk, smaller answers may come through (fragments are often lost). At the start,
        one GETNEXT tells a dead agent in half the time; if it is answered, a small GETBULK gets a
        second chance, because on a lossy link GETNEXT alone would never come to the end.
        """
        if self._heard:
            self._ask_less(repetitions, 4)
            self._heard = False
            return
        self._second_chance = 0 if self._tried_again else repetitions // 4
        self._tried_again = True
        self._set_limits(replace(self._limits, repetitions=0))

    def _note_heard(self) -> None:
        self._heard = True
        if self._second_chance:
            self._set_limits(replace(self._limits, repetitions=self._second_chance))
            self._second_chance = 0
            self._heard = False

    def _set_limits(self, limits: Limits) -> None:
        """Go on with other limits, and let the next walk begin with them."""
        self._limits = limits
        self._memory.learn(self._agent, limits)

    def _unlearn_silence(self, error: NoAnswer | BadAnswer) -> None:
        """An agent that is silent to everything is not weak but gone: take back what we learnt."""
        if isinstance(error, NoAnswer) and self._limits != self._usual:
            self._memory.restore(self._agent, self._usual)

    # --- taking -------------------------------------------------------------------------------

    def _take(self, asked: list[_Column], bindings: list[VarBind]) -> None:
        """Take in an answer: by place, row after row, as RFC 3416 section 4.2.3 lays it out."""
        if not bindings:
            self._take_nothing(asked)
            return
        width = len(asked)
        beyond = [
            self._take_column(column, bindings[place::width]) for place, column in enumerate(asked)
        ]
        if width > 1:
            strange = [oid for oid in beyond if oid is not None]
            if strange and any(column.lacks(oid) for oid in strange for column in asked):
                self._one_column_at_a_time()

    def _take_column(self, column: _Column, bindings: list[VarBind]) -> str | None:
        """Take in what stands in one column's places; return the first OID past its end, if any."""
        indexes, rows, before = column.indexes, column.rows, len(column.rows)
        last, beyond = column.last, None
        oid = last
        try:
            for oid, value in bindings:
                index = indexes[oid]
                # `isinstance` would ask the metaclass of an enum, which takes six times as long
                if type(value) is Missing:
                    column.ended = True
                    beyond = oid
                    break
                if index in rows:
                    column.ended = True
                    self._transport.counters.walk_loops += 1
                    break
                rows[index] = value
                last = oid
        except KeyError:
            column.ended = True
            beyond = oid
        column.last = last
        self._values += len(rows) - before
        return beyond

    def _take_nothing(self, asked: list[_Column]) -> None:
        """Deal with an answer without values: too much was asked, or there is nothing to get."""
        repetitions = self._repetitions(len(asked))
        if repetitions > 0 or len(asked) > 1:
            self._ask_less(repetitions, 4)
        else:
            asked[0].ended = True

    def _one_column_at_a_time(self) -> None:
        """Begin again: this agent mixes columns up, so that no cell can be trusted."""
        self._set_limits(replace(self._limits, columns=1))
        for column in self._columns:
            column.rows = {}
            column.last = column.oid
            column.ended = False


def _held(most: int, shorter: int, fewest: int) -> int:
    """Return a limit made so many times smaller, but not below the fewest."""
    return min(most, max(most // shorter, fewest))


def _end_unknown(asked: list[_Column], index: int) -> bool:
    """End the column noSuchName points at: a v1 agent's way to say that nothing follows it."""
    if len(asked) == 1:
        index = 1
    if not 1 <= index <= len(asked):
        return False
    asked[index - 1].ended = True
    return True

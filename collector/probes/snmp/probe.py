"""A check over SNMP: ask one device for everything its metric group needs, and say how it went.

    1. GET the scalars; the first answer's time is the check's latency
    2. walk each table's columns; other tables' columns that its rows point into only if it has rows
    3. hand the values to `interpret`, which knows what they mean

A device that is silent at step 1 is not walked, and one that falls silent later has failed; the
readings so far are kept: they were measured. A table that the agent cannot give does not spoil the
others: the check tells of it and fails only when nothing else was read.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from collector.clock import Clock
from collector.model import Check, CheckResult, Credential, Outcome, Reading, Reason, Table, Target
from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.errors import (
    AgentError,
    BadAnswer,
    CredentialRefused,
    ErrorStatus,
    NoAnswer,
    NotSent,
    SnmpError,
    WalkLimit,
)
from collector.probes.snmp.interpret import (
    Fault,
    Interpretation,
    foreign_sources,
    interpret_scalars,
    interpret_table,
    scalar_sources,
    table_scalars,
    table_sources,
)
from collector.probes.snmp.once import once
from collector.probes.snmp.v3.security import Security
from collector.probes.snmp.values import Value
from collector.probes.stepping import Stepper, Tell

_MOST_CREDENTIALS = 256


class SnmpClient(Protocol):
    """What the probe needs of an engine; see `SnmpEngine`."""

    settings: SnmpSettings

    async def get(self, agent: Agent, oids: Sequence[str]) -> dict[str, Value]:
        """Return OID → value; what the agent does not have is absent."""
        ...

    async def walk(self, agent: Agent, columns: Sequence[str]) -> dict[str, dict[str, Value]]:
        """Return column → row index → value."""
        ...


class _Run:
    """What one run of a check has brought so far."""

    __slots__ = ("broken", "faults", "has_values", "latency_seconds", "readings")

    def __init__(self) -> None:
        self.readings: tuple[Reading, ...] = ()
        self.faults: tuple[Fault, ...] = ()
        self.has_values = False  # the agent had any, understood or not
        self.latency_seconds: float | None = None
        self.broken: tuple[tuple[str, SnmpError], ...] = ()  # tables it cannot give

    def add(self, found: Interpretation) -> None:
        """Take in the readings and faults of a group or table."""
        self.readings += found.readings
        self.faults += found.faults


class UnusableTargetError(Exception):
    """The inventory does not say how to ask this device."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


class SnmpProbe:
    """Implements `collector.probes.Probe` for checks whose group says `snmp`."""

    def __init__(self, engine: SnmpClient, clock: Clock) -> None:
        """Ask through `engine`; take times from `clock`."""
        self._engine = engine
        self._stepper = Stepper()
        self._clock = clock

    def can_begin(self, check: Check) -> bool:
        """Say whether asking waits for answers alone.

        v3 also waits for who else is at the same key, and some agents want pauses: they need tasks.
        """
        credential = check.target.credential
        is_v3 = credential is not None and credential.version == Version.V3
        return not is_v3 and not check.target.snmp_limits.pause_seconds

    def begin(self, check: Check, slot_at: datetime, done: Tell[CheckResult]) -> Callable[[], None]:
        """Begin what `run` does; see `collector.probes.Direct`."""
        return self._stepper.begin(self.run(check, slot_at), check.timeout_seconds, done)

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        """Ask `check.target` for the values of `check.group` once.

        Raises nothing for what a device or network does. Without an address or a credential the
        outcome is UNKNOWN: that is the inventory's fault, and no community is ever guessed.
        """
        run = _Run()
        try:
            agent = _same_agent(check.target)
            await self._ask_scalars(agent, check, run)
            for table in check.group.tables:
                await self._ask_table(agent, table, run)
            if run.broken and not run.has_values:
                raise run.broken[0][1]
        except UnusableTargetError as problem:
            end = (Outcome.UNKNOWN, problem.reason, str(problem))
        except SnmpError as error:
            end = _failure(error)
        else:
            end = _success(check, run)
        outcome, reason, detail = end
        measured_at, latency = self._clock.now(), run.latency_seconds
        return CheckResult(
            check.id, slot_at, measured_at, outcome, reason, detail, latency, run.readings
        )

    async def _ask_scalars(self, agent: Agent, check: Check, run: _Run) -> None:
        """GET the scalars of the group; the first request is timed."""
        sources = scalar_sources(check.group)
        if not sources:
            return
        first = self._engine.settings.max_oids
        asked_at = self._clock.monotonic()
        values = await self._engine.get(agent, sources[:first])
        run.latency_seconds = self._clock.monotonic() - asked_at
        if sources[first:]:
            values |= await self._engine.get(agent, sources[first:])
        run.has_values = run.has_values or _is_any(values)
        run.add(interpret_scalars(check.group, values))

    async def _ask_table(self, agent: Agent, table: Table, run: _Run) -> None:
        """Walk the columns of a table."""
        try:
            foreign = foreign_sources(table)
            own = tuple(oid for oid in table_sources(table) if oid not in foreign)
            columns = await self._engine.walk(agent, own)
            if foreign and any(columns.values()):
                columns |= await self._engine.walk(agent, foreign)
            singles = table_scalars(table)
            if singles:
                values = await self._engine.get(agent, singles)
                columns |= {oid: {"": value} for oid, value in values.items()}
        except (AgentError, BadAnswer, WalkLimit) as error:
            if _is_refused(error):
                raise
            run.broken += ((table.name, error),)
            return
        run.has_values = run.has_values or any(map(_is_any, columns.values()))
        run.add(interpret_table(table, columns))


def agent_of(target: Target) -> Agent:
    """Return the agent of a target.

    Raises UnusableTargetError when the inventory does not say all that is needed.
    """
    if not target.address:
        raise UnusableTargetError(Reason.COLLECTOR_ERROR, "no address in the inventory")
    if target.credential is None:
        raise UnusableTargetError(Reason.CREDENTIAL_REFUSED, "no SNMP credential in the inventory")
    try:
        version, security = _spoken(target.credential)
    except ValueError as problem:
        detail = f"credential {target.credential.name}: {problem}"
        raise UnusableTargetError(Reason.CREDENTIAL_REFUSED, detail) from None
    community = target.credential.community
    limits = target.snmp_limits
    return Agent(target.address, community, target.snmp_port, version, limits, security)


@lru_cache(maxsize=_MOST_CREDENTIALS)
def _spoken(credential: Credential) -> tuple[Version, Security | None]:
    """Return the version of a credential, and the user of v3. Raises ValueError."""
    try:
        version = Version(credential.version)
    except ValueError:
        raise ValueError(f"SNMP version {credential.version} is not spoken here") from None
    if version is not Version.V3:
        return version, None
    return version, Security(
        credential.user,
        credential.authentication,
        credential.authentication_password,
        credential.privacy,
        credential.privacy_password,
        credential.context,
    )


_same_agent = once(agent_of, most=65_536)
"""A check's target is the same as long as the inventory is."""


def _is_any(values: Mapping[str, Value]) -> bool:
    """Say whether there is a value that is not NULL."""
    for value in values.values():  # noqa: SIM110 - the first one ends it, without a generator
        if value is not None:
            return True
    return False


def _success(check: Check, run: _Run) -> tuple[Outcome, Reason, str]:
    """Judge a run in which the agent answered everything it was asked."""
    if not run.has_values and (sources := scalar_sources(check.group)):
        detail = f"the agent answers, but has none of what was asked; first {sources[0]}"
        return Outcome.FAILED, Reason.BAD_ANSWER, detail
    if not run.broken and not run.faults:
        return Outcome.ANSWERED, Reason.OK, ""
    details = [f"table {name}: {error}" for name, error in run.broken]
    if run.faults:
        first = run.faults[0]
        count = f"{len(run.faults)} values not understood"
        details.append(f"{count}; first {first.metric}: {first.problem}")
    return Outcome.ANSWERED, Reason.OK, "; ".join(details)


def _is_refused(error: SnmpError) -> bool:
    """Say whether the agent knows us and does not want us, which no other table will change."""
    statuses = ErrorStatus.AUTHORIZATION_ERROR, ErrorStatus.NO_ACCESS
    return isinstance(error, AgentError) and error.status in statuses


def _failure(error: SnmpError) -> tuple[Outcome, Reason, str]:
    """Say in the model's words what went wrong. What our own machine did is never the device's."""
    detail = str(error)
    match error:
        case NoAnswer():
            return Outcome.FAILED, Reason.NO_ANSWER, detail
        case CredentialRefused():
            return Outcome.FAILED, Reason.CREDENTIAL_REFUSED, detail
        case AgentError() if _is_refused(error):
            return Outcome.FAILED, Reason.CREDENTIAL_REFUSED, detail
        case AgentError():
            return Outcome.FAILED, Reason.AGENT_ERROR, detail
        case BadAnswer() | WalkLimit():
            return Outcome.FAILED, Reason.BAD_ANSWER, detail
        case NotSent(no_route=True):
            return Outcome.UNKNOWN, Reason.HOST_UNREACHABLE, detail
        case NotSent(forbidden=True):
            return Outcome.UNKNOWN, Reason.COLLECTOR_RIGHTS, detail
        case _:
            return Outcome.UNKNOWN, Reason.COLLECTOR_ERROR, detail

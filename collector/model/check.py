"""What is asked of one device, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from collector.model.inventory import Credential
from collector.model.profile import AS_USUAL, Labels, MetricGroup, SnmpLimits
from collector.model.states import Outcome, Reason, Role, State, Verdict


@dataclass(frozen=True, slots=True)
class Rule:
    """When a verdict is believed. Printed with every uptime figure."""

    confirm: int = 3  # failures in a row
    recover: int = 2  # successes in a row
    retry_seconds: float = 5.0  # pace of rechecks while in doubt
    fresh_intervals: float = 2.5  # a result older than this many intervals is no longer fresh


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how to reach one device."""

    device_id: str
    address: str | None = None
    snmp_port: int = 161
    credential: Credential | None = None
    mqtt_topic: str | None = None
    snmp_limits: SnmpLimits = AS_USUAL


@dataclass(frozen=True, slots=True)
class Check:
    """Device + probe + interval + thresholds; what the poller runs or a listener feeds."""

    id: str  # "{device_id}/{name}"
    device_id: str
    name: str
    probe: str
    role: Role
    interval_seconds: float
    timeout_seconds: float
    target: Target
    group: MetricGroup
    rule: Rule = Rule()


class Reading(Struct, frozen=True, gc=False):
    """One value. Its moment is the `slot_at` of the result that carries it."""

    metric: str
    value: float | int | str
    unit: str = "1"
    labels: Labels = ()


class CheckResult(Struct, frozen=True, gc=False):
    """How one run of a check ended. `slot_at` is its identity: one result a check and slot."""

    check_id: str
    slot_at: datetime
    measured_at: datetime
    outcome: Outcome
    reason: Reason = Reason.OK
    detail: str = ""  # for people: what exactly, without secrets
    latency_seconds: float | None = None
    readings: tuple[Reading, ...] = ()


class Evaluation(Struct, frozen=True, gc=False):
    """What a result means. `breached` carries the hysteresis to the next evaluation."""

    verdict: Verdict
    reason: Reason
    detail: str
    breached: frozenset[str]


class ResultBatch(Struct, frozen=True, gc=False):
    """Results on their way to the engine, with what a writer needs to refuse late words."""

    collector_id: str
    run_id: str
    sequence: int
    results: tuple[CheckResult, ...]
    shard: int = 0
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Transition:
    """A stored change of state. `at`: when it began; `confirmed_at`: when we were sure.

    Where `old` and `new` are the same, something else changed: the cause, or `flapping`. A row
    that only says that flapping began or ended repeats the state's own `at`; its `confirmed_at`
    is when the flapping was noticed.
    """

    device_id: str
    old: State
    new: State
    at: datetime
    confirmed_at: datetime
    reason: Reason
    detail: str = ""
    cause: str | None = None  # id of the root device when unreachable
    flapping: bool = False
    id: int | None = None  # given by the store

"""What a model family is asked and what its answers mean; written in YAML, see `profiles`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from collector.model.inventory import RuleOverride
from collector.model.states import Reason, Role, Verdict

Labels = tuple[tuple[str, str], ...]


class MetricKind(StrEnum):
    """How a metric's values behave."""

    GAUGE = "gauge"
    COUNTER = "counter"  # cumulative, stored raw
    STATE = "state"  # an enumeration; the value is the raw number, the words are in `states`
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Limits of one metric, with hysteresis.

    A value above `warning_above` warns until it falls to `clear_below` or under (default: the
    limit itself); the same mirrored for `…_below`. For a STATE metric the mappings name verdicts.
    """

    warning_above: float | None = None
    critical_above: float | None = None
    warning_below: float | None = None
    critical_below: float | None = None
    clear_margin: float = 0.0
    states: Mapping[int | str, Verdict] = field(default_factory=dict)
    reason: Reason = Reason.THRESHOLD  # or ON_BATTERY: evidence of a power cut


@dataclass(frozen=True, slots=True)
class ScaleFrom:
    """A factor that stands in another value of the same device (or row).

    The factor is `10 ** (power_of_ten * other)`, or what `values` says for `other`, or, with
    neither, `other` itself.
    """

    source: str
    power_of_ten: float | None = None
    values: Mapping[int | str, float] = field(default_factory=dict)


class Combine(StrEnum):
    """How rows of a table become one reading, or one for each value of some labels."""

    MEAN = "mean"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"  # how many rows have a value, of whatever kind; 0 when there are none


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing to read: where it stands, what it means.

    `source` is an OID (an instance for scalars; in a table a reference of
    collector.profiles.columns) or, for MQTT, a JSON path such as `ENERGY.Power`, `jmespath
    EXPRESSION`, or nothing for the whole payload; collector.probes.snmp.meaning says how a raw
    value becomes a reading. A metric may be written several times (same meaning and labels, other
    source): the first that has a value counts.
    """

    name: str
    source: str
    unit: str = "1"
    kind: MetricKind = MetricKind.GAUGE
    scale: float = 1.0
    offset: float = 0.0
    scale_from: tuple[ScaleFrom, ...] = ()
    pattern: str | None = None  # regular expression whose first group is the value in a string
    values: Mapping[str, float] = field(default_factory=dict)  # words on the wire as numbers
    bits: str | None = None  # "int32" or "uint32": read the number again as one of these
    plus: tuple[str, ...] = ()  # sources whose values are added
    minus: tuple[str, ...] = ()  # sources whose values are taken off
    percent_of: tuple[str, ...] = ()  # sources that together are 100 %
    decibel: bool = False  # the reading is 10 * log10 of the value
    minimum: float | None = None  # a value below or above is no value
    maximum: float | None = None
    states: Mapping[int | str, str] = field(default_factory=dict)
    missing: tuple[int | str, ...] = ()  # raw values that mean "no value"
    when: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)  # only if it is so
    labels: Labels = ()  # of every reading of it, beside those of its row
    combine: Combine | None = None
    by: tuple[str, ...] = ()  # labels that `combine` leaves apart
    threshold: Threshold | None = None
    topic: str | None = None  # MQTT: read from this topic alone
    lenient: bool = False  # MQTT: what makes no sense is passed over, and is no fault


@dataclass(frozen=True, slots=True)
class Table:
    """Columns walked together.

    `labels` maps a label's name to references (collector.profiles.columns), of which the first
    that has text counts; where `label_patterns` has a regular expression that matches, its one
    group is the label. Rows are kept when every reference of `keep_when` has one of the values and
    none of `drop_when` matches its regular expression.
    """

    name: str
    metrics: tuple[Metric, ...]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_when: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)
    drop_when: Mapping[str, str] = field(default_factory=dict)
    label_patterns: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""  # MQTT: source of the list or mapping whose entries are the rows


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Metrics polled together at one interval over one protocol."""

    name: str
    probe: str  # "ping", "snmp", "mqtt"
    role: Role
    interval_seconds: float
    metrics: tuple[Metric, ...] = ()
    tables: tuple[Table, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    rule: RuleOverride | None = None

    def limits(self) -> dict[str, Threshold]:
        """Return the limits of its metrics by name; of those a metric has in several places one."""
        every = (*self.metrics, *(metric for table in self.tables for metric in table.metrics))
        return {one.name: one.threshold for one in every if one.threshold is not None}


@dataclass(frozen=True, slots=True)
class MatchRule:
    """One way to recognise a model. Every given field must match."""

    sys_object_id: str | None = None  # prefix, on a whole sub-identifier
    sys_descr: str | None = None  # regular expression
    probe_oid: str | None = None  # an OID that must answer
    probe_value: str | None = None  # regular expression on that answer


@dataclass(frozen=True, slots=True)
class SnmpLimits:
    """How gently an SNMP agent wants to be asked; None is as usual."""

    repetitions: int | None = None  # rows a GETBULK asks for; 0: no GETBULK at all
    oids: int | None = None  # OIDs in one request
    pause_seconds: float = 0.0  # between an answer and the next request


AS_USUAL = SnmpLimits()
"""Nothing is known that would make an agent special."""


@dataclass(frozen=True, slots=True)
class TrapRule:
    """What a trap of this model hints at: the groups that are worth asking now.

    `oid` is its snmpTrapOID; a v1 trap gets one by RFC 3584, section 3.1.
    """

    oid: str
    name: str
    ask: tuple[str, ...] | None = None  # names of groups; None: all, empty: none


@dataclass(frozen=True, slots=True)
class Profile:
    """A model family: what to ask it and what the answers mean."""

    name: str
    title: str
    kinds: tuple[str, ...]
    groups: tuple[MetricGroup, ...]
    match: tuple[MatchRule, ...] = ()
    snmp: SnmpLimits = AS_USUAL
    traps: tuple[TrapRule, ...] = ()
    is_own: bool = False  # the user's, not one that comes with Pantau

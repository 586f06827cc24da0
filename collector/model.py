"""The words of Pantau as values: frozen dataclasses and enums, nothing else.

Everything below the engine is handed these; everything above stores or shows them. Moments are
aware UTC datetimes named `…_at`, durations are seconds named `…_seconds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# --- states -----------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What one check result means, after thresholds. NONE: the result tells nothing."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    NONE = "none"


class Role(StrEnum):
    """What a confirmed critical verdict of a check does to its device."""

    REACHABILITY = "reachability"  # the device is down
    HEALTH = "health"  # the device is degraded


class Status(StrEnum):
    """What the checks of a device say together; overlays never overwrite it."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


class State(StrEnum):
    """What people see: status and overlays together."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a run of a check ended. UNKNOWN is our own fault or blindness, never the device's."""

    ANSWERED = "answered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why: the words that travel from a probe to the wall. The catalogues translate them."""

    OK = "ok"
    NO_ANSWER = "no_answer"  # nothing came back in time
    HOST_UNREACHABLE = "host_unreachable"  # the network said so
    REFUSED = "refused"  # the port answered that nobody listens
    BAD_ANSWER = "bad_answer"  # what came back could not be understood
    CREDENTIAL_REFUSED = "credential_refused"
    AGENT_ERROR = "agent_error"  # the agent itself reported an error
    REPORTED_OFFLINE = "reported_offline"  # the broker said the device is gone (MQTT last will)
    THRESHOLD = "threshold"
    ON_BATTERY = "on_battery"  # a threshold whose profile says: the mains failed here
    SILENT = "silent"  # nothing fresh was heard
    PARENT_DOWN = "parent_down"
    COLLECTOR_GONE = "collector_gone"
    COLLECTOR_LAG = "collector_lag"  # our own event loop was late
    COLLECTOR_RIGHTS = "collector_rights"  # the machine forbids what the probe needs
    COLLECTOR_ERROR = "collector_error"  # a fault in our own code; the log has the traceback
    NEVER_SEEN = "never_seen"


class CauseClass(StrEnum):
    """What an outage is put down to. It decides whose minutes they are."""

    DEVICE = "device"
    LINK = "link"
    POWER = "power"
    UPSTREAM = "upstream"  # another device in front of it; its own cause tells more
    PLANNED = "planned"
    UNKNOWN = "unknown"


class CauseRule(StrEnum):
    """Which rule proposed a cause class. The catalogues translate it."""

    NO_EVIDENCE = "no_evidence"
    IN_MAINTENANCE = "in_maintenance"  # it began within a maintenance window
    PARENT_DOWN = "parent_down"
    UPS_ON_BATTERY = "ups_on_battery"  # at the same site or on the same power feeder
    MANY_AT_SITE = "many_at_site"  # many failed at once without a common parent: suspected
    MANY_ON_FEEDER = "many_on_feeder"
    MANY_IN_AREA = "many_in_area"
    NETWORK_SAID = "network_said"  # a router answered that there is no way
    NEIGHBOURS_UP = "neighbours_up"  # what stands beside it, behind the same parent, works


# --- inventory --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area. `code` is Kemendagri's, e.g. `73.71.01`; `parent` is its prefix."""

    code: str
    name: str
    zone: str | None = None  # IANA zone; inherited from the nearest parent that has one
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place with devices (titik/lokasi)."""

    id: str
    name: str
    area: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """An agency (OPD) or provider that answers for devices, links or power."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RuleOverride:
    """What a profile or a device says otherwise about when a verdict is believed."""

    confirm: int | None = None
    recover: int | None = None
    retry_seconds: float | None = None
    fresh_intervals: float | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A thing we watch.

    `parents` are all devices behind which it stands. `parent_groups` says how: of every group
    one must let through (AND of ORs). Without groups the parents are one: any is a way to it.
    """

    id: str
    name: str
    kind: str
    site: str
    profile: str
    address: str | None = None
    credentials: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    owner: str | None = None
    link_owner: str | None = None
    power_owner: str | None = None
    snmp_port: int | None = None
    mqtt_topic: str | None = None
    tags: tuple[str, ...] = ()
    telemetry_seconds: float | None = None  # how often this device publishes (MQTT)
    parent_groups: tuple[tuple[str, ...], ...] = ()
    power_feeder: str | None = None  # what feeds it (gardu, panel): shared by all on it
    rule: RuleOverride | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """A named secret: a community, or a user of SNMPv3. No secret appears in its repr."""

    name: str
    version: str  # "1", "2c" or "3"
    community: str = field(default="", repr=False)
    user: str = ""
    authentication: str | None = None  # "md5", "sha", "sha224", "sha256", "sha384" or "sha512"
    authentication_password: str = field(default="", repr=False)
    privacy: str | None = None  # "des", "aes128", "aes192", "aes256", "aes192c" or "aes256c"
    privacy_password: str = field(default="", repr=False)
    context: str = ""


# --- profiles and checks ----------------------------------------------------------------------

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
    snmp: SnmpLimits = SnmpLimits()
    traps: tuple[TrapRule, ...] = ()
    is_own: bool = False  # the user's, not one that comes with Pantau


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
    snmp_limits: SnmpLimits = SnmpLimits()


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


# --- results ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """One value. Its moment is the `slot_at` of the result that carries it."""

    metric: str
    value: float | int | str
    unit: str = "1"
    labels: Labels = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one run of a check ended. `slot_at` is its identity: one result a check and slot."""

    check_id: str
    slot_at: datetime
    measured_at: datetime
    outcome: Outcome
    reason: Reason = Reason.OK
    detail: str = ""  # for people: what exactly, without secrets
    latency_seconds: float | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a result means. `breached` carries the hysteresis to the next evaluation."""

    verdict: Verdict
    reason: Reason
    detail: str
    breached: frozenset[str]


@dataclass(frozen=True, slots=True)
class ResultBatch:
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


# --- what follows from the log of transitions -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outage:
    """A device did not work: from a transition to down or unreachable until it is seen working.

    Two kinds, by `state`, which may overlap when a dead device's switch dies as well:
    DOWN, from the first down until next up or degraded; UNREACHABLE, from being cut off behind
    one root until next up, degraded or down, or until another root cuts it off.
    Time in which nobody looked neither begins nor ends one. One whose end is its start was taken
    back by a later word of the log, and counts for nothing.
    """

    device_id: str
    state: State  # DOWN or UNREACHABLE
    started_at: datetime
    confirmed_at: datetime  # when we were sure that it had begun
    ended_at: datetime | None = None  # None: still on
    end_confirmed_at: datetime | None = None  # None for an end: its device left the inventory
    reason: Reason = Reason.NO_ANSWER
    detail: str = ""
    root: str | None = None  # UNREACHABLE: the device that cuts it off
    root_outage_id: int | None = None  # the root's own outage
    proposed_cause: CauseClass = CauseClass.UNKNOWN
    proposed_by: CauseRule = CauseRule.NO_EVIDENCE
    cause: CauseClass = CauseClass.UNKNOWN  # in force: a person's last word, else the proposal
    incident_id: int | None = None
    id: int | None = None  # given by the store


@dataclass(frozen=True, slots=True)
class CauseCorrection:
    """A person's word on an outage's cause. The last one counts; none is ever overwritten."""

    outage_id: int
    cause: CauseClass
    reason: str
    author: str
    made_at: datetime
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which devices something is about: those named, and all of these sites, areas and tags.

    An area takes in all areas below it.
    """

    devices: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Planned work: its devices are muted, and its time is left out of uptime.

    With `recurrence` (an RFC 5545 RRULE without `RRULE:`) it comes again, reckoned on the wall
    clocks of `zone`, each time as long as the first. Never changed once made: cancelling keeps
    the row and lets nothing from `cancelled_from_at` on count; a changed window is a new one that
    `replaces` it.
    """

    title: str
    reason: str
    author: str
    created_at: datetime
    scope: Scope
    starts_at: datetime
    ends_at: datetime
    zone: str
    recurrence: str | None = None
    replaces: int | None = None
    cancelled_at: datetime | None = None
    cancelled_from_at: datetime | None = None
    cancelled_by: str | None = None
    cancel_reason: str | None = None
    id: int | None = None


class IncidentEventKind(StrEnum):
    """What happened in an incident's timeline."""

    OPENED = "opened"
    OUTAGE_JOINED = "outage_joined"
    OUTAGE_ENDED = "outage_ended"
    CAUSE_PROPOSED = "cause_proposed"
    CAUSE_CORRECTED = "cause_corrected"
    MERGED = "merged"  # another incident became part of this one
    RECOVERED = "recovered"  # its last outage ended
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    NOTE = "note"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One line of an incident's timeline. Without an author Pantau itself wrote it."""

    incident_id: int
    kind: IncidentEventKind
    at: datetime
    author: str | None = None
    text: str = ""
    outage_id: int | None = None
    id: int | None = None


class IncidentGroup(StrEnum):
    """What joins the outages of an incident."""

    DEVICE = "device"  # one root device, and what stands behind it
    SITE = "site"  # many at once: suspected power
    FEEDER = "feeder"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Incident:
    """Outages that people handle as one."""

    group: IncidentGroup
    group_key: str  # id of the device or site, name of the feeder, code of the area
    started_at: datetime  # of its first outage
    opened_at: datetime  # when we were sure of it
    recovered_at: datetime | None = None  # None: something is still out
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    merged_into: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A collector's sign of life."""

    collector_id: str
    run_id: str
    started_at: datetime
    heartbeat_at: datetime
    figures: Mapping[str, float] = field(default_factory=dict)  # about itself, for /metrics


# --- states as they are kept ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckState:
    """What is believed about one check, and what is in doubt (see `collector.state`).

    `verdict` is confirmed. The doubts are runs of results that speak against it: `pending_count`
    results in a row since `pending_since_at` about "is it ok at all", `critical_count` about "is
    it critical". They live in memory: after a restart everything is asked anew.
    """

    check_id: str
    verdict: Verdict = Verdict.NONE
    since_at: datetime | None = None
    confirmed_at: datetime | None = None
    pending: Verdict = Verdict.NONE  # the verdict of the last result that is not yet believed
    pending_count: int = 0
    pending_since_at: datetime | None = None
    critical_count: int = 0
    critical_since_at: datetime | None = None
    reason: Reason = Reason.NEVER_SEEN
    detail: str = ""
    last_slot_at: datetime | None = None
    last_result_at: datetime | None = None  # last result that told something
    last_outcome: Outcome = Outcome.UNKNOWN
    latency_seconds: float | None = None
    breached: frozenset[str] = frozenset()  # metrics beyond a threshold, for hysteresis


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What is believed about one device. `state` is derived from status and overlays."""

    device_id: str
    status: Status = Status.UNKNOWN
    state: State = State.UNKNOWN
    since_at: datetime | None = None
    confirmed_at: datetime | None = None
    reason: Reason = Reason.NEVER_SEEN
    detail: str = ""
    cause: str | None = None
    flapping: bool = False
    last_result_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A profile that could be an unknown device's, and what that profile would call it."""

    profile: str
    name: str  # over MQTT: what would stand for `{topic}`


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that spoke to us and is no device of the inventory; nothing of what it said."""

    source: str  # "mqtt", "snmp_trap", "discovery"
    name: str  # what it calls itself, printable
    first_seen_at: datetime
    last_seen_at: datetime
    messages: int
    octets: int
    places: tuple[str, ...] = ()  # where it was heard, such as whole topics
    shape: Mapping[str, str] = field(default_factory=dict)  # of its last payload: key → type
    fits: tuple[Fit, ...] = ()  # most specific first
    about: Mapping[str, str] = field(default_factory=dict)  # name, model, maker: its own words

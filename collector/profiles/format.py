"""What may stand in a profile file: the models behind device_profiles/schema.json.

Every key is explained in device_profiles/README.md; a test holds that page to this one.
"""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from collector.config.problems import did_you_mean
from collector.config.settings import RuleOverrideShape
from collector.config.shape import (
    Duration,
    Kind,
    Number,
    Shape,
    Text,
    WholeNumber,
    Words,
    refuse,
)
from collector.model import Combine, MetricKind, Role, Verdict
from collector.profiles.columns import is_own_cell
from collector.profiles.expressions import JMESPATH, Expression
from collector.profiles.sources import (
    Column,
    CuttingPattern,
    JsonPath,
    Oid,
    OidPrefix,
    Pattern,
    Topic,
)

PING_METRICS = {
    "ping_rtt_seconds": "s",
    "ping_rtt_min_seconds": "s",
    "ping_rtt_max_seconds": "s",
    "ping_jitter_seconds": "s",
    "ping_loss_percent": "%",
}
"""What a ping gives, with units."""

_NAME_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"


def _check_name(value: object) -> object:
    if isinstance(value, str) and not (
        value[:1].isalpha()
        and value.isascii()
        and value == value.lower()
        and value.replace("_", "").isalnum()
        and len(value) <= 64
    ):
        raise refuse(
            f'"{value[:60]}" is no name', "use small letters, digits and underscores: cpu_percent"
        )
    return value


Name: TypeAlias = Annotated[
    str,
    BeforeValidator(_check_name),
    WithJsonSchema({"type": "string", "pattern": _NAME_PATTERN}),
]
Raw: TypeAlias = int | Annotated[str, Field(max_length=200)]
Unit: TypeAlias = Annotated[str, Field(min_length=1, max_length=16)]
Interval: TypeAlias = Annotated[Duration, Field(ge=1, le=7 * 86400)]


class ThresholdShape(Shape):
    """Limits of a metric."""

    warning_above: Number | None = None
    critical_above: Number | None = None
    warning_below: Number | None = None
    critical_below: Number | None = None
    clear_margin: Annotated[Number, Field(ge=0)] = 0.0
    states: dict[str, Verdict] = Field(default_factory=dict)
    reason: Literal["threshold", "on_battery"] = "threshold"

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if _is_beyond(self.warning_above, self.critical_above):
            raise refuse("critical_above is less than warning_above", "exchange them")
        if _is_beyond(self.critical_below, self.warning_below):
            raise refuse("critical_below is more than warning_below", "exchange them")
        limits = (self.warning_above, self.critical_above, self.warning_below, self.critical_below)
        if not self.states and all(limit is None for limit in limits):
            raise refuse("the threshold has no limit", "add warning_above or another, or remove it")
        return self


def _is_beyond(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low > high


class PingMetric(Shape):
    """A metric of a ping, with limits."""

    name: Literal[
        "ping_rtt_seconds",
        "ping_rtt_min_seconds",
        "ping_rtt_max_seconds",
        "ping_jitter_seconds",
        "ping_loss_percent",
    ]
    threshold: ThresholdShape

    @model_validator(mode="after")
    def _check_reason(self) -> Self:
        if self.threshold.reason == "on_battery":
            raise refuse("a ping is no evidence of a power cut", "remove reason")
        return self


class Meaning(Shape):
    """What every metric but those of a ping may say of itself."""

    name: Name
    unit: Unit = "1"
    type: MetricKind = MetricKind.GAUGE
    scale: Number = 1.0
    offset: Number = 0.0
    pattern: CuttingPattern | None = None
    values: dict[Annotated[str, Field(max_length=200)], Number] = Field(default_factory=dict)
    minimum: Number | None = None
    maximum: Number | None = None
    states: dict[Raw, Text] = Field(default_factory=dict)
    missing: Words[Raw] = ()
    labels: dict[Name, Text] = Field(default_factory=dict)
    threshold: ThresholdShape | None = None

    @model_validator(mode="after")
    def _check_states(self) -> Self:
        if (self.type is MetricKind.STATE) != bool(self.states):
            raise refuse(
                f"{self.name}: states and type: state belong together",
                "add states: {1: up, 2: down}"
                if not self.states
                else "add type: state, or remove states",
            )
        if self.threshold is None:
            return self
        if self.type in (MetricKind.COUNTER, MetricKind.TEXT):
            raise refuse(f"{self.name}: a {self.type} has no threshold", "remove the threshold")
        for word in self.threshold.states:
            if word not in self.states.values():
                raise refuse(
                    f'{self.name}: "{word}" is none of its states',
                    did_you_mean(word, self.states.values()),
                )
        return self


class ScaleFromShape(Shape):
    """A factor that stands in another value."""

    source: Oid
    power_of_ten: Number | None = None
    values: dict[Raw, Number] = Field(default_factory=dict)


class SnmpMeaning(Meaning):
    """What every metric that is read over SNMP may say, wherever it stands."""

    bits: Literal["int32", "uint32"] | None = None
    decibel: bool = False


class SnmpMetric(SnmpMeaning):
    """A single value read over SNMP."""

    source: Oid
    scale_from: tuple[ScaleFromShape, ...] = ()
    plus: Words[Oid] = ()
    minus: Words[Oid] = ()
    percent_of: Words[Oid] = ()
    when: dict[Oid, Words[Raw]] = Field(default_factory=dict)


class TableScaleFromShape(ScaleFromShape):
    """A factor that stands in another cell."""

    source: Column


class TableMetric(SnmpMeaning):
    """A metric with a value in every row of a table."""

    source: Column
    scale_from: tuple[TableScaleFromShape, ...] = ()
    plus: Words[Column] = ()
    minus: Words[Column] = ()
    percent_of: Words[Column] = ()
    when: dict[Column, Words[Raw]] = Field(default_factory=dict)
    combine: Combine | None = None
    by: Words[Name] = ()

    @model_validator(mode="after")
    def _check_combine(self) -> Self:
        if self.by and self.combine is None:
            raise refuse(f"{self.name}: by says how rows are combined", "add combine or remove by")
        counts = self.combine is Combine.COUNT
        if counts and (self.type is not MetricKind.GAUGE or self.pattern or self.values):
            raise refuse(f"{self.name}: rows are counted, whatever they hold", "leave only source")
        if self.combine and not counts and self.type in (MetricKind.STATE, MetricKind.TEXT):
            raise refuse(f"{self.name}: a {self.type} cannot be combined", "remove combine")
        return self


class MqttRowMetric(Meaning):
    """A metric that a device publishes: where it stands in the document, or in an entry of it."""

    source: JsonPath | None = None
    jmespath: Expression | None = None
    lenient: bool = False

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if self.source is not None and self.jmespath is not None:
            raise refuse(f"{self.name}: has source and jmespath", "remove one of them")
        return self

    def words(self) -> str:
        """Return where it stands as one text; empty for the whole payload."""
        return self.source or "" if self.jmespath is None else JMESPATH + self.jmespath


class MqttMetric(MqttRowMetric):
    """A metric that a device publishes, perhaps on a topic of its own."""

    topic: Topic | None = None


class MqttTableShape(Shape):
    """A list or mapping in a document, whose entries are rows."""

    rows: JsonPath
    labels: dict[Name, Words[JsonPath]] = Field(default_factory=dict)
    keep_when: dict[JsonPath, Words[Raw]] = Field(default_factory=dict)
    drop_when: dict[JsonPath, Pattern] = Field(default_factory=dict)
    metrics: Annotated[tuple[MqttRowMetric, ...], Field(min_length=1, max_length=200)]


class TableShape(Shape):
    """Columns that are walked together."""

    labels: dict[Name, Words[Column]] = Field(default_factory=dict)
    keep_when: dict[Column, Words[Raw]] = Field(default_factory=dict)
    drop_when: dict[Column, Pattern] = Field(default_factory=dict)
    label_patterns: dict[Name, CuttingPattern] = Field(default_factory=dict)
    join: bool = False
    metrics: Annotated[tuple[TableMetric, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _check_rows(self) -> Self:
        if self.join:
            return self  # rows and labels are those of a part's table
        if not any(is_own_cell(metric.source) for metric in self.metrics):
            raise refuse(
                "no metric stands in a column of the table itself, so that it has no rows",
                "write the source of at least one as a plain column",
            )
        for name in self.label_patterns:
            if name not in self.labels:
                raise refuse(
                    f'label_patterns names "{name}", which is no label of the table',
                    did_you_mean(name, self.labels),
                )
        for metric in self.metrics:
            for name in metric.by:
                if name not in self.labels:
                    raise refuse(
                        f'{metric.name}: by names "{name}", which is no label of the table',
                        did_you_mean(name, self.labels),
                    )
        return self


class PingGroup(Shape):
    """Ping: how often, and what is too much."""

    probe: Literal["ping"]
    interval_seconds: Interval | None = Field(None, alias="interval")
    role: Role | None = None
    rule: RuleOverrideShape | None = None
    metrics: tuple[PingMetric, ...] = ()


class SnmpGroup(Shape):
    """Values that are asked for over SNMP at one interval."""

    probe: Literal["snmp"]
    interval_seconds: Interval | None = Field(None, alias="interval")
    role: Role | None = None
    rule: RuleOverrideShape | None = None
    metrics: Annotated[tuple[SnmpMetric, ...], Field(max_length=500)] = ()
    tables: dict[Name, TableShape] = Field(default_factory=dict)


class MqttGroup(Shape):
    """Values that a device publishes over MQTT."""

    probe: Literal["mqtt"]
    interval_seconds: Interval | None = Field(None, alias="interval")
    role: Role | None = None
    rule: RuleOverrideShape | None = None
    topics: Annotated[Words[Topic], Field(max_length=20)] = ()
    payload: Literal["json", "text", "json_or_text", "sparkplug"] = "json"
    path: JsonPath | None = None
    online: Words[Text] = ()
    offline: Words[Text] = ()
    at: JsonPath | None = None
    metrics: Annotated[tuple[MqttMetric, ...], Field(max_length=500)] = ()
    tables: dict[Name, MqttTableShape] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        if bool(self.online) != bool(self.offline):
            raise refuse("online and offline belong together", "give both or neither")
        for word in self.online:
            if word in self.offline:
                raise refuse(f'"{word}" is online and offline', "remove one of them")
        if self.path is not None and (not self.online or self.payload == "text"):
            raise refuse(
                "path says where in JSON the word online or offline stands",
                "add payload: json, online and offline, or remove path",
            )
        if self.online and any(metric.topic for metric in self.metrics):
            raise refuse(
                "a group with online and offline hears that word alone",
                "put metrics with a topic of their own into another group",
            )
        return self

    @model_validator(mode="after")
    def _check_topics(self) -> Self:
        hears = self.online or self.metrics or self.tables
        if not hears and self.role is not Role.REACHABILITY:
            raise refuse(
                "the group hears nothing",
                "add metrics, or online and offline, or role: reachability if every message is a "
                "sign of life",
            )
        if not self.topics and (
            self.tables or not self.metrics or any(metric.topic is None for metric in self.metrics)
        ):
            raise refuse("topics is missing", "say on which topics the device speaks")
        return self

    @model_validator(mode="after")
    def _check_payload(self) -> Self:
        pointing = [metric.name for metric in self.metrics if metric.words()]
        if self.payload == "text" and (pointing or self.tables or self.at):
            what = pointing[0] if pointing else "at" if self.at else "tables"
            raise refuse(f"{what}: a text has nothing inside", "remove source, or payload: text")
        return self


Group: TypeAlias = Annotated[PingGroup | SnmpGroup | MqttGroup, Field(discriminator="probe")]


class MatchShape(Shape):
    """One way to recognise the model. Everything that is given must fit."""

    sys_object_id: OidPrefix | None = None
    sys_descr: Pattern | None = None
    probe_oid: Oid | None = None
    probe_value: Pattern | None = None

    @model_validator(mode="after")
    def _check_rule(self) -> Self:
        if self.sys_object_id is None and self.sys_descr is None and self.probe_oid is None:
            raise refuse(
                "the rule matches everything", "give sys_object_id, sys_descr or probe_oid"
            )
        if self.probe_value is not None and self.probe_oid is None:
            raise refuse("probe_value has no probe_oid", "say which OID is to be asked")
        return self


class SnmpLimitsShape(Shape):
    """How gently the model wants to be asked over SNMP."""

    bulk: bool = True
    max_repetitions: Annotated[WholeNumber, Field(ge=1, le=100)] | None = None
    max_oids: Annotated[WholeNumber, Field(ge=1, le=100)] | None = None
    pause_seconds: Annotated[Duration, Field(ge=0, le=5)] = Field(0.0, alias="pause")

    @model_validator(mode="after")
    def _check_bulk(self) -> Self:
        if not self.bulk and self.max_repetitions is not None:
            raise refuse("without bulk there are no repetitions", "remove bulk or max_repetitions")
        return self


class TrapShape(Shape):
    """A trap that the device sends, and what to ask when it comes."""

    oid: OidPrefix
    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,63}$")]
    ask: Words[Name] | None = None


class PartFile(Shape):
    """A named part that profiles include: groups and traps, nothing else."""

    title: Text
    groups: Annotated[dict[Name, Group], Field(min_length=1, max_length=20)]
    traps: Annotated[tuple[TrapShape, ...], Field(max_length=200)] = ()


class ProfileFile(Shape):
    """A model family: what to ask it, and what the answers mean."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    title: Text
    kinds: Annotated[Words[Kind], Field(min_length=1)]
    match: tuple[MatchShape, ...] = ()
    ping: bool = True
    snmp: SnmpLimitsShape = SnmpLimitsShape()
    include: Words[Text] = ()
    groups: Annotated[dict[Name, Group], Field(max_length=20)] = Field(default_factory=dict)
    traps: Annotated[tuple[TrapShape, ...], Field(max_length=200)] = ()

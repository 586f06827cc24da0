"""From the models of profile files to the words of `collector.model`: parts joined, all checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from collector.config.problems import Place, Problem, did_you_mean, place_text
from collector.config.reader import Document
from collector.model import (
    MatchRule,
    Metric,
    MetricGroup,
    Profile,
    Reason,
    Role,
    RuleOverride,
    ScaleFrom,
    SnmpLimits,
    Table,
    Threshold,
    TrapRule,
)
from collector.profiles.format import (
    PING_METRICS,
    Group,
    Meaning,
    MqttGroup,
    MqttRowMetric,
    MqttTableShape,
    PartFile,
    PingGroup,
    ProfileFile,
    SnmpGroup,
    SnmpMetric,
    TableMetric,
    TableShape,
    ThresholdShape,
    TrapShape,
)

PING_PART = "ping"
"""The part that every profile includes unless it says `ping: false`."""

_PING_NAME = "ping goes into one group, with the name ping"
_DEFAULTS = {
    "ping": (30.0, Role.REACHABILITY),
    "snmp": (60.0, Role.HEALTH),
    "mqtt": (300.0, Role.HEALTH),
}


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """A profile file that has the right shape."""

    document: Document
    shape: ProfileFile


def build_profile(
    read: ReadProfile, parts: Mapping[str, PartFile]
) -> tuple[Profile, list[Problem]]:
    """Join a profile with its parts. The problems name places of the profile's own file."""
    problems: list[Problem] = []
    shape = read.shape

    def tell(place: Place, problem: str, remedy: str) -> None:
        document = read.document
        line = document.line_of(place)
        problems.append(Problem(document.file, line, place_text(place), problem, remedy))

    shapes: dict[str, list[Group]] = {name: [group] for name, group in shape.groups.items()}
    for position, part in enumerate(_included(shape)):
        if part not in parts:
            tell(("include", position), f'there is no part "{part}"', did_you_mean(part, parts))
            continue
        for name, added in parts[part].groups.items():
            joined = shapes.setdefault(name, [])
            if joined and joined[0].probe != added.probe:
                what = f"is {joined[0].probe} here and {added.probe} in the part {part}"
                tell(("groups", name), what, "give it another name")
            else:
                joined.append(added)
    for name, joined in shapes.items():
        for table in _without_partner(joined):
            where = ("groups", name, "tables", table, "join")
            tell(where, "no part has a table of this name", "remove join, or include the part")
    groups = {name: _group(name, joined) for name, joined in shapes.items()}
    for name, group in groups.items():
        if group.probe == "snmp" and not group.metrics and not group.tables:
            tell(("groups", name), "asks for nothing", "add metrics or tables")
        if (group.probe == "ping") != (name == PING_PART):
            tell(("groups", name), f"a group over {group.probe} is named {name}", _PING_NAME)
    if not groups:
        tell((), "the profile asks for nothing", "add groups or include a part")
    for name, problem in _contradictions(groups):
        tell(("groups", name), problem, "the same name must mean the same everywhere")
    written: list[tuple[Place, TrapShape]] = [
        (("traps", position), trap) for position, trap in enumerate(shape.traps)
    ]
    for position, part in enumerate(_included(shape)):
        if part in parts:
            written += [(("include", position), trap) for trap in parts[part].traps]
    for place, problem, remedy in _bad_traps(written, groups):
        tell(place, problem, remedy)
    return _profile(shape, groups, [trap for _, trap in written]), problems


def _without_partner(shapes: Sequence[Group]) -> Iterator[str]:
    """Yield the tables of the profile's own group that want to join one that is not there."""
    first, *others = (shape.tables if isinstance(shape, SnmpGroup) else {} for shape in shapes)
    for name, table in first.items():
        if table.join and not any(name in it for it in others):
            yield name


def _included(shape: ProfileFile) -> list[str]:
    adds_ping = shape.ping and PING_PART not in shape.include
    return [*shape.include, PING_PART] if adds_ping else list(shape.include)


def _bad_traps(
    written: Sequence[tuple[Place, TrapShape]], groups: Mapping[str, MetricGroup]
) -> Iterator[tuple[Place, str, str]]:
    """Yield traps that ask groups which are not there, and those that the profile has twice."""
    own: set[str] = set()
    for place, trap in written:
        for name in trap.ask or ():
            if name not in groups:
                what = f'the trap {trap.name} asks "{name}", which is no group'
                yield place, what, did_you_mean(name, groups)
        if place[0] == "traps" and trap.oid in own:
            yield place, f"{trap.oid} stands twice", "remove one"
        own |= {trap.oid} if place[0] == "traps" else set()


def _traps(shapes: Sequence[TrapShape]) -> tuple[TrapRule, ...]:
    """Return what traps hint at; of several words on one trap the first counts."""
    rules: dict[str, TrapRule] = {}
    for shape in shapes:
        rules.setdefault(shape.oid, TrapRule(shape.oid, shape.name, shape.ask))
    return tuple(rules.values())


def _profile(
    shape: ProfileFile, groups: Mapping[str, MetricGroup], traps: Sequence[TrapShape]
) -> Profile:
    rules = tuple(
        MatchRule(rule.sys_object_id, rule.sys_descr, rule.probe_oid, rule.probe_value)
        for rule in shape.match
    )
    by_probe = sorted(groups.values(), key=lambda group: list(_DEFAULTS).index(group.probe))
    said = shape.snmp
    limits = SnmpLimits(
        repetitions=said.max_repetitions if said.bulk else 0,
        oids=said.max_oids,
        pause_seconds=said.pause_seconds,
    )
    return Profile(
        shape.name, shape.title, shape.kinds, tuple(by_probe), rules, limits, _traps(traps)
    )


def _contradictions(groups: Mapping[str, MetricGroup]) -> Iterator[tuple[str, str]]:
    """Yield the metrics that are written several times and do not mean the same."""
    first: dict[str, Metric] = {}
    for group in groups.values():
        limits: dict[str, Threshold | None] = {}
        for metric in _metrics_of(group):
            other = first.setdefault(metric.name, metric)
            if (other.unit, other.kind, other.states) != (metric.unit, metric.kind, metric.states):
                yield group.name, f"{metric.name} has another unit, type or states elsewhere"
            elif limits.setdefault(metric.name, metric.threshold) != metric.threshold:
                yield group.name, f"{metric.name} has two thresholds in one group"


def _metrics_of(group: MetricGroup) -> Iterator[Metric]:
    yield from group.metrics
    for table in group.tables:
        yield from table.metrics


# --- groups -----------------------------------------------------------------------------------


def _group(name: str, shapes: Sequence[Group]) -> MetricGroup:
    """Join what the profile says of a group (first) and what its parts say (after)."""
    interval, role = _DEFAULTS[shapes[0].probe]
    group = MetricGroup(
        name=name,
        probe=shapes[0].probe,
        role=next((shape.role for shape in shapes if shape.role), role),
        interval_seconds=next(
            (shape.interval_seconds for shape in shapes if shape.interval_seconds), interval
        ),
        rule=_rule([shape.rule.override() for shape in shapes if shape.rule]),
    )
    match shapes[0]:
        case PingGroup():
            return replace(group, metrics=_ping_metrics(shapes))
        case SnmpGroup():
            return replace(group, metrics=_snmp_metrics(shapes), tables=_tables(shapes))
        case MqttGroup() as first:
            return replace(
                group,
                metrics=_mqtt_metrics(shapes),
                tables=_mqtt_tables(shapes),
                options=_mqtt_options(first),
            )


def _rule(said: Sequence[RuleOverride]) -> RuleOverride | None:
    """Join what the profile and its parts say of the rule: of each key the first word counts."""
    if not said:
        return None
    return RuleOverride(
        next((one.confirm for one in said if one.confirm is not None), None),
        next((one.recover for one in said if one.recover is not None), None),
        next((one.retry_seconds for one in said if one.retry_seconds is not None), None),
        next((one.fresh_intervals for one in said if one.fresh_intervals is not None), None),
    )


def _ping_metrics(shapes: Sequence[Group]) -> tuple[Metric, ...]:
    """Return all that a ping gives; of several limits of a metric the first counts."""
    limits: dict[str, Threshold] = {}
    for shape in shapes:
        if isinstance(shape, PingGroup):
            for metric in shape.metrics:
                limits.setdefault(metric.name, _threshold(metric.threshold, {}))
    return tuple(
        Metric(name, source=name, unit=unit, threshold=limits.get(name))
        for name, unit in PING_METRICS.items()
    )


def _snmp_metrics(shapes: Sequence[Group]) -> tuple[Metric, ...]:
    return tuple(
        _snmp_metric(metric)
        for shape in shapes
        if isinstance(shape, SnmpGroup)
        for metric in shape.metrics
    )


def _tables(shapes: Sequence[Group]) -> tuple[Table, ...]:
    """Return the tables. Of those with the same name the first counts, or joins the next."""
    tables: dict[str, Table] = {}
    joining: set[str] = set()
    for shape in shapes:
        if not isinstance(shape, SnmpGroup):
            continue
        for name, written in shape.tables.items():
            table = _table(name, written)
            if name not in tables:
                tables[name] = table
                joining |= {name} if written.join else set()
            elif name in joining:
                tables[name] = _joined(tables[name], table)
                joining -= set() if written.join else {name}
    return tuple(tables.values())


def _joined(first: Table, other: Table) -> Table:
    """Return the tables as one: of each metric, label and filter the first's word goes before."""
    return Table(
        name=first.name,
        metrics=first.metrics + other.metrics,
        labels={**other.labels, **first.labels},
        keep_when={**other.keep_when, **first.keep_when},
        drop_when={**other.drop_when, **first.drop_when},
        label_patterns={**other.label_patterns, **first.label_patterns},
    )


def _table(name: str, shape: TableShape) -> Table:
    return Table(
        name=name,
        metrics=tuple(_snmp_metric(metric) for metric in shape.metrics),
        labels=dict(shape.labels),
        keep_when=dict(shape.keep_when),
        drop_when=dict(shape.drop_when),
        label_patterns=dict(shape.label_patterns),
    )


def _mqtt_metrics(shapes: Sequence[Group]) -> tuple[Metric, ...]:
    return tuple(
        replace(_mqtt_metric(metric), topic=metric.topic)
        for shape in shapes
        if isinstance(shape, MqttGroup)
        for metric in shape.metrics
    )


def _mqtt_metric(shape: MqttRowMetric) -> Metric:
    return replace(_meaning(shape, shape.words()), lenient=shape.lenient)


def _mqtt_tables(shapes: Sequence[Group]) -> tuple[Table, ...]:
    """Return the tables; of those with the same name the first counts, as a whole."""
    tables: dict[str, Table] = {}
    for shape in shapes:
        if isinstance(shape, MqttGroup):
            for name, table in shape.tables.items():
                tables.setdefault(name, _mqtt_table(name, table))
    return tuple(tables.values())


def _mqtt_table(name: str, shape: MqttTableShape) -> Table:
    return Table(
        name=name,
        metrics=tuple(_mqtt_metric(metric) for metric in shape.metrics),
        labels=dict(shape.labels),
        keep_when=dict(shape.keep_when),
        drop_when=dict(shape.drop_when),
        rows=shape.rows,
    )


def _mqtt_options(shape: MqttGroup) -> dict[str, object]:
    options: dict[str, object] = {"topics": list(shape.topics), "payload": shape.payload}
    options.update({"path": shape.path} if shape.path is not None else {})
    options.update({"at": shape.at} if shape.at is not None else {})
    if shape.online:
        options.update(online=list(shape.online), offline=list(shape.offline))
    return options


# --- metrics ----------------------------------------------------------------------------------


def _meaning(shape: Meaning, source: str) -> Metric:
    return Metric(
        name=shape.name,
        source=source,
        unit=shape.unit,
        kind=shape.type,
        scale=shape.scale,
        offset=shape.offset,
        pattern=shape.pattern,
        values=dict(shape.values),
        minimum=shape.minimum,
        maximum=shape.maximum,
        states=dict(shape.states),
        missing=shape.missing,
        labels=tuple(shape.labels.items()),
        threshold=None if shape.threshold is None else _threshold(shape.threshold, shape.states),
    )


def _snmp_metric(shape: SnmpMetric | TableMetric) -> Metric:
    metric = replace(
        _meaning(shape, shape.source),
        scale_from=tuple(
            ScaleFrom(factor.source, factor.power_of_ten, dict(factor.values))
            for factor in shape.scale_from
        ),
        bits=shape.bits,
        plus=shape.plus,
        minus=shape.minus,
        percent_of=shape.percent_of,
        decibel=shape.decibel,
        when=dict(shape.when),
    )
    if isinstance(shape, TableMetric):
        return replace(metric, combine=shape.combine, by=shape.by)
    return metric


def _threshold(shape: ThresholdShape, states: Mapping[int | str, str]) -> Threshold:
    """Turn the words of states back into raw values, which is what readings carry."""
    return Threshold(
        warning_above=shape.warning_above,
        critical_above=shape.critical_above,
        warning_below=shape.warning_below,
        critical_below=shape.critical_below,
        clear_margin=shape.clear_margin,
        states={raw: shape.states[word] for raw, word in states.items() if word in shape.states},
        reason=Reason(shape.reason),
    )

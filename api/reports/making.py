"""Makes the data set of a report, from the store and the readings. Blocks; raises StoreError."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from api.alarm_health import LONGEST, health_of
from api.reports.asking import FILTERS, month_of
from api.reports.dataset import (
    FORMAT,
    AlarmMeasure,
    Capacity,
    ContractUptime,
    Detection,
    Header,
    Letterhead,
    NoisyDevice,
    Report,
    RulesInForce,
    Signer,
    WifiUse,
    ZonePart,
)
from api.reports.events import (
    Scene,
    correction_rows,
    cut,
    handling_rows,
    maintenance_rows,
    outage_entries,
)
from api.reports.readings import capacity_rows, wifi_rows
from api.reports.trend import growth_rows, months_until, trend_rows
from api.reports.uptime_rows import (
    CITY,
    Pair,
    contract_row,
    device_rows,
    group_row,
    group_rows,
    lost_rows,
    share_rows,
    worst_of,
)
from api.settings import ApiSettings
from api.uptime_query import Question
from api.uptime_table import Table, facts_then, make_table, rules_view
from collector.alarm_health import Measure, floor_to_bucket, judge
from collector.alarm_health.judging import BOUNDS, values
from collector.config.report import ReportSettings
from collector.contract import Rules
from collector.moments import EPOCH, MICROSECOND
from collector.sinks import Sink, SinkError
from collector.store import DeviceFacts, Store
from collector.uptime import Tally, Window, total

_UNITS = {
    Measure.FLOOD: "%",
    Measure.CRITICAL: "%",
    Measure.NOISY: "%",
    Measure.FLEETING: "%",
    Measure.ACKNOWLEDGED_AFTER: "s",
}
_PLAIN = tuple(name for name in FILTERS if name != "area")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

Progress = Callable[[str, int, int], None]
"""Told what is being made (a word of `words.STEPS`), how much of it is done, of how much."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a report is made from. `sink` None: readings are left out."""

    store: Store
    sink: Sink | None
    settings: ApiSettings
    report: ReportSettings


def make_report(
    sources: Sources,
    question: Question,
    now: datetime,
    known_until: datetime,
    progress: Progress = lambda _step, _done, _of: None,
) -> Report:
    """Return the data set. `known_until`: until when somebody looked, EPOCH: nobody ever did.

    Raises QueryError for a filter that nothing fits. Readings that cannot be had now are left out,
    and a note says so.
    """
    store, settings = sources.store, sources.settings
    zone = ZoneInfo(settings.zone)
    progress("uptime", 0, 1)
    table = make_table(
        store, question, settings, now, known_until, lambda done, of: progress("sums", done, of)
    )
    pairs: dict[str, Pair] = {row.key: (row.plain, row.contract) for row in table.rows}
    every = facts_then(store, question.window, settings.zone, now)
    chosen = [one for one in every if one.id in pairs]
    owners = {one.id: one.name for one in store.owners()}
    areas = {one.code: one.name for one in store.areas()}
    scene = _scene(table, chosen, owners, now, known_until, settings)
    months = months_until(table.end - MICROSECOND, zone)
    wanted = [one for one in every if _fits(one, question.filters)]
    reckon = _reckoner(sources, question, now, known_until, wanted)
    done_months = 0

    def month_made() -> None:
        nonlocal done_months
        done_months += 1
        progress("trend", done_months, len(months))

    trend = trend_rows(months, wanted, zone, reckon, month_made)
    progress("outages", 0, 1)
    outages = outage_entries(store, scene)
    devices = device_rows(chosen, pairs, owners)
    everything = total(plain for plain, _ in pairs.values())
    notes = [] if not question.filters else ["alarms_of_all"]
    if question.filters.keys() & {"kind", "owner"}:
        notes.append("no_handling")
    alarms, noisy = _alarms(store, table, notes)
    wifi, capacity = _readings(sources, chosen, scene, notes, progress)
    if table.known_until is None:
        notes.append("nobody_looked")
    elif table.known_until < table.end:
        notes.append("not_to_the_end")
    return Report(
        format=FORMAT,
        header=_header(sources, table, now),
        total=group_row("", "", list(pairs.values())),
        cities=group_rows(chosen, pairs, lambda one: _city(one, areas)),
        areas=group_rows(chosen, pairs, lambda one: (one.area, one.area_name)),
        kinds=group_rows(chosen, pairs, lambda one: (one.kind, one.kind)),
        owners=group_rows(
            chosen,
            pairs,
            lambda one: (one.owner or "", owners.get(one.owner or "", one.owner or "")),
        ),
        contracts=_contracts(sources, question, now, known_until, pairs),
        lost=lost_rows(everything, owners),
        shares=share_rows(everything, owners),
        trend=trend,
        worst=worst_of(devices),
        devices=devices,
        outages=outages,
        handling=handling_rows(store, scene),
        maintenance=maintenance_rows(store, scene),
        corrections=correction_rows(store, scene, outages),
        alarms=alarms,
        noisy=noisy,
        wifi=wifi,
        growth=growth_rows(months, wanted, zone, now),
        capacity=capacity,
        notes=tuple(notes),
    )


def _scene(
    table: Table,
    chosen: list[DeviceFacts],
    owners: Mapping[str, str],
    now: datetime,
    known_until: datetime,
    settings: ApiSettings,
) -> Scene:
    by_zone = {one.zone: (one.start, one.end) for one in table.zones}
    return Scene(
        facts={one.id: one for one in chosen},
        spans={one.id: by_zone[one.zone or settings.zone] for one in chosen},
        start=table.start,
        end=table.end,
        now=now,
        seen_until=now if known_until <= EPOCH else min(now, known_until),
        owners=owners,
        filters=table.question.filters,
    )


def _fits(one: DeviceFacts, filters: Mapping[str, str]) -> bool:
    area = filters.get("area")
    return (area is None or one.area == area or one.area.startswith(f"{area}.")) and all(
        getattr(one, name) == filters[name]
        for name in FILTERS
        if name in filters and name != "area"
    )


def _owner(one: DeviceFacts, owners: Mapping[str, str]) -> tuple[str, str]:
    key = one.owner or ""
    return key, owners.get(key, key)


def _city(one: DeviceFacts, areas: Mapping[str, str]) -> tuple[str, str]:
    code = one.area[:CITY]
    return code, areas.get(code, one.area_name if code == one.area else code)


def _reckoner(
    sources: Sources,
    question: Question,
    now: datetime,
    known_until: datetime,
    wanted: list[DeviceFacts],
) -> Callable[[Window], Mapping[str, Pair]]:
    ids = [one.id for one in wanted] if question.filters else None
    same = question.plain.digest() == question.contract.digest()

    def tallies(window: Window, rules: Rules) -> dict[str, Tally]:
        return sources.store.ledger.tallies(
            window,
            rules,
            zone=sources.settings.zone,
            now=now,
            known_until=known_until,
            device_ids=ids,
        )

    def reckon(window: Window) -> dict[str, Pair]:
        plain = tallies(window, question.plain)
        contract = plain if same else tallies(window, question.contract)
        return {key: (one, contract[key]) for key, one in plain.items()}

    return reckon


def _contracts(
    sources: Sources,
    question: Question,
    now: datetime,
    known_until: datetime,
    pairs: Mapping[str, Pair],
) -> tuple[ContractUptime, ...]:
    """Return the figures of the same devices by every contract of the settings, and by none."""
    in_force = question.contract.name
    known = {
        question.plain.digest(): total(one for one, _ in pairs.values()),
        question.contract.digest(): total(one for _, one in pairs.values()),
    }
    rows = []
    for rules in (question.plain, *sources.settings.contracts.values()):
        tally = known.get(rules.digest())
        if tally is None:
            made = sources.store.ledger.tallies(
                question.window,
                rules,
                zone=sources.settings.zone,
                now=now,
                known_until=known_until,
                device_ids=pairs.keys() if question.filters else None,
            )
            tally = total(made.values())
        rows.append(contract_row(rules, tally, in_force=rules.name == in_force))
    return tuple(rows)


def _alarms(
    store: Store, table: Table, notes: list[str]
) -> tuple[tuple[AlarmMeasure, ...], tuple[NoisyDevice, ...]]:
    start, end = floor_to_bucket(table.start), table.end
    if end - start > LONGEST:
        notes.append("no_alarms_so_long")
        return (), ()
    health = health_of(store, start, end)
    if not health.raised.count and not health.messages:
        notes.append("no_alarms")
        return (), ()
    verdicts = judge(health)
    measures = tuple(
        AlarmMeasure(
            measure=measure.value,
            value=None if value is None else int(value * 1_000) / 1_000,
            unit=_UNITS.get(measure, "1"),
            good_up_to=BOUNDS[measure][0],
            manageable_up_to=BOUNDS[measure][1],
            verdict=verdicts[measure].value if measure in verdicts else "",
        )
        for measure, value in values(health).items()
    )
    noisy = tuple(
        NoisyDevice(one.device_id, one.about.name or "", one.count, one.flapping, one.fleeting)
        for one in health.noisy
    )
    return measures, noisy


def _readings(
    sources: Sources,
    chosen: list[DeviceFacts],
    scene: Scene,
    notes: list[str],
    progress: Progress,
) -> tuple[tuple[WifiUse, ...], tuple[Capacity, ...]]:
    if sources.sink is None:
        notes.append("no_readings")
        return (), ()
    try:
        wifi = wifi_rows(
            sources.sink, chosen, scene.spans, lambda done, of: progress("wifi", done, of)
        )
        capacity = capacity_rows(
            sources.sink, chosen, scene.end, lambda done, of: progress("capacity", done, of)
        )
    except SinkError:
        notes.append("no_readings")
        return (), ()
    return wifi, capacity


# --- the head ---------------------------------------------------------------------------------


def _header(sources: Sources, table: Table, now: datetime) -> Header:
    said, question = sources.report, table.question
    start = table.start.astimezone(ZoneInfo(sources.settings.zone)).date()
    return Header(
        month=month_of(question),
        from_asked=_asked(question.window.start),
        to_asked=_asked(question.window.end),
        from_at=cut(table.start),
        to_at=cut(table.end),
        zone=sources.settings.zone,
        zones=tuple(
            ZonePart(one.zone, cut(one.start), cut(one.end), one.devices) for one in table.zones
        ),
        made_at=cut(now),
        known_until_at=None if table.known_until is None else cut(table.known_until),
        number=None if said.number is None else number_of(said.number, start),
        letterhead=Letterhead(said.agency or "", said.unit or "", said.address),
        place=said.place or "",
        signers=tuple(Signer(one.role, one.name or "", one.number or "") for one in said.signers),
        filters=dict(question.filters),
        degraded_is_up=question.degraded_is_up,
        detection=Detection(
            table.rule.confirm,
            table.rule.recover,
            table.rule.retry_seconds,
            table.rule.fresh_intervals,
            sum(one.checks for one in table.deviations),
        ),
        plain=_rules(question.plain),
        contract=_rules(question.contract),
        made_by=f"Pantau {version('pantau')}",
    )


def number_of(pattern: str, period: date) -> str:
    """Return the number of a report whose period begins on a day."""
    return pattern.format(
        month=f"{period.month:02}", roman=_ROMAN[period.month - 1], year=str(period.year)
    )


def _asked(edge: datetime | date) -> str:
    if isinstance(edge, datetime):
        return f"{cut(edge):%Y-%m-%dT%H:%M:%SZ}"
    return edge.isoformat()


def _rules(rules: Rules) -> RulesInForce:
    view = rules_view(replace(rules))
    hours = view["service_hours"]
    return RulesInForce(
        name=rules.name,
        digest=rules.digest(),
        exclude_maintenance=rules.exclude_maintenance,
        causes_not_counted=tuple(sorted(rules.causes_not_counted)),
        minimum_outage_seconds=rules.minimum_outage_seconds,
        service_hours=tuple(
            f"{' '.join(one['weekdays'])} {one['from']}-{one['to']}"
            for one in (hours if isinstance(hours, list) else [])
        ),
        target_percent=rules.target_percent,
    )

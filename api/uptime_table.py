"""The uptime table: the plain figure and the contract's side by side, with all they rest on.

Made from sums (`store.ledger`), the same for `GET /uptime`, its CSV and `pantau uptime`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from api.settings import ApiSettings
from api.uptime_query import FILTERS, QueryError, Question
from collector.contract import Rules, ServiceHours
from collector.model import Rule
from collector.moments import EPOCH, MICROSECOND, from_micros
from collector.store import DeviceFacts, RuleCount, Store
from collector.uptime import Figures, GroupBy, Tally, Window, figures, group

_CONTRACT_FIGURES = (
    "uptime_percent",
    "uptime_bounds_percent",
    "coverage_percent",
    "down_seconds",
    "unreachable_seconds",
    "excluded_seconds",
    "excluded_seconds_by_reason",
    "outages",
    "longest_outage_seconds",
    "mttr_seconds",
)


@dataclass(frozen=True, slots=True)
class ZoneSpan:
    """From when to when the window is in one zone, and how many devices of the table are there."""

    zone: str
    start: datetime
    end: datetime
    devices: int


@dataclass(frozen=True, slots=True)
class Row:
    """One group by both sets of rules, and the zones of its devices."""

    key: str
    name: str
    zones: tuple[str, ...]
    plain: Tally
    contract: Tally


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a question. `known_until` None: nobody has ever looked."""

    question: Question
    zones: tuple[ZoneSpan, ...]
    known_until: datetime | None
    rule: Rule
    deviations: tuple[RuleCount, ...]
    rows: tuple[Row, ...]

    @property
    def start(self) -> datetime:
        """Where the window begins first."""
        return min(one.start for one in self.zones)

    @property
    def end(self) -> datetime:
        """Where it ends last."""
        return max(one.end for one in self.zones)

    def figures(self, tally: Tally) -> Figures:
        """Return what a tally of this table says."""
        return figures(tally, degraded_is_up=self.question.degraded_is_up)


def make_table(
    store: Store,
    question: Question,
    settings: ApiSettings,
    now: datetime,
    known_until: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Table:
    """Reckon the table. `known_until`: until when somebody looked, EPOCH: nobody ever did.

    Raises QueryError for a filter that nothing fits, StoreError. May take seconds when sums of
    past months are made for the first time; `progress` is then told how many devices are done, of
    how many.
    """
    facts = chosen(facts_then(store, question.window, settings.zone, now), question.filters)
    zone_of = {one.id: one.zone or settings.zone for one in facts}
    spans = {name: _span(question.window, name, now) for name in {*zone_of.values()}}
    spans = spans or {settings.zone: _span(question.window, settings.zone, now)}

    def reckon(rules: Rules) -> Mapping[str, Tally]:
        return store.ledger.tallies(
            question.window,
            rules,
            zone=settings.zone,
            now=now,
            known_until=known_until,
            device_ids=zone_of.keys() if question.filters else None,
            progress=progress,
        )

    plain = reckon(question.plain)
    same = question.plain.digest() == question.contract.digest()
    contract = plain if same else reckon(question.contract)
    counted = [one for one in facts if one.id in plain]
    numbers = Counter(zone_of[one.id] for one in counted)
    return Table(
        question=question,
        zones=tuple(
            ZoneSpan(name, *spans[name], numbers[name])
            for name in sorted(spans)
            if numbers[name] or not counted
        ),
        known_until=None if known_until <= EPOCH else min(known_until, now),
        rule=settings.rule,
        deviations=tuple(one for one in store.rules() if one.rule != settings.rule),
        rows=_rows(store, question.group_by, counted, zone_of, plain, contract),
    )


def facts_then(store: Store, window: Window, zone: str, now: datetime) -> list[DeviceFacts]:
    """Return the facts of every device, its area by the code and name of the window's last day.

    An area that was renamed or split since keeps its past. What the codes do not tell stays as the
    inventory has it.
    """
    _, end = _span(window, zone, now)
    last = (end - MICROSECOND).astimezone(ZoneInfo(zone)).date()
    today = now.astimezone(ZoneInfo(zone)).date()
    codes = store.area_codes.register()
    known: dict[str, tuple[str, str | None]] = {}

    def then(one: DeviceFacts) -> DeviceFacts:
        if one.area not in known:
            now_, before = codes.at(one.area, today), codes.then(one.area, last)
            if before is None or (now_ is not None and before == now_):
                known[one.area] = (one.area, None)
            else:
                known[one.area] = (before.code, before.name)
        code, name = known[one.area]
        return one if name is None else replace(one, area=code, area_name=name)

    return [then(one) for one in store.facts()]


def chosen(facts: Collection[DeviceFacts], filters: Mapping[str, str]) -> list[DeviceFacts]:
    """Return the devices that filters (of the names in FILTERS) leave. Raises QueryError."""
    for name in FILTERS:
        wanted = filters.get(name)
        if wanted is not None and not any(_fits(one, name, wanted) for one in facts):
            raise QueryError(name, "no device has this; look at how it is written")
    return [one for one in facts if all(_fits(one, *wanted) for wanted in filters.items())]


def _fits(device: DeviceFacts, name: str, wanted: str) -> bool:
    if name == "area":
        return device.area == wanted or device.area.startswith(f"{wanted}.")
    return bool(getattr(device, "id" if name == "device" else name) == wanted)


def _span(window: Window, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the window in a zone, as far as it is past."""
    start, end = (from_micros(edge) for edge in window.resolve(ZoneInfo(zone)))
    return min(start, now), min(end, now)


def _rows(
    store: Store,
    by: GroupBy,
    facts: Collection[DeviceFacts],
    zone_of: Mapping[str, str],
    plain: Mapping[str, Tally],
    contract: Mapping[str, Tally],
) -> tuple[Row, ...]:
    names = {one.id: one.name for one in store.owners()}
    by_contract = {one.key: one.tally for one in group(contract, facts, by, names)}
    zones: dict[str, set[str]] = {}
    key = _KEYS[by]
    for one in facts:
        zones.setdefault(key(one), set()).add(zone_of[one.id])
    return tuple(
        Row(one.key, one.name, tuple(sorted(zones[one.key])), one.tally, by_contract[one.key])
        for one in group(plain, facts, by, names)
    )


_KEYS: dict[GroupBy, Callable[[DeviceFacts], str]] = {
    GroupBy.DEVICE: lambda one: one.id,
    GroupBy.SITE: lambda one: one.site,
    GroupBy.AREA: lambda one: one.area,
    GroupBy.KIND: lambda one: one.kind,
    GroupBy.OWNER: lambda one: one.owner or "",
}


# --- as JSON ----------------------------------------------------------------------------------


def as_json(table: Table) -> dict[str, object]:
    """Return the table as `GET /uptime` gives it (schemas.Uptime)."""
    question = table.question
    return {
        "from": table.start,
        "to": table.end,
        "zones": [
            {"zone": one.zone, "from": one.start, "to": one.end, "devices": one.devices}
            for one in table.zones
        ],
        "known_until": table.known_until,
        "group_by": question.group_by,
        "degraded": "up" if question.degraded_is_up else "down",
        "rule": {
            **asdict(table.rule),
            "deviations": [
                {"probe": one.probe, "role": one.role, **asdict(one.rule), "checks": one.checks}
                for one in table.deviations
            ],
        },
        "rules": {"plain": rules_view(question.plain), "contract": rules_view(question.contract)},
        "items": [_row_view(table, row) for row in table.rows],
        "next": None,
    }


def rules_view(rules: Rules) -> dict[str, object]:
    """Return rules spelled out (schemas.UptimeRules)."""
    return {
        "name": rules.name,
        "exclude_maintenance": rules.exclude_maintenance,
        "causes_not_counted": sorted(rules.causes_not_counted),
        "minimum_outage_seconds": rules.minimum_outage_seconds,
        "service_hours": [
            {
                "weekdays": [_WEEKDAYS[day] for day in one.weekdays],
                "from": f"{one.from_:%H:%M}",
                "to": end_of(one),
            }
            for one in rules.service_hours
        ],
        "target_percent": rules.target_percent,
    }


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def end_of(hours: ServiceHours) -> str:
    """Return when service hours end, as people write it: the end of a day is 24:00."""
    return "24:00" if hours.until == time() else f"{hours.until:%H:%M}"


def _row_view(table: Table, row: Row) -> dict[str, object]:
    plain = asdict(table.figures(row.plain))
    del plain["window_seconds"]  # from and to say it
    contract = asdict(table.figures(row.contract))
    return {
        "key": row.key,
        "name": row.name,
        **plain,
        "contract": {
            "name": table.question.contract.name,
            **{name: contract[name] for name in _CONTRACT_FIGURES},
        },
    }

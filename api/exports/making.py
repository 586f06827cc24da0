"""The rows of exports, from the store. Blocks; raises StoreError."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from api.exports.dictionary import BY_NAME, Dataset
from api.reports.uptime_rows import CITY, uptime_fields
from api.settings import ApiSettings
from api.uptime_table import facts_then
from collector.area_codes import AreaRegister
from collector.contract import Rules
from collector.moments import EPOCH, from_micros
from collector.store import DeviceFacts, OutageFilter, Store
from collector.uptime import Tally, Window, total

Row = dict[str, object]

_PAGE = 500
_ROUNDED = 2  # decimals of a degree: about a kilometre
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_MAC = re.compile(r"(?i)\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b")


class ExportError(ValueError):
    """What is asked for cannot be exported; the message says what to do. `name`: the parameter."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(f"{name}: {message}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which dataset, of which month (None: the one before this; not monthly: none)."""

    dataset: str
    month: str | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """A dataset with its rows, every field of the dictionary in each."""

    dataset: Dataset
    month: str | None
    public: bool
    made_at: datetime
    rows: tuple[Row, ...]


def make_export(
    store: Store, settings: ApiSettings, asked: Asked, now: datetime, known_until: datetime
) -> Export:
    """Return an export. Raises ExportError for an unknown dataset or month."""
    dataset = BY_NAME.get(asked.dataset)
    if dataset is None:
        raise ExportError("dataset", f"there is none of this name; known: {', '.join(BY_NAME)}")
    if asked.month is not None and not dataset.monthly:
        raise ExportError("month", f"{dataset.name} is of today; leave the month out")
    made = _Making(store, settings, now, min(now, known_until), public=asked.public)
    month = month_asked(asked.month, settings, now) if dataset.monthly else None
    rows = _MAKERS[dataset.name](made, month or made.today)
    names = [one.name for one in dataset.fields]
    return Export(
        dataset,
        None if month is None else f"{month:%Y-%m}",
        asked.public,
        now,
        tuple({name: row.get(name) for name in names} for row in rows),
    )


class _Making:
    """What every dataset is made from."""

    def __init__(
        self,
        store: Store,
        settings: ApiSettings,
        now: datetime,
        known_until: datetime,
        *,
        public: bool,
    ) -> None:
        self.store, self.settings, self.now, self.known_until = store, settings, now, known_until
        self.public = public
        self.zone = ZoneInfo(settings.zone)
        self.today = now.astimezone(self.zone).date()
        self.codes: AreaRegister = store.area_codes.register()
        self.names = {one.code: one.name for one in store.areas()}

    def area(self, code: str, name: str, day: date) -> Row:
        """Return the fields that say which area, with the codes in force on a day."""
        known, city = self.codes.at(code, day), self.codes.at(code[:CITY], day)
        return {
            "area_code": code,
            "area_name": _clean(name),
            "area_bps_code": None if known is None else known.bps,
            "city_code": code[:CITY],
            "city_bps_code": None if city is None else city.bps,
        }

    def position(self, latitude: float | None, longitude: float | None) -> Row:
        """Return where a site is, as exactly as may be said."""
        if latitude is None or longitude is None:
            return {"latitude": None, "longitude": None}
        if self.public:
            latitude, longitude = round(latitude, _ROUNDED), round(longitude, _ROUNDED)
        return {"latitude": latitude, "longitude": longitude}


def _devices(made: _Making, day: date) -> Iterator[Row]:
    owners = {one.id: one.name for one in made.store.owners()}
    places = {one.id: one for one in made.store.sites()}
    for one in made.store.facts():
        if one.retired_at is not None:
            continue
        site = places[one.site]
        yield {
            "device": one.id,
            "name": _clean(one.name),
            "kind": one.kind,
            "site": one.site,
            "site_name": _clean(one.site_name),
            **made.area(one.area, one.area_name, day),
            **made.position(site.latitude, site.longitude),
            "owner": one.owner,
            "owner_name": _clean(owners.get(one.owner or "", one.owner or "")) or None,
            "registered_on": one.created_at.astimezone(made.zone).date().isoformat(),
        }


def _sites(made: _Making, day: date) -> Iterator[Row]:
    counts: dict[str, int] = {}
    for one in made.store.facts():
        if one.retired_at is None:
            counts[one.site] = counts.get(one.site, 0) + 1
    for site in made.store.sites():
        if site.id in counts:
            yield {
                "site": site.id,
                "site_name": _clean(site.name),
                **made.area(site.area, made.names.get(site.area, site.area), day),
                **made.position(site.latitude, site.longitude),
                "devices": counts[site.id],
            }


def _uptime(made: _Making, month: date) -> Iterator[Row]:
    window = Window.month(month.year, month.month)
    rules = Rules()
    tallies = made.store.ledger.tallies(
        window, rules, zone=made.settings.zone, now=made.now, known_until=made.known_until
    )
    groups: dict[tuple[str, str, str], list[Tally]] = {}
    for one in facts_then(made.store, window, made.settings.zone, made.now):
        if one.id in tallies:
            groups.setdefault((one.area, one.area_name, one.kind), []).append(tallies[one.id])
    for (area, name, kind), members in sorted(groups.items()):
        both = total(members)
        yield {
            "month": f"{month:%Y-%m}",
            **made.area(area, name, _last_day(month)),
            "kind": kind,
            **uptime_fields((both, both)),
        }


def _outages(made: _Making, month: date) -> Iterator[Row]:
    window = Window.month(month.year, month.month)
    start, end = (from_micros(edge) for edge in window.resolve(made.zone))
    known: Mapping[str, DeviceFacts] = {
        one.id: one for one in facts_then(made.store, window, made.settings.zone, made.now)
    }
    wanted, after = OutageFilter(start=start, end=end), None
    found: list[Row] = []
    while True:
        page = made.store.outages.page(wanted, limit=_PAGE, after=after)
        for row in page.items:
            one, device = row.outage, known[row.outage.device_id]
            if one.started_at < start or (made.public and one.ended_at is None):
                continue
            begun = one.started_at
            if made.public:
                begun = begun.replace(minute=0, second=0, microsecond=0)
            lasted = None if one.ended_at is None else one.ended_at - one.started_at
            ended = None if one.ended_at is None or made.public else _moment(one.ended_at)
            found.append(
                {
                    "outage": one.id,
                    "device": None if made.public else device.id,
                    "site": None if made.public else device.site,
                    **made.area(device.area, device.area_name, _last_day(month)),
                    "kind": device.kind,
                    "state": one.state.value,
                    "started_at": _moment(begun),
                    "ended_at": ended,
                    "seconds": None if lasted is None else lasted // timedelta(seconds=1),
                    "cause": one.cause.value,
                }
            )
        after = page.next
        if after is None:
            break
    yield from reversed(found)


_MAKERS: Mapping[str, Callable[[_Making, date], Iterator[Row]]] = {
    "devices": _devices,
    "sites": _sites,
    "uptime": _uptime,
    "outages": _outages,
}


def month_asked(text: str | None, settings: ApiSettings, now: datetime) -> date:
    """Return the first day of a month that is asked for; of none, the one before this.

    Raises ExportError.
    """
    today = now.astimezone(ZoneInfo(settings.zone)).date()
    if text is None:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    read = _MONTH.fullmatch(text)
    try:
        month = date(int(read[1]), int(read[2]), 1) if read else None
    except ValueError:
        month = None
    if month is None or not EPOCH.date() < month <= today:
        raise ExportError("month", "write a month that has begun, such as 2026-10")
    return month


def _last_day(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _clean(text: str) -> str:
    """Return words of people without what looks like a MAC address."""
    return _MAC.sub("[MAC]", text)

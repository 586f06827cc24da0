"""The tables of a pack: what each is called, its columns, and its rows.

Moments are ISO 8601 in UTC with all six digits of the second's fraction: exact, and readable. The
columns are a promise (`FORMAT`); METHOD.md in each pack explains them.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from api.reports.uptime_rows import CITY
from api.uptime_csv import defused
from collector.contract import Rules
from collector.maintenance import occurrences
from collector.moments import from_micros, to_micros
from collector.store import Past
from collector.uptime.calendar import outside_service
from collector.uptime.spans import Span

FORMAT = 1
_AT_ONCE = 2_000
_MAC = re.compile(
    r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b|\b(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}\b"
)

Cells = Sequence[object]


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> int: ...  # noqa: D102 - see the class


@dataclass(frozen=True, slots=True)
class Scene:
    """What a pack is of: the past, the zone of areas without one, the contract's rules.

    `areas` are code and name of each device's area, as they were in the period.
    """

    past: Past
    zone: str
    contract: Rules
    areas: Mapping[str, tuple[str, str]]
    positions: bool = False


@dataclass(frozen=True, slots=True)
class PackTable:
    """One CSV file of a pack. `raw/` is what verification reads, `register/` explains it."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Scene], Iterator[Cells]]


def moment(micros: int | None) -> str:
    """Return a moment as packs write it; "" for none."""
    if micros is None:
        return ""
    return from_micros(micros).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def said(text: str | None) -> str:
    """Return what people wrote, harmless in a spreadsheet and without MAC addresses."""
    return defused(_MAC.sub("[MAC]", text or ""))


def write_table(sink: Sink, table: PackTable, scene: Scene) -> int:
    """Write a table as CSV (UTF-8, comma, CRLF); return how many rows it has."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    number = 0
    for cells in table.rows(scene):
        writer.writerow(cells)
        number += 1
        if number % _AT_ONCE == 0:
            sink.write(text.getvalue().encode())
            text.seek(0)
            text.truncate()
    sink.write(text.getvalue().encode())
    return number


# --- raw --------------------------------------------------------------------------------------


def _devices(scene: Scene) -> Iterator[Cells]:
    """Yield the devices of the window, and those that only explain why others were cut off."""
    past, zones = scene.past, scene.past.zones()
    roots = past.devices_of(past.outage_ids())
    for row in past.inventory(past.lives.keys() | roots):
        zone = row.zone or scene.zone
        life = past.lives.get(row.id)
        area, area_name = scene.areas.get(row.id, (row.area, row.area_name))
        start, end = (0, 0) if life is None else life.within(*zones[zone])
        yield (
            row.id,
            said(row.name),
            row.kind,
            row.profile,
            row.site,
            said(row.site_name),
            area,
            said(area_name),
            area[:CITY],
            zone,
            row.owner,
            row.link_owner,
            row.power_owner,
            said(row.power_feeder),
            moment(row.created_at),
            moment(row.retired_at),
            moment(start),
            moment(end),
        )


def _transitions(scene: Scene) -> Iterator[Cells]:
    for one in scene.past.moves():
        yield (
            one.device_id,
            one.id,
            moment(one.at),
            moment(one.confirmed_at),
            one.old,
            one.new,
            one.reason,
            one.cause,
        )


def _intervals(scene: Scene) -> Iterator[Cells]:
    for device_id, (start, end, state) in scene.past.pieces():
        yield device_id, moment(start), moment(end), state


def _outages(scene: Scene) -> Iterator[Cells]:
    told: set[int] = set()
    for one in scene.past.outages():
        if one.id in told:
            continue
        told.add(one.id)
        yield (
            one.device_id,
            one.id,
            one.state,
            moment(one.started_at),
            moment(one.ended_at),
            moment(one.confirmed_at),
            one.reason,
            one.root,
            one.root_outage_id,
            one.proposed_cause,
            one.proposed_by,
            one.cause,
            one.responsible,
        )


def _corrections(scene: Scene) -> Iterator[Cells]:
    for one in scene.past.corrections():
        yield (
            one.outage_id,
            one.id,
            one.cause,
            said(one.reason),
            said(one.author),
            moment(one.made_at),
        )


def _maintenance(scene: Scene) -> Iterator[Cells]:
    for device_id, (start, end) in scene.past.planned():
        yield device_id, moment(start), moment(end)


def _service_hours(scene: Scene) -> Iterator[Cells]:
    """Yield when the contract's service hours are on, by zone."""
    hours = scene.contract.service_hours
    for zone, span in scene.past.zones().items() if hours else ():
        for start, end in _gaps(outside_service(hours, ZoneInfo(zone), *span), span):
            yield zone, moment(start), moment(end)


def _gaps(spans: Iterable[Span], within: Span) -> Iterator[Span]:
    at = within[0]
    for start, end in spans:
        if at < start:
            yield at, start
        at = end
    if at < within[1]:
        yield at, within[1]


# --- what explains it -------------------------------------------------------------------------


def _windows(scene: Scene) -> Iterator[Cells]:
    zones = scene.past.zones().values()
    start = from_micros(min(low for low, _ in zones))
    end = from_micros(max(high for _, high in zones))
    for one in scene.past.windows():
        covers = {
            "devices": one.scope.devices,
            "sites": one.scope.sites,
            "areas": one.scope.areas,
            "tags": one.scope.tags,
        }
        yield (
            one.id,
            said(one.title),
            said(one.reason),
            moment(to_micros(one.created_at)),
            "; ".join(f"{what}: {' '.join(names)}" for what, names in covers.items() if names),
            moment(to_micros(one.starts_at)),
            moment(to_micros(one.ends_at)),
            one.zone,
            one.recurrence,
            one.replaces,
            moment(None if one.cancelled_from_at is None else to_micros(one.cancelled_from_at)),
            len(occurrences(one, start, end)) if start < end else 0,
        )


def _collectors(scene: Scene) -> Iterator[Cells]:
    for one in scene.past.collectors():
        yield (
            one.collector_id,
            moment(to_micros(one.started_at)),
            moment(to_micros(one.heartbeat_at)),
        )


def _areas(scene: Scene) -> Iterator[Cells]:
    for row in scene.past.places()[0]:
        yield row.code, said(row.name), row.parent, row.zone or scene.zone, moment(row.retired_at)


def _sites(scene: Scene) -> Iterator[Cells]:
    for row in scene.past.places()[1]:
        place = (row.latitude, row.longitude) if scene.positions else ("", "")
        yield row.id, said(row.name), row.area, *place, moment(row.retired_at)


def _owners(scene: Scene) -> Iterator[Cells]:
    for row in scene.past.places()[2]:
        yield row.id, said(row.name), moment(row.retired_at)


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TABLES: tuple[PackTable, ...] = (
    PackTable(
        "raw/devices.csv",
        _columns(
            "device name kind profile site site_name area area_name city zone owner link_owner"
            " power_owner power_feeder created_at retired_at from_at to_at"
        ),
        _devices,
    ),
    PackTable(
        "raw/transitions.csv",
        _columns("device id from_at confirmed_at old new reason root"),
        _transitions,
    ),
    PackTable("raw/intervals.csv", _columns("device from_at to_at state"), _intervals),
    PackTable(
        "raw/outages.csv",
        _columns(
            "device id state from_at to_at confirmed_at reason root root_outage proposed_cause"
            " proposed_by cause responsible"
        ),
        _outages,
    ),
    PackTable(
        "raw/corrections.csv", _columns("outage id cause reason author made_at"), _corrections
    ),
    PackTable("raw/maintenance.csv", _columns("device from_at to_at"), _maintenance),
    PackTable("raw/service_hours.csv", _columns("zone from_at to_at"), _service_hours),
    PackTable(
        "register/windows.csv",
        _columns(
            "window title reason created_at covers starts_at ends_at zone recurrence replaces"
            " cancelled_from_at occurrences"
        ),
        _windows,
    ),
    PackTable(
        "register/collectors.csv", _columns("collector started_at heartbeat_at"), _collectors
    ),
    PackTable("register/areas.csv", _columns("area name parent zone retired_at"), _areas),
    PackTable(
        "register/sites.csv", _columns("site name area latitude longitude retired_at"), _sites
    ),
    PackTable("register/owners.csv", _columns("owner name retired_at"), _owners),
)
"""Every table of a pack, in the order in which they lie in it."""

"""An hour of a simulated city in InfluxDB: its agents' values, read by its profiles, encoded.

Pings, states, uptime and events are made up here after a few faults, and written by the courier's
own makers of lines where it has them.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from collector.alarm_health import BUCKET, Noisy, Tally, reckon
from collector.courier.teller.alarm_health import alarm_line
from collector.courier.teller.places import place_of
from collector.courier.teller.states import inventory_line, state_line
from collector.courier.teller.transitions import transition_lines
from collector.model import Device as WatchedDevice
from collector.model import (
    DeviceState,
    MetricGroup,
    Profile,
    Reading,
    Reason,
    State,
    Table,
    Transition,
)
from collector.model import Site as WatchedSite
from collector.model.alerts import HoldReason, Severity
from collector.moments import EPOCH
from collector.probes.snmp import ber as wire
from collector.probes.snmp.ber_content import DECODERS
from collector.probes.snmp.interpret import (
    interpret_scalars,
    interpret_table,
    scalar_sources,
    table_scalars,
    table_sources,
)
from collector.probes.snmp.values import Value
from collector.profiles import load_profiles
from collector.sinks import DeviceReadings
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.identity import identities
from collector.sinks.influx.lines import head, line, nanoseconds
from collector.store import DeviceRow
from simulators import places
from simulators.city import City, Device, Kind, build_city
from simulators.live import Live
from simulators.mib import Entry, Layout
from simulators.models import layout_of
from simulators.mqtt import sensor_payload, state_payload
from tests.influxd import Influxd

DEVICES = 60
SEED = 7
LONG = timedelta(hours=1)
STEP = timedelta(minutes=1)
FIGURES = timedelta(seconds=30)
HOUR = 3_600_000_000  # microseconds
_START = 5_000_000.0  # of the devices' own clock
_AREAS = {area.code: area.name for area in places.DISTRICTS}
_OWNERS = dict(places.OWNERS)


def fill(engine: Influxd, database: str, end: datetime) -> City:
    """Write the hour before `end`, and what is kept longer into `DATABASE_1h`. Return the city."""
    city = build_city(DEVICES, SEED)
    engine.write(database, b"".join(_readings(city, end)))
    engine.write(database, b"".join(_samples(city, end)))
    engine.write(f"{database}_1h", b"".join(_long(city, end)))
    return city


def down(city: City) -> Device:
    """Return the camera that is down in the second half of the hour."""
    return next(device for device in city.devices if device.kind is Kind.CAMERA)


def on_battery(city: City) -> Device:
    """Return the UPS that runs on its battery in the second half of the hour."""
    return next(device for device in city.devices if device.kind is Kind.UPS)


# --- what devices say -----------------------------------------------------------------------------


def _readings(city: City, end: datetime) -> Iterator[bytes]:
    profiles = load_profiles()
    watched = [
        WatchedDevice(
            one.id, one.name, one.kind, one.site, one.profile, one.address, owner=one.owner
        )
        for one in city.devices
    ]
    sites = {one.id: WatchedSite(one.id, one.name, one.area) for one in city.sites}
    encoder = Encoder(identities(watched, sites), MetricFacts.of(profiles.values()))
    lives = [Live(device, SEED, _START) for device in city.devices]
    steps = int(LONG / STEP)
    for step in range(steps):
        at = end - LONG + step * STEP
        now = _START + step * STEP.total_seconds()
        batch = []
        for live in lives:
            late = step > steps // 2
            if late and live.device.id == on_battery(city).id and live.on_battery_since is None:
                live.on_battery_since = now
            dead = late and live.device.id == down(city).id
            found = [*_ping(live, step, dead=dead)]
            if not dead:
                found += _said(profiles[live.device.profile], live, now, step)
            batch.append(DeviceReadings(live.device.id, at, tuple(found)))
        encoded = encoder.encode(batch, end)
        encoder.commit(encoded)
        assert not encoded.refused
        assert not encoded.dead
        for pack in encoded.packs:
            yield pack.lines


def _ping(live: Live, step: int, *, dead: bool) -> Iterator[Reading]:
    if live.device.profile == "tasmota":
        return
    lost = 100.0 if dead else 100 / 3 if (live.number + step) % 29 == 0 else 0.0
    yield Reading("ping_loss_percent", lost, "%")
    if dead:
        return
    rtt = live.echo_delay_seconds
    for name, factor in (("rtt", 1.0), ("rtt_min", 0.9), ("rtt_max", 1.4), ("jitter", 0.1)):
        wobble = 1 + (live.number >> (step % 16)) % 10 / 20
        yield Reading(f"ping_{name}_seconds", rtt * factor * wobble, "s")


def _said(profile: Profile, live: Live, now: float, step: int) -> Iterator[Reading]:
    if profile.name == "tasmota":
        if step % 5 == 0:
            yield from _telemetry(live, now)
        return
    layout = layout_of(live.device)
    if layout is None:
        return
    for group in profile.groups:
        if group.probe == "snmp" and step % max(1, int(group.interval_seconds // 60)) == 0:
            yield from _asked(group, layout, live, now)


def _asked(group: MetricGroup, layout: Layout, live: Live, now: float) -> Iterator[Reading]:
    """Yield what a group makes of an agent's objects at a moment."""

    def value(entry: Entry) -> Value:
        said = entry.value if isinstance(entry.value, bytes) else entry.value(live, now)
        return _decoded(said)

    scalars, tables = _wanted(group, layout)
    yield from interpret_scalars(
        group, {oid: value(entry) for oid, entry in scalars.items()}
    ).readings
    for table, columns in tables:
        rows = {
            column: {index: value(entry) for index, entry in entries.items()}
            for column, entries in columns.items()
        }
        yield from interpret_table(table, rows).readings


Columns = dict[str, dict[str, Entry]]


@lru_cache
def _objects(layout: Layout) -> dict[str, Entry]:
    return {".".join(map(str, entry.oid)): entry for entry in layout._entries}


_plans: dict[tuple[int, int], tuple[dict[str, Entry], list[tuple[Table, Columns]]]] = {}


def _wanted(
    group: MetricGroup, layout: Layout
) -> tuple[dict[str, Entry], list[tuple[Table, Columns]]]:
    """Return the objects that a group asks for: single ones, and tables by column and index."""
    known = _plans.get((id(group), id(layout)))
    if known is not None:
        return known
    objects = _objects(layout)
    scalars = {oid: objects[oid] for oid in scalar_sources(group) if oid in objects}
    tables = []
    for table in group.tables:
        columns: Columns = {
            column: {
                oid.removeprefix(f"{column}."): entry
                for oid, entry in objects.items()
                if oid.startswith(f"{column}.")
            }
            for column in table_sources(table)
        }
        columns |= {oid: {"": objects[oid]} for oid in table_scalars(table) if oid in objects}
        tables.append((table, columns))
    _plans[id(group), id(layout)] = scalars, tables
    return scalars, tables


@lru_cache(maxsize=4096)
def _decoded(element: bytes) -> Value:
    start, end = wire.enter(element, 0, len(element), element[0])
    return DECODERS[element[0]](element[start:end])


def _telemetry(live: Live, now: float) -> Iterator[Reading]:
    """Return the most of what a Tasmota says (the whole is tested with the listener)."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    state: Mapping[str, Any] = json.loads(state_payload(live, now, at))
    sensor: Mapping[str, Any] = json.loads(sensor_payload(live, now, at))
    yield Reading("sys_uptime_seconds", state["UptimeSec"], "s")
    yield Reading("wifi_signal_dbm", state["Wifi"]["Signal"], "dBm")
    yield Reading("power_watts", sensor["ENERGY"]["Power"], "W")
    yield Reading("voltage_volts", sensor["ENERGY"]["Voltage"], "V")
    yield Reading("energy_kilowatt_hours", sensor["ENERGY"]["Total"], "kWh")
    if "AM2301" in sensor:
        climate = (("item", "AM2301"),)
        yield Reading("temperature_celsius", sensor["AM2301"]["Temperature"], "°C", climate)
        yield Reading("humidity_percent", sensor["AM2301"]["Humidity"], "%", climate)


# --- what the courier says ------------------------------------------------------------------------


def _tags(device: Device) -> dict[str, str | None]:
    return {
        "device": device.id,
        "site": device.site,
        "area": device.area,
        "kind": device.kind,
        "owner": device.owner,
    }


def _samples(city: City, end: datetime) -> Iterator[bytes]:
    for number, device in enumerate(city.devices):
        known = head("inventory", _tags(device))
        words = inventory_line(known, _row(city, device, end), _OWNERS[device.owner])
        yield f"{words} {nanoseconds(end - LONG)}\n".encode()
        series = head("state", _tags(device))
        for step in range(int(LONG / STEP)):
            state = State.DEGRADED if number % 17 == 3 else State.UP
            if device.id == down(city).id and step > 30:
                state = State.DOWN
            at = end - LONG + step * STEP
            yield state_line(series, state, at, maintenance=number == 9, flapping=False).encode()
    for step in range(int(LONG / FIGURES)):
        at = end - LONG + step * FIGURES
        yield line("pantau", {"collector": "kota-1"}, _figures(step), at)
        yield line("pantau", {"collector": "courier"}, _courier_figures(step), at)


def _row(city: City, device: Device, at: datetime) -> DeviceRow:
    site = next(site for site in city.sites if site.id == device.site)
    return DeviceRow(
        id=device.id,
        name=device.name,
        kind=device.kind,
        site=site.id,
        site_name=site.name,
        area=device.area,
        area_name=_AREAS[device.area],
        latitude=site.latitude,
        longitude=site.longitude,
        owner=device.owner,
        link_owner=None,
        power_owner=None,
        profile=device.profile,
        address=device.address,
        credentials=(),
        parents=(),
        tags=(),
        snmp_port=None,
        mqtt_topic=None,
        telemetry_seconds=None,
        parent_groups=(),
        power_feeder=None,
        rule=None,
        created_at=at,
        changed_at=at,
        retired_at=None,
        state=DeviceState(device.id),
    )


def _figures(step: int) -> dict[str, float | int | str]:
    return {
        "alive": 1,
        "heartbeat_age_seconds": 2.5,
        "checks_done": 40.0 * step,
        "checks_overrun": 0.0,
        "checks_missed": 0.0,
        "checks_blind": 0.0,
        "checks_failed_inside": 0.0,
        "check_late_p99_seconds": 0.02,
        "loop_lag_worst_seconds": 0.05,
        "writer_readings": 1500.0 * step,
        "writer_store_failures": 0.0,
        "writer_sink_failures": 0.0,
        "ping_sent": 300.0 * step,
        "ping_answered": 299.0 * step,
        "snmp_sent": 100.0 * step,
        "snmp_answered": 100.0 * step,
        "snmp_timeouts": 0.0,
        "mqtt_messages": 6.0 * step,
        "mqtt_quarantined": 0.0,
    }


def _courier_figures(step: int) -> dict[str, float | int | str]:
    return {
        "spool_lines": step % 7 * 100,
        "spool_oldest_seconds": 1.5,
        "spool_dropped_lines": 0,
        "spool_dead_letters": 0,
        "courier_lines": 600 * step,
        "courier_retries": 0,
        "courier_trouble": "",
    }


def _long(city: City, end: datetime) -> Iterator[bytes]:
    """Yield what is kept as long as the roll-ups of an hour: two days of it."""
    full = end.replace(minute=0, second=0, microsecond=0)
    for number, device in enumerate(city.devices):
        for hours in range(49):
            at = full - timedelta(hours=hours)
            bad = HOUR // 10 if device.id == down(city).id else HOUR // 3600 * (number % 3)
            sums = {"up": HOUR - bad - 1000, "degraded": 1000, "down": bad}
            sums |= {"unreachable": 0, "unknown": 0, "excluded": 0}
            yield line("uptime", _tags(device), sums, at)
            yield line("uptime_contract", _tags(device), sums, at)
    for hours in range(49):
        yield alarm_line(reckon(_alarms(full - timedelta(hours=hours))))
    broken = down(city)
    moment = end - LONG / 2
    moved = Transition(
        broken.id, State.UP, State.DOWN, moment, moment, Reason.NO_ANSWER, "3 echoes, no answer"
    )
    yield transition_lines([moved], {broken.id: place_of(_row(city, broken, end))}, end - 2 * LONG)
    place = {"device": broken.id, "site": broken.site, "area": broken.area}
    event: dict[str, Any] = {
        "title": f"Gangguan: {broken.name}",
        "text": "1 perangkat, masih berlangsung",
        "ended_ms": int(end.timestamp() * 1000),
        "open": 1,
        "gone": 0,
        "devices": 1,
    }
    yield line("incident", place, event, moment)
    work = {"title": "Pemeliharaan: ganti sakelar", "text": "piket", "open": 1, "gone": 0}
    yield line("maintenance", place, event | work, moment)


def _alarms(start: datetime) -> Tally:
    """Return an hour in which something was raised, told and held for every reason."""
    first = (start - EPOCH) // BUCKET
    return Tally(
        start,
        start + timedelta(hours=1),
        raised={first: 40, first + 3: 2},
        told={"piket": {first: 12, first + 1: 6, first + 3: 1}},
        own_by_severity={Severity.CRITICAL: 1, Severity.WARNING: 3, Severity.INFO: 8},
        held=dict.fromkeys(HoldReason, 2),
        noisy=(Noisy("cam-0001", 12, 4, 3, chattering=True),),
        waited=(240.0, None),
    )

"""Stores for the contract suite, and an inventory to put into them.

Every store runs through the same scenarios. PostgreSQL joins by one more entry in BACKENDS and a
branch in `open_backend`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.model import (
    Area,
    Check,
    Device,
    DeviceState,
    MetricGroup,
    Owner,
    Reason,
    Role,
    RuleOverride,
    Site,
    State,
    Status,
    Target,
    Transition,
)
from collector.store import Store

BACKENDS = ("sqlite",)
T0 = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class City:
    """An inventory, as `Store.apply_inventory` takes it."""

    areas: Mapping[str, Area] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)


@contextmanager
def open_backend(name: str, folder: Path) -> Iterator[Store]:
    """Open an empty store of a kind, and close it."""
    assert name == "sqlite"
    with Store.open(folder / "pantau.db") as store:
        yield store


def city(*devices: Device) -> City:
    """Two areas with a sub-area each, an owner, three sites, and the given devices."""
    areas = (
        Area("73.71", "Kota Makassar", "Asia/Makassar"),
        Area("73.71.01", "Mariso", parent="73.71"),
        Area("73.710", "Not a part of 73.71"),
    )
    sites = (
        Site("losari", "Anjungan Losari", "73.71.01", -5.14, 119.4),
        Site("balai", "Balai Kota", "73.71"),
        Site("far", "Far away", "73.710"),
    )
    return City(
        {area.code: area for area in areas},
        {"diskominfo": Owner("diskominfo", "Dinas Kominfo")},
        {site.id: site for site in sites},
        {device.id: device for device in devices or standard_devices()},
    )


def standard_devices() -> tuple[Device, ...]:
    """Three devices that differ in everything people filter by."""
    return (
        Device(
            "cam-1",
            "Kamera 100% Losari",
            "camera",
            "losari",
            "hikvision-camera",
            "10.0.0.1",
            credentials=("kota",),
            parents=("sw-1",),
            owner="diskominfo",
            link_owner="diskominfo",
            snmp_port=1161,
            tags=("prioritas", "pantai"),
            parent_groups=(("sw-1",),),
            power_feeder="gardu-7",
            rule=RuleOverride(confirm=5, retry_seconds=10.0),
        ),
        Device("sw-1", "Switch Balai", "switch", "balai", "generic-snmp", "10.0.0.2"),
        Device("sensor-1", "Sensor_1", "sensor", "far", "tasmota", mqtt_topic="t_1"),
    )


def check(device_id: str, name: str = "ping") -> Check:
    """A check of a device."""
    group = MetricGroup(name, name, Role.REACHABILITY, 30.0)
    target = Target(device_id)
    return Check(
        f"{device_id}/{name}", device_id, name, name, Role.REACHABILITY, 30.0, 3.0, target, group
    )


def at(minutes: float) -> datetime:
    """A moment after T0."""
    return T0 + timedelta(minutes=minutes)


def change(device_id: str, old: State, new: State, minutes: float) -> Transition:
    """A transition that was confirmed ten seconds after it began."""
    begun = at(minutes)
    return Transition(device_id, old, new, begun, begun + timedelta(seconds=10), Reason.NO_ANSWER)


def state(device_id: str, value: State, minutes: float = 0) -> DeviceState:
    """What is believed of a device since a moment."""
    status = Status.DOWN if value is State.UNREACHABLE else Status(value)
    return DeviceState(device_id, status, value, at(minutes), at(minutes), Reason.OK)

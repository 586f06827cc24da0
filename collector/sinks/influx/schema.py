"""What a metric is called in InfluxDB: measurement, field and type. Telegraf's names where it has.

ping_rtt_seconds         ping       average_response_ms   float, in ms
if_in_octets             interface  ifHCInOctets          counter   label interface → tag ifName
wifi_clients             wireless   wifi_clients          float
if nothing fits          device     (the metric's name)

What stands here stays: a metric that moved would be two half charts. docs/influxdb.md is the page
for people who write queries.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class FieldType(StrEnum):
    """Type of a field. It never changes: the server would refuse the other one."""

    FLOAT = "float"
    INTEGER = "integer"
    COUNTER = "counter"  # an integer of 64 bits without sign, see lines.to_signed
    TEXT = "string"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a metric's values are. The field's value is the reading's times `scale`."""

    measurement: str
    field: str
    type: FieldType
    scale: float = 1.0


_TELEGRAF = {
    "ping_loss_percent": Place("ping", "percent_packet_loss", FieldType.FLOAT),
    "ping_rtt_seconds": Place("ping", "average_response_ms", FieldType.FLOAT, 1000),
    "ping_rtt_min_seconds": Place("ping", "minimum_response_ms", FieldType.FLOAT, 1000),
    "ping_rtt_max_seconds": Place("ping", "maximum_response_ms", FieldType.FLOAT, 1000),
    "ping_jitter_seconds": Place("ping", "jitter_ms", FieldType.FLOAT, 1000),
    "if_in_octets": Place("interface", "ifHCInOctets", FieldType.COUNTER),
    "if_out_octets": Place("interface", "ifHCOutOctets", FieldType.COUNTER),
    "if_in_errors": Place("interface", "ifInErrors", FieldType.COUNTER),
    "if_out_errors": Place("interface", "ifOutErrors", FieldType.COUNTER),
    "if_in_discards": Place("interface", "ifInDiscards", FieldType.COUNTER),
    "if_out_discards": Place("interface", "ifOutDiscards", FieldType.COUNTER),
    "if_oper_status": Place("interface", "ifOperStatus", FieldType.INTEGER),
    "if_admin_status": Place("interface", "ifAdminStatus", FieldType.INTEGER),
    "if_speed_bits_per_second": Place("interface", "ifSpeed", FieldType.INTEGER),
    "sys_uptime_seconds": Place("snmp", "sysUpTime", FieldType.INTEGER, 100),
    "sys_name": Place("snmp", "sysName", FieldType.TEXT),
    "sys_descr": Place("snmp", "sysDescr", FieldType.TEXT),
}
LABEL_TAGS = {("interface", "interface"): "ifName"}
"""(measurement, label) → tag, where Telegraf has a name for it."""

_FAMILIES: dict[str, tuple[str, ...]] = {
    "interface": ("if_",),
    "wireless": (
        *("wifi_", "radio_", "access_point", "rogue_", "dfs_", "mesh_", "zigbee_", "lorawan_"),
        *("lte_", "mobile_", "signal_", "link_"),
    ),
    "power": (
        *("ups_", "battery_", "rectifier_", "power_", "supply_", "entity_power_", "fru_power_"),
        *("input_", "output_", "bypass_", "source_", "selected_source", "phase_", "overcurrent_"),
        *("outlet_", "bank_", "load_state", "line_load_", "unit_load_"),  # of strips with outlets
        *("apparent_", "energy_", "voltage_", "current_", "frequency_"),
        "poe_",
    ),
    "host": (
        *("cpu_", "processor_", "load_", "process", "users", "virtual_machines", "host_"),
        *("memory_", "swap_", "paging_"),
        *("storage_", "disk", "raid_", "pool_", "controller_"),
        *("sessions", "connections", "dhcp_", "pppoe_", "vpn_"),  # what a router is busy with
    ),
    "environment": (
        *("temperature_", "device_temperature_", "modem_temperature_", "unit_temperature_"),
        *("entity_temperature_", "thermal_", "fan_", "entity_fan_", "humidity_", "dew_"),
        *("pressure_", "carbon_", "particles_", "illuminance_", "smoke_", "water_"),
    ),
    "optics": ("optical_",),
}
"""Measurement → beginnings of names. Of several that fit, the first in this order counts."""

_PREFIXES = tuple((prefix, family) for family, all_ in _FAMILIES.items() for prefix in all_)
OTHERS = "device"
MEASUREMENTS = ("ping", "snmp", *_FAMILIES, OTHERS)
"""Where readings may be. States, uptime and Pantau's own figures have measurements of their own."""
KEPT_LONG = ("alarm_health", "incident", "maintenance", "transition", "uptime", "uptime_contract")
"""Measurements that are no readings and are kept as long as the roll-ups of an hour: the teller
writes them straight into that bucket (`BUCKET_1h`), never into the one of the readings. Queries
name it: `"pantau_1h".."uptime"`. The roller leaves them alone (ADR 0030)."""


def place_of(metric: str, type_: FieldType) -> Place:
    """Return where a metric is written. `type_` counts where Telegraf has no field of it."""
    known = _TELEGRAF.get(metric)
    if known is not None:
        return known
    family = next((name for prefix, name in _PREFIXES if metric.startswith(prefix)), OTHERS)
    return Place(family, metric, type_)


def text_place(place: Place) -> Place:
    """Return where texts of a metric are written whose place is for numbers: beside them."""
    if place.type is FieldType.TEXT:
        return place
    return replace(place, field=f"{place.field}_text", type=FieldType.TEXT, scale=1.0)

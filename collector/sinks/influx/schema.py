"""What a metric is called in InfluxDB: measurement, field and type. Telegraf's names where it has.

ping_rtt_seconds         ping       average_response_ms   float, in ms
if_in_octets             interface  ifHCInOctets          integer   label interface → tag ifName
wifi_clients             wireless   wifi_clients          float
if nothing fits          device     (the metric's name)
"""

from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """Type of a field. It never changes: the server would refuse the other one."""

    FLOAT = "float"
    INTEGER = "integer"
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
    "if_in_octets": Place("interface", "ifHCInOctets", FieldType.INTEGER),
    "if_out_octets": Place("interface", "ifHCOutOctets", FieldType.INTEGER),
    "if_in_errors": Place("interface", "ifInErrors", FieldType.INTEGER),
    "if_out_errors": Place("interface", "ifOutErrors", FieldType.INTEGER),
    "if_in_discards": Place("interface", "ifInDiscards", FieldType.INTEGER),
    "if_out_discards": Place("interface", "ifOutDiscards", FieldType.INTEGER),
    "if_oper_status": Place("interface", "ifOperStatus", FieldType.INTEGER),
    "if_admin_status": Place("interface", "ifAdminStatus", FieldType.INTEGER),
    "if_speed_bits_per_second": Place("interface", "ifSpeed", FieldType.INTEGER),
    "sys_uptime_seconds": Place("snmp", "sysUpTime", FieldType.INTEGER, 100),
    "sys_name": Place("snmp", "sysName", FieldType.TEXT),
    "sys_descr": Place("snmp", "sysDescr", FieldType.TEXT),
}
LABEL_TAGS = {("interface", "interface"): "ifName"}
"""(measurement, label) → tag, where Telegraf has a name for it."""

_FAMILIES = {
    "wireless": ("wifi_ radio_ access_point rogue_ dfs_ mesh_ lte_ mobile_ lorawan_ signal_ link_"),
    "power": (
        "ups_ battery_ input_ output_ bypass_ rectifier_ outlet_ bank_ power_ poe_ apparent_"
        " energy_ voltage_ current_ frequency_ source_ selected_source supply_"
    ),
    "host": (
        "cpu_ memory_ processor_ storage_ disk raid_ load_ swap_ paging_ process users"
        " virtual_machines controller_ pool_ host_ sessions connections"
    ),
    "environment": (
        "temperature_ humidity_ fan_ dew_ pressure_ carbon_ particles_ illuminance_ smoke_ water_"
        " device_temperature thermal_"
    ),
    "optics": "optical_",
}
_PREFIXES = tuple((p, family) for family, text in _FAMILIES.items() for p in text.split())
OTHERS = "device"
KEPT_LONG = ("incident", "maintenance", "transition", "uptime")
"""Measurements that are no readings. The roller copies their lines as they are to the bucket of
the roll-ups of an hour, so that they outlive the readings; queries over long ranges look there."""


def place_of(metric: str, type_: FieldType) -> Place:
    """Return where a metric is written. `type_` counts where Telegraf has no field of it."""
    known = _TELEGRAF.get(metric)
    if known is not None:
        return known
    family = next((name for prefix, name in _PREFIXES if metric.startswith(prefix)), OTHERS)
    return Place(family, metric, type_)

"""What another system read from a recording, as values with units: the other half of the score.

The files lie beside the recordings, outside the repository. They repeat that system's own
mistakes, so they are held against, not believed: what is refused stands in `recordings/*.yaml`,
each with its reason. Values that the recording cannot hold (a counter told as 0 because nobody
answered) are left out here.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.probes.snmp.values import Value

_UNITS = {
    "airflow": "cfm", "bitrate": "bit/s", "charge": "%", "count": "1", "current": "A", "dbm": "dBm",
    "delay": "s", "fanspeed": "rpm", "frequency": "Hz", "humidity": "%", "load": "%",
    "percent": "%", "power": "W", "power_consumed": "kWh", "power_factor": "1", "pressure": "kPa",
    "signal": "dBm", "snr": "dB", "state": "state", "temperature": "°C", "voltage": "V",
}  # fmt: skip
_WIRELESS_UNITS = {
    "ap-count": "1", "capacity": "%", "ccq": "%", "channel": "1", "clients": "1", "distance": "m",
    "error-rate": "bit/s", "error-ratio": "%", "errors": "1", "frequency": "MHz", "mse": "dB",
    "noise-floor": "dBm", "power": "dBm", "quality": "%", "rate": "bit/s", "rsrp": "dBm",
    "rsrq": "dB", "rssi": "dBm", "sinr": "dB", "snr": "dB", "ssr": "dB", "utilization": "%",
}  # fmt: skip
_PORT_WORDS = {
    "up": 1, "down": 2, "testing": 3, "unknown": 4, "dormant": 5, "notPresent": 6,
    "lowerLayerDown": 7,
}  # fmt: skip
_PORT_FIELDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    # field of a port → our metric, its unit, the columns that hold it
    "ifOperStatus": ("if_oper_status", "state", ("2.2.1.8",)),
    "ifAdminStatus": ("if_admin_status", "state", ("2.2.1.7",)),
    "ifSpeed": ("if_speed_bits_per_second", "bit/s", ("31.1.1.1.15", "2.2.1.5")),
    "ifInOctets": ("if_in_octets", "B", ("31.1.1.1.6", "2.2.1.10")),
    "ifOutOctets": ("if_out_octets", "B", ("31.1.1.1.10", "2.2.1.16")),
    "ifInErrors": ("if_in_errors", "1", ("2.2.1.14",)),
    "ifOutErrors": ("if_out_errors", "1", ("2.2.1.20",)),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """One value. `key` names it: `sensors/state/upsOutputState.0`, `ports/3/ifInOctets`."""

    key: str
    value: float
    unit: str
    title: str
    slack: float = 0.0  # what rounding may have taken
    metric: str | None = None  # ours, where its name is certain
    source: str = ""  # the OID, for people


def read_expected(path: Path, values: Mapping[str, Value]) -> list[Expected]:
    """Return the health values of an expected file. `values`: the recording, OID → raw value."""
    document = json.loads(path.read_text(encoding="utf-8"))
    found: list[Expected] = []
    for module, table, read in _READERS:
        for row in _rows(document.get(module, {}), table):
            found += read(row, values)
    return found


def _rows(module: Mapping[str, Any], table: str) -> Sequence[Mapping[str, Any]]:
    """Return what the later of the two stages says."""
    for stage in ("poller", "discovery"):
        said = module.get(stage)
        if isinstance(said, dict) and said.get(table):
            rows: Sequence[Mapping[str, Any]] = said[table]
            return rows
    return []


def _sensor(row: Mapping[str, Any], _values: Mapping[str, Value]) -> Iterator[Expected]:
    kind, value = row["sensor_class"], row["sensor_current"]
    key = f"sensors/{kind}/{row['sensor_type']}.{row['sensor_index']}"
    if value is None:
        return
    if kind == "runtime":
        yield Expected(key, value * 60, "s", row["sensor_descr"], 30.0, None, row["sensor_oid"])
    else:
        unit = _UNITS.get(kind, f"unit of {kind}")
        yield Expected(key, value, unit, row["sensor_descr"], 0.0, None, row["sensor_oid"])


def _wireless(row: Mapping[str, Any], _values: Mapping[str, Value]) -> Iterator[Expected]:
    kind, value = row["sensor_class"], row["sensor_current"]
    key = f"wireless/{kind}/{row['sensor_type']}.{row['sensor_index']}"
    if value is None:
        return
    factor = 1000 if kind == "distance" else 1  # kilometres there
    unit = _WIRELESS_UNITS.get(kind, f"unit of {kind}")
    title, source = row["sensor_descr"], row["sensor_oids"]
    yield Expected(key, value * factor, unit, title, 0.0, None, source)


def _processor(row: Mapping[str, Any], _values: Mapping[str, Value]) -> Iterator[Expected]:
    key = f"processors/{row['processor_type']}.{row['processor_index']}"
    title, source = row["processor_descr"], row["processor_oid"]
    yield Expected(key, row["processor_usage"], "%", title, 1.0, None, source)


def _pool(row: Mapping[str, Any], _values: Mapping[str, Value]) -> Iterator[Expected]:
    key = f"mempools/{row['mempool_type']}.{row['mempool_index']}"
    title = row["mempool_descr"]
    source = str(row["mempool_used_oid"] or row["mempool_free_oid"] or row["mempool_perc_oid"])
    yield Expected(f"{key}/percent", row["mempool_perc"], "%", title, 1.0, None, source)
    if row["mempool_total"] and row["mempool_total"] != 100:
        yield Expected(f"{key}/size", row["mempool_total"], "B", title, 0.0, None, source)


def _storage(row: Mapping[str, Any], _values: Mapping[str, Value]) -> Iterator[Expected]:
    key = f"storage/{row['storage_type']}.{row['storage_index']}"
    title = row["storage_descr"]
    yield Expected(f"{key}/percent", row["storage_perc"], "%", title, 1.0)
    yield Expected(f"{key}/size", row["storage_size"], "B", title)


def _port(row: Mapping[str, Any], values: Mapping[str, Value]) -> Iterator[Expected]:
    index, name = row["ifIndex"], row["ifName"] or row["ifDescr"]
    for field, (metric, unit, columns) in _PORT_FIELDS.items():
        value = row.get(field)
        if value is None or not any(f"1.3.6.1.2.1.{it}.{index}" in values for it in columns):
            continue  # not in the recording: told as 0
        number = _PORT_WORDS.get(value) if isinstance(value, str) else value
        if number is not None:
            yield Expected(f"ports/{index}/{field}", number, unit, name, 0.0, metric)


_Reader = Callable[[Mapping[str, Any], Mapping[str, Value]], Iterator[Expected]]
_READERS: tuple[tuple[str, str, _Reader], ...] = (
    ("sensors", "sensors", _sensor),
    ("wireless", "wireless_sensors", _wireless),
    ("processors", "processors", _processor),
    ("mempools", "mempools", _pool),
    ("storage", "storage", _storage),
    ("ports", "ports", _port),
)

"""How many readings a second become line protocol, beside influxdb-client's Point objects.

    python tests/benchmarks/bench_influx_lines.py [--devices 500] [--rounds 20] [--json]

Every round is one poll of each device: a ping (5 floats), a device's own (12 numbers and 3 texts
that stay the same) and a switch's table (24 ports of 7 counters and 2 states). Both make the same
lines of the same results; the encoder's packs are as they go to the spool. The clock is that of
the process (user and system time); the first round, which makes the templates, is told apart.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from influxdb_client.client.write.point import Point

from collector.model import Labels, Reading
from collector.sinks import DeviceReadings
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.fields import Fields
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.labels import label_tags
from collector.sinks.influx.lines import nanoseconds
from collector.sinks.influx.schema import FieldType, Place

T0 = datetime(2026, 11, 1, tzinfo=UTC)
NOW = T0 + timedelta(hours=6)
FACTS = MetricFacts({})
PORTS: tuple[Labels, ...] = tuple((("interface", f"ether{n}"),) for n in range(24))
COUNTERS = ("in_octets", "out_octets", "in_errors", "out_errors", "in_discards", "out_discards")


def ping(device: int, round_: int) -> tuple[Reading, ...]:
    """Return what a ping says."""
    rtt = 0.001 * (device % 17 + 1) + 1e-7 * round_
    times = {"rtt": rtt, "rtt_min": rtt / 2, "rtt_max": rtt * 3, "jitter": rtt / 7}
    found = (Reading(f"ping_{name}_seconds", value, "s") for name, value in times.items())
    return (Reading("ping_loss_percent", 0.0, "%"), *found)


def own(device: int, round_: int) -> tuple[Reading, ...]:
    """Return what a device says of itself."""
    numbers = (Reading(f"cpu_{n}_percent", (device + round_ * n) / 7, "%") for n in range(12))
    texts = ("sys_name", "sys_descr", "firmware_version")
    return (*numbers, *(Reading(name, f"{name} of {device}") for name in texts))


def table(device: int, round_: int) -> tuple[Reading, ...]:
    """Return a switch's table of ports."""
    found: list[Reading] = []
    for number, port in enumerate(PORTS):
        total = 10**9 * device + 10**6 * round_ * number
        found += [Reading(f"if_{name}", total, "By", port) for name in COUNTERS]
        found.append(Reading("if_speed_bits_per_second", 10**9, "bit/s", port))
        found += [Reading(f"if_{name}_status", 1, "1", port) for name in ("oper", "admin")]
    return tuple(found)


def batches(devices: int, rounds: int) -> list[list[DeviceReadings]]:
    """Return what every round of polling gives."""
    return [
        [
            DeviceReadings(f"device-{device}", T0 + timedelta(minutes=round_), make(device, round_))
            for device in range(devices)
            for make in (ping, own, table)
        ]
        for round_ in range(rounds)
    ]


def identities(devices: int) -> dict[str, Identity]:
    """Return who the devices are."""
    return {
        f"device-{n}": Identity(f"device-{n}", "site-1", "73.71", "switch", "dinas", f"10.0.0.{n}")
        for n in range(devices)
    }


def field_value(value: float | str, place: Place) -> float | str:
    """Return a value with the type of its field."""
    if isinstance(value, str):
        return value
    scaled = value * place.scale
    return float(scaled) if place.type is FieldType.FLOAT else int(scaled)


class PointEncoder:
    """The same lines by influxdb-client's own objects."""

    def __init__(self, known: dict[str, Identity]) -> None:
        self._known = known
        self._fields = Fields(FACTS)

    def encode(self, batch: Sequence[DeviceReadings]) -> bytes:
        """Return the lines of a batch."""
        made = [point.to_line_protocol() for point in self.points(batch)]  # type: ignore[no-untyped-call]
        return "\n".join(made).encode()

    def points(self, batch: Sequence[DeviceReadings]) -> list[Point]:
        """Return the points of a batch."""
        made: list[Point] = []
        for result in batch:
            points: dict[tuple[str, Labels], Point] = {}
            who = self._known[result.device_id]
            for reading in result.readings:
                is_text = isinstance(reading.value, str)
                place = self._fields.place(reading.metric, reading.unit, is_text=is_text)
                key = place.measurement, reading.labels
                if key not in points:
                    point = Point(place.measurement)  # type: ignore[no-untyped-call]
                    point.time(nanoseconds(result.at))  # type: ignore[no-untyped-call]
                    tags = {"device": who.device, "site": who.site, "area": who.area}
                    tags |= {
                        "kind": who.kind,
                        "owner": who.owner or "",
                        "source": who.address or "",
                    }
                    tags |= label_tags(place.measurement, reading.labels)
                    for name, value in tags.items():
                        point.tag(name, value)  # type: ignore[no-untyped-call]
                    points[key] = point
                points[key].field(place.field, field_value(reading.value, place))  # type: ignore[no-untyped-call]
            made += points.values()
        return made


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    known = identities(options.devices)
    encoder = Encoder(known, FACTS)
    first, *rest = batches(options.devices, options.rounds)
    readings = sum(len(result.readings) for result in first)

    def encode(batch: Sequence[DeviceReadings]) -> None:
        encoder.commit(encoder.encode(batch, NOW))

    first_seconds = seconds(lambda: encode(first))
    each = [seconds(lambda batch=batch: encode(batch)) for batch in rest]  # type: ignore[misc]
    points = PointEncoder(known)
    point_seconds = seconds(lambda: points.encode(first))
    last = encoder.encode(rest[-1], NOW)
    figures = {
        "readings_a_round": readings,
        "lines_a_round": sum(pack.count for pack in last.packs),
        "bytes_a_reading": sum(len(pack.lines) for pack in last.packs) / readings,
        "first_readings_per_second": readings / first_seconds,
        "readings_per_second": readings * len(rest) / sum(each),
        "point_readings_per_second": readings / point_seconds,
        "ratio_to_points": point_seconds / (sum(each) / len(rest)),
    }
    if options.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:<28}{figure:>14,.1f}")


if __name__ == "__main__":
    main()

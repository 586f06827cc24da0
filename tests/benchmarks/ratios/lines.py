"""Readings as line protocol: our encoder beside influxdb-client's own Point objects.

    python -m tests.benchmarks.ratios.lines

A round is one poll of each device: a ping (5 floats), a device's own (12 numbers and 3 texts that
stay the same) and a switch's table (24 ports of 7 counters and 2 states). What the first round
costs more, as it makes the templates, is not in the figure.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
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
from tests.benchmarks import ratio

DEVICES = 60
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


class Rounds:
    """Round after round of polling, for one side."""

    def __init__(self) -> None:
        self._number = 0
        self.next: list[DeviceReadings] = []

    def make(self) -> None:
        """Make what the next round gives."""
        self._number += 1
        self.next = [
            DeviceReadings(
                f"device-{device}", T0 + timedelta(minutes=self._number), make(device, self._number)
            )
            for device in range(DEVICES)
            for make in (ping, own, table)
        ]

    def count(self) -> int:
        """Return how many readings the round has."""
        return sum(len(one.readings) for one in self.next)


def side(name: str, work: Callable[[Sequence[DeviceReadings]], object]) -> ratio.Side:
    """Return a side whose stretches are rounds of its own; `work` does one."""
    rounds = Rounds()

    def stretch() -> int:
        work(rounds.next)
        return rounds.count()

    return ratio.Side(name, stretch, prepare=rounds.make)


def cases(_: ExitStack) -> Iterator[ratio.Case]:
    """Yield the one case."""
    known = identities(DEVICES)
    encoder, points = Encoder(known, FACTS), PointEncoder(known)
    yield ratio.Case(
        "lines",
        "Line protocol: encode a reading",
        "reading",
        side("ours", lambda results: encoder.commit(encoder.encode(results, NOW))),
        side(f"{ratio.release('influxdb-client')}, Point", points.encode),
        "the same points, tags and fields of the same results; ours as packs, ready for the spool",
    )


if __name__ == "__main__":
    ratio.run(cases)

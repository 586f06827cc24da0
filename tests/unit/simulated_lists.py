"""A simulated city's lists as rows, what the network says of it, and how findings are judged."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collector.model import Area, Field, Site, SourceRow
from collector.model.findings import Finding, NetworkDevice
from collector.register.identities import MAC, SERIAL
from collector.register.matching import Grounds
from simulators import places
from simulators.city import City
from simulators.lists import Lists

LISTED_AT = datetime(2026, 10, 1, 2, tzinfo=UTC)
NOW = LISTED_AT + timedelta(days=45)


def rows_of(lists: Lists) -> list[SourceRow]:
    return [
        SourceRow(
            source=row.source,
            key=row.key,
            values={Field(name): str(value) for name, value in row.values.items()},
            row=number,
            import_id=1,
            seen_at=LISTED_AT,
        )
        for number, row in enumerate(lists.rows, start=2)
    ]


def network_of(lists: Lists) -> list[NetworkDevice]:
    """Return the devices as a collector has seen them for a month."""
    answers = {it.device: it for it in lists.answers}
    sites = {site.id: site for site in lists.city.sites}
    return [
        NetworkDevice(
            id=device.id,
            name=device.name,
            kind=device.kind.value,
            area=device.area,
            watched_from=LISTED_AT,
            address=device.address,
            latitude=sites[device.site].latitude,
            longitude=sites[device.site].longitude,
            first_seen_at=LISTED_AT + timedelta(minutes=1),
            last_seen_at=NOW,
            identities={
                MAC: answers[device.id].macs,
                SERIAL: tuple(filter(None, [answers[device.id].serial])),
            },
        )
        for device in lists.city.devices
    ]


def grounds_of(lists: Lists) -> Grounds:
    return Grounds(
        rows_of(lists), network_of(lists), areas=areas_of(lists.city), sites=sites_of(lists.city)
    )


def areas_of(city: City) -> list[Area]:
    whole = Area(places.CITY_CODE, places.CITY_NAME, places.CITY_ZONE)
    return [whole, *(Area(it.code, it.name) for it in city.areas)]


def sites_of(city: City) -> list[Site]:
    return [Site(it.id, it.name, it.area, it.latitude, it.longitude) for it in city.sites]


@dataclass(frozen=True)
class Score:
    """Findings held against the key."""

    planted: Counter[str]
    found: Counter[str]
    invented: Counter[str]
    missed: tuple[Mapping[str, object], ...]
    examples: tuple[Finding, ...]

    @property
    def found_share(self) -> float:
        return sum(self.found.values()) / sum(self.planted.values())

    @property
    def invented_share(self) -> float:
        made = sum(self.found.values()) + sum(self.invented.values())
        return sum(self.invented.values()) / made

    def __str__(self) -> str:
        lines = [
            f"{kind:12} planted {self.planted[kind]:5}  found {self.found[kind]:5}"
            f"  invented {self.invented[kind]:4}"
            for kind in sorted({*self.planted, *self.invented})
        ]
        total = f"found {self.found_share:.2%}, invented {self.invented_share:.2%}"
        return "\n".join((*lines, total))


def judge(findings: Iterable[Finding], faults: Sequence[Mapping[str, object]]) -> Score:
    """Hold findings against the key: kind, rows, device and field must be the planted ones."""
    open_faults = {_planted(fault): fault for fault in faults}
    planted = Counter(str(fault["kind"]) for fault in open_faults.values())
    found: Counter[str] = Counter()
    invented: Counter[str] = Counter()
    examples = []
    for it in findings:
        if open_faults.pop(_told(it), None) is not None:
            found[it.kind.value] += 1
        else:
            invented[it.kind.value] += 1
            examples.append(it)
    return Score(planted, found, invented, tuple(open_faults.values()), tuple(examples))


def _planted(fault: Mapping[str, object]) -> tuple[object, ...]:
    rows, devices = fault["rows"], fault["devices"]
    assert isinstance(rows, list)
    assert isinstance(devices, list)
    about = frozenset(map(tuple, rows)) or frozenset(devices)
    return fault["kind"], about, fault["field"]


def _told(it: Finding) -> tuple[object, ...]:
    return it.kind.value, frozenset(map(tuple, it.rows)) or frozenset(it.devices), it.field

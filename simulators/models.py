"""What each model of the city answers over SNMP, as layouts shared by all devices of a model.

Object names and their meaning come from the standards (RFC 1213, RFC 2863, RFC 2790, RFC 1628)
and the vendors' MIBs (UCD-SNMP-MIB, MIKROTIK-MIB, HIK-DEVICE-MIB); every value is made up. Values
stay inside what an operator would call healthy: trouble comes from faults, never from a model.
"""

from collections.abc import Iterator
from functools import cache

from simulators import ber, ports, values
from simulators.ber import COUNTER32, GAUGE32, INTEGER, OCTET_STRING, TIME_TICKS
from simulators.city import Device, Kind
from simulators.live import Live
from simulators.mib import Entry, Layout, Value

_ENTERPRISES = "1.3.6.1.4.1"
_PLAYGROUND = f"{_ENTERPRISES}.8072.9999.9999.1"  # net-snmp's place for experiments: no vendor's
_FIXED_DISK, _RAM, _VIRTUAL = 4, 2, 3  # HOST-RESOURCES-TYPES
_FROM_MAINS, _FROM_BATTERY = 3, 5  # upsOutputSource


def layout_of(device: Device) -> Layout | None:
    """Return the objects of a device's agent, or None when it has no agent."""
    if not device.answers_snmp:
        return None
    if device.profile == "hikvision-camera":
        return _hikvision()
    if device.profile == "linux-net-snmp":
        return _linux()
    if device.profile == "mikrotik-routeros":
        return _routeros(device.kind)
    return _ups() if device.kind is Kind.UPS else _switch()


def _constant(oid: str, tag: int, content: int | str) -> Entry:
    """Return an object that never changes."""
    if isinstance(content, str):
        value = ber.text(content)
    else:
        value = ber.signed(content) if tag == INTEGER else ber.unsigned(tag, content)
    return Entry(ber.parse_oid(oid), tag, value)


def _moving(oid: str, tag: int, value: Value) -> Entry:
    """Return an object that depends on device and moment."""
    return Entry(ber.parse_oid(oid), tag, value)


def _gauge(oid: str, number: values.Number) -> Entry:
    return _moving(oid, INTEGER, values.integer(number))


def _system(description: str, object_id: str) -> Iterator[Entry]:
    """Return the system group of SNMPv2-MIB."""
    group = "1.3.6.1.2.1.1"
    identity = ber.object_identifier(ber.parse_oid(object_id))
    yield _constant(f"{group}.1.0", OCTET_STRING, description)
    yield Entry(ber.parse_oid(f"{group}.2.0"), ber.OBJECT_IDENTIFIER, identity)
    yield _moving(f"{group}.3.0", TIME_TICKS, values.uptime)
    yield _constant(f"{group}.4.0", OCTET_STRING, "Diskominfo")
    yield _moving(f"{group}.5.0", OCTET_STRING, values.name)
    yield _moving(f"{group}.6.0", OCTET_STRING, values.place)
    yield _constant(f"{group}.7.0", INTEGER, 72)


def _storage(
    index: int, sort: int, name: str, unit: int, size: int, used: tuple[float, float]
) -> Iterator[Entry]:
    """Return a row of hrStorageTable; `used` are the limits of the used share."""
    row = "1.3.6.1.2.1.25.2.3.1.{}." + str(index)
    sort_oid = ber.parse_oid(f"1.3.6.1.2.1.25.2.1.{sort}")
    yield _constant(row.format(1), INTEGER, index)
    yield Entry(
        ber.parse_oid(row.format(2)), ber.OBJECT_IDENTIFIER, ber.object_identifier(sort_oid)
    )
    yield _constant(row.format(3), OCTET_STRING, name)
    yield _constant(row.format(4), INTEGER, unit)
    yield _constant(row.format(5), INTEGER, size)
    yield _gauge(row.format(6), values.swing(used[0] * size, used[1] * size, 300 + index))


def _processors(first: int, cores: int, high: float) -> Iterator[Entry]:
    """Return hrProcessorLoad of each core, in percent."""
    for core in range(cores):
        load = values.swing(2, high, 40 + core)
        yield _gauge(f"1.3.6.1.2.1.25.3.3.1.2.{first + core}", load)


@cache
def _hikvision() -> Layout:
    """Return a camera: numbers inside strings with their unit, no sysDescr, no sysObjectID."""
    camera = f"{_ENTERPRISES}.39165.1"
    return Layout(
        [
            _moving("1.3.6.1.2.1.1.3.0", TIME_TICKS, values.uptime),
            _moving("1.3.6.1.2.1.1.5.0", OCTET_STRING, values.name),
            _constant(f"{camera}.1.0", OCTET_STRING, "DS-KOTA-4MP"),
            _constant(f"{camera}.2.0", OCTET_STRING, "0x0"),
            _constant(f"{camera}.3.0", OCTET_STRING, "V5.7.1 build 230101"),
            _constant(f"{camera}.6.0", OCTET_STRING, "Hikvision"),
            _moving(
                f"{camera}.7.0",
                OCTET_STRING,
                values.words("{:.0f} PERCENT", values.swing(10, 55, 1)),
            ),
            _constant(f"{camera}.8.0", OCTET_STRING, "59.6 GB"),
            _moving(
                f"{camera}.9.0",
                OCTET_STRING,
                values.words("{:.0f} PERCENT", values.fixed(5, 60, 2)),
            ),
            _constant(f"{camera}.10.0", OCTET_STRING, "512 MB"),
            _moving(
                f"{camera}.11.0",
                OCTET_STRING,
                values.words("{:.0f} PERCENT", values.swing(40, 70, 3)),
            ),
            _constant(f"{camera}.20.0", INTEGER, 1),
            _constant(f"{camera}.21.0", OCTET_STRING, "H.265"),
            _constant(f"{camera}.22.0", OCTET_STRING, "RTSP"),
        ]
    )


@cache
def _linux() -> Layout:
    """Return a server or NAS with net-snmp: HOST-RESOURCES and UCD objects."""
    ucd = f"{_ENTERPRISES}.2021"
    memory = 16_306_412  # KiB
    entries = [
        *_system("Linux peladen 6.1.0-28-amd64 #1 SMP x86_64", f"{_ENTERPRISES}.8072.3.2.10"),
        *ports.interfaces([("lo", 10), ("eth0", 1000)], used=2),
        _moving("1.3.6.1.2.1.25.1.1.0", TIME_TICKS, values.uptime),
        _moving("1.3.6.1.2.1.25.1.5.0", GAUGE32, values.unsigned(GAUGE32, values.fixed(0, 3, 20))),
        _moving(
            "1.3.6.1.2.1.25.1.6.0", GAUGE32, values.unsigned(GAUGE32, values.swing(110, 260, 21))
        ),
        _constant("1.3.6.1.2.1.25.2.2.0", INTEGER, memory),
        *_storage(1, _RAM, "Physical memory", 1024, memory, (0.35, 0.70)),
        *_storage(3, _VIRTUAL, "Virtual memory", 1024, memory + 2_000_000, (0.30, 0.60)),
        *_storage(31, _FIXED_DISK, "/", 4096, 24_000_000, (0.20, 0.65)),
        *_storage(32, _FIXED_DISK, "/srv", 4096, 240_000_000, (0.20, 0.70)),
        *_processors(196608, 4, 60),
        _constant(f"{ucd}.4.3.0", INTEGER, 2_000_000),
        _gauge(f"{ucd}.4.4.0", values.swing(1_700_000, 2_000_000, 22)),
        _constant(f"{ucd}.4.5.0", INTEGER, memory),
        _gauge(f"{ucd}.4.6.0", values.swing(0.3 * memory, 0.5 * memory, 23)),
        _gauge(f"{ucd}.4.14.0", values.swing(80_000, 160_000, 24)),
        _gauge(f"{ucd}.4.15.0", values.swing(0.1 * memory, 0.2 * memory, 25)),
        *_loads(ucd),
        _constant(f"{ucd}.9.1.1.1", INTEGER, 1),
        _constant(f"{ucd}.9.1.2.1", OCTET_STRING, "/"),
        _gauge(f"{ucd}.9.1.9.1", values.swing(20, 65, 331)),
        *(
            _moving(
                f"{ucd}.11.{column}.0",
                COUNTER32,
                values.unsigned(COUNTER32, values.count(low, high, 60 + column)),
            )
            for column, low, high in (
                (50, 20, 90),
                (51, 0, 2),
                (52, 8, 30),
                (53, 260, 340),
                (54, 0, 6),
            )
        ),
    ]
    return Layout(entries)


def _loads(ucd: str) -> Iterator[Entry]:
    """Return laTable: the load averages over 1, 5 and 15 minutes, as text and in hundredths."""
    for index, minutes in enumerate((1, 5, 15), start=1):
        load = values.swing(0.1, 2.4, 30 + index)
        row = f"{ucd}.10.1.{{}}.{index}"
        yield _constant(row.format(1), INTEGER, index)
        yield _constant(row.format(2), OCTET_STRING, f"Load-{minutes}")
        yield _moving(row.format(3), OCTET_STRING, values.words("{:.2f}", load))
        yield _moving(row.format(5), INTEGER, _hundredths(load))


def _hundredths(number: values.Number) -> Value:
    return lambda live, now: ber.signed(round(100 * number(live, now)))


@cache
def _routeros(kind: Kind) -> Layout:
    """Return a RouterOS device: a switch, a router, or an access point with its radios."""
    wired = 24 if kind is Kind.SWITCH else 5
    board = {Kind.SWITCH: "CRS326-24G-2S+", Kind.ACCESS_POINT: "wAP ac"}.get(kind, "RB750Gr3")
    names = [(f"ether{number}", 1000) for number in range(1, wired + 1)] + [("bridge", 1000)]
    radios = 2 if kind is Kind.ACCESS_POINT else 0
    names += [(f"wlan{number}", 300) for number in range(1, radios + 1)]
    mikrotik = f"{_ENTERPRISES}.14988.1.1"
    entries = [
        *_system(f"RouterOS {board}", f"{_ENTERPRISES}.14988.1"),
        *ports.interfaces(names, used=max(3, len(names) * 2 // 3)),
        *_storage(65536, _RAM, "main memory", 1024, 262_144, (0.20, 0.60)),
        *_storage(131072, _FIXED_DISK, "system disk", 1024, 16_384, (0.40, 0.70)),
        *_processors(1, 4, 55),
        _gauge(f"{mikrotik}.3.8.0", values.swing(234, 246, 70)),
        _gauge(f"{mikrotik}.3.10.0", values.swing(310, 520, 71)),
        _gauge(f"{mikrotik}.3.11.0", values.swing(340, 580, 72)),
        _constant(f"{mikrotik}.3.14.0", INTEGER, 880),
        _constant(f"{mikrotik}.3.100.1.2.13", OCTET_STRING, "voltage"),
        _gauge(f"{mikrotik}.3.100.1.3.13", values.swing(234, 246, 70)),
        _constant(f"{mikrotik}.3.100.1.4.13", INTEGER, 3),
        _constant(f"{mikrotik}.3.100.1.2.14", OCTET_STRING, "temperature"),
        _gauge(f"{mikrotik}.3.100.1.3.14", values.swing(31, 52, 71)),
        _constant(f"{mikrotik}.3.100.1.4.14", INTEGER, 1),
        _constant(f"{mikrotik}.4.4.0", OCTET_STRING, "7.15.3"),
        _moving(f"{mikrotik}.6.1.0", GAUGE32, values.unsigned(GAUGE32, values.swing(2, 60, 73))),
        _moving(f"{mikrotik}.7.3.0", OCTET_STRING, values.serial_number),
        _constant(f"{mikrotik}.7.4.0", OCTET_STRING, "7.15.3"),
        _constant(f"{mikrotik}.7.9.0", OCTET_STRING, board),
        _moving(
            f"{mikrotik}.22.1.1.0", COUNTER32, values.unsigned(COUNTER32, values.swing(40, 900, 74))
        ),
        *_radios(mikrotik, wired + 2, radios),
    ]
    return Layout(entries)


def _radios(mikrotik: str, first: int, radios: int) -> Iterator[Entry]:
    """Return rows of the access point table; client counts are gauges typed Counter32."""
    for index in range(first, first + radios):
        row = f"{mikrotik}.1.3.1.{{}}.{index}"
        clients = values.unsigned(COUNTER32, values.swing(0, 24, 80 + index))
        yield _constant(row.format(4), OCTET_STRING, "KOTA-GRATIS")
        yield _moving(row.format(6), COUNTER32, clients)
        yield _constant(row.format(7), INTEGER, 2437 if index == first else 5500)
        yield _gauge(row.format(9), values.swing(-108, -96, 90 + index))
        yield _moving(
            row.format(10), COUNTER32, values.unsigned(COUNTER32, values.swing(70, 98, 95 + index))
        )
        yield _moving(row.format(11), COUNTER32, clients)


@cache
def _switch() -> Layout:
    """Return a plain switch of 24 ports and 2 uplinks with IF-MIB and nothing else."""
    names = [(f"Gi0/{number}", 1000) for number in range(1, 25)]
    names += [("Te0/1", 10_000), ("Te0/2", 10_000)]
    return Layout([*_system("Switch kota 26 port", _PLAYGROUND), *ports.interfaces(names, used=14)])


@cache
def _ups() -> Layout:
    """Return a UPS (RFC 1628). While it runs on its battery the mains are 0 V and it drains."""
    ups = "1.3.6.1.2.1.33.1"
    nothing = values.always(0)
    source = values.on_battery(values.always(_FROM_MAINS), values.always(_FROM_BATTERY))
    alarms = values.on_battery(nothing, values.always(1))
    entries = [
        *_system("UPS kota 3 kVA", "1.3.6.1.2.1.33"),
        *ports.interfaces([("eth0", 100)], used=1),
        _constant(f"{ups}.1.1.0", OCTET_STRING, "Daya Kota"),
        _constant(f"{ups}.1.2.0", OCTET_STRING, "DK-3000"),
        _constant(f"{ups}.1.3.0", OCTET_STRING, "1.04"),
        _constant(f"{ups}.2.1.0", INTEGER, 2),
        _gauge(f"{ups}.2.2.0", Live.battery_seconds),
        _gauge(f"{ups}.2.3.0", values.drained(values.swing(35, 80, 100), 1)),
        _gauge(f"{ups}.2.4.0", values.drained(values.fixed(97, 101, 101), 2)),
        _gauge(f"{ups}.2.5.0", values.swing(540, 549, 102)),
        _gauge(f"{ups}.2.7.0", values.swing(26, 34, 103)),
        _moving(f"{ups}.3.1.0", COUNTER32, values.unsigned(COUNTER32, values.fixed(0, 12, 104))),
        _constant(f"{ups}.3.2.0", INTEGER, 1),
        _gauge(f"{ups}.3.3.1.2.1", values.on_battery(values.swing(498, 502, 105), nothing)),
        _gauge(f"{ups}.3.3.1.3.1", values.on_battery(values.swing(212, 232, 106), nothing)),
        _gauge(f"{ups}.4.1.0", source),
        _gauge(f"{ups}.4.2.0", values.swing(499, 501, 107)),
        _constant(f"{ups}.4.3.0", INTEGER, 1),
        _gauge(f"{ups}.4.4.1.2.1", values.swing(219, 222, 108)),
        _gauge(f"{ups}.4.4.1.3.1", values.swing(20, 70, 109)),
        _gauge(f"{ups}.4.4.1.4.1", values.swing(450, 1500, 110)),
        _gauge(f"{ups}.4.4.1.5.1", values.swing(15, 55, 111)),
        _moving(f"{ups}.6.1.0", GAUGE32, values.unsigned(GAUGE32, alarms)),
    ]
    return Layout(entries)

"""ifTable and ifXTable of a model (IF-MIB, RFC 2863), with 64-bit counters.

The lowest ports are in use; the others are switched off by their administrator, so that a port
that is down because nobody needs it looks like one.
"""

from collections.abc import Iterator, Sequence

from simulators import ber, values
from simulators.ber import COUNTER32, COUNTER64, GAUGE32, INTEGER, OCTET_STRING, TIME_TICKS
from simulators.live import Live, hardware_address
from simulators.mib import Entry, Value

_IF_TABLE = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IF_X_TABLE = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_UP, _DOWN = 1, 2
_MEAN_PACKET = 700.0  # octets


def interfaces(names: Sequence[tuple[str, int]], used: int) -> Iterator[Entry]:
    """Return ifNumber, ifTable and ifXTable of interfaces given as (name, Mbit/s)."""
    yield Entry((1, 3, 6, 1, 2, 1, 2, 1, 0), INTEGER, ber.signed(len(names)))
    for index, (name, megabits) in enumerate(names, start=1):
        yield from _interface(index, name, megabits, index <= used)


def _interface(index: int, name: str, megabits: int, in_use: bool) -> Iterator[Entry]:
    """Return all columns of one interface."""
    status = ber.signed(_UP if in_use else _DOWN)
    speed = min(megabits * 1_000_000, 4_294_967_295)
    nothing = ber.unsigned(COUNTER32, 0)
    for column, tag, value in (
        (1, INTEGER, ber.signed(index)),
        (2, OCTET_STRING, ber.text(name)),
        (3, INTEGER, ber.signed(24 if name == "lo" else 6)),
        (4, INTEGER, ber.signed(1500)),
        (5, GAUGE32, ber.unsigned(GAUGE32, speed)),
        (6, OCTET_STRING, _hardware_address(index)),
        (7, INTEGER, status),
        (8, INTEGER, status),
        (9, TIME_TICKS, ber.unsigned(TIME_TICKS, 0)),
        (13, COUNTER32, nothing),
        (14, COUNTER32, nothing),
        (19, COUNTER32, nothing),
        (20, COUNTER32, nothing),
    ):
        yield Entry((*_IF_TABLE, column, index), tag, value)
    for column, tag, value in (
        (1, OCTET_STRING, ber.text(name)),
        (15, GAUGE32, ber.unsigned(GAUGE32, megabits)),
        (17, INTEGER, ber.signed(2 if name in ("lo", "bridge") else 1)),
        (18, OCTET_STRING, ber.text("uplink" if index == 1 else "")),
        (19, TIME_TICKS, values.counters_began),
    ):
        yield Entry((*_IF_X_TABLE, column, index), tag, value)
    yield from _traffic(index, megabits, in_use)


def _traffic(index: int, megabits: int, in_use: bool) -> Iterator[Entry]:
    """Return the octets and packets of both directions, in 32 and in 64 bits."""
    peak = megabits * 1_000_000 / 8 * 0.25 if in_use else 0.0
    for narrow, wide, salt in ((10, 6, 1000), (16, 10, 2000)):
        octets = values.count(0.01 * peak, peak, salt + index)
        packets = _packets(octets)
        for column, number in ((narrow, octets), (narrow + 1, packets)):
            value = values.unsigned(COUNTER32, number)
            yield Entry((*_IF_TABLE, column, index), COUNTER32, value)
        for column, number in ((wide, octets), (wide + 1, packets)):
            value = values.unsigned(COUNTER64, number)
            yield Entry((*_IF_X_TABLE, column, index), COUNTER64, value)


def _packets(octets: values.Number) -> values.Number:
    return lambda live, now: octets(live, now) / _MEAN_PACKET


def _hardware_address(index: int) -> Value:
    """Return a locally administered MAC address of the device and port."""

    def address(live: Live, _: float) -> bytes:
        return ber.tlv(OCTET_STRING, hardware_address(live.number, index))

    return address

"""Values that move: functions of a device and the moment, the same on every run.

A gauge swings between two limits; a counter is the integral of a rate that swings but is never
negative, so that it only grows. Phases and heights differ from device to device.
"""

from collections.abc import Callable
from math import cos, pi, sin

from simulators import ber
from simulators.live import Live, fraction
from simulators.live import serial_number as label
from simulators.mib import Value

Number = Callable[[Live, float], float]

_SWING_SECONDS = 900.0
_PHASES = 1_000_000  # salts of phases, apart from those of heights
_COUNTER_SWING_SECONDS = 1800.0
_COUNTER_SWING = 0.6  # share of the mean rate; below 1, so that the rate stays positive


def swing(low: float, high: float, salt: int) -> Number:
    """Return a gauge between `low` and `high` with a middle and a phase of each device's own."""

    def number(live: Live, now: float) -> float:
        middle = low + (high - low) * (0.3 + 0.4 * fraction(live.number, salt))
        reach = min(middle - low, high - middle)
        phase = fraction(live.number, salt + _PHASES)
        return middle + reach * sin(2 * pi * (now / _SWING_SECONDS + phase))

    return number


def fixed(low: float, high: float, salt: int) -> Number:
    """Return a number between `low` and `high` that a device keeps for ever."""
    return lambda live, _: low + (high - low) * fraction(live.number, salt)


def always(number: float) -> Number:
    """Return a number that is the same for every device and moment."""
    return lambda *_: number


def count(low_rate: float, high_rate: float, salt: int) -> Number:
    """Return what has been counted since the counters began, at a mean rate (per second)."""

    def number(live: Live, now: float) -> float:
        rate = low_rate + (high_rate - low_rate) * fraction(live.number, salt)
        seconds = max(0.0, now - live.counters_from)
        angle = 2 * pi * seconds / _COUNTER_SWING_SECONDS
        swung = _COUNTER_SWING * _COUNTER_SWING_SECONDS / (2 * pi) * (1 - cos(angle))
        return rate * (seconds + swung)

    return number


def on_battery(number: Number, instead: Number) -> Number:
    """Return a number that is another one while a UPS runs on its battery."""
    return lambda live, now: (number if live.on_battery_since is None else instead)(live, now)


def drained(number: Number, per_minute: float) -> Number:
    """Return a number that falls while a UPS runs on its battery, at most to 1."""
    return lambda live, now: max(
        1.0, number(live, now) - per_minute * live.battery_seconds(now) / 60
    )


def integer(number: Number) -> Value:
    """Return an INTEGER of the number's whole part."""
    return lambda live, now: ber.signed(int(number(live, now)))


def unsigned(tag: int, number: Number) -> Value:
    """Return a Gauge32, Counter32, TimeTicks or Counter64 of the number's whole part."""
    return lambda live, now: ber.unsigned(tag, int(number(live, now)))


def words(pattern: str, number: Number) -> Value:
    """Return an OCTET STRING such as `15 PERCENT`, from a pattern such as `{:.0f} PERCENT`."""
    return lambda live, now: ber.text(pattern.format(number(live, now)))


def name(live: Live, _: float) -> bytes:
    """Return the device's id, as sysName has it."""
    return ber.text(live.device.id)


def place(live: Live, _: float) -> bytes:
    """Return the device's site, as sysLocation has it."""
    return ber.text(live.device.site)


def serial_number(live: Live, _: float) -> bytes:
    """Return a serial number of the device's own."""
    return ber.text(label(live.number))


def uptime(live: Live, now: float) -> bytes:
    """Return sysUpTime: hundredths of a second since the device booted."""
    return ber.unsigned(ber.TIME_TICKS, live.uptime_ticks(now))


def counters_began(live: Live, _: float) -> bytes:
    """Return sysUpTime at the moment the counters began anew (0: at boot)."""
    return ber.unsigned(ber.TIME_TICKS, live.uptime_ticks(live.counters_from))

"""What a simulated device is like at this moment: the switches that faults turn, and the tally.

One `Live` a device, shared by everything that speaks for it (ICMP, SNMP, MQTT), so that a dead
device is dead in every protocol at once. Times are seconds of one monotonic clock.
"""

from binascii import crc32

from simulators.city import Device, Kind

_DAY = 86_400.0
_REMEMBERED_IDS = 8  # a retry repeats its request id shortly after; nothing older comes back


class Live:
    """The changing side of one device. Faults write the switches, protocols write the tally."""

    __slots__ = (
        "booted_at",
        "counters_from",
        "device",
        "echo_delay_seconds",
        "echoes",
        "loss_credit",
        "loss_millionths",
        "number",
        "on_battery_since",
        "powered",
        "reached",
        "recent_ids",
        "snmp_delay_seconds",
        "snmp_silent",
        "telemetry",
        "telemetry_cut",
        "telemetry_silent",
        "uptime_gets",
    )

    def __init__(self, device: Device, seed: int, now: float) -> None:
        """Boot the device some days before `now`, as its seed says."""
        self.device = device
        self.number = number_of(device, seed)
        self.booted_at = now - _DAY * (1 + 89 * fraction(self.number, 0))
        self.counters_from = self.booted_at
        self.powered = True
        self.reached = True  # False while everything that leads to it is dead
        self.loss_millionths = 0
        self.loss_credit = 0
        self.echo_delay_seconds = _echo_delay(device, self.number)
        self.snmp_silent = False
        self.snmp_delay_seconds = 0.0
        self.on_battery_since: float | None = None  # a UPS whose mains are gone
        self.telemetry_cut = False  # the connection to the broker is gone
        self.telemetry_silent = False  # the connection stays, nothing is said
        self.echoes = 0
        self.uptime_gets = 0
        self.telemetry = 0
        self.recent_ids: tuple[bytes, ...] = ()

    @property
    def answers(self) -> bool:
        """Say whether anything at all comes back from this device."""
        return self.powered and self.reached

    def uptime_ticks(self, now: float) -> int:
        """Return sysUpTime in hundredths of a second."""
        return int((now - self.booted_at) * 100)

    def battery_seconds(self, now: float) -> float:
        """Return how long a UPS has run on its battery, 0 while the mains are there."""
        return 0.0 if self.on_battery_since is None else max(0.0, now - self.on_battery_since)

    def lose_packets(self, share: float) -> None:
        """Drop exactly this share of echoes from now on (0 … 1)."""
        self.loss_millionths = round(share * 1_000_000)
        self.loss_credit = 0

    def loses_this_one(self) -> bool:
        """Say whether the next echo is dropped: the error of each decision is carried over.

        A share of 0.5 drops every second one, so that no short run is lucky or unlucky.
        """
        self.loss_credit += self.loss_millionths
        if self.loss_credit < 1_000_000:
            return False
        self.loss_credit -= 1_000_000
        return True

    def reboot(self, now: float) -> None:
        """Come up as after a power cycle: uptime and counters begin anew."""
        self.booted_at = self.counters_from = now

    def reset_counters(self, now: float) -> None:
        """Begin all counters anew while the uptime runs on."""
        self.counters_from = now

    def count_uptime_get(self, request_id: bytes) -> None:
        """Count an answered GET of sysUpTime.0, a retry of the same request only once."""
        if request_id not in self.recent_ids:
            self.recent_ids = (*self.recent_ids[1 - _REMEMBERED_IDS :], request_id)
            self.uptime_gets += 1


def number_of(device: Device, seed: int) -> int:
    """Return the number from which everything that is a device's own is drawn (32 bits)."""
    return crc32(f"{seed} {device.id}".encode())


def hardware_address(number: int, port: int) -> bytes:
    """Return the locally administered MAC address of a device's port."""
    return b"\x02" + number.to_bytes(4, "big") + bytes((port & 0xFF,))


def serial_number(number: int) -> str:
    """Return what stands on the device's label, and what its agent answers if it can."""
    return f"KT{number:08X}"


def _echo_delay(device: Device, number: int) -> float:
    """Return how far away the device is: a wire takes under 3 ms, a radio link up to 15 ms."""
    farthest = 0.015 if device.kind in (Kind.SENSOR, Kind.ACCESS_POINT) else 0.003
    return 0.0005 + farthest * fraction(number, 1)


def fraction(number: int, salt: int) -> float:
    """Return a number in [0, 1) that is always the same for this device and salt."""
    return crc32(salt.to_bytes(4, "big"), number) / 2**32

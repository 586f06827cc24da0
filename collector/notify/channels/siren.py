"""A siren or a lamp, switched by a relay that listens to MQTT."""

from dataclasses import dataclass, field
from pathlib import Path

from collector.model.alerts import Severity


@dataclass(frozen=True, slots=True)
class SirenSettings:
    """Which topic of which broker, what is said there, and when. As Tasmota's relays want it."""

    name: str
    topic: str  # "cmnd/sirene/POWER"
    host: str = "127.0.0.1"
    port: int = 1883
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None  # of an in-house authority, beside those of the system
    on: str = "ON"
    off: str = "OFF"
    retain: bool = False  # the broker tells a relay that was away
    least: Severity = Severity.CRITICAL  # rings for this and what is more severe
    rings_seconds: float | None = 300.0  # then it is quiet; None: until all is well (a lamp)

"""What a city owns and who answers for it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area. `code` is Kemendagri's, e.g. `73.71.01`; `parent` is its prefix."""

    code: str
    name: str
    zone: str | None = None  # IANA zone; inherited from the nearest parent that has one
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place with devices (titik/lokasi)."""

    id: str
    name: str
    area: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """An agency (OPD) or provider that answers for devices, links or power."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RuleOverride:
    """What a profile or a device says otherwise about when a verdict is believed."""

    confirm: int | None = None
    recover: int | None = None
    retry_seconds: float | None = None
    fresh_intervals: float | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A thing we watch.

    `parents` are all devices behind which it stands. `parent_groups` says how: of every group
    one must let through (AND of ORs). Without groups the parents are one: any is a way to it.
    """

    id: str
    name: str
    kind: str
    site: str
    profile: str
    address: str | None = None
    credentials: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    owner: str | None = None
    link_owner: str | None = None
    power_owner: str | None = None
    snmp_port: int | None = None
    mqtt_topic: str | None = None
    tags: tuple[str, ...] = ()
    telemetry_seconds: float | None = None  # how often this device publishes (MQTT)
    parent_groups: tuple[tuple[str, ...], ...] = ()
    power_feeder: str | None = None  # what feeds it (gardu, panel): shared by all on it
    rule: RuleOverride | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """A named secret: a community, or a user of SNMPv3. No secret appears in its repr."""

    name: str
    version: str  # "1", "2c" or "3"
    community: str = field(default="", repr=False)
    user: str = ""
    authentication: str | None = None  # "md5", "sha", "sha224", "sha256", "sha384" or "sha512"
    authentication_password: str = field(default="", repr=False)
    privacy: str | None = None  # "des", "aes128", "aes192", "aes256", "aes192c" or "aes256c"
    privacy_password: str = field(default="", repr=False)
    context: str = ""

"""What agencies' lists say: whose list it is, and what one of its rows says of one device."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Field(StrEnum):
    """What a list can say of a device. A row's values are text in the form named here."""

    KEY = "key"  # what the list itself calls the device: its asset code, or number
    ID = "id"  # Pantau's id, where the list knows it
    NAME = "name"
    KIND = "kind"
    SITE = "site"  # id of a site
    SITE_NAME = "site_name"
    AREA = "area"  # Kemendagri code
    AREA_NAME = "area_name"
    LATITUDE = "latitude"  # degrees with a point, south is negative
    LONGITUDE = "longitude"
    ADDRESS = "address"  # IPv4 or IPv6
    MAC = "mac"  # `00:1a:2b:3c:4d:5e`
    SERIAL = "serial"
    VENDOR = "vendor"
    MODEL = "model"
    PROFILE = "profile"
    CREDENTIALS = "credentials"  # names, with commas between them
    PARENTS = "parents"  # ids, with commas between them
    OWNER = "owner"  # id of an owner
    OWNER_NAME = "owner_name"
    LINK_OWNER = "link_owner"
    POWER_OWNER = "power_owner"
    POWER_FEEDER = "power_feeder"
    TAGS = "tags"  # with commas between them
    SNMP_PORT = "snmp_port"
    MQTT_TOPIC = "mqtt_topic"
    INSTALLED_ON = "installed_on"  # 2026-11-22
    CONTRACT = "contract"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Source:
    """A list that somebody keeps: an agency's spreadsheet, a provider's, Pantau's own files.

    `columns` is what its columns mean, as a person said once: heading → field. Of two sources that
    say different things of a field, the one with the lower `rank` is in force.
    """

    id: str
    name: str
    agency: str | None = None  # id of the owner whose list it is
    rank: int = 100
    columns: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What one row of a list says of one device; a field that it leaves empty is not there."""

    source: str
    key: str  # of the row within its list; the same in the next version of the list
    values: Mapping[Field, str]
    row: int  # where it stands in the file: 1 is the first line
    import_id: int  # by which import it came
    seen_at: datetime  # when that was
    device_id: str | None = None  # the device it is about, where that is decided

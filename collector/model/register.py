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
    LINK_OWNER = "link_owner"  # id or name of an owner
    POWER_OWNER = "power_owner"
    POWER_FEEDER = "power_feeder"
    TAGS = "tags"  # with commas between them
    SNMP_PORT = "snmp_port"
    MQTT_TOPIC = "mqtt_topic"
    INSTALLED_ON = "installed_on"  # 2026-11-22, or the year alone
    CONTRACT = "contract"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Source:
    """A list that somebody keeps: an agency's spreadsheet, a provider's, Pantau's own files.

    `columns` is what its columns mean, as a person said once: heading → field, or None for a column
    that is not used. `defaults` holds for rows that leave a field empty: a list of cameras has no
    column that says so. Of two sources that say different things of a field, the one with the lower
    `rank` is in force.
    """

    id: str
    name: str
    agency: str | None = None  # id of the owner whose list it is
    rank: int = 100
    columns: Mapping[str, Field | None] = field(default_factory=dict)
    defaults: Mapping[Field, str] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class RowVersion:
    """What a row of a list said for some time; `until_at` is None while it does."""

    said: SourceRow
    from_at: datetime  # since when it holds: later than `seen_at` where an undo brought it back
    until_at: datetime | None = None
    opened_by: int = 0  # the import or undo that brought it
    closed_by: int | None = None  # the one that ended it


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many rows of a list an import found to be what."""

    created: int = 0
    changed: int = 0
    same: int = 0
    retired: int = 0


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import that was done, or the undoing of one (`undoes`)."""

    id: int
    source: str
    file: str  # the name of the list, as it was given
    sha256: str  # of its octets; empty for an undo
    sheet: str | None
    counts: ImportCounts
    author: str
    at: datetime
    undoes: int | None = None
    undone_by: int | None = None  # the record that took it back

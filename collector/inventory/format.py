"""What may stand in an inventory file."""

import ipaddress
import re
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from collector.config.settings import RuleOverrideShape, Zone
from collector.config.shape import Duration, Id, Kind, Number, Port, Shape, Text, Words, refuse
from collector.inventory.parents import Parents, read_parents

_CODE = re.compile(r"\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?", re.ASCII)
SOUTH, NORTH, WEST, EAST = -11.5, 6.5, 94.5, 141.5
"""The box around Indonesia, from Rote to Weh and from Sabang to Merauke, in degrees."""


# A look-up that fails or is slow would look like a dead device.
_NUMERIC_ONLY = "write its IPv4 or IPv6 address (names are not looked up)"


def _check_code(value: object) -> object:
    if isinstance(value, str) and not _CODE.fullmatch(value):
        raise refuse(
            f'"{value[:60]}" is no Kemendagri code', "write PP.KK, PP.KK.CC or PP.KK.CC.VVVV"
        )
    return value


def _check_address(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise refuse(f'"{value[:60]}" is no IP address', _NUMERIC_ONLY) from None
    if address.is_multicast or address.is_unspecified or value == "255.255.255.255":
        raise refuse(f'"{value}" is the address of no device', "write the device's own")
    return value


def _check_topic(value: object) -> object:
    if isinstance(value, str) and (not value or len(value) > 200 or re.search(r"[+#\x00]", value)):
        raise refuse(f'"{value[:60]}" is no topic', "write it without + and #, in 200 characters")
    return value


Code: TypeAlias = Annotated[str, BeforeValidator(_check_code)]
Address: TypeAlias = Annotated[str, BeforeValidator(_check_address)]
MqttTopic: TypeAlias = Annotated[str, BeforeValidator(_check_topic)]


class AreaShape(Shape):
    """An administrative area."""

    code: Code = Field(description="Kemendagri code, in quotes; its parent is the longest listed.")
    name: Text = Field(description="Name for people.")
    zone: Zone | None = Field(None, description="Time zone; without it, that of the parent.")


class OwnerShape(Shape):
    """An agency (OPD) or provider."""

    id: Id = Field(description="Short name that devices refer to.")
    name: Text = Field(description="Name for people.")


class SiteShape(Shape):
    """A place with devices."""

    id: Id = Field(description="Short name that devices refer to.")
    name: Text = Field(description="Name for people.")
    area: Code = Field(description="Code of the area it lies in.")
    latitude: Number | None = Field(None, description="Degrees, south is negative.")
    longitude: Number | None = Field(None, description="Degrees, east.")

    @model_validator(mode="after")
    def _check_coordinates(self) -> "SiteShape":
        latitude, longitude = self.latitude, self.longitude
        if latitude is None and longitude is None:
            return self
        if latitude is None or longitude is None:
            raise refuse("one of latitude and longitude is missing", "give both or neither")
        if SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST:
            return self
        if SOUTH <= longitude <= NORTH and WEST <= latitude <= EAST:
            raise refuse(
                "latitude and longitude seem to be exchanged",
                f"write latitude: {longitude:g}, longitude: {latitude:g}",
            )
        raise refuse(
            f"{latitude:g}, {longitude:g} is not in Indonesia",
            "latitude goes from -11 to 6, longitude from 95 to 141",
        )


class DeviceShape(Shape):
    """A thing we watch."""

    id: Id = Field(description="Short name, never changed: history hangs on it.")
    name: Text = Field(description="Name for people.")
    kind: Kind = Field(description="What it is.")
    site: Id = Field(description="Id of the site it stands at.")
    profile: Text = Field(description="Name of the device profile.")
    address: Address | None = Field(None, description="IPv4 or IPv6 address.")
    credentials: Words[Id] = Field((), description="Names of credentials in pantau.yaml.")
    parents: Annotated[Parents, PlainValidator(read_parents)] = Field(
        Parents(), description="Devices behind which it stands; of a list, one way suffices."
    )
    owner: Id | None = Field(None, description="Owner of the device.")
    link_owner: Id | None = Field(None, description="Owner of its network link.")
    power_owner: Id | None = Field(None, description="Owner of its power.")
    power_feeder: Text | None = Field(
        None, description="What feeds it (gardu, panel): one word for all devices on it."
    )
    tags: Words[Text] = Field((), description="Words to filter by.")
    snmp_port: Port | None = Field(None, description="Port of its SNMP agent, if not the usual.")
    mqtt_topic: MqttTopic | None = Field(
        None, description="What stands for `{topic}` in the profile's topics."
    )
    telemetry_seconds: Annotated[Duration, Field(ge=1, le=86400)] | None = Field(
        None, alias="telemetry_period", description="How often it publishes (MQTT)."
    )
    rule: RuleOverrideShape | None = Field(
        None, description="When a result of this device is believed, if not as everywhere."
    )


class InventoryFile(Shape):
    """One of the inventory's files; the lists of all files are joined."""

    areas: tuple[AreaShape, ...] = Field((), description="Administrative areas.")
    owners: tuple[OwnerShape, ...] = Field((), description="Agencies and providers.")
    sites: tuple[SiteShape, ...] = Field((), description="Places with devices.")
    devices: tuple[DeviceShape, ...] = Field((), description="Devices.")

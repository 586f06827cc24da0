"""The city as an inventory file: what an operator would have written about it.

YAML 1.2 in block style, strings quoted as in JSON, one key a line. It is written by hand because
a city of 50,000 devices takes a general YAML writer most of a minute.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TypeGuard

from simulators import places
from simulators.city import CREDENTIAL, City, Device

Scalar = str | float | int
Entry = dict[str, Scalar | list[str]]
Inventory = dict[str, list[Entry]]


def inventory(city: City, telemetry_period_seconds: float) -> Inventory:
    """Return the lists `areas`, `owners`, `sites` and `devices` of an inventory file.

    The period is how often sensors publish; an operator knows it from the device's settings.
    """
    whole: Entry = {"code": places.CITY_CODE, "name": places.CITY_NAME, "zone": places.CITY_ZONE}
    return {
        "areas": [whole, *map(_area, city.areas)],
        "owners": [{"id": id_, "name": name} for id_, name in places.OWNERS],
        "sites": [
            {
                "id": site.id,
                "name": site.name,
                "area": site.area,
                "latitude": site.latitude,
                "longitude": site.longitude,
            }
            for site in city.sites
        ],
        "devices": [_device(device, telemetry_period_seconds) for device in city.devices],
    }


def to_yaml(lists: Mapping[str, list[Entry]]) -> str:
    """Return the lists as YAML text."""
    return "".join(_lines(lists))


def _area(area: places.District) -> Entry:
    return {"code": area.code, "name": area.name}


def _device(device: Device, telemetry_period_seconds: float) -> Entry:
    """Return one device, without the keys that say nothing."""
    entry: dict[str, Scalar | list[str] | None] = {
        "id": device.id,
        "name": device.name,
        "kind": device.kind.value,
        "site": device.site,
        "profile": device.profile,
        "address": device.address,
        "credentials": [CREDENTIAL] if device.answers_snmp else [],
        "parents": list(device.parents),
        "owner": device.owner,
        "link_owner": device.link_owner,
        "power_owner": device.power_owner,
        "power_feeder": device.power_feeder,
        "mqtt_topic": device.mqtt_topic,
        "telemetry_period": f"{telemetry_period_seconds:g}s" if device.mqtt_topic else None,
        "tags": list(device.tags),
    }
    return {key: value for key, value in entry.items() if _says_something(value)}


def _says_something(value: Scalar | list[str] | None) -> TypeGuard[Scalar | list[str]]:
    return value is not None and value != []


def _lines(lists: Mapping[str, list[Entry]]) -> Iterator[str]:
    for title, entries in lists.items():
        yield f"{title}:\n"
        for entry in entries:
            mark = "-"
            for key, value in entry.items():
                yield f"  {mark} {key}: {json.dumps(value, ensure_ascii=False)}\n"
                mark = " "

"""Who a device is, as tags: bounded, and changing slowly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.model import Device, Site

TAGS = ("device", "site", "area", "kind", "owner")
"""On every line that is about a device. A label of these names is written with `label_` before."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The tags of a device. `address` becomes Telegraf's tag: `url` of pings, else `source`."""

    device: str
    site: str
    area: str
    kind: str
    owner: str | None = None
    address: str | None = None


def identities(devices: Iterable[Device], sites: Mapping[str, Site]) -> dict[str, Identity]:
    """Return the identity of each device by its id."""
    return {
        one.id: Identity(one.id, one.site, sites[one.site].area, one.kind, one.owner, one.address)
        for one in devices
    }

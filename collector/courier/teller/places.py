"""Who a device is in lines that follow from the store: the tags of identity, without its address.

An address changes with every renumbering, and would part a device's past in two.
"""

from typing import Protocol

Place = tuple[str, str, str, str | None]
"""Site, area, kind, owner."""


class Placed(Protocol):
    """A device, in any of the store's shapes."""

    @property
    def id(self) -> str: ...  # noqa: D102 - see the class
    @property
    def site(self) -> str: ...  # noqa: D102
    @property
    def area(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def owner(self) -> str | None: ...  # noqa: D102


def place_of(device: Placed) -> Place:
    """Return where a device is in a city's order."""
    return device.site, device.area, device.kind, device.owner


def tags_of(device_id: str, place: Place) -> dict[str, str | None]:
    """Return the tags of a device (`collector.sinks.influx.identity.TAGS`)."""
    site, area, kind, owner = place
    return {"device": device_id, "site": site, "area": area, "kind": kind, "owner": owner}

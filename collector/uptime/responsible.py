"""Whose minutes an outage's are. Shared by uptime's sums and by the list of outages."""

from typing import Protocol

from collector.model import CauseClass


class Owned(Protocol):
    """What has owners: a device, in any of its shapes."""

    @property
    def owner(self) -> str | None: ...  # noqa: D102 - see the class
    @property
    def link_owner(self) -> str | None: ...  # noqa: D102
    @property
    def power_owner(self) -> str | None: ...  # noqa: D102


def responsible(cause: CauseClass, device: Owned, upstream: str | None = None) -> str | None:
    """Return the id of the owner who answers for an outage of `device`, None: nobody is named.

    Where no owner of the link or of the power is named, the device's owner answers for them.
    `upstream` is who answers for the root's outage: asked for when the cause lies upstream.
    Planned and unknown outages are nobody's.
    """
    if cause is CauseClass.DEVICE:
        return device.owner
    if cause is CauseClass.LINK:
        return device.link_owner or device.owner
    if cause is CauseClass.POWER:
        return device.power_owner or device.owner
    if cause is CauseClass.UPSTREAM:
        return upstream
    return None

"""Which alerts a route or policy is meant for. Pure.

What hangs on the device alone is asked once a device (`fits_device`), what hangs on the alert and
the hour each time (`fits_alert`, `hours`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from collector.model import Reason, State
from collector.model.alerts import Severity
from collector.notify.deciding.world import DeviceFacts
from collector.notify.hours import Hours

_Words = frozenset[str]
_NONE: _Words = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """Of each part that is not empty one value must fit, and all these parts.

    `down` takes what is unreachable as well: it is no less out of order.
    """

    areas: _Words = _NONE
    sites: _Words = _NONE
    kinds: _Words = _NONE
    devices: _Words = _NONE
    tags: _Words = _NONE
    owners: _Words = _NONE
    link_owners: _Words = _NONE
    power_owners: _Words = _NONE
    states: frozenset[State] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    severities: frozenset[Severity] = frozenset()
    hours: Hours | None = None

    def fits_device(self, device: DeviceFacts) -> bool:
        """Say whether it is meant for alerts of a device."""
        return (
            (not self.kinds or device.kind in self.kinds)
            and (not self.areas or not self.areas.isdisjoint(device.areas))
            and (not self.sites or device.site in self.sites)
            and (not self.owners or device.owner in self.owners)
            and (not self.devices or device.id in self.devices)
            and (not self.tags or not self.tags.isdisjoint(device.tags))
            and (not self.link_owners or device.link_owner in self.link_owners)
            and (not self.power_owners or device.power_owner in self.power_owners)
        )

    def fits_alert(self, state: State, reason: Reason, severity: Severity | None) -> bool:
        """Say whether it is meant for such alerts, of whatever device. Hours are not asked."""
        return (
            (not self.states or _as_down(state, self.states))
            and (not self.reasons or reason in self.reasons)
            and (not self.severities or severity in self.severities)
        )

    def against(
        self, device: DeviceFacts, state: State, reason: Reason, severity: Severity | None
    ) -> str:
        """Say for people what does not fit; "" when all does. Hours are not asked."""
        unfit = (
            _unfit("area", device.areas, self.areas)
            or _unfit("site", (device.site,), self.sites)
            or _unfit("kind", (device.kind,), self.kinds)
            or _unfit("device", (device.id,), self.devices)
            or _unfit("tag", device.tags, self.tags)
            or _unfit("owner", _one(device.owner), self.owners)
            or _unfit("link_owner", _one(device.link_owner), self.link_owners)
            or _unfit("power_owner", _one(device.power_owner), self.power_owners)
        )
        if unfit or self.fits_alert(state, reason, severity):
            return unfit
        if self.states and not _as_down(state, self.states):
            return _unfit("state", (state.value,), self.states)
        return _unfit("reason", (reason.value,), self.reasons) or _unfit(
            "severity", _one(severity), self.severities
        )

    def is_within(self, wider: "Match") -> bool:
        """Say whether whatever fits this fits `wider` as well, as far as can be told from both.

        Areas are codes: `73.71.01` is within `73.71`.
        """
        pairs: tuple[tuple[Collection[str], Collection[str]], ...] = (
            (self.sites, wider.sites),
            (self.kinds, wider.kinds),
            (self.devices, wider.devices),
            (self.tags, wider.tags),
            (self.owners, wider.owners),
            (self.link_owners, wider.link_owners),
            (self.power_owners, wider.power_owners),
        )
        in_area = not wider.areas or (
            bool(self.areas)
            and all(any(_lies_in(one, other) for other in wider.areas) for one in self.areas)
        )
        return (
            in_area
            and all(_covers(big, small) for small, big in pairs)
            and self.asks_no_less(wider)
        )

    def asks_no_less(self, wider: "Match") -> bool:
        """Say the same of alert and hour alone, for one device that both are meant for."""
        hours_fit = wider.hours is None or (
            self.hours is not None
            and self.hours.zone == wider.hours.zone
            and set(self.hours.hours) <= set(wider.hours.hours)
        )
        return (
            hours_fit
            and _covers(wider.states, self.states)
            and _covers(wider.reasons, self.reasons)
            and _covers(wider.severities, self.severities)
        )


Marks: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """All that several matches name of devices: devices that differ in nothing of it are alike."""

    areas: _Words
    sites: _Words
    kinds: _Words
    devices: _Words
    tags: _Words
    owners: _Words
    link_owners: _Words
    power_owners: _Words

    @classmethod
    def of(cls, matches: Iterable[Match]) -> "Named":
        """Return what matches name together."""
        known = list(matches)
        return cls(
            areas=_NONE.union(*(one.areas for one in known)),
            sites=_NONE.union(*(one.sites for one in known)),
            kinds=_NONE.union(*(one.kinds for one in known)),
            devices=_NONE.union(*(one.devices for one in known)),
            tags=_NONE.union(*(one.tags for one in known)),
            owners=_NONE.union(*(one.owners for one in known)),
            link_owners=_NONE.union(*(one.link_owners for one in known)),
            power_owners=_NONE.union(*(one.power_owners for one in known)),
        )

    def marks(self, device: DeviceFacts) -> Marks:
        """Return what of a device can decide whether one of the matches fits."""
        return (
            device.kind == "collector",
            self.areas.intersection(device.areas),
            device.site in self.sites and device.site,
            device.kind in self.kinds and device.kind,
            device.id in self.devices and device.id,
            self.tags.intersection(device.tags),
            device.owner in self.owners and device.owner,
            device.link_owner in self.link_owners and device.link_owner,
            device.power_owner in self.power_owners and device.power_owner,
        )


def _as_down(state: State, states: Collection[State]) -> bool:
    return state in states or (state is State.UNREACHABLE and State.DOWN in states)


def _covers(wider: Collection[str], narrower: Collection[str]) -> bool:
    return not wider or (bool(narrower) and set(narrower) <= set(wider))


def _lies_in(code: str, area: str) -> bool:
    return code == area or code.startswith(f"{area}.")


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def _unfit(key: str, has: Collection[str], wanted: Collection[str]) -> str:
    if not wanted or not set(wanted).isdisjoint(has):
        return ""
    shown = " or ".join(sorted(wanted)[:4]) + (" or others" if len(wanted) > 4 else "")
    has_shown = ", ".join(one for one in has if one) or "none"
    return f"{key} is {has_shown}, not {shown}"

"""Silences: whom one covers, when it is on, and what keeps one from being made. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from collector.maintenance import Place, WindowFault, covers, scope_faults, text_faults
from collector.model.alerts import Silence

LONGEST = timedelta(days=31)
"""A silence that is longer is a device that nobody wants: take it out of the inventory."""

_REASON_LENGTH, _AUTHOR_LENGTH = 2_000, 200
_NAMES = 1_000


class Coverable(Protocol):
    """What decides whether a silence covers a device."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def site(self) -> str: ...  # noqa: D102
    @property
    def area(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def owner(self) -> str | None: ...  # noqa: D102
    @property
    def tags(self) -> tuple[str, ...]: ...  # noqa: D102


def silences(silence: Silence, device: Coverable) -> bool:
    """Say whether a silence covers a device, at whatever time.

    One of its scope (where it names any), of one of its owners (where it names any), and of one
    of its kinds (where it names any).
    """
    scope = silence.scope
    if (scope.devices or scope.sites or scope.areas or scope.tags) and not covers(
        scope, Place(device.id, device.site, device.area, device.tags)
    ):
        return False
    if silence.owners and device.owner not in silence.owners:
        return False
    return not silence.kinds or device.kind in silence.kinds


def over_at(silence: Silence) -> datetime:
    """Return when it is over: at its end, or when somebody ended it."""
    return silence.ends_at if silence.ended_at is None else min(silence.ended_at, silence.ends_at)


def is_on(silence: Silence, now: datetime) -> bool:
    """Say whether a silence is on at a moment."""
    return silence.starts_at <= now < over_at(silence)


def faults(silence: Silence) -> list[WindowFault]:
    """Return everything that keeps a silence from being made; empty: it is fine."""
    return [
        *text_faults("reason", silence.reason, _REASON_LENGTH),
        *text_faults("author", silence.author, _AUTHOR_LENGTH),
        *_scope_faults(silence),
        *_span_faults(silence),
    ]


def _scope_faults(silence: Silence) -> Iterator[WindowFault]:
    narrowed = len(silence.owners) + len(silence.kinds)
    if not narrowed:
        yield from scope_faults(silence.scope)
    elif narrowed > _NAMES:
        yield WindowFault("owners", f"and kinds are more than {_NAMES}; name an area instead")


def _span_faults(silence: Silence) -> Iterator[WindowFault]:
    if silence.ends_at <= silence.starts_at:
        yield WindowFault("ends_at", "is not after starts_at; give the moment it ends")
    elif silence.ends_at <= silence.created_at:
        yield WindowFault("ends_at", "is past; give a moment to come")
    elif silence.ends_at - silence.starts_at > LONGEST:
        message = (
            f"is more than {LONGEST.days} days after starts_at; shorten it, or take out of the"
            " inventory what nobody wants to know of"
        )
        yield WindowFault("ends_at", message)

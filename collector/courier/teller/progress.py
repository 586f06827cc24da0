"""How far the sums of uptime were told, and what of the past is still to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

import orjson

from collector.courier.teller.places import Place

HOUR = 3_600_000_000  # microseconds
HOUR_LONG = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Past:
    """Hours to tell again, the newest first, of some devices or (None) of all.

    `under`: these devices had another place then; zeros are told under it.
    """

    since: int  # microseconds, full hours
    until: int
    devices: tuple[str, ...] | None = None
    under: Mapping[str, Place] | None = None

    def encode(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "since": self.since,
            "until": self.until,
            "devices": self.devices,
            "under": self.under,
        }

    @classmethod
    def decode(cls, said: Mapping[str, Any]) -> Self:
        """Return what `encode` was given. Raises KeyError, TypeError or ValueError."""
        devices, under = said["devices"], said["under"]
        return cls(
            int(said["since"]),
            int(said["until"]),
            None if devices is None else tuple(map(str, devices)),
            None if under is None else {name: _place(place) for name, place in under.items()},
        )


@dataclass(frozen=True, slots=True)
class Told:
    """Up to which change of the past and which moment sums are told, and by what.

    `known`: until when anybody had looked, as it was seen at `now`; what lay between was told as
    unknown, and may turn out otherwise.
    """

    change: int
    now: int
    known: int
    digest: str
    past: tuple[Past, ...] = ()

    def encode(self) -> str:
        """Return it as JSON."""
        return orjson.dumps(
            {
                "change": self.change,
                "now": self.now,
                "known": self.known,
                "digest": self.digest,
                "past": [one.encode() for one in self.past],
            }
        ).decode()

    @classmethod
    def decode(cls, text: str | None) -> Self | None:
        """Return what `encode` was given; None: nothing that we can read, all is to be told."""
        try:
            said = orjson.loads(text or "")
            return cls(
                int(said["change"]),
                int(said["now"]),
                int(said["known"]),
                str(said["digest"]),
                tuple(Past.decode(one) for one in said["past"]),
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def again_from(self, now: int, known: int) -> int:
        """Return from when on hours are to be told again for no other reason than that time passed.

        Where nobody looked before and nobody has since, what was told as unknown still is.
        """
        if self.known == known < self.now:
            return min(self.now, now)
        return min(self.now, self.known, now, known)


def full_hour(micros: int) -> int:
    """Return the beginning of the hour."""
    return micros // HOUR * HOUR


def encode_places(places: Mapping[str, Place]) -> str:
    """Return under which place each device was told, as JSON."""
    return orjson.dumps(places).decode()


def decode_places(text: str | None) -> dict[str, Place]:
    """Return what `encode_places` was given; nothing that we can read: none."""
    try:
        return {name: _place(place) for name, place in orjson.loads(text or "").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _place(said: Any) -> Place:
    site, area, kind, owner = said
    return str(site), str(area), str(kind), None if owner is None else str(owner)

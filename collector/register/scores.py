"""How good an agency's list is: complete, valid, agreed, seen alive. Counts, floored."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.model import Field, SourceRow
from collector.model.findings import FindingKind, NetworkDevice, RowRef
from collector.register.identities import mac_of
from collector.register.matching.facts import address_of, position_of

ALIVE_WITHIN = timedelta(days=30)

_WANTED: Mapping[str, tuple[Field, ...]] = {
    "name": (Field.NAME,),
    "kind": (Field.KIND,),
    "area": (Field.AREA, Field.AREA_NAME),
    "position": (Field.LATITUDE, Field.SITE),
    "address": (Field.ADDRESS, Field.MQTT_TOPIC),
    "number": (Field.SERIAL, Field.MAC),
    "owner": (Field.OWNER, Field.OWNER_NAME),
}
"""What a complete row says; of each, one of the fields is enough."""
_INVALID = frozenset({FindingKind.WRONG_AREA, FindingKind.MOVED, FindingKind.GHOST})
_DISAGREED = frozenset({FindingKind.CONFLICT, FindingKind.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; `lacking` says of what there is too little, and how often."""

    count: int
    of: int
    lacking: Mapping[str, int]

    @property
    def percent(self) -> float | None:
        """Return the share in percent, floored to a tenth; None: there is nothing to count."""
        return None if self.of == 0 else self.count * 1000 // self.of / 10


@dataclass(frozen=True, slots=True)
class Score:
    """How good a list is now."""

    rows: int
    complete: Share
    valid: Share
    agreed: Share
    alive: Share


def score(
    rows: Sequence[SourceRow],
    undecided: Iterable[tuple[FindingKind, RowRef]],
    network: Mapping[str, NetworkDevice],
    now: datetime,
) -> Score:
    """Return how good a list is.

    `undecided` are the findings that nobody has decided yet, row by row; `network` are the devices
    in use by id. A row is seen alive if its device answered within 30 days.
    """
    found: dict[RowRef, set[FindingKind]] = {}
    for kind, ref in undecided:
        found.setdefault(ref, set()).add(kind)
    lacking: dict[str, Counter[str]] = {
        name: Counter() for name in ("complete", "valid", "agreed", "alive")
    }
    good: Counter[str] = Counter()
    for row in rows:
        kinds = found.get(RowRef(row.source, row.key), set())
        faults = {
            "complete": _incomplete(row),
            "valid": [*_malformed(row), *(kind.value for kind in kinds & _INVALID)],
            "agreed": [kind.value for kind in kinds & _DISAGREED],
            "alive": _not_alive(network.get(row.device_id or ""), now),
        }
        for name, missing in faults.items():
            lacking[name].update(missing)
            good[name] += not missing
    shares = {
        name: Share(good[name], len(rows), dict(counts.most_common()))
        for name, counts in lacking.items()
    }
    return Score(len(rows), **shares)


def rows_digest(rows: Iterable[SourceRow]) -> str:
    """Return what stands for everything that a list says: it changes when any row does."""
    said = sorted((row.key, sorted(row.values.items())) for row in rows)
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _incomplete(row: SourceRow) -> list[str]:
    return [
        name
        for name, fields in _WANTED.items()
        if not any(row.values.get(field) for field in fields)
    ]


def _malformed(row: SourceRow) -> list[str]:
    values = row.values
    faults = []
    if values.get(Field.ADDRESS) and address_of(values[Field.ADDRESS]) is None:
        faults.append("bad_address")
    if values.get(Field.MAC) and mac_of(values[Field.MAC]) is None:
        faults.append("bad_mac")
    place = position_of(values.get(Field.LATITUDE), values.get(Field.LONGITUDE))
    if values.get(Field.LATITUDE) and (place is None or not place.is_in_indonesia()):
        faults.append("bad_position")
    return faults


def _not_alive(device: NetworkDevice | None, now: datetime) -> list[str]:
    if device is None:
        return ["not_watched"]
    if device.last_seen_at is None:
        return ["never_seen"]
    return [] if now - device.last_seen_at <= ALIVE_WITHIN else ["long_silent"]

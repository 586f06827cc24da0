"""Findings as they are made: ids that last, digests that tell change, evidence side by side."""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import orjson

from collector.model.findings import (
    Action,
    Evidence,
    Finding,
    FindingKind,
    Proposal,
    RowRef,
    Said,
)
from collector.model.register import Field
from collector.register.matching.facts import Facts

_IN_ORDER = (
    Field.SERIAL,
    Field.MAC,
    Field.ADDRESS,
    Field.NAME,
    Field.KIND,
    Field.AREA,
    Field.AREA_NAME,
    Field.LATITUDE,
    Field.LONGITUDE,
    Field.VENDOR,
    Field.MODEL,
    Field.OWNER,
    Field.OWNER_NAME,
)
"""What is shown side by side, what tells most first."""
_HINTS = frozenset({Field.NAME})


def finding(
    kind: FindingKind,
    about: Sequence[Facts],
    weight: float,
    proposal: Proposal,
    *,
    rows: Sequence[Facts] | None = None,
    field: Field | None = None,
    fields: Iterable[Field] = _IN_ORDER,
) -> Finding:
    """Return a finding about some facts; `rows` are those it is about, where not all are."""
    meant = [it for it in (about if rows is None else rows) if it.row is not None]
    refs = tuple(sorted(it.row for it in meant if it.row is not None))
    devices = tuple(dict.fromkeys(it.device_id for it in about if it.device_id is not None))
    heard = next((it.stranger.name for it in about if it.stranger is not None), None)
    shown = tuple(evidence_of(about, fields))
    return Finding(
        id=_id(kind, field, refs, devices, heard),
        kind=kind,
        weight=round(weight, 2),
        rows=refs,
        devices=devices,
        evidence=shown,
        proposal=proposal,
        digest=_digest(shown),
        field=field,
        heard=heard,
    )


def weight_of(points: float) -> float:
    """Return points as a weight from 0 to 1: 5 points are 0.63, 16 are 0.96."""
    return 1 - math.exp(-max(0.0, points) / 5)


def evidence_of(about: Sequence[Facts], fields: Iterable[Field] = _IN_ORDER) -> Iterable[Evidence]:
    """Yield what is said, field by field; what nobody says is left out."""
    for field in fields:
        said = tuple([it for one in about if (it := one.said(field)) is not None])
        if said:
            yield Evidence(field, said, _agrees(field, about, said))


def use(values: Mapping[Field, str]) -> Proposal:
    """Return the proposal to let values be in force."""
    return Proposal(Action.USE, dict(values))


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return a text as makers and models are compared: letters and digits."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _agrees(field: Field, about: Sequence[Facts], said: Sequence[Said]) -> bool | None:
    if len(said) < 2 or field in _HINTS:
        return None
    if field is Field.SERIAL:
        return _share([it.serials for it in about if it.values.get(field)])
    if field is Field.MAC:
        return _share([it.macs for it in about if it.values.get(field)])
    if field is Field.ADDRESS:
        return len({it.address for it in about if it.values.get(field)}) == 1
    written = {it.value for it in said}
    return len(written) == 1 or len(set(map(plain, written))) == 1


def _share(sets: Sequence[frozenset[str]]) -> bool:
    whole = [it for it in sets if it]
    return bool(whole) and bool(frozenset.intersection(*whole))


def _id(
    kind: FindingKind,
    field: Field | None,
    rows: Sequence[RowRef],
    devices: Sequence[str],
    heard: str | None,
) -> str:
    """Return an id of what it is about: the rows, or where there are none the devices."""
    about: list[object] = [list(row) for row in rows] or list(devices) or [heard]
    return _hash([kind.value, field.value if field else None, about])[:20]


def _digest(shown: Sequence[Evidence]) -> str:
    return _hash([[it.field.value, [[s.who, s.key, s.value] for s in it.said]] for it in shown])


def _hash(of: object) -> str:
    return hashlib.sha256(orjson.dumps(of)).hexdigest()

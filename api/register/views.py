"""The register as JSON."""

from collections.abc import Mapping

from api.register.service import Entry, Provenance, Signed, SourceScore
from collector.model import Field, SourceRow
from collector.model.findings import ACTIONS, Evidence, Identity, Ruling
from collector.register.precedence import Said
from collector.register.scores import Share
from collector.store.register.reconciliation import FindingCount, FindingRow, Reconciled

_QUIET = frozenset({Field.CREDENTIALS})  # names of secrets are nobody's business here
Json = dict[str, object]


def entry_view(entry: Entry) -> Json:
    """Return a device: each field in force, from where, and what others say instead."""
    return {
        "device": entry.device_id,
        "sources": list(dict.fromkeys(row.source for row in entry.rows)),
        "fields": [
            _field_view(of, said, entry.rows)
            for of, said in entry.values.items()
            if of not in _QUIET
        ],
    }


def provenance_view(found: Provenance) -> Json:
    """Return a device with what it says of itself, what was found and what was decided."""
    return {
        **entry_view(found.entry),
        "rows": [
            {
                "source": row.source,
                "key": row.key,
                "row": row.row,
                "import_id": row.import_id,
                "seen_at": row.seen_at,
            }
            for row in found.entry.rows
        ],
        "identities": [_identity_view(it) for it in found.identities],
        "findings": [finding_view(it) for it in found.findings],
        "decisions": [ruling_view(it) for it in found.rulings],
    }


def finding_view(row: FindingRow) -> Json:
    """Return a finding with its evidence side by side."""
    found = row.finding
    return {
        "id": found.id,
        "kind": found.kind,
        "state": row.state,
        "weight": found.weight,
        "field": found.field,
        "rows": [{"source": ref.source, "key": ref.key} for ref in found.rows],
        "devices": list(found.devices),
        "heard": found.heard,
        "evidence": [_evidence_view(it) for it in found.evidence if it.field not in _QUIET],
        "proposal": {
            "action": found.proposal.action,
            "values": _values(found.proposal.values),
        },
        "actions": list(ACTIONS[found.kind]),
        "digest": found.digest,
        "first_found_at": row.first_found_at,
        "last_found_at": row.last_found_at,
        "decision": None if row.ruling is None else ruling_view(row.ruling),
    }


def ruling_view(ruling: Ruling) -> Json:
    """Return a decision."""
    return {
        "id": ruling.id,
        "finding": ruling.finding_id,
        "kind": ruling.kind,
        "action": ruling.action,
        "reason": ruling.reason,
        "author": ruling.author,
        "at": ruling.made_at,
        "device": ruling.device_id,
        "values": _values(ruling.values),
    }


def summary_view(counts: list[FindingCount], last: Reconciled | None) -> Json:
    """Return how many findings stand where, and when lists were last held together."""
    return {
        "counts": [{"kind": it.kind, "state": it.state, "count": it.count} for it in counts],
        "reconciled": None if last is None else reconciled_view(last),
    }


def reconciled_view(made: Reconciled) -> Json:
    """Return a reconciliation that was made."""
    return {"at": made.at, "rows": made.rows, "devices": made.devices, "found": made.found}


def score_view(it: SourceScore) -> Json:
    """Return how good a list is, each share with its counts."""
    made = it.score
    return {
        "source": it.source.id,
        "name": it.source.name,
        "agency": it.source.agency,
        "rows": made.rows,
        "complete": _share_view(made.complete),
        "valid": _share_view(made.valid),
        "agreed": _share_view(made.agreed),
        "alive": _share_view(made.alive),
        "signature": None if it.signed is None else signature_view(it.signed),
    }


def signature_view(signed: Signed) -> Json:
    """Return a signature, and whether it is stale."""
    it = signed.signature
    return {
        "office": it.office,
        "signed_on": it.signed_on,
        "rows": it.rows,
        "digest": it.digest,
        "author": it.author,
        "at": it.made_at,
        "note": it.note,
        "stale": signed.stale,
    }


def _field_view(of: Field, said: Said, rows: tuple[SourceRow, ...]) -> Json:
    others = [
        {"value": row.values[of], "source": row.source, "key": row.key, "seen_at": row.seen_at}
        for row in rows
        if of in row.values and (row.source != said.source or row.values[of] != said.value)
    ]
    return {
        "field": of,
        "value": said.value,
        "source": said.source,
        "decided": said.source is None,
        "seen_at": said.seen_at,
        "others": others,
    }


def _evidence_view(it: Evidence) -> Json:
    said = [{"who": one.who, "key": one.key, "value": one.value} for one in it.said]
    return {"field": it.field, "agrees": it.agrees, "said": said}


def _identity_view(it: Identity) -> Json:
    return {
        "key": it.key,
        "value": it.value,
        "first_seen_at": it.first_seen_at,
        "last_seen_at": it.last_seen_at,
    }


def _share_view(share: Share) -> Json:
    return {
        "count": share.count,
        "of": share.of,
        "percent": share.percent,
        "lacking": dict(share.lacking),
    }


def _values(values: Mapping[Field, str]) -> dict[str, str]:
    return {of.value: value for of, value in values.items() if of not in _QUIET}

"""What reconciliation found and people decided, as rows: kept, gone stale, never overwritten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from collector.model import Field, Source
from collector.model.findings import (
    Action,
    Evidence,
    Finding,
    FindingKind,
    FindingState,
    Identity,
    Proposal,
    RowRef,
    Ruling,
    Said,
    Signature,
)
from collector.store import Store
from collector.store.register.reconciliation import (
    DecisionRefusedError,
    FindingFilter,
    Reconciled,
)
from tests.contract.store_backends import BACKENDS, T0, at, open_backend

EVIDENCE = Evidence(
    Field.MODEL, (Said("dishub", "1", "X1"), Said("network", "cam-1", "Y2")), agrees=False
)
CONFLICT = Finding(
    id="c1",
    kind=FindingKind.CONFLICT,
    weight=0.7,
    rows=(RowRef("dishub", "1"), RowRef("dlh", "9")),
    devices=("cam-1",),
    evidence=(EVIDENCE,),
    proposal=Proposal(Action.USE, {Field.MODEL: "Y2"}),
    digest="d1",
    field=Field.MODEL,
)
GHOST = replace(
    CONFLICT, id="g1", kind=FindingKind.GHOST, weight=0.9, rows=(RowRef("dishub", "2"),),
    devices=(), proposal=Proposal(Action.RETIRE), field=None,
)  # fmt: skip


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        yield opened


def save(store: Store, *found: Finding, minutes: float = 0) -> None:
    store.reconciliation.save(found, Reconciled(at(minutes), 1, 2, 3, len(found)))


def ruling(found: Finding, action: Action = Action.KEEP, **more: object) -> Ruling:
    made = Ruling(found.id, found.kind, action, "kata kepala bidang", "sari", T0, found.digest)
    return replace(made, rows=found.rows, **more)  # type: ignore[arg-type] # its fields


def states(store: Store) -> dict[str, str]:
    rows = [store.reconciliation.one(it) for it in ("c1", "g1")]
    return {row.finding.id: row.state.value for row in rows if row is not None}


def test_findings_come_back_as_they_were_found_the_surest_first_in_pages(store: Store) -> None:
    save(store, CONFLICT, GHOST)
    first = store.reconciliation.page(FindingFilter(), limit=1)
    second = store.reconciliation.page(FindingFilter(), limit=1, after=first.next)
    assert [it.finding for it in (*first.items, *second.items)] == [GHOST, CONFLICT]
    assert second.next is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FindingFilter(kind=FindingKind.GHOST), ["g1"]),
        (FindingFilter(source="dlh"), ["c1"]),
        (FindingFilter(source="d"), []),
        (FindingFilter(source="%"), []),
        (FindingFilter(device="cam-1"), ["c1"]),
        (FindingFilter(state=FindingState.DECIDED), []),
    ],
)
def test_findings_are_narrowed(store: Store, wanted: FindingFilter, expected: list[str]) -> None:
    save(store, CONFLICT, GHOST)
    assert [it.finding.id for it in store.reconciliation.page(wanted).items] == expected


def test_a_decision_holds_until_what_it_rests_on_changes(store: Store) -> None:
    save(store, CONFLICT)
    decided = store.reconciliation.decide(ruling(CONFLICT))
    assert decided is not None
    assert decided.state is FindingState.DECIDED
    assert decided.ruling is not None
    assert (decided.ruling.author, decided.ruling.reason) == ("sari", "kata kepala bidang")
    save(store, CONFLICT, minutes=1)
    assert states(store) == {"c1": "decided"}
    save(store, replace(CONFLICT, digest="d2"), minutes=2)
    assert states(store) == {"c1": "stale"}
    row = store.reconciliation.one("c1")
    assert row is not None
    assert (row.first_found_at, row.last_found_at) == (T0, at(2))


def test_decisions_are_added_never_overwritten_and_the_last_is_in_force(store: Store) -> None:
    save(store, CONFLICT)
    use = {"device_id": "cam-1", "values": {Field.MODEL: "Y2"}}
    store.reconciliation.decide(ruling(CONFLICT))
    store.reconciliation.decide(ruling(CONFLICT, Action.USE, **use))
    assert [it.action for it in store.reconciliation.rulings()] == [Action.USE]
    both = store.reconciliation.rulings_of(finding_id="c1")
    assert [it.action for it in both] == [Action.USE, Action.KEEP]
    (last,) = store.reconciliation.rulings_of(device_id="cam-1")
    assert last.values == {Field.MODEL: "Y2"}
    assert [it.action for it in store.audit.page(about="finding:c1").items] == [
        "finding.decide",
        "finding.decide",
    ]


def test_what_lists_no_longer_say_is_gone_but_what_was_decided_stays(store: Store) -> None:
    save(store, CONFLICT, GHOST)
    store.reconciliation.decide(ruling(CONFLICT))
    save(store, minutes=1)
    assert states(store) == {"c1": "decided", "g1": "gone"}
    with pytest.raises(DecisionRefusedError, match="no longer say so"):
        store.reconciliation.decide(ruling(GHOST))
    save(store, GHOST, minutes=2)
    assert states(store)["g1"] == "open"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"action": Action.RETIRE}, "is decided by one of use, keep"),
        ({"digest": "other"}, "look at it again"),
        ({"reason": "  "}, "the reason is empty"),
        ({"reason": "a\x07"}, "control characters"),
    ],
)
def test_what_cannot_be_decided_so_is_refused_and_changes_nothing(
    store: Store, change: dict[str, object], said: str
) -> None:
    save(store, CONFLICT)
    with pytest.raises(DecisionRefusedError, match=said):
        store.reconciliation.decide(replace(ruling(CONFLICT), **change))  # type: ignore[arg-type]
    assert states(store) == {"c1": "open"}
    assert store.reconciliation.rulings() == []


def test_a_decision_on_what_was_never_found_is_none(store: Store) -> None:
    assert store.reconciliation.decide(ruling(CONFLICT)) is None


def test_what_a_device_says_of_itself_keeps_its_first_moment(store: Store) -> None:
    noted = Identity("cam-1", "serial_number", "KT1", T0, T0)
    store.reconciliation.note_identities([noted])
    later = replace(noted, first_seen_at=at(60), last_seen_at=at(60))
    other = Identity("cam-1", "serial_number", "KT2", at(60), at(60))
    store.reconciliation.note_identities([later, other])
    store.reconciliation.note_identities([])
    assert store.reconciliation.identities("cam-1") == [
        replace(noted, last_seen_at=at(60)),
        other,
    ]


def test_a_signature_needs_an_office_and_the_newest_comes_first(store: Store) -> None:
    store.lists.save_source(Source("dishub", "Dishub"), author="sari", now=T0)
    made = Signature("dishub", "Kepala Bidang", "d1", 4, "sari", "2026-11-27", T0)
    first = store.reconciliation.sign(made)
    second = store.reconciliation.sign(replace(made, digest="d2", made_at=T0 + timedelta(1)))
    assert store.reconciliation.signatures("dishub") == [second, first]
    with pytest.raises(DecisionRefusedError, match="office is empty"):
        store.reconciliation.sign(replace(made, office=" "))

"""Silences and the audit trail: what people did stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.model import (
    CauseClass,
    Device,
    MaintenanceWindow,
    Owner,
    Scope,
    Sighting,
    State,
)
from collector.model.alerts import AuditEntry, Silence
from collector.silences import LONGEST, is_on, silences
from collector.store import Batch, SilenceGoneError, Store, WindowError
from tests.contract.alerts_made import moved
from tests.contract.store_backends import BACKENDS, T0, at, city, open_backend


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


def silence(**changed: Any) -> Silence:
    """Two hours for one camera."""
    made = Silence(Scope(devices=("cam-1",)), "galian PLN", "budi", T0, T0, at(120))
    return replace(made, **changed)


def covered(store: Store, **changed: Any) -> list[str]:
    return [one.id for one in store.facts() if silences(silence(**changed), one)]


def test_a_silence_covers_what_its_scope_owners_and_kinds_say(store: Store) -> None:
    assert covered(store) == ["cam-1"]
    area = Scope(areas=("73.71",))
    assert covered(store, scope=area) == ["cam-1", "sw-1"]  # with the areas below it
    assert covered(store, scope=area, kinds=("switch",)) == ["sw-1"]
    assert covered(store, scope=Scope(), owners=("diskominfo",)) == ["cam-1"]
    assert covered(store, scope=Scope(), owners=("diskominfo",), kinds=("switch",)) == []
    assert covered(store, scope=Scope(tags=("pantai",), sites=("far",))) == ["cam-1", "sensor-1"]


def test_a_silence_is_listed_while_it_is_on_and_after(store: Store) -> None:
    made = store.silences.create(silence())
    later = store.silences.create(
        silence(scope=Scope(areas=("73.71",)), starts_at=at(60), ends_at=at(90))
    )
    assert store.silences.get(made.id or 0) == made
    assert store.silences.get(99) is None
    assert store.silences.page().items == (later, made)
    assert store.silences.page(active_at=at(30)).items == (made,)
    assert store.silences.page(over_at=at(100)).items == (later,)
    facts = {one.id: one for one in store.facts()}
    assert store.silences.page(device=facts["sw-1"]).items == (later,)
    assert store.silences.page(device=facts["cam-1"]).items == (later, made)
    row = store.device("cam-1")
    assert row is not None
    assert store.silences.page(device=row, active_at=at(70)).items == (later, made)
    assert store.silences.current(at(91)) == [made]
    page = store.silences.page(limit=1)
    assert store.silences.page(limit=1, after=page.next).items == (made,)


def test_a_silence_is_ended_early_and_only_once(store: Store) -> None:
    made = store.silences.create(silence())
    before = store.silences.mark()
    ended = store.silences.end(made.id or 0, "siti", at(10))
    assert ended == replace(made, ended_at=at(10), ended_by="siti")
    assert store.silences.mark() != before
    assert store.silences.end(made.id or 0, "siti", at(11)) == ended
    with pytest.raises(SilenceGoneError, match="siti ended it at"):
        store.silences.end(made.id or 0, "budi", at(12))
    assert store.silences.end(99, "budi", at(12)) is None
    assert store.silences.current(at(12)) == []
    assert [is_on(ended, at(minute)) for minute in (9, 10)] == [True, False]
    other = store.silences.create(silence(ends_at=at(5)))
    with pytest.raises(SilenceGoneError, match="by itself"):
        store.silences.end(other.id or 0, "budi", at(6))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"scope": Scope()}, "scope is empty"),
        ({"reason": " "}, "reason is empty"),
        ({"ends_at": T0}, "ends_at is not after"),
        ({"starts_at": at(-60), "ends_at": at(-30)}, "ends_at is past"),
        ({"ends_at": T0 + LONGEST + timedelta(seconds=1)}, "ends_at is more than 31 days"),
        ({"scope": Scope(devices=("nobody",))}, 'no device "nobody"'),
        ({"owners": ("pln",)}, 'owners there is no owner "pln"'),
        ({"kinds": ("toaster",)}, 'kinds there is no kind "toaster"'),
    ],
)
def test_a_silence_that_cannot_work_is_refused_with_what_to_do(
    store: Store, changed: dict[str, Any], fault: str
) -> None:
    with pytest.raises(WindowError, match=fault):
        store.silences.create(silence(**changed))
    assert store.silences.page().items == ()
    assert store.audit.page().items == ()


def test_a_silence_that_is_about_to_end_is_reminded_of_once(store: Store) -> None:
    made = store.silences.create(silence())
    store.silences.create(silence(ends_at=at(20)))  # so short that its author knows
    hour = timedelta(minutes=15)
    assert store.silences.ending(at(10), hour) == []
    assert store.silences.ending(at(106), hour) == [made]
    store.alerts.commit(Batch(at(106), reminded=[made]))
    assert store.silences.ending(at(107), hour) == []
    assert store.silences.get(made.id or 0) == replace(made, reminded_at=at(106))


# --- the audit trail --------------------------------------------------------------------------


def test_what_people_do_is_in_the_audit_trail(store: Store) -> None:
    store.apply_inventory(replace(city(), owners={"diskominfo": Owner("diskominfo", "Dinas")}), T0)
    store.commit([], [], [moved("sw-1", State.UP, State.DOWN, 1)])
    (news,) = store.alerts.news(0)
    assert news.incident is not None
    assert news.outage is not None
    this = news.incident.id or 0
    store.incidents.acknowledge(this, "budi", "saya cek", at(2))
    store.incidents.acknowledge(this, "budi", "saya cek", at(2))  # again: no second line
    store.incidents.note(this, "siti", "kabel putus", at(3))
    store.outages.correct(news.outage.id or 0, CauseClass.LINK, "galian", "siti", at(4))
    window = store.maintenance.create(
        MaintenanceWindow(
            "Galian", "PLN", "budi", at(5), Scope(devices=("cam-1",)), at(5), at(9), "Asia/Makassar"
        )
    )
    store.maintenance.cancel(window.id or 0, author="siti", reason="batal", now=at(6))
    made = store.silences.create(silence(created_at=at(7)))
    store.silences.end(made.id or 0, "siti", at(8))
    store.quarantine.record([Sighting("mqtt", "keran_7", T0, T0, 1, 10)], T0)
    (entry,) = store.quarantine.page().items
    store.quarantine.ignore(entry.id, author="budi", now=at(9))
    store.audit.append(AuditEntry(at(10), "budi", "link.used", "incident:1", "dari Telegram"))
    found = [(one.author, one.action, one.object, one.detail) for one in store.audit.page().items]
    assert found[::-1] == [
        ("budi", "incident.acknowledge", f"incident:{this}", "saya cek"),
        ("siti", "incident.note", f"incident:{this}", "kabel putus"),
        ("siti", "outage.correct", f"outage:{news.outage.id}", "link: galian"),
        ("budi", "maintenance.create", f"maintenance:{window.id}", "Galian: PLN"),
        ("siti", "maintenance.cancel", f"maintenance:{window.id}", "batal"),
        ("budi", "silence.create", f"silence:{made.id}", "galian PLN"),
        ("siti", "silence.end", f"silence:{made.id}", "galian PLN"),
        ("budi", "quarantine.ignore", f"quarantine:{entry.id}", "keran_7"),
        ("budi", "link.used", "incident:1", "dari Telegram"),
    ]


def test_the_audit_trail_is_searched_by_who_what_and_when(store: Store) -> None:
    entries = [
        AuditEntry(at(1), "budi", "incident.note", "incident:1", "a"),
        AuditEntry(at(2), "siti", "incident.note", "incident:2", "b"),
        AuditEntry(at(3), "siti", "silence.end", "silence:1", "c" * 5_000),
    ]
    ids = [store.audit.append(one) for one in entries]
    assert ids == sorted(ids)

    def details(**wanted: Any) -> str:
        return "".join(one.detail[:1] for one in store.audit.page(**wanted).items)

    assert details() == "cba"
    assert details(author="siti") == "cb"
    assert details(action="incident") == details(action="incident.note") == "ba"
    assert details(action="inc") == ""
    assert details(about="incident:2") == "b"
    assert details(start=at(2), end=at(3)) == "b"
    page = store.audit.page(limit=2)
    assert [one.detail for one in store.audit.page(limit=2, after=page.next).items] == ["a"]
    assert len(page.items[0].detail) == 2_000


def test_a_device_that_left_is_not_covered_by_its_old_site(store: Store) -> None:
    moved_away = Device("cam-1", "Kamera", "camera", "far", "p", "10.0.0.1")
    store.apply_inventory(city(moved_away), at(1))
    assert covered(store, scope=Scope(sites=("losari",))) == []
    assert covered(store, scope=Scope(sites=("far",))) == ["cam-1", "sensor-1"]

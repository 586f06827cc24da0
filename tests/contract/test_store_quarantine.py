"""The quarantine as rows: added up, bounded, decided about, and faded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from collector.model import Device, Fit, Sighting
from collector.store import Decision, QuarantineState, Store
from collector.store import quarantine as rows
from tests.contract.store_backends import BACKENDS, T0, at, city, open_backend


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        yield opened


def heard(name: str = "keran_7", minutes: float = 0, messages: int = 1) -> Sighting:
    fits = (Fit("tasmota", name),)
    moment = at(minutes)
    places = (f"tele/{name}/STATE",)
    return Sighting("mqtt", name, moment, moment, messages, 10, places, {"a": "number"}, fits)


def names(store: Store, state: QuarantineState = QuarantineState.WAITING) -> list[str]:
    return [row.sighting.name for row in store.quarantine.page(state).items]


def test_what_was_heard_comes_back_as_it_was(store: Store) -> None:
    store.quarantine.record([heard()], T0)
    (row,) = store.quarantine.page().items
    assert (row.state, row.sighting) == (QuarantineState.WAITING, heard())


def test_counts_add_up_and_the_newest_word_holds(store: Store) -> None:
    store.quarantine.record([heard(messages=3)], T0)
    newer = replace(
        heard(minutes=60, messages=2),
        shape={"b": "text"},
        places=("tele/keran_7/LWT",),
        fits=(Fit("generic", "x"),),
        about={"model": "S31"},
    )
    store.quarantine.record([newer], at(60))
    (row,) = store.quarantine.page().items
    both = row.sighting
    assert (both.messages, both.octets) == (5, 20)
    assert (both.first_seen_at, both.last_seen_at) == (T0, at(60))
    assert both.shape == {"b": "text"}
    assert both.places == ("tele/keran_7/STATE", "tele/keran_7/LWT")
    assert [fit.profile for fit in both.fits] == ["generic", "tasmota"]
    assert both.about == {"model": "S31"}


def test_the_list_is_in_pages_last_heard_first(store: Store) -> None:
    store.quarantine.record([heard(f"d{n}", minutes=n % 3) for n in range(7)], T0)
    seen: list[str] = []
    after = None
    while True:
        page = store.quarantine.page(limit=2, after=after)
        seen += [row.sighting.name for row in page.items]
        after = page.next
        if after is None:
            break
    assert seen == ["d5", "d2", "d4", "d1", "d6", "d3", "d0"]
    with pytest.raises(ValueError, match="nonsense"):
        store.quarantine.page(after="nonsense-1")


def test_an_ignored_entry_stays_away_until_it_is_taken_back(store: Store) -> None:
    store.quarantine.record([heard()], T0)
    (row,) = store.quarantine.page().items
    store.quarantine.ignore(row.id, author="ani", now=at(1))
    again = store.quarantine.ignore(row.id, author="budi", now=at(2))
    assert again is not None
    assert (again.state, again.decided_by) == (QuarantineState.IGNORED, "ani")
    store.quarantine.record([heard(minutes=5)], at(5))
    assert names(store) == []
    store.quarantine.record([], at(40 * 1_440))
    assert names(store, QuarantineState.IGNORED) == ["keran_7"]
    store.quarantine.unignore(row.id, author="budi", now=at(3))
    assert names(store) == ["keran_7"]
    kinds = [(one.kind, one.author) for one in store.quarantine.decisions().items]
    assert kinds == [(Decision.UNIGNORED, "budi"), (Decision.IGNORED, "ani")]


def test_an_adopted_entry_waits_again_only_when_its_device_was_retired(store: Store) -> None:
    store.quarantine.record([heard()], T0)
    (row,) = store.quarantine.page().items
    for _ in range(2):
        store.quarantine.adopted(row.id, device_id="keran-7", author="ani", now=at(1))
    assert [one.device_id for one in store.quarantine.decisions().items] == ["keran-7"]
    store.quarantine.record([heard(minutes=2)], at(2))  # the collector has not taken it in yet
    assert names(store, QuarantineState.ADOPTED) == ["keran_7"]
    store.apply_inventory(city(Device("keran-7", "Keran", "sensor", "losari", "tasmota")), at(3))
    store.quarantine.record([heard(minutes=4)], at(4))
    assert names(store) == []
    store.apply_inventory(city(), at(5))
    store.quarantine.record([heard(minutes=6)], at(6))
    assert names(store) == ["keran_7"]


def test_who_was_silent_longest_goes_when_there_are_too_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "ENTRIES_LIMIT", 3)
    assert store.quarantine.record([heard(f"d{n}", minutes=n) for n in range(3)], T0) == 0
    (kept, *_) = store.quarantine.find("d0")
    store.quarantine.ignore(kept.id, author="ani", now=T0)
    late = [heard("d3", minutes=3), heard("d4", minutes=4)]
    assert store.quarantine.record(late, at(4)) == 1
    assert names(store) == ["d4", "d3", "d2"]
    assert names(store, QuarantineState.IGNORED) == ["d0"]


def test_who_is_silent_for_thirty_days_goes(store: Store) -> None:
    store.quarantine.record([heard("old"), heard("new", minutes=1_440)], T0)
    store.quarantine.record([], T0 + timedelta(days=30, seconds=1))
    assert names(store) == ["new"]


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.quarantine.one(9) is None
    assert store.quarantine.ignore(9, author="ani", now=T0) is None
    assert store.quarantine.adopted(9, device_id="x", author="ani", now=T0) is None
    assert store.quarantine.find("nobody", "mqtt") == []

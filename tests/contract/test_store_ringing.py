"""What a siren still rings for, as the outbox knows it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from collector.model.alerts import Alert, HoldReason, Purpose, Severity, Thread
from collector.notify.channels.siren import RANG, RINGS
from collector.store import Batch, Store
from tests.contract.alerts_made import alert, held, member, message, thread
from tests.contract.store_backends import BACKENDS, T0, at, city, open_backend

CRITICAL = Severity.CRITICAL
SWITCH = alert("sw-1", severity=CRITICAL)
CAMERA = alert("cam-1", severity=CRITICAL)
INCIDENT = thread("incident:1", severity=CRITICAL)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


def told(store: Store, within: Thread, *leads: Alert, key: str = "n-1") -> None:
    """Write a thread with what leads it, and let the siren take its first message."""
    first = message(key, channel="sirene", severity=CRITICAL)
    store.alerts.commit(
        Batch(
            at(1),
            alerts=leads,
            threads=[within],
            members=[member(within, one) for one in leads],
            notifications=[(within, first)],
        )
    )
    (claimed,) = store.outbox.claim(at(1), 10)
    assert store.outbox.sent(claimed.id or 0, at(1), reference=RANG)


def rings(store: Store, since: datetime | None = None, channel: str = "sirene") -> bool:
    return store.outbox.ringing(channel, since, RINGS, (CRITICAL,)).now


def test_nothing_rings_where_nothing_was_told(store: Store) -> None:
    found = store.outbox.ringing("sirene", None, RINGS, (CRITICAL,))
    assert (found.now, found.last_at) == (False, None)


def test_it_rings_until_the_device_is_well_again(store: Store) -> None:
    told(store, INCIDENT, SWITCH)
    assert rings(store)
    assert store.outbox.ringing("sirene", None, RINGS, (CRITICAL,)).last_at == at(1)
    assert not rings(store, channel="lampu")
    well = replace(SWITCH, ended_at=at(2), end_confirmed_at=at(2))
    store.alerts.commit(Batch(at(2), alerts=[well], threads=[replace(INCIDENT, closed_at=at(2))]))
    assert not rings(store)


def test_of_two_threads_that_share_it_the_other_keeps_it_on(store: Store) -> None:
    told(store, INCIDENT, SWITCH)
    told(store, thread("incident:2"), CAMERA, key="n-2")
    for device, on in ((SWITCH, True), (CAMERA, False)):
        well = replace(device, ended_at=at(2), end_confirmed_at=at(2))
        store.alerts.commit(Batch(at(2), alerts=[well]))
        assert rings(store) is on


@pytest.mark.parametrize(
    ("reason", "on"),
    [
        (HoldReason.ACKNOWLEDGED, False),
        (HoldReason.SILENCED, False),
        (HoldReason.IN_MAINTENANCE, False),
        (HoldReason.ALREADY_TOLD, True),
        (HoldReason.QUIET_HOURS, True),
    ],
)
def test_it_is_quiet_when_somebody_has_it_in_hand(
    store: Store, reason: HoldReason, on: bool
) -> None:
    told(store, INCIDENT, SWITCH)
    store.alerts.commit(Batch(at(2), alerts=[SWITCH], decisions=[held(SWITCH, reason)]))
    assert rings(store) is on


def test_it_is_quiet_after_its_time(store: Store) -> None:
    told(store, INCIDENT, SWITCH)
    assert rings(store, since=at(0.5))
    assert not rings(store, since=at(1.5))


def test_what_it_did_not_ring_for_does_not_keep_it_on(store: Store) -> None:
    """A warning that the same channel was handed: taken, but no reference."""
    store.alerts.commit(
        Batch(
            at(1),
            alerts=[SWITCH],
            threads=[INCIDENT],
            members=[member(INCIDENT, SWITCH)],
            notifications=[(INCIDENT, message("n-1", channel="sirene"))],
        )
    )
    (claimed,) = store.outbox.claim(at(1), 10)
    assert rings(store), "on its way: it may have been switched on a moment ago"
    store.outbox.sent(claimed.id or 0, at(1), reference=None)
    assert not rings(store)


def test_it_rings_on_when_the_alert_went_on_in_another_thread(store: Store) -> None:
    """Incidents that are merged close a thread without a word."""
    told(store, INCIDENT, SWITCH)
    other = thread("incident:2")
    store.alerts.commit(
        Batch(
            at(2),
            alerts=[SWITCH],
            threads=[replace(INCIDENT, closed_at=at(2)), other],
            members=[member(INCIDENT, SWITCH, left_at=at(2)), member(other, SWITCH)],
        )
    )
    assert rings(store)
    milder = replace(SWITCH, severity=Severity.WARNING)
    store.alerts.commit(Batch(at(3), alerts=[milder]))
    assert not rings(store)


def test_a_storm_rings_while_a_thread_that_it_took_in_is_not_over(store: Store) -> None:
    storm = thread("storm:2026-11-01T00:00:00Z")
    inside = replace(INCIDENT, storm=storm.key)
    store.alerts.commit(
        Batch(at(1), alerts=[SWITCH], threads=[inside], members=[member(inside, SWITCH)])
    )
    first = message("s-1", channel="sirene", purpose=Purpose.STORM, severity=CRITICAL)
    store.alerts.commit(Batch(at(1), threads=[storm], notifications=[(storm, first)]))
    (claimed,) = store.outbox.claim(at(1), 10)
    store.outbox.sent(claimed.id or 0, at(1), reference=RANG)
    assert rings(store)
    well = replace(SWITCH, ended_at=at(2), end_confirmed_at=at(2))
    store.alerts.commit(Batch(at(2), alerts=[well]))
    assert not rings(store)

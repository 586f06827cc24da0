"""What the store counts for the health of alarms, against a slow count over the same rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from collector.alarm_health import BUCKET, LEAD, AboutDevice, Noisy, Stale, Tally
from collector.alarm_health.figures import SHELVED
from collector.model import State
from collector.model.alerts import Alert, DeliveryState, HoldReason, Purpose, Severity, Stage
from collector.store import Batch, IncidentFilter, Store, Withdrawal
from collector.store.schema import alert_decisions, alert_threads, alerts, thread_members
from tests.contract.alerts_made import alert, held, member, message, passed, thread
from tests.contract.store_backends import BACKENDS, T0, at, change, check, city, open_backend

START, END = at(0), at(24 * 60)
EPOCH = datetime.fromtimestamp(0, T0.tzinfo)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        opened.apply_checks([check("cam-1"), check("sw-1")], T0)
        yield opened


# --- the slow count ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An alert, why it was held last, and whether a message named it."""

    alert: Alert
    reason: HoldReason | None = None
    named: bool = False


def is_own(alert: Alert) -> bool:
    if alert.state is State.UNKNOWN:
        return alert.device_id.startswith("collector:")
    return alert.state is not State.UNREACHABLE


def bucket(moment: datetime) -> int:
    return (moment - EPOCH) // BUCKET


def slow_tally(rows: Sequence[Row], start: datetime, end: datetime) -> Tally:
    """Count by looking at every alert with every other."""
    inside = [row for row in rows if start <= row.alert.confirmed_at < end]
    own = [row.alert for row in inside if is_own(row.alert)]
    of_device: defaultdict[str, list[Alert]] = defaultdict(list)
    for one in own:
        of_device[one.device_id].append(one)
    noisy = [
        Noisy(
            device_id,
            len(found),
            sum(one.flapping for one in found),
            sum(
                one.ended_at is not None and one.ended_at - one.confirmed_at < timedelta(minutes=5)
                for one in found
            ),
            chatters(found),
        )
        for device_id, found in of_device.items()
    ]
    return Tally(
        start,
        end,
        raised=Counter(
            bucket(row.alert.confirmed_at)
            for row in rows
            if start - LEAD <= row.alert.confirmed_at < end
        ),
        own_by_severity=Counter(one.severity for one in own),
        held=Counter(row.reason for row in inside if row.reason and not row.named),
        noisy=tuple(sorted(noisy, key=lambda one: (-one.count, one.device_id))),
        stale=tuple(
            sorted(
                (
                    Stale(row.alert.device_id, row.alert.state, row.alert.began_at)
                    for row in rows
                    if is_own(row.alert)
                    and row.alert.confirmed_at <= end - timedelta(days=1)
                    and (row.alert.ended_at is None or row.alert.ended_at > end)
                    and row.reason not in SHELVED
                ),
                key=lambda one: (one.since_at, one.device_id),
            )
        ),
    )


def chatters(alerts: Sequence[Alert]) -> bool:
    return any(
        sum(one.confirmed_at <= other.confirmed_at < one.confirmed_at + within for other in alerts)
        >= times
        for times, within in ((3, timedelta(minutes=10)), (10, timedelta(days=1)))
        for one in alerts
    )


# --- random alerts ----------------------------------------------------------------------------

REASONS = (None, *HoldReason)


@st.composite
def some_rows(draw: st.DrawFn) -> list[Row]:
    """Alerts of a few devices, of three days around the window; one at a time a device."""
    rows = []
    for device in ("cam-1", "sw-1", "sensor-1", "collector:main"):
        minute = draw(st.integers(-2 * 24 * 60, 0))
        for _ in range(draw(st.integers(0, 14))):
            minute += draw(st.integers(1, 12) | st.integers(1, 1_500))
            lasts = draw(st.none() | st.integers(1, 12) | st.integers(1, 4_000))
            began = at(minute)
            ended = None if lasts is None else began + timedelta(minutes=lasts)
            made = alert(
                device,
                minute,
                state=draw(st.sampled_from([s for s in State if s is not State.UP])),
                severity=draw(st.sampled_from(list(Severity))),
                flapping=draw(st.booleans()),
                ended_at=ended,
                end_confirmed_at=ended,
            )
            reason = draw(st.sampled_from(REASONS))
            rows.append(Row(made, reason, named=draw(st.booleans())))
            if lasts is None:
                break
            minute += lasts
    return rows


def write(store: Store, rows: Sequence[Row]) -> None:
    within = thread("incident:1", closed_at=at(9_999))
    batch = Batch(
        at(9_999),
        alerts=[row.alert for row in rows],
        decisions=[
            passed(row.alert)
            if row.reason is None
            else held(row.alert, row.reason, stage=Stage.CAUSE)
            for row in rows
        ],
    )
    stored = store.alerts.commit(batch).alerts
    threads = [replace(within, key=f"device:{number}") for number, _ in enumerate(rows)]
    store.alerts.commit(
        Batch(
            at(9_999),
            threads=threads,
            members=[
                member(its, one, told_state=State.DOWN if row.named else None, alert_id=one.id)
                for its, one, row in zip(threads, stored, rows, strict=True)
            ],
        )
    )


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store for all examples, which empty it: making one for each would take seconds."""
    with open_backend("sqlite", tmp_path_factory.mktemp("examples")) as opened:
        yield opened


@settings(deadline=None, max_examples=25)
@given(rows=some_rows())
def test_the_store_counts_what_a_slow_count_counts(one_store: Store, rows: list[Row]) -> None:
    with one_store._database.write() as connection:
        for table in (thread_members, alert_threads, alert_decisions, alerts):
            connection.execute(delete(table))
    write(one_store, rows)
    for end in (END, at(3 * 24 * 60)):
        assert one_store.alerts.tally(START, end) == slow_tally(rows, START, end)


# --- messages and people ----------------------------------------------------------------------


def send(store: Store, key: str, minutes: float, **changed: object) -> None:
    made = replace(message(key, due_at=at(minutes)), **changed)  # type: ignore[arg-type]
    store.outbox.add([made])
    (taken,) = store.outbox.claim(at(minutes), 1)
    assert store.outbox.sent(taken.id or 0, at(minutes), reference=None)


def test_messages_are_counted_by_who_got_them_and_when(store: Store) -> None:
    send(store, "before", -30)
    send(store, "first", 0)
    send(store, "second", 9.99, severity=Severity.CRITICAL)
    send(store, "third", 10, receiver="kadis")
    send(store, "test", 11, purpose=Purpose.TEST)
    send(store, "beat", 12, purpose=Purpose.HEARTBEAT)
    send(store, "after", 24 * 60)
    store.outbox.add([message("waits")])
    first = bucket(START)
    found = store.alerts.tally(START, END)
    assert found.told == {"piket": {first - 3: 1, first: 2}, "kadis": {first + 1: 1}}
    assert found.told_by_severity == {Severity.WARNING: 2, Severity.CRITICAL: 1}


def test_a_window_is_widened_to_full_ten_minutes(store: Store) -> None:
    found = store.alerts.tally(at(7), END)
    assert found.start == START


def test_messages_that_were_given_up_are_counted(store: Store) -> None:
    store.outbox.add([message("dead"), message("fine")])
    (one, _) = store.outbox.claim(at(1), 5)
    assert store.outbox.dead(one.id or 0, "403")
    assert store.outbox.page().items[-1].state is DeliveryState.DEAD
    assert store.alerts.tally(START, END).dead == 1
    assert store.alerts.tally(END, at(2 * 24 * 60)).dead == 0


def test_waiting_is_counted_from_the_first_message_to_the_acknowledgement(store: Store) -> None:
    for device, minutes in (("cam-1", 1), ("sw-1", 2), ("sensor-1", 3)):
        store.commit([], [], [change(device, State.UP, State.DOWN, minutes)])
    listed = store.incidents.page(IncidentFilter(), at(4)).items
    first, second, third = sorted(row.incident.id or 0 for row in listed)
    threads = [
        thread(f"incident:{first}", first_told_at=at(2)),
        thread(f"incident:{second}", first_told_at=at(3)),
        thread(f"incident:{third}"),  # told to nobody
        thread("device:cam-1", first_told_at=at(3)),  # no incident
    ]
    store.alerts.commit(Batch(at(3), threads=threads))
    store.incidents.acknowledge(first, "", "ani", at(5.5))
    assert store.alerts.tally(START, END).waited == (210.0, None)
    assert store.alerts.tally(at(10), END).waited == ()


def test_an_incident_that_is_over_still_counts_as_told_and_taken(store: Store) -> None:
    store.commit([], [], [change("cam-1", State.UP, State.DOWN, 1)])
    (row,) = store.incidents.page(IncidentFilter(), at(4)).items
    incident = row.incident.id or 0
    told = thread(f"incident:{incident}", first_told_at=at(2))
    first = replace(message("first"), created_at=at(2), purpose=Purpose.FIRING)
    taken_back = replace(message("never"), created_at=at(1), purpose=Purpose.FIRING)
    store.alerts.commit(
        Batch(at(2), threads=[told], notifications=[(told, taken_back), (told, first)])
    )
    store.alerts.commit(Batch(at(2), withdrawn=[Withdrawal("muted", key="never")]))
    store.incidents.acknowledge(incident, "", "budi", at(4))
    store.commit([], [], [change("cam-1", State.DOWN, State.UP, 5)])
    over = replace(told, first_told_at=None, told_at=None, over_at=at(5), closed_at=at(5))
    store.alerts.commit(Batch(at(5), threads=[over]))
    assert store.alerts.tally(START, END).waited == (120.0,)


def test_devices_are_named_with_how_often_they_must_fail(store: Store) -> None:
    rows = [alert("cam-1"), alert("collector:main", state=State.UNKNOWN)]
    store.alerts.commit(Batch(at(0), alerts=rows))
    found = store.alerts.tally(START, END)
    confirm = check("cam-1").rule.confirm
    assert [(one.device_id, one.about) for one in found.noisy] == [
        ("cam-1", AboutDevice("Kamera 100% Losari", confirm)),
        ("collector:main", AboutDevice()),
    ]
    old = store.alerts.tally(at(3 * 24 * 60), at(4 * 24 * 60))
    assert [one.about.name for one in old.stale] == ["Kamera 100% Losari", None]


def test_the_first_alert_is_known(store: Store) -> None:
    assert store.alerts.first_at() is None
    store.alerts.commit(Batch(at(0), alerts=[alert("cam-1", 3), alert("sw-1", 1)]))
    assert store.alerts.first_at() == at(1) + timedelta(seconds=10)

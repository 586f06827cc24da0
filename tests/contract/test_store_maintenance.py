"""Windows as every store keeps them: before, during, after the fact; cancelled, replaced, told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import insert, select

from collector.model import MaintenanceWindow, Scope
from collector.moments import to_micros
from collector.store import Store, WindowError, WindowGoneError
from collector.store.schema import uptime_months
from tests.contract.store_backends import BACKENDS, T0, city, open_backend

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0 - 90 * DAY)
        yield opened


def window(
    starts_at: datetime = T0,
    hours: float = 2,
    *,
    created_at: datetime = T0 - DAY,
    recurrence: str | None = None,
    **scope: tuple[str, ...],
) -> MaintenanceWindow:
    return MaintenanceWindow(
        title="Ganti switch",
        reason="Firmware baru",
        author="budi",
        created_at=created_at,
        scope=Scope(**(scope or {"devices": ("cam-1",)})),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        zone="Asia/Makassar",
        recurrence=recurrence,
    )


def cancel(
    store: Store, window_id: int | None, now: datetime, from_at: datetime | None = None
) -> MaintenanceWindow | None:
    return store.maintenance.cancel(
        window_id or 0, author="siti", reason="Batal", now=now, from_at=from_at
    )


def ids(store: Store, **wanted: object) -> list[int | None]:
    return [one.id for one in store.maintenance.page(**wanted).items]  # type: ignore[arg-type]


def test_a_window_comes_back_as_it_was_made(store: Store) -> None:
    made = store.maintenance.create(
        window(
            recurrence="FREQ=WEEKLY;BYDAY=SU", devices=("cam-1",), sites=("balai",), areas=("73",)
        )
    )
    assert made.id == 1
    assert store.maintenance.get(1) == made
    assert store.maintenance.get(2) is None


def test_a_window_after_the_fact_says_so_for_ever(store: Store) -> None:
    made = store.maintenance.create(window(created_at=T0 + 5 * HOUR))
    kept = store.maintenance.get(made.id or 0)
    assert kept is not None
    assert kept.created_at > kept.starts_at


def test_a_scope_that_names_what_is_not_there_is_refused_by_name(store: Store) -> None:
    with pytest.raises(WindowError) as refused:
        store.maintenance.create(
            window(
                devices=("cam-1", "cam-9"), sites=("losar",), areas=("73", "73.7"), tags=("x" * 99,)
            )
        )
    told = {one.field: one.message for one in refused.value.faults}
    assert set(told) == {"scope.devices", "scope.sites", "scope.areas", "scope.tags"}
    assert 'no device "cam-9"; did you mean "cam-1"?' in told["scope.devices"]
    assert 'no area "73.7"' in told["scope.areas"]
    assert "x" * 61 not in told["scope.tags"]
    assert ids(store) == []


def test_a_window_that_cannot_be_used_is_not_stored(store: Store) -> None:
    with pytest.raises(WindowError, match="not after starts_at"):
        store.maintenance.create(window(hours=-1))
    assert ids(store) == []


def test_cancelling_ends_a_window_now_or_earlier_and_never_before_its_start(store: Store) -> None:
    running = store.maintenance.create(window())
    ended = cancel(store, running.id, T0 + HOUR)
    assert ended is not None
    assert (ended.cancelled_from_at, ended.cancelled_at) == (T0 + HOUR, T0 + HOUR)
    assert (ended.cancelled_by, ended.cancel_reason) == ("siti", "Batal")
    assert store.maintenance.get(running.id or 0) == ended

    never = store.maintenance.create(window())
    taken_back = cancel(store, never.id, T0 + 9 * DAY, T0 - DAY)
    assert taken_back is not None
    assert taken_back.cancelled_from_at == T0
    planned = store.maintenance.create(window(T0 + DAY))
    assert (cancelled := cancel(store, planned.id, T0)) is not None
    assert cancelled.cancelled_from_at == T0 + DAY


def test_cancelling_is_refused_twice_without_a_reason_and_when_it_is_over(store: Store) -> None:
    made = store.maintenance.create(window())
    assert cancel(store, 99, T0) is None
    with pytest.raises(WindowError, match="nothing would change; give an earlier moment"):
        cancel(store, made.id, T0 + DAY)
    with pytest.raises(WindowError, match="reason is empty"):
        store.maintenance.cancel(made.id or 0, author="siti", reason=" ", now=T0)
    cancel(store, made.id, T0)
    with pytest.raises(WindowGoneError, match="siti cancelled it at 2026-11-01T00:00:00Z"):
        cancel(store, made.id, T0)


def test_of_two_who_cancel_at_once_one_is_told(store: Store) -> None:
    made = store.maintenance.create(window())
    outcomes: list[str] = []

    def try_it() -> None:
        try:
            cancel(store, made.id, T0)
            outcomes.append("done")
        except WindowGoneError:
            outcomes.append("told")

    threads = [Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "told"]


def test_a_changed_window_is_a_new_one_in_the_place_of_the_old(store: Store) -> None:
    old = store.maintenance.create(window())
    new = store.maintenance.replace(old.id or 0, window(hours=1, created_at=T0 + 9 * HOUR))
    assert new is not None
    assert (new.id, new.replaces) == (2, 1)
    gone = store.maintenance.get(1)
    assert gone is not None
    assert (gone.cancelled_from_at, gone.cancelled_by) == (T0, "budi")  # it never counted

    weekly = store.maintenance.create(window(recurrence="FREQ=WEEKLY"))
    later = T0 + 30 * DAY
    store.maintenance.replace(weekly.id or 0, window(later, created_at=later))
    past = store.maintenance.get(weekly.id or 0)
    assert past is not None
    assert past.cancelled_from_at == later  # what is past stays
    assert store.maintenance.replace(99, window()) is None


def test_a_change_that_is_refused_leaves_the_old_window(store: Store) -> None:
    old = store.maintenance.create(window())
    with pytest.raises(WindowError):
        store.maintenance.replace(old.id or 0, window(devices=("nobody",)))
    assert store.maintenance.get(old.id or 0) == old
    assert ids(store) == [1]


def test_the_list_is_newest_first_and_narrowed_by_time_device_and_whether_it_is_on(
    store: Store,
) -> None:
    single = store.maintenance.create(window())
    weekly = store.maintenance.create(window(recurrence="FREQ=WEEKLY", sites=("losari",)))
    dropped = store.maintenance.create(window(T0 + 7 * DAY))
    cancel(store, dropped.id, T0)
    assert ids(store) == [3, 2, 1]
    assert ids(store, start=T0 + 7 * DAY, end=T0 + 8 * DAY) == [weekly.id]
    assert ids(store, start=T0 + HOUR) == [2, 1]
    assert ids(store, end=T0) == []
    assert ids(store, device_id="cam-1", start=T0) == [2, 1]
    assert ids(store, device_id="nobody") == []
    assert ids(store, active_at=T0 + HOUR) == [2, 1]
    assert ids(store, inactive_at=T0 + HOUR) == [3]
    assert ids(store, active_at=T0 + 7 * DAY) == [2]
    first = store.maintenance.page(limit=2)
    assert first.next == "2"
    assert store.maintenance.page(limit=2, after=first.next).items == (single,)


def test_who_is_in_maintenance_now(store: Store) -> None:
    assert store.maintenance.active(T0) == {}
    one = store.maintenance.create(window(sites=("losari",), recurrence="FREQ=DAILY"))
    assert {one.scope.sites[0] for one in store.maintenance.active(T0 + 5 * DAY).values()} == {
        "losari"
    }
    assert store.maintenance.active(T0 + 5 * DAY)["cam-1"] == one
    assert store.maintenance.active(T0 + 5 * DAY + 2 * HOUR) == {}
    assert store.maintenance.covered(one.scope) == sorted(store.maintenance.active(T0))


def test_every_change_of_a_window_changes_the_mark(store: Store) -> None:
    marks = [store.maintenance.mark()]
    made = store.maintenance.create(window())
    marks.append(store.maintenance.mark())
    cancel(store, made.id, T0)
    marks.append(store.maintenance.mark())
    assert len(set(marks)) == 3


def test_every_change_forgets_the_sums_it_touches_and_no_other(store: Store) -> None:
    def keep() -> None:
        """Put sums of October and November for two devices there."""
        with store._database.write() as connection:
            connection.execute(uptime_months.delete())
            for device_id in ("cam-1", "sw-1"):
                for month in (T0 - 31 * DAY, T0):
                    row = {
                        "rules": "x", "device_id": device_id, "starts_at": to_micros(month),
                        "ends_at": to_micros(month + 30 * DAY), "sums": b"",
                    }  # fmt: skip
                    connection.execute(insert(uptime_months), row)

    def kept() -> list[tuple[str, int]]:
        with store._database.read() as connection:
            rows = connection.execute(
                select(uptime_months.c.device_id, uptime_months.c.starts_at)
            ).all()
        return sorted((device, (at - to_micros(T0)) // 86_400_000_000) for device, at in rows)

    keep()
    made = store.maintenance.create(window(recurrence="FREQ=DAILY"))
    assert kept() == [("cam-1", -31), ("sw-1", -31), ("sw-1", 0)]
    keep()
    store.maintenance.replace(made.id or 0, replace(made, created_at=T0 + DAY, reason="Lagi"))
    assert kept() == [("cam-1", -31), ("sw-1", -31), ("sw-1", 0)]
    keep()
    cancel(store, 2, T0 + 40 * DAY)
    assert len(kept()) == 4  # nothing before that changes

"""Outages of a window with who answers for them, whatever is above them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from collector.model import CauseClass, Owner, State
from collector.store import Store
from collector.store.ledger import behind
from collector.store.schema import outages
from collector.uptime import OutageSpan
from tests.contract.store_backends import BACKENDS, T0, City, at, city, open_backend
from tests.contract.store_past import Past

OWNERS = ("vendor", "isp", "pln", "kominfo")


def owned_city() -> City:
    """The switch and the camera behind it have owners of everything; the sensor has one."""
    plain = city()
    owners = {one: Owner(one, one.title()) for one in OWNERS}
    devices = {
        "cam-1": replace(
            plain.devices["cam-1"], owner="vendor", link_owner=None, power_owner="pln"
        ),
        "sw-1": replace(
            plain.devices["sw-1"], owner="kominfo", link_owner="isp", power_owner="pln"
        ),
        "sensor-1": replace(plain.devices["sensor-1"], owner="vendor"),
    }
    return City(plain.areas, {**plain.owners, **owners}, plain.sites, devices)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(owned_city(), T0)
        yield opened


def who(store: Store, device_id: str) -> list[str | None]:
    return [span.responsible for span in store.outage_spans(at(0), at(100), [device_id])]


@pytest.mark.parametrize(
    ("device_id", "cause", "responsible"),
    [
        ("sw-1", CauseClass.DEVICE, "kominfo"),
        ("sw-1", CauseClass.LINK, "isp"),
        ("sw-1", CauseClass.POWER, "pln"),
        ("cam-1", CauseClass.LINK, "vendor"),  # nobody is named for its link
        ("sensor-1", CauseClass.POWER, "vendor"),
        ("sw-1", CauseClass.PLANNED, None),
        ("sw-1", CauseClass.UNKNOWN, None),
        ("sw-1", CauseClass.UPSTREAM, None),  # of what, is not known
    ],
)
def test_who_answers_follows_from_cause_and_owners(
    store: Store, device_id: str, cause: CauseClass, responsible: str | None
) -> None:
    Past(store).outage(device_id, at(1), at(2), cause)
    assert who(store, device_id) == [responsible]


def test_what_was_cut_off_is_the_matter_of_who_answers_for_the_root(store: Store) -> None:
    past = Past(store)
    root = past.outage("sw-1", at(1), at(9), CauseClass.LINK)
    middle = past.outage(
        "sensor-1", at(1), at(9), CauseClass.UPSTREAM, state=State.UNREACHABLE, root=root
    )
    past.outage("cam-1", at(1), at(9), CauseClass.UPSTREAM, state=State.UNREACHABLE, root=middle)
    assert who(store, "cam-1") == who(store, "sensor-1") == ["isp"]


def test_roots_in_a_circle_are_nobodys(store: Store) -> None:
    past = Past(store)
    one = past.outage("sw-1", at(1), at(9), CauseClass.UPSTREAM)
    other = past.outage("cam-1", at(1), at(9), CauseClass.UPSTREAM, root=one)
    with store._database.write() as connection:
        connection.execute(update(outages).where(outages.c.id == one).values(root_outage_id=other))
    assert who(store, "cam-1") == who(store, "sw-1") == [None]


def test_outages_that_touch_a_window_are_given_whole(store: Store) -> None:
    past = Past(store)
    for start, end in ((0, 10), (10, 12), (15, None), (20, 30), (-9, 40)):
        past.outage("sw-1", at(start), None if end is None else at(end))
    found = store.outage_spans(at(10), at(20))
    assert sorted((span.start, span.end) for span in found if span.end) == [
        (at(-9), at(40)),
        (at(10), at(12)),
    ]
    still_on = [span for span in found if span.end is None]
    assert still_on == [OutageSpan("sw-1", State.DOWN, at(15))]


def test_who_was_cut_off_behind_a_device_is_found_at_any_depth(store: Store) -> None:
    past = Past(store)
    root = past.outage("sw-1", at(1), at(9))
    middle = past.outage("cam-1", at(1), at(9), CauseClass.UPSTREAM, root=root)
    past.outage("sensor-1", at(1), at(9), CauseClass.UPSTREAM, root=middle)
    with store._database.read() as connection:
        assert behind(connection, ["sw-1"]) == {"sw-1", "cam-1", "sensor-1"}
        assert behind(connection, ["cam-1"]) == {"cam-1", "sensor-1"}
        assert behind(connection, []) == set()

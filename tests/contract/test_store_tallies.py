"""The ledger: whatever was kept, touched and remembered, an answer is that of the log."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from collector.contract import Rules, ServiceHours
from collector.model import Area, CauseClass, Reason, State, Transition
from collector.moments import from_micros, to_micros
from collector.store import Store
from collector.store.schema import uptime_months
from collector.uptime import Tally, Window, tally
from collector.uptime.tally import joined
from tests.contract.store_backends import BACKENDS, T0, City, city, open_backend
from tests.contract.store_past import Past

UP, DOWN, UNKNOWN, UNREACHABLE = State.UP, State.DOWN, State.UNKNOWN, State.UNREACHABLE
ZONE = "Asia/Jayapura"
NOW = T0 + timedelta(days=100)  # 9 February 2027
PLAIN = Rules()
FIVE_MINUTES = Rules("contract", minimum_outage_seconds=300)
DECEMBER = Window.month(2026, 12)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


def say(store: Store, device_id: str, new: State, at: datetime, cause: str | None = None) -> None:
    moved = Transition(device_id, UNKNOWN, new, at, at, Reason.NO_ANSWER, cause=cause)
    store.commit([], [], [moved])


def ask(
    store: Store, window: Window = DECEMBER, rules: Rules = PLAIN, **options: object
) -> dict[str, Tally]:
    given: dict[str, object] = {"zone": ZONE, "now": NOW} | options
    return store.ledger.tallies(window, rules, **given)  # type: ignore[arg-type]


def months_kept(store: Store) -> int:
    with store._database.read() as connection:
        return connection.scalar(select(func.count()).select_from(uptime_months)) or 0


def december(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def test_a_month_that_is_over_is_kept_and_answers_the_same(store: Store) -> None:
    say(store, "sw-1", UP, T0)
    say(store, "sw-1", DOWN, december(10))
    say(store, "sw-1", UP, december(11))
    first = ask(store)
    assert months_kept(store) == 3
    assert first == ask(store)
    assert first["sw-1"].down == 86_400_000_000
    assert (first["cam-1"].unknown, first["cam-1"].known) == (31 * 86_400_000_000, 0)


def test_a_month_begins_when_the_clocks_at_the_site_say_so(store: Store) -> None:
    """Two hours before midnight UTC+9 is not yet December in Makassar (UTC+8)."""
    for device_id in ("sw-1", "sensor-1"):  # in Makassar; in an area without a zone
        say(store, device_id, UP, T0)
        say(store, device_id, DOWN, datetime(2026, 11, 30, 15, tzinfo=UTC))
        say(store, device_id, UP, datetime(2026, 11, 30, 17, tzinfo=UTC))
    found = ask(store)
    assert found["sensor-1"].down == 2 * 3_600_000_000
    assert found["sw-1"].down == 1 * 3_600_000_000


@pytest.mark.parametrize("moment", [december(20), T0 + timedelta(days=1)])
def test_a_word_about_the_past_makes_its_months_anew(store: Store, moment: datetime) -> None:
    say(store, "sw-1", UP, T0)
    before = ask(store)["sw-1"]
    say(store, "sw-1", DOWN, moment)
    after = ask(store)["sw-1"]
    assert before.down == 0
    assert after.down == to_micros(december(31, 16)) - to_micros(
        max(moment, december(1) - timedelta(hours=8))
    )


def test_a_word_about_the_present_leaves_what_is_kept_and_remembered(store: Store) -> None:
    say(store, "sw-1", UP, T0)
    ask(store)
    remembered = list(store.ledger._remembered.values())
    say(store, "sw-1", DOWN, NOW)
    assert months_kept(store) == 3
    ask(store)
    assert list(store.ledger._remembered.values()) == remembered != []


def test_another_process_that_changes_the_past_is_noticed(store: Store, tmp_path: Path) -> None:
    say(store, "sw-1", UP, T0)
    with Store.open(tmp_path / "pantau.db", read_only=True) as reader:
        assert ask(reader)["sw-1"].down == 0
        say(store, "sw-1", DOWN, december(30))
        assert ask(reader)["sw-1"].down > 0
        assert months_kept(reader) == 0


def test_a_month_that_was_not_seen_to_its_end_is_not_kept(store: Store) -> None:
    say(store, "sw-1", UP, T0)
    half_seen = ask(store, known_until=december(15))
    assert months_kept(store) == 0
    assert half_seen["sw-1"].unknown > 0
    assert ask(store)["sw-1"].unknown == 0
    assert ask(store, known_until=december(15)) == half_seen


def test_a_month_with_an_outage_that_may_yet_count_is_not_kept_by_rules_with_a_minimum(
    store: Store,
) -> None:
    say(store, "sw-1", UP, T0)
    say(store, "sw-1", DOWN, december(20))
    ask(store, rules=FIVE_MINUTES)
    assert months_kept(store) == 2  # of the two others
    say(store, "sw-1", UP, NOW)
    ask(store, rules=FIVE_MINUTES)
    assert months_kept(store) == 3


def test_the_present_month_is_taken_from_the_log_and_joined_to_what_is_kept(store: Store) -> None:
    """An outage over the seam is one, and as long as both parts."""
    say(store, "sw-1", UP, T0)
    say(store, "sw-1", DOWN, datetime(2027, 1, 31, tzinfo=UTC))
    say(store, "sw-1", UP, datetime(2027, 2, 2, tzinfo=UTC))
    found = ask(store, Window(date(2026, 12, 1), date(2027, 3, 1)))["sw-1"]
    assert months_kept(store) == 2 * 3
    assert (found.outages, found.longest_outage) == (1, 2 * 86_400_000_000)
    assert found.window == to_micros(NOW) - to_micros(datetime(2026, 11, 30, 16, tzinfo=UTC))


def test_only_the_devices_that_are_asked_for_are_reckoned(store: Store) -> None:
    assert list(ask(store, device_ids=["cam-1", "nobody"])) == ["cam-1"]
    assert months_kept(store) == 1
    assert ask(store, device_ids=[]) == {}


def test_a_device_has_no_time_before_it_was_made_or_after_it_was_retired(store: Store) -> None:
    store.apply_inventory(city(city().devices["sw-1"]), december(10))
    assert list(ask(store, Window(date(2026, 10, 1), date(2026, 11, 1)))) == []
    found = ask(store)
    assert found["cam-1"].window == to_micros(december(10)) - to_micros(
        december(1) - timedelta(hours=9)
    )
    assert list(ask(store, Window.month(2027, 1))) == ["sw-1"]


def test_a_window_of_the_future_is_empty(store: Store) -> None:
    assert ask(store, Window.month(2027, 3)) == {}


def test_refreshing_makes_every_month_that_is_over_and_tells_how_far_it_is(store: Store) -> None:
    told: list[tuple[int, int]] = []
    made = store.ledger.refresh(
        [PLAIN, FIVE_MINUTES],
        zone=ZONE,
        now=NOW,
        progress=lambda done, of: told.append((done, of)),
    )
    assert made == 6
    assert told == [(3, 3), (3, 3)]
    assert months_kept(store) == 2 * 3 * 3  # the first one is a part of November
    assert store.ledger.refresh([PLAIN], zone=ZONE, now=NOW) == 0


def test_rules_that_nobody_asks_for_do_not_fill_the_disk(store: Store) -> None:
    for minutes in range(12):
        assert (
            ask(store, rules=Rules(minimum_outage_seconds=minutes * 60)).keys() == ask(store).keys()
        )
    assert months_kept(store) == 8 * 3
    store.ledger.refresh([PLAIN], zone=ZONE, now=NOW)
    with_others = months_kept(store)
    ask(store, rules=Rules(minimum_outage_seconds=7200))
    store.ledger.refresh([PLAIN], zone=ZONE, now=NOW)
    assert months_kept(store) <= with_others == 7 * 3 + 3 * 3


def test_who_told_sums_to_others_learns_of_which_device_the_past_was_changed(store: Store) -> None:
    begun = store.ledger.last_change()
    say(store, "sw-1", DOWN, T0 + timedelta(hours=3))
    say(store, "cam-1", UP, T0 + timedelta(hours=2))
    changes = store.ledger.changes_after(begun, 100)
    assert changes is not None
    assert {(one.device_id, from_micros(one.since)) for one in changes} == {
        ("sw-1", T0 + timedelta(hours=3)),
        ("cam-1", T0 + timedelta(hours=2)),
    }
    assert store.ledger.changes_after(changes[-1].id, 100) == []
    assert store.ledger.changes_after(begun, 1) == changes[:1]
    assert changes[-1].id == store.ledger.last_change()


def test_each_device_is_listed_from_its_own_moment_on_also_when_many_change_at_once(
    store: Store,
) -> None:
    begun = store.ledger.last_change()
    moved = [
        Transition(device_id, UNKNOWN, UP, at, at, Reason.OK)
        for device_id, at in (("sw-1", december(2)), ("cam-1", december(9)))
    ]
    store.commit([], [], moved)
    changes = store.ledger.changes_after(begun, 100)
    assert changes is not None
    assert {(one.device_id, from_micros(one.since)) for one in changes} == {
        ("sw-1", december(2)),
        ("cam-1", december(9)),
    }


def test_who_is_too_far_behind_must_take_everything_for_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.store.ledger.CHANGES_KEPT", 3)
    monkeypatch.setattr("collector.store.ledger._CHANGES_AT_ONCE", 2)
    begun = store.ledger.last_change()
    for day in range(1, 9):
        say(store, "sw-1", UP if day % 2 else DOWN, december(day))
    assert store.ledger.changes_after(begun, 100) is None
    kept = store.ledger.changes_after(store.ledger.last_change() - 3, 100)
    assert kept is not None
    assert len(kept) == 3


def test_hours_add_up_to_what_the_window_gives(store: Store) -> None:
    """Also with an outage that counts only as a whole, and an hour that has only begun."""
    say(store, "sw-1", UP, T0)
    say(store, "sw-1", DOWN, december(5, 7) + timedelta(minutes=57))
    say(store, "sw-1", UP, december(5, 8) + timedelta(minutes=4))
    start, end = december(5, 6), december(5, 9) + timedelta(minutes=20)
    hours = store.ledger.hourly(
        start, end, FIVE_MINUTES, zone=ZONE, now=end, known_until=end, device_ids=["sw-1"]
    )
    found = [None if one is None else (one.up, one.down) for one in hours["sw-1"]]
    minute = 60_000_000
    assert found == [
        (60 * minute, 0),
        (57 * minute, 3 * minute),
        (56 * minute, 4 * minute),
        (20 * minute, 0),
    ]


# --- any past, in any order -------------------------------------------------------------------

hours = st.integers(0, 24 * 99)
devices = st.sampled_from(["cam-1", "sw-1", "sensor-1"])
rule_sets = st.sampled_from(
    [
        PLAIN,
        FIVE_MINUTES,
        Rules(exclude_maintenance=False, causes_not_counted=frozenset({CauseClass.POWER})),
        Rules(
            minimum_outage_seconds=2 * 86_400,
            causes_not_counted=frozenset({CauseClass.UNKNOWN}),
            service_hours=(ServiceHours((0, 1, 2, 3, 4), time(22), time(6)),),
        ),
    ]
)
dates = st.dates(date(2026, 10, 20), date(2027, 3, 10))
edges = dates | st.builds(
    lambda day, hour: datetime.combine(day, time(hour), UTC), dates, st.integers(0, 23)
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    if draw(st.booleans()):
        return draw(st.sampled_from([DECEMBER, Window(date(2026, 11, 1), date(2027, 2, 1))]))
    try:
        return Window(draw(edges), draw(edges))
    except ValueError:
        return DECEMBER


class AnyPast(RuleBasedStateMachine):
    """Words about the past, corrections, windows, new owners and zones, between questions."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(mkdtemp())
        self.store = Store.open(self.folder / "pantau.db")
        self.reader = Store.open(self.folder / "pantau.db", read_only=True)
        self.past = Past(self.store)
        self.city = city()
        self.now = NOW
        self.store.apply_inventory(self.city, T0)

    def teardown(self) -> None:
        self.reader.close()
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(device=devices, new=st.sampled_from(State), hour=hours)
    def something_is_said(self, device: str, new: State, hour: int) -> None:
        root = "sw-1" if new is UNREACHABLE and device != "sw-1" else None
        say(self.store, device, new, T0 + timedelta(hours=hour), root)

    @rule(cause=st.sampled_from(CauseClass), which=st.integers(0, 20))
    def a_cause_is_corrected(self, cause: CauseClass, which: int) -> None:
        self.past.correct(which, cause)

    @rule(device=devices, hour=hours, length=st.integers(1, 900))
    def work_was_planned(self, device: str, hour: int, length: int) -> None:
        start = T0 + timedelta(hours=hour)
        self.past.window(device, start, start + timedelta(hours=length))

    @rule(device=devices, owner=st.sampled_from([None, "diskominfo"]))
    def a_device_gets_another_owner(self, device: str, owner: str | None) -> None:
        its = replace(self.city.devices[device], owner=owner)
        self.apply(replace(self.city, devices={**self.city.devices, device: its}))

    @rule(zone=st.sampled_from(["Asia/Makassar", "Europe/Berlin", None]))
    def an_area_gets_another_zone(self, zone: str | None) -> None:
        its = Area("73.710", "Not a part of 73.71", zone)
        self.apply(replace(self.city, areas={**self.city.areas, "73.710": its}))

    @rule(hour=hours)
    def a_device_is_retired_and_comes_back_later(self, hour: int) -> None:
        kept = {key: its for key, its in self.city.devices.items() if key != "sensor-1"}
        self.store.apply_inventory(replace(self.city, devices=kept), T0 + timedelta(hours=hour))

    def apply(self, new: City) -> None:
        self.city = new
        self.store.apply_inventory(new, self.now)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(rules=rule_sets)
    def sums_are_refreshed(self, rules: Rules) -> None:
        self.store.ledger.refresh([rules], zone=ZONE, now=self.now)

    @rule(
        window=windows(),
        rules=rule_sets,
        seen=st.none() | hours,
        zone=st.sampled_from([ZONE, "Europe/Berlin"]),
    )
    def somebody_asks(self, window: Window, rules: Rules, seen: int | None, zone: str) -> None:
        known = None if seen is None else T0 + timedelta(hours=seen)
        expected = self.from_the_log(window, rules, known, zone)
        for store in (self.store, self.reader):
            found = store.ledger.tallies(window, rules, zone=zone, now=self.now, known_until=known)
            assert found == expected
        self.hours_add_up(rules, known or self.now, zone)

    def hours_add_up(self, rules: Rules, known: datetime, zone: str) -> None:
        start, end = december(9, 3), december(13)
        asked: dict[str, Any] = {"zone": zone, "now": self.now, "known_until": known}
        hours = self.reader.ledger.hourly(start, end, rules, **asked)
        sums = {
            device_id: joined(own)
            for device_id, parts in hours.items()
            if (own := [one for one in parts if one is not None])
        }
        assert sums == self.reader.ledger.tallies(Window(start, end), rules, **asked)

    def from_the_log(
        self, window: Window, rules: Rules, known: datetime | None, default: str
    ) -> dict[str, Tally]:
        found: dict[str, Tally] = {}
        for facts in self.store.facts():
            zone = ZoneInfo(facts.zone or default)
            start, end = map(from_micros, window.resolve(zone))
            end = min(end, self.now)
            if start >= end:
                continue
            found |= tally(
                self.store.state_intervals(
                    start, end, [facts.id], known_until=min(known or self.now, self.now)
                ),
                self.past.exclusions(facts.id),
                outages=self.store.outage_spans(start, end, [facts.id]),
                rules=rules,
                zone=zone,
                now=self.now,
            )
        return found

    @invariant()
    def what_is_kept_is_over(self) -> None:
        if hasattr(self, "store"):
            with self.store._database.read() as connection:
                last = connection.scalar(select(func.max(uptime_months.c.ends_at)))
            assert last is None or last <= to_micros(self.now)


TestAnyPast = AnyPast.TestCase
TestAnyPast.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

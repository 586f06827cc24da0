"""States, the inventory and Pantau's own figures: through the spool, as InfluxDB has them then."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.courier.report import REPORT_MARK, CourierReport
from collector.courier.teller import TellerSettings
from collector.courier.teller.figures import FiguresTeller
from collector.courier.teller.states import StatesTeller
from collector.courier.teller.threads import Threaded
from collector.model import DeviceState, Heartbeat, Reason, State, Status, Transition
from collector.sinks import SinkError
from collector.sinks.influx.lines import nanoseconds
from collector.sinks.spool import LANES, Pack, Spool, lane_of
from collector.store import Store
from tests.api_city import ManualClock
from tests.contract.store_backends import T0, city
from tests.contract.store_past import Past
from tests.influxd import Influxd

NOON = T0 + timedelta(hours=12)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass
class Watch:
    """A store, its teller and the engine into which the spool is emptied."""

    store: Store
    spool: Spool
    engine: Influxd
    database: str
    clock: ManualClock

    def __post_init__(self) -> None:
        self.store.apply_inventory(city(), T0)
        self.beat()
        self.restart()

    def restart(self) -> None:
        """Begin anew, as after a kill: only the spool remembers."""
        self.threaded = Threaded("states")
        parts = self.store, self.spool, self.clock, TellerSettings(), self.threaded
        self.states, self.figures = StatesTeller(*parts), FiguresTeller(*parts)

    def beat(self) -> None:
        self.store.beat(Heartbeat("c1", "run", T0, self.clock.now(), {"checks": 3.0}), [], [])

    def pass_time(self, length: timedelta, *, seen: bool = True) -> None:
        self.clock.advance(length.total_seconds())
        if seen:
            self.beat()

    def say(self, device_id: str, new: State, at: datetime) -> None:
        moved = Transition(device_id, State.UNKNOWN, new, at, self.clock.now(), Reason.NO_ANSWER)
        state = DeviceState(device_id, Status.UP, new, at, at, Reason.NO_ANSWER)
        self.store.commit([state], [], [moved])

    def tell(self) -> None:
        asyncio.run(self.states.tell())

    def empty(self) -> None:
        """Bring what waits to the engine, lane by lane."""
        for lane in range(LANES):
            while records := self.spool.peek(lane, 1_000):
                self.engine.write(self.database, b"".join(one.pack.lines for one in records))
                self.spool.remove([one.id for one in records])

    def rows(self, text: str) -> list[dict[str, Any]]:
        self.empty()
        return [
            dict(zip(one["columns"], values, strict=True)) | one.get("tags", {})
            for one in self.engine.query(text, self.database)
            for values in one["values"]
        ]

    def states_of(self, device_id: str) -> dict[datetime, str]:
        """Return what is said of a device, by moments."""
        text = f"SELECT state_text FROM state WHERE device = '{device_id}'"  # noqa: S608 - a test's
        zero = NOON - timedelta(microseconds=nanoseconds(NOON) // 1000)
        return {
            zero + timedelta(microseconds=row["time"] // 1000): row["state_text"]
            for row in self.rows(text)
        }


@pytest.fixture
def watch(influxd: Influxd, database: str, tmp_path: Path) -> Iterator[Watch]:
    with Store.open(tmp_path / "pantau.db") as store:
        spool = Spool.open(tmp_path / "spool.db")
        yield Watch(store, spool, influxd, database, ManualClock(NOON + SECOND))
        spool.close()


def test_every_device_has_a_line_each_full_minute(watch: Watch) -> None:
    watch.say("sw-1", State.DEGRADED, NOON - MINUTE)
    watch.tell()
    watch.tell()
    watch.pass_time(MINUTE)
    watch.tell()
    rows = watch.rows("SELECT * FROM state")
    assert len(rows) == 2 * 3
    (first, _) = (row for row in rows if row["device"] == "sw-1")
    assert first == {
        "time": nanoseconds(NOON),
        "device": "sw-1",
        "site": "balai",
        "area": "73.71",
        "kind": "switch",
        "owner": None,
        "state": 1,
        "state_text": "degraded",
        "up": 1,
        "maintenance": 0,
        "flapping": 0,
    }


def test_a_transition_has_a_line_of_its_own_at_once(watch: Watch) -> None:
    watch.tell()
    watch.pass_time(20 * SECOND)
    watch.say("sw-1", State.DOWN, NOON + 5 * SECOND)
    watch.tell()
    assert watch.states_of("sw-1") == {NOON: "unknown", NOON + 5 * SECOND: "down"}


def test_minutes_that_turned_out_otherwise_are_told_again(watch: Watch) -> None:
    """It was down since 12:00:30, and sure at 12:02:10; the minutes said that it was up."""
    watch.say("sw-1", State.UP, NOON - MINUTE)
    for _ in range(3):
        watch.tell()
        watch.pass_time(MINUTE)
    watch.say("sw-1", State.DOWN, NOON + 30 * SECOND)
    watch.tell()
    assert watch.states_of("sw-1") == {
        NOON: "up",
        NOON + 30 * SECOND: "down",
        NOON + MINUTE: "down",
        NOON + 2 * MINUTE: "down",
        NOON + 3 * MINUTE: "down",
    }


def test_a_later_word_that_begins_earlier_takes_back_what_stood_after_it(watch: Watch) -> None:
    watch.tell()
    watch.pass_time(MINUTE)
    watch.say("sw-1", State.UP, NOON + 40 * SECOND)
    watch.tell()
    watch.say("sw-1", State.UNKNOWN, NOON + 20 * SECOND)
    watch.tell()
    found = watch.states_of("sw-1")
    assert {found[at] for at in found if at > NOON} == {"unknown"}
    assert NOON + 40 * SECOND in found


def test_while_nobody_looks_every_minute_says_unknown(watch: Watch) -> None:
    watch.say("sw-1", State.UP, NOON - MINUTE)
    watch.tell()
    watch.pass_time(MINUTE, seen=False)
    watch.tell()
    assert watch.states_of("sw-1") == {NOON: "up", NOON + MINUTE: "unknown"}
    assert [row["up"] for row in watch.rows("SELECT up FROM state WHERE device = 'sw-1'")] == [1]


def test_planned_work_and_flapping_are_said_beside_the_state(watch: Watch) -> None:
    Past(watch.store).window("sw-1", NOON, NOON + timedelta(seconds=30))
    watch.store.commit(
        [DeviceState("sw-1", Status.UP, State.UP, NOON, NOON, Reason.OK, flapping=True)], [], []
    )
    watch.tell()
    watch.pass_time(MINUTE)
    watch.tell()
    rows = watch.rows("SELECT maintenance, flapping FROM state WHERE device = 'sw-1'")
    assert [(row["maintenance"], row["flapping"]) for row in rows] == [(1, 1), (0, 1)]


def _full(*_: object, **_options: object) -> None:
    raise SinkError("disk full")


def test_what_could_not_be_kept_is_told_the_next_time_and_once(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.tell()
    watch.pass_time(20 * SECOND)
    watch.say("sw-1", State.DOWN, NOON + 5 * SECOND)
    with monkeypatch.context() as broken:
        broken.setattr(Spool, "append", _full)
        with pytest.raises(SinkError):
            watch.tell()
    watch.tell()
    watch.restart()  # killed and begun anew: nothing comes twice, nothing is left out
    watch.tell()
    assert watch.spool.status().lines == 3 + 3 + 1  # states, inventory, the transition
    assert watch.states_of("sw-1")[NOON + 5 * SECOND] == "down"


def test_lines_of_a_device_stay_in_its_lane(watch: Watch) -> None:
    watch.tell()
    for device_id in ("cam-1", "sw-1", "sensor-1"):
        lines = b"".join(one.pack.lines for one in watch.spool.peek(lane_of(device_id), 100))
        assert f"device={device_id},".encode() in lines


def test_a_clock_that_is_set_back_silences_nobody(watch: Watch) -> None:
    watch.tell()
    watch.pass_time(timedelta(hours=-2))
    watch.tell()
    assert sorted(watch.states_of("sw-1")) == [NOON - timedelta(hours=2), NOON]


def test_the_inventory_is_told_when_it_changes_and_every_quarter_of_an_hour(watch: Watch) -> None:
    devices = city().devices
    renamed = replace(devices["cam-1"], name='Kamera "Baru", Losari', address=None)
    for minute in range(16):
        watch.tell()
        if minute == 4:
            watch.store.apply_inventory(
                replace(city(), devices={**devices, "cam-1": renamed}), watch.clock.now()
            )
        watch.pass_time(MINUTE)
    rows = watch.rows("SELECT * FROM inventory WHERE device = 'cam-1'")
    minutes = [(row["time"] - nanoseconds(NOON)) // 60_000_000_000 for row in rows]
    assert minutes == [0, 5, 15]
    first, second, _ = rows
    assert (first["name"], first["address"]) == ("Kamera 100% Losari", "10.0.0.1")
    assert (second["name"], second["address"]) == ('Kamera "Baru", Losari', "")
    assert (first["site_name"], first["area_name"]) == ("Anjungan Losari", "Mariso")
    assert (first["owner_name"], first["profile"]) == ("Dinas Kominfo", "hikvision-camera")
    assert (first["latitude"], first["longitude"]) == (-5.14, 119.4)


def test_pantau_tells_of_its_collectors_the_spool_and_the_courier(watch: Watch) -> None:
    now = watch.clock.now()
    report = CourierReport(now, T0, requests=7, lines=900, retries={"network": 2, "token": 1})
    watch.spool.set_marks({REPORT_MARK: report.encode()})
    line = b"ping,device=a x=1 1\n"
    watch.spool.append([Pack(0, line, 1, now, now)], now)
    asyncio.run(watch.figures.tell())
    watch.spool.remove([watch.spool.peek(0, 1)[0].id])
    watch.pass_time(timedelta(seconds=30), seen=False)
    asyncio.run(watch.figures.tell())
    rows = watch.rows("SELECT * FROM pantau")
    collector = [row for row in rows if row["collector"] == "c1"]
    assert [row["checks"] for row in collector] == [3.0, None]  # said once, not once more
    assert [row["alive"] for row in collector] == [1, 0]
    assert collector[1]["heartbeat_age_seconds"] == 30.0
    courier = [row for row in rows if row["collector"] == "courier"]
    assert [row["courier_lines"] for row in courier] == [900, 900]
    assert [row["courier_retries"] for row in courier] == [3, 3]
    assert courier[0]["spool_lines"] == 1

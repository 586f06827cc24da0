"""Transitions, incidents and planned work in the bucket of an hour, as Grafana reads them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.teller import TellerSettings, transitions
from collector.courier.teller.annotations import AnnotationsTeller
from collector.courier.teller.threads import Threaded
from collector.courier.teller.transitions import TransitionsTeller
from collector.courier.teller.words import _WORDS, Words, languages
from collector.model import (
    MaintenanceWindow,
    Reason,
    Scope,
    State,
    Transition,
)
from collector.sinks.influx.lines import nanoseconds
from collector.sinks.spool import Spool
from collector.store import IncidentFilter, Store
from tests.api_city import ManualClock
from tests.contract.store_backends import T0, city
from tests.influx_v2_proxy import WRITE_TOKEN, Proxy
from tests.influxd import Influxd

NOON = T0 + timedelta(hours=12)
MINUTE = timedelta(minutes=1)


@dataclass
class Log:
    """A store, and the engine that is told of it."""

    store: Store
    spool: Spool
    proxy: Proxy
    engine: Influxd
    bucket: str
    clock: ManualClock

    def __post_init__(self) -> None:
        self.store.apply_inventory(city(), T0)

    def say(self, device_id: str, new: State, at: datetime, detail: str = "") -> None:
        moved = Transition(device_id, State.UP, new, at, at, Reason.NO_ANSWER, detail)
        self.store.commit([], [], [moved])

    def tell(self) -> None:
        asyncio.run(self._tell())

    async def _tell(self) -> None:
        influxdb = InfluxdbSettings(
            url=self.proxy.url, token=SecretStr(WRITE_TOKEN), bucket=self.bucket
        )
        threaded = Threaded("events")
        async with Delivery.open(influxdb, self.clock) as delivery:
            parts = (
                *(self.store, self.spool, delivery, self.clock),
                TellerSettings(bucket=self.bucket),
                threaded,
            )
            await TransitionsTeller(*parts).tell()
            await AnnotationsTeller(*parts).tell_incidents()
            await AnnotationsTeller(*parts).tell_maintenance()
        await threaded.close()

    def rows(self, text: str) -> list[dict[str, Any]]:
        return [
            dict(zip(one["columns"], values, strict=True))
            for one in self.engine.query(text, self.bucket)
            for values in one["values"]
        ]


@pytest.fixture
def log(influxd: Influxd, influx: Proxy, database: str, tmp_path: Path) -> Iterator[Log]:
    with Store.open(tmp_path / "pantau.db") as store:
        spool = Spool.open(tmp_path / "spool.db")
        yield Log(store, spool, influx, influxd, database, ManualClock(NOON))
        spool.close()


def milliseconds(at: datetime) -> int:
    return nanoseconds(at) // 1_000_000


def test_every_transition_is_told_once_also_two_of_one_moment(log: Log) -> None:
    log.say("cam-1", State.DOWN, NOON - MINUTE, '3 of 3 "lost"')
    log.say("cam-1", State.UNREACHABLE, NOON - MINUTE)
    log.tell()
    log.say("cam-1", State.UP, NOON)
    log.tell()
    rows = log.rows("SELECT * FROM transition")
    assert [(row["old"], row["new"], row["new_text"]) for row in rows] == [
        (0, 2, "down"),
        (0, 3, "unreachable"),
        (0, 0, "up"),
    ]
    first = rows[0]
    assert (first["device"], first["owner"], first["reason"]) == (
        "cam-1",
        "diskominfo",
        "no_answer",
    )
    assert first["detail"] == '3 of 3 "lost"'
    assert first["began_ms"] == milliseconds(NOON - MINUTE)


def test_a_long_log_is_told_in_parts(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transitions, "AT_ONCE", 20)
    moved = [
        Transition("cam-1", State.UP, State.UNKNOWN, at, at, Reason.OK)
        for at in (T0 + number * timedelta(seconds=1) for number in range(50))
    ]
    log.store.commit([], [], moved)
    log.tell()
    assert log.engine.count(log.bucket, "transition", "new") == 50
    assert log.spool.mark("teller.transitions") == "50"


def test_an_incident_is_a_span_that_grows_until_its_recovery(log: Log) -> None:
    log.say("cam-1", State.DOWN, NOON - 10 * MINUTE)
    log.tell()
    (row,) = log.rows("SELECT * FROM incident")
    assert row["title"] == "Gangguan: Kamera 100% Losari"
    assert row["text"].endswith("; masih berlangsung")
    assert (row["open"], row["gone"], row["devices"]) == (1, 0, 1)
    assert (row["device"], row["site"], row["area"]) == ("cam-1", "losari", "73.71.01")
    assert row["time"] // 1000 == nanoseconds(NOON - 10 * MINUTE) // 1000
    assert row["ended_ms"] == milliseconds(NOON)
    log.clock.advance(300)
    log.tell()
    (row,) = log.rows("SELECT * FROM incident")
    assert row["ended_ms"] == milliseconds(NOON + 5 * MINUTE)
    log.say("cam-1", State.UP, NOON + 3 * MINUTE)
    log.tell()
    (row,) = log.rows("SELECT * FROM incident")
    assert (row["open"], row["ended_ms"]) == (0, milliseconds(NOON + 3 * MINUTE))
    assert row["text"].endswith("; pulih setelah 13 menit")


def test_an_incident_that_turns_out_to_have_begun_earlier_stands_once(log: Log) -> None:
    log.say("cam-1", State.DOWN, NOON - 10 * MINUTE)
    log.tell()
    log.say("cam-1", State.DOWN, NOON - 20 * MINUTE)
    log.tell()
    rows = log.rows("SELECT * FROM incident WHERE gone = 0")
    began = [incident.incident.started_at for incident in _incidents(log)]
    assert [row["time"] // 1000 for row in rows] == [nanoseconds(at) // 1000 for at in began]


def _incidents(log: Log) -> Any:
    return log.store.incidents.page(IncidentFilter(), log.clock.now()).items


def window(**values: Any) -> MaintenanceWindow:
    given: dict[str, Any] = {
        "title": "Ganti aki",
        "reason": "aki tua",
        "author": "budi",
        "created_at": T0,
        "scope": Scope(sites=("losari",)),
        "starts_at": NOON - 30 * MINUTE,
        "ends_at": NOON + 30 * MINUTE,
        "zone": "Asia/Makassar",
    }
    return MaintenanceWindow(**(given | values))


def test_planned_work_is_told_when_it_begins_and_as_long_as_it_turns_out(log: Log) -> None:
    made = log.store.maintenance.create(window())
    log.store.maintenance.create(window(starts_at=NOON + MINUTE))
    log.tell()
    (row,) = log.rows("SELECT * FROM maintenance")
    assert (row["title"], row["text"]) == ("Pemeliharaan: Ganti aki", "aki tua (budi)")
    assert (row["site"], row["open"]) == ("losari", 1)
    assert row["ended_ms"] == milliseconds(NOON + 30 * MINUTE)
    log.clock.advance(600)
    log.store.maintenance.cancel(made.id or 0, author="budi", reason="selesai", now=log.clock.now())
    log.tell()
    first, second = log.rows("SELECT * FROM maintenance WHERE gone = 0")
    assert (first["open"], first["ended_ms"]) == (0, milliseconds(NOON + 10 * MINUTE))
    assert second["open"] == 1


def test_planned_work_that_never_counted_is_taken_back(log: Log) -> None:
    made = log.store.maintenance.create(window())
    log.tell()
    log.store.maintenance.cancel(
        made.id or 0, author="budi", reason="batal", now=NOON, from_at=NOON - 30 * MINUTE
    )
    log.tell()
    assert log.rows("SELECT * FROM maintenance WHERE gone = 0") == []
    assert len(log.rows("SELECT * FROM maintenance WHERE gone = 1")) == 1


def test_work_that_comes_again_is_told_each_time(log: Log) -> None:
    log.store.maintenance.create(
        window(
            starts_at=T0 - timedelta(days=3),
            ends_at=T0 - timedelta(days=3) + MINUTE,
            recurrence="FREQ=DAILY",
        )
    )
    log.tell()
    assert len(log.rows("SELECT * FROM maintenance")) == 4
    log.clock.advance(86_400)
    log.tell()
    rows = log.rows("SELECT * FROM maintenance")
    assert len(rows) == 5
    assert {row["open"] for row in rows} == {0}


def test_both_languages_say_everything() -> None:
    assert languages() == ["id", "en"]
    assert _WORDS["id"].keys() == _WORDS["en"].keys()
    english = Words("en").window_title(replace(window(), title="Battery"))
    assert english == "Maintenance: Battery"

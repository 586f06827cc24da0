"""The health of alarms in the bucket of an hour: every full hour since the first alert, once."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.teller import TellerSettings
from collector.courier.teller.alarm_health import AT_ONCE, MARK, AlarmHealthTeller
from collector.courier.teller.threads import Threaded
from collector.model.alerts import HoldReason, Severity, Stage
from collector.sinks.spool import Spool
from collector.store import Batch, Store
from tests.api_city import ManualClock
from tests.contract.alerts_made import alert, held, message, passed
from tests.contract.store_backends import T0, at, city
from tests.influx_v2_proxy import WRITE_TOKEN, Proxy
from tests.influxd import Influxd


@dataclass
class Hours:
    """A store with alerts, and the engine that is told of their hours."""

    store: Store
    spool: Spool
    proxy: Proxy
    engine: Influxd
    bucket: str
    clock: ManualClock

    def tell(self, minutes: float) -> None:
        """Tell as of so many minutes after T0."""
        self.clock.advance((at(minutes) - self.clock.now()).total_seconds())
        asyncio.run(self._tell())

    async def _tell(self) -> None:
        influxdb = InfluxdbSettings(
            url=self.proxy.url, token=SecretStr(WRITE_TOKEN), bucket=self.bucket
        )
        threaded = Threaded("alarms")
        async with Delivery.open(influxdb, self.clock) as delivery:
            settings = TellerSettings(bucket=self.bucket)
            await AlarmHealthTeller(
                self.store, self.spool, delivery, self.clock, settings, threaded
            ).tell()
        await threaded.close()

    def rows(self) -> dict[int, dict[str, Any]]:
        """Return what is stored, by hours after T0."""
        found = {}
        for one in self.engine.query('SELECT * FROM "alarm_health"', self.bucket):
            for values in one["values"]:
                row = dict(zip(one["columns"], values, strict=True))
                found[(row["time"] // 10**9 - int(T0.timestamp())) // 3_600] = row
        return found


@pytest.fixture
def hours(influxd: Influxd, influx: Proxy, database: str, tmp_path: Path) -> Iterator[Hours]:
    with Store.open(tmp_path / "pantau.db") as store:
        store.apply_inventory(city(), T0)
        spool = Spool.open(tmp_path / "spool.db")
        yield Hours(store, spool, influx, influxd, database, ManualClock(T0))
        spool.close()


def test_each_full_hour_since_the_first_alert_is_a_point(hours: Hours) -> None:
    down = alert("cam-1", 70, severity=Severity.CRITICAL, ended_at=at(72), end_confirmed_at=at(72))
    again = alert("cam-1", 130)
    hours.store.alerts.commit(
        Batch(
            at(140),
            alerts=[down, again],
            decisions=[passed(down, 71), held(again, HoldReason.SILENCED, stage=Stage.SILENCE)],
        )
    )
    hours.store.outbox.add([replace(message("first"), due_at=at(71))])
    (taken,) = hours.store.outbox.claim(at(71), 1)
    hours.store.outbox.sent(taken.id or 0, at(71), reference=None)
    hours.tell(60 * 4 + 30)
    rows = hours.rows()
    assert sorted(rows) == [1, 2, 3]
    first, second, third = (rows[hour] for hour in (1, 2, 3))
    assert (first["raised"], first["told"], first["critical"], first["fleeting"]) == (1, 1, 1, 1)
    assert (second["raised"], second["told"], second["held"], second["held_silenced"]) == (
        1, 0, 1, 1,
    )  # fmt: skip
    assert (third["raised"], third["stale"], third.get("acknowledged_seconds")) == (0, 0, None)


def test_an_hour_is_told_when_it_is_over_and_the_last_ones_again(hours: Hours) -> None:
    one = alert("cam-1", 10)
    wait = held(one, HoldReason.TOO_SHORT, stage=Stage.POLICY)
    hours.store.alerts.commit(Batch(at(11), alerts=[one], decisions=[wait]))
    hours.tell(60.5)
    assert 0 not in hours.rows(), "its last messages may still be on their way to the store"
    hours.tell(62)
    assert hours.rows()[0]["held_too_short"] == 1
    hours.store.alerts.commit(Batch(at(63), decisions=[held(one, HoldReason.SILENCED)]))
    hours.tell(64)
    assert hours.rows()[0]["held_silenced"] == 0, "no hour more is over"
    hours.tell(122)
    told = hours.rows()[0]
    assert (told["held_silenced"], told["held_too_short"], told["held"]) == (1, 0, 1)
    assert 1 in hours.rows()


def test_a_city_without_alerts_is_told_to_be_quiet(hours: Hours) -> None:
    hours.tell(5 * 60 + 2)
    assert list(hours.rows()) == [4]
    assert hours.rows()[4]["raised"] == 0


def test_a_long_past_is_told_in_parts(hours: Hours) -> None:
    hours.store.alerts.commit(Batch(at(1), alerts=[alert("cam-1", 1)]))
    hours.tell((2 * AT_ONCE + 5) * 60 + 2)
    rows = hours.rows()
    assert sorted(rows) == list(range(2 * AT_ONCE + 5))
    assert rows[2 * AT_ONCE + 4]["stale"] == 1
    assert hours.spool.mark(MARK) == str(
        int((T0 + timedelta(hours=2 * AT_ONCE + 4)).timestamp()) // 3_600
    )

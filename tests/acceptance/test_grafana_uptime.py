"""Uptime in Grafana's queries is that of the API, digit for digit, over a run of the demo.

The whole of it is real: simulated devices fail, the collector sees it, the courier tells a real
engine and is killed in between; asked are InfluxQL and `GET /uptime`, for the same range and every
device, site, area, kind and owner.
"""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from collector.courier.teller.progress import Told
from collector.courier.teller.sums import TOLD_MARK
from collector.moments import from_micros
from collector.sinks.influx.lines import nanoseconds
from collector.sinks.influx.uptime_queries import Figure, uptime_query
from collector.sinks.spool import Spool
from collector.uptime import GroupBy
from tests.acceptance.demo_process import RunningDemo, running_demo
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Proxy
from tests.influxd import Influxd

BUCKET = "pantau"
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)  # noqa: TID251 - real time
PATIENCE_SECONDS = 240.0
Answer = dict[tuple[GroupBy, Figure], dict[str, float]]


async def test_a_run_of_the_demo_has_one_uptime_in_both(
    influxd_program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    with Influxd(influxd_program, tmp_path / "influxd") as engine, Proxy(engine.url) as proxy:
        for bucket in (BUCKET, f"{BUCKET}_5m", f"{BUCKET}_1h"):
            engine.create_database(bucket)
        monkeypatch.setenv("PANTAU__INFLUXDB__URL", proxy.url)
        monkeypatch.setenv("PANTAU__INFLUXDB__BUCKET", BUCKET)
        monkeypatch.setenv("PANTAU__INFLUXDB__TOKEN", WRITE_TOKEN)
        monkeypatch.setenv("PANTAU__INFLUXDB__READ_TOKEN", READ_TOKEN)
        async with running_demo(data, "--devices", "60", "--minutes", "4") as demo:
            await demo.wait_until(lambda seen: seen["down"] > 0, PATIENCE_SECONDS)
            first = demo.pid_of("courier")
            assert first is not None
            os.kill(first, signal.SIGKILL)
            killed_at = datetime.now(UTC)  # noqa: TID251 - real time
            said = await agreed(demo, engine, data / "spool.db", killed_at)
            assert demo.pid_of("courier") not in (None, first)
        states = engine.count(BUCKET, "state", "state")
        transitions = engine.count(f"{BUCKET}_1h", "transition", "new")
    uptime = said[GroupBy.DEVICE, Figure.UPTIME]
    assert len(uptime) >= 60
    assert min(uptime.values()) < 100.0, "nothing failed, so nothing was compared"
    assert states >= 60
    assert transitions > 0


async def agreed(demo: RunningDemo, engine: Influxd, spool: Path, after: datetime) -> Answer:
    """Ask both until they say the same of what was told after a moment; fail with the difference.

    Between a round of the teller and our question something may have been backdated: that is told
    with the next round.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    found: Answer = {}
    wanted: Answer = {}
    while time.monotonic() < deadline:
        until = told_until(spool)
        if until is not None and until > after:
            found, wanted = (
                await asyncio.to_thread(ask, engine, until),
                await of_the_api(demo, until),
            )
            if found == wanted:
                return found
        await asyncio.sleep(2)
    assert found == wanted
    raise AssertionError("the teller told nothing:\n" + "\n".join(demo.lines[-20:]))


def told_until(path: Path) -> datetime | None:
    """Return up to when sums were told and confirmed."""
    spool = Spool.open(path, read_only=True)
    try:
        told = Told.decode(spool.mark(TOLD_MARK))
    finally:
        spool.close()
    return None if told is None else from_micros(told.now)


def ask(engine: Influxd, until: datetime) -> Answer:
    """Return what InfluxQL says of every figure and group."""
    asked = list(product(GroupBy, Figure))
    queries = [
        uptime_query(
            figure,
            source=f'"{BUCKET}_1h".."uptime"',
            where=f"time >= {nanoseconds(START)} AND time < {nanoseconds(until)}",
            group_by=[by.value],
        )
        for by, figure in asked
    ]
    answer = httpx.post(f"{engine.url}/query", data={"q": ";".join(queries)}, timeout=60)
    found: Answer = {}
    for key, one in zip(asked, answer.json()["results"], strict=True):
        assert "error" not in one
        found[key] = {
            series["tags"][key[0].value]: series["values"][0][1] for series in one.get("series", [])
        }
    return found


async def of_the_api(demo: RunningDemo, until: datetime) -> Answer:
    """Return what `GET /uptime` says of the same."""
    found: Answer = {}
    for by in GroupBy:
        query = {"from": START.isoformat(), "to": until.isoformat(), "group_by": by.value}
        items: Any = (await demo.get("/uptime", **query))["items"]
        for figure in Figure:
            values = {item["key"]: _figure(item, figure) for item in items}
            found[by, figure] = {key: value for key, value in values.items() if value is not None}
    return found


def _figure(item: dict[str, Any], figure: Figure) -> float | None:
    low, high = item["uptime_bounds_percent"] or (None, None)
    match figure:
        case Figure.LOW:
            value = low
        case Figure.HIGH:
            value = high
        case Figure.COVERAGE:
            value = None if low is None else item[figure]
        case _:
            value = item[figure]
    return None if value is None else float(value)

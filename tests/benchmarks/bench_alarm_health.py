"""How long the health of alarms takes to reckon: ten thousand devices, a month, a year behind it.

    python -m tests.benchmarks.bench_alarm_health [--devices 10000] [--days 365] [--a-day 1000]

Half of all alerts stand behind another device, a few devices raise most of the rest. Also: the
explanation of one alert while ten thousand are firing.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from collector.alarm_health import advise, reckon
from collector.model import Reason, State
from collector.model.alerts import (
    Alert,
    Decision,
    HoldReason,
    Severity,
    Stage,
    Thread,
    ThreadMember,
)
from collector.notify.explaining import explain_now
from collector.store import Batch, Store
from tests.alert_play import PlainRules
from tests.contract.alerts_made import message

END = datetime(2026, 11, 1, tzinfo=UTC)
FIRING = 10_000


def main() -> None:
    """Fill a store and print what questions cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--a-day", type=int, default=1_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pantau.db"
        with Store.open(path) as store:
            began = perf_counter()
            for batch in _past(asked.devices, asked.days, asked.a_day):
                store.alerts.commit(batch)
            size = path.stat().st_size / 2**20
            said = f"{asked.days * asked.a_day:,} alerts of {asked.devices:,} devices"
            _print(f"{said}, {size:,.0f} MiB, written in {perf_counter() - began:.0f} s")
            for days in (1, 7, 30, 30, 90):
                _reckon(store, days)
            store.alerts.commit(_storm())
            began, spent = perf_counter(), process_time()
            explain_now(store, PlainRules(), "cam-1", END, collector_id="main")
            wall, cpu = perf_counter() - began, process_time() - spent
            _print(
                f"one alert explained while {FIRING:,} fire: {wall:.2f} s, of these {cpu:.2f} s"
                " of a core"
            )


def _reckon(store: Store, days: int) -> None:
    began, spent = perf_counter(), process_time()
    tally = store.alerts.tally(END - timedelta(days=days), END)
    health = reckon(tally)
    advise(health)
    wall, cpu = perf_counter() - began, process_time() - spent
    _print(
        f"{days:3} days: {health.raised.count:7,} alerts, {health.messages:6,} messages:"
        f" {wall:.3f} s, of these {cpu:.3f} s of a core"
    )


def _past(devices: int, days: int, a_day: int) -> Iterator[Batch]:
    luck = random.Random(1)  # noqa: S311 - the same past every time
    for day in range(days):
        start = END - timedelta(days=days - day)
        found: list[tuple[Alert, Decision]] = []
        threads: list[Thread] = []
        members: list[ThreadMember] = []
        messages: list[tuple[Thread | None, Any]] = []
        for number in range(a_day):
            began = start + timedelta(seconds=86_400 * number / a_day)
            alert = _alert(luck, devices, began, number)
            behind = alert.state is State.UNREACHABLE
            if behind or luck.random() < 0.5:
                held = HoldReason.PARENT_DOWN if behind else HoldReason.FLAPPING
                found.append((alert, Decision(0, began, Stage.CAUSE, held, "sw-1")))
                continue
            found.append((alert, Decision(0, began, Stage.SEND, None, "all")))
            key = f"device:{alert.device_id}/{day}/{number}"
            thread = Thread(key, began, alert.severity, began, closed_at=began, first_told_at=began)
            threads.append(thread)
            members.append(
                ThreadMember(key, began, alert.device_id, began, True, State.DOWN, alert.severity)
            )
            sent = message(key, created_at=began, due_at=began, sent_at=began)
            messages.append((thread, replace(sent, receiver=f"r{number % 5}")))
        yield Batch(
            start,
            alerts=[alert for alert, _ in found],
            decisions=found,
            threads=threads,
            members=members,
            notifications=messages,
        )


def _alert(luck: random.Random, devices: int, began: datetime, number: int) -> Alert:
    """Return an alert; its beginning differs by `number` from all others of the device."""
    began += timedelta(microseconds=number)
    device = f"cam-{int(luck.paretovariate(0.5)) % devices}"
    state = luck.choice((State.DOWN, State.UNREACHABLE))
    lasted = timedelta(seconds=luck.expovariate(1 / 1_800))
    return Alert(
        device,
        state,
        luck.choice(tuple(Severity)),
        began,
        began + timedelta(seconds=15),
        Reason.NO_ANSWER,
        ended_at=began + timedelta(seconds=15) + lasted,
        end_confirmed_at=began + timedelta(seconds=30) + lasted,
    )


def _storm() -> Batch:
    began = END - timedelta(minutes=1)
    alerts = [
        Alert(f"cam-{number}", State.DOWN, Severity.WARNING, began, began, Reason.NO_ANSWER)
        for number in range(FIRING)
    ]
    return Batch(END, alerts=alerts)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

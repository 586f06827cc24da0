"""What the demo reads of the platform's own files when all is over: holds, schedule, spool.

Loaded only then: it brings the store's code into this process, which should stay small while the
platform's memory is measured.
"""

import time
from contextlib import closing
from datetime import datetime

from collector.config import Config
from collector.sinks.spool import Spool
from collector.store import Store

_LOOK_SECONDS = 0.2
_CARRY_SECONDS = 30.0


def wait_for_courier(settings: Config) -> None:
    """Wait until the readings are where the API reads them, or the courier had its time."""
    until = time.monotonic() + _CARRY_SECONDS
    with closing(Spool.open(settings.spool_path, read_only=True)) as spool:
        while spool.status().records and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)  # noqa: TID251 - in a thread of its own


def held_devices(config: Config, start: datetime) -> dict[str, frozenset[str]]:
    """Return which devices' alerts were held for a while since a moment, by reason."""
    found: dict[str, set[str]] = {}
    with Store.open(config.store_path, read_only=True) as store:
        for device_id, reason in store.alerts.held_since(start):
            found.setdefault(reason.value, set()).add(device_id)
    return {reason: frozenset(devices) for reason, devices in found.items()}


def schedule_of(config: Config) -> dict[str, float]:
    """Return what the collector said of its schedule with its last heartbeat.

    Checks that were under way at that moment are not due yet.
    """
    with Store.open(config.store_path, read_only=True) as store:
        figures = next((one.figures for one in store.collectors()), {})
    return {
        "due": figures.get("checks_due", 0.0) - figures.get("checks_under_way", 0.0),
        "done": figures.get("checks_done", 0.0) + figures.get("checks_skipped", 0.0),
        "late_p99_seconds": round(figures.get("check_late_p99_seconds", 0.0), 4),
    }

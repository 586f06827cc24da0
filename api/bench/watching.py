"""Samples of what the platform's processes cost and say of themselves, while a bench runs.

The store is read with plain SQL over a connection of our own, read-only: the bench must cost the
platform nothing, and must not believe what the platform's own code makes of its tables.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from api.demo.usage import cpu_seconds, memory_mib

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. `cpu_seconds` and `memory_mib` (PSS) are by process name."""

    at: float  # monotonic seconds
    phase: str
    cpu_seconds: Mapping[str, float]
    memory_mib: Mapping[str, float]
    figures: Mapping[str, float]  # the collector's own, as of its last heartbeat
    states: Mapping[str, int]  # devices by state


def look(at: float, phase: str, pids: Mapping[str, int], store: Path) -> Sample:
    """Take a sample; a process that is gone, and a store that is not there yet, cost nothing."""
    used = {name: cpu for name, pid in pids.items() if (cpu := cpu_seconds(pid)) is not None}
    memory = {name: memory_mib(pids[name]) for name in used}
    figures: dict[str, float] = {}
    states: dict[str, int] = {}
    if store.is_file():
        with closing(_open(store)) as connection:
            try:
                rows = connection.execute("SELECT figures FROM collectors").fetchall()
                states = dict(
                    connection.execute(
                        "SELECT state, count(*) FROM device_states GROUP BY state"
                    ).fetchall()
                )
            except sqlite3.OperationalError:  # its tables are being made
                rows = []
        for (text,) in rows:
            figures |= json.loads(text or "{}")
    return Sample(at, phase, used, memory, figures, states)


@dataclass(frozen=True, slots=True)
class Moved:
    """A transition: of whom, to what, when it was sure (seconds since 1970)."""

    device: str
    new: str
    confirmed_at: float


def transitions(store: Path) -> list[Moved]:
    """Return every transition, in order."""
    query = "SELECT device_id, new, confirmed_at FROM transitions ORDER BY id"
    with closing(_open(store)) as connection:
        return [Moved(one, new, at / _MICROS) for one, new, at in connection.execute(query)]


def decided(store: Path) -> dict[str, list[float]]:
    """Return when alerts of each device were first decided, in order (seconds since 1970)."""
    query = (
        "SELECT device_id, min(d.at) FROM alerts a JOIN alert_decisions d ON d.alert_id = a.id"
        " GROUP BY a.id ORDER BY a.id"
    )
    found: dict[str, list[float]] = {}
    with closing(_open(store)) as connection:
        for device, at in connection.execute(query):
            found.setdefault(device, []).append(at / _MICROS)
    return found


def _open(store: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=5)

"""Pantau about itself, said once: for the desk, for `GET /health`, for `pantau health`.

    look_at ─► Facts (what was seen, None where it could not be) ─► troubles_of ─► what is wrong

What is judged here is what `/readyz` judges, by the same bounds, and what only people want to know.
Looking blocks; judging is pure.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from api.health_words import WORDS
from api.waiting import PATIENCE, SLOW, Look, Waiting
from collector.config import Config
from collector.model import Heartbeat
from collector.notify.figures import (
    DEAD_SHOWN,
    LONGEST_SILENCE,
    LONGEST_WAIT,
    REPORT,
    AlertReport,
)
from collector.sight import sight
from collector.sinks import Sink, SinkError
from collector.store import Store, StoreError

ENOUGH_DISK_BYTES = 1 << 30
_REFUSALS = frozenset({"token", "rights", "organisation", "bucket"})


class Level(StrEnum):
    """How bad a trouble is."""

    BROKEN = "broken"  # something that people rely on is not there, or data is being lost
    LACKING = "lacking"  # it works, and should be looked at


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. `who` and `n` fill its words (`WORDS[code]`)."""

    code: str
    part: str  # collector, readings, alerts, live, store, disk
    level: Level
    who: str | None = None
    n: int = 0
    since_at: datetime | None = None

    def view(self) -> dict[str, Any]:
        """Return it in the shape `api.schemas.health.TroubleView`."""
        words = {
            key: text.format(who=self.who, n=_grouped(self.n, key))
            for key, text in WORDS[self.code]._asdict().items()
        }
        about = {"code": self.code, "part": self.part, "level": self.level, "who": self.who}
        return about | {"since_at": self.since_at} | words


@dataclass(frozen=True, slots=True)
class Disk:
    """What the disk has, and what Pantau keeps on it (bytes; by what it is)."""

    free_bytes: int
    total_bytes: int
    files: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What was seen of Pantau at a moment."""

    now: datetime
    timeout_seconds: float
    heartbeats: tuple[Heartbeat, ...] | None  # None: the store cannot be read
    waiting_entries: int = 0  # of the quarantine
    expects_alerts: bool = False
    alerts: AlertReport | None = None
    readable: bool = True  # the storage of readings
    look: Look | None = None  # None: readings do not go to a server
    following: bool = True  # the live path
    disk: Disk | None = None


def look_at(
    store: Store,
    sink: Sink | None,
    waiting: Waiting | None,
    now: datetime,
    *,
    files: Mapping[str, Path],
    timeout_seconds: float,
    expects_alerts: bool,
    following: bool,
) -> Facts:
    """Return what is seen of Pantau now; what cannot be read is a fact as well. Blocks."""
    heartbeats: tuple[Heartbeat, ...] | None = None
    report, entries, readable, look = None, 0, True, None
    try:
        heartbeats = tuple(store.collectors())
        entries = store.quarantine.waiting()
        if expects_alerts:
            report = AlertReport.decode(store.alerts.marks().get(REPORT))
    except StoreError:
        heartbeats = None
    try:
        if sink is not None:
            sink.list_series("")
        if waiting is not None:
            look = waiting.look(now)
    except SinkError:
        readable = False
    return Facts(
        now,
        timeout_seconds,
        heartbeats,
        entries,
        expects_alerts,
        report,
        readable,
        look,
        following,
        _disk(files),
    )


def files_of(config: Config) -> dict[str, Path]:
    """Return what an installation keeps on its disk, by what it is."""
    files = {"store": config.store_path}
    if config.influxdb is None:
        return files | {"readings": config.readings_path}
    return files | {"spool": config.spool_path}


def troubles_of(facts: Facts) -> list[Trouble]:
    """Return what is wrong, the worst first."""
    found = [
        *_collectors(facts),
        *_readings(facts),
        *_alerts(facts),
        *_here(facts),
    ]
    return sorted(found, key=lambda one: one.level is not Level.BROKEN)


def _collectors(facts: Facts) -> Iterator[Trouble]:
    if facts.heartbeats is None:
        yield Trouble("store_unreadable", "store", Level.BROKEN)
        return
    seen = sight(facts.heartbeats, facts.now, facts.timeout_seconds)
    if not facts.heartbeats:
        yield Trouble("never_collected", "collector", Level.BROKEN)
    elif seen.blind:
        yield Trouble("blind", "collector", Level.BROKEN, since_at=seen.known_until)
    limit = timedelta(seconds=facts.timeout_seconds)
    for beat, life in zip(facts.heartbeats, seen.collectors, strict=True):
        who, last = beat.collector_id, beat.heartbeat_at
        if last - facts.now >= limit:
            yield Trouble("clock_ahead", "collector", Level.BROKEN, who)
        elif not life.alive and not seen.blind:
            yield Trouble("collector_gone", "collector", Level.BROKEN, who, since_at=last)
        if life.alive:
            yield from _figures(beat)


def _figures(beat: Heartbeat) -> Iterator[Trouble]:
    """What a collector says of itself, while it does."""
    who, figures = beat.collector_id, beat.figures
    if figures.get("same_name_twice"):
        yield Trouble("same_name_twice", "collector", Level.BROKEN, who)
    if figures.get("mqtt_connected") == 0:
        yield Trouble("mqtt_disconnected", "collector", Level.BROKEN, who)
    if figures.get("traps_listening") == 0:
        yield Trouble("traps_deaf", "collector", Level.LACKING, who)
    if (late := figures.get("checks_late_seconds", 0.0)) > 0:
        since = beat.heartbeat_at - timedelta(seconds=figures.get("checks_late_for_seconds", 0.0))
        yield Trouble("checks_late", "collector", Level.LACKING, who, max(1, int(late)), since)


def _readings(facts: Facts) -> Iterator[Trouble]:
    if not facts.readable:
        yield Trouble("readings_unreadable", "readings", Level.BROKEN)
    if facts.look is None:
        return
    look, status, why = facts.look, facts.look.status, facts.look.trouble
    if status.dropping_since is not None:
        yield Trouble(
            "readings_lost",
            "readings",
            Level.BROKEN,
            n=status.dropped_lines,
            since_at=status.dropping_since,
        )
    if why is not None:
        since = why.since_at or status.oldest_at
        if since is not None and facts.now - since >= PATIENCE:
            yield Trouble(_why_they_wait(why.kind), "readings", Level.BROKEN, since_at=since)
    elif look.age_seconds > SLOW.total_seconds():
        minutes = int(look.age_seconds // 60)
        yield Trouble(
            "readings_late", "readings", Level.LACKING, n=minutes, since_at=status.oldest_at
        )
    if status.dead_letters:
        yield Trouble("dead_letters", "readings", Level.LACKING, n=status.dead_letters)
    if look.roller is not None and look.roller.trouble is not None:
        yield Trouble("roll_ups_trouble", "readings", Level.LACKING, since_at=look.roller.newest_at)


def _why_they_wait(kind: str) -> str:
    if kind == "courier":
        return "courier_gone"
    return "influxdb_refuses" if kind in _REFUSALS else "readings_wait"


def _alerts(facts: Facts) -> Iterator[Trouble]:
    if not facts.expects_alerts or facts.heartbeats is None:
        return
    said = facts.alerts
    if said is None:
        yield Trouble("alerts_never", "alerts", Level.BROKEN)
        return
    if facts.now - said.at > LONGEST_SILENCE:
        yield Trouble("alerts_silent", "alerts", Level.BROKEN, since_at=said.at)
        return
    if said.trouble:
        yield Trouble("alerts_stand_still", "alerts", Level.BROKEN)
    for name, one in said.channels.items():
        if one.waiting_since_at is not None and facts.now - one.waiting_since_at > LONGEST_WAIT:
            yield Trouble(
                "channel_waits", "alerts", Level.BROKEN, name, one.pending, one.waiting_since_at
            )
        if one.died_at is not None and facts.now - one.died_at < DEAD_SHOWN:
            yield Trouble("channel_gave_up", "alerts", Level.BROKEN, name, since_at=one.died_at)


def _here(facts: Facts) -> Iterator[Trouble]:
    if not facts.following:
        yield Trouble("live_stopped", "live", Level.BROKEN)
    if facts.disk is not None and facts.disk.free_bytes < ENOUGH_DISK_BYTES:
        megabytes = facts.disk.free_bytes // 1_000_000
        yield Trouble("disk_low", "disk", Level.BROKEN, n=megabytes)


def _disk(files: Mapping[str, Path]) -> Disk | None:
    """Return what the disk has; None where nothing is said of files, or none can be seen."""
    if not files:
        return None
    try:
        folder = next(iter(files.values())).parent
        usage = shutil.disk_usage(folder)
        sizes = {name: _size(path) for name, path in files.items()}
    except OSError:
        return None
    return Disk(usage.free, usage.total, sizes)


def _size(path: Path) -> int:
    """Return the bytes of a database with what it writes beside itself."""
    beside = (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"))
    return sum(one.stat().st_size for one in beside if one.exists())


def _grouped(number: int, key: str) -> str:
    text = f"{number:,}"
    return text.replace(",", ".") if key.startswith("id") else text

"""What waits on disk for InfluxDB, as people and programs are told of it."""

from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from collector.config import Config
from collector.courier.report import REPORT_MARK, ROLLER_MARK, CourierReport, RollerReport
from collector.sinks.spool import Bounds, DeadLetter, Spool, SpoolStatus

COURIER_SECONDS = 30.0  # an older report means: there is no courier
PATIENCE = timedelta(minutes=1)  # a restart of InfluxDB is nobody's business
SLOW = timedelta(minutes=5)
_HEADS = {  # kind of trouble → what is wrong, without addresses and other internals
    "courier": "nothing carries them to InfluxDB: its process, the courier, is not running",
    "token": "InfluxDB does not know our token",
    "rights": "InfluxDB does not let us write",
    "organisation": "InfluxDB has no such organisation",
    "bucket": "InfluxDB has no such bucket",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why lines wait. `words` name the remedy, and addresses: they are not for everyone."""

    kind: str
    since_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Look:
    """What waits at one moment, what the courier last said, and what is wrong."""

    now: datetime
    status: SpoolStatus
    limits: Bounds
    courier: CourierReport | None
    roller: RollerReport | None = None

    @property
    def courier_alive(self) -> bool:
        """Whether the courier has said something lately. A clock that went back is no death."""
        said = self.courier
        return said is not None and (self.now - said.at).total_seconds() <= COURIER_SECONDS

    @property
    def age_seconds(self) -> float:
        """Since when the oldest waits; 0 when nothing does."""
        oldest = self.status.oldest_at
        return 0.0 if oldest is None else max(0.0, (self.now - oldest).total_seconds())

    @property
    def trouble(self) -> Trouble | None:
        """Why lines wait, or None when they flow."""
        said = self.courier
        if said is None or not self.courier_alive:
            since = said.at if said is not None else None
            return Trouble("courier", since, _NO_COURIER)
        if said.trouble is None:
            return None
        return Trouble(said.trouble, said.trouble_since_at, said.trouble_words or "")

    def view(self, *, with_words: bool) -> dict[str, Any]:
        """Return it as JSON's plain values; `with_words` for those who may see addresses."""
        trouble = self.trouble
        said = asdict(self.courier) if self.courier is not None else None
        if said is not None:
            said = {name: said[name] for name in _COURIER} | {"alive": self.courier_alive}
        rolls = asdict(self.roller) if self.roller is not None else None
        if rolls is not None and not with_words:
            rolls["trouble"] = None
        return asdict(self.status) | {
            "age_seconds": self.age_seconds,
            "limit_bytes": self.limits.bytes,
            "limit_age_seconds": self.limits.age_seconds,
            "trouble": None
            if trouble is None
            else {
                "kind": trouble.kind,
                "since_at": trouble.since_at,
                "words": trouble.words if with_words else None,
            },
            "courier": said,
            "roll_ups": rolls,
        }


_NO_COURIER = (
    "the courier is not running: start it (pantau run starts it, alone it is pantau run --role"
    " courier) or look at its log; everything is kept on disk until then"
)
_COURIER = (
    "at", "started_at", "requests", "lines", "retries", "halved", "searched", "dead",
    "spool_failures",
)  # fmt: skip


class Waiting:
    """The spool, looked at. All methods block and raise SinkError."""

    def __init__(self, path: Path, limits: Bounds) -> None:
        """Look at the file of a path, which may also come later; `limits` are the settings'."""
        self._path = path
        self._limits = limits
        self._spool = Spool.open(path, read_only=True)

    @classmethod
    def of(cls, config: Config) -> Self | None:
        """Return what waits by a configuration; None where readings do not go to a server."""
        if config.influxdb is None:
            return None
        settings = config.influxdb
        limits = Bounds(settings.spool_megabytes * 2**20, settings.spool_age_seconds)
        return cls(config.spool_path, limits)

    def look(self, now: datetime) -> Look:
        """Return what waits at this moment."""
        courier = CourierReport.decode(self._spool.mark(REPORT_MARK))
        roller = RollerReport.decode(self._spool.mark(ROLLER_MARK))
        return Look(now, self._spool.status(), self._limits, courier, roller)

    def dead_letters(self, limit: int, before: int | None = None) -> list[DeadLetter]:
        """Return lines that InfluxDB never takes, newest first, with ids below `before`."""
        return self._spool.dead_letters(limit, before)

    def retry(self, now: datetime) -> int:
        """Let the courier try all dead letters again; return how many there were."""
        if not self._spool.dead_letters(1):
            return 0
        with closing(Spool.open(self._path, self._limits)) as spool:
            return spool.retry_dead(now)

    def close(self) -> None:
        """Release the file. Safe to call twice."""
        self._spool.close()


def why_not_ready(look: Look) -> str | None:
    """Return what an operator should know of readings, without internals; None: all is well."""
    status, trouble = look.status, look.trouble
    if status.dropping_since is not None:
        return (
            f"readings: too much waits for InfluxDB, the oldest have been lost since"
            f" {_clock(status.dropping_since)}: {status.dropped_lines} lines so far"
        )
    if trouble is not None:
        since = trouble.since_at or status.oldest_at
        if since is None or look.now - since < PATIENCE:
            return None
        default = (
            f"InfluxDB has not taken any for {span_in_words((look.now - since).total_seconds())}"
        )
        head = _HEADS.get(trouble.kind, default)
    elif look.age_seconds > SLOW.total_seconds():
        head = f"they reach InfluxDB {span_in_words(look.age_seconds)} late"
    else:
        return None
    return f"readings: {head}; {size_in_words(status.bytes)} wait on disk, nothing is lost"


def span_in_words(seconds: float) -> str:
    """Return how long, roughly."""
    if seconds < 120:
        return f"{int(seconds)} s"
    minutes = int(seconds // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def size_in_words(count: int) -> str:
    """Return how much, roughly."""
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

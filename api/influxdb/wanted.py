"""What InfluxDB is to have, in plain words, and what was done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from collector.config import InfluxdbSettings

WRITER = "pantau-write"
READER = "pantau-read"
"""Names by which the tokens (2.x) or users (1.x) are found again."""


class SetupError(Exception):
    """InfluxDB cannot be set up. The message says what to do; it never holds a secret."""

    def __init__(self, problem: str, remedy: str) -> None:
        """Say what is wrong, and what mends it."""
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem}; {remedy}")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or a database in 1.x and 3."""

    name: str
    keep_seconds: int


@dataclass(frozen=True, slots=True)
class TokenFiles:
    """Where tokens are to be. A token that stands there and works stays."""

    write: tuple[Path, ...] = ()
    read: tuple[Path, ...] = ()
    group_may_read: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything InfluxDB is to have, and how it is reached."""

    url: str
    organisation: str
    buckets: tuple[Bucket, ...]
    files: TokenFiles
    timeout_seconds: float
    admin_token: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What was done about one thing: `made`, `changed`, `same`, or `note` for people to read."""

    what: str
    done: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.done}" + (f", {self.detail}" if self.detail else "")


def buckets_of(settings: InfluxdbSettings) -> tuple[Bucket, ...]:
    """Return the buckets that the settings speak of: readings, and their roll-ups."""
    return (
        Bucket(settings.bucket, int(settings.keep_seconds)),
        Bucket(settings.bucket_5m, int(settings.keep_5m_seconds)),
        Bucket(settings.bucket_1h, int(settings.keep_1h_seconds)),
    )


def span_text(seconds: int) -> str:
    """Write a retention as people and InfluxQL do: `30d`, `36h`, `3601s`; 0 is for ever."""
    if seconds == 0:
        return "for ever"
    for unit, length in (("d", 86_400), ("h", 3_600)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def names(buckets: Sequence[Bucket]) -> str:
    """Write the names of buckets one after the other."""
    return ", ".join(bucket.name for bucket in buckets)

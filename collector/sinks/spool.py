"""The spool: lines on disk, in order, until InfluxDB has confirmed them.

    append ──► records (lanes 0..3, ids ascending) ──peek── courier ──remove──► gone, or dead

One process appends (the collector), one removes (the courier), any number look. A device is always
in the same lane; within a lane the order of arrival is kept, whatever fails between.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

LANES = 4
"""How many orders there are. Fixed: a device stays in its lane whatever the settings say."""


def lane_of(name: str) -> int:
    """Return the lane of what must stay in order: a device's id, a collector's."""
    return zlib.crc32(name.encode()) % LANES


@dataclass(frozen=True, slots=True)
class Pack:
    """Lines of one lane on their way to the disk."""

    lane: int
    lines: bytes  # line protocol in nanoseconds; every line ends with a line feed
    count: int  # lines
    low_at: datetime  # moments of the lines
    high_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A pack on disk."""

    id: int
    pack: Pack


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A line that the server will never take, with the server's words."""

    line: bytes
    status: int  # HTTP, or 0: we refused it ourselves
    words: str
    at: datetime  # when it was given up
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the spool may hold. Beyond it the oldest goes first, counted in `dropped`."""

    bytes: int = 4 * 2**30  # on disk
    age_seconds: float = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class SpoolStatus:
    """What waits, and what was lost."""

    records: int
    lines: int
    bytes: int  # on disk
    oldest_at: datetime | None  # moment of the oldest line that waits
    dropped_lines: int  # ever, because of the bounds
    dead_letters: int


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field as it was first written: its type and its metric's unit never change."""

    metric: str
    measurement: str
    field: str
    type: str
    unit: str
    scale: float


class Spool:
    """The file. All methods block, are safe for several threads, and raise SinkError."""

    @classmethod
    def open(cls, path: Path, bounds: Bounds | None = None, *, read_only: bool = False) -> Self:
        """Open the file, making it unless `read_only`; then it may also come later."""
        raise NotImplementedError

    def append(
        self,
        packs: Sequence[Pack],
        now: datetime,
        *,
        fields: Sequence[FieldRow] = (),
        marks: Mapping[str, str] | None = None,
        dead: Sequence[DeadLetter] = (),
    ) -> None:
        """Keep packs durably, all or nothing, with what must be known or true together with them.

        When this returns a power cut loses nothing of it. Enforces the bounds.
        """
        raise NotImplementedError

    def peek(self, lane: int, lines: int) -> list[Record]:
        """Return the oldest records of a lane, up to about so many lines, at least one if any."""
        raise NotImplementedError

    def remove(self, ids: Sequence[int], dead: Sequence[DeadLetter] = ()) -> None:
        """Forget records that the server has; keep what it will never take as dead letters.

        Their hours are noted as touched, in the same transaction (see `touched`).
        """
        raise NotImplementedError

    def touched(self, limit: int) -> list[tuple[int, int]]:
        """Return (hour since 1970, mark) of hours whose lines were stored since last `settled`."""
        raise NotImplementedError

    def settled(self, hours: Sequence[tuple[int, int]]) -> None:
        """Forget touched hours, unless they were touched again since `touched` returned them."""
        raise NotImplementedError

    def fields(self) -> list[FieldRow]:
        """Return the fields as they were first written."""
        raise NotImplementedError

    def mark(self, name: str) -> str | None:
        """Return what `set_marks` or `append` kept under a name."""
        raise NotImplementedError

    def set_marks(self, marks: Mapping[str, str]) -> None:
        """Keep some words, such as the courier's last report."""
        raise NotImplementedError

    def status(self) -> SpoolStatus:
        """Return what waits and what was lost."""
        raise NotImplementedError

    def dead_letters(self, limit: int, before: int | None = None) -> list[DeadLetter]:
        """Return dead letters, newest first, those with an id below `before`."""
        raise NotImplementedError

    def retry_dead(self, now: datetime) -> int:
        """Put all dead letters back at the end of the spool; return how many."""
        raise NotImplementedError

    def close(self) -> None:
        """Release the file. Safe to call twice."""
        raise NotImplementedError

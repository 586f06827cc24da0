"""How far a move has come, kept in a file beside the one that is moved."""

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import orjson

from collector.sinks import SinkError

_FORMAT = 1
Counted = tuple[str, str, str]
"""Bucket, device, measurement."""


@dataclass(slots=True)
class Progress:
    """What has been confirmed up to a place in the file."""

    path: Path
    target: str  # where to, and from when on: another target is another move
    hour: int | None = None  # since 1970; confirmed up to here
    device: str | None = None  # up to this one of the hour; None: all of it
    first_hour: int | None = None
    readings: int = 0
    refused: int = 0  # that no line can hold
    dead: int = 0  # lines that InfluxDB refused
    letters: list[str] = field(default_factory=list)  # some of them, with its words
    counted: Counter[Counted] = field(default_factory=Counter)  # values that were moved
    is_verified: bool = False

    @classmethod
    def load(cls, path: Path, target: str) -> Self:
        """Return what was kept for this target, or a beginning. Raises SinkError."""
        try:
            said = orjson.loads(path.read_bytes())
        except FileNotFoundError:
            return cls(path, target)
        except (OSError, orjson.JSONDecodeError) as error:
            raise SinkError(f"{path}: {error}; remove it to move everything again") from error
        if not isinstance(said, dict) or said.get("format") != _FORMAT:
            raise SinkError(f"{path}: of another version; remove it to move everything again")
        if said["target"] != target or said["is_verified"]:
            return cls(path, target)
        plain = ("hour", "device", "first_hour", "readings", "refused", "dead", "letters")
        kept = cls(path, target, **{name: said[name] for name in plain})
        for bucket, devices in said["counted"].items():
            for device, own in devices.items():
                for measurement, count in own.items():
                    kept.counted[bucket, device, measurement] = count
        return kept

    def save(self) -> None:
        """Keep it, whole or not at all. Raises SinkError."""
        counted: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for (bucket, device, measurement), count in self.counted.items():
            counted[bucket][device][measurement] = count
        said: dict[str, Any] = {
            "format": _FORMAT,
            "target": self.target,
            "hour": self.hour,
            "device": self.device,
            "first_hour": self.first_hour,
            "readings": self.readings,
            "refused": self.refused,
            "dead": self.dead,
            "letters": self.letters,
            "counted": counted,
            "is_verified": self.is_verified,
        }
        fresh = self.path.with_name(f"{self.path.name}-new")
        try:
            with fresh.open("wb") as file:
                file.write(orjson.dumps(said))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as error:
            raise SinkError(f"{self.path}: {error}") from error

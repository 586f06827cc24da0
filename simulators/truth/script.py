"""What happens on the day (`day.yaml`): faults of devices, deeds of people and machine.

Everything is a moment on the clock of the collector's machine, in whole microseconds since 1970.
That clock is set twice during the day, so an hour of it passes twice and a minute and a half never
does; the script keeps those hours quiet.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

SECOND = 1_000_000  # microseconds
DAY = Path(__file__).with_name("day.yaml")
PROFILES = Path(__file__).with_name("profiles")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

Span = tuple[int, int]
Words = Annotated[tuple[str, ...], Field(default=())]


class FaultKind(StrEnum):
    """What a device does wrong."""

    DEAD = "dead"  # it answers nothing, and nothing behind it does
    SILENT = "silent"  # its agent answers nothing
    LOSSY = "lossy"  # of the echoes, some come back
    BATTERY = "battery"  # a UPS says that the mains failed


class Fault(BaseModel):
    """One fault of some devices. With `every` it comes back, each time for `for_` seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: FaultKind = FaultKind.DEAD
    targets: tuple[str, ...]
    from_: int = Field(alias="from")
    until: int
    every: int | None = None
    for_: int | None = Field(default=None, alias="for")
    cause: str = "unknown"
    incident: str = ""  # what it is part of; nothing: of its own

    def acts(self, moment: int) -> bool:
        """Say whether the fault is there at a moment (microseconds)."""
        if not self.from_ <= moment < self.until:
            return False
        if self.every is None or self.for_ is None:
            return True
        return (moment - self.from_) % (self.every * SECOND) < self.for_ * SECOND


class DeedKind(StrEnum):
    """What people and the collector's machine do."""

    WINDOW = "window"  # a maintenance window is entered
    CANCEL = "cancel"  # and called off
    CORRECT = "correct"  # a cause is corrected
    STEP = "step"  # the clock is set
    PAUSE = "pause"  # the collector is stopped, and goes on where it was
    KILL = "kill"  # it dies, and starts again with what was stored
    STOP = "stop"  # it ends in order, and starts with another inventory


class Deed(BaseModel):
    """One deed. What its fields mean depends on `do`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: int
    do: DeedKind
    name: str = ""
    title: str = ""
    devices: Words
    sites: Words
    starts: int = 0
    ends: int = 0
    recurrence: str | None = None
    covers: Annotated[tuple[Span, ...], Field(default=())]  # what a window leaves out of this day
    seconds: int = 0
    until: int = 0
    retire: Words
    add: Words
    device: str = ""
    started: int = 0
    cause: str = ""


def _words_of(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Script(BaseModel):
    """The whole day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str
    begins: int
    ends: int
    faults: Annotated[tuple[Fault, ...], BeforeValidator(_words_of)]
    deeds: Annotated[tuple[Deed, ...], BeforeValidator(_words_of)]

    def deeds_of(self, *kinds: DeedKind) -> list[Deed]:
        """Return the deeds of some kinds, in their order."""
        return [deed for deed in self.deeds if deed.do in kinds]

    def windows(self) -> list[Deed]:
        """Return the maintenance windows that were not called off."""
        off = {deed.name for deed in self.deeds_of(DeedKind.CANCEL)}
        return [deed for deed in self.deeds_of(DeedKind.WINDOW) if deed.name not in off]


def read_script(path: Path = DAY) -> Script:
    """Read a day. Raises OSError, yaml.YAMLError, and ValueError for what makes no sense."""
    content = yaml.load(path.read_text(encoding="utf-8"), _PlainLoader)  # noqa: S506 - a SafeLoader
    zone, date = ZoneInfo(content["zone"]), str(content.pop("date"))

    def moments(value: Any, key: str = "") -> Any:
        if isinstance(value, Mapping):
            return {name: moments(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [moments(inner, key) for inner in value]
        return _moment(value, date, zone) if key in _MOMENTS else value

    return Script.model_validate(moments(content))


_MOMENTS = frozenset({"begins", "ends", "from", "until", "at", "starts", "covers", "started"})


def _moment(text: str, date: str, zone: ZoneInfo) -> int:
    day, _, time = text.rpartition(" ")
    local = datetime.fromisoformat(f"{day or date}T{time}").replace(tzinfo=zone)
    return (local - _EPOCH) // timedelta(microseconds=1)


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc]  # yaml has no types
    """Reads dates and times as the texts that they are; YAML takes 09:30 for a number."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(("timestamp", "int"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

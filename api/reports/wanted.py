"""A report as it is asked for, and writing a file whole. Light: the API's process loads this."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from api.reports.asking import ReportAsked


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report as it is asked for: of what, in which forms, in which language."""

    month: str | None = None
    from_: str | None = None
    to: str | None = None
    contract: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ("pdf", "xlsx")
    language: str = "id"
    pack: bool = False  # an evidence pack beside the files

    @property
    def asked(self) -> ReportAsked:
        """Return the question alone."""
        return ReportAsked(self.month, self.from_, self.to, self.contract, self.filters)


class LogoError(ValueError):
    """A picture that cannot be used; the message says what to do."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)

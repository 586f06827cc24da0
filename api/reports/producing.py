"""Makes the files of a report that was asked for, in a folder. Blocks for seconds.

The same for `pantau report`, for what the desk asks for, and for the month's report by e-mail.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from api.reports.asking import ReportAsked, period_name, read_asked
from api.reports.dataset import Report
from api.reports.faces import FACES
from api.reports.making import Progress, Sources, make_report
from api.settings import ApiSettings
from collector.clock import Clock
from collector.config import Config
from collector.sight import sight
from collector.sinks import Sink, SinkError
from collector.sinks.opening import open_for_reading
from collector.store import Store


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

    @property
    def asked(self) -> ReportAsked:
        """Return the question alone."""
        return ReportAsked(self.month, self.from_, self.to, self.contract, self.filters)


def settings_of(config: Config) -> ApiSettings:
    """Return what a report needs of the settings."""
    return ApiSettings(
        zone=config.zone,
        language=config.language,
        rule=config.rule,
        contracts=config.contracts,
        contract=config.contract,
    )


@contextmanager
def opened(config: Config, clock: Clock) -> Iterator[Sources]:
    """Open what reports are made from. Readings that cannot be had are left out. StoreError."""
    with Store.open(config.store_path) as store:
        sink: Sink | None = None
        with suppress(SinkError):
            sink = open_for_reading(config, clock)
        try:
            yield Sources(store, sink, settings_of(config), config.report)
        finally:
            if sink is not None:
                sink.close()


def make(sources: Sources, wanted: Wanted, now: datetime, progress: Progress) -> Report:
    """Return the data set that is asked for. Raises QueryError and StoreError."""
    question = read_asked(wanted.asked, sources.settings, now)
    timeout = sources.settings.collector_timeout_seconds
    known_until = sight(sources.store.collectors(), now, timeout).known_until
    return make_report(sources, question, now, known_until, progress)


def write_files(
    report: Report, wanted: Wanted, logo: str | None, folder: Path, progress: Progress
) -> list[Path]:
    """Write the files of a report into a folder, each whole or not at all; return their paths.

    Raises OSError, and LogoError for a picture that cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for form in wanted.formats:
        progress(form, 0, 1)
        ending, face = FACES[form]
        path = folder / file_name(report, ending)
        write_whole(path, face(report, wanted.language, logo))
        made.append(path)
    return made


def file_name(report: Report, ending: str) -> str:
    """Return the name of a file of a report, such as report-2026-10.pdf."""
    head = report.header
    return f"report-{period_name(head.month, head.from_asked, head.to_asked)}.{ending}"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, for whom it is theirs alone. Raises OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)

"""Makes the files of a report that was asked for, in a folder. Blocks for seconds.

The same for `pantau report`, for what the desk asks for, and for the month's report by e-mail.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.evidence.key import NAME, KeyFileError, load_evidence_key
from api.evidence.pack import PackError, PackOf, write_pack
from api.reports.asking import period_name, read_asked
from api.reports.dataset import Report
from api.reports.faces import FACES
from api.reports.making import Progress, Sources, make_report
from api.reports.wanted import LogoError, Wanted, write_whole
from api.settings import ApiSettings
from api.uptime_query import Question
from collector.clock import Clock
from collector.config import Config
from collector.sight import sight
from collector.sinks import Sink, SinkError
from collector.sinks.opening import open_for_reading
from collector.store import Store


class CannotMakeError(Exception):
    """A file that cannot be made of a report; the message says what to do."""


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


@dataclass(frozen=True, slots=True)
class Made:
    """A data set, and what it was reckoned from to the microsecond."""

    report: Report
    question: Question
    now: datetime
    known_until: datetime


def make(sources: Sources, wanted: Wanted, now: datetime, progress: Progress) -> Made:
    """Return the data set that is asked for. Raises QueryError and StoreError."""
    question = read_asked(wanted.asked, sources.settings, now)
    timeout = sources.settings.collector_timeout_seconds
    known_until = sight(sources.store.collectors(), now, timeout).known_until
    report = make_report(sources, question, now, known_until, progress)
    return Made(report, question, now, known_until)


def produce(
    config: Config, wanted: Wanted, folder: Path, clock: Clock, progress: Progress
) -> list[Path]:
    """Make everything that is asked for, into a folder; return the paths.

    Raises QueryError, StoreError, OSError, and CannotMakeError with what to do.
    """
    with opened(config, clock) as sources:
        made = make(sources, wanted, clock.now(), progress)
        paths = write_files(made.report, wanted, config.report.logo, folder, progress)
        if wanted.pack:
            progress("pack", 0, 1)
            paths.append(_pack(sources, made, paths, config.data_directory / NAME, folder))
    return paths


def _pack(sources: Sources, made: Made, faces: list[Path], key: Path, folder: Path) -> Path:
    head = made.report.header
    about = {"agency": head.letterhead.agency, "number": head.number or ""}
    of = PackOf(
        made.question,
        made.now,
        made.known_until,
        {one.name: one for one in faces},
        {name: text for name, text in about.items() if text},
    )
    path = folder / f"pantau-{period_name(head.month, head.from_asked, head.to_asked)}.zip"
    try:
        write_pack(sources.store, sources.settings, of, load_evidence_key(key), path)
    except (PackError, KeyFileError) as error:
        raise CannotMakeError(str(error)) from None
    return path


def write_files(
    report: Report, wanted: Wanted, logo: str | None, folder: Path, progress: Progress
) -> list[Path]:
    """Write the files of a report into a folder, each whole or not at all; return their paths.

    Raises OSError, and CannotMakeError for a picture that cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for form in wanted.formats:
        progress(form, 0, 1)
        ending, face = FACES[form]
        path = folder / file_name(report, ending)
        try:
            data = face(report, wanted.language, logo)
        except LogoError as error:
            raise CannotMakeError(str(error)) from None
        write_whole(path, data)
        made.append(path)
    return made


def file_name(report: Report, ending: str) -> str:
    """Return the name of a file of a report, such as report-2026-10.pdf."""
    head = report.header
    return f"report-{period_name(head.month, head.from_asked, head.to_asked)}.{ending}"

"""Holds everything against each other for `pantau check-config`: also who is told what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from collector.config import Problem, ProblemsError
from collector.config.alerts import AlertsFile, LoadedAlerts, read_alerts
from collector.config.reader import read_file
from collector.config.settings import Settings
from collector.config.shape import keys_of
from collector.inventory import CheckReport, Inventory, check_everything
from collector.notify.advising import advice, certain_faults
from collector.notify.channels.opening import closed_channels, wrong_channels
from collector.notify.loading import routing_of
from collector.notify.naming import unknown_names


@dataclass(frozen=True, slots=True)
class FullReport:
    """What was found. All is well when `problems` is empty, whatever advice there is."""

    problems: tuple[Problem, ...]
    advice: tuple[Problem, ...]
    files: tuple[Path, ...]  # as they were read
    sites: int = 0
    devices: int = 0
    checks: int = 0
    alerts: AlertsFile | None = None  # what was read of alerts.yaml
    more_may_follow: bool = False  # something could not be looked at before these are mended


def check_all(path: Path, environ: Mapping[str, str], now: datetime) -> FullReport:
    """Validate what `check_everything` does, and alerts.yaml: with its settings, or alone.

    Nothing is raised for what the files hold.
    """
    if path.is_file() and _is_about_alerts(path):
        loaded = read_alerts(path)
        problems, hints = look_at(loaded, Settings().zone, None, now)
        half = loaded.file is None
        return FullReport(problems, hints, (path,), alerts=loaded.sound, more_may_follow=half)
    report = check_everything(path, environ)
    config = report.config
    if config is None or config.alerts is None:
        return _with(report, (), (), report.files)
    inventory = None if report.problems else report.inventory
    loaded = read_alerts(config.alerts)
    problems, hints = look_at(loaded, config.zone, inventory, now)
    files = (*report.files, config.alerts)
    half = loaded.file is None or inventory is None
    full = _with(report, problems, hints, files)
    return replace(full, alerts=loaded.sound, more_may_follow=half)


def look_at(
    loaded: LoadedAlerts, zone: str, inventory: Inventory | None, now: datetime
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return problems and advice about the file alone; with a right inventory, also about both."""
    problems = [*loaded.problems, *wrong_channels(loaded), *closed_channels(loaded)]
    if inventory is not None:
        problems.extend(unknown_names(loaded, inventory))
    if loaded.file is None or loaded.problems:
        return _in_order(problems), ()
    routing = routing_of(loaded.file, zone)
    problems.extend(certain_faults(loaded, routing))
    if problems or inventory is None:
        return _in_order(problems), ()
    return (), _in_order(list(advice(loaded, routing, inventory, now)))


def _is_about_alerts(path: Path) -> bool:
    try:
        keys = set(map(str, read_file(path).data))
    except ProblemsError:
        return False
    return bool(keys & (keys_of(AlertsFile) - keys_of(Settings)))


def _with(
    report: CheckReport,
    problems: Sequence[Problem],
    hints: Sequence[Problem],
    files: tuple[Path, ...],
) -> FullReport:
    return FullReport(
        _in_order([*report.problems, *problems]),
        tuple(hints),
        files,
        report.sites,
        report.devices,
        report.checks,
    )


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return ProblemsError(problems).problems

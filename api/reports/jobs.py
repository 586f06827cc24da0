"""Reports that were asked for: a folder each, made by a process of its own, kept until too many.

    reports/20261127T091502Z-3f9a/
        job.json      what is asked for, by whom, when             written once
        state.json    how far it is, and how it ended              written by the process
        lock          held by the process while it lives
        report-2026-10.pdf …

A job whose process died without a word has failed: nobody holds its lock. So a restart of the API,
or of the machine, leaves nothing that seems to go on for ever.
"""

import fcntl
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from api.reports.wanted import Wanted, write_whole
from collector.clock import Clock
from collector.config import Config

MOST_AT_ONCE = 2
MOST_KEPT = 100
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_JOB, _STATE, _LOCK, _LOG = "job.json", "state.json", "lock", "log"
_OWN = frozenset({_JOB, _STATE, _LOCK, _LOG})
_STARTS_WITHIN = timedelta(seconds=30)
_LARGEST = 64 * 1024
"""Bytes of what a job says of itself."""


OWN_PROGRAM = (sys.executable, "-m", "api")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the report of the month before is sent by itself, and over which channels."""

    day: int
    hour: int
    zone: str
    receivers: tuple[str, ...]
    formats: tuple[str, ...]


def schedule_of(config: Config) -> Schedule | None:
    """Return when reports are sent by themselves, None: never."""
    said = config.report
    if said.day is None:
        return None
    return Schedule(said.day, said.hour, config.zone, said.receivers, said.formats)


class JobState(StrEnum):
    """How far a report is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TooManyError(Exception):
    """As many reports as may be made at once are being made."""


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file of a report."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `step` is a word of `words.STEPS`; `done` of `of` parts of it."""

    step: str = ""
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A report that was asked for. `message` says why it failed, and what to do."""

    id: str
    wanted: Wanted
    author: str
    started_at: datetime
    state: JobState = JobState.RUNNING
    progress: Progress = Progress()
    message: str = ""
    ended_at: datetime | None = None
    files: tuple[JobFile, ...] = ()


class Jobs:
    """The reports of a data folder. Its methods block; `start` may raise OSError."""

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str],
        clock: Clock,
        schedule: Schedule | None = None,
    ) -> None:
        """`arguments` lead to the settings, such as --config pantau.yaml."""
        self._folder = folder
        self.schedule = schedule  # None: nothing is sent by itself
        self._arguments = tuple(arguments)
        self._clock = clock
        self._starting = threading.Lock()
        self._started: list[subprocess.Popen[bytes]] = []

    def list(self) -> list[Job]:
        """Return all, newest first."""
        self._reap()
        try:
            names = sorted((one.name for one in self._folder.iterdir()), reverse=True)
        except OSError:
            return []
        return [job for name in names if (job := self.get(name)) is not None]

    def get(self, job_id: str) -> Job | None:
        """Return one, None: there is none with this id."""
        self._reap()
        if _ID.fullmatch(job_id) is None:
            return None
        return read_job(self._folder / job_id, self._clock.now())

    def file(self, job_id: str, name: str) -> Path | None:
        """Return the path of a file of a report that is done, None: there is none."""
        job = self.get(job_id)
        if job is None or name not in {one.name for one in job.files}:
            return None
        return self._folder / job_id / name

    def start(self, wanted: Wanted, author: str) -> Job:
        """Start a process that makes a report; return it as it is then. Raises TooManyError."""
        with self._starting:
            running = [one for one in self.list() if one.state is JobState.RUNNING]
            if len(running) >= MOST_AT_ONCE:
                raise TooManyError
            job = self.new(wanted, author)
            folder = self._folder / job.id
            with (folder / _LOG).open("wb") as log:
                self._started.append(
                    subprocess.Popen(  # noqa: S603 - our own program
                        [*OWN_PROGRAM, "report", *self._arguments, "--job", str(folder)],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=log,
                        start_new_session=True,
                    )
                )
            return job

    def new(self, wanted: Wanted, author: str) -> Job:
        """Make the folder of a job that somebody then does (`working`). Raises OSError."""
        now = self._clock.now().replace(microsecond=0)
        job = Job(f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}", wanted, author, now)
        folder = self._folder / job.id
        folder.mkdir(parents=True)
        said = {"wanted": asdict(wanted), "author": author, "started_at": now}
        write_whole(folder / _JOB, orjson.dumps(said))
        self._forget_oldest()
        return job

    def sweep(self) -> None:
        """Remove what jobs left that were stopped: files that nobody is offered, empty folders.

        For the start. What they say of themselves stays, and so does a job that goes on by itself.
        """
        now = self._clock.now()
        for folder in sorted(self._folder.glob("*")):
            if _ID.fullmatch(folder.name) is None:
                continue
            if not (folder / _JOB).exists():
                if now.timestamp() - folder.stat().st_mtime > _STARTS_WITHIN.total_seconds():
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            job = read_job(folder, now)
            if job is None or job.state is JobState.RUNNING:
                continue
            offered = {one.name for one in job.files}
            for path in folder.iterdir():
                if path.name in _OWN or path.name in offered:
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """End what was started here and still runs, and wait for it."""
        for process in self._started:
            if process.poll() is None:
                process.terminate()
        for process in self._started:
            process.wait()
        self._started.clear()

    def _reap(self) -> None:
        self._started = [one for one in self._started if one.poll() is None]

    def _forget_oldest(self) -> None:
        ended = [one for one in self.list() if one.state is not JobState.RUNNING]
        for job in ended[MOST_KEPT - MOST_AT_ONCE :]:
            shutil.rmtree(self._folder / job.id, ignore_errors=True)


def read_job(folder: Path, now: datetime) -> Job | None:
    """Return the job of a folder as it is now, None: the folder holds none."""
    said, state = _read(folder / _JOB), _read(folder / _STATE)
    if said is None:
        return None
    try:
        job = Job(
            folder.name,
            wanted_of(said["wanted"]),
            str(said["author"]),
            datetime.fromisoformat(said["started_at"]).astimezone(UTC),
        )
        if state is not None:
            job = _with_state(job, state, folder)
    except (KeyError, TypeError, ValueError):
        return None
    if job.state is JobState.RUNNING and not _lives(folder, job, now):
        words = "its process ended without a word: ask for the report again"
        return replace(job, state=JobState.FAILED, message=_last_line(folder) or words)
    return job


def wanted_of(said: dict[str, Any]) -> Wanted:
    """Return what is asked for from JSON. Raises KeyError, TypeError and ValueError."""
    return Wanted(
        month=said["month"],
        from_=said["from_"],
        to=said["to"],
        contract=said["contract"],
        filters={str(name): str(value) for name, value in said["filters"].items()},
        formats=tuple(str(form) for form in said["formats"]),
        language=str(said["language"]),
        pack=bool(said["pack"]),
    )


def _with_state(job: Job, state: dict[str, Any], folder: Path) -> Job:
    ended = state.get("ended_at")
    sizes = {
        one.name: one.stat().st_size
        for one in folder.iterdir()
        if one.name not in _OWN and not one.name.startswith(".")
    }
    return replace(
        job,
        state=JobState(state["state"]),
        progress=Progress(str(state["step"]), int(state["done"]), int(state["of"])),
        message=str(state["message"]),
        ended_at=None if ended is None else datetime.fromisoformat(ended).astimezone(UTC),
        files=tuple(
            JobFile(str(name), sizes[str(name)]) for name in state["files"] if str(name) in sizes
        ),
    )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            found = orjson.loads(file.read(_LARGEST))
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def _lives(folder: Path, job: Job, now: datetime) -> bool:
    """Say whether the process of a job still works on it, or has just been started."""
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return now - job.started_at < _STARTS_WITHIN
    except OSError:  # somebody holds it
        return True
    return False


def _last_line(folder: Path) -> str:
    """Return the last thing that the process said."""
    try:
        with (folder / _LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 2_000))
            lines = file.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].removeprefix("pantau: ")[:500] if lines else ""


# --- in the process of a job ------------------------------------------------------------------


class Working:
    """Writes how far a job is, from the process that does it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._told = (-1.0, "")

    def progress(self, step: str, done: int, of: int) -> None:
        """Note how far it is, at most some times a second."""
        seconds = self._clock.monotonic()
        if self._told[1] == step and seconds - self._told[0] < 0.3 and done < of:
            return
        self._told = (seconds, step)
        self._write(JobState.RUNNING, step, done, of)

    def done(self, files: Sequence[Path]) -> None:
        """Note that it is done."""
        self._write(JobState.DONE, "", 0, 0, files=[one.name for one in files])

    def failed(self, message: str) -> None:
        """Note why it failed."""
        self._write(JobState.FAILED, "", 0, 0, message=message[:1_000])

    def _write(
        self,
        state: JobState,
        step: str,
        done: int,
        of: int,
        *,
        message: str = "",
        files: Sequence[str] = (),
    ) -> None:
        now = self._clock.now().replace(microsecond=0)
        said = {
            "state": state,
            "step": step,
            "done": done,
            "of": of,
            "message": message,
            "files": list(files),
            "ended_at": None if state is JobState.RUNNING else now,
        }
        write_whole(self._folder / _STATE, orjson.dumps(said))


@contextmanager
def working(folder: Path, clock: Clock) -> Iterator[tuple[Wanted, Working]]:
    """Hold a job's lock and hand out what it asks for. Raises OSError and ValueError."""
    with (folder / _LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        said = _read(folder / _JOB)
        if said is None:
            raise ValueError(f"{folder} holds no job")
        yield wanted_of(said["wanted"]), Working(folder, clock)

"""Sends the month's report by e-mail: once to each channel, also over restarts.

What was sent is noted in `reports/sent.json`, channel by channel, before the next one is begun. A
process that dies between a server's yes and the note sends the same mail again, with the same
Message-ID, which mail programs show once; the other way round nobody would get it.

    {"2026-10": {"job": "20261105T000012Z-3f9a1c2b",
                 "channels": {"pimpinan": {"state": "sent", "at": "…", "said": "250 ok"}}}}
"""

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from api.reports.formats import Formats
from api.reports.jobs import OWN_PROGRAM, Jobs, JobState, Working, working
from api.reports.producing import produce
from api.reports.schedule import due_month
from api.reports.wanted import Wanted, write_whole
from collector.clock import Clock
from collector.config import Config, load_config
from collector.model.alerts import Purpose, Severity
from collector.notify.channels.contract import Attachment, Channel, Message, NotifyError
from collector.notify.channels.email import Email
from collector.notify.channels.opening import open_channels
from collector.sinks import SinkError
from collector.sinks.own_file import take_claim

ROUND_SECONDS = 60.0
AGAIN_SECONDS = 1_800.0
MOST_BYTES = 12_000_000
"""Of all attachments of a mail: common servers take 25 MB, in which a byte takes 1.37."""

_AUTHOR = "jadwal"
_SENT = "sent.json"
_LARGEST = 1_000_000
_log = logging.getLogger(__name__)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "title": "Laporan ketersediaan {month}",
        "text": "Terlampir laporan ketersediaan {agency} untuk {month}: {files}.",
        "us": "infrastruktur",
        "left": "Terlalu besar untuk surat: {files}. Ambil di meja, halaman Laporan.",
    },
    "en": {
        "title": "Availability report {month}",
        "text": "The availability report of {agency} for {month} is attached: {files}.",
        "us": "the infrastructure",
        "left": "Too large for a mail: {files}. Take them at the desk, page Reports.",
    },
}


class Outcome(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    REFUSED = "refused"  # for good: it is not tried again


class SendingError(Exception):
    """Nothing can be sent like this; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the mail to a channel. `outcome` None: it is tried again."""

    channel: str
    outcome: Outcome | None
    said: str


class Sent:
    """What was sent of which month, kept in a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _SENT

    def left(self, month: str, channels: Sequence[str]) -> list[str]:
        """Return the channels that a month's report has not gone over, nor was refused by."""
        ended = self._months().get(month, {}).get("channels", {})
        return [name for name in channels if name not in ended]

    def job(self, month: str) -> str | None:
        """Return the id of the report that was made to be sent."""
        found = self._months().get(month, {}).get("job")
        return found if isinstance(found, str) else None

    def note_job(self, month: str, job_id: str) -> None:
        """Note which report is sent. Raises OSError."""
        months = self._months()
        months.setdefault(month, {})["job"] = job_id
        self._write(months)

    def note(self, month: str, told: Told, now: datetime) -> None:
        """Note what became of a mail. Raises OSError."""
        months = self._months()
        said = {"state": told.outcome, "at": now, "said": told.said}
        months.setdefault(month, {}).setdefault("channels", {})[told.channel] = said
        self._write(months)

    def _months(self) -> dict[str, dict[str, Any]]:
        try:
            with self._path.open("rb") as file:
                found = orjson.loads(file.read(_LARGEST))
        except FileNotFoundError:
            return {}
        except (OSError, orjson.JSONDecodeError):
            raise SendingError(
                f"{self._path} cannot be read, so nobody knows what was sent: mend or delete it"
            ) from None
        return found if isinstance(found, dict) else {}

    def _write(self, months: Mapping[str, object]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, orjson.dumps(months, option=orjson.OPT_INDENT_2))


async def send(config: Config, month: str, clock: Clock) -> list[Told]:
    """Make a month's report, if need be, and send it to whom it was not sent yet.

    Raises SendingError, ProblemsError, StoreError, OSError, QueryError and CannotMakeError.
    """
    if not config.report.receivers:
        raise SendingError("nobody is to get it: name channels with report.receivers")
    try:
        claim = take_claim(config.reports_path / _SENT, "sending")
    except SinkError:
        raise SendingError("another process is sending it; wait until that is done") from None
    with closing(claim):
        sent = Sent(config.reports_path)
        left = sent.left(month, config.report.receivers)
        if not left:
            return []
        told: list[Told] = []
        async with open_channels(config, clock) as channels:  # what is wrong there is told at once
            paths = await asyncio.to_thread(_files, config, month, clock, sent)
            message = await asyncio.to_thread(_message, config, month, paths)
            for name in left:
                one = await _one(name, channels.get(name), message)
                if one.outcome is not None:
                    sent.note(month, one, clock.now().replace(microsecond=0))
                told.append(one)
        return told


def _files(config: Config, month: str, clock: Clock, sent: Sent) -> list[Path]:
    """Return the files of the report, made at the first attempt and kept for the others."""
    jobs = Jobs(config.reports_path, [], clock)
    known = sent.job(month)
    job = None if known is None else jobs.get(known)
    if job is None or job.state is not JobState.DONE:
        wanted = Wanted(month=month, formats=config.report.formats, language=config.language)
        job = jobs.new(wanted, _AUTHOR)
        with working(config.reports_path / job.id, clock) as (asked, told):
            _make(config, asked, config.reports_path / job.id, clock, told)
        sent.note_job(month, job.id)
        job = jobs.get(job.id)
    if job is None or job.state is not JobState.DONE:
        raise SendingError("the report could not be made; pantau report says why")
    return [config.reports_path / job.id / one.name for one in job.files]


def _make(config: Config, wanted: Wanted, folder: Path, clock: Clock, told: Working) -> None:
    try:
        told.done(produce(config, wanted, folder, clock, told.progress))
    except Exception as error:
        told.failed(str(error))
        raise


def _message(config: Config, month: str, paths: Sequence[Path]) -> Message:
    words, formats = _WORDS[config.language], Formats(config.language, config.zone)
    attached: list[Attachment] = []
    left: list[str] = []
    room = MOST_BYTES
    for path in sorted(paths, key=lambda one: (one.stat().st_size, one.name)):
        size = path.stat().st_size
        if size <= room:
            attached.append(Attachment(path.name, path.read_bytes()))
            room -= size
        else:
            left.append(path.name)
    name = formats.month(month)
    lines = [
        words["text"].format(
            agency=config.report.agency or words["us"],
            month=name,
            files=", ".join(one.name for one in attached),
        )
    ]
    if left:
        lines.append(words["left"].format(files=", ".join(left)))
    return Message(
        key=f"report:{month}",
        purpose=Purpose.DIGEST,
        severity=Severity.INFO,
        title=words["title"].format(month=name),
        text="\n\n".join(lines),
        attachments=tuple(attached),
    )


async def _one(name: str, channel: Channel | None, message: Message) -> Told:
    if not isinstance(channel, Email):
        why = "is no channel of alerts.yaml" if channel is None else "is no channel of type email"
        return Told(name, None, f"{name} {why}: mend report.receivers")
    try:
        taken = await channel.send(message)
    except NotifyError as error:
        return Told(name, Outcome.REFUSED if error.permanent else None, str(error))
    return Told(name, Outcome.SENT, taken.answer)


# --- the schedule -----------------------------------------------------------------------------


async def keep_sending(config: Config, clock: Clock) -> None:
    """Start a process that sends the month's report when it is time, until cancelled.

    The settings are read anew each time, so that a new schedule needs no restart.
    """
    while True:
        pause = ROUND_SECONDS
        try:
            month = await asyncio.to_thread(_due, config, clock)
            if month is not None and await _started(config, month) != 0:
                _log.warning("the report of %s was not sent to all; tried again later", month)
                pause = AGAIN_SECONDS
        except Exception:  # noqa: BLE001 - the schedule outlives whatever is wrong today
            _log.exception("whether a report is to be sent cannot be told now")
        await asyncio.sleep(pause)


def _due(config: Config, clock: Clock) -> str | None:
    """Return the month whose report is to be sent now, None: there is nothing to do."""
    fresh = load_config(config.file, os.environ)
    said = fresh.report
    if said.day is None:
        return None
    month = due_month(clock.now(), said.day, said.hour, fresh.zone)
    if month is None or not Sent(fresh.reports_path).left(month, said.receivers):
        return None
    return month


async def _started(config: Config, month: str) -> int:
    settings = [] if config.file is None else ["--config", str(config.file.resolve())]
    process = await asyncio.create_subprocess_exec(
        *OWN_PROGRAM, "report", "--send", "--month", month, *settings
    )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        raise

"""The month's report by e-mail: once to each channel, whatever happens in between."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reports.jobs import Jobs, JobState
from api.reports.schedule import LATE, due_month, next_at
from api.reports.sending import Outcome, SendingError, Sent, send
from collector.config import Config, load_config
from tests.alert_mail_server import running_mail_server
from tests.api_city import ManualClock, make_city

MONTH = "2026-11"


def config_of(folder: Path, port: int, receivers: str = "pimpinan, arsip") -> Config:
    channel = (
        "{type: email, host: 127.0.0.1, port: %d, tls: none, from: Pantau <p@kota.example>,"
        " to: [%s@kota.example]}"
    )
    (folder / "alerts.yaml").write_text(
        "channels:\n"
        f"  pimpinan: {channel % (port, 'kepala')}\n"
        f"  arsip: {channel % (port, 'arsip')}\n"
        "  grup: {type: ntfy, topic: pantau-uji-1234567890, server: http://127.0.0.1:9}\n"
        "receivers: {piket: {channels: [pimpinan, grup]}}\n"
        "routes:\n  - {to: piket}\n"
    )
    (folder / "pantau.yaml").write_text(
        "data_directory: .\nalerts: alerts.yaml\nreport:\n"
        f"  day: 5\n  receivers: [{receivers}]\n  formats: [json, csv]\n"
        "  agency: Dinas Kominfo\n"
    )
    return load_config(folder / "pantau.yaml", {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_city(tmp_path).store.close()
    return tmp_path


CLOCK = ManualClock(datetime(2026, 12, 5, 1, tzinfo=UTC))


def files_of(mail: EmailMessage) -> dict[str, bytes]:
    return {
        part.get_filename() or "": part.get_payload(decode=True)  # type: ignore[misc]
        for part in mail.iter_attachments()
    }


async def test_it_is_sent_once_to_each_channel_with_its_files(folder: Path) -> None:
    async with running_mail_server() as server:
        config = config_of(folder, server.port)
        told = await send(config, MONTH, CLOCK)
        assert [(one.channel, one.outcome) for one in told] == [
            ("pimpinan", Outcome.SENT),
            ("arsip", Outcome.SENT),
        ]
        assert await send(config, MONTH, CLOCK) == []
    assert [to for to, _ in server.taken] == [("kepala@kota.example",), ("arsip@kota.example",)]
    mail = server.taken[0][1]
    assert mail["Subject"] == "Laporan ketersediaan November 2026"
    files = files_of(mail)
    assert files.keys() == {"report-2026-11.json", "report-2026-11.csv.zip"}
    assert json.loads(files["report-2026-11.json"])["header"]["month"] == MONTH
    (job,) = Jobs(config.reports_path, [], CLOCK).list()
    assert (job.author, job.state) == ("jadwal", JobState.DONE)


async def test_a_server_that_is_away_is_tried_again_and_nobody_gets_two(folder: Path) -> None:
    async with running_mail_server() as server:
        config = config_of(folder, server.port)
        server.refuse["arsip@kota.example"] = ["451 later"]
        first = await send(config, MONTH, CLOCK)
        assert [one.outcome for one in first] == [Outcome.SENT, None]
        second = await send(config, MONTH, CLOCK)
        assert [(one.channel, one.outcome) for one in second] == [("arsip", Outcome.SENT)]
    assert len(server.taken) == 2
    assert len(Jobs(config.reports_path, [], CLOCK).list()) == 1, "the report is made once"


async def test_a_refusal_for_good_is_noted_and_not_tried_again(folder: Path) -> None:
    async with running_mail_server() as server:
        config = config_of(folder, server.port)
        server.refuse["kepala@kota.example"] = ["550 nobody of this name"]
        told = await send(config, MONTH, CLOCK)
        assert told[0].outcome is Outcome.REFUSED
        assert "nobody of this name" in told[0].said
        assert await send(config, MONTH, CLOCK) == []


async def test_a_death_between_the_yes_and_the_note_sends_the_same_mail(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_mail_server() as server:
        config = config_of(folder, server.port, "pimpinan")

        class DiedError(Exception):
            pass

        def die(*_: object) -> None:
            raise DiedError

        with monkeypatch.context() as broken:
            broken.setattr(Sent, "note", die)
            with pytest.raises(DiedError):
                await send(config, MONTH, CLOCK)
        await send(config, MONTH, CLOCK)
    first, second = (mail for _, mail in server.taken)
    assert first["Message-ID"] == second["Message-ID"]


async def test_channels_that_carry_no_report_are_told_with_the_remedy(folder: Path) -> None:
    async with running_mail_server() as server:
        told = await send(config_of(folder, server.port, "grup, tidak-ada"), MONTH, CLOCK)
    assert [one.outcome for one in told] == [None, None]
    assert told[0].said == "grup is no channel of type email: mend report.receivers"
    assert told[1].said == "tidak-ada is no channel of alerts.yaml: mend report.receivers"


async def test_files_that_are_too_large_for_a_mail_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.reports.sending.MOST_BYTES", 15_000)
    async with running_mail_server() as server:
        await send(config_of(folder, server.port, "pimpinan"), MONTH, CLOCK)
    mail = server.taken[0][1]
    assert "report-2026-11.json" not in files_of(mail)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Terlalu besar untuk surat: report-2026-11.json" in str(body.get_content())


async def test_a_damaged_note_sends_nothing_and_says_what_to_do(folder: Path) -> None:
    async with running_mail_server() as server:
        config = config_of(folder, server.port)
        config.reports_path.mkdir()
        (config.reports_path / "sent.json").write_bytes(b"{")
        with pytest.raises(SendingError, match="mend or delete it"):
            await send(config, MONTH, CLOCK)
    assert server.taken == []


async def test_without_receivers_it_says_what_to_set(folder: Path) -> None:
    config = config_of(folder, 25)
    nobody = replace(config, report=config.report.model_copy(update={"receivers": ()}))
    with pytest.raises(SendingError, match=r"report\.receivers"):
        await send(nobody, MONTH, CLOCK)


# --- when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-11-04T23:59:59+00:00", None),  # 5 November 07.59 WITA
        ("2026-11-05T00:00:00+00:00", "2026-10"),
        ("2026-11-11T23:59:59+00:00", "2026-10"),
        ("2026-11-12T00:00:00+00:00", None),  # a week late: not by itself any more
        ("2026-12-31T16:30:00+00:00", None),  # already January there, and not yet the 5th
        ("2027-01-05T00:00:00+00:00", "2026-12"),
    ],
)
def test_a_report_is_due_from_its_hour_on_for_a_week(now: str, month: str | None) -> None:
    assert due_month(datetime.fromisoformat(now), 5, 8, "Asia/Makassar") == month


@given(
    now=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - given a zone below
    day=st.integers(1, 28),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC"]),
)
def test_the_next_time_is_ahead_and_the_report_is_due_then(
    now: datetime, day: int, hour: int, zone: str
) -> None:
    now = now.replace(tzinfo=UTC)
    ahead = next_at(now, day, hour, zone)
    assert now < ahead <= now + timedelta(days=32)
    assert due_month(ahead, day, hour, zone) is not None
    assert due_month(ahead + LATE, day, hour, zone) is None

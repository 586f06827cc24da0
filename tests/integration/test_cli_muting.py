"""`pantau silence …`, `pantau maintenance …`: planned, listed and ended on the command line."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from collector.clock import SystemClock
from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.store import Batch, Store
from tests.api_city import make_city

CONFIG = "data_directory: .\nzone: Asia/Makassar\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city with a camera that is down."""
    now = SystemClock().now()
    with make_city(tmp_path) as city:
        down = Alert("cam-0001", State.DOWN, Severity.WARNING, now, now, Reason.NO_ANSWER)
        city.store.alerts.commit(Batch(now, alerts=[down]))
    (tmp_path / "pantau.yaml").write_text(CONFIG)
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    group, command, *rest = words
    config = ("--config", str(folder / "pantau.yaml"))
    return CliRunner().invoke(main, [group, command, *config, *rest])


def done(folder: Path, *words: str) -> list[str]:
    shown = run(folder, *words)
    assert shown.exit_code == 0, shown.output
    return shown.stdout.splitlines()


# --- silences ---------------------------------------------------------------------------------


def test_a_silence_says_whom_it_mutes_and_until_when(folder: Path) -> None:
    words = ("silence", "add", "site:losari-01", "kind:camera", "--for", "2h", "--reason", "kabel")
    first, firing, how = done(folder, *words)
    assert first.startswith("Silence 1 mutes 2 devices (cam-0001 and cam-0002) until ")
    assert firing == "Firing among them: cam-0001."
    assert how == "To end it before: pantau silence end 1"
    (_, row) = done(folder, "silence", "list")
    assert "site:losari-01 kind:camera" in row
    assert row.endswith("kabel")
    with Store.open(folder / "pantau.db") as store:
        made = store.silences.get(1)
        assert made is not None
        assert made.ends_at - made.starts_at == timedelta(hours=2)
        assert made.author.endswith("(command line)")


def test_a_dry_run_makes_nothing(folder: Path) -> None:
    words = ("silence", "add", "area:73.71", "--until", "06:00", "--reason", "uji", "--dry-run")
    (first, _) = done(folder, *words)
    assert first.startswith("It would mute 4 devices")
    assert done(folder, "silence", "list") == ["Nothing is silenced."]
    data = json.loads("\n".join(done(folder, *words, "--json")))
    assert (len(data["devices"]), data["firing"]) == (4, ["cam-0001"])


def test_a_silence_is_ended_once_and_stays_readable(folder: Path) -> None:
    done(folder, "silence", "add", "cam-0001", "--for", "1d", "--reason", "roboh")
    over, why = done(folder, "silence", "end", "1")
    assert over == "Silence 1 is over. Nobody is told now:"
    assert why.startswith("! alerts: the setting alerts names no file")
    (again,) = done(folder, "silence", "end", "1")
    assert again.startswith("Silence 1 was over already, since ")
    assert done(folder, "silence", "list") == ["Nothing is silenced."]
    assert " over " in done(folder, "silence", "list", "--all")[1]
    missing = run(folder, "silence", "end", "7")
    assert (missing.exit_code, "there is no silence 7" in missing.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["cam-0001", "--reason", "x"], "either --for 2h or --until 06:00"),
        (["cam-0001", "--for", "2h", "--until", "06:00", "--reason", "x"], "either --for 2h or"),
        (["cam-0001", "--for", "2", "--reason", "x"], "write 30m, 2h, 3d or 1w"),
        (["cam-0001", "--for", "60d", "--reason", "x"], "--for: the end is more than 31 days"),
        (["cam-0001", "--for", "2h", "--reason", " "], "--reason: is empty"),
        (["cam-9", "--for", "2h", "--reason", "x"], 'SCOPE: there is no device "cam-9"'),
        (["cam-001", "--for", "2h", "--reason", "x"], 'did you mean "cam-0001"?'),
        (["site:losri-01", "--for", "2h", "--reason", "x"], 'did you mean "losari-01"?'),
        (["kind:kulkas", "--for", "2h", "--reason", "x"], "known are camera, sensor"),
        (["kind:kamera", "--for", "2h", "--reason", "x"], 'did you mean "camera"?'),
        (["kind:kamera", "--for", "2h", "--reason", "x"], 'SCOPE: there is no kind "kamera"'),
        (["kota:73", "--for", "2h", "--reason", "x"], "'kota:73' names nothing"),
        (["cam-0001", "--for", "2h"], "Missing option '--reason'"),
        (["--for", "2h", "--reason", "x"], "Missing argument 'SCOPE…'"),
    ],
)
def test_a_silence_that_cannot_be_made_says_why(folder: Path, words: list[str], told: str) -> None:
    shown = run(folder, "silence", "add", *words)
    assert (shown.exit_code, told in shown.stderr) == (2, True), shown.stderr


# --- planned work -----------------------------------------------------------------------------

PLAN = ("maintenance", "plan", "site:losari-01", "--title", "ganti switch", "--reason", "rusak")


def test_planned_work_says_whom_it_covers_and_when(folder: Path) -> None:
    first, when = done(folder, *PLAN, "--from", "23:00", "--for", "3h")
    assert first == "Window 1 covers 3 devices (cam-0001, cam-0002 and sw-0001)."
    assert "23:00 WITA to " in when
    (_, row) = done(folder, "maintenance", "list")
    assert "ganti switch" in row
    assert "to come" in row
    assert done(folder, "maintenance", "list", "--active") == ["No work is on."]
    assert done(folder, "maintenance", "list", "--device", "sensor-0001") == ["No work is planned."]


def test_work_that_repeats_says_its_next_times(folder: Path) -> None:
    words = (*PLAN, "--from", "2026-12-01T01:00", "--for", "1h", "--repeat", "FREQ=WEEKLY;BYDAY=TU")
    _, *when = done(folder, *words)
    assert len(when) == 3
    assert all("01:00 WITA to" in line for line in when)
    (window,) = json.loads("\n".join(done(folder, "maintenance", "list", "--json")))
    assert (window["recurrence"], window["zone"]) == ("FREQ=WEEKLY;BYDAY=TU", "Asia/Makassar")


def test_work_that_repeats_begins_on_the_first_day_of_its_rule(folder: Path) -> None:
    words = (*PLAN, "--from", "2026-12-02T23:00", "--for", "3h", "--repeat", "FREQ=WEEKLY;BYDAY=TU")
    covered, moved, *_ = done(folder, *words)
    assert covered.startswith("Window 1 covers")
    assert moved == (
        "It begins on 2026-12-08, the first day of --repeat from --from 2026-12-02T23:00 on."
    )
    (window,) = json.loads("\n".join(done(folder, "maintenance", "list", "--json")))
    assert window["starts_at"] == "2026-12-08T15:00:00Z"
    assert window["ends_at"] == "2026-12-08T18:00:00Z"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "1999-01-01T01:00", "--for", "1h"), "--from: is not between 2000 and 2200"),
        (
            ("--from", "2026-12-01T01:00", "--until", "2026-12-01T00:30"),
            "--for: the end is not after --from",
        ),
        (
            ("--from", "2026-12-01T01:00", "--for", "1h", "--repeat", "FREQ=DAILY;UNTIL=20260101"),
            "--repeat: UNTIL is before --from",
        ),
    ],
)
def test_work_that_cannot_be_planned_names_the_options(
    folder: Path, words: tuple[str, ...], told: str
) -> None:
    shown = run(folder, *PLAN, *words)
    assert (shown.exit_code, told in shown.stderr) == (2, True), shown.stderr


def test_work_that_is_past_is_said_to_be(folder: Path) -> None:
    words = (*PLAN, "--from", "2026-01-05T01:00", "--until", "2026-01-05T02:00")
    assert done(folder, *words)[1].startswith("It is past already")
    assert done(folder, "maintenance", "list") == ["No work is planned."]
    assert " past " in done(folder, "maintenance", "list", "--all")[1]


def test_work_is_cancelled_with_a_reason_and_stays_readable(folder: Path) -> None:
    done(folder, *PLAN, "--for", "2h")
    (said,) = done(folder, "maintenance", "cancel", "1", "--reason", "hujan")
    assert said.startswith("Window 1 is cancelled: nothing of it counts after ")
    again = run(folder, "maintenance", "cancel", "1", "--reason", "hujan")
    assert (again.exit_code, "window 1 is cancelled: " in again.stderr) == (1, True)
    assert " cancelled " in done(folder, "maintenance", "list", "--all")[1]
    done(folder, *PLAN, "--from", "23:59", "--for", "2h")
    (never,) = done(folder, "maintenance", "cancel", "2", "--reason", "batal")
    assert never == "Window 2 is cancelled: it never counted."


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((*PLAN,), 2, "either --for 2h or --until 06:00"),
        ((*PLAN, "--for", "2h", "--repeat", "DAILY"), 2, "--repeat: "),
        ((*PLAN, "--for", "2h", "--zone", "Asia/Ujung", "--from", "23:00"), 2, "no time zone"),
        (("maintenance", "plan", "kind:camera", *PLAN[3:], "--for", "2h"), 2, "names nothing"),
        (("maintenance", "plan", "tag:x", *PLAN[3:], "--for", "2h"), 2, "there is no tag"),
        (("maintenance", "cancel", "9", "--reason", "x"), 1, "there is no window 9"),
        (("maintenance", "list", "--device", "cam-9"), 1, "there is no device 'cam-9'"),
    ],
)
def test_work_that_cannot_be_planned_says_why(
    folder: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    shown = run(folder, *words)
    assert (shown.exit_code, told in shown.stderr) == (code, True), shown.stderr

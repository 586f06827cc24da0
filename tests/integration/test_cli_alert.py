"""`pantau alert …`: every alert of a night can be explained, listed, tried and sent again."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from collector.clock import SystemClock
from collector.model import MaintenanceWindow, Reason, State
from collector.model.alerts import DeliveryState, Silence, Stage
from collector.model.history import Scope
from collector.store import AlertFilter, NotificationFilter, Store
from tests.alert_receiver import Fault, Receiver
from tests.alert_story import ALERTS, Night, night


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A switch with two cameras behind it died; one camera is still down; a sensor is silenced."""
    folder = tmp_path_factory.mktemp("night")
    with night(folder, hours=3) as city:
        city.becomes("sw-0001", State.DOWN)
        for camera in ("cam-0001", "cam-0002"):
            city.becomes(camera, State.UNREACHABLE, cause="sw-0001")
        city.pass_by(60)
        silence = Silence(
            Scope(devices=("sensor-0001",)), "baterai diganti besok", "ani", city.now, city.now,
            city.now + timedelta(hours=9),
        )  # fmt: skip
        city.city.store.silences.create(silence)
        city.becomes("sensor-0001", State.DOWN)
        city.becomes("sw-0001", State.UP)
        city.becomes("cam-0001", State.UP)
        city.pass_by(1)
        city.becomes("cam-0002", State.DOWN)
        city.pass_by(20)
        city.pass_by((SystemClock().now() - city.now).total_seconds() / 60, takes=False)
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    """The same, to be changed by one test."""
    shutil.copytree(lived, tmp_path, dirs_exist_ok=True)
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    group, command, *rest = words
    config = ("--config", str(folder / "pantau.yaml"))
    return CliRunner().invoke(main, [group, command, *config, *rest])


def alert(folder: Path, *words: str) -> str:
    shown = run(folder, "alert", *words)
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def stages(text: str) -> dict[str, str]:
    """Return what each stage says, by stage: its verdict and words."""
    found = re.findall(r"^  (\w+) +(passes|HOLDS|would hold|not asked) *(.*)$", text, re.MULTILINE)
    return {stage: f"{verdict} {words}".strip() for stage, verdict, words in found}


# --- explain ----------------------------------------------------------------------------------


def test_what_was_told_says_to_whom_and_what_became_of_it(lived: Path) -> None:
    said = alert(lived, "explain", "cam-0002")
    lines = said.splitlines()
    assert lines[0] == "cam-0002 (Kamera Losari 02): camera at losari-01 of diskominfo"
    assert re.match(
        r"DOWN since .* WITA \(.*\): no answer; it says .* critical, incident", lines[1]
    )
    assert set(stages(said)) == {stage.value for stage in Stage} - {"send"}
    assert stages(said)["repeat"].startswith("HOLDS people know it; they are reminded at")
    assert "So: people know it." in lines
    assert "  noc: by grup" in lines
    assert re.search(r"first word \(incident \d+\) to noc by grup: taken at", said)
    assert re.search(
        r"escalation \(incident \d+\) to budi by cadangan: GIVEN UP \(410 Gone: the chat is "
        r"closed\); try again with `pantau alert retry \d+`",
        said,
    )


def test_what_stood_behind_a_switch_names_it(lived: Path) -> None:
    clock = SystemClock().now() - timedelta(hours=2, minutes=30)
    said = alert(lived, "explain", "cam-0001", "--at", clock.isoformat())
    held = stages(said)
    assert held["cause"] == (
        "HOLDS sw-0001 cuts it off; people are told of sw-0001, and this one counts as behind it"
    )
    assert held["silence"] == "passes nobody has silenced it"
    assert held["policy"] == "not asked"
    assert "UNREACHABLE since" in said
    assert "behind sw-0001" in said
    assert "So: it was held at cause." in said
    assert "Whom it went to, by today's rules:" in said
    assert re.search(r"first word \(incident 1\) to noc by grup: taken", said)


def test_what_is_silenced_says_by_whom_why_and_until_when(lived: Path) -> None:
    said = alert(lived, "explain", "sensor-0001")
    assert re.match(
        r"HOLDS silenced until .* WITA by ani: baterai diganti besok", stages(said)["silence"]
    )
    assert stages(said)["group"].startswith("would hold")
    assert re.search(r"So: it is held at silence until .* WITA, and is decided again then\.", said)
    assert 'down is info, told when it has lasted 1m (policy "sensor")' in said
    assert "No message was about it, or about what it is told with." in said


def test_a_device_that_is_well_is_explained_as_if_it_failed(lived: Path) -> None:
    said = alert(lived, "explain", "sw-0001", "--if", "degraded")
    assert "It has no alert now. The last one: down" in said
    assert "What would become of it if it came to be degraded now:" in said
    assert "So: it would be told in a moment, if it is still so." in said
    assert "degraded is warning" in said
    assert "told, by route sisanya" in said


def test_work_that_is_planned_holds_what_is_not_there_yet(folder: Path) -> None:
    now = SystemClock().now()
    window = MaintenanceWindow(
        title="ganti uplink", reason="r", author="ani", created_at=now,
        scope=Scope(sites=("losari-01",)), starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1), zone="Asia/Makassar",
    )  # fmt: skip
    with Store.open(folder / "pantau.db") as store:
        store.maintenance.create(window)
    said = alert(folder, "explain", "sw-0001")
    assert re.match(r"HOLDS planned work until .*: ganti uplink", stages(said)["maintenance"])
    assert "So: it would be held at maintenance until" in said


def test_before_anything_happened_there_was_no_alert(lived: Path) -> None:
    moment = SystemClock().now() - timedelta(hours=20)
    said = alert(lived, "explain", "cam-0001", "--at", moment.isoformat())
    assert "and had none before." in said
    assert not stages(said)


def test_between_two_alerts_the_one_before_is_told_of(lived: Path) -> None:
    moment = SystemClock().now() - timedelta(hours=1)
    said = alert(lived, "explain", "cam-0001", "--at", moment.isoformat())
    assert re.search(r"It had no alert at .*\. The last one: unreachable .* to .*\.", said)
    assert "it was well again" in said


def test_it_is_said_that_nobody_tells_while_the_process_does_not_run(lived: Path) -> None:
    assert "! alerts: their process has given no sign of life yet" in alert(
        lived, "explain", "cam-0002"
    )


def test_without_alerts_yaml_what_is_stored_is_told_and_what_is_missing(folder: Path) -> None:
    (folder / "pantau.yaml").write_text("data_directory: .\n")
    said = alert(folder, "explain", "cam-0002")
    assert "! alerts: the setting alerts names no file" in said
    assert stages(said)["route"] == "passes somebody is to be told of it"
    assert "Whom it goes to" not in said


def test_programs_get_every_stage(lived: Path) -> None:
    data: dict[str, Any] = json.loads(alert(lived, "explain", "sensor-0001", "--json"))
    assert (data["device"], data["supposed"], data["held_at"]) == ("sensor-0001", False, "silence")
    by_stage = {one["stage"]: one for one in data["stages"]}
    assert by_stage["silence"]["reason"] == "silenced"
    assert by_stage["silence"]["until_at"].endswith("Z")
    assert by_stage["maintenance"]["verdict"] == "passes"
    assert data["route"][0].startswith("down is info")
    assert data["messages"] == []
    told = json.loads(alert(lived, "explain", "cam-0002", "--json"))
    assert {one["state"] for one in told["messages"]} == {"sent", "dead"}
    assert [one["stage"] for one in told["decisions"]][-1] == "send"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["cam-0009"], 1, "there is no device 'cam-0009'; did you mean \"cam-000"),
        (["cam-0001", "--at", "kemarin"], 2, "'kemarin' is no moment; write 02:14"),
        (["cam-0001", "--at", "2099-01-01"], 2, "that is still to come"),
        (["cam-0001", "--if", "up"], 2, "'up' is not one of"),
    ],
)
def test_what_cannot_be_explained_says_why(
    lived: Path, words: list[str], code: int, told: str
) -> None:
    shown = run(lived, "alert", "explain", *words)
    assert (shown.exit_code, told in shown.stderr) == (code, True), shown.stderr


def test_a_mistake_in_alerts_yaml_is_told_with_its_line(folder: Path) -> None:
    (folder / "alerts.yaml").write_text("channels: {}\nreceivers: []\n")
    shown = run(folder, "alert", "explain", "cam-0001")
    assert shown.exit_code == 1
    assert "alerts.yaml:2" in shown.stderr


# --- list, messages, retry --------------------------------------------------------------------


def test_what_fires_is_listed_with_what_became_of_it(lived: Path) -> None:
    title, *rows = alert(lived, "list").splitlines()
    assert title.split()[:4] == ["ID", "DEVICE", "STATE", "SEVERITY"]
    by_device = {row.split()[1]: row for row in rows}
    assert set(by_device) == {"cam-0002", "sensor-0001"}
    assert by_device["cam-0002"].endswith("  told, but not to budi (410 Gone: the chat is closed)")
    assert "held: silenced (ani: baterai diganti besok) until" in by_device["sensor-0001"]


def test_who_was_not_reached_is_said_beside_who_was(folder: Path) -> None:
    with Store.open(folder / "pantau.db") as store:
        (row,) = store.alerts.page(AlertFilter(device="cam-0002", firing=True)).items
        detail = store.alerts.get(row.alert.id or 0)
        assert detail is not None
        thread = detail.threads[0][0].id
        sent = store.outbox.page(NotificationFilter(thread=thread)).items[0]
        key = "untuk-sari"
        to_sari = replace(
            sent, id=None, key=key, receiver="sari", state=DeliveryState.PENDING, attempts=0,
            sent_at=None,
        )  # fmt: skip
        number = store.outbox.add([to_sari])[key]
        store.outbox.claim(SystemClock().now(), 100)
        assert store.outbox.dead(number, "refused: 403")

    assert "sari (refused: 403)" in alert(folder, "list")
    said = alert(folder, "health")
    assert said.splitlines()[0].endswith("; but 2 messages were given up")
    assert "reached nobody" not in said


def test_a_list_can_be_narrowed(lived: Path) -> None:
    assert [row.split()[1] for row in alert(lived, "list", "--held").splitlines()[1:]] == [
        "sensor-0001"
    ]
    behind = alert(lived, "list", "--device", "cam-0001")
    assert "held: told with what cuts it off (sw-0001)" in behind
    assert len(alert(lived, "list", "--all").splitlines()) == 5
    assert "--limit takes more than 1." in alert(lived, "list", "--all", "--limit", "1")
    assert len(json.loads(alert(lived, "list", "--json"))) == 2
    assert run(lived, "alert", "list", "--device", "cam-1").exit_code == 1


def test_messages_are_listed_and_dead_ones_can_go_out_again(folder: Path) -> None:
    assert len(alert(folder, "messages").splitlines()) >= 4
    (_, row) = alert(folder, "messages", "--dead").splitlines()
    assert "budi" in row
    assert row.endswith("410 Gone: the chat is closed")
    (data,) = json.loads(alert(folder, "messages", "--dead", "--json"))
    number = str(data["id"])
    assert alert(folder, "retry", number) == f"Message {number} to budi goes to cadangan again.\n"
    assert alert(folder, "messages", "--dead") == "No message was given up.\n"
    again = run(folder, "alert", "retry", number)
    assert (again.exit_code, "was not given up: it is pending" in again.stderr) == (1, True)
    missing = run(folder, "alert", "retry", "999")
    assert (missing.exit_code, "there is no message 999" in missing.stderr) == (1, True)
    with Store.open(folder / "pantau.db") as store:
        assert store.audit.page(action="notification").items[0].author.endswith("(command line)")
        assert store.outbox.get(int(number)).state is DeliveryState.PENDING  # type: ignore[union-attr]


# --- test -------------------------------------------------------------------------------------


@pytest.fixture
def receiver(folder: Path) -> Iterator[Receiver]:
    with Receiver() as running:
        (folder / "alerts.yaml").write_text(ALERTS.format(url=running.url))
        yield running


def test_a_test_goes_out_over_every_channel_of_a_receiver(folder: Path, receiver: Receiver) -> None:
    said = alert(folder, "test", "noc")
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "noc by grup", "noc by cadangan",
    ]  # fmt: skip
    assert said.count("by") == said.count("has it arrived?") == 2
    bodies = [request.json for request in receiver.requests]
    assert {body["purpose"] for body in bodies} == {"test"}
    assert {body["severity"] for body in bodies} == {"info"}
    assert sorted(request.path for request in receiver.requests) == ["/hook/cadangan", "/hook/grup"]


def test_a_test_to_a_roster_goes_to_whoever_is_on_duty(folder: Path, receiver: Receiver) -> None:
    said = alert(folder, "test", "piket", "--severity", "critical")
    assert said.startswith("budi by cadangan: taken")
    assert receiver.requests[0].json["severity"] == "critical"
    with Store.open(folder / "pantau.db") as store:
        (entry,) = store.audit.page(action="notification.test").items
        assert (entry.object, entry.author.endswith("(command line)")) == ("receiver:piket", True)


def test_a_channel_that_refuses_is_said_with_its_words(folder: Path, receiver: Receiver) -> None:
    receiver.faults.append(Fault(status=404))
    shown = run(folder, "alert", "test", "budi", "--json")
    assert shown.exit_code == 1
    (one,) = json.loads(shown.stdout)
    assert (one["receiver"], one["channel"], one["ok"]) == ("budi", "cadangan", False)
    assert one["words"].startswith("REFUSED: ")


def test_a_receiver_that_is_not_there_is_named(folder: Path, receiver: Receiver) -> None:
    shown = run(folder, "alert", "test", "pike")
    assert (shown.exit_code, 'did you mean "piket"?' in shown.stderr) == (1, True)
    assert not receiver.requests


def test_a_night_needs_no_more_than_the_messages_that_matter(tmp_path: Path) -> None:
    """The story itself is what the commands rest on: one message out, one back."""
    with night(tmp_path, hours=1) as city:
        assert isinstance(city, Night)
        city.becomes("sw-0001", State.DOWN)
        city.becomes("cam-0001", State.UNREACHABLE, cause="sw-0001")
        city.pass_by(5)
        city.becomes("sw-0001", State.UP)
        city.becomes("cam-0001", State.UP)
        city.pass_by(5)
        assert [one.purpose.value for one in city.sent] == ["firing", "recovered"]


def test_what_somebody_has_in_hand_says_who_and_that_people_know(tmp_path: Path) -> None:
    with night(tmp_path, hours=0.1) as city:
        city.becomes("sw-0001", State.DOWN)
        city.pass_by(2)
        city.city.store.incidents.acknowledge(1, "budi", "saya ke sana", city.now)
        city.pass_by(1)
    said = alert(tmp_path, "explain", "sw-0001")
    assert stages(said)["acknowledged"] == (
        "HOLDS budi has it in hand; told again only if it gets worse"
    )
    assert "So: it is held at acknowledged; people know of it." in said


def test_a_collector_that_is_gone_is_explained_as_one(tmp_path: Path) -> None:
    with night(tmp_path, hours=0.3) as city:
        city.pass_by(1)
        for _ in range(12):
            city.city.clock.advance(10)
            while city.watcher.look():
                pass
        city.city.change("cam-0001", State.UNKNOWN, at=city.now, reason=Reason.COLLECTOR_GONE)
        while city.watcher.look():
            pass
    collector = alert(tmp_path, "explain", "collector:main")
    assert collector.startswith("collector:main (main): collector\n")
    assert "unknown is critical" in collector
    camera = alert(tmp_path, "explain", "cam-0001")
    assert stages(camera)["cause"].startswith("HOLDS collector main gives no sign of life")
    assert "first word (collector main) to noc by grup: waits" in camera

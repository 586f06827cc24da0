"""What is wrong with Pantau itself: from what was seen to words with a remedy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.health import Disk, Facts, Level, troubles_of
from api.health_words import WORDS
from api.waiting import Look, why_not_ready
from collector.courier.report import CourierReport, RollerReport
from collector.model import Heartbeat
from collector.notify.figures import AlertReport, ChannelReport
from collector.notify.figures import why_not_ready as why_not_told
from collector.sinks.spool import Bounds, SpoolStatus

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
COURIER = CourierReport(NOW, NOW)
REPORT = AlertReport(NOW, NOW)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def beat(name: str = "main", seconds: float = 1, **figures: float) -> Heartbeat:
    return Heartbeat(name, "run", ago(3_600), ago(seconds), figures)


WELL = Facts(NOW, 12.5, (beat(),))


def look(status: SpoolStatus | None = None, **said: object) -> Look:
    courier = replace(COURIER, **said)  # type: ignore[arg-type]
    return Look(NOW, status or SpoolStatus(), Bounds(), courier)


def codes(facts: Facts) -> list[str]:
    return [one.code for one in troubles_of(facts)]


LOST = SpoolStatus(dropping_since=ago(60), dropped_lines=1_234)
WAITS = SpoolStatus(lines=5, oldest_at=ago(600))
CASES: list[tuple[Facts, list[str]]] = [
    (WELL, []),
    (replace(WELL, heartbeats=None), ["store_unreadable"]),
    (replace(WELL, heartbeats=()), ["never_collected"]),
    (replace(WELL, heartbeats=(beat(seconds=13),)), ["blind"]),
    (replace(WELL, heartbeats=(beat(), beat("selatan", 13))), ["collector_gone"]),
    (replace(WELL, heartbeats=(beat(), beat("selatan", -60))), ["clock_ahead"]),
    (replace(WELL, heartbeats=(beat(same_name_twice=1.0),)), ["same_name_twice"]),
    (replace(WELL, heartbeats=(beat(mqtt_connected=0.0),)), ["mqtt_disconnected"]),
    (replace(WELL, heartbeats=(beat(mqtt_connected=1.0, traps_listening=1.0),)), []),
    (replace(WELL, heartbeats=(beat(traps_listening=0.0),)), ["traps_deaf"]),
    (replace(WELL, heartbeats=(beat(checks_behind_seconds=9.5, checks_late_seconds=0.0),)), []),
    (replace(WELL, heartbeats=(beat(checks_late_seconds=10.5),)), ["checks_late"]),
    (
        replace(WELL, heartbeats=(beat(), beat("timur", 13, checks_late_seconds=9.0))),
        ["collector_gone"],
    ),
    (replace(WELL, readable=False), ["readings_unreadable"]),
    (replace(WELL, look=look()), []),
    (replace(WELL, look=look(LOST)), ["readings_lost"]),
    (replace(WELL, look=look(WAITS, at=ago(31))), []),  # a restart of the courier
    (replace(WELL, look=look(WAITS, at=ago(90))), ["courier_gone"]),
    (replace(WELL, look=look(trouble="token", trouble_since_at=ago(90))), ["influxdb_refuses"]),
    (replace(WELL, look=look(trouble="unreachable", trouble_since_at=ago(59))), []),
    (replace(WELL, look=look(trouble="unreachable", trouble_since_at=ago(60))), ["readings_wait"]),
    (replace(WELL, look=look(WAITS)), ["readings_late"]),
    (replace(WELL, look=look(SpoolStatus(dead_letters=2))), ["dead_letters"]),
    (
        replace(WELL, look=replace(look(), roller=RollerReport(NOW, None, 3, 0, 0, 0, 0, 1, "x"))),
        ["roll_ups_trouble"],
    ),
    (replace(WELL, expects_alerts=True), ["alerts_never"]),
    (replace(WELL, expects_alerts=True, alerts=REPORT), []),
    (replace(WELL, expects_alerts=True, alerts=replace(REPORT, at=ago(61))), ["alerts_silent"]),
    (
        replace(WELL, expects_alerts=True, alerts=replace(REPORT, trouble="secret")),
        ["alerts_stand_still"],
    ),
    (
        replace(
            WELL,
            expects_alerts=True,
            alerts=replace(
                REPORT,
                channels={
                    "surel": ChannelReport(pending=3, waiting_since_at=ago(301)),
                    "telegram": ChannelReport(died_at=ago(3_599)),
                    "sirene": ChannelReport(pending=1, waiting_since_at=ago(299)),
                },
            ),
        ),
        ["channel_waits", "channel_gave_up"],
    ),
    (replace(WELL, following=False), ["live_stopped"]),
    (replace(WELL, disk=Disk(1 << 30, 1 << 40, {})), []),
    (replace(WELL, disk=Disk((1 << 30) - 1, 1 << 40, {})), ["disk_low"]),
]


@pytest.mark.parametrize(("facts", "expected"), CASES, ids=range(len(CASES)))
def test_what_is_seen_is_judged(facts: Facts, expected: list[str]) -> None:
    assert codes(facts) == expected


def test_every_trouble_has_a_case_and_words_with_a_remedy_in_both_languages() -> None:
    assert {code for facts, _ in CASES for code in codes(facts)} == set(WORDS)
    for facts, _ in CASES:
        for one in troubles_of(facts):
            view = one.view()
            for key in ("id", "id_remedy", "en", "en_remedy"):
                text = view[key]
                assert text[0].isupper() or text.startswith(("pantau ", str(one.n)[0])), text
                assert not text.endswith((".", "!")), text
                assert "{" not in text
                assert "secret" not in text


def test_numbers_are_written_as_the_language_writes_them() -> None:
    (one,) = troubles_of(replace(WELL, look=look(LOST)))
    assert "1.234 baris" in one.view()["id"]
    assert "1,234 oldest" in one.view()["en"]


def test_late_checks_are_told_with_by_how_much_and_since_when() -> None:
    figures = {"checks_late_seconds": 45.9, "checks_late_for_seconds": 600.0}
    (one,) = troubles_of(replace(WELL, heartbeats=(beat("main", 3, **figures),)))
    assert one.since_at == ago(603)
    view = one.view()
    assert view["id"].startswith("Pemeriksaan kolektor main terlambat 45 detik")
    assert "pantau doctor" in view["id_remedy"]
    assert "late by 45 s" in view["en"]
    assert "pantau doctor" in view["en_remedy"]


def test_what_is_broken_stands_before_what_lacks() -> None:
    facts = replace(WELL, look=look(SpoolStatus(dead_letters=2)), following=False)
    assert [one.level for one in troubles_of(facts)] == [Level.BROKEN, Level.LACKING]


@pytest.mark.parametrize(("facts", "expected"), CASES, ids=range(len(CASES)))
def test_what_keeps_readyz_from_saying_yes_is_told_here_as_well(
    facts: Facts, expected: list[str]
) -> None:
    not_ready = []
    if facts.look is not None and why_not_ready(facts.look) is not None:
        not_ready.append("readings")
    if facts.expects_alerts and why_not_told(facts.alerts, NOW):
        not_ready.append("alerts")
    assert not_ready == [] or expected
    assert set(not_ready) <= {one.part for one in troubles_of(facts)}

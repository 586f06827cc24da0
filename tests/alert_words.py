"""Prints every message that people may get, in both languages: `python -m tests.alert_words`.

Read them as if you were on duty at three in the morning. `python -m tests.alert_words page` writes
the page that shows some of them.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.model import CauseClass, CauseRule, IncidentGroup, Reason, Scope, State
from collector.model.alerts import Alert, Purpose, Severity, Silence, Thread
from collector.notify.deciding.words import Content
from collector.notify.deciding.world import DeviceFacts, IncidentFacts, World
from collector.notify.words.facts import Facts
from collector.notify.words.gathering import (
    Desk,
    Names,
    facts_of,
    facts_of_heartbeat,
    facts_of_test,
)
from collector.notify.words.speaker import Speaker

BEGAN = datetime(2026, 11, 26, 18, 14, 20, tzinfo=UTC)  # 02.14 WITA
ZONE = "Asia/Makassar"
DESK = Desk("https://pantau.example.go.id")
NAMES = Names(
    sites={"pasar": "Pasar Butung", "balai": "Balai Kota", "lima": "Simpang Lima"},
    areas={"73.71.09": "Kec. Wajo", "73.71": "Kota Makassar", "73.71.02": "Kec. Ujung Pandang"},
    owners={"kominfo": "Diskominfo", "icon": "Icon+", "pln": "PLN ULP Karebosi"},
)
_WAJO = ("73.71.09", "73.71")
_KINDS = ("camera", "camera", "camera", "camera", "access_point", "recorder")


def _device(device_id: str, name: str, kind: str, site: str = "pasar") -> DeviceFacts:
    return DeviceFacts(
        device_id, name, kind, site, _WAJO if site == "pasar" else ("73.71.02", "73.71"),
        owner="kominfo", link_owner="icon", power_owner="pln", feeder="Hertasning", zone=ZONE,
    )  # fmt: skip


_FLEET = {
    one.id: one
    for one in (
        _device("cam-1", "Kamera Pasar Butung 02", "camera"),
        _device("sw-1", "SW-BALAIKOTA", "switch", "balai"),
        _device("ups-1", "UPS Ruang Server", "ups", "balai"),
        _device("ap-1", "AP Taman Macan", "access_point", "balai"),
        _device("nvr-1", "NVR Pasar Butung", "recorder"),
        _device("air-1", "Tinggi Air Kanal Panampu", "sensor"),
        _device("core-1", "Core Balai Kota", "router", "balai"),
        *(
            _device(f"d-{n}", f"{_KINDS[n % 6]}-{n:03}", _KINDS[n % 6], ("pasar", "lima")[n % 2])
            for n in range(400)
        ),
    )
}
_CROWD = tuple(f"d-{n}" for n in range(400))


def _alert(
    device_id: str,
    state: State = State.DOWN,
    reason: Reason = Reason.NO_ANSWER,
    detail: str = "",
    root: str | None = None,
    lasted: timedelta | None = None,
) -> Alert:
    return Alert(
        device_id, state, Severity.CRITICAL, BEGAN, BEGAN + timedelta(seconds=90), reason, detail,
        root, ended_at=None if lasted is None else BEGAN + lasted,
    )  # fmt: skip


def _content(
    key: str,
    purpose: Purpose,
    leading: tuple[Alert, ...] = (),
    severity: Severity = Severity.CRITICAL,
    carried: tuple[Alert, ...] = (),
    ended: tuple[Alert, ...] = (),
    new: tuple[str, ...] = (),
    root: str | None = None,
    step: int = 0,
    silence: Silence | None = None,
    threads: int = 0,
) -> Content:
    thread = Thread(key, BEGAN, severity, BEGAN, first_told_at=BEGAN + timedelta(minutes=2))
    ends = [one.ended_at for one in ended if one.ended_at is not None]
    return Content(
        thread, purpose, severity, leading, carried, new, ended, (thread,) * threads, root,
        BEGAN, max(ends) if ends and not leading else None, step, silence,
    )  # fmt: skip


_INCIDENTS = {
    1: IncidentFacts(1, IncidentGroup.DEVICE, "cam-1", CauseClass.DEVICE, CauseRule.NEIGHBOURS_UP),
    2: IncidentFacts(2, IncidentGroup.DEVICE, "sw-1"),
    3: IncidentFacts(
        3, IncidentGroup.FEEDER, "Hertasning", CauseClass.POWER, CauseRule.MANY_ON_FEEDER
    ),
    4: IncidentFacts(4, IncidentGroup.SITE, "pasar", CauseClass.POWER, CauseRule.UPS_ON_BATTERY),
    5: IncidentFacts(
        5, IncidentGroup.AREA, "73.71.09", CauseClass.LINK, CauseRule.NETWORK_SAID,
        BEGAN + timedelta(minutes=9), "Andi R.",
    ),
}  # fmt: skip
WORLD = World(devices=_FLEET, incidents=_INCIDENTS)


def _behind(count: int) -> tuple[Alert, ...]:
    return tuple(
        _alert(one, State.UNREACHABLE, Reason.PARENT_DOWN, root="sw-1") for one in _CROWD[:count]
    )


def _ended(count: int) -> tuple[Alert, ...]:
    lasted = timedelta(hours=2, minutes=5)
    return tuple(replace(one, ended_at=BEGAN + lasted) for one in _behind(count))


def _down(count: int) -> tuple[Alert, ...]:
    return tuple(_alert(one) for one in _CROWD[:count])


def _dead() -> tuple[Alert, ...]:
    return (_alert("cam-1", detail="0 of 3 echoes answered"),)


def dead_camera(names: Names = NAMES) -> Facts:
    """Return the facts of a camera that died, where these names are known."""
    told = _content("incident:1", Purpose.FIRING, _dead())
    return facts_of(told, WORLD, BEGAN + timedelta(minutes=2), names=names, desk=DESK, zone=ZONE)


def scenes() -> Iterator[tuple[str, Facts]]:
    """Yield what each message is of, and its facts."""
    after = timedelta(hours=2, minutes=5)
    warned = Severity.WARNING

    def said(content: Content, later: timedelta = timedelta(minutes=2)) -> Facts:
        return facts_of(content, WORLD, BEGAN + later, names=NAMES, desk=DESK, zone=ZONE)

    firing, recovered = Purpose.FIRING, Purpose.RECOVERED
    cam, switch = _dead(), (_alert("sw-1", detail="0 of 3 echoes answered"),)
    yield "a camera is dead", dead_camera()
    yield "a switch with 40 behind it", said(_content("incident:2", firing, switch,
                                                      carried=_behind(40)))  # fmt: skip
    yield "more behind the switch", said(
        _content("incident:2", Purpose.UPDATE, (*switch, _alert("cam-1")), carried=_behind(55),
                 new=("cam-1",)), timedelta(minutes=9))  # fmt: skip
    yield "nobody takes it", said(
        _content("incident:2", Purpose.ESCALATION, switch, carried=_behind(40), step=900),
        timedelta(minutes=17))  # fmt: skip
    yield "passed on, because it did not arrive", replace(
        said(_content("incident:1", firing, cam), timedelta(minutes=31)),
        not_reached="Kepala Bidang",
    )  # fmt: skip
    yield (
        "still so",
        said(
            _content("incident:2", Purpose.REPEAT, switch, carried=_behind(40)), timedelta(hours=4)
        ),
    )
    yield (
        "the switch is back",
        said(
            _content("incident:2", recovered, ended=(*_ended(40), _alert("sw-1", lasted=after))),
            after,
        ),
    )
    yield "power cut suspected on a feeder", said(_content("incident:3", firing, _down(58)))
    yield "power cut at a site, its UPS says so", said(_content("incident:4", firing, _down(6)))
    yield "power is back", said(
        _content("incident:3", recovered,
                 ended=tuple(_alert(one, lasted=after) for one in _CROWD[:58])),
        after)  # fmt: skip
    yield (
        "an area's network, in hand",
        said(
            _content("incident:5", Purpose.UPDATE, _down(31), new=("d-30",)), timedelta(minutes=15)
        ),
    )
    yield "a UPS is on battery", said(
        _content("device:ups-1", firing,
                 (_alert("ups-1", State.DEGRADED, Reason.ON_BATTERY,
                         "ups_output_source = battery"),)),
    )  # fmt: skip
    yield "a link loses pings", said(
        _content("device:sw-1", firing,
                 (_alert("sw-1", State.DEGRADED, Reason.THRESHOLD,
                         "ping_loss_percent = 33.3333 %"),), warned),
    )  # fmt: skip
    yield "an access point is degraded", said(
        _content("device:ap-1", firing,
                 (_alert("ap-1", State.DEGRADED, Reason.THRESHOLD,
                         "wifi_utilization_percent = 92 %"),), warned),
    )  # fmt: skip
    yield "a recorder's disk", said(
        _content("device:nvr-1", firing,
                 (_alert("nvr-1", State.DEGRADED, Reason.THRESHOLD, "disk_state[1] = error"),)),
    )  # fmt: skip
    yield (
        "a sensor is silent",
        said(
            _content(
                "device:air-1", firing, (_alert("air-1", State.UNKNOWN, Reason.SILENT),), warned
            )
        ),
    )
    yield "a collector is gone", said(
        _content("collector:main", firing,
                 (_alert("collector:main", State.UNKNOWN, Reason.COLLECTOR_GONE),),
                 carried=_down(300)),
    )  # fmt: skip
    yield "the collector is back", said(
        _content("collector:main", recovered,
                 ended=(*_ended(40), _alert("collector:main", State.UNKNOWN, Reason.COLLECTOR_GONE,
                               lasted=timedelta(minutes=12)),)),
        timedelta(minutes=12))  # fmt: skip
    unsteady = (_alert("ap-1"),)
    yield "flapping", said(_content("flapping:ap-1", Purpose.FLAPPING, unsteady, warned))
    yield (
        "steady again",
        said(_content("flapping:ap-1", recovered, ended=(_alert("ap-1", lasted=after),)), after),
    )
    yield (
        "a storm of 400",
        said(_content("storm:1", Purpose.STORM, _down(400), root="core-1", threads=37)),
    )
    yield (
        "the storm is over",
        said(
            _content("storm:1", recovered, ended=tuple(_alert(o, lasted=after) for o in _CROWD)),
            after,
        ),
    )
    yield "the morning's digest", said(
        _content("digest:1", Purpose.DIGEST,
                 (_alert("ap-1", State.DEGRADED, Reason.THRESHOLD), _alert("cam-1")),
                 Severity.INFO,
                 ended=(_alert("air-1", State.UNKNOWN, Reason.SILENT, lasted=after),)),
        timedelta(hours=4, minutes=46))  # fmt: skip
    silence = Silence(Scope(sites=("pasar",)), "Perbaikan tiang oleh PU", "Sari", BEGAN,
                      BEGAN, BEGAN + timedelta(hours=4))  # fmt: skip
    yield (
        "a silence ends soon",
        said(
            _content("silence:1", Purpose.SILENCE_ENDS, cam, Severity.INFO, silence=silence),
            timedelta(hours=3, minutes=45),
        ),
    )
    yield "a sign of life", facts_of_heartbeat(BEGAN, gone={}, zone=ZONE)
    yield (
        "nobody looks",
        facts_of_heartbeat(BEGAN + timedelta(minutes=3), gone={"main": BEGAN}, zone=ZONE),
    )
    yield "a test", facts_of_test("Grup Piket", BEGAN, Severity.INFO, desk=DESK, zone=ZONE)


PAGE = Path(__file__).parents[1] / "docs" / "alerts-messages.md"
ON_THE_PAGE = frozenset(
    {
        "a camera is dead",
        "a switch with 40 behind it",
        "more behind the switch",
        "nobody takes it",
        "passed on, because it did not arrive",
        "the switch is back",
        "power cut suspected on a feeder",
        "a link loses pings",
        "a collector is gone",
        "a storm of 400",
        "the morning's digest",
        "a silence ends soon",
    }
)
_HEAD = """\
# What messages look like

Each in Indonesian and English, as a receiver chooses (`language`). The first line is enough to act
on; then where, what else is struck, the symptom, the cause and what points to it, who answers for
device, network and power, and what to do. Moments are those of the site's zone. Every message of
this kind can be printed with `python -m tests.alert_words`; this page is written by it.

"""


def page() -> str:
    """Return the page of the documentation."""
    return _HEAD + printed(ON_THE_PAGE)


def printed(only: frozenset[str] = frozenset()) -> str:
    """Return these messages, or all."""
    lines: list[str] = []
    for name, facts in scenes():
        if only and name not in only:
            continue
        lines.append(f"## {name[0].upper()}{name[1:]}\n")
        for language in ("id", "en"):
            said = Speaker(language).say(facts)
            lines.append(f"```text\n{said.title}\n{said.text}".rstrip() + "\n```\n")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["page"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(printed())

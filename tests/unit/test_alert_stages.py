"""Each stage by itself: what it lets through, what it holds, why and until when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from collector.model import IncidentGroup, Reason, State
from collector.model.alerts import Alert, HoldReason, Severity, Silence, Stage, Thread, ThreadMember
from collector.model.history import Scope
from collector.notify.deciding.stages import STAGES, decide, explain
from collector.notify.deciding.world import DeviceFacts, IncidentFacts, Planned, World
from tests.alert_play import START, PlainRules

NOW = START + timedelta(minutes=10)
LATER = NOW + timedelta(hours=1)


def _alert(device: str = "cam", state: State = State.DOWN, **more: object) -> Alert:
    alert = Alert(
        device, state, Severity.CRITICAL, START, START, Reason.NO_ANSWER, incident_id=1, id=5
    )
    return replace(alert, **more)  # type: ignore[arg-type]


def _world(**more: object) -> World:
    names = ("cam", "switch")
    devices = {name: DeviceFacts(name, name, "camera", "site") for name in names}
    return replace(World(devices), **more)  # type: ignore[arg-type]


CUT_OFF = _alert(state=State.UNREACHABLE, root="switch")
ROOT = _alert("switch")
SILENCE = Silence(Scope(), "roboh", "budi", START, START, LATER, id=1)
TAKEN = IncidentFacts(1, IncidentGroup.DEVICE, "cam", acknowledged_at=NOW, acknowledged_by="ani")
FEEDER = IncidentFacts(1, IncidentGroup.FEEDER, "GI-3")
THREAD = Thread("incident:1", START, Severity.CRITICAL, NOW)
TOLD = replace(THREAD, told_at=NOW, told_severity=Severity.CRITICAL)
MEMBER = ThreadMember("incident:1", START, "cam", START, True, State.DOWN, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("alert", "world", "stage", "reason", "until_at"),
    [
        pytest.param(
            _alert(),
            _world(maintenance={"cam": Planned("work", LATER)}),
            Stage.MAINTENANCE,
            HoldReason.IN_MAINTENANCE,
            LATER,
            id="in a window",
        ),
        pytest.param(
            _alert(),
            _world(maintenance={"cam": Planned("work", NOW)}, threads={"incident:1": THREAD}),
            Stage.SEND,
            None,
            None,
            id="at the very end of a window",
        ),
        pytest.param(
            _alert(),
            _world(silences={"cam": SILENCE}),
            Stage.SILENCE,
            HoldReason.SILENCED,
            LATER,
            id="silenced",
        ),
        pytest.param(
            _alert(),
            _world(
                silences={"cam": replace(SILENCE, ended_at=NOW)}, threads={"incident:1": THREAD}
            ),
            Stage.SEND,
            None,
            None,
            id="a silence that was ended by hand",
        ),
        pytest.param(
            CUT_OFF,
            _world(alerts={"cam": CUT_OFF, "switch": ROOT}),
            Stage.CAUSE,
            HoldReason.PARENT_DOWN,
            None,
            id="behind a dead switch",
        ),
        pytest.param(
            CUT_OFF,
            _world(alerts={"switch": replace(ROOT, ended_at=NOW, end_confirmed_at=NOW)}),
            Stage.CAUSE,
            HoldReason.PARENT_DOWN,
            NOW + timedelta(minutes=5),
            id="its switch just came back",
        ),
        pytest.param(
            CUT_OFF,
            _world(threads={"incident:1": THREAD}),
            Stage.SEND,
            None,
            None,
            id="cut off for long behind something of which nothing is known",
        ),
        pytest.param(
            _alert(state=State.UNKNOWN, incident_id=None),
            _world(gone={"main": START}),
            Stage.CAUSE,
            HoldReason.COLLECTOR_GONE,
            None,
            id="its collector is gone",
        ),
        pytest.param(
            _alert(),
            _world(
                incidents={1: FEEDER},
                alerts={
                    "cam": _alert(),
                    "switch": _alert("switch", began_at=START - 2 * (NOW - START)),
                },
            ),
            Stage.CAUSE,
            HoldReason.POWER,
            None,
            id="another speaks for the feeder",
        ),
        pytest.param(
            _alert(flapping=True),
            _world(),
            Stage.FLAPPING,
            HoldReason.FLAPPING,
            None,
            id="flapping",
        ),
        pytest.param(
            _alert(),
            _world(incidents={1: TAKEN}),
            Stage.ACKNOWLEDGED,
            HoldReason.ACKNOWLEDGED,
            None,
            id="somebody has it",
        ),
        pytest.param(
            _alert(),
            _world(
                incidents={1: TAKEN},
                threads={"incident:1": replace(TOLD, told_severity=Severity.WARNING)},
            ),
            Stage.REPEAT,
            HoldReason.SETTLING,
            NOW + timedelta(minutes=5),
            id="somebody has it, but it got more severe than what was told",
        ),
        pytest.param(
            _alert(),
            _world(
                incidents={1: replace(TAKEN, reopened_at=NOW + timedelta(seconds=1))},
                threads={"incident:1": THREAD},
            ),
            Stage.SEND,
            None,
            None,
            id="somebody had it before it opened again",
        ),
        pytest.param(
            _alert(),
            _world(),
            Stage.GROUP,
            HoldReason.SETTLING,
            None,
            id="no thread yet",
        ),
        pytest.param(
            _alert(),
            _world(threads={"incident:1": replace(THREAD, storm="storm:1")}),
            Stage.GROUP,
            HoldReason.STORM,
            None,
            id="in a storm",
        ),
        pytest.param(
            _alert(),
            _world(threads={"incident:1": replace(THREAD, waiting=("ani",))}),
            Stage.GROUP,
            HoldReason.QUIET_HOURS,
            None,
            id="waits for the morning",
        ),
        pytest.param(
            _alert(),
            _world(threads={"incident:1": TOLD}, members={("incident:1", "cam"): MEMBER}),
            Stage.REPEAT,
            HoldReason.ALREADY_TOLD,
            NOW + timedelta(hours=4),
            id="told already",
        ),
        pytest.param(
            _alert(ended_at=NOW),
            _world(),
            Stage.GROUP,
            HoldReason.STALE,
            None,
            id="over",
        ),
    ],
)
def test_an_alert_comes_as_far_as_its_stage(
    alert: Alert, world: World, stage: Stage, reason: HoldReason | None, until_at: object
) -> None:
    decision = decide(alert, world, PlainRules(), NOW)
    assert (decision.stage, decision.reason, decision.until_at) == (stage, reason, until_at)
    assert decision.alert_id == 5


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (PlainRules(unwanted=frozenset({State.DOWN})), HoldReason.NOT_WANTED),
        (PlainRules(after_seconds=1000), HoldReason.TOO_SHORT),
        (PlainRules(unrouted=frozenset({"cam"})), HoldReason.NO_ROUTE),
        (PlainRules(receivers=()), HoldReason.NO_ROUTE),
    ],
)
def test_policy_and_routes_hold(rules: PlainRules, reason: HoldReason) -> None:
    assert decide(_alert(), _world(), rules, NOW).reason is reason


def test_the_stages_stand_in_the_order_of_their_names() -> None:
    assert [stage for stage, _ in STAGES] == [stage for stage in Stage if stage is not Stage.SEND]


def test_an_explanation_tells_what_every_stage_says_also_behind_the_first_hold() -> None:
    world = _world(silences={"cam": SILENCE}, incidents={1: TAKEN})
    said = dict(explain(_alert(), world, PlainRules(), NOW))
    held = [stage for stage, hold in said.items() if hold is not None]
    assert held == [Stage.SILENCE, Stage.ACKNOWLEDGED, Stage.GROUP]

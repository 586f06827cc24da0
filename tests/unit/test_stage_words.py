"""What stages say is a sentence, with what ends the hold or what to do."""

from datetime import UTC, datetime

import pytest

from collector.model.alerts import HoldReason, Purpose, Stage
from collector.notify.deciding.stages import STAGES, Hold
from collector.notify.stage_words import PASSES, PURPOSES, SHORT, hold_words

UNTIL = datetime(2026, 11, 27, 18, 14, tzinfo=UTC)


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


@pytest.mark.parametrize("reason", HoldReason)
@pytest.mark.parametrize("stage", [stage for stage, _ in STAGES])
def test_every_hold_is_a_sentence(stage: Stage, reason: HoldReason) -> None:
    for until_at in (None, UNTIL):
        words = hold_words(stage, Hold(reason, "sw-1", until_at), clock)
        assert words
        assert words == " ".join(words.split())
        assert not words.endswith((".", " at", "until"))
        assert "None" not in words


@pytest.mark.parametrize(
    "reason",
    [
        HoldReason.IN_MAINTENANCE,
        HoldReason.SILENCED,
        HoldReason.PARENT_DOWN,
        HoldReason.TOO_SHORT,
        HoldReason.QUIET_HOURS,
        HoldReason.SETTLING,
        HoldReason.ALREADY_TOLD,
    ],
)
def test_what_ends_by_itself_says_when(reason: HoldReason) -> None:
    for stage in (Stage.GROUP, Stage.REPEAT):
        assert "18:14" in hold_words(stage, Hold(reason, "x", UNTIL), clock)


def test_details_are_said_where_they_help() -> None:
    told = {
        HoldReason.IN_MAINTENANCE: "ganti uplink",
        HoldReason.SILENCED: "ani: roboh",
        HoldReason.PARENT_DOWN: "sw-1",
        HoldReason.POWER: "feeder GI-3",
        HoldReason.ACKNOWLEDGED: "budi",
        HoldReason.TOO_SHORT: "sensor",
        HoldReason.NOT_WANTED: "tanpa sensor",
        HoldReason.QUIET_HOURS: "kepala",
        HoldReason.COLLECTOR_GONE: "main",
    }
    for reason, detail in told.items():
        assert detail in hold_words(Stage.CAUSE, Hold(reason, detail), clock)
    nobody = hold_words(Stage.ACKNOWLEDGED, Hold(HoldReason.ACKNOWLEDGED), clock)
    assert nobody.startswith("somebody has it in hand")
    assert "policy" not in hold_words(Stage.POLICY, Hold(HoldReason.NOT_WANTED), clock)


def test_every_stage_reason_and_purpose_has_words() -> None:
    assert set(PASSES) == {stage for stage, _ in STAGES}
    assert set(SHORT) == set(HoldReason)
    assert set(PURPOSES) == set(Purpose)

"""Colours, words of states and limits: as on the wall. Healthy is quiet, colour means something."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models import dashboard as model

from collector.model import Reason
from dashboards.grafana.source.words import Words

_SHARED_WORDS = Path(__file__).parents[2] / "web" / "src" / "shared" / "words"


class Colour(StrEnum):
    """The wall's colours (dashboards/web/src/wall/style/tokens.css) and three for plain series."""

    DOWN = "#f47a3c"
    DEGRADED = "#e9a820"
    UNREACHABLE = "#d993ba"
    UNKNOWN = "#c6ccd3"
    MAINTENANCE = "#79bfe9"
    UP = "#6b737e"
    NOTHING = "#4a515b"
    FIRST = "#8fc1f2"
    SECOND = "#b3aa6a"


STATE_COLOURS = {
    "up": Colour.UP,
    "degraded": Colour.DEGRADED,
    "down": Colour.DOWN,
    "unreachable": Colour.UNREACHABLE,
    "unknown": Colour.UNKNOWN,
    "maintenance": Colour.MAINTENANCE,
}
STATES = ("up", "degraded", "down", "unreachable", "unknown")  # the place is the number

Mapping_ = model.ValueMap | model.RangeMap | model.RegexMap | model.SpecialValueMap


def nothing(say: Words) -> model.SpecialValueMap:
    """Return the mapping of a value that is not there: words in grey, never a zero."""
    return model.SpecialValueMap(
        options=model.DashboardSpecialValueMapOptions(
            match=model.SpecialValueMatch.NULL_AND_NAN,
            result=model.ValueMappingResult(text=say("no_data"), color=Colour.NOTHING, index=99),
        )
    )


def words_for(say: Words, values: Mapping[int, tuple[str, str]]) -> list[Mapping_]:
    """Return mappings of whole numbers to (word, colour), and of nothing to its own word."""
    return [
        model.ValueMap(
            options={
                str(value): model.ValueMappingResult(text=word, color=colour, index=place)
                for place, (value, (word, colour)) in enumerate(values.items())
            }
        ),
        nothing(say),
    ]


def state_words(say: Words) -> list[Mapping_]:
    """Return the mappings of a device's state."""
    return words_for(
        say,
        {
            number: (say(f"state.{state}"), STATE_COLOURS[state])
            for number, state in enumerate(STATES)
        },
    )


def reason_words(say: Words) -> list[Mapping_]:
    """Return the mappings of reasons: the words of the wall, so that both say the same."""
    said = json.loads((_SHARED_WORDS / f"{say.language}.json").read_text())
    results = {
        reason.value: model.ValueMappingResult(text=said[f"reason.{reason}"], index=place)
        for place, reason in enumerate(Reason)
        if f"reason.{reason}" in said
    }
    results[Reason.OK.value] = model.ValueMappingResult(text=say("reason.ok"), index=len(results))
    return [model.ValueMap(options=results), nothing(say)]


def limits(*steps: tuple[float, str], base: str = Colour.UP) -> ThresholdsConfig:
    """Return limits: quiet (`base`) below the first step."""
    return (
        ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps(
            [
                model.Threshold(value=None, color=base),
                *(model.Threshold(value=value, color=colour) for value, colour in steps),
            ]
        )
    )


def above(warning: float, critical: float | None = None) -> ThresholdsConfig:
    """Return limits for what is bad when it is high."""
    steps: Sequence[tuple[float, str]] = [(warning, Colour.DEGRADED)]
    if critical is not None:
        steps = [*steps, (critical, Colour.DOWN)]
    return limits(*steps)


def below(critical: float, warning: float) -> ThresholdsConfig:
    """Return limits for what is bad when it is low."""
    return limits((critical, Colour.DEGRADED), (warning, Colour.UP), base=Colour.DOWN)

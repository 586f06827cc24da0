"""Scenarios: what shall fail when, from a YAML file or from the built-in one.

    - {id: kamera-mati, kind: device_dead, at_seconds: 60, for_seconds: 70, target: cam-0003}
    - {id: listrik, kind: area_power, at_seconds: 70, for_seconds: 70, area: "73.71.05"}
    - {id: hilang, kind: packet_loss, at_seconds: 60, for_seconds: 80, share: 0.5}
    - {id: penyulang, kind: feeder_power, at_seconds: 70, for_seconds: 70, feeder: "Wajo 1"}

A file is such a list, or a mapping:

    city: backbone                  what kind of city it is for (`shapes`); usual
    devices: 500                    how many devices that has where nobody says
    rhythm: {ping: 60}              the collector's, where it is not the default one
    most_messages: {out: 2, back: 2}   to one receiver: while it goes on, and when it is over
    faults: […]

What devices are hit when none is named is decided in `plan`; `tag` names all that have it.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    ValidationError,
)

from simulators.faults import FaultKind, Rhythm
from simulators.shapes import Shape

BUILT_IN = Path(__file__).with_name("scenarios")


class ScenarioError(ValueError):
    """A scenario cannot be carried out as written; the message says which fault and why."""


class Wish(BaseModel):
    """A fault as somebody asked for it, before its devices are known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: FaultKind
    at_seconds: NonNegativeFloat = 0.0
    for_seconds: PositiveFloat
    target: str | None = None
    area: str | None = None
    tag: str | None = None
    feeder: str | None = None
    share: float = Field(default=0.5, gt=0, lt=1)
    seconds: PositiveFloat = 0.4


class MostMessages(BaseModel):
    """How many messages one receiver may get in a scenario at most, and must get one of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    out: PositiveInt  # while something is wrong
    back: PositiveInt  # that it is over


class Scenario(BaseModel):
    """Wishes, the city they are for, and the rhythm that expected states are reckoned with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faults: tuple[Wish, ...]
    rhythm: Rhythm = Rhythm()
    city: Shape = Shape.USUAL
    devices: PositiveInt = 200
    most_messages: MostMessages | None = None


def find_scenario(name_or_path: str) -> Scenario:
    """Return a built-in scenario by name, or the one in a file. Raises ScenarioError."""
    built_in = BUILT_IN / f"{name_or_path}.yaml"
    path = built_in if built_in.is_file() else Path(name_or_path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"no scenario {name_or_path!r}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name} is not YAML: {error}") from error
    return parse_scenario(content)


def parse_scenario(content: object) -> Scenario:
    """Return the scenario in a file's content. Raises ScenarioError."""
    if not isinstance(content, Mapping):
        content = {"faults": content}
    try:
        scenario = Scenario.model_validate(content)
    except ValidationError as error:
        raise ScenarioError(_in_one_line(error)) from error
    ids = [wish.id for wish in scenario.faults]
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    if twice:
        raise ScenarioError(f"several faults have the id {twice[0]}")
    return scenario


def parse_wish(content: object) -> Wish:
    """Return one fault, as it is injected while the city runs. Raises ScenarioError."""
    try:
        return Wish.model_validate(content)
    except ValidationError as error:
        raise ScenarioError(_in_one_line(error)) from error


def _in_one_line(error: ValidationError) -> str:
    """Return every problem as `place: what`, without the library's links."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'scenario'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )

"""docs/alerts.md says of every key of alerts.yaml what the shapes say, and its examples work."""

import re
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest
from pydantic.fields import FieldInfo

from collector.config import Problem
from collector.config.alerts import CHANNELS, AlertsFile, AnyChannel, read_alerts
from collector.config.alerts.channels import ChannelShape
from collector.config.alerts.format import (
    HeartbeatShape,
    MatchShape,
    OverrideShape,
    PolicyShape,
    ReceiverShape,
    RouteMatchShape,
    RouteShape,
    ScheduleShape,
    ShiftShape,
    StepShape,
    StormShape,
)
from collector.config.shape import Shape
from collector.model import State
from collector.model.alerts import HoldReason
from collector.notify.routing import DEFAULTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "alerts.md"
SECTIONS: dict[str, type[Shape]] = {
    "The file": AlertsFile,
    "`storm`": StormShape,
    "`heartbeat`": HeartbeatShape,
    "`receivers`": ReceiverShape,
    "`schedules`": ScheduleShape,
    "`shifts`": ShiftShape,
    "`overrides`": OverrideShape,
    "`routes`": RouteShape,
    "`escalate`": StepShape,
    "`match`": RouteMatchShape,
    "`policies`": PolicyShape,
    **{f"`{shape.model_fields['type'].annotation.__args__[0]}`": shape for shape in CHANNELS},  # type: ignore[union-attr]
}
EXAMPLES = [
    dedent(text)
    for text in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
]


def rows_of(model: type[Shape]) -> list[str]:
    """Return the rows of a model's table as they must stand on the page."""
    return [
        f"| `{field.alias or name}` | {_default(field)} | {field.description} |"
        for name, field in model.model_fields.items()
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if value is None or value in ((), {}) or isinstance(value, Shape):
        return ""
    if isinstance(value, bool):
        return f"`{value}`".lower()
    if isinstance(value, float):
        return f"`{_duration(value)}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in value)
    return f"`{value}`"


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def section(title: str) -> str:
    parts = re.split(r"^##+ ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (text,) = (part for part in parts if part.splitlines()[0] == title)
    return text


def table_in(title: str) -> list[str]:
    return [line for line in section(title).splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_stands_on_the_page_as_the_shapes_say_it(title: str) -> None:
    assert table_in(title) == rows_of(SECTIONS[title])


def test_every_kind_of_channel_is_described() -> None:
    kinds = get_args(get_args(AnyChannel)[0])
    assert set(kinds) == set(CHANNELS)
    assert all(issubclass(kind, ChannelShape) for kind in kinds)


def test_policies_match_by_the_keys_of_routes_without_severity_and_hours() -> None:
    less = set(RouteMatchShape.model_fields) - set(MatchShape.model_fields)
    assert less == {"severity", "hours"}
    assert "without `severity` and `hours`" in section("`policies`")


def test_every_reason_to_hold_is_explained_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section("What is held, and why"), flags=re.MULTILINE)
    assert rows == [reason.value for reason in HoldReason]


def test_what_holds_without_policies_is_on_the_page() -> None:
    rows = re.findall(
        r"^\| `(\w+)`[^|]*\| `(\w+)` \| (?:`(\w+)`)? ?\|",
        section("What holds without a word"),
        flags=re.MULTILINE,
    )
    found = {state: (severity, after) for state, severity, after in rows}
    for state, (severity, after_seconds) in DEFAULTS.items():
        after = _duration(after_seconds) if after_seconds else ""
        assert found.pop(state.value) == (severity.value, after), state
    assert found == {"collector": ("critical", "")}
    assert State.UP not in DEFAULTS


def problems_of(folder: Path, text: str) -> list[Problem]:
    path = folder / "alerts.yaml"
    path.write_text(text, encoding="utf-8")
    for name in re.findall(r"secrets/[\w-]+", text):
        (folder / "secrets").mkdir(exist_ok=True)
        (folder / name).write_text("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
        (folder / name).chmod(0o600)
    return read_alerts(path).problems


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split(":")[0])
def test_every_example_of_the_page_is_read_without_a_problem(tmp_path: Path, text: str) -> None:
    """An example that shows a part only is set into a file that has the rest."""
    keys = set(re.findall(r"^(\w+):", text, flags=re.MULTILINE))
    names = ("noc", "budi", "sari", "andi", "dewi", "kepala", "icon")
    if "channels" not in keys:
        text += "channels: {grup: {type: telegram, token_file: secrets/t, chat: -1001}}\n"
    if "receivers" not in keys:
        text += "receivers:\n" + "".join(f"  {name}: {{channels: grup}}\n" for name in names)
    if "schedules" not in keys:
        text += "schedules: {piket: {shifts: [{people: [noc]}]}}\n" if "piket" in text else ""
    if "routes" not in keys and len(re.findall(r"^  \w+: \{channels", text, re.MULTILINE)) > 1:
        text += "routes: [{to: noc}]\n"

    assert problems_of(tmp_path, text) == []

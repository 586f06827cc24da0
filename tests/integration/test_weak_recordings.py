"""A recording served by agents that answer badly gives the same readings as by a good one."""

import asyncio
from pathlib import Path

import pytest

from api.commands.ask import Answer, Question, ask
from api.commands.devices import replayed
from collector.clock import SystemClock
from collector.model import Credential
from collector.profiles import load_profiles

ROWS = 40
PROFILES = load_profiles()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A switch of forty interfaces without counters of 64 bits, which v1 does not have."""
    lines = [
        "1.3.6.1.2.1.1.1.0|4|Sakelar uji",
        "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1",
        "1.3.6.1.2.1.1.3.0|67|4242",
        "1.3.6.1.2.1.1.5.0|4|sw-uji",
    ]
    for column, tag, value in (
        ("2.2.1.2", 4, "ifname"), ("2.2.1.7", 2, 1), ("2.2.1.8", 2, 1),
        ("2.2.1.10", 65, 1000), ("2.2.1.16", 65, 2000),
    ):  # fmt: skip
        for row in range(1, ROWS + 1):
            own = f"{value}{row}" if tag == 4 else value * row if tag == 65 else value
            lines.append(f"1.3.6.1.2.1.{column}.{row}|{tag}|{own}")
    path = tmp_path_factory.mktemp("recording") / "switch.snmprec"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def asked(recording: Path, version: str, *weaknesses: str) -> Answer:
    with replayed(recording, weaknesses) as (address, port):
        question = Question(address, port, Credential("recording", version, "public"))
        return asyncio.run(ask(question, PROFILES, SystemClock(), with_ping=False))


@pytest.fixture(scope="module")
def good(recording: Path) -> Answer:
    return asked(recording, "2c")


@pytest.mark.parametrize(
    ("version", "weaknesses"),
    [
        ("1", ["v1-only"]),
        ("1", ["v1-only", "small"]),
        ("2c", ["bulk-silent"]),
        ("2c", ["bulk-error"]),
        ("2c", ["bulk-cut"]),
        ("2c", ["small"]),
        ("2c", ["bulk-error", "small"]),
    ],
)
def test_a_weak_agent_is_read_whole(
    recording: Path, good: Answer, version: str, weaknesses: list[str]
) -> None:
    found = asked(recording, version, *weaknesses)

    assert found.profile == good.profile
    assert [result.readings for _, result in found.results] == [
        result.readings for _, result in good.results
    ]
    octets = [
        reading
        for _, result in good.results
        for reading in result.readings
        if reading.metric == "if_in_octets"
    ]
    assert [reading.value for reading in octets] == [1000 * row for row in range(1, ROWS + 1)]


def test_an_agent_that_speaks_only_v1_is_asked_so_and_it_is_said(
    recording: Path, good: Answer
) -> None:
    found = asked(recording, "2c", "v1-only")

    assert [result.readings for _, result in found.results] == [
        result.readings for _, result in good.results
    ]
    assert found.note is not None
    assert 'version: "1"' in found.note
    assert good.note is None


def test_what_does_not_answer_at_all_is_told_as_such(recording: Path) -> None:
    found = asked(recording, "1", "v1-only", "bulk-silent")
    with replayed(recording) as (address, port):
        question = Question(address, port, Credential("wrong", "2c", "rahasia"))
        silent = asyncio.run(ask(question, PROFILES, SystemClock(), with_ping=False))

    assert found.answered
    assert not silent.answered
    assert silent.note is None
    assert "rahasia" not in repr(silent)

"""How much of what a recording holds `pantau probe` finds: the right profile, values and units.

    make recordings                      one line a recording
    make recordings ARGS="routeros -v"   and every value that is missing

A recording is served on loopback by `pantau simulate walk` and asked like any device. Every
expected value (`expected_values.py`) must be found among the readings with the same unit and
value, each reading serving once. What is refused is listed in `recordings/NAME.yaml`:

    profile: eaton-ups                       # the profile that must be picked
    refused:
      - {what: "sensors/frequency/*", why: "raw 500 is 50.0 Hz, told as 5 Hz"}
"""

import argparse
import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from api.commands.ask import Answer, Question, ask
from api.commands.devices import replayed
from collector.clock import SystemClock
from collector.config.reader import read_file
from collector.model import Credential, Metric, MetricKind, Profile, Reading
from collector.profiles import load_profiles
from tests.conftest import WALKS
from tests.profiles.expected_values import Expected, read_expected
from tests.profiles.replay import read_recording

WANTED_SHARE = 0.95
_FOLDER = Path(__file__).parent / "recordings"
_RELATIVE_SLACK = 0.002


@dataclass(frozen=True, slots=True)
class Refused:
    """Expected values that are wrong: a pattern of their keys, and why."""

    what: str
    why: str

    def is_about(self, one: Expected) -> bool:
        """Say whether it refuses this value."""
        return fnmatchcase(one.key, self.what)


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one recording."""

    recording: str
    profile: str
    profile_reason: str
    wanted_profile: str | None
    found: int
    missing: tuple[Expected, ...]
    refused: int
    unused_refusals: tuple[str, ...]
    readings: int
    problems: tuple[str, ...]  # checks that failed, values not understood

    @property
    def share(self) -> float:
        """Return what part of the plausible values was found, 1 if there are none."""
        plausible = self.found + len(self.missing)
        return self.found / plausible if plausible else 1.0

    @property
    def good(self) -> bool:
        """Say whether profile and values are as they should be."""
        right = self.wanted_profile in (None, self.profile)
        return right and self.share >= WANTED_SHARE


def recordings_with_values() -> list[str]:
    """Return the names of the recordings that come with expected values."""
    return sorted(path.stem for path in WALKS.glob("*.json"))


def judged_recordings() -> list[str]:
    """Return the names of the recordings of which it is written what is to be picked."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def score(name: str, profiles: Mapping[str, Profile]) -> Score:
    """Ask the recording of that name as a device, and hold the answer to what is expected."""
    wanted_profile, refused = _judgement(name)
    recording = WALKS / f"{name}.snmprec"
    with replayed(recording) as (address, port):
        question = Question(address, port, Credential("recording", "2c", "public"))
        answer = asyncio.run(ask(question, profiles, SystemClock(), with_ping=False))
    expected = read_expected(WALKS / f"{name}.json", read_recording(recording))
    plausible = [
        one for one in expected if not any(fnmatchcase(one.key, it.what) for it in refused)
    ]
    unused = [
        it.what for it in refused if not any(fnmatchcase(one.key, it.what) for one in expected)
    ]
    readings = [reading for _, result in answer.results for reading in result.readings]
    missing = _missing(plausible, readings, _states(answer.profile))
    return Score(
        recording=name,
        profile=answer.profile.name,
        profile_reason=answer.profile_reason,
        wanted_profile=wanted_profile,
        found=len(plausible) - len(missing),
        missing=tuple(missing),
        refused=len(expected) - len(plausible),
        unused_refusals=tuple(unused),
        readings=len(readings),
        problems=tuple(_problems(answer)),
    )


def _judgement(name: str) -> tuple[str | None, list[Refused]]:
    path = _FOLDER / f"{name}.yaml"
    if not path.exists():
        return None, []
    data: dict[str, Any] = {str(key): value for key, value in read_file(path).data.items()}
    refused = [Refused(str(it["what"]), str(it["why"])) for it in data.get("refused", ())]
    return str(data["profile"]), refused


def _states(profile: Profile) -> frozenset[str]:
    names: set[str] = set()
    for group in profile.groups:
        metrics: Iterable[Metric] = (
            *group.metrics,
            *(metric for table in group.tables for metric in table.metrics),
        )
        names.update(metric.name for metric in metrics if metric.kind is MetricKind.STATE)
    return frozenset(names)


def _missing(
    expected: Sequence[Expected], readings: Sequence[Reading], states: frozenset[str]
) -> list[Expected]:
    """Return what no reading serves; those that name a metric choose first."""
    free: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        if not isinstance(reading.value, str):
            free["state" if reading.metric in states else reading.unit].append(reading)
    missing = []
    for wanted in sorted(expected, key=lambda one: (one.metric is None, one.slack)):
        served = next((it for it in free[wanted.unit] if _serves(it, wanted)), None)
        if served is None:
            missing.append(wanted)
        else:
            free[wanted.unit].remove(served)
    return missing


def _serves(reading: Reading, wanted: Expected) -> bool:
    if isinstance(reading.value, str) or wanted.metric not in (None, reading.metric):
        return False
    title = " ".join(wanted.title.split())  # as readings have it: runs of white space are one space
    if wanted.metric is not None and dict(reading.labels).get("interface") != title:
        return False
    slack = max(wanted.slack, abs(wanted.value) * _RELATIVE_SLACK, 1e-6)
    return abs(reading.value - wanted.value) <= slack


def _problems(answer: Answer) -> Iterable[str]:
    for check, result in answer.results:
        if result.outcome.value != "answered" or result.detail:
            yield f"{check.name}: {result.reason} {result.detail}"


def main() -> int:
    """Print the table. Exit 1 when a recording is below the mark."""
    parser = argparse.ArgumentParser(description="Score the profiles on recordings.")
    parser.add_argument("names", nargs="*", help="recordings; default: all with expected values")
    parser.add_argument("-v", "--verbose", action="store_true", help="name what is missing")
    given = parser.parse_args()
    if not WALKS.is_dir():
        sys.stderr.write(f"there are no recordings in {WALKS.parent.name}/{WALKS.name}\n")
        return 1
    profiles = load_profiles()
    scores = []
    sys.stdout.write(_line("RECORDING", "PROFILE", "FOUND", "OF", "SHARE", "REFUSED", ""))
    for name in given.names or recordings_with_values():
        one = score(name, profiles)
        scores.append(one)
        of = one.found + len(one.missing)
        wrong = "" if one.wanted_profile in (None, one.profile) else f"not {one.wanted_profile}"
        mark = "" if one.good else f"<- below {WANTED_SHARE:.0%} {wrong}"
        sys.stdout.write(
            _line(name, one.profile, one.found, of, f"{one.share:.1%}", one.refused, mark)
        )
        if given.verbose:
            _tell(one)
    found = sum(one.found for one in scores)
    of = found + sum(len(one.missing) for one in scores)
    refused = sum(one.refused for one in scores)
    sys.stdout.write(_line("all", "", found, of, f"{found / max(of, 1):.1%}", refused, ""))
    return 0 if all(one.good for one in scores) else 1


def _line(*cells: object) -> str:
    return "{:<26}{:<26}{:>6}{:>6}{:>8}{:>9}  {}".format(*cells).rstrip() + "\n"


def _tell(one: Score) -> None:
    sys.stdout.write(f"    {one.readings} readings; {one.profile_reason}\n")
    for problem in one.problems:
        sys.stdout.write(f"    problem  {problem}\n")
    for what in one.unused_refusals:
        sys.stdout.write(f"    refused but not expected: {what}\n")
    for it in one.missing:
        sys.stdout.write(
            f"    missing  {it.key} = {it.value:g} {it.unit}  {it.title}  {it.source}\n"
        )


if __name__ == "__main__":
    sys.exit(main())

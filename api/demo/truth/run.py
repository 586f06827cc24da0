"""Runs the truth scenario from end to end and tells people what came of it."""

import json
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from api.demo.truth.compare import Comparison, compare
from api.demo.truth.day import Day
from api.demo.truth.expected.figures import Told
from api.demo.truth.expected.incidents import incidents
from api.demo.truth.expected.outages import outages
from api.demo.truth.expected.results import watches
from api.demo.truth.expected.states import histories
from api.demo.truth.expected.unrest import unrest
from api.demo.truth.serve import served
from collector.clock import Clock
from collector.config import Config
from collector.contract import Rules
from collector.store import Store
from simulators.truth.city import DEVICES
from simulators.truth.script import SECOND, read_script
from simulators.truth.world import World

_SHOWN = 40  # differences; the score file holds all of them


def run_truth(data: Path | None, score: Path | None, say: Callable[[str], None]) -> int:
    """Live through the day, compare, print a table. Return 0, or 1 when anything differs.

    `data` keeps the store, `score` takes the result as JSON. Raises OSError when the API refuses
    what people do during the day.
    """
    with ExitStack() as cleanup:
        if data is None:
            made = tempfile.TemporaryDirectory(prefix="pantau-truth-")
            data = Path(cleanup.enter_context(made))
        script = read_script()
        hours = (script.ends - script.begins) / SECOND / 3600
        say(f"A day of {hours:g} hours in a city of {len(DEVICES)} devices is lived through …")
        day = Day(script, data.resolve())
        day.run()
        say(
            f"{len(day.world.record)} questions were asked. What is reported is held against them …"
        )
        result = judge(expected(day.world), day.world, day.config, day.clock)
    for line in table(result):
        say(line)
    if score is not None:
        score.write_text(json.dumps(result.summary(), indent=2) + "\n")
    return 0 if result.passed else 1


def expected(world: World) -> Told:
    """Reckon what must be reported, from the record and the script alone."""
    watched = {watch.device: watch for watch in watches(world)}
    states = histories(list(watched.values()))
    explained = outages(states, world.script)
    unsteady = {
        device: [(one.on, world.moment_at(one.noticed)) for one in unrest(watch)]
        for device, watch in watched.items()
    }
    together = incidents(explained, world.script)
    return Told(world.script, watched, states, explained, together, unsteady)


def judge(told: Told, world: World, config: Config, clock: Clock) -> Comparison:
    """Serve the store of a day that is over; hold it against what is expected, and the record."""
    with served(config, clock) as api:
        result = compare(told, api)
    with Store.open(config.store_path, read_only=True) as store:
        found = store.check([Rules(), config.rules], zone=config.zone, now=clock.now(), every=True)
    result.hold("the store", "what its doctor finds", [], [str(finding) for finding in found])
    wrong = len(world.contradictions())
    result.hold("the record", "answers as the script has them", 0, wrong)
    return result


def table(result: Comparison) -> list[str]:
    """Return the result as lines for people."""
    lines = [f"{'figure':<34}{'compared':>9}{'equal':>9}  worst difference"]
    for figure, count in result.counts.items():
        worst = "" if count.worst is None else f"{count.worst:g}"
        lines.append(f"{figure:<34}{count.compared:>9}{count.equal:>9}  {worst}".rstrip())
    if not result.differences:
        return [*lines, "Every figure is equal, to the microsecond."]
    shown = [f"  {difference}" for difference in result.differences[:_SHOWN]]
    more = len(result.differences) - len(shown)
    tail = [f"  … and {more} more; --score FILE tells them all"] if more > 0 else []
    return [*lines, f"{len(result.differences)} figures differ:", *shown, *tail]

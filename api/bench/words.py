"""The figures of a bench in words, one line a figure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield what people read; `result` is the JSON of a run."""
    steady, schedule = result["steady"], result["schedule"]
    parts = steady["cpu_seconds_per_1000_cycles_by_part"]
    yield (
        f"cost         {steady['cpu_seconds_per_1000_cycles']:.3f} CPU-s per 1,000 devices and "
        f"minute ({parts_of(parts, '.3f')}), over {steady['seconds']:.0f} s"
    )
    yield (
        f"memory       {steady['memory_mib']:.0f} MiB at most "
        f"({parts_of(steady['memory_mib_by_part'], '.0f')})"
    )
    yield (
        f"schedule     {schedule['done']:,.0f} of {schedule['due']:,.0f} due checks done; late "
        f"p50 {schedule['late_p50_seconds']:.3f} s, p99 {schedule['late_p99_seconds']:.3f} s "
        f"(while devices died {result['late_p99_seconds_in_death']:.3f} s), most "
        f"{schedule['late_most_seconds']:.3f} s; {schedule['blind']:.0f} answers lost to our lag"
    )
    yield f"loop lag     {schedule['loop_lag_most_seconds']:.3f} s at most"
    cold = result["cold_start_seconds"]
    yield "cold start   " + ("not over in time" if cold is None else f"all seen after {cold:.0f} s")
    yield f"death        {_spread(result['death_to_state'], result['killed'])} until sure"
    yield f"alert        {_spread(result['state_to_alert'], result['killed'])} from sure to decided"
    yield f"false downs  {result['false_downs']}; messages {result['messages']}"
    yield f"readings     {steady['readings_a_second']:.0f} a second stored"
    agents = result["agents"]
    yield (
        f"agents       {agents['echoes']:,} echoes, {agents['gets']:,} GETs, {agents['walks']:,} "
        f"steps of walks in {agents['cpu_seconds']:.1f} CPU-s; {agents['unsent']} not sent"
    )


def table(results: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the rows of a table in Markdown, one a run, the smallest fleet first."""
    heads = (
        "devices", "CPU-s per 1,000 cycles", "memory, MiB", "done of due", "late p99 / most",
        "all seen after", "death → down, median / most", "→ alert, most", "false downs",
        "readings a second",
    )  # fmt: skip
    yield _row(heads)
    yield _row(["---"] * len(heads))
    for result in sorted(results, key=lambda one: int(one["load"]["devices"])):
        yield _row(_cells(result))


def _cells(result: Mapping[str, Any]) -> Iterator[str]:
    steady, schedule = result["steady"], result["schedule"]
    parts = steady["cpu_seconds_per_1000_cycles_by_part"]
    cold, death, alert = (
        result[name] for name in ("cold_start_seconds", "death_to_state", "state_to_alert")
    )
    load = result["load"]
    hostile = int(load["devices"] * load.get("hostile", 0))
    yield (
        f"{load['devices']:,}"
        + (f", {hostile:,} of them hostile" if hostile else "")
        + (", sparse" if result.get("sparse") else "")
    )
    yield f"**{steady['cpu_seconds_per_1000_cycles']:.2f}** ({parts_of(parts, '.2f')})"
    yield f"{steady['memory_mib']:.0f}"
    yield f"{schedule['done']:,.0f} of {schedule['due']:,.0f}"
    yield f"{schedule['late_p99_seconds']:.2f} / {schedule['late_most_seconds']:.2f} s"
    yield "not in time" if cold is None else f"{cold:.0f} s"
    yield (
        "none"
        if death is None
        else (f"{death['count']} of {result['killed']}: {death['p50']:.0f} / {death['most']:.0f} s")
    )
    yield "none" if alert is None else f"{alert['most']:.1f} s"
    yield str(result["false_downs"])
    yield f"{steady['readings_a_second']:,.0f}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def parts_of(parts: Mapping[str, float], form: str) -> str:
    """Return what each part has, in a format such as `.2f`: `collector 1.89, api 0.14`."""
    return ", ".join(f"{name} {value:{form}}" for name, value in parts.items())


def _spread(spread: Mapping[str, float] | None, expected: int) -> str:
    if spread is None:
        return f"0 of {expected}"
    return (
        f"{spread['count']} of {expected}: p50 {spread['p50']:.1f} s, p99 {spread['p99']:.1f} s, "
        f"most {spread['most']:.1f} s"
    )

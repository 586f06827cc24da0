"""What is printed about a run, and the table that puts runs side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.bench.words import parts_of

_NONE = "-"


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield what people read of one peer's result, one line a figure."""
    steady = result["steady"]
    parts = steady["cpu_seconds_per_1000_cycles_by_part"]
    yield "system       " + ", ".join(f"{n} {v}" for n, v in result["versions"].items())
    yield (
        f"cost         {steady['cpu_seconds_per_1000_cycles']:.2f} CPU-s per 1,000 devices and "
        f"minute ({parts_of(parts, '.2f')}), {steady['share_of_core']:.0%} of its core, over "
        f"{steady['seconds']:.0f} s"
    )
    yield (
        f"memory       {steady['memory_mib']:.0f} MiB at most "
        f"({parts_of(steady['memory_mib_by_part'], '.0f')}) in {steady['processes']} processes"
    )
    heard = result["heard"]
    yield (
        f"fleet heard  {heard['echoes']:,.0f} of {heard['echoes_due']:,.0f} echoes, "
        f"{heard['gets']:,.0f} GETs, {heard['walks']:,.0f} steps of walks"
    )
    served = (
        f"{name} {one['done']:,.0f} of {one['due']:,.0f}" for name, one in result["served"].items()
    )
    yield "peer says    " + ", ".join(served)
    cold = result["cold_start_seconds"]
    yield "cold start   " + ("not over in time" if cold is None else f"all seen after {cold:.0f} s")
    for key, name in (("death_to_state", "death"), ("death_to_alert", "alert")):
        spread = result[key]
        yield f"{name:<13}" + (
            f"0 of {result['killed']}"
            if spread is None
            else f"{spread['count']} of {result['killed']}: p50 {spread['p50']:.0f} s, most "
            f"{spread['most']:.0f} s"
        )
    yield f"false downs  {result['false_downs']}"


def table(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a Markdown table of results: of peers, and of `pantau bench fleet`."""
    yield (
        "| system | CPU-s per 1,000 cycles | memory, MiB | checks done of due | cold start, s "
        "| death → down, s: median / most | death → alert, s | false downs |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for result in results:
        steady = result["steady"]
        parts = parts_of(steady["cpu_seconds_per_1000_cycles_by_part"], ".2f")
        cold = result["cold_start_seconds"]
        yield (
            f"| {_system(result)} | {steady['cpu_seconds_per_1000_cycles']:.2f} ({parts}) "
            f"| {steady['memory_mib']:.0f} | {_done(result)} "
            f"| {'not in 300' if cold is None else f'{cold:.0f}'} "
            f"| {_median(result['death_to_state'], result['killed'])} | {_alert(result)} "
            f"| {result['false_downs']} |"
        )


def _system(result: Mapping[str, Any]) -> str:
    if "versions" not in result:
        return "Pantau"
    return ", ".join(f"{name} {version}" for name, version in result["versions"].items())


def _done(result: Mapping[str, Any]) -> str:
    """Return what was done of what was due, as the system itself says; shares are floored."""
    if "served" not in result:
        schedule = result["schedule"]
        return "all kinds " + _share(schedule["done"], schedule["due"])
    return ", ".join(
        f"{kind} {_share(one['done'], one['due'])}" for kind, one in result["served"].items()
    )


def _share(done: float, due: float) -> str:
    return f"{int(done / due * 100)} %" if due else _NONE


def _median(spread: Mapping[str, float] | None, killed: int) -> str:
    if spread is None:
        return f"0 of {killed}"
    missing = "" if spread["count"] == killed else f" ({spread['count']:.0f} of {killed})"
    return f"{spread['p50']:.0f} / {spread['most']:.0f}{missing}"


def _alert(result: Mapping[str, Any]) -> str:
    if "death_to_alert" in result:
        return _median(result["death_to_alert"], result["killed"])
    more = result["state_to_alert"]
    return _NONE if more is None else f"+ {more['p50']:.1f} / {more['most']:.1f}"

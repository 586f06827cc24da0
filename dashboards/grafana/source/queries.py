"""InfluxQL of the dashboards: every query is bounded in time and by the variables of the board."""

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.cog import variants
from grafana_foundation_sdk.cog.builder import Builder

from collector.sinks.influx.schema import FieldType, place_of
from collector.sinks.influx.uptime_queries import SUMS, Figure, uptime_query

TAGS = ("area", "site", "owner", "kind", "device")
"""Tags that are variables. `.*` (all) fits a missing tag too: a device without an owner stays."""

LONG = '"${bucket_1h:raw}"..'
"""In front of measurements that are kept as long as the roll-ups of an hour."""

STANDS = '"gone" = 0'
"""Of incidents and maintenance: what was not taken back."""

AT_THE_END = "time > ${__to}ms - 5m AND time <= ${__to}ms"
"""For states in a table of a longer range: older than five minutes at its end is no state."""

COMPLETE = "time($__interval, now())"
"""Intervals of sums end now. Ones that ended at full minutes would lack, in the one that runs, all
devices that were not asked yet: a fall at the right edge that never happened."""

NAMES_FOR = "time > now() - 6h"
"""Names are written on change and every quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Query(variants.Dataquery, Builder[variants.Dataquery]):
    """One query of a panel, as Grafana's InfluxDB data source keeps it.

    A table has at most one tag in its GROUP BY: Grafana up to this day fills the columns of
    several tags in an order of chance (converter.go, `handleTableFormatTagFields`).
    """

    query: str
    ref: str = "A"
    table: bool = False
    alias: str = ""

    def build(self) -> variants.Dataquery:
        """Return itself: the SDK takes builders."""
        return self

    def to_json(self) -> dict[str, object]:
        """Return what stands in the dashboard."""
        return {
            "refId": self.ref,
            "datasource": {"type": "influxdb", "uid": "${datasource}"},
            "rawQuery": True,
            "query": self.query,
            "resultFormat": "table" if self.table else "time_series",
            "alias": self.alias,
        }


def matches(tag: str) -> str:
    """Return the condition that a tag is one of those chosen above the board."""
    return f'"{tag}" =~ /^${{{tag}:regex}}$/'


def chosen(kinds: Sequence[str] = (), also: str = "") -> str:
    """Return what stands behind WHERE: the time, the variables, some kinds, a further condition.

    With `kinds` the board is about these alone, and has no variable `kind`.
    """
    parts = ["$timeFilter", *(matches(tag) for tag in TAGS if not (kinds and tag == "kind"))]
    if kinds:
        parts.append("(" + " OR ".join(f"\"kind\" = '{kind}'" for kind in kinds) + ")")
    return " AND ".join([*parts, also] if also else parts)


def field_of(metric: str) -> tuple[str, str]:
    """Return (measurement, field) of a metric, by the registry: no name stands here twice."""
    place = place_of(metric, FieldType.FLOAT)
    return place.measurement, place.field


_WHOLE = {"memory_used_percent": "\"memory\" = ''"}
"""Metrics that parts of a device tell as well (virtual memory …), and what the whole has."""


def _of_the_whole(metric: str, where: str) -> str:
    return f"{where} AND {_WHOLE[metric]}" if metric in _WHOLE else where


def over_time(
    metric: str, where: str, *, by: Sequence[str] = (), of: str = "mean", ref: str = "A"
) -> Query:
    """Return a series of a metric over time, one for each set of the tags `by`. Gaps stay gaps."""
    measurement, field = field_of(metric)
    groups = ", ".join(["time($__interval)", *(f'"{tag}"' for tag in by)])
    text = (
        f'SELECT {of}("{field}") AS "{metric}" FROM "{measurement}"'
        f" WHERE {_of_the_whole(metric, where)} GROUP BY {groups} fill(null)"
    )
    return Query(text, ref, alias=" ".join(f"$tag_{tag}" for tag in by) or "$col")


def rate(metric: str, where: str, *, by: Sequence[str], times: int = 1, ref: str = "A") -> Query:
    """Return the rate (per second, `times` so many) of a counter, a series for each set of `by`.

    It is taken between one reading and the next, whatever the interval of the chart: of the
    greatest of each interval it would be wrong where a reading slips into the next one. A reset
    leaves its rate out. `by` names all that tells the counters of a device apart.
    """
    groups = ", ".join(["time($__interval)", *(f'"{tag}"' for tag in by)])
    text = (
        f'SELECT mean("r") AS "{metric}" FROM ({_rates(metric, where, times)})'
        f" WHERE $timeFilter GROUP BY {groups} fill(none)"
    )
    return Query(text, ref, alias=" ".join(f"$tag_{tag}" for tag in by))


def _rates(metric: str, where: str, times: int) -> str:
    measurement, field = field_of(metric)
    factor = f" * {times}" if times != 1 else ""
    return (
        f'SELECT non_negative_derivative("{field}", 1s){factor} AS "r"'
        f' FROM "{measurement}" WHERE {where} GROUP BY "device", "ifName"'
    )


def rate_of_all(metric: str, where: str, *, times: int = 1, ref: str = "A", alias: str) -> Query:
    """Return the sum of the rates of a counter over all devices and interfaces."""
    inner = (
        f'SELECT mean("r") AS "v" FROM ({_rates(metric, where, times)})'
        f' WHERE $timeFilter GROUP BY {COMPLETE}, "device", "ifName" fill(none)'
    )
    text = (
        f'SELECT sum("v") AS "{metric}" FROM ({inner})'
        f" WHERE $timeFilter GROUP BY {COMPLETE} fill(null)"
    )
    return Query(text, ref, alias=alias)


def sum_over_time(metric: str, where: str, *, by: Sequence[str] = (), ref: str = "A") -> Query:
    """Return the sum over the parts of devices (radios, phases), each counted once an interval."""
    measurement, field = field_of(metric)
    groups = ", ".join([COMPLETE, *(f'"{tag}"' for tag in by)])
    text = (
        f'SELECT sum("v") AS "{metric}" FROM (SELECT last("{field}") AS "v"'
        f' FROM "{measurement}" WHERE {where} GROUP BY {COMPLETE}, * fill(none))'
        f" WHERE $timeFilter GROUP BY {groups} fill(null)"
    )
    return Query(text, ref, alias=" ".join(f"$tag_{tag}" for tag in by) or "$col")


def newest(metric: str, where: str, *, of: str = "last", ref: str = "A") -> Query:
    """Return a row a device: the newest value (`of`: last) and its moment, or a mean or a max."""
    measurement, field = field_of(metric)
    text = (
        f'SELECT {of}("{field}") AS "{metric}" FROM "{measurement}" WHERE {where} GROUP BY "device"'
    )
    return Query(text, ref, table=True)


def per_device(metric: str, where: str, *, inner: str, outer: str, ref: str) -> Query:
    """Return a row a device over its radios, disks …: `outer` of the `inner` of each series."""
    measurement, field = field_of(metric)
    text = (
        f'SELECT {outer}("v") AS "{metric}" FROM (SELECT {inner}("{field}") AS "v"'
        f' FROM "{measurement}" WHERE {where} GROUP BY *) GROUP BY "device"'
    )
    return Query(text, ref, table=True)


def names(kinds: Sequence[str] = (), *, ref: str = "N", by: str = "device") -> Query:
    """Return the words for a device (or area, site, owner), to be joined to a table."""
    fields = {
        "device": ("name", "site_name", "area_name", "owner_name"),
        "area": ("area_name",),
        "site": ("site_name",),
        "owner": ("owner_name",),
    }[by]
    picked = ", ".join(f'last("{field}") AS "{field}"' for field in fields)
    where = chosen(kinds).replace("$timeFilter", NAMES_FOR)
    text = f'SELECT {picked} FROM "inventory" WHERE {where} GROUP BY "{by}"'
    return Query(text, ref, table=True)


# --- states: 0 up, 1 degraded, 2 down, 3 unreachable, 4 unknown ----------------------------------
# InfluxQL cannot compare within a SELECT. Its bits can: (s & 1), (s & 2) / 2, (s & 4) / 4: 0 or 1.

_ONE, _TWO, _FOUR = '("s" & 1)', '(("s" & 2) / 2)', '(("s" & 4) / 4)'
_IS = {
    "down": f"{_TWO} * (1 - {_ONE})",
    "unreachable": f"{_TWO} * {_ONE}",
    "degraded": f"{_ONE} * (1 - {_TWO})",
    "unknown": _FOUR,
    "up": f"(1 - {_ONE}) * (1 - {_TWO}) * (1 - {_FOUR})",
}
COUNTS = ("down", "unreachable", "degraded", "unknown", "maintenance", "up")
"""In order of badness, as on the wall. A device in maintenance counts there alone."""

_BADNESS = f"{_FOUR} + {_IS['degraded']} * 2 + {_IS['unreachable']} * 3 + {_IS['down']} * 4"


def _states(where: str, groups: str) -> str:
    return (
        'SELECT last("state") AS "s", last("maintenance") AS "m" FROM "state"'
        f" WHERE {where} GROUP BY {groups}"
    )


def _each_state(inner: str) -> str:
    columns = [f'{_IS[state]} * (1 - "m") AS "{state}"' for state in _IS]
    return f'SELECT {", ".join(columns)}, "m" AS "maintenance" FROM ({inner})'


def state_counts(where: str, *, by: str | None = None, ref: str = "A") -> Query:
    """Return how many devices are in each state now: a zero is a zero, no data is no row."""
    sums = ", ".join(f'sum("{state}") AS "{state}"' for state in COUNTS)
    group = f' GROUP BY "{by}"' if by else ""
    inner = _each_state(_states(where, ", ".join(f'"{tag}"' for tag in ("device", by) if tag)))
    return Query(f"SELECT {sums} FROM ({inner}){group}", ref, table=True)


def state_counts_over_time(where: str) -> Query:
    """Return how many devices were in each state, over time."""
    sums = ", ".join(f'sum("{state}") AS "{state}"' for state in COUNTS)
    inner = _each_state(_states(where, 'time($__interval), "device" fill(none)'))
    text = f"SELECT {sums} FROM ({inner}) WHERE $timeFilter GROUP BY time($__interval) fill(null)"
    return Query(text, alias="$col")


def states_now(where: str, *, ref: str = "A") -> Query:
    """Return a row a device: its state, how bad that is (for sorting), whether in maintenance.

    Of a device that nothing was said of lately there is no row: its last word would look well.
    """
    where = where.replace("$timeFilter", AT_THE_END)
    text = (
        f'SELECT "s" AS "state", {_BADNESS} AS "badness", "m" AS "maintenance"'
        f' FROM ({_states(where, chr(34) + "device" + chr(34))}) GROUP BY "device"'
    )
    return Query(text, ref, table=True)


def state_history(where: str, by: str) -> Query:
    """Return the highest state number of each interval: it hides no outage, however short."""
    text = (
        f'SELECT max("state") AS "state" FROM "state" WHERE {where}'
        f' GROUP BY time($__interval), "{by}" fill(null)'
    )
    return Query(text, alias=f"$tag_{by}")


def uptime(
    figure: Figure,
    where: str,
    *,
    by: Sequence[str] = (),
    every: str | None = None,
    ref: str = "A",
    source: str = SUMS,
    alias: str = "",
) -> Query:
    """Return uptime or coverage, digit for digit that of the API for ranges of whole hours."""
    text = uptime_query(figure, source=f'{LONG}"{source}"', where=where, group_by=by, every=every)
    return Query(text, ref, table=every is None, alias=alias)

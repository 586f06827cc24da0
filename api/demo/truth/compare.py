"""Holds what the HTTP API reports against what is expected, figure by figure, without tolerance.

Every moment and sum is a whole number of microseconds on both sides, so equal means equal: a
difference of one microsecond is a difference.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api.demo.report import ApiClient
from api.demo.truth.expected.figures import (
    CONTRACT,
    PLAIN,
    ExpectedRules,
    Sums,
    Told,
    figures,
    groups,
    total,
)
from api.demo.truth.expected.states import UNKNOWN
from simulators.truth.city import DEVICES
from simulators.truth.script import SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GROUPINGS = ("device", "site", "area", "kind", "owner")
SOME_GROUPINGS = ("device", "area")  # of the other windows: groups are sums over devices
IN_CONTRACT = (
    "uptime_percent", "uptime_bounds_percent", "coverage_percent", "down_seconds",
    "unreachable_seconds", "excluded_seconds", "excluded_seconds_by_reason", "outages",
    "longest_outage_seconds", "mttr_seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not what it must be."""

    about: str  # device, group or outage
    figure: str
    expected: object
    reported: object

    def __str__(self) -> str:
        return f"{self.about}: {self.figure}: expected {self.expected}, reported {self.reported}"


@dataclass(slots=True)
class Count:
    """How often a figure was compared, how often it was equal, and how far off it was at worst."""

    compared: int = 0
    equal: int = 0
    worst: float | None = None  # in the figure's unit; None: not a number, or always equal


@dataclass(slots=True)
class Comparison:
    """Everything that was compared."""

    counts: dict[str, Count] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def hold(self, about: str, figure: str, expected: object, reported: object) -> None:
        """Compare one figure."""
        count = self.counts.setdefault(figure, Count())
        count.compared += 1
        if expected == reported:
            count.equal += 1
            return
        self.differences.append(Difference(about, figure, expected, reported))
        if isinstance(expected, int | float) and isinstance(reported, int | float):
            count.worst = max(count.worst or 0.0, abs(expected - reported))

    def hold_all(self, about: str, expected: Mapping[str, object], row: Mapping[str, Any]) -> None:
        """Compare every expected figure with the row's of the same name."""
        for figure, value in expected.items():
            reported = row.get(figure, "nothing")
            if isinstance(value, dict) and isinstance(reported, dict):
                for name in value.keys() | reported.keys():
                    self.hold(
                        f"{about} ({name})", figure, value.get(name, 0), reported.get(name, 0)
                    )
            else:
                self.hold(about, figure, value, reported)

    @property
    def passed(self) -> bool:
        """True when everything was equal, and something was compared."""
        return bool(self.counts) and not self.differences

    def summary(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "passed": self.passed,
            "compared": sum(count.compared for count in self.counts.values()),
            "equal": sum(count.equal for count in self.counts.values()),
            "figures": {name: asdict(count) for name, count in sorted(self.counts.items())},
            "differences": [asdict(one) for one in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Window:
    """A window of the uptime table: the query, and what it means on a zone's clocks."""

    name: str
    query: Mapping[str, str]
    start: str  # a moment, or a date: midnight in each zone
    end: str

    def bounds(self, zone: str) -> tuple[int, int]:
        """Return from when to when the window goes for a device of a zone (microseconds)."""
        return _moment(self.start, zone), _moment(self.end, zone)


def windows(told: Told) -> list[Window]:
    """Return the windows that are asked for: the day, pieces of it, local days, whole months."""
    begins, ends = _text(told.script.begins), _text(told.script.ends)
    cut = "2026-12-01T01:07:13.25+00:00", "2026-12-01T05:31:59.75+00:00"
    return [
        Window("the whole run", {"from": begins, "to": ends}, begins, ends),
        Window("within outages", {"from": cut[0], "to": cut[1]}, *cut),
        _local("the local day", {"from": "2026-12-01", "to": "2026-12-02"}),
        _local("the month before", {"month": "2026-11"}, "2026-11-01", "2026-12-01"),
        _local("over the month's end", {"from": "2026-11-01", "to": "2026-12-02"}),
    ]


def _local(name: str, query: dict[str, str], start: str = "", end: str = "") -> Window:
    return Window(name, query, start or query["from"], end or query["to"])


def compare(told: Told, api: ApiClient) -> Comparison:
    """Ask for everything and compare. Raises OSError when the API does not answer."""
    result = Comparison()
    compare_states(told, api, result)
    compare_outages(told, api, result)
    compare_incidents(told, api, result)
    for place, window in enumerate(windows(told)):
        for by in GROUPINGS if place == 0 else SOME_GROUPINGS:
            compare_uptime(told, api, result, window, by)
    return result


# --- states and outages -----------------------------------------------------------------------


def compare_states(told: Told, api: ApiClient, result: Comparison) -> None:
    """Compare every device's log: states, moments, roots, and when it was shown as flapping."""
    for device, history in told.states.items():
        rows = list(reversed(list(api.items(f"/devices/{device}/transitions"))))
        unsteady = list(_changes_of_flapping(rows))
        result.hold(device, "flapping", _noticed(told.unrest[device]), _noticed(unsteady))
        changes = list(_changes_of_state(rows))
        result.hold(device, "transitions", len(history), len(changes))
        for change, row in zip(history, changes, strict=False):
            about = f"{device} at {_text(change.at)}"
            result.hold(about, "state", change.state, row["new"])
            result.hold(about, "began at", _text(change.at), _text(_micros(row["at"])))
            result.hold(about, "root", change.root, row["cause"])


def _changes_of_state(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Leave out rows that change neither state nor root: they tell of flapping."""
    before: tuple[str, str | None] = (UNKNOWN, None)
    for row in rows:
        if (row["new"], row["cause"]) != before:
            before = (row["new"], row["cause"])
            yield row


def _changes_of_flapping(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[bool, int]]:
    before = False
    for row in rows:
        if row["flapping"] is not before:
            before = row["flapping"]
            yield before, _micros(row["confirmed_at"])


def _noticed(changes: Sequence[tuple[bool, int]]) -> list[str]:
    return [f"{'on' if on else 'off'} at {_text(at)}" for on, at in changes]


def compare_outages(told: Told, api: ApiClient, result: Comparison) -> None:
    """Compare every outage: which, when, put down to what, whose."""
    reported: dict[str, list[dict[str, Any]]] = {}
    for row in api.items("/outages"):
        reported.setdefault(row["device"], []).append(row)
    for device, expected in told.outages.items():
        rows = sorted(reported.get(device, ()), key=lambda row: (row["started_at"], row["state"]))
        result.hold(device, "outages listed", len(expected), len(rows))
        ordered = sorted(expected, key=lambda outage: (outage.start, outage.state))
        for outage, row in zip(ordered, rows, strict=False):
            about = f"{device}, {outage.state} since {_text(outage.start)}"
            ended = None if outage.end is None else _text(outage.end)
            told_end = row["ended_at"] and _text(_micros(row["ended_at"]))
            result.hold(about, "outage's state", outage.state, row["state"])
            started = _text(_micros(row["started_at"]))
            result.hold(about, "outage's start", _text(outage.start), started)
            result.hold(about, "outage's end", ended, told_end)
            result.hold(about, "outage's root", outage.root, row["root"])
            result.hold(about, "outage's cause", outage.cause, row["cause"])
            result.hold(about, "who answers", outage.responsible, row["responsible"])


def compare_incidents(told: Told, api: ApiClient, result: Comparison) -> None:
    """Compare which outages are shown as one incident, and until when it goes on."""
    reported: dict[tuple[str, str, int], dict[str, Any]] = {}
    rows = list(api.items("/incidents"))
    result.hold("the day", "incidents", len(told.incidents), len(rows))
    for row in rows:
        for outage in api.get(f"/incidents/{row['id']}")["first_outages"]:
            key = outage["device"], outage["state"], _micros(outage["started_at"])
            reported[key] = row
    for members in told.incidents:
        first = min(members, key=lambda outage: (outage.start, outage.device))
        about = f"incident since {_text(first.start)}"
        keys = {(one.device, one.state, one.start) for one in members}
        row = reported.get((first.device, first.state, first.start), {"id": None})
        together = {key for key, other in reported.items() if other["id"] == row["id"]}
        result.hold(about, "outages of an incident", _names(keys), _names(together))
        if row["id"] is None:
            continue
        ends = [one.end for one in members if one.end is not None]
        over = _text(max(ends)) if len(ends) == len(members) else None
        said = row["recovered_at"] and _text(_micros(row["recovered_at"]))
        result.hold(about, "incident's end", over, said)


def _names(keys: Iterable[tuple[str, str, int]]) -> list[str]:
    return sorted(f"{device} {state} {_text(start)}" for device, state, start in keys)


# --- uptime -----------------------------------------------------------------------------------


def compare_uptime(told: Told, api: ApiClient, result: Comparison, window: Window, by: str) -> None:
    """Compare one table, plain and by contract."""
    table = api.get("/uptime", group_by=by, **window.query)
    rows = {row["key"]: row for row in table["items"]}
    plain, contract = (_sums(told, window, rules) for rules in (PLAIN, CONTRACT))
    expected = {key: [name for name in names if name in plain]
                for key, names in groups(by, list(DEVICES)).items()}  # fmt: skip
    keys = sorted(key for key, names in expected.items() if names)
    result.hold(f"{window.name} by {by}", "rows", keys, sorted(rows))
    for key in keys:
        if key not in rows:
            continue
        about = f"{key} ({by}, {window.name})"
        row = rows[key]
        result.hold_all(about, figures(total(plain[name] for name in expected[key])), row)
        agreed = figures(total(contract[name] for name in expected[key]))
        by_contract = {name: agreed[name] for name in IN_CONTRACT}
        result.hold_all(f"{about}, by contract", by_contract, row["contract"])


def _sums(told: Told, window: Window, rules: ExpectedRules) -> dict[str, Sums]:
    """Return the sums of every device that was listed within the window."""
    found = {
        name: told.sums(name, *window.bounds(device.zone), rules)
        for name, device in DEVICES.items()
    }
    return {name: sums for name, sums in found.items() if sums is not None}


# --- moments ----------------------------------------------------------------------------------


def _moment(text: str, zone: str) -> int:
    moment = datetime.fromisoformat(text)
    local = moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment
    return (local - _EPOCH) // timedelta(microseconds=1)


def _micros(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def _text(moment: int) -> str:
    return (_EPOCH + timedelta(seconds=moment // SECOND, microseconds=moment % SECOND)).isoformat()

"""From states and outages to the figures of a window: every piece of time booked once.

A device's time is cut wherever anything changes: its state, an outage, maintenance, service hours.
Each piece then has one answer to "what is it": left out for a reason, or the state. A group is the
sum over its devices.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from api.demo.truth.expected.outages import Outage, Outages, is_about
from api.demo.truth.expected.results import Watch
from api.demo.truth.expected.states import DEGRADED, DOWN, UNKNOWN, UNREACHABLE, UP, Histories
from simulators.truth.city import DEVICES
from simulators.truth.script import SECOND, Script

EXCLUDED = ("maintenance", "outside_service_hours", "cause_not_counted", "short_outage")


@dataclass(frozen=True, slots=True)
class ExpectedRules:
    """What is left out besides maintenance: nothing, or what a contract says.

    `hours` are (first weekday, last weekday, from, until) with weekdays from Monday as 0 and times
    in minutes of the local day.
    """

    causes: frozenset[str] = frozenset()
    shortest_seconds: int = 0
    hours: tuple[tuple[int, int, int, int], ...] = ()


PLAIN = ExpectedRules()
CONTRACT = ExpectedRules(
    frozenset({"power", "planned"}), 300, ((0, 4, 7 * 60 + 30, 16 * 60), (5, 5, 8 * 60, 12 * 60))
)


@dataclass(slots=True)
class Sums:
    """Microseconds and outages, of one device or of many."""

    devices: int = 0
    spent: Counter[str] = field(default_factory=Counter)  # by state or reason to leave out
    lost_by_cause: Counter[str] = field(default_factory=Counter)
    lost_by_owner: Counter[str] = field(default_factory=Counter)
    outages_by_cause: Counter[str] = field(default_factory=Counter)
    longest: int = 0

    def add(self, other: "Sums") -> None:
        """Take in another device."""
        self.devices += other.devices
        self.spent.update(other.spent)
        self.lost_by_cause.update(other.lost_by_cause)
        self.lost_by_owner.update(other.lost_by_owner)
        self.outages_by_cause.update(other.outages_by_cause)
        self.longest = max(self.longest, other.longest)

    @property
    def excluded(self) -> int:
        """Return the microseconds left out."""
        return sum(self.spent[reason] for reason in EXCLUDED)


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is expected of the day, before it is asked for by window."""

    script: Script
    watched: Mapping[str, Watch]
    states: Histories
    outages: Outages
    incidents: Sequence[frozenset[Outage]]
    unrest: Mapping[str, Sequence[tuple[bool, int]]]  # flapping or not any more, since when

    def sums(self, device: str, start: int, end: int, rules: ExpectedRules) -> Sums | None:
        """Return one device's sums within a window; None when it was not listed then."""
        watch = self.watched[device]
        start, end = max(start, watch.begins), min(end, watch.ends)
        if start >= end:
            return None
        sums = Sums(devices=1)
        lengths: Counter[Outage] = Counter()
        for begins, ends in pairwise(sorted({start, end, *self._edges(device, start, end)})):
            state = self._state(device, begins)
            outage = self._outage(device, state, begins)
            where = self._left_out(device, begins, outage, rules) or state
            length = ends - begins
            sums.spent[where] += length
            if where in (DOWN, UNREACHABLE) and outage is not None:
                sums.lost_by_cause[outage.cause] += length
                sums.lost_by_owner[outage.responsible or ""] += length
                if where == DOWN:
                    lengths[outage] += length
        sums.outages_by_cause.update(outage.cause for outage in lengths)
        sums.longest = max(lengths.values(), default=0)
        return sums

    def _edges(self, device: str, start: int, end: int) -> Iterator[int]:
        """Yield the moments within a window at which anything may change."""
        edges = [change.at for change in self.states[device]]
        for outage in self.outages[device]:
            edges += [outage.start, outage.end or end]
        for window in self.script.windows():
            if is_about(window, device):
                edges += [edge for span in window.covers for edge in span]
        edges += _full_half_hours(start, end)
        yield from (edge for edge in edges if start < edge < end)

    def _state(self, device: str, moment: int) -> str:
        """Return the state at a moment: the last change that had begun by then."""
        begun = [change.state for change in self.states[device] if change.at <= moment]
        return begun[-1] if begun else UNKNOWN

    def _outage(self, device: str, state: str, moment: int) -> Outage | None:
        of_state = (one for one in self.outages[device] if one.state == state)
        return next((one for one in of_state if one.covers(moment)), None)

    def _left_out(
        self, device: str, moment: int, outage: Outage | None, rules: ExpectedRules
    ) -> str | None:
        for window in self.script.windows():
            spans = window.covers if is_about(window, device) else ()
            if any(start <= moment < end for start, end in spans):
                return "maintenance"
        if rules.hours and not _in_hours(rules, DEVICES[device].zone, moment):
            return "outside_service_hours"
        if outage is None:
            return None
        if outage.cause in rules.causes:
            return "cause_not_counted"
        until = self.script.ends if outage.end is None else outage.end
        short = until - outage.start <= rules.shortest_seconds * SECOND
        return "short_outage" if rules.shortest_seconds and short else None


def _full_half_hours(start: int, end: int) -> Iterable[int]:
    """Return where service hours may begin or end: zones here are whole hours from UTC."""
    step = 1800 * SECOND
    return range(start // step * step, end, step)


def _in_hours(rules: ExpectedRules, zone: str, moment: int) -> bool:
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)).astimezone(
        ZoneInfo(zone)
    )
    minute = local.hour * 60 + local.minute
    return any(
        first <= local.weekday() <= last and from_ <= minute < until
        for first, last, from_, until in rules.hours
    )


def total(members: Iterable[Sums]) -> Sums:
    """Return the sum over devices."""
    result = Sums()
    for one in members:
        result.add(one)
    return result


def figures(sums: Sums) -> dict[str, object]:
    """Return what a row of the uptime table must say of these sums, by its names in the API."""
    spent = sums.spent
    up = spent[UP] + spent[DEGRADED]
    known = up + spent[DOWN] + spent[UNREACHABLE]
    scope = known + spent[UNKNOWN]
    count = sums.outages_by_cause.total()
    bounds = [_percent(up, scope), _percent(up + spent[UNKNOWN], scope)]
    return {
        "devices": sums.devices,
        "uptime_percent": _percent(up, known),
        "device_uptime_percent": _percent(up, known - spent[UNREACHABLE]),
        "uptime_bounds_percent": bounds if scope else None,
        "coverage_percent": _percent(known, scope) or 0.0,
        "up_seconds": spent[UP] / SECOND,
        "degraded_seconds": spent[DEGRADED] / SECOND,
        "down_seconds": spent[DOWN] / SECOND,
        "unreachable_seconds": spent[UNREACHABLE] / SECOND,
        "unknown_seconds": spent[UNKNOWN] / SECOND,
        "excluded_seconds": sums.excluded / SECOND,
        "excluded_seconds_by_reason": _seconds({reason: spent[reason] for reason in EXCLUDED}),
        "lost_seconds_by_cause": _seconds(sums.lost_by_cause),
        "lost_seconds_by_owner": _seconds(sums.lost_by_owner),
        "outages": count,
        "outages_by_cause": dict(sums.outages_by_cause),
        "longest_outage_seconds": sums.longest / SECOND if count else None,
        "mttr_seconds": spent[DOWN] / SECOND / count if count else None,
        "mtbf_seconds": up / SECOND / count if count else None,
    }


def groups(by: str, devices: Sequence[str]) -> dict[str, list[str]]:
    """Return the devices of every group, by the group's key."""
    result: dict[str, list[str]] = {}
    for name in devices:
        device = DEVICES[name]
        keys = {
            "device": name,
            "site": device.site,
            "area": device.area,
            "kind": device.kind,
            "owner": device.owner or "",
        }
        result.setdefault(keys[by], []).append(name)
    return result


def _percent(part: int, whole: int) -> float | None:
    """Return thousandths of a percent, the rest dropped."""
    return None if whole == 0 else part * 100_000 // whole / 1000


def _seconds(parts: Mapping[str, int]) -> dict[str, float]:
    return {name: part / SECOND for name, part in parts.items()}

"""The shapes of the uptime table."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Percent, Shape
from collector.model import CauseClass, Role
from collector.uptime import ExclusionReason, GroupBy

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class UptimeRuleDeviation(Shape):
    """A rule that some checks follow instead of the one in force."""

    probe: str
    role: Role
    confirm: int
    recover: int
    retry_seconds: float
    fresh_intervals: float
    checks: Annotated[int, Field(description="How many checks in use follow it.")]


class UptimeRule(Shape):
    """The rule by which states are believed; it belongs to every figure."""

    confirm: Annotated[int, Field(description="Failures in a row until down.")]
    recover: Annotated[int, Field(description="Successes in a row until up.")]
    retry_seconds: float
    fresh_intervals: float
    deviations: list[UptimeRuleDeviation]


class UptimeServiceHours(Shape):
    """Hours that count, on the clocks of each device's site."""

    weekdays: list[Weekday]
    from_: Annotated[str, Field(alias="from", description="Such as `07:00`.")]
    to: Annotated[str, Field(description="`24:00` is the end of the day.")]


class UptimeRules(Shape):
    """By which rules a figure is reckoned: what is left out."""

    name: str
    exclude_maintenance: bool
    causes_not_counted: list[CauseClass]
    minimum_outage_seconds: Annotated[
        int, Field(description="An outage that lasts no longer does not count.")
    ]
    service_hours: Annotated[list[UptimeServiceHours], Field(description="Empty: every hour.")]
    target_percent: Annotated[
        Percent | None, Field(description="What is promised; null: nothing is.")
    ]


class UptimeRulePair(Shape):
    """The rules of both figures."""

    plain: UptimeRules
    contract: UptimeRules


class UptimeZone(Shape):
    """When the window is in one zone: dates begin there with that zone's midnight."""

    zone: str
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    devices: int


class UptimeContract(Shape):
    """The same group by the rules of the contract."""

    name: Annotated[str, Field(description="`plain`: there is no contract.")]
    uptime_percent: Percent | None
    uptime_bounds_percent: tuple[Percent, Percent] | None
    coverage_percent: Percent
    down_seconds: float
    unreachable_seconds: float
    excluded_seconds: float
    excluded_seconds_by_reason: dict[ExclusionReason, float]
    outages: int
    longest_outage_seconds: float | None
    mttr_seconds: float | None


class UptimeRow(Shape):
    """Uptime of one group: sums over its devices, never averages of percentages."""

    key: str
    name: str
    devices: int
    uptime_percent: Annotated[Percent | None, Field(description="Service uptime; null: unknown.")]
    device_uptime_percent: Percent | None
    uptime_bounds_percent: tuple[Percent, Percent] | None
    coverage_percent: Percent
    up_seconds: float
    degraded_seconds: float
    down_seconds: float
    unreachable_seconds: float
    unknown_seconds: float
    excluded_seconds: float
    outages: int
    mttr_seconds: float | None
    mtbf_seconds: float | None
    longest_outage_seconds: float | None
    excluded_seconds_by_reason: dict[ExclusionReason, float]
    lost_seconds_by_cause: Annotated[
        dict[CauseClass, float], Field(description="Down and unreachable, by what caused it.")
    ]
    lost_seconds_by_owner: Annotated[
        dict[str, float],
        Field(description="The same by who answers for it; the empty key: nobody is named."),
    ]
    outages_by_cause: dict[CauseClass, int]
    contract: UptimeContract


class Uptime(Shape):
    """The uptime table of a window."""

    from_: Annotated[AwareDatetime, Field(alias="from", description="Where it begins first.")]
    to: Annotated[AwareDatetime, Field(description="Where it ends last; never in the future.")]
    zones: list[UptimeZone]
    known_until: Annotated[
        AwareDatetime | None, Field(description="Since then nobody has looked; null: never.")
    ]
    group_by: GroupBy
    degraded: Annotated[Literal["up", "down"], Field(description="What degraded counts as.")]
    rule: UptimeRule
    rules: UptimeRulePair
    items: list[UptimeRow]
    next: Next

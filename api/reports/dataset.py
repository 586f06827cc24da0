"""The data set of a report: everything that its faces show, made once and never changed.

Names say units. `…_percent` is floored to three decimals and never rounded up, None: nothing is
known. `…_seconds` are whole seconds, cut. `…_at` are moments in UTC, cut to whole seconds.
`…_mean` is floored to one decimal. Sums are over devices, percentages are never averaged. A
percentage never stands without its coverage and the bounds [unknown as down, unknown as up].
"""

from dataclasses import dataclass
from datetime import datetime

FORMAT = 1
"""The shape of the data set. Another number: something was taken away or means another thing."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who makes the report: what stands at its head. `address` holds lines."""

    agency: str
    unit: str  # the office above, such as the city's government; "" for none
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs. Without a name there is a line to write on."""

    role: str
    name: str
    number: str  # the number of a civil servant (NIP), "" for none


@dataclass(frozen=True, slots=True)
class ZonePart:
    """From when to when the period is in one zone, and how many of the devices are there."""

    zone: str
    from_at: datetime
    to_at: datetime
    devices: int


@dataclass(frozen=True, slots=True)
class Detection:
    """By which rule a device is down, and how many checks have one of their own."""

    confirm: int
    recover: int
    retry_seconds: float
    fresh_intervals: float
    deviating_checks: int


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """What counts; `digest` is the same where the rules mean the same."""

    name: str
    digest: str
    exclude_maintenance: bool
    causes_not_counted: tuple[str, ...]
    minimum_outage_seconds: int
    service_hours: tuple[str, ...]  # "mon tue 08:00-16:00"
    target_percent: float | None  # what is promised, None: nothing


@dataclass(frozen=True, slots=True)
class Header:
    """What the report is of, by which rules, and who made it when.

    `from_asked` and `to_asked` are dates (midnight in each site's zone, the end not included) or
    moments. `zone` is that in which its faces write moments. `filters` narrow it: kind, site, area,
    owner. `known_until_at` None: nobody ever looked.
    """

    month: str | None  # "2026-10", None: another period
    from_asked: str
    to_asked: str
    from_at: datetime
    to_at: datetime
    zone: str
    zones: tuple[ZonePart, ...]
    made_at: datetime
    known_until_at: datetime | None
    number: str | None
    letterhead: Letterhead
    place: str  # where it is signed
    signers: tuple[Signer, ...]
    filters: dict[str, str]
    degraded_is_up: bool
    detection: Detection
    plain: RulesInForce
    contract: RulesInForce
    made_by: str  # "Pantau 1.2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """What a device or a group did: the plain figures, and the contract's beside them.

    `uptime_percent` is that of the service, `device_uptime_percent` leaves time out in which the
    device could not be reached. Lost seconds are down and unreachable time by cause.
    """

    devices: int
    uptime_percent: float | None
    device_uptime_percent: float | None
    uptime_low_percent: float | None
    uptime_high_percent: float | None
    coverage_percent: float
    window_seconds: int
    up_seconds: int
    degraded_seconds: int
    down_seconds: int
    unreachable_seconds: int
    unknown_seconds: int
    excluded_seconds: int
    outages: int
    longest_outage_seconds: int | None
    mttr_seconds: int | None
    mtbf_seconds: int | None
    lost_device_seconds: int
    lost_link_seconds: int
    lost_power_seconds: int
    lost_upstream_seconds: int
    lost_planned_seconds: int
    lost_unknown_seconds: int
    contract_uptime_percent: float | None
    contract_uptime_low_percent: float | None
    contract_uptime_high_percent: float | None
    contract_coverage_percent: float
    contract_down_seconds: int
    contract_unreachable_seconds: int
    contract_excluded_seconds: int
    contract_excluded_maintenance_seconds: int
    contract_excluded_outside_service_hours_seconds: int
    contract_excluded_cause_not_counted_seconds: int
    contract_excluded_short_outage_seconds: int
    contract_outages: int
    contract_longest_outage_seconds: int | None
    contract_mttr_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupUptime(Uptime):
    """One city, area, kind or owner. The key "" holds the devices without an owner."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceUptime(Uptime):
    """One device, and where it is."""

    device: str
    name: str
    kind: str
    site: str
    site_name: str
    area: str
    area_name: str
    owner: str
    owner_name: str


@dataclass(frozen=True, slots=True)
class ContractUptime:
    """What the same devices did by one contract that the settings know; "plain": by none."""

    contract: str
    uptime_percent: float | None
    uptime_low_percent: float | None
    uptime_high_percent: float | None
    coverage_percent: float
    excluded_seconds: int
    outages: int
    mttr_seconds: int | None
    target_percent: float | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """Down and unreachable time by who answers for it and why; "" answers: nobody is named."""

    responsible: str
    responsible_name: str
    cause: str
    lost_seconds: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of all lost time: of a cause, or of who answers for it. `by` is cause or responsible.

    `key` is the cause or the owner's id; the name of a cause is its translation.
    """

    by: str
    key: str
    name: str
    lost_seconds: int
    share_percent: float


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """A month, up to that of the report. Months before the first device are left out."""

    month: str
    devices: int
    uptime_percent: float | None
    uptime_low_percent: float | None
    uptime_high_percent: float | None
    coverage_percent: float
    device_uptime_percent: float | None
    contract_uptime_percent: float | None
    contract_coverage_percent: float
    outages: int
    mttr_seconds: int | None
    mtbf_seconds: int | None


@dataclass(frozen=True, slots=True)
class OutageEntry:
    """An outage that touches the period. `in_period_seconds` is its part of it.

    `seconds` runs from its beginning to its end, or to where the report ends. `state` is down or
    unreachable; `root` is the device that cuts it off. `responsible` answers by the cause in force.
    """

    outage: int
    device: str
    device_name: str
    kind: str
    site: str
    site_name: str
    area: str
    area_name: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    in_period_seconds: int
    seconds: int
    cause: str
    proposed_cause: str
    corrected: bool
    responsible: str
    responsible_name: str
    root: str
    root_name: str
    incident: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on the cause of an outage of the period; the last one of each counts."""

    outage: int
    device: str
    device_name: str
    started_at: datetime
    proposed_cause: str
    cause: str
    reason: str
    author: str
    made_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned work in the period. `in_period_seconds` is how long it was on, once over.

    `afterwards`: it was entered after it had begun. `scope` names what it covers.
    """

    window: int
    title: str
    reason: str
    author: str
    created_at: datetime
    afterwards: bool
    scope: str
    devices: int
    starts_at: datetime
    ends_at: datetime
    recurrence: str
    occurrences: int
    in_period_seconds: int
    cancelled_at: datetime | None
    cancelled_by: str
    cancel_reason: str


@dataclass(frozen=True, slots=True)
class Handling:
    """How incidents that began in the period were handled; the cause "" is all of them."""

    cause: str
    incidents: int
    acknowledged: int
    to_acknowledge_seconds: int | None
    recovered: int
    to_recover_seconds: int | None
    longest_seconds: int | None


@dataclass(frozen=True, slots=True)
class AlarmMeasure:
    """A figure of the health of alarms, of the whole installation, with what is good.

    `verdict` is good, manageable or too_much, "": too little to judge by. `unit` is 1, % or s.
    """

    measure: str
    value: float | None
    unit: str
    good_up_to: float
    manageable_up_to: float
    verdict: str


@dataclass(frozen=True, slots=True)
class NoisyDevice:
    """A device that gave the most alerts."""

    device: str
    device_name: str
    alerts: int
    flapping: int
    fleeting: int


@dataclass(frozen=True, slots=True)
class WifiUse:
    """How many used the WiFi of an area at the same time, by hourly means; "" is all of them.

    Counts only: nobody's device is known. `reporting` of the access points told numbers at all;
    `coverage_percent` is the share of their hours of which there are any. The peak is the hour with
    the most.
    """

    area: str
    area_name: str
    access_points: int
    reporting: int
    coverage_percent: float
    clients_mean: float | None
    peak_clients: int | None
    peak_at: datetime | None


@dataclass(frozen=True, slots=True)
class Growth:
    """How many devices of a kind there were at the end of a month; the kind "" is all of them."""

    month: str
    kind: str
    devices: int
    came: int
    left: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """A disk or a link, and when it is full if it goes on as it did.

    `used_percent` is the mean of the last day with readings (a link: of its busiest hour a day).
    A straight line through the days; `per_month_percent` is its slope for 30 days, between low and
    high with 95 % confidence. `full_from` and `full_to` are the dates between which it reaches
    100 %. Where the line does not rise for certain, or too few days are known, nothing is said and
    `why` tells the reason: too_few_days, not_rising, too_far, full.
    """

    subject: str  # disk or link
    device: str
    device_name: str
    part: str
    days: int
    used_percent: float
    per_month_percent: float | None
    per_month_low_percent: float | None
    per_month_high_percent: float | None
    full_from: str | None
    full_to: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `worst` are the ten devices with the least uptime; `notes` say what is missing.

    A note is a word of `api.reports.words.NOTES`.
    """

    format: int
    header: Header
    total: GroupUptime
    cities: tuple[GroupUptime, ...]
    areas: tuple[GroupUptime, ...]
    kinds: tuple[GroupUptime, ...]
    owners: tuple[GroupUptime, ...]
    contracts: tuple[ContractUptime, ...]
    lost: tuple[Lost, ...]
    shares: tuple[Share, ...]
    trend: tuple[TrendMonth, ...]
    worst: tuple[DeviceUptime, ...]
    devices: tuple[DeviceUptime, ...]
    outages: tuple[OutageEntry, ...]  # longest first
    handling: tuple[Handling, ...]
    maintenance: tuple[Maintenance, ...]
    corrections: tuple[Correction, ...]
    alarms: tuple[AlarmMeasure, ...]
    noisy: tuple[NoisyDevice, ...]
    wifi: tuple[WifiUse, ...]
    growth: tuple[Growth, ...]
    capacity: tuple[Capacity, ...]
    notes: tuple[str, ...]

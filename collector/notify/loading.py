"""Makes the plan of the process of alerts out of alerts.yaml; can be asked again at any time."""

import logging
from collections.abc import Sequence
from datetime import time

from collector.config import Config, Problem, ProblemsError
from collector.config.alerts import AlertsFile, LoadedAlerts, read_alerts
from collector.config.alerts.format import (
    MatchShape,
    PolicyShape,
    ReceiverShape,
    RouteMatchShape,
    RouteShape,
    ScheduleShape,
    ShiftShape,
)
from collector.config.hours import WrittenHours
from collector.inventory import Inventory
from collector.model import Reason, State
from collector.model.alerts import Severity
from collector.notify.channels.opening import wrong_channels
from collector.notify.deciding.world import Pace, Step
from collector.notify.hours import Hours
from collector.notify.matching import Match
from collector.notify.naming import unknown_names
from collector.notify.plan import AlertPlan, Heartbeat, Receiver
from collector.notify.rosters import Override, Roster, Shift, whole_days
from collector.notify.routing import Contact, Policy, Route, Routing

logger = logging.getLogger(__name__)

_MIDNIGHT = time()
_TURN_DAYS = {None: 0, "day": 1, "week": 7}


def load_alert_plan(config: Config, inventory: Inventory) -> AlertPlan:
    """Return what the file of the setting `alerts` says. Raises ProblemsError with every problem.

    What it names of the inventory and is not there any more is logged, and stops nothing: one
    retired site must not keep everybody from being told. `pantau check-config` counts it as a
    problem.
    """
    loaded = read_alert_settings(config)
    if loaded.file is None or loaded.problems:
        raise ProblemsError(loaded.problems)
    for problem in unknown_names(loaded, inventory):
        logger.warning("%s", problem)
    return plan_of(loaded.file, config.zone, config.language)


def read_alert_settings(config: Config) -> LoadedAlerts:
    """Read that file and its secrets, and see that each channel can be made of it.

    Raises ProblemsError when the setting names no file.
    """
    if config.alerts is None:
        file = "pantau.yaml" if config.file is None else str(config.file)
        remedy = "name the file that says who is told: alerts: alerts.yaml"
        raise ProblemsError([Problem(file, None, "alerts", "is not set", remedy)])
    loaded = read_alerts(config.alerts)
    loaded.problems.extend(list(wrong_channels(loaded)))
    return loaded


def plan_of(file: AlertsFile, zone: str, language: str) -> AlertPlan:
    """Return a file without problems as a plan; zone and language where it names none."""
    zone, language = file.zone or zone, file.language or language
    heartbeat = file.heartbeat
    return AlertPlan(
        rules=routing_of(file, zone),
        receivers={
            name: Receiver(
                name,
                one.channels,
                one.language or language,
                one.give_up_seconds,
                one.give_up_critical_seconds,
                one.may_act,
            )
            for name, one in file.receivers.items()
        },
        heartbeat=None
        if heartbeat is None
        else Heartbeat(heartbeat.channel, heartbeat.every_seconds),
        desk_url=file.desk_url or "",
        keep_trying_seconds=file.keep_trying_seconds,
    )


def routing_of(file: AlertsFile, zone: str) -> Routing:
    """Return the rules of a file without problems; `zone` where it names none."""
    zone = file.zone or zone
    routes = [_route(number, one, zone) for number, one in enumerate(file.routes, 1)]
    if not routes:
        routes = [Route("everything", Match(), tuple(file.receivers))]  # there is one
    return Routing(
        {name: _contact(name, one, zone) for name, one in file.receivers.items()},
        routes,
        policies=[_policy(number, one) for number, one in enumerate(file.policies, 1)],
        rosters={name: _roster(name, one, zone) for name, one in file.schedules.items()},
        pace=_pace(file),
        zone=zone,
    )


def _pace(file: AlertsFile) -> Pace:
    return Pace(
        settle_seconds=file.settle_seconds,
        settle_critical_seconds=file.settle_critical_seconds,
        update_seconds=file.update_seconds,
        repeat_seconds=file.repeat_seconds,
        storm_more_than=file.storm.more_than,
        storm_within_seconds=file.storm.within_seconds,
    )


def _contact(name: str, shape: ReceiverShape, zone: str) -> Contact:
    quiet = _hours(shape.quiet_hours, shape.zone or zone)
    return Contact(name, shape.channels[0], quiet, frozenset(map(Severity, shape.quiet_for)))


def _roster(name: str, shape: ScheduleShape, zone: str) -> Roster:
    return Roster(
        name,
        shape.zone or zone,
        tuple(_shift(number, one) for number, one in enumerate(shape.shifts, 1)),
        tuple(
            Override(one.from_, one.until, one.people, one.instead_of, one.reason or "")
            for one in shape.overrides
        ),
        shape.otherwise,
    )


def _shift(number: int, shape: ShiftShape) -> Shift:
    hours = tuple(one.hours for one in shape.hours)
    return Shift(
        shape.name or str(number),
        hours or whole_days(shape.handover or _MIDNIGHT),
        shape.people,
        _TURN_DAYS[shape.rotate],
        shape.since,
    )


def _route(number: int, shape: RouteShape, zone: str) -> Route:
    steps = [Step(one.after_seconds, one.to) for one in shape.escalate]
    return Route(
        shape.name or f"route {number}",
        match_of(shape.match, zone),
        shape.to,
        tuple(sorted(steps, key=lambda step: step.after_seconds)),
        shape.goes_on,
    )


def _policy(number: int, shape: PolicyShape) -> Policy:
    return Policy(
        shape.name or f"policy {number}",
        match_of(shape.match, ""),
        None if shape.severity is None else Severity(shape.severity),
        shape.after_seconds,
        shape.tell,
    )


def match_of(shape: MatchShape, zone: str) -> Match:
    """Return which alerts are meant, in the words of deciding."""
    severities: frozenset[Severity] = frozenset()
    hours = None
    if isinstance(shape, RouteMatchShape):
        severities = frozenset(map(Severity, shape.severity))
        hours = _hours(shape.hours, zone)
    return Match(
        areas=frozenset(shape.area),
        sites=frozenset(shape.site),
        kinds=frozenset(shape.kind),
        devices=frozenset(shape.device),
        tags=frozenset(shape.tag),
        owners=frozenset(shape.owner),
        link_owners=frozenset(shape.link_owner),
        power_owners=frozenset(shape.power_owner),
        states=frozenset(map(State, shape.state)),
        reasons=frozenset(map(Reason, shape.reason)),
        severities=severities,
        hours=hours,
    )


def _hours(written: Sequence[WrittenHours], zone: str) -> Hours | None:
    if not written:
        return None
    text = ", ".join(one.text for one in written)
    return Hours(tuple(one.hours for one in written), zone, f"{text} {zone}")

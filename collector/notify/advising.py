"""What is not wrong in alerts.yaml, and yet not what anybody wants: gaps, dead routes, one channel.

Looks at the file with the inventory beside it; nothing here keeps the file from being used.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from collector.config.alerts import AlertsFile, LoadedAlerts
from collector.config.alerts.channels import SirenShape, WebhookShape
from collector.config.alerts.format import COLLECTOR_KIND
from collector.config.problems import Place, Problem
from collector.inventory import Inventory
from collector.model import Device, Reason, State
from collector.model.alerts import Alert, Severity
from collector.moments import to_micros
from collector.notify.deciding.world import DeviceFacts
from collector.notify.hours import Hours
from collector.notify.naming import areas_around
from collector.notify.rosters import gaps
from collector.notify.routing import Route, Routing
from collector.uptime.calendar import outside_service

_WEEK = timedelta(days=7)
_NAMED = 3  # devices that are named in an advice; the others are counted
_MOST_GAPS = 5
_REASONS = {
    State.DOWN: Reason.NO_ANSWER,
    State.UNREACHABLE: Reason.PARENT_DOWN,
    State.DEGRADED: Reason.THRESHOLD,
    State.UNKNOWN: Reason.SILENT,
}
"""The usual reason of each state that people are told of."""

_Alike: TypeAlias = Sequence[Sequence[DeviceFacts]]
"""Devices in groups that no route and no policy tells apart."""


def certain_faults(loaded: LoadedAlerts, routing: Routing) -> Iterator[Problem]:
    """Yield what is surely a mistake, whatever the inventory is: routes that another hides."""
    if loaded.file is None:
        return
    for number, route in enumerate(routing.routes if loaded.file.routes else ()):
        hiding = next(
            (
                one
                for one in routing.routes[:number]
                if not one.goes_on and route.match.is_within(one.match)
            ),
            None,
        )
        if hiding is not None:
            what = f'never takes anything: "{hiding.name}" before it takes all that fits'
            remedy = "put it before that one, or let that one say continue: true"
            yield loaded.problem(("routes", number), what, remedy)
    heartbeat = loaded.file.heartbeat
    if heartbeat is not None and isinstance(loaded.file.channels[heartbeat.channel], SirenShape):
        what = f'"{heartbeat.channel}" is a siren: nobody elsewhere waits for it'
        remedy = "take a webhook with method: GET, to a watcher outside"
        yield loaded.problem(("heartbeat", "channel"), what, remedy)
    for name, receiver in loaded.file.receivers.items():
        contact = routing.contacts[name]
        if contact.quiet_hours is not None and _is_always(contact.quiet_hours):
            what = "are day and night: what can wait is never told"
            remedy = "leave an hour in which the digest may come"
            yield loaded.problem(("receivers", name, "quiet_hours"), what, remedy)
        yield from _wordless(name, receiver.channels, loaded, loaded.file)


def _wordless(
    name: str, channels: Sequence[str], loaded: LoadedAlerts, file: AlertsFile
) -> Iterator[Problem]:
    """Yield the channels of a receiver by which nobody would read what happened."""
    sirens = [isinstance(file.channels[one], SirenShape) for one in channels]
    for position, channel in enumerate(channels):
        place: Place = ("receivers", name, "channels", position)
        shape = file.channels[channel]
        if isinstance(shape, WebhookShape) and shape.method != "POST":
            what = f'"{channel}" only pings: nobody reads there what happened'
            remedy = "let it say method: POST, or keep it for the heartbeat"
            yield loaded.problem(place, what, remedy)
        if sirens[position] and not all(sirens[position:]):
            what = f'"{channel}" is a siren, and says nothing about what happened'
            remedy = "give the siren a receiver of its own, and name both in the route"
            yield loaded.problem(place, what, remedy)


def advice(
    loaded: LoadedAlerts, routing: Routing, inventory: Inventory, now: datetime
) -> Iterator[Problem]:
    """Yield what should be thought about once more."""
    file = loaded.file
    if file is None:
        return
    yield from _of_silence(loaded, file)
    yield from _of_gaps(loaded, file, routing, now)
    yield from _of_single_channels(loaded, file, routing)
    yield from _of_twins(loaded, file, routing)
    yield from _of_unused(loaded, file, routing)
    devices = [facts_of(device, inventory) for device in inventory.devices.values()]
    alike = routing.alike(devices)
    yield from _of_dead_routes(loaded, file, routing, alike)
    yield from _of_untold(loaded, routing, alike, now)


def facts_of(device: Device, inventory: Inventory) -> DeviceFacts:
    """Return what routes and policies may ask of a device of the inventory."""
    site = inventory.sites[device.site]
    return DeviceFacts(
        id=device.id,
        name=device.name,
        kind=device.kind,
        site=device.site,
        areas=areas_around(site.area),
        owner=device.owner,
        link_owner=device.link_owner,
        power_owner=device.power_owner,
        feeder=device.power_feeder,
        parents=device.parents,
        tags=device.tags,
    )


def alert_of(device: DeviceFacts, state: State, now: datetime) -> Alert:
    """Return an alert as it would be, to ask what would become of it."""
    return Alert(device.id, state, Severity.WARNING, now, now, _REASONS[state])


def _is_always(hours: Hours) -> bool:
    monday = datetime(2026, 1, 5, tzinfo=ZoneInfo(hours.zone))
    return not outside_service(
        hours.hours, ZoneInfo(hours.zone), to_micros(monday), to_micros(monday + _WEEK)
    )


def _of_silence(loaded: LoadedAlerts, file: AlertsFile) -> Iterator[Problem]:
    if file.heartbeat is None:
        what = "is missing: nobody would notice when Pantau itself falls silent"
        remedy = "let a watcher elsewhere wait for a sign of life: heartbeat: {channel: …}"
        yield loaded.problem(("heartbeat",), what, remedy)


def _of_gaps(
    loaded: LoadedAlerts, file: AlertsFile, routing: Routing, now: datetime
) -> Iterator[Problem]:
    for name, roster in routing.rosters.items():
        if file.schedules[name].otherwise:
            continue
        zone = ZoneInfo(roster.zone)
        local = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        monday = local - timedelta(days=local.weekday())
        found = gaps(roster, monday, monday + _WEEK)
        if found:
            spans = [
                f"{low.astimezone(zone):%a %H:%M}-{high.astimezone(zone):%a %H:%M}"
                for low, high in found[:_MOST_GAPS]
            ]
            more = f" and {len(found) - _MOST_GAPS} more" if len(found) > _MOST_GAPS else ""
            what = f"nobody is on duty {', '.join(spans)}{more}: then everybody of it is told"
            yield loaded.problem(
                ("schedules", name), what, "fill the hours, or say who stands in: otherwise: [NAME]"
            )


def _of_single_channels(
    loaded: LoadedAlerts, file: AlertsFile, routing: Routing
) -> Iterator[Problem]:
    for name in _people(_told_of_critical(routing), routing):
        channels = file.receivers[name].channels
        if len(channels) == 1 and not isinstance(file.channels[channels[0]], SirenShape):
            what = f'what is critical goes to "{name}" by one channel only'
            remedy = "add a second one of another provider, for when the first fails"
            yield loaded.problem(("receivers", name, "channels"), what, remedy)


def _told_of_critical(routing: Routing) -> Iterator[str]:
    for route in routing.routes:
        if not route.match.severities or Severity.CRITICAL in route.match.severities:
            yield from _names(route)


def _names(route: Route) -> Iterator[str]:
    yield from route.to
    for step in route.steps:
        yield from step.receivers


def _people(names: Iterable[str], routing: Routing) -> dict[str, None]:
    """Return who stands behind names at any time, each once."""
    found: dict[str, None] = {}
    for name in names:
        roster = routing.rosters.get(name)
        if roster is None:
            found[name] = None
            continue
        found.update(dict.fromkeys((*roster.everybody(), *roster.otherwise)))
        found.update(dict.fromkeys(one for it in roster.overrides for one in it.people))
    return found


def _of_twins(loaded: LoadedAlerts, file: AlertsFile, routing: Routing) -> Iterator[Problem]:
    """Yield where one chat would get the same message for two receivers."""
    for number, route in enumerate(routing.routes if file.routes else ()):
        told: dict[str, tuple[str, str]] = {}  # by channel: who, and by which name of the route
        for name in route.to:
            for person in _people([name], routing):
                channel = routing.contacts[person].channel
                other, other_name = told.setdefault(channel, (person, name))
                if other != person and other_name != name:
                    what = f'"{channel}" gets it twice: for {other} and for {person}'
                    remedy = "give them channels of their own, or name one of them"
                    yield loaded.problem(("routes", number, "to"), what, remedy)


def _of_unused(loaded: LoadedAlerts, file: AlertsFile, routing: Routing) -> Iterator[Problem]:
    named = {name for route in routing.routes for name in _names(route)}
    people = _people(named, routing)
    for name in file.schedules:
        if name not in named:
            yield loaded.problem(("schedules", name), "no route names it", "name it, or remove it")
    for name in file.receivers:
        if name not in people:
            what = "no route and no schedule in use names it"
            yield loaded.problem(("receivers", name), what, "name it, or remove it")
    used = {channel for receiver in file.receivers.values() for channel in receiver.channels}
    if file.heartbeat is not None:
        used.add(file.heartbeat.channel)
    for name in file.channels:
        if name not in used:
            yield loaded.problem(
                ("channels", name), "no receiver uses it", "give it to one, or remove it"
            )


def _of_dead_routes(
    loaded: LoadedAlerts, file: AlertsFile, routing: Routing, alike: _Alike
) -> Iterator[Problem]:
    """Yield routes that nothing of today's inventory can come to."""
    if not alike:
        return
    kinds_of_ways = {routing.routes_for(group[0]) for group in alike}
    meant = {route for ways in kinds_of_ways for route in ways}
    reached = {route for ways in kinds_of_ways for route in _reached(ways)}
    hidden = {problem.place for problem in certain_faults(loaded, routing)}
    for number, route in enumerate(routing.routes if file.routes else ()):
        if COLLECTOR_KIND in route.match.kinds or f"routes[{number}]" in hidden:
            continue
        if route not in meant:
            what = "no device of the inventory fits"
            yield loaded.problem(("routes", number, "match"), what, "look at its words once more")
        elif route not in reached:
            what = "never takes anything: for each of its devices a route before it does"
            yield loaded.problem(("routes", number), what, "put it before those")


def _reached(ways: Sequence[Route]) -> Iterator[Route]:
    """Yield the routes of a device that an alert of it can come to."""
    for number, route in enumerate(ways):
        if not any(
            not one.goes_on and route.match.asks_no_less(one.match) for one in ways[:number]
        ):
            yield route


def _of_untold(
    loaded: LoadedAlerts, routing: Routing, alike: _Alike, now: datetime
) -> Iterator[Problem]:
    """Yield for which devices nobody would be told, always or at some hours."""
    never: dict[str, list[State]] = {}
    at_times: dict[str, list[State]] = {}
    for group in alike:
        missing, partly = _untold_states(group[0], routing, now)
        for device in group:
            if missing:
                never[device.id] = missing
            if partly:
                at_times[device.id] = partly
    remedy = "add a last route without match, for all that is left"
    for found, when in ((never, ""), (at_times, " outside the hours of its routes")):
        if found:
            states = ", ".join(
                state.value for state in _REASONS if any(state in it for it in found.values())
            )
            what = f"nobody is told{when} when {_some(found)} {_is(found)} {states}: no route fits"
            yield loaded.problem(("routes",), what, remedy)


def _untold_states(
    device: DeviceFacts, routing: Routing, now: datetime
) -> tuple[list[State], list[State]]:
    """Return the states of a device that no route takes, and those that one takes at times."""
    never, at_times = [], []
    for state in _REASONS:
        alert = alert_of(device, state, now)
        if not routing.policy(alert, device).tell:
            continue
        hours = [route.match.hours for route in routing.routes_of(alert, device)]
        limited = [one for one in hours if one is not None]
        if not hours:
            never.append(state)
        elif len(limited) == len(hours) and not _is_always(_together(limited)):
            at_times.append(state)
    return never, at_times


def _together(several: Sequence[Hours]) -> Hours:
    """Return the hours of several of one zone as one."""
    return Hours(tuple(hours for one in several for hours in one.hours), several[0].zone)


def _some(devices: Iterable[str]) -> str:
    names = list(devices)
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def _is(devices: Sequence[str] | dict[str, list[State]]) -> str:
    return "is" if len(devices) == 1 else "are"

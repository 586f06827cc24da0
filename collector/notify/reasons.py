"""Why an alert goes where it goes: by which policy and route, and who that is now. Pure."""

from collections.abc import Iterator
from datetime import datetime

from collector.model import State
from collector.model.alerts import Alert, Severity
from collector.notify.deciding.world import DeviceFacts, Wanted
from collector.notify.rosters import on_duty
from collector.notify.routing import OF_COLLECTORS, Routing

_MOST_ROUTES = 40  # that are told


def why(routing: Routing, alert: Alert, device: DeviceFacts, now: datetime) -> list[str]:
    """Say for people how an alert is judged, which route takes it, which not, and who is told.

    One line each. That a stage before holds it back is not asked here.
    """
    wanted = routing.policy(alert, device)
    lines = [_policy_line(wanted, alert.state)]
    lines.extend(_route_lines(routing, alert, device, wanted.severity, now))
    taken = routing.route(alert, device, now)
    if taken is None:
        return [*lines, "no route takes it: nobody is told"]
    if taken.route == OF_COLLECTORS:
        lines.append(taken.route)
    for name in taken.receivers:
        lines.extend(_people_lines(routing, name, wanted.severity, now))
    for step in taken.steps:
        after = duration_text(step.after_seconds)
        lines.append(f"if nobody acknowledges it within {after}: {', '.join(step.receivers)}")
        for name in step.receivers:
            lines.extend(f"  {one}" for one in _people_lines(routing, name, wanted.severity, now))
    return lines


def duration_text(seconds: float) -> str:
    """Write a duration as files do: 90s, 15m, 4h, 2d."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def _policy_line(wanted: Wanted, state: State) -> str:
    by = f'policy "{wanted.policy}"' if wanted.policy else "no policy says otherwise"
    if not wanted.tell:
        return f"{state.value} is {wanted.severity.value}, and nobody wants to be told ({by})"
    after = ""
    if wanted.after_seconds:
        after = f", told when it has lasted {duration_text(wanted.after_seconds)}"
    return f"{state.value} is {wanted.severity.value}{after} ({by})"


def _route_lines(
    routing: Routing, alert: Alert, device: DeviceFacts, severity: Severity, now: datetime
) -> Iterator[str]:
    for number, route in enumerate(routing.routes):
        if number >= _MOST_ROUTES:
            yield f"{len(routing.routes) - number} more routes: not shown"
            return
        against = route.match.against(device, alert.state, alert.reason, severity)
        if not against and not routing.holds(route, now):
            hours = route.match.hours
            against = "" if hours is None else f"outside its hours ({hours.text})"
        if against:
            yield f'route "{route.name}": no, {against}'
            continue
        yield f'route "{route.name}": takes it' + (", and goes on" if route.goes_on else "")
        if not route.goes_on:
            left = len(routing.routes) - number - 1
            if left:
                yield f"{left} more route{'s' if left > 1 else ''}: not asked any more"
            return


def _people_lines(routing: Routing, name: str, severity: Severity, now: datetime) -> Iterator[str]:
    roster = routing.rosters.get(name)
    if roster is not None:
        duty = on_duty(roster, now)
        until = "" if duty.until_at is None else f", until {_moment(duty.until_at, routing)}"
        yield f"{name}: {', '.join(duty.people)} ({duty.why}{until})"
    for person in routing.people(name, now):
        line = f"{person.receiver}: by {person.channel}"
        quiet_at = routing.quiet_until(person.receiver, severity, now)
        if quiet_at is not None:
            line += f"; quiet hours hold {severity.value} back until {_moment(quiet_at, routing)}"
        yield line


def _moment(moment: datetime, routing: Routing) -> str:
    return moment.astimezone(routing.zone).strftime("%a %d %b %H:%M %Z")

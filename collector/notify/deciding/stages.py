"""The stages that every alert goes through, as one visible list: it passes, or is held because.

    maintenance ─► silence ─► cause ─► flapping ─► acknowledged
                ─► policy ─► route ─► group ─► repeat ─► send

Always evaluated, only the telling is suppressed: when what held an alert is over, it is decided
again, and told only if it is still so and differs from what was told before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.model import CauseClass, IncidentGroup, Reason, State
from collector.model.alerts import Alert, Decision, HoldReason, Severity, Stage, Thread
from collector.notify.deciding.following import COLLECTOR, in_incident
from collector.notify.deciding.world import (
    Address,
    DeviceFacts,
    IncidentFacts,
    Rules,
    Taken,
    Wanted,
    World,
)

ROOT_GRACE = timedelta(minutes=5)  # a child waits so long for its own answer after its root's
_CUT = frozenset({State.DOWN, State.UNREACHABLE, State.UNKNOWN})
_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
CARRIED = frozenset({HoldReason.PARENT_DOWN, HoldReason.POWER, HoldReason.COLLECTOR_GONE})
_NOT_ASKED_OF_LEADERS = frozenset({Stage.CAUSE, Stage.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True)
class Hold:
    """Why an alert goes no further, and until when at most."""

    reason: HoldReason
    detail: str = ""
    until_at: datetime | None = None


@dataclass(slots=True)
class Scene:
    """The world at one moment, with what was already asked of it: made anew for each step."""

    world: World
    rules: Rules
    now: datetime
    _wanted: dict[str, Wanted] = field(default_factory=dict)
    _taken: dict[str, Taken | None] = field(default_factory=dict)
    _leaders: dict[int, str | None] | None = None
    _dark: dict[tuple[IncidentGroup, str], datetime | None] | None = None
    _mute: dict[str, bool] = field(default_factory=dict)
    _people: dict[str, tuple[Address, ...]] = field(default_factory=dict)

    def device(self, alert: Alert) -> DeviceFacts:
        """Return what is known of an alert's device; of a collector, its name."""
        facts = self.world.devices.get(alert.device_id)
        if facts is not None:
            return facts
        kind = "collector" if alert.device_id.startswith(COLLECTOR) else ""
        name = alert.device_id.removeprefix(COLLECTOR)
        return DeviceFacts(alert.device_id, name, kind, site="")

    def wanted(self, alert: Alert) -> Wanted:
        """Return what the policy wants of an alert."""
        found = self._wanted.get(alert.device_id)
        if found is None:
            found = self._wanted[alert.device_id] = self.rules.policy(alert, self.device(alert))
        return found

    def taken(self, alert: Alert) -> Taken | None:
        """Return the route that takes an alert, if one does."""
        if alert.device_id not in self._taken:
            route = self.rules.route(alert, self.device(alert), self.now)
            self._taken[alert.device_id] = route if route is not None and route.receivers else None
        return self._taken[alert.device_id]

    def people(self, receiver: str) -> tuple[Address, ...]:
        """Return who stands behind a receiver's name now."""
        if receiver not in self._people:
            self._people[receiver] = self.rules.people(receiver, self.now)
        return self._people[receiver]

    def incident(self, alert: Alert) -> IncidentFacts | None:
        """Return the incident that an alert is part of: the one that stays after a merge."""
        if alert.incident_id is None or not in_incident(alert):
            return None
        return self.world.incidents.get(alert.incident_id)

    def incident_id(self, alert: Alert) -> int | None:
        """Return the id of that incident, also where nothing more is known of it."""
        if not in_incident(alert):
            return None
        incident = self.incident(alert)
        return alert.incident_id if incident is None else incident.id

    def is_flapping(self, alert: Alert) -> bool:
        """Say whether the device changes its mind all the time."""
        return alert.flapping or alert.device_id in self.world.flapping

    def leader(self, incident: IncidentFacts) -> str | None:
        """Return the device that speaks for a place: told already, else the first to fail.

        None: none of them could be told by itself.
        """
        if self._leaders is None:
            self._leaders = self._find_leaders()
        return self._leaders.get(incident.id)

    def dark_place(self, device: DeviceFacts) -> tuple[str, datetime | None] | None:
        """Return the place without power that a device stands in, and how long that still counts.

        Without a moment: while somebody speaks for it. None: its power is not in question.
        """
        if self._dark is None:
            self._dark = self._find_dark()
        places = [(IncidentGroup.SITE, device.site)]
        if device.feeder is not None:
            places.append((IncidentGroup.FEEDER, device.feeder))
        places += [(IncidentGroup.AREA, code) for code in device.areas]
        for group, key in places:
            if (group, key) in self._dark:
                return f"{group.value} {key}", self._dark[group, key]
        return None

    def mute(self, root: Alert) -> bool:
        """Say whether nobody is ever told of a root, so that those behind it must speak."""
        known = self._mute.get(root.device_id)
        if known is None:
            known = not self.wanted(root).tell or self.taken(root) is None
            self._mute[root.device_id] = known
        return known

    def _find_leaders(self) -> dict[int, str | None]:
        candidates: dict[int, list[Alert]] = {}
        for alert in self.world.alerts.values():
            if alert.ended_at is not None or alert.state is not State.DOWN:
                continue
            incident = self.incident(alert)
            if incident is not None and incident.group is not IncidentGroup.DEVICE:
                candidates.setdefault(incident.id, []).append(alert)
        leaders: dict[int, str | None] = {}
        for incident_id, alerts in candidates.items():
            key = f"incident:{incident_id}"

            def order(alert: Alert, key: str = key) -> tuple[bool, datetime, str]:
                member = self.world.members.get((key, alert.device_id))
                told = member is not None and member.leads and member.left_at is None
                return not told, alert.began_at, alert.device_id

            leaders[incident_id] = next(
                (one.device_id for one in sorted(alerts, key=order) if self._may_lead(one)), None
            )
        return leaders

    def _find_dark(self) -> dict[tuple[IncidentGroup, str], datetime | None]:
        found: dict[tuple[IncidentGroup, str], datetime | None] = {}
        lasting: set[tuple[IncidentGroup, str]] = set()
        for alert in self.world.alerts.values():
            incident = self.incident(alert)
            if incident is None or incident.group is IncidentGroup.DEVICE:
                continue
            if incident.cause is not CauseClass.POWER:
                continue
            place = incident.group, incident.group_key
            if alert.ended_at is None:
                if alert.state is State.DOWN and self.leader(incident) is not None:
                    lasting.add(place)
            else:
                until_at = (alert.end_confirmed_at or alert.ended_at) + ROOT_GRACE
                known = found.get(place)
                if until_at > self.now and (known is None or until_at > known):
                    found[place] = until_at
        return found | dict.fromkeys(lasting)

    def _may_lead(self, alert: Alert) -> bool:
        for stage, check in TELLABLE:
            if stage in _NOT_ASKED_OF_LEADERS:
                continue
            if check(alert, self) is not None:
                return False
        return True


Check = Callable[[Alert, Scene], Hold | None]


def rank(severity: Severity) -> int:
    """Return a severity as a number: the more severe, the greater."""
    return _RANK[severity]


def maintenance(alert: Alert, scene: Scene) -> Hold | None:
    """Planned work: its devices are expected to fail."""
    window = scene.world.maintenance.get(alert.device_id)
    if window is None or window.until_at <= scene.now:
        return None
    return Hold(HoldReason.IN_MAINTENANCE, window.title, window.until_at)


def silence(alert: Alert, scene: Scene) -> Hold | None:
    """Somebody muted it, for a reason and until then."""
    muted = scene.world.silences.get(alert.device_id)
    if muted is None or muted.ended_at is not None:
        return None
    if not muted.starts_at <= scene.now < muted.ends_at:
        return None
    return Hold(HoldReason.SILENCED, f"{muted.author}: {muted.reason}", muted.ends_at)


def cause(alert: Alert, scene: Scene) -> Hold | None:
    """Told with its cause: the collector that is gone, the root that cuts it off, the place."""
    if alert.state is State.UNKNOWN and not alert.device_id.startswith(COLLECTOR):
        return _collector_gone(alert, scene)
    if alert.state is State.UNREACHABLE:
        return _cut_off(alert, scene)
    if on_battery(alert):
        place = scene.dark_place(scene.device(alert))
        return None if place is None else Hold(HoldReason.POWER, *place)
    incident = scene.incident(alert)
    if incident is None or incident.group is IncidentGroup.DEVICE or alert.state is not State.DOWN:
        return None
    leader = scene.leader(incident)
    if leader is None or leader == alert.device_id:
        return None
    return Hold(HoldReason.POWER, f"{incident.group.value} {incident.group_key}")


def on_battery(alert: Alert) -> bool:
    """Say whether a UPS carries on: beside a place whose power failed, that is no second news."""
    return alert.state is State.DEGRADED and alert.reason is Reason.ON_BATTERY


def _collector_gone(alert: Alert, scene: Scene) -> Hold | None:
    collector = scene.device(alert).collector
    if collector not in scene.world.gone:
        return None
    return Hold(HoldReason.COLLECTOR_GONE, collector)


def _cut_off(alert: Alert, scene: Scene) -> Hold | None:
    """Held while the root is out, and for ROOT_GRACE until the child itself answers again.

    A root of which nobody would ever be told (the policy or the routes leave it out) holds
    nothing: an outage of forty cameras must not be lost because of one line in a file.
    """
    if alert.root is None or alert.root == alert.device_id:
        return None
    root = scene.world.alerts.get(alert.root)
    name = alert.root
    if root is None:
        since_at = alert.state_at or alert.began_at
        until_at = max(since_at, alert.confirmed_at) + ROOT_GRACE
    elif root.ended_at is not None:
        until_at = (root.end_confirmed_at or root.ended_at) + ROOT_GRACE
    elif root.state not in _CUT:
        until_at = (root.state_at or root.began_at) + ROOT_GRACE
    else:
        return None if scene.mute(root) else Hold(HoldReason.PARENT_DOWN, name)
    if until_at <= scene.now:
        return None
    return Hold(HoldReason.PARENT_DOWN, name, until_at)


def flapping(alert: Alert, scene: Scene) -> Hold | None:
    """It changes its mind all the time: told once as unstable, and once when it is stable."""
    return Hold(HoldReason.FLAPPING) if scene.is_flapping(alert) else None


def acknowledged(alert: Alert, scene: Scene) -> Hold | None:
    """Somebody has it in hand, until it gets more severe than what was told, or opens again."""
    incident = scene.incident(alert)
    if incident is None or incident.acknowledged_at is None:
        return None
    if incident.reopened_at is not None and incident.reopened_at > incident.acknowledged_at:
        return None
    thread = scene.world.threads.get(f"incident:{incident.id}")
    told = None if thread is None else thread.told_severity
    if told is not None and rank(scene.wanted(alert).severity) > rank(told):
        return None
    return Hold(HoldReason.ACKNOWLEDGED, incident.acknowledged_by or "")


def policy(alert: Alert, scene: Scene) -> Hold | None:
    """Does anybody want to know, and has it lasted long enough for that?"""
    wanted = scene.wanted(alert)
    if not wanted.tell:
        return Hold(HoldReason.NOT_WANTED, wanted.policy)
    since_at = min(alert.state_at or alert.began_at, scene.now)  # later: the clock was set back
    due_at = since_at + timedelta(seconds=wanted.after_seconds)
    if scene.now < due_at and not scene.is_flapping(alert):
        return Hold(HoldReason.TOO_SHORT, wanted.policy, due_at)
    return None


def route(alert: Alert, scene: Scene) -> Hold | None:
    """Whom does it go to?"""
    return Hold(HoldReason.NO_ROUTE) if scene.taken(alert) is None else None


def group(alert: Alert, scene: Scene) -> Hold | None:
    """Told with others of its thread: after its settle time, in a storm, or in the morning."""
    thread = _thread(alert, scene)
    if thread is None:
        return Hold(HoldReason.SETTLING)
    if thread.storm is not None:
        return Hold(HoldReason.STORM, thread.storm)
    if thread.waiting and not thread.receivers:
        return Hold(HoldReason.QUIET_HOURS, ", ".join(thread.waiting))
    if thread.told_at is None and scene.now < thread.settled_at:
        return Hold(HoldReason.SETTLING, thread.key, thread.settled_at)
    return None


def repeat(alert: Alert, scene: Scene) -> Hold | None:
    """Not again what was said before, and what is new not too soon after what was said."""
    thread = _thread(alert, scene)
    if thread is None or thread.told_at is None:
        return None
    member = scene.world.members.get((thread.key, alert.device_id))
    pace = scene.rules.pace
    if member is not None and member.told_state is alert.state:
        again_at = thread.told_at + timedelta(seconds=pace.repeat_seconds)
        return Hold(
            HoldReason.ALREADY_TOLD, thread.key, again_at if pace.repeat_seconds > 0 else None
        )
    update_at = thread.told_at + timedelta(seconds=pace.update_seconds)
    return Hold(HoldReason.SETTLING, thread.key, update_at) if scene.now < update_at else None


def _thread(alert: Alert, scene: Scene) -> Thread | None:
    return scene.world.threads.get(thread_key(alert, scene))


TELLABLE: tuple[tuple[Stage, Check], ...] = (
    (Stage.MAINTENANCE, maintenance),
    (Stage.SILENCE, silence),
    (Stage.CAUSE, cause),
    (Stage.FLAPPING, flapping),
    (Stage.ACKNOWLEDGED, acknowledged),
    (Stage.POLICY, policy),
    (Stage.ROUTE, route),
)
STAGES: tuple[tuple[Stage, Check], ...] = (
    *TELLABLE,
    (Stage.GROUP, group),
    (Stage.REPEAT, repeat),
)


def thread_key(alert: Alert, scene: Scene) -> str:
    """Return what an alert is told with: its incident, device, root, collector.

    What is cut off goes with its root, wherever that is told: a flapping switch and what stands
    behind it are one thread.
    """
    if alert.device_id.startswith(COLLECTOR):
        return alert.device_id
    root = scene.world.alerts.get(alert.root) if alert.root is not None else None
    if alert.state is State.UNREACHABLE and root is not None and root is not alert:
        if scene.is_flapping(root):
            return f"flapping:{root.device_id}"
    elif scene.is_flapping(alert):
        return f"flapping:{alert.device_id}"
    incident_id = scene.incident_id(alert)
    if incident_id is not None:
        return f"incident:{incident_id}"
    if alert.state is State.UNKNOWN and scene.device(alert).collector in scene.world.gone:
        return COLLECTOR + scene.device(alert).collector
    return f"device:{alert.device_id}"


def run(alert: Alert, scene: Scene, stages: Iterable[tuple[Stage, Check]]) -> Decision:
    """Send an alert through stages: held at the first that holds it, else told."""
    alert_id = alert.id or 0
    if alert.ended_at is not None:
        return Decision(alert_id, scene.now, Stage.GROUP, HoldReason.STALE)
    for stage, check in stages:
        hold = check(alert, scene)
        if hold is not None:
            return Decision(alert_id, scene.now, stage, hold.reason, hold.detail, hold.until_at)
    taken = scene.taken(alert)
    return Decision(alert_id, scene.now, Stage.SEND, None, "" if taken is None else taken.route)


def decide(alert: Alert, world: World, rules: Rules, now: datetime) -> Decision:
    """Say how far an alert comes now, and why no further."""
    return run(alert, Scene(world, rules, now), STAGES)


def explain(
    alert: Alert, world: World, rules: Rules, now: datetime
) -> list[tuple[Stage, Hold | None]]:
    """Return what every stage says by itself, also those behind the one that holds it."""
    scene = Scene(world, rules, now)
    return [(stage, check(alert, scene)) for stage, check in STAGES]

"""From what is to be told to the facts of it: names, places, owners, counts, advice. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from collector.model import CauseClass, CauseRule, IncidentGroup, Reason, State
from collector.model.alerts import Alert, Purpose, Severity
from collector.notify.deciding.following import COLLECTOR
from collector.notify.deciding.words import Content
from collector.notify.deciding.world import DeviceFacts, IncidentFacts, World
from collector.notify.words.facts import NAMED, About, Counts, Facts, Named, SilenceFacts

_ABOUT = {
    IncidentGroup.DEVICE: About.DEVICE,
    IncidentGroup.SITE: About.SITE,
    IncidentGroup.FEEDER: About.FEEDER,
    IncidentGroup.AREA: About.AREA,
}
_BY_REASON = {
    Reason.CREDENTIAL_REFUSED: "credential",
    Reason.REFUSED: "service",
    Reason.BAD_ANSWER: "agent",
    Reason.AGENT_ERROR: "agent",
    Reason.SILENT: "silent",
    Reason.REPORTED_OFFLINE: "silent",
    Reason.ON_BATTERY: "on_battery",
    Reason.COLLECTOR_GONE: "collector",
    Reason.COLLECTOR_LAG: "collector",
    Reason.COLLECTOR_RIGHTS: "collector",
    Reason.COLLECTOR_ERROR: "collector",
}
_BY_RULE = {
    CauseRule.UPS_ON_BATTERY: "power_ups",
    CauseRule.MANY_ON_FEEDER: "power_feeder",
    CauseRule.MANY_AT_SITE: "site",
    CauseRule.MANY_IN_AREA: "area",
    CauseRule.NETWORK_SAID: "link",
}
_NOWHERE = frozenset({About.STORM, About.DIGEST, About.SILENCE})
_THRESHOLD_OF = frozenset({"recorder", "nas", "access_point"})
_DOWN_OF = frozenset(
    {"camera", "recorder", "access_point", "switch", "router", "server", "nas", "ups", "sensor"}
)


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Names:
    """What sites, areas and owners are called, by their ids; without a name, the id is said.

    Of the areas around a place, only those with a name are said.
    """

    sites: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where desk and wall are: what their pages are called from outside. Empty `url`: no links."""

    url: str = ""  # "https://pantau.example.go.id", without a slash at its end

    def incident(self, incident_id: int) -> str:
        """Return the page of an incident."""
        return f"{self.url}/meja/insiden/{incident_id}" if self.url else ""

    def device(self, device_id: str) -> str:
        """Return the page of a device."""
        return f"{self.url}/meja/perangkat/{quote(device_id, safe='')}" if self.url else ""

    def incidents(self) -> str:
        """Return the list of what is open."""
        return f"{self.url}/meja/insiden" if self.url else ""

    def map_of(self, site_id: str) -> str:
        """Return the wall's map with a site in its middle."""
        if not self.url or not site_id:
            return ""
        return f"{self.url}/dinding/peta?titik={quote(site_id, safe='')}"


def facts_of(
    content: Content, world: World, at: datetime, *, names: Names, desk: Desk, zone: str
) -> Facts:
    """Return the facts of a message. `zone`: IANA, where no site says another.

    Reads `world.devices`, `world.incidents` and `world.gone` only.
    """
    return _Gathering(content, world, at, names, desk, zone).facts()


def facts_of_test(
    receiver: str, at: datetime, severity: Severity, *, desk: Desk, zone: str
) -> Facts:
    """Return the facts of a message that tries whether words arrive."""
    return Facts(
        Purpose.TEST, severity, About.PANTAU, at, zone, receiver=receiver,
        desk_link=desk.incidents(),
    )  # fmt: skip


def facts_of_heartbeat(at: datetime, *, gone: Mapping[str, datetime], zone: str) -> Facts:
    """Return the facts of a sign of life. `gone`: collectors that give none, by last heartbeat."""
    return Facts(
        Purpose.HEARTBEAT,
        Severity.CRITICAL if gone else Severity.INFO,
        About.PANTAU,
        at,
        zone,
        collectors=tuple(sorted(gone))[:NAMED],
        began_at=min(gone.values(), default=None),
        advice="collector" if gone else "",
    )


def counts(kinds: Iterable[str]) -> Counts:
    """Return how many there are of each kind, the most first."""
    return tuple(sorted(Counter(kinds).items(), key=lambda one: (-one[1], one[0])))


def advice_for(
    about: About,
    kind: str,
    state: State | None,
    reason: Reason | None,
    cause: CauseClass | None,
    rule: CauseRule | None,
) -> str:
    """Return the catalogue's key of what to do; empty: nothing more than is said."""
    if about is About.COLLECTOR:
        return "collector"
    if about is About.STORM:
        return "storm"
    if rule in _BY_RULE and about is not About.DEVICE:
        return _BY_RULE[rule]
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    if cause is CauseClass.POWER:
        return _BY_RULE.get(rule, "power") if rule is not None else "power"
    if cause is CauseClass.LINK:
        return "link"
    if state is State.DEGRADED:
        return f"threshold_{kind}" if kind in _THRESHOLD_OF else "threshold"
    return f"down_{kind}" if kind in _DOWN_OF else "down"


@dataclass(slots=True)
class _Gathering:
    content: Content
    world: World
    at: datetime
    names: Names
    desk: Desk
    zone: str

    def facts(self) -> Facts:
        """Put it all together."""
        content = self.content
        told = self._told()
        over = content.purpose is Purpose.RECOVERED
        incident = self._incident()
        about = self._about(incident)
        subject = self._subject(about, incident, told)
        device = self._device(subject) if subject is not None else None
        first = self._device(told[0]) if told else None
        place = device or first
        root = content.root or (subject.root if subject is not None else None)
        sites = self._sites(told)
        cause = incident.cause if incident is not None else None
        rule = incident.rule if incident is not None else None
        acknowledged = incident is not None and not _is_taken_back(incident)
        return Facts(
            purpose=content.purpose,
            severity=content.severity,
            about=about,
            at=self.at,
            zone=(place.zone if place is not None else None) or self.zone,
            name=self._name(about, incident, device),
            kind=device.kind if device is not None else "",
            state=subject.state if subject is not None else _shared(one.state for one in told),
            reason=subject.reason if subject is not None else _shared(one.reason for one in told),
            detail=subject.detail if subject is not None else "",
            devices=tuple(self._named(one) for one in told[:NAMED]),
            firing=len(content.leading),
            kinds=counts(self._device(one).kind for one in told),
            carried=counts(self._device(one).kind for one in content.carried),
            ended=len(content.ended),
            site=self._site(place),
            sites=sites[:NAMED],
            all_sites=len(sites),
            areas=self._areas(about, incident, place),
            began_at=content.began_at or content.thread.opened_at,
            ended_at=content.ended_at or (self.at if over else None),
            first_told_at=content.thread.first_told_at,
            cause=cause,
            rule=rule,
            root=self._root(root, subject),
            owner=self._owner(place.owner if place else None),
            link_owner=self._owner(place.link_owner if place else None),
            power_owner=self._owner(place.power_owner if place else None),
            advice=self._advice(about, device, subject, incident),
            incident_id=incident.id if incident is not None else None,
            acknowledged_by=(incident.acknowledged_by or "") if incident and acknowledged else "",
            acknowledged_at=incident.acknowledged_at if incident and acknowledged else None,
            step=content.step,
            flapping=content.thread.key.startswith("flapping:"),
            causes=len(content.threads),
            silence=self._silence(),
            desk_link=self._desk_link(incident, subject),
            map_link=self.desk.map_of(place.site)
            if place is not None and about not in _NOWHERE
            else "",
        )

    def _told(self) -> tuple[Alert, ...]:
        """Return whom a message is about: what is new first, in a digest also what is over."""
        content = self.content
        if content.purpose is Purpose.DIGEST:
            return (*content.leading, *content.ended)
        if content.purpose is Purpose.UPDATE:
            return tuple(sorted(content.leading, key=lambda o: o.device_id not in content.new))
        return content.leading or content.ended

    def _incident(self) -> IncidentFacts | None:
        name, _, number = self.content.thread.key.partition(":")
        if name != "incident" or not number.isdecimal():
            return None
        return self.world.incidents.get(int(number))

    def _about(self, incident: IncidentFacts | None) -> About:
        content = self.content
        if content.purpose is Purpose.SILENCE_ENDS:
            return About.SILENCE
        if content.purpose is Purpose.DIGEST:
            return About.DIGEST
        prefix = content.thread.key.partition(":")[0]
        if content.purpose is Purpose.STORM or prefix == "storm":
            return About.STORM
        if prefix == "collector":
            return About.COLLECTOR
        return About.DEVICE if incident is None else _ABOUT[incident.group]

    def _subject(
        self, about: About, incident: IncidentFacts | None, told: tuple[Alert, ...]
    ) -> Alert | None:
        """Return the alert that a message is about, where it is about one device."""
        if about not in {About.DEVICE, About.COLLECTOR} or not told:
            return None
        key = self.content.thread.key
        wanted = {key, key.partition(":")[2]} if incident is None else {incident.group_key}
        everything = (*told, *self.content.ended, *self.content.carried)
        return next((one for one in everything if one.device_id in wanted), told[0])

    def _device(self, alert: Alert) -> DeviceFacts:
        return self._of(alert.device_id)

    def _of(self, device_id: str) -> DeviceFacts:
        known = self.world.devices.get(device_id)
        if known is not None:
            return known
        kind = "collector" if device_id.startswith(COLLECTOR) else "device"
        return DeviceFacts(device_id, device_id.removeprefix(COLLECTOR), kind, site="")

    def _named(self, alert: Alert) -> Named:
        device = self._device(alert)
        return Named(
            id=device.id,
            name=device.name or device.id,
            kind=device.kind,
            state=alert.state,
            reason=alert.reason,
            since_at=alert.began_at,
            detail=alert.detail,
            site=self._site(device),
            is_new=device.id in self.content.new,
            ended_at=alert.ended_at,
        )

    def _name(
        self, about: About, incident: IncidentFacts | None, device: DeviceFacts | None
    ) -> str:
        if about is About.SITE and incident is not None:
            return self.names.sites.get(incident.group_key, incident.group_key)
        if about is About.AREA and incident is not None:
            return self.names.areas.get(incident.group_key, incident.group_key)
        if about is About.FEEDER and incident is not None:
            return incident.group_key
        return (device.name or device.id) if device is not None else ""

    def _sites(self, told: tuple[Alert, ...]) -> tuple[str, ...]:
        """Return the names of all sites that are struck, those with the most devices first."""
        everything = (*told, *self.content.carried)
        return tuple(name for name, _ in counts(self._site(self._device(o)) for o in everything)
                     if name)  # fmt: skip

    def _site(self, device: DeviceFacts | None) -> str:
        return self.names.sites.get(device.site, device.site) if device is not None else ""

    def _areas(
        self, about: About, incident: IncidentFacts | None, place: DeviceFacts | None
    ) -> tuple[str, ...]:
        """Return the areas around it, narrowest first; of an area those around it only.

        An area without a name is left out: its code tells nobody where to go.
        """
        if place is None or about in _NOWHERE:
            return ()
        codes = place.areas
        if about is About.AREA and incident is not None and incident.group_key in codes:
            codes = codes[codes.index(incident.group_key) + 1 :]
        return tuple(name for code in codes if (name := self.names.areas.get(code)))

    def _root(self, root: str | None, subject: Alert | None) -> str:
        if root is None or (subject is not None and subject.device_id == root):
            return ""
        return self._of(root).name or root

    def _owner(self, owner: str | None) -> str:
        return "" if owner is None else self.names.owners.get(owner, owner)

    def _advice(
        self,
        about: About,
        device: DeviceFacts | None,
        subject: Alert | None,
        incident: IncidentFacts | None,
    ) -> str:
        if self.content.purpose is Purpose.RECOVERED or about in {About.DIGEST, About.SILENCE}:
            return ""
        if self.content.purpose is Purpose.FLAPPING:
            return "flapping"
        return advice_for(
            about,
            device.kind if device is not None else "",
            subject.state if subject is not None else None,
            subject.reason if subject is not None else None,
            incident.cause if incident is not None else None,
            incident.rule if incident is not None else None,
        )

    def _silence(self) -> SilenceFacts | None:
        silence = self.content.silence
        if silence is None:
            return None
        scope, names = silence.scope, self.names
        about = [
            *(self._of(one).name or one for one in scope.devices),
            *(names.sites.get(one, one) for one in scope.sites),
            *(names.areas.get(one, one) for one in scope.areas),
            *(f"#{one}" for one in scope.tags),
            *(names.owners.get(one, one) for one in silence.owners),
        ]
        return SilenceFacts(
            ", ".join(about) or "*", silence.reason, silence.author, silence.ends_at
        )

    def _desk_link(self, incident: IncidentFacts | None, subject: Alert | None) -> str:
        if incident is not None:
            return self.desk.incident(incident.id)
        if subject is not None and not subject.device_id.startswith(COLLECTOR):
            return self.desk.device(subject.device_id)
        return self.desk.incidents()


def _is_taken_back(incident: IncidentFacts) -> bool:
    """Say whether nobody has it in hand: nobody took it, or it was opened again afterwards."""
    if incident.acknowledged_at is None:
        return True
    return incident.reopened_at is not None and incident.reopened_at > incident.acknowledged_at


def _shared(values: Iterable[_T]) -> _T | None:
    """Return what they all say; None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None

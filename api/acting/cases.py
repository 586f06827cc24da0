"""What a link is about, as it stands now. Blocks: reads the store."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from api.deps import Parts
from collector.model import Scope, State
from collector.model.alerts import Notification, Purpose, Silence, Thread
from collector.notify.acting import SILENCES
from collector.notify.deciding.words import named_thread
from collector.notify.words.facts import Facts
from collector.notify.words.links import Action, Permission
from collector.silences import is_on
from collector.silences import silences as covers
from collector.store import IncidentRow, LinkUse, NotificationFilter

_INCIDENT = "incident:"
_READ_BACK = 20  # messages of a thread to one receiver, to find one that says what is wrong
_MOST_DEVICES = 1_000  # that a silence may name
_SAYS_WHAT = frozenset(
    {Purpose.FIRING, Purpose.UPDATE, Purpose.REPEAT, Purpose.ESCALATION, Purpose.FLAPPING}
)


class Standing(StrEnum):
    """Whether a link can still do what it says."""

    OPEN = "open"
    USED = "used"
    TAKEN = "taken"  # somebody has the incident
    RECOVERED = "recovered"
    REPLACED = "replaced"  # it is told in another thread by now


class UnknownThreadError(LookupError):
    """A genuine link to what this store does not know."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an incident in hand, since when."""

    name: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What a link is about, now."""

    permission: Permission
    standing: Standing
    now: datetime
    zone: str
    subject: str  # "incident:12", "device:cam-1"
    facts: Facts | None  # of the last message that said what is wrong; None: cannot be read
    began_at: datetime
    recovered_at: datetime | None
    blind: bool  # nobody looks: what stands below is from before
    incident: int | None
    merged: int | None  # the incident of the message, which is part of `incident` by now
    down: int
    unreachable: int
    state: State | None  # of the device, where it is about one without an incident
    holder: Holder | None
    used: LinkUse | None
    devices: tuple[str, ...]  # that a silence would name
    silence: Silence | None  # that is on already

    @property
    def action(self) -> Action:
        """What the link does."""
        return self.permission.action

    @property
    def lasts(self) -> timedelta | None:
        """How long it silences; None: it takes the incident."""
        return SILENCES.get(self.action)


def look(parts: Parts, permission: Permission, now: datetime) -> Case:
    """Return what a link is about. Raises UnknownThreadError, StoreError."""
    name = named_thread(permission.thread_key)
    found = None if name is None else parts.store.alerts.thread_named(*name, _MOST_DEVICES)
    if found is None or not _fits(permission, found[0]):
        raise UnknownThreadError(permission.thread_key)
    thread, devices = found
    row, holder = _incident(parts, thread)
    facts = _facts(parts, thread, permission, now)
    case = Case(
        permission=permission,
        standing=Standing.OPEN,
        now=now,
        zone=parts.settings.zone if facts is None else facts.zone,
        subject=thread.key,
        facts=facts,
        began_at=thread.opened_at if facts is None else facts.began_at or thread.opened_at,
        recovered_at=thread.over_at,
        blind=parts.sight().blind,
        incident=None,
        merged=None,
        down=0,
        unreachable=0,
        state=None,
        holder=holder,
        used=parts.store.alerts.link_used(permission.nonce),
        devices=devices,
        silence=_silence_on(parts, devices, now),
    )
    if row is not None:
        own = int(thread.key.removeprefix(_INCIDENT))
        case = replace(
            case,
            incident=row.incident.id,
            merged=own if own != row.incident.id else None,
            began_at=row.incident.started_at,
            recovered_at=row.incident.recovered_at or row.incident.resolved_at,
            down=row.down,
            unreachable=row.unreachable,
        )
    elif devices:
        device = parts.store.device(devices[0])
        case = replace(case, state=None if device is None else device.state.state)
    return replace(case, standing=_standing(case, thread))


def _fits(permission: Permission, thread: Thread) -> bool:
    return permission.action is not Action.ACKNOWLEDGE or thread.key.startswith(_INCIDENT)


def _standing(case: Case, thread: Thread) -> Standing:
    if case.used is not None:
        return Standing.USED
    if case.recovered_at is not None:
        return Standing.RECOVERED
    if case.action is Action.ACKNOWLEDGE:
        return Standing.OPEN if case.holder is None else Standing.TAKEN
    if thread.closed_at is not None or not case.devices:
        return Standing.REPLACED
    return Standing.OPEN


def _incident(parts: Parts, thread: Thread) -> tuple[IncidentRow | None, Holder | None]:
    """Return the incident of a thread, or the one it became part of, and who has it in force."""
    number = thread.key.removeprefix(_INCIDENT)
    if number == thread.key or not number.isdecimal():
        return None, None
    staying = parts.store.alerts.staying([int(number)]).get(int(number))
    if staying is None or staying.id is None:
        raise UnknownThreadError(thread.key)
    (news,) = parts.store.alerts.incidents([staying.id])
    one = news.row.incident
    if one.acknowledged_at is None or one.acknowledged_by is None:
        return news.row, None
    if news.reopened_at is not None and news.reopened_at > one.acknowledged_at:
        return news.row, None  # it came back since
    return news.row, Holder(one.acknowledged_by, one.acknowledged_at)


def _facts(parts: Parts, thread: Thread, permission: Permission, now: datetime) -> Facts | None:
    """Return what the receiver was told last of what is wrong, said as of now."""
    wanted = NotificationFilter(thread=thread.id, receiver=permission.receiver)
    page = parts.store.outbox.page(wanted, limit=_READ_BACK)
    for one in page.items:
        if one.purpose in _SAYS_WHAT and (facts := _read(one)) is not None:
            flaps = facts.purpose is Purpose.FLAPPING
            return replace(facts, purpose=facts.purpose if flaps else Purpose.FIRING, at=now)
    return None


def _read(one: Notification) -> Facts | None:
    try:
        return Facts.from_json(one.facts)
    except ValueError:
        return None


def _silence_on(parts: Parts, devices: tuple[str, ...], now: datetime) -> Silence | None:
    """Return the last silence to end of those that cover what leads."""
    row = parts.store.device(devices[0]) if devices else None
    if row is None:
        return None
    on = [one for one in parts.store.silences.current(now) if is_on(one, now) and covers(one, row)]
    return max(on, key=lambda one: one.ends_at, default=None)


def silence_of(case: Case, reason: str) -> Silence:
    """Return the silence that a link makes: what its thread is about, from now on."""
    if case.lasts is None:
        raise ValueError("this link does not silence")
    return Silence(
        scope=Scope(devices=case.devices),
        reason=reason,
        author=case.permission.receiver,
        created_at=case.now,
        starts_at=case.now,
        ends_at=case.now + case.lasts,
    )

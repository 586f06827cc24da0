"""What may stand in alerts.yaml: who is told what, by which way, and when."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from collector.config.alerts.channels import AnyChannel, LevelName, Network, Url
from collector.config.contracts import Hours
from collector.config.problems import did_you_mean
from collector.config.settings import Zone
from collector.config.shape import (
    Duration,
    Id,
    Kind,
    Shape,
    Text,
    WholeNumber,
    Words,
    check_id,
    refuse,
    shown_value,
)
from collector.model import Reason

_MOST_HOURS = 50
_MOST_NAMES = 500  # of one list
_MOST_ROUTES = 1_000
_DAY_SECONDS = 86_400.0
_WEEK_SECONDS = 7 * _DAY_SECONDS
COLLECTOR_KIND = "collector"
_KINDS = (*get_args(Kind), COLLECTOR_KIND)
_REASONS = tuple(reason.value for reason in Reason if reason is not Reason.OK)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2})[:.](\d{2}))?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)

StateName: TypeAlias = Literal["down", "degraded", "unreachable", "unknown"]


# --- values -----------------------------------------------------------------------------------


def _check_code(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", value):
        remedy = 'write its Kemendagri code: "73.71", "73.71.02"'
        raise refuse(f"{shown_value(value)} is no area", remedy)
    return value


def _one_of(known: tuple[str, ...], what: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and value not in known:
            raise refuse(f"{shown_value(value)} is no {what}", did_you_mean(value, known))
        return value

    return BeforeValidator(check)


def _read_date(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise refuse(f"{shown_value(value)} is no date", "write 2026-12-24") from None


def _read_time(value: object) -> time:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    try:
        if found is not None:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise refuse(f"{shown_value(value)} is no time of day", 'write "08:00"')


def _read_wall(value: object, *, is_end: bool) -> datetime:
    """Read a moment on the clocks of the schedule: naive. A date as an end is its whole day."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    try:
        if found is not None:
            day = datetime.fromisoformat(found[1])
            if found[2] is None:
                return day + timedelta(days=1) if is_end else day
            return day.replace(hour=int(found[2]), minute=int(found[3]))
    except (ValueError, OverflowError):
        pass
    raise refuse(f"{shown_value(value)} is no date", 'write 2026-12-24, or "2026-12-24 19:00"')


def _read_from(value: object) -> datetime:
    return _read_wall(value, is_end=False)


def _read_until(value: object) -> datetime:
    return _read_wall(value, is_end=True)


def _read_turns(value: object) -> tuple[tuple[str, ...], ...]:
    """Read who takes turns: names, or lists of names that work together."""
    if isinstance(value, str):
        value = [word.strip() for word in value.split(",")]
    if not isinstance(value, list):
        raise refuse(f"{shown_value(value)} cannot be used here", "write a list: [budi, sari]")
    turns = []
    for one in value:
        names = one if isinstance(one, list) else [one]
        for name in names:
            if not isinstance(name, str):
                raise refuse(f"{shown_value(name)} is no name", "put it in quotes")
            check_id(name)
        if not names:
            raise refuse("a turn without people is in the list", "remove it, or name somebody")
        turns.append(tuple(names))
    if not 1 <= len(turns) <= _MOST_NAMES:
        raise (
            refuse("nobody is in the list", "name at least one")
            if not turns
            else refuse("too many are in the list", f"name at most {_MOST_NAMES}")
        )
    return tuple(turns)


Code: TypeAlias = Annotated[str, BeforeValidator(_check_code)]
DeviceKind: TypeAlias = Annotated[str, _one_of(_KINDS, "kind")]
ReasonName: TypeAlias = Annotated[str, _one_of(_REASONS, "reason")]
Turns: TypeAlias = Annotated[tuple[tuple[str, ...], ...], PlainValidator(_read_turns)]
Day: TypeAlias = Annotated[date, PlainValidator(_read_date)]
TimeOfDay: TypeAlias = Annotated[time, PlainValidator(_read_time)]
FromMoment: TypeAlias = Annotated[datetime, PlainValidator(_read_from)]
UntilMoment: TypeAlias = Annotated[datetime, PlainValidator(_read_until)]
_Names: TypeAlias = Annotated[Words[Id], Field(min_length=1, max_length=_MOST_NAMES)]
_ManyIds: TypeAlias = Annotated[Words[Id], Field(max_length=_MOST_NAMES)]


# --- pace -------------------------------------------------------------------------------------


class StormShape(Shape):
    """When many at once are told as one."""

    more_than: Annotated[WholeNumber, Field(ge=2, le=10_000)] = Field(
        20, description="Causes within that time; with more, it is a storm."
    )
    within_seconds: Annotated[Duration, Field(ge=10, le=3_600)] = Field(
        120.0, alias="within", description="The time in which they are counted."
    )


class HeartbeatShape(Shape):
    """The dead man's switch: a sign of life to a watcher elsewhere."""

    every_seconds: Annotated[Duration, Field(ge=10, le=_DAY_SECONDS)] = Field(
        300.0, alias="every", description="How often it goes."
    )
    channel: Id = Field(description="Channel that it goes through.")


# --- people -----------------------------------------------------------------------------------


class ReceiverShape(Shape):
    """A person or a group that can be written to."""

    channels: _Names = Field(
        description="Its channels in order: the first is used, the next when that one fails."
    )
    language: Literal["id", "en"] | None = Field(
        None, description="Language of its messages; none: that of the file."
    )
    give_up_seconds: Annotated[Duration, Field(ge=10, le=_WEEK_SECONDS)] = Field(
        3_600.0, alias="give_up", description="How long a channel is tried before the next one."
    )
    give_up_critical_seconds: Annotated[Duration, Field(ge=10, le=_WEEK_SECONDS)] = Field(
        600.0, alias="give_up_critical", description="The same for what is critical."
    )
    may_act: bool = Field(
        True, description="Its messages have links to take an incident, or to silence it."
    )
    quiet_hours: Annotated[Words[Hours], Field(max_length=_MOST_HOURS)] = Field(
        (), description="Hours in which what can wait is held for a digest at their end."
    )
    quiet_for: Annotated[Words[LevelName], Field(min_length=1, max_length=3)] = Field(
        ("warning", "info"), description="Severities that can wait."
    )
    zone: Zone | None = Field(None, description="Time zone of these hours; none: the file's.")


class ShiftShape(Shape):
    """Who is on duty in which hours; or who takes turns in them."""

    name: Text | None = Field(None, description="Name for people; none: its number.")
    hours: Annotated[Words[Hours], Field(max_length=_MOST_HOURS)] = Field(
        (), description="Hours of the week; none: day and night."
    )
    people: Turns = Field(
        description="Receivers. With `rotate` they take turns; a list in the list works together."
    )
    rotate: Literal["day", "week"] | None = Field(
        None, description="`day` or `week`: how often the turn changes; none: all at once."
    )
    since: Day | None = Field(None, description="With `rotate`: day on which the first begins.")
    handover: TimeOfDay | None = Field(
        None, description="With `rotate`, without `hours`: when the turn changes; none: midnight."
    )

    @model_validator(mode="after")
    def _check_turns(self) -> Self:
        if self.rotate is None and (self.since is not None or self.handover is not None):
            raise refuse("since and handover go with rotate", "add rotate: week, or remove them")
        if self.rotate is not None and self.since is None:
            raise refuse("nobody knows with whom it begins", "add since: the day of the first turn")
        if self.handover is not None and self.hours:
            raise refuse("handover goes without hours", "let the hours begin at the handover")
        return self


class OverrideShape(Shape):
    """Days on which others are on duty: holidays, leave, a swap."""

    from_: FromMoment = Field(alias="from", description="First day, or day and time.")
    until: UntilMoment = Field(description="Last day, or day and time of the end.")
    people: _Names = Field(description="Receivers who are on duty.")
    instead_of: Id | None = Field(
        None, description="Whom they stand in for; none: for whoever it would be."
    )
    reason: Text | None = Field(None, description="Why, for people.")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.from_ >= self.until:
            raise refuse("it ends before it begins", "mend from or until")
        return self


class ScheduleShape(Shape):
    """A duty roster (piket): whoever is on duty stands behind its name."""

    zone: Zone | None = Field(None, description="Time zone of its hours; none: the file's.")
    shifts: Annotated[tuple[ShiftShape, ...], Field(min_length=1, max_length=100)] = Field(
        description="Who is on duty when. Where two shifts meet, both are."
    )
    overrides: Annotated[tuple[OverrideShape, ...], Field(max_length=1_000)] = Field(
        (), description="Days on which others are; of two that meet, the later one holds."
    )
    otherwise: _ManyIds = Field(
        (), description="Receivers for hours of nobody; none: everybody of the schedule."
    )


# --- what goes to whom ------------------------------------------------------------------------


class MatchShape(Shape):
    """Which alerts. Of each key one value must fit, and all keys that are there."""

    area: Annotated[Words[Code], Field(max_length=_MOST_NAMES)] = Field(
        (), description="Codes of areas, in quotes; what lies within is meant as well."
    )
    site: _ManyIds = Field((), description="Ids of sites.")
    kind: Annotated[Words[DeviceKind], Field(max_length=20)] = Field(
        (), description="Kinds of devices; `collector` is a part of Pantau that is gone."
    )
    device: _ManyIds = Field((), description="Ids of devices.")
    tag: Annotated[Words[Text], Field(max_length=_MOST_NAMES)] = Field(
        (), description="Tags of devices."
    )
    owner: _ManyIds = Field((), description="Owners of the device.")
    link_owner: _ManyIds = Field((), description="Owners of its network link.")
    power_owner: _ManyIds = Field((), description="Owners of its power.")
    state: Annotated[Words[StateName], Field(max_length=4)] = Field(
        (), description="`down` (also cut off), `degraded`, `unreachable`, `unknown`."
    )
    reason: Annotated[Words[ReasonName], Field(max_length=30)] = Field(
        (), description="Reasons of the state, as the API tells them: `threshold`, `silent`."
    )


class RouteMatchShape(MatchShape):
    """Which alerts a route takes, and when."""

    severity: Annotated[Words[LevelName], Field(max_length=3)] = Field(
        (), description="`critical`, `warning`, `info`: what the policies made of it."
    )
    hours: Annotated[Words[Hours], Field(max_length=_MOST_HOURS)] = Field(
        (), description="Hours of the week, in the file's zone."
    )


class StepShape(Shape):
    """A step of an escalation: who is told when nobody has taken it by then."""

    after_seconds: Annotated[Duration, Field(ge=60, le=_WEEK_SECONDS)] = Field(
        alias="after", description="How long after the first message; `1m` at least."
    )
    to: _Names = Field(description="Receivers or schedules.")


class RouteShape(Shape):
    """Whom alerts go to. The first route that fits takes them."""

    name: Text | None = Field(None, description="Name for people; none: its number.")
    match: RouteMatchShape = Field(RouteMatchShape(), description="Which alerts; none: all.")
    to: _Names = Field(description="Receivers or schedules.")
    escalate: Annotated[tuple[StepShape, ...], Field(max_length=20)] = Field(
        (), description="Who is told when nobody has acknowledged it by then."
    )
    goes_on: bool = Field(
        False, alias="continue", description="The routes behind it count as well."
    )


class PolicyShape(Shape):
    """How severe alerts are. Of each key the first policy that fits and has it counts."""

    name: Text | None = Field(None, description="Name for people; none: its number.")
    match: MatchShape = Field(MatchShape(), description="Which alerts; none: all.")
    severity: LevelName | None = Field(None, description="`critical`, `warning` or `info`.")
    after_seconds: Annotated[Duration, Field(ge=0, le=_WEEK_SECONDS)] | None = Field(
        None, alias="after", description="How long it must have lasted before anybody is told."
    )
    tell: bool | None = Field(None, description="`false`: nobody is told; it is only recorded.")

    @model_validator(mode="after")
    def _check_that_something_is_said(self) -> Self:
        if self.severity is None and self.after_seconds is None and self.tell is None:
            raise refuse("the policy says nothing", "add severity, after or tell")
        return self


class AlertsFile(Shape):
    """Everything that may stand in alerts.yaml."""

    language: Literal["id", "en"] | None = Field(
        None, description="Language of messages; none: that of pantau.yaml."
    )
    zone: Zone | None = Field(
        None, description="Time zone of hours that name none; none: that of pantau.yaml."
    )
    desk_url: Url | None = Field(
        None, description="Address of Pantau as people reach it; none: messages have no links."
    )
    settle_seconds: Annotated[Duration, Field(ge=0, le=3_600)] = Field(
        30.0, alias="settle", description="How long more of the same cause is waited for."
    )
    settle_critical_seconds: Annotated[Duration, Field(ge=0, le=3_600)] = Field(
        10.0, alias="settle_critical", description="The same for what is critical."
    )
    update_seconds: Annotated[Duration, Field(ge=30, le=_DAY_SECONDS)] = Field(
        300.0, alias="update", description="Time between two messages about one cause, at least."
    )
    repeat_seconds: Annotated[Duration, Field(ge=0, le=_WEEK_SECONDS)] = Field(
        14_400.0,
        alias="repeat",
        description="When it is said again that it is still so; `0s`: never.",
    )
    keep_trying_seconds: Annotated[Duration, Field(ge=60, le=_WEEK_SECONDS)] = Field(
        86_400.0,
        alias="keep_trying",
        description="How long a receiver's last channel is tried, before a message is given up.",
    )
    storm: StormShape = Field(StormShape(), description="When many at once are told as one.")
    heartbeat: HeartbeatShape | None = Field(
        None,
        description="Sign of life to a watcher elsewhere; none: nobody sees Pantau fall silent.",
    )
    allow_networks: Annotated[Words[Network], Field(max_length=100)] = Field(
        (), description="Networks inside that messages may go to: in-house gateways."
    )
    allow_private: bool = Field(
        False, description="Messages may go to all private addresses and to this machine."
    )
    ca_file: Text | None = Field(
        None, description="An in-house authority (PEM), beside this machine's own."
    )
    channels: dict[Id, AnyChannel] = Field(description="Ways to people, by name.")
    receivers: dict[Id, ReceiverShape] = Field(description="People and groups, by name.")
    schedules: dict[Id, ScheduleShape] = Field({}, description="Duty rosters, by name.")
    routes: Annotated[tuple[RouteShape, ...], Field(max_length=_MOST_ROUTES)] = Field(
        (), description="What goes to whom; none: everything to the one receiver there is."
    )
    policies: Annotated[tuple[PolicyShape, ...], Field(max_length=_MOST_ROUTES)] = Field(
        (), description="How severe what is; what they leave open is as usual."
    )

    @model_validator(mode="after")
    def _check_that_somebody_is_there(self) -> Self:
        for key, what in (("channels", "channel"), ("receivers", "receiver")):
            if not getattr(self, key):
                raise refuse(f"there is no {what}", f"add one below {key}")
        return self

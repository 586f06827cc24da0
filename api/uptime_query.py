"""What is asked of the uptime table: from words to a question, or a refusal that says what to do.

The same for `GET /uptime` and `pantau uptime`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from api.settings import ApiSettings
from collector.contract import PLAIN, Rules
from collector.model import CauseClass
from collector.uptime import GroupBy, Window

LONGEST = timedelta(days=400)
MAINTENANCE, NOTHING = "maintenance", "none"
FILTERS = ("kind", "site", "area", "owner", "device")

_DAY = timedelta(days=1)


class QueryError(ValueError):
    """A word of the question that cannot be used. `name` is the parameter's."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(f"{name}: {message}")


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question as they were given; None or empty: not given."""

    from_: str | None = None
    to: str | None = None
    month: str | None = None
    group_by: GroupBy = GroupBy.DEVICE
    exclude: str | None = None
    contract: str | None = None
    degraded_is_up: bool = True
    filters: Mapping[str, str] = field(default_factory=dict)  # by the names in FILTERS


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be reckoned. The window may reach into the future; the table does not."""

    window: Window
    group_by: GroupBy
    plain: Rules
    contract: Rules
    degraded_is_up: bool
    filters: Mapping[str, str]


def read_question(asked: Asked, settings: ApiSettings, now: datetime) -> Question:
    """Return what is asked. Raises QueryError."""
    return Question(
        window=_window(asked, settings, now),
        group_by=asked.group_by,
        plain=_plain(asked.exclude),
        contract=_contract(asked.contract, settings),
        degraded_is_up=asked.degraded_is_up,
        filters={name: value for name, value in asked.filters.items() if value},
    )


def _window(asked: Asked, settings: ApiSettings, now: datetime) -> Window:
    zone = ZoneInfo(settings.zone)
    if asked.month is not None:
        if asked.from_ is not None or asked.to is not None:
            raise QueryError("month", "give either a month, or `from` and `to`")
        window = _month(asked.month)
    else:
        end = now if asked.to is None else _edge("to", asked.to)
        if asked.from_ is None:
            start = (now if _rough(end, zone) > now else end) - _DAY
        else:
            start = _edge("from", asked.from_)
        try:
            window = Window(start, end)
        except ValueError:
            raise QueryError("from", "must be before `to`; mend one of them") from None
    name = "from" if asked.month is None else "month"
    start_at, end_at = (_rough(edge, zone) for edge in (window.start, window.end))
    if start_at >= min(end_at, now):
        raise QueryError(name, "has not begun yet, or is not before `to`; ask for what is past")
    if end_at - start_at > LONGEST + _DAY / 2:  # clocks that change make some days longer
        raise QueryError(name, f"a window has at most {LONGEST.days} days; ask for less at once")
    return window


def _month(text: str) -> Window:
    read = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    try:
        return Window.month(int(read[1]), int(read[2])) if read else _refuse_month()
    except ValueError:
        return _refuse_month()


def _refuse_month() -> Window:
    raise QueryError("month", "write a month such as 2026-10")


def _edge(name: str, text: str) -> datetime | date:
    """Return a moment, or a date: midnight in each site's own zone."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return _reachable(date.fromisoformat(text))
        moment = datetime.fromisoformat(text[:11] + text[11:].replace(" ", "+"))
        if moment.tzinfo is not None:
            return _reachable(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    message = "write a moment with its zone, such as 2026-11-22T01:15:31Z, or a date: 2026-11-22"
    raise QueryError(name, message)


def _reachable(edge: date) -> date:
    """Raise ValueError for what the calendar does not reach."""
    Window(edge, edge + _DAY)
    return edge


def _rough(edge: datetime | date, zone: ZoneInfo) -> datetime:
    """Return a moment; of a date, its beginning in the configured zone."""
    if isinstance(edge, datetime):
        return edge
    return datetime(edge.year, edge.month, edge.day, tzinfo=zone).astimezone(UTC)


def _plain(exclude: str | None) -> Rules:
    words = [MAINTENANCE] if exclude is None else [word.strip() for word in exclude.split(",")]
    known = {MAINTENANCE, NOTHING, *(cause.value for cause in CauseClass)}
    if not known.issuperset(words) or (NOTHING in words and len(words) > 1):
        can = ", ".join((MAINTENANCE, *(cause.value for cause in CauseClass)))
        raise QueryError("exclude", f"write a list of {can}, or `{NOTHING}` alone")
    causes = {word for word in words if word not in (MAINTENANCE, NOTHING)}
    return Rules(
        exclude_maintenance=MAINTENANCE in words,
        causes_not_counted=frozenset(CauseClass(word) for word in causes),
    )


def _contract(name: str | None, settings: ApiSettings) -> Rules:
    wanted = name or settings.contract or PLAIN
    if wanted == PLAIN:
        return Rules()
    found = settings.contracts.get(wanted)
    if found is None:
        raise QueryError("contract", f"there is none of this name; known: {_listed(settings)}")
    return found


def _listed(settings: ApiSettings) -> str:
    names: Collection[str] = sorted(settings.contracts)
    return ", ".join((PLAIN, *names))

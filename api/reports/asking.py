"""What is asked for: from words to a question, or a refusal that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from api.settings import ApiSettings
from api.uptime_query import Asked, QueryError, Question, read_question
from collector.uptime import GroupBy

FILTERS = ("kind", "site", "area", "owner")
FORMS = ("pdf", "xlsx", "csv", "csv-id", "json")
LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """The words of a request; None or empty: not given. Without a period: the month before."""

    month: str | None = None
    from_: str | None = None
    to: str | None = None
    contract: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)  # by the names in FILTERS


def read_asked(asked: ReportAsked, settings: ApiSettings, now: datetime) -> Question:
    """Return what is to be reckoned, by device. Raises QueryError."""
    month = asked.month
    if month is None and asked.from_ is None and asked.to is None:
        month = month_before(now, settings.zone)
    elif month is None and asked.from_ is None:
        raise QueryError("from", "is missing: a report has a beginning, such as 2026-10-01")
    return read_question(
        Asked(
            from_=asked.from_,
            to=asked.to,
            month=month,
            group_by=GroupBy.DEVICE,
            contract=asked.contract,
            filters=asked.filters,
        ),
        settings,
        now,
    )


def month_before(now: datetime, zone: str) -> str:
    """Return the last month that is over in a zone, such as 2026-10."""
    first = now.astimezone(ZoneInfo(zone)).date().replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def month_of(question: Question) -> str | None:
    """Return the month that a question asks for, None: another period."""
    start, end = question.window.start, question.window.end
    if isinstance(start, datetime) or isinstance(end, datetime) or start.day != 1:
        return None
    return f"{start:%Y-%m}" if end == following(start) else None


def following(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def period_name(month: str | None, from_asked: str, to_asked: str) -> str:
    """Return a period as it stands in the names of files."""
    if month is not None:
        return month
    return f"{from_asked[:10]}_{to_asked[:10]}"

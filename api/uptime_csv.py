"""The uptime table as CSV: for programs (comma, decimal point) and for Excel in Indonesian.

Every row says by itself what it rests on: window, zones, rules. Numbers are cut, never rounded up:
percentages after three decimals, times after whole seconds. Excel in Indonesian takes `;` between
cells, a decimal comma, and UTF-8 only with a byte order mark.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from api.settings import ApiSettings
from api.uptime_table import Table, end_of
from api.uptime_words import HEADERS, OF_CONTRACT, WORDS
from collector.contract import PLAIN, Rules
from collector.model import CauseClass
from collector.uptime import ExclusionReason, Figures, Tally

_SECOND = 1_000_000
_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - wide ones begin a formula in Excel, too

Cell = str | int | float | None
_Take = Callable[[Figures, Tally], Cell]
_Words = Mapping[str, str]


class CsvForm(StrEnum):
    """For whom a file is."""

    CSV = "csv"
    CSV_ID = "csv-id"


@dataclass(frozen=True, slots=True)
class _Form:
    delimiter: str
    decimal: str
    encoding: str
    language: str


_FORMS = {
    CsvForm.CSV: _Form(",", ".", "utf-8", "en"),
    CsvForm.CSV_ID: _Form(";", ",", "utf-8-sig", "id"),
}


def _seconds(part: Callable[[Tally], int]) -> _Take:
    return lambda _, tally: part(tally) // _SECOND


def _each(part: Callable[[Tally], int]) -> _Take:
    """Return what falls to each outage, None without one."""
    return lambda _, tally: part(tally) // tally.outages // _SECOND if tally.outages else None


def _excluded(reason: ExclusionReason) -> _Take:
    return lambda _, tally: tally.excluded_by_reason[reason] // _SECOND


def _lost(cause: CauseClass) -> _Take:
    return lambda _, tally: (
        sum(lost for (of, _), lost in tally.lost.items() if of is cause) // _SECOND
    )


# In this order, once by the plain rules and once by the contract's.
_FIGURES: dict[str, _Take] = {
    "uptime": lambda figures, _: figures.uptime_percent,
    "low": lambda figures, _: _bound(figures, 0),
    "high": lambda figures, _: _bound(figures, 1),
    "coverage": lambda figures, _: figures.coverage_percent,
    "down": _seconds(lambda tally: tally.down),
    "unreachable": _seconds(lambda tally: tally.unreachable),
    "excluded": _seconds(lambda tally: tally.excluded),
    **{f"excluded_{reason.value}": _excluded(reason) for reason in ExclusionReason},
    "outages": lambda _, tally: tally.outages,
    "longest": lambda _, tally: tally.longest_outage // _SECOND if tally.outages else None,
    "mttr": _each(lambda tally: tally.down),
}
_PLAIN_ONLY: dict[str, _Take] = {
    "device_uptime": lambda figures, _: figures.device_uptime_percent,
    "up": _seconds(lambda tally: tally.up),
    "degraded": _seconds(lambda tally: tally.degraded),
    "unknown": _seconds(lambda tally: tally.unknown),
    "mtbf": _each(lambda tally: tally.up + tally.degraded),
    **{f"lost_{cause.value}": _lost(cause) for cause in CauseClass},
}
_FIRST = ("key", "name", "devices", "from", "to", "zones")
_LAST = ("rule", "plain_rules", "contract_rules", "known_until")


def as_csv(table: Table, form: CsvForm, settings: ApiSettings) -> bytes:
    """Return the table as a file, a line for each group; the first line holds the headers."""
    said = _FORMS[form]
    words, zone = WORDS[said.language], ZoneInfo(settings.zone)
    question = table.question
    window = [_edge(question.window.start, table.start, zone)]
    window.append(_edge(question.window.end, table.end, zone))
    rests_on = [
        _rule(table, words),
        _rules(question.plain, words),
        _rules(question.contract, words),
        None if table.known_until is None else _moment(table.known_until, zone),
    ]
    lines: list[list[Cell]] = [_headers(said.language)]
    for row in table.rows:
        plain, contract = table.figures(row.plain), table.figures(row.contract)
        lines.append(
            [
                row.key,
                row.name,
                row.plain.devices,
                *window,
                " ".join(row.zones),
                *(take(plain, row.plain) for take in (*_FIGURES.values(), *_PLAIN_ONLY.values())),
                _name_of(question.contract, words),
                *(take(contract, row.contract) for take in _FIGURES.values()),
                *rests_on,
            ]
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=said.delimiter, lineterminator="\r\n")
    writer.writerows([_cell(one, said.decimal) for one in line] for line in lines)
    return text.getvalue().encode(said.encoding)


def _headers(language: str) -> list[Cell]:
    called = HEADERS[language]
    return [
        *(called[name] for name in (*_FIRST, *_FIGURES, *_PLAIN_ONLY, "contract")),
        *(OF_CONTRACT[language].format(called[name]) for name in _FIGURES),
        *(called[name] for name in _LAST),
    ]


def _cell(value: Cell, decimal: str) -> str:
    """Return what is written; text that a spreadsheet would run as a formula is defused."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.3f}".replace(".", decimal)  # cut to three decimals already
        case int():
            return str(value)
        case _:
            return defused(value)


def defused(text: str) -> str:
    """Return text as a spreadsheet shows it: what it would run as a formula begins with a `'`."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _bound(figures: Figures, which: int) -> float | None:
    bounds = figures.uptime_bounds_percent
    return None if bounds is None else bounds[which]


def _edge(asked: datetime | date, resolved: datetime, zone: ZoneInfo) -> str:
    """Return a date as it was asked for, when it stands for midnight there; else a moment."""
    if isinstance(asked, datetime) or resolved.astimezone(zone).date() != asked:
        return _moment(resolved, zone)
    return asked.isoformat()


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def _name_of(rules: Rules, words: _Words) -> str:
    return words["plain"] if rules.name == PLAIN else rules.name


def _rule(table: Table, words: _Words) -> str:
    rule = table.rule
    text = words["rule"].format(
        confirm=rule.confirm,
        recover=rule.recover,
        retry=rule.retry_seconds,
        fresh=rule.fresh_intervals,
    )
    if table.deviations:
        text += words["deviating"].format(checks=sum(one.checks for one in table.deviations))
    degraded = "degraded_up" if table.question.degraded_is_up else "degraded_down"
    return f"{text}; {words[degraded]}"


def _rules(rules: Rules, words: _Words) -> str:
    parts = [words["maintenance" if rules.exclude_maintenance else "with_maintenance"]]
    if rules.causes_not_counted:
        causes = (words[cause.value] for cause in sorted(rules.causes_not_counted))
        parts.append(words["causes"].format(", ".join(causes)))
    if rules.minimum_outage_seconds:
        parts.append(words["short"].format(rules.minimum_outage_seconds))
    if rules.service_hours:
        days = words["days"].split()
        hours = (
            f"{' '.join(days[day] for day in one.weekdays)} {one.from_:%H:%M}-{end_of(one)}"
            for one in rules.service_hours
        )
        parts.append(words["hours"].format(", ".join(hours)))
    if rules.target_percent is not None:
        parts.append(words["target"].format(_plain_number(rules.target_percent, words)))
    return "; ".join(parts)


def _plain_number(value: float, words: _Words) -> str:
    return f"{value:g}".replace(".", words["decimal"])

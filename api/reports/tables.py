"""The tables of a report: the same names, columns and rows for every face.

A column's name says what it holds, as the data set's fields do.
"""

from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from api.reports import dataset
from api.reports.dataset import Report


class Holds(Enum):
    """What a column holds."""

    TEXT = "text"
    WORD = "word"  # a word that has a translation
    ID = "id"  # a whole number that names something
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    SECONDS = "seconds"
    MOMENT = "moment"
    DATE = "date"  # ISO text
    MONTH = "month"  # ISO text
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, by the name of its field."""

    name: str
    holds: Holds


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. `name` is that of the data set's field."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Any, ...]

    def cells(self, row: Any) -> tuple[Any, ...]:
        """Return the values of a row, in order of the columns."""
        found: tuple[Any, ...] = attrgetter(*(one.name for one in self.columns))(row)
        return found


ROWS: dict[str, type] = {
    "total": dataset.GroupUptime,
    "cities": dataset.GroupUptime,
    "areas": dataset.GroupUptime,
    "kinds": dataset.GroupUptime,
    "owners": dataset.GroupUptime,
    "contracts": dataset.ContractUptime,
    "lost": dataset.Lost,
    "shares": dataset.Share,
    "trend": dataset.TrendMonth,
    "worst": dataset.DeviceUptime,
    "devices": dataset.DeviceUptime,
    "outages": dataset.OutageEntry,
    "handling": dataset.Handling,
    "maintenance": dataset.Maintenance,
    "corrections": dataset.Correction,
    "alarms": dataset.AlarmMeasure,
    "noisy": dataset.NoisyDevice,
    "wifi": dataset.WifiUse,
    "growth": dataset.Growth,
    "capacity": dataset.Capacity,
}
"""What the rows of each table are, in the order in which they are shown."""

_BY_NAME = {
    "month": Holds.MONTH,
    "full_from": Holds.DATE,
    "full_to": Holds.DATE,
    "outage": Holds.ID,
    "incident": Holds.ID,
    "window": Holds.ID,
    **dict.fromkeys(
        ("by", "kind", "cause", "proposed_cause", "state", "measure", "verdict", "subject", "why"),
        Holds.WORD,
    ),
}
_BY_ENDING = {"_percent": Holds.PERCENT, "seconds": Holds.SECONDS, "_at": Holds.MOMENT}
_BY_TYPE = {"int": Holds.COUNT, "float": Holds.NUMBER, "bool": Holds.YES}


def tables(report: Report) -> tuple[Table, ...]:
    """Return every table, also those without rows."""
    return tuple(table(report, name) for name in ROWS)


def table(report: Report, name: str) -> Table:
    """Return one table. Raises KeyError for a name that is none."""
    rows = getattr(report, name) if name in ROWS else None
    if rows is None:
        raise KeyError(name)
    return Table(name, columns_of(ROWS[name]), rows if isinstance(rows, tuple) else (rows,))


@cache
def columns_of(row: type) -> tuple[Column, ...]:
    """Return the columns of a kind of rows: what names it first, then what was inherited."""
    inherited = {one.name for base in row.__mro__[1:-1] for one in fields(base)}
    ordered = sorted(fields(row), key=lambda one: one.name in inherited)
    single = any(one.name == "device" for one in ordered)  # a row of one device counts none
    return tuple(
        Column(one.name, _holds(one.name, str(one.type)))
        for one in ordered
        if not (single and one.name == "devices")
    )


def _holds(name: str, annotation: str) -> Holds:
    if name in _BY_NAME:
        return _BY_NAME[name]
    for ending, holds in _BY_ENDING.items():
        if name.endswith(ending):
            return holds
    kind = annotation.removeprefix("<class '").removesuffix("'>").split(" ")[0]
    return _BY_TYPE.get(kind, Holds.TEXT)

"""Alarms, WiFi, growth and capacity."""

from collections.abc import Iterable

from api.reports.dataset import Capacity
from api.reports.faces.document.paper import (
    MOST_GROUPS,
    MOST_OUTAGES,
    Block,
    Paper,
    heading,
    more,
    table,
    text,
)
from api.reports.formats import NOTHING
from api.reports.words import word


def alarms(paper: Paper) -> Iterable[Block]:
    """Yield the health of alarms against its goals, and the noisiest devices."""
    report, formats = paper.report, paper.formats
    if not report.alarms:
        return
    yield heading(paper.say("alarms"))
    yield text(paper.say("alarms.text"))
    yield table(
        [paper.title(one) for one in ("measure", "value", "good_up_to", "verdict")],
        "wnnt",
        [
            [
                word("measure", one.measure, paper.language),
                _with_unit(paper, one.value, one.unit),
                _with_unit(paper, one.good_up_to, one.unit),
                word("verdict", one.verdict, paper.language) or NOTHING,
            ]
            for one in report.alarms
        ],
    )
    if report.noisy:
        yield heading(paper.say("noisy"), small=True)
        yield table(
            [paper.title(one) for one in ("device_name", "alerts", "flapping", "fleeting")],
            "wnnn",
            [
                [
                    one.device_name or one.device,
                    formats.count(one.alerts),
                    formats.count(one.flapping),
                    formats.count(one.fleeting),
                ]
                for one in report.noisy
            ],
        )


def _with_unit(paper: Paper, value: float | None, unit: str) -> str:
    if value is None:
        return NOTHING
    if unit == "s":
        return paper.formats.passed(int(value))
    return paper.formats.number(value) + ("%" if unit == "%" else "")


def wifi(paper: Paper) -> Iterable[Block]:
    """Yield users of public WiFi by area: counts, never who."""
    report, formats = paper.report, paper.formats
    if not any(one.reporting for one in report.wifi):
        return
    yield heading(paper.say("wifi"))
    yield text(paper.say("wifi.text"))
    yield table(
        [
            *(
                paper.title(one)
                for one in (
                    "area_name",
                    "access_points",
                    "reporting",
                    "coverage_percent",
                    "clients_mean",
                    "peak_clients",
                )
            ),
            paper.moment_title("peak_at"),
        ],
        "wnnnnnm",
        [
            [
                one.area_name or paper.say("wifi.all"),
                formats.count(one.access_points),
                formats.count(one.reporting),
                formats.percent(one.coverage_percent),
                formats.number(one.clients_mean),
                formats.count(one.peak_clients),
                formats.clock(one.peak_at),
            ]
            for one in report.wifi[:MOST_GROUPS]
        ],
    )
    yield from more(paper, "wifi", len(report.wifi), MOST_GROUPS)


def growth(paper: Paper) -> Iterable[Block]:
    """Yield how the number of devices grew."""
    months = [one for one in paper.report.growth if one.kind == ""]
    most = max((one.devices for one in months), default=0)
    if len(months) < 2 or most == 0:
        return
    yield heading(paper.say("growth"))
    yield {
        "kind": "columns",
        "text": paper.say("growth.chart"),
        "columns": [
            {
                "name": paper.formats.short_month(one.month),
                "said": paper.formats.count(one.devices),
                "value": one.devices / most,
            }
            for one in months
        ],
    }


def capacity(paper: Paper) -> Iterable[Block]:
    """Yield disks and links: their use, its rise, and when they will be full."""
    rows = paper.report.capacity
    if not rows:
        return
    yield heading(paper.say("capacity"))
    yield text(paper.say("capacity.text"))
    yield table(
        [
            paper.title("device_name"),
            paper.title("part"),
            paper.title("used_percent"),
            paper.title("per_month_percent"),
            paper.say("capacity.when"),
        ],
        "wmnnw",
        [_capacity_cells(paper, one) for one in rows[:MOST_OUTAGES]],
    )
    yield from more(paper, "capacity", len(rows), MOST_OUTAGES)


def _capacity_cells(paper: Paper, one: Capacity) -> list[str]:
    formats = paper.formats
    rise = NOTHING
    if one.per_month_percent is not None:
        rise = paper.bounds(one.per_month_low_percent, one.per_month_high_percent)
    when = word("why", one.why, paper.language)
    if one.full_from is not None:
        first = formats.date_of(one.full_from)
        if one.full_to is None:
            when = paper.say("or_later", first)
        else:
            when = paper.say("until", first, formats.date_of(one.full_to))
    return [
        f"{one.device_name}\n{word('subject', one.subject, paper.language)}",
        one.part,
        formats.percent(one.used_percent),
        rise,
        when,
    ]

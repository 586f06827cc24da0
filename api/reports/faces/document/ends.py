"""The first page, and what stands at the end: method, rules, notes, signatures."""

from typing import Any

from api.reports.about import about
from api.reports.faces.document.paper import Block, Paper, shown
from api.reports.faces.phrases import METHOD
from api.reports.words import NOTES


def tiles(paper: Paper) -> list[dict[str, str]]:
    """Return the figures that stand largest: each with what it rests on."""
    total, formats, say = paper.report.total, paper.formats, paper.say
    coverage = say("tile.coverage", formats.percent(total.coverage_percent))
    bounds = say(
        "tile.bounds",
        formats.percent(total.uptime_low_percent),
        formats.percent(total.uptime_high_percent),
    )
    found = [
        {
            "figure": formats.percent(total.uptime_percent),
            "name": say("tile.uptime"),
            "under": f"{coverage}\n{bounds}",
        },
        {
            "figure": formats.percent(total.device_uptime_percent),
            "name": say("tile.device"),
            "under": coverage,
        },
    ]
    if paper.report.header.contract.digest != paper.report.header.plain.digest:
        found.append(
            {
                "figure": formats.percent(total.contract_uptime_percent),
                "name": f"{say('tile.contract')} {shown(paper.report.header.contract.name)}",
                "under": say("tile.coverage", formats.percent(total.contract_coverage_percent)),
            }
        )
    found.append(
        {
            "figure": formats.count(total.outages),
            "name": say("tile.outages"),
            "under": say("tile.mttr", formats.span(total.mttr_seconds)) if total.outages else "",
        }
    )
    return found


def trend_chart(paper: Paper) -> Block | None:
    """Return the trend as heights from 0 to 1, None without two months to compare."""
    months = paper.report.trend
    known = [one for one in months if one.uptime_percent is not None]
    if len(known) < 2:
        return None
    least = min(one.uptime_low_percent or 0.0 for one in known)
    floor = next((one for one in (99.0, 98.0, 95.0, 90.0, 80.0, 50.0) if one <= least), 0.0)

    def height(value: float | None) -> float | None:
        return None if value is None else max(0.0, (value - floor) / (100.0 - floor))

    return {
        "kind": "trend",
        "text": paper.say("trend.chart"),
        "floor": paper.formats.number(floor) + "%",
        "middle": paper.formats.number((floor + 100) / 2) + "%",
        "months": [
            {
                "name": paper.formats.short_month(one.month),
                "said": paper.formats.percent(one.uptime_percent),
                "value": height(one.uptime_percent),
                "low": height(one.uptime_low_percent),
                "high": height(one.uptime_high_percent),
                "coverage": one.coverage_percent / 100,
            }
            for one in months
        ],
    }


def closing(paper: Paper) -> dict[str, Any]:
    """Return the method, the rules in force and the notes: what an assessor reads."""
    report, language = paper.report, paper.language
    notes = [paper.say("raw"), *(NOTES[language][note] for note in report.notes)]
    return {
        "method": {
            "title": paper.say("method"),
            "rows": [list(one) for one in METHOD[language]],
        },
        "rules": {
            "title": paper.say("rules"),
            "rows": [[name, shown(text)] for name, text in about(report, language, notes=False)],
        },
        "notes": {"title": paper.say("notes"), "texts": notes},
    }


def signatures(paper: Paper) -> dict[str, Any]:
    """Return place and date, and who signs."""
    head = paper.report.header
    day = paper.formats.local_day(head.made_at)
    return {
        "date": shown(paper.say("sign.date", head.place, day) if head.place else day),
        "signers": [
            {"role": shown(one.role), "name": shown(one.name), "number": shown(one.number)}
            for one in head.signers
        ],
    }

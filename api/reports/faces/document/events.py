"""What happened: outages, how they were handled, planned work, corrections."""

from collections.abc import Iterable
from functools import partial

from api.reports.dataset import Correction, Maintenance, OutageEntry
from api.reports.faces.document.paper import (
    MOST_OUTAGES,
    Block,
    Paper,
    heading,
    listing,
    table,
    text,
)
from api.reports.summary import besides
from api.reports.words import cause, word


def outages(paper: Paper) -> Iterable[Block]:
    """Yield the longest outages, and how many there are besides."""
    rows, formats = paper.report.outages, paper.formats
    yield heading(paper.say("outages"))
    if not rows:
        yield text(paper.say("none"))
        return
    some = rows[:MOST_OUTAGES]
    more = besides(paper.report)
    counts = len(some), len(rows), len(rows) - more, more
    yield text(paper.say("outages.text", *map(formats.count, counts)))
    yield table(
        [
            paper.title("device_name"),
            paper.moment_title("started_at"),
            paper.moment_title("ended_at"),
            paper.title("in_period_seconds"),
            paper.title("cause"),
            paper.title("responsible_name"),
        ],
        "wmmntm",
        [_outage_cells(paper, one) for one in some],
    )


def _outage_cells(paper: Paper, one: OutageEntry) -> list[str]:
    formats = paper.formats
    said = cause(one.cause, paper.language)
    if one.state == "unreachable":
        said = f"{word('state', one.state, paper.language)}: {one.root_name or said}"
    return [
        f"{one.device_name}\n{one.site_name}",
        formats.clock(one.started_at),
        paper.say("still") if one.ended_at is None else formats.clock(one.ended_at),
        formats.passed(one.in_period_seconds),
        said + (" *" if one.corrected else ""),
        one.responsible_name or paper.say("nobody"),
    ]


def handling(paper: Paper) -> Iterable[Block]:
    """Yield how long it took until somebody had incidents, and until they were over, by cause."""
    report, formats = paper.report, paper.formats
    if not report.handling:
        return
    yield heading(paper.say("handling"))
    yield text(paper.say("handling.text"))
    yield table(
        [
            paper.title(one)
            for one in (
                "cause",
                "incidents",
                "acknowledged",
                "to_acknowledge_seconds",
                "recovered",
                "to_recover_seconds",
                "longest_seconds",
            )
        ],
        "wnnnnnn",
        [
            [
                cause(one.cause, paper.language) or paper.say("handling.all"),
                formats.count(one.incidents),
                formats.count(one.acknowledged),
                formats.passed(one.to_acknowledge_seconds),
                formats.count(one.recovered),
                formats.passed(one.to_recover_seconds),
                formats.passed(one.longest_seconds),
            ]
            for one in report.handling
        ],
    )


def maintenance(paper: Paper) -> Iterable[Block]:
    """Yield planned work, with what was entered afterwards."""
    titles = [
        paper.title("title"),
        paper.title("scope"),
        paper.moment_title("starts_at"),
        paper.title("occurrences"),
        paper.title("in_period_seconds"),
        paper.title("author"),
    ]
    rows = paper.report.maintenance
    cells = partial(_maintenance_cells, paper)
    return listing(paper, "maintenance", rows, titles, "wmmnnm", cells)


def _maintenance_cells(paper: Paper, one: Maintenance) -> list[str]:
    formats = paper.formats
    said = f"{one.title}\n{one.reason}"
    if one.afterwards:
        said += "\n" + paper.say("afterwards", one.author, formats.moment(one.created_at))
    return [
        said,
        one.scope,
        formats.clock(one.starts_at),
        formats.count(one.occurrences),
        formats.passed(one.in_period_seconds),
        one.author,
    ]


def corrections(paper: Paper) -> Iterable[Block]:
    """Yield causes that people corrected, with reason and author."""
    titles = [
        paper.title("device_name"),
        paper.moment_title("started_at"),
        paper.title("proposed_cause"),
        paper.title("cause"),
        paper.title("reason"),
        paper.title("author"),
    ]
    rows = paper.report.corrections
    cells = partial(_correction_cells, paper)
    return listing(paper, "corrections", rows, titles, "mmttwm", cells)


def _correction_cells(paper: Paper, one: Correction) -> list[str]:
    return [
        one.device_name,
        paper.formats.clock(one.started_at),
        cause(one.proposed_cause, paper.language),
        cause(one.cause, paper.language),
        one.reason,
        f"{one.author}\n{paper.formats.clock(one.made_at)}",
    ]

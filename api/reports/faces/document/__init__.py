"""What stands on the pages of the PDF: blocks of text, tables and charts, all of it as data.

Figures are written here in their final form; the template only places them.

paper     blocks, and what every part needs to write them
ends      the first page; method, rules and signatures
uptime    groups, contracts, months, time lost, the worst
events    outages, handling, planned work, corrections
measures  alarms, WiFi, growth, capacity
"""

from collections.abc import Callable, Iterable
from typing import Any

from api.reports.about import chosen, period
from api.reports.dataset import Report
from api.reports.faces.document import ends, events, measures, uptime
from api.reports.faces.document.paper import Block, Paper, shown, texts
from api.reports.formats import NOTHING, Formats
from api.reports.summary import attention, sentences

_PARTS: tuple[Callable[[Paper], Iterable[Block]], ...] = (
    uptime.groups,
    uptime.contracts,
    uptime.trend,
    uptime.lost,
    events.outages,
    uptime.worst,
    events.handling,
    events.maintenance,
    events.corrections,
    measures.alarms,
    measures.wifi,
    measures.growth,
    measures.capacity,
)


def document(report: Report, language: str) -> dict[str, Any]:
    """Return the whole document for the template."""
    paper = Paper(report, language, Formats(language, report.header.zone))
    head, say = report.header, paper.say
    return {
        "language": language,
        "agency": shown(head.letterhead.agency),
        "unit": shown(head.letterhead.unit),
        "address": [shown(line) for line in head.letterhead.address],
        "title": say("title"),
        "subtitle": period(head, paper.formats),
        "facts": [
            [say("number"), shown(head.number or NOTHING)],
            [say("period"), period(head, paper.formats)],
            [say("scope"), shown(chosen(report, language))],
        ],
        "tiles": ends.tiles(paper),
        "summary": {"title": say("summary"), "texts": texts(sentences(report, language))},
        "attention": {"title": say("attention"), "texts": texts(attention(report, language))},
        "chart": ends.trend_chart(paper),
        "blocks": [block for part in _PARTS for block in part(paper)],
        "closing": ends.closing(paper),
        "signatures": ends.signatures(paper),
        "foot": f"{head.made_by} · {say('made')} {paper.formats.moment(head.made_at)}",
        "page": say("page"),
        "of": say("of"),
        "at": head.made_at.timetuple()[:6],
    }

"""Uptime by group, contract and month; time lost; the worst devices."""

from collections.abc import Callable, Iterable, Sequence

from api.reports.about import contract_named
from api.reports.dataset import GroupUptime
from api.reports.faces.document.paper import (
    MOST_GROUPS,
    MOST_ROWS,
    Block,
    Paper,
    heading,
    more,
    table,
    text,
)
from api.reports.words import cause, word

_GROUP_COLUMNS = (
    "devices",
    "uptime_percent",
    "bounds",
    "coverage_percent",
    "device_uptime_percent",
    "contract_uptime_percent",
    "outages",
    "mttr_seconds",
)
SHORT = {
    "id": {
        "devices": "jumlah",
        "uptime_percent": "layanan",
        "bounds": "batas",
        "coverage_percent": "cakupan",
        "device_uptime_percent": "perangkat",
        "contract_uptime_percent": "kontrak",
        "outages": "gangguan",
        "mttr_seconds": "MTTR\n(j:mm:dd)",
        "mtbf_seconds": "MTBF\n(j:mm:dd)",
        "time": "lamanya\n(j:mm:dd)",
    },
    "en": {
        "devices": "devices",
        "uptime_percent": "service",
        "bounds": "bounds",
        "coverage_percent": "coverage",
        "device_uptime_percent": "device",
        "contract_uptime_percent": "contract",
        "outages": "outages",
        "mttr_seconds": "MTTR\n(h:mm:ss)",
        "mtbf_seconds": "MTBF\n(h:mm:ss)",
        "time": "time\n(h:mm:ss)",
    },
}


def groups(paper: Paper) -> Iterable[Block]:
    """Yield uptime by city, area, kind and owner."""
    report, say = paper.report, paper.say
    yield heading(say("groups"))
    yield text(say("groups.text"))
    if len(report.cities) > 1:
        yield from _group_table(paper, "cities", report.cities, lambda one: one.name)
    yield from _group_table(paper, "areas", report.areas, lambda one: f"{one.name} ({one.key})")
    yield from _group_table(
        paper, "kinds", report.kinds, lambda one: word("kind", one.key, paper.language)
    )
    yield from _group_table(
        paper, "owners", report.owners, lambda one: one.name or say("owner.none")
    )


def _group_table(
    paper: Paper,
    name: str,
    groups: Sequence[GroupUptime],
    called: Callable[[GroupUptime], str],
) -> Iterable[Block]:
    short = SHORT[paper.language]
    yield heading(paper.say(name), small=True)
    yield table(
        ["", *(short[one] for one in _GROUP_COLUMNS)],
        "wnnnnnnnn",
        [[called(one), *_group_cells(paper, one)] for one in groups[:MOST_GROUPS]],
    )
    yield from more(paper, name, len(groups), MOST_GROUPS)


def _group_cells(paper: Paper, one: GroupUptime) -> list[str]:
    formats = paper.formats
    return [
        formats.count(one.devices),
        formats.percent(one.uptime_percent),
        paper.bounds(one.uptime_low_percent, one.uptime_high_percent),
        formats.percent(one.coverage_percent),
        formats.percent(one.device_uptime_percent),
        formats.percent(one.contract_uptime_percent),
        formats.count(one.outages),
        formats.passed(one.mttr_seconds),
    ]


def contracts(paper: Paper) -> Iterable[Block]:
    """Yield the same by each contract's rules, where there are several."""
    report, formats, short = paper.report, paper.formats, SHORT[paper.language]
    if len(report.contracts) < 2:
        return
    yield heading(paper.say("contracts"), small=True)
    yield text(paper.say("contracts.text"))
    yield table(
        [
            paper.title("contract"),
            short["uptime_percent"],
            short["bounds"],
            short["coverage_percent"],
            paper.title("target_percent"),
            short["outages"],
            short["mttr_seconds"],
        ],
        "wnnnnnn",
        [
            [
                contract_named(one.contract, paper.language)
                + (f" ({paper.title('in_force')})" if one.in_force else ""),
                formats.percent(one.uptime_percent),
                paper.bounds(one.uptime_low_percent, one.uptime_high_percent),
                formats.percent(one.coverage_percent),
                formats.percent(one.target_percent),
                formats.count(one.outages),
                formats.passed(one.mttr_seconds),
            ]
            for one in report.contracts
        ],
    )


def trend(paper: Paper) -> Iterable[Block]:
    """Yield the months before, as far as they are known."""
    formats, short = paper.formats, SHORT[paper.language]
    yield heading(paper.say("trend"))
    yield table(
        [
            paper.title("month"),
            *(short[one] for one in _GROUP_COLUMNS if one != "bounds"),
            short["mtbf_seconds"],
        ],
        "wnnnnnnnn",
        [
            [
                formats.month(one.month),
                formats.count(one.devices),
                formats.percent(one.uptime_percent),
                formats.percent(one.coverage_percent),
                formats.percent(one.device_uptime_percent),
                formats.percent(one.contract_uptime_percent),
                formats.count(one.outages),
                formats.passed(one.mttr_seconds),
                formats.passed(one.mtbf_seconds),
            ]
            for one in paper.report.trend
        ],
    )


def lost(paper: Paper) -> Iterable[Block]:
    """Yield time lost by cause and by who answers for it."""
    report, formats = paper.report, paper.formats
    yield heading(paper.say("lost"))
    if not report.lost:
        yield text(paper.say("none"))
        return
    yield text(paper.say("lost.text"))
    yield {
        "kind": "bars",
        "text": paper.say("lost.chart"),
        "bars": [
            {
                "name": cause(one.key, paper.language),
                "said": formats.percent(one.share_percent),
                "value": one.share_percent / 100,
            }
            for one in report.shares
            if one.by == "cause"
        ],
    }
    yield table(
        [
            paper.title("responsible_name"),
            paper.title("cause"),
            SHORT[paper.language]["time"],
        ],
        "wtn",
        [
            [
                one.responsible_name or paper.say("nobody"),
                cause(one.cause, paper.language),
                formats.passed(one.lost_seconds),
            ]
            for one in report.lost[:MOST_ROWS]
        ],
    )
    yield from more(paper, "lost", len(report.lost), MOST_ROWS)


def worst(paper: Paper) -> Iterable[Block]:
    """Yield the devices with the least uptime."""
    report, formats, short = paper.report, paper.formats, SHORT[paper.language]
    yield heading(paper.say("worst"))
    if not report.worst:
        yield text(paper.say("none"))
        return
    yield table(
        [
            paper.title("device_name"),
            paper.title("owner_name"),
            short["uptime_percent"],
            short["bounds"],
            short["coverage_percent"],
            short["outages"],
            short["mttr_seconds"],
        ],
        "wmnnnnn",
        [
            [
                f"{one.name}\n{one.site_name}, {one.area_name}",
                one.owner_name or paper.say("owner.none"),
                formats.percent(one.uptime_percent),
                paper.bounds(one.uptime_low_percent, one.uptime_high_percent),
                formats.percent(one.coverage_percent),
                formats.count(one.outages),
                formats.passed(one.mttr_seconds),
            ]
            for one in report.worst
        ],
    )

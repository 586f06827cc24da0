"""What stands on the pages of the PDF: blocks of text, tables and charts, all of it as data.

Figures are written here in their final form; the template only places them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.reports.about import about, chosen, contract_named, period
from api.reports.dataset import Capacity, GroupUptime, OutageEntry, Report
from api.reports.faces.phrases import METHOD, PHRASES
from api.reports.formats import NOTHING, Formats
from api.reports.summary import attention, besides, sentences
from api.reports.words import NOTES, TABLES, cause, column, word

MOST_GROUPS = 100
MOST_OUTAGES = 20
MOST_ROWS = 40
"""Rows of a table of the document; the sheets have all."""

_LONGEST_WORD = 18
_SOFT_BREAK = "\u200b"
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Paper:
    """What every part needs to write: the report, its language, and how figures are written."""

    report: Report
    language: str
    formats: Formats

    def say(self, name: str, *words: object) -> str:
        return PHRASES[self.language][name].format(*words)

    def title(self, name: str) -> str:
        return column(name, self.language)

    def moment_title(self, name: str) -> str:
        zone = self.formats.zone_name(self.report.header.made_at)
        return f"{self.title(name)} ({zone})"


def document(report: Report, language: str) -> dict[str, Any]:
    """Return the whole document for the template."""
    paper = _Paper(report, language, Formats(language, report.header.zone))
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
        "tiles": _tiles(paper),
        "summary": {"title": say("summary"), "texts": _texts(sentences(report, language))},
        "attention": {"title": say("attention"), "texts": _texts(attention(report, language))},
        "chart": _trend_chart(paper),
        "blocks": [block for part in _PARTS for block in part(paper)],
        "closing": _closing(paper),
        "signatures": _signatures(paper),
        "foot": f"{head.made_by} · {say('made')} {paper.formats.moment(head.made_at)}",
        "page": say("page"),
        "of": say("of"),
        "at": head.made_at.timetuple()[:6],
    }


def shown(text: str) -> str:
    """Return a text as the document can hold it: printable, and long words may be broken."""
    said = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return "\n".join(" ".join(map(_breakable, line.split(" "))) for line in said.split("\n"))


def _breakable(part: str) -> str:
    if len(part) <= _LONGEST_WORD:
        return part
    return _SOFT_BREAK.join(
        part[at : at + _LONGEST_WORD] for at in range(0, len(part), _LONGEST_WORD)
    )


def _texts(said: Iterable[str]) -> list[str]:
    return [shown(one) for one in said]


# --- blocks -----------------------------------------------------------------------------------


def _heading(text: str, *, small: bool = False) -> Block:
    return {"kind": "small" if small else "heading", "text": text}


def _text(text: str) -> Block:
    return {"kind": "text", "text": text}


def _table(titles: Sequence[str], widths: str, rows: Sequence[Sequence[str]]) -> Block:
    """Make a table. `widths`: a letter a column: `w` wide, `m` middle, `t` text, `n` numbers."""
    return {
        "kind": "table",
        "titles": list(titles),
        "widths": list(widths),
        "rows": [[shown(cell) for cell in row] for row in rows],
    }


def _more(paper: _Paper, name: str, rows: int, most: int) -> list[Block]:
    if rows <= most:
        return []
    count = paper.formats.count(rows - most)
    return [_text(paper.say("more", count, TABLES[paper.language][name]))]


# --- the first page ---------------------------------------------------------------------------


def _tiles(paper: _Paper) -> list[dict[str, str]]:
    total, formats, say = paper.report.total, paper.formats, paper.say
    coverage = say("tile.coverage", formats.percent(total.coverage_percent))
    bounds = say(
        "tile.bounds",
        formats.percent(total.uptime_low_percent),
        formats.percent(total.uptime_high_percent),
    )
    tiles = [
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
        tiles.append(
            {
                "figure": formats.percent(total.contract_uptime_percent),
                "name": f"{say('tile.contract')} {shown(paper.report.header.contract.name)}",
                "under": say("tile.coverage", formats.percent(total.contract_coverage_percent)),
            }
        )
    tiles.append(
        {
            "figure": formats.count(total.outages),
            "name": say("tile.outages"),
            "under": say("tile.mttr", formats.span(total.mttr_seconds)) if total.outages else "",
        }
    )
    return tiles


def _trend_chart(paper: _Paper) -> Block | None:
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


# --- uptime -----------------------------------------------------------------------------------

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
_SHORT = {
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


def _groups(paper: _Paper) -> Iterable[Block]:
    report, say = paper.report, paper.say
    yield _heading(say("groups"))
    yield _text(say("groups.text"))
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
    paper: _Paper,
    name: str,
    groups: Sequence[GroupUptime],
    called: Callable[[GroupUptime], str],
) -> Iterable[Block]:
    short = _SHORT[paper.language]
    yield _heading(paper.say(name), small=True)
    yield _table(
        ["", *(short[one] for one in _GROUP_COLUMNS)],
        "wnnnnnnnn",
        [[called(one), *_group_cells(paper, one)] for one in groups[:MOST_GROUPS]],
    )
    yield from _more(paper, name, len(groups), MOST_GROUPS)


def _group_cells(paper: _Paper, one: GroupUptime) -> list[str]:
    formats = paper.formats
    return [
        formats.count(one.devices),
        formats.percent(one.uptime_percent),
        f"{formats.percent(one.uptime_low_percent)}\n{formats.percent(one.uptime_high_percent)}",
        formats.percent(one.coverage_percent),
        formats.percent(one.device_uptime_percent),
        formats.percent(one.contract_uptime_percent),
        formats.count(one.outages),
        formats.passed(one.mttr_seconds),
    ]


def _contracts(paper: _Paper) -> Iterable[Block]:
    report, formats, short = paper.report, paper.formats, _SHORT[paper.language]
    if len(report.contracts) < 2:
        return
    yield _heading(paper.say("contracts"), small=True)
    yield _text(paper.say("contracts.text"))
    yield _table(
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
                f"{formats.percent(one.uptime_low_percent)}\n"
                f"{formats.percent(one.uptime_high_percent)}",
                formats.percent(one.coverage_percent),
                formats.percent(one.target_percent),
                formats.count(one.outages),
                formats.passed(one.mttr_seconds),
            ]
            for one in report.contracts
        ],
    )


def _trend(paper: _Paper) -> Iterable[Block]:
    formats, short = paper.formats, _SHORT[paper.language]
    yield _heading(paper.say("trend"))
    yield _table(
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


def _lost(paper: _Paper) -> Iterable[Block]:
    report, formats = paper.report, paper.formats
    yield _heading(paper.say("lost"))
    if not report.lost:
        yield _text(paper.say("none"))
        return
    yield _text(paper.say("lost.text"))
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
    yield _table(
        [
            paper.title("responsible_name"),
            paper.title("cause"),
            _SHORT[paper.language]["time"],
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
    yield from _more(paper, "lost", len(report.lost), MOST_ROWS)


# --- what happened ----------------------------------------------------------------------------


def _outages(paper: _Paper) -> Iterable[Block]:
    outages, formats = paper.report.outages, paper.formats
    yield _heading(paper.say("outages"))
    if not outages:
        yield _text(paper.say("none"))
        return
    some = outages[:MOST_OUTAGES]
    more = besides(paper.report)
    counts = len(some), len(outages), len(outages) - more, more
    yield _text(paper.say("outages.text", *map(formats.count, counts)))
    yield _table(
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


def _outage_cells(paper: _Paper, one: OutageEntry) -> list[str]:
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


def _worst(paper: _Paper) -> Iterable[Block]:
    report, formats, short = paper.report, paper.formats, _SHORT[paper.language]
    yield _heading(paper.say("worst"))
    if not report.worst:
        yield _text(paper.say("none"))
        return
    yield _table(
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
                f"{formats.percent(one.uptime_low_percent)}\n"
                f"{formats.percent(one.uptime_high_percent)}",
                formats.percent(one.coverage_percent),
                formats.count(one.outages),
                formats.passed(one.mttr_seconds),
            ]
            for one in report.worst
        ],
    )


def _handling(paper: _Paper) -> Iterable[Block]:
    report, formats = paper.report, paper.formats
    if not report.handling:
        return
    yield _heading(paper.say("handling"))
    yield _text(paper.say("handling.text"))
    yield _table(
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


def _maintenance(paper: _Paper) -> Iterable[Block]:
    rows, formats = paper.report.maintenance, paper.formats
    yield _heading(paper.say("maintenance"))
    if not rows:
        yield _text(paper.say("none"))
        return
    yield _text(paper.say("maintenance.text"))
    yield _table(
        [
            paper.title("title"),
            paper.title("scope"),
            paper.moment_title("starts_at"),
            paper.title("occurrences"),
            paper.title("in_period_seconds"),
            paper.title("author"),
        ],
        "wmmnnm",
        [
            [
                f"{one.title}\n{one.reason}"
                + (
                    "\n" + paper.say("afterwards", one.author, formats.moment(one.created_at))
                    if one.afterwards
                    else ""
                ),
                one.scope,
                formats.clock(one.starts_at),
                formats.count(one.occurrences),
                formats.passed(one.in_period_seconds),
                one.author,
            ]
            for one in rows[:MOST_ROWS]
        ],
    )
    yield from _more(paper, "maintenance", len(rows), MOST_ROWS)


def _corrections(paper: _Paper) -> Iterable[Block]:
    rows, formats = paper.report.corrections, paper.formats
    yield _heading(paper.say("corrections"))
    if not rows:
        yield _text(paper.say("none"))
        return
    yield _text(paper.say("corrections.text"))
    yield _table(
        [
            paper.title("device_name"),
            paper.moment_title("started_at"),
            paper.title("proposed_cause"),
            paper.title("cause"),
            paper.title("reason"),
            paper.title("author"),
        ],
        "mmttwm",
        [
            [
                one.device_name,
                formats.clock(one.started_at),
                cause(one.proposed_cause, paper.language),
                cause(one.cause, paper.language),
                one.reason,
                f"{one.author}\n{formats.clock(one.made_at)}",
            ]
            for one in rows[:MOST_ROWS]
        ],
    )
    yield from _more(paper, "corrections", len(rows), MOST_ROWS)


# --- alarms, wifi, capacity -------------------------------------------------------------------


def _alarms(paper: _Paper) -> Iterable[Block]:
    report, formats = paper.report, paper.formats
    if not report.alarms:
        return
    yield _heading(paper.say("alarms"))
    yield _text(paper.say("alarms.text"))
    yield _table(
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
        yield _heading(paper.say("noisy"), small=True)
        yield _table(
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


def _with_unit(paper: _Paper, value: float | None, unit: str) -> str:
    if value is None:
        return NOTHING
    if unit == "s":
        return paper.formats.passed(int(value))
    return paper.formats.number(value) + ("%" if unit == "%" else "")


def _wifi(paper: _Paper) -> Iterable[Block]:
    report, formats = paper.report, paper.formats
    if not any(one.reporting for one in report.wifi):
        return
    yield _heading(paper.say("wifi"))
    yield _text(paper.say("wifi.text"))
    yield _table(
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
    yield from _more(paper, "wifi", len(report.wifi), MOST_GROUPS)


def _growth(paper: _Paper) -> Iterable[Block]:
    months = [one for one in paper.report.growth if one.kind == ""]
    most = max((one.devices for one in months), default=0)
    if len(months) < 2 or most == 0:
        return
    yield _heading(paper.say("growth"))
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


def _capacity(paper: _Paper) -> Iterable[Block]:
    rows = paper.report.capacity
    if not rows:
        return
    yield _heading(paper.say("capacity"))
    yield _text(paper.say("capacity.text"))
    yield _table(
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
    yield from _more(paper, "capacity", len(rows), MOST_OUTAGES)


def _capacity_cells(paper: _Paper, one: Capacity) -> list[str]:
    formats = paper.formats
    rise = NOTHING
    if one.per_month_percent is not None:
        rise = (
            f"{formats.percent(one.per_month_low_percent)}\n"
            f"{formats.percent(one.per_month_high_percent)}"
        )
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


_PARTS: tuple[Callable[[_Paper], Iterable[Block]], ...] = (
    _groups,
    _contracts,
    _trend,
    _lost,
    _outages,
    _worst,
    _handling,
    _maintenance,
    _corrections,
    _alarms,
    _wifi,
    _growth,
    _capacity,
)


# --- the end ----------------------------------------------------------------------------------


def _closing(paper: _Paper) -> dict[str, Any]:
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


def _signatures(paper: _Paper) -> dict[str, Any]:
    head = paper.report.header
    day = paper.formats.local_day(head.made_at)
    return {
        "date": shown(paper.say("sign.date", head.place, day) if head.place else day),
        "signers": [
            {"role": shown(one.role), "name": shown(one.name), "number": shown(one.number)}
            for one in head.signers
        ],
    }

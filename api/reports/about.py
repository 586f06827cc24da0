"""What a report rests on, as lines of a name and a text: who, when, of what, by which rules."""

from collections.abc import Mapping

from api.reports.dataset import Header, Report, RulesInForce
from api.reports.formats import NOTHING, Formats
from api.reports.words import NOTES, word
from api.uptime_words import WORDS
from collector.contract import PLAIN

_NAMES: Mapping[str, Mapping[str, str]] = {
    "id": {
        "agency": "instansi",
        "number": "nomor",
        "period": "periode",
        "from": "dari",
        "to": "sampai",
        "zones": "zona waktu",
        "devices": "perangkat",
        "made_at": "dibuat pada",
        "known_until": "diketahui sampai",
        "filters": "hanya",
        "all": "semua perangkat",
        "rule": "aturan deteksi",
        "plain": "aturan angka biasa",
        "contract": "aturan angka kontrak",
        "made_by": "dibuat dengan",
        "note": "catatan",
        "never": "belum pernah",
        "kind": "jenis",
        "site": "lokasi",
        "area": "wilayah",
        "owner": "pengampu",
        "whole": "waktu ditulis sampai detik dan persen sampai tiga desimal, dipotong, tidak "
        "dibulatkan ke atas",
    },
    "en": {
        "agency": "agency",
        "number": "number",
        "period": "period",
        "from": "from",
        "to": "to",
        "zones": "time zones",
        "devices": "devices",
        "made_at": "made at",
        "known_until": "known until",
        "filters": "only",
        "all": "all devices",
        "rule": "rule of detection",
        "plain": "rules of the plain figure",
        "contract": "rules of the contract's figure",
        "made_by": "made with",
        "note": "note",
        "never": "never",
        "kind": "kind",
        "site": "site",
        "area": "area",
        "owner": "owner",
        "whole": "times are cut to seconds and percentages to three decimals, never rounded up",
    },
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def about(report: Report, language: str, *, notes: bool = True) -> list[tuple[str, str]]:
    """Return the lines, in order; with what is missing from the report, or without."""
    head = report.header
    names, formats = _NAMES[language], Formats(language, head.zone)
    lines = [
        ("agency", head.letterhead.agency or NOTHING),
        ("number", head.number or NOTHING),
        ("period", period(head, formats)),
        ("from", formats.moment(head.from_at)),
        ("to", formats.moment(head.to_at)),
        ("zones", _zones(head, names, formats)),
        ("filters", chosen(report, language)),
        ("known_until", known_until(head, formats, names["never"])),
        ("rule", detection(head, language)),
        ("plain", rules(head.plain, language)),
        (
            "contract",
            f"{contract_named(head.contract.name, language)}: {rules(head.contract, language)}",
        ),
        ("made_at", formats.moment(head.made_at)),
        ("made_by", head.made_by),
    ]
    said = [(names[name], text) for name, text in lines]
    said += [(names["note"], names["whole"])]
    missing = report.notes if notes else ()
    return said + [(names["note"], NOTES[language][note]) for note in missing]


def _zones(head: Header, names: Mapping[str, str], formats: Formats) -> str:
    """Return the zones; where there are several, with how many devices each of them has."""
    if len(head.zones) == 1:
        return head.zones[0].zone
    return ", ".join(
        f"{one.zone} ({formats.count(one.devices)} {names['devices']})" for one in head.zones
    )


def period(head: Header, formats: Formats) -> str:
    """Return the period as people say it: a month, dates (the last included), or moments."""
    if head.month is not None:
        return formats.month(head.month)
    if "T" in head.from_asked or "T" in head.to_asked:
        return f"{formats.moment(head.from_at)} – {formats.moment(head.to_at)}"  # noqa: RUF001 - a dash
    last = formats.day_before(head.to_asked)
    return f"{formats.date_of(head.from_asked)} – {formats.date_of(last)}"  # noqa: RUF001 - a dash


def chosen(report: Report, language: str) -> str:
    """Return which devices it is of: all, or those that filters chose, by name."""
    filters = report.header.filters
    if not filters:
        return _NAMES[language]["all"]
    names = {
        "area": {one.key: one.name for one in (*report.cities, *report.areas)},
        "owner": {one.key: one.name for one in report.owners},
        "site": {one.site: one.site_name for one in report.devices[:1]},
        "kind": {value: word("kind", value, language) for value in [filters.get("kind", "")]},
    }
    return ", ".join(
        f"{_NAMES[language][name]} {names[name].get(value, value)}"
        for name, value in filters.items()
    )


def known_until(head: Header, formats: Formats, never: str) -> str:
    """Return until when somebody looked."""
    return never if head.known_until_at is None else formats.moment(head.known_until_at)


def contract_named(name: str, language: str) -> str:
    """Return what a contract is called; none has a word of its own."""
    return WORDS[language]["plain"] if name == PLAIN else name


def detection(head: Header, language: str) -> str:
    """Return by which rule a device is down."""
    words, rule = WORDS[language], head.detection
    text = words["rule"].format(
        confirm=rule.confirm,
        recover=rule.recover,
        retry=rule.retry_seconds,
        fresh=rule.fresh_intervals,
    )
    if rule.deviating_checks:
        text += words["deviating"].format(checks=rule.deviating_checks)
    return f"{text}; {words['degraded_up' if head.degraded_is_up else 'degraded_down']}"


def rules(said: RulesInForce, language: str) -> str:
    """Return what counts, in words."""
    words = WORDS[language]
    parts = [words["maintenance" if said.exclude_maintenance else "with_maintenance"]]
    if said.causes_not_counted:
        causes = ", ".join(words[cause] for cause in said.causes_not_counted)
        parts.append(words["causes"].format(causes))
    if said.minimum_outage_seconds:
        parts.append(words["short"].format(said.minimum_outage_seconds))
    if said.service_hours:
        days = dict(zip(_DAYS, words["days"].split(), strict=True))
        hours = (
            " ".join(days.get(part, part) for part in one.split()) for one in said.service_hours
        )
        parts.append(words["hours"].format(", ".join(hours)))
    return "; ".join(parts)

"""The sentences of the first page: what a mayor reads in a minute. Figures are the data set's."""

from collections.abc import Iterator, Mapping

from api.reports.about import chosen, period
from api.reports.dataset import GroupUptime, Report
from api.reports.formats import Formats
from api.reports.words import cause
from collector.alarm_health import Verdict

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "id": {
        "uptime": "Selama {period}, layanan dari {devices} perangkat ({chosen}) aktif {uptime} "
        "dari waktu yang terpantau.",
        "nothing": "Selama {period}, tidak ada satu pun dari {devices} perangkat ({chosen}) yang "
        "terpantau, jadi waktu aktifnya tidak diketahui.",
        "no_devices": "Selama {period} tidak ada perangkat ({chosen}).",
        "coverage": "Yang terpantau adalah {coverage} dari seluruh waktu; bila sisanya dihitung "
        "mati, angkanya {low}, bila dihitung aktif, {high}.",
        "watched": "Seluruh waktu itu terpantau.",
        "better": "Itu {points} poin lebih baik daripada {month} ({before}, cakupan {coverage}).",
        "worse": "Itu {points} poin lebih buruk daripada {month} ({before}, cakupan {coverage}).",
        "same": "Itu sama dengan {month} (cakupan {coverage}).",
        "contract": "Menurut kontrak {name} angkanya {uptime}, dengan cakupan {coverage}.",
        "kept": "Janji kontrak {target} terpenuhi, juga bila waktu yang tidak terpantau dihitung "
        "mati.",
        "broken": "Janji kontrak {target} tidak terpenuhi, juga bila waktu yang tidak terpantau "
        "dihitung aktif.",
        "open": "Apakah janji kontrak {target} terpenuhi tidak dapat dipastikan: terlalu banyak "
        "waktu yang tidak terpantau.",
        "outages": "Terjadi {outages} gangguan; rata-rata pulih setelah {mttr}.",
        "besides": "Di luar itu {outages} kali perangkat hanya tidak terjangkau karena perangkat "
        "hulunya mati, atau mati dalam pemeliharaan.",
        "no_outages": "Tidak terjadi gangguan.",
        "longest": "Yang terlama di {name} ({site}): {span}, karena {cause}.",
        "causes": "Waktu yang hilang ({lost} waktu perangkat) disebabkan oleh {causes}.",
        "responsible": "Penanggung jawab terbesar: {names}.",
        "part": "{name} {percent}",
        "nobody": "belum ada yang ditunjuk",
        "area": "Wilayah dengan waktu aktif terendah: {name}, {uptime} (cakupan {coverage}).",
        "full": "{count} diska atau jaringan diperkirakan penuh; yang pertama {part} di {name}, "
        "paling cepat {date}.",
        "is_full": "{count} diska atau jaringan sudah penuh, antara lain {part} di {name}.",
        "alarms": "Peringatan terlalu banyak menurut {count} ukuran: lihat kesehatan alarm.",
        "corrections": "{count} penyebab gangguan dikoreksi petugas; alasannya tercantum.",
        "and": " dan ",
    },
    "en": {
        "uptime": "In {period}, the service of {devices} devices ({chosen}) was up {uptime} of the "
        "time that was watched.",
        "nothing": "In {period}, none of {devices} devices ({chosen}) was watched: their uptime is "
        "unknown.",
        "no_devices": "In {period} there were no devices ({chosen}).",
        "coverage": "What was watched is {coverage} of all time; with the rest taken as down the "
        "figure is {low}, taken as up {high}.",
        "watched": "All of that time was watched.",
        "better": "That is {points} points better than {month} ({before}, coverage {coverage}).",
        "worse": "That is {points} points worse than {month} ({before}, coverage {coverage}).",
        "same": "That is the same as in {month} (coverage {coverage}).",
        "contract": "By the contract {name} the figure is {uptime}, with a coverage of {coverage}.",
        "kept": "The contract's promise of {target} was kept, also with what was not watched taken "
        "as down.",
        "broken": "The contract's promise of {target} was not kept, also with what was not watched "
        "taken as up.",
        "open": "Whether the contract's promise of {target} was kept is not certain: too much time "
        "was not watched.",
        "outages": "Outages: {outages}; over after {mttr} on average.",
        "besides": "Besides, devices were {outages} times only cut off by a dead device upstream, "
        "or down in maintenance.",
        "no_outages": "There was no outage.",
        "longest": "The longest was at {name} ({site}): {span}, because of {cause}.",
        "causes": "Lost time ({lost} of device time) was caused by {causes}.",
        "responsible": "Who answers for most of it: {names}.",
        "part": "{name} {percent}",
        "nobody": "nobody named",
        "area": "Area with the least uptime: {name}, {uptime} (coverage {coverage}).",
        "full": "Disks or links that are expected to fill: {count}; the first is {part} of {name}, "
        "on {date} at the earliest.",
        "is_full": "Disks or links that are full: {count}, among them {part} of {name}.",
        "alarms": "Measures by which there are too many alerts: {count}; see alarm health.",
        "corrections": "Outages whose cause people corrected: {count}; the reasons are given.",
        "and": " and ",
    },
}
_THOUSAND = 1_000


def sentences(report: Report, language: str) -> list[str]:
    """Return what is to be known first: uptime with coverage, the month before, the contract."""
    return list(_first(report, language))


def attention(report: Report, language: str) -> list[str]:
    """Return what to look at: outages, who answers, the worst area, what fills."""
    return list(_second(report, language))


def _first(report: Report, language: str) -> Iterator[str]:
    words, formats = _SENTENCES[language], Formats(language, report.header.zone)
    total = report.total
    about = {
        "period": period(report.header, formats),
        "devices": formats.count(total.devices),
        "chosen": chosen(report, language),
    }
    if total.devices == 0:
        yield words["no_devices"].format(**about)
        return
    if total.uptime_percent is None:
        yield words["nothing"].format(**about)
        return
    yield words["uptime"].format(uptime=formats.percent(total.uptime_percent), **about)
    if total.unknown_seconds == 0 and total.coverage_percent == 100:
        yield words["watched"]
    else:
        yield words["coverage"].format(
            coverage=formats.percent(total.coverage_percent),
            low=formats.percent(total.uptime_low_percent),
            high=formats.percent(total.uptime_high_percent),
        )
    yield from _compared(report, words, formats)
    if report.header.contract.digest != report.header.plain.digest:
        yield words["contract"].format(
            name=report.header.contract.name,
            uptime=formats.percent(total.contract_uptime_percent),
            coverage=formats.percent(total.contract_coverage_percent),
        )
    yield from _promised(report, words, formats)


def _promised(report: Report, words: Mapping[str, str], formats: Formats) -> Iterator[str]:
    """Hold the contract's figure against its promise: kept or broken only where it is certain."""
    target, total = report.header.contract.target_percent, report.total
    low, high = total.contract_uptime_low_percent, total.contract_uptime_high_percent
    if target is None or low is None or high is None:
        return
    name = "kept" if low >= target else "broken" if high < target else "open"
    yield words[name].format(target=formats.percent(target))


def _compared(report: Report, words: Mapping[str, str], formats: Formats) -> Iterator[str]:
    """Compare with the month before, where the report is of a month and both are known."""
    months = [one.month for one in report.trend]
    if report.header.month not in months[1:]:
        return
    at = months.index(report.header.month or "")
    before, now = report.trend[at - 1], report.total.uptime_percent
    if before.uptime_percent is None or now is None:
        return
    change = round(now * _THOUSAND) - round(before.uptime_percent * _THOUSAND)
    name = "same" if change == 0 else "better" if change > 0 else "worse"
    yield words[name].format(
        points=formats.number(abs(change) / _THOUSAND),
        month=formats.month(before.month),
        before=formats.percent(before.uptime_percent),
        coverage=formats.percent(before.coverage_percent),
    )


def _second(report: Report, language: str) -> Iterator[str]:
    words, formats = _SENTENCES[language], Formats(language, report.header.zone)
    total = report.total
    if total.outages:
        yield words["outages"].format(
            outages=formats.count(total.outages), mttr=formats.span(total.mttr_seconds)
        )
    elif total.uptime_percent is not None:
        yield words["no_outages"]
    if more := besides(report):
        yield words["besides"].format(outages=formats.count(more))
    if report.outages:
        first = report.outages[0]
        yield words["longest"].format(
            name=first.device_name,
            site=first.site_name,
            span=formats.span(first.in_period_seconds),
            cause=cause_phrase(first.cause, language),
        )
    yield from _shares(report, words, formats)
    if (worst := worst_area(report)) is not None:
        yield words["area"].format(
            name=worst.name,
            uptime=formats.percent(worst.uptime_percent),
            coverage=formats.percent(worst.coverage_percent),
        )
    yield from _filling(report, words, formats)
    bad = sum(one.verdict == Verdict.TOO_MUCH for one in report.alarms)
    if bad:
        yield words["alarms"].format(count=formats.count(bad))
    if report.corrections:
        count = len({one.outage for one in report.corrections})
        yield words["corrections"].format(count=formats.count(count))


def besides(report: Report) -> int:
    """Return how many of the listed outages the sums do not count: cut off, or maintenance."""
    return max(0, len(report.outages) - report.total.outages)


def cause_phrase(value: str, language: str) -> str:
    """Return a class of causes as it stands in a sentence."""
    said = cause(value, language)
    return f"penyebab yang {said}" if language == "id" and value == "unknown" else said


def _shares(report: Report, words: Mapping[str, str], formats: Formats) -> Iterator[str]:
    def listed(by: str) -> str:
        said = [
            words["part"].format(
                name=cause_phrase(one.key, formats.language)
                if by == "cause"
                else one.name or words["nobody"],
                percent=formats.percent(one.share_percent),
            )
            for one in report.shares
            if one.by == by
        ][:3]
        return ", ".join(said[:-1]) + (words["and"] if said[1:] else "") + said[-1]

    if report.shares:
        lost = report.total.down_seconds + report.total.unreachable_seconds
        yield words["causes"].format(lost=formats.span(lost), causes=listed("cause"))
        yield words["responsible"].format(names=listed("responsible"))


def worst_area(report: Report) -> GroupUptime | None:
    """Return the area with the least uptime; None where there is one area, or all are well."""
    known = [one for one in report.areas if one.uptime_percent is not None]
    if len(known) < 2:
        return None
    worst = min(known, key=lambda one: (one.uptime_percent or 0.0, one.key))
    return None if worst.uptime_percent == 100 else worst


def _filling(report: Report, words: Mapping[str, str], formats: Formats) -> Iterator[str]:
    full = [one for one in report.capacity if one.why == "full"]
    filling = [one for one in report.capacity if one.full_from is not None]
    if full:
        yield words["is_full"].format(
            count=formats.count(len(full)), part=full[0].part, name=full[0].device_name
        )
    if filling:
        yield words["full"].format(
            count=formats.count(len(filling)),
            part=filling[0].part,
            name=filling[0].device_name,
            date=formats.date_of(filling[0].full_from),
        )

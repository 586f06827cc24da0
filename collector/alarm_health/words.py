"""Sentences for verdicts, measures and advice. Indonesian and English."""

from collections.abc import Mapping

from collector.alarm_health.advice import Advice, AdviceKind
from collector.alarm_health.judging import Measure, Verdict
from collector.model import State
from collector.model.alerts import HoldReason

LANGUAGES = ("id", "en")

VERDICTS: Mapping[str, Mapping[Verdict, str]] = {
    "id": {
        Verdict.GOOD: "baik",
        Verdict.MANAGEABLE: "masih dapat ditangani",
        Verdict.TOO_MUCH: "terlalu banyak",
    },
    "en": {
        Verdict.GOOD: "good",
        Verdict.MANAGEABLE: "manageable",
        Verdict.TOO_MUCH: "too many",
    },
}
_TOO_LONG = {"id": "terlalu lama", "en": "too long"}

MEASURES: Mapping[str, Mapping[Measure, str]] = {
    "id": {
        Measure.PER_DAY: "pesan per hari ke penerima tersibuk",
        Measure.PEAK: "pesan terbanyak dalam 10 menit",
        Measure.FLOOD: "waktu kebanjiran pesan",
        Measure.CRITICAL: "bagian yang kritis",
        Measure.NOISY: "bagian dari sepuluh perangkat terberisik",
        Measure.CHATTERING: "perangkat yang terus berulang",
        Measure.FLEETING: "bagian yang pulih dalam 5 menit",
        Measure.STALE: "peringatan yang lebih lama dari sehari",
        Measure.ACKNOWLEDGED_AFTER: "waktu sampai ditangani (median)",
    },
    "en": {
        Measure.PER_DAY: "messages a day to the busiest receiver",
        Measure.PEAK: "most messages in 10 minutes",
        Measure.FLOOD: "time in flood",
        Measure.CRITICAL: "share that is critical",
        Measure.NOISY: "share from the ten noisiest devices",
        Measure.CHATTERING: "devices that chatter",
        Measure.FLEETING: "share that is over within 5 minutes",
        Measure.STALE: "alerts older than a day",
        Measure.ACKNOWLEDGED_AFTER: "time to acknowledge (median)",
    },
}

HELD: Mapping[str, Mapping[HoldReason, str]] = {
    "id": {
        HoldReason.IN_MAINTENANCE: "sedang dalam pemeliharaan",
        HoldReason.SILENCED: "disenyapkan",
        HoldReason.PARENT_DOWN: "induknya mati",
        HoldReason.POWER: "listrik tempatnya padam",
        HoldReason.FLAPPING: "berubah-ubah",
        HoldReason.ACKNOWLEDGED: "sudah ditangani",
        HoldReason.TOO_SHORT: "belum cukup lama",
        HoldReason.NOT_WANTED: "tidak diminta",
        HoldReason.NO_ROUTE: "tidak ada rute",
        HoldReason.QUIET_HOURS: "menunggu pagi",
        HoldReason.SETTLING: "menunggu sebentar",
        HoldReason.STORM: "digabung dalam badai",
        HoldReason.ALREADY_TOLD: "sudah diberitahukan",
        HoldReason.COLLECTOR_GONE: "kolektor tidak ada kabar",
        HoldReason.STALE: "pulih sebelum diberitahukan",
    },
    "en": {
        HoldReason.IN_MAINTENANCE: "in maintenance",
        HoldReason.SILENCED: "silenced",
        HoldReason.PARENT_DOWN: "its parent is down",
        HoldReason.POWER: "its place has no power",
        HoldReason.FLAPPING: "flapping",
        HoldReason.ACKNOWLEDGED: "acknowledged",
        HoldReason.TOO_SHORT: "not long enough yet",
        HoldReason.NOT_WANTED: "not wanted",
        HoldReason.NO_ROUTE: "no route",
        HoldReason.QUIET_HOURS: "waits for the morning",
        HoldReason.SETTLING: "waits a moment",
        HoldReason.STORM: "told in a storm",
        HoldReason.ALREADY_TOLD: "told already",
        HoldReason.COLLECTOR_GONE: "no word from its collector",
        HoldReason.STALE: "over before it could be told",
    },
}

STATES: Mapping[str, Mapping[State, str]] = {
    "id": {
        State.UP: "aktif",
        State.DOWN: "mati",
        State.DEGRADED: "terganggu",
        State.UNREACHABLE: "tidak terjangkau",
        State.UNKNOWN: "tidak diketahui",
    },
    "en": {state: state.value for state in State},
}

_ADVICE: Mapping[str, Mapping[AdviceKind, str]] = {
    "id": {
        AdviceKind.DEAD: "{count} pesan ditolak salurannya, jadi penerimanya tidak mendapatkannya "
        "lewat saluran itu: lihat `pantau alert messages --dead`, perbaiki salurannya, lalu "
        "`pantau alert retry ID`.",
        AdviceKind.NO_ROUTE: "{count} peringatan tidak punya rute, jadi tidak diberitahukan kepada "
        "siapa pun: tambahkan rute tanpa syarat di akhir alerts.yaml.",
        AdviceKind.FLAPPING: "{name} memberi {count} peringatan, berulang-ulang: periksa konektor, "
        "kabel dan dayanya; bila hanya sinyal lemah, naikkan confirm menjadi {confirm}.",
        AdviceKind.STALE: "{name} {state} sudah {days} hari: rencanakan pemeliharaan, atau "
        "keluarkan dari inventaris.",
        AdviceKind.MORE_STALE: "dan {count} perangkat lain sudah begitu lebih dari sehari.",
        AdviceKind.HALF: "separuh dari semuanya berasal dari {count} perangkat: {names}. Mulailah "
        "dari sana.",
        AdviceKind.CRITICAL: "{percent} % kritis, jadi tidak terlihat mana yang harus didahulukan: "
        "beri tingkat lebih rendah kepada yang bisa menunggu (policies di alerts.yaml).",
        AdviceKind.FLEETING: "{percent} % pulih dalam 5 menit, sebelum ada yang bisa bertindak: "
        "naikkan confirm, atau minta lebih lama (policies di alerts.yaml).",
        AdviceKind.FLOOD: "{count} kali pesan membanjir, sampai {peak} dalam 10 menit: lengkapi "
        "induk dan penyulang di inventaris, supaya satu sebab menjadi satu pesan.",
        AdviceKind.PER_DAY: "{receiver} mendapat {count} pesan per hari: bagi menurut wilayah atau "
        "pengampu, dan biarkan yang bisa menunggu masuk ke ringkasan pagi.",
        AdviceKind.NOT_ACKNOWLEDGED: "{count} dari {of} insiden tidak ditangani siapa pun: apakah "
        "pesannya sampai ke orang yang tepat? Periksa rute dan jadwal piket.",
        AdviceKind.SLOW: "insiden baru ditangani setelah {minutes} menit (median): tambahkan "
        "eskalasi pada rutenya.",
    },
    "en": {
        AdviceKind.DEAD: "{count} messages were given up, so whoever they were for did not get "
        "them by that channel: see `pantau alert messages --dead`, mend the channel, then "
        "`pantau alert retry ID`.",
        AdviceKind.NO_ROUTE: "{count} alerts had no route, so nobody was told: add a route without "
        "conditions at the end of alerts.yaml.",
        AdviceKind.FLAPPING: "{name} raised {count} alerts, again and again: check connectors, "
        "cable and power; if it is only a weak signal, raise confirm to {confirm}.",
        AdviceKind.STALE: "{name} has been {state} for {days} days: plan maintenance, or retire it "
        "from the inventory.",
        AdviceKind.MORE_STALE: "and {count} more devices have been so for more than a day.",
        AdviceKind.HALF: "half of all comes from {count} devices: {names}. Begin there.",
        AdviceKind.CRITICAL: "{percent} % is critical, so nobody sees what comes first: make what "
        "can wait less severe (policies in alerts.yaml).",
        AdviceKind.FLEETING: "{percent} % is over within 5 minutes, before anybody could act: "
        "raise confirm, or ask for longer (policies in alerts.yaml).",
        AdviceKind.FLOOD: "messages flooded {count} times, up to {peak} in 10 minutes: name "
        "parents and feeders in the inventory, so that one cause is one message.",
        AdviceKind.PER_DAY: "{receiver} gets {count} messages a day: divide them by area or owner, "
        "and let what can wait go into the morning's digest.",
        AdviceKind.NOT_ACKNOWLEDGED: "{count} of {of} incidents were acknowledged by nobody: do "
        "messages reach the right person? Look at routes and rosters.",
        AdviceKind.SLOW: "incidents are acknowledged after {minutes} minutes (median): add an "
        "escalation to their route.",
    },
}
_CONFIRM_IS_HIGH = {
    "id": "{name} memberi {count} peringatan, berulang-ulang, padahal confirm sudah tinggi: "
    "periksa konektor, kabel dan dayanya, atau keluarkan dari inventaris.",
    "en": "{name} raised {count} alerts, again and again, though its confirm is high already: "
    "check connectors, cable and power, or retire it from the inventory.",
}
_ONE_DAY = {
    "id": "{name} {state} sudah lebih dari sehari: rencanakan pemeliharaan, atau perbaiki.",
    "en": "{name} has been {state} for more than a day: plan maintenance, or mend it.",
}


def verdict_words(measure: Measure | None, verdict: Verdict, language: str) -> str:
    """Return what a verdict is called."""
    if measure is Measure.ACKNOWLEDGED_AFTER and verdict is Verdict.TOO_MUCH:
        return _TOO_LONG[language]
    return VERDICTS[language][verdict]


def advice_words(advice: Advice, language: str) -> str:
    """Return one advice as a sentence."""
    facts = dict(advice.facts)
    template = _ADVICE[language][advice.kind]
    if advice.kind is AdviceKind.FLAPPING and "confirm" not in facts:
        template = _CONFIRM_IS_HIGH[language]
    if advice.kind is AdviceKind.STALE:
        facts["state"] = STATES[language][State(str(facts["state"]))]
        if facts["days"] == 1:
            template = _ONE_DAY[language]
    return template.format(**facts)

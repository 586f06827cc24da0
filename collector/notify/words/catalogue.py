"""The catalogue of words: states, reasons, kinds, causes, and what to do. Indonesian and English.

States, reasons and kinds are called as on the wall (a test holds them to it).
"""

from collections.abc import Mapping

LANGUAGES = ("id", "en")
DEFAULT = "id"

_KINDS_ID = {
    "camera": "kamera",
    "recorder": "perekam",
    "access_point": "titik akses",
    "switch": "switch",
    "router": "router",
    "server": "server",
    "nas": "NAS",
    "ups": "UPS",
    "sensor": "sensor",
    "device": "perangkat",
    "collector": "kolektor",
}
_KINDS_EN = {
    "camera": ("camera", "cameras"),
    "recorder": ("recorder", "recorders"),
    "access_point": ("access point", "access points"),
    "switch": ("switch", "switches"),
    "router": ("router", "routers"),
    "server": ("server", "servers"),
    "nas": ("NAS", "NAS"),
    "ups": ("UPS", "UPSes"),
    "sensor": ("sensor", "sensors"),
    "device": ("device", "devices"),
    "collector": ("collector", "collectors"),
}

KINDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "id": {kind: (word, word) for kind, word in _KINDS_ID.items()},
    "en": _KINDS_EN,
}
"""What one and several of a kind are called."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "state.up": "aktif",
        "state.down": "mati",
        "state.degraded": "terganggu",
        "state.unreachable": "tidak terjangkau",
        "state.unknown": "tidak diketahui",
        "reason.ok": "aktif",
        "reason.no_answer": "tidak ada jawaban",
        "reason.host_unreachable": "jaringan tidak sampai ke perangkat",
        "reason.refused": "layanan di perangkat tidak berjalan",
        "reason.bad_answer": "jawaban tidak dapat dibaca",
        "reason.credential_refused": "kredensial ditolak",
        "reason.agent_error": "agen melaporkan galat",
        "reason.reported_offline": "dilaporkan terputus oleh broker",
        "reason.threshold": "melewati ambang batas",
        "reason.on_battery": "memakai baterai, listrik PLN padam di sini",
        "reason.silent": "tidak ada kabar",
        "reason.parent_down": "induk mati",
        "reason.collector_gone": "kolektor tidak ada kabar",
        "reason.collector_lag": "kolektor terlambat",
        "reason.collector_rights": "kolektor tidak punya hak",
        "reason.collector_error": "galat di kolektor",
        "reason.never_seen": "belum pernah terlihat",
        "cause.device": "perangkat itu sendiri",
        "cause.link": "jaringan",
        "cause.power": "listrik",
        "cause.upstream": "perangkat hulu",
        "cause.planned": "terencana",
        "cause.unknown": "belum diketahui",
        "rule.no_evidence": "belum ada petunjuk",
        "rule.in_maintenance": "mulai saat pemeliharaan",
        "rule.parent_down": "perangkat induknya mati",
        "rule.ups_on_battery": "UPS di sana memakai baterai",
        "rule.many_at_site": "banyak perangkat di satu titik mati bersamaan",
        "rule.many_on_feeder": "banyak perangkat pada satu penyulang mati bersamaan",
        "rule.many_in_area": "banyak perangkat di satu wilayah mati bersamaan",
        "rule.network_said": "router menjawab: tidak ada jalur",
        "rule.neighbours_up": "perangkat lain di belakang induk yang sama aktif",
        "advice.collector": "Periksa mesin kolektor, lalu jaringan ruang server. Ini tidak "
        "berarti perangkatnya mati.",
        "advice.storm": "Periksa dulu akar yang diduga dan jaringan inti; satu perbaikan bisa "
        "memulihkan semuanya.",
        "advice.power_ups": "Hubungi pengelola listrik (PLN 123). Pantau sisa baterai UPS; jangan "
        "kirim teknisi jaringan dulu.",
        "advice.power_feeder": "Tanyakan ke PLN (123) dengan nama penyulang ini. Jangan kirim "
        "teknisi jaringan dulu.",
        "advice.power": "Tanyakan ke pengelola listrik atau PLN (123). Jangan kirim teknisi "
        "jaringan dulu.",
        "advice.site": "Telepon lokasi: listrik menyala? Bila ya, periksa uplink titik ini.",
        "advice.area": "Tanyakan padam ke PLN (123) dan gangguan ke penyedia jaringan wilayah ini.",
        "advice.link": "Buat tiket ke penyedia jaringan; sebutkan titik dan jam mulai.",
        "advice.credential": "Kata sandi perangkat berubah: perbaiki di Pantau. Perangkatnya "
        "sendiri menjawab.",
        "advice.service": "Perangkat hidup, layanannya tidak: mulai ulang dari jarak jauh.",
        "advice.agent": "Periksa agen (SNMP/ONVIF/API) di perangkat dan versi firmware.",
        "advice.silent": "Periksa daya, baterai, dan jaringan perangkat; lalu broker MQTT.",
        "advice.on_battery": "Hubungi pengelola listrik (PLN 123). Siapkan genset atau matikan "
        "server dengan tertib sebelum baterai habis.",
        "advice.flapping": "Periksa konektor, kabel, dan daya. Bila hanya sinyal lemah, naikkan "
        "confirm perangkat ini.",
        "advice.threshold": "Lihat grafiknya di Pantau: naik perlahan atau tiba-tiba?",
        "advice.threshold_recorder": "Periksa diska dan perekaman di NVR sekarang: rekaman bisa "
        "hilang.",
        "advice.threshold_nas": "Periksa diska dan sisa ruang sekarang: rekaman bisa hilang.",
        "advice.threshold_access_point": "Periksa kepadatan kanal dan uplink AP; ganti kanal bila "
        "penuh.",
        "advice.down_camera": "Matikan lalu nyalakan port PoE; bila tetap mati, kirim teknisi.",
        "advice.down_access_point": "Matikan lalu nyalakan port PoE; bila tetap mati, kirim "
        "teknisi.",
        "advice.down_switch": "Telepon lokasi: listrik menyala? Bila ya, kirim teknisi jaringan.",
        "advice.down_router": "Telepon lokasi: listrik menyala? Bila ya, tanyakan uplink ke "
        "penyedia jaringan.",
        "advice.down_recorder": "Rekaman berhenti: cek listrik dan NVR segera.",
        "advice.down_server": "Cek lewat konsol (iDRAC/iLO), lalu ruang server.",
        "advice.down_nas": "Cek listrik dan jaringan NAS segera: rekaman bisa hilang.",
        "advice.down_ups": "Cek UPS dan kartu jaringannya di lokasi; beban mungkin tanpa cadangan.",
        "advice.down_sensor": "Periksa daya atau baterai sensor dan gateway-nya.",
        "advice.down": "Cek listrik dan jaringan perangkat, lalu kirim teknisi.",
    },
    "en": {
        "state.up": "up",
        "state.down": "down",
        "state.degraded": "degraded",
        "state.unreachable": "unreachable",
        "state.unknown": "unknown",
        "reason.ok": "up",
        "reason.no_answer": "no answer",
        "reason.host_unreachable": "the network does not reach it",
        "reason.refused": "its service is not running",
        "reason.bad_answer": "its answer cannot be read",
        "reason.credential_refused": "credential refused",
        "reason.agent_error": "its agent reports an error",
        "reason.reported_offline": "reported offline by the broker",
        "reason.threshold": "beyond its threshold",
        "reason.on_battery": "on battery, the mains failed here",
        "reason.silent": "no word from it",
        "reason.parent_down": "parent down",
        "reason.collector_gone": "no word from the collector",
        "reason.collector_lag": "the collector is late",
        "reason.collector_rights": "the collector lacks a right",
        "reason.collector_error": "a fault in the collector",
        "reason.never_seen": "never seen",
        "cause.device": "the device itself",
        "cause.link": "network",
        "cause.power": "power",
        "cause.upstream": "upstream device",
        "cause.planned": "planned",
        "cause.unknown": "not known yet",
        "rule.no_evidence": "nothing points anywhere yet",
        "rule.in_maintenance": "began during maintenance",
        "rule.parent_down": "its parent is down",
        "rule.ups_on_battery": "a UPS there is on battery",
        "rule.many_at_site": "many devices of one site failed together",
        "rule.many_on_feeder": "many devices of one feeder failed together",
        "rule.many_in_area": "many devices of one area failed together",
        "rule.network_said": "a router answered: no way to it",
        "rule.neighbours_up": "others behind the same parent are up",
        "advice.collector": "Check the collector's machine, then the network of the server room. "
        "This does not mean that its devices are down.",
        "advice.storm": "Look at the suspected root and the core network first; one repair may "
        "bring back everything.",
        "advice.power_ups": "Call whoever runs the power (PLN 123). Watch the UPS battery; send no "
        "network technician yet.",
        "advice.power_feeder": "Ask PLN (123), naming this feeder. Send no network technician yet.",
        "advice.power": "Ask whoever runs the power, or PLN (123). Send no network technician yet.",
        "advice.site": "Phone the site: is there power? If so, check its uplink.",
        "advice.area": "Ask PLN (123) about an outage, and this area's network provider.",
        "advice.link": "Open a ticket with the network provider; say the site and since when.",
        "advice.credential": "The device's password changed: mend it in Pantau. The device itself "
        "answers.",
        "advice.service": "The device lives, its service does not: restart it remotely.",
        "advice.agent": "Check the device's agent (SNMP/ONVIF/API) and its firmware.",
        "advice.silent": "Check the device's power, battery and network; then the MQTT broker.",
        "advice.on_battery": "Call whoever runs the power (PLN 123). Start the generator, or shut "
        "servers down in order before the battery is empty.",
        "advice.flapping": "Check connectors, cable and power. If it is only a weak signal, raise "
        "this device's confirm.",
        "advice.threshold": "Look at its chart in Pantau: slowly or all of a sudden?",
        "advice.threshold_recorder": "Check disk and recording on the NVR now: footage may be "
        "lost.",
        "advice.threshold_nas": "Check disks and free space now: footage may be lost.",
        "advice.threshold_access_point": "Check how busy its channel is, and its uplink; change "
        "the channel if full.",
        "advice.down_camera": "Switch its PoE port off and on; if still down, send a technician.",
        "advice.down_access_point": "Switch its PoE port off and on; if still down, send a "
        "technician.",
        "advice.down_switch": "Phone the site: is there power? If so, send a network technician.",
        "advice.down_router": "Phone the site: is there power? If so, ask the network provider "
        "about the uplink.",
        "advice.down_recorder": "Recording has stopped: check power and NVR at once.",
        "advice.down_server": "Look through its console (iDRAC/iLO), then in the server room.",
        "advice.down_nas": "Check the NAS's power and network at once: footage may be lost.",
        "advice.down_ups": "Check the UPS and its network card on site; the load may have no "
        "backup.",
        "advice.down_sensor": "Check power or battery of the sensor, and its gateway.",
        "advice.down": "Check the device's power and network, then send a technician.",
    },
}
"""What a word of the model is called, and the advice for what happened, by language."""

UNITS: Mapping[str, tuple[str, str, str, str]] = {
    "id": ("hari", "jam", "menit", "detik"),
    "en": ("d", "h", "min", "s"),
}
MONTHS: Mapping[str, tuple[str, ...]] = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
SMALL: Mapping[str, Mapping[str, str]] = {
    "id": {
        "and": "dan",
        "other": "{} lainnya",
        "others": "{} lainnya",
        "amount_more": "{} {} lain",
        "clock": ".",
        "thousands": ".",
        "more": "+ {} baris lagi",
    },
    "en": {
        "and": "and",
        "other": "{} other",
        "others": "{} others",
        "amount_more": "{} more {}",
        "clock": ":",
        "thousands": ",",
        "more": "+ {} more lines",
    },
}
"""Small words and signs."""

SAY_THE_KIND: Mapping[str, tuple[str, ...]] = {
    "camera": ("kamera", "cctv", "cam", "camera"),
    "recorder": ("perekam", "nvr", "dvr", "recorder"),
    "access_point": ("titik akses", "access point", "ap", "wifi"),
    "switch": ("switch", "sakelar", "sw"),
    "router": ("router", "perute", "rtr"),
    "server": ("server", "peladen", "srv"),
    "nas": ("nas",),
    "ups": ("ups",),
    "sensor": ("sensor", "pengindra"),
}
"""Words in a device's name that say its kind already."""

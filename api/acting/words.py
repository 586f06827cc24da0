"""What the pages of links say, in Indonesian and English."""

from collections.abc import Mapping

LANGUAGES = ("id", "en")
DEFAULT = "id"

WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "ask_take": "Tangani insiden {incident}?",
        "ask_silence": "Senyapkan {lasts}?",
        "take": "Tangani",
        "silence": "Senyapkan {lasts}",
        "after_take": "Atas nama {who}. Setelah itu tidak ada pengulangan dan eskalasi, "
        "kecuali keadaannya memburuk atau kambuh.",
        "after_silence": "Atas nama {who}, sampai {until}, {devices}. "
        "Yang masih bermasalah saat itu dikabarkan lagi.",
        "merged": "Insiden {merged} kini bagian dari insiden {incident}.",
        "since": "Sejak",
        "now": "Sekarang",
        "place": "Lokasi",
        "handled": "Penanganan",
        "muted": "Senyap",
        "nobody": "belum ditangani",
        "holder": "{who}, sejak {since}",
        "muted_until": "sampai {until} ({who})",
        "recovered_at": "pulih {at}",
        "blind": "tidak diketahui: tidak ada kabar dari kolektor",
        "well": "tidak ada yang mati",
        "done_take": "Ditangani {who}",
        "done_take_more": "Insiden {incident} ditangani {who}. Tidak ada pengulangan dan eskalasi, "
        "kecuali keadaannya memburuk atau kambuh. Salah tekan? Lepaskan di Pantau.",
        "done_silence": "Disenyapkan sampai {until}",
        "done_silence_more": "{devices} disenyapkan atas nama {who}. Yang masih bermasalah saat "
        "itu dikabarkan lagi. Salah tekan? Akhiri di Pantau.",
        "used": "Tautan ini sudah dipakai",
        "used_more": "{who} memakainya {at}. Setiap tautan sekali pakai.",
        "taken": "Sudah ditangani {who}",
        "taken_more": "Sejak {since}. Hubungi {who} sebelum ikut bergerak.",
        "recovered": "Sudah pulih",
        "recovered_more": "Sejak {at}. Tidak ada lagi yang perlu dilakukan di sini.",
        "replaced": "Sudah ada pesan yang lebih baru",
        "replaced_more": "Keadaannya sudah berubah sejak pesan ini. Pakai tautan di pesan "
        "terakhir, atau buka Pantau.",
        "expired": "Tautan ini sudah lewat waktunya",
        "expired_more": "Tautan berlaku {hours} jam. Pakai tautan di pesan terakhir, "
        "atau buka Pantau.",
        "not_genuine": "Tautan ini tidak sah",
        "not_genuine_more": "Alamatnya terpotong atau berubah. Salin seluruhnya dari pesan, atau "
        "buka Pantau.",
        "unknown": "Pantau tidak mengenal perkara ini",
        "unknown_more": "Datanya mungkin sudah diganti sejak pesan itu. Buka Pantau.",
        "cannot": "Belum ada yang berubah",
        "cannot_more": "Ini tidak dapat dilakukan dari pesan. Lakukan di Pantau.",
        "too_often": "Terlalu sering",
        "too_often_more": "Alamat ini terlalu sering dibuka. Coba lagi {seconds} detik lagi.",
        "unavailable": "Pantau sedang tidak dapat membaca datanya",
        "unavailable_more": "Belum ada yang berubah. Coba lagi sebentar lagi.",
        "works_until": "Sekali pakai, berlaku sampai {until}.",
        "desk": "Buka Pantau",
        "by_link": "Lewat tautan di pesan",
        "silence_reason": "Lewat tautan di pesan tentang {subject}",
        "subject_incident": "insiden {name}",
        "subject_device": "perangkat {name}",
    },
    "en": {
        "ask_take": "Take incident {incident}?",
        "ask_silence": "Silence it for {lasts}?",
        "take": "Take it",
        "silence": "Silence for {lasts}",
        "after_take": "In the name of {who}. After that nothing is repeated or escalated, unless "
        "it gets worse or comes back.",
        "after_silence": "In the name of {who}, until {until}, {devices}. What is still wrong then "
        "is told again.",
        "merged": "Incident {merged} is part of incident {incident} now.",
        "since": "Since",
        "now": "Now",
        "place": "Where",
        "handled": "In hand",
        "muted": "Silenced",
        "nobody": "nobody has it",
        "holder": "{who}, since {since}",
        "muted_until": "until {until} ({who})",
        "recovered_at": "recovered {at}",
        "blind": "unknown: no word from the collector",
        "well": "nothing is down",
        "done_take": "{who} has it",
        "done_take_more": "Incident {incident} is in the hands of {who}. Nothing is repeated or "
        "escalated, unless it gets worse or comes back. Pressed by mistake? Give it back in "
        "Pantau.",
        "done_silence": "Silenced until {until}",
        "done_silence_more": "{devices} silenced in the name of {who}. What is still wrong then is "
        "told again. Pressed by mistake? End it in Pantau.",
        "used": "This link was used",
        "used_more": "{who} used it at {at}. Every link works once.",
        "taken": "{who} has it already",
        "taken_more": "Since {since}. Call {who} before you set out as well.",
        "recovered": "It is well again",
        "recovered_more": "Since {at}. There is nothing left to do here.",
        "replaced": "There is a newer message",
        "replaced_more": "Things have changed since this message. Use the link of the last one, or "
        "open Pantau.",
        "expired": "This link has run out",
        "expired_more": "Links work for {hours} hours. Use the link of the last message, or open "
        "Pantau.",
        "not_genuine": "This link is not genuine",
        "not_genuine_more": "The address was cut or changed. Copy all of it from the message, or "
        "open Pantau.",
        "unknown": "Pantau does not know of this",
        "unknown_more": "Its data may have been replaced since that message. Open Pantau.",
        "cannot": "Nothing has changed",
        "cannot_more": "This cannot be done from a message. Do it in Pantau.",
        "too_often": "Too often",
        "too_often_more": "This address is opened too often. Try again in {seconds} seconds.",
        "unavailable": "Pantau cannot read its data now",
        "unavailable_more": "Nothing has changed. Try again in a moment.",
        "works_until": "Works once, until {until}.",
        "desk": "Open Pantau",
        "by_link": "By the link of a message",
        "silence_reason": "By the link of a message about {subject}",
        "subject_incident": "incident {name}",
        "subject_device": "device {name}",
    },
}


def said(key: str, language: str, **values: object) -> str:
    """Return a sentence with its values; a language that is not here is Indonesian."""
    return WORDS.get(language, WORDS[DEFAULT])[key].format(**values)


def language_of(accepted: str, fallback: str) -> str:
    """Return the language of a page: the first of ours in Accept-Language, else `fallback`.

    Browsers list them in the order of liking; weights that say otherwise are looked at (RFC 9110,
    section 12.5.4).
    """
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.partition("-")[0].strip().lower()
        language = "id" if language == "in" else language  # its code until 1989; some phones
        if language in LANGUAGES and (liking := _weight(weight)) > 0:
            ranked.append((-liking, place, language))
    if ranked:
        return min(ranked)[2]
    return fallback if fallback in LANGUAGES else DEFAULT


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0

"""What the cells of a list say, field by field, in the one form that rows keep."""

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Callable, Mapping

from collector.model import Field
from collector.register.columns import plain
from collector.register.coordinates import BadValueError
from collector.register.remarks import Code, shown

_LONGEST = 200
_NOTHING = frozenset(
    {"-", "--", "---", "\u2013", "\u2014", "n/a", "na", "nan", "null", "none", "nihil", "tidak ada",
     "belum ada", "kosong", "?", "x", "tidak diketahui", "unknown", "#n/a", "."}
)  # fmt: skip
_LONGEST_NOTHING = max(map(len, _NOTHING))
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_PREFIX_LENGTH = re.compile(r"/\d{1,3}$")
_SEPARATORS = re.compile(r"[\s:.\-]")
_TWELVE = re.compile(r"[0-9a-f]{12}")
_NO_MACS = ("0" * 12, "f" * 12)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_CODE = re.compile(r"\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?", re.ASCII)
_MONTHS = {
    word: number
    for number, words in enumerate(
        ("januari jan january", "februari feb february pebruari", "maret mar march", "april apr",
         "mei may", "juni jun june", "juli jul july", "agustus agu agt ags aug august",
         "september sep sept", "oktober okt oct october", "november nov nop nopember",
         "desember des dec december"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_WORDY_DATE = re.compile(r"(?:[A-Za-z]+,\s*)?(\d{1,2})[-\s.]+([A-Za-z]+)\.?[-\s]+(\d{4})")
_KINDS: Mapping[str, str] = {
    "recorder": "nvr dvr xvr perekam recorder",
    "camera": "cctv kamera camera ipcam ptz dome bullet cam",
    "access_point": "ap wifi hotspot accesspoint access_point wireless nirkabel",
    "switch": "switch hub",
    "router": "router mikrotik modem ont gateway",
    "nas": "nas storage penyimpanan",
    "server": "server peladen komputer",
    "ups": "ups",
    "sensor": "sensor iot",
}
_KIND_OF_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is nothing to say."""
    return not text or (len(text) <= _LONGEST_NOTHING and text.casefold() in _NOTHING)


def tidy(text: str) -> str:
    """Return a cell without invisible signs. Raises BadValueError for what cannot be printed."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).strip()
    if not text.isprintable():
        raise BadValueError(Code.UNPRINTABLE, value=shown(text))
    return text


def value_of(field: Field, text: str) -> str:
    """Return what a cell says, in the form that rows keep. Raises BadValueError.

    Names of areas, owners, sites, profiles and parents are looked up elsewhere.
    """
    if text.startswith("="):
        raise BadValueError(Code.FORMULA)
    if len(text) > _LONGEST and field is not Field.NOTE:
        raise BadValueError(Code.CELL_TOO_LONG, length=str(len(text)), most=str(_LONGEST))
    reading = _READERS.get(field)
    return text if reading is None else reading(text)


def kind_in(text: str) -> str | None:
    """Return the kind that words name: `Kamera PTZ`, `AP outdoor`, `CCTV-017`. None: no kind."""
    if text.strip().lower() in _KINDS:
        return text.strip().lower()
    words = plain(text.replace("_", " ").replace("wi-fi", "wifi").replace("Wi-Fi", "wifi")).split()
    if ("access" in words and "point" in words) or ("titik" in words and "akses" in words):
        return "access_point"
    words += [re.sub(r"\d+$", "", word) for word in words]
    kinds = {_KIND_OF_WORD[word] for word in words if word in _KIND_OF_WORD}
    return next((kind for kind in _KINDS if kind in kinds), None)


def _kind(text: str) -> str:
    kind = kind_in(text)
    if kind is None:
        raise BadValueError(Code.UNKNOWN_KIND, value=shown(text), kinds=", ".join(sorted(_KINDS)))
    return kind


def _address(text: str) -> str:
    bare = _PREFIX_LENGTH.sub("", text.strip())
    if _is_one_of_a_host(bare):
        return bare
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        raise BadValueError(Code.NOT_AN_ADDRESS, value=shown(text)) from None
    if address.is_multicast or address.is_unspecified or bare == "255.255.255.255":
        raise BadValueError(Code.ADDRESS_NEEDLESS, value=shown(text))
    return str(address)


def _is_one_of_a_host(text: str) -> bool:
    """Say whether a text is an IPv4 address in its one form, and can be a host's.

    Quick, for nearly all of them; what it does not know is looked at closely.
    """
    try:
        octets = socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        return False
    return 0 < octets[0] < 224 and socket.inet_ntop(socket.AF_INET, octets) == text


def _mac(text: str) -> str:
    digits = _SEPARATORS.sub("", text).lower()
    if not _TWELVE.fullmatch(digits) or digits in _NO_MACS:
        raise BadValueError(Code.NOT_A_MAC, value=shown(text))
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def _serial(text: str) -> str:
    return text.upper()


def _area(text: str) -> str:
    digits = text.replace(".", "").replace(" ", "")
    code = text.strip()
    if digits == text and digits.isdigit() and len(digits) in (4, 6, 10):
        code = ".".join(filter(None, (digits[:2], digits[2:4], digits[4:6], digits[6:])))
    if not _CODE.fullmatch(code):
        raise BadValueError(Code.NOT_AN_AREA, value=shown(text))
    return code


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise BadValueError(Code.NOT_AN_ID, value=shown(text))
    return text


def _ids(text: str) -> str:
    return ", ".join(filter(None, (word.strip() for word in re.split(r"[,;]", text))))


def _port(text: str) -> str:
    if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= 65_535:
        raise BadValueError(Code.NOT_A_PORT, value=shown(text))
    return str(int(text))


def _topic(text: str) -> str:
    if re.search(r"[+#]", text):
        raise BadValueError(Code.NOT_AN_ID, value=shown(text))
    return text


def _date(text: str) -> str:
    """Return a day as 2026-11-22, or a year; days go before months, as people here write them."""
    bare = re.sub(r"[ T]00:00:00$", "", text.strip())
    if re.fullmatch(r"(19|20)\d\d", bare):
        return bare
    if re.fullmatch(r"[3-6]\d{4}", bare):  # what a spreadsheet stores for a day
        raise BadValueError(Code.DATE_AMBIGUOUS, value=bare)
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", bare):
        year, month, day = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", bare):
        day, month, year = (int(part) for part in found.groups())
    elif found := re.fullmatch(
        r"(?:[A-Za-z]+,\s*)?(\d{1,2})[-\s.]+([A-Za-z]+)\.?[-\s]+(\d{4})", bare
    ):
        day, month, year = int(found[1]), _MONTHS.get(found[2].lower(), 0), int(found[3])
    else:
        raise BadValueError(Code.NOT_A_DATE, value=shown(text))
    year += 2000 if year < 100 else 0
    if not 1980 <= year <= 2100 or not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        raise BadValueError(Code.NOT_A_DATE, value=shown(text))
    return f"{year:04d}-{month:02d}-{day:02d}"


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


_READERS: Mapping[Field, Callable[[str], str]] = {
    Field.ID: _id,
    Field.KIND: _kind,
    Field.SITE: _id,
    Field.AREA: _area,
    Field.ADDRESS: _address,
    Field.MAC: _mac,
    Field.SERIAL: _serial,
    Field.PROFILE: _id,
    Field.OWNER: _id,
    Field.CREDENTIALS: _ids,
    Field.PARENTS: _ids,
    Field.TAGS: _ids,
    Field.SNMP_PORT: _port,
    Field.MQTT_TOPIC: _topic,
    Field.INSTALLED_ON: _date,
}

"""How alike two names are. A hint at most: names are never a reason by themselves.

"Kamera Simpang Melati 3" and "CCTV SIMPANG MELATI 03" are alike; "… 3" and "… 4", or "… utara"
and "… selatan", are as different as can be: what tells neighbours apart is in such words.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+|\d+")
_KINDS = frozenset(
    re.findall(
        r"\w+",
        "kamera camera cctv cam wifi hotspot ap akses access point titik perekam recorder nvr dvr "
        "sensor server peladen switch router ups nas kec kecamatan kel kelurahan jl jalan jln no "
        "unit",
    )
)
"""Words that say what it is or that a number follows, and tell no two devices apart."""
_SIDES = frozenset(
    re.findall(
        r"\w+",
        "utara selatan timur barat tengah depan belakang kiri kanan atas bawah dalam luar masuk "
        "keluar a b c d e f ii iii iv in out north south east west",
    )
)
_SHORT = {"smp": "simpang", "spg": "simpang", "psr": "pasar", "tmn": "taman", "trm": "terminal"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: words, and what tells neighbours apart."""

    words: frozenset[str]
    marks: tuple[str, ...]  # numbers and sides, sorted


@lru_cache(maxsize=65_536)
def name_of(text: str) -> Name:
    """Take a name apart. Case, accents, signs and leading zeros do not count."""
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words, marks = set(), []
    for word in _WORD.findall(plain):
        if word.isdigit():
            marks.append(word.lstrip("0") or "0")
        elif word in _SIDES:
            marks.append(word)
        elif word not in _KINDS:
            words.add(_SHORT.get(word, word))
    return Name(frozenset(words), tuple(sorted(marks)))


def likeness(one: Name, other: Name) -> float:
    """Return from 0 to 1 how much of the words two names share; typing errors are let pass.

    What tells neighbours apart is not looked at: see `marks_differ`.
    """
    if not one.words or not other.words:
        return 0.0
    shared = one.words & other.words
    mine, theirs = set(one.words - shared), set(other.words - shared)
    close = 0
    for word in sorted(mine):
        twin = next((it for it in sorted(theirs) if _one_slip(word, it)), None)
        if twin is not None:
            theirs.discard(twin)
            close += 1
    most = max(len(one.words), len(other.words))
    return (len(shared) + 0.9 * close) / most


def marks_differ(one: Name, other: Name) -> bool:
    """Say whether both have numbers or sides, and other ones."""
    return bool(one.marks and other.marks) and one.marks != other.marks


def _one_slip(one: str, other: str) -> bool:
    """Say whether one letter was added, left out or mistaken, in words of five and more."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others_rest = one[start:], other[start:]
    return rest[1:] == others_rest[1:] or rest[1:] == others_rest or rest == others_rest[1:]

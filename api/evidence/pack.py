"""Writes an evidence pack: a sealed ZIP from which anybody can reckon the report's figures again.

    METODE.md METHOD.md     in plain words what is in it and how figures come about
    report/…                the faces of the report
    figures.json            the figures of every group, with the names that the report gives them
    rules.json              the rules in force, the period, until when somebody looked
    raw/…                   what the figures are reckoned from
    register/…              areas, sites, owners, windows as they were
    manifest.json           SHA-256 of every file

At its end, as the comment of the ZIP, stands the seal: `pantau-evidence-1`, the public key, and the
Ed25519 signature over `pantau-evidence-1 ` and the SHA-256 (hexadecimal) of all bytes before it.
So no byte of the file can be another, also none that is no content of a file.

What is written is read back and recomputed by `verify`, in a process of its own, before anybody
gets it: a pack whose report does not follow from its rows (somebody corrected the past meanwhile)
is never handed out.
"""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import BinaryIO

import orjson

from api.evidence.key import EvidenceKey
from api.evidence.rows import FORMAT, TABLES, Scene, moment, write_table
from api.reports.uptime_rows import CITY, Pair, uptime_fields
from api.settings import ApiSettings
from api.uptime_query import Question
from api.uptime_table import chosen, facts_then, rules_view
from collector.moments import EPOCH, to_micros
from collector.store import DeviceFacts, Past, Store
from collector.uptime import total

SEAL = b"pantau-evidence-1 "
LARGEST = 2**28  # unpacked; what verification takes
_SEAL_LENGTH = len(SEAL) + 64 + 1 + 128
_DATE = (1980, 1, 1, 0, 0, 0)
_COPIED = 1 << 20
_VERIFY = "verify.py"

Progress = Callable[[str, int, int], None]
"""Told which file is being written, how many are done, of how many."""


class PackError(Exception):
    """A pack that cannot be made; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PackOf:
    """What a pack is of: the question, when it was asked, and until when somebody had looked.

    The same as the report was made by, to the microsecond. `faces` are the report's files, by their
    names; `about` goes into the manifest (the agency, the number of the report).
    """

    question: Question
    now: datetime
    known_until: datetime
    faces: Mapping[str, Path | bytes] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    positions: bool = False  # whether exact positions of sites are in it


def write_pack(
    store: Store,
    settings: ApiSettings,
    of: PackOf,
    key: EvidenceKey,
    path: Path,
    progress: Progress = lambda _name, _done, _of: None,
) -> None:
    """Write a pack to `path`, checked, or nothing. Blocks for seconds.

    Raises PackError, OSError, StoreError, and QueryError for a filter that nothing fits.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with new.open("w+b") as stream:
            write_unchecked(stream, store, settings, of, key, progress)
        refuse_what_is_not_right(new, key)
        new.replace(path)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def refuse_what_is_not_right(path: Path, key: EvidenceKey) -> None:
    """Raise PackError when a pack does not verify, in an interpreter that has nothing of ours."""
    with as_program() as program:
        done = subprocess.run(  # noqa: S603 - our own file
            [sys.executable, "-I", "-S", str(program), str(path), key.fingerprint],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        said = (done.stdout or done.stderr).strip().splitlines()
        raise PackError(
            "the pack does not follow from its own rows, so it is not handed out: "
            f"{'; '.join(said[:3])}. If somebody corrected the past meanwhile, make it again;"
            " else run: pantau doctor --store"
        )


@contextmanager
def as_program() -> Iterator[Path]:
    """Give the program that verifies packs as a file."""
    with as_file(files("api.evidence") / _VERIFY) as path:
        yield path


# --- writing ----------------------------------------------------------------------------------


class _Zip:
    """A ZIP of which every byte follows from its files; notes their digests."""

    def __init__(self, archive: zipfile.ZipFile, progress: Progress, of: int) -> None:
        self._archive, self._progress, self._of = archive, progress, of
        self.digests: dict[str, str] = {}
        self.size = 0

    @contextmanager
    def file(self, name: str) -> Iterator["_File"]:
        if name in self.digests:
            raise PackError(f"two files of a pack are called {name}; give them other names")
        self._progress(name, len(self.digests), self._of)
        info = zipfile.ZipInfo(name, _DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = 3, 0o100644 << 16
        with self._archive.open(info, "w") as stream:
            taken = _File(stream.write)
            yield taken
        self.digests[name] = taken.sha256.hexdigest()
        self.size += taken.size
        if self.size > LARGEST:
            raise PackError(
                "it holds more than 256 MiB unpacked; ask for a shorter period, or an area at a"
                " time (--area)"
            )

    def add(self, name: str, content: bytes) -> None:
        with self.file(name) as file:
            file.write(content)


class _File:
    def __init__(self, write: Callable[[bytes], int]) -> None:
        self._write = write
        self.sha256, self.size = hashlib.sha256(), 0

    def write(self, data: bytes, /) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return self._write(data)


def write_unchecked(
    stream: BinaryIO,
    store: Store,
    settings: ApiSettings,
    of: PackOf,
    key: EvidenceKey,
    progress: Progress = lambda _name, _done, _of: None,
) -> None:
    """Write a sealed pack to a file opened for reading and writing, and do not look at it."""
    question = of.question
    then = facts_then(store, question.window, settings.zone, of.now)
    facts = chosen(then, question.filters)
    ids = {one.id for one in facts} if question.filters else None
    number = len(TABLES) + len(of.faces) + 5
    with zipfile.ZipFile(stream, "w") as archive:
        archive.comment = SEAL + b"0" * (_SEAL_LENGTH - len(SEAL))
        pack = _Zip(archive, progress, number)
        for name in ("METODE.md", "METHOD.md"):
            pack.add(name, (files("api.evidence") / name).read_bytes())
        for name, content in of.faces.items():
            pack.add(
                f"report/{name}", content if isinstance(content, bytes) else content.read_bytes()
            )
        with store.past(
            question.window,
            zone=settings.zone,
            now=of.now,
            known_until=of.known_until,
            device_ids=ids,
        ) as past:
            pack.add("rules.json", _rules(store, settings, of, past))
            pack.add("figures.json", _figures(question, past, facts))
            areas = {one.id: (one.area, one.area_name) for one in then}
            scene = Scene(past, settings.zone, question.contract, areas, of.positions)
            for table in TABLES:
                with pack.file(table.name) as file:
                    write_table(file, table, scene)
        pack.add("manifest.json", _manifest(of, key, pack.digests))
    seal(stream, key)


def seal(stream: BinaryIO, key: EvidenceKey) -> None:
    """Put the seal where its room was kept: the last bytes of the file."""
    end = stream.seek(-_SEAL_LENGTH, os.SEEK_END)
    stream.seek(0)
    digest, left = hashlib.sha256(), end
    while left:
        block = stream.read(min(_COPIED, left))
        digest.update(block)
        left -= len(block)
    message = SEAL + digest.hexdigest().encode()
    stream.seek(end)
    stream.write(SEAL + f"{key.public} {key.sign(message)}".encode())


def _manifest(of: PackOf, key: EvidenceKey, digests: Mapping[str, str]) -> bytes:
    return _json(
        {
            "format": FORMAT,
            "made_at": moment(to_micros(of.now)),
            **of.about,
            "positions": of.positions,
            "public_key": key.public,
            "fingerprint": key.fingerprint,
            "files": dict(digests),
        }
    )


def _rules(store: Store, settings: ApiSettings, of: PackOf, past: Past) -> bytes:
    question, rule = of.question, settings.rule
    known = min(of.now, of.known_until)
    return _json(
        {
            "format": FORMAT,
            "from_asked": question.window.start.isoformat(),
            "to_asked": question.window.end.isoformat(),
            "zones": {
                name: {"from": moment(start), "to": moment(end)}
                for name, (start, end) in past.zones().items()
            },
            "filters": dict(question.filters),
            "made_at": moment(to_micros(of.now)),
            "made_us": to_micros(of.now),
            "known_until": moment(to_micros(known)) if known > EPOCH else None,
            "known_us": to_micros(known),
            "degraded_is_up": question.degraded_is_up,
            "plain": rules_view(question.plain),
            "contract": rules_view(question.contract),
            "detection": {
                **asdict(rule),
                "deviations": [
                    {"probe": one.probe, "role": one.role, "checks": one.checks, **asdict(one.rule)}
                    for one in store.rules()
                    if one.rule != rule
                ],
            },
        }
    )


_GROUPS: Mapping[str, Callable[[DeviceFacts], str]] = {
    "cities": lambda one: one.area[:CITY],
    "areas": lambda one: one.area,
    "sites": lambda one: one.site,
    "kinds": lambda one: one.kind,
    "owners": lambda one: one.owner or "",
}


def _figures(question: Question, past: Past, facts: Collection[DeviceFacts]) -> bytes:
    """Return the figures of the whole, of every group and of every device."""
    plain = past.tallies(question.plain)
    same = question.plain.digest() == question.contract.digest()
    contract = plain if same else past.tallies(question.contract)
    pairs: dict[str, Pair] = {name: (one, contract[name]) for name, one in plain.items()}
    found: dict[str, object] = {"format": FORMAT, "total": _row("", list(pairs.values()), question)}
    for heading, key_of in _GROUPS.items():
        members: dict[str, list[Pair]] = {}
        for one in facts:
            if one.id in pairs:
                members.setdefault(key_of(one), []).append(pairs[one.id])
        found[heading] = [_row(key, members[key], question) for key in sorted(members)]
    found["devices"] = [_row(name, [pair], question) for name, pair in pairs.items()]
    return _json(found)


def _row(key: str, pairs: Sequence[Pair], question: Question) -> dict[str, object]:
    pair = total(one for one, _ in pairs), total(one for _, one in pairs)
    return {"key": key, **uptime_fields(pair, degraded_is_up=question.degraded_is_up)}


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

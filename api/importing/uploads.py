"""Lists that were sent and wait to be imported: a few, for a day, readable by us alone."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

FOLDER = "imports"
_KEPT_FOR = timedelta(days=1)
_MOST = 20
_NAME = 200
_MARK = re.compile(r"[0-9a-f]{64}", re.ASCII)


class UploadGoneError(Exception):
    """What was sent is not there (any more)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A list that was sent. `mark` is the SHA-256 of its octets."""

    mark: str
    file: str
    octets: bytes


class Uploads:
    """The lists that wait, in the data folder. All methods block, and raise OSError."""

    def __init__(self, data_directory: Path) -> None:
        self._folder = data_directory / FOLDER

    def keep(self, file: str, octets: bytes, now: datetime) -> str:
        """Keep a list; return its mark. Old ones go, and the oldest of too many."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = hashlib.sha256(octets).hexdigest()
        for path, text in ((self._octets(mark), octets), (self._name(mark), file.encode())):
            beside = path.with_suffix(f"{path.suffix}.{os.getpid()}")
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text)
            beside.replace(path)
        self._let_go(now)
        return mark

    def sweep(self, now: datetime) -> None:
        """Remove what is too old, and what a process that died left half written.

        For the start, when nobody writes. A folder that is not there is clean.
        """
        for path in self._folder.glob("*.*"):
            half = path.suffix not in (".list", ".name")
            nameless = path.suffix == ".name" and not path.with_suffix(".list").exists()
            if half or nameless:
                path.unlink(missing_ok=True)
        self._let_go(now)

    def has(self, mark: str) -> bool:
        """Say whether a list is kept."""
        return _MARK.fullmatch(mark) is not None and self._octets(mark).is_file()

    def get(self, mark: str) -> Upload:
        """Return a list that was kept. Raises UploadGoneError."""
        if not _MARK.fullmatch(mark):
            raise UploadGoneError(mark)
        try:
            file = self._name(mark).read_text(encoding="utf-8")
            return Upload(mark, file, self._octets(mark).read_bytes())
        except FileNotFoundError:
            raise UploadGoneError(mark) from None

    def _let_go(self, now: datetime) -> None:
        kept = sorted(self._kept(), reverse=True)
        oldest = (now - _KEPT_FOR).timestamp()
        for place, (changed, path) in enumerate(kept):
            if place >= _MOST or changed < oldest:
                path.unlink(missing_ok=True)
                path.with_suffix(".name").unlink(missing_ok=True)

    def _kept(self) -> Iterator[tuple[float, Path]]:
        for path in self._folder.glob("*.list"):
            yield path.stat().st_mtime, path

    def _octets(self, mark: str) -> Path:
        return self._folder / f"{mark}.list"

    def _name(self, mark: str) -> Path:
        return self._folder / f"{mark}.name"


def file_name(text: str) -> str:
    """Return what a list is called, from what a stranger says: a bare, printable name."""
    bare = re.split(r"[\\/]", text)[-1]
    return "".join(sign for sign in bare if sign.isprintable()).strip()[:_NAME] or "list"

"""Writes a device that was adopted from the quarantine into an inventory file of its own.

The inventory's files are its source: what was adopted is such a file as well
(`adopted.yaml` in the data folder), to be read, edited and kept under version control like any
other. Devices are appended to it, each under a line that says who adopted it and when. The file is
replaced as a whole or not at all, and only by one that was read back, held against everything else
and found to say what was meant; what people wrote into it stays.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collector.config import Config
from collector.config.problems import Problem
from collector.inventory.load import Inventory, Known, read_inventory
from collector.model import Device
from collector.profiles import load_profiles

_HEAD = """\
# Devices that were adopted from the quarantine. This is an inventory file like any other; new
# devices are appended to the list at its end.
devices:
"""

Wanted = Mapping[str, str | list[str] | None]
"""Keys of a device as inventory files have them; None and empty lists are left out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one key of a device that was to be adopted."""

    key: str
    message: str


class AdoptionRefusedError(Exception):
    """The device cannot be adopted like this; `faults` name the keys."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{one.key}: {one.message}" for one in faults))


class InventoryBrokenError(Exception):
    """The inventory or the file cannot be used now; the message says what to do."""


@contextmanager
def adopting(config: Config) -> Iterator[None]:
    """Let one adopt at a time, in whichever process. Blocks.

    Raises InventoryBrokenError when the data folder cannot be written.
    """
    lock = config.adopted_path.with_suffix(".lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InventoryBrokenError(
            f"{lock} cannot be written: {error.strerror}; mend the rights of the data folder"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def read_all(config: Config) -> tuple[Inventory, Known]:
    """Return the inventory with what it is held against.

    Raises ProblemsError for profiles, InventoryBrokenError for an inventory with problems.
    """
    profiles = load_profiles(config.profiles)
    known = Known(profiles, frozenset(), frozenset(config.credentials))
    loaded = read_inventory(_files(config), known)
    _refuse_broken(loaded.problems)
    return loaded.inventory, known


def append(config: Config, known: Known, wanted: Wanted, *, author: str, now: datetime) -> Device:
    """Write a device into the file of adopted ones; return it. Call it inside `adopting`.

    Raises AdoptionRefusedError for what the inventory does not take, InventoryBrokenError when
    the file was changed so that nothing can be appended, or cannot be written.
    """
    path = config.adopted_path
    text = _text_of(path)
    entry = _entry(wanted, author, now)
    device_id = str(wanted.get("id"))
    with written_beside(path, text + entry) as draft:
        others = [file for file in _files(config) if file != path]
        loaded = read_inventory([*others, draft], known)
        _refuse_faults(loaded.problems, draft, text.count("\n"))
        device = loaded.inventory.devices.get(device_id)
        if device is None or device.mqtt_topic != wanted.get("mqtt_topic"):
            raise InventoryBrokenError(
                f"{path} does not end with its list of devices; append this to the list:\n{entry}"
            )
        try:
            draft.replace(path)
            keep_renamed(path.parent)
        except OSError as error:
            raise _unwritable(path, error) from None
    return device


def _files(config: Config) -> list[Path]:
    """Return the inventory's files, with the adopted ones also when they came up just now."""
    files = [file for file in config.inventory if file != config.adopted_path]
    return [*files, config.adopted_path] if config.adopted_path.is_file() else files


def _text_of(path: Path) -> str:
    """Return what is in the file, ready for one more entry at its end."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return _HEAD
    except (OSError, UnicodeDecodeError) as error:
        raise _unwritable(path, error) from None
    return text if text.endswith("\n") else text + "\n"


def _entry(wanted: Wanted, author: str, now: datetime) -> str:
    """Return the lines of a device.

    Texts are written as JSON writes them, which YAML reads as text whatever is in them.
    """
    who = "".join(sign for sign in author if sign.isprintable())[:100]
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [f"  # adopted {moment} by {who or 'somebody without a name'}"]
    mark = "-"
    for key, value in wanted.items():
        if value is not None and value != []:
            lines.append(f"  {mark} {key}: {json.dumps(value, ensure_ascii=False)}")
            mark = " "
    return "\n".join(lines) + "\n"


@contextmanager
def written_beside(path: Path, text: str) -> Iterator[Path]:
    """Write a text beside `path` and yield where; what is left of it at the end is removed.

    Only who holds the lock (`adopting`) writes there: what lies there was left by a process that
    died, and is removed as well.
    """
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None
    draft = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fchmod(stream.fileno(), 0o644)
                os.fsync(stream.fileno())
        except OSError as error:
            raise _unwritable(path, error) from None
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def keep_renamed(folder: Path) -> None:
    """Let a renamed file outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_faults(problems: Sequence[Problem], draft: Path, lines_before: int) -> None:
    """Tell problems of the new device, which stands last, from those that were there before."""
    faults = [
        Fault(
            problem.place.rpartition(".")[2].partition("[")[0],
            f"{problem.problem}; {problem.remedy}".rstrip("; "),
        )
        for problem in problems
        if problem.file == str(draft) and (problem.line or 0) > lines_before and problem.place
    ]
    if faults:
        raise AdoptionRefusedError(*faults)
    _refuse_broken(problems)


def _refuse_broken(problems: Sequence[Problem]) -> None:
    if problems:
        raise InventoryBrokenError(
            f"the inventory has problems, such as {problems[0]}; see `pantau check-config`"
        )


def _unwritable(path: Path, error: Exception) -> InventoryBrokenError:
    why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
    return InventoryBrokenError(f"{path} cannot be used: {why}; mend the file or its rights")

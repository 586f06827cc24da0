"""Tokens in files: read with care, written as a whole, readable by their owner alone."""

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from api.influxdb.wanted import SetupError, Step
from collector.config.secrets import SecretError, read_secret

OWNER_ONLY = 0o600
OWNER_AND_GROUP = 0o640


def settle(
    what: str,
    files: Sequence[Path],
    *,
    group_may_read: bool,
    works: Callable[[SecretStr], bool],
    make: Callable[[], SecretStr],
) -> list[Step]:
    """See to it that every file holds one working token; return what was done.

    The first file whose token works says it for all; only where none does, one is made.
    Raises SetupError when a file cannot be written.
    """
    held = {file: _held(file) for file in files}
    good = next((token for token in held.values() if token and works(token)), None)
    made = good is None
    if good is None:
        for file in files:  # before a token is made that nobody could keep
            _check_folder(file)
        good = make()
    steps = []
    for file in files:
        token = held[file]
        if token is not None and token.get_secret_value() == good.get_secret_value():
            steps.append(Step(what, "same", f"in {file}"))
            continue
        write_token(file, good, group_may_read=group_may_read)
        steps.append(Step(what, "made" if made else "copied", f"in {file}"))
    return steps


def write_token(file: Path, token: SecretStr, *, group_may_read: bool) -> None:
    """Write a token alone into a file, all of it or nothing. Raises SetupError."""
    _check_folder(file)
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                os.fchmod(stream.fileno(), OWNER_AND_GROUP if group_may_read else OWNER_ONLY)
                stream.write(token.get_secret_value())
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(file)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise SetupError(
            f"{file} cannot be written: {(error.strerror or 'no reason given').lower()}",
            "mend the folder's owner or mode, or name another file",
        ) from None


def _held(file: Path) -> SecretStr | None:
    """Return the token in a file, None when there is none that could be used."""
    try:
        return read_secret(file, str(file))
    except SecretError:
        return None


def _check_folder(file: Path) -> None:
    if not file.parent.is_dir():
        raise SetupError(f"there is no folder {file.parent}", "make it, or name another file")
    if not os.access(file.parent, os.W_OK):
        raise SetupError(
            f"nothing can be written into {file.parent}", "mend its owner, or name another file"
        )

"""Reads a secret that stands alone in a file, which only its owner should be able to read."""

import stat
from pathlib import Path
from typing import Final

from pydantic import SecretStr

LARGEST_SECRET: Final = 4096


class SecretError(ValueError):
    """A file that cannot be used. Its text never quotes what the file holds."""

    def __init__(self, problem: str, remedy: str, *, secret: SecretStr | None = None) -> None:
        """Say what is wrong and what to do; `secret` is what could be read all the same."""
        self.problem = problem
        self.remedy = remedy
        self.secret = secret
        super().__init__(f"{problem}; {remedy}")


def read_secret(path: Path, name: str) -> SecretStr:
    """Return the secret in a file. `name` is what people call the file. Raises SecretError."""
    try:
        mode = path.stat().st_mode
        with path.open("rb") as stream:
            octets = stream.read(LARGEST_SECRET + 1)
        secret = octets.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        raise SecretError(f'"{name}" is not UTF-8 text', "write the secret as text") from None
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        problem = f'"{name}" cannot be read: {reason}'
        raise SecretError(problem, "make the file or mend the path") from None
    if not secret or len(octets) > LARGEST_SECRET:
        what = "is empty" if not secret else f"is larger than {LARGEST_SECRET} bytes"
        raise SecretError(f'"{name}" {what}', "write the secret alone into it")
    if mode & stat.S_IROTH:
        problem = f'everybody can read "{name}"'
        raise SecretError(problem, f"run: chmod 600 {path}", secret=SecretStr(secret))
    return SecretStr(secret)

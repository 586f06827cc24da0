"""What `pantau doctor` says of one thing that it looked at."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` says what to do about it when it is not ok.

    `figures` are those behind it, for programs.
    """

    what: str
    ok: bool
    detail: str
    remedy: str = ""
    figures: Mapping[str, object] | None = None

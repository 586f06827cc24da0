"""E-mail, through the agency's own mail server or a provider's."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """Which server takes the mail, who we are there, and who gets it."""

    name: str
    host: str
    sender: str  # "pantau@kota.example" or "Pantau <pantau@kota.example>"
    to: tuple[str, ...]
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"  # "tls": from the first byte, port 465
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None  # of an in-house authority, beside those of the system
    seconds: float = 30.0  # for a whole mail

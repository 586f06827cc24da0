"""As which user an agent is asked, and how messages are signed and encrypted."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple


class Digest(NamedTuple):
    """A way of signing: a hash by hashlib's name, and how many octets of its HMAC are sent."""

    hash: str
    octets: int


class Extension(NamedTuple):
    """How a short key is made longer, and whether that takes a password's time for each agent."""

    name: str
    is_slow: bool


BLUMENTHAL: Final = Extension("blumenthal", is_slow=False)
"""The key is followed by its hash (draft-blumenthal-aes-usm-04, section 3.1.2.1); net-snmp."""

REEDER: Final = Extension("reeder", is_slow=True)
"""The key is a password for more of it (draft-reeder-snmpv3-usm-3desede-00, section 2.1); Cisco."""


class Cipher(NamedTuple):
    """A way of encrypting: the algorithm, the octets of its key, and how they are come by."""

    algorithm: str
    octets: int
    extension: Extension = BLUMENTHAL


DIGESTS: Final = {
    "md5": Digest("md5", 12),  # RFC 3414, section 6
    "sha": Digest("sha1", 12),  # RFC 3414, section 7
    "sha224": Digest("sha224", 16),  # RFC 7860, as all below
    "sha256": Digest("sha256", 24),
    "sha384": Digest("sha384", 32),
    "sha512": Digest("sha512", 48),
}
"""Word for a way of signing → what it is."""

CIPHERS: Final = {
    "des": Cipher("des", 16),  # RFC 3414, section 8: eight octets of key, eight of IV
    "aes128": Cipher("aes", 16),  # RFC 3826
    "aes192": Cipher("aes", 24),
    "aes256": Cipher("aes", 32),
    "aes192c": Cipher("aes", 24, REEDER),
    "aes256c": Cipher("aes", 32, REEDER),
}
"""Word for a way of encrypting → what it is."""


@dataclass(frozen=True, slots=True)
class Security:
    """A user of SNMPv3. Its repr shows no password. Raises ValueError for what cannot be."""

    user: str
    authentication: str | None = None  # one of DIGESTS
    authentication_password: str = field(default="", repr=False)
    privacy: str | None = None  # one of CIPHERS
    privacy_password: str = field(default="", repr=False)
    context: str = ""

    def __post_init__(self) -> None:
        """Refuse what no message could be made with."""
        if self.authentication is not None and self.authentication not in DIGESTS:
            raise ValueError(f"authentication {self.authentication} is not spoken here")
        if self.privacy is not None and self.privacy not in CIPHERS:
            raise ValueError(f"privacy {self.privacy} is not spoken here")
        if self.privacy is not None and self.authentication is None:
            raise ValueError("there is privacy without authentication")
        if self.authentication is not None and not self.authentication_password:
            raise ValueError("there is authentication without a password")
        if self.privacy is not None and not self.privacy_password:
            raise ValueError("there is privacy without a password")

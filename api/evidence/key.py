"""The key that signs evidence packs: Ed25519, made on first use, never shown.

It lives in the data folder beside the store (`evidence.key`, PEM, mode 0600). Its public half and
the fingerprint (SHA-256 of the 32 bytes of the public key) are for everybody: who keeps the
fingerprint in a letter or on a web page lets others tell our packs from those of somebody else.
"""

import hashlib
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

NAME = "evidence.key"
_LARGEST = 4_096


class KeyFileError(ValueError):
    """The file of the key cannot be used. The message never quotes what it holds."""


@dataclass(frozen=True, slots=True)
class EvidenceKey:
    """Who signs. Its repr shows the public half alone."""

    _private: Ed25519PrivateKey = field(repr=False)
    public: str  # 32 bytes as hexadecimal digits

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the public key: 64 hexadecimal digits."""
        return hashlib.sha256(bytes.fromhex(self.public)).hexdigest()

    @property
    def public_pem(self) -> str:
        """Return the public key as other programs read it."""
        public = self._private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, data: bytes) -> str:
        """Return the signature over `data`: 64 bytes as hexadecimal digits."""
        return self._private.sign(data).hex()


def load_evidence_key(path: Path) -> EvidenceKey:
    """Return the key in a file; make it (mode 0600) when there is none.

    Raises OSError when it can be neither read nor made, KeyFileError when it is no key or others
    can read it.
    """
    if not path.exists():
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")  # nobody else's, now or before
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(new, path)  # whole or not at all; who comes second takes the first one's
        new.unlink()
    return _read(path)


def _read(path: Path) -> EvidenceKey:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyFileError(f"others than its owner can use {path}; run: chmod 600 {path}")
        octets = file.read(_LARGEST + 1)
    try:
        private = load_pem_private_key(octets, None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(
            f"{path} holds no Ed25519 key; bring it back from a backup, or delete it: then a new"
            " one is made, with another fingerprint"
        )
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return EvidenceKey(private, raw.hex())

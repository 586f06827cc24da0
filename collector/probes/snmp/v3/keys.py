"""From passwords to keys (RFC 3414, appendix A.2; RFC 3826, section 1.2; RFC 7860).

    password ── stretch: a hash over 1 MiB ──► master key ── localise: with the engine's id ──► key

Stretching takes a millisecond and is done once for a password; localising takes microseconds and
is done once for each agent, so that a key stolen from one agent opens no other.
"""

import hashlib
from typing import Final

from collector.probes.snmp.v3.security import REEDER, Cipher

_STRETCHED_OCTETS: Final = 1 << 20


def stretch(password: bytes, hash_name: str) -> bytes:
    """Return the master key of a password: the hash over the password again and again, 1 MiB.

    hashlib lets other threads run meanwhile. Raises ValueError for an empty password.
    """
    if not password:
        raise ValueError("an empty password")
    times = _STRETCHED_OCTETS // len(password) + 1
    return digest(hash_name, (password * times)[:_STRETCHED_OCTETS])


def localise(master: bytes, engine_id: bytes, hash_name: str) -> bytes:
    """Return the key for one agent."""
    return digest(hash_name, master + engine_id + master)


def localise_for(cipher: Cipher, master: bytes, engine_id: bytes, hash_name: str) -> bytes:
    """Return the key for one agent, extended to what the cipher needs.

    With REEDER's extension of a short key this takes as long as stretching a password.
    """
    key = part = localise(master, engine_id, hash_name)
    while len(key) < cipher.octets:
        if cipher.extension is REEDER:
            part = localise(stretch(part, hash_name), engine_id, hash_name)
        else:
            part = digest(hash_name, key)
        key += part
    return key[: cipher.octets]


def is_slow(cipher: Cipher, hash_name: str) -> bool:
    """Say whether `localise_for` takes so long that it belongs into a thread."""
    short = hashlib.new(hash_name, usedforsecurity=False).digest_size < cipher.octets
    return short and cipher.extension.is_slow


def digest(hash_name: str, data: bytes) -> bytes:
    """Return the hash. MD5 and SHA-1 are what old agents speak, whatever they are worth."""
    return hashlib.new(hash_name, data, usedforsecurity=False).digest()

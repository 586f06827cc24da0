"""Whether a v3 message was signed with a user's password, whichever engine sent it.

The key of a user differs from engine to engine: it is the password, stretched to a key (RFC 3414,
appendix A.2, a megabyte through the hash, done once) and localised to the engine id (one hash of a
few dozen octets). A trap carries its sender's engine id, so the key can be made when the trap
comes; that the signature fits proves that the sender knows the password, and with it that the
engine id is one of ours to listen to (section 3.2, step 3a allows just that). So nobody needs to
write engine ids into a configuration.
"""

import hashlib
import hmac
from collections import OrderedDict
from typing import Final

from collector.listeners.traps.header import UserHead
from collector.model import Credential

_SIGNATURES: Final = {
    "md5": ("md5", 12),
    "sha": ("sha1", 12),
    "sha224": ("sha224", 16),
    "sha256": ("sha256", 24),
    "sha384": ("sha384", 32),
    "sha512": ("sha512", 48),
}
"""Hash and octets of the signature: RFC 3414, sections 6 and 7; RFC 7860, section 4."""

_STRETCHED_OCTETS = 1 << 20
_MOST_LOCALISED = 4096


def stretch(password: bytes, algorithm: str) -> bytes:
    """Return the key of a password before it is localised (RFC 3414, A.2)."""
    repeated = password * (_STRETCHED_OCTETS // len(password) + 1)
    return hashlib.new(algorithm, repeated[:_STRETCHED_OCTETS]).digest()


def localise(key: bytes, engine_id: bytes, algorithm: str) -> bytes:
    """Return the key for one engine (RFC 3414, section 2.6)."""
    return hashlib.new(algorithm, key + engine_id + key).digest()


class Prover:
    """Checks signatures of one user. Keys are made once and kept, bounded; its repr shows none."""

    def __init__(self, credential: Credential) -> None:
        """Prepare; the password is stretched when it is first needed.

        Raises ValueError for a credential without authentication.
        """
        if credential.authentication not in _SIGNATURES:
            raise ValueError(f"the credential {credential.name} signs nothing")
        self._algorithm, self._octets = _SIGNATURES[credential.authentication]
        self._password = credential.authentication_password.encode()
        self._key: bytes | None = None
        self._localised: OrderedDict[bytes, bytes] = OrderedDict()

    def proves(self, data: bytes, head: UserHead) -> bool:
        """Say whether the datagram bears this user's signature, in constant time."""
        start, end = head.signature_start, head.signature_end
        if end - start != self._octets:
            return False
        unsigned = data[:start] + bytes(self._octets) + data[end:]
        digest = hmac.digest(self._key_for(head.engine_id), unsigned, self._algorithm)
        return hmac.compare_digest(digest[: self._octets], data[start:end])

    def _key_for(self, engine_id: bytes) -> bytes:
        known = self._localised.get(engine_id)
        if known is not None:
            self._localised.move_to_end(engine_id)
            return known
        if self._key is None:
            self._key = stretch(self._password, self._algorithm)
        made = self._localised[engine_id] = localise(self._key, engine_id, self._algorithm)
        if len(self._localised) > _MOST_LOCALISED:
            self._localised.popitem(last=False)
        return made

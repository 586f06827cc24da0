"""Signs and encrypts with the keys of one agent.

Signing: RFC 3414, sections 6.3 and 7.3; RFC 7860. DES: RFC 3414, section 8.1.1.
AES: RFC 3826, section 3.1.
"""

import hashlib
import hmac
import itertools
import os
from typing import Final, Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher as Machine
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from collector.probes.snmp.errors import BerError
from collector.probes.snmp.v3.security import Cipher, Digest

SALT_OCTETS: Final = 8

_DES_BLOCK: Final = 8
_AES_BLOCK: Final = 16
_salts: Final = itertools.count(int.from_bytes(os.urandom(8), "big"))
"""One count for all keys: agents that were cloned share theirs, and no salt may come twice."""


class Signer:
    """Signs messages with one key: HMAC (RFC 2104), of which the first octets are sent."""

    __slots__ = ("_inner", "_outer", "octets")

    def __init__(self, digest: Digest, key: bytes) -> None:
        """Hash the key's pads once, which halves the cost of each message."""
        self.octets = digest.octets
        self._inner = hashlib.new(digest.hash, usedforsecurity=False)
        self._outer = self._inner.copy()
        padded = key.ljust(self._inner.block_size, b"\x00")
        self._inner.update(bytes(octet ^ 0x36 for octet in padded))
        self._outer.update(bytes(octet ^ 0x5C for octet in padded))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message in which its place holds zeros."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()[: self.octets]

    def is_signed(self, message: bytes, signature: bytes, at: int) -> bool:
        """Say whether a message holds, at `at`, the signature that its sender gave it."""
        end = at + self.octets
        zeroed = b"".join((message[:at], bytes(self.octets), message[end:]))
        return hmac.compare_digest(self.sign(zeroed), signature)


class Sealer(Protocol):
    """Encrypts and decrypts with one key."""

    def seal(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """Return what was encrypted, and the salt to send with it."""
        ...

    def open(self, sealed: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """Return what was decrypted, with padding. Raises BerError for impossible lengths."""
        ...


def sealer_of(cipher: Cipher, key: bytes) -> Sealer:
    """Return what encrypts with a key of `cipher.octets` octets."""
    return DesSealer(key) if cipher.algorithm == "des" else AesSealer(key)


class DesSealer:
    """DES in CBC mode. As three times the same DES it is there in libraries without DES."""

    __slots__ = ("_algorithm", "_pre_iv")

    def __init__(self, key: bytes) -> None:
        """Take eight octets of key and eight that go into each initial vector."""
        self._algorithm = TripleDES(key[:_DES_BLOCK] * 3)
        self._pre_iv = key[_DES_BLOCK:]

    def seal(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """Encrypt; the length is filled up to whole blocks."""
        del time
        salt = boots.to_bytes(4, "big") + (next(_salts) & 0xFFFF_FFFF).to_bytes(4, "big")
        padded = plain + bytes(-len(plain) % _DES_BLOCK)
        return self._machine(salt).encryptor().update(padded), salt

    def open(self, sealed: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """Decrypt; the padding is left on, as BER says itself where it ends."""
        del boots, time
        if len(sealed) % _DES_BLOCK or len(salt) != SALT_OCTETS:
            raise BerError("what DES encrypted is cut off")
        return self._machine(salt).decryptor().update(sealed)

    def _machine(self, salt: bytes) -> Machine[CBC]:
        vector = bytes(one ^ other for one, other in zip(salt, self._pre_iv, strict=True))
        return Machine(self._algorithm, CBC(vector))


class AesSealer:
    """AES in 128-bit cipher feedback mode.

    To make a machine for each message would cost more than all else that is done with it. In this
    mode the state of a machine is the last block that it put out (or took in, when decrypting), so
    a vector is set by having it put out (take in) the vector as one block more.
    """

    __slots__ = ("_last", "_opening", "_sealing")

    def __init__(self, key: bytes) -> None:
        """Take a key of 16, 24 or 32 octets."""
        machine = Machine(AES(key), CFB(bytes(_AES_BLOCK)))
        self._sealing, self._opening = machine.encryptor(), machine.decryptor()
        self._last = bytes(_AES_BLOCK)  # that the sealing machine put out

    def seal(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """Encrypt; the length stays."""
        salt = (next(_salts) & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(SALT_OCTETS, "big")
        # what the machine will lay over the next block: as what zeros after the last one decrypt to
        mask = self._opening.update(self._last + bytes(_AES_BLOCK))[_AES_BLOCK:]
        lead = int.from_bytes(mask, "big") ^ int.from_bytes(_vector(boots, time, salt), "big")
        blocks = (lead.to_bytes(_AES_BLOCK, "big"), plain, bytes(-len(plain) % _AES_BLOCK))
        sealed = self._sealing.update(b"".join(blocks))
        self._last = sealed[-_AES_BLOCK:]
        return sealed[_AES_BLOCK : _AES_BLOCK + len(plain)], salt

    def open(self, sealed: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """Decrypt."""
        if len(salt) != SALT_OCTETS:
            raise BerError("a salt of the wrong length")
        blocks = (_vector(boots, time, salt), sealed, bytes(-len(sealed) % _AES_BLOCK))
        return self._opening.update(b"".join(blocks))[_AES_BLOCK : _AES_BLOCK + len(sealed)]


def _vector(boots: int, time: int, salt: bytes) -> bytes:
    return (boots << 32 | time).to_bytes(8, "big") + salt

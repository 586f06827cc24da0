"""Session cookies and the back-off on wrong tokens: small, pure, and free of HTTP.

A cookie is a signed reference to a token, never the token. Whoever has the cookie can be shut
out at any moment by revoking the token it refers to; whoever reads the store cannot forge one,
because the signing key lives in a file of its own.
"""

import hashlib
import hmac
import ipaddress
import os
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

_VERSION = "v1"
_KEY_BYTES = 32


def load_session_key(path: Path) -> bytes:
    """Return the signing key kept in `path`; make it (mode 0600) when there is none.

    Sessions outlive a restart as long as the file does; deleting it ends every session. Raises
    OSError when it can be neither read nor made, ValueError when it is not a key.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
    else:
        key = secrets.token_bytes(_KEY_BYTES)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
    if len(key) != _KEY_BYTES:
        raise ValueError(f"{path} is not a session key: delete it and a new one is made")
    return key


@dataclass(frozen=True, slots=True)
class SessionSigner:
    """Makes and reads cookie values: `v1.TOKEN_ID.EXPIRES.MAC` (HMAC-SHA-256)."""

    key: bytes = field(repr=False)

    def issue(self, token_id: int, expires_at: datetime) -> str:
        """Return the cookie value that stands for a token until `expires_at`."""
        body = f"{_VERSION}.{token_id}.{int(expires_at.timestamp())}"
        return f"{body}.{self._mac(body)}"

    def read(self, value: str, now: datetime) -> int | None:
        """Return the token id of a genuine, unexpired cookie value, else None."""
        body, _, mac = value.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            return None
        version, token_id, expires = body.split(".")  # ours: the MAC says so
        if version != _VERSION or datetime.fromtimestamp(int(expires), UTC) <= now:
            return None
        return int(token_id)

    def _mac(self, body: str) -> str:
        return hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0


class Attempts:
    """Counts wrong tokens an address and makes it wait longer after each one.

    The first `FREE` failures cost nothing (a typing mistake), then the wait doubles from one
    second to a minute. An address that stays quiet for `FORGET_SECONDS` starts afresh. At most
    `ADDRESSES` are remembered, the longest unused go first. An IPv6 customer owns a /64, so that
    is what counts as one address.
    """

    FREE = 5
    LONGEST_SECONDS = 60.0
    FORGET_SECONDS = 300.0
    ADDRESSES = 4096

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait_seconds(self, address: str, now: float) -> float:
        """Return how long `address` must still wait; 0.0 means it may try. `now`: monotonic."""
        with self._lock:
            entry = self._failures.get(network_of(address))
            if entry is None or entry.count < self.FREE:
                return 0.0
            pause = min(self.LONGEST_SECONDS, 2.0 ** (entry.count - self.FREE))
            return max(0.0, entry.last + pause - now)

    def failed(self, address: str, now: float) -> None:
        """Remember a wrong token from `address`."""
        with self._lock:
            entry = self._failures.setdefault(network_of(address), _Failures())
            if now - entry.last > self.FORGET_SECONDS:
                entry.count = 0
            entry.count += 1
            entry.last = now
            self._failures.move_to_end(network_of(address))
            while len(self._failures) > self.ADDRESSES:
                self._failures.popitem(last=False)


def network_of(address: str) -> str:
    """Return what counts as one address: itself, of IPv6 its /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address  # a unix socket or a test client has no address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))


class KnownGood:
    """Remembers fingerprints of tokens that were right, so that back-off cannot lock them out.

    Without this, one wall with a revoked token would shut out every other client that comes
    through the same proxy. Being known only skips the wait: the token is verified all the same.
    """

    TOKENS = 4096

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def add(self, secret: str) -> None:
        """Remember that this token was right."""
        with self._lock:
            mark = _fingerprint(secret)
            self._seen[mark] = None
            self._seen.move_to_end(mark)
            while len(self._seen) > self.TOKENS:
                self._seen.popitem(last=False)

    def __contains__(self, secret: str) -> bool:
        with self._lock:
            return _fingerprint(secret) in self._seen


def _fingerprint(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

"""Who may speak, and how often: decided before anything is decoded. Pure; `now` is handed in.

In this order, cheapest first, and so that what is refused takes nothing from who may speak:

    1. a known address          else unknown_source
    2. a header                 else malformed
    3. its community, or user, level and signature    else bad_community, bad_auth, unknown_engine
    4. not too often            else flood: each address by itself, then all together
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collector.listeners.traps.header import (
    INFORM,
    TRAP_V1,
    TRAP_V2,
    CommunityHead,
    HeaderError,
    UserHead,
    read_header,
)
from collector.listeners.traps.lines import MOST_DEVICES_AT_ADDRESS, Setup, Source, Why
from collector.listeners.traps.proof import Prover
from collector.model import Credential

MOST_OCTETS = 16 * 1024  # of a datagram; a trap with forty values has two thousand
_ENGINE_ID_OCTETS = range(5, 33)  # RFC 3411, SnmpEngineID


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time. Moments are monotonic seconds."""

    burst: float
    per_second: float
    tokens: float
    filled_at: float

    @classmethod
    def full(cls, burst: float, per_second: float, now: float) -> "Bucket":
        """Return a full one."""
        return cls(burst, per_second, burst, now)

    def take(self, now: float) -> bool:
        """Take a token; False when there is none."""
        passed = max(0.0, now - self.filled_at)
        self.tokens = min(self.burst, self.tokens + passed * self.per_second)
        self.filled_at = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class Buckets:
    """A bucket for each address and one for all: who sends too much takes nothing from others."""

    def __init__(self, each: tuple[float, float], every: tuple[float, float], now: float) -> None:
        """`each`, `every`: burst, and how many a second."""
        self._each = each
        self._all = Bucket.full(*every, now)
        self._own: dict[str, Bucket] = {}  # bounded: only of known addresses

    def take(self, address: str, now: float) -> bool:
        """Take a token of an address, then one of all."""
        own = self._own.get(address)
        if own is None:
            own = self._own[address] = Bucket.full(*self._each, now)
        return own.take(now) and self._all.take(now)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A datagram that is worth decoding.

    `devices` are those that may have sent it; empty when it only asks for our engine id.
    `credential` is the one that it proved to know.
    """

    version: str
    devices: tuple[str, ...] = ()
    credential: Credential | None = None
    engine_id: bytes = b""


class Gate:
    """Decides about every datagram."""

    def __init__(self, setup: Setup, now: float) -> None:
        """Know the devices and their credentials. `now`: monotonic seconds."""
        self._engine_id = setup.engine_id
        self._credentials = setup.credentials
        self._sources = setup.sources
        self._provers = {
            name: Prover(credential)
            for name, credential in setup.credentials.items()
            if credential.authentication is not None
        }
        self._notifications = Buckets((10.0, 1.0), (200.0, 100.0), now)
        self._questions = Buckets((4.0, 0.5), (40.0, 20.0), now)  # from whom is not known yet

    def admit(self, data: bytes, address: str, now: float) -> Admitted | Why:
        """Return what may be decoded, or why it may not. `address` is the kernel's word."""
        sources = self._sources.get(address)
        if sources is None:
            return Why.UNKNOWN_SOURCE
        if len(data) > MOST_OCTETS:
            return Why.MALFORMED
        try:
            head = read_header(data)
        except HeaderError:
            return Why.MALFORMED
        if isinstance(head, CommunityHead):
            found = self._by_community(head, sources)
        elif _is_question(head):
            return Admitted("3") if self._questions.take(address, now) else Why.FLOOD
        else:
            found = self._by_user(head, sources, data)
        if isinstance(found, Why):
            return found
        return found if self._notifications.take(address, now) else Why.FLOOD

    # --- who it is ----------------------------------------------------------------------------

    def _by_community(self, head: CommunityHead, sources: Iterable[Source]) -> Admitted | Why:
        kinds = (TRAP_V1,) if head.version == "1" else (TRAP_V2, INFORM)
        if head.pdu not in kinds:
            return Why.MALFORMED
        matches = [
            (source, credential)
            for source, credential in self._known(sources)
            if credential.version != "3"
            and hmac.compare_digest(credential.community.encode(), head.community)
        ]
        return _admitted(head.version, matches) or Why.BAD_COMMUNITY

    def _by_user(self, head: UserHead, sources: Iterable[Source], data: bytes) -> Admitted | Why:
        ours = head.engine_id == self._engine_id
        if not ours and (head.is_reportable or len(head.engine_id) not in _ENGINE_ID_OCTETS):
            return Why.UNKNOWN_ENGINE
        matches = [
            (source, credential)
            for source, credential in self._known(sources)
            if credential.version == "3"
            and credential.user.encode() == head.user
            and self._proves(credential, head, data, ours)
        ]
        return _admitted("3", matches, head.engine_id) or Why.BAD_AUTH

    def _proves(self, credential: Credential, head: UserHead, data: bytes, ours: bool) -> bool:
        """Say whether a message has the security level of a credential, and its signature.

        A lower level would let everybody speak who knows the user's name, which is no secret.
        To set its clock by ours, a sender may sign without encrypting; that gets it no further.
        """
        signs, encrypts = credential.authentication is not None, credential.privacy is not None
        if head.is_signed != signs or (head.is_encrypted != encrypts and not (ours and signs)):
            return False
        return not signs or self._provers[credential.name].proves(data, head)

    def _known(self, sources: Iterable[Source]) -> Iterator[tuple[Source, Credential]]:
        for source in sources:
            for name in source.credentials:
                credential = self._credentials.get(name)
                if credential is not None:
                    yield source, credential


def _is_question(head: UserHead) -> bool:
    """Say whether a message asks for our engine id, as who sends an inform must do first."""
    return head.is_reportable and not head.is_signed and not head.engine_id


def _admitted(
    version: str, matches: list[tuple[Source, Credential]], engine_id: bytes = b""
) -> Admitted | None:
    """Return what is admitted for devices with the credential that was proved; None: none was."""
    if not matches:
        return None
    devices = tuple(dict.fromkeys(source.device_id for source, _ in matches))
    return Admitted(version, devices[:MOST_DEVICES_AT_ADDRESS], matches[0][1], engine_id)

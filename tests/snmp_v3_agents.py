"""Agents of SNMPv3 for tests: an honest one, and whatever a script makes of it.

Keys, signatures and messages are made here a second time, without the product's code.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from collector.probes.snmp.agent import Agent, Version
from collector.probes.snmp.v3.security import Security
from tests.snmp_agents import (
    RESPONSE,
    Asked,
    Binding,
    Mib,
    Reply,
    ScriptedAgent,
    binding,
    element,
    number,
    read_pdu,
    tlv,
)

SIGNED, ENCRYPTED = 1, 2
REPORT = 0xA8
USM = "1.3.6.1.6.3.15.1.1"
UNSUPPORTED_LEVEL, NOT_IN_TIME, UNKNOWN_USER, UNKNOWN_ENGINE, WRONG_DIGEST, UNDECIPHERED = (
    f"{USM}.{n}.0" for n in range(1, 7)
)
UNKNOWN_CONTEXT = "1.3.6.1.6.3.12.1.5.0"
ENGINE_ID = bytes.fromhex("80001f8804") + b"uji-01"
AUTH, PRIV = "kata-sandi-satu", "kata-sandi-dua"
SALT = b"garam-01"

OPEN = Security("pantau")
SIGNING = Security("pantau", "sha", AUTH)
SEALING = Security("pantau", "sha", AUTH, "aes128", PRIV)


def local_key(password: str, engine_id: bytes) -> bytes:
    """RFC 3414, appendix A.2.2, octet by octet."""
    octets = password.encode()
    stretched = hashlib.sha1(bytes(octets[n % len(octets)] for n in range(1_048_576))).digest()  # noqa: S324
    return hashlib.sha1(stretched + engine_id + stretched).digest()  # noqa: S324 - as the RFC says


KEYS = {
    (password, engine_id): local_key(password, engine_id)
    for password in (AUTH, PRIV)
    for engine_id in (ENGINE_ID, ENGINE_ID + b"-baru")
}


@dataclass(frozen=True)
class AskedAsUser:
    """A v3 request as an agent sees it. `pdu` is None when it could not be read."""

    message_id: int
    level: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    is_signed_right: bool
    context: bytes
    pdu: Asked | None


Script = Callable[["UserAgent", AskedAsUser], Reply | Iterable[Reply]]


@dataclass
class Manner:
    """What an agent's engine is like at present."""

    mib: Mib
    security: Security = SEALING
    engine_id: bytes = ENGINE_ID
    boots: int = 3
    time: int = 100_000
    context: bytes = b""


def honest(agent: "UserAgent", asked: AskedAsUser) -> Reply | Iterable[Reply]:
    """Answer as RFC 3414, section 3.2, says."""
    own = agent.manner
    signs = own.security.authentication is not None
    seals = own.security.privacy is not None
    if asked.engine_id != own.engine_id:
        return agent.report(asked, UNKNOWN_ENGINE)
    if asked.user != own.security.user.encode():
        return agent.report(asked, UNKNOWN_USER)
    if asked.level > (SIGNED if signs else 0) | (ENCRYPTED if seals else 0):
        return agent.report(asked, UNSUPPORTED_LEVEL)
    if asked.level & SIGNED:
        if not asked.is_signed_right:
            return agent.report(asked, WRONG_DIGEST)
        if asked.boots != own.boots or abs(asked.time - own.time) > 150:
            return agent.report(asked, NOT_IN_TIME, level=SIGNED)
    if asked.pdu is None:
        return agent.report(asked, UNDECIPHERED)
    if asked.context != own.context:
        return agent.report(asked, UNKNOWN_CONTEXT, level=asked.level)
    return agent.answer(asked)


@dataclass
class UserAgent(ScriptedAgent):
    """Answers on loopback as its script says. `asked_as_user` keeps every request."""

    manner: Manner
    script: Script = honest
    asked_as_user: list[AskedAsUser] = field(default_factory=list)
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        super().__init__(lambda _: b"", self.host)

    def agent(self, security: Security = SEALING) -> Agent:
        """Return what the engine is told of this agent."""
        return Agent(self.host, "", self.port, Version.V3, security=security)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        asked = self.read(data)
        self.asked_as_user.append(asked)
        self.reply(self.script(self, asked), addr)

    # --- reading ------------------------------------------------------------------------------

    def read(self, data: bytes) -> AskedAsUser:
        _, message, rest = element(data)
        assert rest == b""
        version, header, parameters, scoped = _elements(message)
        assert version == b"\x03"
        message_id, _, flags, model = _elements(header)
        assert (len(message_id), model) == (4, b"\x03")
        engine_id, boots, time, user, signature, salt = _elements(element(parameters)[1])
        level, key = flags[0] & 3, KEYS.get((AUTH, engine_id), b"")
        zeroed = data.replace(signature, bytes(len(signature)), 1) if signature else data
        right = hmac.digest(key, zeroed, "sha1")[:12] if key else b""
        clock = int.from_bytes(boots, "big"), int.from_bytes(time, "big")
        if level & ENCRYPTED:
            key = KEYS.get((PRIV, engine_id), bytes(16))[:16]
            scoped = _machine(key, clock, salt).decryptor().update(scoped)
            try:
                scoped = element(scoped)[1]
            except IndexError:
                scoped = b""
        context, pdu = _read_scoped(scoped)
        return AskedAsUser(
            int.from_bytes(message_id, "big"), level, engine_id, *clock, user,
            signature == right, context, pdu,
        )  # fmt: skip

    # --- answering ----------------------------------------------------------------------------

    def answer(self, asked: AskedAsUser, **otherwise: Any) -> bytes:
        """Return what the agent's MIB says."""
        assert asked.pdu is not None
        pdu = _pdu(RESPONSE, asked.pdu.request_id, self.manner.mib.bindings(asked.pdu))
        return self.message(asked, pdu, **{"level": asked.level} | otherwise)

    def report(self, asked: AskedAsUser, counter: str, *, level: int = 0) -> bytes:
        """Return a report that a counter has grown."""
        request_id = asked.pdu.request_id if asked.pdu else 0
        pdu = _pdu(REPORT, request_id, [(counter, number(7, 0x41))])
        return self.message(asked, pdu, level=level)

    def message(
        self,
        asked: AskedAsUser,
        pdu: bytes,
        *,
        level: int,
        key: bytes | None = None,
        user: bytes | None = None,
        scoped: bytes | None = None,
    ) -> bytes:
        """Return a message as this engine; what is given goes before what is right."""
        own = self.manner
        if scoped is None:
            scoped = tlv(0x30, tlv(4, own.engine_id) + tlv(4, asked.context) + pdu)
        salt = b""
        if level & ENCRYPTED:
            salt, secret = SALT, KEYS[PRIV, own.engine_id][:16]
            machine = _machine(secret, (own.boots, own.time), salt)
            scoped = tlv(4, machine.encryptor().update(scoped))
        octets = 12 if level & SIGNED else 0
        user = asked.user if user is None else user
        before = tlv(4, own.engine_id) + number(own.boots) + number(own.time) + tlv(4, user)

        def whole(signature: bytes) -> bytes:
            parameters = tlv(0x30, before + tlv(4, signature) + tlv(4, salt))
            header = number(asked.message_id) + number(65_507) + tlv(4, bytes([level])) + number(3)
            return tlv(0x30, number(3) + tlv(0x30, header) + tlv(4, parameters) + scoped)

        data = whole(bytes(octets))
        if not octets:
            return data
        secret = KEYS[AUTH, own.engine_id] if key is None else key
        return whole(hmac.digest(secret, data, "sha1")[:octets])

    def become(self, **changes: Any) -> None:
        """Change what the engine is like: `boots`, `time`, `engine_id`, …"""
        self.manner = replace(self.manner, **changes)


def _elements(content: bytes) -> list[bytes]:
    found = []
    while content:
        _, one, content = element(content)
        found.append(one)
    return found


def _read_scoped(content: bytes) -> tuple[bytes, Asked | None]:
    try:
        _, _, content = element(content)
        _, context, content = element(content)
        pdu, content, _ = element(content)
        return context, read_pdu(3, b"", pdu, content)
    except (IndexError, AssertionError, ValueError):
        return b"", None


def _pdu(tag: int, request_id: int, bindings: Iterable[Binding]) -> bytes:
    listed = tlv(0x30, b"".join(binding(oid, value) for oid, value in bindings))
    return tlv(tag, number(request_id) + number(0) + number(0) + listed)


def _machine(key: bytes, clock: tuple[int, int], salt: bytes) -> Cipher[CFB]:
    boots, time = clock
    return Cipher(AES(key), CFB(boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt))

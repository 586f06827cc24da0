"""A mail server of the test's own (aiosmtpd), which refuses, waits and hangs up as scripted."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER = "pantau@kota.example"
PASSWORD = "kata-rahasia-surat"  # noqa: S105 - of tests


@dataclass
class MailServer:
    """What it answers, and what it took."""

    port: int = 0
    refuse: dict[str, list[str]] = field(default_factory=dict)  # "MAIL", address or "DATA": answers
    hang_up_at: str = ""  # "RCPT" or "DATA"
    silent_at: str = ""  # the same
    takes: bool = True  # also when it hangs up afterwards
    taken: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    logins: list[tuple[str, bool]] = field(default_factory=list)  # user, over TLS

    def _answer(self, what: str) -> str | None:
        answers = self.refuse.get(what, [])
        return answers.pop(0) if answers else None

    async def _misbehave(self, server: SMTP, step: str) -> None:
        if self.hang_up_at == step:
            assert server.transport is not None
            server.transport.close()
        if self.silent_at == step:
            await asyncio.Event().wait()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        del server, session, options
        refused = self._answer("MAIL")
        if refused is None:
            envelope.mail_from = address
        return refused or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        del session, options
        await self._misbehave(server, "RCPT")
        refused = self._answer(address)
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del session
        refused = self._answer("DATA")
        if refused is None and self.takes:
            raw = cast("bytes", envelope.content)
            self.raw.append(raw)
            mail = message_from_bytes(raw, policy=default)
            self.taken.append((tuple(envelope.rcpt_tos), mail))
        await self._misbehave(server, "DATA")
        return refused or "250 OK: 17 taken"

    def login(self, server: SMTP, session: Session, *rest: Any) -> AuthResult:
        """Take one account (aiosmtpd's authenticator)."""
        given = rest[-1]
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), session.ssl is not None))
        del server
        right = given.login.decode() == USER and given.password.decode() == PASSWORD
        return AuthResult(success=right, handled=False)


@contextlib.asynccontextmanager
async def running_mail_server(
    *, tls: ssl.SSLContext | None = None, from_the_first_byte: bool = False, login: bool = False
) -> AsyncIterator[MailServer]:
    """Run one on a free port of 127.0.0.1. With `tls` it offers STARTTLS, or speaks TLS at once."""
    script = MailServer()
    protocols: list[SMTP] = []

    def made() -> SMTP:
        protocols.append(
            SMTP(
                script,
                hostname="surat.kota.example",
                tls_context=None if from_the_first_byte else tls,
                authenticator=script.login if login else None,
                auth_require_tls=not from_the_first_byte,
                auth_exclude_mechanism=[] if login else ["PLAIN", "LOGIN"],
            )
        )
        return protocols[-1]

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        made, "127.0.0.1", 0, ssl=tls if from_the_first_byte else None
    )
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for one in protocols:
            if one.transport is not None:
                one.transport.close()
        tasks = [one._handler_coroutine for one in protocols if one._handler_coroutine is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def make_authority(file: Path) -> Path:
    """Write a certificate of 127.0.0.1 that is its own authority, with its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "surat.kota.example")])
    began_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began_at)
        .not_valid_after(began_at + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    shape, cipher = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, shape, cipher))
    return file

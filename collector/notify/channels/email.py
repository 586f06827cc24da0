"""E-mail, through the agency's own mail server or a provider's.

One connection a mail, encrypted and checked before a password is sent. A mail goes to all
recipients at once:

| the server's answer                     | as a NotifyError                                     |
|-----------------------------------------|------------------------------------------------------|
| 2xx                                     | none; recipients refused for good are told of        |
| 4xx to anything                         | passing                                              |
| 4xx to some recipients                  | passing; the next attempt is for these alone         |
| 5xx to the login, sender or content     | permanent                                            |
| 5xx to all recipients                   | permanent                                            |
| no STARTTLS, no login offered           | permanent: nothing is sent in the clear instead      |
| gone or silent before the content       | passing                                              |
| gone or silent after the content began  | passing, may have arrived                            |

The Message-ID follows from the message's key, so a mail that comes twice is the same mail, and
later mails of a thread answer its first. `Auto-Submitted` keeps holiday notes from answering
(RFC 3834). Headers are made of cleaned words; a line end cannot get into one.
"""

import asyncio
import base64
import contextlib
import hashlib
import html
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES_OF_SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Literal

import aiosmtplib

from collector.clock import Clock
from collector.model.alerts import Severity
from collector.notify.channels.answers import cleaned
from collector.notify.channels.budgets import Limit
from collector.notify.channels.contract import Message, NotifyError, Sent
from collector.notify.channels.lengths import cut, shown, with_title
from collector.notify.channels.tls import trusting, why_not_connected

LONGEST = 20_000  # characters of the text
LONGEST_SUBJECT = 200
MOST_RECIPIENTS = 50
GOODBYE_SECONDS = 1.0
REMEMBERED = 1_000  # messages that reached some of their recipients only

_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.@_-]{3,300}>")


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
    per_minute: int = 60


class Email:
    """Sends as this module's text says."""

    takes_html = True
    can_edit = False
    longest_text = LONGEST

    def __init__(self, settings: EmailSettings, clock: Clock) -> None:
        """Check the settings and read the authorities.

        Raises ValueError when a setting cannot be right, OSError when `ca_file` cannot be read.
        """
        self._sender = _sender(settings.sender)
        if not settings.to or len(settings.to) > MOST_RECIPIENTS:
            raise ValueError(f"a mail goes to 1 to {MOST_RECIPIENTS} addresses")
        for address in settings.to:
            if not _ADDRESS.fullmatch(address):
                raise ValueError(f"{address!r} is no mail address, written as nama@kota.example")
        if settings.user is not None and settings.tls == "none":
            raise ValueError("without TLS a password would be read on the way: set tls: starttls")
        if settings.password is not None and settings.user is None:
            raise ValueError("a password needs a user")
        self.name = settings.name
        self.limits = (Limit(f"email:{self.name}", settings.per_minute, 60, 10),)
        self._settings = settings
        self._clock = clock
        self._tls = None if settings.tls == "none" else trusting(settings.ca_file)
        self._secrets = _secrets(settings)
        self._reached: dict[str, frozenset[str]] = {}

    async def send(self, message: Message) -> Sent:
        """Send once. Raises NotifyError, and nothing else."""
        mail = self._mail(message)
        reached = self._reached.get(message.key, frozenset())
        journey = _Journey([one for one in self._settings.to if one not in reached])
        trouble = await self._delivered(mail, journey)
        if trouble is not None:
            raise trouble
        if journey.later:
            self._remember(message.key, reached | set(journey.taken))
            some = "; the others have it" if journey.taken or reached else ""
            raise NotifyError(f"not now: {self._told_of(journey.later)}{some}")
        if not journey.taken and not reached:
            raise NotifyError(
                f"no recipient was taken: {self._told_of(journey.never)}; is the address right?",
                permanent=True,
            )
        self._reached.pop(message.key, None)
        notes = [journey.answer or "ok"]
        if journey.never:
            notes.append(f"refused for good: {self._told_of(journey.never)}")
        first = message.reference if _is_message_id(message.reference) else None
        return Sent(first or str(mail["Message-ID"]), "; ".join(notes))

    async def close(self) -> None:
        """Nothing to do: each mail has a connection of its own."""

    # --- delivering ---------------------------------------------------------------------------

    async def _delivered(self, mail: EmailMessage, journey: "_Journey") -> NotifyError | None:
        """Talk to the server; return what went wrong. What it said of recipients is noted."""
        settings = self._settings
        server = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "tls",
            start_tls=False,  # done here, so that it is never left out
            tls_context=self._tls if settings.tls == "tls" else None,
            local_hostname=self._sender.domain,  # our own name would be asked of the DNS
            timeout=settings.seconds,
        )
        try:
            async with asyncio.timeout(settings.seconds):
                await self._handed_in(server, mail, journey)
        except TimeoutError:  # also aiosmtplib's own
            return NotifyError(
                f"{settings.host} did not answer within {settings.seconds:g} s",
                maybe_sent=journey.content,
            )
        except aiosmtplib.SMTPResponseException as error:
            return self._refused(error, journey)
        except aiosmtplib.SMTPServerDisconnected:
            return NotifyError(f"{settings.host} hung up", maybe_sent=journey.content)
        except _NotOfferedError as error:
            return NotifyError(str(error), permanent=True)
        except (OSError, ValueError, aiosmtplib.SMTPException) as error:
            words = why_not_connected(settings.host, error)
            return NotifyError(
                words or f"{settings.host}:{settings.port} cannot be reached, or speaks no SMTP",
                maybe_sent=journey.content,
            )
        finally:
            server.close()
        return None

    async def _handed_in(
        self, server: aiosmtplib.SMTP, mail: EmailMessage, journey: "_Journey"
    ) -> None:
        settings = self._settings
        await server.connect()
        await server.ehlo()
        if settings.tls == "starttls":
            if not server.supports_extension("starttls"):
                raise _NotOfferedError(
                    f"{settings.host} offers no STARTTLS, and nothing is sent in the clear: is the"
                    " port right? 465 wants tls: tls"
                )
            await server.starttls(tls_context=self._tls, server_hostname=settings.host)
            await server.ehlo()
        if settings.user is not None:
            if not server.supported_auth_methods:
                raise _NotOfferedError(
                    f"{settings.host} offers no login that we know: is the port right?"
                )
            journey.step = "the login"
            await server.login(settings.user, settings.password or "")
        journey.step = "the sender"
        await server.mail(self._sender.addr_spec, encoding="ascii")
        journey.step = "the recipients"
        await _name_recipients(server, journey)
        if journey.taken:
            journey.step = "the mail"
            journey.content = True
            answer = await server.data(mail.as_bytes())
            journey.answer = f"{answer.code} {cleaned(answer.message, self._secrets)}".strip()
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await server.quit()

    def _refused(self, error: aiosmtplib.SMTPResponseException, journey: "_Journey") -> NotifyError:
        said = cleaned(error.message, self._secrets)
        text = f"{self._settings.host} refused {journey.step}: {error.code} {said}".strip()
        if not 400 <= error.code <= 599:  # no answer to what was asked
            return NotifyError(text, maybe_sent=journey.content)
        if error.code < 500:
            return NotifyError(text)
        hint = _HINTS.get(journey.step, "")
        return NotifyError(text + (f"; {hint}" if hint else ""), permanent=True)

    def _told_of(self, refused: dict[str, tuple[int, str]]) -> str:
        told = [f"{who} ({code} {words})" for who, (code, words) in refused.items()]
        return cleaned(", ".join(told), self._secrets)

    def _remember(self, key: str, reached: frozenset[str]) -> None:
        while len(self._reached) >= REMEMBERED:
            self._reached.pop(next(iter(self._reached)))
        self._reached[key] = reached

    # --- the mail -----------------------------------------------------------------------------

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=LINES_OF_SMTP)
        mail["Subject"] = cut(_one_line(message.title), LONGEST_SUBJECT) or "Pantau"
        mail["From"] = self._sender
        mail["To"] = [Address(addr_spec=one) for one in self._settings.to]
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = message_id(message.key, self._sender.domain)
        if message.reference is not None and _is_message_id(message.reference):
            mail["In-Reply-To"] = message.reference
            mail["References"] = message.reference
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"  # Exchange knows no Auto-Submitted
        if message.severity is Severity.CRITICAL:
            mail["Importance"] = "high"
        mail.set_content(plain_of(message), charset="utf-8", cte="quoted-printable")
        mail.add_alternative(
            html_of(message), subtype="html", charset="utf-8", cte="quoted-printable"
        )
        for one in message.attachments:
            kind, _ = mimetypes.guess_type(one.name)
            main, _, sub = (kind or "application/octet-stream").partition("/")
            mail.add_attachment(one.data, maintype=main, subtype=sub, filename=one.name)
        return mail


def message_id(key: str, domain: str) -> str:
    """The Message-ID of a message: the same at every attempt."""
    name = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:40]
    return f"<pantau.{name}@{domain}>"


def plain_of(message: Message) -> str:
    """The text part: words, what may be pressed, and the link unless the words hold it."""
    parts = [cut(with_title(message), LONGEST)]
    parts += [f"{words}: {url}" for words, url in message.actions]
    if message.link is not None and message.link not in parts[0]:
        parts.append(message.link)
    return shown("\n".join(parts)) + "\n"


def html_of(message: Message) -> str:
    """The same as HTML: its own escaped words, or the text escaped here."""
    words = message.html if message.html is not None else html.escape(message.text)
    if len(words) > 2 * LONGEST:  # tags are not cut: then the plain words are shown
        words = html.escape(cut(message.text, LONGEST))
    title = html.escape(message.title)
    first_line = html.unescape(re.sub(r"<[^<>]*>", "", words.lstrip().split("\n", 1)[0]))
    parts = [] if message.title.strip() in first_line else [f"<strong>{title}</strong>"]
    parts.append(words)
    links = list(message.actions)
    if message.link is not None and html.escape(message.link) not in words:
        links.append(("Pantau", message.link))
    parts += [f'<a href="{html.escape(url)}">{html.escape(text)}</a>' for text, url in links]
    body = shown("\n".join(parts)).replace("\n", "<br>\n")
    return f'<!DOCTYPE html>\n<html><body style="font-family: sans-serif">\n{body}\n</body></html>'


_HINTS = {
    "the login": "are user and password right? Some providers want a password for applications",
    "the sender": "may this account send as the settings' sender?",
}


@dataclass(slots=True)
class _Journey:
    """How far a mail came, and what the server said of its recipients."""

    wanted: Sequence[str]
    step: str = "the connection"
    content: bool = False  # it was being handed over
    answer: str = ""
    taken: list[str] = field(default_factory=list)
    later: dict[str, tuple[int, str]] = field(default_factory=dict)
    never: dict[str, tuple[int, str]] = field(default_factory=dict)


class _NotOfferedError(Exception):
    """The server lacks what the settings ask for."""


async def _name_recipients(server: aiosmtplib.SMTP, journey: _Journey) -> None:
    for address in journey.wanted:
        try:
            await server.rcpt(address, encoding="ascii")
        except aiosmtplib.SMTPRecipientRefused as error:
            if error.code == 421:  # it ends the connection
                raise
            refused = journey.never if 500 <= error.code <= 599 else journey.later
            refused[address] = (error.code, error.message)
        else:
            journey.taken.append(address)


def _sender(text: str) -> Address:
    named, address = parseaddr(text)
    if not _ADDRESS.fullmatch(address) or _one_line(text) != text.strip():
        raise ValueError("the sender is written as Pantau <pantau@kota.example>")
    return Address(display_name=_one_line(named), addr_spec=address)


def _secrets(settings: EmailSettings) -> tuple[str, ...]:
    """What a server may repeat: the password, and how a login wraps it (RFC 4616)."""
    if settings.password is None:
        return ()
    password, user = settings.password.encode(), (settings.user or "").encode()
    wrapped = (password, b"\0" + user + b"\0" + password)
    return (settings.password, *(base64.b64encode(one).decode() for one in wrapped))


def _is_message_id(text: str | None) -> bool:
    return text is not None and _MESSAGE_ID.fullmatch(text) is not None


def _one_line(text: str) -> str:
    return " ".join(shown(text).split())

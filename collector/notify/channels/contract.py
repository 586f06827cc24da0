"""What a channel is: it sends one message, and says what became of it."""

from dataclasses import dataclass, field
from typing import Protocol

from collector.model.alerts import Purpose, Severity


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message, by channels that take files (mail)."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """Words for one channel, ready to be sent. No secret, no picture."""

    key: str  # the same at every attempt
    purpose: Purpose
    severity: Severity
    title: str  # one line
    text: str  # plain, short enough to act on from a phone
    html: str | None = None  # the same with links, escaped; for channels that take it
    link: str | None = None  # to the desk
    actions: tuple[tuple[str, str], ...] = ()  # (words, signed one-time link)
    reference: str | None = None  # of the thread's first message there: edit or answer it
    edit: bool = False  # replace that message instead of answering it, where the channel can
    maybe_twice: bool = False
    data: dict[str, object] = field(default_factory=dict)  # for machines (webhook, MQTT)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took it."""

    reference: str | None = None
    answer: str = ""


class NotifyError(Exception):
    """The channel did not take it. The text is for people: bounded, without secrets.

    `permanent`: the same message will never be taken (bad address, revoked token). `retry_after`:
    seconds that the channel asked for. `maybe_sent`: no answer came back, it may have arrived.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        maybe_sent: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.maybe_sent = maybe_sent


class Channel(Protocol):
    """Sends one message to where its settings say."""

    name: str
    can_edit: bool
    longest_text: int  # characters

    async def send(self, message: Message) -> Sent:
        """Send once, within a bounded time. Raises NotifyError, and nothing else."""
        ...

    async def close(self) -> None:
        """Release connections. Safe to call twice."""
        ...

"""The channels of alerts.yaml: what each kind needs to be told. Secrets stand in files."""

import ipaddress
import re
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from collector.config.influxdb import check_url
from collector.config.shape import (
    Duration,
    Port,
    Shape,
    Text,
    WholeNumber,
    Words,
    refuse,
    shown_value,
)

_MOST_PEOPLE = 50  # of one mail
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_MAIL = re.compile(r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]{1,190}")
_SENDER = re.compile(r"(?:[^<>\r\n@]{1,100}<([^<>]+)>)")

LevelName: TypeAlias = Literal["critical", "warning", "info"]


def _as_text(value: object) -> object:
    """Let a number stand without quotes where people write one: chats and telephones."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _check_chat(value: object) -> object:
    value = _as_text(value)
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{4,40}", value):
        remedy = 'write its number, of a group as "-1001234567890", or @name of a channel'
        raise refuse(f"{shown_value(value)} is no chat", remedy)
    return value


def _check_phone(value: object) -> object:
    value = _as_text(value)
    if not isinstance(value, str):
        return value
    digits = re.sub(r"[\s+().-]", "", value)
    if digits.startswith("0"):
        raise refuse(
            f"{shown_value(value)} has no country code", f'write "62{digits.lstrip("0")[:15]}"'
        )
    if not re.fullmatch(r"[1-9][0-9]{7,14}", digits):
        raise refuse(f"{shown_value(value)} is no telephone number", 'write "6281234567890"')
    return digits


def _check_phone_id(value: object) -> object:
    value = _as_text(value)
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{5,25}", value):
        raise refuse(f"{shown_value(value)} is no phone_id", "take the number that Meta shows")
    return value


def _check_mail(value: object) -> object:
    if isinstance(value, str) and not _MAIL.fullmatch(value):
        raise refuse(f"{shown_value(value)} is no e-mail address", "write noc@kota.example")
    return value


def _check_sender(value: object) -> object:
    if isinstance(value, str):
        named = _SENDER.fullmatch(value)
        _check_mail(value if named is None else named[1])
    return value


def _check_broker_topic(value: object) -> object:
    if isinstance(value, str) and (not value or len(value) > 200 or re.search(r"[+#\x00]", value)):
        raise refuse(
            f"{shown_value(value)} is no topic", "write it without + and #, in 200 characters"
        )
    return value


def check_network(value: object) -> object:
    """Refuse what is neither a network nor an address."""
    try:
        ipaddress.ip_network(str(value))
    except ValueError:
        raise refuse(
            f"{shown_value(value)} is no network", "write 10.7.0.9 or 10.7.0.0/24"
        ) from None
    return str(value)


Address: TypeAlias = Annotated[str, BeforeValidator(_check_mail)]
Url: TypeAlias = Annotated[Text, BeforeValidator(check_url)]
Network: TypeAlias = Annotated[str, BeforeValidator(check_network)]


class ChannelShape(Shape):
    """What all kinds have in common: secrets that stand in files, or else in their place."""

    SECRETS: ClassVar[tuple[str, ...]] = ()  # NAME, or NAME_file with the file that holds it
    NEEDED: ClassVar[tuple[str, ...]] = ()  # of these

    @model_validator(mode="after")
    def _check_secrets(self) -> Self:
        for name in self.SECRETS:
            given = getattr(self, name), getattr(self, f"{name}_file")
            if None not in given:
                raise refuse(f"{name} and {name}_file are both there", f"keep {name}_file")
            if name in self.NEEDED and given == (None, None):
                raise refuse(f"there is no {name}", f"give {name}_file")
        return self


def _secret(what: str) -> Any:
    return Field(None, description=f"{what}; better in a file.")


def _file(what: str) -> Any:
    return Field(None, description=f"File that holds {what}.")


class WebhookShape(ChannelShape):
    """A POST to a program of one's own, a gateway, or an outside watcher."""

    SECRETS = ("url", "secret", "authorization")
    NEEDED = ("url",)

    type: Literal["webhook"] = Field(description="`webhook`")
    url: SecretStr | None = _secret("Where to; often a secret itself")
    url_file: Text | None = _file("where to")
    secret: SecretStr | None = _secret("What messages are signed with")
    secret_file: Text | None = _file(
        "what messages are signed with; two lines while one is replaced"
    )
    authorization: SecretStr | None = _secret("Value of the header `Authorization`")
    authorization_file: Text | None = _file("the value of the header `Authorization`")
    headers: dict[str, SecretStr] = Field({}, description="Other headers, by name.")
    method: Literal["POST", "GET", "HEAD"] = Field(
        "POST", description="`POST`; or `GET` or `HEAD`, which only ask for the URL (a watcher)."
    )
    per_minute: Annotated[WholeNumber, Field(ge=10, le=6_000)] = Field(
        600, description="Messages a minute at most."
    )

    @model_validator(mode="after")
    def _check_headers(self) -> Self:
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name):
                raise refuse(f"{shown_value(name)} is no header", "use letters, digits and dashes")
            if name.lower() in {"host", "content-length", "content-type"}:
                raise refuse(f"the header {name} is set by Pantau", "remove it")
            if not re.fullmatch(r"[\x20-\x7e]{0,2000}", value.get_secret_value()):
                raise refuse(f"the header {name} has letters that no header has", "mend it")
        return self


class TelegramShape(ChannelShape):
    """A chat, group or channel of Telegram, written to by a bot."""

    SECRETS = ("token",)
    NEEDED = ("token",)

    type: Literal["telegram"] = Field(description="`telegram`")
    token: SecretStr | None = _secret("The bot's token, from @BotFather")
    token_file: Text | None = _file("the bot's token")
    chat: Annotated[str, BeforeValidator(_check_chat)] = Field(
        description="Number of the chat (groups begin with -), or @name."
    )
    topic: Annotated[WholeNumber, Field(ge=1)] | None = Field(
        None, description="Number of the topic, in a group with topics."
    )
    quiet_info: bool = Field(True, description="What is only `info` comes without a sound.")
    api_url: Url = Field(
        "https://api.telegram.org", description="Another, for a Bot API server of one's own."
    )


class WhatsAppShape(ChannelShape):
    """A person on WhatsApp, through Meta's Cloud API."""

    SECRETS = ("token",)
    NEEDED = ("token",)

    type: Literal["whatsapp"] = Field(description="`whatsapp`")
    token: SecretStr | None = _secret("Permanent token of a system user")
    token_file: Text | None = _file("the permanent token of a system user")
    phone_id: Annotated[str, BeforeValidator(_check_phone_id)] = Field(
        description="Meta's number for the phone that writes; no telephone number."
    )
    to: Annotated[str, BeforeValidator(_check_phone)] = Field(
        description="Who gets it: `6281234567890`."
    )
    template: Text = Field(description="Name of the approved template, with two variables.")
    language: Text = Field("id", description="Language that the template was approved in.")
    template_words: Annotated[WholeNumber, Field(ge=0, le=800)] = Field(
        120, description="Characters of the template without its variables."
    )
    api_url: Url = Field("https://graph.facebook.com", description="Where the Cloud API is.")
    api_version: Text = Field("v23.0", description="Its version.")


class NtfyShape(ChannelShape):
    """A topic of ntfy: pushed to everybody who has subscribed to it."""

    SECRETS = ("topic", "token", "password")
    NEEDED = ("topic",)

    type: Literal["ntfy"] = Field(description="`ntfy`")
    topic: SecretStr | None = _secret("Name of the topic; who knows it can read along")
    topic_file: Text | None = _file("the name of the topic")
    server: Url = Field("https://ntfy.sh", description="Address of the server.")
    token: SecretStr | None = _secret("Access token")
    token_file: Text | None = _file("the access token")
    user: Text | None = Field(None, description="Name to log in with, instead of a token.")
    password: SecretStr | None = _secret("Password to log in with")
    password_file: Text | None = _file("the password to log in with")
    longest_bytes: Annotated[WholeNumber, Field(ge=256, le=7_800)] = Field(
        4_096, description="Longest message that the server takes."
    )
    tags: Annotated[Words[Text], Field(max_length=5)] = Field(
        (), description="Tags beside that of the severity."
    )

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        has_token = self.token is not None or self.token_file is not None
        has_password = self.password is not None or self.password_file is not None
        if has_token and (self.user is not None or has_password):
            raise refuse("a token and a user are both there", "keep one of them")
        _check_user(self.user, has_password=has_password)
        return self


class EmailShape(ChannelShape):
    """Mail to people or lists, through the agency's server or a provider's."""

    SECRETS = ("password",)

    type: Literal["email"] = Field(description="`email`")
    host: Text = Field(description="Address of the mail server.")
    port: Port | None = Field(
        None, description="Its port; none: 587, with `tls: tls` 465, with `tls: none` 25."
    )
    tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`starttls`, `tls` from the first byte, or `none`."
    )
    user: Text | None = Field(None, description="Name to log in with.")
    password: SecretStr | None = _secret("Password to log in with")
    password_file: Text | None = _file("the password to log in with")
    sender: Annotated[Text, BeforeValidator(_check_sender)] = Field(
        alias="from", description="Who writes: `Pantau <pantau@kota.example>`."
    )
    to: Annotated[Words[Address], Field(min_length=1, max_length=_MOST_PEOPLE)] = Field(
        description="Who gets it."
    )
    ca_file: Text | None = Field(
        None, description="Authority of the server's certificate (PEM), beside this machine's own."
    )

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        has_password = self.password is not None or self.password_file is not None
        if self.tls == "none" and has_password:
            raise refuse("a password without tls can be read on its way", "write tls: starttls")
        _check_user(self.user, has_password=has_password)
        return self

    @property
    def port_in_use(self) -> int:
        """Return the port, also where none is written."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.tls]


class SirenShape(ChannelShape):
    """A siren or lamp, switched by a relay that listens to MQTT."""

    SECRETS = ("password",)

    type: Literal["mqtt"] = Field(description="`mqtt`")
    topic: Annotated[str, BeforeValidator(_check_broker_topic)] = Field(
        description="Topic of the relay: `cmnd/sirene/POWER`."
    )
    host: Text = Field("127.0.0.1", description="Address of the broker.")
    port: Port = Field(1883, description="Port of the broker.")
    user: Text | None = Field(None, description="Name to log in with.")
    password: SecretStr | None = _secret("Password to log in with")
    password_file: Text | None = _file("the password to log in with")
    tls: bool = Field(False, description="Encrypt; the broker's certificate is verified.")
    ca_file: Text | None = Field(
        None, description="Authority of the broker's certificate (PEM), beside this machine's own."
    )
    on: Text = Field("ON", description="What switches it on.")
    off: Text = Field("OFF", description="What switches it off.")
    retain: bool = Field(False, description="The broker tells a relay that was away.")
    least: LevelName = Field("critical", description="It rings for this and what is more severe.")
    rings_seconds: Annotated[Duration, Field(ge=0, le=86_400)] = Field(
        300.0,
        alias="rings",
        description="How long it rings at most; `0s`: until all is well (a lamp).",
    )

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        if self.ca_file is not None and not self.tls:
            raise refuse("ca_file without tls", "add tls: true, or remove ca_file")
        has_password = self.password is not None or self.password_file is not None
        _check_user(self.user, has_password=has_password)
        return self


class AppriseShape(ChannelShape):
    """One of the many other services, through apprise."""

    SECRETS = ("url",)
    NEEDED = ("url",)

    type: Literal["apprise"] = Field(description="`apprise`")
    url: SecretStr | None = _secret("The service's apprise URL; it holds its secrets")
    url_file: Text | None = _file("the service's apprise URL")
    per_minute: Annotated[WholeNumber, Field(ge=1, le=600)] = Field(
        20, description="Messages a minute at most."
    )
    longest_text: Annotated[WholeNumber, Field(ge=100, le=20_000)] = Field(
        1_000, description="Longest message, in characters; 300 where it becomes an SMS."
    )


def _check_user(user: str | None, *, has_password: bool) -> None:
    if user is None and has_password:
        raise refuse("there is a password without a user", "add user")
    if user is not None and not has_password:
        raise refuse("there is a user without a password", "give password_file")


AnyChannel: TypeAlias = Annotated[
    WebhookShape
    | TelegramShape
    | WhatsAppShape
    | NtfyShape
    | EmailShape
    | SirenShape
    | AppriseShape,
    Field(discriminator="type"),
]

CHANNELS: tuple[type[ChannelShape], ...] = (
    TelegramShape,
    WhatsAppShape,
    EmailShape,
    NtfyShape,
    WebhookShape,
    SirenShape,
    AppriseShape,
)
"""Every kind, in the order of the page."""

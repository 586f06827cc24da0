"""Opens the channels that alerts.yaml names: one line a kind, one way out for all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from collector.clock import Clock, SystemClock
from collector.config import Config, Problem, ProblemsError
from collector.config.alerts import AlertsFile, ChannelShape, LoadedAlerts, read_alerts
from collector.config.alerts.channels import (
    AppriseShape,
    EmailShape,
    NtfyShape,
    SirenShape,
    TelegramShape,
    WebhookShape,
    WhatsAppShape,
)
from collector.config.problems import place_text
from collector.model.alerts import Severity
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.apprise import Apprise, AppriseSettings
from collector.notify.channels.contract import Channel, NotifyError
from collector.notify.channels.email import Email, EmailSettings
from collector.notify.channels.ntfy import Ntfy, NtfySettings
from collector.notify.channels.outbound import (
    Outbound,
    OutboundSettings,
    check_literal,
    checked_url,
)
from collector.notify.channels.siren import AskRinging, Siren, SirenSettings
from collector.notify.channels.telegram import Telegram, TelegramSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings
from collector.notify.channels.whatsapp import WhatsApp, WhatsAppSettings


@dataclass(frozen=True, slots=True)
class _Tools:
    """What channels are made with."""

    outbound: Outbound
    clock: Clock
    allowed: Allowed
    ringing: AskRinging | None


@asynccontextmanager
async def open_channels(
    config: Config, clock: Clock, ringing: AskRinging | None = None
) -> AsyncIterator[Mapping[str, Channel]]:
    """Open every channel of the file that the setting `alerts` names, by name; close them after.

    Nothing is sent or looked up yet. `ringing` is `store.outbox.ringing`, for sirens. Raises
    ProblemsError when the file cannot be used.
    """
    if config.alerts is None:
        raise ProblemsError([Problem("pantau.yaml", None, "alerts", "is not set")])
    loaded = await asyncio.to_thread(read_alerts, config.alerts)
    if loaded.file is None or loaded.problems:
        raise ProblemsError(loaded.problems)
    allowed = _allowed(loaded.file)
    async with AsyncExitStack() as stack:
        outbound = Outbound(OutboundSettings(allowed, _path(loaded.file.ca_file)))
        stack.push_async_callback(outbound.close)
        tools = _Tools(outbound, clock, allowed, ringing)
        channels: dict[str, Channel] = {}
        for name, shape in loaded.file.channels.items():
            made = _made(name, shape, tools)
            if isinstance(made, str):
                raise ProblemsError([_problem(name, made, loaded)])
            stack.push_async_callback(made.close)
            channels[name] = made
        yield channels


def wrong_channels(loaded: LoadedAlerts) -> Iterator[Problem]:
    """Yield why a channel cannot be made of what the file says of it, each once."""
    for name, made in _tried(loaded):
        if isinstance(made, str):
            yield _problem(name, made, loaded)


def closed_channels(loaded: LoadedAlerts) -> Iterator[Problem]:
    """Yield the channels that lead to an address to which nothing is sent, as they are written.

    Names are resolved when a message goes. Nobody's start depends on it: by the other channels
    people are told all the same.
    """
    if loaded.sound is None:
        return
    allowed = _allowed(loaded.sound)
    for name, made in _tried(loaded):
        if isinstance(made, str):
            continue
        try:
            check_literal(_address(loaded.sound.channels[name]), allowed)
        except NotifyError as error:
            remedy = "for every private address and this machine: allow_private: true"
            yield loaded.problem(("channels", name), str(error), remedy)


def _tried(loaded: LoadedAlerts) -> Iterator[tuple[str, Channel | str]]:
    """Yield every channel that no problem is known of, made; or why it cannot be made."""
    if loaded.sound is None:
        return
    allowed = _allowed(loaded.sound)
    tools = _Tools(Outbound(OutboundSettings(allowed)), SystemClock(), allowed, None)
    for name, shape in loaded.sound.channels.items():
        place = place_text(("channels", name))
        known = any(f"{one.place}.".startswith(f"{place}.") for one in loaded.problems)
        if type(shape) in _MAKERS and not known:
            yield name, _made(name, shape, tools)


def _address(shape: ChannelShape) -> str:
    """Return the URL that a channel sends to by `Outbound`; "" for the others."""
    match shape:
        case WebhookShape():
            return _word(shape.url)
        case TelegramShape() | WhatsAppShape():
            return shape.api_url
        case NtfyShape():
            return shape.server
        case _:
            return ""


def _made(name: str, shape: ChannelShape, tools: _Tools) -> Channel | str:
    """Make a channel; or say why it cannot be made. Makers say it without secrets."""
    try:
        return _MAKERS[type(shape)](name, shape, tools)
    except (ValueError, NotifyError) as error:
        return str(error)


def _problem(name: str, words: str, loaded: LoadedAlerts) -> Problem:
    remedy = "mend it, or the file that holds it; docs/alerts-channels.md says where to get it"
    return loaded.problem(("channels", name), words, remedy)


def _allowed(file: AlertsFile) -> Allowed:
    return Allowed.of(*file.allow_networks, private=file.allow_private)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _word(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()


def _word_or_none(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


# --- one line a kind --------------------------------------------------------------------------


def _webhook(name: str, it: WebhookShape, tools: _Tools) -> Channel:
    checked_url(_word(it.url))
    headers = {key: value.get_secret_value() for key, value in it.headers.items()}
    if it.authorization is not None:
        headers["Authorization"] = it.authorization.get_secret_value()
    settings = WebhookSettings(
        name,
        _word(it.url),
        tuple(line for line in _word(it.secret).splitlines() if line.strip()),
        headers,
        it.method,
        it.per_minute,
    )
    return Webhook(settings, tools.outbound, tools.clock)


def _telegram(name: str, it: TelegramShape, tools: _Tools) -> Channel:
    settings = TelegramSettings(name, _word(it.token), it.chat, it.topic, it.api_url, it.quiet_info)
    return Telegram(settings, tools.outbound, tools.clock)


def _whatsapp(name: str, it: WhatsAppShape, tools: _Tools) -> Channel:
    settings = WhatsAppSettings(
        name,
        _word(it.token),
        it.phone_id,
        it.to,
        it.template,
        it.language,
        it.template_words,
        it.api_url,
        it.api_version,
    )
    return WhatsApp(settings, tools.outbound, tools.clock)


def _ntfy(name: str, it: NtfyShape, tools: _Tools) -> Channel:
    settings = NtfySettings(
        name,
        _word(it.topic),
        it.server,
        _word_or_none(it.token),
        it.user,
        _word_or_none(it.password),
        it.longest_bytes,
        it.tags,
    )
    return Ntfy(settings, tools.outbound, tools.clock)


def _email(name: str, it: EmailShape, tools: _Tools) -> Channel:
    settings = EmailSettings(
        name,
        it.host,
        it.sender,
        it.to,
        it.port_in_use,
        it.tls,
        it.user,
        _word_or_none(it.password),
        _path(it.ca_file),
    )
    return Email(settings, tools.clock)


def _siren(name: str, it: SirenShape, tools: _Tools) -> Channel:
    settings = SirenSettings(
        name,
        it.topic,
        it.host,
        it.port,
        it.user,
        _word_or_none(it.password),
        it.tls,
        _path(it.ca_file),
        it.on,
        it.off,
        it.retain,
        Severity(it.least),
        it.rings_seconds or None,
    )
    return Siren(settings, tools.clock, tools.ringing)


def _apprise(name: str, it: AppriseShape, tools: _Tools) -> Channel:
    settings = AppriseSettings(
        name,
        _word(it.url),
        tools.allowed,
        per_minute=it.per_minute,
        longest_text=it.longest_text,
    )
    return Apprise(settings, tools.clock)


_MAKERS: dict[type[ChannelShape], Callable[[str, Any, _Tools], Channel]] = {
    WebhookShape: _webhook,
    TelegramShape: _telegram,
    WhatsAppShape: _whatsapp,
    NtfyShape: _ntfy,
    EmailShape: _email,
    SirenShape: _siren,
    AppriseShape: _apprise,
}

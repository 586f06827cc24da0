"""The long tail of services, through apprise, which is kept in a process of its own.

apprise speaks to some 170 services, and says of a message only whether it was taken. Its libraries
block, sleep, follow what a URL tells them and hold whole answers in memory; so they live in a
process that can be watched, ended and started again (`apprise_process`, `apprise_worker`), and that
may do nothing but talk to checked addresses (`apprise_guard`).

| what came of it                               | as a NotifyError                               |
|-----------------------------------------------|------------------------------------------------|
| taken                                         | none                                           |
| no connection came about                      | passing                                        |
| refused with a status of HTTP                 | passing: apprise hides what it means           |
| failed in any other way, or fell silent       | passing, may have arrived                      |
| the URL is not understood, the service is not | permanent                                      |
| allowed, the address may not be talked to     |                                                |
"""

import importlib.util
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from collector.clock import Clock
from collector.model.alerts import Purpose, Severity
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.apprise_process import Worker
from collector.notify.channels.budgets import Limit
from collector.notify.channels.contract import Message, NotifyError, Sent
from collector.notify.channels.lengths import cut, shown

LONGEST_URL = 4096
LONGEST_TITLE = 200

_SCHEMA = re.compile(r"([A-Za-z0-9]{1,30})://")
_KINDS = {Severity.CRITICAL: "failure", Severity.WARNING: "warning", Severity.INFO: "info"}

_CHATS = """
awswhatsapp cliq dingtalk discord evolution evolutions feishu flock gchat groupme guilded gupshup
humhub humhubs lark line mastodon mastodons matrix matrixs misskey misskeys mmost mmosts ncloud
nclouds nctalk nctalks revolt rocket rockets ryver signal signals slack stackfield synology
synologys threema toot toots twist viber webex wechat wecombot whapi workflow workflows wxteams
zalo zcliq zohocliq zoom zulip
"""
_TELEPHONE = """
46elks acs atalk bulksms bulkvs burstsms clickatell clicksend cm d7sms elks exotel freemobile
httpsms infobip kaleyra kavenegar klr kudosity msg91 msgbird nexmo notifyre octopush
plivo seven sinch smsc smseagle smseagles smsmanager smsmgr smstunnel sns telesign telnyx twilio
voipms vonage
"""
_ON_CALL = """
betterstack firehydrant goalert goalerts ilert incidentio jira opsgenie pagerduty pagertree signl4
spike splunk squadcast victorops xmatters
"""
_PUSH = """
bark barks gotify gotifys ifttt join lametric lametrics notica noticas onesignal pbul pover prowl
psafer psafers push pushdeer pushdeers pushme pushy schan simplepush spush wxpusher
"""
_MAIL = "azure brevo mailersend mailgun o365 postmark resend sendgrid ses smtp2go sparkpost"
_OTHER = "form forms hassio hassios json jsons xml xmls"
SERVICES = frozenset(
    " ".join((_CHATS, _TELEPHONE, _ON_CALL, _PUSH, _MAIL, _OTHER))
    .replace("messagebird", "")
    .split()
)
"""Those that talk to people over the network, and to nothing else. Not: what touches this machine
(desktop, syslog, files), servers that relay further (apprise, irc, amqp), and what Pantau does
better itself."""

_OURS = {
    "tgram": "telegram",
    "telegram": "telegram",
    "mailto": "email",
    "mailtos": "email",
    "whatsapp": "whatsapp",
    "ntfy": "ntfy",
    "ntfys": "ntfy",
    "mqtt": "mqtt",
    "mqtts": "mqtt",
}
_NOT_IN_URL = frozenset({"redirect", "retry", "wait", "template", "store", "attach", "overflow"})


@dataclass(frozen=True, slots=True)
class AppriseSettings:
    """One apprise URL. It holds tokens and passwords, so it is kept out of sight."""

    name: str
    url: str = field(repr=False)
    allowed: Allowed = field(default_factory=Allowed)  # in-house servers that it may talk to
    seconds: float = 20.0  # for one message, then its process is ended
    per_minute: int = 20
    longest_text: int = 1_000  # characters; 300 where it becomes an SMS


class Apprise:
    """Sends as this module's text says."""

    can_edit = False

    def __init__(self, settings: AppriseSettings, clock: Clock) -> None:
        """Check what can be checked without apprise. ValueError says what to do, without the URL.

        Its process is started with the first message.
        """
        del clock  # nothing in a message of apprise has a time
        self.service = checked_service(settings.url)
        if importlib.util.find_spec("apprise") is None:
            raise ValueError("apprise is not installed; run: pip install 'pantau[apprise]'")
        if not 100 <= settings.longest_text <= 20_000:
            raise ValueError("longest_text is from 100 to 20000")
        self.name = settings.name
        self.longest_text = settings.longest_text
        self.limits = (
            Limit(f"apprise:{self.name}", settings.per_minute, 60, min(5, settings.per_minute)),
        )
        self._settings = settings
        self._worker = Worker(settings.seconds)

    async def send(self, message: Message) -> Sent:
        """Send once. Raises NotifyError, and nothing else."""
        title, text = self._words(message)
        allowed = self._settings.allowed
        well = message.purpose is Purpose.RECOVERED
        said = await self._worker.call(
            {
                "url": self._settings.url,
                "title": title,
                "text": text,
                "kind": "success" if well else _KINDS[message.severity],
                "networks": [str(network) for network in allowed.networks],
                "private": allowed.private,
                "seconds": self._settings.seconds,
            }
        )
        if said.get("state") == "sent":
            return Sent(None, f"{self.service}: taken")
        raise self._trouble(said)

    async def close(self) -> None:
        """End the process. Safe to call twice."""
        await self._worker.end()

    def _words(self, message: Message) -> tuple[str, str]:
        longest = min(LONGEST_TITLE, self.longest_text // 2)
        title = cut(" ".join(shown(message.title).split()), longest)
        links = [f"{words}: {url}" for words, url in message.actions]
        if message.link is not None and message.link not in message.text:
            links.append(message.link)
        tail = "".join(f"\n{one}" for one in links)
        room = self.longest_text - len(title) - 1  # an SMS has both in one
        if len(tail) > room // 2:  # links without words to understand them
            tail = ""
        return title, (cut(shown(message.text), room - len(tail)) + tail).strip() or "-"

    def _trouble(self, said: dict[str, Any]) -> NotifyError:
        state, service = said.get("state"), self.service
        if state == "blocked":
            why = re.sub(r"[^A-Za-z0-9 .,:()'-]", "", str(said.get("why", "")))[:200]
            return NotifyError(
                f"{service} would talk to {why}; nothing is sent there. If it is your own server,"
                " name its network under allow_networks",
                permanent=True,
            )
        if state == "not_understood":
            return NotifyError(
                f"apprise does not understand the URL of {service}: compare it with the page of"
                " that service in apprise's manual",
                permanent=True,
            )
        code = said.get("code")
        if isinstance(code, int) and 300 <= code <= 599:
            hint = _HINTS.get(code, "")
            text = f"{service} did not take it (answered {code})" + (f"; {hint}" if hint else "")
            return NotifyError(text)
        if said.get("reached") is False:
            return NotifyError(f"{service} cannot be reached: are network and DNS up?")
        return NotifyError(
            f"{service} did not take it, and apprise does not say why; it may have arrived",
            maybe_sent=True,
        )


_HINTS = {
    301: "it has moved: put its new address into the URL",
    302: "it has moved: put its new address into the URL",
    307: "it has moved: put its new address into the URL",
    308: "it has moved: put its new address into the URL",
    401: "is the token in the URL still good?",
    403: "may the token in the URL do this?",
    404: "is the URL right, and is its target still there?",
    410: "its target is gone: make a new URL there",
    429: "too many messages: lower per_minute",
}


def checked_service(url: str) -> str:
    """The service that a URL names. ValueError with the remedy, without the URL."""
    if len(url) > LONGEST_URL:
        raise ValueError(f"the URL is longer than {LONGEST_URL} characters")
    found = _SCHEMA.match(url)
    if found is None or any(ord(c) < 0x21 or ord(c) == 0x7F for c in url):
        raise ValueError("the file holds one apprise URL, as slack://…, and nothing else")
    service = found[1].lower()
    if service in _OURS:
        raise ValueError(f"Pantau does this better itself: a channel of type {_OURS[service]}")
    if service not in SERVICES:
        raise ValueError(
            f"{service}:// is none of the services of apprise that may be used;"
            " docs/alerts-channels.md lists them"
        )
    query = urllib.parse.parse_qsl(url.partition("?")[2], keep_blank_values=True)
    for key, _ in query:
        if key.strip().lower() in _NOT_IN_URL:
            raise ValueError(f"leave {key.strip().lower()}= out of the URL: Pantau sees to it")
    return service

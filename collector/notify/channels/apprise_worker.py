"""Apprise's process: reads a message a line, sends it once, answers with a line. Never imported.

    {"id", "url", "title", "text", "kind", "networks", "private", "seconds"}
    {"id", "state": "sent" | "failed" | "timeout" | "blocked" | "not_understood",
     "code", "reached", "why"}

The first line out is {"ready": true}. It ends when nobody writes to it any more. What libraries
print goes nowhere: it could hold what is in a URL.
"""

import json
import logging
import os
import re
import resource
import sys
from typing import Any, BinaryIO

import apprise

from collector.notify.channels.addresses import Allowed
from collector.notify.channels.apprise_guard import Guard

MOST_MEMORY = 1 << 29  # bytes of addresses: an endless answer ends this process, not the machine

_CODE = re.compile(r"error=([1-5][0-9]{2})\b")


def main() -> None:
    """Serve until the end of the input."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    logging.getLogger().addHandler(logging.NullHandler())
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    apprise.Apprise.instantiate("json://127.0.0.1", suppress_exceptions=True)  # loads all plugins
    guard = Guard()
    guard.install()
    _say(answers, {"ready": True})
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        _say(answers, {"id": asked["id"], **answer_to(asked, guard)})


def _say(answers: BinaryIO, words: dict[str, Any]) -> None:
    answers.write(json.dumps(words).encode() + b"\n")


def answer_to(asked: dict[str, Any], guard: Guard) -> dict[str, Any]:
    """Send one message; return what came of it."""
    asset = apprise.AppriseAsset(
        app_id="Pantau",
        app_desc="Pantau",
        http_redirects=False,
        secure_logging=True,
        storage_mode="memory",
        service_timeout=asked["seconds"],
        allow_templates=False,
        image_path_mask=False,
        async_mode=False,
        language="en",
        timezone="UTC",
    )
    guard.begin(Allowed.of(*asked["networks"], private=asked["private"]))
    service = apprise.Apprise.instantiate(asked["url"], asset=asset, suppress_exceptions=True)
    if service is None:
        return {"state": "not_understood"}
    service.retry = 0
    service.redirects = False
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    result = sender.notify(
        body=asked["text"],
        title=asked["title"],
        notify_type=asked["kind"],
        body_format=apprise.NotifyFormat.TEXT,
    )
    if result:
        return {"state": "sent"}
    if guard.refused:
        return {"state": "blocked", "why": guard.refused}
    if result.status == apprise.AppriseResultStatus.TIMEOUT:
        return {"state": "timeout", "reached": guard.reached}
    codes = [int(one) for log in _logs(result) for one in _CODE.findall(log)]
    return {"state": "failed", "code": codes[-1] if codes else None, "reached": guard.reached}


def _logs(result: Any) -> list[str]:
    return [str(entry.message) for one in result.results for entry in one.logs()]

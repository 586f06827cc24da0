"""The page for those who receive webhooks says what is sent, and its example verifies it."""

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from collector.model.alerts import Purpose, Severity
from collector.notify.channels.webhook import _key, body_of, signature
from tests.alert_channel_hand import MESSAGE

PAGE = (Path(__file__).parents[2] / "docs" / "alert-webhook.md").read_text()


def keys_sent() -> set[str]:
    full = replace(MESSAGE, reference="n-16")
    unknown = replace(full, data={"x": object()})
    return set(json.loads(body_of(full))) | set(json.loads(body_of(unknown)))


def test_every_key_that_is_sent_has_a_row_and_every_row_is_sent() -> None:
    table = PAGE.partition("## What to answer")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == keys_sent()


def test_the_example_is_of_the_form_that_is_sent() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    assert set(json.loads(found[1])) == keys_sent() - {"data_left_out"}


def test_every_purpose_and_severity_is_named() -> None:
    for word in (*Purpose, *Severity):
        assert f"`{word}`" in PAGE


def test_the_example_tells_ours_from_others() -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    example: dict[str, Any] = {}
    exec(found[1], example)  # noqa: S102 - our own page
    is_from_pantau = example["is_from_pantau"]
    now = int(time.time())
    for secret in ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "kata sandi bersama"):
        body = body_of(MESSAGE)
        headers = signature(MESSAGE.key, now, body, [b"another", _key(secret)])
        assert is_from_pantau(headers, body, secret)
        assert not is_from_pantau(headers, body + b" ", secret)
        assert not is_from_pantau(headers | {"webhook-id": "x"}, body, secret)
        assert not is_from_pantau(headers, body, "lain")
        old = signature(MESSAGE.key, now - 400, body, [_key(secret)])
        assert not is_from_pantau(old, body, secret)

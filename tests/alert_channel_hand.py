"""What tests of channels have in common: a message, a clock, sending in a loop of their own."""

import asyncio
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from collector.model.alerts import Purpose, Severity
from collector.notify.channels import Channel, Message, NotifyError, Sent
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.outbound import Outbound, OutboundSettings
from tests.alert_receiver import (
    NTFY_TOKEN,
    TELEGRAM_TOKEN,
    WEBHOOK_SECRET,
    WHATSAPP_TOKEN,
)

SECRETS = (
    TELEGRAM_TOKEN,
    TELEGRAM_TOKEN.partition(":")[2],
    WHATSAPP_TOKEN,
    NTFY_TOKEN,
    WEBHOOK_SECRET,
    "rahasia",
)
MESSAGE = Message(
    key="n-17",
    purpose=Purpose.FIRING,
    severity=Severity.CRITICAL,
    title="MATI: Switch Pasar <Baru> & 40 kamera",
    text="Sejak 08.15 WIB.\nSebab: listrik?",
    link="https://pantau.kota.example/meja/insiden/17",
    actions=(("Saya tangani", "https://pantau.kota.example/tindak/abc"),),
    data={"incident": 17},
)


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 27, 1, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


CLOCK = FixedClock()


def run(make: Any, *messages: Message, seconds: float = 5.0) -> list[Sent]:
    """Send these one after the other; `{ref}` of a message is what the one before came back as."""

    async def sent() -> list[Sent]:
        outbound = Outbound(OutboundSettings(Allowed.of("127.0.0.1"), seconds=seconds))
        channel: Channel = make(outbound)
        results: list[Sent] = []
        try:
            for message in messages:
                if message.reference == "{ref}":
                    message = replace(message, reference=results[0].reference)
                results.append(await channel.send(message))
        finally:
            await channel.close()
            await channel.close()
            await outbound.close()
        return results

    return asyncio.run(sent())


def trouble(make: Any, *messages: Message, seconds: float = 5.0) -> NotifyError:
    with pytest.raises(NotifyError) as caught:
        run(make, *(messages or (MESSAGE,)), seconds=seconds)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    for secret in SECRETS:
        assert secret not in shown
    assert len(str(caught.value)) < 600
    return caught.value

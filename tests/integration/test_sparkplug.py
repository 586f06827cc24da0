"""Sparkplug B over a real mosquitto, by the profiles that everybody gets."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message

from collector.clock import SystemClock
from collector.listeners import sparkplug_payload
from collector.listeners.mqtt import MqttListener, MqttSettings
from collector.listeners.mqtt_routes import build_routes
from collector.model import Check, CheckResult, Outcome, Profile, Reason, Target
from collector.profiles import load_profiles
from tests.integration import mqtt_broker
from tests.integration.mqtt_broker import ACCOUNTS, a_device, running_broker

PATIENCE_SECONDS = 15.0
PLACES = {"sparkplug-node": "gerbang", "sparkplug-device": "gerbang/pompa"}


def checks_of(profiles: Sequence[Profile]) -> list[Check]:
    return [
        Check(
            f"{profile.name}/{group.name}", profile.name, group.name, "mqtt", group.role,
            group.interval_seconds, 60.0, Target(profile.name, mqtt_topic=PLACES[profile.name]),
            group,
        )
        for profile in profiles
        for group in profile.groups
    ]  # fmt: skip


def payload(*metrics: dict[str, Any], seq: int | None = None) -> bytes:
    made, _ = sparkplug_payload._message_class()
    message: Message = made(seq=seq, metrics=[{**metric} for metric in metrics])
    return message.SerializeToString()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


async def test_births_data_and_deaths_of_a_node_and_its_device(
    mosquitto_program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = "\nuser pantau\ntopic read spBv1.0/#\nuser device\ntopic readwrite spBv1.0/#\n"
    monkeypatch.setattr(mqtt_broker, "ACL", every)
    profiles = load_profiles()
    kept: list[CheckResult] = []

    async def keep(results: Sequence[CheckResult]) -> None:
        kept.extend(results)

    def last(check: str) -> CheckResult | None:
        return next((one for one in reversed(kept) if one.check_id == check), None)

    def readings(check: str) -> dict[tuple[str, str], object]:
        return {
            (reading.metric, dict(reading.labels).get("item", "")): reading.value
            for one in kept
            if one.check_id == check
            for reading in one.readings
        }

    born = {"name": "bdSeq", "datatype": 4, "long_value": 1}
    level = {"name": "Air/Muka", "alias": 1, "datatype": 2, "int_value": 2**32 - 40}
    pump = {"name": "Pompa/Jalan", "alias": 2, "datatype": 11, "boolean_value": True}
    with running_broker(mosquitto_program, tmp_path) as broker:
        settings = MqttSettings(
            port=broker.port, username="pantau", password=ACCOUNTS["pantau"], look_out=False
        )
        listener = MqttListener(
            settings, checks_of([profiles[name] for name in PLACES]), keep, SystemClock()
        )
        task = asyncio.create_task(listener.run())
        try:
            await until(lambda: listener.connected)
            async with a_device(broker) as device:

                async def send(kind: str, octets: bytes, name: str = "") -> None:
                    await device.publish(f"spBv1.0/Kota/{kind}/gerbang{name}", octets)

                await send("DDATA", payload({"alias": 1, "int_value": 5}, seq=7), "/pompa")
                await until(lambda: last("sparkplug-device/telemetry"))
                unnamed = last("sparkplug-device/telemetry")
                assert unnamed is not None
                assert (unnamed.outcome, unnamed.reason) == (Outcome.FAILED, Reason.BAD_ANSWER)
                assert "no birth was heard" in unnamed.detail

                await send("NBIRTH", payload(born, seq=0))
                await send("DBIRTH", payload(level, pump, seq=1), "/pompa")
                await send("DDATA", payload({"alias": 1, "int_value": 2**32 - 35}, seq=2), "/pompa")
                await send("DDATA", payload({"alias": 2, "boolean_value": False}, seq=5), "/pompa")
                await until(
                    lambda: readings("sparkplug-node/behind").get(("sparkplug_gaps", "")) == 1
                )
                await until(
                    lambda: (
                        readings("sparkplug-device/telemetry").get(
                            ("sparkplug_value", "Pompa/Jalan")
                        )
                        == 0
                    )
                )
                found = readings("sparkplug-device/telemetry")
                assert found["sparkplug_value", "Air/Muka"] == -35
                for check in ("sparkplug-node/status", "sparkplug-device/status"):
                    word = last(check)
                    assert word is not None
                    assert word.outcome is Outcome.ANSWERED

                await send("DDEATH", payload(seq=6), "/pompa")
                await send("NDEATH", payload({**born, "long_value": 0}))
                await until(
                    lambda: (
                        (word := last("sparkplug-device/status"))
                        and word.reason is Reason.REPORTED_OFFLINE
                    )
                )
                word = last("sparkplug-node/status")
                assert word is not None
                assert word.outcome is Outcome.ANSWERED  # it was the death of a former session
                await send("NDEATH", payload(born))
                await until(
                    lambda: (
                        (word := last("sparkplug-node/status"))
                        and word.reason is Reason.REPORTED_OFFLINE
                    )
                )
            assert listener.counters.errors == 0
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def test_what_births_said_outlives_new_routes() -> None:
    checks = checks_of([load_profiles()["sparkplug-device"]])
    decoders: dict[str, Any] = {}
    build_routes(checks, decoders)
    first = decoders["sparkplug"]
    routes = build_routes(checks, decoders)
    (telemetry,) = [
        route
        for route in routes.find("spBv1.0/Kota/DDATA/gerbang/pompa")
        if route.check.name == "telemetry"
    ]
    assert telemetry.ear.decoder is first

"""Runs a demo: simulators and platform as separate processes, for a time or until stopped.

demo process ── JSON lines ──► simulators (in a network namespace of their own if possible)
     │                               ▲ ICMP, SNMP, MQTT
     ├── supervisor ──► collector ───┘ (inside that namespace)
     ├── supervisor ──► API, wall      (outside: they share files only)
     ├── supervisor ──► alerts ──► signed webhooks to a receiver in the demo process
     └── supervisor ──► courier ──► InfluxDB, where PANTAU__INFLUXDB__URL names one
"""

import asyncio
import json
import logging
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from api.demo.city import City, CityError, Facts
from api.demo.configuring import SETTLE_SECONDS, make_token, programs, write_config
from api.demo.receiver import AlertReceiver
from api.demo.report import ApiClient, read_report
from api.demo.score import passed, read_truth, score
from api.demo.told import MARGIN_SECONDS, Heard, Message
from api.demo.usage import Usage
from api.listening import open_socket
from api.supervisor import Supervisor
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.store import TokenRole

logger = logging.getLogger(__name__)

SAMPLE_SECONDS = 2.0
_START_SECONDS = 60.0  # a machine that needs longer is told of by the score
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `pantau demo` was asked for."""

    devices: int | None = None  # as many as the scenario is for
    seed: int = 1
    minutes: float | None = None
    port: int = 8080
    host: str = "127.0.0.1"
    data: Path | None = None
    scenario: str = "steady"
    score: Path | None = None


class Demo:
    """One run of the demo."""

    def __init__(
        self,
        options: DemoOptions,
        directory: Path,
        listening: socket.socket,
        say: Callable[[str], None],
    ) -> None:
        """`listening` is the open socket of the API; `say` prints a line for people."""
        self._options = options
        self._directory = directory
        self._listening = listening
        self._say = say
        self._usage = Usage()
        self._stop = asyncio.Event()
        self._over = asyncio.Event()  # the scenario has come to its end

    @property
    def base_url(self) -> str:
        """Return where the API answers."""
        host, port = self._listening.getsockname()[:2]
        return f"http://{host}:{port}"

    async def run(self) -> int:
        """Run to the end. Return 0, or 1 when the score says that a fault was missed or made up.

        Raises CityError when the simulated city cannot be started.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        options = self._options
        size = "" if options.devices is None else f" of {options.devices} devices"
        self._say(f"A city{size} is being built for the scenario {options.scenario} …")
        city = await City.start(
            self._directory / "city",
            devices=options.devices,
            seed=options.seed,
            scenario=options.scenario,
        )
        try:
            facts = await city.ready()
            with AlertReceiver(self._heard) as receiver:
                return await self._watch(city, facts, receiver)
        finally:
            await city.stop()

    async def _watch(self, city: City, facts: Facts, receiver: AlertReceiver) -> int:
        inventory = city.directory / "inventory.yaml"
        config, secret = write_config(
            self._directory, inventory, facts, receiver.url, self.base_url
        )
        receiver.trust(secret)
        settings = load_config(config, os.environ)
        token = await make_token(config, "demo", TokenRole.VIEWER)
        desk_token = await make_token(config, "Piket 1", TokenRole.OPERATOR)
        api = ApiClient(self.base_url, token)
        supervisor = Supervisor(programs(settings, facts, self._listening.fileno()))
        keeping = asyncio.create_task(supervisor.run(), name="supervisor")
        following = asyncio.create_task(self._follow(city, supervisor), name="city's events")
        sampling = asyncio.create_task(self._sample(supervisor), name="usage")
        try:
            self._greet(facts, token, desk_token, settings)
            await self._until_watched(api)
            await city.tell("start")
            await self._wait(keeping, city, facts)
            if self._options.score is None and self._options.minutes is None:
                return 0
            return await self._settle(city, supervisor, api, settings, receiver)
        finally:
            sampling.cancel()
            following.cancel()
            supervisor.stop()
            await asyncio.gather(keeping, following, sampling, return_exceptions=True)

    async def _until_watched(self, api: ApiClient) -> None:
        """Wait until a collector has given a sign of life: nobody is scored on what came before."""
        for _ in range(int(_START_SECONDS / _LOOK_SECONDS)):
            if self._stop.is_set() or await asyncio.to_thread(_is_watched, api):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def _greet(self, facts: Facts, token: str, desk_token: str, settings: Config) -> None:
        how = "a network namespace" if facts.isolated else "UDP (this machine forbids namespaces)"
        self._say(f"{facts.devices} devices answer ping, SNMP and MQTT through {how}.")
        self._say("")
        self._say(f"  Wall    {self.base_url}/dinding/#token={token}")
        self._say(f"  Desk    {self.base_url}/meja/#token={desk_token}")
        self._say(f"  API     {self.base_url}/api/v1/status   (Authorization: Bearer {token})")
        if settings.influxdb is not None:
            self._say(f"  Data    {settings.influxdb.url}, bucket {settings.influxdb.bucket}")
        self._say("")
        self._say("  This token is shown once. Faults begin within a minute; Ctrl-C ends the demo.")

    async def _wait(self, keeping: asyncio.Task[None], city: City, facts: Facts) -> None:
        """Wait until the time is over or somebody stops us. Raises CityError when the city ends.

        Who wants a score and names no time gets the whole scenario.
        """
        minutes = self._options.minutes
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._stop.wait()),
            asyncio.create_task(city.process.wait()),
        ]
        if minutes is None and self._options.score is not None:
            waits.append(asyncio.create_task(self._scenario_over(facts)))
        timeout = None if minutes is None else minutes * 60
        try:
            done, _ = await asyncio.wait(
                [*waits, keeping], timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for wait in waits:
                wait.cancel()
        if keeping in done:
            keeping.result()
        if waits[1] in done and not self._stop.is_set():
            raise CityError("the simulated city ended by itself; there is nothing left to watch")

    async def _scenario_over(self, facts: Facts) -> None:
        """Wait until the scenario has ended and what is well again was seen and told."""
        await self._over.wait()
        waits_seconds = facts.well_after_seconds + MARGIN_SECONDS + SETTLE_SECONDS
        until_at = SystemClock().now() + timedelta(seconds=waits_seconds)
        self._say(
            f"  The scenario is over. The demo waits until {until_at:%H:%M:%S} UTC: by then all"
            " that is well again must have been seen and told."
        )
        await asyncio.sleep(waits_seconds)

    # --- while it runs ------------------------------------------------------------------------

    async def _follow(self, city: City, supervisor: Supervisor) -> None:
        """Print what happens in the city, and carry out what its timeline leaves to us."""
        async for event in city.events():
            match event.get("event"):
                case "collector_pause_due":
                    await self._pause_collector(city, supervisor, event)
                case "fault_started" | "fault_ended":
                    begun = "begins" if event["event"] == "fault_started" else "ends"
                    where = ", ".join(event.get("hit", ()))
                    more = f" (speaks about {event['devices']})" if event["devices"] > 1 else ""
                    self._say(f"  {event['at'][11:19]}  {event['kind']} {begun}: {where}{more}")
                case "timeline_ended":
                    self._over.set()

    def _heard(self, message: Message) -> None:
        """Show a message as it came: its first line is all that many people read."""
        self._say(f"  {message.at:%H:%M:%S}  » {message.title}")

    async def _pause_collector(
        self, city: City, supervisor: Supervisor, event: dict[str, Any]
    ) -> None:
        """Stop the collector for a while, as a stalled machine would, and report it."""
        process = supervisor.running.get("collector")
        if process is None:
            return
        self._say(f"  collector is stopped for {event['for_seconds']:g} s")
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGSTOP)
            await city.tell("note", event="fault_started", id=event["id"])
            await asyncio.sleep(event["for_seconds"])
            process.send_signal(signal.SIGCONT)
            await city.tell("note", event="fault_ended", id=event["id"])

    async def _sample(self, supervisor: Supervisor) -> None:
        while True:
            self._usage.sample([os.getpid(), *(p.pid for p in supervisor.running.values())])
            await asyncio.sleep(SAMPLE_SECONDS)

    # --- the end ------------------------------------------------------------------------------

    async def _settle(
        self,
        city: City,
        supervisor: Supervisor,
        api: ApiClient,
        settings: Config,
        receiver: AlertReceiver,
    ) -> int:
        """End the platform's watching and the city, read the platform's word, hold it to truth.

        Alerts first: nobody is told that the collector is gone because the demo is over.
        """
        self._usage.sample([os.getpid(), *(p.pid for p in supervisor.running.values())])
        await supervisor.end("alerts")
        await supervisor.end("collector")
        await city.stop()
        if settings.influxdb is not None:
            await asyncio.to_thread(_stored().wait_for_courier, settings)
        return await asyncio.to_thread(self._judge, city, api, settings, receiver)

    def _judge(self, city: City, api: ApiClient, settings: Config, receiver: AlertReceiver) -> int:
        devices = [item["id"] for item in api.items("/devices")]
        truth = read_truth(city.record(), devices)
        heard = Heard(
            receiver.messages,
            _stored().held_devices(settings, truth.started_at),
            receiver.refused,
            receiver.again,
        )
        schedule = _stored().schedule_of(settings)
        report = read_report(api, truth, schedule, self._usage, heard, SETTLE_SECONDS)
        result = score(truth, report)
        if self._options.score is not None:
            self._options.score.write_text(json.dumps(result, indent=2) + "\n")
        summary = result["summary"]
        self._say(about_faults(result))
        schedule = summary["schedule"]
        self._say(
            f"{schedule['done']:.0f} of {schedule['due']:.0f} checks done, 99 of 100 at most "
            f"{schedule['late_p99_seconds']:g} s late; {summary['cpu_seconds']:g} CPU-s, "
            f"{summary['peak_memory_mib']:g} MiB at most."
        )
        for line in about_messages(summary):
            self._say(line)
        well = passed(result)
        self._say(
            "Passed: nothing was missed, invented or left out."
            if well
            else "Failed: something was missed, invented or left out, as the lines above say."
        )
        if self._options.score is not None:
            self._say(f"The score is in {self._options.score}.")
        return 0 if well else 1


def _stored() -> Any:
    return import_module("api.demo.stored")


def about_faults(result: Mapping[str, Any]) -> str:
    """Return what a score says of faults. One with two effects (down, cut off) is one fault."""
    effects: dict[str, list[bool]] = {}
    for one in result["faults"]:
        hit = one["reported_state"] == one["expected_state"]
        effects.setdefault(one["id"], []).append(hit)
    detected = sum(all(hits) for hits in effects.values())
    invented, devices = result["summary"]["false_alarms"], result["devices"]
    return (
        f"{len(effects)} fault{'' if len(effects) == 1 else 's'}: {detected} detected, "
        f"{len(effects) - detected} missed; {invented} invented; "
        f"{devices['polled']} of {devices['expected']} devices polled."
    )


def about_messages(summary: Mapping[str, Any]) -> list[str]:
    """Return what a score says of messages, as lines for people."""
    told = summary["notifications"]
    held = ", ".join(f"{count} {why}" for why, count in told["held_by_reason"].items())
    lines = [
        f"{told['sent']} messages: {told['out']} of trouble, {told['back']} of its end; "
        f"{told['told']} of {told['must_be_told']} faults that had to be told were; "
        f"{told['invented']} invented. Alerts held: {held or 'none'}.",
    ]
    return lines + [f"  wrong: {problem}" for problem in told["problems"]]


def run_demo(options: DemoOptions, say: Callable[[str], None]) -> int:
    """Run a demo. Return its exit code. Raises PortInUse, CityError, StoreError."""
    with ExitStack() as cleanup:
        listening = cleanup.enter_context(open_socket(options.host, options.port))
        directory = options.data
        if directory is None:
            made = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="pantau-demo-"))
            directory = Path(made)
        directory = directory.resolve()
        directory.mkdir(parents=True, exist_ok=True)
        return asyncio.run(Demo(options, directory, listening, say).run())


def _is_watched(api: ApiClient) -> bool:
    try:
        return any(one["alive"] for one in api.get("/status")["collectors"])
    except OSError:
        return False  # it does not listen yet

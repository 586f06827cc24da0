"""A simulated city as a process: sets everything up, obeys commands on stdin, keeps the record.

state directory: inventory.yaml   what an operator would write about the city
                 facts.json       where and how it answers; appears when everything does
                 record.jsonl     the ground truth (see `record`)

stdin, JSON lines: {"command": "start"}                      the scenario's timeline begins
                   {"command": "fault", "id": …, "kind": …, "for_seconds": …, "target": …}
                   {"command": "note", "event": "fault_started" | "fault_ended", "id": …}
                   {"command": "stop"}                       so does the end of stdin
stdout, JSON lines: what happens, in short; lines are left out when nobody reads them
"""

import asyncio
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from simulators import places
from simulators.agents import Agent, Agents
from simulators.broker import BrokerUnavailableError
from simulators.city import City, Device, Kind
from simulators.commands import Commands, Lines, announce
from simulators.faults import Fault, Rhythm
from simulators.inventory import inventory, to_yaml
from simulators.live import Live
from simulators.namespace import isolate
from simulators.plan import plan, steady
from simulators.record import Record
from simulators.scenario import MostMessages, Scenario, find_scenario
from simulators.services import Services, open_services
from simulators.shapes import Shape, build
from simulators.snmprec import read_recording
from simulators.timeline import Conductor
from simulators.weakness import Weakness

ENDLESS = "steady"
"""The scenario that is made as it goes on, without end."""

_DONE, _PROBLEM, _WRONG_USE = 0, 1, 2


class Isolation(StrEnum):
    """Whether the city moves into a network namespace of its own (see `namespace`)."""

    AUTO = "auto"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class CityOptions:
    """What `run_city` is asked for. `mqtt` is a broker of yours; None: the embedded one."""

    state_directory: Path
    devices: int | None = None  # None: as many as the scenario is for
    seed: int = 1
    scenario: str = "basic"  # a built-in one, "steady", or a file
    mqtt: tuple[str, int] | None = None
    isolation: Isolation = Isolation.AUTO
    telemetry_period_seconds: float = 10.0
    start: bool = False  # begin the timeline at once, without waiting for the command


@dataclass(frozen=True, slots=True)
class _Script:
    """What happens in which city; `skipped` are wishes that it is too small for."""

    city: City
    rhythm: Rhythm
    faults: Iterable[Fault]
    skipped: tuple[str, ...] = ()
    most_messages: MostMessages | None = None


def run_city(options: CityOptions) -> int:
    """Simulate a city until told to stop; return an exit code. Call it from a single thread.

    With a broker of yours the city stays on the host's network, because from its own it could
    not reach that broker.
    """
    try:
        script = _script(options)
    except ValueError as error:  # ScenarioError is one
        return _complain(str(error), _WRONG_USE)
    isolated = options.isolation is Isolation.AUTO and options.mqtt is None and isolate()
    try:
        options.state_directory.mkdir(parents=True, exist_ok=True)
        (options.state_directory / "facts.json").unlink(missing_ok=True)
        asyncio.run(_run(options, script, isolated=isolated))
    except BrokerUnavailableError as error:
        return _complain(str(error), _PROBLEM)
    except OSError as error:
        return _complain(f"{error.strerror}: {error.filename or 'a socket'}", _PROBLEM)
    return _DONE


def run_walk(
    recording: Path,
    address: str = "127.0.0.1",
    port: int = 1161,
    community: str = "public",
    weaknesses: Iterable[Weakness] = (),
) -> int:
    """Replay a recording as one device on a loopback address until interrupted or stdin ends."""
    if not address.startswith("127."):
        return _complain(f"{address} is not a loopback address (127.…)", _WRONG_USE)
    try:
        read = read_recording(recording)
        agent = Agent(_anybody(address), read.layout(), frozenset(weaknesses))
        asyncio.run(_replay(agent, port, community, read.problems))
    except OSError as error:
        return _complain(f"{error.strerror}: {error.filename or f'port {port}'}", _PROBLEM)
    return _DONE


def _complain(problem: str, code: int) -> int:
    sys.stderr.write(f"simulators: {problem}\n")
    return code


def _script(options: CityOptions) -> _Script:
    """Return the scenario with the city it happens in. Raises ScenarioError and ValueError."""
    if options.scenario == ENDLESS:
        city = build(Shape.USUAL, options.devices or Scenario(faults=()).devices, options.seed)
        rhythm = Rhythm(telemetry=options.telemetry_period_seconds)
        return _Script(city, rhythm, steady(city, rhythm))
    scenario = find_scenario(options.scenario)
    city = build(scenario.city, options.devices or scenario.devices, options.seed)
    timeline = plan(city, scenario)
    return _Script(city, scenario.rhythm, timeline.faults, timeline.skipped, scenario.most_messages)


async def _run(
    options: CityOptions,
    script: _Script,
    *,
    isolated: bool,
) -> None:
    """Open everything, write the files, obey until the end."""
    city, most = script.city, script.most_messages
    lives = {it.id: Live(it, city.seed, time.monotonic()) for it in city.devices}
    community = secrets.token_hex(8)
    lists = inventory(city, options.telemetry_period_seconds)
    _write(options.state_directory / "inventory.yaml", to_yaml(lists))
    with Record(options.state_directory / "record.jsonl") as record:
        async with open_services(
            list(lives.values()),
            community,
            isolated=isolated,
            broker=options.mqtt,
            telemetry_period_seconds=options.telemetry_period_seconds,
        ) as services:
            record.write(
                "started",
                devices=len(lives),
                seed=city.seed,
                scenario=options.scenario,
                **({} if most is None else {"most_messages": most.model_dump()}),
            )
            for wish in script.skipped:
                record.write("fault_skipped", id=wish, because="no free device in so small a city")
            facts = _facts(services, community, script, isolated=isolated)
            _write(options.state_directory / "facts.json", json.dumps(facts, indent=1) + "\n")
            announce({"event": "ready", "isolated": isolated, "devices": len(lives)})
            conductor = Conductor(city, lives, record, services.obey, announce, services.trap)
            commands = Commands(
                city, script.rhythm, script.faults, conductor, record, lives.values()
            )
            await commands.obey(_lines_until_signal(), start=options.start)
        record.finished(lives.values())


def _facts(
    services: Services, community: str, script: _Script, *, isolated: bool
) -> dict[str, object]:
    """Return what somebody needs to know to ask this city."""
    return {
        "isolated": isolated,
        "namespace_pid": os.getpid() if isolated else None,
        "carrier": services.carrier,
        "snmp_port": services.snmp_port,
        "trap_port": services.trap_port,
        "mqtt": {"host": services.mqtt_host, "port": services.mqtt_port},
        "community": community,
        "devices": len(script.city.devices),
        "zone": places.CITY_ZONE,
        "rhythm": asdict(script.rhythm),
        "well_after_seconds": script.rhythm.surely_well_after(),
    }


def _write(path: Path, content: str) -> None:
    """Write a file for its owner's eyes (it may hold the community), whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    draft.replace(path)


def _lines_until_signal() -> Lines:
    """Return the lines of stdin, which also end when SIGINT or SIGTERM arrives."""
    lines = Lines()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lines.end)
    return lines


async def _replay(agent: Agent, port: int, community: str, problems: tuple[str, ...]) -> None:
    """Serve one agent until stdin ends or a signal arrives."""
    agents = Agents([agent], community)
    port = agents.open(port)
    try:
        announce(
            {
                "event": "ready",
                "address": agent.live.device.address,
                "port": port,
                "objects": len(agent.layout),
                "left_out": problems[:10],
            }
        )
        async for _ in _lines_until_signal():
            pass
    finally:
        agents.close()


def _anybody(address: str) -> Live:
    """Return a device for a recording, which brings its own identity."""
    device = Device(
        id="recording",
        name="recording",
        kind=Kind.SERVER,
        site="",
        area="",
        profile="generic-snmp",
        address=address,
    )
    return Live(device, 0, time.monotonic())

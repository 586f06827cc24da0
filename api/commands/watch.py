"""`pantau run` and `pantau demo`: the platform, and the platform over a simulated city."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from api.adoption import Adopter
from api.app import create_app
from api.commands.options import config_option
from api.commands.output import log_to_stderr, problems_told, say
from api.demo.run import DemoOptions, run_demo
from api.demo.truth.run import run_truth
from api.growth import keep_growing, mark_of
from api.server import open_socket, run_api
from api.sessions import load_session_key
from api.settings import ApiSettings
from api.supervisor import Program, Supervisor
from collector.app import Collector
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.inventory import Known, Plan, build_plan, load_inventory
from collector.profiles import load_profiles
from collector.sinks.sqlite import SqliteSink
from collector.store import Store, TokenRole

WALL = Path(__file__).resolve().parents[2] / "dashboards" / "wall" / "dist"
ROLES = ("all", "collector", "api")
TRUTH = "truth"
FIRST_TOKEN = "first"  # noqa: S105 - its name


@click.command()
@click.option("--devices", default=200, show_default=True, type=click.IntRange(20, 50_000))
@click.option("--seed", default=1, show_default=True, help="Another seed, another city.")
@click.option("--minutes", type=click.FloatRange(min=0.1), help="Stop by itself after so long.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the wall listens.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535))
@click.option("--data", type=click.Path(path_type=Path), help="Keep the data in this folder.")
@click.option(
    "--scenario",
    help="Built-in scenario or a file. Default: basic with --minutes. `truth`: a scripted day in "
    "compressed time, every figure held against the simulators' record.",
)
@click.option("--score", type=click.Path(path_type=Path), help="Write the score to this file.")
@click.pass_context
def demo(
    context: click.Context,
    devices: int,
    seed: int,
    minutes: float | None,
    host: str,
    port: int,
    data: Path | None,
    scenario: str | None,
    score: Path | None,
) -> None:
    """Watch a simulated city: devices, collector, API and wall, with faults that come and go.

    With --minutes it stops by itself and holds what the platform reported against what the
    simulators did; exit code 1 says that a fault was missed or made up.
    """
    log_to_stderr()
    if scenario == TRUTH:
        _refuse_given(context, "devices", "seed", "minutes", "host", "port")
        if data is not None and data.is_dir() and any(data.iterdir()):
            raise click.UsageError(f"--data: {data} is not empty; name a new folder")
        with problems_told():
            code = run_truth(data, score, say)
        raise click.exceptions.Exit(code)
    if score is not None and minutes is None:
        raise click.UsageError("--score needs --minutes: without an end there is nothing to judge")
    chosen = scenario or ("steady" if minutes is None else "basic")
    options = DemoOptions(devices, seed, minutes, port, host, data, chosen, score)
    with problems_told():
        code = run_demo(options, SystemClock(), say)
    raise click.exceptions.Exit(code)


def _refuse_given(context: click.Context, *names: str) -> None:
    """Refuse options that mean nothing to the truth scenario. Raises UsageError."""
    given = [
        f"--{name}"
        for name in names
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(
            f"{', '.join(given)}: the scenario {TRUTH} has a city, day and clock of its own"
        )


@click.command()
@config_option
@click.option("--role", default="all", show_default=True, type=click.Choice(ROLES))
@click.option("--listening-socket", type=int, hidden=True, help="Descriptor of an open socket.")
def run(config: Path | None, role: str, listening_socket: int | None) -> None:
    """Run the platform: collector and API as separate processes, started again when they die.

    Without settings the embedded ones hold: data in ./data, the wall on port 8080 of this machine.
    """
    log_to_stderr()
    with problems_told():
        settings = load_config(config, os.environ)
        settings.data_directory.mkdir(parents=True, exist_ok=True)
        if role == "collector":
            _run_collector(settings)
        elif role == "api":
            _run_api(settings, listening_socket)
        else:
            _run_all(settings)


def load_plan(config: Config) -> Plan:
    """Read profiles and inventory and make the plan. Raises ProblemsError."""
    profiles = load_profiles(config.profiles)
    known = Known(profiles, frozenset(), frozenset(config.credentials))
    return build_plan(config, load_inventory(config.inventory, known), profiles)


def _run_collector(config: Config) -> None:
    clock = SystemClock()
    adopted = config.adopted_path
    seen = mark_of(adopted)
    plan = load_plan(config)
    with Store.open(config.store_path) as store:
        now = clock.now()
        changed = store.apply_inventory(plan, now)
        store.apply_checks(plan.checks, now)
        say(
            f"collector {config.collector_id}: {len(plan.devices)} devices, "
            f"{len(plan.checks)} checks ({len(changed.created)} new, "
            f"{len(changed.changed)} changed, {len(changed.retired)} retired)"
        )
        collector = Collector(config, plan, store, clock)
        growing = partial(keep_growing, collector, partial(_load_anew, config), adopted, seen)
        _run_until_stopped(collector, growing)


def _load_anew(config: Config) -> Plan:
    """Read configuration, profiles and inventory as they are by now. Raises ProblemsError."""
    return load_plan(load_config(config.file, os.environ))


def _run_until_stopped(
    collector: Collector, beside: Callable[[], Coroutine[Any, Any, None]] | None = None
) -> None:
    async def watch() -> None:
        growing = None if beside is None else asyncio.create_task(beside(), name="growing")
        running = asyncio.create_task(collector.run())
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        # Once only: systemd signals every process and the supervisor signals again, and a
        # second cancel would cut short the writing of what is left.
        running.cancel()
        if growing is not None:
            growing.cancel()
        with suppress(asyncio.CancelledError):
            await running

    asyncio.run(watch())


def _run_api(config: Config, descriptor: int | None) -> None:
    sock = None if descriptor is None else socket.socket(fileno=descriptor)
    clock = SystemClock()
    with Store.open(config.store_path) as store:
        sink = SqliteSink.open(config.readings_path, read_only=True)
        settings = ApiSettings(
            zone=config.zone,
            language=config.language,
            rule=config.rule,
            contracts=config.contracts,
            contract=config.contract,
            wall_directory=WALL,
            session_key=load_session_key(config.data_directory / "session.key"),
        )
        adopter = Adopter(store, clock, lambda: load_config(config.file, os.environ))
        app = create_app(store=store, sink=sink, clock=clock, settings=settings, adopter=adopter)
        try:
            run_api(app, sock=sock, host=config.api.host, port=config.api.port)
        finally:
            sink.close()


def _run_all(config: Config) -> None:
    load_plan(config)  # what is wrong with it is told here, once, not by a process that restarts
    with open_socket(config.api.host, config.api.port) as listening:
        listening.set_inheritable(True)
        _print_first_token(config, listening)
        base = [sys.executable, "-m", "api", "run"]
        base += [] if config.file is None else ["--config", str(config.file.resolve())]
        web = [*base, "--role", "api", "--listening-socket", str(listening.fileno())]
        supervisor = Supervisor(
            [
                Program("collector", [*base, "--role", "collector"]),
                Program("api", web, pass_fds=(listening.fileno(),)),
            ]
        )
        asyncio.run(_supervise(supervisor))


async def _supervise(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
    loop.add_signal_handler(signal.SIGHUP, supervisor.tell, "collector", signal.SIGHUP)
    await supervisor.run()


def _print_first_token(config: Config, listening: socket.socket) -> None:
    """Make a token when there is none yet, and print it: this is the only time."""
    with Store.open(config.store_path) as store:
        host, port = listening.getsockname()[:2]
        if store.tokens.list():
            say(f"The wall: http://{host}:{port}/dinding (new tokens: pantau token create)")
            return
        now = SystemClock().now()
        secret = store.tokens.create(FIRST_TOKEN, TokenRole.VIEWER, None, now)
        say(f"The wall: http://{host}:{port}/dinding/#token={secret}")
        say("This token may look at everything and is shown once; keep it like a password.")

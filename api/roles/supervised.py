"""The process that keeps the others running."""

import asyncio
import signal
import socket
import sys

from api.commands.output import say
from api.listening import open_socket
from api.supervisor import Program, Supervisor
from collector.clock import SystemClock
from collector.config import Config, ProblemsError
from collector.config.alerts import read_alerts
from collector.inventory import load_plan
from collector.store import Store, TokenRole

FIRST_TOKEN = "first"  # noqa: S105 - its name


def run_all(config: Config) -> None:
    """Run the platform until told to stop. Raises ProblemsError, PortInUse and StoreError."""
    load_plan(config)  # what is wrong with it is told here, once, not by a process that restarts
    _check_alerts(config)
    with open_socket(config.api.host, config.api.port) as listening:
        listening.set_inheritable(True)
        _print_first_token(config, listening)
        base = [sys.executable, "-m", "api", "run"]
        base += [] if config.file is None else ["--config", str(config.file.resolve())]
        web = [*base, "--role", "api", "--listening-socket", str(listening.fileno())]
        programs = [
            Program("collector", [*base, "--role", "collector"]),
            Program("api", web, pass_fds=(listening.fileno(),)),
        ]
        if config.influxdb is not None:
            programs.append(Program("courier", [*base, "--role", "courier"]))
        if config.alerts is not None:
            programs.append(Program("alerts", [*base, "--role", "alerts"]))
        asyncio.run(_supervise(Supervisor(programs)))


def _check_alerts(config: Config) -> None:
    """Raise ProblemsError for what is wrong with alerts.yaml."""
    if config.alerts is not None and (problems := read_alerts(config.alerts).problems):
        raise ProblemsError(problems)


async def _supervise(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
    loop.add_signal_handler(signal.SIGHUP, _tell_to_read_again, supervisor)
    await supervisor.run()


def _tell_to_read_again(supervisor: Supervisor) -> None:
    for name in ("collector", "alerts"):
        supervisor.tell(name, signal.SIGHUP)


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
        say(f"The desk: http://{host}:{port}/meja/ (pantau token create NAME --role operator)")

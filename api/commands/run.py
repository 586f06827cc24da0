"""`pantau run`: the platform, or one of its processes."""

import os
from importlib import import_module
from pathlib import Path

import click

from api.commands.options import config_option
from api.commands.output import log_to_stderr, problems_told
from collector.config import load_config

ROLES = ("all", "collector", "courier", "alerts", "api")


@click.command()
@config_option
@click.option("--role", default="all", show_default=True, type=click.Choice(ROLES))
@click.option("--listening-socket", type=int, hidden=True, help="Descriptor of an open socket.")
def run(config: Path | None, role: str, listening_socket: int | None) -> None:
    """Run the platform: collector and API as separate processes, started again when they die.

    With InfluxDB a third one, the courier, carries readings there; with the setting alerts
    another tells people what is not well.

    Without settings the embedded ones hold: data in ./data, the wall on port 8080 of this machine.
    """
    log_to_stderr()
    with problems_told():
        settings = load_config(config, os.environ)
        settings.data_directory.mkdir(parents=True, exist_ok=True)
        # A process loads its own role alone: that is some 50 MiB less each.
        match role:
            case "collector":
                import_module("api.roles.collector").run_collector(settings)
            case "courier":
                import_module("api.roles.courier").run_courier(settings)
            case "alerts":
                import_module("api.roles.alerts").run_alerts(settings)
            case "api":
                import_module("api.roles.web").run_web(settings, listening_socket)
            case _:
                import_module("api.roles.supervised").run_all(settings)

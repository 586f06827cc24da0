"""The `pantau` command: joins the subcommands of `api.commands`, each imported when it is used."""

from importlib import import_module

import click

COMMANDS = {
    "alert": ("alert", "alert"),
    "area": ("area", "area"),
    "bench": ("bench", "bench"),
    "check-config": ("checks", "check_config"),
    "demo": ("demo", "demo"),
    "doctor": ("checks", "doctor"),
    "evidence": ("evidence", "evidence"),
    "export": ("export", "export"),
    "grafana": ("grafana", "grafana"),
    "health": ("health", "health"),
    "import": ("import_", "import_"),
    "indicators": ("indicators", "indicators"),
    "influxdb": ("influxdb", "influxdb"),
    "maintenance": ("maintenance", "maintenance"),
    "migrate": ("migrate", "migrate"),
    "probe": ("devices", "probe"),
    "profile": ("devices", "profile"),
    "quarantine": ("quarantine", "quarantine"),
    "record": ("record", "record"),
    "report": ("report", "report"),
    "register": ("register", "register"),
    "run": ("run", "run"),
    "silence": ("silence", "silence"),
    "simulate": ("simulate", "simulate"),
    "spool": ("spool", "spool"),
    "token": ("tokens", "token"),
    "uptime": ("uptime", "uptime"),
    "verify": ("evidence", "verify"),
    "user": ("tokens", "user"),
}


class Commands(click.Group):
    """Subcommands by name; what is not used is not loaded, which keeps small processes small."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, sorted."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand, or None for a word that is none."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        command = getattr(import_module(f"api.commands.{place[0]}"), place[1])
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pantau")
def main() -> None:
    """Pantau watches a city's public infrastructure."""

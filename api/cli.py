"""The `pantau` command: joins the subcommands of `api.commands`, each imported when it is used."""

import gc
from importlib import import_module

import click

COMMANDS = {
    "alert": (
        "alert",
        "alert",
        "Alerts: why each was told or held, who was told, and how much is asked of people",
    ),
    "area": ("area", "area", "Codes of administrative areas: Kemendagri's and BPS's, by date"),
    "bench": (
        "bench",
        "bench",
        "Measure Pantau on this machine; needs no configuration, no root, and devices of its own",
    ),
    "check-config": (
        "checks",
        "check_config",
        "Validate PATH: a pantau.yaml with all it names, a folder, an inventory file, alerts.yaml",
    ),
    "demo": (
        "demo",
        "demo",
        "Watch a simulated city: devices, collector, alerts, API and wall; faults come and go",
    ),
    "doctor": (
        "checks",
        "doctor",
        "Say what this machine lacks, and what mends it; or what in the store contradicts itself",
    ),
    "evidence": ("evidence", "evidence", "Who seals evidence packs here"),
    "export": ("export", "export", "Write datasets as CSV and JSON, with their dictionary"),
    "grafana": ("grafana", "grafana", "Bring Pantau into a Grafana that reads no files of ours"),
    "health": (
        "health",
        "health",
        "Say whether Pantau is well, with what to do; exit code 1 says that it is not",
    ),
    "import": (
        "import_",
        "import_",
        "Import a list (XLSX, CSV or YAML): plan, then apply, as a whole or not at all",
    ),
    "indicators": (
        "indicators",
        "indicators",
        "Print indicators with certainty, working points of the month, and their evidence",
    ),
    "influxdb": ("influxdb", "influxdb", "Set InfluxDB up"),
    "maintenance": (
        "maintenance",
        "maintenance",
        "Planned work: its devices are muted, and its time is left out of uptime",
    ),
    "migrate": ("migrate", "migrate", "Move what was kept in files to a server"),
    "probe": (
        "devices",
        "probe",
        "Ask TARGET, a device of the inventory or an address, now and over every protocol",
    ),
    "profile": (
        "devices",
        "profile",
        "Device profiles: which there are, and what one makes of a recording",
    ),
    "quarantine": (
        "quarantine",
        "quarantine",
        "What was heard over MQTT and is no device: list, adopt, ignore",
    ),
    "record": (
        "record",
        "record",
        "Record TARGET, a device of the inventory or an address, over SNMP into a .snmprec file",
    ),
    "register": (
        "register",
        "register",
        "What lists say, held against each other and against the network",
    ),
    "report": ("report", "report", "Write a report: a month's, or that of any period"),
    "run": (
        "run",
        "run",
        "Run the platform: collector and API as separate processes, started again when they die",
    ),
    "silence": ("silence", "silence", "Silences: mute alerts for a while"),
    "simulate": ("simulate", "simulate", "Simulate devices on loopback addresses"),
    "spool": ("spool", "spool", "Show what waits on disk for InfluxDB, since when and why"),
    "token": ("tokens", "token", "Make, list and revoke tokens"),
    "uptime": (
        "uptime",
        "uptime",
        "Print uptime: the plain figure and the contract's side by side, with coverage",
    ),
    "user": (
        "tokens",
        "user",
        "Let people in: a user is a token with the name of a shift or a person",
    ),
    "verify": (
        "evidence",
        "verify",
        "Recompute every figure of an evidence pack from its raw rows, and check its seal",
    ),
}
"""Module, name in it, and what `pantau --help` says: loading them all for that takes seconds."""


class Commands(click.Group):
    """Subcommands by name; what is not used is not loaded, which keeps small processes small."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, sorted."""
        del ctx
        return sorted(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands with their words."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand, or None for a word that is none."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        gc.disable()  # looking for garbage took a fifth of the time, and there is none yet
        try:
            module = import_module(f"api.commands.{place[0]}")
        finally:
            gc.enable()
        command = getattr(module, place[1])
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pantau")
def main() -> None:
    """Pantau watches a city's public infrastructure."""

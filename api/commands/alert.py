"""`pantau alert …`: what was raised, why it was held or told, and how healthy all that is."""

import click

from api.commands.alert_health import health


@click.group()
def alert() -> None:
    """Alerts: why each was told or held, and how much is asked of people."""


alert.add_command(health)

"""The process that carries readings to InfluxDB."""

import click

from api.commands.output import say
from api.roles.stopping import run_until_stopped
from collector.clock import SystemClock
from collector.config import Config
from collector.courier.courier import Courier
from collector.store import Store


def run_courier(config: Config) -> None:
    """Carry until told to stop. Raises SinkError, StoreError, and UsageError without InfluxDB."""
    if config.influxdb is None:
        raise click.UsageError(
            "--role courier: there is nothing to carry without InfluxDB; add a section influxdb "
            "to pantau.yaml, or leave this role out"
        )
    clock = SystemClock()
    with Store.open(config.store_path) as store:
        say(f"courier of collector {config.collector_id}: readings go to {config.influxdb.url}")
        run_until_stopped(Courier(config, config.influxdb, store, clock).run)

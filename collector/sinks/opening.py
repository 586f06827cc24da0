"""Opens the sink that the configuration names: InfluxDB behind its spool, or the embedded file.

What the other one needs is not loaded: a process without InfluxDB does not pay for its client.
"""

from importlib import import_module

from collector.clock import Clock
from collector.config import Config
from collector.inventory import Plan
from collector.sinks import Sink
from collector.sinks.sqlite import SqliteSink

_INFLUX = "collector.sinks.influx.sink"


def open_sink(config: Config, plan: Plan, clock: Clock) -> Sink:
    """Open it for the one collector that writes readings of a plan's devices. Raises SinkError."""
    if config.influxdb is None:
        return SqliteSink.open(config.readings_path)
    sink: Sink = import_module(_INFLUX).InfluxSink.open(
        config.influxdb, config.spool_path, plan, clock
    )
    return sink


def open_for_reading(config: Config, clock: Clock) -> Sink:
    """Open it for those who only look. What is not there yet may come later. Raises SinkError."""
    if config.influxdb is None:
        return SqliteSink.open(config.readings_path, read_only=True)
    sink: Sink = import_module(_INFLUX).InfluxSink.open_for_reading(
        config.influxdb, config.spool_path, clock
    )
    return sink

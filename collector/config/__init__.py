"""Configuration: YAML and environment → typed `Config`, and messages an operator can act on.

reader    YAML text → plain data that knows its lines
shape     strict models, durations and other values; findings: their errors as problems
settings  what may stand in pantau.yaml
load      defaults, file, environment and secret files → Config
alerts    what may stand in alerts.yaml, and its secrets
"""

from collector.config.grafana import GrafanaSettings
from collector.config.influxdb import InfluxdbSettings
from collector.config.load import ConfigError, load_config, read_config
from collector.config.problems import Problem, ProblemsError
from collector.config.settings import (
    ApiSettings,
    Config,
    MqttSettings,
    PingSettings,
    SnmpSettings,
    TrapSettings,
)

__all__ = [
    "ApiSettings",
    "Config",
    "ConfigError",
    "GrafanaSettings",
    "InfluxdbSettings",
    "MqttSettings",
    "PingSettings",
    "Problem",
    "ProblemsError",
    "SnmpSettings",
    "TrapSettings",
    "load_config",
    "read_config",
]

"""What the teller is told by the configuration."""

from dataclasses import dataclass
from datetime import timedelta

from collector.config import Config
from collector.config.influxdb import InfluxdbSettings
from collector.contract import Rules
from collector.sight import COLLECTOR_TIMEOUT_SECONDS
from collector.sinks.influx.uptime_queries import SUMS, SUMS_BY_CONTRACT


@dataclass(frozen=True, slots=True)
class TellerSettings:
    """Where what is told goes, by which rules uptime is reckoned, and in which words."""

    bucket: str = "pantau_1h"  # of the roll-ups of an hour
    keep: timedelta = timedelta(days=1100)  # how long it keeps
    zone: str = "Asia/Makassar"  # of areas without one
    language: str = "id"
    contract: Rules | None = None  # in force beside the plain rules
    collector_timeout_seconds: float = COLLECTOR_TIMEOUT_SECONDS

    @classmethod
    def of(cls, config: Config, influxdb: InfluxdbSettings) -> "TellerSettings":
        """Return what the files say."""
        return cls(
            bucket=influxdb.bucket_1h,
            keep=timedelta(seconds=influxdb.keep_1h_seconds),
            zone=config.zone,
            language=config.language,
            contract=None if config.contract is None else config.contracts[config.contract],
        )

    @property
    def rules(self) -> dict[str, Rules]:
        """By which rules uptime is reckoned, by measurement."""
        found = {SUMS: Rules()}
        if self.contract is not None:
            found[SUMS_BY_CONTRACT] = self.contract
        return found

    @property
    def digest(self) -> str:
        """Say what sums follow from beside the store: another one, and all are made again."""
        rules = (f"{name}:{one.digest()}" for name, one in self.rules.items())
        return " ".join((self.bucket, self.zone, *rules))

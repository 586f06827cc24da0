"""A simulated city in InfluxDB, and every board, for the tests of this folder."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulators.city import City
from tests.dashboards import simulated
from tests.influxd import Influxd


@dataclass(frozen=True, slots=True)
class Filled:
    """An engine with an hour of a city before `end`."""

    engine: Influxd
    database: str
    city: City
    end: datetime

    def ask(self, text: str) -> list[dict[str, Any]]:
        """Run InfluxQL."""
        return self.engine.query(text, self.database)


@pytest.fixture(scope="session")
def filled(influxd: Influxd) -> Iterator[Filled]:
    """An hour of the simulated city, written once."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)  # noqa: TID251 - the engine's own clock says now()
    influxd.create_database(name)
    influxd.create_database(f"{name}_1h")
    city = simulated.fill(influxd, name, end)
    yield Filled(influxd, name, city, end)
    influxd.drop_database(name)
    influxd.drop_database(f"{name}_1h")

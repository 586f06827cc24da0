"""Sums of past months are made in the background, and the end of the application stops that."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.sums import make_sums
from collector.contract import Rules
from collector.store import ledger
from tests.api_city import City, make_city, until


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


async def test_months_that_are_over_are_summed_up_for_the_plain_and_the_contracts_rules(
    city: City,
) -> None:
    contract = Rules("serat", minimum_outage_seconds=300)
    app = city.app(contracts={"serat": contract}, contract="serat")
    city.clock.advance(timedelta(days=60).total_seconds())  # December is over
    city.beat()
    making = asyncio.create_task(make_sums(app.state.parts, first_seconds=0))

    def kept() -> set[str]:
        with city.store._database.read() as connection:
            return {key.split()[0] for key in ledger.rules_kept(connection)}

    await until(lambda: kept() == {Rules().digest(), contract.digest()})
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making

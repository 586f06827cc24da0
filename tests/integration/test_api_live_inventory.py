"""What a running collector takes over from the inventory reaches the walls that are open."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model import Device, Owner
from tests.api_city import Inventory, events, inventory, make_city, served, socket_client, until


def renamed(listed: Inventory) -> Inventory:
    return _with(listed, replace(listed.devices["cam-0001"], name="Kamera Pantai"))


def exchanged(listed: Inventory) -> Inventory:
    """One camera for another at the same place: as many as before."""
    return _with(listed, replace(listed.devices["cam-0002"], id="cam-0009", name="Kamera Baru"))


def owned_by_another_name(listed: Inventory) -> Inventory:
    return replace(listed, owners={"diskominfo": Owner("diskominfo", "Diskominfo SP")})


def _with(listed: Inventory, device: Device) -> Inventory:
    gone = "cam-0002" if device.id == "cam-0009" else ""
    kept = {one: it for one, it in listed.devices.items() if one != gone}
    return replace(listed, devices=kept | {device.id: device})


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (renamed, "Kamera Pantai"),
        (exchanged, "Kamera Baru"),
        (owned_by_another_name, "Diskominfo SP"),
    ],
)
async def test_walls_that_are_open_are_told_anew_when_the_inventory_changed(
    tmp_path: Path, change: Callable[[Inventory], Inventory], word: str
) -> None:
    with make_city(tmp_path) as city:
        app = city.app()
        live = app.state.parts.live
        async with (
            served(app) as server,
            socket_client(server, headers=city.token()) as client,
            client.stream("GET", "/api/v1/events") as response,
        ):
            told = events(response)
            assert word not in str((await anext(told)).data)
            made = live.counts().snapshots
            city.store.apply_inventory(change(inventory()), city.clock.now())
            city.clock.advance(6)
            city.beat()
            await until(lambda: live.counts().snapshots > made)
            names: list[str] = []
            async for event in told:
                names.append(event.name)
                if event.name == "snapshot":
                    assert word in str(event.data)
                    break
            assert names[-1] == "snapshot"

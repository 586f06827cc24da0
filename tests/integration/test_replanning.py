"""From a stranger on the broker to a watched device, while everything else goes on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from api import replanning
from api.adoption import Adopter
from collector import app as app_module
from collector.app import Collector
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.inventory import Plan, load_plan
from collector.model import Reason, State
from collector.store import QuarantineRow, Store
from tests.integration.mqtt_broker import ACCOUNTS, Broker, Device, a_device, running_broker

PATIENCE_SECONDS = 20.0
DEVICE = "  - {{id: keran-{0}, name: K, kind: sensor, site: losari, profile: tasmota, mqtt_topic: keran_{0}}}\n"  # noqa: E501
INVENTORY = (
    'areas: [{code: "73.71", name: Makassar}]\n'
    'sites: [{id: losari, name: Losari, area: "73.71"}]\n'
    "devices:\n" + DEVICE.format(1)
)


@pytest.fixture
def broker(mosquitto_program: str, tmp_path: Path) -> Iterator[Broker]:
    with running_broker(mosquitto_program, tmp_path) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, broker: Broker) -> Path:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "kota.yaml").write_text(INVENTORY)
    (tmp_path / "password").touch(mode=0o600)
    (tmp_path / "password").write_text(ACCOUNTS["pantau"])
    (tmp_path / "pantau.yaml").write_text(
        "data_directory: data\nrule: {confirm: 1, recover: 1}\n"
        f"mqtt: {{port: {broker.port}, username: pantau, password_file: password}}\n"
    )
    return tmp_path


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(folder: Path, store: Store) -> AsyncIterator[Collector]:
    """Run a collector as `pantau run` does, with what lets it follow."""
    config = load_config(folder / "pantau.yaml", {})
    clock = SystemClock()
    seen = replanning.marks_of(config)
    plan = load_plan(config)
    store.apply_inventory(plan, clock.now())
    store.apply_checks(plan.checks, clock.now())
    collector = Collector(config, plan, store, clock)
    following = replanning.keep_following(collector, partial(anew, folder), config, seen)
    tasks = [asyncio.create_task(collector.run()), asyncio.create_task(following)]
    try:
        await until(lambda: collector._listener and collector._listener.connected)
        yield collector
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)


def config_of(folder: Path) -> Config:
    return load_config(folder / "pantau.yaml", {})


def anew(folder: Path) -> Plan:
    return load_plan(config_of(folder))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "QUARANTINE_SECONDS", 0.05)
    monkeypatch.setattr(replanning, "LOOK_SECONDS", 0.05)


async def online(device: Device, name: str) -> None:
    await device.publish(f"tele/{name}/LWT", "Online", retain=True)


async def test_a_stranger_is_seen_adopted_and_watched_while_the_others_go_on(
    folder: Path, broker: Broker
) -> None:
    with Store.open(folder / "data" / "pantau.db") as store:
        async with running(folder, store) as collector, a_device(broker) as device:

            def state(device_id: str) -> State | None:
                row = store.device(device_id)
                return None if row is None else row.state.state

            await online(device, "keran_1")
            await device.publish("tele/keran_1/STATE", '{"UptimeSec": 9}')
            await until(lambda: state("keran-1") is State.UP)
            before = store.device("keran-1")
            await device.publish("tele/keran_7/LWT", "Offline", retain=True)
            await device.publish("tele/keran_7/STATE", '{"UptimeSec": 9, "Wifi": {"RSSI": 50}}')
            waiting: list[QuarantineRow] = []

            def heard() -> bool:
                waiting[:] = store.quarantine.page().items
                return bool(waiting) and waiting[0].sighting.messages == 2

            await until(heard)
            (entry,) = waiting
            assert entry.sighting.name == "keran_7"
            assert entry.sighting.fits[0].profile == "tasmota"

            adopter = Adopter(store, SystemClock(), partial(config_of, folder))
            await asyncio.to_thread(adopter.adopt, entry, {"site": "losari"}, "ani")
            # Nothing is published any more: its retained word must be asked for once more.
            await until(lambda: state("keran-7") is State.DOWN)
            after = store.device("keran-1")
            assert before is not None
            assert after is not None
            assert after.state.since_at == before.state.since_at
            changes = store.transitions("keran-1").items
            assert [one.new for one in changes] == [State.UP]
            assert collector.plan.devices.keys() == {"keran-1", "keran-7"}
            await online(device, "keran_7")
            await device.publish("tele/keran_7/STATE", '{"UptimeSec": 9}')
            await until(lambda: state("keran-7") is State.UP)
            assert store.quarantine.page().items == ()


async def test_sighup_follows_all_files_and_broken_ones_change_nothing(
    folder: Path, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    file = folder / "inventory" / "kota.yaml"
    with Store.open(folder / "data" / "pantau.db") as store:
        async with running(folder, store) as collector, a_device(broker) as device:
            file.write_text(INVENTORY + "  - {id: broken}\n")
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: "is not read again" in caplog.text)
            assert "kota.yaml" in caplog.text
            assert collector.plan.devices.keys() == {"keran-1"}
            file.write_text(INVENTORY.replace("keran_1", "other").replace("keran-1", "keran-2"))
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: collector.plan.devices.keys() == {"keran-2"})
            assert "1 new devices are watched: keran-2" in caplog.text
            assert "1 devices are not watched any more: keran-1" in caplog.text
            await online(device, "other")
            await device.publish("tele/other/STATE", '{"UptimeSec": 9}')
            await until(lambda: (row := store.device("keran-2")) and row.state.state is State.UP)
            gone = store.device("keran-1")
            assert gone is not None
            assert gone.retired_at is not None


async def test_the_register_is_followed_at_once_and_files_that_people_edit_are_not(
    folder: Path, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    register = folder / "data" / "register.yaml"
    register.parent.mkdir()
    register.write_text("devices:\n" + DEVICE.format(2) + DEVICE.format(3))
    with Store.open(folder / "data" / "pantau.db") as store:
        async with running(folder, store) as collector, a_device(broker) as device:

            def state(device_id: str) -> State | None:
                row = store.device(device_id)
                return None if row is None else row.state.state

            for number in (1, 2, 3):
                await online(device, f"keran_{number}")
                await device.publish(f"tele/keran_{number}/STATE", '{"UptimeSec": 9}')
            await until(lambda: all(state(f"keran-{n}") is State.UP for n in (1, 2, 3)))
            (folder / "inventory" / "kota.yaml").write_text(
                INVENTORY.replace("name: K", "name: Half edited")
            )
            renamed = DEVICE.format(2).replace("name: K", "name: Baru")
            draft = folder / "draft"
            draft.write_text("devices:\n" + renamed + DEVICE.format(4))
            draft.rename(register)
            await until(lambda: collector.plan.devices.keys() == {"keran-1", "keran-2", "keran-4"})
            two, gone = store.device("keran-2"), store.device("keran-3")
            assert two is not None
            assert gone is not None
            assert (two.name, two.state.state) == ("Baru", State.UP)
            assert gone.retired_at is not None
            assert [one.new for one in store.transitions("keran-2").items] == [State.UP]
            assert collector.plan.devices["keran-1"].name == "K"
            assert "1 devices were changed or removed in other files" in caplog.text
            await device.publish("tele/keran_3/LWT", "Offline", retain=True)  # nobody's any more
            await online(device, "keran_4")
            await device.publish("tele/keran_4/STATE", '{"UptimeSec": 9}')
            await until(lambda: state("keran-4") is State.UP)
            assert [one.new for one in store.transitions("keran-3").items] == [State.UP]


async def test_a_device_with_another_topic_is_unknown_until_it_was_heard(
    folder: Path, broker: Broker
) -> None:
    register = folder / "data" / "register.yaml"
    register.parent.mkdir()
    register.write_text("devices:\n" + DEVICE.format(2))
    with Store.open(folder / "data" / "pantau.db") as store:
        async with running(folder, store) as collector, a_device(broker) as device:

            def state() -> State | None:
                row = store.device("keran-2")
                return None if row is None else row.state.state

            await online(device, "keran_2")
            await device.publish("tele/keran_2/STATE", '{"UptimeSec": 9}')
            await until(lambda: state() is State.UP)
            register.write_text("devices:\n" + DEVICE.format(2).replace("keran_2", "lain"))
            await until(lambda: state() is State.UNKNOWN)
            await device.publish("tele/keran_2/STATE", '{"UptimeSec": 10}')  # a stranger now
            await online(device, "lain")
            await device.publish("tele/lain/STATE", '{"UptimeSec": 9}')
            await until(lambda: state() is State.UP)
            said = [(one.new, one.reason) for one in reversed(store.transitions("keran-2").items)]
            assert [new for new, _ in said] == [State.UP, State.UNKNOWN, State.UP]
            assert said[1][1] is Reason.NEVER_SEEN
            assert collector.plan.devices["keran-2"].mqtt_topic == "lain"


async def test_a_register_that_is_gone_takes_no_device_off_the_wall(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    register = folder / "data" / "register.yaml"
    register.parent.mkdir()
    register.write_text("devices:\n" + DEVICE.format(2))
    with Store.open(folder / "data" / "pantau.db") as store:
        async with running(folder, store) as collector:
            register.unlink()
            await until(lambda: "is gone; put it back" in caplog.text)
            assert "keran-2" in collector.plan.devices
            register.write_text("devices: []\n")
            await until(lambda: "keran-2" not in collector.plan.devices)

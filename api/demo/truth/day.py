"""Carries the day out: the collector over the world, and the deeds of people and machine."""

import asyncio
import json
from datetime import datetime
from pathlib import Path

import yaml

from api.demo.report import ApiClient
from api.demo.truth.collector import COLLECTOR_ID, VirtualCollector
from api.demo.truth.serve import served
from api.demo.virtual_time import VirtualClock, VirtualTimeLoop, run_virtually
from collector.config import Config, load_config
from collector.inventory import Known, Plan, build_plan, load_inventory
from collector.moments import from_micros, to_micros
from collector.profiles import load_profiles
from collector.store import Store
from simulators.truth.city import CREDENTIAL, Inventory
from simulators.truth.script import PROFILES, Deed, DeedKind, Script
from simulators.truth.world import MachineEvent, World

CONTRACT = "kontrak"
CONTRACT_RULES = {
    "service_hours": ["Mon-Fri 07:30-16:00", "Sat 08:00-12:00"],
    "minimum_outage": "5m",
    "causes_not_counted": ["power", "planned"],
    "exclude_maintenance": True,
}


class Day:
    """One run of the day in a folder. Afterwards: its world, its store, its clock at the end."""

    def __init__(self, script: Script, directory: Path) -> None:
        self.script = script
        self.world = World(script)
        self.directory = directory
        self._loop = VirtualTimeLoop()
        self.clock = VirtualClock(self._loop, from_micros(script.begins))
        late = {name for deed in script.deeds_of(DeedKind.STOP) for name in deed.add}
        self._inventory = Inventory(frozenset(late))
        self._windows: dict[str, int] = {}  # name in the script → id that the API gave
        self.config = self._configure()

    def run(self) -> None:
        """Live through the day. Raises OSError when the API refuses a deed."""
        with Store.open(self.config.store_path) as store, served(self.config, self.clock) as api:
            run_virtually(self._live(store, api), self._loop)

    # --- the machine --------------------------------------------------------------------------

    async def _live(self, store: Store, api: ApiClient) -> None:
        collector = VirtualCollector(self._plan(), store, self.world, self.clock)
        waiting = list(self.script.deeds)
        try:
            while self._now() < self.script.ends:
                await self._next_second()
                while waiting and waiting[0].at <= self._now():
                    collector.commit()  # people see what is stored
                    collector = await self._do(waiting.pop(0), collector, store, api)
                collector.second()
        finally:
            await collector.end(in_order=True)

    async def _next_second(self) -> None:
        """Wait for the next whole second of the clock that nobody sets."""
        passed = self._loop.time()
        await asyncio.sleep(int(passed + 1.000001) - passed)

    def _now(self) -> int:
        return to_micros(self.clock.now())

    async def _do(
        self, deed: Deed, collector: VirtualCollector, store: Store, api: ApiClient
    ) -> VirtualCollector:
        """Do one deed; return the collector that runs afterwards."""
        match deed.do:
            case DeedKind.STEP:
                self.clock.step(deed.seconds)
                collector.note(MachineEvent.CLOCK_SET)
            case DeedKind.PAUSE:
                self._loop.jump((deed.until - deed.at) / 1_000_000)
                collector.note(MachineEvent.RESUMED)
            case DeedKind.KILL | DeedKind.STOP:
                await collector.end(in_order=deed.do is DeedKind.STOP)
                await asyncio.sleep((deed.until - deed.at) / 1_000_000)
                without = (self._inventory.without | set(deed.retire)) - set(deed.add)
                self._inventory = Inventory(frozenset(without))
                return VirtualCollector(self._plan(), store, self.world, self.clock)
            case DeedKind.WINDOW:
                made = api.send("POST", "/maintenance-windows", _window(deed, self.script.zone))
                self._windows[deed.name] = made["id"]
            case DeedKind.CANCEL:
                path = f"/maintenance-windows/{self._windows[deed.name]}"
                api.send("DELETE", f"{path}?reason=dibatalkan")
            case DeedKind.CORRECT:
                wanted = {"device": deed.device, "state": "down"}
                outages = api.items("/outages", **wanted)
                outage = next(one for one in outages if _micros(one["started_at"]) >= deed.started)
                body = {"cause": deed.cause, "reason": "diperiksa di tempat"}
                api.send("POST", f"/outages/{outage['id']}/cause", body)
        return collector

    # --- what an operator would have written --------------------------------------------------

    def _configure(self) -> Config:
        self.directory.mkdir(parents=True, exist_ok=True)
        secret = self.directory / "community"
        secret.touch(mode=0o600)
        secret.write_text("hari\n")
        content = {
            "collector_id": COLLECTOR_ID,
            "data_directory": str(self.directory),
            "zone": "Asia/Makassar",
            "inventory": [str(self.directory / "inventory.yaml")],
            "profiles": [str(PROFILES)],
            "ping": {"timeout": "1s", "count": 1},
            "credentials": {CREDENTIAL: {"version": "2c", "community_file": str(secret)}},
            "contracts": {CONTRACT: CONTRACT_RULES},
            "contract": CONTRACT,
        }
        self._write_inventory()
        path = self.directory / "pantau.yaml"
        path.write_text(yaml.safe_dump(content))
        return load_config(path, {})

    def _plan(self) -> Plan:
        """Read the inventory as a collector does when it starts."""
        self._write_inventory()
        profiles = load_profiles(self.config.profiles)
        known = Known(profiles, frozenset(), frozenset(self.config.credentials))
        inventory = load_inventory([self.directory / "inventory.yaml"], known)
        return build_plan(self.config, inventory, profiles)

    def _write_inventory(self) -> None:
        text = json.dumps(self._inventory.lists(), indent=1)  # JSON is YAML
        (self.directory / "inventory.yaml").write_text(text)


def _window(deed: Deed, zone: str) -> dict[str, object]:
    """Return a maintenance window as the desk sends it."""
    scope = {"devices": list(deed.devices), "sites": list(deed.sites)}
    body: dict[str, object] = {
        "title": deed.title,
        "reason": "dijadwalkan",
        "starts_at": from_micros(deed.starts).isoformat(),
        "ends_at": from_micros(deed.ends).isoformat(),
        "zone": zone,
        "scope": scope,
    }
    return body | ({"recurrence": deed.recurrence} if deed.recurrence else {})


def _micros(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))

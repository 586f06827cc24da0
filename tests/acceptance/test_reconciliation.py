"""Three agencies' lists with planted faults: imported, reconciled, held against the key.

The city is watched already, by an inventory that people wrote; the lists of its agencies come
later. A clerk answers what the import asks as far as the truth is plain, and lets every row that
looks like another one's device stand for itself: to decide that is what reconciliation is for.
"""

import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from api.importing.service import Importer, Wanted
from api.register.service import Register
from collector.config import Config, load_config
from collector.inventory import load_inventory
from collector.model import DeviceState, Reason, State, Status, Transition
from collector.model.findings import FindingKind, Identity, RowRef
from collector.register.remarks import Code
from collector.store import Store
from collector.store.register.reconciliation import FindingFilter
from simulators.city import build_city
from simulators.inventory import inventory, to_yaml
from simulators.lists import Lists, make_lists, write_lists
from simulators.lists.listing import AGENCIES, Row
from simulators.lists.writing import FILES, key_of
from tests.api_city import ManualClock
from tests.unit.simulated_lists import LISTED_AT, NOW, judge

DEVICES = 300


@dataclass
class Clerk:
    """Who brings the lists in."""

    folder: Path
    store: Store
    lists: Lists
    clock: ManualClock
    mended: list[Row] = field(default_factory=list)  # coordinates that the import refused

    def config(self) -> Config:
        return load_config(self.folder / "pantau.yaml", {})

    def take_in(self, agency: str, rank: int) -> None:
        importer = Importer(self.store, self.clock, self.config)
        look = importer.preview(self._wanted(agency, rank))
        assert look.plan is not None, look.problems
        rows = [row for row in self.lists.rows if row.source == agency]
        for fault in look.plan.problems:
            assert fault.code is Code.COORDINATES_EXCHANGED, fault
            row = rows[(fault.row or 0) - 2]
            values = row.values
            values["latitude"], values["longitude"] = values["longitude"], values["latitude"]
            self.mended.append(row)
        write_lists(self.lists, self.folder / "lists")
        look = importer.preview(self._wanted(agency, rank))
        assert look.plan is not None
        truth = {row.key: row.device for row in rows}
        taken = {row.device_id for row in self.store.lists.rows()}
        answers = {}
        for doubt in look.plan.doubts:
            device = truth[doubt.key]
            plain = device not in taken and f"same:{device}" in doubt.answers
            answers[doubt.key] = f"same:{device}" if plain else "new"
            taken.add(device)
        importer.apply(self._wanted(agency, rank, answers), author="sari")

    def _wanted(self, agency: str, rank: int, answers: dict[str, str] | None = None) -> Wanted:
        octets = (self.folder / "lists" / FILES[agency]).read_bytes()
        return Wanted(agency, FILES[agency], octets, name=agency, rank=rank, answers=answers or {})

    def watch(self) -> None:
        """Let everything answer that has a real device's address, and say who it is."""
        watched = load_inventory(self.config().inventory)
        now = self.clock.now()
        self.store.apply_inventory(watched, now)
        at_address = {it.address: it for it in self.lists.answers}
        states, changes, said = [], [], []
        for device in watched.devices.values():
            real = at_address.get(device.address or "")
            if real is None:
                continue
            up = Status.UP, State.UP, now, now, Reason.OK
            states.append(DeviceState(device.id, *up))
            changes.append(Transition(device.id, State.UNKNOWN, State.UP, now, now, Reason.OK))
            texts = [("mac_address", mac) for mac in real.macs]
            texts += [("serial_number", it) for it in (real.serial,) if it is not None]
            said += [Identity(device.id, key, value, now, now) for key, value in texts]
        self.store.commit(states, [], changes)
        self.store.reconciliation.note_identities(said)


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    city = build_city(DEVICES, 1)
    lists = make_lists(city)
    write_lists(lists, tmp_path / "lists")
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "kota.yaml").write_text(to_yaml(inventory(city, 10.0)))
    (tmp_path / "pantau.yaml").write_text(
        "data_directory: data\ncredentials: {kota: {community: rahasia}}\n"
    )
    (tmp_path / "data").mkdir()
    return Clerk(
        tmp_path, Store.open(tmp_path / "data" / "pantau.db"), lists, ManualClock(LISTED_AT)
    )


def test_planted_faults_are_found_and_nothing_is_merged_on_a_name(clerk: Clerk) -> None:
    faults = key_of(clerk.lists)["faults"]
    assert isinstance(faults, list)
    with clerk.store as store:
        for rank, agency in enumerate(AGENCIES):
            clerk.take_in(agency.id, rank)
        refused = {(row.source, row.key) for row in clerk.mended}
        told = [it for it in faults if it["kind"] == "wrong_area" and it["field"] == "latitude"]
        assert {tuple(ref) for it in told for ref in it["rows"]} == refused
        clerk.clock.advance(3600)
        clerk.watch()
        clerk.clock.advance((NOW - clerk.clock.now()) / timedelta(seconds=1))
        made = Register(store, clerk.clock).reconcile()
        findings = [
            it.finding for it in store.reconciliation.page(FindingFilter(), limit=9999).items
        ]
        assert made.found == len(findings)

        score = judge(findings, [it for it in faults if it not in told])
        found, planted = len(told) + score.found.total(), len(faults)
        refusals = f"{len(told)} more were refused by the import; {found} of {planted} in all"
        sys.stdout.write(f"\n{score}\n{refusals}\n")
        assert found >= 0.98 * planted, score.missed
        assert score.invented.total() <= 0.01 * len(findings), [
            (it.kind, it.rows, it.devices) for it in score.examples
        ]
        merged = [set(it.rows) for it in findings if it.kind is FindingKind.DUPLICATE]
        for one, other in clerk.lists.lookalikes:
            assert not any({RowRef(*one), RowRef(*other)} <= rows for rows in merged)
        by_device: dict[str | None, set[str | None]] = {}
        truth = {(row.source, row.key): row.device for row in clerk.lists.rows}
        for row in store.lists.rows():
            by_device.setdefault(row.device_id, set()).add(truth[(row.source, row.key)])
        assert all(len(devices) == 1 for devices in by_device.values())

"""The fleet of benches: equal devices, cheap answers, and some that are not well."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from collector.inventory import load_inventory
from collector.probes.snmp import ber
from collector.probes.snmp.agent import Version
from simulators.fleet import (
    COLUMNS,
    COMMUNITY,
    FIRST_ADDRESS,
    PORTS,
    SCALARS,
    Fleet,
    FleetOptions,
    burst,
    device_id,
    inventory,
)
from simulators.inventory import to_yaml


def fleet(
    devices: int = 100,
    *,
    dead: float = 0,
    slow: float = 0,
    lossy: float = 0,
    hostile: float = 0,
    loss: float = 0,
) -> Fleet:
    return Fleet(FleetOptions(Path(), devices, dead, slow, lossy, hostile, loss))


def test_an_answer_is_for_who_asked_also_when_it_was_worked_out_before() -> None:
    one = fleet()
    oids = [oid for oid, _ in SCALARS]
    request = ber.build_request(Version.V2C, COMMUNITY, ber.GET, oids, 0)
    for number in (1, 77, 2_000_000_000):
        answer = one.answer(request.packet(number))
        assert answer is not None
        head = ber.read_head(answer)
        assert head.request_id == number
        bindings = ber.read_bindings(answer, head, 100)
        assert [bound[0] for bound in bindings] == oids
    assert one.counts.gets == 3


def test_the_table_has_four_columns_and_all_its_rows() -> None:
    one = fleet()
    column = f"1.3.6.1.2.1.2.2.1.{COLUMNS[-1]}"
    request = ber.build_request(Version.V2C, COMMUNITY, ber.GET_BULK, [column], PORTS + 1)
    answer = one.answer(request.packet(5))
    assert answer is not None
    names = [bound[0] for bound in ber.read_bindings(answer, ber.read_head(answer), 100)]
    assert names[:PORTS] == [f"{column}.{row}" for row in range(1, PORTS + 1)]
    assert not names[PORTS].startswith(f"{column}.")
    assert one.counts.walks == 1


@pytest.mark.parametrize("data", [b"", b"\x30\x03\x02\x01\x01", b"nonsense"])
def test_what_is_no_request_gets_no_answer(data: bytes) -> None:
    one = fleet()
    assert one.answer(data) is None
    stranger = ber.build_request(Version.V2C, "public", ber.GET, [SCALARS[0][0]], 0)
    assert one.answer(stranger.packet(1)) is None
    assert one.counts.refused == 2


def test_shares_are_of_all_devices_and_nobody_is_two_things() -> None:
    one = fleet(1000, dead=0.1, slow=0.05, lossy=0.05)
    assert (len(one.dead), len(one.slow), len(one.losses)) == (100, 50, 50)
    assert not one.dead & one.slow
    assert not (one.dead | one.slow) & one.losses.keys()
    assert all(0.01 <= loss <= 0.05 for loss in one.losses.values())


def test_who_is_killed_was_sound_and_answers_again_when_revived() -> None:
    one = fleet(1000, dead=0.1, slow=0.05, lossy=0.05)
    chosen = one.kill(300)
    assert len(set(chosen)) == 300
    unwell = one.dead | one.slow | one.losses.keys()
    assert not set(chosen) & unwell
    passed = set(range(chosen[0], chosen[-1] + 1)) - set(chosen)
    assert passed <= unwell, "they are neighbours"
    place = chosen[0]
    address = IPv4Address(FIRST_ADDRESS + place).packed
    assert one.place(address) is None
    assert one.revive() == 300
    assert one.place(address) == place


def test_a_link_loses_about_as_much_as_was_said() -> None:
    one = fleet(loss=0.01)
    lost = sum(one.loses(place % 100) for place in range(100_000))
    assert 800 <= lost <= 1200


def test_the_inventory_can_be_loaded_and_names_the_addresses_that_answer(tmp_path: Path) -> None:
    file = tmp_path / "inventory.yaml"
    file.write_text(to_yaml(inventory(60)))
    loaded = load_inventory([file])
    assert list(loaded.devices) == [device_id(place) for place in range(60)]
    assert len(loaded.sites) == 3
    one = fleet(60)
    addresses = [device.address for device in loaded.devices.values()]
    places = [one.place(IPv4Address(address or "").packed) for address in addresses]
    assert places == list(range(60))
    assert one.place(IPv4Address(FIRST_ADDRESS + 60).packed) is None


def test_a_hostile_agent_bursts_and_its_table_goes_on_after_the_last_port() -> None:
    one = fleet(hostile=0.1)
    assert len(one.hostile) == 10
    assert not one.hostile & set(one.kill(90)), "who is hostile stays"
    request = ber.build_request(
        Version.V2C, COMMUNITY, ber.GET_BULK, [f"1.3.6.1.2.1.2.2.1.{COLUMNS[0]}.{PORTS}"], 5
    )
    packet = request.packet(7)
    well, endless = one.answer(packet), one.answer(packet, endless=True)
    assert well is not None
    assert endless is not None
    name = ber.read_bindings(endless, ber.read_head(endless), 100)[0][0]
    assert name == f"1.3.6.1.2.1.2.2.1.{COLUMNS[0]}.{PORTS + 1}"
    sent = list(burst(endless))
    assert sent[-1] == endless
    assert sum(each != endless for each in sent) == 4
    other = ber.read_head(sent[2])
    assert other.request_id != 7
    assert len(ber.read_bindings(sent[2], other, 100)) == 5

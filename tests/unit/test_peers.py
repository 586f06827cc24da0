"""What the bench of other systems writes and reads, without any of them."""

import re
from pathlib import Path

import pytest

from api.bench.agents import Load
from api.bench.watching import Moved
from simulators.fleet import COLUMNS, PORTS, SCALARS, device_id, inventory
from simulators.inventory import to_yaml
from tests.benchmarks.peers import icinga, prometheus, trees, zabbix_rows
from tests.benchmarks.peers.__main__ import load_of, parse
from tests.benchmarks.peers.play import Look, heard, steady
from tests.benchmarks.peers.targets import Targets, read_targets
from tests.benchmarks.peers.words import lines, table

SIZE = 12
GET = {oid for oid, _ in SCALARS}
TABLE = {f"1.3.6.1.2.1.2.2.1.{column}.{port}" for column in COLUMNS for port in range(1, PORTS + 1)}


@pytest.fixture
def fleet(tmp_path: Path) -> Targets:
    (tmp_path / "inventory.yaml").write_text(to_yaml(inventory(SIZE)))
    facts = {"dead": [device_id(3)], "snmp_port": 16161, "community": "fleet"}
    return read_targets(tmp_path, facts)


def test_a_peer_has_the_load_that_was_asked_for_and_by_default_that_of_our_own_bench() -> None:
    assert load_of(parse(["--peer", "icinga"])) == Load(devices=1000)
    words = ["--dead=20%", "--slow=0.1", "--lossy=3%", "--hostile=2%", "--loss=1%", "--seed=7"]
    assert load_of(parse(["--peer", "icinga", *words])) == Load(
        devices=1000, dead=0.2, slow=0.1, lossy=0.03, hostile=0.02, loss=0.01, seed=7
    )


def test_targets_are_those_of_the_fleet(fleet: Targets) -> None:
    assert [one.id for one in fleet.devices] == [device_id(place) for place in range(SIZE)]
    assert fleet.devices[0].address == "127.16.0.1"
    assert fleet.living == SIZE - 1


def test_prometheus_scrapes_every_device_for_exactly_the_objects(fleet: Targets) -> None:
    found = prometheus.discovered(fleet)
    assert [(one["targets"], one["labels"]["device"]) for one in found] == [
        ([one.address], one.id) for one in fleet.devices
    ]
    modules = prometheus.snmp_modules(fleet)
    assert set(modules["status"]["get"]) == GET
    assert {one["oid"] for one in modules["status"]["metrics"]} == GET
    walked = {f"{oid}.{port}" for oid in modules["table"]["walk"] for port in range(1, PORTS + 1)}
    assert walked == TABLE
    jobs = {job["job_name"]: job for job in prometheus.scraping(fleet)["scrape_configs"]}
    assert {name: job["scrape_interval"] for name, job in jobs.items()} == {
        "ping": "20s",
        "status": "60s",
        "table": "300s",
    }
    assert jobs["table"]["relabel_configs"][0]["replacement"].endswith(":16161")
    (group,) = prometheus.rules()["groups"]
    assert group["rules"][0]["for"] == "40s"  # from the first to the third failed ping


def test_zabbix_has_every_device_with_exactly_the_objects(fleet: Targets) -> None:
    copied: dict[str, list[list[str]]] = {}
    name = None
    for line in zabbix_rows.script(fleet):
        if start := re.match(r"COPY (\w+) ", line):
            name = start[1]
        elif line == "\\.":
            name = None
        elif name:
            copied.setdefault(name, []).append(line.split("\t"))
    assert [row[5] for row in copied["interface"]] == [one.address for one in fleet.devices]
    for host, *_ in copied["hosts"]:
        items = [row for row in copied["items"] if row[1] == host]
        assert {row[6] for row in items if row[6]} == GET | TABLE
        assert len(items) == 1 + len(GET) + len(TABLE)
        assert {row[7] for row in items} == {"20s", "60s", "300s"}
    assert len({row[0] for row in copied["items"]}) == len(copied["items"])
    assert len(copied["item_preproc"]) == 2 * PORTS * SIZE  # the two counters of each port
    assert {tuple(row[3:]) for row in copied["functions"]} == {("max", "$,#3")}
    assert all(row[0] == row[2] and row[1].endswith("000") for row in copied["functions"])


def test_zabbix_is_given_a_connection_and_a_poller_for_what_is_dead(fleet: Targets) -> None:
    text = zabbix_rows.settings_text(zabbix_rows.server_settings(fleet, {"TmpDir": "/t"}))
    assert "StartPollersUnreachable=10\n" in text
    assert text.endswith("TmpDir=/t\n")
    assert "max_connections=70\n" in zabbix_rows.settings_text(zabbix_rows.database_settings(70))


def test_icinga_has_every_device_with_exactly_the_objects(fleet: Targets) -> None:
    text = icinga.configuration(fleet, Path("/room"))
    assert re.findall(r'object Host "(.*?)" {\n.*\n  address = "(.*?)"', text) == [
        (one.id, one.address) for one in fleet.devices
    ]
    status, table_ = (set(oids.split(",")) for oids in re.findall(r'snmp_oid = "(.*?)"', text))
    assert (status, table_) == (GET, TABLE)
    assert "max_check_attempts = 3\n" in text
    assert text.count("{") == text.count("}")


def test_a_time_of_being_down_begins_with_the_first_sample_after_a_pause() -> None:
    matrix = [
        {"metric": {"device": "a"}, "values": [[100.0, "1"], [105.0, "1"], [110.0, "1"]]},
        {"metric": {"device": "b"}, "values": [[50.5, "1"], [80.5, "1"]]},
    ]
    assert prometheus.episodes(matrix) == [
        Moved("b", "down", 50.5),
        Moved("b", "down", 80.5),
        Moved("a", "down", 100.0),
    ]


def test_icinga_is_sure_in_the_hard_state_only() -> None:
    log = [
        "[1700000000] LOG ROTATION: HOURLY",
        "[1700000001] HOST ALERT: d-000001;DOWN;SOFT;1;CRITICAL - lost",
        "[1700000011] HOST ALERT: d-000001;DOWN;HARD;3;CRITICAL - lost",
        "[1700000012] HOST NOTIFICATION: operator;d-000001;DOWN;told;CRITICAL - lost",
        "[1700000060] HOST ALERT: d-000001;UP;HARD;1;OK",
        "[1700000061] HOST NOTIFICATION: operator;d-000001;RECOVERY (UP);told;OK",
        "[1700000062] SERVICE ALERT: d-000001;status;CRITICAL;HARD;1;no answer",
    ]
    assert icinga.downs(log) == [Moved("d-000001", "down", 1700000011.0)]
    assert icinga.notifications(log) == {"d-000001": [1700000012.0]}


def test_the_cost_of_a_process_holds_that_of_children_it_waited_for() -> None:
    fields = "S 7 1 1 0 -1 0 0 0 0 0 100 20 300 4 20 0 1 0 999 0"
    found = trees.parse_stat(f"42 (a ) b) {fields}")
    ticks = trees._TICKS
    assert found == trees.Process(42, 7, 424 / ticks, 999)


def test_a_tree_holds_all_that_descend_from_its_root_and_nobody_else() -> None:
    parents = {10: 1, 11: 10, 12: 11, 13: 1, 14: 13}
    there = {pid: trees.Process(pid, parent, 0, 0) for pid, parent in parents.items()}
    assert sorted(trees.tree(10, there)) == [10, 11, 12]
    assert trees.tree(99, there) == []


def look(at: float, cpu: float, memory: float | None) -> Look:
    cost = trees.Cost(cpu, memory or 0.0, 3)
    return Look(at, {"server": cost}, memory is not None)


def test_cost_is_per_thousand_cycles_and_memory_the_most_that_was_read() -> None:
    first, between, last = look(10, 5, 100), look(70, 9, 300), look(130, 17, 200)
    found = steady([look(0, 0, 900), first, between, look(100, 10, None), last], first, last, 2000)
    assert found["cpu_seconds_per_1000_cycles"] == pytest.approx(3.0)  # 12 s for 4,000 cycles
    assert found["share_of_core"] == pytest.approx(0.1)
    assert found["memory_mib"] == 300


def test_an_echo_that_a_lossy_link_swallowed_was_asked_for(fleet: Targets) -> None:
    zero = {"echoes": 5, "lost": 1, "gets": 7, "walks": 0}
    later = {"echoes": 100, "lost": 5, "gets": 29, "walks": 40}
    found = heard([zero, later], fleet, 120.0)
    assert found.pop("echoes_due") == pytest.approx(66)  # 11 living, one in 20 s
    assert found == {"echoes": 99, "gets": 22, "walks": 40}


def test_the_table_floors_shares_and_says_what_was_not_told() -> None:
    result = {
        "versions": {"zabbix": "6.0.14"},
        "steady": {
            "seconds": 180.0,
            "cpu_seconds_per_1000_cycles": 3.0,
            "cpu_seconds_per_1000_cycles_by_part": {"server": 1.0, "database": 2.0},
            "share_of_core": 0.05,
            "memory_mib": 400.0,
            "memory_mib_by_part": {"server": 400.0},
            "processes": 90,
        },
        "heard": {"echoes": 999, "echoes_due": 1000.0, "gets": 5, "walks": 0},
        "served": {"ping": {"due": 1000.0, "done": 999.0}},
        "cold_start_seconds": None,
        "killed": 50,
        "death_to_state": {"count": 49, "p50": 50.2, "p99": 60.0, "most": 61.0},
        "death_to_alert": None,
        "false_downs": 0,
    }
    row = list(table([result]))[-1]
    assert row == (
        "| zabbix 6.0.14 | 3.00 (server 1.00, database 2.00) | 400 | ping 99 % | not in 300 "
        "| 50 / 61 (49 of 50) | 0 of 50 | 0 |"
    )
    said = list(lines(result))
    assert "alert        0 of 50" in said
    assert "cold start   not over in time" in said

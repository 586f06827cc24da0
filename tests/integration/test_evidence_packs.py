"""Evidence packs: an honest one verifies anywhere, an altered one nowhere."""

import csv
import gc
import io
import json
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cli import main
from api.evidence import verify
from api.evidence.key import KeyFileError, load_evidence_key
from api.evidence.pack import PackError, seal
from api.uptime_query import Asked
from collector.clock import SystemClock
from collector.model import CauseClass, Heartbeat, Reason, State, Transition
from collector.store import Store
from collector.store import transitions as transition_log
from tests.api_city import client_of, make_city
from tests.contract.store_past import Past
from tests.evidence_pack import (
    T0,
    altered,
    files_of,
    inventory,
    key_of,
    live,
    pack_of,
    sealed_again,
)

PROGRAM = Path(verify.__file__)


@dataclass(frozen=True)
class Packed:
    folder: Path
    pack: Path

    @property
    def data(self) -> bytes:
        return self.pack.read_bytes()

    def store(self) -> Store:
        return Store.open(self.folder / "pantau.db", read_only=True)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    folder = tmp_path_factory.mktemp("evidence")
    with Store.open(folder / "pantau.db") as store:
        live(store)
        return Packed(folder, pack_of(store, folder, faces={"laporan.pdf": b"%PDF-1.7 kosong"}))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def problems(pack: bytes, key: str = "") -> list[str]:
    return verify.check(pack, key)[1]


# --- honest -----------------------------------------------------------------------------------


def test_an_honest_pack_verifies_on_a_machine_that_has_only_python_and_one_file(
    packed: Packed, tmp_path: Path
) -> None:
    shutil.copy(PROGRAM, tmp_path / "periksa.py")
    fingerprint = key_of(packed.folder).fingerprint
    for words in ([], [fingerprint]):
        done = subprocess.run(  # noqa: S603 - our own file
            [sys.executable, "-I", "-S", "periksa.py", str(packed.pack), *words],
            cwd=tmp_path, env={}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("genuine")
        assert fingerprint in done.stdout


def test_the_program_shares_nothing_with_us_and_is_short() -> None:
    lines = PROGRAM.read_text().splitlines()
    taken = {line.split()[1].split(".")[0] for line in lines if line[:7] in ("import ", "from co")}
    assert taken <= sys.stdlib_module_names
    assert not [line for line in lines if line.startswith(("from api", "from collector."))]
    assert len([line for line in lines if line.strip()]) < 200


def test_what_a_pack_says_is_what_the_uptime_table_says(packed: Packed) -> None:
    said = json.loads(files_of(packed.data)["figures.json"])
    ap = next(one for one in said["devices"] if one["key"] == "ap-1")
    assert ap["down_seconds"] == 86_400
    assert ap["lost_power_seconds"] == 86_400, "the last word on the cause holds"
    assert (ap["contract_down_seconds"], ap["contract_outages"]) == (0, 0)
    assert ap["window_seconds"] == 31 * 86_400
    switch = next(one for one in said["devices"] if one["key"] == "sw-1")
    assert switch["lost_link_seconds"] == 3_600, "half an hour more was planned work"
    assert [one["key"] for one in said["cities"]] == ["73.71", "91.71"]
    assert said["total"]["devices"] == 4


def test_a_pack_holds_the_rows_it_rests_on_and_nothing_that_is_nobodys_business(
    packed: Packed,
) -> None:
    files = files_of(packed.data)
    assert [one["author"] for one in rows(files["raw/corrections.csv"])] == ["rina"] * 3
    assert {one["latitude"] for one in rows(files["register/sites.csv"])} == {""}
    cam = next(one for one in rows(files["raw/devices.csv"]) if one["device"] == "cam-1")
    assert cam["name"] == "'=Kamera Losari", "no spreadsheet runs it"
    assert cam["zone"] == "Asia/Makassar"
    everything = b"".join(files.values())
    for secret in (b"10.9.8.7", b"kunci-rahasia", b"Budi", b"AA:BB:CC", b"PRIVATE"):
        assert secret not in everything
    assert b"lapor ke [MAC]" in everything


def test_exact_positions_are_in_it_when_they_are_asked_for(packed: Packed, tmp_path: Path) -> None:
    with packed.store() as store:
        pack = pack_of(store, tmp_path, positions=True)
    sites = rows(files_of(pack.read_bytes())["register/sites.csv"])
    assert [one["latitude"] for one in sites if one["site"] == "losari"] == ["-5.14321"]


@pytest.mark.parametrize(
    "asked",
    [
        Asked(month="2026-10", filters={"device": "cam-1"}),  # its root lies outside
        Asked(from_="2026-10-03T01:30:00Z", to="2026-10-09T05:30:00Z"),
        Asked(from_="2026-10-20"),  # until now, as far as it was seen
        Asked(month="2026-10", exclude="power", degraded_is_up=False),
        Asked(from_="2026-09-01", to="2026-09-10"),  # before there was anything
    ],
)
def test_packs_of_any_question_follow_from_their_rows(
    packed: Packed, tmp_path: Path, asked: Asked
) -> None:
    with packed.store() as store:
        pack = pack_of(store, tmp_path, asked=asked)
    assert problems(pack.read_bytes()) == []


def test_a_pack_whose_report_says_otherwise_is_never_handed_out(
    packed: Packed, tmp_path: Path
) -> None:
    report = json.dumps({"total": {"key": "", "down_seconds": 1}}).encode()
    with packed.store() as store, pytest.raises(PackError, match=r"uptime_percent.*make it again"):
        pack_of(store, tmp_path, faces={"laporan.json": report})
    assert {one.name for one in tmp_path.iterdir() if "pack" in one.name} == set()


# --- altered ----------------------------------------------------------------------------------


@given(st.data())
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_byte_that_is_another_is_found(packed: Packed, draw: st.DataObject) -> None:
    data = bytearray(packed.data)
    place = draw.draw(st.integers(0, len(data) - 1) | st.integers(len(data) - 400, len(data) - 1))
    data[place] ^= draw.draw(st.integers(1, 255))
    assert problems(bytes(data)) != []


def test_a_pack_cut_off_or_longer_is_found(packed: Packed) -> None:
    for data in (b"", packed.data[:-1], packed.data[:300], packed.data + b"\n", b"PK" * 500):
        assert problems(data) != []


def test_a_figure_altered_with_its_hash_made_new_fails_on_the_seal(packed: Packed) -> None:
    files = files_of(packed.data)
    changed = files["figures.json"].replace(b'"down_seconds": 86400', b'"down_seconds": 3600')
    forged = sealed_again(files | {"figures.json": changed}, key_of(packed.folder))
    assert problems(forged[:-211] + packed.data[-211:]) == ["it was altered after it was sealed"]


def test_a_pack_sealed_by_somebody_else_is_told_by_the_fingerprint(
    packed: Packed, tmp_path: Path
) -> None:
    other = load_evidence_key(tmp_path / "evidence.key")
    forged = sealed_again(files_of(packed.data), other)
    assert problems(forged) == []
    told = problems(forged, key_of(packed.folder).fingerprint)
    assert told == [f"it was sealed with another key: {other.fingerprint}"]


LIES: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a figure": (
        "figures.json",
        lambda data: data.replace(b'"down_seconds": 86400', b'"down_seconds": 3600'),
        "devices, ap-1: down_seconds",
    ),
    "a percentage rounded up": (
        "figures.json",
        lambda data: re.sub(rb'"coverage_percent": 6', b'"coverage_percent": 7', data),
        "coverage_percent",
    ),
    "a device left out": (
        "figures.json",
        lambda data: json.dumps(
            (said := json.loads(data)) | {"devices": said["devices"][1:]}
        ).encode(),
        "devices leaves out ap-1",
    ),
    "a row of the log": (
        "raw/transitions.csv",
        lambda data: data.replace(b"2026-10-13T00:00:00", b"2026-10-12T01:00:00", 1),
        "ap-1: its intervals",
    ),
    "a row of the log left out": (
        "raw/transitions.csv",
        lambda data: b"\r\n".join([*data.split(b"\r\n")[:-3], b""]),
        "its intervals",
    ),
    "a cause": (
        "raw/outages.csv",
        lambda data: data.replace(b",link,", b",power,"),
        "cause is not the last word",
    ),
    "a word taken away": (
        "raw/corrections.csv",
        lambda data: b"\r\n".join([*data.split(b"\r\n")[:-2], b""]),
        "cause is not the last word",
    ),
    "planned work": (
        "raw/maintenance.csv",
        lambda data: data.replace(b"T02:00:00", b"T01:00:00"),
        "sw-1: down_seconds",
    ),
    "service hours": (
        "raw/service_hours.csv",
        lambda data: data.split(b"\r\n")[0] + b"\r\n",
        "contract_",
    ),
    "a rule": (
        "rules.json",
        lambda data: data.replace(
            b'"minimum_outage_seconds": 300', b'"minimum_outage_seconds": 100000'
        ),
        "contract_",
    ),
    "a better figure before the right one": (
        "figures.json",
        lambda data: json.dumps(
            (said := json.loads(data))
            | {"sites": [said["sites"][0] | {"uptime_percent": 100.0}, *said["sites"]]}
        ).encode(),
        "sites says a row twice",
    ),
    "a table left out": (
        "figures.json",
        lambda data: json.dumps(
            {n: v for n, v in json.loads(data).items() if n != "kinds"}
        ).encode(),
        "kinds leaves out camera",
    ),
    "when a device came": (
        "raw/devices.csv",
        lambda data: re.sub(rb"(?m)^(ap-1,.*?,)2026-09-[^,]*", rb"\g<1>2026-10-05T00:00:00Z", data),
        "ap-1: it counts from or to another moment",
    ),
    "the period": (
        "rules.json",
        lambda data: data.replace(b'"to": "2026-10-31T1', b'"to": "2026-11-01T1'),
        "sw-1: it counts from or to another moment",
    ),
    "an owner": (
        "raw/devices.csv",
        lambda data: data.replace(b"ap-1,WiFi Jayapura,access_point", b"ap-1,WiFi Jayapura,camera"),
        "kinds",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_altered_and_sealed_by_the_right_key_does_not_follow(
    packed: Packed, lie: str
) -> None:
    name, change, told = LIES[lie]
    found = problems(altered(packed.data, key_of(packed.folder), name, change))
    assert any(told in line for line in found), found[:5]


def test_no_table_is_read_from_another_file_than_people_read(packed: Packed) -> None:
    files, key = files_of(packed.data), key_of(packed.folder)
    truth = files["raw/transitions.csv"]
    lie = truth.replace(b"2026-10-13T00:00:00", b"2026-10-12T01:00:00", 1)
    for beside in ("raw/transitions.txt", "raw/transitions.CSV", "raw/Transitions.csv"):
        forged = sealed_again(files | {"raw/transitions.csv": lie, beside: truth}, key)
        assert problems(forged) != [], beside


def test_a_pack_without_figures_and_one_that_says_a_figure_twice_are_not_genuine(
    packed: Packed, tmp_path: Path
) -> None:
    files, key, path = files_of(packed.data), key_of(packed.folder), tmp_path / "pack.zip"
    figures = files.pop("figures.json")
    twice = figures.replace(b'"down_seconds": 86400', b'"down_seconds": 0, "down_seconds": 86400')
    told = json.loads(figures)
    del told["total"]["uptime_percent"]
    left_out = json.dumps(told).encode()
    for forged in (files, files | {"figures.json": twice}, files | {"figures.json": left_out}):
        path.write_bytes(sealed_again(forged, key))
        assert verify.main([str(path)]) == 1
        assert gc.isenabled(), "who calls it goes on living"


@pytest.mark.parametrize(
    "told", [{"month": "2026-11"}, {"from_asked": "2026-10-02"}, {"filters": {"kind": "camera"}}]
)
def test_a_report_that_names_another_period_than_its_rows_are_of_is_found(
    packed: Packed, told: dict[str, object]
) -> None:
    files, key = files_of(packed.data), key_of(packed.folder)
    head = {"month": "2026-10", "from_asked": "2026-10-01", "to_asked": "2026-11-01", "filters": {}}
    total = json.loads(files["figures.json"])["total"]

    def with_report(header: dict[str, object]) -> bytes:
        report = json.dumps({"header": header, "total": total}).encode()
        return sealed_again(files | {"report/laporan.json": report}, key)

    assert problems(with_report({**head})) == []
    assert problems(with_report({**head, **told})) == [
        "report/laporan.json: it is of another period, or of other devices"
    ]


def test_an_empty_fingerprint_is_wrong_use_and_not_everybodys(packed: Packed) -> None:
    assert verify.main([str(packed.pack), ""]) == 2
    assert CliRunner().invoke(main, ["verify", str(packed.pack), "--key", ""]).exit_code == 2


def test_a_file_that_unpacks_to_more_than_it_says_takes_no_more_memory(
    packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "LARGEST", 2**20)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"0" * 211
        archive.writestr("raw/devices.csv", bytes(2**26))
    said = stream.getvalue().replace((2**26).to_bytes(4, "little"), (2**10).to_bytes(4, "little"))
    stream = io.BytesIO(said)
    seal(stream, key_of(packed.folder))
    tracemalloc.start()
    try:
        with pytest.raises((zipfile.BadZipFile, KeyError)):
            problems(stream.getvalue())
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_a_way_of_packing_that_packs_do_not_have_is_refused_unread(packed: Packed) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.comment = b"0" * 211
        archive.writestr("manifest.json", b"{}")
    seal(stream, key_of(packed.folder))
    assert len(problems(stream.getvalue())) == 1


def test_files_that_are_missing_extra_or_slip_out_of_their_folder_are_found(
    packed: Packed,
) -> None:
    files, key = files_of(packed.data), key_of(packed.folder)
    extra = sealed_again(files | {"raw/more.csv": b"a\r\n"}, key, rehash=False)
    assert problems(extra) == [
        "'raw/more.csv' is altered, missing, not listed, or no name of a file"
    ]
    less = {name: data for name, data in files.items() if name != "register/owners.csv"}
    assert any(
        "register/owners.csv" in one for one in problems(sealed_again(less, key, rehash=False))
    )
    for name in ("../evil", "/evil", "a/../b", "a\\b"):
        assert any(
            "no name of a file" in one for one in problems(sealed_again(files | {name: b""}, key))
        )


def test_a_pack_that_unpacks_to_far_too_much_is_refused_unread(
    packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "LARGEST", 2**22)
    bomb = sealed_again(
        {"manifest.json": b"{}", "raw/devices.csv": bytes(2**22)},
        key_of(packed.folder),
        rehash=False,
    )
    assert len(bomb) < 2**14
    assert problems(bomb) == ["it would unpack to more than 256 MiB, or has a name twice"]


def test_a_pack_with_a_name_twice_is_refused(packed: Packed) -> None:
    stream = io.BytesIO(packed.data[:-211])
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"0" * 211
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("rules.json", b"{}")
    seal(stream, key_of(packed.folder))
    assert problems(stream.getvalue()) == [
        "it would unpack to more than 256 MiB, or has a name twice"
    ]


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
@settings(deadline=None, max_examples=4)
def test_signatures_are_judged_as_another_implementation_judges_them(
    message: bytes, seed: bytes
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify.is_signed(public, message, signature)
    assert not verify.is_signed(public, message + b".", signature)
    assert not verify.is_signed(public, message, signature[:32] + bytes(32))
    beyond = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not verify.is_signed(public, message, signature[:32] + beyond.to_bytes(32, "little"))


# --- the key and the commands -----------------------------------------------------------------


def test_the_key_is_made_once_for_its_owner_alone_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "evidence.key"
    first = load_evidence_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_evidence_key(path).fingerprint == first.fingerprint
    assert "PRIVATE" not in repr(first)
    assert first.public in repr(first)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_evidence_key(path)
    path.chmod(0o600)
    path.write_text("rahasia")
    with pytest.raises(KeyFileError, match="no Ed25519 key") as told:
        load_evidence_key(path)
    assert "rahasia" not in str(told.value)


def test_who_asks_for_the_first_key_at_the_same_time_gets_the_same(tmp_path: Path) -> None:
    path = tmp_path / "evidence.key"
    with ThreadPoolExecutor(8) as pool:
        found = {one.fingerprint for one in pool.map(load_evidence_key, [path] * 64)}
    assert len(found) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["evidence.key"]


def test_the_command_says_what_it_found_and_writes_the_program(
    packed: Packed, tmp_path: Path
) -> None:
    run = CliRunner().invoke
    good = run(main, ["verify", str(packed.pack)])
    assert (good.exit_code, "genuine" in good.stdout) == (0, True)
    spaced = " ".join(key_of(packed.folder).fingerprint[i : i + 4] for i in range(0, 64, 4))
    assert run(main, ["verify", str(packed.pack), "--key", spaced.upper()]).exit_code == 0
    assert run(main, ["verify", str(packed.pack), "--key", "0" * 64]).exit_code == 1
    (tmp_path / "bad.zip").write_bytes(packed.data.replace(b"METHOD", b"method"))
    bad = run(main, ["verify", str(tmp_path / "bad.zip"), "--json"])
    assert (bad.exit_code, json.loads(bad.stdout)["genuine"]) == (1, False)
    assert run(main, ["verify"]).exit_code == 2
    assert run(main, ["verify", str(packed.pack), "--key", "abc"]).exit_code == 2
    assert run(main, ["verify", "--program"]).stdout == PROGRAM.read_text()


async def test_the_key_is_told_by_command_and_route(tmp_path: Path) -> None:
    (tmp_path / "pantau.yaml").write_text("data_directory: .\n")
    told = CliRunner().invoke(
        main, ["evidence", "key", "--json", "--config", str(tmp_path / "pantau.yaml")]
    )
    fingerprint = key_of(tmp_path).fingerprint
    assert json.loads(told.stdout)["fingerprint"] == fingerprint
    with make_city(tmp_path) as city:
        client = client_of(city.app(data_directory=tmp_path), city.token())
        answer = (await client.get("/api/v1/evidence/key")).json()
        nothing = client_of(city.app(), city.token())
        assert (await nothing.get("/api/v1/evidence/key")).status_code == 404
        (tmp_path / "evidence.key").write_bytes(b"-----BEGIN PRIVATE KEY-----rahasia")
        broken = await client.get("/api/v1/evidence/key")
    assert answer["fingerprint"] == fingerprint
    assert answer["public_key_pem"].startswith("-----BEGIN PUBLIC KEY-----")
    assert (broken.status_code, broken.json()["code"]) == (503, "no_evidence_key")
    assert "rahasia" not in broken.text


CONFIG = """
data_directory: .
contract: serat
contracts:
  serat:
    service_hours: [Sen-Jum 07:00-16:30, Sab 22:00-02:00]
    minimum_outage: 5m
    causes_not_counted: [power]
"""


def test_a_report_and_its_pack_are_one_and_a_lie_in_the_report_is_found(
    packed: Packed, tmp_path: Path
) -> None:
    shutil.copy(packed.folder / "pantau.db", tmp_path / "pantau.db")
    (tmp_path / "pantau.yaml").write_text(CONFIG)
    with Store.open(tmp_path / "pantau.db") as store:
        store.beat(Heartbeat("main", "run-1", T0, SystemClock().now()), [], [])
    words = ["report", "--month", "2026-10", "--format", "json,csv", "--pack"]
    config = ["--config", str(tmp_path / "pantau.yaml"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, [*words, *config])
    assert done.exit_code == 0, done.output
    (pack,) = [one for one in (tmp_path / "out").iterdir() if one.name.startswith("pantau-")]
    data, key = pack.read_bytes(), key_of(tmp_path)
    assert problems(data, key.fingerprint) == []
    (name,) = [one for one in files_of(data) if re.fullmatch(r"report/.*[.]json", one)]
    said = json.loads(files_of(data)[name])
    assert {one["key"] for one in said["cities"]} == {"73.71", "91.71"}
    lie = altered(data, key, name, lambda text: text.replace(b'"outages": 1', b'"outages": 0'))
    assert any(name in line and "outages" in line for line in problems(lie))
    worst = said["worst"][0] | {"uptime_percent": 100.0}
    lie = altered(data, key, name, lambda _: json.dumps(said | {"worst": [worst]}).encode())
    assert any("worst" in line and "uptime_percent" in line for line in problems(lie))


# --- any past ---------------------------------------------------------------------------------

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("sw-1", "cam-1", "cam-2", "ap-1")),
        st.integers(0, 800 * 3_600),  # seconds after the city began
        st.sampled_from(State),
    ),
    max_size=25,
)
OUTAGES = st.lists(
    st.tuples(
        st.sampled_from(("sw-1", "cam-1", "ap-1")),
        st.integers(0, 1_000 * 3_600),
        st.none() | st.integers(1, 90 * 3_600),
        st.sampled_from(CauseClass),
        st.sampled_from((State.DOWN, State.UNREACHABLE)),
        st.none() | st.integers(1, 3),
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("empty") / "pantau.db"
    with Store.open(path) as store:
        store.apply_inventory(inventory(), T0)
    return path.read_bytes()


@given(CHANGES, OUTAGES, st.lists(st.integers(0, 900), max_size=3))
@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_of_any_past_both_reckonings_come_to_the_same(
    empty: bytes,
    changes: list[tuple[str, int, State]],
    outages: list[tuple[str, int, int | None, CauseClass, State, int | None]],
    windows: list[int],
) -> None:
    """Words of the log in any order, outages that overlap, roots that lead in circles."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pantau.db").write_bytes(empty)
        with Store.open(folder / "pantau.db") as store:
            for device_id, seconds, new in changes:
                moment = T0 + timedelta(seconds=seconds)
                moved = Transition(device_id, State.UNKNOWN, new, moment, moment, Reason.NO_ANSWER)
                with store._database.write() as connection:
                    transition_log.append(connection, [moved])
            past = Past(store)
            open_already: set[tuple[str, State]] = set()
            made: list[int] = []
            for device_id, begins, lasts, cause, state, root in outages:
                if lasts is None and (device_id, state) in open_already:
                    continue
                open_already |= {(device_id, state)} if lasts is None else set()
                start = T0 + timedelta(seconds=begins)
                end = None if lasts is None else start + timedelta(seconds=lasts)
                behind = made[root % len(made)] if made and root is not None else None
                made.append(past.outage(device_id, start, end, cause, state=state, root=behind))
            for hours in windows:
                start = T0 + timedelta(hours=hours)
                past.window("cam-1", start, start + timedelta(hours=30))
            pack = pack_of(store, folder, checked=False)
        assert problems(pack.read_bytes()) == []

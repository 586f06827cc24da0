"""`pantau import` on the command line: what it says, and the exit codes that scripts rely on."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from tests.lists_made import HEADINGS, camera, csv, office, xlsx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with office(tmp_path):
        pass
    (tmp_path / "cctv.xlsx").write_bytes(xlsx([HEADINGS, camera(1), camera(2)]))
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    config = ("--config", str(folder / "pantau.yaml"))
    files = [str(folder / word) if word.startswith("cctv.") else word for word in words]
    return CliRunner().invoke(main, ["import", *config, *files])


def test_a_dry_run_says_what_would_be_done_and_does_nothing(folder: Path) -> None:
    said = run(folder, "cctv.xlsx", "--dry-run", "--language", "en")
    assert said.exit_code == 0, said.output
    assert "  A  Kode Aset → asset code" in said.stdout
    assert "created A-001 (a-001) Kamera 1" in said.stdout
    assert "2 created, 0 changed, 0 retired, 0 same, 0 in doubt" in said.stdout
    assert run(folder, "list").stdout == "Nothing was imported.\n"


def test_a_list_is_imported_listed_and_taken_back(folder: Path) -> None:
    said = run(folder, "cctv.xlsx", "--source", "dishub", "--rank", "20")
    assert said.exit_code == 0, said.output
    assert said.stdout == (
        "cctv.xlsx: 2 created, 0 changed, 0 retired, 0 same (import 1 of dishub); "
        "lists keep 2 devices watched.\n"
    )
    (record,) = json.loads(run(folder, "list", "--json").stdout)
    assert (record["source"], record["undoable"]) == ("dishub", True)
    assert run(folder, "--rewrite").stdout == "register.yaml holds 2 devices.\n"
    undone = run(folder, "--undo", "1")
    assert undone.exit_code == 0
    assert undone.stdout.startswith("Import 1 is taken back: 2 rows out, 0 back, 0 as before")
    again = run(folder, "--undo", "1")
    assert again.exit_code == 1
    assert "taken back already" in again.stderr
    assert "undoes 1" in run(folder, "list").stdout


def test_what_is_wrong_is_told_in_the_language_of_the_city_with_exit_code_1(folder: Path) -> None:
    rows = [HEADINGS, camera(1, address="10.1"), camera(2, kind="drone")]
    (folder / "cctv.csv").write_bytes(csv(rows))
    for words in ((), ("--dry-run",)):
        said = run(folder, "cctv.csv", *words)
        assert said.exit_code == 1
        assert 'baris 2, kolom G (Alamat IP): "10.1" bukan alamat IP' in said.stderr
        assert "baris 3, kolom C (Jenis)" in said.stderr
    shown = json.loads(run(folder, "cctv.csv", "--json").stdout)
    assert [it["code"] for it in shown["problems"]] == ["not_an_address", "unknown_kind"]


def test_a_row_in_doubt_says_how_to_answer(folder: Path) -> None:
    run(folder, "cctv.xlsx", "--source", "dishub")
    (folder / "cctv.csv").write_bytes(csv([HEADINGS, camera(1), camera(2, key="B-2")]))
    said = run(folder, "cctv.csv", "--source", "dishub", "--language", "en")
    assert said.exit_code == 1
    assert "row 3: has the IP address of a-002 (Kamera 2)" in said.stderr
    assert "--answer 'B-2=…' (same:a-002 | new | leave_out)" in said.stderr
    done = run(folder, "cctv.csv", "--source", "dishub", "--answer", "B-2=same:a-002")
    assert done.exit_code == 0, done.output
    assert "0 created, 1 changed, 0 retired, 1 same" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        (), ("cctv.xlsx", "--undo", "1"), ("cctv.xlsx", "--columns", "Nama"),
        ("cctv.xlsx", "--columns", "Nama=nama"), ("cctv.xlsx", "--set", "kind"),
        ("cctv.xlsx", "--answer", "new"), ("cctv.xlsx", "--rank", "0"),
    ],
)  # fmt: skip
def test_wrong_use_is_exit_code_2(folder: Path, words: tuple[str, ...]) -> None:
    assert run(folder, *words).exit_code == 2


def test_a_file_that_is_not_there_is_told(folder: Path) -> None:
    said = run(folder, "cctv.gone.xlsx")
    assert said.exit_code == 1
    assert "cannot be read" in said.stderr

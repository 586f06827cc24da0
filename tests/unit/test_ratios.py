"""Ratios are ours ÷ reference whatever the machine does meanwhile; marked, never judged."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cli import main
from tests.benchmarks import compare, expected, ledger, loads, ratio
from tests.benchmarks.expected import Expected, Ledger, Mark
from tests.benchmarks.ratio import Case, Measured, Meter, Ratio, Side

FOLDER = Path("tests/benchmarks/ratios")
positive = st.floats(0.001, 1000)


class Bill:
    """A meter that shows what the sides of a case are said to cost."""

    def __init__(self) -> None:
        self.total = 0.0
        self.order: list[str] = []
        self.meter = Meter(lambda: self.total, 1e6, "µs")

    def side(self, name: str, costs: Iterator[float], units: float = 1.0) -> Side:
        def work() -> float:
            self.order.append(name)
            self.total += next(costs) * units
            return units

        return Side(name, work, self.meter)


def case_of(ours: Side, reference: Side) -> Case:
    return Case("key", "Something", "thing", ours, reference, "the same")


def ratio_of(value: float, key: str = "key") -> Ratio:
    return Ratio(
        key, "Something", value, value, value, "µs per thing", value, 1, "it 1.0", "same", 9
    )


# --- measuring ------------------------------------------------------------------------------------


@settings(deadline=None)
@given(positive, positive, st.lists(positive, min_size=1, max_size=12))
def test_what_slows_both_sides_down_changes_nothing(
    ours: float, reference: float, slowness: list[float]
) -> None:
    side = Side("it", lambda: 1)
    pairs = [(ours * one, reference * one) for one in slowness]
    found = ratio.of_pairs(case_of(side, side), pairs)
    assert found.value == pytest.approx(ours / reference)
    assert found.low == pytest.approx(found.high)
    assert found.rounds == len(slowness)


def test_a_side_goes_first_in_every_second_round_and_the_warm_up_does_not_count() -> None:
    bill = Bill()
    case = case_of(
        bill.side("ours", iter([99.0, 1.0, 1.0, 1.0])),
        bill.side("reference", iter([1.0, 2.0, 2.0, 2.0])),
    )
    assert ratio.measure(case, 3).value == pytest.approx(0.5)
    assert bill.order[2:] == ["ours", "reference", "reference", "ours", "ours", "reference"]


def test_costs_are_of_a_unit_however_many_a_stretch_has() -> None:
    bill = Bill()
    many = bill.side("ours", iter([0.002, 0.002]), units=1000)
    few = bill.side("reference", iter([0.008, 0.008]), units=10)
    found = ratio.measure(case_of(many, few), 1)
    assert (found.value, found.ours, found.reference) == pytest.approx((0.25, 2000, 8000))
    assert found.unit == "µs per thing"


def test_the_spread_is_the_middle_half_of_the_pairs() -> None:
    side = Side("it", lambda: 1)
    pairs = [(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 1.0), (50.0, 1.0)]
    found = ratio.of_pairs(case_of(side, side), pairs)
    assert (found.low, found.value, found.high) == (2.0, 3.0, 4.0)


def test_what_is_prepared_is_not_counted() -> None:
    bill = Bill()

    def prepare() -> None:
        bill.total += 1000

    side = replace(bill.side("ours", iter([1.0])), prepare=prepare)
    assert side.cost() == pytest.approx(1.0)


@pytest.mark.parametrize(("cost", "units"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_stretch_that_cannot_be_measured_is_no_figure(cost: float, units: float) -> None:
    bill = Bill()

    def work() -> float:
        bill.total += cost
        return units

    with pytest.raises(ValueError, match="ours: a stretch is too short"):
        Side("ours", work, bill.meter).cost()


def test_bytes_and_processor_time_of_this_process_are_read(tmp_path: Path) -> None:
    def write() -> int:
        return (tmp_path / "some").write_bytes(b"x" * 100_000)

    assert Side("writing", write, ratio.WRITTEN).cost() >= 1
    assert Side("counting", lambda: sum(range(300_000)) and 1, ratio.CPU).cost() > 0


def test_what_a_bench_found_comes_back_as_it_was() -> None:
    found = Measured((ratio_of(0.5),), (ratio.Absent("ping", "Echo", "it needs fping"),))
    assert Measured.from_json(found.to_json()) == found


# --- what is expected -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "mark"),
    [(0.89, Mark.CHEAPER), (0.9, Mark.WITHIN), (1.1, Mark.WITHIN), (1.11, Mark.DEARER)],
)
def test_a_ratio_beyond_its_spread_is_marked(value: float, mark: Mark) -> None:
    known = Ledger({"key": Expected(1.0, 0.9, 1.1, "it 1.0")})
    assert known.mark(ratio_of(value)) is mark
    assert known.mark(ratio_of(value, "other")) is Mark.NEW


def test_a_recording_holds_all_runs_with_a_margin_and_keeps_other_rows(tmp_path: Path) -> None:
    file = tmp_path / "expected.toml"
    assert expected.read(file) == Ledger()
    expected.record([[ratio_of(7.0, "older")]], ["nothing else"], file)
    expected.record([[ratio_of(0.5)], [ratio_of(0.4)], [ratio_of(0.6)]], ["nothing else"], file)
    known = expected.read(file)
    row = known.ratios["key"]
    assert (row.value, row.low, row.high) == pytest.approx((0.5, 0.36, 0.66))
    assert row.reference == "it 1.0"
    assert known.ratios["older"].value == pytest.approx(7.0)
    assert known.python == expected.python()
    written = file.read_text()
    assert socket.gethostname() not in written
    assert str(Path.home()) not in written


def test_what_is_expected_is_of_benches_that_there_are() -> None:
    known = expected.read()
    assert known.ratios
    assert all(row.low < row.value < row.high for row in known.ratios.values())
    sources = "".join(path.read_text() for path in (ledger.ROOT / FOLDER).glob("*.py"))
    assert [key for key in known.ratios if f'"{key}"' not in sources] == []


def test_every_bench_is_in_the_ledger() -> None:
    assert sorted(ledger.BENCHES) == sorted(p.stem for p in (ledger.ROOT / FOLDER).glob("*.py"))


# --- the ledger -----------------------------------------------------------------------------------


def test_the_quickest_bench_runs_and_prints_its_row() -> None:
    found = ledger.run_bench("events", rounds=1)
    (one,) = found.ratios
    assert one.value > 0
    table = ledger.as_text(ledger.rows(found, Ledger()))
    assert "Live stream: encode a transition" in table
    assert "json of Python" in table
    assert "nothing is expected yet" in table


def test_a_ratio_that_is_not_as_expected_is_measured_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[str]] = []

    def run(name: str, rounds: int, only: list[str] | None = None) -> Measured:
        del name, rounds
        asked.append(only or [])
        values = {"well": 1.0, "odd": 1.0 if only else 5.0}
        return Measured(tuple(ratio_of(values[key], key) for key in only or values), ())

    monkeypatch.setattr(ledger, "run_bench", run)
    known = Ledger({key: Expected(1.0, 0.9, 1.1, "it") for key in ("well", "odd")})
    found, failed = ledger.measure_all(["ber"], 9, known, lambda _: None)
    assert asked == [[], ["odd"]]
    assert {one.key: one.value for one in found.ratios} == {"well": 1.0, "odd": 1.0}
    assert failed == []


def test_a_bench_that_fails_is_named_with_its_reason_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(name: str, rounds: int, only: object = None) -> Measured:
        del rounds, only
        if name == "ber":
            raise ledger.BenchFailedError("ModuleNotFoundError: No module named 'pysnmp'")
        return Measured((ratio_of(1.0),), ())

    monkeypatch.setattr(ledger, "run_bench", run)
    found, failed = ledger.measure_all(["ber", "snmp"], 9, Ledger(), lambda _: None)
    assert len(found.ratios) == 1
    assert failed == ["bench ber failed: ModuleNotFoundError: No module named 'pysnmp'"]


def test_a_bench_that_ends_badly_says_why() -> None:
    with pytest.raises(ledger.BenchFailedError, match=r"No module named tests\.benchmarks\.ratios"):
        ledger.run_bench("nothing")


def test_a_recording_in_which_a_bench_fails_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    written: list[object] = []

    def run(name: str, rounds: int, only: object = None) -> Measured:
        del rounds, only
        if name == "ber" and len(ran) == 2:
            raise ledger.BenchFailedError("no memory")
        ran.append(name)
        return Measured((ratio_of(1.0, name),), ())

    def write(*given: object) -> None:
        written.append(given)

    monkeypatch.setattr(ledger, "run_bench", run)
    monkeypatch.setattr(loads, "LOADS", {"nothing else": "", "still nothing": ""})
    monkeypatch.setattr(expected, "record", write)
    with pytest.raises(ledger.BenchFailedError, match="bench ber failed: no memory"):
        ledger.record(["ber", "snmp"], 9, 2, lambda _: None)
    assert (ran, written) == (["ber", "snmp", "snmp"], [])
    ledger.record(["snmp"], 9, 2, lambda _: None)
    assert written == [([(ratio_of(1.0, "snmp"),)] * 2, ["nothing else", "still nothing"])]


def test_the_table_of_the_documents_has_the_recorded_spread_and_else_that_of_the_run() -> None:
    one = replace(ratio_of(2.0), low=1.9, high=2.1)
    known = Ledger({"key": Expected(2.0, 1.5, 2.5, "it 1.0")})
    row = "| Something | 2.00 µs per thing | it 1.0: 1.00 | **2.00** |"
    found = Measured((one,), ())
    assert ledger.as_markdown(found, known).splitlines()[2] == f"{row} 1.50 … 2.50 |"
    assert ledger.as_markdown(found, Ledger()).splitlines()[2] == f"{row} 1.90 … 2.10 |"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0123456, "0.0123"), (1.5, "1.50"), (123.4, "123"), (12_345, "12,300"), (99.99, "100")],
)
def test_figures_have_three_digits_that_count(value: float, words: str) -> None:
    assert ledger.figure(value) == words


def test_another_machine_another_python_or_another_release_is_told() -> None:
    row = Expected(1.0, 0.9, 1.1, "it 0.9")
    known = Ledger({"key": row}, "a abacus", "CPython 2.7")
    told = "\n".join(ledger.remarks(Measured((ratio_of(1.0),), ()), known))
    assert "another machine: a abacus" in told
    assert "another python: CPython 2.7" in told
    assert "to it 0.9; here it is it 1.0" in told


# --- two commits ----------------------------------------------------------------------------------


def runs_of(*values: float) -> list[Ratio]:
    return [ratio_of(value) for value in values]


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ((1.0, 1.1, 1.2), (1.15, 1.3, 1.4), "same within noise"),  # they overlap
        ((1.0, 1.1, 1.2), (1.3, 1.4, 1.5), "B is DEARER"),
        ((1.0, 1.1, 1.2), (0.5, 0.6, 0.9), "B is cheaper"),
        ((1.0, 1.001, 1.002), (1.02, 1.021, 1.022), "same within noise"),  # apart, but by nothing
    ],
)
def test_commits_differ_when_no_run_of_one_lies_among_those_of_the_other(
    a: tuple[float, ...], b: tuple[float, ...], words: str
) -> None:
    found = compare.difference(runs_of(*a), runs_of(*b))
    assert found.words == words
    assert found.low <= found.value <= found.high


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits and a change that is in neither."""
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch=main")
    for number in (1, 2):
        (place / "file").write_text(f"commit {number}")
        git(place, "add", "file")
        git(place, "commit", "--quiet", "-m", f"Commit {number}")
    (place / "file").write_text("not committed")
    return place


def git(place: Path, *words: str) -> str:
    who = ["-c", "user.name=uji", "-c", "user.email=uji@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(  # noqa: S603 - our words
        ["git", *who, "-C", str(place), *words],  # noqa: S607 - as people call it
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def worktrees(place: Path) -> int:
    return git(place, "worktree", "list", "--porcelain").count("worktree ")


def test_two_commits_are_checked_out_beside_a_tree_with_changes_and_removed(
    repository: Path,
) -> None:
    before = git(repository, "status", "--porcelain")
    commits = [compare.commit_of(word, repository) for word in ("HEAD~1", "main")]
    with compare.checked_out(commits, repository) as places:
        assert [(place / "file").read_text() for place in places] == ["commit 1", "commit 2"]
    assert worktrees(repository) == 1
    assert not any(place.parent.exists() for place in places)
    assert (repository / "file").read_text() == "not committed"
    assert git(repository, "status", "--porcelain") == before


@pytest.mark.parametrize("word", ["nobody", "--help", "HEAD~9", ""])
def test_a_word_that_is_no_commit_is_refused(repository: Path, word: str) -> None:
    with pytest.raises(compare.NoCommitError, match="is no commit of this repository"):
        compare.commit_of(word, repository)


INTERRUPTED = """
import sys, time
from pathlib import Path
from api.cli import main
from tests.benchmarks import compare
place = Path(sys.argv[1])
with compare.checked_out([compare.commit_of("main", place)], place) as places:
    print(places[0], flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_behind_after_an_interruption(
    repository: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(  # noqa: S603 - the words above
        [sys.executable, "-c", INTERRUPTED, str(repository)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ | {"PYTHONPATH": str(ledger.ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    place = Path(process.stdout.readline().strip())
    assert (place / "file").read_text() == "commit 2"
    process.send_signal(number)
    process.communicate()
    assert not place.parent.exists()
    assert worktrees(repository) == 1


def test_benches_take_the_code_of_the_commit_that_is_measured(tmp_path: Path) -> None:
    (tmp_path / "collector").mkdir()
    (tmp_path / "collector" / "__init__.py").touch()
    assert compare.code_at(tmp_path) == tmp_path.resolve()
    assert compare.code_at(ledger.ROOT) == ledger.ROOT


@pytest.mark.parametrize(("runs", "rows"), [(1, 1), (3, 10), (5, 126)])
def test_how_often_chance_alone_parts_two_equal_commits_is_known(runs: int, rows: int) -> None:
    assert compare.one_in(runs) == rows


def test_both_commits_are_held_against_the_benches_that_lie_here(tmp_path: Path) -> None:
    older = tmp_path / "tests" / "benchmarks"
    older.mkdir(parents=True)
    (older / "ratio.py").write_text("older")
    compare.lay_over(tmp_path)
    assert (older / "ratio.py").read_text() == Path(ratio.__file__).read_text()
    assert (older / "ratios" / "events.py").exists()


def test_benches_run_in_turn_and_what_cannot_be_measured_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    order: list[str] = []

    def run(name: str, rounds: int, *, root: Path, hash_seed: int) -> Measured:
        del rounds, hash_seed
        if name == "sink":
            raise ledger.BenchFailedError("ImportError: no such name")
        order.append(root.name)
        return Measured((ratio_of(1.0 if root == a else 2.0),), ())

    monkeypatch.setattr(compare, "run_bench", run)
    monkeypatch.setattr(compare, "code_at", lambda root: root.resolve())
    found, failed = compare.compare((a, b), ["ber", "sink"], 3, 9, lambda _: None)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert [one.words for one in found] == ["B is DEARER"]
    assert failed == ["sink: cannot be measured at A: ImportError: no such name"]


def test_figures_of_the_ledger_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = Measured((ratio_of(1.0),), ())
    options = ledger.parse(["--json"])
    ledger.tell_figures(found, Ledger(), options)
    told = json.loads(capsys.readouterr().out)
    assert told["ratios"][0]["mark"] == "new"
    assert told["machine"] == expected.machine()


def test_the_command_is_the_same_as_the_ledger(capfd: pytest.CaptureFixture[str]) -> None:
    result = CliRunner().invoke(main, ["bench", "engines", "nothing"])
    assert result.exit_code == 2
    assert "no bench: nothing; there are ber, snmp" in capfd.readouterr().err

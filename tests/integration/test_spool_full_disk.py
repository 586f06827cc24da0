"""A spool on a disk that is full: a small one, mounted in a namespace of the test's own.

Run as a program, this file is what happens on that disk.
"""

import shutil
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from collector.sinks import SinkError
from collector.sinks.spool import LANES, Pack, Record, Spool
from tests.conftest import need_program

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize("cause", ["spool", "others"])
def test_on_a_full_disk_nothing_is_lost_and_it_recovers_by_itself(
    tmp_path: Path, cause: str
) -> None:
    unshare = need_program("unshare")
    mounted = subprocess.run(  # noqa: S603 - a mount that ends with the command
        [unshare, "-m", "mount", "-t", "tmpfs", "none", tmp_path], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount")
    script = 'mount -t tmpfs -o size=32m none "$1" && exec "$0" "$2" "$3" "$1"'
    arguments = [sys.executable, str(tmp_path), __file__, cause]
    done = subprocess.run(  # noqa: S603 - this file, by this interpreter
        [unshare, "-m", "sh", "-c", script, *arguments], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr


def pack(number: int, size: int = 200_000) -> Pack:
    noise = Random(number).randbytes(size).hex().encode()  # noqa: S311 - no secrets
    return Pack(number % LANES, b"m n=%di,noise=%s 1\n" % (number, noise), 1, NOW, NOW)


def numbers_in(spool: Spool) -> list[int]:
    records = [record for lane in range(LANES) for record in spool.peek(lane, 10**9)]
    return [number_of(record) for record in sorted(records, key=lambda one: one.id)]


def number_of(record: Record) -> int:
    return int(record.pack.lines.split(b"n=")[1].split(b"i")[0])


def append_until_full(spool: Spool) -> tuple[int, str]:
    """Append until it is refused; return how many were kept, and the words."""
    number = 0
    try:
        while True:
            spool.append([pack(number)], NOW)
            number += 1
    except SinkError as error:
        return number, str(error)


def fill(folder: Path) -> Path:
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return ballast


def full_by_the_spool(folder: Path) -> None:
    """What is refused is not there in part; the courier can still remove, which makes room."""
    with closing(Spool.open(folder / "spool.db")) as spool:
        kept, words = append_until_full(spool)
        assert "the disk is full" in words
        assert "make room there" in words
        assert shutil.disk_usage(folder).free > 2**20, "no room is left to remove with"
        assert spool.status().lines == kept
    sent: list[int] = []
    with closing(Spool.open(folder / "spool.db")) as spool:
        for lane in range(LANES):
            while records := spool.peek(lane, 4):
                sent += map(number_of, records)
                spool.remove([record.id for record in records])
        assert sorted(sent) == list(range(kept))
        spool.append([pack(9_999)], NOW)
        assert numbers_in(spool) == [9_999]


def full_by_others(folder: Path) -> None:
    """Nobody can do anything until there is room; then all goes on."""
    with closing(Spool.open(folder / "spool.db")) as spool:
        for number in range(8):
            spool.append([pack(number)], NOW)
        ballast = fill(folder)
        for number in range(8, 11):
            with pytest.raises(SinkError, match="the disk is full"):
                spool.append([pack(number, 2_000_000)], NOW)
        assert numbers_in(spool) == list(range(8))
        ballast.unlink()
        spool.append([pack(8)], NOW)
        assert numbers_in(spool) == list(range(9))


if __name__ == "__main__":
    {"spool": full_by_the_spool, "others": full_by_others}[sys.argv[1]](Path(sys.argv[2]))
    print("whole")  # noqa: T201 - what the test waits for

"""Two processes that append to a spool and one that removes are killed again and again.

Run as a program, this file is the process that is killed. What it prints has been acknowledged
(by those that append) or taken in hand (by the one that removes).
"""

import random
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from collector.sinks.spool import LANES, Claim, Pack, Spool

NOW = datetime(2026, 11, 27, tzinfo=UTC)
WRITERS = ("collector", "courier")
KILLS = 5


def test_killed_at_any_moment_nothing_acknowledged_is_lost_or_out_of_order(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    chance = random.Random(20261127)  # noqa: S311 - moments, no secrets
    acknowledged = dict.fromkeys(WRITERS, 0)
    taken: list[str] = []
    for _ in range(KILLS):
        processes = {word: start(word, path) for word in (*WRITERS, "taker")}
        # All have work while any is waited for: the one that takes never waits for the dead.
        begun = {word: said_by(one, chance.choice((1, 3, 20))) for word, one in processes.items()}
        for word in chance.sample(sorted(processes), k=3):
            said = begun[word] + said_until_killed(processes[word])
            if word == "taker":
                taken += said
            else:
                acknowledged[word] = max(acknowledged[word], *map(int, said))
    with closing(Spool.open(path)) as spool:
        taken += [
            words(lane, r.pack.lines) for lane in range(LANES) for r in spool.peek(lane, 9**9)
        ]
        kept = {word: int(spool.mark(word) or 0) for word in WRITERS}
    for word in WRITERS:
        assert kept[word] >= acknowledged[word] >= KILLS
        assert orders(taken, word) == {
            lane: list(range(1, kept[word] + 1)) for lane in range(LANES)
        }


def orders(taken: list[str], word: str) -> dict[int, list[int]]:
    """Return, a lane each, the numbers of a writer in the order in which they first came."""
    seen: dict[int, dict[int, None]] = defaultdict(dict)
    for line in taken:
        lane, *told = line.split()
        for one in told:
            writer, _, number = one.partition("=")
            if writer == word:
                seen[int(lane)].setdefault(int(number))
    return {lane: list(numbers) for lane, numbers in seen.items()}


def start(word: str, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, word, str(path)]
    return subprocess.Popen(  # noqa: S603 - this file, by this interpreter
        command, stdout=subprocess.PIPE, text=True
    )


def said_by(process: subprocess.Popen[str], lines: int) -> list[str]:
    """Wait for so many lines."""
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(lines)]


def said_until_killed(process: subprocess.Popen[str]) -> list[str]:
    """Kill a process (SIGKILL) and return all whole lines that it had still said."""
    with process:
        assert process.stdout is not None
        process.kill()
        return [line for line in process.stdout.read().splitlines(keepends=True) if "\n" in line]


# --- the processes that are killed ------------------------------------------------------------


def words(lane: int, lines: bytes) -> str:
    """Return the lane and `WRITER=NUMBER` of every line."""
    told = [line.split()[0].partition(b",w=")[2].decode() for line in lines.splitlines()]
    return " ".join((str(lane), *(one.replace(",n=", "=") for one in told)))


def write(spool: Spool, word: str) -> None:
    """Append a line to every lane, numbered on from what is in the file."""
    for number in count(int(spool.mark(word) or 0) + 1):
        line = f"m,w={word},n={number} v=1i 1795737600000000000\n".encode()
        packs = [Pack(lane, line, 1, NOW, NOW) for lane in range(LANES)]
        spool.append(packs, NOW, marks={word: str(number)})
        print(number, flush=True)  # noqa: T201 - the acknowledgement


def take(spool: Spool) -> None:
    """Say what is the oldest, then remove it, lane after lane."""
    while True:
        for lane in range(LANES):
            records = spool.peek(lane, 3)
            for record in records:
                print(words(lane, record.pack.lines), flush=True)  # noqa: T201 - taken in hand
            spool.remove([record.id for record in records])


if __name__ == "__main__":
    kind, place = sys.argv[1], Path(sys.argv[2])
    opened = Spool.open(place, claim=Claim(kind) if kind in WRITERS else None)
    if kind in WRITERS:
        write(opened, kind)
    take(opened)

"""Other work on the machine, so that a spread holds for busy machines as well.

python -m tests.benchmarks.loads arithmetic|memory     one busy process, until its parent ends
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOADS = {
    "nothing else": "",
    "arithmetic on every core": "arithmetic",
    "memory traffic on every core": "memory",
}
NICENESS = 5  # a little less than the bench: it is to be disturbed, not starved
_BLOCK = 16 << 20  # octets: more than a core keeps near


@contextmanager
def beside(kind: str) -> Iterator[None]:
    """Keep every core busy with other work for as long as a block of code runs."""
    count = len(os.sched_getaffinity(0)) if kind else 0
    words = [sys.executable, "-m", "tests.benchmarks.loads", kind]
    busy = [subprocess.Popen(words) for _ in range(count)]  # noqa: S603 - this module
    try:
        yield
    finally:
        for one in busy:
            one.kill()
        for one in busy:
            one.wait()


def main() -> None:
    """Be busy until the parent has ended."""
    os.nice(NICENESS)
    parent = os.getppid()
    block, other = bytearray(_BLOCK), bytearray(_BLOCK)
    while os.getppid() == parent:
        if sys.argv[1:] == ["memory"]:
            block[:] = other
        else:
            sum(range(100_000))


if __name__ == "__main__":
    main()

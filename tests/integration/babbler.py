"""A trap receiver gone wrong: hints about devices of nobody, and then nonsense."""

import sys

from collector.listeners.traps.lines import Hint, write_word

COLD_START = "1.3.6.1.6.3.1.1.5.1"


def main() -> None:
    sys.stdin.buffer.readline()
    out = sys.stdout.buffer
    out.write(write_word(Hint(("one", "nobody"), COLD_START, "2c")))
    out.write(
        b'{"hint": {"devices": ["one"], "trap": "rm -rf", "version": "2c", "inform": false}}\n'
    )
    out.flush()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()

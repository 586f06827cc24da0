"""`python -m collector.listeners.traps`: the receiver. Started by the collector, by nobody else.

Standard input: one line of setup, and then nothing until it ends, which ends the receiver.
Standard output: lines. Standard error: the log.
"""

import asyncio
import logging
import os
import socket
import sys
from contextlib import suppress

from collector.listeners.traps.lines import LONGEST_SETUP, LineError, read_setup
from collector.listeners.traps.receiver import Receiver, say_over
from collector.listeners.traps.rights import drop_rights


async def listen(receiver: Receiver, sockets: list[socket.socket]) -> None:
    """Listen until standard input ends."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    await receiver.open(sockets)
    telling = asyncio.create_task(receiver.tell())
    try:
        await ended.wait()
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        receiver.close()


def main() -> int:
    """Run the receiver; return its exit code."""
    logging.basicConfig(format="trap receiver: %(message)s", level=logging.WARNING)
    try:
        setup = read_setup(sys.stdin.buffer.readline(LONGEST_SETUP))
    except LineError as error:
        sys.stderr.write(f"this is started by the collector alone: {error}\n")
        return 2
    sockets = [socket.socket(fileno=number) for number in setup.sockets]
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints cannot break a line

    async def run() -> None:
        receiver = Receiver(setup, say_over(out))
        drop_rights()
        await listen(receiver, sockets)

    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Network namespaces for tests: a machine of one's own, where ICMP can be forbidden or broken.

A thread that calls unshare(CLONE_NEWNET) has its own interfaces, routes and sysctls from then on,
while the rest of the process stays where it was. So a test runs a coroutine in such a thread and
asserts on what it returns.
"""

import asyncio
import ctypes
import os
import socket
import struct
import subprocess
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.conftest import need_program

CLONE_NEWNET = 0x40000000
CAPABILITY_VERSION_3 = 0x20080522
CAP_NET_RAW = 13

Result = TypeVar("Result")


def need_icmp_sockets() -> None:
    """Skip the test where the machine forbids ICMP sockets."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP).close()
        except PermissionError:
            continue
        return
    pytest.skip("needs ICMP sockets: net.ipv4.ping_group_range or CAP_NET_RAW")


def in_namespace(work: Callable[[], Awaitable[Result]], *setup: str) -> Result:
    """Run a coroutine in a new network namespace with `lo` up; return what it returns.

    `setup`: shell-like commands without quoting, run inside: `ip …`, or `sysctl KEY VALUE…`.
    """
    program = need_program("ip")
    outcome: list[Result] = []
    problems: list[BaseException] = []

    def thread() -> None:
        try:
            _unshare_network()
            for command in ("ip link set lo up", *setup):
                _set_up(program, command.split())
            outcome.append(asyncio.run(_await(work)))
        except BaseException as problem:  # noqa: BLE001 - handed to the test, which raises it
            problems.append(problem)

    runner = threading.Thread(target=thread, name="namespace")
    runner.start()
    runner.join()
    if problems:
        if isinstance(problems[0], _NoNamespacesError):
            pytest.skip(f"needs the right to make network namespaces: {problems[0]}")
        raise problems[0]
    return outcome[0]


def drop_net_raw() -> None:
    """Take CAP_NET_RAW from the calling thread, for ever: only inside `in_namespace`."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION_3, 0))
    data = ctypes.create_string_buffer(24)  # two halves of effective, permitted, inheritable
    if libc.capget(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    words = list(struct.unpack("=6I", data.raw[:24]))
    words[0] &= ~(1 << CAP_NET_RAW)
    ctypes.memmove(data, struct.pack("=6I", *words), 24)
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


class _NoNamespacesError(Exception):
    pass


async def _await(work: Callable[[], Awaitable[Result]]) -> Result:
    return await work()


def _unshare_network() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise _NoNamespacesError(os.strerror(ctypes.get_errno()))


def _set_up(ip_program: str, words: list[str]) -> None:
    if words[0] == "sysctl":
        # A sysctl of the thread's own namespace: /proc/sys/net follows the caller.
        Path("/proc/sys", words[1].replace(".", "/")).write_text(" ".join(words[2:]))
        return
    command = [ip_program, *words[1:]]
    done = subprocess.run(  # noqa: S603 - our own words
        command, check=False, capture_output=True, text=True, timeout=10
    )
    if done.returncode != 0:
        raise _NoNamespacesError(f"{' '.join(words)}: {done.stderr.strip()}")

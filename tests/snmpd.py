"""Debian's snmpd on loopback, for as long as a test needs it."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """Return a UDP port that nobody uses at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(
    program: str, folder: Path, configuration: str, *, port: int = 0, host: str = "127.0.0.1"
) -> Iterator[int]:
    """Run an agent and yield its port, over both address families.

    `folder` keeps what it remembers: its engine id and how often it has booted.
    """
    port = port or free_port()
    file = folder / "snmpd.conf"
    file.write_text(f"dontLogTCPWrappersConnects yes\n{configuration}")  # it would fill the pipe
    environment = os.environ | {"MIBS": "", "SNMP_PERSISTENT_DIR": str(folder / "persistent")}
    process = subprocess.Popen(  # noqa: S603 - the fixture found it
        [program, "-f", "-Lo", "-C", "-c", str(file), f"udp:{host}:{port}", f"udp6:[::1]:{port}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("NET-SNMP version"):
                break
        else:
            pytest.fail("snmpd ended before it was ready")
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)

"""Processes that are kept running."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from api.supervisor import Program, Supervisor

SLEEPER = "import sys, time; open(sys.argv[1], 'a').write('x'); time.sleep(60)"


def sleeper(trace: Path) -> Program:
    return Program("sleeper", [sys.executable, "-c", SLEEPER, str(trace)])


async def started(trace: Path, times: int) -> None:
    async with asyncio.timeout(20):
        while not trace.exists() or len(trace.read_text()) < times:
            await asyncio.sleep(0.05)


async def test_a_process_that_is_killed_starts_again(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    supervisor = Supervisor([sleeper(trace)])
    keeping = asyncio.create_task(supervisor.run())
    await started(trace, 1)
    first = supervisor.running["sleeper"].pid
    os.kill(first, signal.SIGKILL)
    await started(trace, 2)
    assert supervisor.running["sleeper"].pid != first
    assert supervisor.restarts == 1
    supervisor.stop()
    await asyncio.wait_for(keeping, 20)


async def test_stopping_ends_even_a_process_that_is_stopped(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    supervisor = Supervisor([sleeper(trace)])
    keeping = asyncio.create_task(supervisor.run())
    await started(trace, 1)
    process = supervisor.running["sleeper"]
    process.send_signal(signal.SIGSTOP)
    supervisor.stop()
    await asyncio.wait_for(keeping, 20)
    assert process.returncode is not None


async def test_a_process_ended_for_good_is_not_started_again(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    supervisor = Supervisor([sleeper(trace)])
    keeping = asyncio.create_task(supervisor.run())
    await started(trace, 1)
    await supervisor.end("sleeper")
    await asyncio.wait_for(keeping, 20)
    assert trace.read_text() == "x"

"""Processes that are kept running."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import pytest

import api.supervisor as supervisor_module
from api.roles.stopping import run_until_stopped
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


async def test_a_program_that_cannot_start_is_tried_again_and_ends_nobody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trace = tmp_path / "trace"
    supervisor = Supervisor([Program("missing", [str(tmp_path / "nothing")]), sleeper(trace)])
    keeping = asyncio.create_task(supervisor.run())
    await started(trace, 1)
    async with asyncio.timeout(20):
        while supervisor.restarts < 2:
            await asyncio.sleep(0.05)
    assert supervisor.running["sleeper"].returncode is None
    assert "missing did not start (No such file or directory)" in caplog.text
    supervisor.stop()
    await asyncio.wait_for(keeping, 20)


async def test_ending_a_program_on_purpose_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trace = tmp_path / "trace"
    supervisor = Supervisor([sleeper(trace)])
    keeping = asyncio.create_task(supervisor.run())
    await started(trace, 1)
    process = supervisor.running["sleeper"]
    supervisor.stop()
    await asyncio.wait_for(keeping, 20)
    assert process.returncode == -signal.SIGTERM
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_program_that_dies_at_once_for_ever_is_tried_ever_more_rarely(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor_module, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(supervisor_module, "LONGEST_PAUSE_SECONDS", 0.04)
    supervisor = Supervisor([Program("short", ["/bin/false"])])
    keeping = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(20):
        while supervisor.restarts < 4:
            await asyncio.sleep(0.01)
    supervisor.stop()
    await asyncio.wait_for(keeping, 20)
    pauses = [record.getMessage().rpartition(" in ")[2] for record in caplog.records]
    assert pauses[:4] == ["0.01 s", "0.02 s", "0.04 s", "0.04 s"]
    assert "short ended with exit code 1" in caplog.text


async def test_a_signal_is_passed_on_to_the_program_that_is_meant(tmp_path: Path) -> None:
    told, ready = tmp_path / "told", tmp_path / "ready"
    # Not a shell: one cannot trap what was ignored when it began, such as SIGHUP below nohup.
    script = f"""
import pathlib, signal
signal.signal(signal.SIGHUP, lambda *_: pathlib.Path({str(told)!r}).touch())
pathlib.Path({str(ready)!r}).touch()
while True:
    signal.pause()
"""
    supervisor = Supervisor([Program("collector", [sys.executable, "-c", script])])
    supervisor.tell("collector", signal.SIGHUP)  # nothing runs yet
    keeping = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(20):
        while not ready.exists():
            await asyncio.sleep(0.01)
        supervisor.tell("collector", signal.SIGHUP)
        while not told.exists():
            await asyncio.sleep(0.01)
    supervisor.stop()
    await asyncio.wait_for(keeping, 20)
    assert supervisor.restarts == 0


def test_a_second_signal_does_not_cut_the_collectors_end_short() -> None:
    """systemd signals every process, and the supervisor signals the collector again."""

    class Ending:
        closed = False

        async def run(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            try:
                await asyncio.sleep(60)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.sleep(0.05)
                self.closed = True

    collector = Ending()
    run_until_stopped(collector.run)
    assert collector.closed

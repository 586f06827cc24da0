"""What processes cost: CPU seconds and memory, read from /proc (Linux).

Memory is PSS, so that pages shared between processes are counted once.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME = 11, 12  # fields of /proc/PID/stat behind the command's name


@dataclass(slots=True)
class Usage:
    """Sums over processes that may come and go; sample it often enough to see each."""

    peak_memory_mib: float = 0.0
    _cpu_by_process: dict[int, float] = field(default_factory=dict)

    @property
    def cpu_seconds(self) -> float:
        """Return the CPU time of all processes seen so far, in seconds."""
        return sum(self._cpu_by_process.values())

    def sample(self, pids: list[int]) -> None:
        """Read the processes that still exist."""
        memory = 0.0
        for pid in pids:
            cpu = cpu_seconds(pid)
            if cpu is not None:
                self._cpu_by_process[pid] = cpu
                memory += memory_mib(pid)
        self.peak_memory_mib = max(self.peak_memory_mib, memory)


def cpu_seconds(pid: int) -> float | None:
    """Return the CPU time of a process, or None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) / _CLOCK_TICKS


def memory_mib(pid: int) -> float:
    """Return the proportional set size of a process in MiB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)

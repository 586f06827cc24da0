"""What a process and everything it ever started cost, read from /proc (proc(5)).

A system that starts a process for every check spends most of its time in processes that live for
milliseconds. They are in no sample; but the kernel adds the time of a child to its parent's
`cutime` and `cstime` when the parent waits for it, so the sum over a tree that still stands counts
them all. (Not those whose parent ended without waiting; none of the peers does that.)
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.demo.usage import memory_mib

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _UTIME, _CSTIME, _STARTED = 1, 11, 14, 19  # fields of /proc/PID/stat behind the name


@dataclass(frozen=True, slots=True)
class Process:
    """A process at a moment. `cpu_seconds` holds that of children that it waited for."""

    pid: int
    parent: int
    cpu_seconds: float
    started: int  # ticks since the machine did; with `pid` it names a process for good


@dataclass(frozen=True, slots=True)
class Cost:
    """What a tree of processes has cost so far, and holds now."""

    cpu_seconds: float
    memory_mib: float  # PSS
    processes: int


def parse_stat(text: str) -> Process:
    """Return what /proc/PID/stat tells. The command's name may hold spaces and parentheses."""
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    ticks = sum(int(field) for field in fields[_UTIME : _CSTIME + 1])
    pid = int(head.split(" ", 1)[0])
    return Process(pid, int(fields[_PARENT]), ticks / _TICKS, int(fields[_STARTED]))


def all_processes() -> dict[int, Process]:
    """Return every process that there is now, by its id."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                one = parse_stat((folder / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                continue
            found[one.pid] = one
    return found


def tree(root: int, processes: Mapping[int, Process]) -> list[int]:
    """Return a process and all that descend from it; nothing when it is gone."""
    children: dict[int, list[int]] = {}
    for one in processes.values():
        children.setdefault(one.parent, []).append(one.pid)
    found = [root] if root in processes else []
    for pid in found:  # grows while it is read
        found += children.get(pid, [])
    return found


def costs(roots: Mapping[str, int], *, memory: bool) -> dict[str, Cost]:
    """Return what each tree costs, by the name of its root.

    Memory is read only when asked for: the kernel walks every page table for it.
    """
    processes = all_processes()
    found = {}
    for name, root in roots.items():
        pids = tree(root, processes)
        found[name] = Cost(
            sum(processes[pid].cpu_seconds for pid in pids),
            _memory(pids) if memory else 0.0,
            len(pids),
        )
    return found


def _memory(pids: Iterable[int]) -> float:
    return sum(memory_mib(pid) for pid in pids)

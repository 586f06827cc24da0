"""The ground truth: what was carried out and answered, and when, as JSON lines.

Each line is written and flushed at once, so that a record ends where its process ended. Times
are UTC with microseconds, taken when the thing had been done.
"""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from simulators.faults import Fault, FaultKind
from simulators.live import Live


def utc_text(seconds: float) -> str:
    """Return a moment (seconds since 1970) as `2026-11-22T01:15:31.123456Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Record:
    """Writes one record file; use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Begin a new record, replacing one of that name. Raises OSError."""
        self._file = path.open("w", encoding="utf-8", buffering=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def write(self, event: str, **fields: object) -> str:
        """Write an event that has just happened; return its time."""
        at = utc_text(time.time())
        self._file.write(json.dumps({"event": event, "at": at, **fields}) + "\n")
        self._file.flush()
        return at

    def fault_started(self, fault: Fault) -> str:
        """Write that a fault has begun, with what should be shown from now on."""
        paused = fault.kind is FaultKind.COLLECTOR_PAUSE
        return self.write(
            "fault_started",
            id=fault.id,
            kind=fault.kind,
            for_seconds=fault.for_seconds,
            seen_after_seconds=fault.seen_after_seconds,
            well_after_seconds=fault.well_after_seconds,
            **({"carried_out_by": "operator"} if paused else {}),
            effects=[
                {"expected_state": effect.expected_state, "targets": effect.targets}
                for effect in fault.effects
            ],
        )

    def fault_ended(self, fault: Fault) -> str:
        """Write that a fault has ended."""
        return self.write("fault_ended", id=fault.id, kind=fault.kind)

    def timeline_started(self, lives: Iterable[Live]) -> str:
        """Write that faults may come from now on, with what was answered before."""
        return self.write("timeline_started", answers=_answers(lives))

    def finished(self, lives: Iterable[Live]) -> str:
        """Write the last line: what each device answered in all."""
        return self.write("finished", answers=_answers(lives))


def _answers(lives: Iterable[Live]) -> dict[str, dict[str, int]]:
    return {
        live.device.id: {
            "echoes": live.echoes,
            "uptime_gets": live.uptime_gets,
            "telemetry": live.telemetry,
        }
        for live in lives
    }

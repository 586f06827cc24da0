"""What the collector says it costs."""

from datetime import UTC, datetime

import pytest

from collector.usage import Usage


class HandClock:
    """A clock that is moved by hand."""

    seconds = 100.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


def test_the_share_of_a_core_is_that_of_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, used = HandClock(), [3.0]
    monkeypatch.setattr("time.process_time", lambda: used[0])
    usage = Usage(clock)
    assert usage.figures(0) == {"cpu_seconds": 3.0, "usage_seconds": 0.0}
    clock.seconds, used[0] = 110.0, 8.0  # the start is dear
    told = usage.figures(50)
    assert (told["cpu_share"], told["checks_a_minute"]) == (0.5, 300.0)
    for second in range(120, 301, 10):
        clock.seconds, used[0] = float(second), used[0] + 2.5
        told = usage.figures((second - 100) * 5)
    assert told["usage_seconds"] == 60.0
    assert (told["cpu_share"], told["checks_a_minute"]) == (0.25, 300.0)
    assert told["cpu_seconds"] == used[0]


def test_the_cpu_of_this_process_is_what_is_told() -> None:
    usage = Usage(HandClock())
    before = usage.figures(0)["cpu_seconds"]
    assert sum(number * number for number in range(200_000)) > 0
    assert usage.figures(0)["cpu_seconds"] > before > 0

"""Events of the live stream as bytes: ours beside the standard library's JSON.

    python -m tests.benchmarks.ratios.events

What is encoded once for all screens is compared for one. `bench_events` measures the whole stream.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from api.events import encode_batch, transition_view
from collector.model import Reason, State, Transition
from tests.benchmarks import ratio

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
ROWS = [
    Transition(
        f"cam-{number:05}", State.UP, State.DOWN, T0 + timedelta(seconds=number),
        T0 + timedelta(seconds=number + 10, microseconds=number), Reason.NO_ANSWER,
        "0 of 3 echoes answered", id=number + 1,
    )
    for number in range(500)
]  # fmt: skip


def ours() -> bytes:
    """Return the events of all transitions."""
    return encode_batch(ROWS).joined


def theirs() -> bytes:
    """Return the same by `json.dumps`."""
    frames = []
    for row in ROWS:
        view = transition_view(row)
        for name in ("at", "confirmed_at"):
            moment = view[name]
            assert isinstance(moment, datetime)
            view[name] = moment.isoformat().replace("+00:00", "Z")
        text = json.dumps(view, separators=(",", ":"))
        frames.append(f"event: transition\nid: {row.id}\ndata: {text}\n\n")
    return "".join(frames).encode()


def many(encode: Callable[[], bytes], times: int) -> int:
    for _ in range(times):
        encode()
    return times * len(ROWS)


def cases(_: ExitStack) -> Iterator[ratio.Case]:
    """Yield the one case."""
    assert ours() == theirs()
    yield ratio.Case(
        "events-encode",
        "Live stream: encode a transition",
        "event",
        ratio.Side("ours", lambda: many(ours, 60)),
        ratio.Side("json of Python", lambda: many(theirs, 15)),
        "the same bytes of the same transitions; both compared before",
    )


if __name__ == "__main__":
    ratio.run(cases)

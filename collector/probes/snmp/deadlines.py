"""When requests are due, for any number of them, without a timer each and without sorting."""

from collections import defaultdict, deque
from collections.abc import Iterator


class Deadlines:
    """Deadlines in a queue for each length of waiting.

    Whoever waits equally long is due in the order of asking, so that each queue is in order by
    itself. There are few lengths: that of the first try, of each retry, and of a full send buffer.
    Nothing is taken out before its time: most requests are answered, and looking for their places
    would cost more than meeting them again when they are due.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._queues: defaultdict[float, deque[tuple[float, int]]] = defaultdict(deque)

    def add(self, request_id: int, now: float, wait: float) -> float:
        """Note that a request is due `wait` seconds after `now`; return when that is."""
        deadline = now + wait
        self._queues[wait].append((deadline, request_id))
        return deadline

    def due(self, now: float) -> Iterator[tuple[float, int]]:
        """Take out what is due, as (deadline, request id). More may be added meanwhile."""
        for queue in list(self._queues.values()):
            while queue and queue[0][0] <= now:
                yield queue.popleft()

    def clear(self) -> None:
        """Forget everything."""
        self._queues.clear()

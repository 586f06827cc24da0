"""One timer for all trains that wait: each gives up in time, and none before what came is read."""

import asyncio
import weakref

from collector.probes.icmp.patience import TOGETHER_SECONDS, Patience, Pauses


class Train:
    """Waits until it is told that nothing more will come."""

    def __init__(self, story: list[str], name: str) -> None:
        self.over = False
        self._story = story
        self._name = name

    def expire(self) -> None:
        self.over = True
        self._story.append(self._name)


async def test_trains_give_up_in_the_order_of_their_moments_after_a_last_look() -> None:
    loop = asyncio.get_running_loop()
    story: list[str] = []
    patience = Patience(loop, lambda: story.append("looked"))
    now = loop.time()
    late, early, answered = (Train(story, name) for name in ("late", "early", "answered"))
    patience.add(now + 0.1, late)
    patience.add(now + 0.02, early)
    patience.add(now + 0.02, answered)
    answered.over = True
    async with asyncio.timeout(10):
        while not late.over:
            await asyncio.sleep(0.005)
    assert story == ["looked", "early", "looked", "late"]
    assert loop.time() >= now + 0.1


async def test_what_ends_within_a_moment_is_given_up_in_one_go() -> None:
    loop = asyncio.get_running_loop()
    looks: list[str] = []
    patience = Patience(loop, lambda: looks.append("looked"))
    at = loop.time() + 0.02
    trains = [Train([], str(n)) for n in range(20)]
    for number, train in enumerate(trains):
        patience.add(at + number * TOGETHER_SECONDS / 20, train)
    async with asyncio.timeout(10):
        while not all(train.over for train in trains):
            await asyncio.sleep(0.005)
    assert len(looks) <= 2


async def test_at_the_end_everybody_who_waits_is_told_once() -> None:
    loop = asyncio.get_running_loop()
    story: list[str] = []
    patience = Patience(loop, lambda: story.append("looked"))
    waiting, answered = Train(story, "waiting"), Train(story, "answered")
    patience.add(loop.time() + 60, waiting)
    patience.add(loop.time() + 60, answered)
    answered.over = True
    patience.close()
    patience.close()
    assert story == ["waiting"]


async def test_who_is_dropped_is_let_go_at_once_and_told_nothing() -> None:
    loop = asyncio.get_running_loop()
    story: list[str] = []
    patience = Patience(loop, lambda: story.append("looked"))
    waiting, answered = Train(story, "waiting"), Train(story, "answered")
    patience.add(loop.time() + 0.01, answered)
    patience.add(loop.time() + 0.02, waiting)
    gone = weakref.ref(answered)
    patience.drop(answered)
    patience.drop(answered)
    del answered
    assert gone() is None
    async with asyncio.timeout(10):
        while not waiting.over:
            await asyncio.sleep(0.005)
    assert set(story) == {"looked", "waiting"}


async def test_one_that_comes_late_but_gives_up_early_is_not_kept_waiting() -> None:
    loop = asyncio.get_running_loop()
    story: list[str] = []
    patience = Patience(loop, lambda: None)
    names = ("last", "second", "first")
    trains = [Train(story, name) for name in names]
    for train, seconds in zip(trains, (60.0, 0.04, 0.02), strict=True):
        patience.add(loop.time() + seconds, train)
    async with asyncio.timeout(10):
        while not trains[1].over:
            await asyncio.sleep(0.005)
    patience.close()
    assert story == ["first", "second", "last"]


class Pausing:
    """Notes how long it paused, or fails to go on."""

    def __init__(self, fails: bool = False) -> None:
        self._fails = fails
        self.went_on_at: float | None = None

    def start(self) -> None:
        self.went_on_at = asyncio.get_running_loop().time()
        if self._fails:
            raise RuntimeError("cannot go on")


async def test_nobody_goes_on_before_its_pause_is_over_nor_after_it_was_dropped() -> None:
    loop = asyncio.get_running_loop()
    pauses = Pauses(loop)
    moments = {Pausing(): loop.time() + number * 0.002 for number in range(20)}
    dropped = Pausing()
    pauses.add(loop.time() + 0.01, dropped)
    for train, at in moments.items():
        pauses.add(at, train)
    pauses.drop(dropped)
    async with asyncio.timeout(10):
        while any(train.went_on_at is None for train in moments):
            await asyncio.sleep(0.005)
    assert all((train.went_on_at or 0.0) >= at for train, at in moments.items())
    assert dropped.went_on_at is None


async def test_one_that_fails_to_go_on_does_not_stop_the_others() -> None:
    loop = asyncio.get_running_loop()
    told: list[object] = []
    loop.set_exception_handler(lambda _loop, context: told.append(context["exception"]))
    pauses = Pauses(loop)
    failing, other = Pausing(fails=True), Pausing()
    pauses.add(loop.time(), failing)
    pauses.add(loop.time(), other)
    async with asyncio.timeout(10):
        while other.went_on_at is None:
            await asyncio.sleep(0.005)
    assert [str(problem) for problem in told] == ["cannot go on"]

"""The desk: what is open, and what a step makes of it. No I/O; one at a time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from collector.model.alerts import Alert, Decision, Thread, ThreadMember
from collector.notify.deciding.book import Book
from collector.notify.deciding.following import News
from collector.notify.deciding.stages import Scene
from collector.notify.deciding.step import Step
from collector.notify.deciding.words import Outcome
from collector.notify.deciding.world import Rules, World


class Desk:
    """What is open: alerts, the last decisions about them, threads and their members.

    Whoever calls `step` stores its outcome in one transaction. If that fails, the desk is of no
    use any more: make a new one from the store.
    """

    def __init__(
        self,
        alerts: Iterable[Alert] = (),
        decisions: Iterable[tuple[Alert, Decision]] = (),
        threads: Iterable[Thread] = (),
        members: Iterable[ThreadMember] = (),
    ) -> None:
        """Take in what the store holds.

        `alerts`: all that are open, the ended ones that are members of open threads, and the last
        one of each root that an open one stands behind, oldest first. `decisions`: the last one of
        each. `threads`: those that are not closed. `members`: all of these threads'.
        """
        self._book = Book()
        self._book.load(alerts, decisions, threads, members)

    @property
    def alerts(self) -> Mapping[str, Alert]:
        """Alerts by device: open, or ended a short while ago."""
        return self._book.alerts

    @property
    def threads(self) -> Mapping[str, Thread]:
        """Open threads by key."""
        return self._book.threads

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """The last decision about each device's alert."""
        return self._book.decisions

    def seen_in(self, world: World) -> World:
        """Return a world that knows what is open here: to explain a decision with."""
        book = self._book
        return replace(world, alerts=book.alerts, threads=book.threads, members=book.members)

    def learn(self, alerts: Iterable[Alert] = (), threads: Iterable[Thread] = ()) -> None:
        """Take over the ids that the store gave to alerts and threads of the last outcome."""
        self._book.learn(alerts, threads)

    def step(
        self,
        world: World,
        rules: Rules,
        now: datetime,
        news: Iterable[News] = (),
        changed: Collection[str] | None = (),
        *,
        telling: bool = True,
    ) -> Outcome:
        """Take in what happened, decide what it touches and what became due, say what to tell.

        `changed`: devices about which something else changed (an incident was acknowledged or
        merged, a window or silence began or was ended); None: all of them, as after an inventory
        or `alerts.yaml` was loaded. Without `telling` only alerts and decisions follow: for a
        backlog that is read in several parts.
        """
        return Step(self._book, Scene(self.seen_in(world), rules, now)).run(
            news, changed, telling=telling
        )

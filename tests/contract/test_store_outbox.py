"""The outbox: claimed once, in order, never forgotten."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collector.model.alerts import DeliveryState, Purpose, Severity
from collector.store import Batch, NotificationFilter, Store, Withdrawal
from tests.contract.alerts_made import message, thread
from tests.contract.store_backends import BACKENDS, T0, at, open_backend

PENDING, SENDING = DeliveryState.PENDING, DeliveryState.SENDING
SENT, DEAD = DeliveryState.SENT, DeliveryState.DEAD
WITHDRAWN = DeliveryState.WITHDRAWN


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        yield opened


def keys(store: Store, now_minutes: float = 1, limit: int = 10, **how: object) -> list[str]:
    claimed = store.outbox.claim(at(now_minutes), limit, **how)  # type: ignore[arg-type]
    return [one.key for one in claimed]


def in_thread(store: Store, *named: str) -> int:
    """Write messages of one thread; return its id."""
    within = thread("incident:1")
    (stored,) = store.alerts.commit(
        Batch(
            T0,
            threads=[within],
            notifications=[(within, message(key)) for key in named],
        )
    ).threads
    return stored.id or 0


def test_what_is_due_is_claimed_once_the_most_severe_and_longest_due_first(store: Store) -> None:
    store.outbox.add(
        [
            message("later", due_at=at(5)),
            message("warning"),
            message("info", severity=Severity.INFO),
            message("critical", severity=Severity.CRITICAL, due_at=at(0.5)),
            message("older", due_at=T0 - timedelta(minutes=1)),
        ]
    )
    assert store.outbox.next_due_at() == T0 - timedelta(minutes=1)
    assert keys(store, limit=2) == ["critical", "older"]
    assert keys(store) == ["warning", "info"]
    assert keys(store) == []
    assert store.outbox.next_due_at() == at(5)
    (last,) = store.outbox.claim(at(5), 10)
    assert (last.key, last.state, last.attempts) == ("later", SENDING, 1)


def test_a_channel_with_very_many_leaves_room_for_the_others(store: Store) -> None:
    store.outbox.add([message(f"t{i}") for i in range(30)])
    store.outbox.add([message("mail", channel="email", severity=Severity.INFO)])
    assert keys(store, per_channel=2) == ["t0", "t1", "mail"]
    assert keys(store, without=["telegram"]) == []
    assert keys(store, limit=3, per_channel=5) == ["t2", "t3", "t4"]


def test_words_of_one_thread_reach_a_receiver_in_their_order(store: Store) -> None:
    this = in_thread(store, "first", "update")
    store.outbox.add([message("other channel", this, channel="email"), message("alone")])
    first, *others = store.outbox.claim(at(1), 10)
    assert [first.key, *(one.key for one in others)] == ["first", "other channel", "alone"]
    store.outbox.failed(first.id or 0, "429", next_try_at=at(3))
    assert keys(store, 2) == []
    assert keys(store, 3) == ["first"]
    store.outbox.sent(first.id or 0, at(3), reference="77")
    assert keys(store, 3) == ["update"]


def test_asking_for_what_is_due_waits_for_nobody_when_nothing_is(
    store: Store, tmp_path: Path
) -> None:
    store.outbox.add([message("later", due_at=at(5))])
    with closing(sqlite3.connect(tmp_path / "pantau.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert keys(store, 1) == []
        other.execute("ROLLBACK")
    assert keys(store, 5) == ["later"]


class Outboxes(RuleBasedStateMachine):
    """A sender that is killed and answered at random, beside a list of what must be true."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name) / "pantau.db")
        self.threads = [
            one.id or 0
            for one in self.store.alerts.commit(
                Batch(T0, threads=[thread("incident:1"), thread("incident:2")])
            ).threads
        ]
        self.now = 0
        self.state: dict[str, DeliveryState] = {}
        self.lost: set[str] = set()  # whose answer was lost
        self.taken: dict[str, int] = {}  # on their way: their ids
        self.place: dict[str, tuple[int, str]] = {}

    @rule(within=st.integers(0, 1), channel=st.sampled_from(["telegram", "email"]))
    def write(self, within: int, channel: str) -> None:
        key = f"m{len(self.state)}"
        this = self.threads[within]
        self.store.outbox.add([message(key, this, channel=channel, due_at=at(self.now))])
        self.state[key], self.place[key] = PENDING, (this, channel)

    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        for one in self.store.outbox.claim(at(self.now), limit):
            assert self.state[one.key] is PENDING
            assert one.maybe_twice == (one.key in self.lost)
            earlier = list(self.state)[: list(self.state).index(one.key)]
            same = [key for key in earlier if self.place[key] == self.place[one.key]]
            assert all(self.state[key] in (SENT, DEAD, WITHDRAWN) for key in same)
            self.state[one.key], self.taken[one.key] = SENDING, one.id or 0

    @precondition(lambda self: self.taken)
    @rule(answer=st.sampled_from(["sent", "failed", "lost", "dead"]), data=st.data())
    def answer(self, answer: str, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.taken)))
        this, outbox = self.taken.pop(key), self.store.outbox
        if answer == "sent":
            assert outbox.sent(this, at(self.now), reference=key)
        elif answer == "dead":
            assert outbox.dead(this, "no")
        else:
            lost = answer == "lost"
            assert outbox.failed(this, "", next_try_at=at(self.now + 1), maybe_twice=lost)
            self.lost |= {key} if lost else set()
        self.state[key] = {"sent": SENT, "dead": DEAD}.get(answer, PENDING)

    @rule()
    def kill(self) -> None:
        again = {one.key for one in self.store.outbox.unfinished(at(self.now))}
        assert again == set(self.taken)
        self.lost |= again
        self.state |= dict.fromkeys(again, PENDING)
        self.taken.clear()

    @rule(within=st.integers(0, 1))
    def withdraw(self, within: int) -> None:
        this = self.threads[within]
        done = self.store.alerts.commit(
            Batch(at(self.now), withdrawn=[Withdrawal("pulih", thread_id=this)])
        )
        pending = {key for key, state in self.state.items() if state is PENDING}
        assert done.withdrawn == {key for key in pending if self.place[key][0] == this}
        self.state |= dict.fromkeys(done.withdrawn, WITHDRAWN)

    @rule()
    def wait(self) -> None:
        self.now += 1

    @invariant()
    def nothing_is_forgotten(self) -> None:
        found = {one.key: one.state for one in self.store.outbox.page(limit=1_000).items}
        assert found == self.state

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestOutboxes = Outboxes.TestCase
TestOutboxes.settings = settings(deadline=None, max_examples=8, stateful_step_count=40)


def test_what_became_of_a_message_is_noted_once(store: Store) -> None:
    store.outbox.add([message("a"), message("b"), message("c")])
    a, b, c = (one.id or 0 for one in store.outbox.claim(at(1), 10))
    assert store.outbox.sent(a, at(2), reference="77", answer="ok" * 1_000)
    assert not store.outbox.sent(a, at(3), reference="78")
    assert store.outbox.failed(b, "no answer", next_try_at=at(9), maybe_twice=True)
    assert not store.outbox.failed(b, "again", next_try_at=at(10))
    assert store.outbox.dead(c, "blocked", instead=[message("c/email", channel="email")])
    assert not store.outbox.dead(c, "again", instead=[message("never", channel="email")])
    found = {one.key: one for one in store.outbox.page().items}
    assert set(found) == {"a", "b", "c", "c/email"}
    assert (found["a"].state, found["a"].sent_at, found["a"].reference) == (SENT, at(2), "77")
    assert len(found["a"].answer) == 500
    assert (found["b"].state, found["b"].due_at) == (PENDING, at(9))
    assert found["b"].maybe_twice
    (again,) = store.outbox.claim(at(9), 1, without=["email"])
    assert (again.attempts, again.maybe_twice) == (2, True)
    store.outbox.failed(b, "503", next_try_at=at(10))
    assert (store.outbox.get(b) or again).maybe_twice  # never taken back
    assert store.outbox.get(999) is None


def test_what_was_on_its_way_at_a_kill_is_sent_again_and_marked(store: Store) -> None:
    store.outbox.add([message("a"), message("b")])
    (claimed,) = store.outbox.claim(at(1), 1)
    (unfinished,) = store.outbox.unfinished(at(2))
    assert (unfinished.id, unfinished.state, unfinished.maybe_twice) == (claimed.id, PENDING, True)
    assert store.outbox.unfinished(at(2)) == []
    assert {one.key: one.maybe_twice for one in store.outbox.claim(at(2), 10)} == {
        "a": True,
        "b": False,
    }


def test_a_thread_is_answered_by_its_first_message_in_a_channel(store: Store) -> None:
    this = in_thread(store, "first", "second")
    for reference in ("77", "78"):
        (one,) = store.outbox.claim(at(1), 1)
        store.outbox.sent(one.id or 0, at(1), reference=reference)
    assert store.outbox.reference(this, "piket", "telegram") == "77"
    assert store.outbox.reference(this, "piket", "email") is None
    assert store.outbox.reference(this, "budi", "telegram") is None


def test_the_dead_are_listed_counted_and_tried_again_by_hand(store: Store) -> None:
    store.outbox.add([message("a"), message("b", channel="email")])
    a, b = (one.id or 0 for one in store.outbox.claim(at(1), 10))
    store.outbox.dead(a, "blocked")
    store.outbox.sent(b, at(2), reference=None)
    assert [one.key for one in store.outbox.page(NotificationFilter(state=DEAD)).items] == ["a"]
    mail, telegram = store.outbox.figures()
    assert (mail.channel, mail.counts, mail.last_sent_at) == ("email", {SENT: 1}, at(2))
    assert (telegram.counts, telegram.oldest_due_at) == ({DEAD: 1}, None)
    again = store.outbox.retry(a, "budi", at(3))
    assert again is not None
    assert (again.state, again.due_at) == (PENDING, at(3))
    assert store.outbox.retry(a, "budi", at(3)) is None
    assert store.outbox.retry(b, "budi", at(3)) is None
    (entry,) = store.audit.page().items
    assert (entry.author, entry.action, entry.object) == (
        "budi",
        "notification.retry",
        f"notification:{a}",
    )
    assert store.outbox.figures()[1].oldest_due_at == at(3)


def test_messages_are_listed_by_what_people_ask_for(store: Store) -> None:
    this = in_thread(store, "first")
    store.outbox.add(
        [
            message("test", purpose=Purpose.TEST, receiver="budi", created_at=at(5)),
            message("mail", channel="email"),
        ]
    )

    def listed(**wanted: object) -> list[str]:
        asked = NotificationFilter(**wanted)  # type: ignore[arg-type]
        return [one.key for one in store.outbox.page(asked).items]

    assert listed() == ["mail", "test", "first"]
    assert listed(thread=this) == ["first"]
    assert listed(receiver="budi") == listed(purpose=Purpose.TEST) == ["test"]
    assert listed(channel="email") == ["mail"]
    assert listed(start=at(5)) == ["test"]
    assert listed(end=at(5)) == ["mail", "first"]
    page = store.outbox.page(limit=2)
    assert [one.key for one in store.outbox.page(limit=2, after=page.next).items] == ["first"]


def test_when_people_were_told_is_known_without_tests(store: Store) -> None:
    store.outbox.add([message("a"), message("b", purpose=Purpose.TEST)])
    for one in store.outbox.claim(at(1), 10):
        store.outbox.sent(one.id or 0, at(1), reference=None)
    assert store.outbox.sent_moments(T0, at(2)) == [(at(1), "piket", Severity.WARNING)]
    assert store.outbox.sent_moments(at(2), at(3)) == []

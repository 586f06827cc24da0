"""The desk over a real store: read back after every step, it says what it would have said."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from collector.model import State
from collector.model.alerts import Notification
from collector.notify.deciding.desk import Desk
from collector.notify.deciding.words import Outcome, Telling
from collector.notify.deciding.world import Pace, Step
from collector.store import Batch, Store
from collector.store.schema import incidents
from tests.alert_play import START, PlainRules, Play
from tests.contract.store_backends import BACKENDS, open_backend

DEVICES = ("switch", "cam-1", "cam-2", "ap-1", *(f"crowd-{number}" for number in range(8)))


class _Stored(Play):
    """A play whose desk is made anew from a real store after every step."""

    def __init__(self, store: Store) -> None:
        super().__init__(DEVICES, _rules())
        self.store = store

    def _store(self, outcome: Outcome) -> None:
        done = self.store.alerts.commit(
            Batch(
                self.now,
                alerts=outcome.alerts,
                decisions=outcome.decisions,
                threads=outcome.threads,
                members=outcome.members,
                notifications=[(None, _row(one, self.now)) for one in outcome.tellings],
            )
        )
        assert len(done.notifications) == len(outcome.tellings)
        self.sent.extend(outcome.tellings)
        known = self.store.alerts.begin()
        self.desk = Desk(known.alerts, known.decisions, known.threads, known.members)


def _open_incidents(store: Store) -> None:
    made = [
        {"id": number, "group": "device", "group_key": "x", "started_at": 0, "opened_at": 0}
        for number in range(1, 30)
    ]
    with store._database.write() as connection:
        connection.execute(insert(incidents), made)


def _row(telling: Telling, now: datetime) -> Notification:
    return Notification(
        None,
        telling.receiver,
        telling.channel,
        telling.content.purpose,
        telling.key,
        now,
        telling.due_at,
        {},
    )


def _rules() -> PlainRules:
    return PlainRules(
        Pace(storm_more_than=5),
        receivers=("group", "owner"),
        steps=(Step(900, ("head",)),),
        quiet={"owner": START + timedelta(hours=2)},
    )


def _story(play: Play) -> list[str]:
    play.becomes("ap-1", State.DEGRADED)
    play.run(60)
    play.down("switch", 1)
    play.becomes("cam-1", State.UNREACHABLE, root="switch", incident=1)
    play.becomes("cam-2", State.UNREACHABLE, root="switch", incident=1)
    play.run(1200)
    play.down("ap-1", 2)
    play.run(60)
    play.up("switch")
    play.up("cam-2")
    play.down("cam-1", 3)
    play.run(60)
    for number in range(8):
        play.down(f"crowd-{number}", 10 + number)
    play.run(600)
    play.becomes("ap-1", State.DEGRADED)
    play.becomes("cam-1", State.DOWN, incident=3, flapping=True)
    play.run(9000)
    for number in range(8):
        play.up(f"crowd-{number}")
        play.run(10)
    play.up("cam-1")
    play.up("ap-1")
    play.run(3600)
    return [one.key for one in play.sent]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_desk_that_is_read_back_after_every_step_says_the_same(
    backend: str, tmp_path: Path
) -> None:
    expected = _story(Play(DEVICES, _rules()))
    with open_backend(backend, tmp_path) as store:
        _open_incidents(store)
        stored = _Stored(store)
        assert _story(stored) == expected
        assert stored.desk.threads == {}
    assert len(expected) > 20

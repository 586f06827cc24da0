"""One-time links work once, with what they do; who had an incident can be let go of it again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from collector.model import IncidentEventKind, Scope, State
from collector.model.alerts import HoldReason, Severity, Silence, Stage
from collector.store import (
    Batch,
    FiringAlert,
    IncidentRefusedError,
    LinkUse,
    LinkUsedError,
    OneTime,
    Refusal,
    Store,
    UnknownIncidentError,
)
from tests.contract.alerts_made import alert, held, member, thread
from tests.contract.store_backends import BACKENDS, T0, at, change, open_backend
from tests.contract.test_store_incidents import cut_off, log, town

LINK = OneTime("n1", at(600))


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A town whose switch is down; incident 1 is about it."""
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(town(), T0)
        log(opened, change("sw-1", State.UP, State.DOWN, 30), cut_off("cam-1", 31))
        yield opened


def silence(**changed: object) -> Silence:
    scope = changed.pop("scope", Scope(devices=("sw-1",)))
    assert isinstance(scope, Scope)
    return Silence(scope, "dari pesan", "budi", at(40), at(40), at(100))


def actions(store: Store) -> list[tuple[str, str]]:
    return [(one.action, one.author) for one in store.audit.page().items]


# --- links ------------------------------------------------------------------------------------


def test_a_link_takes_an_incident_once(store: Store) -> None:
    assert store.alerts.link_used("n1") is None
    store.incidents.acknowledge(1, "budi", "lewat pesan", at(40), link=LINK)
    assert store.alerts.link_used("n1") == LinkUse(at(40), "budi")
    store.incidents.withdraw(1, "ani", at(41))
    with pytest.raises(LinkUsedError) as refused:
        store.incidents.acknowledge(1, "budi", "lewat pesan", at(42), link=LINK)
    assert refused.value.use == LinkUse(at(40), "budi")
    found = store.incidents.get(1, at(42))
    assert found is not None
    assert found.row.incident.acknowledged_by is None


def test_a_link_that_comes_too_late_is_not_used_up(store: Store) -> None:
    store.incidents.acknowledge(1, "ani", "", at(40))
    with pytest.raises(IncidentRefusedError) as refused:
        store.incidents.acknowledge(1, "budi", "", at(41), link=LINK)
    assert refused.value.why is Refusal.TAKEN
    assert store.alerts.link_used("n1") is None
    assert actions(store) == [("incident.acknowledge", "ani")]


def test_a_link_silences_once(store: Store) -> None:
    made = store.silences.create(silence(), link=LINK)
    assert store.silences.get(made.id or 0) == made
    with pytest.raises(LinkUsedError):
        store.silences.create(silence(), link=LINK)
    assert store.silences.page().items == (made,)
    assert actions(store) == [("silence.create", "budi")]


def test_used_links_are_forgotten_a_day_after_they_ran_out(store: Store) -> None:
    store.silences.create(silence(), link=OneTime("old", at(50)))
    store.incidents.acknowledge(1, "budi", "", at(50) + timedelta(hours=23), link=LINK)
    assert store.alerts.link_used("old") is not None
    later = at(50) + timedelta(hours=25)
    store.incidents.acknowledge(1, "budi", "", later, link=OneTime("n2", at(9_999)))
    assert store.alerts.link_used("old") is None


def test_a_links_number_is_in_no_text_about_it() -> None:
    assert "n1" not in repr(LINK)


# --- letting go -------------------------------------------------------------------------------


def test_an_incident_is_given_back_with_a_line_that_says_who_had_it(store: Store) -> None:
    store.incidents.acknowledge(1, "budi", "", at(40))
    last, _ = store.incidents.changed_after(None)
    found = store.incidents.withdraw(1, "ani", at(41))
    assert (found.row.incident.acknowledged_at, found.row.incident.acknowledged_by) == (None, None)
    line = found.timeline[-1]
    assert (line.kind, line.author, line.text) == (
        IncidentEventKind.UNACKNOWLEDGED,
        "ani",
        "budi",
    )
    assert store.incidents.changed_after(last)[1] == {1}  # whoever follows the timelines sees it
    assert actions(store)[0] == ("incident.unacknowledge", "ani")
    again = store.incidents.acknowledge(1, "ani", "", at(42))
    assert again.row.incident.acknowledged_by == "ani"


def test_who_had_it_before_it_opened_again_keeps_nobody_from_taking_it(store: Store) -> None:
    store.incidents.acknowledge(1, "budi", "", at(40))
    with pytest.raises(IncidentRefusedError):
        store.incidents.acknowledge(1, "ani", "", at(41))
    for new, minute in ((State.UP, 50), (State.DOWN, 55)):
        old = State.DOWN if new is State.UP else State.UP
        log(store, change("sw-1", old, new, minute))
        if new is State.UP:
            log(store, change("cam-1", State.UNREACHABLE, State.UP, minute))
    taken = store.incidents.acknowledge(1, "ani", "", at(60))
    assert taken.row.incident.acknowledged_by == "ani"
    assert taken.row.incident.acknowledged_at == at(60)
    again = store.incidents.acknowledge(1, "ani", "", at(61))
    assert again.row.incident.acknowledged_at == at(60)


def test_giving_back_what_nobody_has_leaves_no_line(store: Store) -> None:
    before = store.incidents.get(1, at(40))
    assert store.incidents.withdraw(1, "ani", at(40)) == before
    assert actions(store) == []


def test_what_is_over_or_unknown_cannot_be_given_back(store: Store) -> None:
    store.incidents.acknowledge(1, "budi", "", at(40))
    with pytest.raises(UnknownIncidentError):
        store.incidents.withdraw(9, "ani", at(40))
    log(
        store,
        change("sw-1", State.DOWN, State.UP, 60),
        change("cam-1", State.UNREACHABLE, State.UP, 60),
    )
    store.incidents.resolve(1, "budi", "kabel", at(90))
    with pytest.raises(IncidentRefusedError) as refused:
        store.incidents.withdraw(1, "ani", at(91))
    assert refused.value.why is Refusal.RESOLVED


# --- what a screen asks -----------------------------------------------------------------------


def test_a_thread_is_found_by_its_name(store: Store) -> None:
    one, down = thread("incident:1"), alert("sw-1")
    behind = [alert(name) for name in ("ap-1", "ap-2", "cam-0")]
    left = {"left_at": at(1)}
    members = [
        member(one, down),
        *(
            member(one, of, leads=False, **(left if of.device_id == "cam-0" else {}))
            for of in behind
        ),
    ]
    store.alerts.commit(Batch(at(1), alerts=[down, *behind], threads=[one], members=members))
    found = store.alerts.thread_named("incident:1", T0, 2)
    assert found is not None
    stored = store.alerts.thread(found[0].id or 0)
    assert stored is not None
    assert found == (stored[0], ("sw-1", "ap-1"))  # that lead first; one has left; at most two
    assert store.alerts.thread_named("incident:1", at(1), 2) is None
    assert store.alerts.thread_named("incident:2", T0, 2) is None


def test_the_mark_moves_when_an_alert_begins_is_decided_anew_or_ends(store: Store) -> None:
    marks = [store.alerts.mark()]
    down = alert("sw-1")
    (down,) = store.alerts.commit(Batch(at(1), marks={"log": 1}, alerts=[down])).alerts
    marks.append(store.alerts.mark())
    assert store.alerts.firing() == {
        down.id: FiringAlert("sw-1", State.DOWN, Severity.WARNING, None, None)
    }
    store.alerts.commit(Batch(at(2), alerts=[down], decisions=[held(down)]))
    marks.append(store.alerts.mark())
    store.alerts.report("figures", {"sent": 3}, at(3))
    (known,) = store.alerts.firing().values()
    assert (known.stage, known.reason) == (Stage.GROUP, HoldReason.SETTLING)
    over = alert("sw-1", ended_at=at(9), end_confirmed_at=at(9))
    store.alerts.commit(Batch(at(9), alerts=[over]))
    marks.append(store.alerts.mark())
    assert store.alerts.firing() == {}
    assert len({str(one) for one in marks}) == len(marks)

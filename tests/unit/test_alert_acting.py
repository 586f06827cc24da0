"""Which links a message has: those that make sense, the same at every attempt, for its thread."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model.alerts import Notification, Purpose, Severity, Thread
from collector.notify.acting import LINKS_LAST, SILENCES, WORDS, Acting
from collector.notify.deciding.telling import telling
from collector.notify.deciding.words import Content, named_thread, thread_name, thread_of
from collector.notify.deciding.world import Address
from collector.notify.words.facts import About, Facts
from collector.notify.words.links import Action, LinkSigner

NOW = datetime(2026, 11, 26, 18, 14, 20, 5, tzinfo=UTC)
SIGNER = LinkSigner(b"k" * 32)
ACTING = Acting(SIGNER, "https://pantau.example.go.id")
FACTS = Facts(Purpose.FIRING, Severity.CRITICAL, About.DEVICE, NOW, incident_id=12)


def message(
    thread_key: str = "incident:12", purpose: Purpose = Purpose.FIRING, receiver: str = "piket"
) -> Notification:
    thread = Thread(thread_key, NOW, Severity.CRITICAL, NOW, sequence=1)
    content = Content(thread, purpose, Severity.CRITICAL)
    key = telling(content, Address(receiver, "telegram"), NOW).key
    return Notification(7, receiver, "telegram", purpose, key, NOW, NOW, {})


def actions_of(one: Notification, facts: Facts = FACTS) -> list[Action]:
    found = []
    for words, url in ACTING.actions(one, facts, "en"):
        start, _, rest = url.rpartition("/")
        assert start == "https://pantau.example.go.id/tindak"
        token, _, query = rest.partition("?")
        assert query == "bahasa=en"
        read = SIGNER.read(token, NOW)
        assert words == WORDS["en"][read.action]
        assert (read.receiver, read.expires_at) == (
            one.receiver,
            (NOW + LINKS_LAST).replace(microsecond=0),
        )
        assert named_thread(read.thread_key) is not None
        found.append(read.action)
    return found


def test_an_incident_that_nobody_has_can_be_taken_or_silenced() -> None:
    assert actions_of(message()) == [Action.ACKNOWLEDGE, Action.SILENCE_1H, Action.SILENCE_4H]


def test_who_reads_that_somebody_has_it_is_not_asked_to_take_it() -> None:
    assert actions_of(message(), replace(FACTS, acknowledged_by="ani")) == list(SILENCES)


@pytest.mark.parametrize("key", ["device:cam-1", "flapping:cam-1"])
def test_what_is_no_incident_can_be_silenced_only(key: str) -> None:
    assert actions_of(message(key)) == list(SILENCES)


@pytest.mark.parametrize("key", ["storm:2026-11-26T18:14:20Z", "collector:main", "silence:3"])
def test_storms_collectors_and_silences_have_no_links(key: str) -> None:
    assert ACTING.actions(message(key), FACTS) == ()


@pytest.mark.parametrize(
    "purpose",
    [Purpose.RECOVERED, Purpose.DIGEST, Purpose.STORM, Purpose.TEST, Purpose.HEARTBEAT],
)
def test_what_is_over_or_no_alert_has_no_links(purpose: Purpose) -> None:
    assert ACTING.actions(message(purpose=purpose), FACTS) == ()


def test_without_an_address_of_the_desk_there_are_no_links() -> None:
    assert Acting(SIGNER, "").actions(message(), FACTS) == ()


def test_a_message_whose_key_names_no_thread_has_no_links() -> None:
    assert ACTING.actions(replace(message(), key="heartbeat:20261126"), FACTS) == ()


def test_names_that_are_too_long_for_a_link_cost_the_link_not_the_message() -> None:
    assert ACTING.actions(message(receiver="p" * 600), FACTS) == ()


def test_the_links_of_a_message_are_the_same_at_every_attempt_and_of_no_other() -> None:
    first = ACTING.actions(message(), FACTS)
    again = replace(message(), attempts=3, due_at=NOW + timedelta(hours=2), maybe_twice=True)
    assert ACTING.actions(again, FACTS) == first
    other = ACTING.actions(message(purpose=Purpose.REPEAT), FACTS)
    assert {url for _, url in other}.isdisjoint(url for _, url in first)


def test_nothing_that_is_printed_or_logged_of_it_holds_the_key() -> None:
    assert "kkkk" not in repr(ACTING)


def test_every_action_has_words_in_both_languages() -> None:
    for words in WORDS.values():
        assert set(words) == set(Action)
    assert ACTING.actions(message(), FACTS, "id")[0][0] == "Tangani"
    (button, url), *_ = ACTING.actions(message(), FACTS, "su")
    assert button == "Tangani"
    assert url.endswith("?bahasa=id")


@settings(deadline=None, max_examples=50)
@given(
    st.text(min_size=1, max_size=40).filter(lambda key: "@" not in key and "\n" not in key),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - made aware below
    st.text(max_size=20),
)
def test_a_threads_name_is_read_back_from_a_messages_key(
    key: str, opened: datetime, rest: str
) -> None:
    opened_at = opened.replace(tzinfo=UTC)
    thread = Thread(key, opened_at, Severity.INFO, opened_at)
    name = thread_name(thread)
    assert thread_of(f"{name}:1:firing:{rest}") == name
    assert named_thread(name) == (key, opened_at)


@pytest.mark.parametrize("name", ["", "incident:12", "incident:12@20261399T000000.000000Z", "@"])
def test_what_names_no_thread_is_none(name: str) -> None:
    assert named_thread(name) is None

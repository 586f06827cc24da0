"""What the broker sends again although we have it."""

from collector.listeners.mqtt_link import Incoming
from collector.listeners.mqtt_redelivery import DOUBT_SECONDS, Redelivery


def a_message(
    payload: bytes = b"1", *, number: int = 7, again: bool = False, qos: int = 1
) -> Incoming:
    return Incoming("t", payload, retained=False, redelivered=again, message_id=number, qos=qos)


def test_a_message_that_was_taken_and_comes_again_is_known() -> None:
    memory = Redelivery()
    assert not memory.came_before(a_message())
    memory.end_connection(0.0)
    assert memory.came_before(a_message(again=True))
    memory.end_connection(0.0)
    assert memory.came_before(a_message(again=True))


def test_a_message_that_never_reached_us_is_new_though_it_is_marked_as_repeated() -> None:
    memory = Redelivery()
    assert not memory.came_before(a_message(again=True))
    assert not memory.came_before(a_message(b"2", again=True))
    assert memory.came_before(a_message(b"2", again=True))


def test_the_same_words_under_a_number_that_is_used_anew_are_another_message() -> None:
    memory = Redelivery()
    assert not memory.came_before(a_message())
    assert not memory.came_before(a_message())
    assert not memory.came_before(a_message(qos=0))
    assert not memory.came_before(a_message(qos=0, again=True))


def test_an_acknowledgement_may_be_lost_with_the_connection_and_only_then() -> None:
    memory = Redelivery()
    memory.came_before(a_message(number=1))
    memory.came_before(a_message(number=2))
    memory.came_before(a_message(number=3))
    memory.acknowledge(1, 0.0)
    memory.acknowledge(2, 50.0)
    memory.acknowledge(99, 50.0)
    memory.end_connection(DOUBT_SECONDS + 1)
    assert not memory.came_before(a_message(number=1, again=True))
    assert memory.came_before(a_message(number=2, again=True))
    assert memory.came_before(a_message(number=3, again=True))

"""Sequence numbers, pacing, and when a kernel stamp is believed."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collector.probes.icmp.flights import (
    REMEMBERED,
    SEQUENCES,
    TURN_SECONDS,
    Flight,
    Flights,
    Pacer,
    round_trip_seconds,
)


@dataclass
class Somebody:
    address: str = "127.0.0.1"
    plain: str = "127.0.0.1"
    timeout_seconds: float = 1.0
    heard: list[object] = field(default_factory=list)

    def answered(self, position: int, rtt_seconds: float) -> None:
        self.heard.append((position, rtt_seconds))

    def lost(self, position: int) -> None:
        self.heard.append((position, None))

    def note_error(self, code: int) -> None:
        self.heard.append(code)


def flight(sent_ns: int = 0, steady_ns: int = 0) -> Flight:
    return Flight(Somebody(), 0, "127.0.0.1", b"abcdefgh", sent_ns, steady_ns)


def take(flights: Flights) -> int:
    sequence = flights.take()
    assert sequence is not None
    flights.start(sequence, flight())
    return sequence


def test_no_number_is_given_twice_while_in_flight_and_the_65536th_waits() -> None:
    flights = Flights()
    taken = [take(flights) for _ in range(SEQUENCES - 1)]
    assert len(set(taken)) == SEQUENCES - 1
    assert flights.take() is None
    flights.settle(taken[1000])
    flights.settle(taken[2000])
    assert flights.take() in (taken[1000], taken[2000], *(set(range(SEQUENCES)) - set(taken)))


def test_a_settled_echo_is_remembered_for_a_while_and_then_forgotten() -> None:
    flights = Flights()
    first = take(flights)
    flights.settle(first)
    for _ in range(REMEMBERED - 1):
        flights.settle(take(flights))
    found = flights.find(first)
    assert found is not None
    assert found.asker is None
    flights.settle(take(flights))
    assert flights.find(first) is None


def test_settling_twice_counts_once() -> None:
    flights = Flights()
    sequence = take(flights)
    flights.settle(sequence)
    flights.settle(sequence)
    assert len(flights) == 0


class FlightsAgainstASet(RuleBasedStateMachine):
    """Flights behave like a set of numbers in flight."""

    def __init__(self) -> None:
        super().__init__()
        self.flights = Flights()
        self.model: list[int] = []

    @rule()
    def start(self) -> None:
        sequence = take(self.flights)
        assert sequence not in self.model
        self.model.append(sequence)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        sequence = data.draw(st.sampled_from(self.model))
        self.model.remove(sequence)
        self.flights.settle(sequence)

    @invariant()
    def as_many_fly(self) -> None:
        assert len(self.flights) == len(self.model)
        for sequence in self.model:
            found = self.flights.find(sequence)
            assert found is not None
            assert found.asker is not None


TestFlightsAgainstASet = FlightsAgainstASet.TestCase


@given(st.floats(10, 5000), st.integers(1, 400))
def test_pacing_keeps_the_rate_and_never_sends_early(rate: float, packets: int) -> None:
    pacer = Pacer(rate)
    now = 1000.0
    moments = [pacer.reserve(now) for _ in range(packets)]
    assert moments == sorted(moments)
    for number, at in enumerate(moments):
        due = now + number / rate
        assert at >= due - TURN_SECONDS - 1e-6
        assert at <= due + TURN_SECONDS + 1e-6


def test_a_quiet_pacer_sends_at_once() -> None:
    pacer = Pacer(2000)
    for now in (1000.0, 1001.0, 1002.0):
        assert pacer.reserve(now) == now


@pytest.mark.parametrize(
    ("stamp_ns", "expected"),
    [
        (5_000_000, 0.005),  # the kernel's word
        (None, 0.3),  # no stamp: what we waited, an upper bound
        (-1, 0.3),  # the clock was set back meanwhile
        (900_000_000, 0.3),  # the clock was set forward meanwhile
    ],
)
def test_a_round_trip_is_never_negative_nor_longer_than_we_waited(
    stamp_ns: int | None, expected: float
) -> None:
    assert round_trip_seconds(flight(), stamp_ns, 300_000_000) == pytest.approx(expected)

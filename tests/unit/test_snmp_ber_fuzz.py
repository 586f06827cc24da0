"""Whatever bytes arrive, the codec returns values or raises BerError: nothing else, ever."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.probes.snmp import ber
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.values import Missing, Value
from tests.snmp_agents import EVERY_TYPE, number, response, tlv

_oids = st.lists(st.integers(0, 2**32 - 1), max_size=12).map(
    lambda rest: ".".join(map(str, [1, 3, *rest]))
)
_elements: st.SearchStrategy[tuple[bytes, Value]] = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: (number(n), n)),
    st.integers(0, 2**32 - 1).map(lambda n: (number(n, 0x41), n)),
    st.integers(0, 2**64 - 1).map(lambda n: (number(n, 0x46), n)),
    st.binary(max_size=200).map(lambda octets: (tlv(0x04, octets), octets)),
    st.sampled_from(Missing).map(lambda kind: (bytes([kind.value, 0]), kind)),
)
_ids = st.integers(0x800000, 0x7FFFFFFF)


def understand(data: bytes) -> list[tuple[str, Value]] | None:
    """Read a datagram as the transport does; None: refused."""
    try:
        head = ber.read_head(data)
        return ber.read_bindings(data, head, 1000)
    except BerError:
        return None


@settings(deadline=None)
@given(data=st.binary(max_size=300))
@example(data=b"0\x84\xff\xff\xff\xff")
def test_random_bytes_are_refused_or_read(data: bytes) -> None:
    assert understand(data) is None or isinstance(ber.read_head(data), ber.Head)


@settings(deadline=None)
@given(request_id=_ids, listed=st.lists(st.tuples(_oids, _elements), max_size=20))
def test_every_honest_response_is_read_exactly(
    request_id: int, listed: list[tuple[str, tuple[bytes, Value]]]
) -> None:
    data = response(request_id, [(oid, element) for oid, (element, _) in listed])
    assert ber.read_head(data).request_id == request_id
    assert understand(data) == [(oid, value) for oid, (_, value) in listed]


_SAMPLE = response(0x12345678, EVERY_TYPE)


@settings(max_examples=400, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(_SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=6
    ),
    cut=st.integers(0, len(_SAMPLE)),
)
def test_a_damaged_response_is_refused_or_read(edits: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(_SAMPLE)
    for place, octet in edits:
        data[place] = octet
    for damaged in (bytes(data), bytes(data[:cut])):
        for name, value in understand(damaged) or []:
            assert isinstance(name, str)
            assert value is None or isinstance(value, int | float | bytes | str | Missing)


@pytest.mark.parametrize("cut", range(len(_SAMPLE)))
def test_a_response_cut_off_anywhere_is_refused(cut: int) -> None:
    assert understand(_SAMPLE[:cut]) is None

"""What an agent answers, by RFC 1157 and RFC 3416, on a layout of a few objects."""

import pytest

from simulators import ber
from simulators.ber import ErrorStatus, Oid, Pdu, Version
from simulators.city import build_city
from simulators.live import Live
from simulators.mib import LARGEST_MESSAGE, Entry, Layout, respond

A, B, C, D = (1, 3, 1, 0), (1, 3, 2, 0), (1, 3, 128, 1), (1, 3, 16384, 1)
COLUMN = (1, 3, 5)


def _layout() -> Layout:
    return Layout(
        [
            Entry(D, ber.INTEGER, ber.signed(4)),
            Entry(B, ber.COUNTER64, ber.unsigned(ber.COUNTER64, 2)),
            Entry(A, ber.INTEGER, ber.signed(1)),
            Entry(C, ber.INTEGER, ber.signed(3)),
        ]
    )


def _ask(
    layout: Layout,
    pdu: Pdu,
    *oids: Oid,
    version: Version = Version.V2C,
    non_repeaters: int = 0,
    max_repetitions: int = 0,
) -> tuple[int, int, list[tuple[Oid, bytes]]]:
    """Return error status, error index and the varbinds of an answer."""
    null = ber.tlv(ber.NULL, b"")
    varbinds = b"".join(ber.tlv(ber.SEQUENCE, ber.object_identifier(oid) + null) for oid in oids)
    question = (
        ber.signed(non_repeaters) + ber.signed(max_repetitions) + ber.tlv(ber.SEQUENCE, varbinds)
    )
    request = ber.Request(version, b"kota", pdu, ber.signed(1), question)
    live = Live(build_city(20, 1).devices[0], 1, 1000.0)
    message = respond(layout.plan(request), request, live, 1000.0)
    assert len(message) <= LARGEST_MESSAGE
    return _read(message)


def _read(message: bytes) -> tuple[int, int, list[tuple[Oid, bytes]]]:
    """Read a response by hand: short lengths, or two length octets."""

    def content(data: bytes) -> tuple[bytes, bytes, bytes]:
        size, at = data[1], 2
        if size & 0x80:
            at = 2 + (size & 0x7F)
            size = int.from_bytes(data[2:at], "big")
        return data[at : at + size], data[at + size :], data[: at + size]

    body, rest, _ = content(message)
    assert not rest
    _, body, _ = content(body)  # version
    _, body, _ = content(body)  # community
    pdu, _, _ = content(body)
    _, pdu, _ = content(pdu)  # request id
    status, pdu, _ = content(pdu)
    index, pdu, _ = content(pdu)
    varbinds, _, _ = content(pdu)
    found = []
    while varbinds:
        varbind, varbinds, _ = content(varbinds)
        name, value, _ = content(varbind)
        found.append((ber.decode_oid(name), value))
    return int.from_bytes(status, "big"), int.from_bytes(index, "big"), found


def test_get_answers_in_the_order_asked_and_names_what_is_missing() -> None:
    status, _, found = _ask(_layout(), Pdu.GET, C, (1, 3, 1, 9), A, (1, 4, 0))
    assert status == 0
    assert found == [
        (C, ber.signed(3)),
        ((1, 3, 1, 9), ber.NO_SUCH_INSTANCE),
        (A, ber.signed(1)),
        ((1, 4, 0), ber.NO_SUCH_OBJECT),
    ]


def test_a_v1_get_of_a_missing_object_says_which_one() -> None:
    status, index, found = _ask(_layout(), Pdu.GET, A, (1, 4, 0), version=Version.V1)
    assert (status, index) == (ErrorStatus.NO_SUCH_NAME, 2)
    assert [name for name, _ in found] == [A, (1, 4, 0)]


def test_version_1_never_sees_a_64_bit_counter() -> None:
    status, index, _ = _ask(_layout(), Pdu.GET, B, version=Version.V1)
    assert (status, index) == (ErrorStatus.NO_SUCH_NAME, 1)
    _, _, found = _ask(_layout(), Pdu.GET_NEXT, A, version=Version.V1)
    assert found == [(C, ber.signed(3))]


def test_get_next_goes_by_numbers_not_by_bytes() -> None:
    order = [oid for _, _, [(oid, _)] in (_ask(_layout(), Pdu.GET_NEXT, it) for it in (A, B, C))]
    assert order == [B, C, D]


def test_get_next_of_a_name_between_two_objects_gives_the_later_one() -> None:
    assert _ask(_layout(), Pdu.GET_NEXT, (1, 3, 1, 5))[2] == [(B, ber.unsigned(ber.COUNTER64, 2))]
    assert _ask(_layout(), Pdu.GET_NEXT, (1, 0))[2] == [(A, ber.signed(1))]


def test_the_end_of_the_mib_is_an_exception_in_v2c_and_an_error_in_v1() -> None:
    assert _ask(_layout(), Pdu.GET_NEXT, D)[2] == [(D, ber.END_OF_MIB_VIEW)]
    status, index, _ = _ask(_layout(), Pdu.GET_NEXT, A, D, version=Version.V1)
    assert (status, index) == (ErrorStatus.NO_SUCH_NAME, 2)


def test_get_bulk_asks_non_repeaters_once_and_interleaves_the_columns() -> None:
    _, _, found = _ask(_layout(), Pdu.GET_BULK, (1, 0), A, C, non_repeaters=1, max_repetitions=2)
    assert [name for name, _ in found] == [A, B, D, C, D]
    assert [value == ber.END_OF_MIB_VIEW for _, value in found] == [False] * 4 + [True]


def test_get_bulk_stops_after_the_first_repetition_that_has_nothing_left() -> None:
    _, _, found = _ask(_layout(), Pdu.GET_BULK, C, max_repetitions=50)
    assert found == [(D, ber.signed(4)), (D, ber.END_OF_MIB_VIEW)]


@pytest.mark.parametrize("repetitions", [0, -1])
def test_get_bulk_without_repetitions_is_an_empty_answer(repetitions: int) -> None:
    assert _ask(_layout(), Pdu.GET_BULK, A, max_repetitions=repetitions) == (0, 0, [])


def _column(rows: int, width: int) -> Layout:
    value = ber.tlv(ber.OCTET_STRING, b"x" * width)
    return Layout(Entry((*COLUMN, row), ber.OCTET_STRING, value) for row in range(1, rows + 1))


def test_get_bulk_leaves_out_what_does_not_fit_and_a_get_is_too_big() -> None:
    layout = _column(rows=100, width=50)
    status, _, found = _ask(layout, Pdu.GET_BULK, COLUMN, max_repetitions=100)
    assert status == 0
    assert 15 < len(found) < 100
    assert [name for name, _ in found] == [(*COLUMN, row) for row in range(1, len(found) + 1)]
    names = [(*COLUMN, row) for row in range(1, 60)]
    assert _ask(layout, Pdu.GET, *names) == (ErrorStatus.TOO_BIG, 0, [])


def test_nothing_can_be_set() -> None:
    assert _ask(_layout(), Pdu.SET, A)[:2] == (ErrorStatus.NOT_WRITABLE, 1)
    assert _ask(_layout(), Pdu.SET, A, version=Version.V1)[:2] == (ErrorStatus.NO_SUCH_NAME, 1)


def test_version_1_has_no_get_bulk() -> None:
    with pytest.raises(ber.BerError):
        _ask(_layout(), Pdu.GET_BULK, A, version=Version.V1, max_repetitions=5)


def test_a_name_given_twice_keeps_its_last_value() -> None:
    layout = Layout([Entry(A, ber.INTEGER, ber.signed(1)), Entry(A, ber.INTEGER, ber.signed(9))])
    assert len(layout) == 1
    assert _ask(layout, Pdu.GET, A)[2] == [(A, ber.signed(9))]

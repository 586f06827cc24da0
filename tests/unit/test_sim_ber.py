"""The simulators' codec against pyasn1, which knows nothing of either side's code."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]  # it has no types
from pyasn1.type import univ  # type: ignore[import-untyped]

from simulators import ber
from simulators.ber import BerError, ErrorStatus, Pdu, Version

oids = st.builds(
    lambda first, second, rest: (first, second if first < 2 else second * 7, *rest),
    st.integers(0, 2),
    st.integers(0, 39),
    st.lists(st.integers(0, 2**32 - 1), max_size=12),
)


def _message(pdu: int, version: int = 1, request_id: int = 7, extra: bytes = b"") -> bytes:
    name = ber.object_identifier((1, 3, 6, 1, 2, 1, 1, 3, 0))
    varbind = ber.tlv(ber.SEQUENCE, name + ber.tlv(ber.NULL, b""))
    body = ber.signed(request_id) + ber.signed(0) * 2 + ber.tlv(ber.SEQUENCE, varbind)
    community = ber.tlv(ber.OCTET_STRING, b"kota")
    return ber.tlv(ber.SEQUENCE, ber.signed(version) + community + ber.tlv(pdu, body) + extra)


@settings(deadline=None)
@given(st.integers(-(2**40), 2**40))
@example(-128)  # which pyasn1 itself writes in one octet more than X.690 section 8.3.2 allows
def test_integers_are_written_as_short_as_can_be_and_pyasn1_reads_them(number: int) -> None:
    written = ber.signed(number)
    bits = (number if number >= 0 else ~number).bit_length() + 1
    assert len(written) == 2 + -(-bits // 8)
    assert decoder.decode(written) == (univ.Integer(number), b"")


@settings(deadline=None)
@given(oids)
def test_object_identifiers_are_written_and_read_as_pyasn1_does(oid: ber.Oid) -> None:
    written = ber.object_identifier(oid)
    assert written == encoder.encode(univ.ObjectIdentifier(oid))
    assert ber.decode_oid(ber.encode_oid(oid)) == oid


@settings(deadline=None)
@given(st.binary(max_size=70_000))
def test_strings_of_any_length_are_written_as_pyasn1_writes_them(content: bytes) -> None:
    assert ber.tlv(ber.OCTET_STRING, content) == encoder.encode(univ.OctetString(content))


@pytest.mark.parametrize(
    ("tag", "number", "content"),
    [
        (ber.COUNTER32, 2**32 - 1, "00ffffffff"),
        (ber.COUNTER32, 2**32 + 5, "05"),
        (ber.COUNTER64, 2**64 - 1, "00ffffffffffffffff"),
        (ber.COUNTER64, 2**64, "00"),
        (ber.GAUGE32, 128, "0080"),
    ],
)
def test_unsigned_types_wrap_at_their_width_and_never_look_negative(
    tag: int, number: int, content: str
) -> None:
    assert ber.unsigned(tag, number)[2:] == bytes.fromhex(content)


def test_a_request_is_read_and_its_id_goes_back_as_it_came() -> None:
    request = ber.read_request(_message(Pdu.GET, request_id=-5))
    assert (request.version, request.community, request.pdu) == (Version.V2C, b"kota", Pdu.GET)
    assert ber.read_question(request.question).names == (
        ber.encode_oid((1, 3, 6, 1, 2, 1, 1, 3, 0)),
    )
    assert ber.response(request, b"", ErrorStatus.TOO_BIG, 1) == bytes.fromhex(
        "3016 020101 04046b6f7461 a20b 0201fb 020101 020101 3000"
    )


@settings(deadline=None)
@given(st.binary(max_size=120))
def test_random_bytes_raise_nothing_but_a_ber_error(data: bytes) -> None:
    with pytest.raises(BerError):
        ber.read_question(ber.read_request(b"\x30" + data).question)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_request_raises_nothing_but_a_ber_error(data: st.DataObject) -> None:
    message = bytearray(_message(Pdu.GET_BULK))
    place = data.draw(st.integers(0, len(message) - 1))
    message[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(message)))
    try:
        ber.read_question(ber.read_request(bytes(message[:cut])).question)
    except BerError:
        return
    assert cut == len(message)  # nothing that is cut short is understood


@pytest.mark.parametrize(
    "message",
    [
        _message(0xA4),
        _message(Pdu.GET, version=3),
        _message(Pdu.GET) + b"\0",
        _message(Pdu.GET, extra=b"\x05\x00"),
    ],
    ids=["trap", "version 3", "bytes after the message", "bytes after the PDU"],
)
def test_what_an_agent_does_not_speak_is_refused(message: bytes) -> None:
    with pytest.raises(BerError):
        ber.read_request(message)

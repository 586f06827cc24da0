"""Who may send a trap, decided before anything is decoded: headers, signatures, buckets."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.listeners.traps.gate import MOST_OCTETS, Admitted, Bucket, Gate
from collector.listeners.traps.header import (
    CommunityHead,
    HeaderError,
    UserHead,
    read_header,
)
from collector.listeners.traps.lines import Setup, Source, Why
from collector.model import Credential
from collector.probes.snmp.v3.keys import localise, stretch
from tests.snmp_agents import number, tlv

OURS, THEIRS = b"\x80\x00\x00\x00\x05pantau", b"\x80\x00\x1f\x88\x04device"
TRAP_V1, INFORM, TRAP_V2, GET, REPORT = 0xA4, 0xA6, 0xA7, 0xA0, 0xA8
WRONG = "kunci-salah"
KOTA = Credential("kota", "2c", "rahasia-kota")
DINAS = Credential("dinas", "2c", "rahasia-dinas")
SIGNING = Credential("signing", "3", "", "pemantau", "sha", "kunci-tanda")
SECRET = Credential("secret", "3", "", "rahasia", "sha256", "kunci-tanda", "aes128", "kunci-sandi")
OPEN = Credential("open", "3", user="umum")
HASHES = {"sha": ("sha1", 12), "sha256": ("sha256", 24)}


def by_community(community: str, pdu: int = TRAP_V2, version: int = 1) -> bytes:
    return tlv(0x30, number(version) + tlv(0x04, community.encode()) + tlv(pdu, b""))


def by_user(
    credential: Credential,
    *,
    engine: bytes = THEIRS,
    flags: int | None = None,
    password: str | None = None,
) -> bytes:
    """Return a v3 message up to its data, signed as RFC 3414, section 6.3.1, says."""
    signs = credential.authentication is not None
    if flags is None:
        flags = signs + 2 * (credential.privacy is not None)
    algorithm, octets = HASHES.get(credential.authentication or "", ("sha1", 0))

    def message(signature: bytes) -> bytes:
        header = number(7) + number(65507) + tlv(0x04, bytes([flags])) + number(3)
        inner = tlv(0x04, engine) + number(3) + number(4711) + tlv(0x04, credential.user.encode())
        inner += tlv(0x04, signature) + tlv(0x04, b"")
        body = number(3) + tlv(0x30, header) + tlv(0x04, tlv(0x30, inner)) + tlv(0x30, b"data")
        return tlv(0x30, body)

    if not flags & 1:
        return message(b"")
    given_password = (password or credential.authentication_password or "apa saja").encode()
    key = localise(stretch(given_password, algorithm), engine, algorithm)
    blank = message(bytes(octets))
    inside = hashlib.new(algorithm, bytes(a ^ 0x36 for a in key.ljust(64, b"\0")) + blank).digest()
    outside = hashlib.new(algorithm, bytes(a ^ 0x5C for a in key.ljust(64, b"\0")) + inside)
    return message(outside.digest()[:octets])


@pytest.fixture
def gate() -> Gate:
    return make_gate()


def make_gate() -> Gate:
    every = (KOTA, DINAS, SIGNING, SECRET, OPEN)
    return Gate(
        Setup(
            OURS,
            1,
            (),
            {credential.name: credential for credential in every},
            {
                "10.0.0.1": (Source("switch", ("kota",)),),
                "10.0.0.2": (Source("nvr", ("kota",)), Source("cam", ("dinas", "kota"))),
                "10.0.0.3": (Source("ups", ("secret", "signing")), Source("twin", ("signing",))),
                "10.0.0.4": (Source("old", ("open",)),),
            },
        ),
        now=0.0,
    )


def devices(found: Admitted | Why) -> tuple[str, ...]:
    assert isinstance(found, Admitted)
    return found.devices


# --- who it is --------------------------------------------------------------------------------


def test_a_known_address_with_its_community_is_admitted(gate: Gate) -> None:
    assert devices(gate.admit(by_community("rahasia-kota"), "10.0.0.1", 0)) == ("switch",)
    assert devices(gate.admit(by_community("rahasia-kota", TRAP_V1, 0), "10.0.0.1", 0)) == (
        "switch",
    )
    assert devices(gate.admit(by_community("rahasia-kota", INFORM), "10.0.0.1", 0)) == ("switch",)


def test_all_devices_at_one_address_that_may_have_sent_it_are_named(gate: Gate) -> None:
    assert devices(gate.admit(by_community("rahasia-kota"), "10.0.0.2", 0)) == ("nvr", "cam")
    assert devices(gate.admit(by_community("rahasia-dinas"), "10.0.0.2", 0)) == ("cam",)


@pytest.mark.parametrize(
    ("data", "address", "why"),
    [
        (by_community("rahasia-kota"), "10.0.0.9", Why.UNKNOWN_SOURCE),
        (by_community("rahasia-kota"), "::ffff:10.0.0.1", Why.UNKNOWN_SOURCE),
        (by_community("salah"), "10.0.0.1", Why.BAD_COMMUNITY),
        (by_community("rahasia-dinas"), "10.0.0.1", Why.BAD_COMMUNITY),
        (by_community(""), "10.0.0.1", Why.BAD_COMMUNITY),
        (by_community(""), "10.0.0.3", Why.BAD_COMMUNITY),  # users have no community
        (by_community("rahasia-kota", GET), "10.0.0.1", Why.MALFORMED),
        (by_community("rahasia-kota", TRAP_V2, 0), "10.0.0.1", Why.MALFORMED),
        (by_community("rahasia-kota", TRAP_V1, 1), "10.0.0.1", Why.MALFORMED),
        (by_community("rahasia-kota", TRAP_V2, 2), "10.0.0.1", Why.MALFORMED),
        (b"", "10.0.0.1", Why.MALFORMED),
        (b"GET / HTTP/1.1\r\n\r\n", "10.0.0.1", Why.MALFORMED),
        (by_community("rahasia-kota") + bytes(MOST_OCTETS), "10.0.0.1", Why.MALFORMED),
        (by_user(SIGNING), "10.0.0.1", Why.BAD_AUTH),  # not that device's user
        (by_user(SIGNING, password=WRONG), "10.0.0.3", Why.BAD_AUTH),
        (by_user(SIGNING, engine=b"\x80\x01"), "10.0.0.3", Why.UNKNOWN_ENGINE),
        (by_user(SIGNING, engine=bytes(33)), "10.0.0.3", Why.UNKNOWN_ENGINE),
        (by_user(SIGNING, engine=b""), "10.0.0.3", Why.UNKNOWN_ENGINE),
        (by_user(SIGNING, flags=5), "10.0.0.3", Why.UNKNOWN_ENGINE),  # an inform to another engine
    ],
)  # fmt: skip
def test_what_is_dropped_and_why(gate: Gate, data: bytes, address: str, why: Why) -> None:
    assert gate.admit(data, address, 0) is why


def test_a_signature_proves_any_engine_id(gate: Gate) -> None:
    for engine in (THEIRS, b"\x80\x00\x00\x01\x02", bytes(range(32)), OURS):
        found = gate.admit(by_user(SIGNING, engine=engine), "10.0.0.3", 0)

        assert devices(found) == ("ups", "twin")
        assert isinstance(found, Admitted)
        assert (found.credential, found.engine_id) == (SIGNING, engine)


def test_a_level_below_the_credentials_is_refused_however_well_the_user_is_known(
    gate: Gate,
) -> None:
    assert devices(gate.admit(by_user(SECRET), "10.0.0.3", 0)) == ("ups",)
    assert gate.admit(by_user(SECRET, flags=0), "10.0.0.3", 0) is Why.BAD_AUTH
    assert gate.admit(by_user(SECRET, flags=1), "10.0.0.3", 0) is Why.BAD_AUTH
    assert gate.admit(by_user(SIGNING, flags=0), "10.0.0.3", 0) is Why.BAD_AUTH
    assert gate.admit(by_user(SIGNING, flags=3), "10.0.0.3", 0) is Why.BAD_AUTH
    assert gate.admit(by_user(OPEN, flags=1), "10.0.0.4", 0) is Why.BAD_AUTH
    assert devices(gate.admit(by_user(OPEN), "10.0.0.4", 0)) == ("old",)


def test_who_asks_for_our_engine_id_is_admitted_without_being_anybody(gate: Gate) -> None:
    nobody = Credential("nobody", "3")
    found = gate.admit(by_user(nobody, engine=b"", flags=4), "10.0.0.1", 0)

    assert found == Admitted("3")
    assert gate.admit(by_user(nobody, engine=b"", flags=4), "10.0.0.9", 0) is Why.UNKNOWN_SOURCE


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_no_change_of_a_signed_message_is_admitted(data: st.DataObject) -> None:
    good = bytearray(by_user(SECRET))
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] ^= data.draw(st.integers(1, 255))

    found = make_gate().admit(bytes(good), "10.0.0.3", 0)

    assert isinstance(found, Why) or not found.devices  # or it became a question, which is answered


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200) | st.binary(max_size=120).map(lambda rest: b"\x30\x79" + rest))
def test_no_octets_make_the_header_fail_otherwise_than_it_says(data: bytes) -> None:
    try:
        head = read_header(data)
    except HeaderError:
        return
    assert isinstance(head, CommunityHead | UserHead)


def test_no_secret_is_in_a_repr() -> None:
    head = read_header(by_community("rahasia-kota"))
    setup = Setup(OURS, 1, (), {"kota": KOTA, "secret": SECRET}, {})

    assert "rahasia" not in repr(head)
    for secret in ("rahasia-kota", "kunci"):
        assert secret not in repr(setup)


# --- how often --------------------------------------------------------------------------------


def test_a_storm_of_one_device_takes_nothing_from_another(gate: Gate) -> None:
    found = [gate.admit(by_community("rahasia-kota"), "10.0.0.1", 0.0) for _ in range(1000)]

    assert found.count(Why.FLOOD) == 990
    assert devices(gate.admit(by_community("rahasia-kota"), "10.0.0.2", 0.0)) == ("nvr", "cam")
    assert devices(gate.admit(by_community("rahasia-kota"), "10.0.0.1", 1.5)) == ("switch",)


def test_refused_datagrams_take_nothing_from_the_device_whose_address_they_bear(
    gate: Gate,
) -> None:
    asking = by_user(Credential("nobody", "3"), engine=b"", flags=4)
    forged = by_user(SIGNING, password=WRONG)
    for _ in range(1000):
        gate.admit(by_community("salah"), "10.0.0.1", 0.0)
        gate.admit(b"\x30", "10.0.0.1", 0.0)
        gate.admit(forged, "10.0.0.3", 0.0)
        gate.admit(asking, "10.0.0.3", 0.0)

    assert devices(gate.admit(by_community("rahasia-kota"), "10.0.0.1", 0.0)) == ("switch",)
    assert devices(gate.admit(by_user(SIGNING), "10.0.0.3", 0.0)) == ("ups", "twin")


def test_all_devices_together_are_held_to_a_pace() -> None:
    sources = {f"10.1.{n // 250}.{n % 250}": (Source(f"d{n}", ("kota",)),) for n in range(1000)}
    gate = Gate(Setup(OURS, 1, (), {"kota": KOTA}, sources), now=0.0)
    data = by_community("rahasia-kota")

    found = [gate.admit(data, address, 0.0) for address in sources]
    later = [gate.admit(data, address, 1.0) for address in sources]

    assert sum(isinstance(one, Admitted) for one in found) == 200
    assert sum(isinstance(one, Admitted) for one in later) == 100


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 5), max_size=200))
def test_a_bucket_never_gives_more_than_its_burst_and_its_pace(pauses: list[float]) -> None:
    bucket, now, taken = Bucket.full(5.0, 2.0, 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        taken += bucket.take(now)

    assert taken <= 5 + 2 * now + 1e-6

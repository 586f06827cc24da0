"""What collector and receiver say to each other, and what a trap means for a device."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.listeners.traps.hints import UNMAPPED_LIMIT, HintBook, Meaning
from collector.listeners.traps.lines import (
    LONGEST_LINE,
    Counts,
    Dropped,
    Hint,
    LineError,
    Setup,
    Source,
    Why,
    read_setup,
    read_word,
    write_setup,
    write_word,
)
from collector.listeners.traps.listener import engine_id, sources_of
from collector.model import Credential, Device
from collector.profiles import load_profiles
from tests.integration.trap_senders import plan_of

NOW = datetime(2026, 11, 22, 1, 15, 30, tzinfo=UTC)
OID = "1.3.6.1.6.3.1.1.5.1"
KOTA = Credential("kota", "2c", "rahasia-kota")
USER = Credential("user", "3", "", "pemantau", "sha", "kunci-tanda", "aes128", "kunci-sandi")


def device(name: str, profile: str, address: str | None = None, *credentials: str) -> Device:
    return Device(name, name, "switch", "titik", profile, address, credentials)


# --- lines ------------------------------------------------------------------------------------


def test_the_setup_comes_out_as_it_went_in() -> None:
    setup = Setup(
        b"\x80\x00\x01",
        7,
        (3, 4),
        {"kota": KOTA, "user": USER},
        {"10.0.0.1": (Source("a", ("kota", "user")), Source("b", ("kota",)))},
    )
    line = write_setup(setup)

    assert read_setup(line) == setup
    assert line.count(b"\n") == 1


@pytest.mark.parametrize("line", [b"", b"\n", b"{}", b"[1]", b'{"credentials": [{"x": 1}]}'])
def test_a_setup_of_another_form_is_refused_without_being_repeated(line: bytes) -> None:
    with pytest.raises(LineError, match=r"^the setup is not in its form$"):
        read_setup(line)


@pytest.mark.parametrize(
    "word",
    [
        Hint(("cam-1", "cam-2"), OID, "3", inform=True),
        Counts(received=10, malformed=3, unsaid=1),
        Dropped("10.0.0.1", Why.BAD_COMMUNITY),
        Dropped("fe80::1%eth0", Why.FLOOD),
    ],
)
def test_a_word_comes_out_as_it_went_in(word: Hint | Counts | Dropped) -> None:
    assert read_word(write_word(word)) == word


@pytest.mark.parametrize(
    "line",
    [
        b"", b"nonsense", b"[]", b"{}", b'{"hint": {}}', b'{"hint": {}, "counts": {}}', b"\xff\xfe",
        b'{"shell": {"run": "rm"}}', b"[" * 4000, b'{"counts": {"received": -1}}',
        b'{"dropped": {"source": "10.0.0.1", "why": "boredom"}}',
        b'{"dropped": {"source": "\\u001b[31m", "why": "flood"}}',
        write_word(Hint((), OID, "2c")),
        write_word(Hint(("d",) * 17, OID, "2c")),
        write_word(Hint(("d" * 65,), OID, "2c")),
        write_word(Hint(("d",), "1.3.six", "2c")),
        write_word(Hint(("d",), "1." + "3." * 200 + "1", "2c")),
        write_word(Hint(("d",), OID, "4")),
        write_word(Hint(("d",), OID, "2c")).replace(b"false", b'"no"'),
        write_word(Counts(received=True)),
        write_word(Counts(received=1 << 60)),
        b" " * LONGEST_LINE + write_word(Hint(("d",), OID, "2c")),
    ],
)  # fmt: skip
def test_what_is_no_word_is_refused(line: bytes) -> None:
    with pytest.raises(LineError):
        read_word(line)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_line_fails_otherwise(line: bytes) -> None:
    try:
        word = read_word(line)
    except LineError:
        return
    assert isinstance(word, Hint | Counts | Dropped)


# --- what a trap means ------------------------------------------------------------------------


def book(*devices: Device) -> HintBook:
    plan = plan_of(*devices)
    made = HintBook()
    made.follow(plan.devices.values(), plan.profiles, plan.checks)
    return made


def test_a_trap_asks_what_the_profile_of_its_device_says() -> None:
    traps = book(device("ups", "ups-rfc1628"), device("sw", "mikrotik-routeros"))

    assert traps.meaning_of("ups", "1.3.6.1.2.1.33.2.1") == Meaning("upsTrapOnBattery", ("power",))
    assert traps.meaning_of("ups", OID) == Meaning("coldStart", None)
    assert traps.meaning_of("sw", "1.3.6.1.6.3.1.1.5.4") == Meaning("linkUp", ("interfaces",))
    assert traps.meaning_of("sw", "1.3.6.1.6.3.1.1.5.5") == Meaning("authenticationFailure", ())
    assert traps.meaning_of("sw", "1.3.6.1.2.1.33.2.1") == Meaning(None, ("ping",))


def test_a_trap_that_came_as_v1_is_the_same_trap() -> None:
    traps = book(device("ups", "ups-rfc1628"))

    as_v1 = traps.meaning_of("ups", "1.3.6.1.2.1.33.2.0.1")

    assert as_v1 == traps.meaning_of("ups", "1.3.6.1.2.1.33.2.1")


def test_every_trap_of_a_built_in_profile_asks_groups_that_are_there() -> None:
    profiles = load_profiles()
    known = [(profile, trap) for profile in profiles.values() for trap in profile.traps]

    assert len(known) > 20
    for profile, trap in known:
        names = {group.name for group in profile.groups}
        assert trap.ask is None or set(trap.ask) <= names, (profile.name, trap.name)


def test_traps_that_no_profile_knows_are_kept_bounded_and_by_profile() -> None:
    traps = book(device("a", "generic-snmp"), device("b", "generic-snmp"))
    later = NOW + timedelta(minutes=5)

    assert traps.note_unmapped("a", "1.3.6.1.4.1.99999.0.1", NOW) is True
    assert traps.note_unmapped("b", "1.3.6.1.4.1.99999.0.1", later) is False
    (one,) = traps.unmapped
    for number in range(UNMAPPED_LIMIT + 50):
        traps.note_unmapped("a", f"1.3.6.1.4.1.99999.1.{number}", later)

    assert (one.profile, one.device_id, one.count) == ("generic-snmp", "b", 2)
    assert (one.first_seen_at, one.last_seen_at) == (NOW, later)
    assert len(traps.unmapped) == UNMAPPED_LIMIT
    assert traps.forgotten == 51
    assert traps.unmapped[0].trap.endswith(f".{UNMAPPED_LIMIT + 49}")


def test_who_may_send_is_who_has_an_address_and_a_credential() -> None:
    devices = [
        device("a", "generic-snmp", "10.0.0.1", "kota"),
        device("b", "generic-snmp", "10.0.0.1", "user", "gone"),
        device("c", "generic-ping", "10.0.0.2"),
        device("d", "tasmota", None, "kota"),
    ]

    found = sources_of(devices, {"kota": KOTA, "user": USER})

    assert found == {"10.0.0.1": (Source("a", ("kota",)), Source("b", ("user",)))}


def test_an_engine_id_is_the_same_at_every_start_and_another_for_each_collector() -> None:
    assert engine_id("main") == engine_id("main") != engine_id("second")
    assert len(engine_id("main")) == 17  # RFC 3411: 5 to 32 octets, the first bit set
    assert engine_id("main")[0] & 0x80

"""What must not stand in a recording that is given away, and what must stay."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.probes.snmp.recording import Oid, oid_of
from collector.probes.snmp.scrubbing import Scrubbed, lines_of, scrub
from collector.probes.snmp.tagged import Tagged
from simulators.snmprec import read_line

SYS = "1.3.6.1.2.1.1"
IF = "1.3.6.1.2.1.2.2.1"
OWN = "1.3.6.1.4.1.8072.9999"
MAC = bytes.fromhex("4c5e0cab12cd")


def text(value: str) -> Tagged:
    return Tagged(4, value.encode())


def scrubbed(values: Mapping[str, Tagged], *hide: str) -> Scrubbed:
    return scrub({oid_of(oid): value for oid, value in values.items()}, hide)


def shown(values: Mapping[str, Tagged], *hide: str) -> str:
    return "\n".join(lines_of(scrubbed(values, *hide).values))


def test_names_go_where_they_stand_and_wherever_else() -> None:
    found = shown(
        {
            f"{SYS}.1.0": text("Linux balaikota-gw 5.10.0 #1 SMP"),
            f"{SYS}.5.0": text("gw-balaikota"),
            f"{SYS}.6.0": text("Jalan Ahmad Yani 2"),
            f"{OWN}.1.0": text("this is GW-Balaikota, Jalan Ahmad Yani 2"),
        }
    )
    for secret in ("balaikota", "Ahmad"):
        assert secret.lower() not in found.lower()
    assert "|4|Linux x" in found
    assert "5.10.0 #1 SMP" in found


def test_the_same_secret_has_the_same_stand_in_everywhere_and_others_another() -> None:
    other = bytes.fromhex("4c5e0cab12ce")
    found = scrubbed(
        {
            f"{IF}.6.1": Tagged(4, MAC),
            f"{IF}.6.2": Tagged(4, other),
            f"{OWN}.1.76.94.12.171.18.205": text("4C:5E:0C:AB:12:CD"),
            f"{OWN}.2.0": text("4c5e.0cab.12ce, 4c-5e-0c-ab-12-cd, 4C5E0CAB12CD"),
            f"{OWN}.3.0": Tagged(4, b"\x80\x00\x1f\x88\x03" + MAC),
        }
    )
    assert dict(found.replaced) == {"MAC address": 2}
    values = {".".join(map(str, oid)): bytes(value) for oid, value in found.values}
    first, second = values[f"{IF}.6.1"], values[f"{IF}.6.2"]
    assert first.hex() == "00005e005300"
    assert second.hex() == "00005e005301"
    assert values[f"{OWN}.1.0.0.94.0.83.0"] == b"00:00:5E:00:53:00"
    assert values[f"{OWN}.2.0"] == b"0000.5e00.5301, 00-00-5e-00-53-00, 00005E005300"
    assert values[f"{OWN}.3.0"] == b"\x80\x00\x1f\x88\x03" + first


def test_a_mac_that_looks_like_a_word_goes_with_the_others_of_its_column() -> None:
    found = shown(
        {
            f"{IF}.6.1": Tagged(4, MAC),
            f"{IF}.6.2": Tagged(4, b"8,J@#A"),
            f"{IF}.6.3": Tagged(4, b"8,J@#\xc5"),
            f"{OWN}.1.0": text("ether1"),
        }
    )
    assert found.count("|4x|00005e0053") == 3
    assert "ether1" in found


def test_who_has_dialled_in_goes_and_a_kernel_is_no_name() -> None:
    found = shown(
        {
            f"{IF}.2.7": text("<pppoe-budi.santoso>"),
            f"{OWN}.1.0": text("budi.santoso"),
            f"{OWN}.2.0": text("Linux 5.6.3 xhci-hcd"),
        }
    )
    assert "budi" not in found
    assert "Linux 5.6.3 xhci-hcd" in found


def test_addresses_go_as_values_in_text_and_in_indexes_and_masks_stay() -> None:
    found = shown(
        {
            "1.3.6.1.2.1.4.20.1.1.10.7.0.1": Tagged(0x40, bytes((10, 7, 0, 1))),
            "1.3.6.1.2.1.4.20.1.3.10.7.0.1": Tagged(0x40, bytes((255, 255, 255, 0))),
            "1.3.6.1.2.1.4.34.1.3.1.4.10.7.0.2": Tagged(2, b"\x01"),
            "1.3.6.1.2.1.4.34.1.3.2.16.32.1.13.184.1.2.3.4.5.6.7.8.9.10.11.12": Tagged(2, b"\x01"),
            f"{OWN}.1.0": text("syslog 10.7.0.9:514, gateway 10.7.0.1, fe80::1:2"),
            f"{OWN}.2.0": Tagged(4, bytes((10, 7, 0, 2))),
        }
    )
    assert "10.7.0" not in found
    assert "4.20.1.1.192.0.2." in found
    assert "|64|255.255.255.0" in found
    assert re.search(r"1\.4\.192\.0\.2\.\d+\|2\|1", found)
    assert "fe80::1:2" not in found
    assert "0a070002" not in found
    assert "32.1.13.184.1.2" not in found


@pytest.mark.parametrize(
    "secret",
    [
        "S/N: ABX123", "serial number 77F-2231", "CCTV2140L0GH9", "budi@makassar.go.id",
        "gw1.makassar.go.id", "+62 812-3456-7890", "0812 3456 7890", "081234567890",
        "356938035643809", "89620012345678901234", "192.168.3.77", "a4:5e:60:11:22:33",
        "A45E60112233", "5000c50071780219",
    ],
)  # fmt: skip
def test_what_looks_like_somebodys_goes_without_being_known(secret: str) -> None:
    found = shown({f"{OWN}.1.0": text(f"begin {secret} end")})
    core = re.split(r"[ :]", secret, maxsplit=1)[-1] if secret[0] in "Ss" else secret
    assert core.strip() not in found
    assert "begin" in found
    assert found.endswith("end")


@pytest.mark.parametrize(
    "kept",
    [
        "RouterOS RB750Gr3", "6.49.7 (stable)", "DS-2CD2185FWD-I", "V5.5.82 build 190220",
        "2026-11-27 08:10:00", "ether1", "American Power Conversion Smart-UPS 1500",
        "CRS317-1G-16S+",
        "Samsung SSD 860 EVO", "1000baseT full duplex", "RTL8211F", "255.255.0.0",
        "ArubaOS, Version 8.6.0.2-FIPS LSR",
    ],
)  # fmt: skip
def test_what_says_what_a_device_is_stays(kept: str) -> None:
    assert shown({f"{OWN}.1.0": text(kept)}).endswith(f"|4|{kept}")


def test_a_name_that_nobody_gave_is_not_hunted_for() -> None:
    found = shown({f"{SYS}.1.0": text("RouterOS RB750"), f"{SYS}.5.0": text("RouterOS")})
    assert f"{SYS}.1.0|4|RouterOS RB750" in found
    assert f"{SYS}.5.0|4|RouterOS" not in found


def test_a_word_to_hide_is_not_there_in_any_case_nor_in_an_index() -> None:
    index = ".".join(str(ord(sign)) for sign in "Rahasia")
    found = shown(
        {f"{OWN}.1.7.{index}": text("kunci RAHASIA!"), f"{OWN}.2.0": text("none")}, "rahasia"
    )
    assert "rahasia" not in found.lower()
    assert index not in found
    assert f"{OWN}.1.7." in found  # its length is still right


def test_numbers_keep_their_type_and_value() -> None:
    values = {
        f"{OWN}.1.0": Tagged(2, b"\xff"),
        f"{OWN}.2.0": Tagged(0x41, b"\x00\xff\xff\xff\xff"),
        f"{OWN}.3.0": Tagged(0x46, b"\x01\x00\x00\x00\x00\x00"),
        f"{OWN}.4.0": Tagged(0x43, b"\x7f"),
        f"{OWN}.5.0": Tagged(6, b"\x2b\x06\x01\x04\x01"),
        f"{OWN}.6.0": Tagged(5, b""),
        f"{OWN}.7.0": Tagged(0x44, b"\x9f\x78\x04\x42\x28\x00\x00"),
        f"{OWN}.8.0": Tagged(4, b"a|b\n"),
    }
    assert shown(values).splitlines() == [
        f"{OWN}.1.0|2|-1",
        f"{OWN}.2.0|65|4294967295",
        f"{OWN}.3.0|70|1099511627776",
        f"{OWN}.4.0|67|127",
        f"{OWN}.5.0|6|1.3.6.1.4.1",
        f"{OWN}.6.0|5|",
        f"{OWN}.7.0|68x|9f780442280000",
        f"{OWN}.8.0|4x|617c620a",
    ]


_WORDS = st.text("bcdfghjklmnpqrstvwz", min_size=6, max_size=20)
_MACS = st.binary(min_size=6, max_size=6).filter(lambda it: any(it[:3]) and it != b"\xff" * 6)
_ADDRESSES = st.integers(0x80000001, 0xDFFFFFFE).map(lambda n: n.to_bytes(4, "big"))


@settings(deadline=None, max_examples=80)
@given(_WORDS, _WORDS, _MACS, _ADDRESSES, st.text(max_size=10), st.integers(0, 3))
def test_no_planted_secret_is_left_however_it_is_written(
    name: str, site: str, mac: bytes, address: bytes, around: str, form: int
) -> None:
    """And every line is one that the replaying agent understands."""
    written = [mac.hex(":"), mac.hex("-").upper(), mac.hex(), mac.hex(" ")][form]
    dotted = ".".join(map(str, address))
    arcs = ".".join(map(str, mac))
    found = shown(
        {
            f"{SYS}.5.0": text(name),
            f"{SYS}.6.0": text(f" {site}\0"),
            f"{IF}.6.1": Tagged(4, mac),
            "1.3.6.1.2.1.4.20.1.2." + dotted: Tagged(2, b"\x01"),
            f"{OWN}.1.0": Tagged(0x40, address),
            f"{OWN}.2.{arcs}": text(f"{around} {name} {written} {dotted} {site.upper()}"),
            f"{OWN}.3.6.{'.'.join(str(ord(sign)) for sign in name)}": Tagged(6, b"\x2b\x06\x01"),
            f"{OWN}.4.0": Tagged(4, b"\x01\x02" + mac + name.encode() + b"\xff"),
        }
    )
    lines = found.splitlines()
    for line in lines:
        read_line(line)
    everything = found.lower()
    for secret in (name, site):
        assert secret not in everything
        assert secret.encode().hex() not in everything
        assert ".".join(str(ord(sign)) for sign in secret) not in everything
    if not mac.startswith(b"\x00\x00\x5e"):
        assert mac.hex() not in re.sub(r"[:\-. ]", "", everything.replace("|", "/"))
        assert f".{arcs}" not in everything
    if not dotted.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "198.18.", "198.19.")):
        assert dotted not in _values(lines)
        assert not any(line.startswith(f"1.3.6.1.2.1.4.20.1.2.{dotted}|") for line in lines)


def _values(lines: list[str]) -> str:
    return "\n".join(line.split("|", 2)[2] for line in lines)


def test_more_macs_than_there_are_for_documents_stay_apart() -> None:
    values = {
        f"{IF}.6.{n}": Tagged(4, b"\x4c\x5e\x0c\x01" + n.to_bytes(2, "big")) for n in range(1, 400)
    }
    found = scrubbed(values)
    assert len({bytes(value) for _, value in found.values}) == 399
    assert found.replaced["MAC address"] == 399


def test_what_is_left_to_read_is_listed_once() -> None:
    values: dict[Oid, Tagged] = {
        oid_of(f"{OWN}.{n}.0"): text("Fan 1" if n < 3 else "Fan 2") for n in range(1, 5)
    }
    assert scrub(values).texts == ("Fan 1", "Fan 2")

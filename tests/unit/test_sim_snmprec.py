from pathlib import Path

import pytest

from simulators import ber
from simulators.snmprec import read_line, read_recording


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("1.3.6.1|2|-5", ber.signed(-5)),
        ("1.3.6.1|4|a|b", ber.text("a|b")),
        ("1.3.6.1|4|", ber.text("")),
        ("1.3.6.1|4x|B8a44F", ber.tlv(4, bytes.fromhex("b8a44f"))),
        ("1.3.6.1|4e|a\\nb", ber.tlv(4, b"a\nb")),
        ("1.3.6.1|5|", ber.tlv(5, b"")),
        ("1.3.6.1|6|.1.3.6", ber.object_identifier((1, 3, 6))),
        ("1.3.6.1|6|0.0", ber.tlv(6, b"\0")),
        ("1.3.6.1|64|10.0.0.1", ber.tlv(0x40, bytes([10, 0, 0, 1]))),
        ("1.3.6.1|64x|0a000001", ber.tlv(0x40, bytes([10, 0, 0, 1]))),
        ("1.3.6.1|65|4294967295", ber.unsigned(0x41, 2**32 - 1)),
        ("1.3.6.1|70|18446744073709551615", ber.unsigned(0x46, 2**64 - 1)),
    ],
)
def test_a_line_becomes_the_object_it_describes(line: str, value: bytes) -> None:
    entry = read_line(line)
    assert (entry.oid, entry.value, entry.tag) == ((1, 3, 6, 1), value, value[0])


@pytest.mark.parametrize(
    "line",
    ["1.3.6.1|2", "1.3.x.1|2|1", "1.3.6.1|zz|1", "1.3.6.1|2|ten", "1.3.6.1|4x|0g", "9.3|2|1",
     "1.3.6.1|64|10.0.0", "1.3.6.1|99|1", "1.3.6.1|4:mod|1"],
)  # fmt: skip
def test_a_bad_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"^(not|unknown) "):
        read_line(line)


def test_bad_lines_are_reported_and_the_rest_is_served(tmp_path: Path) -> None:
    file = tmp_path / "device.snmprec"
    file.write_bytes(b"1.3.6.1.2|4|late\n\n1.3.6.1.1|4|\xe9\r\n10.xx.1|2|1\n1.3.6.1.2|4|later\n")
    recording = read_recording(file)
    assert recording.problems == ("line 4: not an object identifier: '10.xx.1'",)
    assert [entry.value for entry in recording.entries if entry.oid == (1, 3, 6, 1, 1)] == [
        ber.tlv(4, b"\xe9")
    ]
    assert len(recording.layout()) == 2

"""The Internet checksum by the loop of RFC 1071, section 4.1: what our quick sums are held to."""

import struct


def internet_checksum(data: bytes) -> int:
    """Return the checksum of a message whose checksum field is zero."""
    if len(data) % 2:
        data += b"\0"
    total = 0
    for (word,) in struct.iter_unpack("!H", data):
        total += word
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

"""Socket addresses are remembered where that is safe."""

import socket

import pytest

from collector.probes.snmp.errors import NotSent
from collector.probes.snmp.sockets import socket_address


def test_a_link_local_address_follows_its_interface_to_a_new_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = iter([3, 7])

    def look_up(address: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        del address
        return [(socket.AF_INET6, 2, 17, "", ("fe80::1", port, 0, next(numbers)))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    found = [socket_address("fe80::1%eth0", 161)[1][3] for _ in range(2)]
    assert found == [3, 7]


def test_ports_of_one_address_are_told_apart() -> None:
    assert [socket_address("127.0.0.1", port)[1] for port in (161, 1161, 161)] == [
        ("127.0.0.1", 161),
        ("127.0.0.1", 1161),
        ("127.0.0.1", 161),
    ]


def test_what_is_no_address_stays_refused() -> None:
    for _ in range(2):
        with pytest.raises(NotSent, match="is not an IP address"):
            socket_address("kamera.example", 161)

"""Which addresses a message may go to. Pure: addresses in, a reason against them out.

A URL of the settings, or a name whose owner changes what it resolves to, must not make Pantau
knock at itself, at the cloud's metadata service or at a device of the network that it watches.
What is special is listed here (IANA's special-purpose registries, RFC 6890): the `is_global` of the
standard library changed its mind between releases, and knows no metadata services.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NEVER: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this host"),
    ("169.254.0.0/16", "link-local, where cloud metadata is served"),
    ("100.100.100.200/32", "a cloud's metadata service"),
    ("168.63.129.16/32", "a cloud's metadata service"),
    ("192.0.0.0/24", "reserved"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved or broadcast"),
    ("::/128", "this host"),
    ("::/96", "an IPv4 address in disguise"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("fd00:ec2::254/128", "a cloud's metadata service"),
    ("ff00::/8", "multicast"),
    ("2001::/32", "a Teredo tunnel"),
    ("2002::/16", "a 6to4 tunnel"),
    ("100::/64", "discarded"),
)
"""Not even when the settings allow it: nobody is told anything there."""

_PRIVATE: tuple[tuple[str, str], ...] = (
    ("127.0.0.0/8", "this machine"),
    ("::1/128", "this machine"),
    ("10.0.0.0/8", "private"),
    ("172.16.0.0/12", "private"),
    ("192.168.0.0/16", "private"),
    ("fc00::/7", "private"),
    ("100.64.0.0/10", "a provider's inner network (CGNAT)"),
)
"""Opened by `allow_private`, or by naming a network."""

_NAMED_ONLY: tuple[tuple[str, str], ...] = (
    ("64:ff9b::/96", "an IPv4 address behind NAT64"),
    ("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
    ("192.0.2.0/24", "of documentation"),
    ("198.51.100.0/24", "of documentation"),
    ("203.0.113.0/24", "of documentation"),
    ("2001:db8::/32", "of documentation"),
    ("3fff::/20", "of documentation"),
    ("198.18.0.0/15", "of benchmarks"),
    ("192.88.99.0/24", "a 6to4 relay"),
    ("2001::/23", "of protocols"),
    ("5f00::/16", "of segment routing"),
)
"""Opened by naming a network only."""

_MAPPED_TAIL = 0xFFFF_FFFF
_ENDS_IN_A_NUMBER = re.compile(r"(?:^|\.)(?:0[xX][0-9a-fA-F]*|[0-9]+)\.?$")


def _networks(table: Iterable[tuple[str, str]]) -> tuple[tuple[Network, str], ...]:
    return tuple((ip_network(network), words) for network, words in table)


_NEVER_NETWORKS = _networks(_NEVER)
_PRIVATE_NETWORKS = _networks(_PRIVATE)
_NAMED_NETWORKS = _networks(_NAMED_ONLY)
_LOOPBACK_6 = IPv6Address("::1")
_NAT64 = IPv6Network("64:ff9b::/96")
_PUBLIC_6 = IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the settings open beside the public internet.

    `networks`: in-house gateways, as narrow as can be; `private`: all private addresses and this
    machine. Both also allow plain http there. Link-local, metadata and multicast stay closed.
    """

    networks: tuple[Network, ...] = ()
    private: bool = False

    @classmethod
    def of(cls, *networks: str, private: bool = False) -> "Allowed":
        """Read networks such as "10.7.0.0/24" or "10.7.0.9". ValueError when one is none."""
        return cls(tuple(ip_network(network) for network in networks), private)

    def names(self, address: Address) -> bool:
        """Whether a network of the settings holds this address."""
        return any(address in network for network in self.networks)


def address_of(text: str) -> Address | None:
    """Read an address as a resolver gives it: mapped IPv4 becomes IPv4; None when it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def disguised(host: str) -> bool:
    """Whether a host is a number in a form that people do not write: 2130706433, 0x7f.1, 0177.1.

    Libraries disagree on what these mean, and nobody's receiver is called so.
    """
    return bool(_ENDS_IN_A_NUMBER.search(host)) and address_of(host) is None


def is_inside(address: Address, allowed: Allowed) -> bool:
    """Whether the settings opened this address themselves: then plain http may be spoken there."""
    return allowed.names(address) or (allowed.private and _found(address, _PRIVATE_NETWORKS) != "")


def reason_against(address: Address, allowed: Allowed) -> str:
    """Say why nothing may go to this address; "" when it may."""
    if address != _LOOPBACK_6:
        never = _found(address, _NEVER_NETWORKS)
        if never:
            return never
    if allowed.names(address):
        if isinstance(address, IPv6Address) and address in _NAT64:
            return reason_against(IPv4Address(int(address) & _MAPPED_TAIL), allowed)
        return ""
    private = _found(address, _PRIVATE_NETWORKS)
    if private:
        return "" if allowed.private else private
    named = _found(address, _NAMED_NETWORKS)
    if named:
        return named
    if isinstance(address, IPv6Address) and address not in _PUBLIC_6:
        return "not of the public internet"
    return ""


def _found(address: Address, table: tuple[tuple[Network, str], ...]) -> str:
    return next((words for network, words in table if address in network), "")

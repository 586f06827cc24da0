"""Takes out of a recording what identifies people, places and single devices. Pure.

    1. learn    what is a secret here: MACs, addresses, names, serial numbers, by the object that
                holds them and by how they look
    2. replace  each by a stand-in, everywhere: as octets, in text however it is written, in indexes

The same secret has the same stand-in in the whole recording, so tables still fit together. Text
keeps its length, because an index says how long it is. MACs become 00:00:5E:00:53:xx (RFC 7042),
addresses those of RFC 5737 and RFC 3849.

Nobody can know every vendor's column for names. What looks like nothing in particular stays, so a
person has to look through the result; `texts` lists what there is to read.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collector.probes.snmp.ber import oid_content
from collector.probes.snmp.ber_content import DECODERS, decode_oid
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.recording import Oid, oid_of, text_of_oid
from collector.probes.snmp.tagged import Tagged

_OCTETS, _OID, _ADDRESS = 0x04, 0x06, 0x40
_TEXTS = frozenset({0x03, 0x04, 0x44, 0x45})  # whose content is octets
_SHORTEST_LEARNT = 4  # a shorter word would be found everywhere; where it stands it goes as well
_COMMON = re.compile(  # names that nobody gave: found elsewhere, they mean something else
    r"mikrotik|routeros|router|switch|bridge|server|camera|ipcam|unknown|localhost|default|admin"
    r"|administrator|root|none|null|test|linux|ubuntu|debian|openwrt|synology|nas|ups|uplink|office"
    r"|hikvision|hikvision ds|axis|dahua|teltonika|ubnt|ubiquiti|apc|cisco|aruba|ruckus|location"
    r"|contact|internet|local|loopback|management|public|private|not set|undefined|n/a"
    r"|(?:eth|ether|en[ops]|wlan|wl|lan|wan|vlan|port|ge|fe|gi|te|sfp|sfpplus|br|bond|ppp|tun|veth)"
    r"[-_./ \d]*[a-z]?\d*"
)

NAMES: Mapping[str, str] = {
    "1.3.6.1.2.1.1.4": "name",  # sysContact
    "1.3.6.1.2.1.1.5": "name",  # sysName
    "1.3.6.1.2.1.1.6": "name",  # sysLocation
    "1.3.6.1.2.1.31.1.1.1.18": "name",  # ifAlias
    "1.3.6.1.2.1.17.7.1.4.3.1.1": "name",  # VLANs
    "1.3.6.1.2.1.47.1.1.1.1.11": "serial number",
    "1.3.6.1.2.1.47.1.1.1.1.14": "name",  # alias
    "1.3.6.1.2.1.47.1.1.1.1.15": "serial number",  # asset
    "1.3.6.1.2.1.47.1.1.1.1.19": "name",  # URIs
    "1.3.6.1.2.1.43.5.1.1.16": "name",  # printer
    "1.3.6.1.2.1.43.5.1.1.17": "serial number",
    "1.3.6.1.2.1.33.1.1.5": "name",  # UPS
    "1.3.6.1.2.1.33.1.1.6": "name",  # what hangs on it
    "1.0.8802.1.1.2.1.3.3": "name",
    "1.0.8802.1.1.2.1.4.1.1.9": "name",
    "1.3.6.1.4.1.318.1.1.1.1.1.2": "name",
    "1.3.6.1.4.1.318.1.1.1.1.2.3": "serial number",
    "1.3.6.1.4.1.318.2.1.4": "name",
    "1.3.6.1.4.1.674.10892.5.1.3.2": "serial number",
    "1.3.6.1.4.1.674.10892.5.1.3.3": "serial number",
    "1.3.6.1.4.1.674.10892.5.4.300.10.1.11": "serial number",
    "1.3.6.1.4.1.6574.1.5.2": "serial number",
    "1.3.6.1.4.1.8072.1.3.2": "name",
    "1.3.6.1.4.1.14179.2.1.1.1.2": "name",  # SSID
    "1.3.6.1.4.1.14988.1.1.1.1.1.5": "name",  # SSID
    "1.3.6.1.4.1.14988.1.1.1.3.1.4": "name",  # SSID
    "1.3.6.1.4.1.14988.1.1.4.1": "serial number",  # software id
    "1.3.6.1.4.1.14988.1.1.7.3": "serial number",
    "1.3.6.1.4.1.14988.1.1.16.1.1.11": "serial number",  # IMEI
    "1.3.6.1.4.1.14988.1.1.16.1.1.12": "serial number",  # IMSI
    "1.3.6.1.4.1.41112.1.4.5.1.2": "name",  # SSID
    "1.3.6.1.4.1.41112.1.6.1.2.1.6": "name",  # SSID
    "1.3.6.1.4.1.48690.2.1": "serial number",
    "1.3.6.1.4.1.48690.2.2.1.16": "serial number",  # IMSI
    "1.3.6.1.4.1.48690.2.2.1.3": "serial number",  # IMEI
}
"""Objects and columns that hold a name or number of one single thing, whatever it looks like."""

_MAC = (
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z])"
)
_MAC_DOTTED = r"(?<![0-9A-Za-z.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![0-9A-Za-z.])"
_MAC_SPACED = r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2} ){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z])"
_MAC_BARE = r"(?<![0-9A-Za-z])(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
_MACS = re.compile("|".join((_MAC, _MAC_DOTTED, _MAC_SPACED, _MAC_BARE)))
_IPV4 = re.compile(
    r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)"
)
_VERSION = re.compile(
    r"\b(?:version|release|firmware|software|build|ver|rel|rev|v)[\s:.]*$", re.IGNORECASE
)
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:])")
_DOTTED = re.compile(r"(?<![\d.])\d{1,10}(?:\.\d{1,10}){7,127}(?![\d.]*\d)")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_HOST = re.compile(
    r"(?<![A-Za-z0-9@.-])(?:[A-Za-z0-9-]+\.)+(?:id|com|net|org|io|local|lan|home|internal|arpa)"
    r"(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.])(?:\+\d[\d -]{7,17}\d|0\d{2,3}[ -]?\d{3,4}[ -]?\d{3,5})(?![\w.])")
_NUMBER = re.compile(r"(?<![\w.])\d{10,22}(?![\w.])")  # IMEI, IMSI, ICCID, phone
_SERIAL = re.compile(  # of fewer signs, what has a dash beside it is rather a model
    r"(?<![A-Za-z0-9])(?=(?:[A-Z]*\d){4})(?=\d*[A-Z])"
    r"(?:[A-Z0-9]{14,40}|(?<!-)[A-Z0-9]{9,13}(?!-))(?![A-Za-z0-9])"
)
_WORLD_WIDE = re.compile(r"(?<![0-9A-Za-z])(?=[A-Fa-f]*\d)[0-9A-Fa-f]{16}(?![0-9A-Za-z])")
_SERIAL_NAMED = re.compile(
    r"(?:serial(?:\s*(?:number|no\.?|num))?|\bs/?n\b|imei|imsi|iccid)\s*[:=#]?\s*([A-Za-z0-9-]{4,40})",
    re.IGNORECASE,
)
_LINUX_NAME = re.compile(r"^(?:Linux|FreeBSD|Darwin) (\S{1,64}) ")
_SESSION = re.compile(r"<(?:pppoe|pptp|l2tp|sstp|ovpn|ppp)-([^>]{1,64})>", re.IGNORECASE)
_NETMASKS = frozenset(
    str(ipaddress.ip_network(f"0.0.0.0/{length}").netmask) for length in range(33)
)
_KEPT_ADDRESSES = _NETMASKS | {"0.0.0.0", "127.0.0.1"}  # noqa: S104 - a word, nothing is opened
_IPV4_STANDINS = (
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A recording fit to be shown, in the order of its names, and what was done to it."""

    values: tuple[tuple[Oid, Tagged], ...]
    replaced: Mapping[str, int]  # kind → different ones
    texts: tuple[str, ...]  # what is left to read, each once


def scrub(values: Mapping[Oid, Tagged], hide: Iterable[str] = ()) -> Scrubbed:
    """Return a recording with stand-ins. `hide` are words that must not be in it, as written."""
    secrets = Secrets()
    for word in hide:
        secrets.learn("word to hide", word.encode().decode("latin-1"))
    mac_columns = {oid[:-1] for oid, value in values.items() if _is_surely_a_mac(value)}
    for oid, value in values.items():
        if value.tag == _OCTETS and len(value) == 6 and oid[:-1] in mac_columns:
            secrets.mac(bytes(value))  # also one that happens to look like text
        secrets.look_at(oid, value)
    scrubbed = {
        secrets.replace_in_oid(oid): secrets.replace_in_value(oid, value)
        for oid, value in values.items()
    }
    ordered = tuple(sorted(scrubbed.items()))
    texts = dict.fromkeys(text for _, value in ordered if (text := _readable(value)))
    return Scrubbed(ordered, secrets.counts(), tuple(texts))


# --- stand-ins --------------------------------------------------------------------------------


@dataclass(slots=True)
class Secrets:
    """What was learnt, with its stand-ins."""

    macs: dict[bytes, bytes] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)  # in latin-1: octets as they are
    kinds: dict[str, str] = field(default_factory=dict)  # word → kind
    everywhere: list[str] = field(default_factory=list)  # words that are replaced wherever
    _pattern: re.Pattern[str] | None = None

    def counts(self) -> dict[str, int]:
        """Return how many different secrets of each kind there were."""
        counted = Counter(self.kinds.values())
        counted["MAC address"] = len(self.macs)
        counted["IP address"] = len(self.addresses)
        return {kind: number for kind, number in sorted(counted.items()) if number}

    def learn(self, kind: str, word: str) -> str:
        """Return the stand-in of a word, of the same length."""
        word = word.strip("\0 \t\r\n")
        if not word:
            return word
        key = word.lower()
        if key not in self.words:
            self._pattern = None
            self.words[key] = _stand_in(len(self.words) + 1, len(word))
            self.kinds[key] = kind
            if len(key) >= _SHORTEST_LEARNT and not _COMMON.fullmatch(key):
                self.everywhere.append(key)
        return self.words[key]

    def mac(self, octets: bytes) -> bytes:
        """Return the stand-in of a MAC address; none and all are nobody's."""
        if octets in (bytes(6), b"\xff" * 6) or octets in self.macs.values():
            return octets
        if octets not in self.macs:
            number = len(self.macs)
            self.macs[octets] = (
                bytes((0, 0, 0x5E, 0, 0x53, number))
                if number < 256
                else b"\x02\0\x5e" + number.to_bytes(3, "big")  # locally administered
            )
        return self.macs[octets]

    def address(self, text: str) -> str:
        """Return the stand-in of an IP address as text; masks, none and loopback stay."""
        try:
            found = ipaddress.ip_address(text)
        except ValueError:
            return text
        plain = str(found)
        if plain in _KEPT_ADDRESSES or found.is_loopback or found.is_unspecified:
            return text
        if plain in self.addresses.values():
            return text
        if plain not in self.addresses:
            number = len(self.addresses) + 1
            self.addresses[plain] = _ipv4(number) if found.version == 4 else f"2001:db8::{number:x}"
        return self.addresses[plain]

    # --- learning -----------------------------------------------------------------------------

    def look_at(self, oid: Oid, value: Tagged) -> None:
        """Learn the secrets of one object, from its place, its value and its index."""
        self._look_at_index(oid)
        if value.tag == _ADDRESS and len(value) == 4:
            self.address(".".join(map(str, value)))
        if value.tag not in _TEXTS:
            return
        text = value.decode("latin-1")
        kind = _kind_of(oid)
        if kind is not None:
            self.learn(kind, text)
        if _is_surely_a_mac(value):
            self.mac(bytes(value))
        for each in _MACS.finditer(text):
            self.mac(bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", each[0])))
        named = _LINUX_NAME.match(text) if oid == _SYS_DESCR else None
        if named is not None:
            self.learn("name", named[1])
        for each in _SESSION.finditer(text):
            self.learn("name", each[1])
        for each in _SERIAL_NAMED.finditer(text):
            if any(sign.isdigit() for sign in each[1]):
                self.learn("serial number", each[1])
        if _is_printable(text):
            self._look_at_text(text)

    def _look_at_text(self, text: str) -> None:
        without = _MACS.sub(" ", text)
        for each in _IPV4.finditer(without):
            if not _VERSION.search(without[: each.start()][-20:]):
                self.address(each[0])
        for each in _IPV6.finditer(without):
            self.address(each[0])
        for kind, pattern in (
            ("e-mail address", _MAIL),
            ("host name", _HOST),
            ("phone number", _PHONE),
            ("long number", _NUMBER),
            ("serial number", _SERIAL),
            ("serial number", _WORLD_WIDE),
        ):
            for each in pattern.finditer(without):
                self.learn(kind, each[0])

    def _look_at_index(self, oid: Oid) -> None:
        """Learn addresses that stand in an index with their type and length in front."""
        for at in range(len(oid) - 5):
            if oid[at : at + 2] == (1, 4) and _are_octets(oid[at + 2 : at + 6], 4):
                if oid[at + 2] >= _LEAST_FIRST and at > _LEAST_TABLE:
                    self.address(".".join(map(str, oid[at + 2 : at + 6])))
            elif oid[at : at + 2] == (2, 16) and _are_octets(oid[at + 2 : at + 18], 16):
                self.address(str(ipaddress.IPv6Address(bytes(oid[at + 2 : at + 18]))))

    # --- replacing ----------------------------------------------------------------------------

    def replace_in_oid(self, oid: Oid) -> Oid:
        """Return an OID whose index tells of nobody."""
        found = list(oid)
        at = _LEAST_TABLE
        if oid[: len(_BY_ADDRESS)] == _BY_ADDRESS and len(oid) == len(_BY_ADDRESS) + 5:
            address = ".".join(map(str, oid[-4:]))
            found[-4:] = ipaddress.IPv4Address(self.address(address)).packed
            return tuple(found)
        while at < len(found):
            at += self._replace_arcs(found, at)
        return tuple(found)

    def _replace_arcs(self, arcs: list[int], at: int) -> int:
        """Put stand-ins where a secret begins at `at`; return how many arcs are done with."""
        for size, stand_in in (
            (16, self._arcs_of_ipv6),
            (6, self._arcs_of_mac),
            (4, self._arcs_of_ipv4),
        ):
            taken = tuple(arcs[at : at + size])
            replaced = stand_in(taken) if _are_octets(taken, size) else None
            if replaced is not None:
                arcs[at : at + size] = replaced
                return size
        if not 32 < arcs[at] < 256:
            return 1
        text = "".join(chr(arc) if arc < 256 else "\0" for arc in arcs[at:])
        pattern = self._words_pattern()
        found = pattern.match(text) if pattern is not None else None
        if found is None:
            return 1
        arcs[at : at + len(found[0])] = map(ord, self.words[found[0].lower()])
        return len(found[0])

    def _arcs_of_mac(self, arcs: Sequence[int]) -> Sequence[int] | None:
        if not any(arcs[:3]):
            return None  # small numbers are more likely to be just that
        return self.macs.get(bytes(arcs))

    def _arcs_of_ipv4(self, arcs: Sequence[int]) -> Sequence[int] | None:
        if arcs[0] < _LEAST_FIRST:
            return None
        found = self.addresses.get(".".join(map(str, arcs)))
        return None if found is None else ipaddress.IPv4Address(found).packed

    def _arcs_of_ipv6(self, arcs: Sequence[int]) -> Sequence[int] | None:
        found = self.addresses.get(str(ipaddress.IPv6Address(bytes(arcs))))
        return None if found is None else ipaddress.IPv6Address(found).packed

    def replace_in_value(self, oid: Oid, value: Tagged) -> Tagged:
        """Return a value that tells of nobody."""
        if value.tag == _ADDRESS and len(value) == 4:
            replaced = self.address(".".join(map(str, value)))
            return Tagged(_ADDRESS, ipaddress.IPv4Address(replaced).packed)
        if value.tag == _OID:
            return _with_oid(value, self.replace_in_oid)
        kind = _kind_of(oid)
        if value.tag not in _TEXTS:
            return value if kind is None else Tagged(value.tag, b"\0")
        text = value.decode("latin-1")
        if kind is not None and (whole := text.strip("\0 \t\r\n")):
            return Tagged(value.tag, text.replace(whole, self.learn(kind, whole)).encode("latin-1"))
        return Tagged(value.tag, self._in_octets(self._in_text(text)))

    def _in_text(self, text: str) -> str:
        text = _DOTTED.sub(lambda found: self._in_dotted(found[0]), text)
        text = _MACS.sub(lambda found: self._mac_as(found[0]), text)
        pattern = self._words_pattern()
        if pattern is not None:
            text = pattern.sub(lambda found: self.words[found[0].lower()], text)
        if self.addresses:
            text = _IPV4.sub(lambda found: self._known_address(found[0]), text)
            text = _IPV6.sub(lambda found: self._known_address(found[0]), text)
        return text

    def _in_octets(self, text: str) -> bytes:
        """Replace what stands as bare octets in other octets: a chassis id, an engine id."""
        octets = text.encode("latin-1")
        if len(octets) >= 6:
            for mac, stand_in in self.macs.items():
                octets = octets.replace(mac, stand_in)
        if len(octets) in (4, 16):
            known = self.addresses.get(str(ipaddress.ip_address(octets)))
            octets = octets if known is None else ipaddress.ip_address(known).packed
        return octets

    def _mac_as(self, written: str) -> str:
        """Return a MAC's stand-in, written as the MAC was."""
        digits = re.sub(r"[^0-9A-Fa-f]", "", written)
        stand_in = iter(self.mac(bytes.fromhex(digits)).hex())
        upper = any(sign in "ABCDEF" for sign in digits)
        new = "".join(next(stand_in) if sign in _HEX else sign for sign in written)
        return new.upper() if upper else new

    def _in_dotted(self, written: str) -> str:
        """Replace in an OID that an agent gives as text."""
        return text_of_oid(self.replace_in_oid(oid_of(written)))

    def _known_address(self, written: str) -> str:
        try:
            plain = str(ipaddress.ip_address(written))
        except ValueError:
            return written
        return self.addresses.get(plain, written)

    def _words_pattern(self) -> re.Pattern[str] | None:
        """Return what finds all learnt words, the longest first, in any case."""
        if self._pattern is None:
            if not self.everywhere:
                return None
            longest_first = sorted(self.everywhere, key=len, reverse=True)
            joined = "|".join(map(re.escape, longest_first))
            self._pattern = re.compile(joined, re.IGNORECASE)
        return self._pattern


_HEX = frozenset("0123456789abcdefABCDEF")
_SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1, 0)
_LEAST_TABLE = 8  # arcs that are never an index
_LEAST_FIRST = 10  # of an address in an index; `1.4.1.1` is as likely to be a column
_BY_ADDRESS = (1, 3, 6, 1, 2, 1, 4, 20, 1)  # the table of the device's own addresses


def _stand_in(number: int, length: int) -> str:
    """Return a word that says nothing, as long as wanted: `x7xxxxxx`."""
    return f"x{number}".ljust(length, "x")[:length] if length > 1 else "x"


def _ipv4(number: int) -> str:
    for text in _IPV4_STANDINS:
        network = ipaddress.IPv4Network(text)
        if number < network.num_addresses - 1:
            return str(network[number])
        number -= network.num_addresses - 2
    return str(ipaddress.IPv4Network("198.18.0.0/15")[number % 131_072])


def _kind_of(oid: Oid) -> str | None:
    return next((kind for prefix, kind in _NAMES if oid[: len(prefix)] == prefix), None)


_NAMES = tuple((oid_of(oid), kind) for oid, kind in NAMES.items())


def _are_octets(arcs: Sequence[int], size: int) -> bool:
    return len(arcs) == size and all(arc < 256 for arc in arcs)


def _is_surely_a_mac(value: Tagged) -> bool:
    """Say whether six octets cannot be a word."""
    return value.tag == _OCTETS and len(value) == 6 and not _is_word(bytes(value))


def _is_word(octets: bytes) -> bool:
    return octets.isascii() and _is_printable(octets.decode("ascii"))


def _is_printable(text: str) -> bool:
    stripped = text.rstrip("\0")
    return all(sign.isprintable() or sign in "\t\r\n" for sign in stripped)


def _readable(value: Tagged) -> str:
    """Return the text that somebody could read in a value; empty when there is none."""
    if value.tag not in _TEXTS:
        return ""
    try:
        text = value.decode().strip("\0 \t\r\n")
    except UnicodeDecodeError:
        return ""
    has_word = any(sign.isalpha() for sign in text)
    return text if has_word and _is_printable(text) else ""


def _with_oid(value: Tagged, change: Callable[[Oid], Oid]) -> Tagged:
    """Return the value of an OBJECT IDENTIFIER whose OID was changed."""
    try:
        old = oid_of(decode_oid(bytes(value)))
    except (BerError, ValueError):
        return value
    new = change(old)
    return value if new == old else Tagged(_OID, oid_content(new))


# --- writing ----------------------------------------------------------------------------------


def lines_of(values: Iterable[tuple[Oid, Tagged]]) -> Iterator[str]:
    """Yield the lines of a .snmprec file: `OID|TAG|VALUE`, octets that are no plain text in hex."""
    for oid, value in values:
        tag, text = _written(value)
        yield f"{text_of_oid(oid)}|{tag}|{text}"


def _written(value: Tagged) -> tuple[str, str]:
    octets = bytes(value)
    if value.tag == _OCTETS and octets.isascii() and octets.decode("ascii").isprintable():
        return "4", octets.decode("ascii")
    if value.tag in _TEXTS or value.tag not in DECODERS:
        return f"{value.tag}x", octets.hex()
    try:
        decoded = DECODERS[value.tag](octets)
    except BerError:
        decoded = octets
    if isinstance(decoded, int | str):
        return str(value.tag), str(decoded)
    return ("5", "") if decoded is None else (f"{value.tag}x", octets.hex())

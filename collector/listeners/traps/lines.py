"""What collector and receiver say to each other: JSON objects, one a line, every one bounded.

The collector says one thing, `Setup`, over the receiver's standard input (it holds secrets, which
belong neither into arguments nor into the environment) and then keeps quiet; the end of that pipe
tells the receiver to end. The receiver says `Hint`, `Counts` and `Dropped`. It reads what strangers
send, so its words are parsed as a stranger's as well.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import TypeAlias

from collector.model import Credential

LONGEST_LINE = 4096  # what a pipe takes in one piece (PIPE_BUF), so that lines cannot mix
LONGEST_SETUP = 64 << 20
MOST_DEVICES_AT_ADDRESS = 16
_LARGEST_COUNT = 1 << 53
_OID = re.compile(r"[0-2](?:\.[0-9]{1,10}){1,127}", re.ASCII)
_LONGEST_OID = 256
_VERSIONS = ("1", "2c", "3")


class Why(StrEnum):
    """Why a datagram was dropped; the names of the counters."""

    UNKNOWN_SOURCE = "unknown_source"  # no device with a credential has this address
    BAD_COMMUNITY = "bad_community"
    BAD_AUTH = "bad_auth"  # v3: user, security level, signature, encryption or time
    UNKNOWN_ENGINE = "unknown_engine"  # v3: an engine id that cannot be one, or not ours
    MALFORMED = "malformed"  # no SNMP, or no notification
    FLOOD = "flood"  # too many of this device, or in all


@dataclass(frozen=True, slots=True)
class Source:
    """A device that may send, with the names of its credentials."""

    device_id: str
    credentials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """All that the receiver is told. Its repr shows no secret."""

    engine_id: bytes
    boots: int  # snmpEngineBoots: greater than at any earlier start
    sockets: tuple[int, ...]  # descriptors, bound
    credentials: Mapping[str, Credential]
    sources: Mapping[str, tuple[Source, ...]]  # by numeric address


@dataclass(frozen=True, slots=True)
class Hint:
    """A notification of a known sender. `devices`: all that may have sent it (one address)."""

    devices: tuple[str, ...]
    trap: str  # snmpTrapOID
    version: str
    inform: bool = False


@dataclass(slots=True)
class Counts:
    """What the receiver did since it started."""

    received: int = 0
    unknown_source: int = 0
    bad_community: int = 0
    bad_auth: int = 0
    unknown_engine: int = 0
    malformed: int = 0
    flood: int = 0
    informs_answered: int = 0
    v3_asked: int = 0  # senders that asked for our engine id or time before an inform
    unsaid: int = 0  # lines that the collector had no room for


@dataclass(frozen=True, slots=True)
class Dropped:
    """The first datagram of an address that was dropped for this reason."""

    source: str
    why: Why


Word: TypeAlias = Hint | Counts | Dropped


class LineError(ValueError):
    """A line that is none of ours. The text says what is wrong and repeats nothing of it."""


# --- collector → receiver ---------------------------------------------------------------------


def write_setup(setup: Setup) -> bytes:
    """Return the line that starts a receiver. It holds secrets: never log it."""
    data = {
        "engine_id": setup.engine_id.hex(),
        "boots": setup.boots,
        "sockets": list(setup.sockets),
        "credentials": [asdict(credential) for credential in setup.credentials.values()],
        "sources": {
            address: [[source.device_id, list(source.credentials)] for source in sources]
            for address, sources in setup.sources.items()
        },
    }
    return json.dumps(data, ensure_ascii=True).encode() + b"\n"


def read_setup(line: bytes) -> Setup:
    """Return what `write_setup` wrote; it comes from our own parent, so only the form is asked.

    Raises LineError without repeating anything of it.
    """
    try:
        data = json.loads(line)
        credentials = [Credential(**given) for given in data["credentials"]]
        return Setup(
            bytes.fromhex(data["engine_id"]),
            int(data["boots"]),
            tuple(int(number) for number in data["sockets"]),
            {credential.name: credential for credential in credentials},
            {
                str(address): tuple(Source(str(name), tuple(known)) for name, known in sources)
                for address, sources in data["sources"].items()
            },
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise LineError("the setup is not in its form") from None


# --- receiver → collector ---------------------------------------------------------------------


def write_word(word: Word) -> bytes:
    """Return the line of a word."""
    return json.dumps({_NAMES[type(word)]: asdict(word)}, ensure_ascii=True).encode() + b"\n"


def read_word(line: bytes) -> Word:
    """Return the word of a line. Raises LineError for everything that is not exactly one."""
    if len(line) > LONGEST_LINE:
        raise LineError("a line is too long")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError("a line is no JSON") from None
    if not isinstance(data, dict) or len(data) != 1:
        raise LineError("a line is no single word")
    ((name, content),) = data.items()
    reader = _READERS.get(name)
    if reader is None or not isinstance(content, dict):
        raise LineError("a word is not known")
    return reader(content)


def _read_hint(content: Mapping[str, object]) -> Hint:
    devices, trap = content.get("devices"), content.get("trap")
    version, inform = content.get("version"), content.get("inform")
    if set(content) != {"devices", "trap", "version", "inform"}:
        raise LineError("a hint has other keys")
    if not isinstance(devices, list) or not 0 < len(devices) <= MOST_DEVICES_AT_ADDRESS:
        raise LineError("a hint names no devices, or too many")
    if not all(isinstance(one, str) and len(one) <= 64 for one in devices):
        raise LineError("a hint names what is no device")
    if not isinstance(trap, str) or not is_trap_oid(trap):
        raise LineError("a hint has no OID")
    if version not in _VERSIONS or not isinstance(inform, bool):
        raise LineError("a hint has no version")
    return Hint(tuple(devices), trap, str(version), inform)


def _read_counts(content: Mapping[str, object]) -> Counts:
    counts = Counts()
    for field in fields(Counts):
        value = content.get(field.name)
        if type(value) is not int or not 0 <= value < _LARGEST_COUNT:
            raise LineError("a count is no number")
        setattr(counts, field.name, value)
    return counts


def _read_dropped(content: Mapping[str, object]) -> Dropped:
    source, why = content.get("source"), content.get("why")
    if not isinstance(source, str) or len(source) > 64:
        raise LineError("a drop has no source")
    try:
        return Dropped(str(ipaddress.ip_address(source)), Why(str(why)))
    except ValueError:
        raise LineError("a drop has no source or no reason") from None


_NAMES: dict[type, str] = {Hint: "hint", Counts: "counts", Dropped: "dropped"}
_READERS: dict[str, Callable[[Mapping[str, object]], Word]] = {
    "hint": _read_hint,
    "counts": _read_counts,
    "dropped": _read_dropped,
}


def is_trap_oid(text: str) -> bool:
    """Say whether a text is an OID that may be handed on."""
    return len(text) <= _LONGEST_OID and _OID.fullmatch(text) is not None

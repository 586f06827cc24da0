"""Damages SNMP datagrams of all versions in every way, and reads them as the engine does.

Run it: `make fuzz`, or `python -m tests.fuzz.fuzz_snmp [--count N] [--seed S]`. Each input is taken
from honest messages by a few mutations and must be read, or refused by the documented exceptions;
anything else ends the run with the input that did it. The suite runs a few seconds of the same.
"""

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from collector.probes.snmp import ber
from collector.probes.snmp.agent import Version
from collector.probes.snmp.errors import BerError, SnmpError
from collector.probes.snmp.pending import Response, Unproven
from collector.probes.snmp.v3.message import (
    ENCRYPTED,
    SIGNED,
    Names,
    build_message,
    read_message,
)
from collector.probes.snmp.v3.reports import Hint
from collector.probes.snmp.v3.sealing import AesSealer, Signer
from collector.probes.snmp.v3.security import DIGESTS
from collector.probes.snmp.v3.session import Discovery, Engine, Question, Told
from collector.probes.snmp.v3.window import EngineClock
from collector.probes.snmp.values import Missing
from tests.snmp_agents import EVERY_TYPE, Binding, binding, number, response, tlv

COUNT = 1_000_000
PATIENCE_SECONDS = 20
"""No batch of inputs takes a tenth of this; whatever does hangs."""

_BATCH = 1000
_REQUEST_ID = 0x0123_4567
_OIDS = ("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0")
_BINDINGS: list[Binding] = [
    *EVERY_TYPE,
    ("1.3.6.1.2.1.55.1.8.1.1." + ".".join(["4294967295"] * 40), number(1)),
]
_REPORT: list[Binding] = [(Hint.NOT_IN_TIME_WINDOW.value + ".0", number(7, 0x41))]

# --- honest messages --------------------------------------------------------------------------

NAMES = Names(bytes.fromhex("80001f8804") + b"uji-01", b"pantau", b"")
_KEY = bytes(range(20))
_CLOCK = (3, 1000)


def _engine(level: int) -> Engine:
    clock = EngineClock(*_CLOCK, 0.0)
    clock.hear(*_CLOCK, 0.0)
    signer = Signer(DIGESTS["sha"], _KEY) if level & SIGNED else None
    sealer = AesSealer(_KEY[:16]) if level & ENCRYPTED else None
    return Engine(NAMES, clock, signer, sealer)


def _scoped(tag: int, bindings: list[Binding]) -> bytes:
    listed = tlv(0x30, b"".join(binding(oid, value) for oid, value in bindings))
    pdu = tlv(tag, number(_REQUEST_ID) + number(0) + number(0) + listed)
    return tlv(0x30, tlv(4, NAMES.engine_id) + tlv(4, b"") + pdu)


def _message(level: int, scoped: bytes) -> bytes:
    """Return what an agent would send, signed and encrypted as `level` says."""
    salt, octets = b"", SIGNER.octets if level & SIGNED else 0
    if level & ENCRYPTED:
        salt = b"garam-01"
        vector = _CLOCK[0].to_bytes(4, "big") + _CLOCK[1].to_bytes(4, "big") + salt
        scoped = tlv(4, Cipher(AES(_KEY[:16]), CFB(vector)).encryptor().update(scoped))
    packet, at = build_message(_REQUEST_ID, level, NAMES, _CLOCK, octets, salt, scoped)
    if not octets:
        return packet
    return packet[:at] + SIGNER.sign(packet) + packet[at + octets :]


SIGNER = Signer(DIGESTS["sha"], _KEY)
SCOPED = [_scoped(ber.RESPONSE, _BINDINGS), _scoped(ber.REPORT, _REPORT)]
PLAIN = [
    response(_REQUEST_ID, _BINDINGS),
    response(_REQUEST_ID, _BINDINGS[:3], version=0, status=2, index=1),
]
LEVELS = (0, SIGNED, SIGNED | ENCRYPTED)

# --- damage -----------------------------------------------------------------------------------


def damaged(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """Return a message after one to four mutations."""
    bent = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(bent)) if bent else 0
        match chance.randrange(8):
            case 0:
                bent[at : at + 1] = bytes((chance.randrange(256),))
            case 1 if bent:
                bent[at] ^= 1 << chance.randrange(8)
            case 2:
                del bent[at : at + chance.randint(1, 12)]
            case 3:
                bent[at:at] = chance.randbytes(chance.randint(1, 12))
            case 4:
                del bent[at:]
            case 5:  # what lengths and types are made of
                bent[at : at + 1] = chance.choice(
                    (b"\x80", b"\x84\xff\xff\xff\xff", b"\x30", b"\x04")
                )
            case 6:
                bent[at:at] = bent[at : at + chance.randint(1, 40)]
            case _:
                other = chance.choice(others)
                cut = chance.randrange(len(other))
                bent[at : at + 30] = other[cut : cut + chance.randint(1, 60)]
    return bytes(bent)


# --- reading ----------------------------------------------------------------------------------


class Input(NamedTuple):
    """A damaged message, and how the engine reads it."""

    kind: str
    data: bytes
    read: Callable[[bytes], object]


def _read_plain(data: bytes) -> object:
    head = ber.read_head(data)
    return Response(head.error_status, head.error_index, ber.read_bindings(data, head, 100))


def _read_discovery(data: bytes) -> object:
    return Discovery().read(data, read_message(data))


def _question(level: int) -> Question:
    request = ber.build_request(Version.V3, "", ber.GET, _OIDS)
    question = Question(_engine(level), request, 100, lambda: 0.0, frozenset(Hint))
    question.packet(_REQUEST_ID)
    return question


def inputs(seed: int) -> Iterator[Input]:
    """Yield damaged messages without end, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - it damages messages, it guards nothing
    honest = [_message(level, scoped) for level in LEVELS for scoped in SCOPED]
    everything = honest + PLAIN + SCOPED
    questions = {level: _question(level) for level in LEVELS}

    def asking(level: int) -> Callable[[bytes], object]:
        return lambda data: questions[level].read(data, read_message(data))

    readers = {level: asking(level) for level in LEVELS}
    while True:
        level = chance.choice(LEVELS)
        match chance.randrange(5):
            case 0 | 1:
                data = damaged(chance.choice(PLAIN), chance, everything)
                yield Input("v1 and v2c", data, _read_plain)
            case 2:
                data = damaged(chance.choice(honest), chance, everything)
                yield Input("v3", data, readers[level])
            case 3:  # behind the signature
                scoped = damaged(chance.choice(SCOPED), chance, everything)
                data = _message(level, scoped)
                yield Input("v3, signed by the agent", data, readers[level])
            case _:
                data = damaged(chance.choice(honest), chance, everything)
                yield Input("v3 discovery", data, _read_discovery)


def is_sound(answer: object) -> bool:
    """Say whether what was read is of the types that callers are promised."""
    match answer:
        case Told(engine_id=bytes(), boots=int(), time=int()):
            return True
        case Response(error_status=int(), error_index=int(), bindings=bindings):
            kinds = (int, float, bytes, str, Missing, type(None))
            return all(isinstance(part, kinds) for pair in bindings for part in pair)
        case _:
            return False


class Fault(Exception):  # noqa: N818 - it says what was found
    """An input that was neither read nor refused as promised."""


def run(count: int, seed: int) -> Counter[str]:
    """Read `count` inputs; return how many of each kind were read or refused. Raises Fault."""
    tally: Counter[str] = Counter()
    stream = inputs(seed)
    with _watched() as now_reading:
        for number_ in range(count):
            if number_ % _BATCH == 0:
                signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
            one = next(stream)
            now_reading[:] = [one]
            try:
                answer = one.read(one.data)
            except (BerError, SnmpError, Unproven):
                tally[f"{one.kind}: refused"] += 1
                continue
            except Exception as error:
                raise Fault(f"{one.kind}: {error!r} from {one.data.hex()}") from error
            if not is_sound(answer):
                raise Fault(f"{one.kind}: {answer!r} read from {one.data.hex()}")
            tally[f"{one.kind}: read"] += 1
    return tally


@contextmanager
def _watched() -> Iterator[list[Input]]:
    """Let the alarm end an input that hangs, naming it."""
    reading: list[Input] = []

    def ring(signal_number: int, frame: FrameType | None) -> None:
        del signal_number, frame
        raise Fault(f"{reading[0].kind}: hangs on {reading[0].data.hex()}")

    before = signal.signal(signal.SIGALRM, ring)
    try:
        yield reading
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def main() -> None:
    """Run and print what became of the inputs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    sys.stdout.write(f"{options.count} inputs with --seed {options.seed}\n")
    started_at = time.process_time()
    tally = run(options.count, options.seed)
    for kind, number_ in sorted(tally.items()):
        sys.stdout.write(f"  {number_:9,}  {kind}\n")
    sys.stdout.write(f"no fault in {time.process_time() - started_at:.0f} CPU seconds\n")


if __name__ == "__main__":
    main()

"""One question to one agent's engine: makes its datagrams, and decides which answer to believe.

read ─► signed by the user's key? ─► clock ─► decrypt ─► answer, of our context? ─► Response
             │                                    └─► report, signed ──► AskAgain, or an error
             └─ not signed: Unproven. A hint may cause one discovery; the rest has to wait for
                what signed answer may still come.
"""

from collections.abc import Callable
from typing import NamedTuple

from collector.probes.snmp import ber
from collector.probes.snmp.errors import BadAnswer, BerError, SnmpError
from collector.probes.snmp.pending import Response, Unproven
from collector.probes.snmp.v3.message import (
    ENCRYPTED,
    SIGNED,
    Message,
    Names,
    Scoped,
    build_message,
    build_scoped,
    read_scoped,
)
from collector.probes.snmp.v3.reports import Hint, meaning_of
from collector.probes.snmp.v3.sealing import Sealer, Signer
from collector.probes.snmp.v3.window import EngineClock
from collector.probes.snmp.values import VarBind

_MOST_REPORTED = 16  # bindings of a report; one is usual
_MOST_ENGINE_ID = 64  # octets; RFC 3411 allows 32
_NOBODY = Names()
EMPTY_GET = ber.Request(bytes((ber.GET, 14)) + b"\x02\x04", b"\x02\x01\x00\x02\x01\x00\x30\x00")
"""A request for nothing, which is all that discovery needs."""


class AskAgain(SnmpError):  # noqa: N818 - it says what to do
    """The agent's complaint can be mended. Stays inside the package."""

    def __init__(self, hint: Hint) -> None:
        """NOT_IN_TIME_WINDOW: its clock was learnt. UNKNOWN_ENGINE_ID: discover it anew."""
        self.hint = hint
        super().__init__(hint.name)


class Engine:
    """An agent's engine as we know it, and our keys for it."""

    __slots__ = ("clock", "level", "names", "sealer", "signer")

    def __init__(
        self, names: Names, clock: EngineClock, signer: Signer | None, sealer: Sealer | None
    ) -> None:
        self.names = names
        self.clock = clock
        self.signer = signer
        self.sealer = sealer
        self.level = (0 if signer is None else SIGNED) | (0 if sealer is None else ENCRYPTED)


class Told(NamedTuple):
    """What an agent tells everyone of its engine."""

    engine_id: bytes
    boots: int
    time: int


class Discovery:
    """Asks an agent for its engine id, as nobody (RFC 3414, section 4)."""

    def packet(self, message_id: int) -> bytes:
        """Return the datagram."""
        data = build_scoped(_NOBODY, EMPTY_GET.packet(message_id))
        return build_message(message_id, 0, _NOBODY, (0, 0), 0, b"", data)[0]

    def read(self, data: bytes, message: Message) -> Told:
        """Return what was told, whatever the rest of the message says. Raises BadAnswer."""
        del data
        if not message.engine_id:
            raise BadAnswer("the agent does not tell its engine id")
        if len(message.engine_id) > _MOST_ENGINE_ID:
            raise BadAnswer("the agent tells an absurdly long engine id")
        return Told(message.engine_id, message.boots, message.time)


class Question:
    """Asks one engine one thing as one user. Serves all tries of it."""

    def __init__(
        self,
        engine: Engine,
        request: ber.Request,
        most: int,
        time: Callable[[], float],
        mendable: frozenset[Hint],
        read_bindings: Callable[[bytes, ber.Head, int], list[VarBind]] = ber.read_bindings,
    ) -> None:
        """Take the PDU, how many bindings an answer may hold, and which hints may be followed."""
        self._engine = engine
        self._request = request
        self._most = most
        self._time = time
        self._mendable = mendable
        self._read_bindings = read_bindings
        self._request_id = 0
        self._scoped = b""

    def packet(self, message_id: int) -> bytes:
        """Return the datagram of a try: the same request in a message of its own."""
        engine, clock = self._engine, self._engine.clock
        if not self._scoped:
            self._request_id = message_id
            self._scoped = build_scoped(engine.names, self._request.packet(message_id))
        boots, time = clock.boots, clock.time(self._time())
        data, salt = self._scoped, b""
        if engine.sealer is not None:
            sealed, salt = engine.sealer.seal(data, boots, time)
            data = ber.encode_tlv(ber.OCTET_STRING, sealed)
        signer = engine.signer
        octets = 0 if signer is None else signer.octets
        packet, at = build_message(
            message_id, engine.level, engine.names, (boots, time), octets, salt, data
        )
        if signer is None:
            return packet
        return b"".join((packet[:at], signer.sign(packet), packet[at + octets :]))

    def read(self, data: bytes, message: Message) -> Response:
        """Return the answer. Raises Unproven, AskAgain, BadAnswer, CredentialRefused, BerError."""
        if not message.level & SIGNED:
            return self._read_unsigned(data, message)
        self._check_signature(data, message)
        clock = self._engine.clock
        is_timely = clock.hear(message.boots, message.time, self._time())
        plain, scoped = self._open(data, message)
        if scoped.tag == ber.REPORT:
            raise self._complaint(plain, scoped, is_timely=is_timely)
        self._check_names(message, scoped)
        if not is_timely:
            raise self._mend(Hint.UNKNOWN_ENGINE_ID)
        return self._response(plain, scoped)

    def _read_unsigned(self, data: bytes, message: Message) -> Response:
        """Read what anybody can have sent: it settles nothing, unless we ask unsigned ourselves."""
        try:
            plain, scoped = self._open(data, message)
            if scoped.tag == ber.REPORT:
                raise self._complaint(plain, scoped, is_timely=False)
            self._check_names(message, scoped)
            return self._response(plain, scoped)
        except AskAgain:
            raise
        except (BerError, SnmpError) as error:
            if self._engine.signer is None:
                raise
            told = BadAnswer(f"malformed answer: {error}") if isinstance(error, BerError) else error
            raise Unproven(told, settles=True) from None

    def _check_signature(self, data: bytes, message: Message) -> None:
        signer, names = self._engine.signer, self._engine.names
        is_ours = (message.engine_id, message.user) == (names.engine_id, names.user)
        if (
            signer is None
            or not is_ours
            or len(message.signature) != signer.octets
            or not signer.is_signed(data, message.signature, message.signature_at)
        ):
            raise Unproven(BadAnswer("an answer came whose signature is wrong"))

    def _open(self, data: bytes, message: Message) -> tuple[bytes, Scoped]:
        """Decrypt, if need be, and read up to the bindings. Raises BerError."""
        start, end = message.start, message.end
        if not message.level & ENCRYPTED:
            return data, read_scoped(data, start, end)
        sealer = self._engine.sealer
        if sealer is None:
            raise BerError("encrypted, but not to us")
        plain = sealer.open(data[start:end], message.salt, message.boots, message.time)
        return plain, read_scoped(plain, 0, len(plain))

    def _check_names(self, message: Message, scoped: Scoped) -> None:
        """Hold an answer against the question (RFC 3412, section 7.2, step 12 b)."""
        names = self._engine.names
        if message.level != self._engine.level:
            raise Unproven(BadAnswer("an answer came that is less secure than what was asked"))
        if (message.engine_id, message.user) != (names.engine_id, names.user):
            raise Unproven(BadAnswer("an answer came from another engine, or to another user"))
        if (scoped.context_engine_id, scoped.context) != (names.engine_id, names.context):
            raise Unproven(BadAnswer("an answer came from another context"))
        if scoped.head.request_id != self._request_id:
            raise Unproven(BadAnswer("an answer came to another request"))

    def _response(self, plain: bytes, scoped: Scoped) -> Response:
        head = scoped.head
        bindings = self._read_bindings(plain, head, self._most)
        return Response(head.error_status, head.error_index, bindings)

    def _complaint(self, plain: bytes, scoped: Scoped, *, is_timely: bool) -> SnmpError:
        """Return what follows from a report. `is_timely`: signed, and its clock is now ours."""
        meaning = meaning_of(ber.read_bindings(plain, scoped.head, _MOST_REPORTED))
        if isinstance(meaning, SnmpError):
            return meaning
        is_learnt = meaning is Hint.NOT_IN_TIME_WINDOW and is_timely
        return self._mend(meaning if is_learnt else Hint.UNKNOWN_ENGINE_ID)

    def _mend(self, hint: Hint) -> SnmpError:
        """Return the wish to ask again, or an error when that has not helped before."""
        if hint in self._mendable:
            return AskAgain(hint)
        if self._engine.clock.is_used_up:
            return BadAnswer("the agent's count of boots is used up; reset its SNMP engine")
        return BadAnswer("the agent keeps contradicting itself about its engine id or clock")

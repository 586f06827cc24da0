"""An agent's objects in order, and answers to GET, GETNEXT and GETBULK over them.

A *layout* is shared by all devices of a model: its objects are constants or functions of the
device and the moment, so 50,000 agents cost no more memory than their switches. A poller asks
the same question of every device again and again, therefore the way from a question to its
objects (a *plan*) is worked out once and kept.

Semantics: RFC 1157 section 4.1 (v1), RFC 3416 section 4.2 (v2c).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simulators import ber
from simulators.ber import ErrorStatus, Oid, Pdu, Version
from simulators.live import Live

Value = Callable[[Live, float], bytes]
"""Returns the whole TLV of an object for a device at a moment (monotonic seconds)."""

LARGEST_MESSAGE = 1472  # what fits one Ethernet frame; small agents send no more
_HEADROOM = 96  # message, PDU and community around the varbinds
_SMALLEST_VARBIND = 8
_PLANS_KEPT = 4096
_UPTIME = ber.encode_oid((1, 3, 6, 1, 2, 1, 1, 3, 0))


@dataclass(frozen=True, slots=True)
class Entry:
    """One object instance: its name, its wire type, its value or how to make it."""

    oid: Oid
    tag: int
    value: bytes | Value


@dataclass(frozen=True, slots=True)
class Plan:
    """A question worked out: encoded names with values, or an error about the question."""

    rows: tuple[tuple[bytes, bytes | Value], ...]
    error: ErrorStatus = ErrorStatus.NO_ERROR
    error_index: int = 0
    may_shorten: bool = False  # GETBULK leaves out what does not fit
    asks_uptime: bool = False


class Layout:
    """The objects of a model, in order of their names. A name given twice keeps its last value."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_oid = {entry.oid: entry for entry in entries}
        self._oids = sorted(by_oid)
        self._entries = [by_oid[oid] for oid in self._oids]
        self._names = [ber.object_identifier(oid) for oid in self._oids]
        self._places = {ber.encode_oid(oid): place for place, oid in enumerate(self._oids)}
        self._parents = {oid[:-1] for oid in self._oids}
        self._plans: dict[tuple[Version, Pdu, bytes], Plan] = {}

    def __len__(self) -> int:
        return len(self._oids)

    def plan(self, request: ber.Request) -> Plan:
        """Return how to answer `request`. Raises ber.BerError for a malformed question."""
        key = (request.version, request.pdu, request.question)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._make_plan(request.version, request.pdu, ber.read_question(key[2]))
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            self._plans[key] = plan
        return plan

    def _make_plan(self, version: Version, pdu: Pdu, question: ber.Question) -> Plan:
        if pdu is Pdu.GET:
            return self._get(version, question.names)
        if pdu is Pdu.GET_NEXT:
            return self._get_next(version, question.names)
        if pdu is Pdu.GET_BULK and version is not Version.V1:
            return Plan(self._get_bulk(question), may_shorten=True)
        if pdu is Pdu.SET:
            return _refusal(
                question.names,
                ErrorStatus.NO_SUCH_NAME if version is Version.V1 else ErrorStatus.NOT_WRITABLE,
                1,
            )
        raise ber.BerError("this version has no such PDU")

    def _get(self, version: Version, names: tuple[bytes, ...]) -> Plan:
        rows: list[tuple[bytes, bytes | Value]] = []
        for index, name in enumerate(names, start=1):
            place = self._places.get(name)
            entry = None if place is None else self._entries[place]
            if version is Version.V1 and (entry is None or entry.tag == ber.COUNTER64):
                return _refusal(names, ErrorStatus.NO_SUCH_NAME, index)
            rows.append((_named(name), self._absent(name) if entry is None else entry.value))
        return Plan(tuple(rows), asks_uptime=_UPTIME in names)

    def _absent(self, name: bytes) -> bytes:
        """Return which exception stands for a missing object (RFC 3416 4.2.1)."""
        known = ber.decode_oid(name)[:-1] in self._parents
        return ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT

    def _get_next(self, version: Version, names: tuple[bytes, ...]) -> Plan:
        rows: list[tuple[bytes, bytes | Value]] = []
        for index, name in enumerate(names, start=1):
            place = self._after(name)
            if version is Version.V1:
                place = self._skip_counter64(place)
            if place < len(self._oids):
                rows.append((self._names[place], self._entries[place].value))
            elif version is Version.V1:
                return _refusal(names, ErrorStatus.NO_SUCH_NAME, index)
            else:
                rows.append((_named(name), ber.END_OF_MIB_VIEW))
        return Plan(tuple(rows))

    def _get_bulk(self, question: ber.Question) -> tuple[tuple[bytes, bytes | Value], ...]:
        """Return the rows of a GETBULK: non-repeaters once, then repetition by repetition."""
        split = max(0, min(question.non_repeaters, len(question.names)))
        rows = [self._step(self._after(name), _named(name)) for name in question.names[:split]]
        places = [self._after(name) for name in question.names[split:]]
        asked = [_named(name) for name in question.names[split:]]
        most = LARGEST_MESSAGE // _SMALLEST_VARBIND
        for _ in range(min(max(0, question.max_repetitions), most) if places else 0):
            rows += [self._step(place, name) for place, name in zip(places, asked, strict=True)]
            if all(place >= len(self._oids) for place in places) or len(rows) > most:
                break
            asked = [name for name, _ in rows[-len(places) :]]
            places = [place + 1 for place in places]
        return tuple(rows)

    def _step(self, place: int, asked: bytes) -> tuple[bytes, bytes | Value]:
        if place < len(self._oids):
            return self._names[place], self._entries[place].value
        return asked, ber.END_OF_MIB_VIEW

    def _after(self, name: bytes) -> int:
        """Return the place of the first object after `name`."""
        place = self._places.get(name)
        return bisect_right(self._oids, ber.decode_oid(name)) if place is None else place + 1

    def _skip_counter64(self, place: int) -> int:
        """Return the first place from here on that v1 can carry (RFC 2576 4.1.2.1)."""
        while place < len(self._oids) and self._entries[place].tag == ber.COUNTER64:
            place += 1
        return place


def respond(plan: Plan, request: ber.Request, live: Live, now: float) -> bytes:
    """Return the response to `request` for one device at one moment."""
    varbinds: list[bytes] = []
    size = 0
    for name, value in plan.rows:
        content = name + (value if isinstance(value, bytes) else value(live, now))
        varbind = ber.tlv(ber.SEQUENCE, content)
        size += len(varbind)
        if size > LARGEST_MESSAGE - _HEADROOM:
            if plan.may_shorten and varbinds:
                break
            return ber.response(request, b"", ErrorStatus.TOO_BIG)
        varbinds.append(varbind)
    return ber.response(request, b"".join(varbinds), plan.error, plan.error_index)


def _named(name: bytes) -> bytes:
    return ber.tlv(ber.OBJECT_IDENTIFIER, name)


def _refusal(names: tuple[bytes, ...], error: ErrorStatus, index: int) -> Plan:
    """Return the names as they were asked, with an error about the one at `index`."""
    null = ber.tlv(ber.NULL, b"")
    return Plan(tuple((_named(name), null) for name in names), error, index)

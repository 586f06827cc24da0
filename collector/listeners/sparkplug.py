"""Sparkplug B as a payload format of profiles: `payload: sparkplug`.

    spBv1.0/GROUP/NBIRTH|NDATA|NDEATH/NODE             an edge node speaks of itself
    spBv1.0/GROUP/DBIRTH|DDATA|DDEATH/NODE/DEVICE      … or of a device behind it

A birth says which metrics there are, with their types and a short number (alias) for each; data
may leave out all but the number. So what a node's births said is remembered. The document of a
message is its metrics by name, and under `$` what it says of itself:

    status    `online` (birth) or `offline` (death); data says neither
    at        when it was sent, in milliseconds since 1970
    gaps      sequence numbers that were missing since we listen: messages of the node were lost
    unnamed   metrics of this message whose number no birth had told us
    history   metrics of this message that are history: they are left out

A host that knows too little may ask a node to be born again. That is a command, and Pantau gives
none: until the node's next birth such metrics have no name, which the check says.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from collector.listeners.mqtt_formats import PayloadError
from collector.listeners.sparkplug_payload import (
    NAME_LIMIT,
    SparkplugMessage,
    SparkplugMetric,
    parse,
)

NAMESPACE = "spBv1.0"
META = "$"
ONLINE, OFFLINE = "online", "offline"
NODES_LIMIT = 5_000  # whoever was silent longest is forgotten
KNOWN_LIMIT = 10_000  # metrics of a node and its devices
_BIRTH_SEQUENCE = "bdSeq"
_CONTROLS = ("Node Control/", "Device Control/")  # what could be commanded: no telemetry
_SEQUENCES = 256
_TYPES = frozenset({"NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"})

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a birth said of a metric."""

    name: str
    datatype: int


@dataclass(slots=True)
class _Node:
    """What is remembered of an edge node; `born` says that all of its messages are heard."""

    born: bool = False
    alive: bool = False
    birth_sequence: object = None
    last_seq: int | None = None
    gaps: int = 0
    by_alias: dict[int, _Known] = field(default_factory=dict)
    types: dict[tuple[str, str], int] = field(default_factory=dict)  # by device and name


@dataclass(frozen=True, slots=True)
class _Topic:
    group: str
    kind: str
    node: str
    device: str  # empty: the node itself


class SparkplugDecoder:
    """Reads messages of all nodes, in the order in which they come."""

    def __init__(self) -> None:
        self._nodes: OrderedDict[tuple[str, str], _Node] = OrderedDict()
        self._last: tuple[str, bytes, Document] | None = None

    def decode(self, payload: bytes, topic: str) -> Document:
        """Return the metrics of a message by name, and `$`.

        Raises:
            PayloadError: it is no Sparkplug message, or none of its metrics has a name.
        """
        if self._last is not None and self._last[0] == topic and self._last[1] is payload:
            return self._last[2]  # several checks hear it; it is one message
        place = _place_of(topic)
        message = parse(payload)
        node = self._node(place)
        document = self._read(place, message, node)
        self._last = (topic, payload, document)
        return document

    def _node(self, place: _Topic) -> _Node:
        key = place.group, place.node
        node = self._nodes.setdefault(key, _Node())
        self._nodes.move_to_end(key)
        if len(self._nodes) > NODES_LIMIT:
            self._nodes.popitem(last=False)
        return node

    def _read(self, place: _Topic, message: SparkplugMessage, node: _Node) -> Document:
        if place.kind == "NDEATH":
            return {META: {"status": _hear_death(node, message)}}
        if place.kind == "NBIRTH":
            _hear_birth(node, message)
        else:
            _count_gap(node, message.seq)
        if place.kind == "DDEATH":
            return {META: {"status": OFFLINE, "at": message.timestamp, "gaps": node.gaps}}
        if place.kind in ("NBIRTH", "DBIRTH"):
            _learn(node, place.device, message.metrics)
        return _document(place, message, node)


def _document(place: _Topic, message: SparkplugMessage, node: _Node) -> Document:
    is_birth = place.kind.endswith("BIRTH")
    document: Document = {}
    unnamed = history = 0
    for metric in message.metrics:
        known = _known(node, place.device, metric)
        if known is None or known.name == META:
            unnamed += 1
        elif metric.is_historical:
            history += 1
        elif known.name != _BIRTH_SEQUENCE and not known.name.startswith(_CONTROLS):
            document[known.name] = metric.value(known.datatype)
    if unnamed and unnamed == len(message.metrics):
        raise PayloadError(
            "metrics by number, and no birth was heard that names them; they are readable from"
            " the node's next birth on (its Node Control/Rebirth)"
        )
    meta: Document = {"gaps": node.gaps, "unnamed": unnamed, "history": history}
    meta["at"] = _sent_at(message, only_history=bool(history) and not document)
    if is_birth:
        meta["status"] = ONLINE
    document[META] = meta
    return document


def _sent_at(message: SparkplugMessage, *, only_history: bool) -> int | None:
    """Return the moment a message speaks of; what is nothing but history is as old as that."""
    moments = [metric.timestamp for metric in message.metrics if metric.timestamp is not None]
    newest = max(moments, default=None)
    if only_history and newest is not None:
        return newest
    return newest if message.timestamp is None else message.timestamp


def _hear_birth(node: _Node, message: SparkplugMessage) -> None:
    """Begin anew with a node: nothing that was said before holds."""
    node.born = node.alive = True
    node.birth_sequence = _birth_sequence(message)
    node.last_seq = message.seq
    node.by_alias.clear()
    node.types.clear()


def _hear_death(node: _Node, message: SparkplugMessage) -> str:
    """Return the word of a death: that of a session before the present one says nothing.

    A node that comes back before the broker noticed that it was gone is told dead afterwards, in
    the name of its former connection; `bdSeq` tells the two apart.
    """
    sequence = _birth_sequence(message)
    if (
        node.alive
        and None not in (sequence, node.birth_sequence)
        and (sequence != node.birth_sequence)
    ):
        return ONLINE
    node.alive = False
    node.last_seq = None
    return OFFLINE


def _birth_sequence(message: SparkplugMessage) -> object:
    found = (metric.value(0) for metric in message.metrics if metric.name == _BIRTH_SEQUENCE)
    value = next(found, None)
    return value if isinstance(value, int) else None


def _count_gap(node: _Node, seq: int | None) -> None:
    """Note a message's number. Nodes whose birth was not heard may have more that we do not hear.

    The same number again is the same message, sent twice by the broker.
    """
    if seq is None or not node.born:
        return
    last, node.last_seq = node.last_seq, seq
    if last is not None and seq not in (last, (last + 1) % _SEQUENCES):
        node.gaps += 1


def _learn(node: _Node, device: str, metrics: tuple[SparkplugMetric, ...]) -> None:
    for metric in metrics:
        name = metric.name
        if not name or len(name) > NAME_LIMIT or len(node.types) >= KNOWN_LIMIT:
            continue
        node.types[device, name] = metric.datatype
        if metric.alias is not None and len(node.by_alias) < KNOWN_LIMIT:
            node.by_alias[metric.alias] = _Known(name, metric.datatype)


def _known(node: _Node, device: str, metric: SparkplugMetric) -> _Known | None:
    """Return a metric's name and type, from itself or from the birth."""
    if metric.name:
        if len(metric.name) > NAME_LIMIT:
            return None
        return _Known(metric.name, node.types.get((device, metric.name), 0))
    return None if metric.alias is None else node.by_alias.get(metric.alias)


def _place_of(topic: str) -> _Topic:
    levels = topic.split("/")
    kind = levels[2] if len(levels) > 2 else ""
    wanted = 5 if kind.startswith("D") else 4
    if levels[0] != NAMESPACE or kind not in _TYPES or len(levels) != wanted or not all(levels):
        raise PayloadError("the topic is none of Sparkplug B")
    return _Topic(levels[1], kind, levels[3], levels[4] if wanted == 5 else "")

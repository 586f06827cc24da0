"""Reading a response of SNMP: our codec beside pyasn1 with the grammar of SNMP.

python -m tests.benchmarks.ratios.ber
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]
from pysnmp.proto.api import v2c

from collector.probes.snmp import ber
from simulators.fleet import SCALARS
from tests.benchmarks import ratio
from tests.snmp_agents import response

ANSWER = response(0x1234567, SCALARS)
OURS, REFERENCE = 2_000, 20


def read_ours() -> list[tuple[str, Any]]:
    """Return names and values of the response."""
    return list(ber.read_bindings(ANSWER, ber.read_head(ANSWER), 24))


def read_theirs() -> list[tuple[str, Any]]:
    """Return the same by pyasn1."""
    message, _ = decoder.decode(ANSWER, asn1Spec=v2c.Message())
    bindings = v2c.apiPDU.get_varbinds(v2c.apiMessage.get_pdu(message))
    return [(str(name), value) for name, value in bindings]


def many(read: Callable[[], object], count: int) -> int:
    for _ in range(count):
        read()
    return count


def cases(_: ExitStack) -> Iterator[ratio.Case]:
    """Yield the one case."""
    assert [(name, int(value)) for name, value in read_theirs()] == read_ours()
    yield ratio.Case(
        "ber-decode",
        "BER: read a response of 12 values",
        "response",
        ratio.Side("ours", lambda: many(read_ours, OURS)),
        ratio.Side(ratio.release("pyasn1"), lambda: many(read_theirs, REFERENCE)),
        "the same datagram to dotted names and values; both compared before",
    )


if __name__ == "__main__":
    ratio.run(cases)

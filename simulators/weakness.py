"""What agents of the field get wrong, to be had on purpose: for replayed recordings and tests.

v1-only       silent to everything but SNMP v1
bulk-silent   no answer to GETBULK
bulk-error    genErr to GETBULK
bulk-cut      one value an answer to GETBULK, whatever was asked
small         tooBig to whatever names more than four objects
"""

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from simulators import ber
from simulators.ber import ErrorStatus, Pdu, Request, Version
from simulators.mib import Plan

_SMALL = 4


class Weakness(StrEnum):
    """One way of answering badly."""

    V1_ONLY = "v1-only"
    BULK_SILENT = "bulk-silent"
    BULK_ERROR = "bulk-error"
    BULK_CUT = "bulk-cut"
    SMALL = "small"


def hears(weaknesses: Collection[Weakness], request: Request) -> bool:
    """Say whether an agent answers a request at all."""
    if Weakness.V1_ONLY in weaknesses and request.version is not Version.V1:
        return False
    return Weakness.BULK_SILENT not in weaknesses or request.pdu is not Pdu.GET_BULK


def refusal(weaknesses: Collection[Weakness], request: Request) -> bytes | None:
    """Return the error an agent answers with instead, None when it can do what is asked."""
    if Weakness.BULK_ERROR in weaknesses and request.pdu is Pdu.GET_BULK:
        return ber.response(request, b"", ErrorStatus.GEN_ERR)
    asked = len(ber.read_question(request.question).names)
    if Weakness.SMALL in weaknesses and asked > _SMALL:
        return ber.response(request, b"", ErrorStatus.TOO_BIG)
    return None


def weakened(weaknesses: Collection[Weakness], request: Request, plan: Plan) -> Plan:
    """Return what an agent makes of a question that it understood."""
    if Weakness.BULK_CUT in weaknesses and request.pdu is Pdu.GET_BULK:
        return replace(plan, rows=plan.rows[:1])
    return plan

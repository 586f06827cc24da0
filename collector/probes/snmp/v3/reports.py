"""What agents complain of in reports, and what that means for us.

The counters that a report names: RFC 3414, section 5 (usmStats); RFC 3412, section 5 (snmpMPD);
RFC 3413, section 4.1.2 (contexts).
"""

from enum import Enum
from typing import Final

from collector.probes.snmp.errors import BadAnswer, CredentialRefused, SnmpError
from collector.probes.snmp.values import VarBind


class Hint(Enum):
    """A complaint that is mended by asking again."""

    NOT_IN_TIME_WINDOW = "1.3.6.1.6.3.15.1.1.2"
    UNKNOWN_ENGINE_ID = "1.3.6.1.6.3.15.1.1.4"


_HINTS: Final = {hint.value: hint for hint in Hint}

_REFUSALS: Final = {
    "1.3.6.1.6.3.15.1.1.1": "the agent does not sign or encrypt in this way for this user",
    "1.3.6.1.6.3.15.1.1.3": "the agent does not know the user",
    "1.3.6.1.6.3.15.1.1.5": "the agent finds the signature wrong: another authentication "
    "password, or another kind of authentication",
    "1.3.6.1.6.3.15.1.1.6": "the agent cannot decrypt: another privacy password, or another kind "
    "of privacy",
    "1.3.6.1.6.3.12.1.4": "the agent does not have the context at present",
    "1.3.6.1.6.3.12.1.5": "the agent does not know the context",
}

_FAILURES: Final = {
    "1.3.6.1.6.3.11.2.1.1": "the agent does not know SNMPv3's users",
    "1.3.6.1.6.3.11.2.1.2": "the agent finds the message invalid",
    "1.3.6.1.6.3.11.2.1.3": "the agent cannot handle the request",
}


def meaning_of(bindings: list[VarBind]) -> Hint | SnmpError:
    """Return what a report means; its first binding tells. An unknown one is a BadAnswer."""
    name = bindings[0][0] if bindings else ""
    counter = name.removesuffix(".0")
    if counter in _HINTS:
        return _HINTS[counter]
    if counter in _REFUSALS:
        return CredentialRefused(_REFUSALS[counter])
    what = _FAILURES.get(counter, "the agent reports a problem that is not known here")
    return BadAnswer(what)

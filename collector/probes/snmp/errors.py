"""What can go wrong between us and an agent.

    SnmpError
    ├── NoAnswer           nothing (that we may believe) came in time; a wrong community, too
    ├── BadAnswer          something came back, and it makes no sense
    ├── CredentialRefused  the agent does not take our user, password or context (v3)
    ├── AgentError         the agent understood, and reports an error of its own
    ├── WalkLimit          a walk was longer than any honest table
    └── NotSent            our own machine could not send: no route, a firewall, a closed engine

`BerError` stays inside the package: bytes that are no SNMP. No message carries a community or a
password.
"""

import errno
from enum import IntEnum


class ErrorStatus(IntEnum):
    """The error-status of a response (RFC 3416, section 3)."""

    NO_ERROR = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    BAD_VALUE = 3
    READ_ONLY = 4
    GEN_ERR = 5
    NO_ACCESS = 6
    WRONG_TYPE = 7
    WRONG_LENGTH = 8
    WRONG_ENCODING = 9
    WRONG_VALUE = 10
    NO_CREATION = 11
    INCONSISTENT_VALUE = 12
    RESOURCE_UNAVAILABLE = 13
    COMMIT_FAILED = 14
    UNDO_FAILED = 15
    AUTHORIZATION_ERROR = 16
    NOT_WRITABLE = 17
    INCONSISTENT_NAME = 18


class BerError(ValueError):
    """The bytes are not what they should be. The message never quotes them: they may be secret."""


class SnmpError(Exception):
    """Any failure to get values from an agent."""


class NoAnswer(SnmpError):  # noqa: N818 - it says what happened
    """Nothing that we may believe came back in time, after all tries."""


class BadAnswer(SnmpError):  # noqa: N818 - it says what happened
    """What came back could not be understood, or answers something that was not asked."""


class CredentialRefused(SnmpError):  # noqa: N818 - it says what happened
    """The agent does not take the user, a password, the kind of security or the context."""


class AgentError(SnmpError):
    """The agent reports an error: `status` as on the wire, `index` of the OID (1-based, or 0)."""

    def __init__(self, status: int, index: int, oid: str = "") -> None:
        """Name the error after RFC 3416 where it has a name."""
        self.status = status
        self.index = index
        about = f" for {oid}" if oid else ""
        super().__init__(f"the agent reports {status_name(status)}{about}")


class WalkLimit(SnmpError):  # noqa: N818 - it says what happened
    """A walk went beyond its limit of values, requests or seconds."""


class NotSent(SnmpError):  # noqa: N818 - it says what happened
    """The request never left this machine. `number` is the errno, or 0 if there was none."""

    def __init__(self, message: str, number: int = 0) -> None:
        """Keep the errno, so that a missing route and a missing right can be told apart."""
        self.number = number
        super().__init__(message)

    @property
    def no_route(self) -> bool:
        """Whether this machine knows no way to that network or host."""
        return self.number in _NO_ROUTE

    @property
    def forbidden(self) -> bool:
        """Whether a rule of this machine forbids sending."""
        return self.number in _FORBIDDEN


_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_FORBIDDEN = frozenset({errno.EPERM, errno.EACCES})


def status_name(status: int) -> str:
    """Return RFC 3416's name of an error-status (`genErr`), or `error 99` for an unknown one."""
    try:
        head, *rest = ErrorStatus(status).name.lower().split("_")
    except ValueError:
        return f"error {status}"
    return head + "".join(word.capitalize() for word in rest)

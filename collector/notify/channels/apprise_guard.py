"""What apprise's process may not do, whatever a plugin or a URL wants. Used in that process only.

Python tells an audit hook of every connection, file and process before it comes about (PEP 578),
so the check is on the address that is really talked to: a name that resolves to another address a
moment later, a redirect or a plugin's second server all come by here. Connections go to checked
addresses (`addresses`); nothing is started, nothing is written.
"""

import os
import socket
import sys
from typing import Any

from collector.notify.channels.addresses import Allowed, address_of, reason_against

_NEVER = frozenset(
    {
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.fork",
        "os.forkpty",
        "os.startfile",
        "pty.spawn",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "os.chmod",
        "shutil.rmtree",
        "socket.bind",
    }
)
_TALKING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Hooked in once, for the life of the process. What it saw is asked for after each message."""

    def __init__(self) -> None:
        self.allowed = Allowed()
        self.refused = ""  # the first address of this message that was refused, and why
        self.reached = False  # a connection came about, or may have

    def begin(self, allowed: Allowed) -> None:
        """Forget what was seen: another message comes."""
        self.allowed, self.refused, self.reached = allowed, "", False

    def install(self) -> None:
        """From now on. There is no way back."""
        sys.addaudithook(self._heard)
        connect = socket.socket.connect

        def noted(one: socket.socket, address: Any) -> None:
            try:
                connect(one, address)
            except BlockingIOError:
                self.reached = True  # under way
                raise
            self.reached = True

        socket.socket.connect = noted  # type: ignore[method-assign,assignment]

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _TALKING:
            address = args[1] if len(args) > 1 else None
            if address is not None:  # None: on a connection that was checked
                self._talks_to(address)
        elif event == "open":
            mode, flags = args[1], args[2]
            writes = flags & _WRITING if isinstance(flags, int) else 0
            if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
                raise PermissionError("apprise's process writes no files")
        elif event in _NEVER:
            raise PermissionError(f"apprise's process does no {event}")

    def _talks_to(self, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) and address else None
        literal = address_of(host) if isinstance(host, str) else None
        if literal is None:
            why = "something that is no address of the internet"
        else:
            against = reason_against(literal, self.allowed)
            why = f"{literal}: {against}" if against else ""
        if why:
            self.refused = self.refused or why
            raise PermissionError("this address may not be talked to")

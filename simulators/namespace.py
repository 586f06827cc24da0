"""A network namespace of our own, where ICMP is ours to answer (namespaces(7)).

On the host the kernel answers every echo to 127.0.0.0/8 and nobody without rights can stop it.
In a namespace of our own we may: root makes one directly, anybody else inside a user namespace
in which they are root (user_namespaces(7)), where the system allows that.

    isolate()       this process moves into a new namespace, with `lo` up and the kernel quiet
    enter(pid)      this process moves into the namespaces of that one
    python -m simulators.namespace PID -- COMMAND …      the same, then runs COMMAND there

Both moves need a process with a single thread. Files stay the same; the network is another one.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_SIOCSIFFLAGS = 0x8914  # netdevice(7)
_IFF_UP, _IFF_RUNNING = 0x1, 0x40
_SETTINGS = Path("/proc/sys/net/ipv4")


class NamespaceError(OSError):
    """The system does not allow the namespace, or not its settings."""


def isolate() -> bool:
    """Move into a new network namespace; return False, having changed nothing, if impossible.

    Inside, `lo` is up, the kernel answers no echo, every user of the namespace may open ICMP
    datagram sockets, and low ports are free. Without root the process becomes root of a new user
    namespace: it may do these things there and nothing more outside.
    """
    if not _would_work():
        return False
    _isolate()
    return True


def enter(pid: int) -> None:
    """Move into the network namespace of a process, and its user namespace where needed.

    Raises NamespaceError when there is no such process or the system does not allow it.
    """
    try:
        try:
            _set_namespace(pid, "net", _CLONE_NEWNET)
        except PermissionError:  # not root here: be root there first
            _set_namespace(pid, "user", _CLONE_NEWUSER)
            _set_namespace(pid, "net", _CLONE_NEWNET)
    except OSError as error:
        raise NamespaceError(error.errno, f"cannot enter {pid}: {error.strerror}") from error


def main(arguments: list[str]) -> int:
    """Enter a process's namespaces and become COMMAND; return only when that fails."""
    if len(arguments) < 3 or not arguments[0].isdecimal() or arguments[1] != "--":
        sys.stderr.write("usage: python -m simulators.namespace PID -- COMMAND …\n")
        return 2
    try:
        enter(int(arguments[0]))
        os.execvp(arguments[2], arguments[2:])  # noqa: S606 - running it is the purpose
    except OSError as error:
        sys.stderr.write(f"{error.strerror}\n")
        return 1


def _would_work() -> bool:
    """Try everything in a child, because a half-made namespace cannot be left again."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _isolate()
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def _isolate() -> None:
    """Make the namespace and prepare it. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    try:
        _unshare(_CLONE_NEWNET)
        groups = "0 2147483647"
    except PermissionError:
        _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        Path("/proc/self/setgroups").write_text("deny")  # the kernel asks for it before gid_map
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
        groups = "0 0"  # the only group there is
    _bring_up("lo")
    (_SETTINGS / "icmp_echo_ignore_all").write_text("1")
    (_SETTINGS / "ping_group_range").write_text(groups)


def _bring_up(interface: str) -> None:
    request = struct.pack("=16sh14x", interface.encode(), _IFF_UP | _IFF_RUNNING)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def _unshare(flags: int) -> None:
    """Call unshare(2), which Python has from 3.12 only. Raises OSError."""
    _check(ctypes.CDLL(None, use_errno=True).unshare(flags))


def _set_namespace(pid: int, name: str, flag: int) -> None:
    """Call setns(2), which Python has from 3.12 only. Raises OSError."""
    handle = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _check(ctypes.CDLL(None, use_errno=True).setns(handle, flag))
    finally:
        os.close(handle)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

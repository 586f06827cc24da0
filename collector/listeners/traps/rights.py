"""What the receiver gives up before it reads its first datagram: it needs nothing but its sockets.

Its sockets come open from the collector, so it needs no right to bind a port, either. What it may
still do is answer over those sockets and write lines into a pipe.
"""

import ctypes
import logging
import os
import resource
import sys
from typing import Final

logger = logging.getLogger(__name__)

MOST_MEMORY: Final = 512 << 20  # bytes; a receiver of 10,000 devices takes about 100 MiB
MOST_FILES: Final = 64
NOBODY: Final = 65534
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522


def drop_rights() -> None:
    """Give up files, memory, capabilities and the name of root. What the kernel refuses is logged.

    A place that refuses it (a container without the id of nobody) is no reason not to listen: what
    remains is what the collector itself may do.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold every community
    _lower(resource.RLIMIT_NOFILE, MOST_FILES)
    _lower(resource.RLIMIT_AS, MOST_MEMORY)
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        except OSError as error:
            logger.info("cannot become nobody (%s): still root", error.strerror)
    if sys.platform == "linux":
        _drop_capabilities()


def _lower(limit: int, most: int) -> None:
    _, hard = resource.getrlimit(limit)
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (value, value))


def _drop_capabilities() -> None:
    """Take away all capabilities, the way to get new ones, and other processes' look inside."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 of each
    if libc.capset(head, none) != 0:
        logger.warning("cannot give up capabilities: %s", os.strerror(ctypes.get_errno()))
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)

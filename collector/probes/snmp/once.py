"""What is the same for all devices is worked out once a profile."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

_MOST_REMEMBERED = 4_096
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def once(make: Callable[[_Given], _Made]) -> Callable[[_Given], _Made]:
    """Make something of a part of a profile once.

    Parts are told apart by identity: they are as many as profiles have, whatever the number of
    devices, and comparing them would cost more than making it anew.
    """
    made: dict[int, tuple[_Given, _Made]] = {}

    def remembered(given: _Given) -> _Made:
        known = made.get(id(given))
        if known is not None and known[0] is given:
            return known[1]
        if len(made) >= _MOST_REMEMBERED:
            made.clear()
        result = make(given)
        made[id(given)] = given, result
        return result

    return wraps(make)(remembered)

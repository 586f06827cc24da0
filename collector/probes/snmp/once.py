"""What is the same for all devices is worked out once a profile."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def once(make: Callable[[_Given], _Made], most: int = 4_096) -> Callable[[_Given], _Made]:
    """Make something of a part of a profile or inventory once; bounded in number.

    Parts are told apart by identity: they are as many as there are in the files, and comparing
    them would cost more than making it anew.
    """
    made: dict[int, tuple[_Given, _Made]] = {}
    known_of = made.get

    def remembered(given: _Given) -> _Made:
        known = known_of(id(given))
        if known is not None and known[0] is given:
            return known[1]
        if len(made) >= most:
            made.clear()
        result = make(given)
        made[id(given)] = given, result
        return result

    return wraps(make)(remembered)

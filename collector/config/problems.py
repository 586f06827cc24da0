"""What is wrong in a file, said so that the person who wrote it can mend it."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Where in a document: keys and list positions from the top, e.g. `("devices", 3, "site")`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. Printed as `file:line: place: problem; remedy`."""

    file: str
    line: int | None
    place: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        what = f"{self.problem}; {self.remedy}" if self.remedy else self.problem
        return ": ".join(part for part in (where, self.place, what) if part)


class ProblemsError(Exception):
    """Files that cannot be used, with everything that is wrong in them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of their files and lines."""
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda problem: (problem.file, problem.line or 0))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def place_text(place: Place) -> str:
    """Write a place as people read it: `devices[3].interval`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown word: the closest known one, or what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.7)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known are {_some_of(names)}" if names else "none are defined"


def _some_of(names: Sequence[str], most: int = 25) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown

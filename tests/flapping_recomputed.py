"""Whether a check flaps, recomputed from its whole past: slow, plain, and written on its own."""

from dataclasses import dataclass, field
from itertools import pairwise

from collector.model import Verdict

WEIGHTS = [1.18 - 0.02 * age for age in range(20)]  # newest first


@dataclass
class Recomputed:
    """The past of one check: (moment, verdict, whether belief changed) of each result."""

    life_seconds: float
    on: bool = False
    past: list[tuple[float, Verdict, bool]] = field(default_factory=list)

    def take(self, verdict: Verdict, turned: bool, now: float) -> bool:
        """Add a result (or, with NONE, a tick) and return whether it flaps."""
        self.past.append((now, verdict, turned))
        told = [(at, verdict) for at, verdict, _ in self.past if verdict is not Verdict.NONE]
        changed = [(later[0], earlier[1] is not later[1]) for earlier, later in pairwise(told)]
        bits = [differs and now - at < self.life_seconds for at, differs in changed[::-1][:20]]
        rate = sum(w for w, is_set in zip(WEIGHTS, bits, strict=False) if is_set) * 5
        recent = sum(turned and now - at <= 1800 for at, _, turned in self.past)
        if self.on:
            self.on = rate > 25 + 1e-9 or recent > 1
        else:
            self.on = rate > 30 + 1e-9 or recent >= 6
        return self.on

    def forget(self) -> None:
        """Start anew."""
        self.on = False
        self.past.clear()

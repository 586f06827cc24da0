"""Which profiles could be an unknown device's, by the topic that it publishes on. Pure.

    profile     tele/{topic}/STATE      homie/{topic}/+/+
    heard       tele/keran_7/STATE      → profile tasmota, the device calls itself keran_7
    subscribed  tele/+/STATE            also for profiles that no listed device has yet

The name may have several levels: whatever stands between what comes before and after `{topic}`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from collector.listeners.mqtt_routes import PLACEHOLDER
from collector.model import Fit, Profile

NAME_LEVELS_LIMIT = 4  # of a device's name
FITS_LIMIT = 8


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One topic of a profile: levels before the name, and after it."""

    profile: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def literals(self) -> int:
        """How many levels must be just so: the more, the more specific."""
        return sum(level not in ("+", "#") for level in (*self.before, *self.after))

    @property
    def subscription(self) -> str:
        """What to listen to; a name of one level, as nearly all have."""
        return "/".join((*self.before, "+", *self.after))

    def name_in(self, levels: Sequence[str]) -> str | None:
        """Return what stands for `{topic}`, or None when the pattern does not fit."""
        after = self.after
        if after[-1:] == ("#",):  # then nobody knows where the name ends: it has one level
            after = after[:-1]
            levels = levels[: len(self.before) + 1 + len(after)]
        length = len(levels) - len(self.before) - len(after)
        if not 1 <= length <= NAME_LEVELS_LIMIT:
            return None
        end = len(self.before) + length
        name = levels[len(self.before) : end]
        if not all(name) or not _matches(self.before, levels[: len(self.before)]):
            return None
        return "/".join(name) if _matches(after, levels[end:]) else None


@dataclass(frozen=True, slots=True)
class Fitting:
    """The topics of all profiles, to ask which a topic fits."""

    _patterns: tuple[_Pattern, ...] = field(default=())

    @classmethod
    def of(cls, profiles: Iterable[Profile]) -> "Fitting":
        """Take the topics of every MQTT group. Those without one `{topic}` level are left out."""
        found = {
            pattern: None
            for profile in profiles
            for group in profile.groups
            if group.probe == "mqtt"
            for topic in _topics(group.options.get("topics"))
            if (pattern := _pattern(profile.name, topic)) is not None
        }
        return cls(tuple(sorted(found, key=lambda it: (-it.literals, it.profile))))

    def fits(self, topic: str) -> tuple[Fit, ...]:
        """Return the profiles that a topic fits, most specific first, each once."""
        levels = topic.split("/")
        found: dict[str, Fit] = {}
        for pattern in self._patterns:
            if pattern.profile not in found and len(found) < FITS_LIMIT:
                name = pattern.name_in(levels)
                if name is not None:
                    found[pattern.profile] = Fit(pattern.profile, name)
        return tuple(found.values())

    def every(self) -> frozenset[str]:
        """Return all that `subscriptions` may ever say."""
        return frozenset(pattern.subscription for pattern in self._patterns)

    def subscriptions(self, beside: Iterable[str]) -> tuple[str, ...]:
        """Return what to listen to so that devices of every profile show up.

        Nothing that overlaps with `beside`, which is listened to anyway: brokers may send what
        fits two subscriptions twice. Nothing either that would be every topic there is.
        """
        listened = list(beside)
        found: list[str] = []
        for pattern in self._patterns:
            wanted = pattern.subscription
            if wanted[0] in "+#" or any(overlap(wanted, other) for other in listened):
                continue
            found.append(wanted)
            listened.append(wanted)
        return tuple(found)


def overlap(one: str, other: str) -> bool:
    """Say whether some topic fits both of two subscriptions."""
    left, right = one.split("/"), other.split("/")
    for at in range(max(len(left), len(right))):
        ours = left[at] if at < len(left) else None
        theirs = right[at] if at < len(right) else None
        if "#" in (ours, theirs):
            return True
        if ours is None or theirs is None:
            # `a/#` fits `a` as well
            rest = left[at:] if theirs is None else right[at:]
            return rest == ["#"]
        if "+" not in (ours, theirs) and ours != theirs:
            return False
    return True


def _pattern(profile: str, topic: str) -> _Pattern | None:
    levels = topic.split("/")
    if levels.count(PLACEHOLDER) != 1:
        return None
    at = levels.index(PLACEHOLDER)
    return _Pattern(profile, tuple(levels[:at]), tuple(levels[at + 1 :]))


def _topics(value: object) -> Iterable[str]:
    words = value if isinstance(value, list | tuple) else ()
    return (word for word in words if isinstance(word, str))


def _matches(pattern: Sequence[str], levels: Sequence[str]) -> bool:
    return len(pattern) == len(levels) and all(
        wanted in ("+", level) for wanted, level in zip(pattern, levels, strict=True)
    )

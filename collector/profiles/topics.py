"""Topics of profiles: what to subscribe to, and whose topic a message came on. Pure.

    profile       homie/{topic}/{node}/{property}
    subscribed    homie/+/+/+                       (so that devices nobody listed show up too)
    message       homie/pump-1/motor/temperature
    → device      pump-1
    → labels      node=motor, property=temperature

`{topic}` stands for the device's own `mqtt_topic`, which may have several levels. Any other name
in braces is one level that becomes a label; it does not stand for a level that begins with `$`,
which dialects keep for attributes. `+` is one level that does not matter.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from collector.model import Labels

DEVICE = "{topic}"
ANY_LEVEL = "+"
_LABEL = re.compile(r"\{([a-z][a-z0-9_]{0,63})\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """Whose topic it was, and what its other levels say."""

    device_topic: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """A topic of a profile, in levels. Make it with `topic_pattern`."""

    text: str
    before: tuple[str, ...] = field(repr=False)  # levels in front of {topic}
    after: tuple[str, ...] = field(repr=False)

    def subscription(self, device_levels: int = 1) -> str:
        """Return the filter that takes in all devices whose own topic has so many levels."""
        levels = [*self.before, *[ANY_LEVEL] * device_levels, *self.after]
        return "/".join(ANY_LEVEL if _LABEL.fullmatch(level) else level for level in levels)

    @property
    def exactness(self) -> int:
        """How many levels say what they are: of two patterns that fit, more is the better one."""
        return sum(_is_literal(level) for level in (*self.before, *self.after))

    def owner(self, topic: str) -> str | None:
        """Return whose topic it would be, whatever stands behind the device's levels."""
        levels = topic.split("/")
        front, back = len(self.before), len(levels) - len(self.after)
        if back <= front:
            return None
        for want, level in zip(self.before, levels[:front], strict=True):
            if _is_literal(want) and want != level:
                return None
        return "/".join(levels[front:back])

    def match(self, topic: str, *, attributes: bool = False) -> TopicMatch | None:
        """Say whose a topic is if it is one of this pattern, with as many levels as there are.

        With `attributes`, labels stand for levels that begin with `$` as well.
        """
        levels = topic.split("/")
        front, back = len(self.before), len(levels) - len(self.after)
        if back <= front:
            return None
        labels: list[tuple[str, str]] = []
        wanted = (*self.before, *self.after)
        heard = (*levels[:front], *levels[back:])
        for want, level in zip(wanted, heard, strict=True):
            if want in (ANY_LEVEL, level):
                continue
            name = _LABEL.fullmatch(want)
            if name is None or (level.startswith("$") and not attributes):
                return None
            labels.append((name[1], level))
        return TopicMatch("/".join(levels[front:back]), tuple(labels))


def topic_pattern(text: str) -> TopicPattern:
    """Read a topic of a profile.

    Raises:
        ValueError: `{topic}` is not there exactly once as a level of its own, or another level
            is neither text nor `+` nor one name in braces; the text says which.
    """
    levels = text.split("/")
    if levels.count(DEVICE) != 1:
        raise ValueError(f"needs {DEVICE} once, as a level of its own")
    names = [_LABEL.fullmatch(level) for level in levels]
    known = [found[1] for found in names if found]
    if len(set(known)) < len(known):
        raise ValueError("has two levels of one name")
    for level, name in zip(levels, names, strict=True):
        if name is None and level != ANY_LEVEL and re.search(r"[+#{}\x00]", level):
            raise ValueError(f'has a level "{level}"; write text, {DEVICE}, {{label}} or +')
    at = levels.index(DEVICE)
    return TopicPattern(text, tuple(levels[:at]), tuple(levels[at + 1 :]))


def _is_literal(level: str) -> bool:
    return level != ANY_LEVEL and not level.startswith("{")


def without_overlap(filters: Iterable[str]) -> tuple[str, ...]:
    """Return filters that take in the same topics and share as few as can be.

    A broker may send a message once for every filter that takes it in. What another filter holds
    is left out; two of which neither holds the other become one that is wider, `a/+/x` and `a/b/+`
    are `a/+/+`, unless that would listen to every topic of that length.
    """
    kept: list[list[str]] = []
    for text in dict.fromkeys(filters):
        levels = text.split("/")
        while (other := _joinable(kept, levels)) is not None:
            kept.remove(other)
            levels = _joined(other, levels)
        kept.append(levels)
    return tuple("/".join(levels) for levels in kept)


def _joinable(kept: Iterable[list[str]], levels: list[str]) -> list[str] | None:
    for other in kept:
        if _overlap(other, levels):
            joined = _joined(other, levels)
            if joined in (other, levels) or joined[0] != ANY_LEVEL:
                return other
    return None


def _joined(one: Sequence[str], two: Sequence[str]) -> list[str]:
    return [a if a == b else ANY_LEVEL for a, b in zip(one, two, strict=True)]


def _overlap(one: Sequence[str], two: Sequence[str]) -> bool:
    return len(one) == len(two) and all(
        a == b or ANY_LEVEL in (a, b) for a, b in zip(one, two, strict=True)
    )

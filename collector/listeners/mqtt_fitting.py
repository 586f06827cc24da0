"""Which profiles could be an unknown device's, by the topic that it publishes on. Pure.

    profile     tele/{topic}/STATE      homie/{topic}/+/+
    heard       tele/keran_7/STATE      → profile tasmota, the device calls itself keran_7
    subscribed  tele/+/STATE            also for profiles that no listed device has yet

The name may have several levels: whatever stands between what comes before and after `{topic}`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from collector.model import Fit, MetricGroup, Profile
from collector.profiles.topics import TopicPattern, topic_pattern

NAME_LEVELS_LIMIT = 4  # of a device's name
FITS_LIMIT = 8


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One topic of a profile."""

    profile: str
    topic: TopicPattern

    @property
    def subscription(self) -> str:
        """What to listen to; a name of one level, as nearly all have."""
        return self.topic.subscription()

    def name_in(self, topic: str) -> str | None:
        """Return what stands for `{topic}`, or None when the pattern does not fit."""
        match = self.topic.match(topic, attributes=True)
        if match is None:
            return None
        levels = match.device_topic.split("/")
        return match.device_topic if all(levels) and len(levels) <= NAME_LEVELS_LIMIT else None


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
            for pattern in _patterns(profile.name, group)
        }
        return cls(tuple(sorted(found, key=lambda it: (-it.topic.exactness, it.profile))))

    def fits(self, topic: str) -> tuple[Fit, ...]:
        """Return the profiles that a topic fits, most specific first, each once."""
        found: dict[str, Fit] = {}
        for pattern in self._patterns:
            if pattern.profile not in found and len(found) < FITS_LIMIT:
                name = pattern.name_in(topic)
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


def _patterns(profile: str, group: MetricGroup) -> Iterator[_Pattern]:
    topics = group.options.get("topics")
    words = [*(topics if isinstance(topics, list | tuple) else ())]
    words += [metric.topic for metric in group.metrics if metric.topic is not None]
    for word in words:
        try:
            yield _Pattern(profile, topic_pattern(str(word)))
        except ValueError:
            continue  # the routes refuse it, should a device have this profile

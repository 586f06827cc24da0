"""Which profile fits a device, by what it says of itself; and why, in words.

Most specific first, because identities collide: 8072.3.2.10 (Net-SNMP) is a Linux server, an
access point, a NAS and a camera, and some cameras have no sysObjectID at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.model import MatchRule, Profile
from collector.profiles.sources import is_within

_NUMBERS_OF_ANYBODY = 6  # 1.3.6.1.4.1: a prefix up to here says nothing of the maker
_ANY_TEXT = "."  # fits every sysDescr: says as little as none
FALLBACK = "generic-ping"
"""The profile of a device that answers nothing but ping."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a device says of itself. `probed`: what it answered to `probe_oids`, as text."""

    sys_object_id: str | None = None
    sys_descr: str | None = None
    probed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """The profile that fits, and why."""

    profile: Profile
    reason: str


def probe_oids(profiles: Mapping[str, Profile]) -> tuple[str, ...]:
    """Return what to ask a device beside sysObjectID and sysDescr before matching."""
    oids = {rule.probe_oid for it in profiles.values() for rule in it.match if rule.probe_oid}
    return tuple(sorted(oids))


def match_profile(profiles: Mapping[str, Profile], facts: Facts) -> Match:
    """Return the most specific profile whose rule fits, else `generic-ping`.

    The longer sysObjectID goes first, then a rule with a probed OID, then one that looks at
    sysDescr; of what is still equal the user's own, then the first by name. Raises KeyError
    without fallback.
    """
    best: tuple[tuple[int, bool, bool], Profile, MatchRule] | None = None
    for name in sorted(profiles, key=lambda name: (not profiles[name].is_own, name)):
        for rule in profiles[name].match:
            if _fits(rule, facts) and (best is None or _weight(rule) > best[0]):
                best = _weight(rule), profiles[name], rule
    if best is None:
        return Match(profiles[FALLBACK], "nothing it says of itself fits a profile")
    return Match(best[1], _reason(best[2], facts))


def _weight(rule: MatchRule) -> tuple[int, bool, bool]:
    numbers = 0 if rule.sys_object_id is None else rule.sys_object_id.count(".") + 1
    length = numbers if numbers > _NUMBERS_OF_ANYBODY else 0
    return length, rule.probe_oid is not None, rule.sys_descr not in (None, _ANY_TEXT)


def _fits(rule: MatchRule, facts: Facts) -> bool:
    if rule.sys_object_id is not None and not is_within(
        (facts.sys_object_id or "").removeprefix("."), rule.sys_object_id
    ):
        return False
    if rule.sys_descr is not None and not _found(rule.sys_descr, facts.sys_descr):
        return False
    if rule.probe_oid is None:
        return True
    answer = facts.probed.get(rule.probe_oid)
    return answer is not None and (rule.probe_value is None or _found(rule.probe_value, answer))


def _found(pattern: str, text: str | None) -> bool:
    return text is not None and re.search(pattern, text[:255]) is not None


def _reason(rule: MatchRule, facts: Facts) -> str:
    if _weight(rule) == (0, False, False):
        return f"it speaks SNMP, and no profile knows its sysObjectID {facts.sys_object_id}"
    reasons = []
    if rule.probe_oid is not None:
        reasons.append(f'{rule.probe_oid} answers "{facts.probed[rule.probe_oid][:60]}"')
    if rule.sys_object_id is not None:
        reasons.append(f"sysObjectID {facts.sys_object_id} is below {rule.sys_object_id}")
    if rule.sys_descr is not None:
        reasons.append(f"sysDescr matches {rule.sys_descr}")
    return " and ".join(reasons)

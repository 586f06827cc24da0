"""From configuration, inventory and profiles to the checks that poller and listeners run."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from collector.config import Config
from collector.config.problems import Problem
from collector.config.settings import retry_factor
from collector.inventory.load import Inventory, InventoryError, Known, load_inventory
from collector.model import (
    Area,
    Check,
    Device,
    MetricGroup,
    Owner,
    Profile,
    Rule,
    RuleOverride,
    Site,
    Target,
)
from collector.profiles import load_profiles

_OIDS_IN_A_REQUEST = 12
_MARGIN_SECONDS = 1.0  # for our own side of it; the poller's deadline is the outermost
_SHARE_OF_INTERVAL = 0.8  # a check must be over before it is due again
_LONGEST_WALK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is watched and how. Checks are in the order of their devices, ping first."""

    areas: Mapping[str, Area]
    owners: Mapping[str, Owner]
    sites: Mapping[str, Site]
    devices: Mapping[str, Device]
    profiles: Mapping[str, Profile]  # those of the devices at least
    checks: tuple[Check, ...]
    origins: Mapping[str, Path] = field(default_factory=dict)  # in which file a device stands

    def devices_in(self, file: Path) -> frozenset[str]:
        """Return the ids of the devices that stand in one inventory file."""
        return frozenset(one for one, origin in self.origins.items() if origin == file)


def build_plan(config: Config, inventory: Inventory, profiles: Mapping[str, Profile]) -> Plan:
    """Make one check of every device and group of its profile.

    Raises InventoryError when a device names a profile or credential that is not there, which
    `load_inventory` tells better, with the line.
    """
    problems = list(_unknown_names(config, inventory, profiles))
    if problems:
        raise InventoryError(problems)
    checks = [
        check
        for device in inventory.devices.values()
        for check in _checks_of(device, config, profiles[device.profile])
    ]
    return Plan(
        inventory.areas,
        inventory.owners,
        inventory.sites,
        inventory.devices,
        profiles,
        tuple(checks),
        inventory.origins,
    )


def load_plan(config: Config) -> Plan:
    """Read profiles and inventory and make the plan. Raises ProblemsError."""
    profiles = load_profiles(config.profiles)
    known = Known(profiles, frozenset(), frozenset(config.credentials))
    return build_plan(config, load_inventory(config.inventory, known), profiles)


def followed(old: Plan, newer: Plan, ids: Collection[str] = ()) -> Plan:
    """Return the old plan with the devices that only the newer one has.

    The devices of `ids` follow the newer one in all it says, also in that they are gone; and so
    does what would else stand behind a device that is gone.
    """
    follow = {one.id for one in newer.devices.values() if one.id not in old.devices}.union(ids)
    while True:
        kept = {one.id: one for one in old.devices.values() if one.id not in follow}
        here = kept.keys() | (newer.devices.keys() & follow)
        astray = {one.id for one in kept.values() if not here.issuperset(one.parents)}
        if not astray:
            break
        follow |= astray
    moved = {one: it for one, it in newer.devices.items() if one in follow}
    return Plan(
        {**old.areas, **newer.areas},
        {**old.owners, **newer.owners},
        {**old.sites, **newer.sites},
        {**kept, **moved},
        {
            **_used(newer.profiles, moved.values()),
            **_used(old.profiles, kept.values()),
        },
        (
            *(check for check in old.checks if check.device_id in kept),
            *(check for check in newer.checks if check.device_id in moved),
        ),
        {
            **{one: old.origins[one] for one in kept},
            **{one: newer.origins[one] for one in moved},
        },
    )


def _used(profiles: Mapping[str, Profile], devices: Iterable[Device]) -> dict[str, Profile]:
    return {one.profile: profiles[one.profile] for one in devices if one.profile in profiles}


def reusing(old: Plan, plan: Plan) -> Plan:
    """Return a plan with the old one's checks where they are equal: comparing is quick then."""
    known = {check.id: check for check in old.checks}
    checks = tuple(
        before if (before := known.get(check.id)) == check and before is not None else check
        for check in plan.checks
    )
    return replace(plan, checks=checks)


def differences(old: Plan, newer: Plan) -> int:
    """Return how many devices of the old plan are another or none in the newer one."""
    return sum(newer.devices.get(one.id) != one for one in old.devices.values())


def _unknown_names(
    config: Config, inventory: Inventory, profiles: Mapping[str, Profile]
) -> Iterator[Problem]:
    for device in inventory.devices.values():
        if device.profile not in profiles:
            yield _no_such(device, "profile", device.profile)
        for name in device.credentials:
            if name not in config.credentials:
                yield _no_such(device, "credential", name)


def _no_such(device: Device, what: str, name: str) -> Problem:
    problem = f'there is no {what} "{name}"'
    return Problem("inventory", None, device.id, problem, "mend the name or add it")


def _checks_of(device: Device, config: Config, profile: Profile) -> Iterator[Check]:
    target = Target(
        device_id=device.id,
        address=device.address,
        snmp_port=device.snmp_port or config.snmp.port,
        credential=config.credentials[device.credentials[0]] if device.credentials else None,
        mqtt_topic=device.mqtt_topic,
        snmp_limits=profile.snmp,
    )
    as_user = target.credential is not None and target.credential.version == "3"
    for group in profile.groups:
        interval = group.interval_seconds
        if group.probe == "mqtt" and device.telemetry_seconds is not None:
            interval = device.telemetry_seconds
        yield Check(
            id=f"{device.id}/{group.name}",
            device_id=device.id,
            name=group.name,
            probe=group.probe,
            role=group.role,
            interval_seconds=interval,
            timeout_seconds=deadline_seconds(config, group, interval, as_user=as_user),
            target=target,
            group=group,
            rule=rule_in_force(config, group, device),
        )


def rule_in_force(config: Config, group: MetricGroup, device: Device) -> Rule:
    """Return the configured rule of a group's probe, with what the group and the device override.

    The device goes before the group, and only what is said overrides. As in the configuration,
    the pace of rechecks that a device names is that of its pings, and the others are slower; a
    group means its own.
    """
    rule = _overridden(config.rule_of(group.probe), group.rule, 1)
    return _overridden(rule, device.rule, retry_factor(group.probe))


def _overridden(rule: Rule, said: RuleOverride | None, slower: int) -> Rule:
    if said is None:
        return rule
    retry = said.retry_seconds
    return Rule(
        confirm=rule.confirm if said.confirm is None else said.confirm,
        recover=rule.recover if said.recover is None else said.recover,
        retry_seconds=rule.retry_seconds if retry is None else retry * slower,
        fresh_intervals=(
            rule.fresh_intervals if said.fresh_intervals is None else said.fresh_intervals
        ),
    )


def deadline_seconds(
    config: Config, group: MetricGroup, interval_seconds: float, *, as_user: bool = False
) -> float:
    """Return the poller's deadline of one run, never later than most of the interval.

    Ping: every echo's turn and wait. SNMP: each request with its retries, every wait twice the
    one before; tables may take as many requests as fit into half a minute, since a silent agent
    is given up at its first request. As a user of SNMPv3 the engine is discovered first, and its
    silence looked into: two requests more. MQTT is pushed: half the interval, and nothing waits
    for it.
    """
    limit = interval_seconds * _SHARE_OF_INTERVAL
    if group.probe == "ping":
        return min(config.ping.timeout_seconds * config.ping.count + _MARGIN_SECONDS, limit)
    if group.probe != "snmp":
        return interval_seconds / 2
    request = config.snmp.timeout_seconds * ((1 << (config.snmp.retries + 1)) - 1)
    requests = max(1, math.ceil(len(group.metrics) / _OIDS_IN_A_REQUEST)) + 2 * as_user
    needed = request * requests + _MARGIN_SECONDS
    if group.tables:
        needed = max(needed, _LONGEST_WALK_SECONDS)
    return min(needed, limit)

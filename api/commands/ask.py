"""Asks one device now: what `pantau probe` and `pantau profile test` share.

The same engines and probes as the collector's; only the schedule is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from collector.clock import Clock
from collector.model import (
    Check,
    CheckResult,
    Credential,
    MetricGroup,
    Outcome,
    Profile,
    Role,
    Target,
)
from collector.probes import Probe
from collector.probes.icmp import PingSettings
from collector.probes.ping import PingProbe
from collector.probes.snmp.agent import SnmpSettings
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import AgentError, BadAnswer, NoAnswer, SnmpError
from collector.probes.snmp.plain import text_of
from collector.probes.snmp.probe import SnmpProbe, agent_of
from collector.probes.snmp.values import Value
from collector.profiles import Facts, match_profile, probe_oids

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
_DEADLINE_SECONDS = 60.0
_NAME = "probe"


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask, and as what. `profile` None: find out."""

    address: str
    port: int
    credential: Credential
    profile: Profile | None = None
    ping_carrier: str = "icmp"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: one result a check, in the order of the profile's groups."""

    profile: Profile
    profile_reason: str
    results: tuple[tuple[Check, CheckResult], ...]
    left_out: tuple[MetricGroup, ...]  # groups that a device must send by itself
    note: str | None = None  # what to do so that the collector gets the same answer

    @property
    def answered(self) -> bool:
        """Say whether the device answered over any protocol."""
        return any(result.outcome is Outcome.ANSWERED for _, result in self.results)


async def ask(
    question: Question, profiles: Mapping[str, Profile], clock: Clock, *, with_ping: bool = True
) -> Answer:
    """Ask a device over every protocol its profile names.

    That it does not answer ping does not keep SNMP from being asked.
    """
    engine = await SnmpEngine.open(SnmpSettings())
    ping = PingProbe(PingSettings(carrier=question.ping_carrier), clock)
    probes: dict[str, Probe] = {"snmp": SnmpProbe(engine, clock)}
    if with_ping:
        probes["ping"] = ping
    try:
        target, note = await _spoken(engine, question)
        profile, reason = question.profile, "named by you"
        if profile is None:
            match = match_profile(profiles, await _facts(engine, target, probe_oids(profiles)))
            profile, reason = match.profile, match.reason
        target = replace(target, snmp_limits=profile.snmp)
        asked = [group for group in profile.groups if group.probe in probes]
        results = [
            (check, await probes[check.probe].run(check, clock.now()))
            for check in _checks(asked, target)
        ]
        left_out = tuple(group for group in profile.groups if group.probe == "mqtt")
        return Answer(profile, reason, tuple(results), left_out, note)
    finally:
        await ping.close()
        await engine.close()


async def _spoken(engine: SnmpEngine, question: Question) -> tuple[Target, str | None]:
    """Return the target with the version its agent speaks: 2c as asked, or 1 if only that helps."""
    target = Target(_NAME, question.address, question.port, question.credential)
    if question.credential.version != "2c":
        return target, None
    try:
        await engine.get(agent_of(target), (SYS_OBJECT_ID,))
    except NoAnswer:
        older = replace(target, credential=replace(question.credential, version="1"))
        try:
            await engine.get(agent_of(older), (SYS_OBJECT_ID,))
        except SnmpError:
            return target, None
        return older, 'It answers only SNMP v1: write version: "1" in its credential.'
    except SnmpError:
        pass
    return target, None


async def _facts(engine: SnmpEngine, target: Target, oids: Sequence[str]) -> Facts:
    """Ask what tells models apart; a device that does not answer says nothing of itself."""
    agent = agent_of(target)
    found: dict[str, Value] = {}
    for asked in ((SYS_OBJECT_ID, SYS_DESCR), tuple(oids)):
        try:
            found |= await engine.get(agent, asked) if asked else {}
        except (AgentError, BadAnswer):
            continue  # an agent that trips over one question may answer the other
        except SnmpError:
            break
    texts = {oid: text for oid, value in found.items() if (text := text_of(value)) is not None}
    return Facts(
        sys_object_id=texts.get(SYS_OBJECT_ID),
        sys_descr=texts.get(SYS_DESCR),
        probed={oid: texts[oid] for oid in oids if oid in texts},
    )


def _checks(groups: Iterable[MetricGroup], target: Target) -> Iterable[Check]:
    for group in groups:
        yield Check(
            id=f"{_NAME}/{group.name}",
            device_id=_NAME,
            name=group.name,
            probe=group.probe,
            role=Role(group.role),
            interval_seconds=group.interval_seconds,
            timeout_seconds=_DEADLINE_SECONDS,
            target=target,
            group=group,
        )

"""The recorded devices were at work: no profile may find anything wrong with them.

Neither a limit that is passed nor a value that is not understood; what is empty, switched off by
its owner, or not fitted is no fault.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.evaluate import evaluate, thresholds_of
from collector.model import CheckResult, Outcome, Profile, Verdict
from collector.probes.snmp.plain import text_of
from collector.profiles import Facts, load_profiles, match_profile, probe_oids
from tests.conftest import WALKS
from tests.profiles.replay import read_recording, replay_group

SYS_DESCR, SYS_OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


RECORDINGS = sorted(path.stem for path in WALKS.glob("*.snmprec"))


@pytest.mark.parametrize("name", RECORDINGS or ["none"])
def test_a_device_that_works_raises_no_alarm(
    name: str, walks: Path, profiles: Mapping[str, Profile]
) -> None:
    values = read_recording(walks / f"{name}.snmprec")
    texts = {oid: text for oid, raw in values.items() if (text := text_of(raw)) is not None}
    probed = {oid: texts[oid] for oid in probe_oids(profiles) if oid in texts}
    facts = Facts(texts.get(SYS_OBJECT_ID), texts.get(SYS_DESCR), probed)
    profile = match_profile(profiles, facts).profile

    for group in profile.groups:
        if group.probe == "snmp":
            found = replay_group(group, values)
            result = CheckResult("d/g", NOW, NOW, Outcome.ANSWERED, readings=found.readings)
            judged = evaluate(result, thresholds_of(group), group.role)
            assert found.faults == ()
            assert judged.verdict is Verdict.OK, f"{group.name}: {judged.detail}"

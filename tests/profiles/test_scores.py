"""Every recording with expected values: the right profile, and 95 % of what is plausible."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from collector.model import Profile
from collector.profiles import load_profiles
from tests.profiles.scoring import WANTED_SHARE, judged_recordings, score


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


@pytest.mark.parametrize("name", judged_recordings())
def test_a_recording_gives_its_health_values(
    name: str, walks: Path, profiles: Mapping[str, Profile]
) -> None:
    found = score(name, profiles)

    assert walks.is_dir()
    assert found.profile == found.wanted_profile, found.profile_reason
    assert found.share >= WANTED_SHARE, [one.key for one in found.missing]
    assert found.unused_refusals == ()

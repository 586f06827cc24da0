"""Device profiles: YAML that says what to ask a model family and what the answers mean.

format    the models of the files, with their checks; sources: OIDs, topics, patterns
build     a file and its parts → `collector.model.Profile`
load      folders → profiles by name, or every problem at once
matching  what a device says of itself → the profile that fits, and why
"""

from collector.profiles.load import LoadedProfiles, ProfileError, load_profiles, read_profiles
from collector.profiles.matching import Facts, Match, match_profile, probe_oids

__all__ = [
    "Facts",
    "LoadedProfiles",
    "Match",
    "ProfileError",
    "load_profiles",
    "match_profile",
    "probe_oids",
    "read_profiles",
]

"""Holds configuration, inventory and profiles against each other: `pantau check-config`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from collector.config.load import read_config
from collector.config.problems import Problem, ProblemsError
from collector.config.reader import read_file
from collector.config.settings import Config
from collector.inventory.format import InventoryFile
from collector.inventory.load import LIMIT_BYTES, Inventory, Known, read_inventory
from collector.profiles.load import LoadedProfiles, built_in_folder, read_profiles

_PROFILE_KEYS = {"name", "title", "kinds"}

CONFIG_NAME = "pantau.yaml"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check_everything` found. All is well when `problems` is empty."""

    problems: tuple[Problem, ...]
    files: tuple[Path, ...]  # configuration and inventory, as they were read
    sites: int = 0
    devices: int = 0
    checks: int = 0
    config: Config | None = None  # where a pantau.yaml was read
    inventory: Inventory = field(default_factory=Inventory)


def check_everything(path: Path, environ: Mapping[str, str]) -> CheckReport:
    """Validate a pantau.yaml with all it names, a folder that holds one, or an inventory file.

    An inventory file alone, or a folder of them, is held against the built-in profiles; which
    credentials there are is not known then. A device profile is checked with the parts beside it.
    Nothing is raised for what the files hold.
    """
    if path.is_dir():
        if (path / CONFIG_NAME).is_file():
            return _check_config(path / CONFIG_NAME, environ)
        files = sorted(path.glob("*.yaml"))
        if files:
            return _check_inventory(files)
        what = f"holds neither {CONFIG_NAME} nor an inventory file (*.yaml)"
        return CheckReport((Problem(str(path), None, "", what, "name another folder"),), ())
    keys = _keys(path)
    if not keys.isdisjoint(InventoryFile.model_fields):
        return _check_inventory([path])
    return _check_profile(path) if keys >= _PROFILE_KEYS else _check_config(path, environ)


def _keys(path: Path) -> set[str]:
    try:
        return set(map(str, read_file(path, LIMIT_BYTES).data))
    except ProblemsError:
        return set()


def _check_profile(path: Path) -> CheckReport:
    """Look at a device profile with the parts beside it; what else is in its folder is not told."""
    profiles = read_profiles([built_in_folder(), path.parent])
    about = tuple(one for one in profiles.problems if one.file == str(path))
    return CheckReport(_in_order(about), (path,))


def _check_config(path: Path, environ: Mapping[str, str]) -> CheckReport:
    loaded = read_config(path, environ)
    if loaded.config is None:
        return CheckReport(_in_order(loaded.problems), (path,))
    profiles = read_profiles([built_in_folder(), *loaded.config.profiles])
    files = loaded.config.inventory
    names = loaded.credential_names
    report = _report((path, *files), files, profiles, names, loaded.problems)
    return replace(report, config=loaded.config)


def _check_inventory(files: Sequence[Path]) -> CheckReport:
    return _report(files, files, read_profiles([built_in_folder()]), None, ())


def _report(
    files: Sequence[Path],
    inventory_files: Sequence[Path],
    profiles: LoadedProfiles,
    credentials: frozenset[str] | None,
    problems: Sequence[Problem],
) -> CheckReport:
    broken = profiles.names - set(profiles.profiles)
    known = Known(profiles.profiles, broken, credentials)
    loaded = read_inventory(inventory_files, known)
    found = _in_order((*problems, *profiles.problems, *loaded.problems))
    inventory = loaded.inventory
    checks = 0
    if not found:
        checks = sum(len(profiles.profiles[it.profile].groups) for it in inventory.devices.values())
    return CheckReport(
        found,
        tuple(files),
        len(inventory.sites),
        len(inventory.devices),
        checks,
        inventory=inventory,
    )


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return ProblemsError(problems).problems

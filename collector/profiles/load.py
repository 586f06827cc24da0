"""Finds profile files and parts, reads them all, and tells everything that is wrong in them."""

import importlib.resources
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from collector.config.findings import Model, check_shape
from collector.config.problems import Problem, ProblemsError
from collector.config.reader import Document, read_file
from collector.model import Profile
from collector.profiles.build import ReadProfile, build_profile
from collector.profiles.format import PartFile, ProfileFile

PARTS_FOLDER = "parts"


class ProfileError(ProblemsError):
    """Profiles that cannot be used."""


@dataclass(frozen=True, slots=True)
class LoadedProfiles:
    """What could be read, and what is wrong with the rest."""

    profiles: Mapping[str, Profile]
    problems: tuple[Problem, ...]
    names: frozenset[str]  # also of those that cannot be used: no second complaint about them


def built_in_folder() -> Path:
    """Return the folder of the profiles that come with Pantau."""
    return Path(str(importlib.resources.files("device_profiles")))


def load_profiles(folders: Iterable[Path] = ()) -> Mapping[str, Profile]:
    """Return the built-in profiles and those of `folders` by name.

    A later folder's profile or part replaces one of the same name. Raises ProfileError with every
    problem at once.
    """
    loaded = read_profiles([built_in_folder(), *folders])
    if loaded.problems:
        raise ProfileError(loaded.problems)
    return loaded.profiles


def read_profiles(folders: Iterable[Path]) -> LoadedProfiles:
    """Read exactly these folders, later ones first in rank. Problems are returned, not raised."""
    problems: list[Problem] = []
    parts: dict[str, PartFile] = {}
    files: dict[str, Path] = {}
    for folder in folders:
        for path in _yaml_files(folder / PARTS_FOLDER):
            part = _read(path, PartFile, problems)
            if part is not None:
                parts[path.stem] = part[1]
        files.update({path.stem: path for path in _yaml_files(folder)})
    profiles: dict[str, Profile] = {}
    for name, path in sorted(files.items()):
        read = _read(path, ProfileFile, problems)
        if read is None:
            continue
        document, shape = read
        if shape.name != name:
            line = document.line_of(("name",))
            what = f'"{shape.name}" is not the name of the file'
            problems.append(Problem(document.file, line, "name", what, f'write "{name}"'))
        profile, found = build_profile(ReadProfile(document, shape), parts)
        problems.extend(found)
        if not found:
            is_own = path.parent != built_in_folder()
            profiles[name] = replace(profile, is_own=True) if is_own else profile
    return LoadedProfiles(profiles, tuple(problems), frozenset(files))


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.y*ml") if path.suffix in (".yaml", ".yml"))


def _read(path: Path, model: type[Model], problems: list[Problem]) -> tuple[Document, Model] | None:
    try:
        document = read_file(path)
    except ProblemsError as error:
        problems.extend(error.problems)
        return None
    shape, found = check_shape(model, document)
    problems.extend(found)
    return None if shape is None else (document, shape)

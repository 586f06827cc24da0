"""Finds profile files and parts, reads them, and tells everything that is wrong in them.

    read_profiles   all of them now, with every problem          `pantau check-config`
    load_profiles   a city's own now; those that come with       everybody else
                    Pantau when they are asked for

Reading all of them costs most of a second, and a process that reads a list or counts a month needs
one or two.
"""

import importlib.resources
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

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


@cache
def built_in_folder() -> Path:
    """Return the folder of the profiles that come with Pantau."""
    return Path(str(importlib.resources.files("device_profiles")))


def load_profiles(folders: Iterable[Path] = ()) -> Mapping[str, Profile]:
    """Return the built-in profiles and those of `folders` by name.

    A later folder's profile or part replaces one of the same name. Raises ProfileError with every
    problem of `folders` at once. A built-in profile is read when it is asked for, once in a
    process; tests hold them all to be good, so that only a damaged installation raises there.
    """
    own = list(folders)
    if not own:
        return _built_in()
    built_in_parts = _built_in_parts()
    if any(path.stem in built_in_parts for one in own for path in _yaml_files(one / PARTS_FOLDER)):
        loaded = read_profiles([built_in_folder(), *own])  # a part of theirs is another one here
        if loaded.problems:
            raise ProfileError(loaded.problems)
        return loaded.profiles
    parts, problems = _read_parts(own)
    every_part = _OnDemand(built_in_parts, built_in_parts.__getitem__, parts)
    profiles, found = _read_files(_files_of(own), every_part)
    if problems or found:
        raise ProfileError([*problems, *found])
    return _OnDemand(_built_in(), _built_in().__getitem__, profiles)


def read_profiles(folders: Iterable[Path]) -> LoadedProfiles:
    """Read exactly these folders, later ones first in rank. Problems are returned, not raised."""
    folders = list(folders)
    parts, problems = _read_parts(folders)
    files = _files_of(folders)
    profiles, found = _read_files(files, parts)
    return LoadedProfiles(profiles, (*problems, *found), frozenset(files))


def _files_of(folders: Iterable[Path]) -> dict[str, Path]:
    return {path.stem: path for folder in folders for path in _yaml_files(folder)}


def _read_parts(folders: Iterable[Path]) -> tuple[dict[str, PartFile], list[Problem]]:
    parts: dict[str, PartFile] = {}
    problems: list[Problem] = []
    for folder in folders:
        for path in _yaml_files(folder / PARTS_FOLDER):
            part = _read(path, PartFile, problems)
            if part is not None:
                parts[path.stem] = part[1]
    return parts, problems


def _read_files(
    files: Mapping[str, Path], parts: Mapping[str, PartFile]
) -> tuple[dict[str, Profile], list[Problem]]:
    """Return the profiles that can be used, and the problems of the others."""
    profiles: dict[str, Profile] = {}
    problems: list[Problem] = []
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
    return profiles, problems


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


# --- what comes with Pantau ---------------------------------------------------------------------

_T = TypeVar("_T")


class _OnDemand(Mapping[str, _T]):
    """Values by name, in the order of the names, each made when it is asked for."""

    def __init__(
        self, names: Iterable[str], make: Callable[[str], _T], made: Mapping[str, _T] | None = None
    ) -> None:
        self._made = dict(made or {})
        self._names = dict.fromkeys(sorted({*names, *self._made}))
        self._make = make

    def __getitem__(self, name: str) -> _T:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def _built_in() -> Mapping[str, Profile]:
    files = _files_of([built_in_folder()])

    def make(name: str) -> Profile:
        profiles, problems = _read_files({name: files[name]}, _built_in_parts())
        if problems:
            raise ProfileError(problems)
        return profiles[name]

    return _OnDemand(files, make)


@cache
def _built_in_parts() -> Mapping[str, PartFile]:
    files = _files_of([built_in_folder() / PARTS_FOLDER])

    def make(name: str) -> PartFile:
        problems: list[Problem] = []
        part = _read(files[name], PartFile, problems)
        if part is None:
            raise ProfileError(problems)
        return part[1]

    return _OnDemand(files, make)

"""Reads alerts.yaml and its secrets, and holds every name in it against what it refers to.

What the inventory has to say (areas, owners, sites, devices) is checked by `collector.notify`.
"""

import ssl
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from collector.config.alerts.channels import ChannelShape
from collector.config.alerts.format import AlertsFile, ScheduleShape
from collector.config.alerts.sound import sound_parts
from collector.config.findings import check_shape
from collector.config.problems import Place, Problem, ProblemsError, did_you_mean, place_text
from collector.config.reader import Document, YamlMapping, read_file
from collector.config.secrets import SecretError, read_secret


@dataclass(slots=True)
class LoadedAlerts:
    """What was read, with where from, so that later problems can name the place.

    `file` is None when it has not the right form. Its secrets are read and its paths absolute.
    `sound` is the file, or else what is right of it (`sound_parts`): only to look for more that is
    wrong, never to be used.
    """

    document: Document
    file: AlertsFile | None
    problems: list[Problem] = field(default_factory=list)
    sound: AlertsFile | None = None

    def problem(self, place: Place, problem: str, remedy: str) -> Problem:
        """Return a problem of a place in the file."""
        line = self.document.line_of(place)
        return Problem(self.document.file, line, place_text(place), problem, remedy)


def read_alerts(path: Path) -> LoadedAlerts:
    """Read the file and its secrets. Nothing is raised for what they hold."""
    try:
        document = read_file(path)
    except ProblemsError as error:
        return LoadedAlerts(Document(str(path), YamlMapping(1)), None, list(error.problems))
    shape, problems = check_shape(AlertsFile, document)
    loaded = LoadedAlerts(document, shape, problems)
    sound = shape or sound_parts(document.data)
    if sound is not None:
        loaded.sound = _with_secrets(sound, loaded, path.absolute().parent)
        loaded.problems.extend(_wrong_names(sound, loaded))
    loaded.file = None if shape is None else loaded.sound
    return loaded


# --- secrets and other files ------------------------------------------------------------------


def _with_secrets(shape: AlertsFile, loaded: LoadedAlerts, folder: Path) -> AlertsFile:
    channels = {
        name: _channel_with_secrets(channel, ("channels", name), loaded, folder)
        for name, channel in shape.channels.items()
    }
    changes: dict[str, object] = {"channels": channels}
    if shape.ca_file is not None:
        changes["ca_file"] = _authority(shape.ca_file, ("ca_file",), loaded, folder)
    return shape.model_copy(update=changes)


def _channel_with_secrets(
    channel: ChannelShape, place: Place, loaded: LoadedAlerts, folder: Path
) -> ChannelShape:
    changes: dict[str, object] = {}
    for name in channel.SECRETS:
        file: str | None = getattr(channel, f"{name}_file")
        if file is None:
            continue
        secret: SecretStr | None
        try:
            secret = read_secret((folder / Path(file).expanduser()).absolute(), file)
        except SecretError as error:
            where = (*place, f"{name}_file")
            loaded.problems.append(loaded.problem(where, error.problem, error.remedy))
            secret = error.secret
        changes |= {name: secret, f"{name}_file": None}
    ca_file: str | None = getattr(channel, "ca_file", None)
    if ca_file is not None:
        changes["ca_file"] = _authority(ca_file, (*place, "ca_file"), loaded, folder)
    return channel.model_copy(update=changes)


def _authority(text: str, place: Place, loaded: LoadedAlerts, folder: Path) -> str:
    """Return the path of an authority's file. A problem when it holds no certificate."""
    path = (folder / Path(text).expanduser()).absolute()
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        what = f'"{text}" holds no certificate: {(error.strerror or "unreadable").lower()}'
        loaded.problems.append(loaded.problem(place, what, "write the authority's PEM file"))
    return str(path)


# --- names ------------------------------------------------------------------------------------


def _wrong_names(shape: AlertsFile, loaded: LoadedAlerts) -> Iterator[Problem]:
    """Yield what refers to no channel, receiver or schedule of the file."""
    for name, receiver in shape.receivers.items():
        place: Place = ("receivers", name, "channels")
        yield from _unknown(receiver.channels, shape.channels, "channel", place, loaded)
        for number, one in enumerate(receiver.channels):
            if one in receiver.channels[:number]:
                where = (*place, number)
                yield loaded.problem(where, f'"{one}" is there twice', "keep the first")
    if shape.heartbeat is not None:
        place = ("heartbeat", "channel")
        yield from _unknown((shape.heartbeat.channel,), shape.channels, "channel", place, loaded)
    for name, schedule in shape.schedules.items():
        if name in shape.receivers:
            what = f'"{name}" is a receiver as well'
            yield loaded.problem(("schedules", name), what, "give the schedule another name")
        yield from _wrong_people(name, schedule, shape, loaded)
    told = {**shape.receivers, **shape.schedules}
    for number, route in enumerate(shape.routes):
        place = ("routes", number, "to")
        yield from _unknown(route.to, told, "receiver or schedule", place, loaded)
        for step_number, step in enumerate(route.escalate):
            place = ("routes", number, "escalate", step_number, "to")
            yield from _unknown(step.to, told, "receiver or schedule", place, loaded)
    if not shape.routes and len(shape.receivers) + len(shape.schedules) > 1:
        what = "there is more than one receiver, and no route"
        yield loaded.problem(
            ("receivers",), what, "say what goes to whom: `routes: [{to: …}]` for everything"
        )


def _wrong_people(
    name: str, schedule: ScheduleShape, shape: AlertsFile, loaded: LoadedAlerts
) -> Iterator[Problem]:
    known = shape.receivers
    for number, shift in enumerate(schedule.shifts):
        place: Place = ("schedules", name, "shifts", number, "people")
        people = [one for turn in shift.people for one in turn]
        yield from _unknown(people, known, "receiver", place, loaded)
    for number, override in enumerate(schedule.overrides):
        place = ("schedules", name, "overrides", number)
        yield from _unknown(override.people, known, "receiver", (*place, "people"), loaded)
        if override.instead_of is not None:
            instead = (override.instead_of,)
            yield from _unknown(instead, known, "receiver", (*place, "instead_of"), loaded)
    otherwise: Place = ("schedules", name, "otherwise")
    yield from _unknown(schedule.otherwise, known, "receiver", otherwise, loaded)


def _unknown(
    names: Collection[str],
    known: Mapping[str, object],
    what: str,
    place: Place,
    loaded: LoadedAlerts,
) -> Iterator[Problem]:
    for name in dict.fromkeys(names):
        if name not in known:
            problem = f'there is no {what} "{name}"'
            yield loaded.problem(place, problem, did_you_mean(name, known))

"""What is right in an alerts.yaml with mistakes, so that one of them does not hide the others.

Every channel, receiver, schedule, route and policy is held against its shape by itself. One that
does not fit leaves an empty one in its place: its name is known and its number kept, and nothing is
said of what it holds until it is mended.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from collector.config.alerts.channels import AnyChannel, ChannelShape
from collector.config.alerts.format import (
    AlertsFile,
    HeartbeatShape,
    PolicyShape,
    ReceiverShape,
    RouteShape,
    ScheduleShape,
)
from collector.config.reader import Data

_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {
    "channels": TypeAdapter(AnyChannel),
    "receivers": TypeAdapter(ReceiverShape),
    "schedules": TypeAdapter(ScheduleShape),
    "routes": TypeAdapter(RouteShape),
    "policies": TypeAdapter(PolicyShape),
    "heartbeat": TypeAdapter(HeartbeatShape),
    "allow_networks": TypeAdapter(AlertsFile.model_fields["allow_networks"].rebuild_annotation()),
    "allow_private": TypeAdapter(bool),
}
_SECTIONS: Mapping[str, Data] = {
    "channels": None,  # it must be there
    "receivers": None,
    "schedules": {},
    "routes": [],
    "policies": [],
}
_EMPTY: Mapping[str, Any] = {
    "channels": ChannelShape(),
    "receivers": ReceiverShape.model_construct(channels=()),
    "schedules": ScheduleShape.model_construct(shifts=()),
    "routes": RouteShape.model_construct(to=()),
    "policies": PolicyShape.model_construct(),
    "heartbeat": None,
    "allow_networks": (),
    "allow_private": False,
}


def sound_parts(data: Mapping[str | int, Data]) -> AlertsFile | None:
    """Return what is right of a file that is not. None: its sections are no sections."""
    parts: dict[str, Any] = {}
    for key, default in _SECTIONS.items():
        section = data.get(key, default)
        if isinstance(section, dict) and isinstance(default, dict | None):
            parts[key] = {str(name): _read(key, one) for name, one in section.items()}
        elif isinstance(section, list) and isinstance(default, list):
            parts[key] = tuple(_read(key, one) for one in section)
        else:
            return None
    for key in ("heartbeat", "allow_networks", "allow_private"):
        if key in data:
            parts[key] = _read(key, data[key])
    return AlertsFile.model_construct(**parts)


def _read(key: str, value: Data) -> Any:
    try:
        return _ADAPTERS[key].validate_python(value)
    except ValidationError:
        return _EMPTY[key]

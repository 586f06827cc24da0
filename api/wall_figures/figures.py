"""The figures of services: who uses the WiFi, what the power and the disks are like. Pure.

A figure says of how many devices it is and of how many it should be. One that no device tells is
null: a dash on the wall, never a zero.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from collector.model import Reason, State
from collector.sinks import SeriesInfo

CLIENTS = "wifi_clients"
RUNTIME = "ups_runtime_remaining_seconds"
DISKS = ("storage_used_percent", "disk_used_percent")
TEMPERATURE = "temperature_celsius"
METRICS = (CLIENTS, RUNTIME, *DISKS, TEMPERATURE)

BUSY_FROM, BUSY_UNTIL = time(7), time(22)
"""Hours in which an access point without anybody is worth a look."""

_PERCENT = (0.0, 100.0)
_CELSIUS = (-40.0, 150.0)
"""What is outside was not measured but made up: a sensor that is not there says 0 or 65,535."""

_MACHINES = frozenset({"server", "nas"})
_WARM = _MACHINES | {"ups"}

Latest = Mapping[str, Sequence[SeriesInfo]]


@dataclass(frozen=True, slots=True)
class Known:
    """A device as a figure needs it. `state` is the reported one."""

    id: str
    name: str
    kind: str
    state: State
    reason: Reason
    last_result_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure (schemas.WallFigure). `oldest_at`: the oldest reading or result it rests on."""

    name: str
    value: float | None
    devices: int  # that it is of
    all: int  # that it should be of
    oldest_at: datetime | None = None
    device: str | None = None  # whose value it is, where it is one's
    device_name: str | None = None
    part: str | None = None  # which disk, which sensor
    seconds: float | None = None  # how long the battery lasts


def figures(devices: Iterable[Known], latest: Latest, here: datetime) -> list[Figure]:
    """Return every figure that the city has devices for. `here`: now, in the city's zone."""
    by_kind: dict[str, list[Known]] = defaultdict(list)
    for one in devices:
        by_kind[one.kind].append(one)
    points, cameras = by_kind["access_point"], by_kind["camera"]
    upses = by_kind["ups"]
    machines = [one for kind in sorted(_MACHINES) for one in by_kind[kind]]
    warm = [one for kind in sorted(_WARM) for one in by_kind[kind]]
    return [
        *_wifi(points, latest, here),
        # No profile measures what a camera shows or whether it is recorded: said, not left out.
        *(
            Figure(name, None, 0, len(cameras))
            for name in ("image_troubles", "not_recording", "wrong_clock", "channels_off")
            if cameras
        ),
        *_batteries(upses, latest),
        *_highest("fullest_disk", machines, latest, DISKS, _PERCENT),
        *_highest("hottest", warm, latest, (TEMPERATURE,), _CELSIUS),
    ]


def _wifi(points: Sequence[Known], latest: Latest, here: datetime) -> Iterable[Figure]:
    if not points:
        return
    users: dict[str, float] = {}
    moments: list[datetime] = []
    for point in points:
        own = [one for one in latest.get(point.id, ()) if one.metric == CLIENTS]
        if own:
            users[point.id] = users_of(own)
            moments.append(min(one.last_at for one in own))
    oldest = min(moments, default=None)
    total = sum(users.values()) if users else None
    yield Figure("wifi_users", total, len(users), len(points), oldest)
    busy = BUSY_FROM <= here.time() < BUSY_UNTIL
    up = [one for one in points if one.state is State.UP and one.id in users]
    alone = sum(users[one.id] == 0 for one in up)
    yield Figure("without_users", alone if busy and up else None, len(up), len(points), oldest)


def users_of(series: Sequence[SeriesInfo]) -> float:
    """Return how many users an access point tells of.

    It may tell the same people several times: in one number, by radio, by network. Each of these
    ways is whole at best, so the largest sum is the fullest one.
    """
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    for one in series:
        sums[tuple(name for name, _ in one.labels)] += max(0.0, float(one.last_value))
    return max(sums.values())


def _batteries(upses: Sequence[Known], latest: Latest) -> Iterable[Figure]:
    """How many UPS are on battery, and which of them is the first to end."""
    if not upses:
        return
    seen = [one for one in upses if one.state in (State.UP, State.DEGRADED)]
    on = [one for one in seen if one.reason is Reason.ON_BATTERY]
    left = [
        (float(info.last_value), one)
        for one in on
        for info in latest.get(one.id, ())
        if info.metric == RUNTIME and float(info.last_value) >= 0
    ]
    seconds, first = min(left, key=lambda pair: pair[0], default=(None, None))
    moments = [one.last_result_at for one in seen if one.last_result_at is not None]
    yield Figure(
        "on_battery",
        float(len(on)) if seen else None,
        len(seen),
        len(upses),
        min(moments, default=None),
        None if first is None else first.id,
        None if first is None else first.name,
        seconds=seconds,
    )


def _highest(
    name: str,
    devices: Sequence[Known],
    latest: Latest,
    metrics: Sequence[str],
    limits: tuple[float, float],
) -> Iterable[Figure]:
    if not devices:
        return
    low, high = limits
    told = [
        (float(info.last_value), one, info)
        for one in devices
        for info in latest.get(one.id, ())
        if info.metric in metrics and low <= float(info.last_value) <= high
    ]
    if not told:
        yield Figure(name, None, 0, len(devices))
        return
    value, device, info = max(told, key=_by_value)
    yield Figure(
        name,
        value,
        len({one.id for _, one, _ in told}),
        len(devices),
        min(one.last_at for _, _, one in told),
        device.id,
        device.name,
        part=" ".join(text for _, text in info.labels) or None,
    )


_by_value: Callable[[tuple[float, Known, SeriesInfo]], float] = lambda told: told[0]  # noqa: E731

"""Devices: the list, one device, its checks, history and readings."""

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import schemas
from api.counted import UTILIZATION, can_be_reckoned, rated
from api.deps import PAGE_DEFAULT, Cursor, Limit, Parts, PartsOf, parse_moment, reply
from api.errors import Code, ProblemError, invalid, unknown_device
from api.events import transition_view
from api.views import check_view, device_view
from collector.model import State, Threshold
from collector.sinks import Point, Series, SeriesInfo
from collector.store import DeviceRow

router = APIRouter(tags=["devices"])

READINGS_WINDOW = timedelta(days=31)
READINGS_POINTS = 11_000  # per series: more than any screen has columns
_RAW_WINDOW = timedelta(hours=6)
_CHART_POINTS = 1_500
_STEPS = (60, 300, 900, 3_600, 21_600, 86_400)


@router.get("/devices", response_model=schemas.DevicePage)
def list_devices(
    parts: PartsOf,
    kind: Annotated[str | None, Query(max_length=40, description="Such as `camera`.")] = None,
    state: Annotated[State | None, Query(description="The state as reported.")] = None,
    site: Annotated[str | None, Query(max_length=100, description="Id of a site.")] = None,
    area: Annotated[
        str | None, Query(max_length=20, description="Code of an area, with all below it.")
    ] = None,
    owner: Annotated[str | None, Query(max_length=100, description="Id of the owner.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Part of the id, name or address.")
    ] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Devices with their state, sorted by id; filters narrow the list together.

    While no collector is alive every device is reported as unknown, with the reason
    `collector_gone`, since its last result; the filter `state` looks at what is reported.
    """
    seen = parts.sight()
    if seen.blind and state not in (None, State.UNKNOWN):
        return reply({"items": [], "next": None})
    page = parts.store.devices(
        kind=kind,
        state=None if seen.blind else state,
        site=site,
        area=area,
        owner=owner,
        query=q,
        limit=limit,
        after=read_cursor(cursor),
    )
    planned = parts.planned.at(seen.now)
    items = [device_view(row, seen, planned) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/devices/{device_id}", response_model=schemas.Device)
def get_device(parts: PartsOf, device_id: str) -> Response:
    """One device with its state. See the list for what holds while no collector is alive."""
    seen = parts.sight()
    return reply(device_view(find(parts, device_id), seen, parts.planned.at(seen.now)))


@router.get("/devices/{device_id}/checks", response_model=schemas.CheckPage)
def list_checks(parts: PartsOf, device_id: str) -> Response:
    """The checks of a device, each with its last result."""
    find(parts, device_id)
    rows = parts.store.checks(device_id)
    return reply({"items": [check_view(row) for row in rows], "next": None})


@router.get("/devices/{device_id}/transitions", response_model=schemas.TransitionPage)
def list_transitions(
    parts: PartsOf,
    device_id: str,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="Began at or after this moment.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Began before this moment.")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """The state history of a device, newest first."""
    find(parts, device_id)
    after = read_cursor(cursor)
    if after is not None and not after.isdecimal():
        raise bad_cursor()
    page = parts.store.transitions(
        device_id,
        start=None if from_ is None else parse_moment("from", from_),
        end=None if to is None else parse_moment("to", to),
        limit=limit,
        after=after,
    )
    items = [transition_view(row) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/devices/{device_id}/metrics", response_model=schemas.MetricPage)
def list_metrics(parts: PartsOf, device_id: str) -> Response:
    """What readings there are of a device: every series with its newest value.

    The utilization of links is reckoned when it is asked for; its `last_value` is null.
    """
    find(parts, device_id)
    found = parts.sink.list_series(device_id)
    limits: dict[str, Threshold] = {}
    for check in parts.store.checks(device_id):
        for metric, threshold in check.limits.items():
            limits.setdefault(metric, threshold)
    stored = [_metric_view(one.metric, one.unit, one, one.last_value, limits) for one in found]
    reckoned = [
        _metric_view(metric, "%", one, None, limits) for metric, one in can_be_reckoned(found)
    ]
    return reply({"items": stored + reckoned, "next": None})


def _metric_view(
    metric: str,
    unit: str,
    one: SeriesInfo,
    last_value: float | str | None,
    limits: Mapping[str, Threshold],
) -> dict[str, object]:
    threshold = limits.get(metric)
    return {
        "metric": metric,
        "unit": unit,
        "labels": dict(one.labels),
        "last_at": one.last_at,
        "last_value": last_value,
        "limits": None
        if threshold is None
        else {
            "warning_above": threshold.warning_above,
            "critical_above": threshold.critical_above,
            "warning_below": threshold.warning_below,
            "critical_below": threshold.critical_below,
        },
    }


@router.get("/devices/{device_id}/readings", response_model=schemas.Readings)
def get_readings(
    parts: PartsOf,
    device_id: str,
    metric: Annotated[
        str, Query(min_length=1, max_length=100, description="A name from `/metrics`.")
    ],
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="Default: an hour before `to`.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Default: now.")] = None,
    step: Annotated[
        int | None,
        Query(
            ge=1,
            le=31 * 86_400,
            description="Seconds to average into one point. Default: every stored value for a "
            f"window up to 6 hours, else a step that gives at most {_CHART_POINTS} points.",
        ),
    ] = None,
    rate: Annotated[
        bool, Query(description="Of a counter: what it counted a second, not its raw value.")
    ] = False,
) -> Response:
    """Readings of one metric, one series for each set of labels; a window has at most 31 days.

    Points are `[at, value]`; a step's point has its start and the mean, `low`, `high` and
    `counts` say what the mean hides. Where nothing was measured there is no point.

    Counters are stored raw. With `rate` wraps are bridged, and spans with a restart of the device
    or a gap have no point. `if_in_utilization_percent` and `if_out_utilization_percent` are
    rates of octets, in percent of the interface's speed.
    """
    find(parts, device_id)
    end = parts.clock.now() if to is None else parse_moment("to", to)
    start = end - timedelta(hours=1) if from_ is None else parse_moment("from", from_)
    step_seconds = _choose_step(start, end, step)
    if rate or metric in UTILIZATION:
        found = rated(parts.sink, device_id, metric, start, end, step_seconds)
        items = [_series_view(one.series, one.at_least) for one in found]
    else:
        series = parts.sink.query(device_id, metric, start, end, step_seconds)
        items = [_series_view(one) for one in series]
    return reply(
        {
            "device": device_id,
            "metric": metric,
            "from": start,
            "to": end,
            "step_seconds": step_seconds,
            "items": items,
            "next": None,
        }
    )


def find(parts: Parts, device_id: str) -> DeviceRow:
    """Return the device. Raises ProblemError (404) when it is not in the inventory."""
    row = parts.store.device(device_id)
    if row is None:
        raise unknown_device()
    return row


def write_cursor(after: str | None) -> str | None:
    """Wrap the store's place in a list, so that nobody builds one by hand."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(after.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> str | None:
    """Unwrap a cursor. Raises ProblemError (422) for one that we did not write."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise bad_cursor() from None


def read_place(cursor: str | None) -> str | None:
    """Unwrap a cursor of a list that is in the order of ids. Raises ProblemError (422)."""
    place = read_cursor(cursor)
    if place is not None and not (place.isascii() and place.isdigit() and len(place) < 19):
        raise bad_cursor()
    return place


def bad_cursor() -> ProblemError:
    """Return the problem of a cursor that we did not write."""
    problem = invalid("cursor", "take it from `next` of the page before")
    problem.code = Code.INVALID_CURSOR
    return problem


def _choose_step(start: datetime, end: datetime, step: int | None) -> int | None:
    window = end - start
    if window <= timedelta(0):
        raise invalid("from", "must be before `to`")
    if window > READINGS_WINDOW:
        raise invalid("from", f"a window has at most {READINGS_WINDOW.days} days")
    if step is not None:
        if window.total_seconds() / step > READINGS_POINTS:
            least = math.ceil(window.total_seconds() / READINGS_POINTS)
            raise invalid("step", f"too small for this window: {least} or more")
        return step
    if window <= _RAW_WINDOW:
        return None
    return next(s for s in _STEPS if window.total_seconds() / s <= _CHART_POINTS)


def _series_view(series: Series, at_least: Sequence[bool] = ()) -> dict[str, object]:
    points: tuple[Point, ...] = series.points
    return {
        "metric": series.metric,
        "unit": series.unit,
        "labels": dict(series.labels),
        "points": [(point.at, point.value) for point in points],
        "low": [point.low for point in points],
        "high": [point.high for point in points],
        "counts": [point.count for point in points],
        "at_least": list(at_least),
    }

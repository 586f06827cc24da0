"""Reads back what the platform reported, through its own HTTP API and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from api.demo.score import Change, Report, Truth, read_changes
from api.demo.told import Heard
from api.demo.usage import Usage

_TIMEOUT_SECONDS = 30.0
_PAGE = 500

# A reading that is there exactly once for each answer of a kind that the simulators count.
WITNESSES = {"sys_uptime_seconds": "uptime_gets", "power_watts": "telemetry"}


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A small client of the platform under test. The token is never part of a URL."""

    base_url: str
    token: str = field(repr=False)

    def get(self, path: str, **query: object) -> Any:
        """Return the JSON at a path below /api/v1. Raises OSError on failure."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._ask(Request(f"{self._url(path)}?{urlencode(given)}"))  # noqa: S310 - ours

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send JSON to a path below /api/v1; return the JSON that comes back, None for none.

        Raises OSError on failure, with what the API says.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return self._ask(Request(self._url(path), data, headers, method=method))  # noqa: S310 - ours

    def items(self, path: str, **query: object) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, page by page."""
        cursor: object = None
        while True:
            page = self.get(path, limit=_PAGE, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def _url(self, path: str) -> str:
        return f"{self.base_url}/api/v1{path}"

    def _ask(self, request: Request) -> Any:
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - ours
                content = answer.read()
        except HTTPError as refusal:
            said = refusal.read().decode(errors="replace")
            what = f"{request.method or 'GET'} {request.full_url}"
            raise OSError(f"{what}: {refusal.code} {said}") from None
        return json.loads(content) if content else None


def read_report(
    api: ApiClient,
    truth: Truth,
    schedule: dict[str, float],
    usage: Usage,
    heard: Heard,
    settle_seconds: float,
) -> Report:
    """Collect everything the score needs. Raises OSError when the API does not answer."""
    window = {"from": _text(truth.started_at), "to": _text(truth.finished_at)}
    devices = list(api.items("/devices"))
    uptime = api.get("/uptime", group_by="device", **window)["items"]
    return Report(
        changes={device["id"]: _changes(api, device["id"]) for device in devices},
        polled=frozenset(device["id"] for device in devices if device["last_result_at"]),
        seconds={item["key"]: _seconds_by_state(item) for item in uptime},
        stored_readings=sum(_witnesses(api, device["id"], truth) for device in devices),
        schedule=schedule,
        heard=heard,
        settle_seconds=settle_seconds,
        cpu_seconds=usage.cpu_seconds,
        peak_memory_mib=usage.peak_memory_mib,
    )


def _changes(api: ApiClient, device_id: str) -> list[Change]:
    found = read_changes(api.items(f"/devices/{device_id}/transitions"))
    return sorted(found, key=lambda change: change.confirmed_at)


def _seconds_by_state(item: dict[str, Any]) -> dict[str, float]:
    states = ("up", "degraded", "down", "unreachable", "unknown")
    return {state: float(item[f"{state}_seconds"]) for state in states}


def _witnesses(api: ApiClient, device_id: str, truth: Truth) -> int:
    window = {"from": _text(truth.counted_from), "to": _text(truth.finished_at)}
    answered = truth.answers.get(device_id, {})
    return sum(
        len(series["points"])
        for metric, kind in WITNESSES.items()
        if answered.get(kind)
        for series in api.get(f"/devices/{device_id}/readings", metric=metric, **window)["items"]
    )


def _text(moment: datetime) -> str:
    return moment.isoformat()

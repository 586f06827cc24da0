"""Every route, parameter, error code and event has words, and the words match the code."""

import re
from pathlib import Path
from typing import Any

import pytest

from api.errors import Code
from tests.api_city import make_city

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with make_city(tmp_path_factory.mktemp("docs")) as city:
        return dict(city.app().openapi())


@pytest.fixture(scope="module")
def guide() -> str:
    return GUIDE.read_text()


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_every_route_says_what_it_is_for(description: dict[str, Any]) -> None:
    found = operations(description)
    assert len(found) >= 16
    for method, path, operation in found:
        words = operation.get("description", "")
        assert len(words) > 20, (method, path)
        assert operation["tags"], path
        for parameter in operation.get("parameters", ()):
            if parameter["in"] != "path":
                assert parameter.get("description"), (path, parameter["name"])


def test_every_promised_route_is_there(description: dict[str, Any]) -> None:
    promised = {
        "/api/v1/status", "/api/v1/devices", "/api/v1/devices/{device_id}",
        "/api/v1/devices/{device_id}/checks", "/api/v1/devices/{device_id}/transitions",
        "/api/v1/devices/{device_id}/metrics", "/api/v1/devices/{device_id}/readings",
        "/api/v1/uptime", "/api/v1/sites", "/api/v1/areas", "/api/v1/wall", "/api/v1/events",
        "/api/v1/incidents", "/api/v1/incidents/{incident_id}", "/api/v1/incidents/summary",
        "/api/v1/incidents/{incident_id}/timeline", "/api/v1/incidents/{incident_id}/notes",
        "/api/v1/incidents/{incident_id}/acknowledge", "/api/v1/incidents/{incident_id}/resolve",
        "/api/v1/alerts", "/api/v1/notifications", "/api/v1/silences", "/api/v1/audit",
        "/api/v1/maintenance-windows", "/api/v1/maintenance-windows/{window_id}",
        "/api/v1/session", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    assert promised <= set(description["paths"])


def test_operation_names_are_unique(description: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names))


def test_every_route_of_the_api_tells_of_problem_details_and_of_both_ways_in(
    description: dict[str, Any],
) -> None:
    for _, path, operation in operations(description):
        if path.startswith("/api/v1"):
            content = operation["responses"]["4XX"]["content"]
            assert "application/problem+json" in content, path
            assert {name for way in operation["security"] for name in way} == {
                "HTTPBearer",
                "APIKeyCookie",
            }


def test_every_route_is_in_the_guide(description: dict[str, Any], guide: str) -> None:
    for method, path, _ in operations(description):
        short = re.sub(r"\{\w+_id\}", "{id}", path.removeprefix("/api/v1"))
        assert f"`{method.upper()} {short}" in guide, (method, short)


def test_every_query_parameter_is_in_the_guide(description: dict[str, Any], guide: str) -> None:
    for _, path, operation in operations(description):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                assert f"`{parameter['name']}`" in guide, (path, parameter["name"])


def test_every_error_code_is_in_the_guide_and_no_other(guide: str) -> None:
    table = guide.partition("## Errors")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {code.value for code in Code}


def test_every_event_is_in_the_guide(guide: str) -> None:
    for name in ("snapshot", "transition", "incident", "alert", "heartbeat"):
        assert f"`{name}`" in guide.partition("## Following live")[2]

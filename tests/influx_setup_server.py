"""A mock of the parts of InfluxDB's API that set-up asks for: 2.x as it is documented, and 3 Core.

No InfluxDB newer than 1.6.7 can be had where the tests run. So this says what the documentation
says the servers do, and refuses every call that is not in it.
"""

import json
import secrets
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

ADMIN = "token-pengelola"
ORGANISATION = "pantau"
ORGANISATION_ID = "0a1b2c3d4e5f6071"
POINTS_MISSING = (400, {"code": "invalid", "message": "writing requires points"})


@dataclass
class Answers:
    """What the server holds, and how it behaves."""

    version: str = "v2.9.1"
    buckets: dict[str, dict[str, Any]] = field(default_factory=dict)  # by name
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)  # by token
    databases: dict[str, str] = field(default_factory=dict)  # of 3 Core: name, retention
    calls: list[str] = field(default_factory=list)
    unavailable: int = 0  # so many answers of 503 first
    refused: int | None = None  # status instead of any answer to an administrator


class SetupServer:
    """The mock, listening on a free port of 127.0.0.1 until the end of the block."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                status, content = _answer(answers, self.command, self.path, self.headers, body)
                octets = b"" if content is None else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("X-Influxdb-Version", answers.version)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - http.server's names

            def log_message(self, format: str, *arguments: object) -> None:
                del format, arguments

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _answer(
    answers: Answers, method: str, target: str, headers: Any, body: bytes
) -> tuple[int, Any]:
    path, _, query = target.partition("?")
    asked = dict(urllib.parse.parse_qsl(query))
    answers.calls.append(f"{method} {path}")
    if answers.unavailable > 0:
        answers.unavailable -= 1
        return 503, {"code": "unavailable", "message": "starting"}
    if path == "/ping" and method == "GET":
        return 204, None
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme not in ("Token", "Bearer"):
        return 401, {"code": "unauthorized", "message": "unauthorized access"}
    if token == ADMIN and answers.refused is not None:
        return answers.refused, {"code": "no", "message": "read:orgs is unauthorized"}
    if path == "/api/v2/write" and method == "POST":
        return _write(answers, token, asked)
    if path == "/query" and method == "GET":
        return _query(answers, token, asked)
    if token != ADMIN:
        return 401, {"code": "unauthorized", "message": "unauthorized access"}
    content = json.loads(body) if body else {}
    match method, path.split("/")[3:]:
        case "GET", ["orgs"]:
            return _organisations(asked)
        case "GET", ["buckets"]:
            found = answers.buckets.get(asked["name"])
            assert asked["orgID"] == ORGANISATION_ID
            return 200, {"buckets": [found] if found else []}
        case "POST", ["buckets"]:
            made = {**content, "id": f"{len(answers.buckets):016x}", "type": "user"}
            answers.buckets[content["name"]] = made
            return 201, made
        case "PATCH", ["buckets", number]:
            changed = next(one for one in answers.buckets.values() if one["id"] == number)
            changed["retentionRules"] = content["retentionRules"]
            return 200, changed
        case "POST", ["authorizations"]:
            secret = f"buatan-{secrets.token_hex(8)}=="
            answers.tokens[secret] = content
            return 201, {**content, "id": "f" * 16, "token": secret}
        case "POST", ["configure", "database"]:
            if content["db"] in answers.databases:
                return 409, {"error": "attempted to create a resource that already exists"}
            answers.databases[content["db"]] = content["retention_period"]
            return 200, None
    return 404, {"code": "not found", "message": f"this mock knows no {method} {path}"}


def _organisations(asked: dict[str, str]) -> tuple[int, Any]:
    if asked.get("org") != ORGANISATION:
        words = f'organization name "{asked.get("org")}" not found'
        return 404, {"code": "not found", "message": words}
    return 200, {"orgs": [{"id": ORGANISATION_ID, "name": ORGANISATION}]}


def _write(answers: Answers, token: str, asked: dict[str, str]) -> tuple[int, Any]:
    if token not in answers.tokens:
        return 401, {"code": "unauthorized", "message": "unauthorized access"}
    if not _may(answers, token, "write", asked["bucket"]):
        return 403, {"code": "forbidden", "message": "insufficient permissions for write"}
    return POINTS_MISSING


def _query(answers: Answers, token: str, asked: dict[str, str]) -> tuple[int, Any]:
    if token not in answers.tokens:
        return 401, {"code": "unauthorized", "message": "unauthorized access"}
    if not _may(answers, token, "read", asked["db"]):
        return 200, {"results": [{"statement_id": 0, "error": "database not found"}]}
    return 200, {"results": [{"statement_id": 0}]}


def _may(answers: Answers, token: str, action: str, bucket: str) -> bool:
    number = answers.buckets[bucket]["id"] if bucket in answers.buckets else None
    return any(
        one["action"] == action
        and one["resource"] == {"type": "buckets", "id": number, "orgID": ORGANISATION_ID}
        for one in answers.tokens[token]["permissions"]
    )

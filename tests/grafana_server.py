"""A mock of the parts of Grafana's documented API that `pantau grafana push` uses.

No Grafana can be had where the tests run. So this keeps what is saved as the documentation says
that Grafana does, and answers every call that a current Grafana no longer serves with a failure:
data sources by number (off since 13.0), dashboards and folders by number, notifications.
"""

import json
import re
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

TOKEN = "glsa_rahasia_dari_grafana"  # noqa: S105 - of tests
GONE = re.compile(r"/api/(datasources/(id/.*|\d+)|dashboards/id/.*|folders/id/.*|alert-notif.*)")


@dataclass
class Held:
    """What Grafana holds, and how it behaves."""

    version: str = "13.2.3"
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)  # by uid
    histories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # newest first
    provisioned: set[str] = field(default_factory=set)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)  # by uid
    secrets: dict[str, str] = field(default_factory=dict)  # of data sources, by uid
    good_token: str | None = None  # that InfluxDB takes; None: any
    annotations: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)  # instead, by METHOD /path

    def edit(self, uid: str, who: str = "budi") -> None:
        """Change a dashboard as a person does in the browser."""
        self.save(uid, {**self.dashboards[uid], "title": "Punya Budi"}, "", who)

    def save(self, uid: str, dashboard: dict[str, Any], message: str, who: str) -> int:
        """Keep a version of a dashboard; return its number."""
        history = self.histories.setdefault(uid, [])
        number = len(history) + 1
        self.dashboards[uid] = {**dashboard, "version": number}
        history.insert(0, {"version": number, "message": message, "createdBy": who})
        return number

    def changes(self) -> list[str]:
        """Return the calls that changed something."""
        return [call for call in self.calls if not call.startswith("GET")]


class GrafanaServer:
    """The mock, listening on a free port of 127.0.0.1 until the end of the block."""

    def __init__(self, held: Held, prefix: str = "") -> None:
        self.held = held

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.removeprefix(prefix).partition("?")
                asked = urllib.parse.parse_qs(query, strict_parsing=bool(query))
                call = f"{self.command} {urllib.parse.unquote(path)}"
                held.calls.append(call)
                if not self.path.startswith(prefix + "/api"):
                    status, content = 404, "<html>not here</html>"
                elif call in held.answers:
                    status, content = held.answers[call]
                else:
                    token = self.headers.get("Authorization")
                    said = json.loads(body) if body else None
                    status, content = _answer(held, self.command, path, asked, said, token)
                is_text = isinstance(content, str)
                octets = content.encode() if is_text else json.dumps(content).encode()
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("Location", "https://elsewhere.invalid/")
                self.send_header("Content-Type", "text/html" if is_text else "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815 - its names

            def log_message(self, format: str, *arguments: object) -> None:
                del format, arguments

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}{prefix}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _answer(
    held: Held,
    method: str,
    path: str,
    asked: dict[str, list[str]],
    said: Any,
    token: str | None,
) -> tuple[int, Any]:
    if path == "/api/health":
        return 200, {"database": "ok", "version": held.version, "commit": "abc"}
    if GONE.fullmatch(path):
        held.gone.append(f"{method} {path}")
        return 404, {"message": "Not found"}
    if token != f"Bearer {TOKEN}":
        return 401, {"message": "Invalid API key"}
    words = [urllib.parse.unquote(word) for word in path.split("/")[2:]]
    match method, words:
        case "GET", ["folders", uid]:
            return _found(held.folders.get(uid), "folder not found")
        case "POST", ["folders"]:
            held.folders[said["uid"]] = said
            return 200, said
        case "GET", ["search"]:
            [tag] = asked["tag"]
            rows = [{"uid": u, "type": "dash-db"} for u, d in held.dashboards.items()
                    if tag in d.get("tags", [])]  # fmt: skip
            return 200, rows
        case "GET", ["dashboards", "uid", uid]:
            return _dashboard(held, uid)
        case "GET", ["dashboards", "uid", uid, "versions"]:
            limit = int(asked["limit"][0])
            return 200, {"continueToken": "", "versions": held.histories[uid][:limit]}
        case "POST", ["dashboards", "db"]:
            return _save(held, said)
        case "GET", ["datasources", "name", name]:
            one = next((it for it in held.sources.values() if it["name"] == name), None)
            return _found(one, "Data source not found")
        case "GET", ["datasources", "uid", uid, "health"]:
            if held.good_token in (None, held.secrets.get(uid)):
                return 200, {"status": "OK", "message": "datasource is working"}
            return 400, {"status": "ERROR", "message": "unauthorized"}
        case "POST", ["datasources"]:
            return _keep_source(held, said["uid"], said)
        case "PUT", ["datasources", "uid", uid]:
            assert uid in held.sources
            return _keep_source(held, uid, said)
        case "GET", ["annotations"]:
            tags = set(asked["tags"])
            start, end = int(asked["from"][0]), int(asked["to"][0])
            return 200, [
                one
                for one in held.annotations
                if tags <= set(one["tags"]) and one["time"] <= end and one["timeEnd"] >= start
            ]
        case "POST", ["annotations"]:
            held.annotations.append({**said, "id": len(held.annotations) + 1})
            return 200, {"message": "Annotation added", "id": len(held.annotations)}
        case "PUT", ["annotations", number]:
            held.annotations[int(number) - 1].update(said)
            return 200, {"message": "Annotation updated"}
    return 404, {"message": f"this mock knows no {method} {path}"}


def _found(one: Any, message: str) -> tuple[int, Any]:
    return (404, {"message": message}) if one is None else (200, one)


def _dashboard(held: Held, uid: str) -> tuple[int, Any]:
    if uid not in held.dashboards:
        return 404, {"message": "Dashboard not found"}
    meta = {"provisioned": uid in held.provisioned, "updatedBy": "admin"}
    return 200, {"dashboard": held.dashboards[uid], "meta": meta}


def _save(held: Held, said: Any) -> tuple[int, Any]:
    dashboard = said["dashboard"]
    uid = dashboard["uid"]
    assert dashboard["id"] is None
    assert said["folderUid"] in held.folders
    before = held.dashboards.get(uid)
    if before is not None and dashboard.get("version") != before["version"]:
        message = "The dashboard has been changed by someone else"
        return 412, {"status": "version-mismatch", "message": message}
    number = held.save(uid, dashboard, said["message"], "sa-pantau")
    return 200, {"uid": uid, "status": "success", "version": number, "at": time.time()}


def _keep_source(held: Held, uid: str, said: Any) -> tuple[int, Any]:
    secret = said.pop("secureJsonData", {})
    if secret:
        held.secrets[uid] = secret["httpHeaderValue1"]
    held.sources[uid] = {**said, "uid": uid, "id": 7, "readOnly": False}
    return 200, {"message": "Datasource added", "datasource": held.sources[uid]}

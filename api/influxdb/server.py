"""Asks an InfluxDB over HTTP: bounded in time and size, and with words for what goes wrong."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from api.influxdb.wanted import SetupError, Wanted

LARGEST_ANSWER = 4 * 2**20
LONGEST_WORDS = 300
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the parsed body, None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def words(self) -> str:
        """Return the server's own words about an error, short and on one line."""
        content = self.json()
        found = None
        if isinstance(content, dict):
            found = content.get("message") or content.get("error")
        text = str(found) if found else self.body.decode("utf-8", "replace")
        return " ".join(text.split())[:LONGEST_WORDS] or "no words"


class Server:
    """An InfluxDB of any generation."""

    def __init__(self, wanted: Wanted) -> None:
        self.url = wanted.url
        self._admin = wanted.admin_token
        # No proxy and no .netrc of the environment: the token goes to this server alone.
        self._client = httpx.Client(timeout=wanted.timeout_seconds, trust_env=False)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: SecretStr | None = None,
        scheme: str = "Token",
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        body: object | None = None,
    ) -> Answer:
        """Ask as the owner of a token (the administrator's by default).

        Raises SetupError when nobody answers, or too much.
        """
        headers = {}
        secret = token or self._admin
        if secret is not None:
            headers["Authorization"] = f"{scheme} {secret.get_secret_value()}"
        try:
            with self._client.stream(
                method,
                self.url + path,
                params=dict(params or {}),
                data=None if form is None else dict(form),
                content=content,
                json=body,
                headers=headers,
            ) as response:
                octets = bytearray()
                for chunk in response.iter_bytes():
                    octets += chunk
                    if len(octets) > LARGEST_ANSWER:
                        raise SetupError(
                            f"{self.url} answers more than InfluxDB would", "look at influxdb.url"
                        )
                return Answer(response.status_code, response.headers, bytes(octets))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(self.url, error) from None

    def version(self, wait_seconds: float) -> str:
        """Return the version, waiting so long for a server that is still starting.

        Raises SetupError when nobody answers in time, or it is no InfluxDB.
        """
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                answer = self.ask("GET", "/ping")
                if answer.status < 500:
                    return self._version_of(answer)
                trouble = SetupError(
                    f"{self.url} answers {answer.status}: {answer.words}", "look at its log"
                )
            except Unreachable as error:
                trouble = error
            if time.monotonic() >= deadline:
                raise trouble
            time.sleep(PAUSE_SECONDS)  # noqa: TID251 - a command of its own, without event loop

    def _version_of(self, answer: Answer) -> str:
        content = answer.json()
        said = answer.headers.get("x-influxdb-version") or (
            content.get("version") if isinstance(content, dict) else None
        )
        if said is None and answer.status == 401:
            raise SetupError(
                f"{self.url} does not take the administrator's token",
                "name the right one with --admin-token-file",
            )
        found = re.match(r"v?([1-3]\.[0-9][0-9A-Za-z.+~-]{0,30})", str(said or ""))
        if found is None:
            raise SetupError(
                f"{self.url} does not answer as InfluxDB 1, 2 or 3 does", "look at influxdb.url"
            )
        return found[1]


class Unreachable(SetupError):  # noqa: N818 - what it is
    """Nobody answers at the address."""

    def __init__(self, url: str, error: Exception) -> None:
        """Say where, and how the attempt ended."""
        how = " ".join(str(error).split())[:LONGEST_WORDS] or type(error).__name__
        if "[SSL" in how:
            super().__init__(
                f"TLS with {url} fails ({how})",
                "write http or https into influxdb.url, as the server speaks, or give the authority"
                " of its certificate in the environment as SSL_CERT_FILE",
            )
            return
        super().__init__(f"nobody answers at {url} ({how})", "start InfluxDB, or mend influxdb.url")
